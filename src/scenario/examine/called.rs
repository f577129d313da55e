//! The addresses that the shop gives the provider, and what becomes of a callback on its way there.

use std::time::Duration;

use provkassa_simulators::kit::outbox::{Attempt, Delivery};
use tokio::time::Instant;
use url::Url;

use super::super::html;
use super::super::payer::is_here;
use super::super::trail::Trail;
use super::super::wire::get;
use super::super::world::{THE_ORDER, World};
use super::Looks;
use crate::doctor::Look;
use crate::web::{arrived, untrusted};

/// How long a callback may take that is sent at once.
const SOON: Duration = Duration::from_secs(1);
/// How long it may take at all: the sandbox itself gives a shop ten seconds.
const LONGEST: Duration = Duration::from_secs(12);

/// With these a callback is answered before anybody has looked into it.
const IN_THE_WAY: [u16; 5] = [401, 403, 404, 405, 410];

/// The addresses that a shop asked for with an order.
#[derive(Debug, Default)]
struct Addresses {
    accept: Option<Url>,
    cancel: Option<Url>,
    callback: Option<Url>,
}

async fn addresses(world: &mut World<'_>) -> Addresses {
    let Ok((record, came)) = world.known(THE_ORDER).await else { return Addresses::default() };
    let known = world.as_known(record, &came);
    let plain = |url: Option<Url>| url.filter(Url::has_host);
    Addresses {
        accept: plain(world.room.accept_url(&known)),
        cancel: plain(world.room.cancel_url(&known)),
        callback: plain(world.room.callback_url(&known)),
    }
}

/// An address without what comes behind the question mark.
fn path(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}

impl Looks {
    /// Where payers come back: each end has an address of its own.
    pub(super) async fn returns(&mut self, world: &mut World<'_>) {
        const CHECK: &str = "returns";
        let Addresses { accept, cancel, callback } = addresses(world).await;
        let alike = |one: &Option<Url>, other: &Option<Url>| match (one, other) {
            (Some(one), Some(other)) => path(one) == path(other),
            _ => false,
        };
        // Fena has one address for both, and says in it how it went.
        let has_one = world.gate_id() == "fena" || world.gate_id() == "brp";
        if alike(&accept, &callback) {
            let url = accept.as_ref().map(path).unwrap_or_default();
            let seen = format!("payers come back to {url}, where callbacks go, too");
            let next = "give payers an address of their own: what a browser says proves nothing.";
            return self.add(Look::warning(CHECK, seen, next));
        }
        // What the provider adds tells a payer who gave up; what the shop put there itself is in both.
        let same = match (&accept, &cancel) {
            (Some(accept), Some(cancel)) => {
                accept.query_pairs().all(|pair| cancel.query_pairs().any(|other| other == pair))
            }
            _ => false,
        };
        if alike(&accept, &cancel) && !has_one && same {
            let url = accept.as_ref().map(path).unwrap_or_default();
            let seen =
                format!("payers who have paid and payers who give up come back to the same address, {url}");
            let next = "give each an address of its own, or both would see the same page.";
            return self.add(Look::warning(CHECK, seen, next));
        }
        match accept {
            None => {
                let seen = "the shop gives no address for payers to come back to";
                let next = "send one with the payment: payers stay at the provider otherwise.";
                self.add(Look::warning(CHECK, seen, next));
            }
            Some(url) if !is_here(&url) => {
                let seen = format!("payers are sent back to {}, which is not on this machine", path(&url));
                let next = "give the shop its own address as payers reach it here.";
                self.add(Look::wrong(CHECK, seen, next));
            }
            Some(url) => self.add(Look::ok(CHECK, format!("payers come back to {}", path(&url)))),
        }
    }

    /// What became of the callback of the payment.
    pub(super) async fn callback(&mut self, world: &mut World<'_>) {
        const CHECK: &str = "callback";
        let Some(url) = addresses(world).await.callback else {
            if !["brp", "freepay"].contains(&world.gate_id()) {
                let own =
                    if world.gate_id() == "fena" { ": `shop.fena.webhook` is not configured" } else { "" };
                let seen = format!("the shop gives no address to call back{own}");
                let next = "send one with the payment: a payer who closes the browser has paid for nothing otherwise.";
                self.add(Look::warning(CHECK, seen, next));
                return self.skip(&["body"], "there is no callback");
            }
            return self.skip(&[CHECK, "body"], "it calls nobody back");
        };
        let Some((delivery, attempt)) = first_attempt(world).await else {
            let seen = format!("no callback went to {} within {} s", path(&url), LONGEST.as_secs());
            self.add(Look::warning(CHECK, seen, "see in the trail of `provkassa check` what was paid."));
            return self.skip(&["body"], "no callback was sent");
        };
        let place = format!("the callback to {}", path(&url));
        if let Some((seen, next)) = refused(&place, &url, &attempt, &answered(world, &delivery).await) {
            self.add(Look::wrong(CHECK, seen, next));
            // The shop itself refuses it, and may do so for how it is written.
            let is_judged =
                attempt.status.is_some_and(|status| !IN_THE_WAY.contains(&status) && status >= 400);
            return if is_judged {
                self.body(world, &delivery).await;
            } else {
                self.skip(&["body"], "the plain callback does not arrive");
            };
        }
        let shops = world.offer(THE_ORDER).ok().and_then(|offer| offer.checkout.as_ref());
        let shops = shops.and_then(|request| Url::parse(&request.url.replace(['{', '}'], "")).ok());
        let other = shops.is_some_and(|shops| shops.origin() != url.origin());
        let status = attempt.status.unwrap_or_default();
        self.add(if other {
            let seen = format!("{place} was answered with {status}; the checkout is at another address");
            Look::warning(CHECK, seen, "make sure that both are the same shop.")
        } else {
            Look::ok(CHECK, format!("{place} was answered with {status}"))
        });
        self.body(world, &delivery).await;
    }

    /// A callback whose JSON is written in another way is signed as rightly.
    async fn body(&mut self, world: &mut World<'_>, delivery: &Delivery) {
        const CHECK: &str = "body";
        let genuine = world.stage.workspace().outbox().request(&delivery.id);
        let (Some(genuine), Ok((record, came))) = (genuine, world.known(THE_ORDER).await) else {
            return self.skip(&[CHECK], "the callback is not kept any more");
        };
        let written = world.room.written_callbacks(&world.as_known(record, &came), &genuine);
        if written.is_empty() {
            return self.skip(&[CHECK], "its callbacks are no JSON that could be written otherwise");
        }
        let mut answers = Vec::new();
        for request in &written {
            match world.stage.exchange(world.name(), request, None, &mut Trail::default()).await {
                Ok(reply) => answers.push(reply.status),
                Err(fault) => return self.skip(&[CHECK], &fault.to_string()),
            }
        }
        let (taken, refused): (Vec<u16>, Vec<u16>) =
            answers.into_iter().partition(|status| (200..300).contains(status));
        self.add(match (taken.as_slice(), refused.as_slice()) {
            (_, []) => Look::ok(CHECK, "a callback is taken however its JSON is written"),
            ([], [first, ..]) => Look::skipped(CHECK, format!("every further callback is refused with {first}")),
            (_, [first, ..]) => Look::wrong(
                CHECK,
                format!(
                    "the same callback is taken where its JSON is written in one way, and refused with {first} where \
                     it is written in another, signed rightly both times"
                ),
                "compute the signature over the bytes as they came: before anything parses the body and writes it \
                 anew, in the shop or in a proxy before it.",
            ),
        });
    }
}

/// The first callback of the order that was tried, and its first attempt. What the provider would send by and by is
/// sent now.
async fn first_attempt(world: &mut World<'_>) -> Option<(Delivery, Attempt)> {
    let key = world.key(THE_ORDER).ok()?;
    let soon = Instant::now() + SOON;
    let until = Instant::now() + LONGEST;
    let mut is_hurried = false;
    loop {
        let cursor = world.stage.cursor();
        let callbacks = world.callbacks(THE_ORDER).ok()?;
        let first = callbacks.into_iter().next();
        if let Some(first) = &first
            && let Some(attempt) = first.attempts.first().cloned()
        {
            return Some((first.clone(), attempt));
        }
        let now = Instant::now();
        if let Some(first) = first.filter(|_| !is_hurried && now >= soon) {
            is_hurried = true;
            // Where it is on its way already, its attempt comes by itself.
            let _ = world.stage.workspace().outbox().resend(&first.id);
        }
        if now >= until {
            return None;
        }
        world.stage.stirs(world.gate_id(), &key, cursor, Duration::from_millis(50)).await;
    }
}

/// Where the callback leads and what it sees there, followed as no provider does: a login page says so.
async fn answered(world: &mut World<'_>, delivery: &Delivery) -> InTheWay {
    let Some(request) = world.stage.workspace().outbox().request(&delivery.id) else {
        return InTheWay::default();
    };
    let reply = world.stage.exchange(world.name(), &request, None, &mut Trail::default()).await;
    let Ok(reply) = reply else { return InTheWay::default() };
    let asks = |body: &str| html::read(body).asks_for_a_password();
    let is_login = asks(&reply.body);
    let Some(onward) = reply.location().filter(|_| !is_login) else {
        return InTheWay { is_login, onward: None };
    };
    let page = get(onward.clone());
    let page = world.stage.exchange("provkassa", &page, None, &mut Trail::default()).await;
    InTheWay { is_login: page.is_ok_and(|page| asks(&page.body)), onward: Some(onward) }
}

/// What a callback meets before anybody has looked into it.
#[derive(Debug, Default)]
struct InTheWay {
    /// Whether it ends at a login page.
    is_login: bool,
    /// Where it is sent on to.
    onward: Option<Url>,
}

impl InTheWay {
    /// What it is, in words; nothing where there is nothing.
    fn told(&self) -> String {
        match (&self.onward, self.is_login) {
            (None, false) => String::new(),
            (None, true) => "a login page answers".to_owned(),
            (Some(onward), false) => format!("it leads to {}", path(onward)),
            (Some(onward), true) => format!("it leads to {}, a login page", path(onward)),
        }
    }

    /// Whether it is sent on to the same route, spelt otherwise: with a slash, by https, at another host.
    fn is_the_same(&self, url: &Url) -> bool {
        let route = |url: &Url| url.path().trim_end_matches('/').to_owned();
        self.onward.as_ref().is_some_and(|onward| route(onward) == route(url))
    }
}

/// Why a callback did not arrive, and what to do; none where it did.
fn refused(place: &str, url: &Url, attempt: &Attempt, seen: &InTheWay) -> Option<(String, String)> {
    const OPEN: &str = "let callbacks through without a login: their signature says who sends them.";
    let status = match (attempt.status, &attempt.failure) {
        (Some(status), _) => status,
        (None, failure) => {
            let why = failure.clone().unwrap_or_else(|| "nothing came back".to_owned());
            if arrived(&why) {
                let next =
                    "look at what that route of the shop waits for, or fails by: its own output may say it.";
                return Some((format!("{place} {why}"), next.to_owned()));
            }
            let next = if untrusted(&why) {
                "let provkassa trust the shop's certificate with --callback-ca FILE, or give an http address here."
            } else {
                "give the shop the address at which it is reached from here, and see that it listens there."
            };
            return Some((format!("{place} does not arrive: {why}"), next.to_owned()));
        }
    };
    let said = seen.told();
    let is_plain = said.is_empty();
    let said = if is_plain { said } else { format!(": {said}") };
    let told = format!("{place} is answered with {status}{said}");
    let next = match status {
        200..=299 if is_plain => return None,
        200..=299 | 401 | 403 => OPEN,
        300..=399 if seen.is_login => OPEN,
        300..=399 if seen.is_the_same(url) => {
            "give the address that it leads to: no provider follows a redirect."
        }
        300..=399 => {
            "take the callback's route out of what sends it elsewhere, a login perhaps: no provider follows a redirect, \
             and its signature says who sends it."
        }
        404 | 410 => "look at the path: the shop has no such route.",
        405 => "look at the route's method: the shop does not take this one there.",
        _ => "look at the shop's output: the callback is genuine.",
    };
    Some((told, next.to_owned()))
}
