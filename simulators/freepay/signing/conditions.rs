//! What a shop asks before it takes an order for paid, and what the document leaves to it.

use std::rc::Rc;

use serde_json::{Map, json};

use super::view::{View, view};
use super::{DECLINE, PAYMENT, SUBSCRIPTION, number};
use crate::kit::money::Amount;
use crate::kit::operation::{Message, Reply};
use crate::kit::query;
use crate::kit::scheme::{Condition, lacking};
use crate::kit::wire::money;

/// What a shop asks of a return to the accept URL.
pub(super) const CONDITIONS: &[Condition] = &[
    Condition { name: "transact", holds: |message| transact(message).is_some() },
    Condition { name: "service", holds: |message| message.given("status") == "200" },
    Condition { name: "view", holds: |message| is_whole(message) },
    Condition { name: "id", holds: |message| id(message) == transact(message) },
    Condition {
        name: "order",
        holds: |message| told(message, "OrderID").as_deref() == Some(message.given("order")),
    },
    Condition {
        name: "amount",
        holds: |message| {
            message.form != PAYMENT || authorized(message) == price(message).map(|price| price.minor)
        },
    },
    Condition {
        name: "currency",
        holds: |message| {
            let price = price(message);
            told(message, "Currency") == price.and_then(|price| number(&price.currency))
        },
    },
    Condition {
        name: "merchant",
        holds: |message| told(message, "MerchantNumber").as_deref() == Some(message.given("merchant")),
    },
    Condition {
        name: "unused",
        holds: |message| transact(message).is_none_or(|transact| !used(message).any(|used| used == transact)),
    },
];

/// What is wrong where a condition does not hold, and where its rule is written, in the same order.
pub(super) const RULES: &[(&str, &str)] = &[
    ("the address has no transact", "documented: Freepay's configuration page, section on returned values"),
    (
        "the web service did not answer with 200",
        "documented: Freepay's configuration page, section on returned values: ask the web service; observed: trendsales' .NET client takes all but 200 for a failure",
    ),
    (
        "the web service's answer is not the view that was asked for",
        "observed: trendsales' .NET client; TransactionView for a payment, SubscriptionView for a subscription",
    ),
    ("the answer is about another transact", ASSUMED),
    (
        "it is for another order",
        "documented: Freepay's configuration page: a transaction is made for an order; its number is the view's OrderID",
    ),
    ("the authorised amount is not what the order costs", ASSUMED),
    ("the currency is not the order's", ASSUMED),
    ("it went to another merchant", ASSUMED),
    ("an order was paid by it before", ASSUMED),
];

const ASSUMED: &str = "assumed: the document tells to ask the web service and does not list what to compare; the field is in its answer";

/// The id in the address; of several the last, which is Freepay's.
pub(super) fn transact(message: &Message) -> Option<String> {
    query::last(message.given("url"), "transact").filter(|transact| !transact.is_empty())
}

/// The order's number in the address.
fn url_order(message: &Message) -> Option<String> {
    query::last(message.given("url"), "OrderNumber")
}

/// Whether the address calls the order by the shop's number.
pub(super) fn is_called_ours(message: &Message) -> bool {
    url_order(message).as_deref() == Some(message.given("order"))
}

/// Why the card was declined, by the address.
pub(super) fn reason(message: &Message) -> Option<String> {
    query::last(message.given("url"), "reason").filter(|reason| !reason.is_empty())
}

/// The answer, read.
pub(super) fn view_of(message: &Message) -> Option<Rc<View>> {
    view(message.given("answer"))
}

/// What the answer says under this name.
pub(super) fn told(message: &Message, name: &str) -> Option<String> {
    view_of(message)?.text(name).map(ToOwned::to_owned)
}

/// The element that holds the id.
pub(super) fn id_name(message: &Message) -> &'static str {
    if message.form == SUBSCRIPTION { "SubscriptionID" } else { "TransactionID" }
}

/// The id in the answer.
pub(super) fn id(message: &Message) -> Option<String> {
    told(message, id_name(message))
}

/// What was authorised, in the smallest unit.
pub(super) fn authorized(message: &Message) -> Option<i64> {
    told(message, "AuthorizationAmount")?.parse().ok()
}

/// What the order costs.
pub(super) fn price(message: &Message) -> Option<Amount> {
    money(message.given("amount"))
}

/// The ids by which orders were paid before.
pub(super) fn used(message: &Message) -> impl Iterator<Item = &str> {
    message.given("used").split_whitespace()
}

/// Whether the answer is the view that was asked for, with all that is to be compared.
fn is_whole(message: &Message) -> bool {
    let Some(view) = view_of(message) else { return false };
    let root = if message.form == SUBSCRIPTION { "SubscriptionView" } else { "TransactionView" };
    let mut names = vec![id_name(message), "MerchantNumber", "Currency", "OrderID"];
    if message.form == PAYMENT {
        names.push("AuthorizationAmount");
    }
    view.root == root && names.iter().all(|name| view.text(name).is_some())
}

/// Whether two ids are one number, whatever their spelling.
pub(super) fn same_number(one: &str, other: &str) -> bool {
    let number = |text: &str| text.trim().parse::<i64>().ok();
    number(one).is_some_and(|one| Some(one) == number(other))
}

/// The answer of an approval.
pub(super) fn approved(transact: Option<&str>) -> Reply {
    answer("approved", transact, None)
}

/// The answer of a refusal by Freepay.
pub(super) fn declined(reason: Option<&str>) -> Reply {
    answer("declined", None, reason)
}

fn answer(outcome: &str, transact: Option<&str>, reason: Option<&str>) -> Reply {
    let fields = [("outcome", json!(outcome)), ("transact", json!(transact)), ("reason", json!(reason))];
    Reply::Answer(Map::from_iter(fields.map(|(name, value)| (name.to_owned(), value))))
}

/// What a return comes to once nothing is lacking.
pub(super) fn outcome(message: &Message) -> Reply {
    if message.form == DECLINE {
        declined(reason(message).as_deref())
    } else {
        approved(transact(message).as_deref())
    }
}

/// Why an order may be approved although the rule is not quite kept, or refused although it is.
pub(super) fn open(message: &Message) -> Vec<(Reply, &'static str)> {
    let refused = |why| vec![(Reply::Rejected(String::new()), why)];
    if message.form == DECLINE {
        return match reason(message) {
            None => refused("a decline without a reason is none of Freepay's"),
            Some(_) => Vec::new(),
        };
    }
    let lacks_but = |name: &str| {
        let others: Vec<Condition> = CONDITIONS.iter().filter(|other| other.name != name).copied().collect();
        lacking(message, &others, &[])
    };
    let transact = transact(message);
    match lacking(message, CONDITIONS, &[]) {
        None if told(message, "IsCaptured").as_deref() == Some("true") => {
            refused("the money of a payment that has just been made is not captured, unless the shop did it")
        }
        None if !is_called_ours(message) => {
            refused("the address names another order than the web service, so somebody has changed it")
        }
        Some("amount")
            if lacks_but("amount").is_none()
                && authorized(message) > price(message).map(|price| price.minor) =>
        {
            vec![(
                approved(transact.as_deref()),
                "more is authorised than the order costs, and nothing is lost",
            )]
        }
        Some("id") if lacks_but("id").is_none() => {
            let (Some(typed), Some(id)) = (transact, id(message)) else { return Vec::new() };
            if !same_number(&typed, &id) || used(message).any(|used| same_number(used, &id)) {
                return Vec::new();
            }
            let why = "the ids are one number, and it has paid no order";
            vec![(approved(Some(&id)), why), (approved(Some(&typed)), why)]
        }
        _ => Vec::new(),
    }
}
