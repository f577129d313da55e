//! Carries operations out: what comes of them, what the resource is then, and who is told.

use jiff::{SignedDuration, Timestamp};

use crate::kit::mask::luhn;
use crate::kit::outcome::Outcome;
use crate::kit::table::Tx;
use crate::kit::tree::Tree;

use super::ID;
use super::acquirer::{self, Fate, TestCard, approved, refusal};
use super::callbacks;
use super::codes;
use super::model::{Account, Kind, Operation, Resource, UsedOnce, Verdict};

/// What is to be done.
#[derive(Clone, Debug)]
pub(super) struct Doing {
    /// `capture`.
    pub(super) r#type: &'static str,
    /// In minor units; none where it has none.
    pub(super) amount: Option<i64>,
    /// Where its callback goes; none for the account's own.
    pub(super) callback_url: Option<String>,
    /// When it begins.
    pub(super) at: Timestamp,
    /// More about it.
    pub(super) data: Tree,
    /// What the 3-D Secure step said.
    pub(super) secure: Option<String>,
    /// What comes of it, where that is known already.
    pub(super) verdict: Option<Verdict>,
}

impl Doing {
    /// An operation that begins now.
    pub(super) fn now(tx: &Tx<'_>, r#type: &'static str, amount: Option<i64>) -> Self {
        Self {
            r#type,
            amount,
            callback_url: None,
            at: tx.now,
            data: acquirer::no_data(),
            secure: None,
            verdict: None,
        }
    }
}

/// A card as somebody typed it.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    /// Its number, blanks or not.
    pub(super) number: String,
    /// `YYMM`.
    pub(super) expiration: String,
    /// Three or four digits; of test cards the issuing country's number.
    pub(super) cvd: String,
    /// The name on it.
    pub(super) issued_to: String,
    /// Which brand, of a card with two.
    pub(super) brand: String,
    /// `form` or `api`.
    pub(super) origin: &'static str,
    /// The payer's address.
    pub(super) customer_ip: Option<String>,
    /// Whether a 3-D Secure step went well.
    pub(super) secured: bool,
}

impl Typed {
    /// Whether its number can be a card's.
    pub(super) fn has_number(&self) -> bool {
        let digits = self.digits();
        (12..=19).contains(&digits.len()) && luhn(&digits)
    }

    pub(super) fn digits(&self) -> String {
        self.number.chars().filter(|digit| !" -".contains(*digit)).collect()
    }

    /// The month and the year with four digits; `None` where it is no expiration.
    pub(super) fn expires(&self) -> Option<(u8, u16)> {
        let digits = self.expiration.len() == 4 && self.expiration.bytes().all(|byte| byte.is_ascii_digit());
        let (year, month) = digits.then(|| self.expiration.split_at(2))?;
        let month = month.parse().ok().filter(|month| (1..=12).contains(month))?;
        Some((month, 2000 + year.parse::<u16>().ok()?))
    }
}

/// Writes a card into a resource: what is known of it, and never its number unless it is a test card.
pub(super) fn put_card(tx: &Tx<'_>, resource: &mut Resource, typed: &Typed) {
    let digits = typed.digits();
    let test = TestCard::of(&digits);
    let metadata = &mut resource.metadata;
    metadata.r#type = Some("card".to_owned());
    metadata.origin = Some(typed.origin.to_owned());
    let brand = test.as_ref().map_or_else(|| brand_of(&digits), |card| card.used_brand(&typed.brand));
    metadata.brand = Some(brand.to_owned());
    metadata.bin = digits.get(..6).map(ToOwned::to_owned);
    metadata.last4 = digits.get(digits.len().saturating_sub(4)..).map(ToOwned::to_owned);
    metadata.corporate = Some(false);
    if let Some((month, year)) = typed.expires() {
        (metadata.exp_month, metadata.exp_year) = (Some(month), Some(year));
    }
    let country = acquirer::country(&typed.cvd).map_or("DNK", |(_, three)| three);
    metadata.country = Some(country.to_owned());
    metadata.is_3d_secure = Some(typed.secured);
    if !typed.secured {
        metadata.three_d_secure_type = None;
    }
    metadata.issued_to = Some(typed.issued_to.clone()).filter(|name| !name.is_empty());
    metadata.hash = Some(hash(tx, &digits));
    metadata.customer_ip.clone_from(&typed.customer_ip);
    metadata.customer_country = Some("DK".to_owned());
    resource.test_mode = test.is_some();
    resource.card = test.map(|card| card.number);
    resource.acquirer = Some(resource.acquirer.clone().unwrap_or_else(|| acquirer::acquirer_of("card")));
}

/// The same 52 characters for the same card.
fn hash(tx: &Tx<'_>, digits: &str) -> String {
    let mut hash = crate::kit::digest::hex(&tx.seed.bytes("quickpay card", digits, 0));
    hash.truncate(52);
    hash
}

/// The brand of a card that is no test card, by its first digits.
pub(super) fn brand_of(digits: &str) -> &'static str {
    match digits.as_bytes() {
        [b'3', b'4' | b'7', ..] => "american-express",
        [b'4', ..] => "visa",
        [b'5' | b'2', ..] => "mastercard",
        _ => "unknown",
    }
}

/// What comes of an operation: what is queued decides, then the test card. A card that is none of QuickPay's
/// test cards is refused: here is no acquirer that could charge it.
fn decide(tx: &mut Tx<'_>, resource: &Resource, doing: &Doing) -> Verdict {
    if let Some(verdict) = &doing.verdict {
        return verdict.clone();
    }
    if let Some(outcome) = queued(tx, resource) {
        tx.take_outcome(ID, &resource.order_id);
        return verdict_of(&outcome);
    }
    let secured = resource.metadata.is_3d_secure == Some(true);
    let Some(card) = resource.card.as_deref().and_then(TestCard::of) else {
        let by_card = resource.metadata.r#type.as_deref() == Some("card");
        return if by_card { refusal("40000", None) } else { approved() };
    };
    let used = tx.get::<UsedOnce>(card.number.as_str()).is_some();
    let verdict = card.verdict(doing.r#type, secured, used);
    if card.fate == Fate::Once && doing.r#type == "authorize" && verdict.is_approved() {
        tx.put(UsedOnce { number: card.number.clone() });
    }
    verdict
}

/// What is queued for a resource. A code that is no verdict of an operation is left alone.
pub(super) fn queued(tx: &Tx<'_>, resource: &Resource) -> Option<Outcome> {
    let outcome = tx.queued_outcome(ID, &resource.order_id)?;
    let strange = matches!(&outcome, Outcome::Code(code) if !codes::is_operations(code));
    (!strange).then_some(outcome)
}

/// The verdict that an outcome asks for.
pub(super) fn verdict_of(outcome: &Outcome) -> Verdict {
    match outcome {
        Outcome::Approve => approved(),
        Outcome::Cancel => refusal("40003", None),
        Outcome::Code(code) if code == "20000" => approved(),
        Outcome::Code(code) => refusal(code, None),
        Outcome::Decline => refusal("40000", None),
        Outcome::Expire => refusal("40002", None),
    }
}

/// Does it: the operation is added, the resource kept, and the callback sent when there is a verdict.
pub(super) fn perform(tx: &mut Tx<'_>, resource: Resource, doing: Doing) -> (Resource, u64) {
    let verdict = decide(tx, &resource, &doing);
    let delay =
        resource.card.as_deref().and_then(TestCard::of).map_or(SignedDuration::ZERO, |card| card.delay());
    let id = resource.next_operation(doing.at);
    let callback_url = doing.callback_url.or_else(|| account_url(tx));
    let operation = Operation {
        id,
        r#type: doing.r#type.to_owned(),
        amount: doing.amount,
        verdict,
        data: doing.data,
        callback_url,
        acquirer: resource.acquirer.clone(),
        three_d_secure_status: doing.secure,
        created_at: doing.at,
        due: doing.at.saturating_add(delay).unwrap_or(Timestamp::MAX),
        aborted: false,
        captures_at: None,
    };
    // What is captured or cancelled now is not captured later.
    let ends = matches!(doing.r#type, "cancel" | "capture") && operation.verdict.is_approved();
    let (mut resource, planned) = resource.with(operation, tx.now);
    tell(tx, &resource, id);
    if let Some(planned) = planned {
        tx.withdraw(ID, &callbacks::later(resource.id, planned.id), &planned.id.to_string());
        if !ends {
            resource.operations.push(Operation { id: id + 1, ..planned });
            tell(tx, &resource, id + 1);
        }
    }
    tx.put(resource.clone());
    (resource, id)
}

/// Sends an operation's callback, if anybody is to be told.
fn tell(tx: &mut Tx<'_>, resource: &Resource, operation: u64) {
    if let Some(callback) = callbacks::of_operation(tx, resource, operation) {
        tx.send(callback);
    }
}

/// An operation that waited has its verdict now; what was to be captured then, is.
pub(super) fn settle(tx: &mut Tx<'_>, mut resource: Resource, verdict: Verdict) -> Resource {
    let now = tx.now;
    let waiting = resource.operations.iter_mut().find(|operation| operation.waits() && !operation.aborted);
    let Some(operation) = waiting else { return resource };
    (operation.verdict, operation.due) = (verdict, now);
    let (id, amount, callback_url) = (operation.id, operation.amount, operation.callback_url.clone());
    let capture = operation.captures_at.filter(|_| operation.verdict.is_approved());
    resource.updated_at = now;
    tell(tx, &resource, id);
    tx.put(resource.clone());
    let Some(at) = capture else { return resource };
    let doing = Doing { callback_url, at: at.max(now), ..Doing::now(tx, "capture", amount) };
    perform(tx, resource, doing).0
}

/// An authorization, and the capture that follows it at once or later where the merchant asked for that.
pub(super) fn authorize(
    tx: &mut Tx<'_>,
    resource: Resource,
    doing: Doing,
    capture: Option<Timestamp>,
) -> (Resource, u64) {
    let (amount, callback_url) = (doing.amount, doing.callback_url.clone());
    let (mut resource, id) = perform(tx, resource, doing);
    let capture = capture.filter(|_| resource.kind == Kind::Payment);
    let waiting = resource.operations.iter_mut().find(|operation| operation.id == id && operation.waits());
    if let Some(operation) = waiting {
        operation.captures_at = capture;
        tx.put(resource.clone());
        return (resource, id);
    }
    let operation = resource.operations.iter().find(|operation| operation.id == id);
    let ended = operation.map_or(tx.now, |operation| operation.due);
    let approved = operation.is_some_and(|operation| operation.verdict.is_approved());
    let Some(at) = capture.filter(|_| approved) else { return (resource, id) };
    let doing = Doing { callback_url, at: at.max(ended), ..Doing::now(tx, "capture", amount) };
    let (resource, _) = perform(tx, resource, doing);
    (resource, id)
}

/// Where callbacks go that nothing else directs; none where nobody has said it.
pub(super) fn account_url(tx: &Tx<'_>) -> Option<String> {
    let own = account(tx).and_then(|account| account.callback_url.clone());
    let own = own.or_else(|| Some(tx.settings.get("quickpay.callback_url").to_owned()));
    own.filter(|url| !url.is_empty())
}

/// Whether the account takes test cards.
pub(super) fn takes_tests(tx: &Tx<'_>) -> bool {
    account(tx).is_none_or(|account| account.allow_test_transactions)
}

/// The workspace's account.
pub(super) fn account(tx: &Tx<'_>) -> Option<std::sync::Arc<Account>> {
    tx.all::<Account>().into_iter().next()
}
