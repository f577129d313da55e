//! Scenarios with any order: what they find that ordinary orders do not show, and how that is told.

use std::fs;
use std::time::Duration;

use axum::Router;
use provkassa::scenario::{
    AnyOrder, Drawing, Orders, Pace, ShopTarget, Stage, Tried, Verdict, parse, run, scenarios,
};
use provkassa::serve::Options;
use serde_json::Value;

use super::{shown, stage_of};
use crate::support::{Ran, run_in};

/// With no time to make anything smaller.
fn at_once() -> Drawing {
    Drawing { shrink: Duration::ZERO, ..Drawing::default() }
}

/// Tries these scenarios on the shop that makes this mistake.
async fn on(mistake: &str, ids: &[&str], pace: Pace) -> Vec<Tried> {
    let mut chosen = scenarios().expect("sound");
    chosen.retain(|scenario| ids.contains(&scenario.id.as_str()));
    assert_eq!(chosen.len(), ids.len(), "{ids:?}");
    run(&stage_of(Some(mistake)).await, chosen, pace, |_| (), || true).await
}

fn headline(tried: &Tried) -> &str {
    match &tried.outcome.verdict {
        Verdict::Fail(failure) => &failure.headline,
        _ => panic!("{}", shown(tried)),
    }
}

fn orders(tried: &Tried) -> &Orders {
    tried.outcome.orders.as_ref().expect("tried with many")
}

fn smallest(tried: &Tried) -> &AnyOrder {
    orders(tried).smallest.as_ref().expect("one that fails")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ordinary_orders_do_not_show_is_found_made_small_and_told() {
    for (mistake, ordinary, id, says, told) in [
        (
            "amounts-with-thousands",
            "freepay/redirect/smallest-amount",
            "freepay/redirect/any-order-is-paid",
            "the payer is asked for another amount at Freepay, as soon as its amount is 1000.00 or more",
            "an order of 1000.00",
        ),
        (
            "json-by-hand",
            "quickpay/redirect/paid",
            "quickpay/redirect/any-order-is-sent-rightly",
            "QuickPay refuses what the shop sends, as soon as the payer's name holds a `\\`",
            "an order of 125.00, whose payer is called `\\`",
        ),
        (
            "plus-in-links",
            "brp/redirect/what-is-sent-is-right",
            "brp/redirect/any-order-is-sent-rightly",
            "what the shop sent to BRP Online is wrong, as soon as the payer's address holds a `+`",
            "an order of 125.00, whose payer's address is `+@example.com`",
        ),
        (
            "too-long-texts",
            "bambora/redirect/what-is-sent-is-right",
            "bambora/redirect/any-order-is-sent-rightly",
            "what the shop sent to Bambora ePay is wrong, as soon as its description has 1025 characters or more",
            "an order of 125.00, for `aaaaaaaaaaaaaaaaaaaaaaaa…` (1025 characters)",
        ),
    ] {
        let tried = on(mistake, &[ordinary, id], Pace::from(4)).await;
        let find = |id: &str| tried.iter().find(|tried| tried.scenario.id == id).expect("tried");
        assert_eq!(find(ordinary).outcome.verdict, Verdict::Pass, "{}", shown(find(ordinary)));
        let found = find(id);
        assert_eq!(headline(found), says);
        assert_eq!(smallest(found).told(), told);
        let Orders { tried, failed, .. } = *orders(found);
        assert_eq!(tried, 16);
        assert!((1..tried).contains(&failed), "{failed} of {tried}");
        assert!(!found.outcome.trail.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_that_are_lost_or_cut_in_two_are_found_wherever_texts_are_sent() {
    let ids = ["bambora", "fena", "freepay", "quickpay"]
        .map(|id| format!("{id}/redirect/any-order-is-sent-rightly"));
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let quick = || Pace { drawing: at_once(), ..Pace::from(4) };
    for (mistake, how) in
        [("loses-letters", "what ISO-8859-1 does not have was lost"), ("cuts-texts-by-bytes", "cut in two")]
    {
        for found in on(mistake, &ids, quick()).await {
            assert!(headline(&found).contains("is garbled at"), "{}", shown(&found));
            let Verdict::Fail(failure) = &found.outcome.verdict else { panic!("{}", shown(&found)) };
            assert!(failure.got.contains(how), "{mistake}: {}", failure.got);
            // Nothing is made smaller where there is no time for it.
            assert_eq!(orders(&found).shrunk_in, 0);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_orders_fail_however_many_scenarios_are_tried_at_once() {
    let ids = ["fena/redirect/any-order-is-paid", "quickpay/redirect/any-order-is-paid"];
    let told = |tried: &[Tried]| -> Vec<(AnyOrder, usize)> {
        tried.iter().map(|tried| (smallest(tried).clone(), orders(tried).failed)).collect()
    };
    let of = |jobs: usize, seed: u64| Pace { seed, drawing: at_once(), ..Pace::from(jobs) };
    let one = told(&on("amounts-with-thousands", &ids, of(1, 1)).await);
    assert_eq!(one, told(&on("amounts-with-thousands", &ids, of(4, 1)).await));
    assert_ne!(one, told(&on("amounts-with-thousands", &ids, of(4, 2)).await));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_that_an_ordinary_order_shows_is_not_looked_for_in_others() {
    let tried = on("trusts-the-callback-unverified", &["fena/redirect/any-order-is-paid"], 1.into()).await;
    assert_eq!(tried[0].outcome.verdict, Verdict::Pass, "{}", shown(&tried[0]));
    let tried = on("redirects-callbacks-to-login", &["fena/redirect/any-order-is-paid"], 1.into()).await;
    assert_eq!((orders(&tried[0]).tried, smallest(&tried[0]).told().as_str()), (1, "an order of 125.00"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_that_takes_none_of_the_orders_is_not_judged() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let closed = || async { (http::StatusCode::UNPROCESSABLE_ENTITY, "we are closed") };
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(closed)).await });
    let config = format!(
        "[shop]\nstatus = {{ url = \"{url}/orders/{{order}}\", pointer = \"/status\", paid = [\"paid\"] }}\n\
         [shop.quickpay]\ncheckout = {{ url = \"{url}/checkout\", json = {{ order = \"{{order}}\" }} }}\n"
    );
    let target = ShopTarget::Configured(Box::new(parse(&config).expect("sound")));
    let stage = Stage::open(target, Options::default()).await.expect("a stage");
    let mut chosen = scenarios().expect("sound");
    chosen.retain(|scenario| scenario.id == "quickpay/redirect/any-order-is-sent-rightly");
    let pace = Pace { drawing: Drawing { orders: 5, ..Drawing::default() }, ..Pace::from(1) };
    let tried = run(&stage, chosen, pace, |_| (), || true).await;
    match &tried[0].outcome.verdict {
        Verdict::Unsupported(why) => {
            assert!(why.contains("takes none of the 5 orders: 422 we are closed"), "{why}");
        }
        _ => panic!("{}", shown(&tried[0])),
    }
    assert_eq!((orders(&tried[0]).tried, orders(&tried[0]).refused), (0, 5));
}

/// The program, in a folder in which it keeps what failed.
fn check(folder: &std::path::Path, shop: &str, more: &[&str]) -> Ran {
    let flags = ["check", "--shop", shop, "--format", "plain"];
    run_in(folder, &[&flags[..], more].concat())
}

#[test]
fn the_program_saves_the_order_tries_it_first_and_tries_it_again() {
    const ID: &str = "quickpay/redirect/any-order-is-sent-rightly";
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let found = check(at, "reference:json-by-hand", &["--only", ID, "--report", "json=r.json,html=r.html"]);
    assert_eq!(found.code, 1, "{}", found.shown());
    for said in ["smallest failing order (", "of 16 failed; made smaller", "whose payer is called `\\`"] {
        assert!(found.stdout.contains(said), "{said}: {}", found.shown());
    }
    let report: Value =
        serde_json::from_str(&fs::read_to_string(at.join("r.json")).expect("written")).expect("JSON");
    crate::check::assert_is_report(&report);
    assert!(fs::read_to_string(at.join("r.html")).expect("written").contains("Smallest failing order"));

    let file = at.join(".provkassa").join(format!("{}.json", ID.replace('/', "-")));
    let saved: Value = serde_json::from_str(&fs::read_to_string(&file).expect("saved")).expect("JSON");
    assert_eq!((&saved["case"], &saved["order"]["name"]), (&ID.into(), &"\\".into()));
    // An ordinary order alone shows nothing; the saved one is tried all the same.
    let first = check(at, "reference:json-by-hand", &["--only", ID, "--cases", "1"]);
    assert_eq!(first.code, 1, "{}", first.shown());
    assert!(first.stdout.contains("(1 of 2 failed; made smaller 0 times)"), "{}", first.shown());
    let without = check(at, "reference:json-by-hand", &["--only", ID, "--cases", "1", "--state", "other"]);
    assert_eq!(without.code, 0, "{}", without.shown());

    let again = first
        .stdout
        .lines()
        .find_map(|line| line.trim().strip_prefix("again     provkassa "))
        .expect("again");
    let words = shlex::split(again).expect("words");
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let again = run_in(at, &words);
    assert_eq!(again.code, 1, "{}", again.shown());
    let path = file.display().to_string();
    let right = check(at, "reference", &["--replay", &path]);
    assert_eq!(right.code, 0, "{}", right.shown());
}

#[test]
fn an_order_for_a_scenario_that_takes_none_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let order = "{\"case\": \"quickpay/redirect/paid\", \"order\": {}}";
    let refused = check(folder.path(), "reference", &["--replay", order]);
    assert_eq!(refused.code, 2, "{}", refused.shown());
    assert!(refused.stderr.contains("has an order of its own, and takes no other"), "{}", refused.shown());
    let odd = order.replace("/paid", "/any-order-is-paid");
    let refused = check(folder.path(), "reference", &["--replay", &odd]);
    assert_eq!(refused.code, 2, "{}", refused.shown());
    assert!(refused.stderr.contains("`order` cannot be read: missing field"), "{}", refused.shown());
}
