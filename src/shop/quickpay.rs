//! QuickPay: a payment and its link are made by the API, or a signed form opens the window. A callback is believed
//! for its checksum; a payer who is back proves nothing, and makes the shop ask the API.

use http::Method;
use provkassa_simulators::kit::digest::base64;
use provkassa_simulators::kit::operation::{Parameter, Reply};
use serde_json::{Value, json};

use super::careless;
use super::counter::{About, Arrival, Came, Counter, Deed, Done, Gate, Later, Variant};
use super::desk::{Answer, Desk, Trouble, parameters};
use super::order::{Order, Payment, Word};

/// QuickPay's counter.
#[derive(Debug)]
pub(super) struct QuickPay;

const NAME: &str = "QuickPay";
/// The code of an operation that is approved.
const APPROVED: &str = "20000";
const PAYMENT: &[Deed] = &[Deed::Capture, Deed::Cancel, Deed::Refund, Deed::Renew];
const SUBSCRIPTION: &[Deed] = &[Deed::Charge, Deed::Delete, Deed::Renew];

static ABOUT: About = About {
    id: "quickpay",
    name: NAME,
    variants: &[
        Variant::pays("link", "By a payment link", ("Coffee grinder", 49_900), PAYMENT),
        Variant::pays("window", "By the window's form", ("Coffee, a kilo", 18_900), PAYMENT),
        Variant::signs_up("subscription", "As a subscription", ("Coffee, every month", 9_900), SUBSCRIPTION),
    ],
    currencies: &["DKK"],
    takes,
};

/// 4 to 20 letters, digits, blanks, points, hyphens and underscores. A blank at an end could get lost.
pub(super) fn takes(id: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b" .-_".contains(&byte);
    (4..=20).contains(&id.len()) && id.trim() == id && id.bytes().all(fits)
}

/// Calls the API.
pub(super) async fn call(desk: &Desk, method: Method, path: &str, body: Value) -> Result<Answer, Trouble> {
    let keys = vec![
        ("api_key", desk.variable("QUICKPAY_API_KEY").to_owned()),
        ("private_key", desk.variable("QUICKPAY_PRIVATE_KEY").to_owned()),
        ("window_key", desk.variable("QUICKPAY_WINDOW_KEY").to_owned()),
    ];
    let who = desk.ask("quickpay.authorization", "", Vec::new(), keys);
    let headers = [
        ("authorization", who.get("authorization")),
        ("accept-version", who.get("accept_version")),
        ("content-type", "application/json"),
    ];
    let body = if body.is_null() { String::new() } else { careless::json(desk, &body) };
    desk.send(NAME, method, &desk.at("QUICKPAY_URL", path), &headers, body).await
}

/// The answer's JSON, if it is one of success.
pub(super) fn success(answer: &Answer) -> Result<Value, Trouble> {
    if answer.is_success() {
        return Ok(answer.json());
    }
    let told = answer.json();
    let message = told["message"].as_str().map(ToOwned::to_owned);
    let what = message.unwrap_or_else(|| format!("status {}", answer.status));
    let errors = &told["errors"];
    let what = if errors.is_object() { format!("{what} {errors}") } else { what };
    Err(Trouble::Refused { provider: NAME, what })
}

/// The link to the window of a record.
pub(super) async fn link(desk: &Desk, order: &Order, resource: &str) -> Result<Gate, Trouble> {
    let link = json!({
        "amount": order.amount,
        "continue_url": desk.door("return", order),
        "cancel_url": desk.door("cancelled", order),
        "callback_url": desk.door("callback", order),
        "language": "en",
        "customer_email": order.email,
    });
    let path = format!("/{resource}/{}/link", order.reference);
    let link = success(&call(desk, Method::PUT, &path, link).await?)?;
    Ok(Gate::Link(link["url"].as_str().unwrap_or_default().to_owned()))
}

/// What a callback comes to, if it is one of QuickPay's about this order.
pub(super) fn verified(desk: &Desk, order: &Order, arrival: &Arrival) -> Reply {
    let headers: Vec<Parameter> =
        arrival.headers.iter().map(|(name, value)| (name.clone().into(), value.clone())).collect();
    let form = if order.signs_up { "subscription" } else { "payment" };
    let given = vec![
        ("body", base64(&arrival.body)),
        ("private_key", desk.variable("QUICKPAY_PRIVATE_KEY").to_owned()),
        ("api_key", desk.variable("QUICKPAY_API_KEY").to_owned()),
        ("window_key", desk.variable("QUICKPAY_WINDOW_KEY").to_owned()),
        ("order", order.number.clone()),
        ("amount", order.amount.to_string()),
        // Only test cards pay in a sandbox.
        ("test_allowed", "true".to_owned()),
    ];
    desk.ask("quickpay.callback", form, headers, given)
}

/// What the API's own record of an order comes to.
pub(super) fn told(desk: &Desk, order: &Order, resource: &Value) -> Word {
    let authorizes = |operation: &&Value| operation["type"] == "authorize";
    let tries: Vec<&Value> =
        resource["operations"].as_array().into_iter().flatten().filter(authorizes).collect();
    let Some(last) = tries.last() else { return Word::Open };
    let is_approved =
        |operation: &&&Value| operation["qp_status_code"] == APPROVED && operation["pending"] == false;
    let Some(approved) = tries.iter().rev().find(is_approved).filter(|_| resource["accepted"] == true) else {
        let is_open = last["pending"] == true || last["qp_status_code"].is_null();
        return if is_open { Word::Open } else { Word::Declined(reason(last)) };
    };
    if resource["order_id"] != order.number.as_str() && !desk.makes("ignores-the-order") {
        return Word::Refused("QuickPay's record is about another order".to_owned());
    }
    let fee = resource["fee"].as_i64().unwrap_or_default();
    let is_short = approved["amount"].as_i64() != order.amount.checked_add(fee);
    if !order.signs_up && is_short && !desk.makes("ignores-the-amount") {
        return Word::Refused("another amount was authorised".to_owned());
    }
    if resource["currency"] != order.currency.as_str() && !desk.makes("ignores-the-currency") {
        return Word::Refused("another currency was authorised".to_owned());
    }
    Word::Approved(payment(order, resource))
}

fn reason(operation: &Value) -> String {
    let text = |name: &str| operation[name].as_str().unwrap_or_default();
    format!("{} {}", text("qp_status_code"), text("qp_status_msg")).trim().to_owned()
}

/// What a record says of the payment.
fn payment(order: &Order, resource: &Value) -> Payment {
    let card = &resource["metadata"];
    let id = resource["id"].to_string();
    let last_4 = card["last4"].as_str();
    Payment {
        subscription: order.signs_up.then(|| id.clone()),
        transaction: id,
        card: last_4.map(|last| format!("{} XXXX{last}", card["brand"].as_str().unwrap_or("card"))),
    }
}

/// The kind of the order's record in paths.
fn kind(order: &Order) -> &'static str {
    if order.signs_up { "subscriptions" } else { "payments" }
}

async fn create(desk: &Desk, order: &mut Order) -> Result<(), Trouble> {
    let mut body = json!({
        "order_id": order.number, "currency": order.currency, "variables": {"order": order.id},
        "invoice_address": {"name": order.name, "email": order.email},
    });
    if order.signs_up {
        body["description"] = json!(order.description);
    }
    let made = success(&call(desk, Method::POST, &format!("/{}", kind(order)), body).await?)?;
    order.reference = made["id"].to_string();
    order.quoted = order.amount;
    Ok(())
}

fn window(desk: &Desk, order: &Order) -> Gate {
    let fields = parameters([
        ("version", "v10".to_owned()),
        ("merchant_id", desk.variable("QUICKPAY_MERCHANT").to_owned()),
        ("agreement_id", desk.variable("QUICKPAY_AGREEMENT").to_owned()),
        ("order_id", order.number.clone()),
        ("amount", order.amount.to_string()),
        ("currency", order.currency.clone()),
        ("continueurl", desk.door("return", order)),
        ("cancelurl", desk.door("cancelled", order)),
        ("callbackurl", desk.door("callback", order)),
        ("language", "en".to_owned()),
    ]);
    let given = vec![
        ("window_key", desk.variable("QUICKPAY_WINDOW_KEY").to_owned()),
        ("api_key", desk.variable("QUICKPAY_API_KEY").to_owned()),
        ("private_key", desk.variable("QUICKPAY_PRIVATE_KEY").to_owned()),
    ];
    let checksum = desk.ask("quickpay.window", "", fields.clone(), given).get("checksum").to_owned();
    let fields = fields.into_iter().map(|(name, value)| (name.into_owned(), value));
    let fields = fields.chain([("checksum".to_owned(), checksum)]).collect();
    Gate::Form { action: desk.at("QUICKPAY_URL", "/"), fields }
}

/// The order's record at QuickPay; null where there is none. One that the window made is found by its order.
async fn record(desk: &Desk, order: &Order) -> Result<Value, Trouble> {
    if !order.reference.is_empty() {
        let path = format!("/{}/{}", kind(order), order.reference);
        return success(&call(desk, Method::GET, &path, Value::Null).await?);
    }
    let path = format!("/payments?order_id={}", super::desk::encoded(&order.number));
    let found = success(&call(desk, Method::GET, &path, Value::Null).await?)?;
    Ok(found[0].clone())
}

impl Counter for QuickPay {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn open<'a>(&'a self, desk: &'a Desk, order: &'a mut Order) -> Later<'a, Gate> {
        Box::pin(async move {
            if order.variant == "window" {
                return Ok(window(desk, order));
            }
            // The same order again gets another link to the same record, which is paid once.
            if order.reference.is_empty() {
                create(desk, order).await?;
            }
            link(desk, order, kind(order)).await
        })
    }

    fn judge<'a>(&'a self, desk: &'a Desk, order: &'a Order, arrival: &'a Arrival) -> Later<'a, Word> {
        Box::pin(async move {
            if arrival.came != Came::Callback {
                let word = told(desk, order, &record(desk, order).await?);
                // The way back is not signed: who comes to the cancel URL may have paid.
                let gave_up = arrival.came == Came::Cancel && word == Word::Open;
                return Ok(if gave_up { Word::Cancelled } else { word });
            }
            let reply = verified(desk, order, arrival);
            let resource: Value = serde_json::from_slice(&arrival.body).unwrap_or_default();
            Ok(match &reply {
                Reply::Rejected(why) => Word::Refused(why.clone()),
                Reply::Answer(_) if reply.get("outcome") == "approved" => {
                    // A later operation says that there is a payment, and not how much: that is asked of the record.
                    match reply.get("operation") {
                        "authorize" => Word::Approved(payment(order, &resource)),
                        _ => told(desk, order, &resource),
                    }
                }
                Reply::Answer(_) if reply.get("outcome") == "declined" => {
                    let last = resource["operations"].as_array().and_then(|operations| operations.last());
                    Word::Declined(last.map_or_else(String::new, reason))
                }
                Reply::Answer(_) => Word::Open,
            })
        })
    }

    fn claimed(&self, arrival: &Arrival) -> Option<Payment> {
        let resource: Value = serde_json::from_slice(&arrival.body).unwrap_or_default();
        let id = resource["id"].as_u64().map(|id| id.to_string());
        Some(Payment { transaction: id.unwrap_or_default(), ..Payment::default() })
    }

    fn act<'a>(&'a self, desk: &'a Desk, order: &'a Order, deed: Deed, amount: i64) -> Later<'a, Done> {
        Box::pin(async move {
            let id = &order.payment.transaction;
            let number = desk.number();
            let (path, body) = match deed {
                Deed::Capture => (format!("/payments/{id}/capture"), json!({"amount": amount})),
                Deed::Refund => (format!("/payments/{id}/refund"), json!({"amount": amount})),
                Deed::Renew => (format!("/payments/{id}/renew"), json!({})),
                Deed::Cancel => (format!("/payments/{id}/cancel"), json!({})),
                Deed::Delete => (format!("/subscriptions/{id}/cancel"), json!({})),
                Deed::Charge => (
                    format!("/subscriptions/{id}/recurring"),
                    json!({"amount": amount, "order_id": number, "auto_capture": true}),
                ),
            };
            let path = format!("{path}?synchronized");
            let resource = success(&call(desk, Method::POST, &path, body).await?)?;
            // A refusal of the acquirer's comes with 200 too: the last operation tells.
            let last = resource["operations"].as_array().and_then(|operations| operations.last());
            let last = last.cloned().unwrap_or_default();
            let is_done = last["qp_status_code"] == APPROVED && last["pending"] == false;
            if !is_done && !desk.passes_over(deed) {
                return Err(Trouble::Refused { provider: NAME, what: reason(&last) });
            }
            if deed == Deed::Charge {
                return Ok(Done { number: Some(number), transaction: Some(resource["id"].to_string()) });
            }
            Ok(Done::default())
        })
    }
}
