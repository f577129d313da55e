//! A payer's way through BRP's endpoints, hop by hop: for tests of more than one endpoint.

use std::borrow::Cow;

use provkassa::simulators::brp::endpoints::{Endpoint, Purpose};
use provkassa::simulators::brp::signing::Link;
use provkassa::simulators::kit::operation::{Message, Operation as _};
use serde_json::{Value, json};

use crate::support::{Served, location};

/// Where the shop wants its payers back.
pub(crate) const BACK: &str = "http://127.0.0.1:3000/paid";

/// Parameters of a call.
pub(crate) type Parameters = Vec<(&'static str, String)>;

/// The link to an endpoint, with [`BACK`] as its return URL where it takes one.
pub(crate) fn link_to(served: &Served, endpoint: &Endpoint, parameters: &Parameters) -> String {
    let back = endpoint.parameter("returnurl").map(|_| ("returnurl", BACK.to_owned()));
    let parameters = parameters.iter().cloned().chain(back);
    link_without_back(served, endpoint, &parameters.collect())
}

/// The link to an endpoint with these parameters alone.
pub(crate) fn link_without_back(served: &Served, endpoint: &Endpoint, parameters: &Parameters) -> String {
    let message = Message {
        form: Cow::Borrowed(endpoint.path),
        parameters: parameters.iter().map(|(name, value)| (Cow::Borrowed(*name), value.clone())).collect(),
        given: vec![
            (Cow::Borrowed("base"), served.base()),
            (Cow::Borrowed("secret"), "SecretWord".to_owned()),
        ],
    };
    Link.reply(&message, &[]).expect("a link").get("url").to_owned()
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct End {
    /// The error code; empty for success.
    pub(crate) code: String,
    /// The id of what was made.
    pub(crate) id: String,
}

/// Where a call leads.
#[derive(Debug)]
pub(crate) enum To {
    /// Back at once.
    End(End),
    /// To a hosted page.
    Page(String),
}

impl To {
    pub(crate) fn page(self) -> String {
        match self {
            Self::Page(page) => page,
            Self::End(end) => panic!("no page, but {end:?}"),
        }
    }

    pub(crate) fn end(self) -> End {
        match self {
            Self::End(end) => end,
            Self::Page(page) => panic!("no end, but {page}"),
        }
    }
}

/// Reads a return; everything in it must be as the endpoint's return is documented.
pub(crate) fn end_of(endpoint: &Endpoint, back: &str) -> End {
    let query = back.strip_prefix(&format!("{BACK}?")).unwrap_or_else(|| panic!("{back} is elsewhere"));
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let mut names: Vec<&str> = endpoint.returns.into_iter().chain(["error"]).collect();
    if endpoint.error_first {
        names.reverse();
    }
    assert!(pairs.iter().map(|(name, _)| name.as_str()).eq(names), "{back}");
    let value = |wanted: &str| {
        let found = pairs.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let (code, id) = (value("error"), endpoint.returns.map(value).unwrap_or_default());
    assert_eq!(id.is_empty(), !code.is_empty() || endpoint.returns.is_none(), "{back}");
    End { code, id }
}

/// Opens a link.
pub(crate) async fn open(served: &Served, endpoint: &Endpoint, link: &str) -> To {
    let answer = served.get(link).await;
    if endpoint.purpose == Purpose::DebitSubscription {
        let body: Value = answer.json().await.expect("JSON");
        let text = |name: &str| match &body[name] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        return To::End(End { code: text("error"), id: text("invoiceid") });
    }
    let to = location(&answer);
    if to.starts_with(BACK) { To::End(end_of(endpoint, &to)) } else { To::Page(to) }
}

/// Presses a button on a hosted page; BRP's own address, to which the provider sends the payer.
pub(crate) async fn press(served: &Served, page: &str, fields: &[(&str, &str)]) -> String {
    let shown = served.get(page).await;
    if shown.status().is_redirection() {
        // It is over, and the page is not shown any more.
        return location(&shown);
    }
    // What the form holds beside its buttons, as a browser sends it.
    let html = shown.text().await.expect("a page");
    let hidden = html.split("type=\"hidden\" name=\"method\" value=\"").nth(1);
    let hidden = hidden.and_then(|rest| rest.split('"').next());
    let fields: Vec<_> =
        hidden.map(|method| ("method", method)).into_iter().chain(fields.iter().copied()).collect();
    location(&served.submit(page, &fields).await)
}

/// Presses a button on a hosted page and comes back.
pub(crate) async fn finish(served: &Served, endpoint: &Endpoint, page: &str, fields: &[(&str, &str)]) -> End {
    let bank = press(served, page, fields).await;
    end_of(endpoint, &location(&served.get(&bank).await))
}

/// Queues an outcome for a subject of BRP's.
pub(crate) async fn queue(served: &Served, key: &str, outcome: &str) {
    served.post("outcomes", json!({"provider": "brp", "order": key, "outcome": outcome})).await;
}

/// The row of an order.
pub(crate) fn row(product: u64, price: i64) -> Value {
    json!({"id": 1, "product": product, "name": "x", "quantity": 1, "price": price})
}

/// Seeds a record of BRP's; its id.
pub(crate) async fn seed(served: &Served, kind: &str, fields: Value) -> String {
    served.post(&format!("brp/{kind}"), fields).await["id"].to_string()
}
