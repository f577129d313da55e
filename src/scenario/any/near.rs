//! When a shop fails: a condition that all failing orders meet, and none of the others.

use super::super::template::major;
use super::AnyOrder;
use provkassa_simulators::kit::mask::visible;

/// How many orders must pass for a condition to say anything.
const ENOUGH: usize = 3;

/// What sets the failing orders apart, to be put behind "as soon as": "the payer's name holds a `+`". Only what the
/// smallest one has is looked at. Nothing where nothing does.
pub(super) fn condition(smallest: &AnyOrder, failed: &[AnyOrder], passed: &[AnyOrder]) -> Option<String> {
    if passed.len() < ENOUGH {
        return None;
    }
    let splits = |holds: &dyn Fn(&AnyOrder) -> bool| {
        holds(smallest) && failed.iter().all(holds) && !passed.iter().any(holds)
    };
    let plain = AnyOrder::plain();
    if smallest.amount != plain.amount {
        let amount = smallest.amount;
        if splits(&|order| order.amount >= amount) {
            return Some(format!("its amount is {} or more", major(amount)));
        }
        if splits(&|order| order.amount <= amount) {
            return Some(format!("its amount is {} or less", major(amount)));
        }
        if splits(&|order| order.amount % 100 != 0) {
            return Some("its amount is no whole number".to_owned());
        }
    }
    let usual = plain.texts();
    for (place, (what, text)) in smallest.texts().into_iter().enumerate() {
        if text == usual[place].1 {
            continue;
        }
        for (says, holds) in tests(text) {
            if splits(&|order| holds(order.texts()[place].1)) {
                return Some(format!("{what} {says}"));
            }
            if splits(&|order| order.texts().iter().any(|(_, text)| holds(text))) {
                return Some(format!("one of its texts {says}"));
            }
        }
    }
    None
}

type Test = Box<dyn Fn(&str) -> bool>;

/// What can be said of a text, the most particular first.
fn tests(text: &str) -> Vec<(String, Test)> {
    let mut tests: Vec<(String, Test)> = Vec::new();
    let mut odd: Vec<char> = text.chars().filter(|one| !one.is_ascii_alphanumeric()).collect();
    odd.dedup();
    for one in odd.into_iter().filter(|one| *one != ' ' && *one != '@').take(4) {
        tests.push((
            format!("holds a `{}`", visible(&one.to_string())),
            Box::new(move |text| text.contains(one)),
        ));
    }
    let any = |holds: fn(char) -> bool| -> Test { Box::new(move |text| text.chars().any(holds)) };
    tests.push(("has a character outside ISO-8859-1".to_owned(), any(|one| one > 'ÿ')));
    tests.push(("has a character outside ASCII".to_owned(), any(|one| !one.is_ascii())));
    tests.push(("has an end of a line".to_owned(), any(|one| one == '\n' || one == '\r')));
    tests.push(("has a blank at an end".to_owned(), Box::new(|text| text.trim() != text)));
    let count = text.chars().count();
    tests.push((
        format!("has {count} characters or more"),
        Box::new(move |text| text.chars().count() >= count),
    ));
    tests
}

#[cfg(test)]
mod tests {
    use super::super::drawing::{Limits, draw};
    use super::*;

    #[test]
    fn the_condition_is_what_all_that_fail_have() {
        let drawn: Vec<AnyOrder> = (0..48).map(|place| draw(1, "a/b/c", place, &Limits::USUAL)).collect();
        let said = |smallest: AnyOrder, fails: &dyn Fn(&AnyOrder) -> bool| {
            let (failed, passed): (Vec<_>, Vec<_>) = drawn.iter().cloned().partition(fails);
            condition(&smallest, &failed, &passed)
        };
        let plain = AnyOrder::plain;
        assert_eq!(
            said(AnyOrder { name: "\"".into(), ..plain() }, &|order| order.name.contains('"')).as_deref(),
            Some("the payer's name holds a `\"`")
        );
        assert_eq!(
            said(AnyOrder { amount: 100_000, ..plain() }, &|order| order.amount >= 100_000).as_deref(),
            Some("its amount is 1000.00 or more")
        );
        let foreign = |text: &String| text.chars().any(|one| one > 'ÿ');
        assert_eq!(
            said(AnyOrder { name: "Ż".into(), ..plain() }, &|order| {
                order.texts().iter().any(|(_, text)| foreign(text))
            })
            .as_deref(),
            Some("one of its texts has a character outside ISO-8859-1")
        );
        // What is no condition of ours is not explained by one.
        let odd = said(AnyOrder { name: "Ż".into(), ..plain() }, &|order| order.amount % 2 == 1);
        assert_eq!(odd, None);
    }
}
