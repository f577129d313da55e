//! BRP Online: the order is made by the REST API, the payer follows a signed link, and what came of it is read
//! from the REST API again. The return proves nothing, and there is no callback.

use http::Method;
use provkassa_simulators::kit::operation::{Parameter, Reply};
use serde_json::{Value, json};

use super::counter::{About, Arrival, Came, Counter, Deed, Done, Gate, Later, Variant};
use super::desk::{Answer, Desk, Trouble, parameters};
use super::order::{Order, Payment, Word};

/// BRP's counter.
#[derive(Debug)]
pub(super) struct Brp;

const NAME: &str = "BRP Online";
/// The facility that the shop sells for, and its article; BRP takes a price of the shop's own for it.
const UNIT: u64 = 15;
const ARTICLE: u64 = 1;
/// A subscription that is paid by card every month, and what BRP has as its price.
const SUBSCRIPTION: u64 = 2;
/// Where a customer gives another card.
const MANDATE: &str = "creatercpmandate";
/// The code of a payer who gives up.
const CANCELLED: &str = "205";

static ABOUT: About = About {
    id: "brp",
    name: NAME,
    variants: &[
        Variant::pays("payfororder", "By card, at BRP's payment provider", ("Day pass", 15_000), &[]),
        Variant::pays("swish", "With Swish", ("Spinning class", 9_000), &[]),
        Variant::signs_up(
            "subscription",
            "By card, every month",
            ("Membership by the month", 39_900),
            &[Deed::Renew],
        ),
    ],
    currencies: &["SEK"],
    // BRP has ids of its own; the shop's stands in a text.
    takes: |_| true,
};

impl Brp {
    async fn call(
        desk: &Desk,
        method: Method,
        path: &str,
        token: &str,
        body: Value,
    ) -> Result<Answer, Trouble> {
        let url = desk.at("BRP_BASE_URL", &format!("/api/ver3/{path}"));
        let bearer = format!("Bearer {token}");
        let mut headers = vec![("content-type", "application/json")];
        if !token.is_empty() {
            headers.push(("authorization", bearer.as_str()));
        }
        let body = if body.is_null() { String::new() } else { body.to_string() };
        desk.send(NAME, method, &url, &headers, body).await
    }

    /// Logs in; the token.
    async fn login(desk: &Desk) -> Result<String, Trouble> {
        let login = json!({
            "username": desk.variable("BRP_API_USER"), "password": desk.variable("BRP_API_PASSWORD"),
        });
        let answer = Self::call(desk, Method::POST, "auth/login", "", login).await?;
        let token = answer.json()["access_token"].as_str().map(ToOwned::to_owned);
        token.ok_or_else(|| refused(&answer))
    }

    async fn make(desk: &Desk, path: &str, token: &str, body: Value) -> Result<Value, Trouble> {
        let answer = Self::call(desk, Method::POST, path, token, body).await?;
        if answer.is_success() { Ok(answer.json()) } else { Err(refused(&answer)) }
    }

    /// Makes BRP's own order, with one row.
    async fn order(desk: &Desk, order: &mut Order) -> Result<(), Trouble> {
        // Setting a price takes the integrator's right.
        let token = Self::login(desk).await?;
        if !order.reference.is_empty() {
            // It was made for another price. A payer who still has its link cannot pay it any more.
            let path = format!("orders/{}", order.reference);
            let gone = Self::call(desk, Method::DELETE, &path, &token, Value::Null).await?;
            if !gone.is_success() {
                return Err(refused(&gone));
            }
        }
        let mut body = json!({"businessUnit": UNIT, "externalId": order.id});
        if order.signs_up {
            // Somebody has to own a mandate.
            let name = order.name.trim();
            let name = if name.is_empty() { "Anna Andersson" } else { name };
            // BRP wants both; who has one name has it twice.
            let (first, last) = name.rsplit_once(' ').unwrap_or((name, name));
            let customer = json!({
                "customerType": 1, "businessUnit": UNIT, "firstName": first, "lastName": last,
                "email": if order.email.is_empty() { "anna@example.com" } else { &order.email },
            });
            body["customer"] = Self::make(desk, "customers", &token, customer).await?["id"].clone();
        }
        let reference = Self::make(desk, "orders", &token, body).await?["id"].to_string();
        let (kind, row) = if order.signs_up {
            ("subscriptions", json!({"subscriptionProduct": SUBSCRIPTION, "birthDate": "1990-01-01"}))
        } else {
            ("articles", json!({"articleProduct": ARTICLE, "priceIncVat": order.amount}))
        };
        let made = Self::make(desk, &format!("orders/{reference}/items/{kind}"), &token, row).await?;
        let price = made["leftToPay"]["amount"].as_i64().unwrap_or_default();
        if price != order.amount {
            return Err(Trouble::Unsellable(format!(
                "BRP has a price of its own for this, {price} öre, and the order says {}",
                order.amount
            )));
        }
        order.reference = reference;
        order.quoted = order.amount;
        Ok(())
    }

    /// The parameters by which a subscription's customer gives another card. BRP keeps one for each customer.
    async fn mandate(desk: &Desk, order: &Order, subscription: &str) -> Result<Vec<Parameter>, Trouble> {
        let reference = desk.orders.get(subscription).map(|order| order.reference).unwrap_or_default();
        let token = Self::login(desk).await?;
        let path = format!("orders/{reference}");
        let told = Self::call(desk, Method::GET, &path, &token, Value::Null).await?;
        if !told.is_success() {
            return Err(refused(&told));
        }
        Ok(parameters([
            ("businessunitid", UNIT.to_string()),
            ("personid", told.json()["customer"]["id"].to_string()),
            ("returnurl", desk.door("return", order)),
        ]))
    }

    /// The parameters by which an order is paid.
    async fn payment(desk: &Desk, order: &mut Order) -> Result<Vec<Parameter>, Trouble> {
        // The same order again is the same record at BRP, which is paid once.
        if order.reference.is_empty() || order.quoted != order.amount {
            Self::order(desk, order).await?;
        }
        let mut call = parameters([("orderid", order.reference.clone())]);
        if !order.email.is_empty() {
            call.extend(parameters([("receiptemail", order.email.clone())]));
        }
        call.extend(parameters([("returnurl", desk.door("return", order))]));
        if order.variant == "swish" {
            call.extend(parameters([("payeralias", "0701234567".to_owned())]));
        }
        Ok(call)
    }

    /// The receipt that a return names; empty where there is none.
    async fn receipt(desk: &Desk, id: &str, token: &str) -> Result<String, Trouble> {
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(String::new());
        }
        let answer = Self::call(desk, Method::GET, &format!("receipts/{id}"), token, Value::Null).await?;
        Ok(if answer.is_success() { answer.text } else { String::new() })
    }
}

fn refused(answer: &Answer) -> Trouble {
    let code = answer.json()["errorCode"].as_str().map(ToOwned::to_owned);
    Trouble::Refused { provider: NAME, what: code.unwrap_or_else(|| answer.status.to_string()) }
}

/// What the address of a return says of a failure. It is shown, and undoes nothing.
fn failure(desk: &Desk, order: &Order, url: String) -> Option<Word> {
    let read = desk.ask("brp.return", endpoint(order), Vec::new(), vec![("url", url)]);
    match read {
        Reply::Answer(_) if read.get("error") == CANCELLED => Some(Word::Cancelled),
        Reply::Answer(_) if read.get("outcome") == "failed" => {
            Some(Word::Declined(read.get("error").to_owned()))
        }
        _ => None,
    }
}

/// The endpoint that the order's payer is sent to.
fn endpoint(order: &Order) -> &'static str {
    match order.variant {
        _ if order.renews.is_some() => MANDATE,
        "swish" => "swish/payfororder",
        _ => "payfororder",
    }
}

impl Counter for Brp {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn open<'a>(&'a self, desk: &'a Desk, order: &'a mut Order) -> Later<'a, Gate> {
        Box::pin(async move {
            let call = match order.renews.clone() {
                Some(subscription) => Self::mandate(desk, order, &subscription).await?,
                None => Self::payment(desk, order).await?,
            };
            let given = vec![
                ("base", desk.variable("BRP_BASE_URL").to_owned()),
                ("secret", desk.variable("BRP_SECRET").to_owned()),
            ];
            Ok(Gate::Link(desk.ask("brp.link", endpoint(order), call, given).get("url").to_owned()))
        })
    }

    fn judge<'a>(&'a self, desk: &'a Desk, order: &'a Order, arrival: &'a Arrival) -> Later<'a, Word> {
        Box::pin(async move {
            if arrival.came != Came::Return {
                return Ok(Word::Refused("BRP tells the shop by the payer's return alone".to_owned()));
            }
            let url = arrival.url.clone();
            if order.renews.is_some() {
                return Ok(failure(desk, order, url).unwrap_or(Word::Open));
            }
            let path = format!("orders/{}", order.reference);
            let token = Self::login(desk).await?;
            let told = Self::call(desk, Method::GET, &path, &token, Value::Null).await?;
            if !told.is_success() {
                return Err(refused(&told));
            }
            let receiptid = arrival.parameter("receiptid").unwrap_or_default();
            let receipt = Self::receipt(desk, &receiptid, &token).await?;
            let given = vec![
                ("url", url.clone()),
                ("orderid", order.reference.clone()),
                ("amount", order.amount.to_string()),
                ("order", told.text),
                ("receipt", receipt),
            ];
            let settled = desk.ask("brp.settled", endpoint(order), Vec::new(), given);
            if settled.get("outcome") == "paid" {
                return Ok(Word::Approved(self.claimed(arrival).unwrap_or_default()));
            }
            let none = || Word::Refused("BRP has no receipt over this order and this amount".to_owned());
            Ok(failure(desk, order, url).unwrap_or_else(none))
        })
    }

    fn claimed(&self, arrival: &Arrival) -> Option<Payment> {
        let is_success = arrival.parameter("error").is_some_and(|error| error.is_empty());
        let transaction = arrival.parameter("receiptid").filter(|_| is_success)?;
        Some(Payment { transaction, ..Payment::default() })
    }

    fn act<'a>(&'a self, _: &'a Desk, _: &'a Order, _: Deed, _: i64) -> Later<'a, Done> {
        Box::pin(async { Err(Trouble::Unsellable("BRP pays back in its own program alone".to_owned())) })
    }
}
