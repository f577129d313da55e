//! A case as a request for a shell.
use super::{EmitError, Example};
pub(super) fn script(example: Example<'_>) -> Result<String, EmitError> {
    Err(EmitError::NothingToSend { why: example.case.id.clone() })
}
