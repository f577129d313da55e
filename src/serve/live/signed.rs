//! What a signature in an entry was made of: what the shop signed, as the simulator judged it, and what the shop has
//! to check, as the provider's own operations read it.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use provkassa_simulators::kit::journal::Captured;
use provkassa_simulators::kit::mask::Masker;
use provkassa_simulators::kit::operation::{Operation, Parameter, Verification};
use provkassa_simulators::kit::page::Sent;
use provkassa_simulators::kit::provider::Provider;
use provkassa_simulators::kit::workspace::Workspace;

use super::text::line;

/// The longest value that is shown, in characters.
const LONGEST: usize = 8000;

/// What a signature was made of.
#[derive(Debug)]
pub(super) struct Signed {
    pub(super) title: &'static str,
    pub(super) canonical_is: String,
    pub(super) canonical: String,
    pub(super) parameters: Vec<(String, String)>,
}

impl Signed {
    /// What a shop sent.
    pub(super) fn sent(masker: &Masker, sent: &Sent) -> Self {
        let shown = |text: &str| line(masker, text, LONGEST);
        Self {
            title: "What the shop sent",
            canonical_is: sent.canonical_is.clone(),
            canonical: shown(&sent.canonical),
            parameters: sent.parameters.iter().map(|(name, value)| (shown(name), shown(value))).collect(),
        }
    }
}

/// Whose keys a message is read with, and when.
pub(super) struct Reader<'a> {
    pub(super) provider: &'static dyn Provider,
    pub(super) workspace: &'a Workspace,
    pub(super) at: Timestamp,
}

impl Reader<'_> {
    /// What a shop reads in a callback.
    pub(super) fn callback(&self, request: &Captured) -> Option<Signed> {
        let operation =
            ["callback", "notification", "return"].iter().find_map(|name| self.operation(name))?;
        let mut given = self.given(operation);
        let text = if operation.given().contains(&"url") {
            request.line.split_once(' ')?.1.to_owned()
        } else {
            given.push((Cow::Borrowed("bytes"), STANDARD.encode(&request.body)));
            String::from_utf8_lossy(&request.body).into_owned()
        };
        if operation.list_key() == "headers" {
            let headers = request.headers.iter();
            given.extend(headers.map(|(name, value)| (Cow::Borrowed("header"), format!("{name}: {value}"))));
        }
        self.read(operation, &text, &given)
    }

    /// What a shop reads in the address that its payer comes back to.
    pub(super) fn back(&self, address: &str) -> Option<Signed> {
        let operation = self.operation("return")?;
        self.read(operation, address, &self.given(operation))
    }

    fn operation(&self, name: &str) -> Option<&'static dyn Operation> {
        let id = format!("{}.{name}", self.provider.info().id);
        self.provider.operations().iter().copied().find(|operation| operation.id() == id)
    }

    /// What goes with a message: the workspace's credentials have the same names behind the provider's.
    fn given(&self, operation: &dyn Operation) -> Vec<Parameter> {
        let id = self.provider.info().id;
        let value = |name: &str| match name {
            "now" => self.at.as_second().to_string(),
            name => {
                let variable = format!("{}_{}", id.to_uppercase(), name.to_uppercase());
                self.workspace.credential(id, &variable).to_owned()
            }
        };
        operation.given().iter().map(|name| (Cow::Borrowed(*name), value(name))).collect()
    }

    fn read(&self, operation: &'static dyn Operation, text: &str, given: &[Parameter]) -> Option<Signed> {
        let masker = self.workspace.masker();
        let shown = |text: &str| line(&masker, text, LONGEST);
        let (canonical, parameters): (_, Vec<(String, String)>) =
            match operation.read(text, None, given).ok()? {
                Verification::Examined(examination) => {
                    let parts = examination.parts.into_iter();
                    let lines =
                        parts.flat_map(|(part, lines)| lines.into_iter().map(move |said| (part, said)));
                    (None, lines.map(|(part, said)| (part.to_owned(), shown(&said))).collect())
                }
                Verification::Received(received) => {
                    let parameters = received.message.parameters.iter();
                    (
                        received.operation.canonical(&received.message, &[]),
                        parameters.map(|(name, value)| (shown(name), shown(value))).collect(),
                    )
                }
            };
        // A return that says nothing has nothing to check.
        let shown_canonical =
            canonical.map_or_else(String::new, |bytes| shown(&String::from_utf8_lossy(&bytes)));
        let is_empty = shown_canonical.is_empty() && parameters.is_empty();
        (!is_empty).then(|| Signed {
            title: "What the shop has to check",
            canonical_is: "The string that is signed:".to_owned(),
            canonical: shown_canonical,
            parameters,
        })
    }
}
