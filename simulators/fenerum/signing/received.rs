//! What a shop has received before it registers a card: the `PaymentMethod` or the error that Stripe.js gave,
//! or the body of QuickPay's callback.

use rand::Rng;
use serde_json::{Value, json};

use crate::kit::awkward::{self, below, one_in, pick};
use crate::kit::digest::hex;
use crate::kit::operation::{Message, Unreadable};

/// The form for a card at Stripe.
pub(super) const STRIPE: &str = "stripe_new";
/// The form for a card at QuickPay.
pub(super) const QUICKPAY: &str = "quickpay";
/// The largest id that QuickPay is known to give: what fits 31 bits.
pub(super) const LARGEST: i64 = i32::MAX as i64;

/// What is wrong with what came: nothing can be registered then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// Stripe.js gave an error.
    Error,
    /// QuickPay's id is larger than 31 bits hold. That is no reason to refuse it.
    LargeId,
    /// QuickPay did not accept the card.
    NotAccepted,
    /// Nothing.
    Nothing,
    /// The callback is about a payment.
    Payment,
}

/// What came, parsed.
pub(super) fn received(message: &Message) -> Value {
    serde_json::from_str(message.given("received")).unwrap_or_default()
}

/// What is wrong with it.
pub(super) fn flaw(message: &Message, received: &Value) -> Flaw {
    if message.form == STRIPE {
        return if received.get("error").is_some() { Flaw::Error } else { Flaw::Nothing };
    }
    if received["accepted"] != true {
        Flaw::NotAccepted
    } else if received["type"] != "Subscription" {
        Flaw::Payment
    } else if received["id"].as_i64() > Some(LARGEST) {
        Flaw::LargeId
    } else {
        Flaw::Nothing
    }
}

/// The card's id as it came: a `PaymentMethod`'s, also of one that an error tells of, or a number of QuickPay's.
pub(super) fn card_id(received: &Value) -> &Value {
    received.get("error").map_or(&received["id"], |error| &error["payment_method"]["id"])
}

/// Whether this can have come for the account.
pub(super) fn legal(message: &Message) -> Result<(), Unreadable> {
    let wrong = |what: &str, help: &str| Err(Unreadable::new(format!("`received` {what}"), help));
    let Ok(received @ Value::Object(_)) = serde_json::from_str::<Value>(message.given("received")) else {
        return wrong(
            "is no JSON object",
            "Give the PaymentMethod as Stripe.js gave it, or the body of QuickPay's callback.",
        );
    };
    if message.form == STRIPE {
        let error = received["error"]["type"].is_string();
        let id = received["id"].as_str().is_some_and(is_payment_method);
        let has = |name: &str| received.get(name).is_some();
        if error || (id && received["type"] == "card" && has("object") && received["card"].is_object()) {
            return Ok(());
        }
        return wrong(
            "is no PaymentMethod of a card, and no error",
            "A PaymentMethod has id, object, type and card; an error is {\"error\": {\"type\": …}}.",
        );
    }
    let id = received["id"].as_i64().is_some_and(|id| (1..1 << 53).contains(&id));
    let flags = received["accepted"].is_boolean() && received["test_mode"].is_boolean();
    let texts = ["order_id", "type", "state"].iter().all(|name| received[*name].is_string());
    if !(id && flags && texts && received["operations"].is_array()) {
        return wrong(
            "is no callback of QuickPay's",
            "It has id, order_id, type, accepted, state, test_mode, variables and operations.",
        );
    }
    if received["variables"]["fenerum_account_id"] != message.given("account") {
        return wrong(
            "does not name the account",
            "The document's shop reads it back from variables.fenerum_account_id.",
        );
    }
    Ok(())
}

/// Whether this is the id of a `PaymentMethod`.
pub(super) fn is_payment_method(text: &str) -> bool {
    text.strip_prefix("pm_").is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

/// Something that can have come.
pub(super) fn arbitrary(form: &str, account: &str, flaw: Flaw, rng: &mut dyn Rng) -> String {
    let value = match (form, flaw) {
        (STRIPE, Flaw::Error) => error(rng),
        (STRIPE, _) => payment_method(&letters(rng, 24), &letters(rng, 16)),
        _ => sign_up(account, flaw, rng),
    };
    if one_in(rng, 4) { format!("{value:#}") } else { value.to_string() }
}

fn letters(rng: &mut dyn Rng, count: usize) -> String {
    const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    (0..count).map(|_| char::from(LETTERS[below(rng, 62) as usize])).collect()
}

/// A `PaymentMethod` as Stripe.js gives it.
pub(super) fn payment_method(id: &str, fingerprint: &str) -> Value {
    let address = json!({
        "city": null, "country": null, "line1": null, "line2": null, "postal_code": "42424", "state": null,
    });
    json!({
        "id": format!("pm_{id}"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": {"address": address, "email": null, "name": null, "phone": null},
        "card": {
            "brand": "visa",
            "checks": {"address_line1_check": null, "address_postal_code_check": null, "cvc_check": null},
            "country": "US", "display_brand": "visa", "exp_month": 12, "exp_year": 2030,
            "fingerprint": fingerprint, "funding": "credit", "generated_from": null, "last4": "4242",
            "networks": {"available": ["visa"], "preferred": null},
            "three_d_secure_usage": {"supported": true}, "wallet": null,
        },
        "created": 1_700_000_000,
        "customer": null,
        "livemode": false,
        "metadata": {},
        "type": "card",
    })
}

/// An error of Stripe.js: of the form, or of the card, which then has a `PaymentMethod` all the same.
fn error(rng: &mut dyn Rng) -> Value {
    let incomplete = [
        ("incomplete_number", "Your card number is incomplete."),
        ("invalid_number", "Your card number is invalid."),
        ("incomplete_cvc", "Your card's security code is incomplete."),
        ("incomplete_zip", "Your postal code is incomplete."),
    ];
    if one_in(rng, 3) {
        let (code, message) = incomplete[below(rng, 4) as usize];
        return json!({"error": {"type": "validation_error", "code": code, "message": message}});
    }
    json!({"error": {
        "type": "card_error", "code": "card_declined", "decline_code": "generic_decline",
        "message": "Your card was declined.", "param": null,
        "payment_method": payment_method(&letters(rng, 24), &letters(rng, 16)),
    }})
}

/// The body of a callback about a card that was signed up in QuickPay's window.
fn sign_up(account: &str, flaw: Flaw, rng: &mut dyn Rng) -> Value {
    let id: i64 = match flaw {
        Flaw::LargeId => pick(rng, &["2147483648", "4294967295", "4294967297", "9007199254740991"])
            .parse()
            .unwrap_or(LARGEST + 1),
        _ => awkward::id(rng).parse().unwrap_or(1),
    };
    let order = match below(rng, 5) {
        0 => format!("sub_{}", letters(rng, 12)),
        1 => (1000 + below(rng, 9_999_999)).to_string(),
        2 => pick(rng, &["0042", "0000", "1e10", "sub-2024", "ÆØÅ 7"]).to_owned(),
        3 => format!("{}.5", 100 + below(rng, 99_999)),
        _ => format!("sub_{}", 1_700_000_000_000_u64 + u64::from(below(rng, 1_000_000))),
    };
    let mut bytes = [0; 32];
    rng.fill_bytes(&mut bytes);
    let accepted = flaw != Flaw::NotAccepted;
    let kind = if flaw == Flaw::Payment { "Payment" } else { "Subscription" };
    let state = match (accepted, kind) {
        (false, _) => pick(rng, &["rejected", "initial", "pending"]),
        (true, "Payment") => "new",
        (true, _) => "active",
    };
    let mut operations = Vec::new();
    // A first attempt may have failed before.
    if one_in(rng, 3) || state == "rejected" {
        operations.push(operation(operations.len() + 1, "40000", "Rejected test operation"));
    }
    if accepted {
        operations.push(operation(operations.len() + 1, "20000", "Approved"));
    }
    let email = super::messages::email(rng);
    let mut value = callback(id, &order, account, &hex(&bytes));
    value["type"] = json!(kind);
    value["accepted"] = json!(accepted);
    value["state"] = json!(state);
    value["operations"] = json!(operations);
    value["variables"]["customer_email"] = json!(email);
    value["test_mode"] = json!(!one_in(rng, 3));
    value
}

/// A callback about a subscription that was accepted.
pub(super) fn callback(id: i64, order: &str, account: &str, hash: &str) -> Value {
    json!({
        "id": id,
        "merchant_id": 123_456,
        "order_id": order,
        "accepted": true,
        "type": "Subscription",
        "variables": {"fenerum_account_id": account},
        "currency": "DKK",
        "state": "active",
        "metadata": {
            "type": "card", "origin": "form", "brand": "visa", "bin": "424242", "last4": "4242",
            "exp_month": 12, "exp_year": 2030, "country": "DNK", "is_3d_secure": true, "hash": &hash[..hash.len() / 2],
        },
        "link": {
            "url": format!("https://payment.quickpay.net/subscriptions/{hash}"), "agreement_id": 654_321,
            "language": "da", "amount": 0, "callback_url": "https://shop.example/api/quickpay-callback",
        },
        "operations": [operation(1, "20000", "Approved")],
        "test_mode": true,
        "acquirer": "clearhaus",
        "created_at": "2024-01-15T10:00:00Z",
        "description": "Subscription",
    })
}

fn operation(id: usize, code: &str, text: &str) -> Value {
    json!({
        "id": id, "type": "authorize", "amount": 0, "pending": false, "qp_status_code": code,
        "qp_status_msg": text, "aq_status_code": code, "data": {}, "acquirer": "clearhaus",
    })
}

/// What Stripe and QuickPay always send. It is never left out: a shop may rely on that.
const ALWAYS: &[&str] = &[
    "accepted",
    "amount",
    "billing_details",
    "brand",
    "card",
    "code",
    "created",
    "created_at",
    "currency",
    "error",
    "exp_month",
    "exp_year",
    "fenerum_account_id",
    "id",
    "last4",
    "livemode",
    "merchant_id",
    "message",
    "metadata",
    "object",
    "operations",
    "order_id",
    "payment_method",
    "pending",
    "qp_status_code",
    "qp_status_msg",
    "state",
    "test_mode",
    "type",
    "variables",
];

/// Simpler things that could have come instead: another id, or a part left out, the larger parts first.
pub(super) fn simpler(received: &Value) -> Vec<Value> {
    let mut simpler = Vec::new();
    for (name, id) in [("id", json!(1)), ("id", json!("pm_1")), ("order_id", json!("0001"))] {
        let same_kind = received[name].is_string() == id.is_string() && received.get(name).is_some();
        if same_kind && received[name] != id {
            let mut other = received.clone();
            other[name] = id;
            simpler.push(other);
        }
    }
    simpler.extend(without_a_part(received));
    simpler
}

/// The value without one of its parts, at any depth.
fn without_a_part(value: &Value) -> Vec<Value> {
    match value {
        Value::Object(fields) => {
            let fewer = fields.keys().filter(|name| !ALWAYS.contains(&name.as_str())).map(|name| {
                let mut fewer = fields.clone();
                fewer.remove(name);
                Value::Object(fewer)
            });
            let within = fields.iter().flat_map(|(name, inner)| {
                without_a_part(inner).into_iter().map(move |inner| {
                    let mut other = fields.clone();
                    other.insert(name.clone(), inner);
                    Value::Object(other)
                })
            });
            fewer.chain(within).collect()
        }
        Value::Array(items) => {
            // A list of operations keeps its last one.
            let last = usize::from(items.last().is_some_and(|item| item.get("qp_status_code").is_some()));
            let fewer = (0..items.len() - last).map(|place| {
                let mut fewer = items.clone();
                fewer.remove(place);
                Value::Array(fewer)
            });
            fewer.collect()
        }
        _ => Vec::new(),
    }
}
