//! The card element in a real browser, on a page of another origin.

use std::time::{Duration, Instant};

use fantoccini::{Client, Locator};
use serde_json::{Value, json};

use super::page::{CARD, FRAME, becomes, opened, run, settled, type_card};
use crate::driver::{self, click, reads, text};

/// What is typed, and the code and text of the error.
type Case<'a> = (&'a [(&'a str, &'a str)], &'a str, &'a str);

#[tokio::test]
async fn a_card_is_saved_and_the_page_never_sees_it() {
    if !driver::there() {
        return;
    }
    let (served, shop, _driver, browser) = opened("/v3/").await;
    // Nothing is typed yet: no request is made.
    becomes(&browser, "events.some(([name]) => name === 'ready')").await;
    click(&browser, "#save").await;
    reads(&browser, "#message", "Your card number is incomplete.").await;
    let error = json!({"type": "validation_error", "code": "incomplete_number", "message": "Your card number is incomplete."});
    assert_eq!(run(&browser, "return result").await, json!({ "error": error }));
    assert!(!served.read("journal").await.to_string().contains("/v1/payment_methods"));
    // The payer types; the frame groups the digits and goes on by itself.
    type_card(&browser, &[("cardnumber", "4242424242424242")]).await;
    browser
        .wait()
        .for_element(Locator::Css(FRAME))
        .await
        .expect("a frame")
        .enter_frame()
        .await
        .expect("entered");
    let shown = run(
        &browser,
        "return [document.querySelector('[name=cardnumber]').value, document.activeElement.name]",
    )
    .await;
    assert_eq!(shown, json!(["4242 4242 4242 4242", "exp-date"]));
    let active = browser.active_element().await.expect("a focus");
    active.send_keys("12").await.expect("typed");
    active.send_keys("39").await.expect("typed");
    let shown = run(
        &browser,
        "return [document.querySelector('[name=exp-date]').value, document.activeElement.name]",
    )
    .await;
    assert_eq!(shown, json!(["12 / 39", "cvc"]));
    browser.enter_parent_frame().await.expect("left");
    type_card(&browser, &CARD[2..]).await;
    becomes(&browser, "events.findLast(([name]) => name === 'change')[1].complete").await;
    let last = run(&browser, "return events.findLast(([name]) => name === 'change')[1]").await;
    assert_eq!(
        last,
        json!({"elementType": "card", "empty": false, "complete": true, "error": null, "value": {"postalCode": "12345"}, "brand": "visa"})
    );
    let classes = container_classes(&browser).await;
    for class in ["StripeElement", "StripeElement--complete", "StripeElement--focus"] {
        assert!(classes.iter().any(|known| known == class), "{class} is not in {classes:?}");
    }
    assert!(
        !classes.iter().any(|class| class == "StripeElement--empty" || class == "StripeElement--invalid")
    );
    click(&browser, "#save").await;
    becomes(&browser, "message.textContent.startsWith('Saved pm_')").await;
    // Never both; and no digit of the number or the CVC has come to the page or its server.
    assert_eq!(run(&browser, "return Object.keys(result)").await, json!(["paymentMethod"]));
    let sent = shop.sent();
    assert_eq!(sent.len(), 1);
    let made: Value = serde_json::from_str(&sent[0]).expect("JSON");
    assert_eq!(made["card"]["last4"], "4242");
    assert_eq!(made["billing_details"]["address"]["postal_code"], "12345");
    let seen = run(&browser, "return JSON.stringify([events, messages, result])").await.to_string();
    for text in [&seen, &sent[0]] {
        assert!(
            !text.contains("42424242") && !text.contains("4242 4242") && !text.contains("\"123\""),
            "{text}"
        );
    }
    // Resetting the form does not reset the frame; clearing the element does.
    assert_eq!(
        run(&browser, "return document.querySelector('#card-element').className.includes('--empty')").await,
        json!(false)
    );
    run(&browser, "card.clear()").await;
    becomes(&browser, "document.querySelector('#card-element').className.includes('--empty')").await;
    browser.close().await.expect("closed");
}

async fn container_classes(browser: &Client) -> Vec<String> {
    let container = browser.find(Locator::Css("#card-element")).await.expect("the container");
    let classes = container.attr("class").await.expect("read").expect("a class");
    classes.split_whitespace().map(ToOwned::to_owned).collect()
}

#[tokio::test]
async fn what_is_typed_wrong_is_said_before_anything_is_sent() {
    if !driver::there() {
        return;
    }
    let (served, _shop, _driver, browser) = opened("/v3").await;
    let cases: [Case<'_>; 8] = [
        (&[("cardnumber", "42424242")], "incomplete_number", "Your card number is incomplete."),
        (&[("cardnumber", "4242424242424241")], "invalid_number", "Your card number is invalid."),
        (
            &[("cardnumber", "4242424242424242"), ("exp-date", "12")],
            "incomplete_expiry",
            "Your card's expiration date is incomplete.",
        ),
        (
            &[("cardnumber", "4242424242424242"), ("exp-date", "1220")],
            "invalid_expiry_year_past",
            "Your card's expiration year is in the past.",
        ),
        (
            &[("cardnumber", "4242424242424242"), ("exp-date", "1299")],
            "invalid_expiry_year",
            "Your card's expiration year is invalid.",
        ),
        (
            &[("cardnumber", "378282246310005"), ("exp-date", "1239"), ("cvc", "123")],
            "incomplete_cvc",
            "Your card's security code is incomplete.",
        ),
        (
            &[("cardnumber", "4242424242424242"), ("exp-date", "1239"), ("cvc", "123")],
            "incomplete_zip",
            "Your postal code is incomplete.",
        ),
        (
            &[("cardnumber", "4242424242424242"), ("exp-date", "1239"), ("cvc", "123"), ("postal", "2100")],
            "incomplete_zip",
            "Your postal code is incomplete.",
        ),
    ];
    for (fields, code, message) in cases {
        type_card(&browser, fields).await;
        let result =
            settled(&browser, "stripe.createPaymentMethod('card', card, { metadata: { a: 1 } })").await;
        let error = json!({"type": "validation_error", "code": code, "message": message});
        assert_eq!(result["value"], json!({ "error": error }), "{fields:?}");
        becomes(
            &browser,
            "document.querySelector('#card-element').classList.contains('StripeElement--invalid')",
        )
        .await;
        run(&browser, "card.clear()").await;
    }
    assert!(!served.read("journal").await.to_string().contains("/v1/payment_methods"));
    // A Danish card has a postal code of four digits; 13 is January; the older form of the call.
    let danish =
        [("cardnumber", "4000002080000001"), ("exp-date", "139"), ("cvc", "123"), ("postal", "2100")];
    type_card(&browser, &danish).await;
    let data =
        "{ billing_details: { name: 'A', address: { city: 'B', postal_code: 'C' } }, metadata: { a: 1 } }";
    let result = settled(&browser, &format!("stripe.createPaymentMethod('card', card, {data})")).await;
    let made = &result["value"]["paymentMethod"];
    assert_eq!(
        (&made["card"]["exp_month"], &made["card"]["exp_year"]),
        (&json!(1), &json!(2039)),
        "{result}"
    );
    assert_eq!(made["card"]["country"], "DK");
    assert_eq!(made["metadata"], json!({"a": "1"}));
    assert_eq!(made["billing_details"]["address"]["postal_code"], "2100");
    assert_eq!(made["billing_details"]["name"], "A");
    // What the endpoint refuses comes as an error, and is not thrown.
    run(&browser, "card.clear()").await;
    type_card(
        &browser,
        &[("cardnumber", "4539148803436467"), ("exp-date", "1239"), ("cvc", "123"), ("postal", "1")],
    )
    .await;
    let refused = settled(&browser, "stripe.createPaymentMethod({ type: 'card', card })").await;
    assert_eq!(refused["value"]["error"]["decline_code"], "test_mode_live_card", "{refused}");
    assert!(refused["value"].get("paymentMethod").is_none());
    let token =
        settled(&browser, "stripe.createPaymentMethod({ type: 'card', card: { token: 'tok_amex' } })").await;
    assert_eq!(token["value"]["paymentMethod"]["card"]["brand"], "amex", "{token}");
    browser.close().await.expect("closed");
}

#[tokio::test]
async fn events_options_and_keys_go_through_the_frame() {
    if !driver::there() {
        return;
    }
    let (_served, _shop, _driver, browser) = opened("/v3/").await;
    becomes(&browser, "events.some(([name]) => name === 'ready')").await;
    // A label leads into the frame; Escape is told; Enter submits the form around it.
    click(&browser, "label").await;
    becomes(&browser, "events.some(([name]) => name === 'focus')").await;
    type_card(&browser, &[("cardnumber", "5\u{e00c}")]).await;
    becomes(&browser, "events.some(([name]) => name === 'escape')").await;
    type_card(&browser, &[("cardnumber", "555\u{e007}")]).await;
    reads(&browser, "#message", "Your card number is incomplete.").await;
    becomes(
        &browser,
        "events.findLast(([name]) => name === 'change')[1].error?.code === 'incomplete_number'",
    )
    .await;
    assert_eq!(
        run(&browser, "return events.findLast(([name]) => name === 'change')[1].brand").await,
        "mastercard"
    );
    run(&browser, "card.blur()").await;
    becomes(&browser, "events.some(([name]) => name === 'blur')").await;
    let every = "return events.every(([, detail]) => detail.elementType === 'card')";
    assert_eq!(run(&browser, every).await, json!(true));
    // Once is once, and off is off.
    run(&browser, "window.once = 0; card.once('change', () => once++); card.off('change')").await;
    run(&browser, "card.once('change', () => once++); card.clear()").await;
    becomes(&browser, "once === 1").await;
    // The element tells brands as the simulator does.
    for (number, brand) in [
        ("378282246310005", "amex"),
        ("6011111111111117", "discover"),
        ("3056930009020004", "diners"),
        ("36227206271667", "diners"),
        ("3566002020360505", "jcb"),
        ("6200000000000005", "unionpay"),
        ("2223003122003222", "mastercard"),
        ("9", "unknown"),
    ] {
        run(
            &browser,
            "window.last = {}; card.off('change'); card.on('change', detail => { last = detail; })",
        )
        .await;
        type_card(&browser, &[("cardnumber", number)]).await;
        becomes(&browser, &format!("last.brand === '{brand}' && !last.error")).await;
        run(&browser, "card.clear()").await;
        becomes(&browser, "last.empty").await;
    }
    // Without a postal code, in the shop's own classes and style; digits of another frame's are not read.
    let options = "{ hidePostalCode: true, classes: { base: 'mine', empty: 'none' },
        style: { base: { color: 'rgb(1, 2, 3)', '::placeholder': { color: 'rgb(4, 5, 6)' }, position: 'fixed' } } }";
    run(&browser, &format!("card.destroy(); window.second = stripe.elements().create('card', {options}); second.mount('#elsewhere')")).await;
    assert_eq!(run(&browser, "return document.querySelector('#elsewhere').className").await, "mine none");
    type_card(&browser, &CARD[..3]).await;
    let made = settled(&browser, "stripe.createPaymentMethod({ type: 'card', card: second })").await;
    assert_eq!(
        made["value"]["paymentMethod"]["billing_details"]["address"]["postal_code"],
        Value::Null,
        "{made}"
    );
    browser.find(Locator::Css(FRAME)).await.expect("a frame").enter_frame().await.expect("entered");
    let looks = "const { color, position } = getComputedStyle(document.querySelector('input')); return [color, position]";
    assert_eq!(run(&browser, looks).await, json!(["rgb(1, 2, 3)", "static"]));
    let labelled = "return Array.from(document.querySelectorAll('input'), input => [input.labels.length, input.autocomplete])";
    assert_eq!(
        run(&browser, labelled).await,
        json!([[1, "cc-number"], [1, "cc-exp"], [1, "cc-csc"], [1, "postal-code"]])
    );
    assert!(text(&browser, "#simulator").await.eq_ignore_ascii_case("test"));
    browser.enter_parent_frame().await.expect("left");
    // A change of the options leaves what was typed.
    run(&browser, "second.update({ disabled: true })").await;
    browser.find(Locator::Css(FRAME)).await.expect("a frame").enter_frame().await.expect("entered");
    becomes_inside(&browser, "document.querySelector('[name=cvc]').disabled").await;
    assert_eq!(run(&browser, "return document.querySelector('[name=cvc]').value").await, "123");
    browser.close().await.expect("closed");
}

/// As [`becomes`], where the page's record of events is not at hand.
async fn becomes_inside(browser: &Client, script: &str) {
    let until = Instant::now() + Duration::from_secs(20);
    while run(browser, &format!("return {script}")).await != json!(true) {
        assert!(Instant::now() < until, "{script} does not become true");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
