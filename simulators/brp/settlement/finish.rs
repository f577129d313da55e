//! The end: the provider's answer, and what BRP makes of it when the payer comes back.

use serde_json::{Value, json};

use crate::brp::around::Around;
use crate::brp::codes;
use crate::brp::model::{Attempt, Card, Ended, Invoice, Order, Subject, Transaction};
use crate::brp::obstacles;
use crate::brp::psp::Psp;
use crate::kit::digest;
use crate::kit::outcome::Outcome;
use crate::kit::problem::Problem;
use crate::kit::table::Tx;

use super::{booking, ended, endpoint_of, offers};

/// Who decides how a payment ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The payer's button; a magic amount goes before it.
    Payer,
    /// What was queued: it goes before everything.
    Queue,
}

/// What is decided at the provider.
#[derive(Clone, Debug)]
pub struct Decision {
    /// How it ends.
    pub outcome: Outcome,
    /// The provider's own word for it, if another than its usual one.
    pub word: Option<String>,
    /// The method that the payer chose.
    pub method: Option<u64>,
    /// The card that they paid with.
    pub card: Option<Card>,
}

impl Decision {
    /// This outcome, with nothing else chosen.
    #[must_use]
    pub fn outcome(outcome: Outcome) -> Self {
        Self { outcome, word: None, method: None, card: None }
    }
}

/// The payer, or a queued outcome, decides at the provider. Says with which seal the provider sends
/// the payer back; `None` for a payment that does not exist.
pub fn decide(tx: &mut Tx<'_>, token: &str, decision: &Decision, by: By) -> Option<String> {
    let attempt = tx.get::<Attempt>(token)?;
    let mut attempt = Attempt::clone(&attempt);
    if attempt.ended.is_none() && attempt.answer.is_none() {
        let offered = offers(tx, &attempt);
        let chosen = offered.iter().find(|method| Some(method.id) == decision.method).or(offered.first());
        if let Some(method) = chosen
            && attempt.psp != Psp::Swish
        {
            (attempt.method, attempt.psp) = (Some(method.id), method.psp);
        }
        let expired = attempt.is_too_old(tx.now);
        let wanted = if expired { Outcome::Expire } else { decision.outcome.clone() };
        let magic = codes::of_amount(attempt.price)
            .filter(|code| codes::is_late(code) && codes::occurs(code, endpoint_of(&attempt)));
        let answer = match (wanted, magic) {
            (Outcome::Approve, Some(code)) if by == By::Payer => Outcome::Code(code.to_owned()),
            (answer, _) => answer,
        };
        let word = decision.word.clone().filter(|_| !expired && answer == decision.outcome);
        attempt.word = Some(word.unwrap_or_else(|| attempt.psp.word(&answer).to_owned()));
        attempt.card.clone_from(&decision.card);
        if matches!(answer, Outcome::Approve) {
            attempt.transaction = Transaction::Reserved;
        }
        attempt.answer = Some(answer);
        tx.put(attempt.clone());
    }
    Some(seal(tx, &attempt))
}

/// What proves to BRP that the payer comes from the provider, with this answer.
fn seal(tx: &Tx<'_>, attempt: &Attempt) -> String {
    let answer = attempt.answer.as_ref().map_or_else(String::new, Outcome::to_string);
    tx.seed.token("brp.seal", &format!("{}/{answer}", attempt.token), 0)
}

/// The payer comes back from the provider. `None` for a payment that does not exist.
pub fn finish(tx: &mut Tx<'_>, token: &str, came_with: &str) -> Option<Ended> {
    let attempt = tx.get::<Attempt>(token)?;
    if let Some(ended) = &attempt.ended {
        return Some(ended.clone());
    }
    let mut attempt = Attempt::clone(&attempt);
    let genuine = digest::same(&seal(tx, &attempt), came_with);
    let code: String = match attempt.answer.as_ref().filter(|_| genuine) {
        None => "204".to_owned(),
        Some(Outcome::Cancel) => "205".to_owned(),
        Some(Outcome::Code(code)) => code.clone(),
        Some(Outcome::Decline) => tx.settings.get("brp.decline_code").to_owned(),
        Some(Outcome::Expire) => "201".to_owned(),
        Some(Outcome::Approve) => match book(tx, &attempt) {
            Ok(booked) => return Some(booked),
            Err(code) => code.to_owned(),
        },
    };
    let money_moved = matches!(attempt.answer, Some(Outcome::Approve | Outcome::Code(_)));
    let annulled = codes::code(&code).is_some_and(|code| code.annuls) || (code == "204" && money_moved);
    let word = attempt.word.as_deref().unwrap_or_default();
    let unsettled = genuine && attempt.psp.answer(word).is_some_and(|answer| answer.unsettled);
    attempt.transaction = match (unsettled, annulled) {
        (true, _) => Transaction::Unsettled,
        (false, true) => Transaction::Annulled,
        (false, false) => Transaction::Refused,
    };
    let ended =
        ended(tx, endpoint_of(&attempt), attempt.returnurl.as_deref(), Some(attempt.subject), Err(&code));
    attempt.ended = Some(ended.clone());
    tx.put(attempt);
    Some(ended)
}

/// Books what was approved, unless something changed meanwhile.
fn book(tx: &mut Tx<'_>, attempt: &Attempt) -> Result<Ended, &'static str> {
    let endpoint = endpoint_of(attempt);
    let around = Around::attempt(tx, attempt);
    let (made, transaction) = match attempt.subject {
        Subject::Order(id) => {
            let (order, around) = tx.get::<Order>(id).zip(around).ok_or("203")?;
            let late = obstacles::late_of_order(endpoint, attempt, &order, &around, tx.now);
            late.map_or(Ok(()), Err)?;
            (booking::order(tx, attempt, &order, &around), Transaction::Captured)
        }
        Subject::Invoice(id) => {
            let (invoice, around) = tx.get::<Invoice>(id).zip(around).ok_or("303")?;
            obstacles::late_of_invoice(endpoint, attempt, &invoice).map_or(Ok(()), Err)?;
            (booking::invoice(tx, attempt, &invoice, &around), Transaction::Captured)
        }
        Subject::Mandate { .. } => {
            let around = around.ok_or("206")?;
            obstacles::late_of_mandate(endpoint, &around).map_or(Ok(()), Err)?;
            (booking::mandate(tx, attempt, &around), Transaction::Released)
        }
        Subject::Account(_) => {
            let around = around.ok_or("202")?;
            obstacles::late_of_account(endpoint, attempt, &around).map_or(Ok(()), Err)?;
            (booking::account(tx, attempt, &around), Transaction::Captured)
        }
        // No provider is visited for one.
        Subject::Subscription(_) => return Err("204"),
    };
    let ended = ended(tx, endpoint, attempt.returnurl.as_deref(), Some(attempt.subject), Ok(made));
    tx.put(Attempt { transaction, ended: Some(ended.clone()), ..attempt.clone() });
    Ok(ended)
}

/// Decides and finishes without a browser.
pub fn press(tx: &mut Tx<'_>, token: &str, outcome: &Outcome) -> Result<Value, Problem> {
    let attempt = tx.get::<Attempt>(token).ok_or_else(|| {
        Problem::not_found(
            "unknown_payment",
            format!("there is no payment `{token}`"),
            "It is the last part of the payment page's address.",
        )
    })?;
    if let Outcome::Code(code) = outcome
        && !codes::occurs(code, endpoint_of(&attempt))
    {
        return Err(Problem::bad_request(
            "unknown_outcome",
            format!("`{code}` is no outcome of {}", attempt.endpoint),
            "Use approve, decline, cancel, expire or one of BRP's codes that occur there (`provkassa codes brp`).",
        ));
    }
    let decision = Decision::outcome(outcome.clone());
    let ended = decide(tx, token, &decision, By::Payer).and_then(|seal| finish(tx, token, &seal));
    Ok(json!(ended))
}
