//! What is printed: on a terminal, elsewhere, and when there is much of it.

use std::process::Stdio;

use serde_json::Value;

use super::junit::assert_is_junit;
use super::{checked, read, report, wrong};
use crate::support::{PROGRAM, Ran, found, ran, run};

#[test]
fn what_is_printed_is_chosen() {
    let adapter = wrong();
    let check = |more: &[&str]| {
        run(&[&["check", "--adapter", &adapter, "--only", "brp/return,brp/hash/secret-goes-last"], more]
            .concat())
    };
    let pretty = check(&[]);
    let plain = check(&["--format", "plain"]);
    let but_the_time = |ran: &Ran| ran.stdout.rsplit_once(',').expect("a time").0.to_owned();
    assert_eq!(but_the_time(&pretty), but_the_time(&plain), "where there is no terminal they are the same");
    let json = check(&["--format", "json"]);
    assert_eq!(json.code, 1);
    let report: Value = serde_json::from_str(&json.stdout).expect("nothing but JSON");
    assert_eq!(report["totals"]["fail"], 1);
    assert!(json.stderr.contains("FAIL        MUST   brp/hash/secret-goes-last"), "{}", json.stderr);
    let unknown = check(&["--format", "xml"]);
    assert_eq!(unknown.code, 2);
    let unknown = check(&["--report", "jnit=x.xml"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("Did you mean `junit`?"), "{}", unknown.stderr);
}

#[test]
fn many_findings_end_in_a_list_of_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let mistakes = "brp.hash/returnurl-percent-encoded,brp.link/returnurl-not-encoded,brp.return/error-present-is-failure,\
        brp.settled/return-believed,fena.link/token-in-path,fena.return/executed-believed,fenerum.card/bearer-scheme,\
        quickpay.authorization/colon-missing";
    let adapter = format!("{PROGRAM} adapter --mistake {mistakes}");
    let more = ["--cases", "8", "--only", "brp,fena,fenerum/card,quickpay/authorization"];
    let ran = checked(folder.path(), &adapter, &more);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    let (_, last) = ran.stdout.rsplit_once("the worst first:\n").expect("a list");
    let listed: Vec<&str> = last.lines().take_while(|line| !line.is_empty()).collect();
    let told = ran.stdout.matches("smallest failing message").count();
    assert!(told > 5 && listed.len() == told, "{last}");
    let levels: Vec<bool> = listed.iter().map(|line| line.starts_with("  MUST")).collect();
    assert!(levels.is_sorted_by(|one, next| one >= next), "MUST before SHOULD: {last}");
    assert!(last.lines().last().is_some_and(|line| line.contains("seed 1")), "{last}");
    let report = report(folder.path());
    assert_is_junit(&read(folder.path(), "r.xml"), &report);
}

#[test]
fn a_terminal_shows_progress_and_nothing_else_does() {
    if !found("script", "a terminal") {
        return;
    }
    let check = format!("{PROGRAM} check --adapter '{}' --only brp/hash --cases 16", wrong());
    let on_a_terminal = |kind: &str, colours: bool| {
        let folder = tempfile::tempdir().expect("a folder");
        let mut script = std::process::Command::new("script");
        script.args(["-qec", &check, "/dev/null"]).current_dir(folder.path()).env("TERM", kind);
        script.env_remove("GITHUB_ACTIONS").env_remove("CI").stdin(Stdio::null());
        if colours {
            script.env_remove("NO_COLOR")
        } else {
            script.env("NO_COLOR", "1")
        };
        ran(&script.output().expect("script")).stdout
    };
    let lively = on_a_terminal("xterm", true);
    assert!(lively.contains(" failed  brp/hash/") && lively.contains("\u{1b}["), "{lively}");
    assert!(!lively.contains("FAIL        "), "the bar stands for the lines: {lively}");
    let colourless = on_a_terminal("xterm", false);
    assert!(!colourless.contains("\u{1b}[31") && !colourless.contains("\u{1b}[1m"), "{colourless}");
    let dumb = on_a_terminal("dumb", true);
    assert!(dumb.contains("FAIL        ") && !dumb.contains('\u{1b}'), "{dumb}");
}
