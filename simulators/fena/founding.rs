//! What a workspace starts with: a terminal; and what a newcomer tries first.

use std::borrow::Cow;

use crate::kit::operation::{Message, Operation as _};
use crate::kit::provider::Credential;
use crate::kit::seed::mark;
use crate::kit::table::Tx;
use crate::kit::workspace::Workspace;

use super::ID;
use super::model::{Order, Terminal};
use super::signing::Link;

/// Puts the terminal of the workspace's credentials in place.
pub(super) fn found(tx: &mut Tx<'_>, credentials: &[Credential]) {
    let value = |name: &str| {
        let credential = credentials.iter().find(|credential| credential.name == name);
        credential.map(|credential| credential.value.clone()).unwrap_or_default()
    };
    let terminal = Terminal {
        id: value("FENA_TERMINAL"),
        secret: value("FENA_SECRET"),
        name: "Provkassa Demo Shop".to_owned(),
        sort_code: "040004".to_owned(),
        account: "00000015".to_owned(),
        webhook: String::new(),
        redirect: String::new(),
    };
    // Drawn from the workspace's own stream, so nobody else has it.
    let _ = tx.claim::<Terminal>(mark(&terminal.id));
    tx.put(terminal);
}

/// Links that pay the next order that is not paid yet: with the choice of a bank, and at a forced one.
pub(super) fn steps(tx: &Tx<'_>, workspace: &Workspace, origin: &str) -> Vec<(String, String)> {
    let terminal = workspace.credential(ID, "FENA_TERMINAL");
    let paid = |order: &str| {
        tx.get::<Order>(Order::key(terminal, order)).is_some_and(|order| order.executed.is_some())
    };
    let orders = (1..10_000).map(|number| format!("demo-{number}"));
    let Some(order) = orders.into_iter().find(|order| !paid(order)) else { return Vec::new() };
    let link = |bank: &str| {
        let pair = |name: &'static str, value: &str| (Cow::Borrowed(name), value.to_owned());
        let mut parameters =
            vec![pair("orderID", &order), pair("email", "payer@shop.example"), pair("firstName", "Kim")];
        parameters.extend((!bank.is_empty()).then(|| pair("bankID", bank)));
        let given = vec![
            pair("amount", "1250"),
            pair("terminal", terminal),
            pair("secret", workspace.credential(ID, "FENA_SECRET")),
            pair("now", &tx.now.as_second().to_string()),
            pair("base", origin),
        ];
        let reply = Link.reply(&Message { form: Cow::Borrowed(""), parameters, given }, &[]);
        reply.map(|link| link.get("url").to_owned())
    };
    let steps =
        [(format!("Pay Fena order {order}"), ""), (format!("Pay Fena order {order} at Monzo"), "ob-monzo")];
    steps.into_iter().filter_map(|(title, bank)| Some((title, link(bank)?))).collect()
}
