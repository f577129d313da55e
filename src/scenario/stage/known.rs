//! What a run knows of the shop's addresses: who may be asked though it is not on this machine, and who never answers.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use url::{Origin, Url};

use crate::scenario::config::{Offer, ShopConfig, Status};
use crate::scenario::fault::{FaultKind, ShopFault};

/// The origins that the configuration names. A shop in a container has one that is not loopback.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Where the shop's own pages are: payers go there.
    pages: Vec<Origin>,
    /// Where provkassa asks the shop, and providers call it.
    questions: Vec<Origin>,
}

impl Known {
    /// What the configuration names. A shop that described itself may name no other place than the one where the user
    /// said that it is.
    pub(super) fn of(shop: &ShopConfig, named: Option<&str>) -> Self {
        let offers = || offers(shop);
        let statuses = shop.status.iter().chain(offers().filter_map(|offer| offer.status.as_ref()));
        let actions = offers().flat_map(|offer| offer.actions.values());
        let asked = statuses.map(|status| &status.request).chain(actions).map(|request| request.url.as_str());
        let called = offers().filter_map(|offer| offer.webhook.as_deref());
        let checkouts = offers().filter_map(|offer| Some(offer.checkout.as_ref()?.url.as_str()));
        let renewals = offers().filter_map(|offer| Some(offer.actions.get("renew")?.url.as_str()));
        let redirects = offers().filter_map(|offer| offer.redirect.as_deref());
        let pages = checkouts.chain(renewals).chain(redirects);
        let mut pages: Vec<Origin> = pages.filter_map(origin).collect();
        let mut questions: Vec<Origin> =
            asked.chain(called).chain(shop.ready.as_deref()).filter_map(origin).collect();
        if let Some(named) = named {
            let named = origin(named);
            pages.retain(|page| Some(page) == named.as_ref());
            questions.retain(|question| Some(question) == named.as_ref());
        }
        Self { pages, questions }
    }

    /// Whether an address is the shop's: for a browser, its pages' origin; else whatever the configuration names.
    pub(super) fn has(&self, url: &Url, is_browser: bool) -> bool {
        let origin = url.origin();
        self.pages.contains(&origin) || (!is_browser && self.questions.contains(&origin))
    }
}

/// Where a shop that is started takes its connections: at its first checkout, else where it is asked.
pub(super) fn door(shop: &ShopConfig) -> Option<String> {
    let checkout = offers(shop).find_map(|offer| Some(&offer.checkout.as_ref()?.url));
    let own = offers(shop).find_map(|offer| offer.status.as_ref());
    let status = shop.status.as_ref().or(own).map(|status: &Status| &status.request.url);
    let url = checkout.or(status)?;
    Some(origin(url)?.ascii_serialization())
}

fn offers(shop: &ShopConfig) -> impl Iterator<Item = &Offer> {
    shop.providers.values().flat_map(|offer| std::iter::once(offer).chain(offer.subscription.as_deref()))
}

fn origin(url: &str) -> Option<Origin> {
    Url::parse(&url.replace(['{', '}'], "")).ok().map(|url| url.origin())
}

/// The checkouts that were begun, by their place in the configuration, and what is wrong with those that have never
/// answered. Each further scenario would wait as long for nothing.
#[derive(Debug, Default)]
pub(in super::super) struct Hushed(Mutex<BTreeMap<String, Option<ShopFault>>>);

impl Hushed {
    /// What is wrong with a checkout that has never answered.
    pub(in super::super) fn fault(&self, place: &str) -> Option<ShopFault> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(place).cloned().flatten()
    }

    /// Keeps in mind what came of a checkout. One that has answered before is slow with this order, and no more.
    pub(in super::super) fn learn<T>(&self, place: &str, came: Result<&T, &ShopFault>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match came {
            Ok(_) => {
                all.insert(place.to_owned(), None);
            }
            Err(fault) if matches!(fault.kind, FaultKind::Silent { .. }) => {
                all.entry(place.to_owned()).or_insert_with(|| Some(fault.clone()));
            }
            Err(_) => {}
        }
    }
}
