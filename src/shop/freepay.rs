//! Freepay: a form opens the payment page, and a payer who is back proves nothing: the web service is asked about
//! the transaction, and its answer compared with the order. There is no callback.

use http::Method;
use provkassa_simulators::kit::operation::Reply;
use serde_json::Value;

use super::counter::{About, Arrival, Came, Counter, Deed, Done, Gate, Later, Variant};
use super::desk::{Answer, Desk, Trouble, encoded};
use super::order::{Order, Payment, Word};
use crate::replay::xml::as_json;

/// Freepay's counter.
#[derive(Debug)]
pub(super) struct Freepay;

const NAME: &str = "Freepay";
/// Where the payment page is. The document does not print it.
const PAGE: &str = "/paymentpage";

static ABOUT: About = About {
    id: "freepay",
    name: NAME,
    variants: &[
        Variant::pays(
            "payment",
            "On Freepay's payment page",
            ("Umbrella", 22_500),
            &[Deed::Capture, Deed::Cancel, Deed::Refund],
        ),
        Variant::signs_up(
            "subscription",
            "As a subscription",
            ("Rain cover, every year", 4_900),
            &[Deed::Charge, Deed::Renew],
        ),
    ],
    currencies: &["DKK", "SEK", "NOK", "EUR"],
    takes: |id| {
        (1..=20).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    },
};

/// Calls a method by plain HTTP GET.
async fn call(desk: &Desk, service: &str, method: &str, with: &[(&str, &str)]) -> Result<Answer, Trouble> {
    let mut url = desk.at("FREEPAY_URL", &format!("/webservices/public/{service}.asmx/{method}?"));
    for (name, value) in with {
        url.push_str(&format!("{name}={}&", encoded(value)));
    }
    url.push_str(&format!("password={}", encoded(desk.variable("FREEPAY_PASSWORD"))));
    desk.send(NAME, Method::GET, &url, &[], String::new()).await
}

/// The result of a call that moves money. 200 alone says that it was understood.
fn success(desk: &Desk, deed: Deed, answer: &Answer) -> Result<Value, Trouble> {
    if !answer.is_success() {
        let what = answer.text.lines().next().unwrap_or_default().to_owned();
        return Err(Trouble::Refused { provider: NAME, what });
    }
    let told = as_json(&answer.text).unwrap_or_default();
    let result = told.as_object().and_then(|roots| roots.values().next()).cloned().unwrap_or_default();
    // Methods without a result answer nothing.
    if answer.text.is_empty() || result["IsSuccess"] == "true" || desk.passes_over(deed) {
        return Ok(result);
    }
    let code = ["AcquirerStatusCode", "ErrorCode"].iter().find_map(|name| result[*name].as_str());
    Err(Trouble::Refused { provider: NAME, what: format!("code {}", code.unwrap_or("none")) })
}

impl Counter for Freepay {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn open<'a>(&'a self, desk: &'a Desk, order: &'a mut Order) -> Later<'a, Gate> {
        Box::pin(async move {
            let makes = if order.signs_up { "subscription" } else { "payment" };
            let given = vec![
                ("page", desk.at("FREEPAY_URL", PAGE)),
                ("merchant", desk.variable("FREEPAY_MERCHANT").to_owned()),
                ("order", order.number.clone()),
                ("amount", format!("{} {}", order.amount, order.currency)),
                ("accept", desk.door("return", order)),
                ("decline", desk.door("cancelled", order)),
                ("param", order.description.clone()),
                ("password", desk.variable("FREEPAY_PASSWORD").to_owned()),
            ];
            let form = desk.ask("freepay.form", makes, Vec::new(), given);
            let Reply::Answer(made) = &form else {
                return Err(Trouble::Unsellable("Freepay does not take this".to_owned()));
            };
            let fields = made.get("fields").cloned().unwrap_or_default();
            let fields = serde_json::from_value(fields).unwrap_or_default();
            Ok(Gate::Form { action: form.get("action").to_owned(), fields })
        })
    }

    fn judge<'a>(&'a self, desk: &'a Desk, order: &'a Order, arrival: &'a Arrival) -> Later<'a, Word> {
        Box::pin(async move {
            let (expects, service, method, name) = match arrival.came {
                Came::Callback | Came::Page => {
                    return Ok(Word::Refused("Freepay calls nobody back".to_owned()));
                }
                Came::Cancel => ("decline", "", "", ""),
                Came::Return if order.signs_up => {
                    ("subscription", "subscriptionmanager", "QuerySubscription", "subscriptionID")
                }
                Came::Return => ("payment", "management", "QueryTransaction", "transactionID"),
            };
            let transact = arrival.parameter("transact").unwrap_or_default();
            let asked = if method.is_empty() || transact.is_empty() {
                Ok(Answer { status: 0, text: String::new() })
            } else {
                call(desk, service, method, &[(name, &transact)]).await
            };
            let answer = asked?;
            let given = vec![
                ("url", arrival.url.clone()),
                ("merchant", desk.variable("FREEPAY_MERCHANT").to_owned()),
                ("order", order.number.clone()),
                ("amount", format!("{} {}", order.amount, order.currency)),
                ("status", answer.status.to_string()),
                ("answer", answer.text.clone()),
                ("used", desk.orders.used(order).join(" ")),
            ];
            let read = desk.ask("freepay.return", expects, Vec::new(), given);
            Ok(match &read {
                Reply::Rejected(_) if arrival.came == Came::Cancel => Word::Cancelled,
                Reply::Rejected(why) => Word::Refused(why.clone()),
                Reply::Answer(_) if read.get("outcome") == "approved" => {
                    let view = as_json(&answer.text).unwrap_or_default();
                    let card = view.as_object().and_then(|roots| roots.values().next()).cloned();
                    let card = card.and_then(|view| view["CardType"].as_str().map(ToOwned::to_owned));
                    Word::Approved(Payment { card, ..payment(order, transact) })
                }
                Reply::Answer(_) => Word::Declined(format!("reason {}", read.get("reason"))),
            })
        })
    }

    fn claimed(&self, arrival: &Arrival) -> Option<Payment> {
        let transact = arrival.parameter("transact").unwrap_or_default();
        Some(Payment { transaction: transact, ..Payment::default() })
    }

    fn act<'a>(&'a self, desk: &'a Desk, order: &'a Order, deed: Deed, amount: i64) -> Later<'a, Done> {
        Box::pin(async move {
            let id = order.payment.transaction.as_str();
            let sum = amount.to_string();
            let transaction = ("transactionID", id);
            match deed {
                Deed::Capture => {
                    if amount < order.amount {
                        // Capture itself takes no amount.
                        let change = [transaction, ("amount", sum.as_str())];
                        success(
                            desk,
                            deed,
                            &call(desk, "management", "ChangeCaptureAmount", &change).await?,
                        )?;
                    }
                    success(desk, deed, &call(desk, "management", "CaptureV2", &[transaction]).await?)?;
                }
                Deed::Refund => {
                    let credit = [transaction, ("amount", sum.as_str())];
                    success(desk, deed, &call(desk, "management", "CreditV2", &credit).await?)?;
                }
                Deed::Cancel => {
                    success(
                        desk,
                        deed,
                        &call(desk, "management", "DeleteTransaction", &[transaction]).await?,
                    )?;
                }
                Deed::Charge => return charge(desk, order, &sum).await,
                Deed::Delete | Deed::Renew => {
                    return Err(Trouble::Unsellable("Freepay knows no such thing".to_owned()));
                }
            }
            Ok(Done::default())
        })
    }
}

/// What the order keeps: the id of a sign-up is that of a subscription.
fn payment(order: &Order, transact: String) -> Payment {
    if order.signs_up {
        return Payment { subscription: Some(transact), ..Payment::default() };
    }
    Payment { transaction: transact, ..Payment::default() }
}

/// Draws money from the saved card, and takes it.
async fn charge(desk: &Desk, order: &Order, amount: &str) -> Result<Done, Trouble> {
    let deed = Deed::Charge;
    let subscription = order.payment.subscription.clone().unwrap_or_default();
    let number = desk.number();
    let with = [("subscriptionID", subscription.as_str()), ("amount", amount), ("orderID", &number)];
    let told = call(desk, "subscriptionmanager", "AuthorizeSubscription2", &with).await?;
    let told = success(desk, deed, &told)?;
    let transaction = told["TransactionID"].as_str().unwrap_or_default().to_owned();
    if told["IsSuccess"] != "true" {
        // So books only who passes over a refusal.
        return Ok(Done { number: Some(number), transaction: None });
    }
    let captured = call(desk, "management", "CaptureV2", &[("transactionID", &transaction)]).await?;
    success(desk, deed, &captured)?;
    Ok(Done { number: Some(number), transaction: Some(transaction) })
}
