//! The payment window, hop by hop.

use axum::http::StatusCode;
use reqwest::Response;
use serde_json::{Value, json};

use super::{GOOD, SLOW, last, link, pass, payment, read, terms};
use crate::support::{Served, location, snapshot};

pub(super) const OK: &str = "http://127.0.0.1:3000/ok?a=1&b=%C3%A5#x";
pub(super) const NO: &str = "http://127.0.0.1:3000/no";

/// A payment with a link; its path and the link's address.
pub(super) async fn opened(served: &Served, order: &str, more: Value) -> (String, String) {
    let path = payment(served, order).await;
    let mut terms = json!({"amount": 2599, "continue_url": OK, "cancel_url": NO});
    for (name, value) in more.as_object().expect("an object") {
        terms[name] = value.clone();
    }
    let url = link(served, &path, terms).await;
    (path, url)
}

/// A page's status, what it is, and what is wrong on it.
pub(super) async fn seen(answer: Response) -> String {
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

pub(super) async fn shown(served: &Served, url: &str) -> String {
    seen(served.get(url).await).await
}

pub(super) async fn press(served: &Served, url: &str, fields: &[(&str, &str)]) -> String {
    seen(served.submit(url, fields).await).await
}

/// Types a card, with something else than usual in some fields.
pub(super) async fn types(served: &Served, url: &str, number: &str, more: &[(&str, &str)]) -> String {
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
