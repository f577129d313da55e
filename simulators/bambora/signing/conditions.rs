//! What a shop asks of a return and of a callback, how it takes them, and what the documents leave to it.

use serde_json::{Map, Value, json};

use super::came::{self, agrees, came};
use crate::kit::operation::{Message, Reply};
use crate::kit::parts::{Parts, sentence};
use crate::kit::scheme::{Condition, lacking};

/// The currency of every message here, and its number.
pub(super) const CURRENCY: &str = "DKK";
pub(super) const NUMBER: &str = "208";
/// The card holder has closed the window.
pub(super) const CLOSED: &str = "-5516";

/// What a shop asks before it believes a return or a callback. A cancel has nothing that could be asked for.
pub(super) const CONDITIONS: &[Condition] = &[
    Condition { name: "hash", holds: |message| is_cancel(message) || agrees(message, came::right) },
    Condition {
        name: "txnid",
        holds: |message| is_cancel(message) || last(message, "txnid").is_some_and(|id| is_digits(&id)),
    },
    Condition { name: "orderid", holds: |message| is_cancel(message) || is_order(message, last) },
    Condition { name: "amount", holds: |message| is_cancel(message) || is_amount(message, last) },
    Condition { name: "currency", holds: |message| is_cancel(message) || is_currency(message, last) },
    Condition { name: "payment", holds: |message| is_cancel(message) || is_payment(message, last) },
];

/// What is wrong where a condition does not hold, and where its rule is written, in the same order.
pub(super) const RULES: &[(&str, &str)] = &[
    (
        "hash is not the MD5 of all values in the order of the address, with the key behind them",
        "documented: ePay's integration guide, hash check",
    ),
    (
        "txnid is not a number",
        "documented: ePay's integration guide, parameters to accepturl and callbackurl",
    ),
    ("it is for another order", "assumed: nothing else says what was paid"),
    (
        "amount is not what the shop asked for; a fee is not part of it",
        "assumed: the document gives amount and txnfee apart, and does not tell what to compare",
    ),
    ("currency is not what the shop asked for", "assumed: the document does not tell what to compare"),
    (
        "txnid is 0: nothing was authorised, and the order is no sign-up without an amount",
        "observed: a public log shows txnid=0 for a sign-up with amount 0",
    ),
];

/// Finds a parameter.
pub(super) type Find = fn(&Message, &str) -> Option<String>;

/// By its name; of several the last.
pub(super) fn last(message: &Message, name: &str) -> Option<String> {
    came(message).last(name).map(ToOwned::to_owned)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

pub(super) fn is_cancel(message: &Message) -> bool {
    message.form == "cancel"
}

pub(super) fn is_order(message: &Message, find: Find) -> bool {
    find(message, "orderid").as_deref() == Some(message.given("order"))
}

/// A number of the smallest unit.
pub(super) fn units(message: &Message, name: &str, find: Find) -> Option<i64> {
    find(message, name)?.parse().ok()
}

/// What the shop asked for, in the smallest unit.
pub(super) fn wanted(message: &Message) -> Option<i64> {
    message.given("amount").parse().ok()
}

pub(super) fn is_amount(message: &Message, find: Find) -> bool {
    units(message, "amount", find).is_some_and(|amount| Some(amount) == wanted(message))
}

pub(super) fn is_currency(message: &Message, find: Find) -> bool {
    find(message, "currency").as_deref() == Some(NUMBER)
}

/// Whether something was authorised, or nothing had to be.
pub(super) fn is_payment(message: &Message, find: Find) -> bool {
    let is_free_sign_up = is_sign_up(message) && wanted(message) == Some(0);
    find(message, "txnid").as_deref() != Some("0") || is_free_sign_up
}

pub(super) fn is_sign_up(message: &Message) -> bool {
    message.given("subscription") == "true"
}

/// Whether the order was marked as paid before, by whatever.
pub(super) fn is_paid(message: &Message) -> bool {
    !message.given("paid").is_empty()
}

/// Whether the order was marked as paid by this very transaction.
pub(super) fn is_again(message: &Message) -> bool {
    is_paid(message) && last(message, "txnid").as_deref() == Some(message.given("paid"))
}

/// An answer.
pub(super) fn answer(outcome: &str, transaction: &str, subscription: Option<String>) -> Reply {
    let subscription = subscription.filter(|id| !id.is_empty());
    Reply::Answer(Map::from_iter([
        ("outcome".to_owned(), json!(outcome)),
        ("transaction".to_owned(), json!(transaction)),
        ("subscription".to_owned(), json!(subscription)),
    ]))
}

/// An answer about what came, by somebody who finds its parameters like this.
pub(super) fn told(message: &Message, outcome: &str, find: Find) -> Reply {
    if is_cancel(message) {
        return answer(outcome, "", None);
    }
    answer(outcome, &find(message, "txnid").unwrap_or_default(), find(message, "subscriptionid"))
}

/// What a return comes to that is believed.
pub(super) fn outcome(message: &Message) -> &'static str {
    match (is_cancel(message), is_paid(message)) {
        (true, false) => "cancelled",
        (true, true) => "again",
        (false, _) if is_again(message) => "again",
        (false, _) => "approved",
    }
}

/// The right answer to what is believed.
pub(super) fn right(message: &Message) -> Reply {
    told(message, outcome(message), last)
}

/// Whether nothing is lacking but this.
pub(super) fn lacks_alone(message: &Message, condition: &str) -> bool {
    let (these, others): (Vec<Condition>, Vec<Condition>) =
        CONDITIONS.iter().partition(|known| known.name == condition);
    lacking(message, &these, &[]).is_some() && lacking(message, &others, &[]).is_none()
}

/// Whether the hash is right, but for the case of its letters.
pub(super) fn is_upper_case(message: &Message) -> bool {
    lacks_alone(message, "hash") && agrees(message, came::upper_case)
}

/// Whether the currency stands there in letters.
pub(super) fn has_letters(message: &Message) -> bool {
    lacks_alone(message, "currency") && last(message, "currency").as_deref() == Some(CURRENCY)
}

/// Whether nothing is wrong but that it is more than the shop asked for.
pub(super) fn is_more(message: &Message) -> bool {
    lacks_alone(message, "amount") && units(message, "amount", last) > wanted(message)
}

/// Answers that are accepted beside the right one, and why.
pub(super) fn open(message: &Message) -> Vec<(Reply, &'static str)> {
    let refused = || Reply::Rejected(String::new());
    let mut open = Vec::new();
    if is_cancel(message) {
        if !is_paid(message) && last(message, "error").as_deref() != Some(CLOSED) {
            open.push((
                answer("declined", "", None),
                "a shop may tell a failure from a closed window by its code",
            ));
        }
        if is_paid(message) {
            open.push((refused(), "a refusal undoes nothing either"));
        }
        if !is_order(message, last) {
            open.push((refused(), "a shop may pass over what is about another order"));
        }
        return open;
    }
    if is_upper_case(message) {
        open.push((right(message), "hexadecimal digits mean the same in either case"));
    }
    if has_letters(message) {
        open.push((right(message), "the letters mean the same currency as the number"));
    }
    if is_more(message) {
        open.push((right(message), "who pays more than was asked for has paid"));
    }
    if lacking(message, CONDITIONS, &[]).is_some() {
        return open;
    }
    if came(message).repeats() {
        open.push((
            refused(),
            "PHP holds each name once, so that a shop that hashes $_GET gets another hash and refuses",
        ));
    }
    if is_paid(message) && !is_again(message) {
        let why = "no document says what a second payment of an order comes to";
        open.extend([(told(message, "again", last), why), (refused(), why)]);
    }
    if is_sign_up(message) != last(message, "subscriptionid").is_some_and(|id| !id.is_empty()) {
        open.push((refused(), "a shop may ask for the subscription that it wants, and for no other"));
    }
    open
}

/// What an answer comes to. Of a cancel and of what came before nothing is told but that.
pub(super) fn observed(message: &Message, reply: &Reply) -> String {
    sentence(&parts(message, reply))
}

/// The same part by part.
pub(super) fn parts(message: &Message, reply: &Reply) -> Parts {
    let Reply::Answer(answer) = reply else { return vec![("outcome", "rejected".to_owned())] };
    let outcome = ("outcome", reply.get("outcome").to_owned());
    if is_cancel(message) || outcome.1 != "approved" {
        return vec![outcome];
    }
    let transaction = Some(reply.get("transaction")).filter(|id| !["", "0"].contains(id)).unwrap_or("none");
    let subscription = answer.get("subscription").and_then(Value::as_str).filter(|id| !id.is_empty());
    let subscription = subscription.unwrap_or("none").to_owned();
    vec![outcome, ("transaction", transaction.to_owned()), ("subscription", subscription)]
}
