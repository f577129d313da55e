//! The sandbox inside a user's own tests: this file is such a user.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use provkassa::Sandbox;
use provkassa::serve::ServeError;
use provkassa::serve::sandbox::{Kind, Merchant, Plan, Policy};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::quickpay::{Does, GOOD, Shop, card};
use crate::support::{NOON, client};

const SOON: Duration = Duration::from_millis(200);

/// A call as the merchant's shop makes it.
fn call(merchant: &Merchant, verb: &str, path: &str) -> RequestBuilder {
    let url = format!("{}{path}", merchant.url("quickpay"));
    let request = client().request(verb.parse().expect("a verb"), url);
    request.basic_auth("", Some(merchant.variable("QUICKPAY_API_KEY"))).header("accept-version", "v10")
}

async fn sent(request: RequestBuilder) -> Value {
    let answer = request.send().await.expect("an answer");
    let (status, text) = (answer.status(), answer.text().await.expect("a body"));
    assert!(status.is_success(), "{status} {text}");
    serde_json::from_str(&text).expect("JSON")
}

/// A shop makes a payment and charges a card for it; it hears of it at `shop`.
async fn charge(merchant: &Merchant, shop: &Shop, order: &str) -> Value {
    let made = sent(call(merchant, "POST", "/payments").json(&json!({"order_id": order, "currency": "DKK"})));
    let path = format!("/payments/{}/authorize?synchronized", made.await["id"]);
    let charge = call(merchant, "POST", &path).header("quickpay-callback-url", &shop.url);
    sent(charge.json(&json!({"amount": 1250, "card": card(GOOD)}))).await
}

/// What a test that fails prints.
async fn printed(work: impl Future<Output = ()>) -> String {
    let thrown = AssertUnwindSafe(work).catch_unwind().await.expect_err("it passes");
    *thrown.downcast::<String>().expect("a text")
}

#[tokio::test]
async fn a_shop_is_tried_as_against_a_mock_server() {
    let sandbox = Sandbox::start().await;
    let shop = Shop::open(Does::Answer(200)).await;
    sandbox.outcomes("quickpay", Some("1001"), &["decline", "approve"]).await;
    assert_eq!(charge(&sandbox, &shop, "1001").await["accepted"], false);
    let told = sandbox.callback("quickpay", "1001").await;
    assert_eq!((told.method.as_str(), told.url.as_str()), ("POST", shop.url.as_str()));
    assert_eq!((told.attempt, told.answer.clone()), (1, Ok(200)));
    assert_eq!(told.json()["order_id"], "1001");
    // It is what the shop got, signature and all.
    let came = shop.came().swap_remove(0);
    assert_eq!(came.body, told.body);
    assert!(came.is_of(sandbox.variable("QUICKPAY_PRIVATE_KEY")));
    assert_eq!(told.header("QuickPay-Checksum-Sha256"), Some(came.header("quickpay-checksum-sha256")));
    // Each callback is handed out once.
    assert_eq!(sandbox.callback_within("quickpay", "1001", SOON).await, None);
    assert_eq!(charge(&sandbox, &shop, "1002").await["accepted"], true);
    assert_eq!(sandbox.callback("quickpay", "1002").await.json()["accepted"], true);
    assert_eq!(sandbox.journal().len(), 6);
    assert_eq!(sandbox.diagnoses(), [""; 0]);
    assert_eq!(sandbox.records("quickpay", "payments").await.len(), 2);
    sandbox.reset().await;
    assert_eq!(sandbox.records("quickpay", "payments").await.len(), 0);
}

#[tokio::test]
async fn what_the_shop_sent_wrongly_is_told() {
    let sandbox = Sandbox::start().await;
    let link = format!("{}external/payment/payfororder", sandbox.variable("BRP_BASE_URL"));
    let query = "?orderid=15&returnurl=https%3A%2F%2Fshop.example%2F&hash=00";
    client().get(format!("{link}{query}")).send().await.expect("an answer");
    let said = sandbox.diagnoses();
    assert!(said.len() == 1 && said[0].contains("hash"), "{said:?}");
    let stranger = client().get(format!("{}/payments", sandbox.url("quickpay")));
    stranger.basic_auth("", Some("quickpay-apikey")).send().await.expect("an answer");
    assert_eq!(sandbox.unclaimed().len(), 1);
}

#[tokio::test]
async fn merchants_and_sandboxes_never_meet() {
    let shop = Shop::open(Does::Answer(200)).await;
    let lives = (0..8).map(async |_| {
        let sandbox = Sandbox::start().await;
        let other = sandbox.merchant("other").await;
        assert_ne!(other.variable("QUICKPAY_API_KEY"), sandbox.variable("QUICKPAY_API_KEY"));
        other.outcome("quickpay", None, "decline").await;
        assert_eq!(charge(&sandbox, &shop, "1001").await["accepted"], true);
        assert_eq!(charge(&other, &shop, "1001").await["accepted"], false);
        let told = other.callback("quickpay", "1001").await;
        assert_eq!(told.json()["accepted"], false);
        for merchant in [&*sandbox, &other] {
            assert_eq!(merchant.records("quickpay", "payments").await.len(), 1);
        }
    });
    futures_util::future::join_all(lives).await;
    assert_eq!(shop.wait(16).await.len(), 16);
}

#[tokio::test]
async fn the_clock_brings_what_is_due_and_policies_hold_it_back() {
    let sandbox = Sandbox::builder().frozen(NOON.parse().expect("a moment")).seed(7).start().await;
    let shop = Shop::open(Does::Answer(500)).await;
    charge(&sandbox, &shop, "late").await;
    let first = sandbox.callback("quickpay", "late").await;
    assert_eq!((first.attempt, first.answer, first.at.to_string().as_str()), (1, Ok(500), NOON));
    sandbox.advance(Duration::from_secs(86_400));
    let again = sandbox.callback("quickpay", "late").await;
    assert_eq!((again.attempt, again.id, again.body), (2, first.id, first.body));
    sandbox.callback_policy(None, Policy { hold: true, ..Policy::default() });
    charge(&sandbox, &shop, "held").await;
    assert_eq!(sandbox.callback_within("quickpay", "held", SOON).await, None);
}

#[tokio::test]
async fn settings_records_and_faults_are_a_line_each() {
    let sandbox = Sandbox::builder().set("fena.webhook", "http://127.0.0.1:1/").start().await;
    let settings = sandbox.workspace().settings();
    assert_eq!(settings.get("fena.webhook"), "http://127.0.0.1:1/");
    sandbox.set("rules", "live");
    let terminal = sandbox.seed("fena", "terminals", json!({"name": "second"})).await;
    assert_eq!(sandbox.records("fena", "terminals").await[1]["id"], terminal["id"]);
    let provider = Some("quickpay".to_owned());
    sandbox.plant(Plan { provider, times: Some(1), ..Plan::of(Kind::Status) }).await;
    let ping = async || call(&sandbox, "GET", "/ping").send().await.expect("an answer").status().as_u16();
    assert_eq!([ping().await, ping().await], [503, 200]);
    sandbox.plant(Plan::of(Kind::Reset)).await;
    assert!(call(&sandbox, "GET", "/ping").send().await.is_err());
    sandbox.pull_faults().await;
    assert_eq!(ping().await, 200);
}

#[tokio::test]
async fn a_typing_mistake_fails_the_test_with_what_was_meant() {
    let sandbox = Sandbox::start().await;
    let said = printed(sandbox.outcome("quickpay", None, "decilne")).await;
    assert!(said.contains("`decilne` is no outcome at QuickPay"), "{said}");
    let said = printed(async { _ = sandbox.url("quikpay") }).await;
    assert!(said.contains("Did you mean `quickpay`?"), "{said}");
    let said = printed(async { _ = sandbox.variable("QUICKPAY_APIKEY") }).await;
    assert!(said.contains("Did you mean `QUICKPAY_API_KEY`?"), "{said}");
    let said = printed(async { sandbox.set("fena.webhok", "http://127.0.0.1/") }).await;
    assert!(said.contains("Did you mean `fena.webhook`?"), "{said}");
    let started = Sandbox::builder().set("rules", "strict").try_start().await;
    assert!(matches!(started, Err(ServeError::Setting(_))), "{started:?}");
    let said = printed(async { _ = Sandbox::builder().set("rules", "strict").start().await }).await;
    assert!(said.contains("It takes: documented, live."), "{said}");
}

#[tokio::test]
async fn its_port_is_free_when_it_is_dropped() {
    let sandbox = Sandbox::start().await;
    let control = sandbox.server().control;
    drop(sandbox);
    let mut again = std::net::TcpListener::bind(control);
    for _ in 0..100 {
        if again.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
        again = std::net::TcpListener::bind(control);
    }
    again.expect("the port is free");
}

#[tokio::test]
async fn callbacks_are_brought_where_the_test_has_its_shop() {
    let shop = Shop::open(Does::Answer(200)).await;
    let sandbox = Sandbox::builder().callback_rewrite("http://shop.test.example", &shop.url).start().await;
    let mut asked = shop;
    asked.url = "http://shop.test.example/cb".to_owned();
    charge(&sandbox, &asked, "1001").await;
    let told = sandbox.callback("quickpay", "1001").await;
    assert_eq!((told.url.as_str(), told.answer.clone()), ("http://shop.test.example/cb", Ok(200)));
    assert!(told.instead.is_some_and(|instead| instead.ends_with("/cb")) && asked.came().len() == 1);
    let refused = Sandbox::builder().callback_authority("nowhere.pem").try_start().await;
    assert!(refused.expect_err("no file").help().contains("--callback-ca"));
}
