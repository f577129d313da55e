//! The files that are written: all of them, whatever ends the run, and with the known failures' reasons.

use std::fs;
use std::process::Stdio;

use super::junit::{assert_is_junit, parsed};
use super::{check, checked, read, report, wrong};
use crate::broken::node;
use crate::support::{found, ran, run_in};

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
    let more = ["--only", "brp", "--timeout", "600", "--cases", "4"];
    let started =
        check(folder.path(), "node a.cjs", &more).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let child = started.expect("started");
    while !folder.path().join("asked").exists() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(kill.expect("kill").success());
    let ran = ran(&child.wait_with_output().expect("ended"));
    assert_eq!(ran.code, 1, "{}", ran.shown());
    let report = report(folder.path());
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
fn known_failures_are_told_with_their_reasons_in_every_report() {
    let folder = tempfile::tempdir().expect("a folder");
    let known = "[[failure]]\ncase = \"brp/hash\"\nreason = \"after | the summer\"\nexpires = 2999-01-31\n\
        [[failure]]\ncase = \"brp/hsah\"\nreason = \"a slip\"\n";
    fs::write(folder.path().join("known.toml"), known).expect("written");
    let more = ["--cases", "8", "--only", "brp/hash", "--known-failures", "known.toml"];
    let ran = checked(folder.path(), &wrong(), &more);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    let report = report(folder.path());
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
