//! Returns that are simpler than another.

use super::number;
use super::view::Spelling;
use super::visits::{Answer, Visit};
use crate::kit::operation::Message;
use crate::kit::simpler::simpler_values;

/// Simpler messages, the simplest first; none for one that nobody generated.
pub(super) fn shrink(message: &Message) -> Vec<Message> {
    let Some(visit) = Visit::of(message) else { return Vec::new() };
    let mut simpler: Vec<Message> = visit.simpler().iter().map(Visit::message).collect();
    simpler.retain(|other| other != message);
    simpler
}

impl Visit {
    /// Returns with one trait made plainer, the plainest first.
    fn simpler(&self) -> Vec<Self> {
        let mut simpler = Vec::new();
        let mut changed = |change: &dyn Fn(&mut Self)| {
            let mut other = self.clone();
            change(&mut other);
            if other != *self {
                simpler.push(other);
            }
        };
        let plain = if self.form == super::DECLINE { "http://b" } else { "http://a" };
        changed(&|it| plain.clone_into(&mut it.endpoint));
        changed(&|it| it.param = None);
        changed(&|it| it.used.clear());
        for place in 0..self.used.len() {
            changed(&|it| drop(it.used.remove(place)));
        }
        changed(&|it| it.tell(|told| told.spelling = Spelling::Indented));
        changed(&|it| {
            it.tell(|told| {
                "2016-12-12T09:01:04".clone_into(&mut told.created);
                told.captured = told.captured.as_ref().map(|_| "2016-12-12T09:01:04".to_owned());
            });
        });
        changed(&|it| it.tell(|told| told.captured = None));
        changed(&|it| it.tell(|told| told.capture = told.authorized));
        changed(&|it| it.in_kroner());
        changed(&|it| it.cost(100));
        changed(&|it| it.cost(it.price.minor / 100 * 100));
        changed(&|it| {
            let simplest = |reason: &String| if reason.starts_with('-') { "-1" } else { "1" }.to_owned();
            it.reason = it.reason.as_ref().map(simplest);
        });
        for order in simpler_values(&self.order, "1") {
            if !order.trim().is_empty() {
                changed(&|it| it.rename(&order));
            }
        }
        changed(&|it| {
            if let Answer::Other(text) = &mut it.answer {
                text.clear();
            }
        });
        simpler
    }

    /// What is in the order's currency goes to kroner with it.
    fn in_kroner(&mut self) {
        let (before, kroner) = (self.currency(), number("DKK").unwrap_or_default());
        "DKK".clone_into(&mut self.price.currency);
        self.tell(|told| {
            if told.currency == before {
                kroner.clone_into(&mut told.currency);
            } else if told.currency == kroner {
                number("SEK").unwrap_or_default().clone_into(&mut told.currency);
            }
        });
    }

    /// All amounts move together, so that what differs goes on differing by as much.
    fn cost(&mut self, minor: i64) {
        let minor = minor.max(1);
        let by = minor - self.price.minor;
        if by >= 0 {
            return;
        }
        let before = std::mem::replace(&mut self.price.minor, minor);
        self.tell(|told| {
            for (amount, least) in [(&mut told.authorized, 1), (&mut told.capture, 0)] {
                // A hundredth stays one. Nothing is never authorised.
                *amount = if *amount * 100 == before { minor / 100 } else { *amount + by }.max(least);
            }
        });
    }

    /// So do the orders.
    fn rename(&mut self, order: &str) {
        let before = std::mem::replace(&mut self.order, order.to_owned());
        let renamed = |text: &str| text.replace(&before, order);
        self.url_order = self.url_order.as_deref().map(renamed);
        self.tell(|told| told.order = renamed(&told.order));
    }
}
