//! `provkassa check --emit`: what is printed is run, by the languages' own programs.

mod curl;
mod scripts;
mod verdicts;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use provkassa::conformance::case::Expectation;
use provkassa::conformance::{Property, properties};
use provkassa::emit::{Example, Kind, emit, message};
use provkassa::simulators::kit::operation::{Judgement, Message, Reply, judge};
use provkassa::simulators::kit::wire::to_json;
use serde_json::{Value, json};

use crate::support::{PROGRAM, Ran, ran, root, run};

/// A message of a case, replies to it, and whether the check lets each pass.
struct Trial {
    case: Property,
    message: Message,
    replies: Vec<Value>,
    passes: Vec<bool>,
}

impl Trial {
    fn script(&self, kind: Kind) -> String {
        let example = Example { case: &self.case, message: &self.message };
        emit(kind, example, None).unwrap_or_else(|error| panic!("{}: {error}", self.case.id))
    }
}

/// Every case with a message, and what each mistake answers to it.
static TRIALS: LazyLock<Vec<Trial>> = LazyLock::new(|| {
    let cases = properties().expect("sound features").into_iter();
    let trial = |case: Property| {
        let message = message(&case, 1).ok()?;
        let replies = replies(&case, &message);
        let passes = replies.iter().map(|reply| passes(&case, &message, reply)).collect();
        let replies = replies.iter().map(told).collect();
        Some(Trial { case, message, replies, passes })
    };
    cases.filter_map(trial).collect()
});

/// The right answer, those that are let pass, and what each mistake makes of it.
fn replies(case: &Property, message: &Message) -> Vec<Reply> {
    let operation = case.operation;
    let mistakes = operation.mistakes();
    let made = mistakes.iter().filter_map(|mistake| operation.reply(message, &[mistake]));
    let open = operation.tolerated(message).into_iter().map(|(reply, _)| reply);
    operation.reply(message, &[]).into_iter().chain(open).chain(made).collect()
}

fn passes(case: &Property, message: &Message, reply: &Reply) -> bool {
    let operation = case.operation;
    let observed = |reply: &Reply| operation.observe(message, reply);
    match case.expectation {
        Expectation::Accepted => judge(operation, message, reply) != Judgement::Wrong,
        Expectation::Without(mistake) => {
            let becomes = |made: &[_]| {
                operation.reply(message, made).is_some_and(|other| observed(&other) == observed(reply))
            };
            becomes(&[]) || !becomes(&[mistake])
        }
    }
}

fn told(reply: &Reply) -> Value {
    match reply {
        Reply::Answer(answer) => json!({ "answer": answer }),
        Reply::Rejected(why) => json!({ "rejected": why }),
    }
}

/// The operations, each with the trials of its most awkward messages.
fn awkward(count: usize) -> Vec<&'static Trial> {
    let odd = |trial: &&Trial| {
        let text = json!(to_json(trial.case.operation, &trial.message)).to_string();
        let odd: BTreeSet<char> = text.chars().filter(|c| !c.is_ascii_alphanumeric()).collect();
        std::cmp::Reverse(odd.len())
    };
    let mut operations: Vec<&str> = TRIALS.iter().map(|trial| trial.case.operation.id()).collect();
    operations.sort_unstable();
    operations.dedup();
    let of = |id: &str| {
        let is_one = |trial: &&Trial| trial.case.operation.id() == id && trial.passes.contains(&false);
        let mut trials: Vec<_> = TRIALS.iter().filter(is_one).collect();
        trials.sort_by_key(odd);
        trials.truncate(count);
        trials
    };
    operations.into_iter().flat_map(of).collect()
}

/// What the program prints for a message of a case.
fn printed(kind: &str, trial: &Trial, more: &[&str]) -> Ran {
    let message = to_json(trial.case.operation, &trial.message);
    let replayed = json!({ "case": trial.case.id, "message": message }).to_string();
    run(&[&["check", "--emit", kind, "--replay", &replayed], more].concat())
}

/// Runs a script in a folder, with these variables.
fn run_script(program: &str, folder: &Path, script: &str, variables: &[(&str, &str)]) -> Ran {
    fs::write(folder.join("case.mjs"), script).expect("written");
    let mut command = Command::new(program);
    command.arg("case.mjs").current_dir(folder).stdin(Stdio::null());
    ran(&command.envs(variables.iter().copied()).output().expect("it starts"))
}

#[test]
fn one_case_is_chosen_and_json_takes_several() {
    let several = run(&["check", "--emit", "node", "--only", "brp/hash"]);
    assert_eq!(several.code, 2, "{}", several.shown());
    assert!(several.stderr.contains("cases are chosen") && several.stderr.contains("--only brp/hash/"));
    let unknown = run(&["check", "--emit", "perl"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("curl, json, node, php, python"), "{}", unknown.stderr);
    let refused = run(&["check", "--emit", "curl", "--only", "fenerum/card/error-registers-nothing"]);
    assert_eq!(refused.code, 2, "{}", refused.shown());
    assert!(refused.stderr.contains("nothing to send") && refused.stderr.contains("--emit node"));
}

#[test]
fn vectors_fit_their_schema_and_are_read_again() {
    let schema = fs::read_to_string(root().join("fixtures/protocol/vectors.schema.json")).expect("a schema");
    let schema = serde_json::from_str(&schema).expect("JSON");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    let all = run(&["check", "--emit", "json"]);
    assert_eq!(all.code, 0, "{}", all.stderr);
    let files: Vec<Value> = serde_json::from_str(&all.stdout).expect("a list of files");
    assert_eq!(files.len(), 6);
    let mut count = 0;
    for file in &files {
        let errors: Vec<_> =
            schema.iter_errors(file).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        count += file["groups"].as_array().expect("groups").len();
    }
    assert_eq!(count, properties().expect("sound features").len(), "every case has a vector");
    // One of each provider is replayed.
    for file in &files {
        let vector = &file["groups"][0]["vectors"][0];
        let case = vector["comment"].as_str().and_then(|comment| comment.split(':').next()).expect("a case");
        let one = run(&["check", "--emit", "json", "--only", case]);
        let adapter = format!("{PROGRAM} adapter");
        let replayed = run(&["check", "--adapter", &adapter, "--replay", &one.stdout]);
        assert_eq!(replayed.code, 0, "{}", replayed.shown());
        assert!(replayed.stdout.contains("1 message"), "{}", replayed.stdout);
    }
}
