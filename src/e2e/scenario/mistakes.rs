//! The matrix of a shop's mistakes: which scenarios each of them fails.
//!
//! All of it, every scenario for every mistake, takes minutes, and is what `.ci/run --long` looks at. After a change of
//! a scenario or a mistake, this writes it anew:
//! `INSTA_UPDATE=always cargo test --test e2e --all-features scenario::mistakes -- --include-ignored`

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use futures_util::StreamExt as _;
use futures_util::stream;
use provkassa::scenario::{Tried, Verdict, scenarios};
use provkassa::shop::MISTAKES;
use provkassa::simulators::PROVIDERS;

use super::{shown, tried};
use crate::support::{root, snapshot};

/// Mistakes that a shop really makes at a provider, and that no payer and no callback can show there.
const UNSEEN: &[(&str, &str)] = &[
    // The reference shop's own `order` stands in the address, and ePay's hash is over every value of it, so that what
    // is genuine for one order is forged at another's address. Where the hash leaves it out, or the order is in the
    // path, the mistake is `order-from-the-address`.
    ("ignores-the-order", "bambora"),
];

/// How many mistaken shops are open at once.
const SHOPS: usize = 8;

/// Each mistake with the scenarios that it is known to fail, as the matrix was last written.
fn known() -> BTreeMap<String, BTreeSet<String>> {
    let file = root().join("snapshots/scenarios/mistakes.snap");
    let text = fs::read_to_string(file).expect("the matrix");
    let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut mistake = String::new();
    for line in text.splitn(3, "---\n").nth(2).expect("behind the heading").lines() {
        if let Some(scenario) = line.strip_prefix("  ") {
            known.entry(mistake.clone()).or_default().insert(scenario.to_owned());
        } else {
            line.clone_into(&mut mistake);
        }
    }
    known
}

/// Each scenario that a mistake is known to fail fails; together they are all scenarios, and each mistake is caught at
/// every provider at which it is said to show.
#[tokio::test(flavor = "multi_thread")]
async fn every_mistake_of_a_shop_is_caught() {
    let known = known();
    let all = scenarios().expect("sound");
    let caught: BTreeSet<&str> = known.values().flatten().map(String::as_str).collect();
    let never: Vec<&str> =
        all.iter().map(|scenario| scenario.id.as_str()).filter(|id| !caught.contains(id)).collect();
    assert!(never.is_empty(), "failed by no mistake:\n  {}", never.join("\n  "));
    let mistaken: BTreeSet<&str> = MISTAKES.iter().map(|mistake| mistake.id).collect();
    assert_eq!(mistaken, known.keys().map(String::as_str).collect(), "write the matrix anew");
    let mut uncaught: Vec<(&str, &str)> = Vec::new();
    for mistake in MISTAKES {
        for provider in PROVIDERS.iter().map(|provider| provider.info().id) {
            let is_there = |id: &String| id.split('/').next() == Some(provider);
            let is_tried = all.iter().any(|scenario| is_there(&scenario.id)) && mistake.shows_at(provider);
            if is_tried && !known[mistake.id].iter().any(is_there) {
                uncaught.push((mistake.id, provider));
            }
        }
    }
    assert_eq!(uncaught, UNSEEN, "caught by no scenario at these providers, and what was known of it");
    let survivors: Vec<Vec<String>> = stream::iter(&known)
        .map(|(mistake, ids)| async move {
            let tried = tried(Some(mistake), |id| ids.contains(id)).await;
            let survives = |tried: &&Tried| !matches!(tried.outcome.verdict, Verdict::Fail(_));
            tried.iter().filter(survives).map(|tried| format!("{mistake}: {}", shown(tried))).collect()
        })
        .buffer_unordered(SHOPS)
        .collect()
        .await;
    let survivors = survivors.concat();
    assert!(survivors.is_empty(), "these do not fail any more:\n{}", survivors.join("\n"));
}

/// Every scenario for every mistake. What is not in the matrix passes here, where `any order` is one order for most
/// mistakes; who runs the program tries 16, and it may find more.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "every scenario for every mistake takes minutes: part of .ci/run --long"]
async fn the_matrix_of_a_shops_mistakes_is_as_it_was_written() {
    let all: Vec<(&str, Vec<Tried>)> = stream::iter(MISTAKES)
        .map(|mistake| async { (mistake.id, tried(Some(mistake.id), |_| true).await) })
        .buffered(SHOPS)
        .collect()
        .await;
    let mut text = String::new();
    for (mistake, tried) in &all {
        text.push_str(&format!("{mistake}\n"));
        for tried in tried {
            match tried.outcome.verdict {
                Verdict::Fail(_) => text.push_str(&format!("  {}\n", tried.scenario.id)),
                // Those that are about the way to the provider fail.
                Verdict::Pass | Verdict::NotReached(_) => {}
                _ => panic!("{mistake}: {}", shown(tried)),
            }
        }
    }
    snapshot("scenarios", "mistakes", &text);
}
