//! Whether steps make sense one after the other: one that speaks of something needs the step before it that makes that.
//! Without it a scenario would pass on nothing, or accuse a shop of what nobody asked of it.

use std::collections::BTreeSet;

use super::Taken;

/// What a step can speak of, and another makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Made {
    /// There is a subscription.
    Subscription,
    /// There is another order, or another subscription.
    Other,
    /// The order's payer has been sent to the provider, or somebody in the payer's place.
    Begun,
    /// The same of the other's.
    OtherBegun,
    /// The order's payer has done something at the provider.
    Acted,
    /// Callbacks are kept back.
    Held,
    /// A callback was made up.
    Forged,
}

/// Payers who do something on the provider's pages.
const ACTS: &[&str] = &["the payer ", "the bank declines", "the payment ends"];
/// What begins nothing by itself.
const FOLLOWS: &[&str] = &["the callback", "the payer of the other order", "the payer comes back"];

/// What is wrong with the order of these steps, if anything is.
pub(in super::super) fn nonsense(steps: &[Taken]) -> Option<String> {
    let mut so = BTreeSet::new();
    for taken in steps {
        let pattern = taken.step.pattern;
        if let Some(what) = missing(taken, &so) {
            return Some(format!("`{pattern}` speaks of what no step before it makes: {what}"));
        }
        so.extend(made(taken));
    }
    None
}

/// What a step needs that is not there; with the step that makes it.
fn missing(taken: &Taken, so: &BTreeSet<Made>) -> Option<&'static str> {
    let (pattern, judges) = (taken.step.pattern, taken.judges());
    let of_other = pattern.contains("the other order");
    let is_of_subscription = pattern.contains("the subscription") || pattern.contains("another card");
    let is_of_callbacks = pattern.starts_with("the callback") || pattern.contains("has taken the callback");
    let is_released = pattern.starts_with("the callbacks arrive");
    if of_other && !so.contains(&Made::Other) {
        return Some("write `Given another order` first");
    }
    if of_other && (judges || pattern.contains("other order's")) && !so.contains(&Made::OtherBegun) {
        return Some(
            "nobody has gone to pay the other order; write `When the payer of the other order pays` first",
        );
    }
    if is_of_subscription && !so.contains(&Made::Subscription) {
        return Some("write `Given a subscription` first");
    }
    if judges && pattern.contains("the forged callback") && !so.contains(&Made::Forged) {
        return Some(
            "write `When a forged callback says that the order is paid, not signed`, or with another forgery, first",
        );
    }
    if is_released && !so.contains(&Made::Held) {
        return Some("write `Given the provider keeps its callbacks back`, before the payer pays");
    }
    if (is_of_callbacks || pattern.starts_with("the payer comes back")) && !so.contains(&Made::Acted) {
        return Some("nobody has paid; write `When the payer pays and closes the browser` first");
    }
    // This asks the shop for something itself, also about an order that nobody has paid.
    let asks = pattern.starts_with("the shop says that it cannot");
    (judges && !asks && !of_other && !so.contains(&Made::Begun)).then_some(
        "nobody has gone to pay the order; write `When the payer pays` first, or what else happens",
    )
}

/// What a step makes that others speak of.
fn made(taken: &Taken) -> impl Iterator<Item = Made> {
    let pattern = taken.step.pattern;
    let starts = |words: &[&str]| words.iter().any(|word| pattern.starts_with(word));
    let begins = !starts(FOLLOWS) && !pattern.ends_with(" pass");
    let all = match taken.step.word {
        "Given" => vec![
            (Made::Subscription, starts(&["a subscription", "any subscription"])),
            (Made::Other, starts(&["another "])),
            (Made::Held, pattern == "the provider keeps its callbacks back"),
        ],
        "When" => vec![
            (Made::OtherBegun, starts(&["the payer of the other order"])),
            (Made::Begun, begins),
            (Made::Acted, begins && starts(ACTS)),
            (Made::Forged, starts(&["a forged callback", "the provider calls back that"])),
        ],
        _ => Vec::new(),
    };
    all.into_iter().filter_map(|(made, does)| does.then_some(made))
}
