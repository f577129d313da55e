//! Outcomes that are queued: seen, taken in their order, withdrawn.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::call;
use crate::bambora::order as epay;
use crate::live::view;
use crate::quickpay::{self, Does, GOOD, Shop};
use crate::support::{Served, location};

const OUTCOMES: &str = "/workspaces/default/outcomes";

/// What is queued, each as `number provider order chain`.
async fn queued(served: &Served) -> Vec<String> {
    let listed = served.read("outcomes").await;
    let text = |value: &Value| value.as_str().unwrap_or("next").to_owned();
    let line = |queue: &Value| {
        let chain: Vec<String> = queue["chain"].as_array().expect("a chain").iter().map(text).collect();
        format!(
            "{} {} {} {}",
            queue["number"],
            text(&queue["provider"]),
            text(&queue["order"]),
            chain.join(",")
        )
    };
    listed.as_array().expect("a list").iter().map(line).collect()
}

#[tokio::test]
async fn chains_are_taken_in_order_an_order_s_own_before_what_is_for_whichever_comes() {
    let served = Served::frozen().await;
    for body in [
        json!({"provider": "quickpay", "chain": ["40001", "50000"]}),
        json!({"provider": "quickpay", "order": "own-1", "chain": ["decline", "50300", "40000"]}),
        json!({"provider": "quickpay", "order": "own-1", "outcome": "40001"}),
        json!({"provider": "bambora", "outcome": "decline"}),
    ] {
        assert_eq!(call(&served, "POST", OUTCOMES, &body).await.status, 204, "{body}");
    }
    assert_eq!(
        queued(&served).await,
        [
            "1 quickpay next 40001,50000",
            "2 quickpay own-1 decline,50300,40000",
            "3 quickpay own-1 40001",
            "4 bambora next decline",
        ]
    );
    let page = view(&served, "/").await;
    assert!(page.contains("QuickPay, whichever comes next: 40001, then 50000"), "{page}");
    let own = quickpay::payment(&served, "own-1").await;
    let other = quickpay::payment(&served, "other-1").await;
    let mut codes = Vec::new();
    for path in [&own, &other, &own, &own, &own, &own, &other] {
        let said = quickpay::authorize(&served, path, 1000, GOOD).await;
        codes.push(quickpay::code(&said).to_owned());
    }
    // The order's own chain is used up before it takes from the one for whichever comes.
    assert_eq!(codes, ["40000", "40001", "50300", "40000", "40001", "50000", "20000"]);
    assert_eq!(queued(&served).await, ["4 bambora next decline"]);
}

#[tokio::test]
async fn what_is_queued_can_be_withdrawn_one_by_one_or_for_an_order_or_all() {
    let served = Served::frozen().await;
    let fill = async || {
        served.post("reset", Value::Null).await;
        for (provider, order) in [("brp", "15"), ("brp", "16"), ("fena", "15"), ("fena", "")] {
            let mut body = json!({"provider": provider, "outcome": "decline"});
            if !order.is_empty() {
                body["order"] = json!(order);
            }
            served.post("outcomes", body).await;
        }
    };
    for (path, left) in [
        ("", &[][..]),
        ("?provider=brp", &["3 fena 15 decline", "4 fena next decline"]),
        ("?order=15", &["2 brp 16 decline", "4 fena next decline"]),
        ("?provider=fena&order=15", &["1 brp 15 decline", "2 brp 16 decline", "4 fena next decline"]),
        (
            "?order=nobody",
            &["1 brp 15 decline", "2 brp 16 decline", "3 fena 15 decline", "4 fena next decline"],
        ),
        ("/2", &["1 brp 15 decline", "3 fena 15 decline", "4 fena next decline"]),
    ] {
        fill().await;
        let gone = call(&served, "DELETE", &format!("{OUTCOMES}{path}"), &json!(null)).await;
        assert_eq!(gone.status, 204, "{path}: {gone:?}");
        assert_eq!(queued(&served).await, left, "{path}");
    }
    for (path, status, kind, help) in [
        ("/99", 404, "unknown_outcomes", "GET …/outcomes lists"),
        ("?provider=bpr", 404, "unknown_provider", "Did you mean `brp`?"),
        ("?provder=brp", 400, "refused_query", "openapi.json"),
    ] {
        let answer = call(&served, "DELETE", &format!("{OUTCOMES}{path}"), &json!(null)).await;
        assert_eq!((answer.status, answer.kind().as_str()), (status, kind), "{path}");
        assert!(answer.body["error"]["help"].to_string().contains(help), "{answer:?}");
    }
    // By a button of the view's.
    let fields = [("workspace", "default"), ("number", "1"), ("back", "/")];
    let pressed = served.submit(&format!("{}/_sim/live/do/withdraw", served.control), &fields).await;
    assert_eq!((pressed.status(), location(&pressed).as_str()), (StatusCode::SEE_OTHER, "/?done=withdraw"));
    let page = view(&served, "/?done=withdraw").await;
    assert!(page.contains("It is not queued any more.") && !page.contains("data-queued=\"1\""));
    assert!(page.contains("data-queued=\"3\""));
    // A snapshot holds what is queued, and a reset forgets it.
    let there = call(&served, "GET", "/workspaces/default/snapshot", &json!(null)).await.body;
    let before = queued(&served).await;
    served.post("reset", Value::Null).await;
    assert!(queued(&served).await.is_empty());
    assert_eq!(call(&served, "PUT", "/workspaces/default/snapshot", &there).await.status, 204);
    assert_eq!(queued(&served).await, before);
}

#[tokio::test]
async fn what_cannot_be_queued_is_told_and_what_is_can_be_withdrawn_by_its_address() {
    let served = Served::frozen().await;
    for (body, kind, help) in [
        (json!({"provider": "brp", "outcome": "aprove"}), "unknown_outcome", "Did you mean `approve`?"),
        (json!({"provider": "fena", "outcome": "webhook-none"}), "unknown_outcome", "`webhook_none`"),
        (json!({"provider": "brp", "outcome": "47110815"}), "unknown_outcome", "Use approve, decline"),
        (
            json!({"provider": "brp", "outcome": "approve", "chain": ["decline"]}),
            "outcome_and_chain",
            "a `chain` can begin with",
        ),
    ] {
        let answer = call(&served, "POST", OUTCOMES, &body).await;
        assert_eq!((answer.status, answer.kind().as_str()), (400, kind), "{body}");
        assert!(answer.body["error"]["help"].to_string().contains(help), "{answer:?}");
    }
    assert!(queued(&served).await.is_empty());
    served.post("outcomes", json!({"provider": "fena", "outcome": "cancel"})).await;
    let request = served.client.post(format!("{}/_sim/v1{OUTCOMES}", served.control));
    let answer = request.json(&json!({"provider": "brp", "outcome": "decline"})).send().await;
    let answer = answer.expect("an answer");
    let place = answer.headers()["location"].to_str().expect("text").to_owned();
    assert_eq!((answer.status().as_u16(), place), (204, format!("/_sim/v1{OUTCOMES}/2")));
    let gone = call(&served, "DELETE", &format!("{OUTCOMES}/2"), &json!(null)).await;
    assert_eq!((gone.status, queued(&served).await), (204, vec!["1 fena next cancel".to_owned()]));
}

#[tokio::test]
async fn the_journal_tells_what_was_signed_and_how_it_was_judged() {
    let served = Served::frozen().await;
    let shop = Shop::open(Does::Answer(200)).await;
    let order = epay::Order::new("S1").with("callbackurl", &shop.url).with("instantcallback", "1");
    let spoilt = order.text_with("0000");
    epay::by_link(&served, &spoilt).await;
    epay::pay(&served, &order.page(&served).await, "3333333333333000").await;
    quickpay::terms(&served, json!({"callback_url": shop.url})).await;
    quickpay::authorized(&served, "signed-1", 1000, GOOD).await;
    assert_eq!(shop.wait(2).await.len(), 2);
    served.read("snapshot").await;
    let journal = served.read("journal").await;
    let signed: Vec<&Value> = journal["entries"]
        .as_array()
        .expect("entries")
        .iter()
        .flat_map(|entry| entry["signed"].as_array().into_iter().flatten())
        .collect();
    let of = |title: &str, right: Value| -> Vec<&&Value> {
        signed.iter().filter(|part| part["title"] == title && part["right"] == right).collect()
    };
    let canonical = |part: &Value| part["canonical"].as_str().expect("text").to_owned();
    let (wrong, good) = (of("What the shop sent", json!(false)), of("What the shop sent", json!(true)));
    assert!(!wrong.is_empty() && !good.is_empty(), "{journal}");
    assert_eq!(canonical(wrong[0]), canonical(good[0]), "the same order is signed");
    assert!(canonical(good[0]).starts_with("UTF-880080019995DKK3S1"), "{good:?}");
    assert!(!wrong[0]["verdict"].as_str().expect("text").is_empty());
    // What the shop has to check: ePay's callback and return, and QuickPay's body.
    let to_check = of("What the shop has to check", Value::Null);
    let strings: Vec<String> = to_check.iter().map(|part| canonical(part)).collect();
    assert!(strings.iter().filter(|text| text.contains("S19995")).count() >= 1, "{strings:?}");
    assert!(strings.iter().any(|text| text.starts_with("{\"id\":")), "{strings:?}");
    assert!(!journal.to_string().contains("bambora-md5"));
}
