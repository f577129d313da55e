//! What a newcomer tries first: a payment, and a subscription.

use crate::bambora::ID;
use crate::bambora::model::{Subscription, Transaction};
use crate::bambora::signing::{HASH, md5_of};
use crate::kit::table::Tx;
use crate::kit::workspace::Workspace;

/// A title and a link to the window, with its hash, for what can be tried next.
pub(in crate::bambora) fn steps(
    tx: &Tx<'_>,
    workspace: &Workspace,
    origin: &str,
    back: &str,
) -> Vec<(String, String)> {
    let payments = tx.all::<Transaction>();
    let subscriptions = tx.all::<Subscription>();
    let taken = |order: &str| {
        payments.iter().any(|payment| payment.order == order)
            || subscriptions.iter().any(|subscription| subscription.order == order)
    };
    let free = |start: &str| (1..10_000).map(|n| format!("{start}{n}")).find(|order| !taken(order));
    let link = |order: &str, amount: &str, more: &[(&str, &str)]| {
        let merchant = workspace.credential(ID, "BAMBORA_MERCHANT");
        let parameters = [
            ("merchantnumber", merchant),
            ("amount", amount),
            ("currency", "DKK"),
            ("windowstate", "3"),
            ("orderid", order),
            ("ownreceipt", "1"),
            ("accepturl", back),
            ("cancelurl", back),
        ];
        let parameters = parameters.iter().chain(more);
        let mut parameters: Vec<(&str, String)> =
            parameters.map(|(name, value)| (*name, (*value).to_owned())).collect();
        let values = parameters.iter().map(|(_, value)| value.as_str());
        let hash = md5_of(values, workspace.credential(ID, "BAMBORA_MD5KEY"));
        parameters.push((HASH, hash));
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        format!("{origin}/integration/ewindow/Default.aspx?{query}")
    };
    let subscribes =
        &[("subscription", "1"), ("subscriptiontype", "recurring"), ("subscriptionname", "A newcomer")];
    let payment = free("demo").map(|order| (format!("Pay ePay order {order}"), link(&order, "9995", &[])));
    let subscription = free("sub")
        .map(|order| (format!("Sign up for ePay subscription {order}"), link(&order, "0", subscribes)));
    payment.into_iter().chain(subscription).collect()
}
