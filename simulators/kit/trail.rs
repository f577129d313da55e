//! What a handler has to say about its request, beside the answer: for the journal and the log.

use std::sync::{Arc, Mutex};

use super::page::Sent;
use super::seed::lock;

/// How many warnings a request gets.
const MOST_WARNINGS: usize = 20;
const LAST: usize = MOST_WARNINGS - 1;
/// How long one is, in characters: what it quotes may be as long as a URL.
const LONGEST_WARNING: usize = 400;

/// Remarks on one request; a clone is the same trail. Every request carries one as an extension.
#[derive(Clone, Debug, Default)]
pub struct Trail(Arc<Mutex<Remarks>>);

/// The remarks that a handler left.
#[derive(Clone, Debug, Default)]
pub struct Remarks {
    /// Which order the request is about, as the provider names it.
    pub order: Option<String>,
    /// What succeeded here and would not everywhere: also sent as `Provkassa-Warning`.
    pub warnings: Vec<String>,
    /// Why a signature or a message was refused, for the person who made it.
    pub diagnosis: Option<String>,
    /// Nobody's credential: what the request carried, and what was near.
    pub unclaimed: Option<String>,
    /// What the shop sent to have a payment begun, and whether its signature was right.
    pub evidence: Option<Arc<Sent>>,
    /// The planted fault that struck the answer, or what the answer sends the payer on with.
    pub fault: Option<String>,
}

impl Trail {
    /// Says which order this is about.
    pub fn order(&self, order: impl Into<String>) {
        lock(&self.0).order = Some(order.into());
    }

    /// Says that this passed here and might not elsewhere.
    ///
    /// A request can give cause for thousands of warnings, and each becomes a header: after a
    /// score of them the rest is left out.
    pub fn warn(&self, warning: impl Into<String>) {
        let warnings = &mut lock(&self.0).warnings;
        match warnings.len() {
            MOST_WARNINGS.. => {}
            LAST => warnings.push("there is more to be said; it is left out".to_owned()),
            _ => warnings.push(warning.into().chars().take(LONGEST_WARNING).collect()),
        }
    }

    /// Says what the integrator did wrong.
    pub fn diagnose(&self, diagnosis: impl Into<String>) {
        lock(&self.0).diagnosis = Some(diagnosis.into());
    }

    /// Says that no workspace has the credential that came.
    pub fn unclaimed(&self, why: impl Into<String>) {
        lock(&self.0).unclaimed = Some(why.into());
    }

    /// Keeps what the shop sent, and what there is to say of its signature.
    pub fn evidence(&self, sent: &Sent) {
        lock(&self.0).evidence = Some(Arc::new(sent.clone()));
    }

    /// Says that a planted fault struck.
    pub fn struck(&self, note: impl Into<String>) {
        lock(&self.0).fault = Some(note.into());
    }

    /// What was said so far.
    #[must_use]
    pub fn remarks(&self) -> Remarks {
        lock(&self.0).clone()
    }
}
