//! Drawing notifications: right ones, and those with one thing wrong.

use rand::Rng;

use super::drawn;
use super::notice::{Escapes, Form, HEADERS, Notice, Signer};
use crate::kit::awkward::{below, one_in, uuid};
use crate::kit::jwt::Algorithm;

/// What can be wrong with a notification, or odd.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    Algorithm,
    Amount,
    /// requestAmount and netAmount are not equal.
    AmountsParted,
    Expired,
    /// It expires about now.
    ExpiresNow,
    FutureIat,
    NoExp,
    NoToken,
    Nothing,
    Order,
    /// The token of the payment comes back, which the payer has.
    OwnToken,
    Signature,
    Terminal,
}

const FLAWS: &[Flaw] = &[
    Flaw::Algorithm,
    Flaw::Amount,
    Flaw::AmountsParted,
    Flaw::Expired,
    Flaw::ExpiresNow,
    Flaw::FutureIat,
    Flaw::NoExp,
    Flaw::NoToken,
    Flaw::Nothing,
    Flaw::Nothing,
    Flaw::Order,
    Flaw::OwnToken,
    Flaw::Signature,
    Flaw::Terminal,
];

impl Notice {
    /// A notification, right or with one thing wrong.
    pub(super) fn arbitrary(rng: &mut dyn Rng) -> Self {
        let flaw = FLAWS[below(rng, u32::try_from(FLAWS.len()).unwrap_or(1)) as usize];
        Self::with(rng, flaw)
    }

    /// A notification with this flaw.
    pub(super) fn with(rng: &mut dyn Rng, flaw: Flaw) -> Self {
        // Fena notifies what was paid, so both are such that it could be.
        let order = drawn::payable_order(rng);
        let amount = drawn::payable_amount(rng);
        let terminal = uuid(rng);
        let mut notice = Self {
            its_order: order.clone(),
            requested: amount,
            net: amount,
            its_terminal: terminal.clone(),
            order,
            amount,
            terminal,
            secret: uuid(rng),
            now: 1_600_000_000 + i64::from(below(rng, 300_000_000)),
            header: HEADERS[below(rng, 4) as usize],
            named: Algorithm::Hs512,
            signed: Algorithm::Hs512,
            signer: Signer::Fena,
            escapes: if one_in(rng, 3) { Escapes::Php } else { Escapes::None },
            form: [Form::Alone, Form::Alone, Form::Before, Form::After][below(rng, 4) as usize],
            iat: -i64::from(below(rng, 5)),
            half_seconds: one_in(rng, 4),
            exp: Some(7200),
            id: (!one_in(rng, 4)).then(|| uuid(rng)),
            unknown_claim: one_in(rng, 3),
            is_payment: false,
        };
        notice.spoil(rng, flaw);
        notice
    }

    fn spoil(&mut self, rng: &mut dyn Rng, flaw: Flaw) {
        match flaw {
            Flaw::Algorithm => match below(rng, 6) {
                5 => (self.named, self.signed) = (Algorithm::Hs384, Algorithm::Hs384),
                0 => self.named = Algorithm::Hs256,
                1 | 2 => (self.named, self.signed) = (Algorithm::None, Algorithm::None),
                _ => (self.named, self.signed) = (Algorithm::Hs256, Algorithm::Hs256),
            },
            Flaw::Amount => {
                let other = match below(rng, 6) {
                    // The same pounds and other pence.
                    0 | 1 => self.amount / 100 * 100 + (self.amount % 100 + 50) % 100,
                    2 => self.amount + 1,
                    3 => self.amount - 1,
                    4 => self.amount + 1000,
                    _ => self.amount * 2,
                };
                (self.requested, self.net) = (other, other);
            }
            Flaw::AmountsParted if one_in(rng, 2) => self.net = self.amount - self.amount.min(20),
            Flaw::AmountsParted => self.requested = 1,
            Flaw::Expired => (self.iat, self.exp) = (-10_800, Some(-3600)),
            Flaw::ExpiresNow => (self.iat, self.exp) = (-7200, Some(-i64::from(below(rng, 2)))),
            Flaw::FutureIat => self.iat = 30,
            Flaw::NoExp => self.exp = None,
            Flaw::NoToken => self.form = Form::Misnamed,
            Flaw::Nothing => {}
            Flaw::Order => match below(rng, 6) {
                0 => self.its_order.push('0'),
                1 | 2 => self.its_order.insert(0, '0'),
                3 => self.its_order = uuid(rng),
                4 => self.its_order.push_str("-b"),
                _ => self.its_order.insert(0, 'a'),
            },
            Flaw::OwnToken => self.is_payment = true,
            Flaw::Signature => self.signer = if one_in(rng, 2) { Signer::Another } else { Signer::Changed },
            Flaw::Terminal => self.its_terminal = uuid(rng),
        }
    }
}
