//! Orders that are plainer than a failing one.

use super::AnyOrder;

/// The texts of an order, each as a place in it.
const TEXTS: [fn(&mut AnyOrder) -> &mut String; 4] = [
    |order| &mut order.order,
    |order| &mut order.email,
    |order| &mut order.description,
    |order| &mut order.name,
];

/// Plainer orders, the plainest first: with one odd field alone, with one field as plain as can be, and then with a part
/// of one field.
pub(super) fn plainer(order: &AnyOrder, least: i64) -> Vec<AnyOrder> {
    let plain = AnyOrder::plain();
    let mut found = Vec::new();
    let mut with = |change: &dyn Fn(&mut AnyOrder)| {
        let mut other = order.clone();
        change(&mut other);
        if other != *order && !found.contains(&other) {
            found.push(other);
        }
    };
    let mut alone = Vec::new();
    for text in TEXTS {
        let mut one = plain.clone();
        text(&mut one).clone_from(&*text(&mut order.clone()));
        alone.push(one);
    }
    alone.push(AnyOrder { amount: order.amount, ..plain.clone() });
    for one in alone.iter().filter(|one| **one != plain) {
        with(&|other| other.clone_from(one));
    }
    for text in TEXTS {
        let usual = text(&mut plain.clone()).clone();
        with(&|other| text(other).clone_from(&usual));
    }
    with(&|other| other.amount = plain.amount);
    for (place, text) in TEXTS.iter().enumerate() {
        let (value, usual) = (text(&mut order.clone()).clone(), text(&mut plain.clone()).clone());
        if value == usual {
            continue;
        }
        let parts = match value.rsplit_once('@') {
            Some((local, host)) if place == EMAIL => addresses(local, host),
            _ => parts(&value),
        };
        for part in parts.into_iter().filter(|part| !part.is_empty()) {
            with(&|other| text(other).clone_from(&part));
        }
    }
    for amount in amounts(order.amount, plain.amount, least) {
        with(&|other| other.amount = amount);
    }
    found
}

/// Which of the texts is an address.
const EMAIL: usize = 1;

/// Addresses with a part of what stands before the @, or behind it.
fn addresses(local: &str, host: &str) -> Vec<String> {
    let usual = "example.com";
    let host_first = (host != usual).then(|| format!("{local}@{usual}"));
    let locals = parts(local).into_iter().filter(|part| !part.is_empty() && !part.contains(".."));
    host_first.into_iter().chain(locals.map(|part| format!("{part}@{host}"))).collect()
}

/// Parts of a text, the shortest first, and the text with one character made plain.
fn parts(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let count = characters.len();
    let mut parts = Vec::new();
    // One character alone.
    let is_alone = |one: &char| !one.is_ascii_alphanumeric() && !('\u{300}'..='\u{36f}').contains(one);
    let mut alone: Vec<char> = characters.iter().copied().filter(is_alone).collect();
    alone.dedup();
    if count > 1 {
        parts.extend(alone.iter().take(8).map(ToString::to_string));
    }
    // As long, and nothing else.
    if count > 8 {
        parts.push("a".repeat(count));
    }
    let mut part = count / 2;
    while part > 0 {
        for start in (0..count).step_by(part).take(16) {
            let end = (start + part).min(count);
            parts.push(characters[..start].iter().chain(&characters[end..]).collect());
        }
        part /= 2;
    }
    for (place, character) in characters.iter().enumerate().take(64) {
        if !character.is_ascii_alphanumeric() {
            let mut plain = characters.clone();
            plain[place] = 'a';
            parts.push(plain.into_iter().collect());
        }
    }
    parts
}

/// Rounder and smaller amounts, which are not below the least. The usual one is not made smaller.
fn amounts(amount: i64, usual: i64, least: i64) -> Vec<i64> {
    if amount == usual {
        return Vec::new();
    }
    let power = |digits: u32| 10_i64.checked_pow(digits).unwrap_or(i64::MAX);
    let round = (0..18).map(power).take_while(|round| *round < amount);
    let cut = [100_000, 10_000, 1_000, 100, 10].map(|unit| amount / unit * unit);
    let near = [amount / 2, amount - amount / 10, amount - 1];
    round.chain(cut).chain(near).filter(|other| *other >= least.max(1) && *other < amount).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made smaller as long as it fails.
    fn smallest(order: AnyOrder, fails: impl Fn(&AnyOrder) -> bool) -> AnyOrder {
        let mut current = order;
        while let Some(other) = plainer(&current, 1).into_iter().find(&fails) {
            current = other;
        }
        current
    }

    #[test]
    fn what_matters_is_left_and_nothing_else() {
        let odd = AnyOrder {
            amount: 123_456,
            description: "Tea & \"biscuits\"\n".into(),
            email: "anna+shop@x.example".into(),
            name: "Łukasz Żak".into(),
            order: "a b".into(),
        };
        let plain = AnyOrder::plain;
        let quoted = smallest(odd.clone(), |order| order.description.contains('"'));
        assert_eq!(quoted, AnyOrder { description: "\"".into(), ..plain() });
        let large = smallest(odd.clone(), |order| order.amount >= 100_000);
        assert_eq!(large, AnyOrder { amount: 100_000, ..plain() });
        let plus = smallest(odd.clone(), |order| order.email.contains('+'));
        assert_eq!(plus, AnyOrder { email: "+@example.com".into(), ..plain() });
        let both = smallest(odd, |order| order.name.contains('Ż') && order.order.contains(' '));
        assert_eq!(both, AnyOrder { name: "Ż".into(), order: " ".into(), ..plain() });
    }

    #[test]
    fn a_length_is_found_by_halves() {
        let long = AnyOrder { description: "å".repeat(300), ..AnyOrder::plain() };
        let found = smallest(long, |order| order.description.chars().count() > 255);
        assert_eq!(found.description, "a".repeat(256));
    }
}
