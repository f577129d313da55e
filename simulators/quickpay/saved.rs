//! Saved cards: the tokens with which they pay once.

use serde::{Deserialize, Serialize};

use crate::kit::table::{Id, Record, Tx};

use super::model::Resource;

/// A token that pays once with a saved card.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct CardToken {
    /// What the merchant sends as `card[token]`.
    pub(super) token: String,
    /// The saved card.
    pub(super) card: u64,
    /// Whether it was spent.
    pub(super) is_used: bool,
}

impl Record for CardToken {
    const TABLE: &'static str = "quickpay.card_tokens";

    fn id(&self) -> Id {
        self.token.as_str().into()
    }
}

impl CardToken {
    /// A new token of a card.
    pub(super) fn of(tx: &mut Tx<'_>, card: u64) -> Self {
        let token = tx.token::<Self>(&card.to_string());
        let token = Self { token, card, is_used: false };
        tx.put(token.clone());
        token
    }

    /// Spends a token: the card's number and expiration (`YYMM`). `None` where there is none, or it is spent.
    pub(super) fn spend(tx: &mut Tx<'_>, token: &str) -> Option<(String, String)> {
        let known = tx.get::<Self>(token).filter(|known| !known.is_used)?;
        let card = tx.get::<Resource>(known.card)?;
        let metadata = &card.metadata;
        let expiration = format!("{:02}{:02}", metadata.exp_year? % 100, metadata.exp_month?);
        let number = card.card.clone()?;
        tx.put(Self { is_used: true, ..Self::clone(&known) });
        Some((number, expiration))
    }
}
