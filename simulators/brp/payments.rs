//! The endpoints that a payer's browser is sent to, and the way back from a payment provider.

use std::convert::Infallible;

use axum::extract::{Extension, Path, RawQuery};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get};
use axum::{Json, Router};
use http::StatusCode;
use serde_json::json;

use crate::kit::address::{is_email, is_web_address};
use crate::kit::locator::Origin;
use crate::kit::mask::visible;
use crate::kit::operation::Message;
use crate::kit::page::{Sent, no_head, redirect};
use crate::kit::trail::Trail;
use crate::kit::workspace::Workspace;

use super::ID;
use super::endpoints::{
    DEBIT_SUBSCRIPTION, ENDPOINTS, Endpoint, MANDATE_ALIAS, NEIGHBOURS, Purpose, SUBSCRIPTION_ID, endpoint,
};
use super::evidence::{self, Verdict};
use super::model::{Attempt, Ended};
use super::psp;
use super::settlement::{self, Begun, Call, endpoint_of};
use super::signing;
use super::swish;
use super::window;

pub(super) fn routes() -> Router {
    let mut router = Router::new()
        .route("/{installation}/external/payment/providerreturn", get(provider_return).head(no_head));
    for endpoint in ENDPOINTS.iter().chain(NEIGHBOURS) {
        let path = match endpoint.path {
            DEBIT_SUBSCRIPTION => {
                format!("/{{installation}}/external/invoice/{DEBIT_SUBSCRIPTION}/{{{SUBSCRIPTION_ID}}}")
            }
            path => format!("/{{installation}}/external/payment/{path}"),
        };
        router = router.route(&path, door(endpoint));
    }
    match endpoint("creatercpmandate") {
        Some(mandate) => {
            router.route(&format!("/{{installation}}/external/payment/{MANDATE_ALIAS}"), door(mandate))
        }
        None => router,
    }
}

fn door(endpoint: &'static Endpoint) -> MethodRouter {
    get(
        move |Extension(workspace): Extension<Workspace>,
              Extension(origin): Extension<Origin>,
              Extension(trail): Extension<Trail>,
              Path(path): Path<Vec<(String, String)>>,
              RawQuery(query): RawQuery| async move {
            let door = Door { endpoint, workspace, origin, trail };
            door.call(&path, query.unwrap_or_default()).await
        },
    )
    .head(no_head)
}

/// An endpoint that is being called.
struct Door {
    endpoint: &'static Endpoint,
    workspace: Workspace,
    origin: Origin,
    trail: Trail,
}

impl Door {
    /// Verifies the hash, then begins what the call asks for.
    async fn call(self, path: &[(String, String)], mut query: String) -> Response {
        let Self { endpoint, workspace, origin, trail } = &self;
        let named = |name: &str| path.iter().find(|(known, _)| known == name).map(|(_, value)| value);
        let installation = named("installation").cloned().unwrap_or_default();
        if let Some(subscription) = named(SUBSCRIPTION_ID) {
            // It stands in the path, and is hashed like a parameter. Assumed.
            let value: String = form_urlencoded::byte_serialize(subscription.as_bytes()).collect();
            query = format!("{SUBSCRIPTION_ID}={value}&{query}");
        }
        let secret = workspace.credential(ID, "BRP_SECRET");
        let Ok(received) = signing::received(&format!("?{query}"), Some(endpoint.path), secret) else {
            let ended = Ended { code: "400".to_owned(), ..Ended::default() };
            return self.back(&ended, &Sent::default());
        };
        let message = &received.message;
        evidence::remark(endpoint, &query, message, trail);
        let verdict = evidence::verdict(workspace, &received, trail);
        let sent = evidence::sent(workspace, endpoint, &query, &received, &verdict, trail);
        let given = message.value("returnurl").filter(|url| is_web_address(url)).map(ToOwned::to_owned);
        let returnurl = given.or_else(|| self.fallback());
        if let Some(order) = subject_named(message) {
            trail.order(order);
        }
        if let Verdict::Wrong(_) = verdict {
            let page = workspace.settings().get("brp.bad_hash") == "page";
            let returnurl = returnurl.filter(|_| !page);
            if returnurl.is_some() {
                trail.warn("nobody vouches for this returnurl, and the payer is sent there all the same; `brp.bad_hash = page` keeps them here");
            }
            let ended =
                workspace.read(|tx| settlement::refused(tx, endpoint, returnurl.as_deref(), "400")).await;
            return self.back(&ended, &sent);
        }
        let alias = message.value("payeralias").and_then(|alias| {
            swish::normalised(alias, workspace.settings().get("brp.swish_alias") == "swedish")
        });
        let call = Call {
            endpoint,
            message: message.clone(),
            returnurl,
            receiptemails: self.receivers(message),
            payer_alias: alias,
            base: format!("{}/{installation}", origin.0),
            sent: sent.clone(),
        };
        let (begun, remark) = workspace
            .transact(|tx| Ok::<_, Infallible>(settlement::begin(tx, &call)))
            .await
            .unwrap_or_else(|never| match never {});
        if let Some(remark) = remark {
            trail.warn(remark);
        }
        match begun {
            Begun::Away(room) => redirect(StatusCode::FOUND, &format!("{}/{room}", call.base)),
            Begun::Back(ended) => self.back(&ended, &sent),
        }
    }

    /// Where the payer goes where the call names no usable address: two endpoints have a setting.
    fn fallback(&self) -> Option<String> {
        let setting = match self.endpoint.purpose {
            Purpose::PayInvoice => "brp.returnurl_invoice",
            Purpose::CreateMandate => "brp.returnurl_mandate",
            _ => return None,
        };
        let url = self.workspace.settings().get(setting).to_owned();
        Some(url).filter(|url| !url.is_empty())
    }

    /// The further receivers of the receipt. What is no address is passed over.
    fn receivers(&self, message: &Message) -> Vec<String> {
        let (usable, others): (Vec<_>, Vec<_>) = message
            .values("receiptemail")
            .filter(|email| !email.is_empty())
            .partition(|email| is_email(email));
        for email in others {
            let shown = visible(email);
            self.trail.warn(format!("receiptemail `{shown}` is no address and was passed over"));
        }
        usable.into_iter().map(ToOwned::to_owned).collect()
    }

    /// Tells the shop, or the payer where there is no way back.
    fn back(&self, ended: &Ended, sent: &Sent) -> Response {
        if self.endpoint.purpose == Purpose::DebitSubscription {
            // A shop's server calls it, not a browser.
            let id = ended.invoice.map_or_else(String::new, |id| id.to_string());
            return Json(json!({"invoiceid": id, "error": ended.code})).into_response();
        }
        answer(&self.workspace, self.endpoint, ended, sent)
    }
}

fn answer(workspace: &Workspace, endpoint: &Endpoint, ended: &Ended, sent: &Sent) -> Response {
    let dialog = matches!(endpoint.purpose, Purpose::PayInvoice | Purpose::CreateMandate);
    match &ended.location {
        Some(location) => redirect(StatusCode::FOUND, location),
        None => window::alert_page(workspace, &ended.code, sent, dialog),
    }
}

/// What the call is about, as the journal names it.
fn subject_named(message: &Message) -> Option<String> {
    let kinds = [
        ("orderid", ""),
        ("invoiceid", "invoice-"),
        ("personid", "mandate-"),
        ("customerid", "account-"),
        (SUBSCRIPTION_ID, "subscription-"),
    ];
    kinds.iter().find_map(|(name, kind)| message.value(name).map(|id| format!("{kind}{id}")))
}

/// `GET /{installation}/external/payment/providerreturn`: BRP's own address, seen by browsers only
/// in passing. Its path is assumed.
async fn provider_return(
    Extension(workspace): Extension<Workspace>,
    Extension(trail): Extension<Trail>,
    RawQuery(query): RawQuery,
) -> Response {
    let (transaction, seal) = psp::read_back(&query.unwrap_or_default());
    let finished = workspace
        .transact(|tx| {
            let ended = settlement::finish(tx, &transaction, &seal);
            let attempt = tx.get::<Attempt>(transaction.as_str());
            Ok::<_, Infallible>(ended.zip(attempt))
        })
        .await
        .unwrap_or_else(|never| match never {});
    match finished {
        Some((ended, attempt)) => {
            trail.order(attempt.subject.key());
            answer(&workspace, endpoint_of(&attempt), &ended, &attempt.sent)
        }
        None => window::alert(&workspace, "204", &Sent::default()),
    }
}
