//! The reports of a run, whatever an adapter says: each is well-formed, whole, and obeys nobody.

mod also;
mod browser;
mod causes;
mod files;
mod github;
mod hostile;
mod junit;
mod terminal;

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::broken::node;
use crate::support::{PROGRAM, Ran, command, ran};

/// `check` against this adapter, with every report: `r.html`, `r.json`, `r.xml` and `r.md`.
fn check(folder: &Path, adapter: &str, more: &[&str]) -> Command {
    let reports = "html=r.html,json=r.json,junit=r.xml,markdown=r.md";
    command(folder, &[&["check", "--adapter", adapter, "--report", reports], more].concat())
}

/// Runs it.
fn checked(folder: &Path, adapter: &str, more: &[&str]) -> Ran {
    ran(&check(folder, adapter, more).output().expect("the program starts"))
}

/// The same against an adapter in Node whose code is `reply(request)`.
fn checked_node(folder: &Path, reply: &str, more: &[&str]) -> Ran {
    fs::write(folder.join("a.cjs"), node(reply)).expect("written");
    checked(folder, "node a.cjs", more)
}

/// The JSON report, which has its shape.
fn report(folder: &Path) -> Value {
    let report = serde_json::from_str(&read(folder, "r.json")).expect("JSON");
    crate::check::assert_is_report(&report);
    report
}

fn wrong() -> String {
    format!("{PROGRAM} adapter --mistake brp.hash/returnurl-percent-encoded")
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}
