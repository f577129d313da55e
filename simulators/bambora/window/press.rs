//! Windows as the control API sees them, and buttons that it presses.

use http::StatusCode;
use serde_json::{Value, json};

use crate::bambora::codes;
use crate::kit::outcome::Outcome;
use crate::kit::problem::Problem;
use crate::kit::table::Tx;

use super::payer::{self, What};
use super::returning;
use super::session::{End, Window};

/// Every window, the oldest first.
pub(in crate::bambora) fn list(tx: &Tx<'_>) -> Vec<Value> {
    let mut windows = tx.all::<Window>();
    windows.sort_by_key(|window| (window.since, window.token.clone()));
    let told = |window: &Window| {
        let (state, error) = match (&window.end, window.too_late(tx.now)) {
            (End::Paid(_), _) => ("paid", None),
            (End::Over(code), _) => ("over", Some(code.clone())),
            (End::Open, Some(code)) => ("over", Some(code.to_owned())),
            (End::Open, None) => ("open", None),
        };
        json!({
            "token": window.token,
            "order": window.terms.order,
            "amount": window.terms.amount,
            "currency": window.terms.currency,
            "since": window.since,
            "state": state,
            "error": error,
        })
    };
    windows.iter().map(|window| told(window)).collect()
}

/// A window that waits gets its outcome, as if the payer had pressed it. It is named by its token, or by its order.
pub(in crate::bambora) fn press(tx: &mut Tx<'_>, payment: &str, outcome: &Outcome) -> Result<Value, Problem> {
    if let Outcome::Code(code) = outcome
        && !codes::is_queued(code)
    {
        return Err(Problem::bad_request(
            "unknown_outcome",
            format!("`{code}` is no code of ePay's or of Nets"),
            "Use approve, decline, cancel, expire, or a number that `provkassa codes bambora` lists.",
        ));
    }
    let windows = tx.all::<Window>();
    let named = |window: &&std::sync::Arc<Window>| window.token == payment || window.terms.order == payment;
    // Of several windows for one order the one that waits; of those the newest.
    let order = |window: &&std::sync::Arc<Window>| (window.is_open(tx.now), window.since);
    let token = windows.iter().filter(named).max_by_key(order).map(|window| window.token.clone());
    let unknown = || {
        Problem::not_found(
            "unknown_payment",
            format!("no window `{payment}` waits"),
            "GET …/bambora/windows lists them; a window is named by its orderid, or by its token.",
        )
    };
    let token = token.ok_or_else(unknown)?;
    let ended = windows.iter().any(|window| window.token == token && !window.is_open(tx.now));
    if ended {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "payment_ended",
            format!("the window `{payment}` has ended"),
            "Open another one.",
        ));
    }
    let seen = payer::press(tx, &token, outcome).ok_or_else(unknown)?;
    let terms = &seen.window.terms;
    Ok(match seen.what {
        What::Paid(paid, _) => {
            json!({ "state": "paid", "transaction": paid.transaction, "location": filled(&paid.location) })
        }
        What::Left(code) => {
            let location = returning::cancelled(&terms.cancel, &terms.order, &code);
            let location = if terms.cancel.is_empty() { None } else { Some(location) };
            json!({ "state": "left", "error": code, "location": location })
        }
        What::Over(code) => json!({ "state": "over", "error": code, "location": null }),
        What::Open(problem) => {
            let code = match problem {
                Some(payer::Problem::Refused(code)) => Some(code),
                _ => None,
            };
            json!({ "state": "open", "error": code, "location": null })
        }
    })
}

fn filled(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}
