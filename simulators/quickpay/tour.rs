//! What a newcomer tries first, and the cards that bring codes about.

use std::borrow::Cow;

use crate::kit::table::Tx;
use crate::kit::workspace::Workspace;

use super::ID;
use super::acquirer::{BRANDS, Fate, TestCard};
use super::api::create::by_order_id;
use super::model::Kind;
use super::signing::window_checksum;

/// The test cards that bring a code about, in words; none where no card does.
pub(super) fn magic(code: &str) -> Option<String> {
    let number = |fate| TestCard::with(BRANDS[0], fate).map(|card| card.number).unwrap_or_default();
    let fates: &[(Fate, &str)] = match code {
        "20000" => &[(Fate::Approved, "")],
        "30100" => &[(Fate::AsksForSecure, "")],
        "40000" => &[
            (Fate::Rejected, "authorize"),
            (Fate::Expired, "authorize"),
            (Fate::CaptureRejected, "capture"),
            (Fate::RefundRejected, "refund"),
            (Fate::CancelRejected, "cancel"),
            (Fate::RecurringRejected, "recurring"),
        ],
        _ => return None,
    };
    let cards: Vec<String> = fates
        .iter()
        .map(|(fate, at)| if at.is_empty() { number(*fate) } else { format!("{} at {at}", number(*fate)) })
        .collect();
    Some(format!("the test card {}", cards.join(", ")))
}

/// The older form, filled in and signed: its page posts it.
pub(super) fn steps(tx: &Tx<'_>, workspace: &Workspace, origin: &str, back: &str) -> Vec<(String, String)> {
    let taken =
        |order: &str| by_order_id(tx, Kind::Payment, order).is_some_and(|known| known.accepted(tx.now));
    let orders = (1..10_000).map(|number| format!("demo-{number}"));
    let Some(order) = orders.into_iter().find(|order| !taken(order)) else { return Vec::new() };
    let own = |name| workspace.credential(ID, name).to_owned();
    let mut fields: Vec<(String, String)> = [
        ("version", "v10"),
        ("merchant_id", &own("QUICKPAY_MERCHANT")),
        ("agreement_id", &own("QUICKPAY_AGREEMENT")),
        ("order_id", &order),
        ("amount", "12500"),
        ("currency", "DKK"),
        ("continueurl", back),
        ("cancelurl", back),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect();
    let checksum = window_checksum(&own("QUICKPAY_WINDOW_KEY"), &fields);
    fields.push(("checksum".to_owned(), checksum));
    let query: Cow<'_, str> =
        form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into();
    vec![(format!("Pay QuickPay order {order}"), format!("{origin}/?{query}"))]
}
