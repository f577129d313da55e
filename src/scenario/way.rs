//! Why no payer gets to a provider: found out once for each, with nobody else at the checkout.

use std::collections::BTreeMap;
use std::sync::Arc;

use provkassa_simulators::kit::journal::Event;
use tokio::sync::{Mutex, RwLock, RwLockReadGuard};

use super::fault::{FaultKind, ShopFault};
use super::outcome::{Failure, Stop};
use super::template::major;
use super::trail::shortened;
use super::world::{Kind, THE_ORDER, World};

/// The provider refuses what the shop sends for the plainest of orders, and so no payer gets there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoWay {
    /// What is wrong: what was sent, and what the provider said.
    pub failure: Failure,
    /// Whether it is the way to sign up for a subscription.
    pub signs_up: bool,
    /// Each hop of the plain order's.
    pub trail: Vec<String>,
}

/// How a shop whose calls are refused is put right.
const REMEDY: &str = "send what the provider takes, and look at the status of each answer before going on: \
    the trail has them all.";
/// How a shop is put right that nobody knows.
const KEYS: &str = "give the shop the sandbox's addresses and credentials, as `provkassa env` prints them.";

/// A provider's id, and whether it is the way to subscribe there.
type Way = (&'static str, bool);

/// What is known of the ways to the providers.
#[derive(Debug, Default)]
pub(super) struct Ways {
    /// None where the way is there, or nobody knows why not.
    known: Mutex<BTreeMap<Way, Option<Arc<NoWay>>>>,
    /// Held by each request of a payer's; whoever wants to be alone waits for all of them.
    turns: RwLock<()>,
}

impl Ways {
    /// A payer's turn among others'.
    pub(super) async fn among_others(&self) -> RwLockReadGuard<'_, ()> {
        self.turns.read().await
    }
}

impl World<'_> {
    /// The checkout leads nowhere: the sandbox may know why.
    pub(super) async fn no_way(&mut self, which: usize, fault: ShopFault) -> Stop {
        if let Some(no_way) = self.usual_way(which).await {
            return Stop::NoWay(no_way);
        }
        // Plain orders get there: it is this one.
        if let Some((failure, _)) = self.refusal() {
            return Stop::Fail(Box::new(failure));
        }
        let got = match &fault.kind {
            FaultKind::Garbage { got, .. } => got.clone(),
            _ => fault.to_string(),
        };
        if self.order(which).named || self.order(which).before {
            let what = if self.order(which).before { "a second time" } else { "by this name" };
            let headline = format!("the shop does not check the order out {what}");
            return Stop::fail(headline, self.wanted(), got);
        }
        let Some(status) = self.order(which).astray else { return Stop::Broken(fault) };
        let is_plain = self.order(which).kind == Kind::Own && !self.order(which).is_special();
        if !is_plain && (400..500).contains(&status) {
            let amount = major(self.order(which).purchase.amount);
            return Stop::Refused(if self.order(which).kind == Kind::Own {
                format!("the shop checks out no order of {amount}: {got}")
            } else {
                got
            });
        }
        // An ordinary order is checked out.
        if self.order(which).kind == Kind::Odd && status >= 500 {
            let headline = format!("the shop's checkout fails with {status}");
            return Stop::fail(headline, self.wanted(), got);
        }
        Stop::Broken(fault)
    }

    fn wanted(&self) -> String {
        format!("a checkout that leads to {}", self.name())
    }

    /// What keeps the plainest order from its provider; none where nothing does, or nobody can say what.
    async fn usual_way(&mut self, which: usize) -> Option<Arc<NoWay>> {
        let (stage, signs_up) = (self.stage, self.order(which).signs_up);
        let mut known = stage.ways.known.lock().await;
        if let Some(known) = known.get(&(self.id(), signs_up)) {
            return known.clone();
        }
        let alone = stage.ways.turns.write().await;
        let mut world = World { alone: true, ..World::new(stage, self.provider, self.room, None) };
        world.order(THE_ORDER).signs_up = signs_up;
        let ended = world.begin(THE_ORDER).await;
        drop(alone);
        let failure = match ended {
            Err(Stop::Broken(fault)) if fault.leads_nowhere() => world.refusal(),
            _ => None,
        };
        let trail = if failure.is_some() { world.told().await } else { Vec::new() };
        let found = failure.map(|(mut failure, why)| {
            failure.headline.extend(why.iter().map(|why| format!(": {why}")));
            Arc::new(NoWay { failure, signs_up, trail })
        });
        known.insert((self.id(), signs_up), found.clone());
        found
    }

    /// What the provider refused of what the shop sent: the first of it, and what is wrong with it where that is known.
    fn refusal(&self) -> Option<(Failure, Option<String>)> {
        let name = self.name();
        let masker = self.stage.workspace().masker();
        self.strangers().into_iter().find_map(|entry| {
            let Event::Exchange { request, reply, remarks } = &entry.event else { return None };
            if let Some(why) = &remarks.unclaimed {
                let headline = format!("{name} does not know who asks");
                let failure = Failure::new(headline, self.wanted(), masker.text(why));
                return Some((Failure { remedy: KEYS.to_owned(), ..failure }, None));
            }
            if !reply.line.starts_with(['4', '5']) {
                return None;
            }
            let line = request.line.split('?').next().unwrap_or_default();
            let part = |what: &str, body: &[u8]| {
                let text = shortened(String::from_utf8_lossy(body).trim());
                if text.is_empty() { text } else { format!("\n{what} {text}") }
            };
            let (sent, answered) = (part("sent", &request.body), part("answered", &reply.body));
            let why = remarks.diagnosis.as_ref().map(|why| masker.text(why));
            let diagnosis = why.as_ref().map_or_else(String::new, |why| format!(": {why}"));
            let got = masker.text(&format!("{line} → {}{diagnosis}{sent}{answered}", reply.line));
            let headline = format!("{name} refuses what the shop sends");
            let failure = Failure::new(headline, self.wanted(), got);
            Some((Failure { remedy: REMEDY.to_owned(), ..failure }, why))
        })
    }
}
