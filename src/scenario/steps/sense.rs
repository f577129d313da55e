//! Whether steps make sense one after the other: one that speaks of something needs the step before it that makes that.
//! Without it a scenario would pass on nothing, or accuse a shop of what nobody asked of it.

use super::Taken;

/// What a step can speak of: how far its scenario is.
#[derive(Clone, Copy, Debug, Default)]
struct So {
    /// There is a subscription.
    subscription: bool,
    /// There is another order, or another subscription.
    other: bool,
    /// The order's payer has been sent to the provider, or somebody in the payer's place.
    begun: bool,
    /// The same of the other's.
    other_begun: bool,
    /// The order's payer has done something at the provider.
    acted: bool,
    /// Callbacks are kept back.
    held: bool,
    /// A callback was made up.
    forged: bool,
}

/// Payers who do something on the provider's pages.
const ACTS: &[&str] = &["the payer ", "the bank declines", "the payment ends"];
/// What begins nothing by itself.
const FOLLOWS: &[&str] = &["the callback", "the payer of the other order", "the payer comes back"];

/// What is wrong with the order of these steps, if anything is.
pub(in super::super) fn nonsense(steps: &[Taken]) -> Option<String> {
    let mut so = So::default();
    for taken in steps {
        let pattern = taken.step.pattern;
        if let Some(what) = missing(taken, so) {
            return Some(format!("`{pattern}` speaks of what no step before it makes: {what}"));
        }
        after(taken, &mut so);
    }
    None
}

/// What a step needs that is not there; with the step that makes it.
fn missing(taken: &Taken, so: So) -> Option<&'static str> {
    let (pattern, judges) = (taken.step.pattern, taken.judges());
    let of_other = pattern.contains("the other order");
    let is_of_subscription = pattern.contains("the subscription") || pattern.contains("another card");
    let is_of_callbacks = pattern.starts_with("the callback") || pattern.contains("has taken the callback");
    let is_released = pattern.starts_with("the callbacks arrive");
    if of_other && !so.other {
        return Some("write `Given another order` first");
    }
    if of_other && (judges || pattern.contains("other order's")) && !so.other_begun {
        return Some(
            "nobody has gone to pay the other order; write `When the payer of the other order pays` first",
        );
    }
    if is_of_subscription && !so.subscription {
        return Some("write `Given a subscription` first");
    }
    if judges && pattern.contains("the forged callback") && !so.forged {
        return Some(
            "write `When a forged callback says that the order is paid, not signed`, or with another forgery, first",
        );
    }
    if is_released && !so.held {
        return Some("write `Given the provider keeps its callbacks back`, before the payer pays");
    }
    if (is_of_callbacks || pattern.starts_with("the payer comes back")) && !so.acted {
        return Some("nobody has paid; write `When the payer pays and closes the browser` first");
    }
    // This asks the shop for something itself, also about an order that nobody has paid.
    let asks = pattern.starts_with("the shop says that it cannot");
    (judges && !asks && !of_other && !so.begun).then_some(
        "nobody has gone to pay the order; write `When the payer pays` first, or what else happens",
    )
}

/// How far the scenario is behind a step.
fn after(taken: &Taken, so: &mut So) {
    let pattern = taken.step.pattern;
    let starts = |words: &[&str]| words.iter().any(|word| pattern.starts_with(word));
    match taken.step.word {
        "Given" => {
            so.subscription |= starts(&["a subscription", "any subscription"]);
            so.other |= pattern.starts_with("another ");
            so.held |= pattern == "the provider keeps its callbacks back";
        }
        "When" => {
            so.other_begun |= pattern.starts_with("the payer of the other order");
            let begins = !starts(FOLLOWS) && !pattern.ends_with(" pass");
            so.begun |= begins;
            so.acted |= begins && starts(ACTS);
            so.forged |= pattern.starts_with("a forged callback")
                || pattern.starts_with("the provider calls back that");
        }
        _ => {}
    }
}
