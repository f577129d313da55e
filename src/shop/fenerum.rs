//! Fenerum: it charges cards that the shop registers. A customer gives the card to QuickPay's window or to Stripe's
//! element; what comes back is registered at Fenerum, once.

use http::Method;
use provkassa_simulators::kit::operation::Reply;
use serde_json::{Value, json};

use super::counter::{About, Arrival, Came, Counter, Deed, Done, Gate, Later, Variant};
use super::desk::{Answer, Desk, Trouble};
use super::order::{Order, Payment, Word};
use super::quickpay;

/// Fenerum's counter.
#[derive(Debug)]
pub(super) struct Fenerum;

const NAME: &str = "Fenerum";
/// What the shop calls itself at Fenerum.
const CLIENT: &str = "provkassa-reference-shop";
/// The ways, which are Fenerum's gateways too.
const QUICKPAY: &str = "quickpay";
const STRIPE: &str = "stripe";

static ABOUT: About = About {
    id: "fenerum",
    name: NAME,
    variants: &[
        Variant::signs_up(
            QUICKPAY,
            "A card, in QuickPay's window",
            ("Gym membership", 0),
            &[Deed::Delete, Deed::Renew],
        ),
        Variant::signs_up(
            STRIPE,
            "A card, on a page of the shop's own",
            ("Climbing membership", 0),
            &[Deed::Delete],
        ),
    ],
    currencies: &["DKK"],
    takes: quickpay::takes,
};

/// Registers what a gateway gave for a card. Nothing is registered twice.
async fn register(
    desk: &Desk,
    order: &Order,
    gateway: &'static str,
    received: &Value,
) -> Result<Word, Trouble> {
    if order.is_settled() && !desk.makes("credits-twice") {
        return Ok(Word::Approved(order.payment.clone()));
    }
    let given = vec![
        ("base", desk.variable("FENERUM_URL").to_owned()),
        ("token", desk.variable("FENERUM_TOKEN").to_owned()),
        ("client", CLIENT.to_owned()),
        ("account", desk.variable("FENERUM_ACCOUNT").to_owned()),
        ("account_code", String::new()),
        ("received", received.to_string()),
    ];
    let request = desk.ask("fenerum.card", gateway, Vec::new(), given);
    if let Reply::Rejected(why) = &request {
        return Ok(Word::Refused(why.clone()));
    }
    let answer = desk.send_as(NAME, &request).await?;
    if answer.is_success() {
        return Ok(Word::Approved(payment(received, &answer.json())));
    }
    // A token that is refused once is refused again; everything else may pass.
    if answer.status == 400 { Ok(Word::Declined(said(&answer))) } else { Err(refused(&answer)) }
}

fn said(answer: &Answer) -> String {
    let told = answer.json();
    told["detail"].as_str().map_or_else(|| told.to_string(), ToOwned::to_owned)
}

fn refused(answer: &Answer) -> Trouble {
    Trouble::Refused { provider: NAME, what: format!("status {}", answer.status) }
}

/// What is kept of a card: its id at Fenerum, and the gateway's.
fn payment(received: &Value, card: &Value) -> Payment {
    let text = |name: &str| card[name].as_str().unwrap_or_default();
    let id = received["id"].as_str().map_or_else(|| received["id"].to_string(), ToOwned::to_owned);
    Payment {
        transaction: text("uuid").to_owned(),
        subscription: Some(id),
        card: Some(format!("{} {}", text("brand"), text("card_number"))),
    }
}

impl Counter for Fenerum {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn open<'a>(&'a self, desk: &'a Desk, order: &'a mut Order) -> Later<'a, Gate> {
        Box::pin(async move {
            if order.variant == STRIPE {
                return Ok(Gate::Page);
            }
            if order.reference.is_empty() {
                let account = desk.variable("FENERUM_ACCOUNT");
                let body = json!({
                    "order_id": order.number, "currency": order.currency, "description": order.description,
                    "variables": {"fenerum_account_id": account, "customer_email": order.email},
                });
                let made = quickpay::call(desk, Method::POST, "/subscriptions", body).await?;
                order.reference = quickpay::success(&made)?["id"].to_string();
            }
            quickpay::link(desk, order, "subscriptions").await
        })
    }

    fn judge<'a>(&'a self, desk: &'a Desk, order: &'a Order, arrival: &'a Arrival) -> Later<'a, Word> {
        Box::pin(async move {
            if order.variant == STRIPE && arrival.came == Came::Cancel {
                return Ok(Word::Cancelled);
            }
            if order.variant == STRIPE {
                // The page sends what Stripe.js gave it.
                let received: Value = serde_json::from_slice(&arrival.body).unwrap_or_default();
                let is_stripes = received["id"].as_str().is_some_and(|id| id.starts_with("pm_"));
                if arrival.came != Came::Page || !(is_stripes || received["error"].is_object()) {
                    return Ok(Word::Open);
                }
                return register(desk, order, "stripe_new", &received).await;
            }
            if arrival.came != Came::Callback {
                let path = format!("/subscriptions/{}", order.reference);
                let resource = quickpay::call(desk, Method::GET, &path, Value::Null).await?;
                let resource = quickpay::success(&resource)?;
                return match quickpay::told(desk, order, &resource) {
                    Word::Approved(_) => register(desk, order, QUICKPAY, &resource).await,
                    Word::Open if arrival.came == Came::Cancel => Ok(Word::Cancelled),
                    word => Ok(word),
                };
            }
            let resource: Value = serde_json::from_slice(&arrival.body).unwrap_or_default();
            let reply = quickpay::verified(desk, order, arrival);
            match &reply {
                Reply::Rejected(why) => Ok(Word::Refused(why.clone())),
                Reply::Answer(_) if reply.get("operation") != "authorize" => Ok(Word::Open),
                Reply::Answer(_) => match reply.get("outcome") {
                    "approved" => register(desk, order, QUICKPAY, &resource).await,
                    "declined" => Ok(Word::Declined("QuickPay refuses the card".to_owned())),
                    _ => Ok(Word::Open),
                },
            }
        })
    }

    fn claimed(&self, arrival: &Arrival) -> Option<Payment> {
        let resource: Value = serde_json::from_slice(&arrival.body).unwrap_or_default();
        Some(Payment { subscription: Some(resource["id"].to_string()), ..Payment::default() })
    }

    fn act<'a>(&'a self, desk: &'a Desk, order: &'a Order, deed: Deed, _: i64) -> Later<'a, Done> {
        Box::pin(async move {
            if deed != Deed::Delete {
                return Err(Trouble::Unsellable("Fenerum itself charges the card".to_owned()));
            }
            let url = desk
                .at("FENERUM_URL", &format!("/api/v1/paymentcards/{}/disable/", order.payment.transaction));
            let token = format!("Token {}", desk.variable("FENERUM_TOKEN"));
            let headers = [
                ("authorization", token.as_str()),
                ("x-client-system", CLIENT),
                ("content-type", "application/json"),
            ];
            let answer = desk.send(NAME, Method::POST, &url, &headers, "{}".to_owned()).await?;
            if answer.is_success() { Ok(Done::default()) } else { Err(refused(&answer)) }
        })
    }
}
