//! Adapters that say what breaks a report, a page or a terminal.

use std::fs;
use std::path::Path;

use super::junit::assert_is_junit;
use super::{check, checked_node, read, report};
use crate::broken::node;
use crate::support::{Ran, command, found, ran};

/// What an adapter may say to break a report.
const HOSTILE: &str = r#"const bad='\u001b]0;owned\u0007\u001b[2J]]></failure></pre><script>document.title="owned"</script><img src=x onerror="document.title=1">|`````\ufffe\u202e\u009b31m\r\n::error title=owned::x\n##[error]owned\n| a | b |\n\u2028# owned';"#;

/// An adapter that says that wherever it can, and at length.
fn hostile() -> String {
    let reply = "r=>{process.stderr.write(bad+'\\n');\
        if(r.op==='brp.hash')return{answer:{hash:bad,explain:bad.repeat(600)}};\
        if(r.op==='brp.return')return{error:bad.repeat(600)};\
        if(r.op==='brp.settled')return{unsupported:bad};return{rejected:bad.repeat(600)}}";
    let adapter =
        node(reply).replace("name:'x'", "name:bad").replace("'brp.return']", "'brp.return','brp.settled']");
    format!("{HOSTILE}\n{adapter}")
}
/// Runs `check` against it, with all reports; `more` stands in the environment.
pub(super) fn check_hostile(folder: &Path, more: &[(&str, &str)], arguments: &[&str]) -> Ran {
    fs::write(folder.join("a.cjs"), hostile()).expect("written");
    let mut program = check(folder, "node a.cjs", &[&["--only", "brp", "--cases", "4"], arguments].concat());
    ran(&program.envs(more.iter().copied()).output().expect("the program starts"))
}

/// Whether a text holds nothing that a terminal obeys, but what gives colours.
fn is_tame(text: &str) -> bool {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('\u{1b}') {
        let Some((colour, after)) = after.split_once('m') else { return false };
        if !colour
            .strip_prefix('[')
            .is_some_and(|code| code.bytes().all(|byte| b"0123456789;".contains(&byte)))
        {
            return false;
        }
        rest = after;
    }
    let odd = |sign: char| {
        (sign.is_control() && !"\n\u{1b}".contains(sign)) || "\u{202e}\u{2028}\u{fffe}".contains(sign)
    };
    !text.contains(odd)
}

#[test]
fn hostile_texts_break_no_report_and_no_terminal() {
    if !found("node", "an adapter that says odd things") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let ran = check_hostile(folder.path(), &[], &[]);
    assert_eq!(ran.code, 3, "{}", ran.shown());
    assert!(is_tame(&ran.stdout) && is_tame(&ran.stderr) && !ran.stdout.contains('\u{1b}'));
    assert!(ran.stdout.lines().all(|line| line.chars().count() < 12_000), "no line is endless");
    assert!(ran.stdout.contains("lines left out …") && ran.stdout.contains("got       rejected: "));
    let mut coloured =
        command(folder.path(), &["check", "--adapter", "node a.cjs", "--only", "brp", "--cases", "4"]);
    let coloured =
        self::ran(&coloured.env_remove("NO_COLOR").env("CLICOLOR_FORCE", "1").output().expect("started"));
    assert!(coloured.stdout.contains("\u{1b}[") && is_tame(&coloured.stdout) && is_tame(&coloured.stderr));

    let report = report(folder.path());
    let with = |word: &str| report["totals"][word].as_u64().expect("a count");
    assert!(with("fail") > 5 && with("broken") > 2 && with("unsupported") > 2, "{}", report["totals"]);
    let whole = report["cases"].as_array().expect("cases").iter().any(|case| {
        let theirs = case["finding"]["theirs"]["canonical"].as_str().unwrap_or_default();
        theirs.len() > 100_000 && theirs.starts_with("\u{1b}]0;owned\u{7}")
    });
    assert!(whole, "JSON has every text as it is");
    assert_is_junit(&read(folder.path(), "r.xml"), &report);

    let markdown = read(folder.path(), "r.md");
    assert!(is_tame(&markdown) && markdown.len() < 1 << 20);
    let mut fence: Option<&str> = None;
    for line in markdown.lines() {
        let ticks = &line[..line.len() - line.trim_start_matches('`').len()];
        match fence {
            Some(open) if line == open => fence = None,
            None if ticks.len() > 2 => fence = Some(ticks),
            None => assert!(
                !line.contains("<script") && !line.starts_with("::") && !line.starts_with("# "),
                "{line}"
            ),
            Some(_) => {}
        }
    }
    assert_eq!(fence, None, "every block is closed");
    assert!(markdown.contains("| | Finding | Cases | Best seen in |"));
    for name in ["r.html", "r.md", "r.xml"] {
        assert!(read(folder.path(), name).len() < 1 << 20, "{name} is bounded");
    }
}

#[test]
fn a_lone_surrogate_is_a_fault_of_the_adapters_and_reported_as_one() {
    if !found("node", "an adapter that says odd things") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let reply = "r=>({answer:{hash:'\\ud800',explain:'\\udc00'}})";
    let ran = checked_node(folder.path(), reply, &["--only", "brp/hash"]);
    assert_eq!(ran.code, 3, "{}", ran.shown());
    let report = report(folder.path());
    assert_eq!(report["totals"]["broken"], 1);
    let said =
        "broken: the adapter's reply to brp.hash is JSON, but holds half of a surrogate pair, `\\ud800`";
    assert!(ran.stdout.contains(said) && ran.stdout.contains("cut texts by characters"), "{}", ran.stdout);
    assert_is_junit(&read(folder.path(), "r.xml"), &report);
    assert!(
        read(folder.path(), "r.html").contains("The adapter broke")
            && read(folder.path(), "r.md").contains("\\ud800")
    );
}
