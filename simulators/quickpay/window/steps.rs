//! What happens in the window, in transactions.

use crate::kit::outcome::Outcome;
use crate::kit::table::Tx;
use crate::quickpay::ID;
use crate::quickpay::acquirer::{BRANDS, Fate, TestCard, country, refusal};
use crate::quickpay::api::{pay_otherwise, start_of, with_fee};
use crate::quickpay::model::{Kind, LinkRecord, Resource, State, Waiting};
use crate::quickpay::perform::{
    Doing, Typed, account, authorize, brand_of, put_card, queued, takes_tests, verdict_of,
};

use super::methods::Methods;
use super::pages::Problem;
use super::words::{
    BAD_CVD, BAD_EXPIRATION, BAD_NUMBER, NO_TEST_CARD, NO_TESTS, NOT_ENROLLED, NOT_OFFERED, SECURE_FAILED,
    TRY_AGAIN, UNABLE,
};

/// What a payer sees.
pub(super) enum Seen {
    /// There is no such link.
    Nothing,
    /// The payer gave up.
    Cancelled(Resource, LinkRecord),
    /// It went well just now.
    Done(Resource, LinkRecord),
    /// The time is over.
    Expired(Resource, LinkRecord),
    /// It can be paid.
    Open(Resource, LinkRecord),
    /// It was paid before.
    Paid(Resource, LinkRecord),
    /// The link was replaced or taken away.
    Replaced(Resource, LinkRecord),
    /// The bank asks the payer.
    Secure(Resource, LinkRecord),
    /// The acquirer takes its time.
    Waiting(Resource, LinkRecord),
}

impl Seen {
    /// What it is about.
    pub(super) fn about(&self) -> Option<(&Resource, &LinkRecord)> {
        match self {
            Self::Nothing => None,
            Self::Cancelled(resource, link)
            | Self::Done(resource, link)
            | Self::Expired(resource, link)
            | Self::Open(resource, link)
            | Self::Paid(resource, link)
            | Self::Replaced(resource, link)
            | Self::Secure(resource, link)
            | Self::Waiting(resource, link) => Some((resource, link)),
        }
    }
}

/// What a payer sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Attempt {
    pub(super) cancel: bool,
    pub(super) outcome: String,
    pub(super) method: String,
    pub(super) test: String,
    pub(super) number: String,
    pub(super) month: String,
    pub(super) year: String,
    pub(super) cvd: String,
    pub(super) brand: String,
    pub(super) secure: bool,
    pub(super) cardholder: String,
    pub(super) customer_ip: Option<String>,
}

impl Attempt {
    /// `YYMM`; something that is none where the payer left one of them out.
    fn expiration(&self) -> String {
        let year = self.year.get(self.year.len().saturating_sub(2)..).unwrap_or(&self.year);
        if year.is_empty() { String::new() } else { format!("{year:0>2}{:0>2}", self.month) }
    }
}

/// Looks at a link. What is queued for the order decides at once.
pub(super) fn look(tx: &mut Tx<'_>, token: &str) -> (Seen, Option<Problem>) {
    let seen = peek(tx, token);
    let Seen::Open(resource, link) = seen else { return (seen, None) };
    match queued(tx, &resource) {
        Some(Outcome::Cancel) => {
            tx.take_outcome(ID, &resource.order_id);
            (Seen::Cancelled(resource, link), None)
        }
        Some(Outcome::Expire) => {
            tx.take_outcome(ID, &resource.order_id);
            (Seen::Expired(resource, link), None)
        }
        Some(_) => pay(tx, resource, link, &usual_card(), ""),
        None => (Seen::Open(resource, link), None),
    }
}

/// The page that waits looks again: what has gone well meanwhile has gone well just now.
pub(super) fn look_again(tx: &mut Tx<'_>, token: &str) -> (Seen, Option<Problem>) {
    match look(tx, token) {
        (Seen::Paid(resource, link), problem) => (Seen::Done(resource, link), problem),
        seen => seen,
    }
}

fn peek(tx: &Tx<'_>, token: &str) -> Seen {
    let Some(link) = tx.get::<LinkRecord>(token) else { return Seen::Nothing };
    let link = LinkRecord::clone(&link);
    let Some(resource) = tx.get::<Resource>(link.resource) else { return Seen::Nothing };
    let resource = Resource::clone(&resource);
    if !link.current {
        return Seen::Replaced(resource, link);
    }
    if resource.accepted(tx.now) {
        return Seen::Paid(resource, link);
    }
    if resource.state(tx.now) == State::Pending {
        return Seen::Waiting(resource, link);
    }
    if is_too_late(tx, &resource) {
        return Seen::Expired(resource, link);
    }
    if link.waiting.is_some() { Seen::Secure(resource, link) } else { Seen::Open(resource, link) }
}

fn is_too_late(tx: &Tx<'_>, resource: &Resource) -> bool {
    let by_link = resource.link.as_ref().and_then(|link| Some((link.deadline?, link.since)));
    let by_link = by_link.is_some_and(|(seconds, since)| tx.now.duration_since(since).as_secs() >= seconds);
    let by_date = resource.deadline_at.as_ref().and_then(|at| at.parse::<jiff::Timestamp>().ok());
    by_link || by_date.is_some_and(|at| tx.now >= at)
}

/// The card with which a queued outcome pays.
pub(super) fn usual_card() -> Typed {
    let number = TestCard::with(BRANDS[0], Fate::Approved).map(|card| card.number).unwrap_or_default();
    Typed { number, expiration: "3012".to_owned(), cvd: "208".to_owned(), origin: "form", ..Typed::default() }
}

/// The payer gives up: nothing is recorded, and nobody is told.
pub(super) fn cancel(tx: &mut Tx<'_>, token: &str) -> Seen {
    match peek(tx, token) {
        Seen::Open(resource, link) | Seen::Secure(resource, link) => {
            let link = LinkRecord { waiting: None, ..link };
            tx.put(link.clone());
            Seen::Cancelled(resource, link)
        }
        elsewhere => elsewhere,
    }
}

/// The payer has sent a form.
pub(super) fn submit(tx: &mut Tx<'_>, token: &str, attempt: &Attempt) -> (Seen, Option<Problem>) {
    if attempt.cancel {
        return (cancel(tx, token), None);
    }
    let (resource, link) = match peek(tx, token) {
        Seen::Open(resource, link) | Seen::Secure(resource, link) => (resource, link),
        elsewhere => return (elsewhere, None),
    };
    if !attempt.method.is_empty() {
        return pay_by_wallet(tx, resource, link, attempt);
    }
    let typed = if attempt.test.is_empty() {
        Typed {
            number: attempt.number.clone(),
            expiration: attempt.expiration(),
            cvd: attempt.cvd.clone(),
            issued_to: attempt.cardholder.clone(),
            brand: attempt.brand.clone(),
            origin: "form",
            customer_ip: attempt.customer_ip.clone(),
            secured: false,
        }
    } else {
        Typed { number: attempt.test.clone(), customer_ip: attempt.customer_ip.clone(), ..usual_card() }
    };
    if let Some(problem) = flaw_of(&typed) {
        return (Seen::Open(resource, link), Some(problem));
    }
    let methods = methods(tx, &resource);
    let test = TestCard::of(&typed.digits());
    let two = country(&typed.cvd).map_or("DK", |(two, _)| two);
    let brand = test.as_ref().map_or_else(|| brand_of(&typed.digits()), |card| card.used_brand(&typed.brand));
    let Some(secured) = methods.card(brand, two) else {
        return (Seen::Open(resource, link), Some(NOT_ENROLLED));
    };
    if test.is_some() && !takes_tests(tx) {
        return (Seen::Open(resource, link), Some(NO_TESTS));
    }
    let asks = test.as_ref().is_some_and(|card| card.fate == Fate::AsksForSecure);
    if test.is_some() && (secured || asks || attempt.secure) {
        return (ask_bank(tx, resource, link, &typed), None);
    }
    pay(tx, resource, link, &typed, "")
}

/// What the link's payer may pay with.
pub(super) fn methods(tx: &Tx<'_>, resource: &Resource) -> Methods {
    let account = account(tx);
    let list = resource.link.as_ref().and_then(|link| link.payment_methods.as_deref());
    let usual = account.as_ref().and_then(|account| account.default_payment_methods.as_deref());
    Methods::of(list, usual)
}

/// The first thing that is wrong with a typed card.
fn flaw_of(typed: &Typed) -> Option<Problem> {
    if !typed.has_number() {
        return Some(BAD_NUMBER);
    }
    if typed.expires().is_none() {
        return Some(BAD_EXPIRATION);
    }
    let cvd = (3..=4).contains(&typed.cvd.len()) && typed.cvd.bytes().all(|byte| byte.is_ascii_digit());
    (!cvd).then_some(BAD_CVD)
}

/// The issuing bank is asked first.
fn ask_bank(tx: &mut Tx<'_>, resource: Resource, link: LinkRecord, typed: &Typed) -> Seen {
    let waiting = Waiting {
        number: typed.digits(),
        brand: typed.brand.clone(),
        expiration: typed.expiration.clone(),
        cvd: typed.cvd.clone(),
        issued_to: typed.issued_to.clone(),
    };
    let link = LinkRecord { waiting: Some(waiting), ..link };
    tx.put(link.clone());
    Seen::Secure(resource, link)
}

/// The payer has answered the issuing bank.
pub(super) fn secure(tx: &mut Tx<'_>, token: &str, outcome: &str) -> (Seen, Option<Problem>) {
    let Seen::Secure(mut resource, link) = peek(tx, token) else { return (peek(tx, token), None) };
    let waiting = match (outcome, link.waiting.clone()) {
        ("approve" | "decline", Some(waiting)) => waiting,
        ("cancel", _) => return (cancel(tx, token), None),
        _ => return (Seen::Secure(resource, link), None),
    };
    let link = LinkRecord { waiting: None, ..link };
    tx.put(link.clone());
    let typed = Typed {
        number: waiting.number,
        expiration: waiting.expiration,
        cvd: waiting.cvd,
        issued_to: waiting.issued_to,
        brand: waiting.brand,
        origin: "form",
        secured: outcome == "approve",
        ..Typed::default()
    };
    if typed.secured {
        resource.metadata.three_d_secure_type = Some("challenge".to_owned());
        return pay(tx, resource, link, &typed, "Y");
    }
    put_card(tx, &mut resource, &typed);
    let verdict = refusal("40000", Some("3-D Secure authentication failed"));
    let doing = Doing { verdict: Some(verdict), secure: Some("N".to_owned()), ..doing(tx, &resource) };
    let (resource, _) = authorize(tx, resource, doing, None);
    (Seen::Open(resource, link), Some(SECURE_FAILED))
}

/// The window's authorization of a link.
pub(super) fn doing(tx: &Tx<'_>, resource: &Resource) -> Doing {
    let link = resource.link.as_ref();
    let amount = (resource.kind != Kind::Card).then(|| link.map_or(0, |link| link.amount));
    let callback_url = link.and_then(|link| link.callback_url.clone());
    Doing { callback_url, ..Doing::now(tx, "authorize", amount) }
}

/// Authorizes with a card, and captures where the link says so.
pub(super) fn pay(
    tx: &mut Tx<'_>,
    mut resource: Resource,
    link: LinkRecord,
    typed: &Typed,
    secure: &str,
) -> (Seen, Option<Problem>) {
    put_card(tx, &mut resource, typed);
    let secure = Some(secure.to_owned()).filter(|secure| !secure.is_empty());
    finish(tx, resource, link, secure, Some(typed))
}

fn pay_by_wallet(
    tx: &mut Tx<'_>,
    mut resource: Resource,
    link: LinkRecord,
    attempt: &Attempt,
) -> (Seen, Option<Problem>) {
    if !methods(tx, &resource).wallets().iter().any(|wallet| wallet.id == attempt.method) {
        return (Seen::Open(resource, link), Some(NOT_OFFERED));
    }
    if !takes_tests(tx) {
        return (Seen::Open(resource, link), Some(NO_TESTS));
    }
    pay_otherwise(&mut resource, &attempt.method, None);
    resource.metadata.origin = Some("form".to_owned());
    match attempt.outcome.as_str() {
        "approve" => finish(tx, resource, link, None, None),
        "decline" => {
            let verdict = Some(verdict_of(&Outcome::Decline));
            let doing = Doing { verdict, ..doing(tx, &resource) };
            let (resource, _) = authorize(tx, resource, doing, None);
            (Seen::Open(resource, link), Some(UNABLE))
        }
        _ => (Seen::Open(resource, link), None),
    }
}

fn finish(
    tx: &mut Tx<'_>,
    mut resource: Resource,
    link: LinkRecord,
    secure: Option<String>,
    typed: Option<&Typed>,
) -> (Seen, Option<Problem>) {
    let usual = account(tx).is_some_and(|account| account.autofee);
    let terms = resource.link.clone();
    let fee = terms.as_ref().and_then(|link| link.auto_fee).unwrap_or(usual);
    let mut doing = Doing { secure, ..doing(tx, &resource) };
    doing.amount = doing.amount.map(|amount| with_fee(tx, &mut resource, amount, fee));
    let later =
        terms.as_ref().and_then(|link| link.auto_capture_at.as_deref()?.parse().ok()).and_then(start_of);
    let at_once = terms.is_some_and(|link| link.auto_capture == Some(true)).then_some(tx.now);
    let (resource, id) = authorize(tx, resource, doing, later.or(at_once));
    let operation = resource.operations.iter().find(|operation| operation.id == id);
    let Some(operation) = operation.filter(|operation| !operation.is_pending(tx.now)) else {
        return (Seen::Waiting(resource, link), None);
    };
    match operation.verdict.qp_code.as_str() {
        "20000" => (Seen::Done(resource, link), None),
        "30100" | "30101" => match typed.filter(|typed| TestCard::of(&typed.digits()).is_some()) {
            Some(typed) => (ask_bank(tx, resource, link, typed), None),
            None => (Seen::Open(resource, link), Some(TRY_AGAIN)),
        },
        "50000" | "50300" => (Seen::Open(resource, link), Some(UNABLE)),
        _ if resource.card.is_none() => (Seen::Open(resource, link), Some(NO_TEST_CARD)),
        _ => (Seen::Open(resource, link), Some(TRY_AGAIN)),
    }
}

/// The payer reads another language. Only the link remembers it: the pages have one.
pub(super) fn speak(tx: &mut Tx<'_>, token: &str, language: &str) {
    let link = tx.get::<LinkRecord>(token).and_then(|link| tx.get::<Resource>(link.resource));
    let Some(mut resource) = link.map(|resource| Resource::clone(&resource)) else { return };
    if language.len() == 2
        && let Some(link) = &mut resource.link
    {
        language.clone_into(&mut link.language);
        tx.put(resource);
    }
}
