//! Freepay over real HTTP: a shop's forms, a payer on the pages, and calls of the web services.

mod bad_calls;
mod bindings;
mod browser;
mod codes;
mod merchants;
mod operations;
mod own_form;
mod page;
mod subscriptions;

use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::support::{Served, location};

pub(crate) const MERCHANT: &str = "1234567";
pub(crate) const PASSWORD: &str = "freepay-test";
/// The test card that is approved.
pub(crate) const GOOD: &str = "4571990000000000";
const OK: &str = "http://127.0.0.1:3000/ok";
const NO: &str = "http://127.0.0.1:3000/no?lang=da";

/// Fields of a form.
pub(crate) type Form = Vec<(&'static str, String)>;

/// The form of an order of 12.50 DKK.
fn form(order: &str) -> Form {
    vec![
        ("MerchantNumber", MERCHANT.to_owned()),
        ("Amount", "1250".to_owned()),
        ("Currency", "208".to_owned()),
        ("OrderID", order.to_owned()),
        ("AcceptURL", OK.to_owned()),
        ("DeclineURL", NO.to_owned()),
    ]
}

/// A form with more fields, or with others.
fn with(mut form: Form, fields: &[(&'static str, &str)]) -> Form {
    for (name, value) in fields {
        form.retain(|(known, _)| known != name);
        form.push((name, (*value).to_owned()));
    }
    form
}

/// What somebody said.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Said {
    status: u16,
    kind: String,
    warnings: String,
    text: String,
}

impl Said {
    async fn to(request: RequestBuilder) -> Self {
        let answer = request.send().await.expect("an answer");
        let header = |name: &str| {
            let values = answer.headers().get_all(name).iter();
            values.filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join("\n")
        };
        let (kind, warnings) = (header("content-type"), header("provkassa-warning"));
        Self { status: answer.status().as_u16(), kind, warnings, text: answer.text().await.expect("a body") }
    }

    /// The text of the first element of this name.
    fn element(&self, name: &str) -> &str {
        let behind = self.text.split_once(&format!("<{name}>")).map(|(_, rest)| rest);
        behind.and_then(|rest| rest.split('<').next()).unwrap_or("")
    }

    /// An attribute of a page's hooks.
    fn hook(&self, name: &str) -> &str {
        let behind = self.text.split_once(&format!("{name}=\"")).map(|(_, rest)| rest);
        behind.and_then(|rest| rest.split('"').next()).unwrap_or("")
    }
}

/// Posts a form to a path.
async fn post(served: &Served, path: &str, form: &Form) -> reqwest::Response {
    let fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    served.submit(&format!("{}{path}", served.freepay), &fields).await
}

/// The page that a form opens.
async fn open(served: &Served, form: &Form) -> String {
    location(&post(served, "/paymentpage", form).await)
}

/// Presses a button of a page; where it leads.
async fn press(served: &Served, page: &str, button: &str) -> String {
    location(&served.submit(page, &[("outcome", button)]).await)
}

/// Pays with a card.
async fn pay(served: &Served, page: &str, card: &str) -> reqwest::Response {
    served.submit(page, &[("cardnumber", card), ("month", "12"), ("year", "30"), ("cvc", "123")]).await
}

/// The id that an accept URL brings.
fn transact(back: &str) -> i64 {
    let url = url::Url::parse(back).expect("an address");
    let found = url.query_pairs().find(|(name, _)| name == "transact");
    found.unwrap_or_else(|| panic!("no transact: {back}")).1.parse().expect("a number")
}

/// A transaction, or a subscription, of this form.
async fn made(served: &Served, form: &Form) -> i64 {
    transact(&press(served, &open(served, form).await, "approve").await)
}

/// A transaction of 12.50 DKK.
pub(crate) async fn paid(served: &Served, order: &str) -> i64 {
    made(served, &form(order)).await
}

/// Calls a method of `management.asmx` by plain HTTP GET, with the right password.
async fn management(served: &Served, method: &str, id: i64, more: &[(&str, &str)]) -> Said {
    call(served, "management", method, "transactionID", id, more).await
}

/// Calls a method of `subscriptionmanager.asmx` so.
async fn subscription(served: &Served, method: &str, id: i64, more: &[(&str, &str)]) -> Said {
    call(served, "subscriptionmanager", method, "subscriptionID", id, more).await
}

async fn call(
    served: &Served,
    service: &str,
    method: &str,
    name: &str,
    id: i64,
    more: &[(&str, &str)],
) -> Said {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair(name, &id.to_string());
    if !more.iter().any(|(known, _)| *known == "password") {
        query.append_pair("password", PASSWORD);
    }
    let query = query.extend_pairs(more).finish();
    let url = format!("{}/webservices/public/{service}.asmx/{method}?{query}", served.freepay);
    Said::to(served.client.get(url)).await
}

/// What `QueryTransaction` says.
async fn query(served: &Served, id: i64) -> Said {
    management(served, "QueryTransaction", id, &[]).await
}

/// A result's code where it went badly; `ok` where it went well.
fn judged(said: &Said) -> String {
    assert_eq!(said.status, 200, "{said:?}");
    let code = [said.element("AcquirerStatusCode"), said.element("ErrorCode")].concat();
    match said.element("IsSuccess") {
        "true" => "ok".to_owned(),
        "false" => code,
        other => panic!("IsSuccess {other}: {said:?}"),
    }
}

async fn queue(served: &Served, order: &str, outcome: &str) {
    let body = json!({"provider": "freepay", "order": order, "chain": [outcome]});
    served.post("outcomes", body).await;
}

/// The records of a kind.
async fn records(served: &Served, kind: &str) -> Vec<Value> {
    let all = served.read(&format!("freepay/{kind}")).await;
    all.as_array().unwrap_or_else(|| panic!("no list: {all}")).clone()
}
