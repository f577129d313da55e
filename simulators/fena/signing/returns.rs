//! `fena.return`: what a shop makes of it that the payer came back.

use std::borrow::Cow;

use rand::Rng;
use serde_json::{Map, Value, json};

use super::{COMMON, DOCUMENTED, SDKS};
use super::{drawn, messages};
use crate::kit::address::is_web_address;
use crate::kit::awkward::{below, one_in, pick};
use crate::kit::escape::{STRICT, percent};
use crate::kit::operation::{
    Focus, Kind, Message, Observation, Operation, Parameter, Received, Reply, Shape, Unreadable, Verification,
};
use crate::kit::parts::{Parts, sentence};
use crate::kit::provider::Provenance;
use crate::kit::query;
use crate::kit::scheme::{Edit, Mistake, mistakes, read_as};

/// The operation `fena.return`.
#[derive(Debug)]
pub struct Return;

/// The address that the payer is sent back to: the terminal's redirect endpoint with `order` and `status`
/// behind its own query, before its fragment.
#[must_use]
pub(crate) fn address(endpoint: &str, order: &str, status: &str) -> String {
    let order = String::from_utf8_lossy(&percent(order.as_bytes(), STRICT)).into_owned();
    query::append(endpoint, &format!("order={order}&status={status}"))
}

const NOT_SIGNED: &str = "Nothing in the address is signed: a payer can type it.";
const BY_NOTIFICATION: &str =
    "Take an order for paid by its notification alone, and show by your own record of it.";
const WAIT: &str =
    "Show that the payment is being confirmed, and look at your own record of the order again.";
const BY_NAME: &str = "Parse the query, take `order` and `status` by their exact names, and of two the last.";

mistakes! {
    "fena.return", Edit::Read;
    EXECUTED_BELIEVED = "executed-believed",
        "you took status=executed for a payment", NOT_SIGNED, BY_NOTIFICATION, DOCUMENTED,
        |message| answer(message, query::last, |status, notified| match status {
            _ if notified => "paid",
            Some("executed") => "paid",
            Some("rejected") => "failed",
            _ => "pending",
        });
    STATUS_ALONE = "status-alone",
        "you went by the address's status alone, and never looked at what was notified", NOT_SIGNED, BY_NOTIFICATION, DOCUMENTED,
        |message| answer(message, query::last, |status, _| match status {
            Some("executed") => "paid",
            Some("rejected") => "failed",
            _ => "pending",
        });
    EXECUTED_OR_FAILED = "executed-or-failed",
        "you went by the address's status alone, and took everything but executed for a failure", NOT_SIGNED, BY_NOTIFICATION, SDKS,
        |message| answer(message, query::last, |status, _| if status == Some("executed") { "paid" } else { "failed" });
    REJECTED_UNDOES_PAYMENT = "rejected-undoes-payment",
        "you took status=rejected for the end of a paid order", NOT_SIGNED, BY_NOTIFICATION, COMMON,
        |message| answer(message, query::last, |status, notified| match status {
            Some("rejected") => "failed",
            _ if notified => "paid",
            _ => "pending",
        });
    PENDING_SHOWN_AS_FAILED = "pending-shown-as-failed",
        "you told the payer that the payment failed, because its notification had not come yet",
        "The browser can be faster than the notification.", WAIT, SDKS,
        |message| answer(message, query::last, |_, notified| if notified { "paid" } else { "failed" });
    MISSING_STATUS_IS_REJECTED = "missing-status-is-rejected",
        "you took a return without status for a rejection",
        "Anybody can open the address with somebody's order, and your shop may cancel it then.", WAIT, SDKS,
        |message| answer(message, query::last, |status, notified| match status {
            _ if notified => "paid",
            Some("executed") => "pending",
            _ => "failed",
        });
    ORDER_NOT_DECODED = "order-not-decoded",
        "you did not decode the order", "It is percent-encoded: A/1 comes as A%2F1.", BY_NAME, COMMON,
        |message| answer(message, find_raw, right);
    ORDER_AS_NUMBER = "order-as-number",
        "you turned the order into a number", "It is a text: 007 and 7 are two orders.", "Leave it as text.", COMMON,
        |message| {
            let Reply::Answer(mut answer) = answer(message, query::last, right) else { return Reply::Rejected(String::new()) };
            let number = answer.get("order").and_then(Value::as_str).and_then(|order| order.parse::<u64>().ok());
            if let Some(number) = number {
                answer.insert("order".to_owned(), json!(number.to_string()));
            }
            Reply::Answer(answer)
        };
    FIRST_DUPLICATE_READ = "first-duplicate-read",
        "you read the first of two parameters of the same name",
        "If your redirect endpoint has a parameter of Fena's name, Fena's own comes behind it.", BY_NAME, COMMON,
        |message| answer(message, query::first, right);
    NAMES_MATCHED_LOOSELY = "names-matched-loosely",
        "you looked for order= and status= anywhere in the address",
        "Your own parameters may end in the same letters.", BY_NAME, COMMON,
        |message| answer(message, find_loosely, right);
}

type Find = fn(&str, &str) -> Option<String>;

fn find_raw(url: &str, name: &str) -> Option<String> {
    let pairs = query::of(url)?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.rev().find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
}

fn find_loosely(url: &str, name: &str) -> Option<String> {
    let value = query::loosely(url, name)?;
    form_urlencoded::parse(format!("v={value}").as_bytes()).next().map(|(_, value)| value.into_owned())
}

fn right(status: Option<&str>, notified: bool) -> &'static str {
    match status {
        _ if notified => "paid",
        Some("rejected") => "failed",
        _ => "pending",
    }
}

/// The answer of somebody who finds parameters like this and decides like this.
fn answer(message: &Message, find: Find, outcome: fn(Option<&str>, bool) -> &'static str) -> Reply {
    let url = message.given("url");
    let status = find(url, "status");
    let order = find(url, "order").filter(|order| !order.is_empty());
    Reply::Answer(Map::from_iter([
        ("order".to_owned(), json!(order)),
        ("outcome".to_owned(), json!(outcome(status.as_deref(), message.given("notified") == "true"))),
    ]))
}

const FOCUSES: &[Focus] = &[
    Focus {
        name: "status executed and no notification",
        holds: |message| {
            status(message).as_deref() == Some("executed") && message.given("notified") == "false"
        },
    },
    Focus {
        name: "status rejected and a notification",
        holds: |message| {
            status(message).as_deref() == Some("rejected") && message.given("notified") == "true"
        },
    },
    Focus { name: "no status", holds: |message| status(message).is_none() },
    Focus {
        name: "an order that percent-encoding changes",
        holds: |message| query::of(message.given("url")).is_some_and(|query| query.contains('%')),
    },
    Focus {
        name: "an order of digits",
        holds: |message| {
            query::last(message.given("url"), "order")
                .is_some_and(|order| order.bytes().all(|byte| byte.is_ascii_digit()))
        },
    },
    Focus {
        name: "parameters of the shop's own",
        holds: |message| query::of(message.given("url")).is_some_and(|query| query.matches('=').count() > 2),
    },
];

fn status(message: &Message) -> Option<String> {
    query::last(message.given("url"), "status")
}

impl Operation for Return {
    fn id(&self) -> &'static str {
        "fena.return"
    }

    fn does(&self) -> &'static str {
        "tells a payer who is back what became of the payment"
    }

    fn reads(&self) -> bool {
        true
    }

    fn provenance(&self) -> Provenance {
        DOCUMENTED
    }

    fn forms(&self) -> &'static [&'static str] {
        &[""]
    }

    fn parameters(&self, _: &str) -> Vec<&'static str> {
        Vec::new()
    }

    fn given(&self) -> &'static [&'static str] {
        &["url", "notified"]
    }

    fn kind(&self, name: &str) -> Kind {
        messages::kind(name)
    }

    fn answer(&self, _: &str) -> Vec<(&'static str, Shape)> {
        vec![("order", Shape::TextOrNull), ("outcome", Shape::OneOf(&["paid", "pending", "failed"]))]
    }

    fn mistakes(&self) -> Vec<&'static Mistake> {
        MISTAKES.to_vec()
    }

    fn focuses(&self) -> &'static [Focus] {
        FOCUSES
    }

    fn legal(&self, message: &Message) -> Result<(), Unreadable> {
        if !is_web_address(message.given("url")) {
            return Err(Unreadable::new(
                format!("`{}` is no return URL", message.given("url")),
                "It is absolute, http or https: https://www.test.com/thankyou?order=aa-bb-cc&status=executed",
            ));
        }
        if !["true", "false"].contains(&message.given("notified")) {
            return Err(Unreadable::new(
                "`notified` is neither true nor false",
                "Say whether a genuine notification has come for the order: notified=true.",
            ));
        }
        Ok(())
    }

    fn generate(&self, rng: &mut dyn Rng) -> Message {
        let endpoint = pick(
            rng,
            &[
                "https://www.test.com/thankyou",
                "http://127.0.0.1:3000/paid?lang=en",
                "https://shop.example/?order=7",
                "https://shop.example/thanks?status=open&order=cart",
                "https://shop.example/t?reorder=1&laststatus=rejected",
                "https://shop.example/checkout/order-received/",
                "https://shop.example/#/done",
            ],
        );
        let order = drawn::payable_order(rng);
        let status = ["executed", "executed", "rejected", "rejected", "", "pending"][below(rng, 6) as usize];
        let mut url = address(endpoint, &order, status);
        if status.is_empty() {
            url = url.replace("&status=#", "#");
            url = url.strip_suffix("&status=").map(ToOwned::to_owned).unwrap_or(url);
        }
        let notified = if one_in(rng, 2) { "true" } else { "false" };
        let given = vec![(Cow::Borrowed("url"), url), (Cow::Borrowed("notified"), notified.to_owned())];
        Message { form: Cow::Borrowed(""), parameters: Vec::new(), given }
    }

    fn simplest(&self, name: &str) -> &'static str {
        match name {
            "notified" => "false",
            _ => "http://a",
        }
    }

    fn reply(&self, message: &Message, made: &[&'static Mistake]) -> Option<Reply> {
        read_as(message, made, MISTAKES, |message| answer(message, query::last, right))
    }

    fn tolerated(&self, message: &Message) -> Vec<(Reply, &'static str)> {
        let mut open = Vec::new();
        if status(message).is_none() || query::last(message.given("url"), "order").is_none() {
            open.push((Reply::Rejected(String::new()), "a return without order or status is none of Fena's"));
        }
        if status(message).as_deref() == Some("rejected") {
            let waiting =
                answer(message, query::last, |_, notified| if notified { "paid" } else { "pending" });
            open.push((
                waiting,
                "a shop may go by notifications alone, and wait for one also after a rejection",
            ));
        }
        open
    }

    fn observe(&self, message: &Message, reply: &Reply) -> Observation {
        sentence(&self.parts(message, reply))
    }

    fn parts(&self, _: &Message, reply: &Reply) -> Parts {
        let Reply::Answer(answer) = reply else { return vec![("outcome", "rejected".to_owned())] };
        let order = answer.get("order").and_then(Value::as_str).unwrap_or("none");
        vec![("outcome", reply.get("outcome").to_owned()), ("order", order.to_owned())]
    }

    fn canonical(&self, _: &Message, _: &[&'static Mistake]) -> Option<Vec<u8>> {
        None
    }

    fn read(&self, text: &str, _: Option<&str>, given: &[Parameter]) -> Result<Verification, Unreadable> {
        let notified = given.iter().find(|(name, value)| name == "notified" && !value.is_empty());
        let notified = notified.map_or("false", |(_, value)| value).to_owned();
        let given = vec![(Cow::Borrowed("url"), text.to_owned()), (Cow::Borrowed("notified"), notified)];
        let message = Message { form: Cow::Borrowed(""), parameters: Vec::new(), given };
        self.legal(&message)?;
        // A return says nothing about itself that could be wrong: it is read, not verified.
        let claimed = answer(&message, query::last, right);
        Ok(Verification::Received(Received { operation: &Return, message, claimed, readings: Vec::new() }))
    }
}
