//! Orders of all kinds: a scenario with `any order` is tried with one after the other, and of those that fail it the
//! smallest is told.

mod drawing;
mod near;
mod smaller;
mod trying;

use std::collections::BTreeMap;
use std::time::Duration;

use provkassa_simulators::kit::mask::visible;
use serde::{Deserialize, Serialize};

use super::template::major;

pub(super) use drawing::{Limits, PLAIN_ID};
pub(super) use trying::try_orders;

/// How much of a text is shown.
const SHOWN: usize = 48;

/// An order that a scenario is tried with. What it is called by the shop has a number of the run's behind it, so that
/// no shop meets the same order twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnyOrder {
    /// In minor units: 12500 for 125.00.
    pub amount: i64,
    /// What is bought.
    pub description: String,
    /// The payer's address.
    pub email: String,
    /// Who pays.
    pub name: String,
    /// What the order's id begins with, where the shop takes one from us.
    pub order: String,
}

impl AnyOrder {
    /// An order with nothing in it that careless code gets wrong.
    pub(super) fn plain() -> Self {
        Self {
            amount: 12_500,
            description: "Tea".to_owned(),
            email: "anna@example.com".to_owned(),
            name: "Anna Smith".to_owned(),
            order: String::new(),
        }
    }

    /// Its texts, as people name them.
    fn texts(&self) -> [(&'static str, &String); 4] {
        [
            ("its description", &self.description),
            ("the payer's address", &self.email),
            ("the payer's name", &self.name),
            ("its id", &self.order),
        ]
    }

    /// In a line: "an order of 0.01, called `a b…`, whose payer is called `Ø`". What is as plain as can be is not
    /// told.
    #[must_use]
    pub fn told(&self) -> String {
        let plain = Self::plain();
        let mut told = format!("an order of {}", major(self.amount));
        if !self.order.is_empty() {
            told.push_str(&format!(", called `{}…`", visible(&self.order)));
        }
        for (before, text, usual) in [
            (", for ", &self.description, &plain.description),
            (", whose payer is called ", &self.name, &plain.name),
            (", whose payer's address is ", &self.email, &plain.email),
        ] {
            if text != usual {
                told.push_str(before);
                told.push_str(&shown(text));
            }
        }
        told
    }
}

fn shown(text: &str) -> String {
    let count = text.chars().count();
    if count <= SHOWN {
        return format!("`{}`", visible(text));
    }
    let start: String = text.chars().take(SHOWN / 2).collect();
    format!("`{}…` ({count} characters)", visible(&start))
}

/// Which orders scenarios with `any order` are tried with.
#[derive(Clone, Debug)]
pub struct Drawing {
    /// How many, at least one; the first is an ordinary one.
    pub orders: usize,
    /// How long a failing order is made smaller.
    pub shrink: Duration,
    /// The one order that is tried, in the place of all others.
    pub only: Option<AnyOrder>,
}

impl Default for Drawing {
    /// A few, for each is a whole checkout.
    fn default() -> Self {
        Self { orders: 16, shrink: Duration::from_secs(10), only: None }
    }
}

/// How scenarios are tried: how many at once, and with which orders where they take any.
#[derive(Clone, Debug)]
pub struct Pace {
    /// How many scenarios are tried at once.
    pub jobs: usize,
    /// Fixes the orders.
    pub seed: u64,
    /// The orders.
    pub drawing: Drawing,
    /// Orders that are tried before the drawn ones, by the scenario's id.
    pub saved: BTreeMap<String, AnyOrder>,
}

impl From<usize> for Pace {
    /// So many scenarios at once, and the usual orders.
    fn from(jobs: usize) -> Self {
        Self { jobs, seed: 1, drawing: Drawing::default(), saved: BTreeMap::new() }
    }
}

/// What came of the orders that a scenario was tried with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Orders {
    /// How many were judged.
    pub tried: usize,
    /// How many of them failed.
    pub failed: usize,
    /// How many the shop did not take: nothing is said of them.
    pub refused: usize,
    /// The smallest that failed.
    pub smallest: Option<AnyOrder>,
    /// How many times it was made smaller.
    pub shrunk_in: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_told_in_one_line_by_what_is_odd_about_it() {
        assert_eq!(AnyOrder::plain().told(), "an order of 125.00");
        let odd = AnyOrder { amount: 1, order: "a b".into(), name: "Ø".into(), ..AnyOrder::plain() };
        assert_eq!(odd.told(), "an order of 0.01, called `a b…`, whose payer is called `Ø`");
        let long = AnyOrder { description: "x\n".repeat(100), email: "a+b@c.se".into(), ..AnyOrder::plain() };
        let told = long.told();
        assert!(told.contains("x\\nx\\n") && told.contains("(200 characters)"), "{told}");
        assert!(told.ends_with("whose payer's address is `a+b@c.se`"), "{told}");
    }
}
