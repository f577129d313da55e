//! What an attacker or an unlucky payer can do at each provider, beyond its pages: forged callbacks, returns
//! made up by hand.

mod bambora;
mod brp;
mod fena;
mod fenerum;
mod freepay;
mod quickpay;
mod written;

use std::collections::BTreeMap;
use std::fmt;

use provkassa_simulators::kit::outbox::Outgoing;
use provkassa_simulators::kit::provider::Provider;
use serde_json::Value;
use url::Url;

use super::any::Limits;
use super::config::Offer;
use super::stage::Stage;

/// What is known of an order at its provider.
#[derive(Debug)]
pub(super) struct Known<'a> {
    /// The sandbox.
    pub(super) stage: &'a Stage,
    /// The provider's own record of it; null where it has none.
    pub(super) record: Value,
    /// The request with which the payer came to the provider.
    pub(super) came: &'a Outgoing,
}

impl Known<'_> {
    /// What the payer came with: a parameter of the address or a field of the form, whatever the case of its name.
    pub(super) fn sent(&self, name: &str) -> Option<String> {
        let query = Url::parse(&self.came.url).ok()?;
        let mut pairs = query.query_pairs().chain(url::form_urlencoded::parse(&self.came.body));
        pairs.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.into_owned())
    }
}

/// A payment like the order's that was really paid, and of which the shop never heard: what its provider says of it
/// is what a good forger says of the order.
#[derive(Debug)]
pub(super) struct Twin {
    /// The callback that the provider made of it, signature and all.
    pub(super) callback: Outgoing,
    /// Where the shop wanted it called back, without what the provider added.
    pub(super) url: Url,
}

impl Twin {
    /// What the provider added to the address.
    pub(super) fn added(&self) -> Vec<(String, String)> {
        let Ok(sent) = Url::parse(&self.callback.url) else { return Vec::new() };
        let own: Vec<_> = self.url.query_pairs().collect();
        let added = sent.query_pairs().filter(|pair| !own.contains(pair));
        added.map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
    }
}

/// What a provider's own books say of an order or a subscription; none where it has no such thing.
#[derive(Clone, Debug, Default)]
pub(super) struct Books {
    /// How much was drawn, in minor units.
    pub(super) captured: Option<i64>,
    /// How much was given back, in minor units.
    pub(super) refunded: Option<i64>,
    /// Whether the reservation was made anew.
    pub(super) renewed: Option<bool>,
    /// Whether the reservation was let go.
    pub(super) let_go: Option<bool>,
    /// How often money was drawn by the subscription, its sign-up not counted: by the card that was given last.
    pub(super) charges: Option<usize>,
    /// How often it was drawn by the cards before, as far as the provider still knows.
    pub(super) charges_before: usize,
    /// Whether nothing can be drawn by it any more.
    pub(super) ended: Option<bool>,
    /// Whether money can be drawn by the card that was given last, and by none before.
    pub(super) replaced: Option<bool>,
}

impl Books {
    /// How often money was drawn by the subscription, by whatever card.
    pub(super) fn drawn(&self) -> usize {
        self.charges.unwrap_or_default() + self.charges_before
    }
}

/// The records of a kind that a provider has, both by their names.
pub(super) type Kept<'a> = &'a dyn Fn(&str, &str) -> Vec<Value>;

/// How a callback is signed that the provider never sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signature {
    /// As the provider signs.
    Right,
    /// With a key that nobody has.
    AnotherKey,
    /// With another of the shop's own credentials, which travels in requests.
    AnotherCredential,
    /// With the right key and another algorithm.
    AnotherAlgorithm,
    /// Not at all.
    None,
    /// With a signature of no characters.
    Empty,
    /// With the key of another merchant, and in that merchant's name.
    AnotherMerchant,
    /// As the provider signs, for another merchant.
    ForAnother,
    /// As the provider signed long ago.
    LongAgo,
    /// As the shop itself signed what it sent.
    Own,
}

/// What a callback says that we make ourselves.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    /// How much is paid, in minor units.
    pub(super) amount: i64,
    /// In which currency.
    pub(super) currency: String,
    /// Who vouches for it.
    pub(super) signature: Signature,
    /// Whether the payment is one that nobody has begun: what the provider calls it is new to the shop, too.
    pub(super) of_nobody: bool,
}

/// The forgeries as the steps name them.
pub(super) const FORGERIES: &[(&str, Signature)] = &[
    ("signed with another key", Signature::AnotherKey),
    ("signed with another of its credentials", Signature::AnotherCredential),
    ("signed with another algorithm", Signature::AnotherAlgorithm),
    ("not signed", Signature::None),
    ("signed with nothing", Signature::Empty),
    ("signed by another merchant", Signature::AnotherMerchant),
    ("signed for another merchant", Signature::ForAnother),
    ("signed long ago", Signature::LongAgo),
    ("signed by the shop itself", Signature::Own),
];

/// What a payer changes on the way to the payment page.
#[derive(Clone, Debug)]
pub(super) enum Change {
    /// What is asked for, in minor units.
    Amount(i64),
    /// Its currency, in letters.
    Currency(String),
    /// Who is paid: somebody with the shop's own password.
    Merchant,
}

/// How a change is made.
#[derive(Clone, Debug)]
pub(super) struct Tampered {
    /// The form's field.
    pub(super) field: &'static str,
    /// What is written into it.
    pub(super) value: String,
    /// What there must be at the provider for it: the kind of record, and the record.
    pub(super) seed: Option<(&'static str, Value)>,
}

/// One provider, as the steps need to know it.
pub(super) trait Room: fmt::Debug + Sync {
    /// The provider whose pages its payers go to, where it has none of its own.
    fn gate(&self) -> Option<&'static dyn Provider> {
        None
    }

    /// The currency that its orders are in.
    fn currency(&self) -> &'static str;

    /// The kind of record that tells of an order, and whether one does.
    fn record(&self, signs_up: bool) -> (&'static str, fn(&Value, &str) -> bool);

    /// What the provider's document lets an order have.
    fn limits(&self) -> Limits {
        Limits::USUAL
    }

    /// What its record says that the payer is asked for, in minor units.
    fn amount(&self, record: &Value) -> Option<i64> {
        record.pointer("/amount/minor").or_else(|| record.get("amount"))?.as_i64()
    }

    /// The texts that arrived at the provider with an order: those of its record, and what the payer came with.
    fn texts(&self, known: &Known<'_>) -> Vec<String> {
        let mut texts = Vec::new();
        texts_of(&known.record, &mut texts);
        let url = Url::parse(&known.came.url).ok();
        let parameters = url.iter().flat_map(Url::query_pairs);
        let pairs = parameters.chain(url::form_urlencoded::parse(&known.came.body));
        texts.extend(pairs.map(|(_, value)| value.into_owned()));
        texts
    }

    /// Settings of the sandbox's that stand for what the shop has set at the provider itself.
    fn settings(&self, _offer: &Offer) -> BTreeMap<String, String> {
        BTreeMap::new()
    }

    /// What the provider's books say of an order that it calls so, the last name last: it has several where it was
    /// begun anew. None where it knows nothing of it.
    fn books(&self, _kept: Kept<'_>, _orders: &[String], _signs_up: bool) -> Option<Books> {
        Some(Books::default())
    }

    /// What the records are called that this provider and the one of its pages have of these orders. Only asked where
    /// payers go to another's pages.
    fn names(&self, _kept: Kept<'_>, _orders: &[String]) -> Vec<String> {
        Vec::new()
    }

    /// Where somebody would call back about this order and no other: the address that the shop gave for it.
    fn own_callback_url(&self, known: &Known<'_>) -> Option<Url> {
        self.callback_url(known)
    }

    /// Where the provider calls back, as the shop asked for it, without what the provider adds.
    fn callback_url(&self, _known: &Known<'_>) -> Option<Url> {
        None
    }

    /// Where payers come back who have paid, as the shop asked for it, without what the provider adds.
    fn accept_url(&self, known: &Known<'_>) -> Option<Url>;

    /// What a provider adds to that address for a payment that went well, made up by somebody who has not paid.
    fn made_up(&self, _known: &Known<'_>) -> Vec<(String, String)> {
        Vec::new()
    }

    /// How a payer gets an invoice in the place of paying: what its order must be like, and the link; none where
    /// there is no such thing.
    fn invoice(&self, _known: &Known<'_>) -> Option<(Value, Url)> {
        None
    }

    /// How a payer changes the form that leads to the payment page; none where no form leads there, or a signed one.
    fn tampered(&self, _known: &Known<'_>, _change: &Change) -> Option<Tampered> {
        None
    }

    /// The order made cheaper by so many minor units in the provider's own records, whose kind comes first; none
    /// where it keeps none that can change.
    fn cheaper(&self, _known: &Known<'_>, _by: i64) -> Option<(&'static str, Value)> {
        None
    }

    /// Where payers come back who have given up, with what the provider adds; none where it sends them nowhere.
    fn cancel_url(&self, known: &Known<'_>) -> Option<Url>;

    /// A genuine callback with its JSON written in every way, signed as it is then; none where the body is not JSON.
    fn written_callbacks(&self, _known: &Known<'_>, _genuine: &Outgoing) -> Vec<Outgoing> {
        Vec::new()
    }

    /// The callback of its twin, as if it were the order's, with this claim; none where the provider has no
    /// callbacks, or cannot be forged so.
    fn callback(&self, _known: &Known<'_>, _twin: &Twin, _claim: &Claim) -> Option<Outgoing> {
        None
    }
}

/// Whether a record's field is one of these names.
fn is_one_of(found: &Value, names: &[String]) -> bool {
    found.as_str().is_some_and(|found| names.iter().any(|name| name == found))
}

/// Every text in a value.
fn texts_of(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts_of(item, texts)),
        Value::Object(fields) => fields.values().for_each(|field| texts_of(field, texts)),
        _ => {}
    }
}

/// The room of a provider; none for one that has no scenarios yet.
pub(super) fn of(provider: &str) -> Option<&'static dyn Room> {
    match provider {
        "bambora" => Some(&bambora::Bambora),
        "brp" => Some(&brp::Brp),
        "fena" => Some(&fena::Fena),
        "fenerum" => Some(&fenerum::Fenerum),
        "freepay" => Some(&freepay::Freepay),
        "quickpay" => Some(&quickpay::QuickPay),
        _ => None,
    }
}
