//! What a shop asks of a callback, how it takes the last operation, and what the documents leave to it.

use serde_json::{Map, Value, json};

use super::sums::{self, body_of};
use crate::kit::digest;
use crate::kit::operation::{Message, Reply};
use crate::kit::scheme::{Condition, lacking};

/// The code of an operation that is approved.
pub(crate) const APPROVED: &str = "20000";

/// What a shop asks of a callback before it believes what it says of its order.
pub(super) const CONDITIONS: &[Condition] = &[
    Condition {
        name: "checksum",
        holds: |message| digest::same(&sums::right(message), sums::claimed(message)),
    },
    Condition { name: "body", holds: |message| body_of(message).value.is_object() },
    Condition { name: "type", holds: |message| text(message, "type").as_deref() == Some(expected(message)) },
    Condition {
        name: "order",
        holds: |message| text(message, "order_id").as_deref() == Some(message.given("order")),
    },
    Condition {
        name: "test_mode",
        holds: |message| {
            body_of(message).value["test_mode"] != true || message.given("test_allowed") == "true"
        },
    },
    Condition { name: "operation", holds: |message| of_last(message, |_| ()).is_some() },
    Condition {
        name: "amount",
        holds: |message| !is_authorized(message) || charged(message) == Some(wanted(message)),
    },
    Condition {
        name: "currency",
        holds: |message| !is_authorized(message) || text(message, "currency").as_deref() == Some(CURRENCY),
    },
];

/// What is wrong where a condition does not hold, and where its rule is written, in the same order.
pub(super) const RULES: &[(&str, &str)] = &[
    (
        "QuickPay-Checksum-Sha256 is not HMAC-SHA256 of the body's bytes with the private key, in lower-case hex",
        "documented: QuickPay's learn, section Callbacks, on how requests are validated",
    ),
    (
        "the body is not a JSON object",
        "documented: QuickPay's learn, section Callbacks: the body is the resource as JSON",
    ),
    (
        "it tells of another type of resource",
        "observed: what Setono's public SDK advises; QuickPay's learn has the type in the body and in a header",
    ),
    ("it is for another order", "observed: what Setono's public SDK advises"),
    ("it is a test payment", "observed: what Setono's public SDK advises for production"),
    (
        "it tells of no operation",
        "documented: QuickPay's learn, section Callbacks: operations are what triggers them",
    ),
    (
        "the authorized amount, less the fee, is not what the shop asked for",
        "observed: what Setono's public SDK advises; QuickPay's plugin for WooCommerce takes off the fee",
    ),
    ("the authorized currency is not what the shop asked for", "observed: what Setono's public SDK advises"),
];

/// The currency of every message here.
pub(super) const CURRENCY: &str = "DKK";

/// The type that the shop expects: `Payment` or `Subscription`.
pub(super) fn expected(message: &Message) -> &'static str {
    if message.form == "subscription" { "Subscription" } else { "Payment" }
}

/// A text of the body.
pub(super) fn text(message: &Message, name: &str) -> Option<String> {
    body_of(message).value[name].as_str().map(ToOwned::to_owned)
}

/// What the shop asked for, in the smallest unit.
pub(super) fn wanted(message: &Message) -> i64 {
    message.given("amount").parse().unwrap_or_default()
}

/// The operations that the body tells of.
pub(super) fn operations(message: &Message) -> Vec<Value> {
    body_of(message).value["operations"].as_array().cloned().unwrap_or_default()
}

/// The last of them.
pub(super) fn last(message: &Message) -> Option<Value> {
    of_last(message, Value::clone)
}

/// Something of the last of them.
fn of_last<T>(message: &Message, something: impl FnOnce(&Value) -> T) -> Option<T> {
    body_of(message).value["operations"].as_array()?.last().map(something)
}

/// The type of the last operation; empty where there is none.
pub(super) fn last_type(message: &Message) -> String {
    of_last(message, |operation| operation["type"].as_str().unwrap_or_default().to_owned())
        .unwrap_or_default()
}

/// Whether it is the authorization of a payment: then what is authorized can be compared.
pub(super) fn is_authorized(message: &Message) -> bool {
    expected(message) == "Payment" && last_type(message) == "authorize"
}

/// The amount of the last operation.
pub(super) fn authorized(message: &Message) -> Option<i64> {
    of_last(message, |operation| operation["amount"].as_i64())?
}

/// The fee that the payer pays on top.
pub(super) fn fee(message: &Message) -> i64 {
    body_of(message).value["fee"].as_i64().unwrap_or_default()
}

/// The amount of the last operation without the fee.
fn charged(message: &Message) -> Option<i64> {
    authorized(message)?.checked_sub(fee(message))
}

/// Whether some authorization was approved, by the body's own word.
pub(super) fn is_accepted(message: &Message) -> bool {
    body_of(message).value["accepted"] == true
}

/// An answer about the last operation.
pub(super) fn answered(message: &Message, outcome: &str) -> Reply {
    answer(outcome, &last_type(message))
}

/// An answer about an operation of this type.
pub(super) fn answer(outcome: &str, operation: &str) -> Reply {
    Reply::Answer(Map::from_iter([
        ("outcome".to_owned(), json!(outcome)),
        ("operation".to_owned(), json!(operation)),
    ]))
}

/// How one operation came out.
pub(super) fn outcome_of(operation: &Value, accepted: bool) -> &'static str {
    let code = operation["qp_status_code"].as_str();
    match code {
        _ if operation["pending"] == true => "pending",
        None if operation["qp_status_code"].is_null() => "pending",
        Some(APPROVED) if accepted => "approved",
        _ => "declined",
    }
}

/// How the last operation came out.
pub(super) fn outcome(message: &Message) -> Reply {
    let accepted = is_accepted(message);
    let outcome = of_last(message, |operation| outcome_of(operation, accepted));
    answered(message, outcome.unwrap_or_else(|| outcome_of(&Value::Null, accepted)))
}

/// The outcome of a genuine callback that must be believed; `None` where something is lacking.
pub(super) fn believed(message: &Message) -> Option<String> {
    lacking(message, CONDITIONS, &[]).is_none().then(|| outcome(message).get("outcome").to_owned())
}

/// Answers that are accepted beside the right one, and why.
pub(super) fn open(message: &Message) -> Vec<(Reply, &'static str)> {
    let others = || {
        let others = CONDITIONS.iter().filter(|condition| condition.name != "checksum").copied();
        lacking(message, &others.collect::<Vec<_>>(), &[]).is_none()
    };
    let mut open = Vec::new();
    let refused = || Reply::Rejected(String::new());
    let Some(how) = believed(message) else {
        if sums::agrees(message, sums::upper_case) && others() {
            open.push((outcome(message), "hexadecimal digits mean the same in either case"));
        }
        return open;
    };
    if how != "approved" {
        open.push((refused(), "a shop may take up what is approved, and nothing else"));
    }
    match how.as_str() {
        "pending" => open.push((
            answered(message, "declined"),
            "until it is approved, a shop may treat it as if it were refused",
        )),
        "declined" if ["authorize", "session"].contains(&last_type(message).as_str()) => {
            open.push((answered(message, "pending"), "whoever is refused may try again with the same link"));
        }
        "declined" if is_unsettled(message) => {
            open.push((answered(message, "pending"), "no acquirer has refused it yet"));
        }
        _ => {}
    }
    if text(message, "type").as_deref() != message.value(RESOURCE_TYPE) {
        open.push((refused(), "a header that contradicts the body is a reason to refuse both"));
    }
    let of_another_operation = expected(message) == "Payment" && !is_authorized(message);
    if how == "approved" && of_another_operation && authorized(message) != Some(wanted(message)) {
        open.push((refused(), "a shop may ask for its own amount in every operation"));
    }
    open
}

/// Whether the last operation asks for an authentication, or nobody could be reached: codes 3xxxx and 5xxxx.
fn is_unsettled(message: &Message) -> bool {
    let last = body_of(message).value["operations"].as_array().and_then(|all| all.last().cloned());
    last.is_some_and(|last| last["qp_status_code"].as_str().is_some_and(|code| code.starts_with(['3', '5'])))
}

/// The header that names the type of the resource. It is not signed.
pub(crate) const RESOURCE_TYPE: &str = "quickpay-resource-type";
