//! The reports of a run, whatever an adapter says: each is well-formed, whole, and obeys nobody.

mod junit;

use std::fs;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use junit::{assert_is_junit, parsed};

use crate::broken::node;
use crate::driver::{self, Driver, click, text};
use crate::support::{PROGRAM, Ran, command, found, ran, run, run_in};

const ALL: [&str; 8] = [
    "--report",
    "html=r.html",
    "--report",
    "json=r.json",
    "--report",
    "junit=r.xml",
    "--report",
    "markdown=r.md",
];

fn wrong() -> String {
    format!("{PROGRAM} adapter --mistake brp.hash/returnurl-percent-encoded")
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

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
fn check_hostile(folder: &Path, more: &[(&str, &str)], arguments: &[&str]) -> Ran {
    fs::write(folder.join("a.cjs"), hostile()).expect("written");
    let base = ["check", "--adapter", "node a.cjs", "--only", "brp", "--cases", "4"];
    let mut program = command(folder, &[&base, &ALL[..], arguments].concat());
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

    let report: Value = serde_json::from_str(&read(folder.path(), "r.json")).expect("JSON");
    crate::check::assert_is_report(&report);
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
    fs::write(folder.path().join("a.cjs"), node("r=>({answer:{hash:'\\ud800',explain:'\\udc00'}})"))
        .expect("written");
    let ran = run_in(
        folder.path(),
        &[&["check", "--adapter", "node a.cjs", "--only", "brp/hash"], &ALL[..]].concat(),
    );
    assert_eq!(ran.code, 3, "{}", ran.shown());
    let report: Value = serde_json::from_str(&read(folder.path(), "r.json")).expect("JSON");
    assert_eq!(report["totals"]["broken"], 1);
    assert_is_junit(&read(folder.path(), "r.xml"), &report);
    assert!(
        read(folder.path(), "r.html").contains("The adapter broke")
            && read(folder.path(), "r.md").contains("\\ud800")
    );
}

#[tokio::test]
async fn the_html_report_is_read_in_a_browser() {
    if !driver::there() || !found("node", "an adapter that says odd things") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let ran = check_hostile(folder.path(), &[], &[]);
    let report: Value = serde_json::from_str(&read(folder.path(), "r.json")).expect("JSON");
    let cases = report["cases"].as_array().expect("cases");
    let page = format!("file://{}", folder.path().join("r.html").display());
    let driver = Driver::start();
    let browser = driver.browser(true).await;
    browser.goto(&page).await.expect("the report");
    let count = |script: &str| format!("return document.querySelectorAll({script}).length");
    let asked = async |script: &str| browser.execute(script, Vec::new()).await.expect("an answer");
    assert!(
        browser.title().await.expect("a title").starts_with("provkassa: The adapter broke"),
        "{}",
        ran.shown()
    );
    assert_eq!(asked(&count("'script,img,iframe'")).await, 1, "its own script");
    assert_eq!(asked("return document.body.innerText.includes('\\u202e')").await, false);
    assert!(text(&browser, "h1").await.contains("finding"));

    // The filters: together, and remembered in the address.
    let shown = "[...document.querySelectorAll('tr[data-item]')].filter(row => !row.hidden).length";
    assert_eq!(asked(&format!("return {shown}")).await, cases.len());
    let hash = cases.iter().filter(|case| case["operation"] == "brp.hash").count();
    let set = |name: &str, value: &str| {
        format!(
            "const f = document.querySelector('[data-filters]'); f.elements['{name}'].value = '{value}'; \
             f.dispatchEvent(new Event('input')); return {shown}"
        )
    };
    assert_eq!(asked(&set("q", "BRP/hash/")).await, hash);
    let must = cases.iter().filter(|case| case["operation"] == "brp.hash" && case["level"] == "MUST").count();
    assert_eq!(asked(&set("level", "must")).await, must);
    assert_eq!(asked(&set("verdict", "unsupported")).await, 0);
    assert_eq!(asked("return document.querySelector('[data-empty]').hidden").await, false);
    assert!(
        browser.current_url().await.expect("a URL").fragment().expect("a fragment").contains("level=must")
    );
    click(&browser, "[data-filters] [type=reset]").await;
    assert_eq!(
        asked(&format!("return new Promise(done => setTimeout(() => done({shown}), 50))")).await,
        cases.len()
    );
    click(&browser, "[data-copy]").await;
    driver::reads(&browser, "[data-copy]", "Copied").await;

    // A link to a finding opens it.
    asked("document.querySelector('[data-all=close]').click()").await;
    let link = asked("return document.querySelector('tr[data-verdict=fail] a').getAttribute('href')").await;
    let link = link.as_str().expect("a link").trim_start_matches('#').to_owned();
    asked(&format!("location.hash = '{link}'")).await;
    let open = format!(
        "const at = document.getElementById('{link}'); const fold = at.closest('details') || at.querySelector('details'); return new Promise(done => setTimeout(() => done(fold.open), 100))"
    );
    assert_eq!(asked(&open).await, true);
    browser.close().await.expect("closed");

    // Without scripts nothing is hidden but what needs them.
    let browser = driver.browser(false).await;
    browser.goto(&page).await.expect("the report");
    assert!(text(&browser, "article.fail .again code").await.starts_with("provkassa check"));
    let hidden = browser.find_all(fantoccini::Locator::Css("details:not([open])")).await.expect("a list");
    assert!(hidden.is_empty());
    let filters = browser.find(fantoccini::Locator::Css("[data-filters]")).await.expect("the form");
    assert!(!filters.is_displayed().await.expect("an answer"));
    browser.close().await.expect("closed");
}

#[test]
fn a_workflow_of_github_gets_annotations_and_a_summary() {
    if !found("node", "an adapter that says odd things") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let summary = folder.path().join("summary.md");
    fs::write(&summary, "before\n").expect("written");
    let path = summary.display().to_string();
    let github = [("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", path.as_str())];
    let ran = check_hostile(folder.path(), &github, &[]);
    assert_eq!(ran.code, 3);
    // While the adapter's words are told, no line is a command.
    let mut lines = ran.stdout.lines();
    let token =
        lines.next().and_then(|line| line.strip_prefix("::stop-commands::")).expect("they are stopped");
    assert!(token.len() > 30);
    let resumed = lines.position(|line| line == format!("::{token}::"));
    assert!(resumed.is_some_and(|talk| talk > 20), "{}", ran.stdout);
    let annotations: Vec<&str> = lines.collect();
    let of =
        |kind: &str| annotations.iter().filter(|line| line.starts_with(&format!("::{kind} title="))).count();
    assert!(of("error") > 2 && of("error") <= 10 && of("warning") <= 10, "{annotations:#?}");
    assert_eq!(of("error") + of("warning") + of("notice"), annotations.len(), "{annotations:#?}");
    assert!(annotations[0].starts_with("::error title=the adapter broke::"));
    assert!(annotations.iter().any(|line| line.contains("%0Aagain: provkassa check")));
    let written = fs::read_to_string(&summary).expect("the summary");
    assert!(written.starts_with("before\n## provkassa: The adapter broke"), "{written}");

    // Asked for by name it is the same elsewhere; a summary that is full stays as it is.
    fs::write(&summary, "x".repeat(1_000_000)).expect("written");
    let ran = check_hostile(folder.path(), &[github[1]], &["--format", "github"]);
    assert!(ran.stdout.contains("\n::error title="));
    assert_eq!(fs::metadata(&summary).expect("the summary").len(), 1_000_000);
    let nowhere = [github[0], ("GITHUB_STEP_SUMMARY", "/proc/no/summary")];
    let ran = check_hostile(folder.path(), &nowhere, &["--only", "brp/link"]);
    assert!(
        ran.stdout.contains("::warning title=provkassa::The step summary could not be written"),
        "{}",
        ran.stdout
    );
}

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
fn a_path_that_cannot_be_written_costs_no_finding_and_no_other_report() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("file"), "").expect("written");
    let adapter = wrong();
    let base = ["check", "--adapter", &adapter, "--only", "brp/hash/secret-goes-last"];
    let reports = ["--report", "html=file/r.html,junit=file/r.xml,json=r.json,markdown=deep/r.md"];
    let ran = run_in(folder.path(), &[&base[..], &reports].concat());
    assert_eq!(ran.code, 2, "{}", ran.shown());
    assert!(ran.stdout.contains("you percent-encoded returnurl"), "{}", ran.stdout);
    for path in ["`file/r.html`", "`file/r.xml`"] {
        assert!(ran.stderr.contains(&format!("the report {path} could not be written")), "{}", ran.stderr);
    }
    assert!(
        read(folder.path(), "r.json").contains("\"fail\": 1")
            && read(folder.path(), "deep/r.md").contains("1 finding")
    );
}

#[test]
fn an_interrupted_run_writes_every_report() {
    if !found("node", "an adapter that hangs half-way") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let reply = "async r=>{if(r.op!=='brp.hash'){require('node:fs').writeFileSync('asked','');await new Promise(()=>{})}return{answer:{hash:'wrong'}}}";
    fs::write(folder.path().join("a.cjs"), node(reply)).expect("written");
    let base = ["check", "--adapter", "node a.cjs", "--only", "brp", "--timeout", "600", "--cases", "4"];
    let started = command(folder.path(), &[&base, &ALL[..]].concat())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let child = started.expect("started");
    while !folder.path().join("asked").exists() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(kill.expect("kill").success());
    let ran = ran(&child.wait_with_output().expect("ended"));
    assert_eq!(ran.code, 1, "{}", ran.shown());
    let report: Value = serde_json::from_str(&read(folder.path(), "r.json")).expect("JSON");
    assert_is_junit(&read(folder.path(), "r.xml"), &report);
    for name in ["r.html", "r.md"] {
        let report = read(folder.path(), name);
        assert!(report.contains("the run was interrupted") && report.contains("1 finding"), "{name}");
    }
    assert!(
        ran.stdout.contains("not run, ") && ran.stdout.contains("cases: the run was interrupted"),
        "{}",
        ran.stdout
    );
}

#[test]
fn many_findings_end_in_a_list_of_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let mistakes = "brp.hash/returnurl-percent-encoded,brp.link/returnurl-not-encoded,brp.return/error-present-is-failure,\
        brp.settled/return-believed,fena.link/token-in-path,fena.return/executed-believed,fenerum.card/bearer-scheme,\
        quickpay.authorization/colon-missing";
    let adapter = format!("{PROGRAM} adapter --mistake {mistakes}");
    let base = [
        "check",
        "--adapter",
        &adapter,
        "--cases",
        "8",
        "--only",
        "brp,fena,fenerum/card,quickpay/authorization",
    ];
    let ran = run_in(folder.path(), &[&base, &ALL[..]].concat());
    assert_eq!(ran.code, 1, "{}", ran.shown());
    let (_, last) = ran.stdout.rsplit_once("the worst first:\n").expect("a list");
    let listed: Vec<&str> = last.lines().take_while(|line| !line.is_empty()).collect();
    let told = ran.stdout.matches("smallest failing message").count();
    assert!(told > 5 && listed.len() == told, "{last}");
    let levels: Vec<bool> = listed.iter().map(|line| line.starts_with("  MUST")).collect();
    assert!(levels.is_sorted_by(|one, next| one >= next), "MUST before SHOULD: {last}");
    assert!(last.lines().last().is_some_and(|line| line.contains("seed 1")), "{last}");
    let report: Value = serde_json::from_str(&read(folder.path(), "r.json")).expect("JSON");
    crate::check::assert_is_report(&report);
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

#[test]
fn known_failures_are_told_with_their_reasons_in_every_report() {
    let folder = tempfile::tempdir().expect("a folder");
    let known = "[[failure]]\ncase = \"brp/hash\"\nreason = \"after | the summer\"\nexpires = 2999-01-31\n\
        [[failure]]\ncase = \"brp/hsah\"\nreason = \"a slip\"\n";
    fs::write(folder.path().join("known.toml"), known).expect("written");
    let adapter = wrong();
    let base = [
        "check",
        "--adapter",
        &adapter,
        "--cases",
        "8",
        "--only",
        "brp/hash",
        "--known-failures",
        "known.toml",
    ];
    let ran = run_in(folder.path(), &[&base, &ALL[..]].concat());
    assert_eq!(ran.code, 1, "{}", ran.shown());
    let report: Value = serde_json::from_str(&read(folder.path(), "r.json")).expect("JSON");
    crate::check::assert_is_report(&report);
    assert!(report["totals"]["known"].as_u64().is_some_and(|count| count > 5), "{}", report["totals"]);
    assert_eq!(report["totals"]["fail"], 0);
    let xml = read(folder.path(), "r.xml");
    assert!(xml.contains("<skipped message=\"known until 2999-01-31: after | the summer"), "{xml}");
    assert!(xml.contains("testsuite name=\"provkassa.known-failures\""), "{xml}");
    parsed(&xml);
    let (html, markdown) = (read(folder.path(), "r.html"), read(folder.path(), "r.md"));
    for (report, reason) in [
        (&html, "after | the summer"),
        (&markdown, "after \\| the summer"),
        (&ran.stdout, "after | the summer"),
    ] {
        assert!(
            report.contains(reason) && report.contains("2999-01-31") && report.contains("brp/hsah"),
            "{report}"
        );
    }
}
