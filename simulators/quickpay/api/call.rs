//! One call of the API: read before it is known what it does.

use http::HeaderMap;

use crate::kit::locator::Origin;
use crate::kit::settings::Rules;
use crate::kit::table::Tx;
use crate::kit::trail::Trail;
use crate::kit::tree::Tree;
use crate::quickpay::model::{Agreement, Kind, Resource};

use super::refusal::Refusal;

/// A call with everything that its handler needs.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// What the path's first segment stands for; a payment where it is none of them.
    pub(crate) kind: Kind,
    /// What stood in the path where the template has `:id` and the like, in order.
    pub(crate) ids: Vec<String>,
    /// The query's parameters.
    pub(crate) query: Vec<(String, String)>,
    /// The body, whichever way it was written.
    pub(crate) body: Tree,
    /// Where the operation's callback goes, from the header.
    pub(crate) callback_url: Option<String>,
    /// The agreement of the key; none for an anonymous call.
    pub(crate) agreement: Option<Agreement>,
    /// Where QuickPay is reached.
    pub(crate) origin: Origin,
    /// What there is to say about it.
    pub(crate) trail: Trail,
    /// The call's first line and body, for the folded panel of the window.
    pub(crate) line: String,
}

/// What a call is answered with.
#[derive(Debug)]
pub(crate) enum Answer {
    /// JSON.
    Json(u16, serde_json::Value),
    /// A resource, and the operation that is answered for before it has its verdict.
    Resource {
        /// The status.
        status: u16,
        /// The resource.
        resource: Box<Resource>,
        /// The operation that is told as pending.
        pending: Option<u64>,
        /// The state before that operation.
        before: Option<crate::quickpay::model::State>,
    },
    /// One operation of a resource.
    Operation(Box<Resource>, u64),
    /// Resources, with whether there are more on a next page.
    List(Vec<std::sync::Arc<Resource>>, bool),
    /// Nothing.
    Empty,
}

impl Call {
    /// Whether the call waits until the operation has its verdict.
    pub(crate) fn is_synchronized(&self) -> bool {
        self.query.iter().any(|(name, _)| name == "synchronized")
    }

    /// A parameter of the query.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The resource that the path names.
    pub(crate) fn resource(&self, tx: &Tx<'_>) -> Result<Resource, Refusal> {
        let kind = self.kind;
        let id = self.ids.first().map(String::as_str).unwrap_or_default();
        let found = id.parse::<u64>().ok().and_then(|id| tx.get::<Resource>(id));
        let found = found.filter(|resource| resource.kind == kind);
        let found = found.ok_or_else(|| Refusal::NotFound { what: kind.name(), id: id.to_owned() })?;
        self.trail.order(found.order_id.as_str());
        Ok(Resource::clone(&found))
    }

    /// Lets something pass that the live service refuses, with a warning; under the rules `live` it is the
    /// refusal.
    pub(crate) fn lenient(&self, tx: &Tx<'_>, refusal: Refusal, why: &str) -> Result<(), Refusal> {
        if tx.settings.rules == Rules::Live {
            return Err(refusal);
        }
        self.trail.warn(format!("passes here and is refused under `rules = live`: {why}"));
        Ok(())
    }
}

/// Reads a body by its content type. An empty one is an empty object.
pub(crate) fn body_of(headers: &HeaderMap, body: &[u8]) -> Result<Tree, Refusal> {
    let invalid = || Refusal::field("body", "is invalid");
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Tree::empty());
    }
    let kind = headers.get(http::header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind == "application/x-www-form-urlencoded" {
        return Tree::of_form(body).ok_or_else(invalid);
    }
    match serde_json::from_slice(body) {
        Ok(tree @ Tree::Map(_)) => Ok(tree),
        _ => Err(invalid()),
    }
}
