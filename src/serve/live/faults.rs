//! Faults in the live view: what can be planted, what is planted, and how a form says it.

use std::collections::BTreeSet;

use provkassa_simulators::PROVIDERS;
use provkassa_simulators::kit::fault::{Fault, Kind, Plan, TRANSPORT};
use provkassa_simulators::kit::problem::Problem;
use provkassa_simulators::kit::table::Tx;
use provkassa_simulators::kit::workspace::Workspace;
use serde_json::{Map, Value};

use super::text::{LINE, line};
use super::timeline::Choice;

/// What can be planted, in groups with a title.
pub(super) fn kinds() -> Vec<(&'static str, Vec<Choice>)> {
    let choice = |kind: &Kind| Choice::new(kind.name(), words(*kind), Kind::Status.name());
    let flaws = PROVIDERS.iter().filter_map(|provider| provider.manners());
    let flaws: BTreeSet<Kind> = flaws.flat_map(|manners| manners.flaws.iter().copied()).collect();
    vec![
        ("The provider's answer", TRANSPORT.iter().map(choice).collect()),
        ("What the provider signs", flaws.iter().map(choice).collect()),
    ]
}

fn words(kind: Kind) -> &'static str {
    match kind {
        Kind::Duplicate => "the callback is sent twice",
        Kind::EmptyBody => "the callback's body is empty",
        Kind::Expired => "expired long ago",
        Kind::Latency => "the answer comes late",
        Kind::ReorderedFields => "fields in another order",
        Kind::Reset => "the connection is reset",
        Kind::SlowBody => "the body comes slowly",
        Kind::Status => "the server fails (5xx)",
        Kind::Truncation => "the answer breaks off",
        Kind::WrongAlgorithm => "signed by another algorithm",
        Kind::WrongDigest => "signed with another key",
    }
}

/// A planted fault, with what it did.
#[derive(Debug)]
pub(super) struct Planted {
    pub(super) number: u64,
    pub(super) what: &'static str,
    /// Where it strikes and how often.
    pub(super) told: String,
}

/// The faults of a workspace, in the order in which they were planted.
pub(super) async fn planted(workspace: &Workspace) -> Vec<Planted> {
    let all = |tx: &Tx<'_>| tx.all::<Fault>().iter().map(|fault| Fault::clone(fault)).collect();
    let all: Vec<Fault> = workspace.read(all).await;
    let masker = workspace.masker();
    let of = |fault: Fault| {
        let Plan { provider, endpoint, order, after, times, percent, milliseconds, status, .. } = &fault.plan;
        let name = provider.as_deref().and_then(provkassa_simulators::provider);
        let mut told = vec![name.map_or("any provider", |provider| provider.info().name).to_owned()];
        told.extend(order.as_ref().map(|order| format!("order {order}")));
        told.extend(endpoint.clone());
        told.extend(milliseconds.map(|wait| format!("{wait} ms")));
        told.extend(status.map(|status| status.to_string()));
        told.extend((*after > 0).then(|| format!("after {after}")));
        told.extend((*percent < 100).then(|| format!("{percent} % of the time")));
        let of = times.map_or_else(String::new, |times| format!(" of {times}"));
        told.push(format!("struck {}{of}", fault.struck));
        let told = line(&masker, &told.join(", "), LINE);
        Planted { number: fault.number, what: words(fault.plan.fault), told }
    };
    all.into_iter().map(of).collect()
}

/// The body of `POST faults` that a form asks for; `field` gives the text of each of its fields.
pub(super) fn plan<'a>(field: impl Fn(&str) -> &'a str) -> Result<Value, Problem> {
    let mut body = Map::new();
    let kind = field("fault");
    body.insert("fault".to_owned(), kind.into());
    for name in ["provider", "endpoint"] {
        let text = field(name).trim();
        if !text.is_empty() {
            body.insert(name.to_owned(), text.into());
        }
    }
    // A blank may be an order's own.
    let order = field("order");
    if !order.is_empty() {
        body.insert("order".to_owned(), order.into());
    }
    let is_timed = [Kind::Latency.name(), Kind::SlowBody.name()].contains(&kind);
    let numbers = [
        ("after", true),
        ("times", true),
        ("percent", true),
        ("milliseconds", is_timed),
        ("status", kind == Kind::Status.name()),
    ];
    for (name, has_meaning) in numbers {
        let text = field(name).trim();
        if !has_meaning || text.is_empty() {
            continue;
        }
        let number: u64 = text.parse().map_err(|_| {
            Problem::bad_request(
                "refused_body",
                format!("`{name}` is no number"),
                "Write it in digits, or leave it out.",
            )
        })?;
        body.insert(name.to_owned(), number.into());
    }
    Ok(body.into())
}
