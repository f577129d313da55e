//! Drawing payments: any, and those of a part that features name.

use std::borrow::Cow;

use rand::Rng;

use super::messages::{LEAST, LIMIT, LONGEST};
use crate::kit::awkward::{below, id, name, one_in, phone, pick, uuid};
use crate::kit::operation::{Message, Parameter};

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
    // At most one text is too long: what is then right depends on each.
    let (forced, long) = (below(rng, 4), below(rng, 40));
    with(rng, forced, long as usize)
}

/// A legal payment that is likely in the focus of this name.
pub(super) fn near(rng: &mut dyn Rng, focus: &str) -> Message {
    let forced = match focus {
        "a forced bank" => 1,
        "a forced account" => 2,
        _ => 0,
    };
    let long = if focus == "a text of more than 255 characters" { below(rng, 4) } else { 4 };
    let mut message = with(rng, forced, long as usize);
    let amount = match focus {
        "an amount that cannot be paid" => {
            [1, LEAST - 1, LIMIT, LIMIT + 1, LIMIT * 20, i64::from(1 + below(rng, 49))]
                [below(rng, 6) as usize]
        }
        "an amount that ends in a zero" => payable_amount(rng) / 10 * 10,
        "an amount of a thousand pounds or more" => 100_000 + i64::from(below(rng, 400_000)),
        "an amount below one pound" => LEAST + i64::from(below(rng, 50)),
        _ => payable_amount(rng),
    };
    let order = match focus {
        "an order id of more than 255 characters" => long_order(rng),
        "an order id of digits" => id(rng),
        _ => payable_order(rng),
    };
    for (name, value) in message.given.iter_mut().chain(&mut message.parameters) {
        match name.as_ref() {
            "amount" => *value = amount.to_string(),
            "orderID" => value.clone_from(&order),
            "firstName" | "lastName" if focus == "letters outside ASCII" && value.is_ascii() => {
                *value = name_outside_ascii(rng);
            }
            _ => {}
        }
    }
    message
}

/// A legal payment that forces nothing, a bank (1), or an account (2 and 3), and whose text of this place among the
/// texts is too long.
fn with(rng: &mut dyn Rng, forced: u32, long: usize) -> Message {
    let mut parameters: Vec<Parameter> = vec![(Cow::Borrowed("orderID"), order(rng))];
    let mut put = |name: &'static str, value: String| parameters.push((Cow::Borrowed(name), value));
    let texts: [(&'static str, Draw); 4] =
        [("email", email), ("firstName", name), ("lastName", name), ("contactNumber", phone)];
    for (place, (name, text)) in texts.into_iter().enumerate() {
        if place == long {
            put(name, lengthened(rng, name));
        } else if one_in(rng, 2) {
            // Just as long as a claim holds. No validator takes such an address, and nobody has such a number.
            let is_longest = name.ends_with("Name") && one_in(rng, 40);
            put(name, if is_longest { "a".repeat(LONGEST) } else { text(rng) });
        }
    }
    match forced {
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

/// A name that is no ASCII, in either form of its letters.
fn name_outside_ascii(rng: &mut dyn Rng) -> String {
    pick(rng, &["Åsa", "A\u{30a}sa", "Zoë", "Zoe\u{308}", "Нина", "山田", "😀"]).to_owned()
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
        0 => long_order(rng),
        1 => "😀".repeat(LONGEST),
        2 => "x".repeat(LONGEST),
        3..=9 => uuid(rng),
        10..=29 => id(rng),
        _ => pick(
            rng,
            &[
                "aa-bb-cc",
                "007",
                "A/1",
                "Å-42",
                "7 & 8",
                "100%",
                "a+b",
                "\"7\"",
                "a\\b",
                "<b>7</b>",
                "order 7",
                "o'7",
                "7=8",
                "注文7",
                "7#8",
                "7?8",
                "1e3",
                "null",
                "A\u{30a}-42",
                "order  7",
                "<>",
            ],
        )
        .to_owned(),
    }
}

/// An order id that is too long: just so as a rule.
fn long_order(rng: &mut dyn Rng) -> String {
    let letter = if one_in(rng, 4) { "é" } else { "x" };
    letter.repeat(LONGEST + if one_in(rng, 4) { 45 } else { 1 })
}

fn lengthened(rng: &mut dyn Rng, name: &str) -> String {
    match (name, below(rng, 4)) {
        ("email", _) => format!("{}@x.example", "a".repeat(LONGEST)),
        (_, 0) => "é".repeat(LONGEST + 1),
        (_, 1) => "😀".repeat(LONGEST),
        (_, 2) => "a".repeat(LONGEST + 1),
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

    use super::super::messages::{number, pounds};
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
