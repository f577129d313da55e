//! The line that tries a finding again: it has what it needs, on any machine.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::{PROGRAM, Ran, command, ran};

/// Runs `check` with these variables, and returns the first finding's command.
fn printed(folder: &Path, variables: &[(&str, &str)], more: &[&str]) -> String {
    let base = ["check", "--only", "brp/hash/secret-goes-last", "--cases", "8", "--report", "json=r.json"];
    let mut check = command(folder, &[&base, more].concat());
    let ran = ran(&check.envs(variables.iter().copied()).output().expect("started"));
    assert_eq!(ran.code, 1, "{}", ran.shown());
    let report = fs::read_to_string(folder.join("r.json")).expect("a report");
    let report: Value = serde_json::from_str(&report).expect("JSON");
    report["cases"][0]["finding"]["replay"].as_str().expect("a command").to_owned()
}

/// Carries it out as somebody does who has none of these variables.
fn again(folder: &Path, printed: &str, variables: &[(&str, &str)]) -> Ran {
    let bin = Path::new(PROGRAM).parent().expect("a folder").display().to_string();
    let path = format!("{bin}:{}", std::env::var("PATH").unwrap_or_default());
    let mut shell = Command::new("sh");
    shell.args(["-c", printed]).current_dir(folder).env("NO_COLOR", "1").env("PATH", path);
    ran(&shell.envs(variables.iter().copied()).output().expect("a shell"))
}

#[test]
fn variables_of_the_configuration_stand_before_the_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = "[adapter]\ncommand = ['${ADAPTER}', 'adapter', '--mistake', '${WHICH}']\n[check]\nstate = '${KEPT}'\n";
    fs::write(folder.path().join("provkassa.toml"), file).expect("written");
    let variables = [("ADAPTER", PROGRAM), ("WHICH", "brp.hash/secret-missing"), ("KEPT", "it's kept")];
    let printed = printed(folder.path(), &variables, &[]);
    assert!(
        printed.contains("KEPT=\"it's kept\" ") && printed.contains(" provkassa check --replay "),
        "{printed}"
    );
    let ran = again(folder.path(), &printed, &[]);
    assert_eq!(ran.code, 1, "{printed}\n{}", ran.shown());
    assert!(ran.stdout.contains("you left the secret word out"), "{}", ran.stdout);
}

#[test]
fn a_secret_of_the_configuration_is_asked_for_and_not_printed() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = format!("[adapter]\ncommand = ['{PROGRAM}', 'adapter', '--mistake', '${{SHOP_TOKEN}}']\n");
    fs::write(folder.path().join("provkassa.toml"), file).expect("written");
    let token = [("SHOP_TOKEN", "brp.hash/secret-missing")];
    let printed = printed(folder.path(), &token, &[]);
    assert!(printed.starts_with("SHOP_TOKEN=\"${SHOP_TOKEN:?}\" provkassa check "), "{printed}");
    assert!(!printed.contains("brp.hash/secret-missing"), "{printed}");
    assert_eq!(again(folder.path(), &printed, &token).code, 1);
    let without = again(folder.path(), &printed, &[]);
    assert!(without.code != 1 && without.stderr.contains("SHOP_TOKEN"), "{}", without.shown());
}

#[test]
fn what_was_given_by_flags_or_the_environment_is_given_again() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("my config.toml"), "").expect("written");
    let adapter = format!("'{PROGRAM}' adapter --mistake brp.hash/secret-missing");
    let variables = [("PROVKASSA_ADAPTER", adapter.as_str()), ("PROVKASSA_TIMEOUT", "7.5")];
    let printed = printed(folder.path(), &variables, &["--config", "my config.toml"]);
    let start = "provkassa check --config 'my config.toml' --adapter ";
    assert!(printed.starts_with(start) && printed.contains(" --timeout 7.5 --replay "), "{printed}");
    let ran = again(folder.path(), &printed, &[]);
    assert_eq!(ran.code, 1, "{printed}\n{}", ran.shown());
}

#[test]
fn a_message_that_breaks_the_adapter_is_tried_again_alone_with_its_trace() {
    let folder = tempfile::tempdir().expect("a folder");
    let hello =
        r#"{"id":0,"answer":{"protocol":1,"name":"x","language":"sh","ops":["brp.hash","brp.hsah"]}}"#;
    let error = r#"{"id":1,"error":"secret is not defined","trace":"Error: secret is not defined\n    at hash (shop.js:7)"}"#;
    let script = format!("read l\necho '{hello}'\nread l\nprintf '%s\\n' '{error}'\nread l\n");
    fs::write(folder.path().join("adapter.sh"), script).expect("written");
    fs::write(folder.path().join("provkassa.toml"), "[adapter]\ncommand = ['sh', 'adapter.sh']\n")
        .expect("written");
    // The file is above, and its command is written for where it lies.
    let below = folder.path().join("deep/down");
    fs::create_dir_all(&below).expect("made");
    let mut check =
        command(&below, &["check", "--only", "brp/hash/secret-goes-last", "--report", "json=r.json"]);
    let first = ran(&check.output().expect("started"));
    assert_eq!(first.code, 3, "{}", first.shown());
    assert!(
        first.stderr.contains("lists `brp.hsah`, which is no op; did you mean `brp.hash`?"),
        "{}",
        first.stderr
    );
    let report = fs::read_to_string(below.join("r.json")).expect("a report");
    let report: Value = serde_json::from_str(&report).expect("JSON");
    let fault = &report["cases"][0]["fault"];
    assert!(fault["message"]["secret"].is_string(), "{fault}");
    let printed = fault["replay"].as_str().expect("a command");
    let once_more = again(&below, printed, &[]);
    assert_eq!(once_more.code, 3, "{printed}\n{}", once_more.shown());
    for told in [&first.stdout, &once_more.stdout] {
        let what = told.split("broken: ").nth(1).expect("what broke");
        assert!(what.contains("brp.hash: secret is not defined\n    at hash (shop.js:7)\n"), "{told}");
        assert!(told.contains(&format!("again     {printed}")), "{told}");
    }
}
