//! Documented flows, played against the simulators: `fixtures/<provider>/flows/*.json`.
//!
//! A flow is a list of exchanges. `{name}` in a request stands for a value that is known; in an
//! expected answer it stands for a value that is known, or is learnt there. Known from the start are the
//! variables that `provkassa env` prints, `{origin}`, `{shop}` and `{now}`; a flow reaches another provider
//! by that one's variable, as in `{QUICKPAY_URL}/subscriptions`.

mod made;
mod pattern;
mod play;
mod shop;
pub(crate) mod xml;

use std::collections::BTreeMap;

use provkassa_simulators::kit::operation::Unreadable;
use provkassa_simulators::kit::provider::Ground;
use serde::Deserialize;
use serde_json::{Map, Value};

pub use play::{Exchange, Played, Refused, play, play_between};
pub use shop::{Answer, Expected};
pub use xml::{Soap, Version};

/// Each flow's id and text, in the order of the ids.
static FLOWS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/flows.rs"));

/// A documented flow.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flow {
    /// Where it stands: `brp/pay-an-order`. Taken from the file's path.
    #[serde(skip)]
    pub id: String,
    /// What happens in it, as a sentence.
    pub title: String,
    /// How we know that it goes so.
    pub provenance: Ground,
    /// Where it is written or seen.
    pub source: String,
    /// Its exchanges, in order.
    pub steps: Vec<Step>,
}

/// One exchange.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Who does what, as a sentence.
    pub does: String,
    /// How we know it, where it is not the flow's own ground.
    pub provenance: Option<Ground>,
    /// Where it is written or seen, where it is not the flow's own source.
    pub source: Option<String>,
    /// How the flow's shop answers the callbacks from now on, the first first; those after them with 200.
    #[serde(default)]
    pub shop: Vec<Answer>,
    /// What is sent.
    pub send: Send,
    /// What comes back.
    #[serde(default)]
    pub expect: Expect,
}

/// A request. One of `get`, `post`, `put`, `patch`, `delete`, `link` and `control` names where it
/// goes.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Send {
    /// An address, or a path below the provider's origin.
    pub get: Option<String>,
    /// An address, or a path below the provider's origin.
    pub post: Option<String>,
    /// An address, or a path below the provider's origin.
    pub put: Option<String>,
    /// An address, or a path below the provider's origin.
    pub patch: Option<String>,
    /// An address, or a path below the provider's origin.
    pub delete: Option<String>,
    /// A call of an integrator's: the message of this operation is made and its link is opened.
    pub link: Option<Link>,
    /// A path of the control API below the workspace: it brings the world into a state.
    pub control: Option<String>,
    /// A JSON body.
    pub json: Option<Value>,
    /// A form's fields.
    pub form: Option<Map<String, Value>>,
    /// A form that an integrator fills in: the message of this operation is made, and the fields in its answer are
    /// sent, in their order.
    pub fields: Option<Link>,
    /// A body as it is, whose `Content-Type` stands in `headers`: for JSON that is broken, or that has a
    /// number's name in a text.
    pub body: Option<String>,
    /// A call of a web service's method, as an envelope with its headers; it goes where `post` says.
    pub soap: Option<Soap>,
    /// The token of an `Authorization: Bearer` header.
    pub bearer: Option<String>,
    /// User and password of an `Authorization: Basic` header.
    pub basic: Option<(String, String)>,
    /// Further headers, by name.
    pub headers: BTreeMap<String, String>,
    /// The method of a `control` request, where it is not POST.
    pub method: Option<String>,
}

/// A link, or a form's fields, that an integrator makes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The operation that makes it: `brp.link`.
    pub operation: String,
    /// The operation's form: for BRP the endpoint.
    pub form: String,
    /// The parameters in the order of the call.
    pub parameters: Vec<(String, String)>,
    /// What goes with them, as a person types it: an amount as `12.50`. `{now}` is the sandbox's time when
    /// the flow begins.
    pub given: Vec<(String, String)>,
    /// The mistakes that the integrator makes.
    #[serde(default)]
    pub mistakes: Vec<String>,
    /// A text in the finished link, or in the fields' values, and what a payer puts in its place.
    pub changed: Option<(String, String)>,
}

/// What must come back; what is not named is not looked at.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Expect {
    /// The HTTP status; where it is not named, any but an error.
    pub status: Option<u16>,
    /// The whole `Location` header.
    pub location: Option<String>,
    /// Further headers, by name; null where there must be none of it.
    pub headers: BTreeMap<String, Option<String>>,
    /// JSON of which everything here must be there; a list must have as many entries.
    pub json: Option<Value>,
    /// XML of which everything here must be there: what is in the envelope, or the document. An element with
    /// others in it is an object by their local names, several of one name are a list, all else is its text, and
    /// null must not be there. `xmlns` is the namespace that an element declares.
    pub xml: Option<Value>,
    /// Texts that must stand in the page. A name that is not known yet is learnt where it is a word there, with
    /// neither blanks nor quotes nor angle brackets in it.
    pub page: Vec<String>,
    /// The callbacks that the flow's shop, `{shop}`, has got since this was last asked, all of them in order.
    pub callbacks: Option<Vec<Expected>>,
}

/// What is wrong with a flow's file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the flow `{id}` cannot be read: {why}")]
pub struct FlowError {
    /// The flow.
    pub id: String,
    /// What is wrong with it.
    pub why: String,
}

impl From<FlowError> for Unreadable {
    fn from(error: FlowError) -> Self {
        Self::new(error.to_string(), "A flow is JSON with title, provenance, source and steps.")
    }
}

/// The flows of every provider, in the order of their ids.
pub fn flows() -> Result<Vec<Flow>, FlowError> {
    FLOWS.iter().map(|(id, text)| read(id, text)).collect()
}

/// Reads one flow.
pub fn read(id: &str, text: &str) -> Result<Flow, FlowError> {
    let flow: Flow = serde_json::from_str(text)
        .map_err(|error| FlowError { id: id.to_owned(), why: error.to_string() })?;
    Ok(Flow { id: id.to_owned(), ..flow })
}
