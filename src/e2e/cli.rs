//! Help texts, small commands, and bad input: a clear error that says what to do.

use std::net::TcpListener;

use crate::support::{PROGRAM, Served, command, found, link, ran, root, run, snapshot};

#[test]
fn every_help_text_is_as_it_was_last_read_aloud() {
    let mut story = run(&["--help"]).stdout;
    for name in [
        "serve",
        "check",
        "sign",
        "verify",
        "codes",
        "replay",
        "vectors",
        "env",
        "adapter",
        "shop",
        "healthcheck",
        "completion",
        "version",
    ] {
        let help = run(&[name, "--help"]);
        assert_eq!(help.code, 0, "{name}");
        story.push_str(&format!("\n##### {name}\n\n{}", help.stdout));
    }
    snapshot("cli", "help", &story);
}

#[test]
fn bad_input_gets_a_clear_error_that_says_what_to_do() {
    let good = "http://127.0.0.1:4702/brponline/external/payment/payfororder?orderid=15&hash=x";
    let mut story = String::new();
    for arguments in [
        &["serv"][..],
        &["serve", "--prot", "1"],
        &["serve", "--port", "65536"],
        &["serve", "--port", "65535"],
        &["serve", "--host", "nowhere"],
        &["serve", "--freeze", "noon"],
        &["serve", "--port", "0", "--public-url", "shop.example"],
        &["serve", "--port", "0", "--ready-file", "no/such/folder/ready.json"],
        &["check"],
        &["check", "--adapter", ""],
        &["check", "--adapter", "node 'adapter.mjs"],
        &["check", "--adapter", "https://127.0.0.1:1/"],
        &["check", "--adapter", "x", "--cases", "many"],
        &["check", "--adapter", "x", "--timeout", "-1"],
        &["check", "--adapter", "x", "--report", "xml=a"],
        &["check", "--adapter", "x", "--report", "junit"],
        &["check", "--adapter", "x", "--only", "bpr"],
        &["check", "--config", "none.toml"],
        &["check", "--adapter", "x", "--replay", "none.json"],
        &["check", "--adapter", "x", "--replay", "{"],
        &["check", "--adapter", "x", "--replay", "{\"case\":\"brp/hash/nothing\"}"],
        &[
            "check",
            "--adapter",
            "x",
            "--replay",
            "{\"case\":\"brp/hash/secret-goes-last\",\"message\":{\"endpoint\":\"payfororder\",\"parameters\":[],\"secret\":\"s\"}}",
        ],
        &["sign", "bpr.hash"],
        &["sign", "brp.hash"],
        &["sign", "brp.hash", "orderid"],
        &["sign", "brp.hash", "orderid=x", "returnurl=http://a"],
        &["sign", "brp.hash", "orderid=15", "returnurl=paid"],
        &["sign", "brp.hash", "orderid=15", "orderid=16", "returnurl=http://a"],
        &["sign", "brp.hash", "orderid=15", "returnurl=http://a", "colour=red"],
        &["sign", "brp.hash", "orderid=15", "returnurl=http://a", "--endpoint", "payfororders"],
        &["sign", "brp.link", "orderid=15", "returnurl=http://a", "--base", "x"],
        &["sign", "brp.return", "url=x"],
        &["verify", "brp.hash"],
        &["verify", "brp.hash", "nothing"],
        &["verify", "brp.hash", good],
        &["verify", "brp.return", "http://shop.example/paid"],
        &["codes", "bpr"],
        &["codes", "brp", "999"],
        &["vectors", "fenna"],
        &["env", "--format", "yaml"],
        &["adapter", "--mistake", "brp.hash/secret-mising"],
        &["healthcheck", "--url", "http://127.0.0.1:9"],
        &["healthcheck", "--url", "nowhere"],
        &["completion", "tcsh"],
    ] {
        let ran = run(arguments);
        assert!(ran.code != 0, "{arguments:?} succeeds");
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(!said.contains("panicked") && !said.contains("RUST_BACKTRACE"), "{said}");
        story.push_str(&format!("$ provkassa {}\n{}\n", arguments.join(" "), ran.shown()));
    }
    snapshot("cli", "bad-input", &story);
}

#[test]
fn signing_and_verifying_as_the_document_does() {
    let mut story = String::new();
    let returnurl = "returnurl=https://api.brpsystems.se/brpgog/paymentconfirmation";
    let wrong = "http://127.0.0.1:4702/brponline/external/payment/payfororder?orderid=15&returnurl=https%3A%2F%2Fapi.brpsystems.se%2Fbrpgog%2Fpaymentconfirmation&hash=fb574d1148461b1cddf8811afe916e6b3bd8e46309bb83498590c837d8324f91";
    let right = wrong.replace(
        "fb574d1148461b1cddf8811afe916e6b3bd8e46309bb83498590c837d8324f91",
        "71d498b81d3f6c0cf8d05f8c766012d96dec9c21f60ec0ad870040e0c3c3d9c3",
    );
    let upper = right.replace(
        "71d498b81d3f6c0cf8d05f8c766012d96dec9c21f60ec0ad870040e0c3c3d9c3",
        "71D498B81D3F6C0CF8D05F8C766012D96DEC9C21F60EC0AD870040E0C3C3D9C3",
    );
    for (code, arguments) in [
        (0, vec!["sign", "brp.hash", "orderid=15", returnurl, "--secret", "SecretWord", "--explain"]),
        (
            0,
            vec![
                "sign",
                "brp.hash",
                "personid=67",
                "businessunitid=15",
                returnurl,
                "--endpoint",
                "creatercpmandate",
                "--secret",
                "SecretWord",
            ],
        ),
        (0, vec!["sign", "brp.link", "orderid=15", returnurl]),
        (0, vec!["verify", "brp.hash", &right, "--secret", "SecretWord"]),
        (0, vec!["verify", "brp.hash", &upper, "--secret", "SecretWord"]),
        (1, vec!["verify", "brp.hash", wrong, "--secret", "SecretWord"]),
        (1, vec!["verify", "brp.hash", &right, "--secret", "apor"]),
        (0, vec!["verify", "brp.return", "http://shop.example/paid?receiptid=7&error="]),
        (0, vec!["verify", "brp.return", "http://shop.example/paid?receiptid=&error=205"]),
        (0, vec!["codes", "brp", "205"]),
        (0, vec!["codes"]),
        (0, vec!["env"]),
        (0, vec!["env", "--format", "shell", "--port", "5000"]),
        (0, vec!["env", "--format", "json"]),
        (0, vec!["version"]),
    ] {
        let ran = run(&arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.shown());
        story.push_str(&format!("$ provkassa {}\n{}\n", arguments.join(" "), ran.shown()));
    }
    snapshot("cli", "sign-verify-codes-env", &story);
}

#[test]
fn flags_can_be_given_as_variables_and_the_flag_wins() {
    let folder = tempfile::tempdir().expect("a folder");
    let with = |arguments: &[&str]| {
        ran(&command(folder.path(), arguments).env("PROVKASSA_FORMAT", "json").output().expect("ran"))
    };
    assert!(with(&["env"]).stdout.starts_with('{'));
    assert!(with(&["env", "--format", "dotenv"]).stdout.starts_with("BAMBORA_"));
}

#[test]
fn completions_are_printed_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = run(&["completion", shell]);
        assert_eq!(ran.code, 0);
        assert!(ran.stdout.contains("provkassa"), "{shell}");
    }
}

#[test]
fn a_taken_port_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("bound").port();
    let ran = run(&["serve", "--port", &port.to_string()]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains(&format!("port {port} on 127.0.0.1 is taken")), "{}", ran.stderr);
    assert!(ran.stderr.contains("--port"), "{}", ran.stderr);
}

#[tokio::test]
async fn a_running_sandbox_is_healthy_and_prints_its_variables() {
    let served = Served::start(&[]).await;
    let ran = run(&["healthcheck", "--url", &served.control, "--wait", "5"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "ready\n"));
    assert!(
        link(&served.base(), &[("orderid", "15"), ("returnurl", "http://a")]).starts_with(&served.base())
    );
}

/// The README's own commands, twice in a row, against a sandbox on other ports.
#[tokio::test]
async fn the_readmes_sessions_work_twice_in_a_row() {
    let why = "the README's sessions";
    if !found("curl", why) || !found("node", why) || !crate::adapters::has_libraries(crate::adapters::NODE) {
        return;
    }
    let served = Served::start(&[]).await;
    let readme = std::fs::read_to_string(root().join("README.md")).expect("README.md");
    let sessions = readme
        .split("## First session")
        .nth(1)
        .and_then(|rest| rest.split("\n## ").next())
        .expect("sessions");
    let commands: Vec<String> = sessions
        .split("```sh\n")
        .skip(1)
        .filter_map(|fence| fence.split("```").next())
        .flat_map(str::lines)
        .filter(|line| !line.trim().is_empty() && !line.starts_with("provkassa serve"))
        .map(|line| {
            line.replace("http://127.0.0.1:4700", &served.control)
                .replace("http://127.0.0.1:4701", &served.bambora)
                .replace("http://127.0.0.1:4702", &served.brp)
                .replace("http://127.0.0.1:4704", &served.fenerum)
                .replace("http://127.0.0.1:4705", &served.freepay)
                .replace("http://127.0.0.1:4706", &served.quickpay)
        })
        .collect();
    assert!(commands.len() >= 10, "{commands:?}");
    let folder = tempfile::tempdir().expect("a folder");
    let listed = run(&["check", "--list"]).stdout;
    let of_adapters = listed.lines().filter(|line| !line.contains(",scenarios"));
    let all = format!("{} pass", of_adapters.count());
    for round in 1..=2 {
        let script = format!(
            "provkassa() {{ '{PROGRAM}' \"$@\"; }}\n{}",
            commands
                .iter()
                .map(|command| format!("{command}\n[ $? -le 1 ] || {{ echo 'this failed:'; exit 9; }}\n"))
                .collect::<Vec<_>>()
                .concat()
        );
        std::os::unix::fs::symlink(root().join("fixtures"), folder.path().join("fixtures")).ok();
        let output = std::process::Command::new("sh")
            .args(["-c", &script])
            .current_dir(folder.path())
            .env("PROVKASSA_BASE", served.base())
            .env("NO_COLOR", "1")
            .output()
            .expect("a shell");
        let ran = ran(&output);
        assert_eq!(ran.code, 0, "round {round}: {}", ran.shown());
        let charged = "<authorizeResult>true</authorizeResult>";
        let captured = "<IsSuccess>true</IsSuccess>";
        let left_out = "you left the secret word out of the hash (certain)";
        for expected in ["receiptid=&error=205\n", left_out, charged, captured, &all] {
            assert!(ran.stdout.contains(expected), "round {round}: {expected}: {}", ran.stdout);
        }
    }
}

/// ePay's and Freepay's own codes look like options.
#[test]
fn codes_below_zero_are_explained() {
    for (provider, code) in [("bambora", "-1023"), ("bambora", "-1"), ("freepay", "-2")] {
        let ran = run(&["codes", provider, code]);
        assert_eq!(ran.code, 0, "{provider} {code}: {}", ran.shown());
        assert!(ran.stdout.contains(&format!(" {code}  ")), "{provider} {code}: {}", ran.stdout);
    }
}

#[test]
fn texts_that_name_the_operations_name_them_all() {
    let protocol = std::fs::read_to_string(root().join("src/adapter/PROTOCOL.md"));
    let protocol = protocol.expect("the protocol");
    let help = run(&["verify", "--help"]).stdout;
    let operations = provkassa::simulators::PROVIDERS.iter().flat_map(|provider| provider.operations());
    for operation in operations {
        assert!(protocol.contains(&format!("### `{}`", operation.id())), "{} in PROTOCOL.md", operation.id());
        assert!(help.contains(operation.id()), "{} in the help of verify", operation.id());
    }
}
