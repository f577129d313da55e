//! The notification: once for each order that is paid, as a form with a signed token.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

use crate::kit::jwt::{Algorithm, assemble, sign};
use crate::kit::outbox::{Callback, Outgoing, Policy, RetrySchedule, is_success};
use crate::kit::seed::dashed;
use crate::kit::table::Tx;

use super::ID;
use super::model::{Order, Payment, Terminal};
use super::scenarios::Webhook;
use super::signing::{VALIDITY, pounds};

/// The document says only that one request is made.
pub(super) const NO_RETRIES: RetrySchedule = RetrySchedule(&[]);
/// When Fena's later API tries again, where a merchant asks it to.
const RETRIES: RetrySchedule =
    RetrySchedule(&[Duration::from_secs(30), Duration::from_secs(60), Duration::from_secs(120)]);

/// What a changed amount is.
const PENNY: &str = "0.01";

/// The claims in the order of the document's table, with `id` where its sample reads it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Claims {
    iat: i64,
    exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(rename = "orderID")]
    order: String,
    request_amount: String,
    net_amount: String,
    terminal: String,
    completed_at: String,
}

/// The notification of a paid order; `None` where the terminal has no webhook endpoint.
pub(super) fn notification(
    tx: &Tx<'_>,
    terminal: &Terminal,
    payment: &Payment,
    webhook: Webhook,
) -> Option<Callback> {
    let url = endpoint(tx, terminal);
    if url.is_empty() {
        return None;
    }
    let settings = tx.settings;
    let completed = payment.ended.unwrap_or(tx.now);
    let mut claims = Claims {
        iat: 0,
        exp: 0,
        id: settings.on("fena.notification_id").then(|| payment.id.clone()),
        order: payment.order.clone(),
        request_amount: pounds(payment.amount),
        net_amount: pounds(payment.amount),
        terminal: terminal.id.clone(),
        completed_at: said(completed, settings.get("fena.completed_zone")),
    };
    match webhook {
        Webhook::NetHigher => claims.net_amount = pounds(payment.amount + 100),
        Webhook::NetLower => claims.net_amount = pounds(payment.amount - 20),
        Webhook::NoId => claims.id = None,
        Webhook::OtherOrder => claims.order.push_str("-other"),
        Webhook::OtherTerminal => {
            claims.terminal = dashed(&tx.seed.token("another terminal", &terminal.id, 0));
        }
        Webhook::RequestTampered => PENNY.clone_into(&mut claims.request_amount),
        Webhook::WrongAmount => {
            PENNY.clone_into(&mut claims.request_amount);
            PENNY.clone_into(&mut claims.net_amount);
        }
        _ => {}
    }
    let late = u64::try_from(settings.number("fena.late_seconds")).unwrap_or_default();
    let policy = match webhook {
        Webhook::AfterRedirect => Policy { delay_ms: 1000, ..Policy::default() },
        Webhook::Late => Policy { delay_ms: late.saturating_mul(1000), ..Policy::default() },
        Webhook::Lost => Policy { drop: true, ..Policy::default() },
        Webhook::Twice => Policy { duplicate: 1, ..Policy::default() },
        _ => Policy::default(),
    };
    let (secret, zone) = (terminal.secret.clone(), settings.get("fena.completed_zone").to_owned());
    Some(Callback {
        provider: ID,
        order: payment.order.clone(),
        lane: Order::key(&payment.terminal, &payment.order),
        subject: String::new(),
        request: Outgoing {
            method: http::Method::POST,
            url,
            headers: vec![("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())],
            body: Bytes::new(),
        },
        seal: Some(Arc::new(move |request, forge, now| {
            let webhook = if forge { Webhook::BadSignature } else { webhook };
            // A token has no character that a form would have to escape.
            request.body = format!("token={}", token(claims.clone(), webhook, &secret, &zone, now)).into();
        })),
        retries: if settings.on("fena.webhook_retries") { RETRIES } else { NO_RETRIES },
        delivered: is_success,
        follows: |_| false,
        policy,
    })
}

/// Where a terminal's notifications go; empty where nobody has said it.
fn endpoint(tx: &Tx<'_>, terminal: &Terminal) -> String {
    let own = Some(&terminal.webhook).filter(|own| !own.is_empty());
    own.map_or_else(|| tx.settings.get("fena.webhook").to_owned(), ToOwned::to_owned)
}

fn token(mut claims: Claims, webhook: Webhook, secret: &str, zone: &str, now: Timestamp) -> String {
    claims.iat = now.as_second()
        + match webhook {
            Webhook::Expired => -VALIDITY - 3600,
            Webhook::FutureIat => 30,
            _ => 0,
        };
    claims.exp = claims.iat + VALIDITY;
    if webhook == Webhook::Expired {
        claims.completed_at = said(Timestamp::from_second(claims.iat).unwrap_or(now), zone);
    }
    let key = secret.as_bytes();
    let forged = |algorithm: Algorithm, key: &[u8]| {
        let header = format!("{{\"typ\":\"JWT\",\"alg\":\"{}\"}}", algorithm.name());
        assemble(&header, &serde_json::to_string(&claims).unwrap_or_default(), algorithm, key)
    };
    match webhook {
        Webhook::BadSignature => forged(Algorithm::Hs512, b"a key that nobody has"),
        Webhook::Hs256 => forged(Algorithm::Hs256, key),
        Webhook::Unsigned => forged(Algorithm::None, key),
        _ => sign(&claims, key),
    }
}

/// A moment as `YYYY-mm-dd HH:mm:ss`.
fn said(moment: Timestamp, zone: &str) -> String {
    // The United Kingdom's rule, so that no database of zones is needed.
    let london = || TimeZone::posix("GMT0BST,M3.5.0/1,M10.5.0").unwrap_or(TimeZone::UTC);
    let zone = if zone == "london" { london() } else { TimeZone::UTC };
    moment.to_zoned(zone).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_in_the_wanted_zone() {
        let summer = "2026-07-01T12:00:00Z".parse().expect("a moment");
        let winter = "2026-01-01T12:00:00Z".parse().expect("a moment");
        assert_eq!(said(summer, "utc"), "2026-07-01 12:00:00");
        assert_eq!(said(summer, "london"), "2026-07-01 13:00:00");
        assert_eq!(said(winter, "london"), "2026-01-01 12:00:00");
    }
}
