//! Links to the payment window.

use crate::kit::page::Sent;
use crate::kit::table::Tx;
use crate::kit::tree::Tree;
use crate::quickpay::model::{Agreement, Kind, Link, LinkRecord, Resource};
use crate::quickpay::perform::account;

use super::call::{Answer, Call};
use super::fields::Fields;
use super::refusal::Refusal;

/// The agreement whose key signs the window's form.
pub(in crate::quickpay) const WINDOW: &str = "Payment Window";
/// The acquirers that can be forced.
pub(super) const ACQUIRERS: &[&str] = &[
    "anyday",
    "bambora",
    "clearhaus",
    "coinify",
    "elavon",
    "handelsbanken",
    "klarna",
    "klarnapayments",
    "mobilepay",
    "mobilepayonline",
    "mobilepaysubscriptions",
    "nets",
    "paypal",
    "paysafecard",
    "resurs",
    "sofort",
    "swedbank",
    "swish",
    "teller",
    "trustly",
    "valitor",
    "viabill",
    "vipps",
    "vippspsp",
    "worldline",
];

/// An old name of a field, where that came and the field did not.
fn alias(fields: &mut Fields<'_>, name: &str, old: &str) -> Option<String> {
    if fields.has(name) { fields.url(name) } else { fields.url(old) }
}

fn either(fields: &mut Fields<'_>, name: &str, old: &str) -> Option<bool> {
    if fields.has(name) { fields.flag(name) } else { fields.flag(old) }
}

/// Changes to the branding: an object, or one as JSON in a text.
fn branding_config(fields: &mut Fields<'_>) -> Tree {
    let written = fields.raw("branding_config").text().filter(|text| !text.is_empty());
    match written.map(serde_json::from_str::<Tree>) {
        None if fields.raw("branding_config").text().is_some() => Tree::empty(),
        None => fields.map("branding_config").unwrap_or_else(Tree::empty),
        Some(Ok(config @ Tree::Map(_))) => config,
        Some(_) => {
            fields.wrong("branding_config", "is invalid");
            Tree::empty()
        }
    }
}

/// What stands where a shop meant one of these: keys that are passed over, so that the payer is stranded.
const MISTAKEN: [(&str, &str); 7] = [
    ("accepturl", "continue_url"),
    ("callback", "callback_url"),
    ("cancel", "cancel_url"),
    ("continue", "continue_url"),
    ("redirect_url", "continue_url"),
    ("return_url", "continue_url"),
    ("success_url", "continue_url"),
];

/// `PUT …/link`
pub(super) fn put(tx: &mut Tx<'_>, call: &Call) -> Result<Answer, Refusal> {
    let kind = call.kind;
    let mut resource = call.resource(tx)?;
    let mut fields = Fields::of(&call.body);
    let amount = if kind == Kind::Card { 0 } else { fields.amount() };
    for (mistaken, meant) in MISTAKEN {
        if fields.has(mistaken) {
            call.trail.warn(format!("`{mistaken}` is passed over; the field is `{meant}`"));
        }
    }
    let agreements = tx.all::<Agreement>();
    let window = agreements.iter().find(|agreement| agreement.service == WINDOW);
    let agreement = fields.int("agreement_id").and_then(|id| u64::try_from(id).ok());
    if agreement.is_some_and(|id| tx.get::<Agreement>(id).is_none()) {
        fields.wrong("agreement_id", "is invalid");
    }
    let account = account(tx);
    let language = fields.filled("language");
    if language.as_ref().is_some_and(|language| language.len() != 2) {
        fields.wrong("language", "is invalid");
    }
    let link = Link {
        agreement_id: agreement.or_else(|| window.map(|window| window.id)).unwrap_or_default(),
        language: language
            .or_else(|| account.as_ref().map(|account| account.default_payment_language.clone()))
            .unwrap_or_default(),
        continue_url: alias(&mut fields, "continue_url", "continueurl"),
        cancel_url: alias(&mut fields, "cancel_url", "cancelurl"),
        callback_url: alias(&mut fields, "callback_url", "callbackurl"),
        payment_methods: fields.filled("payment_methods"),
        auto_fee: either(&mut fields, "auto_fee", "autofee"),
        auto_capture: either(&mut fields, "auto_capture", "autocapture").filter(|_| kind == Kind::Payment),
        auto_capture_at: fields.filled("auto_capture_at").filter(|_| kind == Kind::Payment),
        branding_id: fields.int("branding_id"),
        google_analytics_client_id: fields.filled("google_analytics_client_id"),
        google_analytics_tracking_id: fields.filled("google_analytics_tracking_id"),
        acquirer: fields.word("acquirer", ACQUIRERS),
        deadline: fields.int("deadline"),
        framed: fields.flag("framed").unwrap_or(false),
        branding_config: branding_config(&mut fields),
        invoice_address_selection: fields.flag("invoice_address_selection"),
        shipping_address_selection: fields.flag("shipping_address_selection"),
        customer_email: fields.filled("customer_email"),
        ..Link::new(amount, tx.now)
    };
    if link.deadline.is_some_and(|deadline| deadline <= 0) {
        fields.wrong("deadline", "is invalid");
    }
    if link.auto_capture_at.as_ref().is_some_and(|date| date.parse::<jiff::civil::Date>().is_err()) {
        fields.wrong("auto_capture_at", "is invalid");
    }
    fields.done()?;
    if kind == Kind::Payment && amount == 0 {
        let refusal = Refusal::field("amount", "must be greater than 0");
        call.lenient(tx, refusal, "a payment's link has the amount 0; only subscriptions reserve nothing")?;
    }
    let sent = sent(call);
    call.trail.evidence(&sent);
    let url = attach(tx, &mut resource, link, &call.origin.0, sent);
    Ok(Answer::Json(200, serde_json::json!({ "url": url })))
}

/// What the merchant sent, for the folded panel on the window.
fn sent(call: &Call) -> Sent {
    let Tree::Map(members) = &call.body else { return Sent::default() };
    let shown = |value: &Tree| match value {
        Tree::Text(text) => text.clone(),
        other => serde_json::to_string(other).unwrap_or_default(),
    };
    Sent {
        request: call.line.clone(),
        parameters: members.iter().map(|(name, value)| (name.clone(), shown(value))).collect(),
        verdict: "The API key is right.".to_owned(),
        right: true,
        warnings: call.trail.remarks().warnings,
        ..Sent::default()
    }
}

/// Gives a resource its link in the place of the one before; the link's address.
pub(in crate::quickpay) fn attach(
    tx: &mut Tx<'_>,
    resource: &mut Resource,
    link: Link,
    origin: &str,
    sent: Sent,
) -> String {
    detach(tx, resource);
    let (key, n) = (resource.id.to_string(), resource.links);
    resource.links += 1;
    let session = tx.seed.token("quickpay session", &key, n);
    let token = tx.seed.token("quickpay link", &key, n) + &tx.seed.token("quickpay link tail", &key, n);
    let url = format!("{origin}/{}/{token}", resource.kind.path());
    tx.put(LinkRecord { token, resource: resource.id, session, current: true, waiting: None, sent });
    resource.link = Some(Link { url: url.clone(), ..link });
    resource.updated_at = tx.now;
    tx.put(resource.clone());
    url
}

/// Takes a resource's link away; its token stays known.
fn detach(tx: &mut Tx<'_>, resource: &mut Resource) {
    let token = resource.link.take().and_then(|link| link.url.rsplit('/').next().map(ToOwned::to_owned));
    let record = token.and_then(|token| tx.get::<LinkRecord>(token));
    if let Some(record) = record {
        tx.put(LinkRecord { current: false, ..LinkRecord::clone(&record) });
    }
}

/// `DELETE …/link`
pub(super) fn delete(tx: &mut Tx<'_>, call: &Call) -> Result<Answer, Refusal> {
    let mut resource = call.resource(tx)?;
    detach(tx, &mut resource);
    resource.updated_at = tx.now;
    tx.put(resource);
    Ok(Answer::Empty)
}
