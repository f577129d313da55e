//! Another card for a subscription: how the shop leads to it, and what is said where the card before is charged; and
//! what the provider's books say of a shop that says no.

use http::StatusCode;
use http::header::{CONTENT_TYPE, LOCATION};
use provkassa::scenario::{ShopTarget, Stage, Tried, Verdict, parse, run, scenarios};
use provkassa::serve::Options;

use super::{shown, stage_of};
use crate::between::{Answer, Passing, as_it_is, between};
use crate::ports::free_port;
use crate::support::PROGRAM;

const RENEWED: &str = "bambora/subscription/renewed";

async fn one(stage: &Stage, id: &str) -> Tried {
    let mut chosen = scenarios().expect("sound");
    chosen.retain(|scenario| scenario.id == id);
    run(stage, chosen, 1, |_| (), || true).await.pop().expect(id)
}

/// In the place of a redirect, JSON with the link.
fn as_json(passing: &Passing, answer: &mut Answer) {
    if !passing.path.ends_with("/renew") {
        return;
    }
    let link = answer.headers.remove(LOCATION).expect("a redirect");
    let link = serde_json::json!({"url": link.to_str().expect("text")});
    answer.headers.insert(CONTENT_TYPE, "application/json".parse().expect("a value"));
    (answer.status, answer.body) = (StatusCode::OK, link.to_string().into());
}

/// The reference shop, behind somebody who answers in JSON where customers are led to give another card.
async fn behind(link: &str) -> Tried {
    let port = free_port();
    let url = between(port, as_it_is, as_json).await;
    let text = format!(
        "[shop]\nstart = ['{PROGRAM}', 'shop', '--port', '{port}', '--public-url', '{url}']\nready = \"{url}/healthz\"\n\
         status = {{ url = \"{url}/orders/{{order}}\", pointer = \"/status\", paid = [\"paid\"], active = [\"active\"] }}\n\
         [shop.bambora.subscription]\n\
         checkout = {{ url = \"{url}/checkout/bambora?variant=subscription\", json = {{ order = \"{{order}}\", amount = \"{{amount.minor}}\" }} }}\n\
         actions.charge = {{ url = \"{url}/orders/{{order}}/charge\" }}\n\
         actions.renew = {{ url = \"{url}/orders/{{order}}/renew\"{link} }}\n"
    );
    let target = ShopTarget::Configured(Box::new(parse(&text).expect("sound")));
    one(&Stage::open(target, Options::default()).await.expect("a stage"), RENEWED).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_led_to_give_another_card_by_a_link_in_json() {
    let tried = behind(", link = \"/url\"").await;
    assert_eq!(tried.outcome.verdict, Verdict::Pass, "{}", shown(&tried));
    let tried = behind("").await;
    let Verdict::Fail(failure) = &tried.outcome.verdict else { panic!("{}", shown(&tried)) };
    let says = "the customer of the subscription is not led to Bambora ePay to give another card";
    assert_eq!(failure.headline, says);
    assert!(failure.got.starts_with("200 {\"url\":\"http"), "{}", failure.got);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_books_say_against_a_shop_is_told() {
    for (mistake, id, headline, got) in [
        (
            "renewals-are-ignored",
            RENEWED,
            "Bambora ePay has not charged the subscription once",
            "no charge, and one charge of the card before",
        ),
        (
            "tries-refusals-again",
            "bambora/after/capture-refused",
            "the shop says that it could not capture the order, and has done it",
            "Bambora ePay's own record has the capture",
        ),
        (
            "tries-refusals-again",
            "quickpay/subscription/charge-refused",
            "the shop says that it could not charge the subscription, and has done it",
            "QuickPay's own record has the charge",
        ),
        (
            "renewed-when-back",
            "quickpay/subscription/renewal-given-up",
            "the shop believes that the subscription is active, and it cannot be charged",
            "502",
        ),
    ] {
        let tried = one(&stage_of(Some(mistake)).await, id).await;
        let Verdict::Fail(failure) = &tried.outcome.verdict else { panic!("{}", shown(&tried)) };
        assert_eq!(failure.headline, headline);
        assert!(failure.got.contains(got), "{}", failure.got);
    }
}
