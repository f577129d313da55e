//! What the shop believes of an order, and waiting for it.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::config::Status;
use super::fault::{FaultKind, ShopFault};
use super::journey::filled;
use super::outcome::{Failure, Stop};
use super::trail::Trail;
use super::world::{Done, THE_ORDER, World};

/// How long between two questions.
const PAUSE: Duration = Duration::from_millis(50);

/// How long a callback is waited for that is being sent: the sandbox gives a shop ten seconds.
const ON_ITS_WAY: Duration = Duration::from_secs(11);

/// What the shop said of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Belief {
    /// In its own word; none where it does not know the order.
    pub(super) word: Option<String>,
    /// How often it was credited, where the shop says so.
    pub(super) credited: Option<String>,
    /// Its answer of 404 about an order that it has checked out: nothing follows from that.
    denied: Option<ShopFault>,
}

impl Belief {
    fn told(&self) -> String {
        match &self.word {
            Some(word) => format!("`{word}`"),
            None => "it knows no such order".to_owned(),
        }
    }
}

/// A state of an order, as the configuration names its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Active,
    Cancelled,
    Paid,
    Refunded,
}

impl State {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Cancelled => "cancelled",
            Self::Paid => "paid",
            Self::Refunded => "refunded",
        }
    }

    fn words(self, status: &Status) -> &[String] {
        match self {
            Self::Active => &status.active,
            Self::Cancelled => &status.cancelled,
            Self::Paid => &status.paid,
            Self::Refunded => &status.refunded,
        }
    }
}

impl<'s> World<'s> {
    fn status(&mut self, which: usize) -> Result<&'s Status, Stop> {
        let shop = &self.stage.shop;
        let base = shop.providers.get(self.id()).and_then(|offer| offer.status.as_ref());
        let own = self.offer(which)?.status.as_ref().or(base).or(shop.status.as_ref());
        own.ok_or_else(|| Stop::Unsupported("`shop.status` is not configured".to_owned()))
    }

    /// The words that mean this.
    pub(super) fn words_of(&mut self, state: State) -> Vec<String> {
        self.status(THE_ORDER).map(|status| state.words(status).to_vec()).unwrap_or_default()
    }

    /// Whether this word means it.
    pub(super) fn is_word_of(&mut self, word: &str, state: State) -> bool {
        self.words_of(state).iter().any(|known| known == word)
    }

    /// Asks the shop what it believes.
    pub(super) async fn ask(&mut self, which: usize, trail: &mut Trail) -> Result<Belief, Stop> {
        let status = self.status(which)?;
        let request = filled(&status.request, &self.order(which).purchase);
        let reply = self.stage.exchange("provkassa", &request, None, trail).await?;
        if reply.status == 404 {
            let denied = self.order(which).came.is_some().then(|| {
                let (url, got) = (reply.url.to_string(), reply.shortened());
                let order = &self.order(which).purchase.order;
                let what = format!("the shop should say how order {order} stands, which it has checked out");
                self.stage.fault(FaultKind::Garbage { url, what, got })
            });
            return Ok(Belief { word: None, credited: None, denied });
        }
        if reply.status >= 400 {
            return Err(self.garbage(&reply, "the shop should say how the order stands".to_owned()));
        }
        let Some(word) = status.place.find(&reply.headers, &reply.body) else {
            let what = format!("the shop should say how the order stands, in {}", status.place.told());
            return Err(self.garbage(&reply, what));
        };
        let known = [&status.paid, &status.unpaid, &status.refunded, &status.cancelled, &status.active];
        if !status.unpaid.is_empty() && !known.iter().any(|words| words.contains(&word)) {
            let what = format!(
                "`{word}` is in none of paid, unpaid, refunded, cancelled and active of `shop.status`"
            );
            return Err(self.garbage(&reply, what));
        }
        let credited = status.credited.as_ref().and_then(|pointer| {
            let json = serde_json::from_str::<serde_json::Value>(&reply.body).ok()?;
            json.pointer(pointer).map(ToString::to_string)
        });
        Ok(Belief { word: Some(word), credited, denied: None })
    }

    /// Asks until it is so or the deadline is over. Only the last question stands in the trail.
    async fn ask_until(
        &mut self,
        which: usize,
        holds: impl Fn(&Belief) -> bool,
    ) -> Result<(Belief, bool), Stop> {
        let until = Instant::now() + self.stage.shop.deadline;
        loop {
            let mut asked = self.trail.clone();
            let belief = self.ask(which, &mut asked).await;
            let is_over = Instant::now() >= until;
            match belief {
                Ok(belief) if is_over || holds(&belief) => {
                    self.trail = asked;
                    let fits = holds(&belief);
                    return Ok((belief, fits));
                }
                Err(stop) => {
                    self.trail = asked;
                    return Err(stop);
                }
                Ok(_) => sleep(PAUSE).await,
            }
        }
    }

    /// The shop must come to believe this within the deadline.
    pub(super) async fn believes(&mut self, which: usize, state: State) -> Done {
        let words = state.words(self.status(which)?);
        if words.is_empty() {
            let key = state.name();
            return Err(Stop::Unsupported(format!("`shop.status.{key}` is not configured")));
        }
        let is_so = |belief: &Belief| belief.word.as_ref().is_some_and(|word| words.contains(word));
        let (belief, fits) = self.ask_until(which, is_so).await?;
        if fits {
            return Ok(());
        }
        if let Some(fault) = belief.denied {
            return Err(fault.into());
        }
        // A callback may be on its way still, to a shop that hangs.
        let _ = timeout(ON_ITS_WAY, self.stage.workspace().outbox().settled()).await;
        self.unanswered(which).await?;
        let order = self.order(which).purchase.order.clone();
        let name = state.name();
        let failure = Failure::new(
            format!("the shop does not believe that the order is {name}"),
            format!(
                "order {order} is {name} ({}) within {} s",
                words.join(" or "),
                self.stage.shop.deadline.as_secs_f64()
            ),
            belief.told(),
        );
        Err(self.unbelieving(which, failure))
    }

    /// The shop must not come to believe this, however long it is given.
    pub(super) async fn does_not_believe(&mut self, which: usize, state: State) -> Done {
        let words = state.words(self.status(which)?);
        let until = Instant::now() + self.stage.shop.settle;
        loop {
            let mut asked = self.trail.clone();
            let belief = self.ask(which, &mut asked).await;
            let is_over = Instant::now() >= until;
            let believed = belief
                .as_ref()
                .is_ok_and(|belief| belief.word.as_ref().is_some_and(|word| words.contains(word)));
            if is_over || believed || belief.is_err() {
                self.trail = asked;
            }
            let belief = belief?;
            if believed {
                let order = self.order(which).purchase.order.clone();
                let name = state.name();
                return Err(Stop::fail(
                    format!("the shop believes that the order is {name}, and it is not"),
                    format!("order {order} is not {name}"),
                    belief.told(),
                ));
            }
            if is_over {
                return belief.denied.map_or(Ok(()), |fault| Err(fault.into()));
            }
            sleep(PAUSE).await;
        }
    }

    /// The order must have been credited exactly once, also when the shop has had time for more.
    pub(super) async fn credited_once(&mut self, which: usize) -> Done {
        if self.status(which)?.credited.is_none() {
            return Err(Stop::Unsupported("`shop.status.credited` is not configured".to_owned()));
        }
        let until = Instant::now() + self.stage.shop.settle;
        let last = loop {
            let mut asked = self.trail.clone();
            let belief = self.ask(which, &mut asked).await;
            if Instant::now() >= until || belief.is_err() {
                self.trail = asked;
                break belief?;
            }
            sleep(PAUSE).await;
        };
        if let Some(fault) = last.denied {
            return Err(fault.into());
        }
        let times = last.credited.unwrap_or_else(|| "nothing".to_owned());
        if times == "1" {
            return Ok(());
        }
        Err(Stop::fail(
            format!("the shop credited the order {times} times"),
            "the order is credited once, however often it hears of the payment",
            format!("{times} at `shop.status.credited`"),
        ))
    }
}
