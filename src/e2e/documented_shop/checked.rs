//! What `check` finds at both shops: in the one that does what the documents' samples do its omissions, in the
//! corrected one nothing.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::can_open;
use super::shops::SHOPS;
use crate::ports::ports_in_a_row;
use crate::support::{root, run, run_in, snapshot};

/// A shop that waits to be checked by the sandbox at this port; it is ended when this is dropped.
struct Waiting {
    child: Child,
    url: String,
}

impl Waiting {
    fn open(which: &str, sandbox: u16) -> Self {
        let told = run(&["env", "--format", "json", "--port", &sandbox.to_string()]);
        let variables: BTreeMap<String, String> =
            serde_json::from_str(&told.stdout).unwrap_or_else(|error| panic!("{error}: {}", told.shown()));
        let mut child = Command::new("node")
            .arg(root().join(SHOPS).join(which).join("shop.mjs"))
            .envs(variables)
            .env("PORT", "0")
            .env_remove("SHOP_URL")
            .env_remove("HOST")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("started");
        let stdout = child.stdout.take().expect("a pipe");
        let mut waiting = Self { child, url: String::new() };
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let url = line.trim_end().strip_prefix("listening on ");
        url.unwrap_or_else(|| panic!("it printed {line:?}")).clone_into(&mut waiting.url);
        waiting
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `verdict id` of every scenario, sorted; None where the shop cannot be opened.
fn verdicts(which: &str) -> Option<Vec<String>> {
    if !can_open() {
        return None;
    }
    let port = ports_in_a_row();
    let shop = Waiting::open(which, port);
    let folder = tempfile::tempdir().expect("a folder");
    let port = port.to_string();
    let checked = run_in(
        folder.path(),
        &["check", "--shop", &shop.url, "--port", &port, "--state", "state", "--format", "json"],
    );
    let report: Value =
        serde_json::from_str(&checked.stdout).unwrap_or_else(|error| panic!("{error}: {}", checked.shown()));
    let cases = report["cases"].as_array().expect("cases").iter();
    let text = |case: &Value, key: &str| case[key].as_str().expect("text").to_owned();
    let mut verdicts: Vec<String> =
        cases.map(|case| format!("{} {}", text(case, "verdict"), text(case, "id"))).collect();
    verdicts.sort();
    let has = |verdict: &str| verdicts.iter().any(|line| line.starts_with(verdict));
    assert_eq!(checked.code == 0, !has("fail") && !has("broken"), "{}", checked.stderr);
    Some(verdicts)
}

#[test]
fn the_corrected_shop_passes_everything() {
    let Some(verdicts) = verdicts("corrected") else { return };
    let others: Vec<&String> = verdicts.iter().filter(|line| !line.starts_with("pass ")).collect();
    assert!(others.is_empty(), "{others:#?}");
    snapshot("shops", "corrected", &verdicts.join("\n"));
}

#[test]
fn the_omissions_of_the_documents_samples_are_found() {
    let Some(verdicts) = verdicts("documented") else { return };
    snapshot("shops", "documented", &verdicts.join("\n"));
}
