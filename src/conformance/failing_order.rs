//! Orders that fail a scenario as readable files: saved when found, tried first the next time.

use std::fs;
use std::path::{Path, PathBuf};

use provkassa_simulators::kit::mask::escaped_json;
use serde_json::{Value, json};

use super::counterexample::CounterexampleError;
use super::run::Plan;
use crate::finding::Finding;
use crate::scenario::{AnyOrder, Scenario};

/// Saves the finding's order for its scenario, over the one that was there.
pub(super) fn save(
    folder: &Path,
    scenario: &Scenario,
    finding: &Finding,
) -> Result<PathBuf, CounterexampleError> {
    let path = path_of(folder, scenario);
    let text = json!({
        "schema": "provkassa/failing-order/1",
        "case": scenario.id,
        "order": finding.message,
        "expected": finding.expected,
        "got": finding.got,
        "diagnosis": finding.headline,
    });
    let text = serde_json::to_string_pretty(&text).unwrap_or_default() + "\n";
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(&path, text));
    written.map_err(|source| CounterexampleError::Write { path: path.clone(), source })?;
    Ok(path)
}

/// The order that was saved for a scenario, if there is one.
pub(super) fn saved(folder: &Path, scenario: &Scenario) -> Option<AnyOrder> {
    let text = fs::read_to_string(path_of(folder, scenario)).ok()?;
    let value: Value = serde_json::from_str(&text).ok()?;
    serde_json::from_value(value["order"].clone()).ok()
}

/// Reads a failing order from its text, or from the file that it names. `None` where the case is no scenario: then it
/// is a message's counterexample, if it is any.
pub fn read(
    text_or_path: &str,
    scenarios: &[&Scenario],
) -> Result<Option<(Scenario, AnyOrder)>, CounterexampleError> {
    let text = if text_or_path.trim_start().starts_with('{') {
        text_or_path.to_owned()
    } else {
        let path = PathBuf::from(text_or_path);
        fs::read_to_string(&path).map_err(|source| CounterexampleError::Read { path, source })?
    };
    let value: Value = serde_json::from_str(&text).unwrap_or_default();
    let Some(scenario) = scenarios.iter().find(|scenario| value["case"] == scenario.id.as_str()) else {
        return Ok(None);
    };
    let shape = |what: String| CounterexampleError::Shape { what };
    if !scenario.draws() {
        return Err(shape(format!("`{}` has an order of its own, and takes no other", scenario.id)));
    }
    let order = serde_json::from_value(value["order"].clone());
    let order = order.map_err(|error| shape(format!("`order` cannot be read: {error}")))?;
    Ok(Some(((*scenario).clone(), order)))
}

/// The command that tries this order again. It is in the command, so it works on any machine.
pub(super) fn command(plan: &Plan, case: &str, order: &AnyOrder) -> String {
    let text = escaped_json(&json!({"case": case, "order": order}).to_string());
    let quoted = shlex::try_quote(&text).map_or_else(|_| text.clone(), std::borrow::Cow::into_owned);
    format!("{}provkassa check{} --replay {quoted}", plan.variables, plan.target)
}

fn path_of(folder: &Path, scenario: &Scenario) -> PathBuf {
    folder.join(format!("{}.json", scenario.id.replace('/', "-")))
}
