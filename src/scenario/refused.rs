//! What keeps a scenario from its subject: the shop refuses genuine callbacks, or the provider what the shop sends. The
//! advice is about that then, and not about what the scenario is for.

use super::outcome::{Failure, Stop};
use super::trail::diagnosis_of;
use super::world::World;

/// How a shop is put right whose payers are sent with something wrong.
const SENT: &str = "put right what the provider says is wrong with what your code sends: nobody can pay before that. \
    `provkassa check --adapter` tries the signing code alone, with smaller messages.";
/// How a shop is put right that refuses what it should verify.
const VERIFY: &str = "the callback is genuine, so see in the shop's log why it is refused: verify it over the bytes \
    as they came, before anything parses them, with the right key.";
const LOGIN: &str = "let the callback's route answer by itself: without a login, a CSRF check or a redirect. The \
    provider has no session, and follows nobody to a login page.";
const ROUTE: &str = "let the shop have a route at the address that it gives the provider, for the method of the \
    callback, and let it find the order by what the callback says.";
const LOG: &str = "look at the shop's log: the callback's route fails on what the provider sends.";

impl Failure {
    /// The same, which the shop's answer of this status to a genuine callback explains.
    pub(super) fn by_refusing(self, provider: &str, status: u16) -> Self {
        let remedy = match status {
            300..=399 | 401 | 403 | 419 => LOGIN,
            404 | 405 => ROUTE,
            500.. => LOG,
            _ => VERIFY,
        };
        let cause = Some(format!("{provider}: a genuine callback is answered {status}"));
        Self { remedy: remedy.to_owned(), cause, ..self }
    }

    /// The same, where the provider refused what the shop sent.
    pub(super) fn by_what_is_sent(self, provider: &str, diagnosis: &str) -> Self {
        let cause = Some(format!("{provider}: {diagnosis}"));
        Self { remedy: SENT.to_owned(), cause, ..self }
    }
}

impl World<'_> {
    /// The shop does not come to believe something. Where the provider refused what the shop had sent for the order, or
    /// the shop every callback about it, that is why.
    pub(super) fn unbelieving(&mut self, which: usize, failure: Failure) -> Stop {
        let id = self.gate_id();
        let failure = match (self.complaint(which), self.refused(which)) {
            (_, Some(status)) => {
                let got = format!("{}; it answered the callback with {status}", failure.got);
                Failure { got, ..failure }.by_refusing(id, status)
            }
            (Some(diagnosis), None) => {
                let got = format!("{}; what it sent is wrong: {diagnosis}", failure.got);
                Failure { got, ..failure }.by_what_is_sent(id, &diagnosis)
            }
            (None, None) => failure,
        };
        Stop::Fail(Box::new(failure))
    }

    /// The payer has not come to a page that belongs to an order.
    pub(super) fn astray(&mut self, which: usize) -> Stop {
        let (name, id) = (self.name(), self.gate_id());
        let masker = self.stage.workspace().masker();
        let page = self.order(which).page.as_ref().and_then(|page| page.entry.clone());
        let wrong = page.as_deref().and_then(diagnosis_of).map(|wrong| masker.text(wrong));
        let failure = |got: String| {
            let wanted = format!("a payment page of {name}'s for the order");
            Failure::new(format!("the checkout did not lead to {name}"), wanted, got)
        };
        Stop::Fail(Box::new(match wrong {
            Some(wrong) => {
                failure(format!("what the shop sent is wrong: {wrong}")).by_what_is_sent(id, &wrong)
            }
            None => failure("no request of the payer's that names an order there".to_owned()),
        }))
    }

    /// What is wrong with the first of what was sent to the provider for an order, as far as anything is.
    fn complaint(&mut self, which: usize) -> Option<String> {
        let key = self.key(which).ok()?;
        let entries = self.stage.journal(self.gate_id(), &key);
        let masker = self.stage.workspace().masker();
        entries.iter().find_map(|entry| diagnosis_of(entry)).map(|diagnosis| masker.text(diagnosis))
    }

    /// The status with which the shop refused the last of an order's callbacks; none where it took one, or answered none.
    /// A redirect takes none, also where the provider is content with it.
    fn refused(&mut self, which: usize) -> Option<u16> {
        let callbacks = self.callbacks(which).ok()?;
        let attempts = callbacks.iter().flat_map(|callback| &callback.attempts);
        let statuses: Vec<u16> = attempts.filter_map(|attempt| attempt.status).collect();
        let is_taken = statuses.iter().any(|status| (200..300).contains(status));
        statuses.last().copied().filter(|_| !is_taken)
    }
}
