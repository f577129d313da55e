//! What a workspace starts with: an account with a subscription and an open invoice; and what a newcomer
//! tries first.

use jiff::ToSpan as _;

use crate::kit::page::Sent;
use crate::kit::provider::Credential;
use crate::kit::seed::{Seed, dashed, mark};
use crate::kit::table::Tx;

use super::accounts;
use super::invoices::{self, Claimed};
use super::model::{Access, Account, Plan, Recipient, Subscription, Terms};
use super::store::{BY_INVOICE, count, new_uuid, today};
use super::subscriptions;

/// The code of the account that every workspace has.
pub(super) const CODE: &str = "CUST001";
/// Who gets its mail.
pub(super) const EMAIL: &str = "customer@example.com";
/// What the account's subscription costs, in minor units.
const PRICE: i64 = 19_900;

/// A workspace's token, account and publishable key.
pub(super) fn credentials(seed: Option<&Seed>) -> Vec<Credential> {
    let token = |seed: &Seed| seed.token("fenerum token", "", 0) + &seed.token("fenerum token", "", 1)[24..];
    let account = |seed: &Seed| dashed(&seed.token("fenerum account", "", 0));
    vec![
        Credential {
            name: "FENERUM_TOKEN",
            value: seed.map_or_else(|| "5f3c1a7e9b2d4860c1e7f0a3b5d2948617c0e3fa".to_owned(), token),
            secret: true,
            claim: Some(super::doors::TOKEN),
        },
        Credential {
            name: "FENERUM_ACCOUNT",
            value: seed.map_or_else(|| "50e9aa0b-8d35-4da7-9a9b-8a35b11579b2".to_owned(), account),
            secret: false,
            claim: None,
        },
        Credential {
            name: "STRIPE_PUBLISHABLE_KEY",
            value: seed.map_or_else(
                || "pk_test_provkassa".to_owned(),
                |seed| format!("pk_test_{}", seed.token("stripe publishable key", "", 0)),
            ),
            secret: false,
            claim: Some("publishable key"),
        },
    ]
}

/// The URLs that a shop is given.
pub(super) fn urls(origin: &str) -> Vec<(&'static str, String)> {
    vec![("FENERUM_URL", origin.to_owned()), ("STRIPE_JS_URL", format!("{origin}/v3/"))]
}

/// Puts the account in place, with everything that hangs on it.
pub(super) fn found(tx: &mut Tx<'_>, credentials: &[Credential]) {
    let uuid = credentials.iter().find(|credential| credential.name == "FENERUM_ACCOUNT");
    let uuid = uuid.map(|credential| credential.value.clone()).unwrap_or_default();
    // Drawn from the workspace's own stream, or the default's alone.
    let _ = tx.claim::<Account>(mark(&uuid));
    let mut profile = accounts::plain("Provkassa Demo ApS");
    for (field, text) in [
        (&mut profile.legal_address, "Testvej 1"),
        (&mut profile.legal_zipcode, "2100"),
        (&mut profile.legal_city, "København Ø"),
        (&mut profile.legal_vat_number, "DK12345674"),
    ] {
        text.clone_into(field);
    }
    let account = Account {
        uuid,
        number: count::<Account>(tx),
        code: CODE.to_owned(),
        collection_method: BY_INVOICE.to_owned(),
        created_date: tx.now,
        profile,
    };
    tx.put(account);
    let recipient = Recipient {
        uuid: new_uuid::<Recipient>(tx, CODE),
        number: count::<Recipient>(tx),
        account: CODE.to_owned(),
        name: "Kim Kunde".to_owned(),
        email: EMAIL.to_owned(),
        receive_invoice: true,
        receive_payment_confirmation: true,
        receive_subscription_notifications: true,
    };
    tx.put(recipient);
    subscribe(tx);
    let token = way_in(tx.seed);
    tx.put(Access { token, email: EMAIL.to_owned(), expires: None, sent: Sent::default() });
}

/// A plan, a subscription whose first period has begun, and the invoice for it.
fn subscribe(tx: &mut Tx<'_>) {
    let plan = Plan {
        uuid: new_uuid::<Plan>(tx, "basic"),
        number: count::<Plan>(tx),
        code: "basic".to_owned(),
        name: "Basic".to_owned(),
    };
    let terms = Terms {
        uuid: new_uuid::<Terms>(tx, "basic"),
        number: count::<Terms>(tx),
        plan: plan.uuid.clone(),
        name: "Monthly".to_owned(),
        price: PRICE,
        currency: "DKK".to_owned(),
        months: 1,
    };
    let start = today(tx);
    let subscription = Subscription {
        uuid: new_uuid::<Subscription>(tx, CODE),
        number: count::<Subscription>(tx),
        account: CODE.to_owned(),
        terms: terms.uuid.clone(),
        quantity: 1,
        collection_method: BY_INVOICE.to_owned(),
        payment_terms: subscriptions::PAYMENT_TERMS,
        start_date: start,
        renews_on: start.saturating_add(1.month()),
        active: true,
        cancellation_type: None,
    };
    tx.put(plan);
    tx.put(terms);
    let claimed = Claimed {
        account: CODE,
        subscription: Some(&subscription.uuid),
        amount: PRICE,
        currency: "DKK",
        collection_method: BY_INVOICE,
        payment_terms: subscriptions::PAYMENT_TERMS,
    };
    invoices::issue(tx, &claimed);
    subscriptions::put(tx, subscription);
}

/// The token of the link that a newcomer follows: it holds for ever.
fn way_in(seed: &Seed) -> String {
    seed.token("fenerum way in", "", 0)
}

/// The portal of the account.
pub(super) fn steps(tx: &Tx<'_>, origin: &str) -> Vec<(String, String)> {
    let link = format!("{origin}/access/{}", way_in(tx.seed));
    vec![(format!("Open the self-service portal of {CODE}"), link)]
}
