//! `payfororder`: the call that sends the payer to the payment provider, and the way back.

use std::convert::Infallible;

use axum::extract::{Extension, Path, RawQuery};
use axum::response::Response;
use http::StatusCode;

use crate::kit::diagnosis::{Diagnosis, diagnose_received};
use crate::kit::locator::Origin;
use crate::kit::mask::visible;
use crate::kit::operation::{Judgement, Message, Operation as _, Received, judge};
use crate::kit::page::{Sent, redirect};
use crate::kit::settings::Rules;
use crate::kit::trail::Trail;
use crate::kit::workspace::Workspace;

use super::ID;
use super::endpoints::ENDPOINTS;
use super::model::{Attempt, Choice, Ended, Method};
use super::settlement::{self, Begun, Call};
use super::signing::{self, Hash, is_web_address};
use super::window;

/// `GET /{installation}/external/payment/payfororder`
pub(super) async fn pay_for_order(
    Extension(workspace): Extension<Workspace>,
    Extension(origin): Extension<Origin>,
    Extension(trail): Extension<Trail>,
    Path(installation): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.unwrap_or_default();
    let secret = workspace.credential(ID, "BRP_SECRET");
    let read = signing::received(&format!("?{query}"), Some("payfororder"), secret);
    let Ok(received) = read else {
        return window::alert(&workspace, "400", &Sent::default());
    };
    let message = &received.message;
    if let Some(order) = message.value("orderid") {
        trail.order(order);
    }
    remark(&query, message, &trail);
    let verdict = verdict(&workspace, &received, &trail);
    let sent = sent(&workspace, &query, &received, &verdict, &trail);
    let returnurl = message.value("returnurl").filter(|url| is_web_address(url)).map(ToOwned::to_owned);
    if verdict.is_err() {
        let page = workspace.settings().get("brp.bad_hash") == "page";
        let returnurl = returnurl.filter(|_| !page);
        let ended = workspace.read(|tx| settlement::refused(tx, returnurl.as_deref(), "400")).await;
        return back(&workspace, &ended, &sent);
    }
    let emails = message.values("receiptemail").filter(|email| {
        let usable = email.contains('@');
        if !usable && !email.is_empty() {
            trail.warn(format!("receiptemail `{}` is no address and was passed over", visible(email)));
        }
        usable
    });
    let emails: Vec<String> = emails.map(ToOwned::to_owned).collect();
    let method = message.value("paymentmethodid").map(|text| text.parse::<u64>().ok());
    let begun = workspace
        .transact(|tx| {
            let choice = match method {
                None => Choice::Open,
                Some(Some(id)) if tx.get::<Method>(id).is_some() => Choice::Method(id),
                Some(_) => Choice::Unknown,
            };
            let call = Call {
                order: message.value("orderid").and_then(|id| id.parse().ok()),
                choice,
                receiptemails: emails.clone(),
                returnurl: returnurl.clone(),
                sent: sent.clone(),
            };
            Ok::<_, Infallible>(settlement::begin(tx, &call))
        })
        .await
        .unwrap_or_else(|never| match never {});
    match begun {
        Begun::Away(token) => {
            redirect(StatusCode::FOUND, &format!("{}/{installation}/provider/{token}", origin.0))
        }
        Begun::Back(ended) => back(&workspace, &ended, &sent),
    }
}

/// `GET /{installation}/external/payment/providerreturn`: BRP's own address, seen by browsers only
/// in passing. Its path is assumed.
pub(super) async fn provider_return(
    Extension(workspace): Extension<Workspace>,
    Extension(trail): Extension<Trail>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.unwrap_or_default();
    let value = |name: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    let (transaction, seal) = (value("transaction"), value("seal"));
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
            trail.order(attempt.order.to_string());
            back(&workspace, &ended, &attempt.sent)
        }
        None => window::alert(&workspace, "204", &Sent::default()),
    }
}

fn back(workspace: &Workspace, ended: &Ended, sent: &Sent) -> Response {
    match &ended.location {
        Some(location) => redirect(StatusCode::FOUND, location),
        None => window::alert(workspace, &ended.code, sent),
    }
}

/// Warns of what BRP is taken to pass over.
fn remark(query: &str, message: &Message, trail: &Trail) {
    let mut seen: Vec<String> = Vec::new();
    for (name, _) in form_urlencoded::parse(query.as_bytes()) {
        let known = name == "hash" || ENDPOINTS[0].parameter(&name).is_some();
        if !known {
            trail.warn(format!("payfororder has no parameter `{}`; it was passed over", visible(&name)));
        } else if name != "receiptemail" && seen.iter().any(|before| *before == name) {
            trail.warn(format!("`{name}` came twice; the first one counts"));
        }
        seen.push(name.into_owned());
    }
    if message.value("returnurl").is_some_and(|url| !is_web_address(url)) {
        trail.warn("returnurl is no absolute http or https URL, so nobody is sent there");
    }
}

/// Whether the hash counts as right; if not, what was done wrong, as far as we can tell.
fn verdict(workspace: &Workspace, received: &Received, trail: &Trail) -> Result<(), Option<Diagnosis>> {
    match judge(&Hash, &received.message, &received.claimed) {
        Judgement::Right => Ok(()),
        Judgement::Tolerated(why) if workspace.settings().rules == Rules::Documented => {
            trail.warn(format!("this hash is accepted here, and might not be by BRP: {why}"));
            Ok(())
        }
        Judgement::Tolerated(_) | Judgement::Wrong => Err(diagnose_received(received)),
    }
}

fn sent(
    workspace: &Workspace,
    query: &str,
    received: &Received,
    verdict: &Result<(), Option<Diagnosis>>,
    trail: &Trail,
) -> Sent {
    let masker = workspace.masker();
    let shown = |text: &str| masker.text(&visible(text));
    let canonical = Hash.canonical(&received.message, &[]).unwrap_or_default();
    let verdict_text = match verdict {
        Ok(()) => "The hash is right.".to_owned(),
        Err(_) if received.claimed.get("hash").is_empty() => {
            let bare = query.split("returnurl=").nth(1).is_some_and(|rest| rest.contains("://"));
            let hint = "returnurl is not percent-encoded: if it holds a #, the browser cut the link there.";
            format!("The call has no hash. {}", if bare { hint } else { "" }).trim_end().to_owned()
        }
        Err(Some(diagnosis)) => {
            format!("The hash is wrong: {diagnosis} ({}). {}", diagnosis.confidence(), diagnosis.remedy())
        }
        Err(None) => "The hash is wrong, and no mistake that we know explains it. Compare the string below with the one that you hash.".to_owned(),
    };
    if verdict.is_err() {
        trail.diagnose(verdict_text.clone());
    }
    Sent {
        request: shown(&format!("GET …/payfororder?{query}")),
        parameters: form_urlencoded::parse(query.as_bytes())
            .map(|(name, value)| (shown(&name), shown(&value)))
            .collect(),
        canonical: shown(&String::from_utf8_lossy(&canonical)),
        verdict: verdict_text,
        right: verdict.is_ok(),
        warnings: trail.remarks().warnings,
    }
}
