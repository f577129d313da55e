//! What the shop asks for when it opens the window: its parameters, read and examined.

use serde::{Deserialize, Serialize};

use crate::bambora::currency;
use crate::kit::address::is_web_address;
use crate::kit::problem::nearest;
use crate::kit::settings::Settings;

use super::parameters::{Encoding, Parameters};

/// ePay's code for data that it cannot use.
pub(super) const INVALID_DATA: &str = "-5503";
/// And for a currency that there is not.
pub(super) const INVALID_CURRENCY: &str = "-5504";

/// Whether and how the card is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Storing {
    /// It is not.
    No,
    /// As a new subscription.
    New,
    /// In place of this subscription's card.
    InPlaceOf(u64),
}

/// What a payment window is opened for.
#[expect(clippy::struct_excessive_bools, reason = "each is a parameter of its own")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Terms {
    pub(super) order: String,
    /// In minor units.
    pub(super) amount: i64,
    /// ISO 4217 number.
    pub(super) currency: u16,
    /// `windowstate`: 1 overlay, 2 frame, 3 full screen, 4 the shop's own card form.
    pub(super) state: u8,
    /// `paymentcollection`: 0 is the payer's choice.
    pub(super) collection: u8,
    /// Whether the payer may choose no other.
    pub(super) locked: bool,
    /// `paymenttype`: what may be paid with; empty for all.
    pub(super) types: Vec<u8>,
    pub(super) language: u8,
    pub(super) instant_capture: bool,
    pub(super) split: bool,
    /// Where the payer goes after payment; empty for nowhere.
    pub(super) accept: String,
    pub(super) cancel: String,
    pub(super) callback: String,
    pub(super) instant_callback: bool,
    pub(super) own_receipt: bool,
    pub(super) text: String,
    pub(super) group: String,
    pub(super) description: String,
    pub(super) storing: Storing,
    pub(super) subscription_name: String,
    pub(super) decline_text: String,
    /// How long the window lives, in minutes; `None` for as long as somebody is active.
    pub(super) timeout: Option<i64>,
}

impl Terms {
    /// Whether the callback goes out at once, and before the payer goes on.
    pub(super) fn is_told_at_once(&self, settings: &Settings) -> bool {
        self.instant_callback || settings.get("bambora.callback_queue") == "at-once"
    }
}

/// Something that keeps the window from opening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    /// ePay's code.
    pub(super) code: &'static str,
    /// What is wrong.
    pub(super) what: String,
}

impl Flaw {
    pub(super) fn new(code: &'static str, what: impl Into<String>) -> Self {
        Self { code, what: what.into() }
    }
}

/// Every parameter that the guide names.
const KNOWN: &[&str] = &[
    "ageverificationcountry",
    "accepturl",
    "amount",
    "backgroundcolor",
    "callbackurl",
    "cancelurl",
    "cms",
    "cssurl",
    "currency",
    "declinetext",
    "description",
    "encoding",
    "googletracker",
    "group",
    "iframeheight",
    "iframewidth",
    "instantcallback",
    "instantcapture",
    "invoice",
    "language",
    "lockpaymentcollection",
    "mailreceipt",
    "merchantnumber",
    "minimumuserage",
    "mobile",
    "mobilecssurl",
    "opacity",
    "orderid",
    "ordertext",
    "ownreceipt",
    "paymentcollection",
    "paymenttype",
    "smsreceipt",
    "splitpayment",
    "subscription",
    "subscriptionid",
    "subscriptionname",
    "subscriptiontype",
    "timeout",
    "windowid",
    "windowstate",
];
/// Those of the standard window that this one replaced.
const OLD: &[&str] = &["addfee", "cardtype", "declineurl", "md5key"];

/// The flags and choices: a name and the values that it takes.
const CHOICES: &[(&str, std::ops::RangeInclusive<u8>)] = &[
    ("windowstate", 1..=4),
    ("mobile", 0..=2),
    ("paymentcollection", 0..=7),
    ("lockpaymentcollection", 0..=1),
    ("language", 0..=13),
    ("instantcapture", 0..=1),
    ("splitpayment", 0..=1),
    ("instantcallback", 0..=1),
    ("ownreceipt", 0..=1),
    ("subscription", 0..=2),
];
/// What is a number, whatever it is.
const NUMBERS: &[&str] = &["windowid", "timeout", "subscriptionid", "minimumuserage"];
const ADDRESSES: &[&str] = &["accepturl", "cancelurl", "callbackurl", "cssurl", "mobilecssurl"];
/// What may not be longer than so many characters.
const LENGTHS: &[(&str, usize)] = &[("orderid", 20), ("group", 100), ("description", 1024)];

/// The terms, or the first flaw: data comes before the currency.
pub(super) fn read(parameters: &Parameters) -> Result<Terms, Flaw> {
    if let Some(what) = flaw_of_data(parameters) {
        return Err(Flaw::new(INVALID_DATA, what));
    }
    let Some(currency) = currency::number(parameters.get("currency")) else {
        let given = parameters.get("currency");
        let what = if given.is_empty() {
            "currency is missing".to_owned()
        } else {
            format!("currency `{given}` is no currency of ISO 4217")
        };
        return Err(Flaw::new(INVALID_CURRENCY, what));
    };
    let text = |name: &str| parameters.get(name).to_owned();
    let number = |name: &str| parameters.get(name).parse::<u8>().unwrap_or_default();
    let flag = |name: &str| parameters.get(name) == "1";
    Ok(Terms {
        order: text("orderid"),
        amount: parameters.get("amount").parse().unwrap_or_default(),
        currency,
        state: state(parameters),
        collection: number("paymentcollection"),
        locked: flag("lockpaymentcollection"),
        types: types(parameters.get("paymenttype")).unwrap_or_default(),
        language: number("language"),
        instant_capture: flag("instantcapture"),
        split: flag("splitpayment"),
        accept: text("accepturl"),
        cancel: text("cancelurl"),
        callback: text("callbackurl"),
        instant_callback: flag("instantcallback"),
        own_receipt: flag("ownreceipt"),
        text: text("ordertext"),
        group: text("group"),
        description: text("description"),
        storing: match number("subscription") {
            0 => Storing::No,
            1 => Storing::New,
            _ => Storing::InPlaceOf(parameters.get("subscriptionid").parse().unwrap_or_default()),
        },
        subscription_name: text("subscriptionname"),
        decline_text: text("declinetext"),
        timeout: parameters.get("timeout").parse().ok(),
    })
}

/// `windowstate`; 1 where it is not said.
pub(super) fn state(parameters: &Parameters) -> u8 {
    parameters.get("windowstate").parse().ok().filter(|state| (1..=4).contains(state)).unwrap_or(1)
}

/// The numbers of `paymenttype`.
fn types(list: &str) -> Option<Vec<u8>> {
    let numbers = list.split(',').map(str::trim).filter(|number| !number.is_empty());
    numbers.map(|number| number.parse().ok()).collect()
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The first thing that is wrong with the data.
fn flaw_of_data(parameters: &Parameters) -> Option<String> {
    let amount = parameters.get("amount");
    let subscribes = !matches!(parameters.get("subscription"), "" | "0");
    let collection = parameters.get("paymentcollection");
    let encoding = parameters.get("encoding");
    let wrong = |name: &str, says: &str| Some(format!("{name} `{}` {says}", parameters.get(name)));
    if amount.is_empty() {
        return Some("amount is missing".to_owned());
    }
    if !digits(amount) || amount.parse::<i32>().is_err() {
        return wrong("amount", "must be a whole number of minor units: digits alone");
    }
    if amount.bytes().all(|digit| digit == b'0') && !subscribes {
        return wrong("amount", "is nothing, which only a subscription can cost");
    }
    let filled = |name: &&str| !parameters.get(name).is_empty();
    for (name, values) in CHOICES.iter().filter(|(name, _)| filled(name)) {
        if !parameters.get(name).parse().is_ok_and(|value| values.contains(&value)) {
            return wrong(name, &format!("must be a number from {} to {}", values.start(), values.end()));
        }
    }
    for name in NUMBERS.iter().copied().filter(filled) {
        if !digits(parameters.get(name)) || parameters.get(name).parse::<i32>().is_err() {
            return wrong(name, "must be a whole number");
        }
    }
    for name in ADDRESSES.iter().copied().filter(filled) {
        if !is_web_address(parameters.get(name)) {
            return wrong(name, "must be an absolute http or https URL");
        }
    }
    for (name, most) in LENGTHS {
        let length = parameters.get(name).chars().count();
        if length > *most {
            return Some(format!("{name} has {length} characters, and ePay takes {most}"));
        }
    }
    if types(parameters.get("paymenttype")).is_none() {
        return wrong("paymenttype", "must be numbers with commas between them");
    }
    if state(parameters) == 4 && collection != "1" {
        return Some(
            "windowstate 4, the integrated card form, goes with paymentcollection 1 alone".to_owned(),
        );
    }
    if !encoding.is_empty() && Encoding::named(encoding).is_none() {
        return wrong("encoding", "is neither UTF-8 nor ISO-8859-1");
    }
    if parameters.get("subscription") == "2" && parameters.get("subscriptionid").is_empty() {
        return Some("subscription 2, a change of card, needs subscriptionid".to_owned());
    }
    None
}

/// What passes and should be known of.
pub(super) fn remarks(parameters: &Parameters, terms: &Terms) -> Vec<String> {
    let mut remarks = Vec::new();
    if terms.storing == Storing::New && parameters.get("subscriptiontype") != "recurring" {
        remarks.push(
            "subscription=1 comes without subscriptiontype=recurring, which Bambora's page on recurring payments asks for; older plugins leave it out, and it works"
                .to_owned(),
        );
    }
    if let Storing::InPlaceOf(_) = terms.storing {
        remarks.push(
            "subscription=2 changes the card of a subscription here; that the window does so is assumed, for only a newer plugin sends it"
                .to_owned(),
        );
    }
    if !terms.order.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        remarks.push(format!(
            "orderid `{}` has other characters than a-z, A-Z and 0-9, which is all that ePay documents; an acquirer may drop them",
            terms.order
        ));
    }
    if parameters.get("windowstate").is_empty() {
        remarks
            .push("windowstate is not sent, so it is 1: an overlay, which only the script makes".to_owned());
    }
    let invoice = parameters.get("invoice");
    if !invoice.is_empty() && !matches!(serde_json::from_str(invoice), Ok(serde_json::Value::Object(_))) {
        remarks.push("invoice is not a JSON object, and is ignored".to_owned());
    }
    for (name, _) in parameters.pairs() {
        let lower = name.to_ascii_lowercase();
        if OLD.contains(&lower.as_str()) {
            remarks.push(format!("{name} belongs to the old standard window: it is ignored, and hashed"));
        } else if !KNOWN.contains(&lower.as_str())
            && let Some(near) = nearest(&lower, KNOWN.iter().copied())
        {
            remarks.push(format!(
                "{name} is no parameter of the window: it is ignored, and hashed; did you mean {near}?"
            ));
        }
    }
    remarks
}
