//! Drawing orders. Kinds of values take turns, so that a few orders already have one of each; which value of a kind,
//! and which kinds meet, is the seed's.

use provkassa_simulators::kit::awkward::{self, below, one_in, pick};
use provkassa_simulators::kit::seed::Seed;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng as _};

use super::AnyOrder;

/// What a provider's document lets an order have.
#[derive(Clone, Copy, Debug)]
pub(in crate::scenario) struct Limits {
    /// The smallest amount, in minor units.
    pub(in crate::scenario) least: i64,
    /// The largest one.
    pub(in crate::scenario) most: i64,
    /// How many characters a name may have.
    pub(in crate::scenario) name: usize,
    /// How many characters a description may have.
    pub(in crate::scenario) description: usize,
    /// What ids may begin with.
    pub(in crate::scenario) ids: &'static [&'static str],
    /// Whether addresses have letters outside ASCII.
    pub(in crate::scenario) any_address: bool,
}

impl Limits {
    /// What no document speaks of: a million, and what people fill in.
    pub(in crate::scenario) const USUAL: Self =
        Self { least: 1, most: 99_999_999, name: 100, description: 255, ids: ANY_ID, any_address: true };

    /// Whether an order that was saved once is one of today's.
    pub(super) fn allow(&self, order: &AnyOrder) -> bool {
        (self.least..=self.most).contains(&order.amount)
    }
}

/// Ids where the document takes any text.
pub(in crate::scenario) const ANY_ID: &[&str] =
    &["", "0", "a b", "a&b=c", "50%", "a+b", "Ø", "a/b", "#", "\"", "'", "<b>", "A\u{30a}", "😀", "%2F", "-"];
/// Ids of letters and digits.
pub(in crate::scenario) const PLAIN_ID: &[&str] = &["", "0", "000", "aA", "Zz9", "1"];

/// Amounts around which something changes, and whose floats are a little more or less than they are.
const AMOUNTS: &[i64] = &[
    1,
    115,
    99_999,
    435,
    1_999,
    100_000,
    99,
    100,
    123_456,
    101,
    2_905,
    50,
    1_000_005,
    1_010,
    499_999,
    100_000_000,
];

/// An order for a scenario: the same for the same seed, scenario and place.
pub(super) fn draw(seed: u64, scenario: &str, place: usize, limits: &Limits) -> AnyOrder {
    let seed = Seed::of_workspace(seed, scenario);
    let bytes = seed.bytes("order", "", place as u64);
    let rng = &mut SmallRng::seed_from_u64(
        bytes.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte)),
    );
    // Every field begins elsewhere, and all go round.
    let turn = |field: &str, kinds: usize| {
        let offset = seed.number("offset", field, 0, kinds as u64);
        (usize::try_from(offset).unwrap_or_default() + place) % kinds
    };
    let ids = limits.ids;
    AnyOrder {
        amount: amount(rng, turn("amount", AMOUNTS.len() + 2), limits),
        description: description(rng, turn("description", TEXTS + 1), limits.description),
        email: email(rng, turn("email", if limits.any_address { 10 } else { 8 })),
        name: text(rng, turn("name", TEXTS), limits.name),
        order: ids[turn("order", ids.len())].to_owned(),
    }
}

fn amount(rng: &mut dyn Rng, kind: usize, limits: &Limits) -> i64 {
    let Limits { least, most, .. } = *limits;
    let found = match AMOUNTS.get(kind) {
        Some(amount) => Some(*amount),
        None if kind == AMOUNTS.len() => Some(if one_in(rng, 2) { most } else { most - 1 }),
        None => Some(least),
    };
    found.filter(|amount| (least..=most).contains(amount)).unwrap_or_else(|| {
        let limit = u32::try_from(most - least).unwrap_or(u32::MAX).min(10_000_000);
        least + i64::from(below(rng, limit))
    })
}

/// How many kinds of texts there are.
const TEXTS: usize = 13;

/// A text of one line that people may have typed.
fn text(rng: &mut dyn Rng, kind: usize, limit: usize) -> String {
    let from: &[&str] = match kind {
        0 => &["Anna Smith", "Tea", "A"],
        1 => &["\"Jack\" Smith", "6\" pipe", "Bo \"", "Back\\slash \"x\"", "it's \"new\""],
        2 => &["Anna + Bo", "Bo & Co + 1", "a=b&c=d+e", "50% + 10%", "#1? a+b", "+"],
        3 => &["Łukasz Żak", "Нина Иванова", "山田 太郎", "Şebnem Çelik", "Ξένια", "Ďuro Ťažký"],
        4 => &["😀", "👨\u{200d}👩\u{200d}👧 Smith", "Tea 🍵", "🇩🇰"],
        5 => &["Åsa", "A\u{30a}sa", "café", "cafe\u{301}", "Zoë Müller", "José María"],
        6 => &[" Max Berg", "Max Berg ", "Anna  Lee", "\u{a0}Max"],
        7 => &["<b>Bo</b>", "Bo &amp; Co", "</form>", "]]>", "<!-- x", "A < B & C > D"],
        // One longer than it may be: the shop has to cut it.
        8 => return long("", pick(rng, &["a", "Tea", "0123456789"]), limit + 1),
        // As long as it may be. Wherever it is cut by bytes, one of the two is cut in a character.
        9 => return long(&"a".repeat(below(rng, 3) as usize), "€", limit),
        12 => return long(&"a".repeat(below(rng, 4) as usize), "😀", limit),
        10 => &["null", "0", "undefined", "{name}", "${x}", "%s %d", "$&", "NaN", "true", "\\0", "../.."],
        _ => return awkward::name(rng),
    };
    pick(rng, from).to_owned()
}

/// A text of so many characters.
fn long(start: &str, part: &str, characters: usize) -> String {
    start.chars().chain(part.chars().cycle()).take(characters).collect()
}

/// The same, and texts of several lines.
fn description(rng: &mut dyn Rng, kind: usize, limit: usize) -> String {
    if kind == TEXTS {
        return pick(rng, &["Tea\nbiscuits", "Tea\r\nbiscuits", "Tea\tbiscuits", "Tea\n"]).to_owned();
    }
    text(rng, kind, limit)
}

fn email(rng: &mut dyn Rng, kind: usize) -> String {
    let from: &[&str] = match kind {
        0 => &["anna@example.com", "a@b.co"],
        1 => &["anna+shop@example.com", "a+b@shop.example", "+@example.com"],
        2 => &["o'neil@shop.example", "x_y.z@mail.shop.example", "a-b@x-y.example"],
        3 => &["Anna.Smith@Example.COM", "ANNA@EXAMPLE.COM"],
        4 => &["100%@example.com", "a%40b@example.com"],
        5 => &["a&b@example.com", "a=b@example.com", "a&b=c@example.com"],
        6 => {
            &["a/b@example.com", "#1@example.com", "{a}@example.com", "a?b@example.com", "!a*b~@example.com"]
        }
        7 => {
            let local = "anna.smith.".repeat(6);
            return format!("{}@shop.example", &local[..64]);
        }
        8 => &["åsa@example.com", "A.O\u{308}berg@shop.example", "anna@räksmörgås.example"],
        _ => &["山田@example.com", "łukasz@shop.example", "нина@пример.example"],
    };
    pick(rng, from).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NARROW: Limits = Limits { least: 50, most: 499_999, any_address: false, ..Limits::USUAL };

    #[test]
    fn the_same_seed_draws_the_same_orders_and_another_one_others() {
        let drawn = |seed, of: &str| -> Vec<AnyOrder> {
            (0..16).map(|place| draw(seed, of, place, &Limits::USUAL)).collect()
        };
        assert_eq!(drawn(1, "a/b/c"), drawn(1, "a/b/c"));
        assert_ne!(drawn(1, "a/b/c"), drawn(2, "a/b/c"));
        assert_ne!(drawn(1, "a/b/c"), drawn(1, "a/b/d"));
    }

    #[test]
    fn orders_keep_to_the_limits_and_a_few_have_all_kinds() {
        for seed in 0..50 {
            for limits in [&Limits::USUAL, &NARROW] {
                let drawn: Vec<AnyOrder> = (0..15).map(|place| draw(seed, "x/y/z", place, limits)).collect();
                for order in &drawn {
                    assert!((limits.least..=limits.most).contains(&order.amount), "{}", order.told());
                    assert!(order.name.chars().count() <= limits.name + 1, "{}", order.told());
                    assert!(limits.any_address || order.email.is_ascii(), "{}", order.told());
                }
                let some = |holds: fn(&AnyOrder) -> bool| assert!(drawn.iter().any(holds), "seed {seed}");
                some(|order| order.amount >= 100_000);
                some(|order| order.amount % 100 != 0);
                some(|order| order.name.contains('"'));
                some(|order| order.email.contains('+'));
                some(|order| order.description.contains('+'));
                some(|order| order.name.chars().any(|letter| letter > 'ÿ'));
                some(|order| order.description.chars().count() >= 255);
            }
        }
    }
}
