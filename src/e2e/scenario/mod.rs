//! Scenarios on a running shop: real HTTP between the sandbox, the shop and its payers.

mod any;
mod broken;
mod explained;
mod own;
mod way;

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use provkassa::scenario::{Drawing, Pace, ShopTarget, Stage, Tried, Verdict, run, scenarios};
use provkassa::serve::Options;
use provkassa::shop::MISTAKES;

use crate::support::snapshot;

/// The reference shop beside a sandbox of its own, wrong in this way or in none.
async fn stage_of(mistake: Option<&str>) -> Stage {
    let mistake = mistake.map(|id| MISTAKES.iter().find(|known| known.id == id).expect(id));
    Stage::open(ShopTarget::Reference(mistake), Options::default()).await.expect("a stage")
}

/// Tries every scenario whose id begins so on the reference shop, wrong in this way or in none.
async fn tried(mistake: Option<&str>, of: &str) -> Vec<Tried> {
    let stage = stage_of(mistake).await;
    let mut chosen = scenarios().expect("sound");
    chosen.retain(|scenario| scenario.id.starts_with(of));
    if let Some(mistake) = MISTAKES.iter().find(|known| Some(known.id) == mistake) {
        chosen.retain(|scenario| mistake.shows_at(scenario.provider.info().id));
    }
    assert!(!chosen.is_empty(), "{of}");
    let orders = if mistake.is_none_or(|id| ODD.contains(&id)) { 16 } else { 1 };
    let pace = Pace { drawing: Drawing { orders, shrink: Duration::ZERO, only: None }, ..Pace::from(8) };
    run(&stage, chosen, pace, |_| (), || true).await
}

/// Mistakes that only show in orders of all kinds. The others need no more than one, and each is a whole checkout.
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
    let all = tried(None, "").await;
    let other: Vec<String> =
        all.iter().filter(|tried| tried.outcome.verdict != Verdict::Pass).map(shown).collect();
    assert!(other.is_empty(), "{}", other.join("\n"));
}

/// Mistakes that a shop really makes at a provider, and that no payer and no callback can show there.
const UNSEEN: &[(&str, &str)] = &[
    // The reference shop's own `order` stands in the address, and ePay's hash is over every value of it, so that what
    // is genuine for one order is forged at another's address. Where the hash leaves it out, or the order is in the
    // path, the mistake is `order-from-the-address`.
    ("ignores-the-order", "bambora"),
];

/// Which scenarios each mistake fails: each one is caught at every provider at which it is said to show, and each
/// scenario is failed by a mistake.
#[tokio::test(flavor = "multi_thread")]
async fn every_mistake_of_a_shop_is_caught() {
    let all: Vec<(&str, Vec<Tried>)> = stream::iter(MISTAKES)
        .map(|mistake| async { (mistake.id, tried(Some(mistake.id), "").await) })
        .buffered(6)
        .collect()
        .await;
    let mut never: Vec<String> =
        scenarios().expect("sound").into_iter().map(|scenario| scenario.id.clone()).collect();
    let mut text = String::new();
    let mut uncaught: Vec<(&str, &str)> = Vec::new();
    for (mistake, tried) in &all {
        text.push_str(&format!("{mistake}\n"));
        let tried_at = tried.iter().map(|tried| tried.scenario.provider.info().id);
        let mut missed: BTreeSet<&str> = tried_at.collect();
        for tried in tried.iter().filter(|tried| tried.outcome.verdict != Verdict::Pass) {
            let id = &tried.scenario.id;
            match tried.outcome.verdict {
                Verdict::Fail(_) => {
                    never.retain(|known| known != id);
                    missed.remove(tried.scenario.provider.info().id);
                    text.push_str(&format!("  {id}\n"));
                }
                // Those that are about the way to the provider fail.
                Verdict::NotReached(_) => {}
                _ => panic!("{mistake}: {}", shown(tried)),
            }
        }
        uncaught.extend(missed.into_iter().map(|provider| (*mistake, provider)));
    }
    snapshot("scenarios", "mistakes", &text);
    assert!(never.is_empty(), "failed by no mistake:\n  {}", never.join("\n  "));
    assert_eq!(uncaught, UNSEEN, "caught by no scenario at these providers, and what was known of it");
}
