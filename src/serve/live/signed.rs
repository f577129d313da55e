//! What a signature in an entry was made of: what the shop signed, as the simulator judged it, and what the shop has
//! to check, as the provider's own operations read it.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use provkassa_simulators::kit::journal::{Captured, Entry, Event};
use provkassa_simulators::kit::mask::Masker;
use provkassa_simulators::kit::operation::{Operation, Parameter, Verification};
use provkassa_simulators::kit::page::{Sent, canonical};
use provkassa_simulators::kit::provider::Provider;
use provkassa_simulators::kit::workspace::Workspace;
use serde::Serialize;
use utoipa::ToSchema;

use super::masker;
use super::moment::{header, is_back};
use super::text::line;
use crate::serve::house::House;

/// The longest value that is shown, in characters.
const LONGEST: usize = 8000;

/// What a signature was made of.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::serve) struct Signed {
    /// Whose part it is: "What the shop sent", "What the shop has to check".
    pub(super) title: &'static str,
    /// What `canonical` is.
    pub(super) canonical_is: String,
    /// The string that is signed or hashed, with each secret's name in its place; empty where it cannot be told.
    pub(super) canonical: String,
    /// What was read, name by name, in the order in which it came.
    #[schema(value_type = Vec<Vec<String>>)]
    pub(super) parameters: Vec<(String, String)>,
    /// Whether it is signed as it has to be; none where that is for the shop to find out.
    right: Option<bool>,
    /// What was found, in words.
    verdict: String,
}

/// What the signatures in an entry were made of.
pub(in crate::serve) fn signed(house: &House, entry: &Entry) -> Vec<Signed> {
    let provider = provkassa_simulators::provider(entry.provider);
    let workspace = entry.workspace.as_deref().and_then(|name| house.workspaces.get(name));
    let reader = provider.zip(workspace.as_ref());
    let reader = reader.map(|(provider, workspace)| Reader { provider, workspace, at: entry.at });
    match &entry.event {
        Event::Callback { request, .. } => {
            reader.and_then(|reader| reader.callback(request)).into_iter().collect()
        }
        Event::Exchange { request, reply, remarks } => {
            let masker = masker(house, entry.workspace.as_deref());
            let sent = remarks.evidence.as_ref().filter(|sent| !sent.parameters.is_empty());
            let sent = sent.map(|sent| Signed::sent(&masker, sent));
            let back = Some(header(reply, "location")).filter(|to| is_back(house, request, to));
            let back = back.zip(reader).and_then(|(to, reader)| reader.back(to));
            sent.into_iter().chain(back).collect()
        }
    }
}

impl Signed {
    /// What a shop sent.
    fn sent(masker: &Masker, sent: &Sent) -> Self {
        let sent = sent.clone().masked(masker);
        let shown = |text: &str| line(masker, text, LONGEST);
        Self {
            title: "What the shop sent",
            canonical_is: sent.canonical_is.clone(),
            canonical: shown(&sent.canonical),
            parameters: sent.parameters.iter().map(|(name, value)| (shown(name), shown(value))).collect(),
            right: Some(sent.right),
            verdict: shown(&sent.verdict),
        }
    }
}

/// Whose keys a message is read with, and when.
struct Reader<'a> {
    provider: &'static dyn Provider,
    workspace: &'a Workspace,
    at: Timestamp,
}

impl Reader<'_> {
    /// What a shop reads in a callback.
    fn callback(&self, request: &Captured) -> Option<Signed> {
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
    fn back(&self, address: &str) -> Option<Signed> {
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
        let (signed, parameters): (_, Vec<(String, String)>) = match operation.read(text, None, given).ok()? {
            Verification::Examined(examination) => {
                let parts = examination.parts.into_iter();
                let lines = parts.flat_map(|(part, lines)| lines.into_iter().map(move |said| (part, said)));
                let signed = examination.signed.map(|text| masker.text(&text));
                (signed, lines.map(|(part, said)| (part.to_owned(), shown(&said))).collect())
            }
            Verification::Received(received) => {
                let parameters = &received.message.parameters;
                let bytes = received.operation.canonical(&received.message, &[]);
                let text = bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
                (
                    text.map(|text| canonical(&masker, &text, parameters)),
                    parameters.iter().map(|(name, value)| (shown(name), shown(value))).collect(),
                )
            }
        };
        // A return that says nothing has nothing to check.
        let is_empty = signed.is_none() && parameters.is_empty();
        (!is_empty).then(|| Signed {
            title: "What the shop has to check",
            canonical_is: "The string that is signed:".to_owned(),
            canonical: signed.map_or_else(String::new, |signed| shown(&signed)),
            parameters,
            right: None,
            verdict: String::new(),
        })
    }
}
