//! `brp.settled`: whether an order is paid, once the payer is back.
//!
//! The scheme's weaknesses end here. The return is not signed, so anybody can type it. A hash holds at
//! several endpoints, so a payer can turn "pay" into "send me an invoice". Values stand without
//! separators, so a payer can move digits from one to the next and pay another order. A shop cannot
//! mend that in its links; it can ask BRP what happened to its own order, and compare.

use std::borrow::Cow;

use rand::Rng;
use serde::Deserialize;
use serde_json::Value;

use super::{COMMON, calls, settled_messages};
use crate::kit::address::is_web_address;
use crate::kit::operation::{
    Focus, Message, Observation, Operation, Parameter, Received, Reply, Shape, Unreadable, Verification,
};
use crate::kit::provider::Provenance;
use crate::kit::query;
use crate::kit::scheme::{Edit, Mistake, mistakes, read_as};

/// The operation `brp.settled`.
#[derive(Debug)]
pub struct Settled;

/// An amount as API3 prints it.
#[derive(Clone, Copy, Debug, Deserialize)]
struct Money {
    amount: i64,
}

#[derive(Debug, Deserialize)]
struct Named {
    id: u64,
}

/// The part of API3's order that counts.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Order {
    id: u64,
    left_to_pay: Money,
}

/// The part of API3's receipt that counts.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Receipt {
    id: u64,
    amount: Money,
    orders: Vec<Named>,
    payment_method: String,
}

/// What the document calls the method of customer accounts. That receipts carry the method's name is
/// BRP's REST API's.
pub(super) const ACCOUNT: &str = "Kundkonto";

/// What a message says, read.
#[expect(clippy::struct_excessive_bools, reason = "each is a comparison that a shop can forget")]
pub(super) struct Facts {
    /// The last `error` of the return; none if there is none.
    pub(super) error: Option<String>,
    /// Whether there is a receipt.
    pub(super) receipt: bool,
    /// Whether the receipt is for the shop's order.
    pub(super) own_order: bool,
    /// Whether it is over at least what the shop expects.
    pub(super) enough: bool,
    /// Whether the receipt says that the order was put on a customer account.
    pub(super) on_account: bool,
    /// Whether the order has nothing left to pay.
    pub(super) nothing_left: bool,
}

impl Facts {
    /// Reads a message; `None` where it is not legal.
    pub(super) fn of(message: &Message) -> Option<Self> {
        let expected: i64 = message.given("amount").parse().ok()?;
        let order: Order = serde_json::from_str(message.given("order")).ok()?;
        let text = message.given("receipt");
        let receipt: Option<Receipt> =
            if text.is_empty() { None } else { Some(serde_json::from_str(text).ok()?) };
        let url = message.given("url");
        let consistent = receipt.as_ref().is_none_or(|receipt| {
            query::last(url, "receiptid").as_deref() == Some(receipt.id.to_string().as_str())
        });
        let own = message.given("orderid");
        (order.id.to_string() == own && consistent && expected > 0).then(|| Self {
            error: query::last(url, "error"),
            own_order: receipt
                .as_ref()
                .is_some_and(|receipt| receipt.orders.iter().any(|order| order.id.to_string() == own)),
            enough: receipt.as_ref().is_some_and(|receipt| receipt.amount.amount >= expected),
            on_account: receipt.as_ref().is_some_and(|receipt| receipt.payment_method == ACCOUNT),
            receipt: receipt.is_some(),
            nothing_left: order.left_to_pay.amount <= 0,
        })
    }
}

const FOLLOWS: Provenance = Provenance::assumed(
    "our judgement: the document prints one hash for several endpoints and signs no return; its last step fetches the receipt to show it",
);
const ASK: &str = "Read the order and the receipt from BRP's REST API before you call an order paid.";
const COMPARE: &str =
    "Take an order for paid only if a receipt names this very order and is over at least what you expect.";

mistakes! {
    "brp.settled";
    RETURN_BELIEVED = "return-believed",
        "you believed the return URL without asking BRP",
        "Nothing in it is signed: a payer can type a receiptid and an empty error.", ASK, FOLLOWS,
        [Edit::Read(|message| decide(message, |facts| facts.error.as_deref() == Some("")))];
    RECEIPT_NOT_COMPARED = "receipt-not-compared",
        "you took any receipt for the receipt of this order",
        "A payer can return with the receipt of another order, and can make a link pay another one by moving digits between its values.",
        COMPARE, FOLLOWS, [Edit::Read(|message| decide(message, |facts| facts.receipt && facts.enough && !facts.on_account))];
    AMOUNT_NOT_COMPARED = "amount-not-compared",
        "you did not compare the receipt's amount with what you expect",
        "An order can change between the link and the payment.", COMPARE, COMMON,
        [Edit::Read(|message| decide(message, |facts| facts.receipt && facts.own_order && facts.nothing_left && !facts.on_account))];
    ACCOUNT_TAKEN_FOR_PAYMENT = "account-taken-for-payment",
        "you took an order that was put on a customer account for a paid one",
        "The same hash holds at paywithcustomeraccount, which makes a receipt too: its payment method is Kundkonto.",
        "Where you sent the payer to pay, take no receipt whose payment method is the customer account.", FOLLOWS,
        [Edit::Read(|message| decide(message, |facts| facts.receipt && facts.own_order && facts.enough && facts.nothing_left))];
    INVOICE_TAKEN_FOR_PAYMENT = "invoice-taken-for-payment",
        "you took an order with nothing left to pay for a paid one",
        "The same hash holds at brpinvoice: a payer who changes the path is sent an invoice, and the order has nothing left to pay.",
        COMPARE, FOLLOWS, [Edit::Read(|message| decide(message, |facts| facts.nothing_left))];
}

fn right(facts: &Facts) -> bool {
    facts.receipt && facts.own_order && facts.enough && facts.nothing_left && !facts.on_account
}

fn decide(message: &Message, paid: fn(&Facts) -> bool) -> Reply {
    let paid = Facts::of(message).is_some_and(|facts| paid(&facts));
    Reply::text("outcome", if paid { "paid" } else { "unpaid" })
}

impl Operation for Settled {
    fn id(&self) -> &'static str {
        "brp.settled"
    }

    fn does(&self) -> &'static str {
        "decides whether an order is paid, once the payer is back"
    }

    fn reads(&self) -> bool {
        true
    }

    fn provenance(&self) -> Provenance {
        FOLLOWS
    }

    /// The endpoint that the shop sent the payer to.
    fn forms(&self) -> &'static [&'static str] {
        &["payfororder", "swish/payfororder"]
    }

    fn parameters(&self, _: &str) -> Vec<&'static str> {
        Vec::new()
    }

    fn given(&self) -> &'static [&'static str] {
        &["url", "orderid", "amount", "order", "receipt"]
    }

    fn answer(&self, _: &str) -> Vec<(&'static str, Shape)> {
        vec![("outcome", Shape::OneOf(&["paid", "unpaid"]))]
    }

    fn mistakes(&self) -> Vec<&'static Mistake> {
        MISTAKES.to_vec()
    }

    fn focuses(&self) -> &'static [Focus] {
        settled_messages::FOCUSES
    }

    fn legal(&self, message: &Message) -> Result<(), Unreadable> {
        if !self.forms().contains(&message.form.as_ref()) {
            let forms = self.forms().join(" or ");
            return Err(Unreadable::new(
                format!("`{}` pays no order", message.form),
                format!("The endpoint is {forms}."),
            ));
        }
        let missing = ["orderid", "amount", "order"].into_iter().find(|name| message.given(name).is_empty());
        if let Some(missing) = missing {
            return Err(Unreadable::new(
                format!("`{missing}` is missing"),
                "Give orderid=…, amount=… (öre), order=… and receipt=…: the shop's order and what BRP's REST API answers for the order and for the receipt that the URL names (empty if there is none).",
            ));
        }
        if !is_web_address(message.given("url")) {
            return Err(Unreadable::new(
                format!("`{}` is no return URL of BRP", message.given("url")),
                "It is absolute, http or https.",
            ));
        }
        Facts::of(message).map(|_| ()).ok_or_else(|| {
            Unreadable::new(
                "the message does not hang together",
                "`order` is API3's JSON of the order with the id `orderid`; `receipt` is its JSON of the receipt that the URL names, or empty; `amount` is in öre, more than 0.",
            )
        })
    }

    fn generate(&self, rng: &mut dyn Rng) -> Message {
        settled_messages::arbitrary(rng)
    }

    fn generate_near(&self, focus: &Focus, rng: &mut dyn Rng) -> Message {
        settled_messages::near(rng, focus.name)
    }

    fn simplest(&self, name: &str) -> &'static str {
        match name {
            "order" => r#"{"id":1,"leftToPay":{"amount":1}}"#,
            "receipt" => "",
            other => calls::simplest(other),
        }
    }

    fn reply(&self, message: &Message, made: &[&'static Mistake]) -> Option<Reply> {
        read_as(message, made, MISTAKES, |message| decide(message, right))
    }

    fn tolerated(&self, _: &Message) -> Vec<(Reply, &'static str)> {
        Vec::new()
    }

    fn observe(&self, _: &Message, reply: &Reply) -> Observation {
        match reply {
            Reply::Answer(answer) => {
                answer.get("outcome").and_then(Value::as_str).unwrap_or("nothing").to_owned()
            }
            Reply::Rejected(_) => "rejected".to_owned(),
        }
    }

    fn canonical(&self, _: &Message, _: &[&'static Mistake]) -> Option<Vec<u8>> {
        None
    }

    fn read(&self, text: &str, form: Option<&str>, given: &[Parameter]) -> Result<Verification, Unreadable> {
        let mut all = vec![(Cow::Borrowed("url"), text.to_owned())];
        all.extend(given.iter().filter(|(name, _)| name != "url").cloned());
        let form = Cow::Owned(form.unwrap_or(self.forms()[0]).to_owned());
        let message = Message { form, parameters: Vec::new(), given: all };
        self.legal(&message)?;
        // A return claims nothing about the records: it is judged, not verified.
        let claimed = decide(&message, right);
        Ok(Verification::Received(Received { operation: &Settled, message, claimed, readings: Vec::new() }))
    }
}
