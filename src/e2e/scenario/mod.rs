//! Scenarios on a running shop: real HTTP between the sandbox, the shop and its payers.

mod any;
mod broken;
mod called;
mod counting;
mod deeds;
mod described;
mod explained;
mod mistakes;
mod own;
mod renewals;
mod small;
mod way;

use std::time::Duration;

use provkassa::scenario::{Drawing, Pace, ShopTarget, Stage, Tried, Verdict, run, scenarios};
use provkassa::serve::Options;
use provkassa::shop::MISTAKES;

/// The reference shop beside a sandbox of its own, wrong in this way or in none.
async fn stage_of(mistake: Option<&str>) -> Stage {
    let mistake = mistake.map(|id| MISTAKES.iter().find(|known| known.id == id).expect(id));
    Stage::open(ShopTarget::Reference(mistake), Options::default()).await.expect("a stage")
}

/// Tries these scenarios on the reference shop, wrong in this way or in none.
async fn tried(mistake: Option<&str>, of: impl Fn(&str) -> bool) -> Vec<Tried> {
    let stage = stage_of(mistake).await;
    let mut chosen = scenarios().expect("sound");
    chosen.retain(|scenario| of(&scenario.id));
    if let Some(mistake) = MISTAKES.iter().find(|known| Some(known.id) == mistake) {
        chosen.retain(|scenario| mistake.shows_at(scenario.provider.info().id));
    }
    assert!(!chosen.is_empty(), "no such scenario");
    let orders = if mistake.is_none_or(|id| ODD.contains(&id)) { 16 } else { 1 };
    let pace = Pace { drawing: Drawing { orders, shrink: Duration::ZERO, only: None }, ..Pace::from(8) };
    run(&stage, chosen, pace, |_| (), || true).await
}

/// Mistakes that only show in orders of all kinds. The others need no more than one, and each is a whole checkout.
/// Who runs the program tries 16 of each, and may be shown more failures of `any order` than the matrix has.
const ODD: &[&str] = &[
    "amounts-with-thousands",
    "cuts-texts-by-bytes",
    "json-by-hand",
    "loses-letters",
    "plus-in-links",
    "too-long-texts",
];

/// A verdict with its trail, for a person.
fn shown(tried: &Tried) -> String {
    let verdict = match &tried.outcome.verdict {
        Verdict::Fail(failure) => {
            format!("{}\n  expected: {}\n  got: {}", failure.headline, failure.expected, failure.got)
        }
        other => format!("{other:?}"),
    };
    let trail: Vec<String> = tried.outcome.trail.iter().map(|line| format!("  {line}")).collect();
    format!("{} {}: {verdict}\n{}\n", tried.outcome.verdict.word(), tried.scenario.id, trail.join("\n"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reference_shop_passes_every_scenario() {
    let all = tried(None, |_| true).await;
    let other: Vec<String> =
        all.iter().filter(|tried| tried.outcome.verdict != Verdict::Pass).map(shown).collect();
    assert!(other.is_empty(), "{}", other.join("\n"));
}
