//! The pages of every provider hold what all pages owe, in both of their languages, and after a wrong input too.

use std::collections::BTreeSet;

use fantoccini::Locator;
use provkassa::simulators::PROVIDERS;
use serde_json::{Value, json};

use super::Visit;
use super::look::{has_panel, is_told, lacks, languages, read, send_wrong};
use crate::driver::{self, click, complaints, post, reads, text};

/// Whose own language is English.
const ENGLISH: &[&str] = &["fena"];

/// Where a provider has a page that cannot be paid on, and the fields that are posted there.
type Refusal = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// What is markup, turns its line around and has no place to be broken.
const HOSTILE: &str = "<script>alert(1)</script><img src=x onerror=alert(2)>\u{202e}\
    WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW";

const REFUSALS: &[Refusal] = &[
    ("bambora", "/integration/ewindow/Default.aspx?merchantnumber=8008001", &[]),
    ("bambora", "/integration/ewindow/0123456789abcdef0123456789abcdef", &[]),
    ("brp", "/brponline/external/payment/payfororder?orderid=15", &[]),
    ("brp", "/brponline/agreement/none", &[]),
    ("fena", "/pay/?token=none", &[]),
    ("fena", "/pay/none", &[]),
    ("fenerum", "/access/none", &[]),
    ("freepay", "/paymentpage", &[("MerchantNumber", "1234567")]),
    ("freepay", "/paymentpage", &[("MerchantNumber", HOSTILE), (HOSTILE, HOSTILE)]),
    ("freepay", "/paymentpage/0123456789abcdef0123456789abcdef", &[]),
    ("quickpay", "/", &[("version", "v10")]),
    ("quickpay", "/", &[("merchant_id", HOSTILE), (HOSTILE, HOSTILE)]),
    ("quickpay", "/0123456789abcdef0123456789abcdef/waiting", &[]),
];

impl Visit {
    /// Holds the page to everything.
    async fn look(&self, what: &str) {
        assert_eq!(lacks(&self.browser).await, Vec::<String>::new(), "{what}");
        assert_eq!(complaints(&self.browser).await, Vec::<String>::new(), "{what}");
    }

    /// Holds a page to everything that it owes in both languages, and after a wrong input.
    async fn hold(&self, provider: &str, what: &str) {
        let browser = &self.browser;
        self.look(what).await;
        assert!(has_panel(browser).await, "{what} does not tell what the shop sent");
        if ENGLISH.contains(&provider) {
            assert_eq!(languages(browser).await, ["en"], "{what}");
        } else {
            let (one, words) = read(browser).await;
            let both = languages(browser).await;
            assert!(both.len() == 2 && both.contains(&"en".to_owned()), "{what}: {both:?}");
            click(browser, "[data-language]").await;
            text(browser, &format!("html:not([lang={one}])")).await;
            self.look(what).await;
            assert_ne!(read(browser).await.1, words, "{what} says the same in both languages");
        }
        if send_wrong(browser).await {
            assert_eq!(is_told(browser).await, Ok(()), "{what} after a wrong input");
            self.look(what).await;
        }
    }
}

/// A customer's way into Fenerum's portal, as a shop asks for it.
async fn way_in(visit: &Visit) -> String {
    let address = format!("{}/api/self-service/initiate-organization/", visit.served.fenerum);
    let asking = visit.served.client.post(address).json(&json!({"email": "customer@example.com"}));
    let asking = asking.header("x-client-system", "a test");
    let asking = asking.header("authorization", format!("Token {}", crate::fenerum::TOKEN));
    let answer: Value = asking.send().await.expect("an answer").json().await.expect("JSON");
    answer["url"].as_str().unwrap_or_else(|| panic!("no address in {answer}")).to_owned()
}

#[tokio::test]
async fn pages_are_labelled_marked_and_speak_two_languages() {
    if !driver::there() {
        return;
    }
    let visit = Visit::start().await;
    let browser = &visit.browser;
    // As narrow as a phone: what fits there fits everywhere.
    browser.set_window_size(400, 800).await.expect("narrow");
    browser.goto(visit.shop()).await.expect("the shop");
    visit.look("the shop").await;
    let mut goods = Vec::new();
    for button in browser.find_all(Locator::Css(".goods button")).await.expect("a list") {
        let label = button.attr("aria-label").await.expect("an attribute").expect("a label");
        goods.push(label.trim_start_matches("Buy ").to_owned());
    }
    let mut held = BTreeSet::new();
    for goods in &goods {
        visit.buy(goods).await;
        match visit.whose().await {
            Some(provider) => {
                visit.hold(&provider, goods).await;
                held.insert(provider);
            }
            // Stripe's card element, which its own tests look at, on the shop's page.
            None => visit.look(goods).await,
        }
    }

    // Nothing that the shop sells leads to Fenerum's own pages.
    let portal = way_in(&visit).await;
    for address in [portal.clone(), format!("{portal}/cards/stripe")] {
        browser.goto(&address).await.expect("a page");
        visit.hold("fenerum", &address).await;
    }
    browser.goto(&format!("{}/login/", visit.served.fenerum)).await.expect("a page");
    visit.look("the portal's login").await;
    assert!(send_wrong(browser).await);
    assert_eq!(is_told(browser).await, Ok(()), "the portal's login after a wrong input");
    held.insert("fenerum".to_owned());

    let all: BTreeSet<_> = PROVIDERS.iter().map(|provider| provider.info().id.to_owned()).collect();
    assert_eq!(held, all, "the shop sells something at every provider");
    visit.end().await;
}

#[tokio::test]
async fn pages_that_refuse_are_marked_and_speak_the_payers_language() {
    if !driver::there() {
        return;
    }
    let visit = Visit::start().await;
    let browser = &visit.browser;
    browser.set_window_size(400, 800).await.expect("narrow");
    for (provider, path, fields) in REFUSALS {
        let origin = visit.served.ready["providers"][provider].as_str().expect("an address");
        let address = format!("{origin}{path}");
        if fields.is_empty() {
            browser.goto(&address).await.expect("a page");
        } else {
            post(browser, &address, fields).await;
        }
        text(browser, "main [role=alert]").await;
        assert_eq!(lacks(browser).await, Vec::<String>::new(), "{provider} {path}");
        let markup = browser.find_all(Locator::Css("main script, main img")).await.expect("a list");
        assert!(markup.is_empty(), "{provider} {path} takes for markup what was sent");
        let offers = fields.is_empty() && !ENGLISH.contains(provider);
        assert_eq!(languages(browser).await.len(), if offers { 2 } else { 1 }, "{provider}");
        if offers {
            let (language, _) = read(browser).await;
            click(browser, "[data-language]").await;
            reads(browser, &format!("[data-language={language}]"), "English").await;
            // The next provider's page begins in English again.
            click(browser, "[data-language=en]").await;
            text(browser, "html[lang=en]").await;
        }
    }
    let refusing: BTreeSet<_> = REFUSALS.iter().map(|(provider, ..)| *provider).collect();
    assert_eq!(refusing.len(), PROVIDERS.len(), "every provider can refuse");
    visit.end().await;
}
