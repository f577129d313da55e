//! What a shop is asked to make a token for: which messages are legal, and generated ones.

use std::borrow::Cow;

use rand::Rng;
use serde_json::{Value, json};

use crate::kit::address::is_email;
use crate::kit::awkward::{below, id, name, one_in, phone, pick, uuid};
use crate::kit::jwt::Claims;
use crate::kit::operation::{Kind, Message, Parameter, Unreadable, simpler_values};

/// The claims for which a shop may have a value, as they are called and ordered in the document. The
/// others, `iat`, `exp`, `terminalID` and `amount`, every payment has.
pub const CLAIMS: &[&str] =
    &["orderID", "email", "firstName", "lastName", "contactNumber", "bankID", "sortCode", "accountNumber"];

/// The claims about the payer, which a shop may leave empty.
pub(super) const PAYER: &[&str] = &["email", "firstName", "lastName", "contactNumber"];

/// The longest text of a claim, in characters.
pub(crate) const LONGEST: usize = 255;
/// The least that can be paid, in pence. The text says "greater than 0.50", the sample pays 0.50.
pub(crate) const LEAST: i64 = 50;
/// What a payment must stay below, in pence.
pub(crate) const LIMIT: i64 = 500_000;
/// How long a link holds, in seconds: two hours in the document's sample.
pub(crate) const VALIDITY: i64 = 7200;

/// What goes with a payment.
pub(super) const GIVEN: &[&str] = &["amount", "terminal", "secret", "now"];

pub(super) fn kind(name: &str) -> Kind {
    match name {
        "amount" => Kind::Amount("GBP"),
        "notified" => Kind::Flag,
        "now" => Kind::Seconds,
        _ => Kind::Text,
    }
}

/// A number that goes with a message; 0 if there is none.
pub(super) fn number(message: &Message, name: &str) -> i64 {
    message.given(name).parse().unwrap_or_default()
}

/// Pence as the document writes amounts: `12.50`.
pub(crate) fn pounds(pence: i64) -> String {
    format!("{}.{:02}", pence / 100, pence % 100)
}

/// The terminal's secret as a key: its characters.
pub(super) fn secret(message: &Message) -> Vec<u8> {
    message.given("secret").as_bytes().to_vec()
}

/// Why no token can be made for a payment, where none can.
pub(super) fn refusal(message: &Message) -> Option<&'static str> {
    let amount = number(message, "amount");
    if amount < LEAST {
        return Some("less than 0.50 cannot be paid");
    }
    if amount >= LIMIT {
        return Some("5000.00 and more cannot be paid");
    }
    let long = message.value("orderID").is_some_and(|order| order.chars().count() > LONGEST);
    long.then_some("an order id has at most 255 characters, and cut it would be another's")
}

/// The claims of the right token, in the document's order.
pub(super) fn claims(message: &Message) -> Claims {
    let now = number(message, "now");
    let mut claims: Claims = vec![
        (Cow::Borrowed("iat"), json!(now)),
        (Cow::Borrowed("exp"), json!(now + VALIDITY)),
        (Cow::Borrowed("terminalID"), json!(message.given("terminal"))),
    ];
    for name in CLAIMS {
        claims.push((Cow::Borrowed(name), json!(fitting(name, message.value(name).unwrap_or("")))));
        if *name == "orderID" {
            claims.push((Cow::Borrowed("amount"), json!(pounds(number(message, "amount")))));
        }
    }
    claims
}

/// A text cut to what a claim holds. Of an address that is cut nothing is left that could be one.
pub(super) fn fitting(name: &str, value: &str) -> String {
    if value.chars().count() <= LONGEST || name == "orderID" {
        return value.to_owned();
    }
    if name == "email" { String::new() } else { value.chars().take(LONGEST).collect() }
}

/// A claim with another value.
pub(super) fn set(claims: &mut Claims, name: &str, value: Value) {
    if let Some(claim) = claims.iter_mut().find(|(known, _)| known == name) {
        claim.1 = value;
    }
}

/// Whether a message may occur.
pub(super) fn legal(message: &Message) -> Result<(), Unreadable> {
    let wrong = |what: String, help: &str| Err(Unreadable::new(what, help));
    for (place, (name, value)) in message.parameters.iter().enumerate() {
        if !CLAIMS.contains(&name.as_ref()) {
            return wrong(format!("a payment has no `{name}`"), &format!("It has: {}.", CLAIMS.join(", ")));
        }
        if message.parameters[..place].iter().any(|(before, _)| before == name) {
            return wrong(format!("`{name}` is given twice"), "Give each once.");
        }
        if value.trim().is_empty() {
            return wrong(format!("`{name}` is empty"), "Leave out what the shop does not know.");
        }
    }
    let value = |name| message.value(name).unwrap_or("");
    if value("orderID").is_empty() {
        return wrong("`orderID` is missing".to_owned(), "Every payment has one: orderID=222.");
    }
    if !value("email").is_empty() && !is_email(value("email")) {
        return wrong(format!("`{}` is no e-mail address", value("email")), "Give one, or leave it out.");
    }
    let digits = |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    match (value("sortCode"), value("accountNumber")) {
        ("", "") => {}
        (sort, account) if digits(sort, 6) && digits(account, 8) && !value("bankID").is_empty() => {}
        _ => {
            return wrong(
                "these do not force an account".to_owned(),
                "bankID, sortCode (6 digits) and accountNumber (8 digits) are all needed.",
            );
        }
    }
    for name in ["terminal", "secret"] {
        if message.given(name).is_empty() {
            return wrong(format!("`{name}` is missing"), "Give the terminal's id and its secret.");
        }
    }
    for name in ["amount", "now"] {
        if number(message, name) <= 0 {
            return wrong(
                format!("`{name}` is missing or not above 0"),
                "Give amount=12.50 and, in seconds since the epoch, the time.",
            );
        }
    }
    Ok(())
}

/// Messages that are simpler. The time, the terminal and its secret stay: they make nothing harder.
pub(super) fn shrink(message: &Message) -> Vec<Message> {
    let mut simpler = Vec::new();
    let account = ["bankID", "sortCode", "accountNumber"];
    let without = |names: &[&str]| {
        let mut fewer = message.clone();
        fewer.parameters.retain(|(name, _)| !names.contains(&name.as_ref()));
        fewer
    };
    simpler.push(without(&CLAIMS[1..]));
    simpler.push(without(&account));
    simpler.push(without(&account[1..]));
    simpler.extend(CLAIMS[1..].iter().map(|name| without(&[name])));
    for (place, (name, value)) in message.parameters.iter().enumerate() {
        // What is too long is simplest when it is just so.
        let long = "a".repeat(LONGEST + 1);
        let just = (value.chars().count() > LONGEST && *value != long).then_some(long);
        for value in just.into_iter().chain(simpler_values(value, simplest(name))) {
            let mut other = message.clone();
            other.parameters[place].1 = value;
            simpler.push(other);
        }
    }
    if let Some(place) = message.given.iter().position(|(name, _)| name == "amount") {
        let amount = number(message, "amount");
        for less in [LEAST, 100, amount / 100 * 100, amount / 2, amount - 100, amount - 1] {
            if less > 0 && less < amount {
                let mut other = message.clone();
                other.given[place].1 = less.to_string();
                simpler.push(other);
            }
        }
    }
    simpler.retain(|other| other != message);
    simpler
}

/// The same payment at another time.
pub(super) fn at(mut message: Message, now: i64) -> Message {
    for (name, value) in &mut message.given {
        if name == "now" {
            *value = now.to_string();
        }
    }
    message
}

pub(super) fn simplest(name: &str) -> &'static str {
    match name {
        "accountNumber" => "00000000",
        "amount" => "100",
        "base" => "http://a",
        "email" => "a@b.co",
        "now" => "1600000000",
        "sortCode" => "000000",
        _ => "a",
    }
}

/// An address that every validator takes.
fn email(rng: &mut dyn Rng) -> String {
    let addresses = &[
        "a@b.co",
        "user@example.com",
        "kvitto+fena@shop.example",
        "o'neil@shop.example",
        "x_y.z@mail.shop.example",
    ];
    pick(rng, addresses).to_owned()
}

/// Draws a text.
type Draw = fn(&mut dyn Rng) -> String;

/// A legal payment, biased to the awkward.
pub(super) fn arbitrary(rng: &mut dyn Rng) -> Message {
    let mut parameters: Vec<Parameter> = vec![(Cow::Borrowed("orderID"), order(rng))];
    let mut put = |name: &'static str, value: String| parameters.push((Cow::Borrowed(name), value));
    let texts: [(&'static str, Draw); 4] =
        [("email", email), ("firstName", name), ("lastName", name), ("contactNumber", phone)];
    // At most one is too long: what is then right depends on each.
    let long = below(rng, 40);
    for (place, (name, text)) in texts.into_iter().enumerate() {
        if one_in(rng, 2) {
            let long = long as usize == place;
            put(name, if long { lengthened(rng, name) } else { text(rng) });
        }
    }
    match below(rng, 4) {
        0 => {}
        1 => put("bankID", pick(rng, BANKS).to_owned()),
        _ => {
            put("bankID", pick(rng, BANKS).to_owned());
            put("sortCode", digits(rng, 6));
            put("accountNumber", digits(rng, 8));
        }
    }
    let given = [
        ("amount", amount(rng).to_string()),
        ("terminal", uuid(rng)),
        ("secret", uuid(rng)),
        ("now", (1_600_000_000 + i64::from(below(rng, 300_000_000))).to_string()),
    ];
    Message {
        form: Cow::Borrowed(""),
        parameters,
        given: given.map(|(name, value)| (Cow::Borrowed(name), value)).to_vec(),
    }
}

const BANKS: &[&str] = &["ob-lloyds-personal", "ob-monzo", "ob-starling", "ob-boi-uk-b365"];

/// An amount in pence: at an edge, one that floats spoil, or any.
pub(super) fn amount(rng: &mut dyn Rng) -> i64 {
    const EDGES: &[i64] = &[
        1, 49, 50, 51, 57, 58, 99, 100, 101, 110, 435, 1000, 1990, 1999, 2900, 100_000, 123_456, 499_999,
        500_000,
    ];
    if one_in(rng, 2) {
        return EDGES[below(rng, u32::try_from(EDGES.len()).unwrap_or(1)) as usize];
    }
    LEAST + i64::from(below(rng, 499_949))
}

/// An amount that Fena takes.
pub(super) fn payable_amount(rng: &mut dyn Rng) -> i64 {
    loop {
        let amount = amount(rng);
        if (LEAST..LIMIT).contains(&amount) {
            return amount;
        }
    }
}

/// An order id that Fena takes, by whatever its characters are counted.
pub(super) fn payable_order(rng: &mut dyn Rng) -> String {
    loop {
        let order = order(rng);
        if order.len() <= LONGEST {
            return order;
        }
    }
}

/// An order id that Fena takes, but for one in fifty.
pub(super) fn order(rng: &mut dyn Rng) -> String {
    match below(rng, 50) {
        0 => "x".repeat(LONGEST + 1),
        1 => "😀".repeat(LONGEST),
        2 => "x".repeat(LONGEST),
        3..=9 => uuid(rng),
        10..=29 => id(rng),
        _ => pick(
            rng,
            &[
                "aa-bb-cc", "007", "A/1", "Å-42", "7 & 8", "100%", "a+b", "\"7\"", "a\\b", "<b>7</b>",
                "order 7", "o'7", "7=8", "注文7", "7#8", "7?8", "1e3", "null",
            ],
        )
        .to_owned(),
    }
}

fn lengthened(rng: &mut dyn Rng, name: &str) -> String {
    match (name, below(rng, 3)) {
        ("email", _) => format!("{}@x.example", "a".repeat(LONGEST)),
        (_, 0) => "é".repeat(LONGEST + 1),
        (_, 1) => "😀".repeat(LONGEST),
        _ => "a".repeat(LONGEST + 45),
    }
}

fn digits(rng: &mut dyn Rng, length: usize) -> String {
    // Leading zeros are what a number loses.
    let zeros = if one_in(rng, 2) { 1 + below(rng, 2) as usize } else { 0 };
    let digit = |place: usize, rng: &mut dyn Rng| {
        if place < zeros { '0' } else { char::from(b'1' + u8::try_from(below(rng, 9)).unwrap_or(0)) }
    };
    (0..length).map(|place| digit(place, rng)).collect()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;
    use rand::rngs::SmallRng;

    use super::*;

    /// What careless code gets wrong must be drawn again and again.
    #[test]
    fn the_edges_are_drawn() {
        let mut rng = SmallRng::seed_from_u64(1);
        let drawn: Vec<Message> = (0..4000).map(|_| arbitrary(&mut rng)).collect();
        let often = |what: &str, holds: &dyn Fn(&Message) -> bool| {
            let count = drawn.iter().filter(|message| holds(message)).count();
            assert!(count >= 10, "{what}: {count}");
        };
        for pence in [49, 50, 51, 499_999, 500_000] {
            often(&pounds(pence), &|message| number(message, "amount") == pence);
        }
        for length in [255, 256] {
            often("a long order", &|message| {
                message.value("orderID").is_some_and(|id| id.chars().count() == length)
            });
        }
        for character in ['"', '\\', '/', '\u{1f600}', 'Å', '&', '%', '+'] {
            let has = |(_, value): &Parameter| value.contains(character);
            often(&character.to_string(), &|message| message.parameters.iter().any(has));
        }
        often("a leading zero", &|message| {
            message.value("accountNumber").is_some_and(|number| number.starts_with('0'))
        });
    }
}
