//! What a newcomer tries first: a link to each of the six endpoints.

use std::borrow::Cow;

use crate::kit::operation::{Message, Operation as _};
use crate::kit::table::Tx;
use crate::kit::workspace::Workspace;

use super::ID;
use super::founding::{PERSON, UNIT};
use super::model::{Invoice, Order};
use super::signing::Link;

type Parameters = Vec<(Cow<'static, str>, String)>;

/// A title and a link for each endpoint that has something left to be paid. `base` is the
/// installation's address with its slash; `back` is where the payer goes afterwards.
pub(super) fn steps(tx: &Tx<'_>, workspace: &Workspace, base: &str, back: &str) -> Vec<(String, String)> {
    let payable =
        |order: &Order| !order.is_debited() && !order.confirmed && !order.deleted && order.price() > 0;
    let orders = tx.all::<Order>();
    let order = orders.iter().find(|order| payable(order)).map(|order| order.id);
    // An account and an invoice need a customer.
    let with_customer = orders.iter().find(|order| payable(order) && order.customer.is_some());
    let with_customer = with_customer.map(|order| order.id);
    let invoices = tx.all::<Invoice>();
    let invoice = invoices.iter().find(|invoice| invoice.rest > 0 && !invoice.deleted);
    let invoice = invoice.map(|invoice| invoice.id);
    let pair = |name: &'static str, value: String| (Cow::Borrowed(name), value);
    let of_order =
        |id: Option<u64>, more: Parameters| Some([vec![pair("orderid", id?.to_string())], more].concat());
    let steps: [(&str, Option<u64>, &str, Option<Parameters>); 6] = [
        ("Pay BRP order", order, "payfororder", of_order(order, Vec::new())),
        (
            "Swish BRP order",
            order,
            "swish/payfororder",
            of_order(order, vec![pair("payeralias", "07354254242".to_owned())]),
        ),
        (
            "Put on account: BRP order",
            with_customer,
            "paywithcustomeraccount",
            of_order(with_customer, Vec::new()),
        ),
        (
            "Invoice BRP order",
            with_customer,
            "brpinvoice",
            of_order(with_customer, vec![pair("distributionmethod", "email".to_owned())]),
        ),
        (
            "Pay BRP invoice",
            invoice,
            "payforinvoice",
            invoice.map(|id| vec![pair("invoiceid", id.to_string())]),
        ),
        (
            "Register a card for BRP customer",
            Some(PERSON),
            "creatercpmandate",
            Some(vec![pair("personid", PERSON.to_string()), pair("businessunitid", UNIT.to_string())]),
        ),
    ];
    let link = |form: &'static str, mut parameters: Parameters| {
        parameters.push(pair("returnurl", back.to_owned()));
        let secret = workspace.credential(ID, "BRP_SECRET").to_owned();
        let given = vec![pair("base", base.to_owned()), pair("secret", secret)];
        let reply = Link.reply(&Message { form: Cow::Borrowed(form), parameters, given }, &[]);
        reply.map(|link| link.get("url").to_owned())
    };
    steps
        .into_iter()
        .filter_map(|(title, id, form, parameters)| {
            Some((format!("{title} {}", id?), link(form, parameters?)?))
        })
        .collect()
}
