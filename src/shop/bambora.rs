//! Bambora ePay: a signed request opens the window, and the hash of the return and of the callback says what they
//! are worth. Money moves by the web services.

use http::Method;
use provkassa_simulators::kit::operation::Reply;
use serde_json::Value;
use url::form_urlencoded;

use super::careless;
use super::counter::{About, Arrival, Came, Counter, Deed, Done, Gate, Later, Variant};
use super::desk::{Desk, Trouble, parameters};
use super::order::{Order, Payment, Word};
use crate::replay::xml::{Soap, Version, as_json};

/// ePay's counter.
#[derive(Debug)]
pub(super) struct Bambora;

const NAME: &str = "Bambora ePay";
/// What the services' namespaces begin with; their addresses differ in the host.
const NAMESPACE: &str = "https://ssl.ditonlinebetalingssystem.dk/remote/";
/// The longest description, in characters.
const LONGEST: usize = 1024;
/// The Danish krone's number.
const DKK: &str = "208";

static ABOUT: About = About {
    id: "bambora",
    name: NAME,
    variants: &[
        Variant::pays(
            "window",
            "In ePay's payment window",
            ("Desk lamp", 34_900),
            &[Deed::Capture, Deed::Cancel, Deed::Refund],
        ),
        Variant::signs_up(
            "subscription",
            "As a subscription",
            ("Light bulbs, every month", 0),
            &[Deed::Charge, Deed::Delete, Deed::Renew],
        ),
    ],
    currencies: &["DKK"],
    takes: |id| (1..=20).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric()),
};

/// What the window is opened for: another card draws nothing.
fn asked(order: &Order) -> i64 {
    if order.renews.is_some() { 0 } else { order.amount }
}

/// Calls a method of a web service; its answer, if that says true.
async fn call(
    desk: &Desk,
    deed: Deed,
    (service, call): (&str, &str),
    with: Vec<(&str, String)>,
) -> Result<Value, Trouble> {
    let merchant = [("merchantnumber", desk.variable("BAMBORA_MERCHANT").to_owned())];
    let password = [("pwd", desk.variable("BAMBORA_PWD").to_owned())];
    let answers = [("pbsresponse", "-1"), ("pbsResponse", "-1"), ("epayresponse", "-1")];
    let answers = answers.map(|(name, value)| (name, value.to_owned()));
    let with = merchant.into_iter().chain(with).chain(password).chain(answers);
    let soap = Soap {
        namespace: format!("{NAMESPACE}{service}"),
        call: call.to_owned(),
        with: with.map(|(name, value)| (name.to_owned(), value)).collect(),
        version: Version::One,
    };
    let headers = soap.headers();
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let body = soap.body(|value| Ok(value.to_owned()));
    let body = body.map_err(Trouble::Unsellable)?;
    let url = desk.at("BAMBORA_URL", &format!("/remote/{service}.asmx"));
    let answer = desk.send(NAME, Method::POST, &url, &headers, body).await?;
    let told = as_json(&answer.text).map(|told| told[format!("{call}Response")].clone()).unwrap_or_default();
    if !told.is_object() {
        return Err(Trouble::Silent { provider: NAME, what: format!("status {} to {call}", answer.status) });
    }
    // 200 says nothing: the result does, and then the two codes.
    if told[format!("{call}Result")] == "true" || desk.passes_over(deed) {
        return Ok(told);
    }
    let code = |name: &str| told[name].as_str().unwrap_or("-1").to_owned();
    let pbs = if told["pbsresponse"].is_null() { code("pbsResponse") } else { code("pbsresponse") };
    Err(Trouble::Refused {
        provider: NAME,
        what: format!("epayresponse {}, pbsresponse {pbs}", code("epayresponse")),
    })
}

impl Counter for Bambora {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn open<'a>(&'a self, desk: &'a Desk, order: &'a mut Order) -> Later<'a, Gate> {
        Box::pin(async move {
            let mut request = parameters([
                ("encoding", "UTF-8".to_owned()),
                ("windowstate", "3".to_owned()),
                ("merchantnumber", desk.variable("BAMBORA_MERCHANT").to_owned()),
                ("currency", order.currency.clone()),
                ("amount", asked(order).to_string()),
                ("orderid", order.number.clone()),
                ("accepturl", desk.door("return", order)),
                ("cancelurl", desk.door("cancelled", order)),
                ("callbackurl", desk.door("callback", order)),
                ("instantcallback", "1".to_owned()),
                ("ownreceipt", "1".to_owned()),
                ("language", "2".to_owned()),
            ]);
            if !order.description.is_empty() {
                let description = careless::fitting(desk, &order.description, LONGEST);
                request.extend(parameters([("description", description)]));
            }
            if order.signs_up {
                request.extend(parameters([
                    ("subscription", "1".to_owned()),
                    ("subscriptiontype", "recurring".to_owned()),
                    ("subscriptionname", order.description.clone()),
                ]));
            }
            let given = vec![("md5key", desk.variable("BAMBORA_MD5KEY").to_owned())];
            let Reply::Answer(sent) = desk.ask("bambora.request", "", request, given) else {
                return Err(Trouble::Unsellable("ePay does not take this".to_owned()));
            };
            let sent = sent.get("parameters").cloned().unwrap_or_default();
            let sent: Vec<(String, String)> = serde_json::from_value(sent).unwrap_or_default();
            let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(sent).finish();
            Ok(Gate::Link(desk.at("BAMBORA_URL", &format!("/integration/ewindow/Default.aspx?{query}"))))
        })
    }

    fn judge<'a>(&'a self, desk: &'a Desk, order: &'a Order, arrival: &'a Arrival) -> Later<'a, Word> {
        Box::pin(async move {
            let came = match arrival.came {
                Came::Callback => "callback",
                Came::Cancel => "cancel",
                Came::Page | Came::Return => "accept",
            };
            let paid = if order.is_settled() { order.payment.transaction.clone() } else { String::new() };
            let given = vec![
                ("url", arrival.url.clone()),
                ("md5key", desk.variable("BAMBORA_MD5KEY").to_owned()),
                ("order", order.number.clone()),
                ("amount", asked(order).to_string()),
                ("subscription", order.signs_up.to_string()),
                ("paid", paid),
            ];
            let read = desk.ask("bambora.return", came, Vec::new(), given);
            Ok(match &read {
                Reply::Rejected(why) => Word::Refused(why.clone()),
                Reply::Answer(_) => match read.get("outcome") {
                    "approved" => Word::Approved(self.claimed(arrival).unwrap_or_default()),
                    "again" if arrival.came != Came::Cancel => Word::Approved(order.payment.clone()),
                    "cancelled" => Word::Cancelled,
                    "declined" => Word::Declined(arrival.parameter("error").unwrap_or_default()),
                    _ => Word::Open,
                },
            })
        })
    }

    fn claimed(&self, arrival: &Arrival) -> Option<Payment> {
        Some(Payment {
            transaction: arrival.parameter("txnid").unwrap_or_default(),
            subscription: arrival.parameter("subscriptionid"),
            card: arrival.parameter("cardno"),
        })
    }

    fn act<'a>(&'a self, desk: &'a Desk, order: &'a Order, deed: Deed, amount: i64) -> Later<'a, Done> {
        Box::pin(async move {
            let transaction = ("transactionid", order.payment.transaction.clone());
            let subscription = ("subscriptionid", order.payment.subscription.clone().unwrap_or_default());
            let sum = ("amount", amount.to_string());
            let number = desk.number();
            let told = match deed {
                Deed::Capture => call(desk, deed, ("payment", "capture"), vec![transaction, sum]).await?,
                Deed::Refund => call(desk, deed, ("payment", "credit"), vec![transaction, sum]).await?,
                Deed::Cancel => call(desk, deed, ("payment", "delete"), vec![transaction]).await?,
                Deed::Delete => {
                    call(desk, deed, ("subscription", "deletesubscription"), vec![subscription]).await?
                }
                Deed::Charge => {
                    let charge = vec![
                        subscription,
                        ("orderid", number.clone()),
                        sum,
                        ("currency", DKK.to_owned()),
                        // What is sold is delivered at once.
                        ("instantcapture", "1".to_owned()),
                        ("fraud", "0".to_owned()),
                        ("transactionid", "-1".to_owned()),
                    ];
                    call(desk, deed, ("subscription", "authorize"), charge).await?
                }
                Deed::Renew => return Err(Trouble::Unsellable("ePay renews no reservation".to_owned())),
            };
            if deed == Deed::Charge {
                let transaction = told["transactionid"].as_str().map(ToOwned::to_owned);
                return Ok(Done { number: Some(number), transaction });
            }
            Ok(Done::default())
        })
    }
}
