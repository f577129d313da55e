//! What `provkassa init` writes: the configuration, and a starter adapter to fill in.

mod fields;
mod folder;
mod language;

use provkassa_simulators::kit::operation::Operation;

pub use folder::{Guess, WriteError, guess, write};
pub use language::Language;

use language::Parts;

/// Where a starter adapter listens when it is reached over HTTP.
const URL: &str = "http://127.0.0.1:3000/";

/// The widest line of a comment.
const WIDTH: usize = 116;

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StarterFile {
    /// Where, from the folder that is set up.
    pub path: &'static str,
    /// What stands in it.
    pub text: String,
}

/// The files of a starter that answers these operations; the last one is to be filled in. Where only some providers are
/// meant, `only` has their ids, and the others are not checked.
#[must_use]
pub fn starter(
    language: Language,
    operations: &[&'static dyn Operation],
    only: &[&str],
    over_http: bool,
) -> Vec<StarterFile> {
    let parts = language.parts();
    let mut files = Vec::new();
    if let Some(command) = language.command() {
        let words: Vec<_> = command.iter().map(|word| format!("{word:?}")).collect();
        let command = format!("command = [{}]", words.join(", "));
        let url = format!("url = \"{URL}\"");
        let adapter = if over_http {
            format!("{url}\n# Or let provkassa start it:\n# {command}")
        } else {
            format!("{command}\n# Or the address of one that runs already:\n# {url}")
        };
        let text = include_str!("templates/provkassa.toml").replace("@adapter@", &adapter);
        let text = text.replace("@check@", &check(only));
        files.push(StarterFile { path: "provkassa.toml", text });
    }
    files.extend(parts.fixed.iter().map(|(path, text)| StarterFile { path, text: (*text).to_owned() }));
    let written: Vec<String> = operations.iter().map(|operation| stub(parts, *operation)).collect();
    let text = parts.file.replace("@operations@\n", &written.join(parts.between));
    files.push(StarterFile { path: parts.path, text });
    files
}

/// The beginning of `[check]`, which is a comment where nothing is chosen.
fn check(only: &[&str]) -> String {
    const SAYS: &str = "# these cases alone: `provkassa check --list` prints them";
    if only.is_empty() {
        let example = "# only = [\"brp\", \"fena/token\"]";
        return format!("# [check]\n{example:<45} {SAYS}");
    }
    let only: Vec<_> = only.iter().map(|id| format!("{id:?}")).collect();
    let only = format!("only = [{}]", only.join(", "));
    format!("[check]\n{only:<45} {SAYS}")
}

/// One operation, to be filled in.
fn stub(parts: &Parts, operation: &dyn Operation) -> String {
    let names: Vec<_> = fields::requested(operation).into_iter().map(|field| field.name).collect();
    let lines = fields::lines(operation, parts.voice, WIDTH - parts.comment.len());
    let comment: Vec<_> =
        lines.iter().map(|line| format!("{}{line}", parts.comment).trim_end().to_owned()).collect();
    parts
        .operation
        .replace("@fields@", &comment.join("\n"))
        .replace("@names@", &names.join(", "))
        .replace("@function@", &operation.id().replace('.', "_"))
        .replace("@id@", operation.id())
        .replace("@does@", operation.does())
}
