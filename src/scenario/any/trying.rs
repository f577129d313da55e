//! Trying a scenario with one order after the other, and making a failing one smaller.

use futures_util::future::join_all;
use tokio::time::Instant;

use super::super::feature::Scenario;
use super::super::outcome::{Failure, Outcome, Stop, Verdict};
use super::super::rooms::Room;
use super::super::run::{Attempt, attempt, verdict};
use super::super::stage::Stage;
use super::drawing::draw;
use super::{AnyOrder, Orders, Pace, near, smaller};

/// How many orders of one scenario are tried at once. They are judged in their order all the same.
const AT_ONCE: usize = 4;
/// After so many that failed no more are begun: they would say the same.
const ENOUGH: usize = 8;

/// One scenario, and the orders that it was tried with.
struct Trial<'a> {
    stage: &'a Stage,
    scenario: &'a Scenario,
    room: &'static dyn Room,
    passed: Vec<AnyOrder>,
    failed: Vec<(AnyOrder, Attempt)>,
    refused: Vec<String>,
    /// What ends the scenario, whatever the other orders do.
    ended: Option<Attempt>,
}

/// Tries a scenario with an ordinary order, and then with others.
pub(in crate::scenario) async fn try_orders(
    stage: &Stage,
    scenario: &Scenario,
    room: &'static dyn Room,
    pace: &Pace,
) -> Outcome {
    let (passed, failed, refused) = (Vec::new(), Vec::new(), Vec::new());
    let mut trial = Trial { stage, scenario, room, passed, failed, refused, ended: None };
    if let Some(only) = &pace.drawing.only {
        trial.judge(vec![only.clone()]).await;
        return trial.outcome(0);
    }
    // Where an ordinary one fails nothing is learnt from others.
    trial.judge(vec![AnyOrder::plain()]).await;
    if !trial.failed.is_empty() || trial.ended.is_some() {
        return trial.outcome(0);
    }
    let limits = room.limits();
    let saved = pace.saved.get(&scenario.id).filter(|order| limits.allow(order)).cloned();
    let drawn =
        (0..pace.drawing.orders.saturating_sub(1)).map(|place| draw(pace.seed, &scenario.id, place, &limits));
    let orders: Vec<AnyOrder> = saved.into_iter().chain(drawn).collect();
    for some in orders.chunks(AT_ONCE) {
        trial.judge(some.to_vec()).await;
        if trial.failed.len() >= ENOUGH || trial.ended.is_some() {
            break;
        }
    }
    let (tried, failed, steps) =
        (trial.passed.len() + trial.failed.len(), trial.failed.len(), trial.shrink(pace).await);
    let outcome = trial.outcome(steps);
    let orders = outcome.orders.map(|orders| Orders { tried, failed, ..orders });
    Outcome { orders, ..outcome }
}

impl Trial<'_> {
    /// Tries some orders at once.
    async fn judge(&mut self, orders: Vec<AnyOrder>) {
        let tried = self.attempts(&orders).await;
        for (order, tried) in orders.into_iter().zip(tried) {
            match &tried.ended {
                Ok(()) => self.passed.push(order),
                Err(Stop::Refused(why)) => self.refused.push(why.clone()),
                Err(Stop::Fail(_)) => self.failed.push((order, tried)),
                Err(Stop::Broken(_) | Stop::NoWay(_) | Stop::Unsupported(_)) => {
                    self.ended.get_or_insert(tried);
                }
            }
        }
    }

    async fn attempts(&self, orders: &[AnyOrder]) -> Vec<Attempt> {
        join_all(
            orders.iter().map(|order| attempt(self.stage, self.scenario, self.room, Some(order.clone()))),
        )
        .await
    }

    /// Makes the first failing order smaller, as long as it fails in the same way and there is time. How many times.
    /// The smallest then stands first.
    async fn shrink(&mut self, pace: &Pace) -> usize {
        let until = Instant::now() + pace.drawing.shrink;
        let least = self.room.limits().least;
        let mut steps = 0;
        'smaller: while let Some((order, failed)) = self.failed.first() {
            let (order, headline) = (order.clone(), failed.headline().to_owned());
            let mut candidates = smaller::plainer(&order, least);
            candidates.retain(|candidate| !self.passed.contains(candidate));
            for some in candidates.chunks(AT_ONCE) {
                if Instant::now() >= until {
                    return steps;
                }
                let tried = self.attempts(some).await;
                let mut found = None;
                for (candidate, tried) in some.iter().zip(tried) {
                    match &tried.ended {
                        Ok(()) => self.passed.push(candidate.clone()),
                        Err(Stop::Fail(failure)) if failure.headline == headline => {
                            found.get_or_insert((candidate.clone(), tried));
                        }
                        Err(_) => {}
                    }
                }
                if let Some(found) = found {
                    self.failed.insert(0, found);
                    steps += 1;
                    continue 'smaller;
                }
            }
            return steps;
        }
        steps
    }

    /// What came of it.
    fn outcome(self, shrunk_in: usize) -> Outcome {
        let (tried, refused) = (self.passed.len() + self.failed.len(), self.refused.len());
        let mut orders = Orders { tried, failed: self.failed.len(), refused, smallest: None, shrunk_in };
        if let Some((smallest, first)) = self.failed.first() {
            let failing: Vec<AnyOrder> = self.failed.iter().map(|(order, _)| order.clone()).collect();
            let when = near::condition(smallest, &failing, &self.passed);
            orders.smallest = Some(smallest.clone());
            let (judged, trail) = (verdict(self.scenario, first.ended.clone()), first.trail.clone());
            let verdict = match judged {
                Verdict::Fail(failure) => Verdict::Fail(Box::new(narrowed(*failure, when))),
                other => other,
            };
            return Outcome { verdict, trail, orders: Some(orders) };
        }
        if let Some(ended) = self.ended {
            return Outcome {
                verdict: verdict(self.scenario, ended.ended),
                trail: ended.trail,
                orders: Some(orders),
            };
        }
        let verdict = match self.refused.last() {
            Some(why) if self.passed.is_empty() => {
                Verdict::Unsupported(format!("the shop takes none of the {refused} orders: {why}"))
            }
            _ => Verdict::Pass,
        };
        Outcome { verdict, trail: Vec::new(), orders: Some(orders) }
    }
}

/// The failure, with the condition under which it is seen.
fn narrowed(failure: Failure, when: Option<String>) -> Failure {
    let headline = match when {
        Some(when) => format!("{}, as soon as {when}", failure.headline),
        None => failure.headline,
    };
    Failure { headline, ..failure }
}
