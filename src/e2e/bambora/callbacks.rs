//! Callbacks: what the shop is told, when, and how often.

use reqwest::Method;
use serde_json::json;

use super::order::{Order, merchant, pass, pay, queue, records, verified, warnings};
use crate::quickpay::{Does, Shop};
use crate::support::{Served, location};

const GOOD: &str = "3333333333333000";

#[tokio::test]
async fn an_instant_callback_comes_before_the_payer_with_the_same_words() {
    let (served, shop) = (Served::frozen().await, Shop::open(Does::Answer(200)).await);
    let order = Order::new("A1").with("callbackurl", &format!("{}/cb?own=1", shop.url));
    let page = order.with("instantcallback", "1").page(&served).await;
    let back = location(&pay(&served, &page, GOOD).await);
    let came = shop.came();
    assert_eq!(came.len(), 1, "it came before the answer");
    assert_eq!((&came[0].verb, came[0].path.as_str(), came[0].body.len()), (&Method::GET, "/cb", 0));
    let told =
        |url: &str| url.split_once("txnid=").map(|(_, told)| told.split("&hash=").next().map(str::to_owned));
    assert_eq!(told(&came[0].query), told(&back));
    assert!(came[0].query.starts_with("own=1&txnid="), "{}", came[0].query);
    verified(&format!("http://shop/?{}", came[0].query));
    let listed = &served.read("callbacks").await[0]["url"];
    assert_eq!(listed, &format!("{}/cb?{}", shop.url, came[0].query), "it is listed as it was sent");
    pass(&served, 3600).await;
    assert_eq!(shop.wait(2).await.len(), 1, "it was taken, and does not come again");
}

#[tokio::test]
async fn the_others_are_worked_off_every_minute() {
    let (served, shop) = (Served::frozen().await, Shop::open(Does::Answer(200)).await);
    merchant(&served, json!({"callback_url": format!("{}/admin", shop.url)})).await;
    pass(&served, 20).await;
    let page = Order::new("A1").page(&served).await;
    location(&pay(&served, &page, GOOD).await);
    // One that waits holds up no other payment of the same order.
    let order =
        Order::new("A1").with("callbackurl", &format!("{}/own", shop.url)).with("instantcallback", "1");
    location(&pay(&served, &order.page(&served).await, GOOD).await);
    let paths = || shop.came().iter().map(|came| came.path.clone()).collect::<Vec<_>>();
    assert_eq!(paths(), ["/own"]);
    pass(&served, 39).await;
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert_eq!(paths(), ["/own"]);
    pass(&served, 1).await;
    shop.wait(2).await;
    assert_eq!(paths(), ["/own", "/admin"]);
}

#[tokio::test]
async fn whoever_does_not_wait_has_the_queue_worked_off_at_once() {
    let (served, shop) = (Served::frozen().await, Shop::open(Does::Answer(200)).await);
    served.set("bambora.callback_queue", "at-once").await;
    let order = Order::new("A1").with("callbackurl", &shop.url);
    location(&pay(&served, &order.page(&served).await, GOOD).await);
    assert_eq!(shop.wait(1).await.len(), 1, "the clock stands still");
}

#[tokio::test]
async fn a_callback_that_is_not_taken_comes_again_every_hour_for_a_day() {
    for (does, tries) in [(Does::Answer(500), 25), (Does::Answer(302), 25), (Does::Answer(204), 1)] {
        let (served, shop) = (Served::frozen().await, Shop::open(does).await);
        let order = Order::new("A1").with("callbackurl", &shop.url).with("instantcallback", "1");
        let answer = pay(&served, &order.page(&served).await, GOOD).await;
        assert_eq!(warnings(&answer).contains("the callback was not taken"), tries > 1);
        location(&answer);
        pass(&served, 3599).await;
        assert_eq!(shop.came().len(), 1);
        pass(&served, 1).await;
        for hour in 2..=30_usize {
            shop.wait(hour.min(tries)).await;
            // The next one is due an hour after it is written down.
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            pass(&served, 3600).await;
        }
        let came = shop.came();
        assert_eq!(came.len(), tries, "{does:?}");
        assert!(came.iter().all(|other| other.query == came[0].query), "each is the same");
    }
}

#[tokio::test]
async fn only_what_went_well_is_told() {
    let (served, shop) = (Served::frozen().await, Shop::open(Does::Answer(200)).await);
    let order = |id: &str| Order::new(id).with("callbackurl", &shop.url).with("instantcallback", "1");
    let page = order("A1").page(&served).await;
    pay(&served, &page, "3333333333333116").await;
    served.submit(&page, &[("outcome", "cancel")]).await;
    queue(&served, "A2", &["expire"]).await;
    served.get(&order("A2").page(&served).await).await;
    assert!(shop.came().is_empty());
    location(&pay(&served, &order("s1").sign_up().page(&served).await, GOOD).await);
    assert!(shop.came()[0].query.starts_with("txnid=0&orderid=s1&amount=0&"), "{:?}", shop.came());
}

#[tokio::test]
async fn ports_can_be_those_of_the_web_alone() {
    let (served, shop) = (Served::frozen().await, Shop::open(Does::Answer(200)).await);
    served.set("bambora.callback_ports", "web").await;
    let order = Order::new("A1").with("callbackurl", &shop.url).with("instantcallback", "1");
    let opened = order.open(&served).await;
    assert!(warnings(&opened).contains("ports 80 and 443 alone"));
    location(&pay(&served, &location(&opened), GOOD).await);
    pass(&served, 60).await;
    assert!(shop.came().is_empty());
    assert_eq!(records(&served, "transactions").await.len(), 1);
}

#[tokio::test]
async fn a_callback_can_be_forged() {
    let (served, shop) = (Served::frozen().await, Shop::open(Does::Answer(200)).await);
    let policy = json!({"provider": "bambora", "order": "A1", "policy": {"wrong_signature": true}});
    served.post("callbacks/policy", policy).await;
    let order = Order::new("A1").with("callbackurl", &shop.url).with("instantcallback", "1");
    let back = location(&pay(&served, &order.page(&served).await, GOOD).await);
    let came = &shop.came()[0];
    let (told, forged) = came.query.split_once("&hash=").expect("a hash");
    let (right, hash) = verified(&back).split_once('?').map(|(_, told)| (told, &back)).expect("a query");
    assert_eq!(told, right);
    assert!(forged.len() == 32 && !hash.ends_with(forged), "{forged}");
}
