//! Failing messages as readable files: saved when found, tried first the next time.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use provkassa_simulators::kit::operation::Message;
use provkassa_simulators::kit::problem::nearest;
use provkassa_simulators::kit::wire::from_json;
use serde_json::{Value, json};

use super::case::Property;
use crate::finding::Finding;

/// Where they are kept, unless `--state` says otherwise.
pub const FOLDER: &str = ".provkassa";

/// Why a counterexample cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CounterexampleError {
    /// The file cannot be read.
    #[error("the counterexample `{}` cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The text is no counterexample.
    #[error("this is no counterexample: {what}")]
    Shape {
        /// What is wrong with it.
        what: String,
    },
    /// It could not be saved.
    #[error("the counterexample could not be saved as `{}`: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// Saves the finding's message for its case, over the one that was there.
pub fn save(folder: &Path, case: &Property, finding: &Finding) -> Result<PathBuf, CounterexampleError> {
    let path = path_of(folder, case);
    let text = finding.counterexample(&case.id, case.operation.id());
    let text = serde_json::to_string_pretty(&text).unwrap_or_default() + "\n";
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(&path, text));
    written.map_err(|source| CounterexampleError::Write { path: path.clone(), source })?;
    Ok(path)
}

/// The message that was saved for a case, if there is one that still is a message of it.
#[must_use]
pub fn saved(folder: Option<&Path>, case: &Property) -> Option<Message> {
    let text = fs::read_to_string(path_of(folder?, case)).ok()?;
    let value: Value = serde_json::from_str(&text).ok()?;
    from_json(case.operation, value["message"].as_object()?).ok()
}

/// Reads a counterexample from its text, or from the file that it names.
pub fn read(text_or_path: &str, cases: &[Property]) -> Result<(Property, Message), CounterexampleError> {
    let shape = |what: String| CounterexampleError::Shape { what };
    let text = if text_or_path.trim_start().starts_with('{') {
        text_or_path.to_owned()
    } else {
        let path = PathBuf::from(text_or_path);
        fs::read_to_string(&path).map_err(|source| CounterexampleError::Read { path, source })?
    };
    let value: Value =
        serde_json::from_str(&text).map_err(|error| shape(format!("it is not JSON ({error})")))?;
    let value = of_vector(&value).unwrap_or(value);
    let id = value["case"].as_str().ok_or_else(|| shape("`case` is missing".to_owned()))?;
    let case = cases.iter().find(|case| case.id == id).ok_or_else(|| {
        let near = nearest(id, cases.iter().map(|case| case.id.as_str()));
        shape(match near {
            Some(near) => format!("there is no case `{id}`; did you mean `{near}`?"),
            None => format!("there is no case `{id}`; `provkassa check --list` prints them"),
        })
    })?;
    let fields = value["message"].as_object().ok_or_else(|| shape("`message` is missing".to_owned()))?;
    let named = value["operation"].as_str().unwrap_or(case.operation.id());
    if named != case.operation.id() {
        return Err(shape(format!("`{id}` is about {}, not {named}", case.operation.id())));
    }
    let message =
        from_json(case.operation, fields).map_err(|error| shape(format!("{error}. {}", error.help)))?;
    Ok((case.clone(), message))
}

/// The counterexample in a file of one vector, as `--emit json` prints it: its comment begins with the case.
fn of_vector(file: &Value) -> Option<Value> {
    let group = file["groups"].as_array().filter(|groups| groups.len() == 1)?.first()?;
    let vector = group["vectors"].as_array().filter(|vectors| vectors.len() == 1)?.first()?;
    let (case, _) = vector["comment"].as_str()?.split_once(": ")?;
    Some(json!({ "case": case, "operation": group["operation"], "message": vector["message"] }))
}

fn path_of(folder: &Path, case: &Property) -> PathBuf {
    folder.join(format!("{}.json", case.id.replace('/', "-")))
}
