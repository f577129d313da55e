//! Every scenario: what the shop gets, where the browser goes, and what a right shop makes of it.

use provkassa::simulators::fena::scenarios::ALL;
use serde_json::{Value, json};

use super::{Came, Does, Shop, judged, link, now, page, pay, payments, queue, states, with_shop};
use crate::support::{Served, location, snapshot};

/// What a scenario comes to, on a line or two.
async fn told(served: &Served, shop: &Shop, order: &str, back: &str, before: usize) -> String {
    let now = now(served).await;
    let came: Vec<Came> = shop.came()[before..].to_vec();
    let payment = payments(served, order).await.pop().expect("a payment");
    let state = payment["state"].as_str().expect("a state");
    let back = back.rsplit("status=").next().filter(|_| back.contains("status=")).unwrap_or("stays at Fena");
    let mut told = format!("{state}, browser: {back}");
    for came in came {
        let token = came.token();
        let claims = &token["claims"];
        let text = |name: &str| claims[name].as_str().unwrap_or("none").to_owned();
        let same = |name: &str, own: &str| if claims[name] == own { "own" } else { "other" };
        told.push_str(&format!(
            "\n    {} id {} order {} terminal {} request {} net {} iat {:+} exp {:+}: {}",
            token["header"]["alg"].as_str().unwrap_or("none"),
            if claims["id"].is_string() { "yes" } else { "no" },
            same("orderID", order),
            same("terminal", super::TERMINAL),
            text("requestAmount"),
            text("netAmount"),
            claims["iat"].as_i64().expect("iat") - now,
            claims["exp"].as_i64().expect("exp") - now,
            judged(&came, order, 1250, now),
        ));
    }
    told
}

async fn browser(served: &Served, url: &str) -> String {
    let answer = served.get(url).await;
    if answer.status().is_redirection() { location(&answer) } else { String::new() }
}

#[tokio::test]
async fn every_scenario_does_what_it_says_however_it_is_asked_for() {
    let served = Served::frozen().await;
    let shop = with_shop(&served, Does::Answer(200)).await;
    let mut table = String::new();
    for scenario in ALL {
        let mut ways: Vec<String> = Vec::new();
        // Queued for the order.
        let before = shop.came().len();
        let order = format!("queued-{}", scenario.name);
        queue(&served, &order, scenario.name).await;
        let back = browser(&served, &link(&served, &order, 1250, &[]).await).await;
        settle(&served, scenario.name, &shop, before).await;
        ways.push(told(&served, &shop, &order, &back, before).await);
        // A bank that the token names.
        let before = shop.came().len();
        let order = format!("forced-{}", scenario.name);
        let bank = format!("sim-{}", scenario.name.replace('_', "-"));
        let back = browser(&served, &link(&served, &order, 1250, &[("bankID", &bank)]).await).await;
        settle(&served, scenario.name, &shop, before).await;
        ways.push(told(&served, &shop, &order, &back, before).await);
        // A bank that the payer chooses.
        let before = shop.came().len();
        let order = format!("chosen-{}", scenario.name);
        let action = page(&served, &link(&served, &order, 1250, &[]).await).await;
        let answer = served.submit(&action, &[("bank", &bank)]).await;
        let back = if answer.status().is_redirection() { location(&answer) } else { String::new() };
        settle(&served, scenario.name, &shop, before).await;
        ways.push(told(&served, &shop, &order, &back, before).await);
        // Set for the workspace: the payer approves at an ordinary bank.
        let before = shop.came().len();
        let order = format!("set-{}", scenario.name);
        served.set("fena.scenario", scenario.name).await;
        let action = page(&served, &link(&served, &order, 1250, &[]).await).await;
        served.submit(&action, &[("bank", "ob-monzo")]).await;
        let answer = served.submit(&action, &[("outcome", "approve")]).await;
        let back = if answer.status().is_redirection() { location(&answer) } else { String::new() };
        served.set("fena.scenario", "none").await;
        settle(&served, scenario.name, &shop, before).await;
        ways.push(told(&served, &shop, &order, &back, before).await);
        for way in &ways {
            assert_eq!(*way, ways[0], "{}", scenario.name);
        }
        table.push_str(&format!("{:<24} {}\n", scenario.name, ways[0]));
    }
    snapshot("fena", "scenarios", &table);
}

/// Moves the clock where a notification is late, and waits for what should come.
async fn settle(served: &Served, scenario: &str, shop: &Shop, before: usize) {
    let late = match scenario {
        "webhook_delayed" => 30_000,
        "redirect_first" => 1000,
        "webhook_twice" => {
            shop.wait(before + 2).await;
            return;
        }
        _ => return,
    };
    assert_eq!(shop.came().len(), before, "{scenario}: the browser is first");
    served.post("clock/advance", json!({"milliseconds": late - 1})).await;
    // What should not come is given the time to come.
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert_eq!(shop.came().len(), before, "{scenario}: not yet");
    served.post("clock/advance", json!({"milliseconds": 1})).await;
    shop.wait(before + 1).await;
}

#[tokio::test]
async fn callbacks_are_held_dropped_and_forged_by_policy_too() {
    let served = Served::frozen().await;
    let shop = with_shop(&served, Does::Answer(200)).await;
    let policy = async |order: &str, policy: Value| {
        served.post("callbacks/policy", json!({"provider": "fena", "order": order, "policy": policy})).await;
        pay(&served, &link(&served, order, 1250, &[]).await, "approve").await
    };
    policy("held", json!({"hold": true})).await;
    assert!(shop.came().is_empty());
    let callbacks = served.read("callbacks").await;
    let id = callbacks[0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(callbacks[0]["status"]["state"], "held");
    served.post("clock/advance", json!({"milliseconds": 60_000})).await;
    served.post(&format!("callbacks/{id}/release"), Value::Null).await;
    let came = shop.wait(1).await;
    let now = now(&served).await;
    assert_eq!(judged(&came[0], "held", 1250, now), "paid");
    assert_eq!(came[0].token()["claims"]["iat"], now, "it is signed when it is sent");
    // The same bytes once more.
    served.post(&format!("callbacks/{id}/resend"), Value::Null).await;
    let came = shop.wait(2).await;
    assert_eq!(came[0].body, came[1].body);
    policy("dropped", json!({"drop": true})).await;
    assert_eq!(shop.came().len(), 2);
    policy("forged", json!({"wrong_signature": true})).await;
    let came = shop.wait(3).await;
    assert_eq!(judged(&came[2], "forged", 1250, now), "signature");
    for order in ["held", "dropped", "forged"] {
        assert_eq!(states(&served, order).await, ["executed"]);
    }
}
