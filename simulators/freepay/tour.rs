//! What a newcomer tries first.

use crate::kit::table::Tx;
use crate::kit::workspace::Workspace;

use super::ID;
use super::model::{Payment, State};
use super::page::SHOPS_FORM;

/// A payment and a subscription, as forms that wait to be posted.
pub(super) fn steps(tx: &Tx<'_>, workspace: &Workspace, origin: &str, back: &str) -> Vec<(String, String)> {
    let payments = tx.all::<Payment>();
    let is_paid = |order: &str| {
        payments.iter().any(|payment| payment.order == order && payment.state == State::Approved)
    };
    let free =
        |prefix: &str| (1..10_000).map(|number| format!("{prefix}-{number}")).find(|order| !is_paid(order));
    let step = |title: &str, order: Option<String>, subscription: bool| {
        let order = order?;
        let merchant = workspace.credential(ID, "FREEPAY_MERCHANT");
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs([
            ("MerchantNumber", merchant),
            ("Amount", "12500"),
            ("Currency", "208"),
            ("OrderID", &order),
            ("AcceptURL", back),
            ("DeclineURL", back),
        ]);
        if subscription {
            query.append_pair("Subscription", "1");
        }
        Some((format!("{title} {order}"), format!("{origin}{SHOPS_FORM}?{}", query.finish())))
    };
    let steps = [
        step("Pay Freepay order", free("demo"), false),
        step("Sign up at Freepay with order", free("subscription"), true),
    ];
    steps.into_iter().flatten().collect()
}
