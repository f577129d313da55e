//! A script's verdict is the check's, for every mistake.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use provkassa::emit::Kind;
use serde_json::json;

use super::TRIALS;
use crate::support::found;

/// Runs a program of the language that judges all replies by the scripts' own functions, and compares.
fn assert_agrees(program: &str, driver: &str, folder: &Path) {
    let trials = &*TRIALS;
    let replies: Vec<_> = trials.iter().map(|trial| &trial.replies).collect();
    fs::write(folder.join("replies.json"), json!(replies).to_string()).expect("written");
    fs::write(folder.join("driver"), driver).expect("written");
    let driver = folder.join(if program == "node" { "driver.mjs" } else { "driver" });
    if program == "node" {
        fs::rename(folder.join("driver"), &driver).expect("renamed");
    }
    let output = Command::new(program).arg(&driver).current_dir(folder).stdin(Stdio::null()).output();
    let output = output.expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let verdicts: Vec<Vec<bool>> = serde_json::from_slice(&output.stdout).expect("verdicts");
    let mut differing = String::new();
    for (trial, verdicts) in trials.iter().zip(&verdicts) {
        for ((reply, passes), verdict) in trial.replies.iter().zip(&trial.passes).zip(verdicts) {
            if verdict != passes {
                differing.push_str(&format!("{}: check says {passes} to {reply}\n", trial.case.id));
            }
        }
    }
    let count = differing.lines().count();
    assert!(differing.is_empty(), "{count} verdicts of {program} differ:\n{differing}");
    let wrong = trials.iter().flat_map(|trial| &trial.passes).filter(|passes| !**passes).count();
    assert!(wrong > 1000 && trials.len() > 100, "{wrong} wrong replies in {} trials", trials.len());
}

#[test]
fn python_judges_as_the_check_does() {
    if !found("python3", "the scripts that are printed") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let scripts: Vec<_> = TRIALS.iter().map(|trial| trial.script(Kind::Python)).collect();
    fs::write(folder.path().join("scripts.json"), json!(scripts).to_string()).expect("written");
    let driver = "
import json
verdicts = []
for script, replies in zip(json.load(open('scripts.json')), json.load(open('replies.json'))):
    names = {'__name__': 'case'}
    exec(script, names)
    if 'ACCEPTED' in names:
        verdicts.append([bool(names['fits'](reply, names['ACCEPTED'])) for reply in replies])
    else:
        verdicts.append([not names['fits'](reply, names['WRONG']) for reply in replies])
print(json.dumps(verdicts))
";
    assert_agrees("python3", driver, folder.path());
}

/// The script without its end, which asks and judges.
fn without_test<'a>(script: &'a str, test: &str) -> &'a str {
    script.rsplit_once(test).expect("a test").0
}

/// The name of what the script compares with, and whether that is accepted.
fn compared(script: &str) -> (&'static str, &'static str) {
    if script.contains("const ACCEPTED") { ("ACCEPTED", "") } else { ("WRONG", "!") }
}

#[test]
fn node_judges_as_the_check_does() {
    if !found("node", "the scripts that are printed") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    for (place, trial) in TRIALS.iter().enumerate() {
        let script = trial.script(Kind::Node);
        let script = without_test(&script, "\ntest(");
        let (name, not) = compared(script);
        let script = format!("{script}\nexport const verdict = (reply) => {not}fits(reply, {name});\n");
        fs::write(folder.path().join(format!("{place}.mjs")), script).expect("written");
    }
    let driver = "
import { readFileSync } from 'node:fs';
const all = JSON.parse(readFileSync('replies.json'));
const verdicts = [];
for (const [place, replies] of all.entries()) {
  const { verdict } = await import(`${import.meta.dirname ?? process.cwd()}/${place}.mjs`);
  verdicts.push(replies.map(verdict));
}
console.log(JSON.stringify(verdicts));
";
    assert_agrees("node", driver, folder.path());
}

#[test]
fn php_judges_as_the_check_does() {
    if !found("php", "the scripts that are printed") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    for (place, trial) in TRIALS.iter().enumerate() {
        let script = trial.script(Kind::Php);
        let script = without_test(&script, "\ntry {\n    $reply");
        let (name, not) = compared(script);
        let script = script.replacen("<?php\n", &format!("<?php\nnamespace Property{place};\n"), 1);
        let script = format!("{script}\nreturn fn ($reply) => {not}fits($reply, {name});\n");
        fs::write(folder.path().join(format!("{place}.php")), script).expect("written");
    }
    let driver = "<?php
$verdicts = [];
foreach (json_decode(file_get_contents('replies.json'), true) as $place => $replies) {
    $verdicts[] = array_map(require __DIR__ . \"/$place.php\", $replies);
}
echo json_encode($verdicts);
";
    assert_agrees("php", driver, folder.path());
}
