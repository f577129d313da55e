//! Every provider's ways through the demo shop, clicked: to paid, declined and cancelled, while the live view follows.

use serde_json::json;

use super::Visit;
use super::look::lacks;
use crate::driver::{self, click, complaints, text};
use crate::stripe::page::{CARD, type_card};

/// What somebody buys, what they press on the pages that follow, and what they see in the end.
type Way = (&'static str, &'static [Step], &'static str);

enum Step {
    /// Presses what a selector finds.
    Click(&'static str),
    /// Types into Stripe's card element.
    Stripe(&'static [(&'static str, &'static str)]),
}
use Step::{Click, Stripe};

const APPROVE: Step = Click("[data-outcome=approve]");
const CANCEL: Step = Click("[data-outcome=cancel]");
const DECLINE: Step = Click("[data-outcome=decline]");
/// The test card that QuickPay approves.
const GOOD: Step = Click("[data-test=\"1000000000000008\"]");
/// Unfolds the test cards.
const CARDS: Step = Click("form details summary");
const BANK: Step = Click("[name=bank][value=ob-monzo]");
const CONTINUE: Step = Click("[data-continue]");
const SAVE: Step = Click("#save button");
/// Stripe's card that is always refused.
const REFUSED: &[(&str, &str)] =
    &[("cardnumber", "4000000000000002"), ("exp-date", "1239"), ("cvc", "123"), ("postal", "12345")];

const ACTIVE: &str = "[data-page=order][data-status=active]";
const CANCELLED: &str = "[data-page=order][data-status=cancelled]";
/// Fena and Freepay do not tell the shop who gave up, the payer or the bank.
const FAILED: &str = "[data-page=order][data-status=failed]";
const PAID: &str = "[data-page=order][data-status=paid]";
/// The window stays open for another card.
const TRY_AGAIN: &str = "[data-page=card] [data-error]";

/// Goes all ways of a provider; `names` is what the live view calls whom they lead to.
async fn go(names: &[&str], ways: &[Way]) {
    if !driver::there() {
        return;
    }
    let visit = Visit::start().await;
    let browser = &visit.browser;
    browser.goto(&format!("{}/", visit.served.control)).await.expect("the view");
    text(browser, "[data-empty] [data-shop]").await;
    // A page that is loaded anew forgets this.
    browser.execute("window.watched = true", Vec::new()).await.expect("an answer");
    let view = browser.window().await.expect("a window");
    let shop = browser.new_window(true).await.expect("a tab").handle;
    let mut seen = 0;
    for (goods, steps, end) in ways {
        browser.switch_to_window(shop.clone()).await.expect("the shop's tab");
        visit.buy(goods).await;
        // Who gives up on the shop's own page has been nowhere else.
        let leaves = visit.whose().await.is_some() || steps.len() > 1;
        for step in *steps {
            assert_eq!(lacks(browser).await, Vec::<String>::new(), "{goods}");
            match step {
                Click(css) => click(browser, css).await,
                Stripe(fields) => type_card(browser, fields).await,
            }
        }
        text(browser, end).await;
        assert_eq!(lacks(browser).await, Vec::<String>::new(), "{goods} at {end}");
        assert_eq!(complaints(browser).await, Vec::<String>::new(), "{goods} at {end}");
        browser.switch_to_window(view.clone()).await.expect("the view's tab");
        if leaves {
            seen = follows(&visit, names, seen).await;
        }
        assert_eq!(complaints(browser).await, Vec::<String>::new(), "the view of {goods}");
    }
    visit.end().await;
}

/// Waits until the view tells of more moments of these providers than it did; how many.
async fn follows(visit: &Visit, names: &[&str], seen: u64) -> u64 {
    let script = "return [window.watched === true, [...document.querySelectorAll('[data-story]')]
        .filter(story => arguments[0].includes(story.querySelector('.provider').textContent))
        .reduce((sum, story) => sum + story.querySelectorAll('[data-moment]').length, 0)]";
    for _ in 0..200 {
        let told = visit.browser.execute(script, vec![json!(names)]).await.expect("an answer");
        assert_eq!(told[0], true, "the view was loaded anew");
        if let Some(now) = told[1].as_u64().filter(|now| *now > seen) {
            return now;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the view shows nothing new of {names:?}")
}

#[tokio::test]
async fn bambora_is_clicked_through() {
    let ways: &[Way] = &[
        ("Desk lamp", &[APPROVE], PAID),
        ("Desk lamp", &[DECLINE], TRY_AGAIN),
        ("Desk lamp", &[CANCEL], CANCELLED),
        ("Light bulbs, every month", &[APPROVE], ACTIVE),
        ("Light bulbs, every month", &[CANCEL], CANCELLED),
    ];
    go(&["Bambora ePay"], ways).await;
}

#[tokio::test]
async fn brp_is_clicked_through() {
    let ways: &[Way] = &[
        ("Day pass", &[APPROVE], PAID),
        ("Day pass", &[DECLINE], FAILED),
        ("Day pass", &[CANCEL], CANCELLED),
        ("Spinning class", &[APPROVE], PAID),
        ("Spinning class", &[DECLINE], FAILED),
        ("Spinning class", &[CANCEL], CANCELLED),
        ("Membership by the month", &[APPROVE], ACTIVE),
        ("Membership by the month", &[CANCEL], CANCELLED),
    ];
    go(&["BRP Online"], ways).await;
}

#[tokio::test]
async fn fena_is_clicked_through() {
    let ways: &[Way] = &[
        ("Teapot", &[BANK, CONTINUE, APPROVE], PAID),
        ("Teapot", &[BANK, CONTINUE, DECLINE], FAILED),
        ("Teapot", &[BANK, CONTINUE, CANCEL], FAILED),
        ("Teapot", &[CANCEL], FAILED),
    ];
    go(&["Fena"], ways).await;
}

#[tokio::test]
async fn fenerum_is_clicked_through() {
    let ways: &[Way] = &[
        ("Climbing membership", &[Stripe(CARD), SAVE], ACTIVE),
        ("Climbing membership", &[Stripe(REFUSED), SAVE], "#message:not(:empty)"),
        ("Climbing membership", &[CANCEL], CANCELLED),
        ("Gym membership", &[CARDS, GOOD], ACTIVE),
        ("Gym membership", &[CARDS, DECLINE], TRY_AGAIN),
        ("Gym membership", &[CANCEL], CANCELLED),
    ];
    go(&["Fenerum", "QuickPay"], ways).await;
}

#[tokio::test]
async fn freepay_is_clicked_through() {
    let ways: &[Way] = &[
        ("Umbrella", &[Click("[data-without-card]")], PAID),
        ("Umbrella", &[DECLINE], FAILED),
        ("Umbrella", &[CANCEL], FAILED),
        ("Rain cover, every year", &[Click("[data-without-card]")], ACTIVE),
        ("Rain cover, every year", &[DECLINE], FAILED),
        ("Rain cover, every year", &[CANCEL], FAILED),
    ];
    go(&["Freepay"], ways).await;
}

#[tokio::test]
async fn quickpay_is_clicked_through() {
    let ways: &[Way] = &[
        ("Coffee grinder", &[CARDS, GOOD], PAID),
        ("Coffee grinder", &[CARDS, DECLINE], TRY_AGAIN),
        ("Coffee grinder", &[CANCEL], CANCELLED),
        ("Coffee, a kilo", &[CARDS, GOOD], PAID),
        ("Coffee, every month", &[CARDS, GOOD], ACTIVE),
    ];
    go(&["QuickPay"], ways).await;
}
