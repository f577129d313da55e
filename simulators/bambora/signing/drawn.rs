//! Drawing the window's parameters: any, and those of a part that features name.

use std::borrow::Cow;

use rand::Rng;

use super::parameters::{CURRENCIES, NAMES, REQUIRED, is_address, is_ascii};
use crate::kit::awkward::{below, one_in, pick};
use crate::kit::operation::{Message, Parameter};

/// The orders in which public integrations send: ePay's three public plugins, getpaid, and one
/// that sorts.
const ORDERS: &[&[&str]] = &[
    &[
        "encoding",
        "cms",
        "windowstate",
        "mobile",
        "merchantnumber",
        "windowid",
        "currency",
        "amount",
        "orderid",
        "accepturl",
        "cancelurl",
        "callbackurl",
        "mailreceipt",
        "instantcapture",
        "group",
        "language",
        "ownreceipt",
        "timeout",
        "invoice",
        "subscription",
    ],
    &[
        "encoding",
        "cms",
        "windowstate",
        "mobile",
        "merchantnumber",
        "windowid",
        "amount",
        "currency",
        "orderid",
        "accepturl",
        "cancelurl",
        "callbackurl",
        "instantcapture",
        "language",
        "ownreceipt",
        "timeout",
        "invoice",
    ],
    &[
        "encoding",
        "merchantnumber",
        "cms",
        "windowstate",
        "windowid",
        "instantcapture",
        "group",
        "ownreceipt",
        "currency",
        "language",
        "mobile",
        "amount",
        "orderid",
        "accepturl",
        "cancelurl",
        "callbackurl",
        "instantcallback",
        "invoice",
    ],
    &[
        "merchantnumber",
        "orderid",
        "currency",
        "amount",
        "windowstate",
        "mobile",
        "timeout",
        "instantcallback",
        "language",
        "accepturl",
        "callbackurl",
        "cancelurl",
    ],
    &[
        "accepturl",
        "amount",
        "callbackurl",
        "cancelurl",
        "currency",
        "language",
        "merchantnumber",
        "orderid",
        "windowstate",
    ],
];

/// What some shops send beside these.
const OTHERS: &[&str] =
    &["ordertext", "description", "declinetext", "splitpayment", "paymenttype", "smsreceipt"];

/// Parameters of a shop's own: they are ignored, and hashed.
const OWN: &[&str] = &["shop", "customer-no", "ref_2", "md5key2"];

/// Legal parameters with a key, biased to the awkward.
pub(super) fn arbitrary(rng: &mut dyn Rng) -> Message {
    let is_plain = one_in(rng, 3);
    let is_zero = one_in(rng, 8);
    let order = ORDERS[below(rng, u32::try_from(ORDERS.len()).unwrap_or(1)) as usize];
    let mut parameters: Vec<Parameter> = Vec::new();
    for name in order.iter().chain(OTHERS) {
        let is_other = OTHERS.contains(name);
        let is_sent = if is_other { one_in(rng, 6) } else { REQUIRED.contains(name) || !one_in(rng, 6) };
        let is_sign_up = *name == "subscription" && !one_in(rng, 3);
        if is_sent && *name != "subscription" || is_sign_up {
            parameters.push((Cow::Borrowed(*name), value(rng, name, is_plain, is_zero)));
        }
    }
    if (is_zero || one_in(rng, 6)) && !parameters.iter().any(|(name, _)| name == "subscription") {
        parameters.push((Cow::Borrowed("subscription"), "1".to_owned()));
    }
    if parameters.iter().any(|(name, _)| name == "subscription") && one_in(rng, 2) {
        parameters.push((Cow::Borrowed("subscriptiontype"), "recurring".to_owned()));
        let name = value(rng, "subscriptionname", is_plain, false);
        parameters.push((Cow::Borrowed("subscriptionname"), name));
    }
    if one_in(rng, 6) {
        for name in OWN {
            if one_in(rng, 2) {
                parameters.push((Cow::Borrowed(*name), pick(rng, &["north", "7", "A/1", "0"]).to_owned()));
            }
        }
    }
    let key = key(rng);
    let is_ascii = key.is_ascii() && parameters.iter().all(|(_, value)| value.is_ascii());
    if !is_ascii && !parameters.iter().any(|(name, _)| name == "encoding") {
        parameters.insert(0, (Cow::Borrowed("encoding"), "UTF-8".to_owned()));
    }
    match below(rng, 6) {
        0 | 1 => shuffle(rng, &mut parameters),
        2 => parameters.sort(),
        _ => {}
    }
    let given = vec![(Cow::Borrowed("md5key"), key)];
    Message { form: Cow::Borrowed(""), parameters, given }
}

/// The key of a merchant: free text, of 32 letters and digits as a rule.
pub(super) fn key(rng: &mut dyn Rng) -> String {
    const KEYS: &[&str] = &["secretmd5", "k", "007", "p+a&s=s%w?r#d", "nøgle", "Aa1 Bb2", "'quoted'"];
    if one_in(rng, 2) {
        return pick(rng, KEYS).to_owned();
    }
    let mut bytes = [0; 16];
    rng.fill_bytes(&mut bytes);
    crate::kit::digest::hex(&bytes)
}

fn shuffle(rng: &mut dyn Rng, parameters: &mut [Parameter]) {
    for place in (1..parameters.len()).rev() {
        let other = below(rng, u32::try_from(place + 1).unwrap_or(1)) as usize;
        parameters.swap(place, other);
    }
}

/// Legal parameters that are likely in the focus of this name.
pub(super) fn near(rng: &mut dyn Rng, focus: &str) -> Message {
    let mut message = arbitrary(rng);
    let (letters, blanks, own) = (
        focus == "letters outside ASCII",
        focus == "blanks at the ends of a value",
        focus == "a parameter of the shop's own",
    );
    if !own {
        message.parameters.retain(|(name, _)| NAMES.contains(&name.as_ref()));
    }
    // What is odd in another way than the focus is made plain.
    for (name, value) in &mut message.parameters {
        if !letters && !value.is_ascii() || !blanks && value.trim() != value {
            *value = self::value(rng, name, true, false);
        }
    }
    for (_, key) in &mut message.given {
        if !letters && !key.is_ascii() {
            "secretmd5".clone_into(key);
        }
    }
    let text = TEXT_NAMES[below(rng, 3) as usize];
    match focus {
        "an empty value" => set(&mut message, "group", ""),
        "digits that begin with a zero" => {
            set(&mut message, "orderid", pick(rng, &["0012", "007", "00", "0000000001"]));
        }
        "a zero that means something" => set(&mut message, "mobile", "0"),
        "letters outside ASCII" if is_ascii(&message) => {
            set(&mut message, text, pick(rng, &["Rødgrød med fløde", "Bla\u{30a} kop", "2 × te", "Blå kop"]));
            if message.value("encoding").is_none() {
                message.parameters.insert(0, (Cow::Borrowed("encoding"), "UTF-8".to_owned()));
            }
        }
        "blanks at the ends of a value" => {
            set(&mut message, text, pick(rng, &[" two  blanks ", "Order 77 ", " 77", " ", "a  "]));
        }
        "a parameter of the shop's own"
            if message.parameters.iter().all(|(name, _)| !OWN.contains(&name.as_ref())) =>
        {
            let own = OWN[below(rng, u32::try_from(OWN.len()).unwrap_or(1)) as usize];
            set(&mut message, own, pick(rng, &["north", "7", "A/1", "0"]));
        }
        _ => {}
    }
    message
}

/// Gives a parameter this value; one that was not there stands at the end.
fn set(message: &mut Message, name: &'static str, value: &str) {
    match message.parameters.iter_mut().find(|(known, _)| known == name) {
        Some((_, old)) => value.clone_into(old),
        None => message.parameters.push((Cow::Borrowed(name), value.to_owned())),
    }
}

const ADDRESSES: &[&str] = &[
    "http://example.com/ok",
    "https://shop.example/?wc-api=Epay&wcorderid=77",
    "https://shop.example/index.php?fc=module&module=epay&id_cart=7",
    "https://shop.example/tak/(ok)!*'~",
    "https://shop.example/a%20b?q=a+b",
    "http://127.0.0.1:3000/paid?next=https%3A%2F%2Fa.example%2F%3Fb%3D1",
    "https://Shop.Example/Ok?empty=&zero=0",
    "https://shop.example/kvittering/æøå?navn=Åse",
    "https://shop.example/kvittering?navn=A\u{30a}se&tekst=<b>x</b>",
];

/// The parameters that hold a text for people.
const TEXT_NAMES: [&str; 3] = ["ordertext", "description", "declinetext"];

const TEXTS: &[&str] = &[
    "Order 77",
    "Rødgrød med fløde, æøå",
    "T-shirt <M> & \"L\"",
    "50% rabat + fragt",
    " two  blanks ",
    "Te  og  kage",
    "Bla\u{30a} kop, re\u{301}sume\u{301}",
    "<b>7</b>",
    "<>",
    "a=b&c=d",
    "Tom &amp; Jerry",
    "it's",
    "0",
    "",
    "\u{1f375} 2 × te",
    "A rather long text for the receipt of somebody who has bought a great many things at once, and wants to know of each; and of the next one too, and of the one behind that.",
];

const INVOICE: &str = r#"{"customer":{"firstname":"Søren","city":"Århus","country":"DK"},"lines":[{"id":"7","description":"Blå kop / \"L\"","quantity":1,"price":9995,"vat":25}]}"#;

fn value(rng: &mut dyn Rng, name: &str, is_plain: bool, is_zero: bool) -> String {
    let any = |rng: &mut dyn Rng, values: &[&str]| pick(rng, values).to_owned();
    match name {
        "encoding" => "UTF-8".to_owned(),
        "cms" => any(rng, &["WooCommerce/8.5/7.1.0", "PrestaShop 8", "Magento/2.4", "Own"]),
        "merchantnumber" => format!("8{:06}", below(rng, 1_000_000)),
        "amount" if is_zero => "0".to_owned(),
        "amount" if one_in(rng, 2) => (1 + below(rng, 500_000)).to_string(),
        "amount" => any(rng, &["1", "99", "100", "9995", "398750", "2147483647"]),
        "currency" => {
            let (letters, number) = CURRENCIES[below(rng, 12).saturating_sub(5) as usize];
            if one_in(rng, 2) { letters.to_owned() } else { number.to_owned() }
        }
        "orderid" => {
            any(rng, &["77", "0012", "order500", "1234abc", "A", "99219445", "ABCdef12345678901234"])
        }
        // 4 goes with paymentcollection 1 alone.
        "windowstate" => any(rng, &["1", "2", "3", "3", "3"]),
        "mobile" => any(rng, &["0", "1", "2"]),
        "windowid" => any(rng, &["1", "2", "12"]),
        "language" => any(rng, &["0", "1", "2", "13"]),
        "timeout" => any(rng, &["3", "60"]),
        "paymenttype" => any(rng, &["1", "1,3,4", "24,29"]),
        "subscription" => "1".to_owned(),
        "smsreceipt" => any(rng, &["+4512345678", "12345678", ""]),
        "mailreceipt" => any(rng, &["", "a+b@shop.example", "Shop@Example.com"]),
        "group" => any(rng, &["", "", "Vip", "north/7"]),
        "invoice" if is_plain => r#"{"lines":[{"id":"7","quantity":1,"price":9995}]}"#.to_owned(),
        "invoice" => INVOICE.to_owned(),
        name if is_address(name) => {
            let address = any(rng, ADDRESSES);
            if is_plain && !address.is_ascii() { ADDRESSES[0].to_owned() } else { address }
        }
        "ordertext" | "description" | "declinetext" | "subscriptionname" => {
            let text = any(rng, TEXTS);
            if is_plain && !(text.is_ascii() && text.trim() == text) { TEXTS[0].to_owned() } else { text }
        }
        _ => any(rng, &["0", "1"]),
    }
}
