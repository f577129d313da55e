//! What a customer does in the self-service portal, in transactions.

use std::convert::Infallible;

use crate::kit::page::Sent;
use crate::kit::reader::Text;
use crate::kit::table::Tx;
use crate::kit::workspace::Workspace;
use crate::quickpay::partner;

use super::callbacks;
use super::cards;
use super::gateways::{self, Wanted};
use super::invoices;
use super::model::{Account, Gateway, Invoice, PaymentCard, Plan, SignUp, Subscription, Terms, decimal};
use super::refusals::Refusal;
use super::self_service::{accounts_of, enter};
use super::store::{BY_INVOICE, by_card, cards_of, count};
use super::subscriptions;

/// What is told where cards cannot be changed.
pub(super) const NO_CARDS: &str = "Payment cards of this kind cannot be added here.";

/// Why somebody does not get into the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outside {
    Expired,
    NoAccount,
    NoPortal,
    Off,
}

/// What a customer sees.
#[derive(Clone, Debug)]
pub(super) struct Around {
    pub(super) email: String,
    /// How the shop asked for the way in.
    pub(super) sent: Sent,
    pub(super) account: Account,
    /// All accounts that the customer has.
    pub(super) accounts: Vec<Account>,
    pub(super) cards: Vec<PaymentCard>,
    /// None where customers do not see them.
    pub(super) subscriptions: Option<Vec<Subscribed>>,
    /// None where customers do not see them.
    pub(super) invoices: Option<Vec<Billed>>,
    /// Whether cards can be changed at all.
    pub(super) may_change: bool,
    pub(super) stripe: bool,
    pub(super) quickpay: bool,
}

/// A subscription as a customer reads it.
#[derive(Clone, Debug)]
pub(super) struct Subscribed {
    pub(super) record: Subscription,
    pub(super) plan: String,
    pub(super) price: String,
    pub(super) method: Text,
}

/// An invoice as a customer reads it.
#[derive(Clone, Debug)]
pub(super) struct Billed {
    pub(super) record: Invoice,
    pub(super) amount: String,
}

impl Around {
    /// What the addresses of the portal's pages end with.
    pub(super) fn query(&self) -> String {
        if self.accounts.len() < 2 {
            return String::new();
        }
        Self::query_of(&self.account)
    }

    /// The same for another of the customer's accounts.
    pub(super) fn query_of(account: &Account) -> String {
        let code: String = form_urlencoded::byte_serialize(account.code.as_bytes()).collect();
        format!("?account={code}")
    }

    /// How what comes now is paid.
    pub(super) fn method(&self) -> Text {
        method(&self.account.collection_method)
    }
}

fn method(collection_method: &str) -> Text {
    if collection_method == BY_INVOICE {
        Text("Invoice", "Faktura")
    } else {
        Text("Payment card", "Betalingskort")
    }
}

/// Does something with the records.
pub(super) async fn change<T>(workspace: &Workspace, work: impl Fn(&mut Tx<'_>) -> T + Send + Sync) -> T {
    let done = workspace.transact(|tx| Ok::<_, Infallible>(work(tx))).await;
    done.unwrap_or_else(|never| match never {})
}

/// What the portal's own address is called for a workspace.
pub(super) async fn company(workspace: &Workspace) -> String {
    workspace.read(|tx| tx.seed.token("fenerum company", "", 0)).await
}

/// What whoever has a token sees of an account; of the first where none of theirs is named.
pub(super) fn around(tx: &mut Tx<'_>, token: &str, account: &str) -> Result<Around, Outside> {
    invoices::catch_up(tx);
    if !tx.settings.on("fenerum.self_service") {
        return Err(Outside::Off);
    }
    let access = enter(tx, token).ok_or(Outside::Expired)?;
    let accounts = accounts_of(tx, &access.email);
    let named = accounts.iter().find(|known| known.code == account).or(accounts.first());
    let uuid = named.ok_or(Outside::NoAccount)?.uuid.clone();
    collect_all(tx, &uuid);
    let account = tx.get::<Account>(uuid.as_str()).ok_or(Outside::NoAccount)?;
    let may_change = tx.settings.on("fenerum.self_service_cards");
    let can = |gateway: Gateway| may_change && tx.settings.on(gateway.setting());
    Ok(Around {
        email: access.email,
        sent: access.sent,
        accounts,
        cards: cards_of(tx, &uuid).iter().map(|card| PaymentCard::clone(card)).collect(),
        subscriptions: tx.settings.on("fenerum.self_service_subscriptions").then(|| {
            subscriptions::of(tx, Some(&account.code)).iter().map(|of| subscribed(tx, of)).collect()
        }),
        invoices: tx
            .settings
            .on("fenerum.self_service_invoices")
            .then(|| invoices::of(tx, Some(&account.code)).iter().rev().map(|of| billed(of)).collect()),
        account: Account::clone(&account),
        may_change,
        stripe: can(Gateway::StripeNew),
        quickpay: can(Gateway::Quickpay),
    })
}

fn subscribed(tx: &Tx<'_>, subscription: &Subscription) -> Subscribed {
    let terms = tx.get::<Terms>(subscription.terms.as_str());
    let plan = terms.as_ref().and_then(|terms| tx.get::<Plan>(terms.plan.as_str()));
    let price = |terms: &Terms| {
        let amount = terms.price.saturating_mul(i64::from(subscription.quantity));
        format!("{} {}, {}", decimal(amount), terms.currency, terms.name)
    };
    Subscribed {
        record: subscription.clone(),
        plan: plan.map(|plan| plan.name.clone()).unwrap_or_default(),
        price: terms.map(|terms| price(&terms)).unwrap_or_default(),
        method: method(&subscription.collection_method),
    }
}

fn billed(invoice: &Invoice) -> Billed {
    let amount = format!("{} {}", decimal(invoice.amount), invoice.currency);
    Billed { record: invoice.clone(), amount }
}

/// Registers a payment method of Stripe's.
pub(super) fn add_stripe(
    tx: &mut Tx<'_>,
    around: &Around,
    method: &str,
) -> Result<(PaymentCard, Vec<String>), String> {
    if !around.stripe {
        return Err(NO_CARDS.to_owned());
    }
    add(tx, &around.account, Gateway::StripeNew, method)
}

/// Registers a card that a customer gave, and has everything paid with it from now on.
fn add(
    tx: &mut Tx<'_>,
    account: &Account,
    gateway: Gateway,
    token: &str,
) -> Result<(PaymentCard, Vec<String>), String> {
    let mut warnings = Vec::new();
    let card = gateways::register(tx, &Wanted { account, gateway, token }, &mut warnings)
        .map_err(|refusal| plainly(&refusal))?;
    adopt(tx, &account.uuid);
    Ok((card, warnings))
}

/// A refusal as a customer reads it.
fn plainly(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Detail(told) => told.text.clone(),
        Refusal::Fields(fields) => fields.first().map_or_else(String::new, |(_, told)| told.text.clone()),
        Refusal::ServerError | Refusal::Throttled(_) => "Something went wrong. Try again later.".to_owned(),
    }
}

/// Payment cards become the account's way to pay, and that of its active subscriptions.
fn adopt(tx: &mut Tx<'_>, account: &str) {
    let Some(account) = tx.get::<Account>(account) else { return };
    let by_card = by_card(tx);
    if account.collection_method != by_card {
        let account = Account { collection_method: by_card.to_owned(), ..Account::clone(&account) };
        callbacks::emit(tx, &account.code, "account.updated", &account.snapshot());
        tx.put(account);
    }
    for subscription in subscriptions::of(tx, Some(&account.code)) {
        if subscription.active && subscription.collection_method != by_card {
            let collection_method = by_card.to_owned();
            tx.put(Subscription { collection_method, ..Subscription::clone(&subscription) });
        }
    }
}

/// Begins a sign-up at QuickPay; where its window is.
pub(super) fn sign_up(
    tx: &mut Tx<'_>,
    around: &Around,
    quickpay: &str,
    link: &str,
) -> Result<String, String> {
    if !around.quickpay {
        return Err(NO_CARDS.to_owned());
    }
    // QuickPay's own id is only known afterwards.
    let number = count::<SignUp>(tx);
    let order = format!("self{number:06}");
    let description = format!("Payment card of {}", around.account.code);
    let (continue_url, cancel_url) =
        (format!("{link}/cards/quickpay/{order}{}", around.query()), format!("{link}{}", around.query()));
    let wanted = partner::SignUp {
        order_id: &order,
        description: &description,
        currency: "DKK",
        continue_url: &continue_url,
        cancel_url: &cancel_url,
    };
    let Some((subscription, window)) = partner::sign_up(tx, quickpay, &wanted) else {
        return Err("QuickPay does not take the sign-up. Try again later.".to_owned());
    };
    let account = around.account.uuid.clone();
    tx.put(SignUp { order, number, subscription, account, failure: None });
    Ok(window)
}

/// The card of a sign-up that its customer has come back from.
pub(super) fn collect(tx: &Tx<'_>, around: &Around, order: &str) -> Result<PaymentCard, String> {
    // It was registered when the portal was looked at, here or in another tab.
    let sign_up = tx.get::<SignUp>(order).filter(|sign_up| sign_up.account == around.account.uuid);
    let Some(sign_up) = sign_up else {
        return Err("There is no such sign-up.".to_owned());
    };
    let token = sign_up.subscription.to_string();
    let mut cards = around.cards.iter();
    let known = cards.find(|card| card.gateway == Gateway::Quickpay && card.token == token);
    known.cloned().ok_or_else(|| {
        let open = "No card was added: the sign-up was not completed, or the card was refused.";
        sign_up.failure.clone().unwrap_or_else(|| open.to_owned())
    })
}

/// Registers the cards of an account's sign-ups that QuickPay has accepted: whether or not the customer's
/// browser came back.
fn collect_all(tx: &mut Tx<'_>, account: &str) {
    let mut waiting = tx.all::<SignUp>();
    waiting.retain(|sign_up| sign_up.account == account);
    waiting.sort_by_key(|sign_up| sign_up.number);
    for sign_up in waiting {
        let token = sign_up.subscription.to_string();
        let cards = cards_of(tx, account);
        let known = cards.iter().any(|card| card.gateway == Gateway::Quickpay && card.token == token);
        let found = partner::registered(tx, sign_up.subscription);
        let ready = found.is_some_and(|found| found.accepted && found.state == "active");
        if !known
            && ready
            && sign_up.failure.is_none()
            && let Some(account) = tx.get::<Account>(account)
            && let Err(why) = add(tx, &account, Gateway::Quickpay, &token)
        {
            tx.put(SignUp { failure: Some(why), ..SignUp::clone(&sign_up) });
        }
    }
}

/// Disables one of the account's cards.
pub(super) fn disable(tx: &mut Tx<'_>, around: &Around, card: &str) -> Result<(), String> {
    let own = around.cards.iter().any(|own| own.uuid == card);
    if !around.may_change || !own {
        return Err("This card cannot be disabled here.".to_owned());
    }
    cards::off(tx, card).map(drop).map_err(|refusal| plainly(&refusal))
}
