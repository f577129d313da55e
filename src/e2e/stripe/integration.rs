//! Mistakes with the script, and strangers at the frame.

use serde_json::Value;

use super::page::{CARD, becomes, opened, run, settled, type_card};
use crate::driver;

#[tokio::test]
async fn mistakes_with_the_script_are_integration_errors() {
    if !driver::there() {
        return;
    }
    let (_served, _shop, _driver, browser) = opened("/basil/stripe.js").await;
    assert_eq!(run(&browser, "return Stripe.version").await, "basil");
    for (call, message) in [
        ("Stripe('')", "empty string"),
        ("Stripe()", "apiKey should be a string"),
        ("Stripe('sk_test_a')", "secret key"),
        ("Stripe('key')", "publishable key"),
        ("Stripe('pk_live_a')", "HTTPS"),
        ("elements.create('card')", "Can only create one Element of type card"),
        ("stripe.elements().create('payment')", "it has card alone"),
        (
            "stripe.elements().create('card').mount('#nowhere')",
            "The selector you specified (#nowhere) applies to no DOM elements",
        ),
        ("stripe.elements().create('card').mount(null)", "valid DOM element or selector"),
        ("card.mount('#elsewhere')", "already mounted"),
        ("card.on('change')", "not a function"),
        ("stripe.createToken(card)", "createPaymentMethod() alone"),
        (
            "stripe.createPaymentMethod({ type: 'card', card: stripe.elements().create('card') })",
            "We could not retrieve data from the specified Element.",
        ),
        ("stripe.createPaymentMethod({ type: 'card' })", "card should be"),
        ("stripe.createPaymentMethod({ type: 'sepa_debit', card })", "sepa_debit"),
    ] {
        let error = settled(&browser, call).await;
        assert_eq!(error["name"], "IntegrationError", "{call}: {error}");
        assert!(error["message"].as_str().expect("a text").contains(message), "{call}: {error}");
    }
    // Mounted where it is already, it stays; unmounted, it can go elsewhere; destroyed, it is of no use.
    run(&browser, "card.mount(document.querySelector('#card-element'))").await;
    let before = run(&browser, "return document.querySelector('iframe').name").await;
    run(&browser, "card.unmount(); card.mount('#elsewhere')").await;
    assert_eq!(run(&browser, "return document.querySelector('#card-element').className").await, "");
    assert_ne!(run(&browser, "return document.querySelector('#elsewhere iframe').name").await, before);
    type_card(&browser, CARD).await;
    let made = settled(&browser, "stripe.createPaymentMethod({ type: 'card', card })").await;
    assert_eq!(made["value"]["paymentMethod"]["card"]["last4"], "4242", "{made}");
    // A frame that is moved in its page is a new one.
    run(&browser, "document.body.append(document.querySelector('#elsewhere'))").await;
    becomes(&browser, "document.querySelector('#elsewhere').className.includes('--empty')").await;
    let moved = settled(&browser, "stripe.createPaymentMethod({ type: 'card', card })").await;
    assert_eq!(moved["value"]["error"]["code"], "incomplete_number", "{moved}");
    run(&browser, "document.querySelector('#elsewhere').replaceChildren()").await;
    let gone = settled(&browser, "stripe.createPaymentMethod({ type: 'card', card })").await;
    assert!(gone["message"].as_str().expect("a text").starts_with("We could not retrieve data"), "{gone}");
    run(&browser, "card.destroy()").await;
    let destroyed = settled(&browser, "card.mount('#elsewhere')").await;
    assert!(destroyed["message"].as_str().expect("a text").contains("already been destroyed"));
    assert_eq!(run(&browser, "return elements.getElement('card')").await, Value::Null);
    run(&browser, "elements.create('card').mount('#elsewhere')").await;
    browser.close().await.expect("closed");
}

/// A stranger in the page's place gets nothing of the frame's: the channel is given to the page that made it.
#[tokio::test]
async fn the_frame_listens_to_nobody_but_its_page() {
    if !driver::there() {
        return;
    }
    let (served, shop, _driver, browser) = opened("/v3/").await;
    becomes(&browser, "events.some(([name]) => name === 'ready')").await;
    let frame = format!("{}/v3/elements-inner-card.html", served.fenerum);
    let own = shop.url.trim_end_matches('/');
    for (fragment, said) in [
        (String::new(), "silence"),
        (format!("nonce=a&origin={}", served.fenerum), "silence"),
        (format!("nonce=b&origin={own}"), "silence"),
        (format!("nonce=a&origin={own}"), "ready"),
    ] {
        let script = format!(
            "const done = arguments[0];
             const frame = document.createElement('iframe');
             frame.src = '{frame}?key=pk_test_a&n={}#{fragment}';
             const channel = new MessageChannel();
             channel.port1.onmessage = ({{ data }}) => done(data.event);
             frame.onload = () => {{
               frame.contentWindow.postMessage({{ nonce: 'a', options: {{}} }}, '*', [channel.port2]);
               setTimeout(() => done('silence'), 1000);
             }};
             document.body.append(frame);",
            fragment.len()
        );
        let heard = browser.execute_async(&script, Vec::new()).await.expect("run");
        assert_eq!(heard, said, "{fragment}");
    }
    browser.close().await.expect("closed");
}
