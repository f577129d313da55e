//! Payments, subscriptions and cards: how they are made, read and changed.

use serde::{Deserialize, Serialize};

use crate::kit::table::{Id, Record, Tx};
use crate::kit::tree::Tree;
use crate::quickpay::acquirer::is_country;
use crate::quickpay::model::{Group, Kind, Metadata, Resource};
use crate::quickpay::perform::account;

use super::call::{Answer, Call};
use super::fields::Fields;
use super::refusal::Refusal;

/// The shortest and the longest order id.
const ORDER_ID: std::ops::RangeInclusive<usize> = 4..=20;
/// The longest order id that a document shows.
const LONGEST_SHOWN: usize = 64;
/// How long the text on a statement may be.
const STATEMENT: usize = 22;

/// An order id that is taken, so that it is found at once.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::quickpay) struct Taken {
    key: String,
    resource: u64,
}

impl Taken {
    fn key(kind: Kind, order_id: &str) -> String {
        format!("{}/{order_id}", kind.path())
    }
}

impl Record for Taken {
    const TABLE: &'static str = "quickpay.order_ids";

    fn id(&self) -> Id {
        self.key.as_str().into()
    }
}

/// What is wrong with an order id; none if nothing is.
fn flaw_of(order_id: &str) -> Option<&'static str> {
    let legal = |character: char| character.is_ascii_alphanumeric() || " ._-".contains(character);
    if !ORDER_ID.contains(&order_id.chars().count()) {
        return Some("must have length between 4 and 20");
    }
    (!order_id.chars().all(legal)).then_some("is invalid")
}

/// Reads an order id: its form, and that nobody has it.
pub(super) fn order_id(tx: &Tx<'_>, call: &Call, kind: Kind, fields: &mut Fields<'_>) -> String {
    let order_id = fields.required_text("order_id");
    if !fields.has("order_id") {
        return order_id;
    }
    call.trail.order(order_id.as_str());
    if let Some(flaw) = flaw_of(&order_id) {
        let length = order_id.chars().count();
        // The sample of Fenerum's document sends 54 characters.
        if (*ORDER_ID.end() + 1..=LONGEST_SHOWN).contains(&length) {
            let why = format!("the order_id has {length} characters, and QuickPay takes 4 to 20");
            if call.lenient(tx, Refusal::field("order_id", flaw), &why).is_err() {
                fields.wrong("order_id", flaw);
            }
        } else {
            fields.wrong("order_id", flaw);
        }
    }
    if tx.get::<Taken>(Taken::key(kind, &order_id)).is_some() {
        let another = kind.name().to_ascii_lowercase();
        fields.wrong("order_id", format!("already exists on another {another}"));
    }
    order_id
}

/// Reads a currency.
pub(super) fn currency(tx: &Tx<'_>, fields: &mut Fields<'_>) -> String {
    let mut currency = fields.required_text("currency");
    if tx.settings.get("quickpay.lower_currency") == "accept" {
        currency.make_ascii_uppercase();
    }
    let three = currency.len() == 3 && currency.bytes().all(|byte| byte.is_ascii_uppercase());
    if fields.has("currency") && !three {
        fields.wrong("currency", "must be three uppercase letters");
    }
    currency
}

/// An address as it came, with its country looked at.
fn address(fields: &mut Fields<'_>, name: &str) -> Tree {
    let Some(address) = fields.map(name) else { return Tree::Null };
    let country = address.get("country_code").text().unwrap_or_default();
    if !country.is_empty() && !is_country(country) {
        fields.wrong(&format!("{name}.country_code"), "is invalid");
    }
    address
}

/// A basket's lines: each needs all five members.
fn basket(fields: &mut Fields<'_>) -> Option<Tree> {
    const LINE: [&str; 5] = ["qty", "item_no", "item_name", "item_price", "vat_rate"];
    let raw = fields.raw("basket");
    if raw.is_null() {
        return None;
    }
    let lines = raw.elements();
    let Some(lines) = lines.or_else(|| matches!(raw, Tree::List(_)).then(Vec::new)) else {
        fields.wrong("basket", "is invalid");
        return None;
    };
    for line in &lines {
        for name in LINE {
            if line.get(name).is_null() {
                fields.wrong(&format!("basket[][{name}]"), "is required");
            }
        }
    }
    Some(Tree::List(lines.into_iter().map(numbers).collect()))
}

/// A line of a basket with numbers where a form has digits.
fn numbers(line: &Tree) -> Tree {
    let Tree::Map(members) = line else { return line.clone() };
    let number = |name: &str, value: &Tree| match (name, value) {
        ("qty" | "item_price", Tree::Text(text)) => text.parse::<i64>().ok().map(|n| Tree::Number(n.into())),
        ("vat_rate", Tree::Text(text)) => {
            text.parse().ok().and_then(serde_json::Number::from_f64).map(Tree::Number)
        }
        _ => None,
    };
    let member =
        |(name, value): &(String, Tree)| (name.clone(), number(name, value).unwrap_or_else(|| value.clone()));
    Tree::Map(members.iter().map(member).collect())
}

const SHIPPING_METHODS: &[&str] = &[
    "store_pick_up",
    "home_delivery",
    "registered_box",
    "unregistered_box",
    "pick_up_point",
    "own_delivery",
];

/// What payments and subscriptions take both when they are made and when they are changed.
fn put_details(tx: &Tx<'_>, resource: &mut Resource, fields: &mut Fields<'_>) {
    if let Some(variables) = fields.map("variables") {
        resource.variables = variables;
    }
    for name in ["shipping_address", "invoice_address"] {
        let address = address(fields, name);
        if !address.is_null() {
            let place = if name == "shipping_address" {
                &mut resource.shipping_address
            } else {
                &mut resource.invoice_address
            };
            *place = address;
        }
    }
    if let Some(basket) = basket(fields) {
        resource.basket = basket;
    }
    if let Some(shipping) = fields.map("shipping") {
        let mut inner = fields.inside("shipping");
        inner.word("method", SHIPPING_METHODS);
        inner.int("amount");
        fields.take("shipping", inner);
        resource.shipping = shipping;
    }
    if let Some(deadline) = fields.filled("deadline_at") {
        if deadline.parse::<jiff::Timestamp>().is_err() {
            fields.wrong("deadline_at", "is invalid");
        }
        resource.deadline_at = Some(deadline);
    }
    if resource.kind == Kind::Subscription {
        if let Some(description) = fields.text("description") {
            resource.description = Some(description);
        }
        if let Some(unscheduled) = fields.flag("unscheduled") {
            resource.unscheduled = unscheduled;
        }
        if let Some(frequency) = fields.map("threeds_v2") {
            resource.threeds_v2 = frequency;
        }
        if let Some(groups) = fields.ids("group_ids") {
            if groups.iter().any(|group| tx.get::<Group>(*group).is_none()) {
                fields.wrong("group_ids", "is invalid");
            }
            resource.group_ids = groups;
        }
    }
}

/// An empty resource with an id of its own; `key` decides it.
pub(in crate::quickpay) fn fresh(tx: &mut Tx<'_>, kind: Kind, order_id: &str, currency: &str) -> Resource {
    let key = Taken::key(kind, order_id);
    let id = tx.draw::<Resource>(&key);
    let merchant_id = account(tx).map_or(0, |account| account.id);
    if kind != Kind::Card {
        tx.put(Taken { key: key.clone(), resource: id });
    }
    Resource {
        id,
        ulid: ulid(tx, &format!("{key}/{id}")),
        kind,
        merchant_id,
        order_id: order_id.to_owned(),
        description: None,
        text_on_statement: None,
        branding_id: None,
        variables: Tree::empty(),
        currency: currency.to_owned(),
        metadata: Metadata::default(),
        link: None,
        links: 0,
        shipping_address: Tree::Null,
        invoice_address: Tree::Null,
        basket: Tree::List(Vec::new()),
        shipping: Tree::Null,
        operations: Vec::new(),
        test_mode: false,
        acquirer: None,
        card: None,
        fee: None,
        subscription_id: None,
        group_ids: Vec::new(),
        unscheduled: false,
        threeds_v2: Tree::Null,
        deadline_at: None,
        created_at: tx.now,
        updated_at: tx.now,
    }
}

/// A ULID: the time in ten characters of Crockford's alphabet, and sixteen that are drawn.
fn ulid(tx: &Tx<'_>, key: &str) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let time = u64::try_from(tx.now.as_millisecond()).unwrap_or_default();
    let letter = |value: u64| char::from(ALPHABET[usize::try_from(value % 32).unwrap_or_default()]);
    let drawn = tx.seed.bytes("quickpay ulid", key, time);
    let time = (0..10).rev().map(|place| letter(time >> (5 * place)));
    time.chain(drawn.iter().take(16).map(|byte| letter(u64::from(*byte)))).collect()
}

/// `POST /payments`, `POST /subscriptions`
pub(super) fn create(tx: &mut Tx<'_>, call: &Call) -> Result<Answer, Refusal> {
    let kind = call.kind;
    let mut fields = Fields::of(&call.body);
    let order_id = order_id(tx, call, kind, &mut fields);
    let currency = currency(tx, &mut fields);
    let mut resource = fresh(tx, kind, &order_id, &currency);
    if kind == Kind::Subscription {
        let description = fields.required_text("description");
        if fields.has("description") && description.is_empty() {
            fields.wrong("description", "is required");
        }
    }
    put_details(tx, &mut resource, &mut fields);
    resource.branding_id = fields.int("branding_id");
    resource.text_on_statement = fields.filled("text_on_statement");
    if resource.text_on_statement.as_ref().is_some_and(|text| text.len() > STATEMENT || !text.is_ascii()) {
        fields.wrong("text_on_statement", "is invalid");
    }
    let mut system = fields.inside("shopsystem");
    resource.metadata.shopsystem_name = system.text("name");
    resource.metadata.shopsystem_version = system.text("version");
    fields.take("shopsystem", system);
    fields.done()?;
    tx.put(resource.clone());
    let late = kind == Kind::Subscription && tx.settings.get("quickpay.subscription_created") == "202";
    Ok(made(if late { 202 } else { 201 }, resource))
}

fn made(status: u16, resource: Resource) -> Answer {
    Answer::Resource { status, resource: Box::new(resource), pending: None, before: None }
}

/// `POST /cards`
pub(super) fn card(tx: &mut Tx<'_>, call: &Call) -> Result<Answer, Refusal> {
    let mut fields = Fields::of(&call.body);
    let variables = fields.map("variables").unwrap_or_else(Tree::empty);
    fields.done()?;
    let card = Resource { variables, ..fresh(tx, Kind::Card, "", "") };
    tx.put(card.clone());
    Ok(made(201, card))
}

pub(super) fn read(tx: &mut Tx<'_>, call: &Call) -> Result<Answer, Refusal> {
    Ok(made(200, call.resource(tx)?))
}

/// `PATCH` of a payment, a subscription or a card. What cannot be changed is passed over, as everything is
/// that is not known.
pub(super) fn change(tx: &mut Tx<'_>, call: &Call) -> Result<Answer, Refusal> {
    let mut resource = call.resource(tx)?;
    let mut fields = Fields::of(&call.body);
    let fixed = ["order_id", "currency"].into_iter().filter(|name| fields.has(name));
    for name in fixed.collect::<Vec<_>>() {
        call.trail.warn(format!("`{name}` cannot be changed and is passed over"));
    }
    put_details(tx, &mut resource, &mut fields);
    fields.done()?;
    resource.updated_at = tx.now;
    tx.put(resource.clone());
    Ok(made(200, resource))
}

/// The resource with this order id.
pub(in crate::quickpay) fn by_order_id(tx: &Tx<'_>, kind: Kind, order_id: &str) -> Option<Resource> {
    let taken = tx.get::<Taken>(Taken::key(kind, order_id))?;
    tx.get::<Resource>(taken.resource).map(|resource| Resource::clone(&resource))
}
