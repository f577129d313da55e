//! The two web services, `management.asmx` and `subscriptionmanager.asmx`.

mod management;
mod subscriptions;
mod tables;
#[cfg(test)]
mod tests;

use std::convert::Infallible;

use axum::response::Response;
use http::Method;

use super::doors::Visit;
use super::model::{Merchant, Stuck, Subscription, Transaction};
use crate::kit::outcome::Outcome;
use crate::kit::page::no_head;
use crate::kit::soap::{self, Call, Exception, Service, Value};
use crate::kit::table::{Record, Tx};

use super::ID;
use super::acquirer::{INTERNAL, Verdict};

/// Where both services are.
const FOLDER: &str = "/webservices/public/";

/// One of the services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    Management,
    SubscriptionManager,
}

impl Which {
    /// The service at a path in any case, and what stands behind its file's name.
    pub(super) fn at(path: &str) -> Option<(Self, &str)> {
        [Self::Management, Self::SubscriptionManager].into_iter().find_map(|which| {
            let file = format!("{FOLDER}{}.asmx", which.service().name);
            let rest = path.get(file.len()..).filter(|rest| rest.is_empty() || rest.starts_with('/'))?;
            path.get(..file.len())?.eq_ignore_ascii_case(&file).then_some((which, rest))
        })
    }

    fn service(self) -> &'static Service {
        match self {
            Self::Management => &tables::MANAGEMENT,
            Self::SubscriptionManager => &tables::SUBSCRIPTION_MANAGER,
        }
    }

    /// The parameter that names what a call is about.
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Management => "transactionID",
            Self::SubscriptionManager => "subscriptionID",
        }
    }

    /// The table of these ids.
    pub(super) fn table(self) -> &'static str {
        match self {
            Self::Management => Transaction::TABLE,
            Self::SubscriptionManager => Subscription::TABLE,
        }
    }
}

/// What a call comes to.
#[derive(Debug)]
struct Done {
    answer: Result<Vec<Value>, Exception>,
    /// The order that it was about.
    order: Option<String>,
    /// Why it was refused.
    why: Option<String>,
    /// What passes, and is not as it should be.
    warnings: Vec<String>,
}

impl Done {
    fn answered(values: Vec<Value>) -> Self {
        Self { answer: Ok(values), order: None, why: None, warnings: Vec::new() }
    }

    fn thrown(text: impl Into<String>) -> Self {
        let text = text.into();
        let exception = Exception { kind: "System.Exception", text: text.clone() };
        Self { answer: Err(exception), order: None, why: Some(text), warnings: Vec::new() }
    }

    fn about(self, order: &str) -> Self {
        Self { order: Some(order.to_owned()), ..self }
    }

    fn because(self, why: impl Into<String>) -> Self {
        Self { why: Some(why.into()), ..self }
    }
}

/// Any request below a service.
pub(super) async fn handle(visit: &Visit<'_>, which: Which, rest: &str) -> Response {
    // Whoever only looks must not capture.
    if visit.method == Method::HEAD && !rest.is_empty() {
        return no_head().await;
    }
    let call = match read(visit, which, rest) {
        Ok(call) => call,
        Err(response) => return response,
    };
    let done = visit.workspace.transact(|tx| {
        Ok::<_, Infallible>(match which {
            Which::Management => management::perform(tx, &call),
            Which::SubscriptionManager => subscriptions::perform(tx, &call, &visit.peer),
        })
    });
    let done = done.await.unwrap_or_else(|never| match never {});
    if let Some(order) = done.order {
        visit.trail.order(order);
    }
    for warning in done.warnings {
        visit.trail.warn(warning);
    }
    if let Some(why) = done.why {
        visit.trail.diagnose(format!("{}: {why}", call.name()));
    }
    match done.answer {
        Ok(values) => call.answer(&values),
        Err(exception) => call.refuse(&exception),
    }
}

#[expect(clippy::result_large_err, reason = "the answer goes out as it is; it is not handed far")]
fn read(visit: &Visit<'_>, which: Which, rest: &str) -> Result<Call, Response> {
    let path = visit.path.strip_suffix(rest).unwrap_or(visit.path);
    let request = soap::Request {
        verb: visit.method,
        address: &format!("{}{path}", visit.origin),
        rest,
        query: visit.query,
        headers: visit.headers,
        body: visit.body,
    };
    soap::read(which.service(), &request)
}

/// What is said to a call whose id and password nobody has.
pub(super) fn stranger(visit: &Visit<'_>, which: Which, rest: &str) -> Response {
    match read(visit, which, rest) {
        Ok(call) => match unknown(which, call.int(which.id())).answer {
            Ok(values) => call.answer(&values),
            Err(exception) => call.refuse(&exception),
        },
        Err(response) => response,
    }
}

/// An id that nobody has. What there is of another merchant, and what the password does not open, is thrown
/// alike; the texts are ours.
fn unknown(which: Which, id: i64) -> Done {
    Done::thrown(match which {
        Which::Management => format!("Transaction {id} was not found."),
        Which::SubscriptionManager => format!("Subscription {id} was not found."),
    })
}

/// The record with the call's id, if the call has its merchant's password.
fn opened<R: Record>(tx: &Tx<'_>, call: &Call, which: Which, merchant: fn(&R) -> &str) -> Result<R, Done> {
    let id = call.int(which.id());
    let record = u64::try_from(id).ok().and_then(|id| tx.get::<R>(id));
    let record = record.ok_or_else(|| misplaced(tx, which, id))?;
    let owner = tx.get::<Merchant>(merchant(&record));
    // Whoever knows an id and not its password learns nothing.
    if owner.is_none_or(|owner| !crate::kit::digest::same(&owner.password, call.text("password"))) {
        return Err(unknown(which, id).because(format!("`{}` of {} has another password", id, which.id())));
    }
    Ok(R::clone(&record))
}

/// An id that is the other kind's is a mistake that can be named.
fn misplaced(tx: &Tx<'_>, which: Which, id: i64) -> Done {
    let number = u64::try_from(id).unwrap_or_default();
    let unknown = unknown(which, id);
    match which {
        Which::Management if tx.get::<Subscription>(number).is_some() => unknown.because(format!(
            "{id} is a SubscriptionID: subscriptionmanager.asmx has QuerySubscription for it"
        )),
        Which::SubscriptionManager if tx.get::<Transaction>(number).is_some() => unknown.because(format!(
            "{id} is a TransactionID: a SubscriptionID comes from a form with the field Subscription"
        )),
        _ => unknown,
    }
}

/// What a call is answered whose transaction does not move: a code, or an exception.
fn stuck(tx: &Tx<'_>, stuck: Stuck, refused: impl Fn(i32) -> Vec<Value>) -> Done {
    if tx.settings.get("freepay.refused_operation") == "exception" {
        return Done::thrown(stuck.to_string());
    }
    Done::answered(refused(INTERNAL)).because(stuck.to_string())
}

/// What the acquirer says to an operation on an order: what is queued for it, else `usual`.
fn verdict(tx: &mut Tx<'_>, order: &str, usual: Verdict) -> Verdict {
    let queued = tx.queued_outcome(ID, order);
    // A payer can give up, and an operation cannot.
    let said = queued.as_ref().filter(|queued| **queued != Outcome::Cancel).and_then(Verdict::of);
    if said.is_some() {
        tx.take_outcome(ID, order);
    }
    said.unwrap_or(usual)
}

fn number(number: u64) -> Value {
    Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

/// `MerchantID` and `MerchantNumber`.
fn owner(tx: &Tx<'_>, merchant: &str) -> [Value; 2] {
    let account = tx.get::<Merchant>(merchant).map_or(0, |merchant| merchant.account);
    [number(account), Value::Int(merchant.parse().unwrap_or_default())]
}

/// Nets' own channel, the only `Acquirer` that a public client shows.
const ACQUIRER: &str = "NetsTeller";
