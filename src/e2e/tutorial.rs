//! The tutorial is followed: what it shows is written where it says, and each of its commands ends as it claims.
//!
//! In `TUTORIAL.md` a line like `**brp.mjs**` names the file of the block below it. A block of `diff` is a mistake that is
//! made for the next command alone. `# exit code 1: you used SHA-1` behind a command says how it ends, and what it says.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::adapters::{NODE, PHP, PYTHON, Shipped, has_libraries};
use crate::support::{found, ran, root};

const TUTORIAL: &str = include_str!("../adapter/TUTORIAL.md");

/// The part of the tutorial that is in this language.
fn part(language: &str) -> &'static str {
    let (node, others) = TUTORIAL.split_once("\n## The same in Python\n").expect("Python");
    let (python, php) = others.split_once("\n## The same in PHP\n").expect("PHP");
    match language {
        "node" => node,
        "python" => python,
        _ => php,
    }
}

/// Something to do.
#[derive(Debug)]
enum Step<'a> {
    /// Add this code to a file of the adapter.
    Add { file: &'a str, code: String },
    /// Make a mistake in a file, for the next command alone.
    Spoil { file: &'a str, from: String, to: String },
    /// Run this, without `provkassa`; it ends with this exit code and says this.
    Run { arguments: Vec<&'a str>, code: i32, says: &'a str },
    /// A file that stands for the shop's own code is linked: it is taken as it is.
    Take(&'a str),
}

fn steps(text: &str) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    let mut lines = text.lines().peekable();
    let mut file = None;
    while let Some(line) = lines.next() {
        let Some(kind) = line.strip_prefix("```") else {
            file = line.strip_prefix("**").and_then(|rest| rest.strip_suffix("**")).or(file);
            let linked = line.split("](../../fixtures/adapters/").skip(1);
            let linked =
                linked.filter_map(|rest| rest.split_once(')').and_then(|(path, _)| path.split_once('/')));
            steps.extend(linked.map(|(_, name)| Step::Take(name)));
            continue;
        };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        match (kind, file.take()) {
            ("sh", _) => steps.extend(block.into_iter().filter_map(command)),
            ("diff", Some(file)) => {
                let side = |mark: &str| {
                    let lines: Vec<_> = block.iter().filter_map(|line| line.strip_prefix(mark)).collect();
                    lines.join("\n")
                };
                steps.push(Step::Spoil { file, from: side("-"), to: side("+") });
            }
            (_, Some(file)) => steps.push(Step::Add { file, code: block.join("\n") }),
            (kind, None) => panic!("a block of {kind} belongs to no file: {block:?}"),
        }
    }
    steps
}

fn command(line: &str) -> Option<Step<'_>> {
    let line = line.strip_prefix("provkassa ")?;
    let (arguments, claim) = line.split_once("  # exit code ").unwrap_or((line, "0"));
    let (code, says) = claim.split_once(": ").unwrap_or((claim, ""));
    let code = code.parse().expect("an exit code");
    Some(Step::Run { arguments: arguments.split_whitespace().collect(), code, says })
}

/// The parts of code that blank lines stand between; operations without the brackets around all of them.
fn chunks(code: &str) -> Vec<&str> {
    let chunks = code.split("\n\n").map(|chunk| chunk.trim_matches('\n'));
    let chunks = chunks.map(|chunk| {
        let opened = ["export const operations = {\n", "function operations(): array\n{\n    return [\n"];
        let closed = ["\n};", "\n    ];\n}"];
        let inside = opened.iter().find_map(|start| chunk.strip_prefix(start)).unwrap_or(chunk);
        let ends = closed.iter().find_map(|end| inside.strip_suffix(end));
        ends.filter(|_| answers(inside).is_some()).unwrap_or(inside)
    });
    chunks.filter(|chunk| !chunk.is_empty()).collect()
}

/// The operation that a chunk answers.
fn answers(chunk: &str) -> Option<&str> {
    let start = chunk.trim_start();
    let named = start.strip_prefix("@operation(\"").or_else(|| start.strip_prefix('\''))?;
    let name = named.split(['"', '\'']).next()?;
    name.contains('.').then_some(name)
}

/// Puts code into the file to be filled in: an operation takes the place of its stub, the rest goes to the end.
fn fill_in(path: &Path, code: &str) {
    let mut text = fs::read_to_string(path).expect("written by init");
    for chunk in chunks(code) {
        let Some(operation) = answers(chunk) else {
            text.push_str(&format!("\n\n{chunk}\n"));
            continue;
        };
        let (start, end) = match path.extension().and_then(|ending| ending.to_str()) {
            Some("py") => (format!("@operation(\"{operation}\")"), "raise Unsupported(NOT_YET)"),
            Some("mjs") => (format!("  '{operation}'("), "\n  },"),
            _ => (format!("        '{operation}' =>"), "\n        },"),
        };
        let begins = text.find(&start).unwrap_or_else(|| panic!("{operation} is in no starter"));
        let ends = begins + text[begins..].find(end).expect("a stub") + end.len();
        text.replace_range(begins..ends, chunk);
    }
    fs::write(path, text).expect("written");
}

/// Follows the tutorial in a new folder, to its end.
fn follow(shipped: Shipped, language: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let adapter = folder.path().join("provkassa");
    let finished = root().join(shipped.1).parent().expect("a folder").to_owned();
    if language == "node" {
        // What `npm install` would do.
        let modules = finished.join("node_modules");
        std::os::unix::fs::symlink(modules, folder.path().join("node_modules")).expect("linked");
    }
    let mut spoilt = None;
    for step in steps(part(language)) {
        match step {
            Step::Add { file, code } if file.starts_with("operations.") => {
                fill_in(&adapter.join(file), &code);
            }
            Step::Add { file, code } => {
                let mut text = fs::read_to_string(adapter.join(file)).unwrap_or_default();
                text.push_str(&format!("{code}\n\n"));
                fs::write(adapter.join(file), text).expect("written");
            }
            Step::Take(file) if language == "node" => panic!("{file} is not shown whole"),
            Step::Take(file) => drop(fs::copy(finished.join(file), adapter.join(file)).expect("it exists")),
            Step::Spoil { file, from, to } => {
                let path = adapter.join(file);
                let text = fs::read_to_string(&path).expect("shown before");
                assert_eq!(text.matches(&from).count(), 1, "{from} in {file}");
                fs::write(&path, text.replace(&from, &to)).expect("written");
                spoilt = Some((path, text));
            }
            Step::Run { arguments, code, says } => {
                let mut command = crate::support::command(folder.path(), &arguments);
                let ran = ran(&command.env("PROVKASSA_CASES", "32").output().expect("the program starts"));
                assert_eq!(ran.code, code, "provkassa {}: {}", arguments.join(" "), ran.shown());
                assert!(ran.stdout.contains(says), "{says}: {}", ran.shown());
                if let Some((path, text)) = spoilt.take() {
                    fs::write(path, text).expect("written");
                }
            }
        }
    }
    folder
}

#[test]
fn whoever_follows_the_tutorial_has_an_adapter_that_conforms() {
    for (shipped, language) in [(NODE, "node"), (PYTHON, "python"), (PHP, "php")] {
        if found(shipped.0, "the tutorial") && has_libraries(shipped) {
            follow(shipped, language);
        }
    }
}

#[test]
fn the_tutorial_shows_the_shipped_adapters() {
    for (language, ending) in [("node", "mjs"), ("python", "py"), ("php", "php")] {
        let folder = root().join("fixtures/adapters").join(language);
        let read = |file: &str| fs::read_to_string(folder.join(file)).expect("a file of the adapter");
        let (mut shown, mut files): (BTreeSet<(&str, String)>, BTreeSet<&str>) = Default::default();
        let steps = steps(part(language));
        for step in &steps {
            let Step::Add { file, code } = step else { continue };
            files.insert(file);
            shown.extend(chunks(code).into_iter().map(|chunk| (*file, chunk.to_owned())));
        }
        for (file, chunk) in &shown {
            let lines: Vec<&str> = chunk.lines().collect();
            let imports = |line: &&str| {
                line.starts_with("import ") || line.starts_with("from ") || line.starts_with("require ")
            };
            if lines.iter().all(imports) {
                assert!(lines.iter().all(|line| read(file).contains(line)), "{chunk} in {file}");
            } else {
                assert!(read(file).contains(chunk.as_str()), "{file} has another:\n{chunk}");
            }
        }
        // And nothing is left out: of the operations all that a starter does not have, of the other files everything.
        let operations = format!("operations.{ending}");
        for file in files {
            let text = read(file);
            let mut rest = chunks(&text);
            if file == operations {
                rest.retain(|chunk| {
                    answers(chunk).is_some() || chunk.contains("(url") || chunk.contains("Request")
                });
            }
            for chunk in rest {
                assert!(
                    shown.contains(&(file, chunk.to_owned())),
                    "the tutorial lacks this of {file}:\n{chunk}"
                );
            }
        }
        for file in fs::read_dir(&folder).expect("a folder") {
            let name = file.expect("an entry").file_name().into_string().expect("UTF-8");
            let starter =
                name.starts_with("adapter.") || name.starts_with("replies.") || !name.ends_with(ending);
            let taken = steps.iter().any(|step| match step {
                Step::Add { file, .. } | Step::Take(file) => *file == name,
                _ => false,
            });
            assert!(starter || taken, "the tutorial does not come to {name} in {language}");
        }
    }
}
