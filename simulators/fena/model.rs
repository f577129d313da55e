//! Fena's records and how a payment moves: created → at the bank → executed, rejected or abandoned.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::kit::page::Sent;
use crate::kit::table::{Id, Record};

/// What a merchant has set up at Fena.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terminal {
    /// A UUID.
    pub id: String,
    /// The key of every token, as text.
    pub secret: String,
    /// Who is paid, for the payer to read.
    pub name: String,
    /// The account that is paid: six digits.
    pub sort_code: String,
    /// The account that is paid: eight digits.
    pub account: String,
    /// Where notifications go; empty for the workspace's setting `fena.webhook`.
    pub webhook: String,
    /// Where payers go afterwards; empty for the workspace's setting `fena.redirect`.
    pub redirect: String,
}

impl Record for Terminal {
    const TABLE: &'static str = "fena.terminals";

    fn id(&self) -> Id {
        self.id.as_str().into()
    }
}

/// Where a payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nobody paid in time.
    Abandoned,
    /// The bank is asked.
    Authorising,
    /// The payer chooses a bank.
    Created,
    /// Paid.
    Executed,
    /// Refused by the bank, or cancelled.
    Rejected,
}

impl State {
    /// Whether the payer can still do something.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Authorising | Self::Created)
    }
}

/// One attempt to pay an order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Payment {
    /// A UUID; notifications name it. Without its dashes it is found, too.
    pub id: String,
    /// The terminal's id.
    pub terminal: String,
    /// The shop's order.
    pub order: String,
    /// Which attempt to pay the order it is, from 1.
    pub attempt: usize,
    /// In pence.
    pub amount: i64,
    /// The payer's address; empty if unknown.
    pub email: String,
    /// The payer's names; empty if unknown.
    pub name: String,
    /// The payer's telephone; empty if unknown.
    pub contact: String,
    /// What the bank statement says; empty for the order.
    pub reference: String,
    /// The chosen bank's id; empty while the payer chooses.
    pub bank: String,
    /// Whether the token chose it.
    pub bank_is_forced: bool,
    /// Sort code and number of the account that the token forces.
    pub account: Option<(String, String)>,
    /// Where it stands.
    pub state: State,
    /// Tells the token that began it: a digest.
    pub token: String,
    /// When it began.
    pub since: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// Where the payer was sent afterwards.
    pub location: Option<String>,
    /// What the shop sent, for the pages.
    pub sent: Sent,
}

impl Record for Payment {
    const TABLE: &'static str = "fena.payments";

    fn id(&self) -> Id {
        Self::key(&self.id)
    }
}

/// Why a payment does not move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stuck {
    /// The token names the bank.
    #[error("the bank is given and cannot be chosen")]
    BankForced,
    /// It has ended.
    #[error("the payment has ended")]
    Ended,
}

/// How the bank answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The payer has let the time pass.
    Expired,
    /// The payer approved, and the bank pays.
    Paid,
    /// The bank refused, or the payer cancelled.
    Refused,
}

impl Payment {
    /// How the table calls the payment with this id.
    #[must_use]
    pub fn key(id: &str) -> Id {
        id.replace('-', "").to_ascii_lowercase().into()
    }

    /// The payer has chosen a bank.
    pub fn choose(mut self, bank: &str) -> Result<Self, Stuck> {
        match self.state {
            State::Authorising | State::Created if self.bank_is_forced && self.bank != bank => {
                Err(Stuck::BankForced)
            }
            State::Authorising | State::Created => {
                bank.clone_into(&mut self.bank);
                self.state = State::Authorising;
                Ok(self)
            }
            _ => Err(Stuck::Ended),
        }
    }

    /// The bank has answered. `paid_before`: another payment of the same order was quicker, and nobody pays
    /// twice.
    pub fn end(mut self, answer: Answer, paid_before: bool, now: Timestamp) -> Result<Self, Stuck> {
        if !self.state.is_open() {
            return Err(Stuck::Ended);
        }
        self.state = match answer {
            Answer::Expired => State::Abandoned,
            Answer::Paid if !paid_before => State::Executed,
            Answer::Paid | Answer::Refused => State::Rejected,
        };
        self.ended = Some(now);
        Ok(self)
    }
}

/// The payments of one order at one terminal: at most one is executed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Order {
    /// Terminal and order.
    pub key: String,
    /// The executed payment.
    pub executed: Option<String>,
    /// Every payment, the oldest first.
    pub payments: Vec<String>,
}

impl Order {
    /// How the table calls an order of a terminal.
    #[must_use]
    pub fn key(terminal: &str, order: &str) -> String {
        format!("{terminal}/{order}")
    }
}

impl Record for Order {
    const TABLE: &'static str = "fena.orders";

    fn id(&self) -> Id {
        self.key.as_str().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn payment() -> Payment {
        Payment {
            id: "1".to_owned(),
            terminal: "t".to_owned(),
            order: "7".to_owned(),
            attempt: 1,
            amount: 100,
            email: String::new(),
            name: String::new(),
            contact: String::new(),
            reference: String::new(),
            bank: String::new(),
            bank_is_forced: false,
            account: None,
            state: State::Created,
            token: String::new(),
            since: Timestamp::UNIX_EPOCH,
            ended: None,
            location: None,
            sent: Sent::default(),
        }
    }

    proptest! {
        #![proptest_config(crate::kit::laws())]
        #[test]
        fn a_payment_ends_once_and_stays_as_it_ended(moves in proptest::collection::vec(0_u8..5, 1..12), paid: bool) {
            let mut payment = payment();
            let mut ended = None;
            for step in moves {
                let before = payment.state;
                let moved = match step {
                    0 => payment.clone().choose("ob-monzo"),
                    1 => payment.clone().choose("ob-tsb"),
                    2 => payment.clone().end(Answer::Paid, paid, Timestamp::UNIX_EPOCH),
                    3 => payment.clone().end(Answer::Refused, paid, Timestamp::UNIX_EPOCH),
                    _ => payment.clone().end(Answer::Expired, paid, Timestamp::UNIX_EPOCH),
                };
                prop_assert_eq!(moved.is_ok(), before.is_open());
                if let Ok(next) = moved {
                    payment = next;
                }
                prop_assert_eq!(payment.ended.is_some(), !payment.state.is_open());
                if let Some(ended) = ended {
                    prop_assert_eq!(payment.state, ended);
                }
                ended = ended.or_else(|| (!payment.state.is_open()).then_some(payment.state));
                prop_assert!(!(paid && payment.state == State::Executed));
            }
        }
    }

    #[test]
    fn a_forced_bank_stays() {
        let forced = Payment { bank: "ob-tsb".to_owned(), bank_is_forced: true, ..payment() };
        assert_eq!(forced.clone().choose("ob-monzo").map(|_| ()), Err(Stuck::BankForced));
        assert!(forced.choose("ob-tsb").is_ok());
    }
}
