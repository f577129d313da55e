//! `provkassa init`: what it writes runs at once, and is filled in function by function.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::mistakes::with_verdict;
use crate::support::{Ran, found, root, run_in, snapshot};

/// A language, its program, the file to fill in, and one function filled in: the stub's last lines, and the code.
struct Starter {
    language: &'static str,
    program: &'static str,
    file: &'static str,
    stub: &'static str,
    right: &'static str,
    /// What makes it wrong: hashed twice over is nobody's mistake, the secret first is.
    spoilt: (&'static str, &'static str),
}

const STARTERS: [Starter; 3] = [
    Starter {
        language: "node",
        program: "node",
        file: "provkassa/operations.mjs",
        stub: "'brp.hash'({ endpoint, parameters, secret }) {\n    throw new Unsupported(NOT_YET);",
        right: "async 'brp.hash'({ parameters, secret }) {\n    const { createHash } = await import('node:crypto');\n    \
            const hashed = parameters.filter(([name]) => name !== 'payeralias').sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));\n    \
            const text = hashed.map(([, value]) => value).join('') + secret;\n    \
            return { hash: createHash('sha256').update(text).digest('hex'), explain: text };",
        spoilt: ("join('') + secret", "join('')"),
    },
    Starter {
        language: "python",
        program: "python3",
        file: "provkassa/operations.py",
        stub: "the string that was hashed.\n    raise Unsupported(NOT_YET)\n\n\n@operation(\"brp.link\")",
        right: "\n    import hashlib\n    \
            hashed = [pair for pair in request[\"parameters\"] if pair[0] != \"payeralias\"]\n    \
            text = \"\".join(value for _, value in sorted(hashed, key=lambda pair: pair[0])) + request[\"secret\"]\n    \
            return {\"hash\": hashlib.sha256(text.encode()).hexdigest(), \"explain\": text}\n\n\n@operation(\"brp.link\")",
        spoilt: (" + request[\"secret\"]", ""),
    },
    Starter {
        language: "php",
        program: "php",
        file: "provkassa/operations.php",
        stub: "'brp.hash' => function (array $request): array {\n            throw new Unsupported(NOT_YET);",
        right: "'brp.hash' => function (array $request): array {\n            \
            $hashed = array_filter($request['parameters'], fn($pair) => $pair[0] !== 'payeralias');\n            \
            usort($hashed, fn($one, $other) => strcmp($one[0], $other[0]));\n            \
            $text = implode('', array_column($hashed, 1)) . $request['secret'];\n            \
            return ['hash' => hash('sha256', $text), 'explain' => $text];",
        spoilt: (" . $request['secret']", ""),
    },
];

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// Runs `check` with the configuration of the folder.
fn check(folder: &Path, more: &[&str]) -> (Ran, Value) {
    let ran = run_in(folder, &[&["check", "--report", "json=report.json", "--cases", "32"], more].concat());
    let report = fs::read_to_string(folder.join("report.json")).unwrap_or_else(|_| panic!("{}", ran.shown()));
    (ran, serde_json::from_str(&report).expect("JSON"))
}

fn edit(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).expect("written by init");
    assert_eq!(text.matches(from).count(), 1, "{from} in {text}");
    fs::write(file, text.replace(from, to)).expect("written");
}

#[test]
fn a_starter_runs_at_once_and_is_filled_in_function_by_function() {
    for starter in STARTERS {
        if !found(starter.program, "a starter adapter") {
            continue;
        }
        let folder = folder();
        let ran = run_in(folder.path(), &["init", "--language", starter.language]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        let (ran, report) = check(folder.path(), &[]);
        assert_eq!(ran.code, 5, "nothing ran: {}", ran.shown());
        assert_eq!(
            with_verdict(&report, "unsupported").len(),
            report["cases"].as_array().expect("cases").len()
        );
        let next = "not filled in yet: call your code in operations.";
        assert!(ran.stderr.contains(next), "it says what to do: {}", ran.stderr);
        // What is not begun with is not asked for every message, and that is said.
        let count = |word: &str| {
            let all = report["cases"].as_array().expect("cases").iter();
            all.map(|case| case[word].as_u64().expect("a count")).sum::<u64>()
        };
        let (asked, left_out) = (count("unsupported"), count("untried"));
        assert!(asked > 0 && left_out > asked, "{asked} were asked, and {left_out} were not");
        let said = format!("nothing is known of them, nor of {left_out} that were left out");
        assert!(ran.stdout.replace(',', "").contains(&said.replace(',', "")), "{}", ran.stdout);

        let file = folder.path().join(starter.file);
        edit(&file, starter.stub, starter.right);
        let (ran, report) = check(folder.path(), &["--only", "brp"]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        for case in report["cases"].as_array().expect("cases") {
            let wanted = if case["operation"] == "brp.hash" { "pass" } else { "unsupported" };
            assert_eq!(case["verdict"], wanted, "{case}");
        }

        let (sound, spoilt) = starter.spoilt;
        edit(&file, sound, spoilt);
        let (ran, _) = check(folder.path(), &["--only", "brp/hash"]);
        assert_eq!(ran.code, 1, "{}", ran.shown());
        assert!(ran.stdout.contains("you left the secret word out of the hash"), "{}", ran.stdout);
    }
}

#[test]
fn every_operation_has_its_function_with_the_fields_of_its_tables() {
    let mut story = String::new();
    for language in ["node", "python", "php", "rust"] {
        let folder = folder();
        let ran = run_in(folder.path(), &["init", "--language", language, "--provider", "brp"]);
        story.push_str(&format!(
            "##### provkassa init --language {language} --provider brp\n\n{}\n",
            ran.shown()
        ));
        let mut paths: Vec<&str> = ran.stdout.lines().collect();
        paths.retain(|path| !path.contains("adapter.") && !path.contains("replies."));
        for path in paths {
            let text = fs::read_to_string(folder.path().join(path)).expect("written");
            assert!(text.lines().all(|line| line.chars().count() <= 120), "{text}");
            story.push_str(&format!("### {path}\n\n{text}\n"));
        }
    }
    snapshot("cli", "init", &story);

    for (language, file) in [("node", "mjs"), ("python", "py"), ("php", "php"), ("rust", "rs")] {
        let folder = folder();
        let ran = run_in(folder.path(), &["init", "--language", language]);
        let path = ran.stdout.lines().last().expect("a path");
        assert!(path.ends_with(file), "{path}");
        let text = fs::read_to_string(folder.path().join(path)).expect("written");
        for operation in provkassa::simulators::PROVIDERS.iter().flat_map(|provider| provider.operations()) {
            assert!(text.contains(operation.does()), "{} in {path}", operation.id());
            for name in operation.given() {
                assert!(text.contains(name), "{name} of {} in {path}", operation.id());
            }
        }
    }
}

#[test]
fn nothing_is_overwritten_unasked() {
    let folder = folder();
    fs::create_dir(folder.path().join("provkassa")).expect("made");
    fs::write(folder.path().join("provkassa/operations.mjs"), "mine").expect("written");
    let ran = run_in(folder.path(), &["init", "--language", "node"]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    assert!(ran.stderr.contains("`provkassa/operations.mjs` is there already"), "{}", ran.stderr);
    assert!(ran.stderr.contains("--force"), "{}", ran.stderr);
    assert!(!folder.path().join("provkassa.toml").exists(), "nothing is half written");

    let ran = run_in(folder.path(), &["init", "--language", "node", "--force"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let text = fs::read_to_string(folder.path().join("provkassa/operations.mjs")).expect("written");
    assert!(text.contains("brp.hash"));
    let ran = run_in(folder.path(), &["init", "--language", "node"]);
    assert_eq!(ran.code, 2);
    for path in
        ["provkassa.toml", "provkassa/adapter.mjs", "provkassa/replies.mjs", "provkassa/operations.mjs"]
    {
        assert!(ran.stderr.contains(&format!("`{path}`")), "{path}: {}", ran.stderr);
    }
}

#[test]
fn the_language_is_seen_by_the_projects_own_files() {
    for (sign, written) in [
        ("package.json", "provkassa/operations.mjs"),
        ("pyproject.toml", "provkassa/operations.py"),
        ("requirements.txt", "provkassa/operations.py"),
        ("composer.json", "provkassa/operations.php"),
        ("Cargo.toml", "tests/provkassa.rs"),
    ] {
        let folder = folder();
        fs::write(folder.path().join(sign), "").expect("written");
        let ran = run_in(folder.path(), &["init", "--provider", "fena,brp"]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        let text = fs::read_to_string(folder.path().join(written)).expect(sign);
        assert!(
            text.contains("brp.hash") && text.contains("fena.token") && !text.contains("quickpay."),
            "{text}"
        );
    }
    let folder = folder();
    let ran = run_in(folder.path(), &["init"]);
    assert_eq!(ran.code, 2);
    for wanted in ["package.json", "Cargo.toml", "--language node, python, php or rust"] {
        assert!(ran.stderr.contains(wanted), "{}", ran.stderr);
    }
    fs::write(folder.path().join("package.json"), "").expect("written");
    fs::write(folder.path().join("composer.json"), "").expect("written");
    let ran = run_in(folder.path(), &["init"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("--language node or --language php"), "{}", ran.stderr);
}

#[test]
fn what_cannot_be_set_up_is_refused_with_what_to_do() {
    let folder = folder();
    fs::write(folder.path().join("file"), "").expect("written");
    for (arguments, what, help) in [
        (&["init", "--language", "node", "--provider", "bpr"] as &[&str], "no provider `bpr`", "`brp`"),
        (&["init", "--language", "pyton"], "invalid value 'pyton'", "python"),
        (&["init", "--language", "rust", "--http"], "no adapter to reach over HTTP", "Leave --http out"),
        (&["init", "--language", "node", "--dir", "file"], "cannot be written", "--dir"),
    ] {
        let ran = run_in(folder.path(), arguments);
        assert_eq!(ran.code, 2, "{}", ran.shown());
        assert!(ran.stderr.contains(what) && ran.stderr.contains(help), "{}", ran.stderr);
    }
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing was written");
}

#[test]
fn each_key_of_the_configuration_may_be_taken_as_it_stands() {
    let folder = folder();
    let ran = run_in(folder.path(), &["init", "--language", "node"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let file = folder.path().join("provkassa.toml");
    let text = fs::read_to_string(&file).expect("written");
    let (adapter, check) = text.split_once("# [check]\n").expect("its keys");
    fs::write(&file, format!("{adapter}[check]\n{}", check.replace("# only", "only").replace("\n# ", "\n")))
        .expect("written");
    fs::write(folder.path().join("known-failures.toml"), "").expect("written");
    let ran = run_in(folder.path(), &["check", "--list"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(
        ran.stdout.lines().all(|line| line.starts_with("brp/") || line.starts_with("fena/token/")),
        "{}",
        ran.stdout
    );
    let help = run_in(folder.path(), &["check", "--help"]).stdout;
    for key in check.lines().filter_map(|line| line.strip_prefix("# ")?.split(' ').next()) {
        assert!(
            help.contains(&format!("--{} ", key.replace('_', "-"))) || key == "fail_fast",
            "{key} is no flag"
        );
    }
    // A key that is not known is told with the nearest one, or with all; none of them may be missing here.
    fs::write(&file, format!("{adapter}[check]\nxyzxyz = 1\n")).expect("written");
    let told = run_in(folder.path(), &["check", "--list"]).stderr;
    for key in told.split("check.").skip(1).filter_map(|rest| rest.split([',', '.', '`']).next()) {
        assert!(
            key == "xyzxyz" || check.contains(&format!("# {key} =")),
            "{key} is not in the starter: {told}"
        );
    }
}

#[test]
fn the_starter_in_rust_is_the_one_that_is_compiled_with_these_tests() {
    let folder = folder();
    let ran = run_in(folder.path(), &["init", "--language", "rust"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let written = fs::read_to_string(folder.path().join("tests/provkassa.rs")).expect("written");
    let kept = root().join("fixtures/adapters/rust/provkassa.rs");
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        fs::write(&kept, &written).expect("written");
    }
    assert_eq!(fs::read_to_string(kept).expect("kept"), written, "INSTA_UPDATE=always writes it anew");
}

#[test]
fn another_folder_may_be_named_and_a_server_chosen() {
    let folder = folder();
    let ran = run_in(folder.path(), &["init", "--language", "js", "--dir", "shop/new", "--http"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(ran.stderr.contains("node provkassa/adapter.mjs --http 3000"), "{}", ran.stderr);
    let text = fs::read_to_string(folder.path().join("shop/new/provkassa.toml")).expect("written");
    assert!(text.contains("\nurl = \"http://127.0.0.1:3000/\""), "{text}");
    assert!(text.contains("\n# command = [\"node\", \"provkassa/adapter.mjs\"]"), "{text}");
}
