//! What a shop may find when the payer is back: honest ends, and what a payer can do to the links.

use std::borrow::Cow;

use rand::Rng;
use serde_json::json;

use super::returns::address;
use super::settled::{ACCOUNT, Facts};
use crate::kit::awkward::{below, one_in, pick};
use crate::kit::operation::{Focus, Message};

/// One story of an order.
struct Story {
    /// BRP's parameters of the return.
    returned: Vec<(&'static str, String)>,
    /// What is left to pay of the order.
    left: i64,
    /// The receipt that the return names: its amount, and the orders that it is for.
    receipt: Option<(i64, Vec<u64>)>,
    /// The receipt's payment method.
    method: &'static str,
}

/// How many stories there are. Those from `PAID` on are of an order that is paid.
const STORIES: u32 = 9;
const PAID: u32 = 7;

pub(super) fn arbitrary(rng: &mut dyn Rng) -> Message {
    let which = below(rng, STORIES);
    told(rng, which)
}

/// What a shop may find that is likely in the focus of this name.
pub(super) fn near(rng: &mut dyn Rng, focus: &str) -> Message {
    let which = match focus {
        "a receiptid that BRP never gave" => 1,
        "the receipt of another order" => 2,
        "an order that was invoiced instead" => 3,
        "a receipt over less than the shop expects" => 4,
        "an order that was put on an account instead" => 6,
        _ if one_in(rng, 3) => 5,
        _ => PAID,
    };
    told(rng, which)
}

fn told(rng: &mut dyn Rng, which: u32) -> Message {
    let order = 10 + u64::from(below(rng, 99_990));
    let expected = i64::from(1 + below(rng, 500)) * 100;
    let receipt_id = u64::from(1 + below(rng, 999_999));
    let story = story(rng, which, order, expected, receipt_id);
    let parameters: Vec<(&str, &str)> =
        story.returned.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let base = pick(rng, &["https://shop.example/paid", "http://127.0.0.1:3000/?order=7"]);
    let record = json!({
        "id": order,
        "leftToPay": {"amount": story.left, "currency": "SEK"},
        "price": {"amount": expected, "currency": "SEK"},
    });
    let receipt = story.receipt.map(|(amount, orders)| {
        let orders: Vec<_> = orders.iter().map(|id| json!({ "id": id })).collect();
        json!({"id": receipt_id, "amount": {"amount": amount, "currency": "SEK"}, "orders": orders, "paymentMethod": story.method})
    });
    Message {
        form: Cow::Borrowed(pick_static(rng)),
        parameters: Vec::new(),
        given: vec![
            (Cow::Borrowed("url"), address(base, &parameters)),
            (Cow::Borrowed("orderid"), order.to_string()),
            (Cow::Borrowed("amount"), expected.to_string()),
            (Cow::Borrowed("order"), record.to_string()),
            (Cow::Borrowed("receipt"), receipt.map_or_else(String::new, |receipt| receipt.to_string())),
        ],
    }
}

fn pick_static(rng: &mut dyn Rng) -> &'static str {
    if one_in(rng, 3) { "swish/payfororder" } else { "payfororder" }
}

fn story(rng: &mut dyn Rng, which: u32, order: u64, expected: i64, receipt: u64) -> Story {
    let success = || vec![("receiptid", receipt.to_string()), ("error", String::new())];
    let method = if one_in(rng, 2) { "Swish" } else { "Kortköp" };
    match which {
        0 => {
            let code = pick(rng, &["201", "205", "101", "400"]).to_owned();
            let returned = vec![("receiptid", String::new()), ("error", code)];
            Story { returned, left: expected, receipt: None, method }
        }
        // The address was typed: there is no such receipt.
        1 => Story { returned: success(), left: expected, receipt: None, method },
        // The receipt of another order, bought before, or paid instead: `15` and `100` are hashed like
        // `1` and `5100`.
        2 => {
            let other = if one_in(rng, 2) { order / 10 } else { order + 1 };
            let amount = expected + i64::from(below(rng, 2)) * 100;
            Story { returned: success(), left: expected, receipt: Some((amount, vec![other])), method }
        }
        // The path was changed to brpinvoice: nothing is left to pay, and nothing was paid.
        3 => {
            let returned = vec![("invoiceid", receipt.to_string()), ("error", String::new())];
            Story { returned, left: 0, receipt: None, method }
        }
        // The order shrank before it was paid.
        4 => Story { returned: success(), left: 0, receipt: Some((expected - 1, vec![order])), method },
        // The path was changed to paywithcustomeraccount: there is a receipt, and nobody paid.
        6 => Story { returned: success(), left: 0, receipt: Some((expected, vec![order])), method: ACCOUNT },
        // One receipt for several orders.
        5 => Story {
            returned: success(),
            left: 0,
            receipt: Some((expected + 500, vec![order + 1, order])),
            method,
        },
        _ => Story { returned: success(), left: 0, receipt: Some((expected, vec![order])), method },
    }
}

pub(super) static FOCUSES: &[Focus] = &[
    Focus {
        name: "a payment",
        holds: |message| holds(message, |facts| facts.own_order && facts.enough && !facts.on_account),
    },
    Focus {
        name: "a receiptid that BRP never gave",
        holds: |message| {
            holds(message, |facts| {
                !facts.receipt && !facts.nothing_left && facts.error.as_deref() == Some("")
            })
        },
    },
    Focus {
        name: "the receipt of another order",
        holds: |message| holds(message, |facts| facts.receipt && !facts.own_order && facts.enough),
    },
    Focus {
        name: "a receipt over less than the shop expects",
        holds: |message| holds(message, |facts| facts.own_order && !facts.enough),
    },
    Focus {
        name: "an order that was put on an account instead",
        holds: |message| holds(message, |facts| facts.own_order && facts.on_account),
    },
    Focus {
        name: "an order that was invoiced instead",
        holds: |message| holds(message, |facts| !facts.receipt && facts.nothing_left),
    },
];

fn holds(message: &Message, condition: fn(&Facts) -> bool) -> bool {
    Facts::of(message).is_some_and(|facts| condition(&facts))
}
