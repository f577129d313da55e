//! Calls to ePay's web services, written by hand, and what they answer, letter by letter.

use serde_json::{Value, json};

use crate::support::Served;

/// The default workspace's merchant.
pub(crate) const MERCHANT: &str = "8008001";

pub(crate) const PAYMENT: &str = "https://ssl.ditonlinebetalingssystem.dk/remote/payment";
pub(crate) const SUBSCRIPTION: &str = "https://ssl.ditonlinebetalingssystem.dk/remote/subscription";

/// What an answer is wrapped in.
const BEFORE: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"><soap:Body>";
const BEHIND: &str = "</soap:Body></soap:Envelope>";

/// Sends an envelope by SOAP 1.1: status and body.
pub(crate) async fn send(served: &Served, namespace: &str, method: &str, body: &str) -> (u16, String) {
    let file = if namespace == PAYMENT { "payment" } else { "subscription" };
    let envelope = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\">\n  <soap:Body>{body}</soap:Body>\n</soap:Envelope>\n"
    );
    let request = served.client.post(format!("{}/remote/{file}.asmx", served.bambora));
    let request = request
        .header("content-type", "text/xml; charset=utf-8")
        .header("soapaction", format!("{namespace}/{method}"))
        .body(envelope);
    let answer = request.send().await.expect("an answer");
    let status = answer.status().as_u16();
    (status, answer.text().await.expect("a body"))
}

/// Calls a method with these elements, and the merchant number before them unless they have one: what stands inside
/// the answer's `…Response`.
pub(crate) async fn call(served: &Served, namespace: &str, method: &str, elements: &str) -> String {
    let named = elements.contains("<merchantnumber>");
    let merchant = if named { String::new() } else { format!("<merchantnumber>{MERCHANT}</merchantnumber>") };
    let body = format!("<{method} xmlns=\"{namespace}\">{merchant}{elements}</{method}>");
    let (status, body) = send(served, namespace, method, &body).await;
    assert_eq!(status, 200, "{method}: {body}");
    let inside = body.strip_prefix(BEFORE).and_then(|rest| rest.strip_suffix(BEHIND));
    let inside = inside.unwrap_or_else(|| panic!("{method}: {body}"));
    let inside = inside.strip_prefix(&format!("<{method}Response xmlns=\"{namespace}\">"));
    let inside = inside.and_then(|rest| rest.strip_suffix(&format!("</{method}Response>")));
    inside.unwrap_or_else(|| panic!("{method}: {body}")).to_owned()
}

/// Calls a method of `payment.asmx`.
pub(crate) async fn payment(served: &Served, method: &str, elements: &str) -> String {
    call(served, PAYMENT, method, elements).await
}

/// Calls a method of `subscription.asmx`.
pub(crate) async fn subscription(served: &Served, method: &str, elements: &str) -> String {
    call(served, SUBSCRIPTION, method, elements).await
}

/// Elements by name.
pub(crate) fn elements(pairs: &[(&str, &str)]) -> String {
    let written = pairs.iter().map(|(name, value)| format!("<{name}>{value}</{name}>"));
    written.collect::<Vec<_>>().concat()
}

/// The text of an element.
pub(crate) fn text<'a>(xml: &'a str, name: &str) -> &'a str {
    let start =
        xml.find(&format!("<{name}>")).unwrap_or_else(|| panic!("no {name} in {xml}")) + name.len() + 2;
    let end = xml[start..].find(&format!("</{name}>")).expect("an end") + start;
    &xml[start..end]
}

/// A transaction that is there without a window: its id.
pub(crate) async fn transaction(served: &Served, fields: Value) -> String {
    let mut wanted = json!({"order": "1234", "amount": 9995});
    for (name, value) in fields.as_object().expect("fields") {
        wanted[name] = value.clone();
    }
    served.post("bambora/transactions", wanted).await["id"].to_string()
}

/// A subscription that is there without a window: its id.
pub(crate) async fn signed_up(served: &Served, fields: Value) -> String {
    served.post("bambora/subscriptions", fields).await["id"].to_string()
}

pub(crate) async fn queue(served: &Served, order: &str, outcome: &str) {
    served.post("outcomes", json!({"provider": "bambora", "order": order, "outcome": outcome})).await;
}

pub(crate) async fn advance(served: &Served, seconds: u64) {
    served.post("clock/advance", json!({"milliseconds": seconds * 1000})).await;
}
