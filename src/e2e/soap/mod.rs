//! The web services, driven by the libraries that shops have: each is told the same calls, and hears the same.

mod bambora;
mod freepay;
mod pages;
mod wire;

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Map, Value};

use crate::support::{found, has, ran, root};

/// A library in one version of SOAP.
#[derive(Clone, Copy, Debug)]
struct Library {
    program: &'static str,
    script: &'static str,
    version: &'static str,
}

impl Library {
    /// What the library answers to calls of a service, which is named by its address and its namespace.
    fn call(self, address: &str, namespace: &str, calls: &Value) -> Vec<Value> {
        let mut child = Command::new(self.program)
            .arg(root().join("fixtures/clients").join(self.script))
            .args([&format!("{address}?WSDL"), self.version, namespace])
            // Some make a moment of the zone out of one without zone.
            .env("TZ", "UTC")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("started");
        let written = child.stdin.take().expect("a pipe").write_all(calls.to_string().as_bytes());
        let ran = ran(&child.wait_with_output().expect("an end"));
        written.unwrap_or_else(|error| panic!("{self:?} {error}: {}", ran.shown()));
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{self:?}");
        let answers: Vec<Value> = serde_json::from_str(&ran.stdout).expect("a list");
        answers.into_iter().map(|answer| plain(answer, self.has_types())).collect()
    }

    /// Whether it reads the description, and so knows a number from a text.
    fn has_types(self) -> bool {
        self.program != "perl"
    }

    /// What it is expected to answer: where it knows no types, everything is a text.
    fn expects(self, answers: Value) -> Vec<Value> {
        let Value::Array(answers) = answers else { panic!("{answers} is no list") };
        answers.into_iter().map(|answer| plain(answer, self.has_types())).collect()
    }
}

/// An answer without what libraries hand out in different ways: nothing and the empty text, a list of one, and the
/// zone that JavaScript puts to every moment.
fn plain(value: Value, types: bool) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(name, value)| (name, plain(value, types)));
            Value::Object(fields.filter(|(_, value)| !value.is_null()).collect::<Map<_, _>>()).or_nothing()
        }
        Value::Array(mut items) if items.len() == 1 => plain(items.remove(0), types),
        Value::Array(items) => items.into_iter().map(|item| plain(item, types)).collect(),
        Value::String(text) if text.trim().is_empty() => Value::Null,
        Value::String(text) => Value::String(text.trim_end_matches(".000Z").to_owned()),
        Value::Bool(_) | Value::Number(_) if !types => Value::String(value.to_string()),
        other => other,
    }
}

trait OrNothing {
    /// Null in place of an object that holds nothing.
    fn or_nothing(self) -> Value;
}

impl OrNothing for Value {
    fn or_nothing(self) -> Value {
        if self.as_object().is_some_and(Map::is_empty) { Value::Null } else { self }
    }
}

/// The program, its script, how it is asked for its library, and how that is installed.
const LIBRARIES: [(&str, &str, [&str; 2], &str); 4] = [
    ("php", "php/soap.php", ["-r", "exit(extension_loaded('soap') ? 0 : 1);"], "apt-get install php-soap"),
    (
        "python3",
        "python/soap.py",
        ["-c", "import zeep"],
        "python3 -m pip install -r fixtures/clients/python/requirements.txt",
    ),
    ("node", "node/soap.mjs", ["-e", "require('soap')"], "npm install --prefix fixtures/clients/node"),
    ("perl", "perl/soap.pl", ["-MSOAP::Lite", "-e1"], "apt-get install libsoap-lite-perl"),
];

/// The libraries that are installed, in both versions; in CI all must be.
fn libraries() -> Vec<Library> {
    let mut libraries = Vec::new();
    for (program, script, asks, install) in LIBRARIES {
        let folder = root().join("fixtures/clients").join(script);
        let folder = folder.parent().expect("a folder");
        let there = found(program, "SOAP calls") && {
            let asked = Command::new(program).args(asks).current_dir(folder).stderr(Stdio::null()).status();
            let there = asked.is_ok_and(|status| status.success());
            has(there, &format!("the library for SOAP of {program}"), install)
        };
        if there {
            libraries.extend(["1.1", "1.2"].map(|version| Library { program, script, version }));
        }
    }
    libraries
}

/// Compares answer by answer: a difference in a long list is hard to see.
fn assert_same(library: Library, answers: &[Value], expected: &[Value]) {
    for (place, (answer, expected)) in answers.iter().zip(expected).enumerate() {
        assert_eq!(answer, expected, "answer {place} of {library:?}");
    }
    assert_eq!(answers.len(), expected.len(), "{library:?}");
}

/// The text of a fault, without the place that it names: each library writes the same call differently.
fn fault(answer: &Value) -> String {
    let text = answer["fault"].as_str().unwrap_or_else(|| panic!("{answer} is no fault"));
    match (text.find(" ("), text.find(").")) {
        (Some(start), Some(end)) if start < end => format!("{}{}", &text[..start], &text[end + 1..]),
        _ => text.to_owned(),
    }
}
