//! Scenarios of the user's own, from a folder.

use std::fs;

use provkassa::scenario::{ShopTarget, Stage, Verdict, parse, run, scenarios_in};
use provkassa::serve::Options;

use super::{shown, stage_of};
use crate::ports::free_port;
use crate::support::{PROGRAM, run_in};

const OWN: &str = "Feature: What we sell
  @id:quickpay/own/gift-card @must @observed
  Scenario: A gift card MUST be paid before it is sent
    Source: our own rule
    Why: gift cards are money
    Remedy: send it when the order is paid
    Given an order of 500.00
    When the payer pays
    Then the shop believes that the order is paid
";

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_of_one_s_own_is_tried_like_ours() {
    let folder = tempfile::tempdir().expect("a folder");
    let below = folder.path().join("gifts");
    fs::create_dir(&below).expect("a folder");
    fs::write(below.join("cards.feature"), OWN).expect("written");
    fs::write(folder.path().join("notes.txt"), "no feature").expect("written");
    let own = scenarios_in(folder.path()).expect("sound");
    let tried = run(&stage_of(None).await, own, 2, |_| (), || true).await;
    assert_eq!(tried.len(), 1);
    assert_eq!(tried[0].outcome.verdict, Verdict::Pass, "{}", shown(&tried[0]));
}

#[test]
fn an_unknown_step_is_refused_with_the_nearest_and_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("cards.feature");
    fs::write(&file, OWN.replace("the payer pays", "the payer pays up")).expect("written");
    let error = scenarios_in(folder.path()).expect_err("an unknown step").to_string();
    for said in
        ["cards.feature", "A gift card MUST be paid", "`the payer pays up`", "Did you mean `the payer pays`?"]
    {
        assert!(error.contains(said), "{said}: {error}");
    }
    fs::write(&file, OWN).expect("written");
    fs::write(folder.path().join("more.feature"), OWN).expect("written");
    let error = scenarios_in(folder.path()).expect_err("twice").to_string();
    assert!(
        error.contains("quickpay/own/gift-card") && error.contains("two scenarios have this id"),
        "{error}"
    );
    assert!(
        scenarios_in(&folder.path().join("nowhere"))
            .expect_err("no folder")
            .to_string()
            .contains("cannot be read")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_stops_where_it_is_told_to() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("cards.feature"), OWN).expect("written");
    let own = scenarios_in(folder.path()).expect("sound");
    let tried = run(&stage_of(None).await, own, 1, |_| (), || false).await;
    assert!(tried.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_of_who_writes_a_feature_is_no_fault_of_the_shop_nor_of_provkassa() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("own.feature");
    fs::write(&file, OWN.replace("the payer pays", "the payment ends with 40001x")).expect("written");
    let own = scenarios_in(folder.path()).expect("sound");
    let tried = run(&stage_of(None).await, own, 1, |_| (), || true).await;
    let Verdict::Broken(fault) = &tried[0].outcome.verdict else { panic!("{}", shown(&tried[0])) };
    let said = fault.to_string();
    assert!(said.starts_with("the scenario is written wrongly: "), "{said}");
    assert!(said.contains("the nearest is `40001`"), "{said}");
    assert!(fault.kind.help().contains("`provkassa steps`") && !fault.is_final(), "{said}");
    // What no step makes is found before anything is tried.
    for (steps, says) in [
        (
            "When the payer pays\n    When the callbacks arrive",
            "keeps its callbacks back`, before the payer pays",
        ),
        (
            "When the payer pays\n    Then the shop does not take the forged callback",
            "write `When a forged callback",
        ),
        ("Then the shop does not believe that the other order is paid", "write `Given another order` first"),
        (
            "Given another order\n    Then the shop does not believe that the other order is paid",
            "nobody has gone to pay the other order",
        ),
        ("When the shop charges the subscription", "write `Given a subscription` first"),
        ("When the callback arrives again", "nobody has paid"),
        ("Given every callback gets lost", "nobody has gone to pay the order"),
    ] {
        fs::write(&file, OWN.replace("When the payer pays", steps)).expect("written");
        let arguments = ["check", "--shop", "reference", "--features", "."];
        let ran = run_in(folder.path(), &arguments);
        assert_eq!(ran.code, 2, "{steps}: {}", ran.shown());
        assert!(
            ran.stderr.contains(says) && ran.stderr.contains("A gift card MUST be paid"),
            "{}",
            ran.shown()
        );
    }
}

const REGISTERED: &str = "Feature: Cards
  @id:fenerum/own/registered @must @observed @needs:subscription
  Scenario: A card MUST be registered
    Source: our own rule
    Why: nobody pays
    Remedy: look at what Fenerum answers
    Given a subscription
    When the payer pays
    Then the shop does not believe that the order is paid
    And everything that the shop sent is right
";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_to_another_provider_after_the_payment_is_judged_too() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("cards.feature"), REGISTERED).expect("written");
    for (environment, says) in [
        ("", None),
        ("FENERUM_TOKEN = \"nobodys\"", Some("no workspace has the token")),
        ("FENERUM_ACCOUNT = \"00000000-0000-4000-8000-000000000000\"", Some("There is no such account")),
    ] {
        let port = free_port();
        let url = format!("http://127.0.0.1:{port}");
        let text = format!(
            "[shop]\nstart = ['{PROGRAM}', 'shop', '--port', '{port}']\nenv = {{ {environment} }}\nready = \"{url}/healthz\"\n\
             status = {{ url = \"{url}/orders/{{order}}\", pointer = \"/status\", paid = [\"paid\"] }}\n\
             [shop.fenerum.subscription]\ncheckout = {{ url = \"{url}/checkout/fenerum?variant=quickpay\", json = {{ order = \"{{order}}\", amount = \"{{amount.minor}}\" }} }}\n"
        );
        let target = ShopTarget::Configured(Box::new(parse(&text).expect("sound")));
        let stage = Stage::open(target, Options::default()).await.expect("a stage");
        let own = scenarios_in(folder.path()).expect("sound");
        let tried = run(&stage, own, 1, |_| (), || true).await.pop().expect("one");
        let Some(says) = says else {
            assert_eq!(tried.outcome.verdict, Verdict::Pass, "{}", shown(&tried));
            continue;
        };
        let Verdict::Fail(failure) = &tried.outcome.verdict else { panic!("{}", shown(&tried)) };
        assert_eq!(failure.headline, "what the shop sent to Fenerum is wrong", "{}", shown(&tried));
        assert!(failure.expected.starts_with("POST /api/v1/paymentcards/"), "{}", shown(&tried));
        assert!(failure.got.contains(says), "{}", shown(&tried));
        let trail = tried.outcome.trail.join("\n");
        assert!(trail.contains("the shop → Fenerum: POST /api/v1/paymentcards/ → 40"), "{trail}");
        assert!(trail.contains("the shop → QuickPay: POST /subscriptions → 201"), "{trail}");
    }
}

/// The first takes the time with it as far as every card has expired; the second could charge none then.
const ALONE: &str = "@scenario
Feature: Subscriptions
  @id:freepay/own/long-ago @must @observed @alone
  Scenario: A card that has expired MUST NOT be charged
    Source: our own rule
    Why: nobody pays
    Remedy: look at IsSuccess
    Given a subscription
    When the payer pays
    And 30 years pass
    Then the shop says that it cannot charge the subscription

  @id:freepay/own/today @must @observed @alone
  Scenario: A card MUST be charged
    Source: our own rule
    Why: nobody pays
    Remedy: give it the subscription's id
    Given a subscription
    When the payer pays
    And the shop charges the subscription
    Then the provider has charged the subscription once

  @id:quickpay/own/refused @must @observed @alone
  Scenario: A subscription that is never charged MUST be active
    Source: our own rule
    Why: what was to be refused here is refused to nobody else
    Remedy: none
    Given a subscription
    And the provider refuses the next charge
    When the payer pays
    Then the shop believes that the subscription is active

  @id:quickpay/own/at-once @must @observed @alone
  Scenario: A payment MUST be taken
    Source: our own rule
    Why: nobody pays
    Remedy: none
    Given an order
    When the payer pays
    Then the shop believes that the order is paid
";

#[tokio::test(flavor = "multi_thread")]
async fn who_moves_the_clock_is_alone_and_leaves_it_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("time.feature");
    fs::write(&file, ALONE).expect("written");
    let own = scenarios_in(folder.path()).expect("sound");
    let (stage, mut running) = (stage_of(None).await, Vec::new());
    let all = run(&stage, own, 4, |tried| running.push(tried.scenario.id.clone()), || true).await;
    for tried in all {
        assert_eq!(tried.outcome.verdict, Verdict::Pass, "{}", shown(&tried));
    }
    let order = ["freepay/own/long-ago", "freepay/own/today", "quickpay/own/refused", "quickpay/own/at-once"];
    assert_eq!(running, order, "one after the other");
    fs::write(&file, ALONE.replace(" @alone", "")).expect("written");
    let error = scenarios_in(folder.path()).expect_err("it shares the clock").to_string();
    assert!(error.contains("changes what all scenarios share: give it the tag @alone"), "{error}");
}
