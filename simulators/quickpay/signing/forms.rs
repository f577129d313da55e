//! The forms that a shop posts to the payment window: which are legal, and generated ones.

use std::borrow::Cow;

use rand::Rng;

use crate::kit::awkward::{below, id, one_in, pick};
use crate::kit::digest;
use crate::kit::operation::{Message, Parameter, Unreadable};

/// The field that holds the checksum and is not part of it.
pub(super) const CHECKSUM: &str = "checksum";

/// What the document lists; of what has several parts the first name.
pub(super) const FIELDS: &[&str] = &[
    "version",
    "merchant_id",
    "agreement_id",
    "order_id",
    "amount",
    "currency",
    "continueurl",
    "cancelurl",
    "callbackurl",
    "language",
    "autocapture",
    "autofee",
    "type",
    "description",
    "payment_methods",
    "acquirer",
    "branding_id",
    "text_on_statement",
    "customer_email",
    "deadline",
    "google_analytics_tracking_id",
    "google_analytics_client_id",
    "variables",
    "invoice_address",
    "shipping_address",
    "basket",
];

/// The parts of a name: `basket[0][qty]` has three. `None` where the brackets are not in order.
pub(super) fn parts(name: &str) -> Option<Vec<&str>> {
    let Some((first, rest)) = name.split_once('[') else {
        return (!name.is_empty() && !name.contains(']')).then(|| vec![name]);
    };
    let mut parts = vec![first];
    parts.extend(rest.strip_suffix(']')?.split("]["));
    parts.iter().all(|part| !part.is_empty() && !part.contains(['[', ']'])).then_some(parts)
}

/// A name as it is sorted: `[basket][0][qty]`.
pub(super) fn bracketed(name: &str) -> String {
    match name.split_once('[') {
        Some((first, rest)) if parts(name).is_some() => ["[", first, "][", rest].concat(),
        _ => ["[", name, "]"].concat(),
    }
}

/// The fields that are signed, in the order of the call.
pub(super) fn signed(message: &Message) -> impl Iterator<Item = &Parameter> {
    message.parameters.iter().filter(|(name, _)| name != CHECKSUM)
}

/// Whether a form may occur.
pub(super) fn legal(message: &Message) -> Result<(), Unreadable> {
    let wrong = |what: String, help: &str| Err(Unreadable::new(what, help));
    for (place, (name, _)) in message.parameters.iter().enumerate() {
        if parts(name).is_none() {
            return wrong(
                format!("`{name}` is no name of a field"),
                "Write amount, variables[note] or basket[0][qty].",
            );
        }
        if message.parameters[..place].iter().any(|(before, _)| before == name) {
            return wrong(format!("`{name}` is given twice"), "Give each once.");
        }
    }
    if signed(message).next().is_none() {
        return wrong("the form is empty".to_owned(), "Give its fields: version=v10 amount=2599 …");
    }
    if message.given("window_key").is_empty() {
        return wrong(
            "`window_key` is missing".to_owned(),
            "Give the API key of the payment window's agreement.",
        );
    }
    Ok(())
}

/// A legal form that is likely in the focus of this name.
pub(super) fn near(rng: &mut dyn Rng, focus: &str) -> Message {
    let mut message = arbitrary(rng);
    let (letters, blanks) = (focus == "letters outside ASCII", focus == "blanks at the ends of a value");
    let is_documented = |name: &str| {
        let parts = parts(name).unwrap_or_default();
        parts.first().is_some_and(|first| FIELDS.contains(first))
    };
    // What is odd in another way than the focus is made plain.
    message.parameters.retain(|(name, _)| is_documented(name));
    for (name, value) in &mut message.parameters {
        if !letters && !value.is_ascii() || !blanks && value.trim() != value {
            if name.ends_with("url") { "https://shop.test/ok" } else { "A 1" }.clone_into(value);
        }
    }
    if focus == "plain fields" {
        message.parameters.retain(|(name, value)| !name.contains('[') && !value.is_empty());
    }
    let text = pick_static(rng, &["description", "text_on_statement", "variables[note]"]);
    match focus {
        "an empty value" => set(rng, &mut message, text, ""),
        "blanks at the ends of a value" => {
            let value = pick_static(rng, &[" a  b ", "Order 77 ", " 77", " ", "a  "]);
            set(rng, &mut message, text, value);
        }
        "letters outside ASCII" if message.parameters.iter().all(|(_, value)| value.is_ascii()) => {
            let value = pick_static(rng, &["Blå kop", "Bla\u{30a} kop", "Søren", "2 × te", "Te\u{1f375}"]);
            set(rng, &mut message, text, value);
        }
        "variables or a basket" => set(rng, &mut message, "variables[a]", "A"),
        "names that only the brackets put in order" => {
            for (name, value) in [("variables[a]", "A"), ("variables[a1]", "1"), ("variables[a_b]", "first")]
            {
                set(rng, &mut message, name, value);
            }
        }
        "more than ten items" => {
            message.parameters.retain(|(name, _)| !name.starts_with("basket["));
            basket(&mut message.parameters, 11 + below(rng, 2));
            shuffle(rng, &mut message.parameters);
        }
        "a field of the shop's own" => {
            let always = pick_static(rng, OWN);
            for name in OWN {
                if *name == always || one_in(rng, 2) {
                    let value = pick_static(rng, &["north", "south", "7"]);
                    set(rng, &mut message, name, value);
                }
            }
        }
        "a checksum already in it" => {
            let value = pick_static(rng, CHECKSUMS);
            set(rng, &mut message, CHECKSUM, value);
        }
        _ => {}
    }
    message
}

/// Gives a field this value; one that was not there stands anywhere.
fn set(rng: &mut dyn Rng, message: &mut Message, name: &'static str, value: &str) {
    if let Some((_, old)) = message.parameters.iter_mut().find(|(known, _)| known == name) {
        value.clone_into(old);
    } else {
        let place = below(rng, u32::try_from(message.parameters.len() + 1).unwrap_or(1)) as usize;
        message.parameters.insert(place, (Cow::Borrowed(name), value.to_owned()));
    }
}

/// One of these, for good.
fn pick_static(rng: &mut dyn Rng, from: &[&'static str]) -> &'static str {
    from[below(rng, u32::try_from(from.len()).unwrap_or(1)) as usize]
}

/// A legal form, biased to the awkward.
pub(super) fn arbitrary(rng: &mut dyn Rng) -> Message {
    let mut parameters: Vec<Parameter> = Vec::new();
    let mut put = |name: &'static str, value: String| parameters.push((Cow::Borrowed(name), value));
    for (name, value) in [("version", "v10"), ("currency", "DKK")] {
        put(name, value.to_owned());
    }
    put("merchant_id", id(rng));
    put("agreement_id", id(rng));
    put("order_id", pick(rng, &["order1234", "0001", "Order 7", "a.b_c-d"]).to_owned());
    put("amount", pick(rng, &["0", "1", "100", "2599", "999999999"]).to_owned());
    put("continueurl", url(rng));
    put("cancelurl", url(rng));
    let texts: &[(&'static str, &[&str])] = &[
        ("callbackurl", &["https://shop.test/cb", ""]),
        ("language", &["da", "en", ""]),
        ("autocapture", &["0", "1"]),
        ("autofee", &["0", ""]),
        ("type", &["payment", "subscription"]),
        (
            "description",
            &[
                "",
                "Blå kop",
                "Bla\u{30a} kop",
                "T-shirt <M> & \"L\"",
                " a  b ",
                "a  b",
                "50% rabat + fragt",
                "Te\u{1f375}",
                "<b>7</b>",
                "<>",
            ],
        ),
        ("payment_methods", &["creditcard", "creditcard, !visa", ""]),
        ("customer_email", &["a+b@shop.test", "user@shop.test"]),
        ("text_on_statement", &["Shop", "shop"]),
    ];
    let plain = one_in(rng, 4);
    for (name, values) in texts {
        let drawn = pick(rng, values).to_owned();
        if one_in(rng, 3)
            && (!plain || drawn.bytes().all(|byte| byte.is_ascii_alphanumeric()) && !drawn.is_empty())
        {
            put(name, drawn);
        }
    }
    if !plain {
        nested(rng, &mut parameters);
        own(rng, &mut parameters);
    }
    shuffle(rng, &mut parameters);
    let mut key = || {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        digest::hex(&bytes)
    };
    let given = ["window_key", "api_key", "private_key"].map(|name| (Cow::Borrowed(name), key()));
    Message { form: Cow::Borrowed(""), parameters, given: given.to_vec() }
}

fn url(rng: &mut dyn Rng) -> String {
    pick(
        rng,
        &[
            "https://shop.test/ok",
            "http://shop.domain.tld/continue?order=7&lang=da",
            "https://shop.test/tak/æ",
            "https://shop.test/a%20b",
        ],
    )
    .to_owned()
}

/// Variables, addresses and a basket.
fn nested(rng: &mut dyn Rng, parameters: &mut Vec<Parameter>) {
    const VARIABLES: &[&str] = &["a", "a1", "a_b", "B", "zeta", "10", "2", "Navn", "navn"];
    const VALUES: &[&str] = &[
        "A",
        "1",
        "first",
        "last",
        "Søren",
        "Re\u{301}ne",
        "x/y",
        "",
        "a b",
        "a  b",
        "<>",
        "<b>7</b>",
        "a\r\nb",
        "B",
    ];
    if one_in(rng, 2) {
        for name in VARIABLES {
            if one_in(rng, 3) {
                let value = pick(rng, VALUES).to_owned();
                parameters.push((Cow::Owned(format!("variables[{name}]")), value));
            }
        }
    }
    if one_in(rng, 4) {
        for (name, value) in [("name", "Åse Ø"), ("street", "Gade 1"), ("city", "Århus")] {
            parameters.push((Cow::Owned(format!("invoice_address[{name}]")), value.to_owned()));
        }
    }
    let items = match below(rng, 6) {
        0 => 1,
        1 => 2,
        // From ten on numbers and texts are sorted differently.
        2 => 11 + below(rng, 2),
        _ => 0,
    };
    basket(parameters, items);
}

/// A basket of so many items.
fn basket(parameters: &mut Vec<Parameter>, items: u32) {
    for item in 0..items {
        let fields = [("qty", "1"), ("item_no", "A-1"), ("item_price", "2599"), ("vat_rate", "0.25")];
        for (name, value) in fields {
            let value = if name == "item_no" { format!("{value}{item}") } else { value.to_owned() };
            parameters.push((Cow::Owned(format!("basket[{item}][{name}]")), value));
        }
    }
}

/// Fields of a shop's own.
const OWN: &[&str] = &["shop", "shop2", "Shop"];
/// What may stand in the form as its checksum before there is one.
const CHECKSUMS: &[&str] = &["", "4d726eae3c73aa032afabb4217d052d6", "old"];

/// What no document lists, and a checksum that stands in the form already.
fn own(rng: &mut dyn Rng, parameters: &mut Vec<Parameter>) {
    if one_in(rng, 5) {
        for name in OWN {
            if !one_in(rng, 3) {
                parameters.push((Cow::Borrowed(*name), pick(rng, &["north", "south", "7"]).to_owned()));
            }
        }
    }
    if one_in(rng, 6) {
        let value = pick(rng, CHECKSUMS).to_owned();
        parameters.push((Cow::Borrowed(CHECKSUM), value));
    }
}

fn shuffle(rng: &mut dyn Rng, parameters: &mut [Parameter]) {
    for place in (1..parameters.len()).rev() {
        let other = below(rng, u32::try_from(place + 1).unwrap_or(1)) as usize;
        parameters.swap(place, other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_parts() {
        assert_eq!(bracketed("basket[0][qty]"), "[basket][0][qty]");
        assert_eq!(bracketed("amount"), "[amount]");
        for wrong in ["", "a]", "a[", "a[]", "a[b", "[a]", "a[b]c", "a[b[c]]"] {
            assert!(parts(wrong).is_none(), "{wrong}");
        }
    }
}
