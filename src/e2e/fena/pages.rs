//! A payer's ways through the pages, hop by hop.

use axum::http::StatusCode;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Does, TERMINAL, judged, link, now, page, pay, payments, queue, states, with_shop};
use crate::support::{Served, location, snapshot};

#[tokio::test]
async fn a_payment_is_notified_before_the_browser_goes_back_and_only_once() {
    let served = Served::frozen().await;
    let shop = with_shop(&served, Does::Answer(200)).await;
    let order = "A/1 & b=c Å";
    let link = link(&served, order, 1250, &[("firstName", "Åsa"), ("email", "a@b.example")]).await;
    let back = pay(&served, &link, "approve").await;
    assert_eq!(
        back,
        "http://127.0.0.1:3000/thanks?lang=en&order=A%2F1%20%26%20b%3Dc%20%C3%85&status=executed"
    );
    // The answer that moves the browser came after the shop's.
    let came = shop.came();
    assert_eq!(came.len(), 1);
    assert_eq!(
        (came[0].path.as_str(), came[0].content_type.as_str()),
        ("/webhook", "application/x-www-form-urlencoded")
    );
    let now = now(&served).await;
    assert_eq!(judged(&came[0], order, 1250, now), "paid");
    let token = came[0].token();
    assert_eq!(token["header"], json!({"typ": "JWT", "alg": "HS512"}));
    let payment = &payments(&served, order).await[0];
    let claims = &token["claims"];
    assert_eq!(claims["id"], payment["id"]);
    assert_eq!(
        (&claims["iat"], &claims["exp"], &claims["requestAmount"], &claims["netAmount"], &claims["terminal"]),
        (&json!(now), &json!(now + 7200), &json!("12.50"), &json!("12.50"), &json!(TERMINAL))
    );
    assert_eq!(claims["completedAt"], "2026-03-01 12:00:00");
    // The order is paid: its link leads nowhere any more, and reloading the page leads back again.
    let again = served.get(&link).await;
    assert_eq!(again.status(), StatusCode::CONFLICT);
    assert!(again.text().await.expect("a page").contains("data-error=\"order_already_paid\""));
    let id = payment["id"].as_str().expect("an id");
    assert_eq!(location(&served.get(&format!("{}/pay/{id}", served.fena)).await), back);
    assert_eq!(shop.came().len(), 1);
}

#[tokio::test]
async fn the_pages_are_as_they_were_last_looked_at() {
    let served = Served::frozen().await;
    with_shop(&served, Does::Answer(200)).await;
    let account = [("bankID", "ob-lloyds-personal"), ("sortCode", "123456"), ("accountNumber", "12345678")];
    let forced = link(&served, "forced", 100_000, &account).await;
    let mut story = String::new();
    let mut add = |name: &str, html: &str| {
        let body = html.split("<body>").nth(1).expect("a body");
        let banks = body.lines().filter(|line| !line.contains("type=\"radio\""));
        let lines: Vec<_> = banks.map(str::trim).filter(|line| !line.is_empty()).collect();
        story.push_str(&format!("##### {name}\n{}\n\n", lines.join("\n").replace(&served.fena, "{fena}")));
    };
    let chosen = link(&served, "chosen", 50, &[]).await;
    add("choose a bank", &served.get(&chosen).await.text().await.expect("a page"));
    add("a forced account", &served.get(&forced).await.text().await.expect("a page"));
    let action = page(&served, &forced).await;
    served.submit(&action, &[("bank", "ob-lloyds-personal")]).await;
    let bank = served.get(&action).await.text().await.expect("a page");
    // The account is shown masked; the whole number stands only where the shop's own words are repeated.
    let (page, _) = bank.split_once("<details").expect("the panel");
    assert!(page.contains("12-34-56 •••• 5678") && !page.contains("12345678"), "{page}");
    add("the bank", &bank);
    let expired = served.submit(&action, &[("outcome", "expire")]).await;
    assert_eq!(expired.status(), StatusCode::OK);
    add("expired", &expired.text().await.expect("a page"));
    let wrong = chosen.replace("?token=", "?token=x");
    add("an error", &served.get(&wrong).await.text().await.expect("a page"));
    snapshot("fena", "pages", &story);
}

#[tokio::test]
async fn what_is_refused_or_cancelled_comes_back_rejected_and_can_be_tried_again() {
    let served = Served::frozen().await;
    let shop = with_shop(&served, Does::Answer(200)).await;
    let first = link(&served, "7", 1250, &[]).await;
    for outcome in ["decline", "cancel"] {
        assert!(pay(&served, &first, outcome).await.ends_with("&order=7&status=rejected"));
    }
    // The payer can give up before the bank, too.
    let action = page(&served, &first).await;
    assert!(location(&served.submit(&action, &[("outcome", "cancel")]).await).ends_with("status=rejected"));
    assert!(shop.came().is_empty());
    assert!(pay(&served, &first, "approve").await.ends_with("status=executed"));
    assert_eq!(states(&served, "7").await, ["rejected", "rejected", "rejected", "executed"]);
    assert_eq!(shop.came().len(), 1);
}

#[tokio::test]
async fn two_tabs_pay_once() {
    let served = Served::frozen().await;
    let shop = with_shop(&served, Does::Answer(200)).await;
    let one = page(&served, &link(&served, "7", 1250, &[]).await).await;
    let other = page(&served, &link(&served, "7", 1250, &[("email", "a@b.example")]).await).await;
    assert_ne!(one, other);
    // The same link in two tabs is the same payment.
    assert_eq!(one, page(&served, &link(&served, "7", 1250, &[]).await).await);
    for tab in [&one, &other] {
        served.submit(tab, &[("bank", "ob-monzo")]).await;
    }
    assert!(location(&served.submit(&one, &[("outcome", "approve")]).await).ends_with("executed"));
    assert!(location(&served.submit(&other, &[("outcome", "approve")]).await).ends_with("rejected"));
    // A button that is pressed twice does what it did before.
    assert!(location(&served.submit(&one, &[("outcome", "decline")]).await).ends_with("executed"));
    assert_eq!(states(&served, "7").await, ["executed", "rejected"]);
    assert_eq!(shop.came().len(), 1);
}

#[tokio::test]
async fn time_ends_links_and_pages_but_not_what_is_at_the_bank() {
    let served = Served::frozen().await;
    let shop = with_shop(&served, Does::Answer(200)).await;
    let slow = link(&served, "slow", 1250, &[]).await;
    let action = page(&served, &slow).await;
    served.post("clock/advance", json!({"milliseconds": 15 * 60_000})).await;
    let answer = served.submit(&action, &[("outcome", "approve")]).await;
    assert!(answer.text().await.expect("a page").contains("data-result=\"abandoned\""));
    assert_eq!(states(&served, "slow").await, ["abandoned"]);
    // The link holds for two hours; a payment that is at the bank by then is finished.
    served.set("fena.page_minutes", "0").await;
    let action = page(&served, &slow).await;
    served.submit(&action, &[("bank", "ob-monzo")]).await;
    served.post("clock/advance", json!({"milliseconds": 3 * 3_600_000})).await;
    assert_eq!(served.get(&slow).await.status(), StatusCode::GONE);
    assert!(location(&served.submit(&action, &[("outcome", "approve")]).await).ends_with("executed"));
    assert_eq!(shop.came().len(), 1);
}

#[tokio::test]
async fn an_unknown_bank_and_an_unknown_button_are_told_and_change_nothing() {
    let served = Served::frozen().await;
    with_shop(&served, Does::Answer(200)).await;
    let action = page(&served, &link(&served, "7", 1250, &[]).await).await;
    for fields in [
        &[("bank", "ob-nowhere")][..],
        &[("bank", "")],
        &[("outcome", "aprove")],
        &[("outcome", "approve")],
        &[],
    ] {
        let answer = served.submit(&action, fields).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        assert!(answer.text().await.expect("a page").contains("data-error=\"bank\""));
    }
    assert_eq!(states(&served, "7").await, ["created"]);
    let forced = page(&served, &link(&served, "8", 1250, &[("bankID", "ob-tsb")]).await).await;
    let answer = served.submit(&forced, &[("bank", "ob-monzo")]).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().await.expect("a page").contains("The shop has chosen the bank."));
    let nowhere = served.get(&format!("{}/pay/nothing", served.fena)).await;
    assert_eq!(nowhere.status(), StatusCode::NOT_FOUND);
    assert!(nowhere.text().await.expect("a page").contains("data-error=\"payment_unknown\""));
    // Somebody put the token into the path.
    let in_path = link(&served, "7", 1250, &[]).await.replace("/?token=", "/");
    let told = served.get(&in_path).await.text().await.expect("a page");
    assert!(
        told.contains("data-error=\"token_missing\"") && told.contains("you put the token into the path")
    );
    let twice = link(&served, "7", 1250, &[]).await.replace("J9.", "J9%252E");
    let told = served.get(&twice).await.text().await.expect("a page");
    assert!(told.contains("you percent-encoded the token twice"), "{told}");
    let head = served.client.head(&forced).send().await.expect("an answer");
    assert_eq!(head.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn the_control_api_presses_buttons_and_adds_terminals() {
    let served = Served::frozen().await;
    let shop = with_shop(&served, Does::Answer(200)).await;
    page(&served, &link(&served, "7", 1250, &[]).await).await;
    let id = payments(&served, "7").await[0]["id"].as_str().expect("an id").to_owned();
    let press = |outcome: &'static str| json!({"provider": "fena", "outcome": outcome});
    let ended = served.post(&format!("payments/{id}/outcome"), press("webhook_none")).await;
    assert_eq!(ended["state"], "executed");
    assert_eq!(shop.wait(1).await[0].token()["header"]["alg"], "none");
    let url = format!("{}/_sim/v1/workspaces/default/payments", served.control);
    for (payment, outcome, status, kind) in [
        (id.as_str(), "approve", 409, "payment_ended"),
        ("nothing", "approve", 404, "unknown_payment"),
        (id.as_str(), "token_expired", 400, "refused_outcome"),
    ] {
        let answer =
            served.client.post(format!("{url}/{payment}/outcome")).json(&press(outcome)).send().await;
        let answer = answer.expect("an answer");
        assert_eq!(answer.status().as_u16(), status);
        let body: Value = answer.json().await.expect("JSON");
        assert_eq!(body["error"]["type"], kind);
    }

    // Another terminal of the same merchant, with its own secret and endpoints.
    let own = json!({"name": "Bikes", "secret": "s3cret", "webhook": format!("{}/bikes", shop.url), "redirect": "http://127.0.0.1:3000/bikes"});
    let terminal = served.post("fena/terminals", own).await;
    let id = terminal["id"].as_str().expect("an id").to_owned();
    let mut message = super::payment("7", 1250, now(&served).await, &[("bankID", "sim-approve")]);
    for (name, value) in &mut message.given {
        match name.as_ref() {
            "terminal" => value.clone_from(&id),
            "secret" => "s3cret".clone_into(value),
            _ => {}
        }
    }
    message.given.push(("base".into(), served.fena.clone()));
    let link = provkassa::simulators::kit::operation::Operation::reply(
        &provkassa::simulators::fena::signing::Link,
        &message,
        &[],
    );
    let answer = served.get(link.expect("a link").get("url")).await;
    // The same order id at another terminal is another order.
    assert_eq!(location(&answer), "http://127.0.0.1:3000/bikes?order=7&status=executed");
    let came = shop.wait(2).await;
    assert_eq!((came[1].path.as_str(), &came[1].token()["claims"]["terminal"]), ("/bikes", &json!(id)));
    for (body, kind) in [
        (json!({"webhook": "shop"}), "refused_record"),
        (json!({"secret": ""}), "refused_record"),
        (json!({"colour": "red"}), "refused_record"),
        (json!({"id": ""}), "refused_record"),
    ] {
        let url = format!("{}/_sim/v1/workspaces/default/fena/terminals", served.control);
        let answer = served.client.post(url).json(&body).send().await.expect("an answer");
        assert_eq!(answer.json::<Value>().await.expect("JSON")["error"]["type"], kind, "{body}");
    }
}

#[tokio::test]
async fn each_workspace_has_its_own_terminal_and_strangers_are_told_so() {
    let served = Served::frozen().await;
    let other = served.control(Method::POST, "workspaces", json!({"name": "other"})).await;
    let credential =
        |name: &str| other["credentials"][name].as_str().unwrap_or_else(|| panic!("{other}")).to_owned();
    let (terminal, secret) = (credential("FENA_TERMINAL"), credential("FENA_SECRET"));
    let make = |terminal: &str, secret: &str, now: i64| {
        let mut message = super::payment("7", 1250, now, &[("bankID", "sim-approve")]);
        for (name, value) in &mut message.given {
            match name.as_ref() {
                "terminal" => terminal.clone_into(value),
                "secret" => secret.clone_into(value),
                _ => {}
            }
        }
        message.given.push(("base".into(), served.fena.clone()));
        let reply = provkassa::simulators::kit::operation::Operation::reply(
            &provkassa::simulators::fena::signing::Link,
            &message,
            &[],
        );
        reply.expect("a link").get("url").to_owned()
    };
    let now = now(&served).await;
    assert_eq!(served.get(&make(&terminal, &secret, now)).await.status(), StatusCode::OK);
    assert!(states(&served, "7").await.is_empty());
    let theirs = served.control(Method::GET, "workspaces/other/fena/payments", Value::Null).await;
    assert_eq!(theirs[0]["state"], "executed");
    // The secret of one does not open the other.
    assert_eq!(served.get(&make(&terminal, super::SECRET, now)).await.status(), StatusCode::UNAUTHORIZED);
    let nobody = TERMINAL.replace("4af9", "4af8");
    let answer = served.get(&make(&nobody, super::SECRET, now)).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert!(answer.text().await.expect("a page").contains("data-error=\"terminal_unknown\""));
    let unclaimed = served.control(Method::GET, "unclaimed", Value::Null).await;
    let said = unclaimed["entries"][0]["event"]["unclaimed"].as_str().expect("a reason");
    assert!(said.contains(&nobody) && said.contains(&format!("The nearest is `{TERMINAL}`")), "{said}");
}

#[tokio::test]
async fn the_list_of_banks_is_open_to_all_and_has_the_banks_that_tokens_name() {
    let served = Served::frozen().await;
    for path in ["/api/providers/", "/api/providers"] {
        let answer = served.get(&format!("{}{path}", served.fena)).await;
        assert_eq!(answer.headers()["access-control-allow-origin"], "*");
        let list: Value = answer.json().await.expect("JSON");
        let banks = list["data"].as_array().expect("a list");
        assert!(
            banks.iter().any(|bank| bank["id"] == "ob-lloyds-personal" && bank["externalId"] == bank["id"])
        );
        let logo = banks[0]["logo"].as_str().expect("an address");
        assert_eq!(served.get(logo).await.headers()["content-type"], "image/svg+xml");
    }
    served.set("fena.provider_list", "array").await;
    let list: Value =
        served.get(&format!("{}/api/providers/", served.fena)).await.json().await.expect("JSON");
    assert!(list.is_array());
}

#[tokio::test]
async fn a_paid_order_can_be_paid_again_in_silence_where_that_is_set() {
    let served = Served::frozen().await;
    let shop = with_shop(&served, Does::Answer(200)).await;
    served.set("fena.second_payment", "silent").await;
    let link = link(&served, "7", 1250, &[]).await;
    for _ in 0..2 {
        assert!(pay(&served, &link, "approve").await.ends_with("executed"));
    }
    assert_eq!(states(&served, "7").await, ["executed", "executed"]);
    assert_eq!(shop.came().len(), 1, "money moved twice, and the shop was told once");
    // What is queued goes before the payer.
    queue(&served, "8", "reject").await;
    let other = super::link(&served, "8", 1250, &[]).await;
    assert!(location(&served.get(&other).await).ends_with("order=8&status=rejected"));
}
