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
