//! The payment window, hop by hop.

use axum::http::StatusCode;
use reqwest::Response;
use serde_json::{Value, json};

use super::{GOOD, SLOW, code, last, link, pass, payment, queue, read, terms};
use crate::support::{Served, location, snapshot};

const OK: &str = "http://127.0.0.1:3000/ok?a=1&b=%C3%A5#x";
const NO: &str = "http://127.0.0.1:3000/no";

/// A payment with a link; its path and the link's address.
async fn opened(served: &Served, order: &str, more: Value) -> (String, String) {
    let path = payment(served, order).await;
    let mut terms = json!({"amount": 2599, "continue_url": OK, "cancel_url": NO});
    for (name, value) in more.as_object().expect("an object") {
        terms[name] = value.clone();
    }
    let url = link(served, &path, terms).await;
    (path, url)
}

/// A page's status, what it is, and what is wrong on it.
async fn seen(answer: Response) -> String {
    let status = answer.status();
    if status.is_redirection() {
        return format!("to {}", location(&answer));
    }
    let html = answer.text().await.expect("a page");
    let of = |name: &str| {
        let rest = html.split(&format!(" {name}=\"")).nth(1)?;
        Some(format!(" {}", rest.split('"').next()?))
    };
    let main = of("data-page").unwrap_or_default();
    let result = of("data-result").unwrap_or_default();
    let error = of("data-error").unwrap_or_default();
    format!("{}{main}{result}{error}", status.as_u16())
}

async fn shown(served: &Served, url: &str) -> String {
    seen(served.get(url).await).await
}

async fn press(served: &Served, url: &str, fields: &[(&str, &str)]) -> String {
    seen(served.submit(url, fields).await).await
}

/// Types a card, with something else than usual in some fields.
async fn types(served: &Served, url: &str, number: &str, more: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("session_id", "x"),
        ("cardnumber", number),
        ("expiration[month]", "12"),
        ("expiration[year]", "30"),
        ("cvd", "208"),
        ("cardholder", "Åse Test"),
    ];
    for (name, value) in more {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    press(served, url, &fields).await
}

/// Where the 3-D Secure page of a link posts.
async fn bank(served: &Served, url: &str) -> String {
    let html = served.get(url).await.text().await.expect("a page");
    assert!(html.contains("data-page=\"secure\""), "{html}");
    html.split(" action=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a form").to_owned()
}

#[tokio::test]
async fn the_pages_are_as_they_were_last_looked_at() {
    let served = Served::frozen().await;
    let (path, url) =
        opened(&served, "order-1", json!({"payment_methods": "creditcard, mobilepay, klarna-payments"}))
            .await;
    let session = {
        let html = served.get(&url).await.text().await.expect("a page");
        html.split("name=\"session_id\" value=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .expect("a session")
            .to_owned()
    };
    let token = url.rsplit('/').next().expect("a token").to_owned();
    let mut story = String::new();
    let mut add = |name: &str, html: &str| {
        let body = html.split("<body>").nth(1).unwrap_or_else(|| panic!("{html}"));
        let lines: Vec<_> = body.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let text = lines.join("\n").replace(&served.quickpay, "{quickpay}");
        let text = text.replace(&token, "{token}").replace(&session, "{session}");
        story.push_str(&format!("##### {name}\n{text}\n\n"));
    };
    let page = async |answer: Response| answer.text().await.expect("a page");
    add("the card form", &page(served.get(&url).await).await);
    add(
        "a card that is refused",
        &page(
            served
                .submit(
                    &url,
                    &[
                        ("cardnumber", "1000 0000 0000 0016"),
                        ("expiration[month]", "1"),
                        ("expiration[year]", "2031"),
                        ("cvd", "752"),
                        ("cardholder", "<b>Åse"),
                    ],
                )
                .await,
        )
        .await,
    );
    let wallet = format!("{}/{session}/payment-method/mobilepay", served.quickpay);
    add("another method", &page(served.get(&wallet).await).await);
    add("3-D Secure", &page(served.submit(&url, &[("test", "1000000000000073")]).await).await);
    served.submit(&format!("{}/{session}/3d-secure", served.quickpay), &[("outcome", "cancel")]).await;
    add("the page that waits", &page(served.submit(&url, &[("test", SLOW)]).await).await);
    pass(&served, 60).await;
    add("already paid", &page(served.get(&url).await).await);
    let second = payment(&served, "order-2").await;
    let plain = link(&served, &second, json!({"amount": 100, "deadline": 5})).await;
    add(
        "cancelled",
        &page(served.submit(&plain, &[("outcome", "cancel")]).await).await.replace(&plain, "{other}"),
    );
    pass(&served, 5).await;
    add("too late", &page(served.get(&plain).await).await.replace(&plain, "{other}"));
    let plain = link(&served, &second, json!({"amount": 100})).await;
    add("paid", &page(served.submit(&plain, &[("test", GOOD)]).await).await.replace(&plain, "{other}"));
    assert_eq!(read(&served, &path).await["accepted"], true);
    snapshot("quickpay", "pages", &story);
}

#[tokio::test]
async fn a_card_that_is_typed_pays_and_the_browser_goes_back_bare() {
    let served = Served::frozen().await;
    let (path, url) = opened(&served, "order-1", json!({})).await;
    assert_eq!(shown(&served, &url).await, "200 card");
    assert_eq!(types(&served, &url, " 1000-0000 0000 0008 ", &[("cvd", "752")]).await, format!("to {OK}"));
    let paid = read(&served, &path).await;
    let metadata = &paid["metadata"];
    assert_eq!(
        (&paid["state"], &paid["accepted"], &paid["test_mode"], &last(&paid)["amount"]),
        (&json!("new"), &json!(true), &json!(true), &json!(2599))
    );
    assert_eq!(
        (
            &metadata["origin"],
            &metadata["brand"],
            &metadata["country"],
            &metadata["exp_year"],
            &metadata["issued_to"]
        ),
        (&json!("form"), &json!("visa"), &json!("SWE"), &json!(2030), &json!("Åse Test"))
    );
    // Whoever comes back is told so, and may go on.
    assert_eq!(shown(&served, &url).await, "200 result already_paid");
    assert_eq!(types(&served, &url, GOOD, &[]).await, "200 result already_paid");
    assert_eq!(press(&served, &url, &[("outcome", "cancel")]).await, "200 result already_paid");
    assert_eq!(read(&served, &path).await, paid);
}

#[tokio::test]
async fn what_is_typed_wrongly_is_told_and_leaves_no_operation() {
    let served = Served::frozen().await;
    let (path, url) = opened(&served, "order-1", json!({})).await;
    for (number, more, error) in [
        ("", &[][..], "cardnumber"),
        ("1000", &[], "cardnumber"),
        ("1000000000000009", &[], "cardnumber"),
        ("１０００００００００００００08", &[], "cardnumber"),
        ("10000000000000080000000000000000", &[], "cardnumber"),
        (GOOD, &[("expiration[month]", "13")], "expiration"),
        (GOOD, &[("expiration[month]", "0")], "expiration"),
        (GOOD, &[("expiration[month]", "")], "expiration"),
        (GOOD, &[("expiration[year]", "")], "expiration"),
        (GOOD, &[("expiration[year]", "3x")], "expiration"),
        (GOOD, &[("expiration[year]", "é1")], "expiration"),
        (GOOD, &[("cvd", "")], "cvd"),
        (GOOD, &[("cvd", "12345")], "cvd"),
        (GOOD, &[("cvd", "12x")], "cvd"),
        (GOOD, &[("method", "bitcoin"), ("outcome", "approve")], "method_not_accepted"),
    ] {
        assert_eq!(
            types(&served, &url, number, more).await,
            format!("422 card {error}"),
            "{number} {more:?}"
        );
    }
    let html = served
        .submit(
            &url,
            &[("cardnumber", "1000"), ("cvd", "208"), ("cardholder", "\"><i>"), ("expiration[year]", "31")],
        )
        .await;
    let html = html.text().await.expect("a page");
    assert!(
        html.contains("value=\"31\"") && !html.contains("\"><i>") && !html.contains("value=\"208\""),
        "{html}"
    );
    assert_eq!(read(&served, &path).await["operations"], json!([]));
    // A past year is a year.
    assert_eq!(types(&served, &url, GOOD, &[("expiration[year]", "2011")]).await, format!("to {OK}"));
    assert_eq!(read(&served, &path).await["metadata"]["exp_year"], 2011);
}

#[tokio::test]
async fn a_refused_card_is_followed_by_another_on_the_same_link() {
    let served = Served::frozen().await;
    let (path, url) = opened(&served, "order-1", json!({})).await;
    for number in ["1000000000000016", "1000 0000 0000 0024", "4111 1111 1111 1111"] {
        assert_eq!(types(&served, &url, number, &[]).await, "422 card try_again", "{number}");
    }
    let refused = read(&served, &path).await;
    assert_eq!(
        (&refused["state"], refused["operations"].as_array().map(Vec::len)),
        (&json!("rejected"), Some(3))
    );
    assert_eq!(
        (&refused["metadata"]["bin"], &refused["metadata"]["last4"]),
        (&json!("411111"), &json!("1111"))
    );
    assert_eq!(types(&served, &url, GOOD, &[]).await, format!("to {OK}"));
    let paid = read(&served, &path).await;
    assert_eq!((&paid["accepted"], &last(&paid)["id"]), (&json!(true), &json!(4)));
}

#[tokio::test]
async fn the_link_says_which_cards_and_methods_may_pay() {
    let served = Served::frozen().await;
    let (dankort, mastercard, maestro, both) =
        ("1000020000000006", "1000010000000007", "1000040000000004", "1000060000000002");
    let paid = format!("to {OK}");
    let (refused, asks) = ("422 card card_not_accepted", "200 secure");
    for (number, (methods, card, more, expected)) in [
        ("dankort", GOOD, &[][..], refused),
        ("dankort", dankort, &[], &paid),
        ("creditcard, !visa", GOOD, &[], refused),
        ("!visa", mastercard, &[], &paid),
        ("!visa", GOOD, &[], refused),
        ("visa-se", GOOD, &[], refused),
        ("visa-se", GOOD, &[("cvd", "752")], &paid),
        ("3d-creditcard", mastercard, &[], asks),
        ("3d-visa, mastercard", GOOD, &[], asks),
        ("creditcard", maestro, &[], asks),
        ("creditcard", GOOD, &[("3d", "1")], asks),
        ("dankort", both, &[], &paid),
        ("visa", both, &[], refused),
        ("visa", both, &[("brand", "visa")], &paid),
        ("visa", "5555555555554444", &[], refused),
        ("mastercard", "5555555555554444", &[], "422 card try_again"),
        ("", GOOD, &[], &paid),
    ]
    .into_iter()
    .enumerate()
    {
        let (_, url) = opened(&served, &format!("order-{number}"), json!({"payment_methods": methods})).await;
        assert_eq!(types(&served, &url, card, more).await, expected, "{methods} {card} {more:?}");
    }
    // What the account says, where the link says nothing.
    terms(&served, json!({"default_payment_methods": "dankort"})).await;
    let (_, url) = opened(&served, "by account", json!({})).await;
    assert_eq!(types(&served, &url, GOOD, &[]).await, refused);
    let html = served.get(&url).await.text().await.expect("a page");
    assert!(
        html.contains("Accepted: Dankort, Visa/Dankort.") || html.contains("Accepted: Dankort."),
        "{html}"
    );
    terms(&served, json!({"allow_test_transactions": false})).await;
    assert_eq!(types(&served, &url, dankort, &[]).await, "422 card test_payment_on_live_transaction");
}

#[tokio::test]
async fn three_d_secure_is_approved_refused_or_given_up() {
    let served = Served::frozen().await;
    for (outcome, goes, state) in [
        ("approve", format!("to {OK}"), "new"),
        ("decline", "422 card secure_3d_auth_failed".to_owned(), "rejected"),
        ("cancel", format!("to {NO}"), "initial"),
    ] {
        let (path, url) = opened(&served, &format!("3ds-{outcome}"), json!({})).await;
        assert_eq!(types(&served, &url, "1000000000000073", &[]).await, "200 secure");
        // Until the bank is answered nothing has happened, and reloading asks again.
        assert_eq!(read(&served, &path).await["operations"], json!([]));
        let bank = bank(&served, &url).await;
        assert_eq!(press(&served, &bank, &[("outcome", "perhaps")]).await, "200 secure");
        assert_eq!(press(&served, &bank, &[("outcome", outcome)]).await, goes);
        let after = read(&served, &path).await;
        assert_eq!(after["state"], state, "{outcome}");
        match outcome {
            "approve" => {
                assert_eq!(
                    (&after["metadata"]["is_3d_secure"], &last(&after)["3d_secure_status"]),
                    (&json!(true), &json!("Y"))
                );
            }
            "decline" => {
                assert_eq!((code(&after), &last(&after)["3d_secure_status"]), ("40000", &json!("N")));
                // Another card, without the step: nothing is left of it.
                assert_eq!(types(&served, &url, GOOD, &[]).await, format!("to {OK}"));
                let metadata = &read(&served, &path).await["metadata"];
                assert_eq!(
                    (&metadata["is_3d_secure"], &metadata["3d_secure_type"]),
                    (&json!(false), &Value::Null)
                );
            }
            _ => {
                assert_eq!(after["operations"], json!([]));
                assert_eq!(shown(&served, &url).await, "200 card", "the link is as new");
            }
        }
        // A button that is pressed too late does nothing.
        let before = read(&served, &path).await;
        press(&served, &bank, &[("outcome", "approve")]).await;
        assert_eq!(read(&served, &path).await, before);
    }
    // A refused card stays refused behind the step.
    let (path, url) = opened(&served, "3ds-refused", json!({"payment_methods": "3d-creditcard"})).await;
    types(&served, &url, "1000000000000016", &[]).await;
    let bank = bank(&served, &url).await;
    assert_eq!(press(&served, &bank, &[("outcome", "approve")]).await, "422 card try_again");
    assert_eq!(read(&served, &path).await["accepted"], false);
}

#[tokio::test]
async fn other_methods_have_a_page_of_their_own() {
    let served = Served::frozen().await;
    let (path, url) =
        opened(&served, "order-1", json!({"payment_methods": "creditcard, klarna-payments"})).await;
    let html = served.get(&url).await.text().await.expect("a page");
    let href = html
        .split("data-method=\"klarna-payments\"")
        .next()
        .and_then(|before| before.rsplit("href=\"").next());
    let wallet = href.and_then(|rest| rest.split('"').next()).expect("a link").to_owned();
    assert_eq!(shown(&served, &wallet).await, "200 wallet");
    let undo = wallet.replace("payment-method/klarna-payments", "payment-method-undo");
    assert_eq!(shown(&served, &undo).await, "200 card");
    let klarna = |outcome| [("method", "klarna-payments"), ("outcome", outcome)];
    assert_eq!(press(&served, &url, &klarna("perhaps")).await, "200 wallet");
    assert_eq!(press(&served, &url, &klarna("decline")).await, "422 wallet unable_to_complete");
    assert_eq!(press(&served, &url, &klarna("cancel")).await, format!("to {NO}"));
    assert_eq!(press(&served, &url, &klarna("approve")).await, format!("to {OK}"));
    let paid = read(&served, &path).await;
    assert_eq!(
        (&paid["metadata"]["type"], &paid["metadata"]["brand"], &paid["acquirer"], code(&paid)),
        (&json!("mobile"), &json!("klarna-payments"), &json!("klarnapayments"), "20000")
    );
    assert_eq!(paid["operations"].as_array().map(Vec::len), Some(2));
    // A single method needs no choice.
    let (_, url) = opened(&served, "order-2", json!({"payment_methods": "mobilepay"})).await;
    assert_eq!(shown(&served, &url).await, "200 wallet");
    // What is not offered cannot be taken.
    assert_eq!(press(&served, &url, &klarna("approve")).await, "422 wallet method_not_accepted");
}

#[tokio::test]
async fn who_gives_up_goes_back_and_nothing_is_recorded() {
    let served = Served::frozen().await;
    let (path, url) = opened(&served, "order-1", json!({})).await;
    assert_eq!(
        press(&served, &url, &[("outcome", "cancel"), ("cardnumber", GOOD)]).await,
        format!("to {NO}")
    );
    let html = served.get(&url).await.text().await.expect("a page");
    let session = html
        .split("name=\"session_id\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a session");
    let cancel = format!("{}/{session}/cancel-payment", served.quickpay);
    assert_eq!(shown(&served, &cancel).await, format!("to {NO}"));
    assert_eq!(
        (&read(&served, &path).await["operations"], served.read("callbacks").await),
        (&json!([]), json!([]))
    );
    // Another language is the link's.
    let language = format!("{}/{session}/update-language?language=sv", served.quickpay);
    assert_eq!(shown(&served, &language).await, "200 card");
    assert_eq!(read(&served, &path).await["link"]["language"], "sv");
    assert_eq!(types(&served, &url, GOOD, &[]).await, format!("to {OK}"));
    // Without addresses the window keeps the payer.
    let path = payment(&served, "order-2").await;
    let url = link(&served, &path, json!({"amount": 1})).await;
    assert_eq!(press(&served, &url, &[("outcome", "cancel")]).await, "200 result cancelled");
    assert_eq!(types(&served, &url, GOOD, &[]).await, "200 result success");
}

#[tokio::test]
async fn a_slow_acquirer_keeps_the_payer_waiting_and_then_lets_go() {
    let served = Served::frozen().await;
    let (path, url) = opened(&served, "order-1", json!({})).await;
    let html = served.submit(&url, &[("test", SLOW)]).await.text().await.expect("a page");
    let refresh = html.split("content=\"2; url=").nth(1).and_then(|rest| rest.split('"').next());
    let again = refresh.unwrap_or_else(|| panic!("{html}")).to_owned();
    for look in [&url, &again] {
        assert_eq!(shown(&served, look).await, "200 waiting");
    }
    assert_eq!(types(&served, &url, GOOD, &[]).await, "200 waiting", "nobody pays twice");
    pass(&served, 60).await;
    assert_eq!(shown(&served, &again).await, format!("to {OK}"));
    assert_eq!(shown(&served, &url).await, "200 result already_paid");
    assert_eq!(read(&served, &path).await["operations"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn only_a_framed_link_stands_in_frames() {
    let served = Served::frozen().await;
    for (order, framed) in [("framed", true), ("alone", false)] {
        let (_, url) = opened(&served, order, json!({"framed": framed})).await;
        for answer in [
            served.get(&url).await,
            served.submit(&url, &[("cardnumber", "1")]).await,
            served.submit(&url, &[("test", "1000000000000073")]).await,
        ] {
            let policy = answer.headers()["content-security-policy"].to_str().expect("text").to_owned();
            assert_eq!(policy.contains("frame-ancestors 'none'"), !framed, "{policy}");
            assert!(
                policy.contains("default-src 'none'") && answer.headers().get("x-frame-options").is_none()
            );
        }
    }
    let nowhere = format!("{}/payments/{}", served.quickpay, "0".repeat(64));
    assert_eq!(served.get(&nowhere).await.status(), StatusCode::NOT_FOUND);
    let (_, url) = opened(&served, "order-1", json!({})).await;
    for verb in ["HEAD", "PUT", "DELETE", "PATCH"] {
        let answer =
            served.client.request(verb.parse().expect("a verb"), &url).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{verb}");
    }
}

#[tokio::test]
async fn what_is_queued_goes_before_the_payer() {
    let served = Served::frozen().await;
    for (outcome, goes, state) in [
        ("approve", format!("to {OK}"), "new"),
        ("decline", "422 card try_again".to_owned(), "rejected"),
        ("cancel", format!("to {NO}"), "initial"),
        ("expire", "200 result deadline_expired deadline_expired".to_owned(), "initial"),
    ] {
        let order = format!("queued-{outcome}");
        let (path, url) = opened(&served, &order, json!({})).await;
        queue(&served, &order, &[outcome]).await;
        assert_eq!(shown(&served, &url).await, goes, "{outcome}");
        assert_eq!(read(&served, &path).await["state"], state, "{outcome}");
    }
    // A chain goes from operation to operation.
    let (path, url) = opened(&served, "in a chain", json!({"auto_capture": true})).await;
    queue(&served, "in a chain", &["decline", "approve", "decline"]).await;
    assert_eq!(shown(&served, &url).await, "422 card try_again");
    assert_eq!(shown(&served, &url).await, format!("to {OK}"));
    let paid = read(&served, &path).await;
    assert_eq!((&paid["accepted"], &paid["balance"], code(&paid)), (&json!(true), &json!(0), "40000"));
}

#[tokio::test]
async fn the_control_api_presses_buttons() {
    let served = Served::frozen().await;
    let press = |outcome: &str| json!({"provider": "quickpay", "outcome": outcome});
    for (outcome, state, to) in [
        ("approve", "new", json!(OK)),
        ("decline", "rejected", Value::Null),
        ("cancel", "initial", json!(NO)),
        ("expire", "initial", Value::Null),
    ] {
        let order = format!("press-{outcome}");
        let (path, _) = opened(&served, &order, json!({})).await;
        // By the order id or the id.
        let name = if outcome == "decline" { path.rsplit('/').next().expect("an id") } else { &order };
        let told = served.post(&format!("payments/{name}/outcome"), press(outcome)).await;
        assert_eq!(told, json!({"state": state, "location": to}), "{outcome}");
        assert_eq!(read(&served, &path).await["state"], state);
    }
    payment(&served, "without link").await;
    let url = |name: &str| format!("{}/_sim/v1/workspaces/default/payments/{name}/outcome", served.control);
    for (name, status, kind) in [
        ("press-approve", 409, "payment_ended"),
        ("nobody", 404, "unknown_payment"),
        ("without%20link", 400, "no_link"),
    ] {
        let answer = served.client.post(url(name)).json(&press("approve")).send().await.expect("an answer");
        assert_eq!(answer.status(), status, "{name}");
        assert_eq!(answer.json::<Value>().await.expect("JSON")["error"]["type"], kind);
    }
}
