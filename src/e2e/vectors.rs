//! The vectors: what they say holds, and they are used as a user uses them, by the test runners of three languages.

use std::fs;
use std::path::Path;
use std::process::Command;

use provkassa::simulators::kit::operation::{Judgement, Message, Operation, Reply, judge};
use provkassa::simulators::kit::wire::from_json;
use provkassa::simulators::{PROVIDERS, operation};
use serde_json::Value;
use tempfile::TempDir;

use crate::adapters::{NODE, PHP, PYTHON, Shipped, has_libraries};
use crate::support::{Ran, found, ran, root, run};

/// Every vector that the program prints, with its operation.
fn vectors() -> Vec<(&'static dyn Operation, Value)> {
    let ran = run(&["vectors"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let documents: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let groups = documents
        .as_array()
        .expect("documents")
        .iter()
        .flat_map(|document| document["groups"].as_array().expect("groups"));
    let mut vectors = Vec::new();
    for group in groups {
        let operation = operation(group["operation"].as_str().expect("an id")).expect("an operation");
        let own = group["vectors"].as_array().expect("vectors");
        vectors.extend(own.iter().map(|vector| (operation, vector.clone())));
    }
    vectors
}

fn message(operation: &dyn Operation, vector: &Value) -> Message {
    from_json(operation, vector["message"].as_object().expect("an object")).expect("a legal message")
}

/// A reply as vectors write it.
fn reply(written: &Value) -> Reply {
    let answer = written["answer"].as_object().cloned();
    answer.map_or_else(|| Reply::Rejected("as it says".to_owned()), Reply::Answer)
}

/// Enough to unit-test with: right answers, and wrong ones of which it is known who gives them.
#[test]
fn every_operation_has_vectors_of_both_kinds() {
    let vectors = vectors();
    for operation in PROVIDERS.iter().flat_map(|provider| provider.operations()) {
        let count = |what: &dyn Fn(&Value) -> bool| {
            vectors.iter().filter(|(known, vector)| known.id() == operation.id() && what(vector)).count()
        };
        let (valid, named) =
            (count(&|one| one["result"] == "valid"), count(&|one| one["mistake"].is_string()));
        assert!(valid >= 3 && named >= 4, "{}: {valid} valid, {named} wrong", operation.id());
    }
}

#[test]
fn each_says_what_is_right_and_what_else_is_accepted() {
    for (operation, vector) in vectors() {
        let (id, message) = (&vector["id"], message(operation, &vector));
        let right = if vector["result"] == "valid" { &vector } else { &vector["right"] };
        assert!(right.is_object(), "{id}");
        let right = reply(right);
        assert_eq!(judge(operation, &message, &right), Judgement::Right, "{id}: {right:?}");
        let observed = |reply: &Reply| operation.observe(&message, reply);
        let mut told: Vec<_> = vector["also"].as_array().into_iter().flatten().map(reply).collect();
        for also in &told {
            assert_ne!(judge(operation, &message, also), Judgement::Wrong, "{id}: {also:?}");
        }
        told.push(right);
        if vector["result"] == "tolerated" {
            told.push(reply(&vector));
        }
        // Other spellings of what is signed are many; of what is read, all are told.
        let open = operation.tolerated(&message).into_iter();
        let open = open.filter(|(open, _)| operation.reads() || matches!(open, Reply::Rejected(_)));
        for (open, why) in open {
            let is_told = told.iter().any(|told| observed(told) == observed(&open));
            assert!(is_told, "{} {id} does not tell of {open:?}: {why}", operation.id());
        }
    }
}

#[test]
fn one_operation_is_printed_alone() {
    let printed = |arguments: &[&str]| -> Value {
        let ran = run(&[&["vectors"], arguments].concat());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        serde_json::from_str(&ran.stdout).expect("JSON")
    };
    let whole = printed(&["brp"]);
    let one = printed(&["--operation", "brp.return"]);
    assert_eq!(one["groups"].as_array().expect("groups").len(), 1);
    let same = whole["groups"].as_array().expect("groups").iter().find(|group| **group == one["groups"][0]);
    assert!(same.is_some());
    assert_eq!(printed(&["brp", "--operation", "brp.return"]), one);
    for (arguments, says) in [
        (["brp", "--operation", "fena.link"], "`fena.link` is no operation of"),
        (["brp", "--operation", "brp.retrun"], "Did you mean `brp.return`?"),
    ] {
        let ran = run(&[&["vectors"][..], &arguments].concat());
        assert!(ran.code == 2 && ran.stderr.contains(says), "{}", ran.shown());
    }
}

/// A language's own test runner, and what spoils the code that it tests.
struct Suite {
    language: &'static str,
    command: &'static [&'static str],
    adapter: Shipped,
    /// What the runner writes around the number of tests, if all pass.
    passed: (&'static str, &'static str),
    /// In this file this becomes that: the secret is left out of BRP's hash.
    spoil: (&'static str, &'static str, &'static str),
}

const NODE_TEST: Suite = Suite {
    language: "node",
    command: &["node", "--test", "--test-reporter=tap"],
    adapter: NODE,
    passed: ("\n# pass ", "\n"),
    spoil: ("brp.mjs", "    .concat(secret)\n", ""),
};
const PHPUNIT: Suite = Suite {
    language: "php",
    command: &["phpunit", "--no-configuration", "--do-not-cache-result", "VectorsTest.php"],
    adapter: PHP,
    passed: ("OK (", " tests"),
    spoil: ("brp.php", "array_column($hashed, 1)) . $secret;", "array_column($hashed, 1));"),
};
const UNITTEST: Suite = Suite {
    language: "python",
    command: &["python3", "-B", "-m", "unittest"],
    adapter: PYTHON,
    passed: ("Ran ", " tests"),
    spoil: ("brp.py", "key=lambda pair: pair[0])) + secret", "key=lambda pair: pair[0]))"),
};

impl Suite {
    /// The tests, what they test, and the vectors, in a folder of their own; none where something is missing.
    fn copied(&self) -> Option<TempDir> {
        if !found(self.command[0], "the vectors in a test runner") || !has_libraries(self.adapter) {
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder");
        for part in ["adapters", "vectors"] {
            let from = root().join("fixtures").join(part).join(self.language);
            let to = folder.path().join(part).join(self.language);
            fs::create_dir_all(&to).expect("a folder");
            for entry in fs::read_dir(from).expect("a folder") {
                let path = entry.expect("an entry").path();
                let name = path.file_name().expect("a name");
                if path.is_file() {
                    fs::copy(&path, to.join(name)).expect("copied");
                } else if name == "node_modules" {
                    std::os::unix::fs::symlink(&path, to.join(name)).expect("linked");
                }
            }
        }
        fs::write(folder.path().join("vectors.json"), run(&["vectors"]).stdout).expect("written");
        Some(folder)
    }

    fn run(&self, folder: &Path) -> Ran {
        let mut command = Command::new(self.command[0]);
        command.args(&self.command[1..]).current_dir(folder.join("vectors").join(self.language));
        command.env("VECTORS", folder.join("vectors.json"));
        // This suite is no test of theirs.
        command.env_remove("NODE_TEST_CONTEXT");
        ran(&command.output().expect("it starts"))
    }

    /// Each vector is a test that passes, and code that is spoilt fails those of the operations that use it.
    fn assert_uses_them(&self) {
        let Some(folder) = self.copied() else { return };
        let right = self.run(folder.path());
        assert_eq!(right.code, 0, "{}", right.shown());
        let shown = right.shown();
        let (before, after) = self.passed;
        let count =
            shown.split_once(before).and_then(|(_, rest)| rest.split_once(after)).map(|(count, _)| count);
        let vectors = vectors().len();
        assert_eq!(count, Some(vectors.to_string().as_str()), "{shown}");
        anstream::println!("{}: {vectors} vectors", self.language);

        let (file, this, that) = self.spoil;
        let path = folder.path().join("adapters").join(self.language).join(file);
        let code = fs::read_to_string(&path).expect("code");
        assert!(code.contains(this), "{file} has changed");
        fs::write(&path, code.replace(this, that)).expect("written");
        let spoilt = self.run(folder.path()).shown();
        assert!(!spoilt.starts_with("exit 0"), "{spoilt}");
        assert!(spoilt.contains("So answers who makes the mistake brp.hash/secret-missing."), "{spoilt}");
    }
}

#[test]
fn they_are_tests_of_nodes_own_runner() {
    NODE_TEST.assert_uses_them();
}

#[test]
fn they_are_tests_of_phpunit() {
    PHPUNIT.assert_uses_them();
}

#[test]
fn they_are_tests_of_pythons_unittest() {
    UNITTEST.assert_uses_them();
}
