//! A payment from the call to the receipt: each step reads and changes the workspace's records.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::kit::digest;
use crate::kit::outcome::Outcome;
use crate::kit::page::Sent;
use crate::kit::problem::Problem;
use crate::kit::table::Tx;

use super::ID;
use super::codes;
use super::endpoints::ENDPOINTS;
use super::model::{
    Attempt, BusinessUnit, Choice, Ended, Mail, Method, Order, PAGE_LIFETIME, Person, Product, Receipt,
    Surroundings, Transaction, ValueCard, late_obstacle, obstacle,
};
use super::signing;

/// A call to `payfororder` whose hash was right.
#[derive(Clone, Debug)]
pub struct Call {
    /// The order that it names, if it names one.
    pub order: Option<u64>,
    /// The payment method that it names.
    pub choice: Choice,
    /// Further receivers of the receipt.
    pub receiptemails: Vec<String>,
    /// Where the payer goes afterwards; none if there is no usable address.
    pub returnurl: Option<String>,
    /// What the shop sent, for the page.
    pub sent: Sent,
}

/// Where the payer goes after a call.
#[derive(Clone, Debug)]
pub enum Begun {
    /// To the payment provider, with this attempt.
    Away(String),
    /// Back to the shop.
    Back(Ended),
}

/// Begins a payment, or says at once why there is none.
pub fn begin(tx: &mut Tx<'_>, call: &Call) -> Begun {
    let order = call.order.and_then(|id| tx.get::<Order>(id));
    let Some(order) = order.filter(|order| !order.deleted && !order.has_lapsed(tx.now)) else {
        return Begun::Back(ended(tx, call.returnurl.as_deref(), call.order, Err("12")));
    };
    let name = order.id.to_string();
    let queued = tx.queued_outcome(ID, &name);
    let early = match &queued {
        Some(Outcome::Code(code)) if codes::is_early(code) => {
            codes::code(code).map(|code| code.code.as_str())
        }
        Some(_) => None,
        None => codes::of_amount(order.price()).filter(|code| codes::is_early(code)),
    };
    let around = Loaded::new(tx, &order, &call.choice);
    let value_cards = cards_of(tx, &order);
    let price = order.price();
    let amount = price.saturating_sub(by_value_card(price, &value_cards));
    // A recurring product needs a card, and there is none to see when nothing is left to pay.
    let cardless = (amount == 0 && around.recurring).then_some("102");
    let hindrance = early.or_else(|| obstacle(&order, &around.surroundings(), tx.settings)).or(cardless);
    if let Some(code) = hindrance {
        if early.is_some() {
            tx.take_outcome(ID, &name);
        }
        return Begun::Back(ended(tx, call.returnurl.as_deref(), Some(order.id), Err(code)));
    }
    let key = format!("order {name}");
    let attempt = Attempt {
        token: tx.token::<Attempt>(&key),
        order: order.id,
        amount,
        price,
        currency: order.currency.clone(),
        method: match call.choice {
            Choice::Method(id) => Some(id),
            Choice::Open | Choice::Unknown => None,
        },
        returnurl: call.returnurl.clone(),
        receiptemails: call.receiptemails.clone(),
        value_cards,
        created: tx.now,
        decided: tx.take_outcome(ID, &name),
        answer: None,
        transaction: Transaction::Started,
        ended: None,
        sent: call.sent.clone(),
    };
    let token = attempt.token.clone();
    let decided = attempt.decided.clone();
    tx.put(attempt);
    if amount > 0 {
        return Begun::Away(token);
    }
    // Nothing is left to pay, so there is no provider to visit: it is settled at once.
    let outcome = decided.unwrap_or(Outcome::Approve);
    let settled = decide(tx, &token, &outcome, By::Queue).and_then(|seal| finish(tx, &token, &seal));
    Begun::Back(settled.unwrap_or_else(|| ended(tx, call.returnurl.as_deref(), Some(order.id), Err("203"))))
}

/// Who decides how a payment ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The payer's button; a magic amount goes before it.
    Payer,
    /// What was queued: it goes before everything.
    Queue,
}

/// The payer, or a queued outcome, decides at the provider. Says with which seal the provider sends
/// the payer back; `None` for a payment that does not exist.
pub fn decide(tx: &mut Tx<'_>, token: &str, outcome: &Outcome, by: By) -> Option<String> {
    let attempt = tx.get::<Attempt>(token)?;
    let mut attempt = Attempt::clone(&attempt);
    if attempt.ended.is_none() && attempt.answer.is_none() {
        let answer = if is_too_old(&attempt, tx.now) { Outcome::Expire } else { outcome.clone() };
        attempt.answer = Some(match (answer, codes::of_amount(attempt.price)) {
            (Outcome::Approve, Some(code)) if by == By::Payer => Outcome::Code(code.to_owned()),
            (answer, _) => answer,
        });
        tx.put(attempt.clone());
    }
    Some(seal(tx, &attempt))
}

/// Whether the payment page has been open for too long.
#[must_use]
pub fn is_too_old(attempt: &Attempt, now: Timestamp) -> bool {
    now.duration_since(attempt.created) > PAGE_LIFETIME
}

/// The payer comes back from the provider. `None` for a payment that does not exist.
pub fn finish(tx: &mut Tx<'_>, token: &str, came_with: &str) -> Option<Ended> {
    let attempt = tx.get::<Attempt>(token)?;
    if let Some(ended) = &attempt.ended {
        return Some(ended.clone());
    }
    let mut attempt = Attempt::clone(&attempt);
    let order = tx.get::<Order>(attempt.order);
    let choice = attempt.method.map_or(Choice::Open, Choice::Method);
    let around = order.as_deref().map(|order| Loaded::new(tx, order, &choice));
    let genuine = digest::same(&seal(tx, &attempt), came_with);
    let code: String = match attempt.answer.as_ref().filter(|_| genuine) {
        None => "204".to_owned(),
        Some(Outcome::Cancel) => "205".to_owned(),
        Some(Outcome::Code(code)) => code.clone(),
        Some(Outcome::Decline) => tx.settings.get("brp.decline_code").to_owned(),
        Some(Outcome::Expire) => "201".to_owned(),
        Some(Outcome::Approve) => {
            let cards = order.as_deref().map_or_else(Vec::new, |order| cards_of(tx, order));
            let surroundings = around.as_ref().map_or(NOTHING, Loaded::surroundings);
            match (late_obstacle(&attempt, order.as_deref(), &surroundings, &cards, tx.now), &order, &around)
            {
                (None, Some(order), Some(around)) => return Some(book(tx, attempt, order, around)),
                (code, ..) => code.unwrap_or("203").to_owned(),
            }
        }
    };
    let money_moved = matches!(attempt.answer, Some(Outcome::Approve | Outcome::Code(_)));
    let annulled = codes::code(&code).is_some_and(|code| code.annuls) || (code == "204" && money_moved);
    attempt.transaction = if annulled { Transaction::Annulled } else { Transaction::Refused };
    let ended = ended(tx, attempt.returnurl.as_deref(), Some(attempt.order), Err(&code));
    attempt.ended = Some(ended.clone());
    tx.put(attempt);
    Some(ended)
}

/// Decides and finishes without a browser.
pub fn press(tx: &mut Tx<'_>, token: &str, outcome: &Outcome) -> Result<Value, Problem> {
    if let Outcome::Code(code) = outcome
        && codes::code(code).is_none()
    {
        return Err(Problem::bad_request(
            "unknown_outcome",
            format!("`{code}` is no outcome"),
            "Use approve, decline, cancel, expire or one of BRP's codes (`provkassa codes brp`).",
        ));
    }
    let ended = decide(tx, token, outcome, By::Payer).and_then(|seal| finish(tx, token, &seal));
    ended.map(|ended| json!(ended)).ok_or_else(|| {
        Problem::not_found(
            "unknown_payment",
            format!("there is no payment `{token}`"),
            "It is the last part of the payment page's address.",
        )
    })
}

/// Makes the receipt, marks the order as debited, captures the money.
fn book(tx: &mut Tx<'_>, mut attempt: Attempt, order: &Order, around: &Loaded) -> Ended {
    let id = tx.draw::<Receipt>(&format!("order {}", order.id));
    let receipt = Receipt {
        id,
        number: id,
        order: order.id,
        business_unit: order.business_unit,
        customer: order.customer,
        created: tx.now,
        amount: attempt.price,
        by_value_card: attempt.price - attempt.amount,
        currency: order.currency.clone(),
        method: around.method.as_ref().map_or("Kortköp", |method| &method.name).to_owned(),
        rows: order.rows.clone(),
    };
    let mut paid = order.clone();
    paid.rows.iter_mut().for_each(|row| row.debited = true);
    paid.last_modified = tx.now;
    tx.put(paid);
    let mut rest = receipt.by_value_card;
    for mut card in cards_of(tx, order) {
        let used = card.balance.clamp(0, rest);
        rest -= used;
        card.balance -= used;
        tx.put(card);
    }
    let customer = around.person.as_ref().and_then(|person| person.email.clone());
    let to_customer = tx.settings.on("brp.receipt_mail") || !attempt.receiptemails.is_empty();
    let receivers = customer.filter(|_| to_customer).into_iter().chain(attempt.receiptemails.clone());
    for to in receivers {
        let number = tx.next::<Mail>();
        tx.put(Mail { number, to, receipt: id });
    }
    tx.put(receipt);
    let ended = ended(tx, attempt.returnurl.as_deref(), Some(order.id), Ok(id));
    attempt.transaction = Transaction::Captured;
    attempt.ended = Some(ended.clone());
    tx.put(attempt);
    ended
}

/// The result with the address that tells the shop about it.
fn ended(tx: &Tx<'_>, returnurl: Option<&str>, order: Option<u64>, result: Result<u64, &str>) -> Ended {
    let (id, error) = match result {
        Ok(receipt) => (receipt.to_string(), ""),
        Err(code) => (String::new(), code),
    };
    let order = order.map(|order| order.to_string()).filter(|_| tx.settings.on("brp.return_orderid"));
    let mut parameters = signing::return_parameters(&ENDPOINTS[0], &id, error);
    if let Some(order) = &order {
        parameters.push(("orderid", order));
    }
    Ended {
        code: error.to_owned(),
        receipt: result.ok(),
        location: returnurl.map(|returnurl| signing::return_address(returnurl, &parameters)),
    }
}

/// The end of a call that was refused before any order was looked at.
#[must_use]
pub fn refused(tx: &Tx<'_>, returnurl: Option<&str>, code: &str) -> Ended {
    ended(tx, returnurl, None, Err(code))
}

/// What proves to BRP that the payer comes from the provider, with this answer.
fn seal(tx: &Tx<'_>, attempt: &Attempt) -> String {
    let answer = attempt.answer.as_ref().map_or_else(String::new, Outcome::to_string);
    tx.seed.token("brp.seal", &format!("{}/{answer}", attempt.token), 0)
}

pub(super) fn cards_of(tx: &Tx<'_>, order: &Order) -> Vec<ValueCard> {
    // A card that is named twice is still one card.
    let numbers: BTreeSet<&String> = order.value_cards.iter().collect();
    let cards = numbers.into_iter().filter_map(|number| tx.get::<ValueCard>(number.as_str()));
    cards.map(|card| ValueCard::clone(&card)).collect()
}

pub(super) fn by_value_card(price: i64, cards: &[ValueCard]) -> i64 {
    cards.iter().map(|card| card.balance.max(0)).fold(0_i64, i64::saturating_add).min(price.max(0))
}

const NOTHING: Surroundings<'static> = Surroundings {
    unit: None,
    person: None,
    choice: &Choice::Open,
    method: None,
    recurring: false,
    confirm_only: false,
    participants_missing: false,
};

/// The records around an order.
struct Loaded {
    unit: Option<Arc<BusinessUnit>>,
    person: Option<Arc<Person>>,
    method: Option<Arc<Method>>,
    choice: Choice,
    recurring: bool,
    confirm_only: bool,
    participants_missing: bool,
}

impl Loaded {
    fn new(tx: &Tx<'_>, order: &Order, choice: &Choice) -> Self {
        let products: Vec<_> = order.rows.iter().map(|row| (row, tx.get::<Product>(row.product))).collect();
        let any = |has: fn(&Product) -> bool| {
            products.iter().any(|(_, product)| product.as_deref().is_some_and(has))
        };
        Self {
            unit: order.business_unit.and_then(|id| tx.get(id)),
            person: order.customer.and_then(|id| tx.get(id)),
            method: match choice {
                Choice::Method(id) => tx.get(*id),
                Choice::Open | Choice::Unknown => None,
            },
            choice: choice.clone(),
            recurring: any(|product| product.recurring),
            confirm_only: any(|product| product.confirm_only),
            participants_missing: products.iter().any(|(row, product)| {
                product.as_deref().is_some_and(|product| product.participants_required)
                    && row.participants.is_empty()
            }),
        }
    }

    fn surroundings(&self) -> Surroundings<'_> {
        Surroundings {
            unit: self.unit.as_deref(),
            person: self.person.as_deref(),
            choice: &self.choice,
            method: self.method.as_deref(),
            recurring: self.recurring,
            confirm_only: self.confirm_only,
            participants_missing: self.participants_missing,
        }
    }
}
