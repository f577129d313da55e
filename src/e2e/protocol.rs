//! The adapter protocol's own examples: each is answered as it is printed.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::Value;

use crate::support::{command, root};

/// Whether an answer is the printed one; a text that ends in `…` is printed in part.
fn is_printed(answer: &Value, printed: &Value) -> bool {
    match (answer, printed) {
        (Value::String(answer), Value::String(printed)) => match printed.strip_suffix('…') {
            Some(start) => answer.starts_with(start),
            None => answer == printed || is_same_json(answer, printed),
        },
        (Value::Array(answer), Value::Array(printed)) => {
            answer.len() == printed.len()
                && answer.iter().zip(printed).all(|(one, other)| is_printed(one, other))
        }
        (answer, printed) => answer == printed,
    }
}

/// How the JSON of a body is written does not matter.
fn is_same_json(one: &str, other: &str) -> bool {
    let json = |text: &str| serde_json::from_str::<Value>(text).ok().filter(Value::is_object);
    json(one).is_some() && json(one) == json(other)
}

#[test]
fn every_example_is_answered_as_it_is_printed() {
    let text = std::fs::read_to_string(root().join("src/adapter/PROTOCOL.md")).expect("the protocol");
    let lines = text.lines().filter(|line| line.starts_with("{\"id\":"));
    let (asked, printed): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.contains("\"op\":"));
    let folder = tempfile::tempdir().expect("a folder");
    let mut adapter = command(folder.path(), &["adapter"]);
    let mut adapter = adapter.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("started");
    let mut input = adapter.stdin.take().expect("a pipe");
    let requests = asked.join("\n") + "\n";
    // It answers before it has read all, and pipes hold only so much.
    let writing = std::thread::spawn(move || input.write_all(requests.as_bytes()).expect("written"));
    let replies = adapter.wait_with_output().expect("an end");
    writing.join().expect("all is written");
    let replies = String::from_utf8(replies.stdout).expect("text");
    let json =
        |line: &str| serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let printed: Vec<Value> = printed.into_iter().map(json).collect();
    let operations = provkassa::simulators::PROVIDERS.iter().flat_map(|provider| provider.operations());
    assert_eq!(asked.len(), 1 + operations.count(), "the greeting, and one of each");
    for reply in replies.lines().map(json).skip(1) {
        let wanted =
            printed.iter().find(|printed| printed["id"] == reply["id"] && printed.get("answer").is_some());
        let wanted = wanted.unwrap_or_else(|| panic!("no answer is printed for {reply}"));
        for (name, wanted) in wanted["answer"].as_object().expect("fields") {
            assert!(is_printed(&reply["answer"][name], wanted), "`{name}` of {reply}, printed as {wanted}");
        }
    }
}
