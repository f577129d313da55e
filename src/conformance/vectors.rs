//! The providers' vectors as messages.

use provkassa_simulators::PROVIDERS;
use provkassa_simulators::kit::operation::{Message, Operation};
use provkassa_simulators::kit::wire::from_json;
use serde_json::Value;

/// Stands for every vector that a document prints.
pub(super) const DOCUMENTED: &str = "documented";

/// The messages of an operation's valid vectors: the one with this id, or all that are documented.
pub(super) fn messages(operation: &'static dyn Operation, wanted: &str) -> Result<Vec<Message>, String> {
    let provider = PROVIDERS
        .iter()
        .find(|provider| provider.operations().iter().any(|known| known.id() == operation.id()));
    let text = provider.map_or("{}", |provider| provider.vectors());
    let file: Value =
        serde_json::from_str(text).map_err(|error| format!("the vectors are not JSON: {error}"))?;
    let groups = file["groups"].as_array().into_iter().flatten();
    let vectors = groups
        .filter(|group| group["operation"] == operation.id())
        .flat_map(|group| group["vectors"].as_array().into_iter().flatten())
        .filter(|vector| vector["result"] == "valid")
        .filter(|vector| match wanted {
            DOCUMENTED => vector["provenance"] == DOCUMENTED,
            id => vector["id"] == id,
        });
    let mut messages = Vec::new();
    for vector in vectors {
        let fields = vector["message"].as_object().cloned().unwrap_or_default();
        let message = from_json(operation, &fields)
            .map_err(|error| format!("vector {} is not legal: {error}", vector["id"]))?;
        messages.push(message);
    }
    if messages.is_empty() {
        return Err(format!("{} has no valid vector `{wanted}`", operation.id()));
    }
    Ok(messages)
}
