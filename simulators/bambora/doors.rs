//! How requests come in: whose they are, and which room answers.

use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, header};

use crate::kit::locator::{Claim, Received};
use crate::kit::soap::peek;
use crate::kit::table::Record as _;

use super::model::{Subscription, Transaction};
use super::soap::{self, Desk};
use super::window;

/// The credential in windows and calls.
pub(super) const MERCHANT: &str = "merchant number";

/// What is asked for. IIS does not mind the case of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The card logos, which a page embeds.
    Logos,
    /// A web service, and what stands behind its file's name.
    Service(Desk, String),
    /// The window's script.
    Script,
    /// The window, opened by a shop.
    Window,
    /// A page of a window that was opened: its token.
    Page(String),
}

impl Place {
    /// What is at a path; `None` where nothing is.
    pub(super) fn at(path: &str) -> Option<Self> {
        let lower = path.to_ascii_lowercase();
        for desk in [Desk::Payment, Desk::Subscription] {
            if let Some(rest) = lower.strip_prefix(desk.file())
                && (rest.is_empty() || rest.starts_with('/'))
            {
                return Some(Self::Service(desk, path[desk.file().len()..].to_owned()));
            }
        }
        match lower.strip_prefix("/integration/")? {
            "ewindow/default.aspx" | "ewindow/" | "ewindow" => Some(Self::Window),
            "ewindow/paymentwindow.js" => Some(Self::Script),
            "paymentlogos/paymentlogos.aspx" => Some(Self::Logos),
            other => {
                let token = other.strip_prefix("ewindow/")?;
                let ours = token.len() == 32 && token.bytes().all(|digit| digit.is_ascii_hexdigit());
                ours.then(|| Self::Page(token.to_owned()))
            }
        }
    }
}

/// The merchant number, or the window in the path; the transaction or the subscription where no merchant is named.
pub(super) fn claims(request: &Received) -> Vec<Claim> {
    match Place::at(&request.path) {
        Some(Place::Page(token)) => vec![Claim::Token(token)],
        Some(Place::Service(..) | Place::Window | Place::Logos) => {
            let peek = |name| peek(&request.query, &request.body, name).map(|value| value.trim().to_owned());
            if let Some(number) = peek("merchantnumber").filter(|number| !number.is_empty()) {
                return vec![Claim::Credential { kind: MERCHANT, value: plain(&number) }];
            }
            let id = |name, table| Some(Claim::Id { table, id: peek(name)?.parse().ok()? });
            let ids = [id("transactionid", Transaction::TABLE), id("subscriptionid", Subscription::TABLE)];
            ids.into_iter().flatten().collect()
        }
        Some(Place::Script) | None => Vec::new(),
    }
}

/// A merchant number as it is kept: web services read it as a number.
pub(super) fn plain(number: &str) -> String {
    number.trim().parse::<i64>().map_or_else(|_| number.trim().to_owned(), |number| number.to_string())
}

/// What ePay says to a merchant number that nobody has.
pub(super) fn stranger(request: &Received) -> Option<Response> {
    match Place::at(&request.path)? {
        Place::Service(desk, rest) => {
            let host =
                request.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
            let file = request.path.get(..desk.file().len()).unwrap_or(desk.file());
            let address = format!("http://{host}{file}");
            Some(soap::stranger(desk, &asked(request, &address, &rest)))
        }
        Place::Window => Some(window::stranger(request)),
        Place::Logos | Place::Page(_) | Place::Script => None,
    }
}

fn asked<'a>(request: &'a Received, address: &'a str, rest: &'a str) -> crate::kit::soap::Request<'a> {
    crate::kit::soap::Request {
        verb: &request.method,
        address,
        rest,
        query: &request.query,
        headers: &request.headers,
        body: &request.body,
    }
}

/// Any request.
pub(super) async fn handle(request: Request) -> Response {
    match Place::at(request.uri().path()) {
        Some(Place::Logos) => window::logos(request.uri().query().unwrap_or_default()),
        Some(Place::Page(token)) => window::page(&token, request).await,
        Some(Place::Script) => window::script(),
        Some(Place::Service(desk, rest)) => soap::serve(desk, &rest, request).await,
        Some(Place::Window) => window::open(request).await,
        None => unknown(),
    }
}

/// What is said of a path that does not exist.
fn unknown() -> Response {
    let here = "404 - File or directory not found.\n\nprovkassa: ePay has nothing at this path. \
        It imitates /integration/ewindow/Default.aspx, /integration/ewindow/paymentwindow.js,\n\
        /integration/paymentlogos/PaymentLogos.aspx, /remote/payment.asmx and /remote/subscription.asmx.\n";
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], here).into_response()
}

#[cfg(test)]
mod tests;
