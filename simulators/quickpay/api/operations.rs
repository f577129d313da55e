//! Operations of payments, subscriptions and cards through the API.

use jiff::Timestamp;

use crate::kit::table::Tx;
use crate::kit::tree::Tree;
use crate::quickpay::ID;
use crate::quickpay::acquirer::{self, refusal};
use crate::quickpay::callbacks;
use crate::quickpay::model::{Kind, Refused, Resource, State, Step};
use crate::quickpay::perform::{self, Doing, Typed, authorize as authorized, perform};
use crate::quickpay::saved::CardToken;
use crate::quickpay::shape::stamp;

use super::call::{Answer, Call};
use super::create;
use super::fields::Fields;
use super::links::ACQUIRERS;
use super::refusal::Refusal;

/// Turns a step that cannot be into the API's refusal.
fn refused(kind: Kind, operation: &'static str, refused: Refused) -> Refusal {
    match refused {
        Refused::State => Refusal::State { kind, operation },
        Refused::TooMuch => Refusal::field("amount", "is too large"),
    }
}

/// The answer to an operation: as it began, or as it ended where the caller waits.
fn answer(call: &Call, before: State, (resource, id): (Resource, u64)) -> Answer {
    let waits = call.is_synchronized();
    Answer::Resource {
        status: if waits { 200 } else { 202 },
        resource: Box::new(resource),
        pending: (!waits).then_some(id),
        before: Some(before),
    }
}

/// Does a step that needs nothing but an amount.
fn step(
    tx: &mut Tx<'_>,
    call: &Call,
    operation: &'static str,
    of: impl Fn(i64) -> Step,
    has_amount: bool,
) -> Result<Answer, Refusal> {
    let kind = call.kind;
    let resource = call.resource(tx)?;
    let mut fields = Fields::of(&call.body);
    let amount = has_amount.then(|| fields.amount());
    let vat_rate = fields.raw("vat_rate").clone();
    fields.done()?;
    if amount == Some(0) {
        return Err(Refusal::field("amount", "must be greater than 0"));
    }
    let step = of(amount.unwrap_or_default());
    resource.allows(step, tx.now).map_err(|why| refused(kind, operation, why))?;
    let before = resource.state(tx.now);
    let mut doing = Doing { callback_url: call.callback_url.clone(), ..Doing::now(tx, operation, amount) };
    if !vat_rate.is_null() {
        doing.data = Tree::Map(vec![("vat_rate".to_owned(), vat_rate)]);
    }
    Ok(answer(call, before, perform(tx, resource, doing)))
}

pub(super) fn capture(tx: &mut Tx<'_>, call: &Call) -> Result<Answer, Refusal> {
    step(tx, call, "capture", Step::Capture, true)
}

pub(super) fn refund(tx: &mut Tx<'_>, call: &Call) -> Result<Answer, Refusal> {
    step(tx, call, "refund", Step::Refund, true)
}

pub(super) fn cancel(tx: &mut Tx<'_>, call: &Call) -> Result<Answer, Refusal> {
    step(tx, call, "cancel", |_| Step::Cancel, false)
}

pub(super) fn renew(tx: &mut Tx<'_>, call: &Call) -> Result<Answer, Refusal> {
    step(tx, call, "renew", |_| Step::Renew, false)
}

/// The card of an authorization: typed, or by a token of a saved one.
fn card(tx: &mut Tx<'_>, fields: &mut Fields<'_>, required: bool) -> Option<Typed> {
    let mut inner = fields.inside("card");
    if let Some(token) = inner.filled("token") {
        let number = CardToken::spend(tx, &token);
        if number.is_none() {
            inner.wrong("token", "is invalid");
        }
        fields.take("card", inner);
        return number.map(|(number, expiration)| Typed {
            number,
            expiration,
            origin: "api",
            ..Typed::default()
        });
    }
    if !inner.has("number") && !required {
        fields.take("card", inner);
        return None;
    }
    let typed = Typed {
        number: inner.required_text("number"),
        expiration: inner.required_text("expiration"),
        cvd: inner.text("cvd").unwrap_or_default(),
        issued_to: inner.text("issued_to").unwrap_or_default(),
        brand: inner.text("brand").unwrap_or_default(),
        origin: "api",
        customer_ip: fields.text("customer_ip"),
        // With these the merchant made the 3-D Secure step itself.
        secured: inner.has("cavv") || inner.has("eci"),
    };
    if inner.has("number") && !typed.has_number() {
        inner.wrong("number", "is invalid");
    }
    if inner.has("expiration") && typed.expires().is_none() {
        inner.wrong("expiration", "is invalid");
    }
    let cvd = |cvd: &str| {
        cvd.is_empty() || ((3..=4).contains(&cvd.len()) && cvd.bytes().all(|b| b.is_ascii_digit()))
    };
    if !cvd(&typed.cvd) {
        inner.wrong("cvd", "is invalid");
    }
    fields.take("card", inner);
    Some(typed)
}

/// The wallets that can stand in the place of a card, with the method each is.
const WALLETS: [(&str, &str); 2] =
    [("apple_pay_token", "apple-pay"), ("mobilepay_online_token", "mobilepay")];

/// `POST …/authorize`
pub(super) fn authorize(tx: &mut Tx<'_>, call: &Call) -> Result<Answer, Refusal> {
    let kind = call.kind;
    let mut resource = call.resource(tx)?;
    let mut fields = Fields::of(&call.body);
    let amount = (kind != Kind::Card).then(|| fields.amount());
    let wallet = fields.raw("card");
    let wallet = WALLETS.iter().find(|(name, _)| !wallet.get(name).is_null()).map(|(_, method)| *method);
    let mobile = fields.filled("mobile_number");
    let typed = card(tx, &mut fields, wallet.is_none() && mobile.is_none());
    let capture = fields.flag("auto_capture").unwrap_or(false);
    let fee = fields.flag("autofee").unwrap_or(false);
    let acquirer = fields.word("acquirer", ACQUIRERS);
    fields.done()?;
    if kind == Kind::Payment && amount == Some(0) {
        call.lenient(tx, Refusal::field("amount", "must be greater than 0"), "a payment of 0 is authorized")?;
    }
    resource.allows(Step::Authorize, tx.now).map_err(|why| refused(kind, "authorize", why))?;
    if acquirer.is_some() {
        resource.acquirer = acquirer;
    }
    let before = resource.state(tx.now);
    match &typed {
        Some(typed) => {
            perform::put_card(tx, &mut resource, typed);
            if resource.test_mode && !perform::takes_tests(tx) {
                // Assumed: the window has an error for it, and nothing tells what the API says.
                return Err(Refusal::field("card.number", "is a test card, and the account takes none"));
            }
            if resource.card.is_none() {
                call.trail.warn(NO_TEST_CARD);
            }
        }
        None => pay_otherwise(&mut resource, wallet.unwrap_or("mobilepay"), mobile),
    }
    let amount = amount.map(|amount| with_fee(tx, &mut resource, amount, fee));
    let doing = Doing { callback_url: call.callback_url.clone(), ..Doing::now(tx, "authorize", amount) };
    let at = capture.then_some(tx.now);
    Ok(answer(call, before, authorized(tx, resource, doing, at)))
}

/// What is said of a card that nobody here can charge.
pub(in crate::quickpay) const NO_TEST_CARD: &str =
    "this is none of QuickPay's test cards, so it is refused: `provkassa codes quickpay` lists them";

/// Writes down that something else than a card pays.
pub(in crate::quickpay) fn pay_otherwise(resource: &mut Resource, method: &str, mobile: Option<String>) {
    resource.metadata.r#type = Some("mobile".to_owned());
    resource.metadata.brand = Some(method.to_owned());
    resource.metadata.number = mobile;
    resource.test_mode = true;
    resource.card = None;
    resource.acquirer.get_or_insert_with(|| acquirer::acquirer_of(method));
}

/// An amount with the acquirer's fee, where that is asked for; the fee is kept beside it.
pub(in crate::quickpay) fn with_fee(tx: &Tx<'_>, resource: &mut Resource, amount: i64, wanted: bool) -> i64 {
    resource.fee = None;
    if !wanted {
        return amount;
    }
    let fee = fee_of(tx, amount);
    resource.fee = Some(fee);
    amount.saturating_add(fee)
}

/// The acquirer's fee for an amount, in minor units, rounded.
pub(super) fn fee_of(tx: &Tx<'_>, amount: i64) -> i64 {
    (amount.saturating_mul(tx.settings.number("quickpay.fee_basis_points")) + 5000) / 10_000
}

/// `POST …/session`: begins a payment with another method than a card.
pub(super) fn session(tx: &mut Tx<'_>, call: &Call) -> Result<Answer, Refusal> {
    let kind = call.kind;
    let mut resource = call.resource(tx)?;
    let mut fields = Fields::of(&call.body);
    let amount = fields.amount();
    let acquirer = fields.word("acquirer", ACQUIRERS);
    fields.done()?;
    resource.allows(Step::Session, tx.now).map_err(|why| refused(kind, "session", why))?;
    if acquirer.is_some() {
        resource.acquirer = acquirer;
    }
    let before = resource.state(tx.now);
    let token = tx.token::<Resource>(&format!("session {}/{}", resource.id, resource.next_operation(tx.now)));
    let doing = Doing {
        callback_url: call.callback_url.clone(),
        data: Tree::Map(vec![("session_token".to_owned(), Tree::Text(token))]),
        ..Doing::now(tx, "session", Some(amount))
    };
    Ok(answer(call, before, perform(tx, resource, doing)))
}

/// `POST …/fraud-report`
pub(super) fn fraud_report(tx: &mut Tx<'_>, call: &Call) -> Result<Answer, Refusal> {
    let mut resource = call.resource(tx)?;
    let mut fields = Fields::of(&call.body);
    let description = fields.text("description");
    fields.done()?;
    resource.metadata.fraud_reported = true;
    resource.metadata.fraud_report_description = description;
    resource.metadata.fraud_reported_at = Some(stamp(tx.now));
    resource.updated_at = tx.now;
    tx.put(resource.clone());
    let status = if call.is_synchronized() { 200 } else { 202 };
    Ok(Answer::Resource { status, resource: Box::new(resource), pending: None, before: None })
}

/// `POST /subscriptions/:id/recurring`: the answer is the new payment.
pub(super) fn recurring(tx: &mut Tx<'_>, call: &Call) -> Result<Answer, Refusal> {
    let subscription = call.resource(tx)?;
    let mut fields = Fields::of(&call.body);
    let amount = fields.amount();
    let order_id = create::order_id(tx, call, Kind::Payment, &mut fields);
    let capture = fields.flag("auto_capture").unwrap_or(false);
    let later = fields.filled("auto_capture_at");
    let fee = fields.flag("autofee").unwrap_or(false);
    let text_on_statement = fields.filled("text_on_statement");
    let later = later.map(|date| date.parse::<jiff::civil::Date>());
    if matches!(later, Some(Err(_))) {
        fields.wrong("auto_capture_at", "is invalid");
    }
    fields.done()?;
    let later = later.and_then(Result::ok).and_then(start_of);
    let at = later.or_else(|| capture.then_some(tx.now));
    let wanted = Recurring { amount, order_id: &order_id, at, fee, callback_url: call.callback_url.clone() };
    let (mut payment, id) = charge(tx, &subscription, &wanted)?;
    if text_on_statement.is_some() {
        payment.text_on_statement = text_on_statement;
        tx.put(payment.clone());
    }
    call.trail.order(payment.order_id.as_str());
    Ok(answer(call, State::Initial, (payment, id)))
}

/// The first moment of a day in UTC.
pub(in crate::quickpay) fn start_of(date: jiff::civil::Date) -> Option<Timestamp> {
    date.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|start| start.timestamp())
}

/// What a subscription is charged with.
pub(in crate::quickpay) struct Recurring<'a> {
    /// In minor units.
    pub(in crate::quickpay) amount: i64,
    /// The new payment's.
    pub(in crate::quickpay) order_id: &'a str,
    /// When it is captured, if by itself.
    pub(in crate::quickpay) at: Option<Timestamp>,
    /// Whether the fee is added.
    pub(in crate::quickpay) fee: bool,
    /// Where the callback goes.
    pub(in crate::quickpay) callback_url: Option<String>,
}

/// Charges a subscription: a new payment whose first operation is `recurring`.
pub(in crate::quickpay) fn charge(
    tx: &mut Tx<'_>,
    subscription: &Resource,
    wanted: &Recurring<'_>,
) -> Result<(Resource, u64), Refusal> {
    let why = subscription.allows(Step::Recurring, tx.now);
    why.map_err(|why| refused(Kind::Subscription, "recurring", why))?;
    let mut payment = create::fresh(tx, Kind::Payment, wanted.order_id, &subscription.currency);
    payment.subscription_id = Some(subscription.id);
    payment.metadata = subscription.metadata.clone();
    payment.variables = subscription.variables.clone();
    payment.card.clone_from(&subscription.card);
    payment.acquirer.clone_from(&subscription.acquirer);
    payment.test_mode = subscription.test_mode;
    let amount = with_fee(tx, &mut payment, wanted.amount, wanted.fee);
    let doing =
        Doing { callback_url: wanted.callback_url.clone(), ..Doing::now(tx, "recurring", Some(amount)) };
    Ok(authorized(tx, payment, doing, wanted.at))
}

fn operation_id(call: &Call, resource: &Resource, now: Timestamp) -> Result<u64, Refusal> {
    let text = call.ids.get(1).map(String::as_str).unwrap_or_default();
    let id = text.parse().ok().filter(|id| resource.begun(now).any(|operation| operation.id == *id));
    id.ok_or_else(|| Refusal::NotFound { what: "Operation", id: text.to_owned() })
}

pub(super) fn read_operation(tx: &mut Tx<'_>, call: &Call) -> Result<Answer, Refusal> {
    let resource = call.resource(tx)?;
    let id = operation_id(call, &resource, tx.now)?;
    Ok(Answer::Operation(Box::new(resource), id))
}

/// `PATCH …/operations/:id` with `pending=false`: gives a pending operation up.
pub(super) fn abort(tx: &mut Tx<'_>, call: &Call) -> Result<Answer, Refusal> {
    let kind = call.kind;
    let mut resource = call.resource(tx)?;
    let id = operation_id(call, &resource, tx.now)?;
    let mut fields = Fields::of(&call.body);
    let pending = fields.flag("pending");
    if pending != Some(false) {
        fields.wrong("pending", if pending.is_none() { "is required" } else { "is invalid" });
    }
    fields.done()?;
    let now = tx.now;
    let abortable: &[&str] =
        if kind == Kind::Payment { &["capture", "refund", "recurring", "cancel"] } else { &["cancel"] };
    let operation = resource.operations.iter_mut().find(|operation| operation.id == id);
    let operation = operation
        .filter(|operation| operation.is_pending(now) && abortable.contains(&operation.r#type.as_str()));
    let operation = operation.ok_or(Refusal::Ended)?;
    operation.aborted = true;
    operation.verdict = refusal("40003", None);
    resource.updated_at = now;
    // A capture that was to follow what is given up does not happen either.
    if !resource.accepted(now) {
        let (begun, planned) = resource.operations.into_iter().partition(|known| known.created_at <= now);
        resource.operations = begun;
        for planned in planned {
            tx.withdraw(ID, &callbacks::later(resource.id, planned.id), &planned.id.to_string());
        }
    }
    tx.withdraw(ID, &callbacks::later(resource.id, id), &id.to_string());
    tx.put(resource.clone());
    Ok(Answer::Operation(Box::new(resource), id))
}
