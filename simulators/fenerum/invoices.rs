//! Invoices: issued when a period begins, and charged where the customer pays by card.

use http::Method;
use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::kit::table::Tx;

use super::body;
use super::callbacks;
use super::doors::{Answer, Call, fine};
use super::fields::Fields;
use super::gateways::{self, Charged};
use super::lists;
use super::model::{Calendar, Invoice, PaymentCard, Subscription, Terms};
use super::refusals::Refusal;
use super::store::{account_by_code, by_uuid, cards_of, charges, count, new_uuid, today};
use super::subscriptions;

/// The first invoice's number.
const FIRST: u64 = 1000;
/// How many periods of a subscription are invoiced at a time: who moves the clock by centuries waits for the
/// next call.
const MOST_PERIODS: usize = 24;

/// What an invoice is issued for.
pub(super) struct Claimed<'a> {
    /// The account's code.
    pub(super) account: &'a str,
    pub(super) subscription: Option<&'a str>,
    pub(super) amount: i64,
    pub(super) currency: &'a str,
    pub(super) collection_method: &'a str,
    /// Days to pay.
    pub(super) payment_terms: u32,
}

/// Invoices every period that has begun.
pub(super) fn catch_up(tx: &mut Tx<'_>) {
    let now = today(tx);
    let due = |day: Option<Date>| day.is_some_and(|day| day <= now);
    if !due(tx.get::<Calendar>(0).and_then(|calendar| calendar.next)) {
        return;
    }
    for subscription in subscriptions::of(tx, None) {
        let mut subscription = Subscription::clone(&subscription);
        let Some(terms) = tx.get::<Terms>(subscription.terms.as_str()) else { continue };
        let mut periods = 0;
        while subscription.active && subscription.renews_on <= now && periods < MOST_PERIODS {
            periods += 1;
            // From the first day on, so that a month that is short does not make all later ones so.
            subscription.renews_on = renewal(&subscription, &terms);
            let claimed = Claimed {
                account: &subscription.account,
                subscription: Some(&subscription.uuid),
                amount: terms.price.saturating_mul(i64::from(subscription.quantity)),
                currency: &terms.currency,
                collection_method: &subscription.collection_method,
                payment_terms: subscription.payment_terms,
            };
            issue(tx, &claimed);
        }
        if periods > 0 {
            subscriptions::put(tx, subscription);
        }
    }
}

/// The day on which the period after the next one begins.
fn renewal(subscription: &Subscription, terms: &Terms) -> Date {
    let months = i32::from(terms.months.max(1));
    let mut later = months;
    loop {
        let day = subscription.start_date.saturating_add(later.months());
        if day > subscription.renews_on || day == Date::MAX {
            return day;
        }
        later = later.saturating_add(months);
    }
}

/// Issues an invoice, and charges the account's card where that is how it pays.
pub(super) fn issue(tx: &mut Tx<'_>, claimed: &Claimed<'_>) -> Invoice {
    let invoice = Invoice {
        uuid: new_uuid::<Invoice>(tx, claimed.account),
        invoice_number: FIRST + count::<Invoice>(tx),
        account: claimed.account.to_owned(),
        subscription: claimed.subscription.map(ToOwned::to_owned),
        amount: claimed.amount,
        currency: claimed.currency.to_owned(),
        collection_method: claimed.collection_method.to_owned(),
        issued: tx.now,
        due_date: today(tx).saturating_add(i64::from(claimed.payment_terms).days()),
        paid: None,
        payment_card: None,
        attempts: 0,
        failure: None,
        kickback_status: None,
    };
    tx.put(invoice.clone());
    callbacks::emit(tx, claimed.account, "new_invoice", &invoice.shown());
    if charges(claimed.collection_method) { charge(tx, invoice) } else { invoice }
}

/// Charges the account's newest active card. Without one the invoice stays open.
pub(super) fn charge(tx: &mut Tx<'_>, invoice: Invoice) -> Invoice {
    let account = account_by_code(tx, &invoice.account);
    let cards = account.map(|account| cards_of(tx, &account.uuid)).unwrap_or_default();
    let Some(card) = cards.iter().rev().find(|card| card.active) else { return invoice };
    charge_on(tx, invoice, card)
}

fn charge_on(tx: &mut Tx<'_>, mut invoice: Invoice, card: &PaymentCard) -> Invoice {
    invoice.attempts += 1;
    invoice.payment_card = Some(card.uuid.clone());
    // 4 to 20 characters, and another for each attempt.
    let order = format!("inv{}-{}", invoice.invoice_number, invoice.attempts);
    match gateways::charge(tx, card, invoice.amount, &order) {
        Charged::Paid => settle(tx, invoice),
        Charged::Failed { event, why } => fail(tx, invoice, event, why),
    }
}

/// An invoice is paid.
pub(super) fn settle(tx: &mut Tx<'_>, mut invoice: Invoice) -> Invoice {
    invoice.paid = Some(tx.now);
    invoice.failure = None;
    tx.put(invoice.clone());
    callbacks::emit(tx, &invoice.account, "paid_invoice", &invoice.shown());
    invoice
}

/// An invoice could not be charged.
pub(super) fn fail(tx: &mut Tx<'_>, mut invoice: Invoice, event: &'static str, why: String) -> Invoice {
    invoice.failure = Some(why);
    tx.put(invoice.clone());
    callbacks::emit(tx, &invoice.account, event, &invoice.shown());
    invoice
}

/// The invoices of an account or of all, the oldest first.
pub(super) fn of(tx: &Tx<'_>, account: Option<&str>) -> Vec<std::sync::Arc<Invoice>> {
    let mut all = tx.all::<Invoice>();
    all.retain(|invoice| account.is_none_or(|code| code == invoice.account));
    all.sort_by_key(|invoice| invoice.invoice_number);
    all
}

/// `GET /api/v1/invoices/?account=`
pub(super) async fn list(call: &Call) -> Answer {
    let account = call.parameter("account").map(ToOwned::to_owned);
    let all = call
        .workspace
        .read(|tx| of(tx, account.as_deref()).iter().map(|invoice| invoice.shown()).collect::<Vec<_>>())
        .await;
    lists::page(call, &all)
}

/// `GET`, `PATCH /api/v1/invoices/{uuid}/`
pub(super) async fn one(call: &Call, id: &str, method: &Method) -> Answer {
    if *method != Method::PATCH {
        return fine(call.workspace.read(|tx| by_uuid::<Invoice>(tx, id)).await?.shown());
    }
    let data = call.data()?;
    let changed = call
        .change(|tx| {
            let mut invoice = Invoice::clone(&*by_uuid::<Invoice>(tx, id)?);
            let mut fields = Fields::partial(body::object(&data)?);
            if let Some(status) = fields.text("kickback_status") {
                invoice.kickback_status = Some(status);
            }
            fields.end()?;
            tx.put(invoice.clone());
            Ok::<_, Refusal>(invoice)
        })
        .await?;
    fine(changed.shown())
}
