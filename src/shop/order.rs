//! One order: what was asked for, what became of it, and which word of a provider changes what.

use serde_json::{Value, json};

/// What became of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// A card is saved, or a subscription is signed up.
    Active,
    /// The payer has given up. A later payment is taken all the same.
    Cancelled,
    /// The subscription was ended.
    Deleted,
    /// The payment was refused. A later one is taken all the same.
    Failed,
    /// Paid: authorised, or booked where the provider knows no authorisation.
    Paid,
    /// Nothing is known yet.
    Pending,
    /// Everything was paid back.
    Refunded,
}

impl Status {
    /// As it stands in JSON and in `data-status`.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Cancelled => "cancelled",
            Self::Deleted => "deleted",
            Self::Failed => "failed",
            Self::Paid => "paid",
            Self::Pending => "pending",
            Self::Refunded => "refunded",
        }
    }
}

/// What a provider says that it has, in the words of its own document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Payment {
    /// Its id at the provider; empty where a sign-up drew nothing.
    pub(super) transaction: String,
    /// The id by which the card is charged later.
    pub(super) subscription: Option<String>,
    /// What is shown of the card.
    pub(super) card: Option<String>,
}

/// What a return, a callback or a look at the provider's records comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// Paid, or signed up: compared with the order, and believed.
    Approved(Payment),
    /// The payer has given up.
    Cancelled,
    /// Refused, with the provider's code or words.
    Declined(String),
    /// Believed, and nothing is decided by it.
    Open,
    /// Not believed, or not about this order: why.
    Refused(String),
}

/// An order of the shop's.
#[derive(Clone, Debug)]
pub(super) struct Order {
    /// The shop's own id, which may be any text.
    pub(super) id: String,
    /// What it is called in talk with the provider: the id itself where the provider takes it.
    pub(super) number: String,
    /// The id of the provider's own record, where it makes one before the payer comes.
    pub(super) reference: String,
    /// The amount for which that was made.
    pub(super) quoted: i64,
    pub(super) provider: &'static str,
    /// Which of the provider's ways.
    pub(super) variant: &'static str,
    /// Whether it saves a card for later.
    pub(super) signs_up: bool,
    /// The subscription for which it is another card: that order's id.
    pub(super) renews: Option<String>,
    /// What it costs, in minor units.
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) description: String,
    pub(super) email: String,
    pub(super) name: String,
    pub(super) status: Status,
    /// How often it was credited: once, for whatever comes how often.
    pub(super) credited: u32,
    pub(super) payment: Payment,
    /// Why it is not paid.
    pub(super) reason: Option<String>,
    /// How often the payer was sent to the provider.
    pub(super) attempts: u32,
    pub(super) captured: i64,
    pub(super) refunded: i64,
    /// What was drawn from the saved card: the order number of each charge, and its transaction.
    pub(super) charges: Vec<(String, String)>,
    /// Whether something is being asked of the provider that must not be asked twice.
    pub(super) busy: bool,
    /// The browser in which it was checked out, as only mistaken shops know it again.
    pub(super) session: String,
    /// Whether the shop has put it aside, as only mistaken shops do.
    pub(super) closed: bool,
}

impl Order {
    /// Whether it was credited.
    pub(super) fn is_settled(&self) -> bool {
        self.credited > 0
    }

    /// Takes up what the provider says. A payment counts whenever it comes, also after a refusal; nothing but a
    /// refund or a deletion undoes one. The answer is whether anything is new.
    pub(super) fn take(&mut self, word: &Word) -> bool {
        match word {
            Word::Approved(_) if self.is_settled() => false,
            Word::Approved(payment) => {
                self.credit(payment);
                true
            }
            Word::Cancelled if !self.is_settled() => self.end(Status::Cancelled, None),
            Word::Declined(reason) if !self.is_settled() => self.end(Status::Failed, Some(reason)),
            Word::Cancelled | Word::Declined(_) | Word::Open | Word::Refused(_) => false,
        }
    }

    /// Books the payment.
    pub(super) fn credit(&mut self, payment: &Payment) {
        self.status = if self.signs_up { Status::Active } else { Status::Paid };
        self.credited += 1;
        self.payment = payment.clone();
        self.reason = None;
    }

    /// Ends it without a payment.
    pub(super) fn end(&mut self, status: Status, reason: Option<&str>) -> bool {
        let reason = reason.map(ToOwned::to_owned);
        let changed = self.status != status || self.reason != reason;
        self.status = status;
        self.reason = reason;
        changed
    }

    /// What was paid, in minor units; a sign-up pays nothing here.
    pub(super) fn paid(&self) -> Option<i64> {
        matches!(self.status, Status::Paid | Status::Refunded).then_some(self.amount)
    }

    /// As `GET /orders/{order}` tells it.
    pub(super) fn shown(&self) -> Value {
        let transaction = Some(&self.payment.transaction).filter(|id| !id.is_empty());
        let charges = self.charges.iter().map(|(order, id)| json!({"order": order, "transaction": id}));
        json!({
            "order": self.id,
            "number": self.number,
            "reference": self.reference,
            "provider": self.provider,
            "variant": self.variant,
            "status": self.status.word(),
            "amount": self.amount,
            "currency": self.currency,
            "paid": self.paid(),
            "credited": self.credited,
            "captured": self.captured,
            "refunded": self.refunded,
            "transaction": transaction,
            "subscription": self.payment.subscription,
            "charges": charges.collect::<Vec<_>>(),
            "card": self.payment.card,
            "reason": self.reason,
            "description": self.description,
            "email": self.email,
            "name": self.name,
            "attempts": self.attempts,
        })
    }
}
