//! The self-service portal: its links, what a customer sees, and the cards that are added there.

use axum::http::StatusCode;
use fantoccini::Locator;
use provkassa::simulators::quickpay::acquirer::Fate;
use serde_json::{Value, json};

use super::{EMAIL, Said, at_quickpay, call, payment_method, post, quickpay_card, read, register};
use crate::driver::{self, Driver, click, reads, text};
use crate::stripe::page::{CARD, type_card};
use crate::support::{Served, location, snapshot};

async fn initiate(served: &Served, email: &str) -> Said {
    call(served, "POST", "/api/self-service/initiate-organization/", &json!({"email": email})).await
}

/// The link into the portal.
async fn link(served: &Served) -> String {
    let said = initiate(served, EMAIL).await;
    assert_eq!(said.status, StatusCode::OK, "{}", said.text);
    said.body["url"].as_str().expect("a link").to_owned()
}

async fn page(served: &Served, url: &str) -> (StatusCode, String) {
    let answer = served.get(url).await;
    let status = answer.status();
    (status, answer.text().await.expect("a page"))
}

/// What stands in an attribute of a page, each time it occurs.
fn all<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!("{attribute}=\"");
    html.split(start.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// The token of a link is drawn, and the port is free: neither stands in a snapshot.
fn steady(html: &str, served: &Served, link: &str) -> String {
    html.replace(link, "(link)").replace(&served.fenerum, "(fenerum)")
}

#[tokio::test]
async fn a_link_shows_the_account_to_whoever_has_it() {
    let served = Served::frozen().await;
    let link = link(&served).await;
    assert!(link.starts_with(&format!("{}/access/", served.fenerum)));
    register(&served, "stripe_new", "pm_card_visa").await;
    let (status, html) = page(&served, &link).await;
    assert_eq!(status, StatusCode::OK);
    snapshot("fenerum", "portal", &steady(&html, &served, &link));
    let head = served.client.head(&link).send().await.expect("an answer");
    assert_eq!(head.status(), StatusCode::METHOD_NOT_ALLOWED);
    // What customers may not see or do is not there.
    for (setting, gone) in [
        ("fenerum.self_service_invoices", "data-invoice"),
        ("fenerum.self_service_subscriptions", "data-subscription"),
        ("fenerum.self_service_cards", "data-outcome=\"disable\""),
        ("fenerum.stripe", "data-add=\"stripe\""),
        ("fenerum.quickpay", "data-add=\"quickpay\""),
    ] {
        served.set("fenerum.self_service_cards", "on").await;
        assert!(page(&served, &link).await.1.contains(gone), "{gone}");
        served.set(setting, "off").await;
        assert!(!page(&served, &link).await.1.contains(gone), "{gone}");
    }
}

#[tokio::test]
async fn links_end_and_self_service_can_be_switched_off() {
    let served = Served::frozen().await;
    let link = link(&served).await;
    let error = async |url: &str| {
        let (status, html) = page(&served, url).await;
        (status, all(&html, "data-page=\"error\" data-error").first().copied().unwrap_or_default().to_owned())
    };
    assert_eq!(error(&link).await, (StatusCode::OK, String::new()));
    served.post("clock/advance", json!({"milliseconds": 3_599_999})).await;
    assert_eq!(error(&link).await.0, StatusCode::OK);
    served.post("clock/advance", json!({"milliseconds": 1})).await;
    let expired = (StatusCode::NOT_FOUND, "link-expired".to_owned());
    assert_eq!(error(&link).await, expired);
    for (method, path) in [("GET", "/cards/stripe"), ("POST", "/cards/stripe"), ("POST", "/cards/quickpay")] {
        let request = served.client.request(method.parse().expect("a verb"), format!("{link}{path}"));
        assert_eq!(request.send().await.expect("an answer").status(), StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(error(&format!("{}/access/nobody", served.fenerum)).await, expired);
    assert_eq!(error(&format!("{}/login/nobody/", served.fenerum)).await.0, StatusCode::NOT_FOUND);
    served.set("fenerum.self_service", "off").await;
    assert_eq!(error(&link).await, (StatusCode::FORBIDDEN, "self-service-off".to_owned()));
    let said = initiate(&served, EMAIL).await;
    assert_eq!(said.body["detail"], "Self-service is not enabled for this organisation.");
}

#[tokio::test]
async fn a_customer_logs_in_by_mail() {
    let served = Served::frozen().await;
    let (status, html) = page(&served, &format!("{}/login/", served.fenerum)).await;
    assert_eq!(status, StatusCode::OK);
    let action = all(&html, "action")[0].to_owned();
    for (email, status, hook) in [
        ("nobody", StatusCode::UNPROCESSABLE_ENTITY, "data-error=\"email\""),
        ("nobody@example.com", StatusCode::OK, "data-outcome=\"mail-sent\""),
        ("Customer@Example.com", StatusCode::OK, "data-outcome=\"mail-sent\""),
    ] {
        let answer = served.submit(&action, &[("email", email)]).await;
        assert_eq!(answer.status(), status, "{email}");
        assert!(answer.text().await.expect("a page").contains(hook), "{email}");
    }
    let mails = served.read("fenerum/emails").await;
    assert_eq!(mails.as_array().map(Vec::len), Some(1), "{mails}");
    let link = mails[0]["link"].as_str().expect("a link");
    assert!(mails[0]["text"].as_str().expect("a text").contains(link));
    let (status, html) = page(&served, link).await;
    assert_eq!((status, all(&html, "data-account")), (StatusCode::OK, vec!["CUST001"]));
    // Another workspace has a login of its own.
    served.control(reqwest::Method::POST, "workspaces", json!({"name": "other"})).await;
    let (_, html) = page(&served, &format!("{}/w/other/fenerum/login/", served.control)).await;
    let theirs = all(&html, "action")[0].to_owned();
    let path = theirs.split("/login/").nth(1).expect("a company");
    served.submit(&format!("{}/login/{path}", served.fenerum), &[("email", EMAIL)]).await;
    let mails = served.control(reqwest::Method::GET, "workspaces/other/fenerum/emails", Value::Null).await;
    assert_eq!(mails.as_array().map(Vec::len), Some(1));
}

/// How the account, its subscription and its invoices stand.
async fn standing(served: &Served) -> (Value, Value, Vec<Value>) {
    let account = read(served, "accounts/CUST001/").await.body;
    let subscription = read(served, "subscriptions/?account=CUST001").await.body;
    let invoices = read(served, "invoices/?account=CUST001").await.body;
    let invoices = invoices["results"].as_array().expect("a list");
    (
        account["collection_method"].clone(),
        subscription["results"][0]["collection_method"].clone(),
        invoices.iter().map(|invoice| invoice["status"].clone()).collect(),
    )
}

async fn advance_days(served: &Served, days: u64) {
    served.post("clock/advance", json!({"milliseconds": days * 86_400_000})).await;
}

#[tokio::test]
async fn a_stripe_card_that_is_added_pays_from_then_on() {
    let served = Served::frozen().await;
    // A card that the shop registers changes nothing else.
    register(&served, "stripe_new", "pm_card_visa").await;
    assert_eq!(standing(&served).await, (json!("invoice"), json!("invoice"), vec![json!("open")]));
    served.set("fenerum.link_minutes", "0").await;
    let link = link(&served).await;
    let form = format!("{link}/cards/stripe");
    let answer = served.get(&form).await;
    let policy = answer.headers()["content-security-policy"].to_str().expect("text").to_owned();
    assert!(policy.contains("script-src 'self'") && policy.contains("frame-src 'self'"), "{policy}");
    let html = answer.text().await.expect("a page");
    snapshot("fenerum", "portal-card", &steady(&html, &served, &link));
    // A card that its bank refuses is told on the page.
    let declined = payment_method(&served, "4000000000000002").await;
    let answer = served.submit(&form, &[("payment_method", &declined)]).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let html = answer.text().await.expect("a page");
    assert!(html.contains("data-error=\"card\">Your card was declined."), "{html}");
    assert_eq!(standing(&served).await.0, "invoice");

    let method = payment_method(&served, "5555555555554444").await;
    let back = location(&served.submit(&form, &[("payment_method", &method)]).await);
    let (_, html) = page(&served, &back).await;
    assert!(html.contains("Card saved: MasterCard ending in 4444"), "{html}");
    assert_eq!(standing(&served).await, (json!("payment_card"), json!("payment_card"), vec![json!("open")]));
    advance_days(&served, 31).await;
    assert_eq!(standing(&served).await.2, vec![json!("open"), json!("paid")]);
    let newest = all(&html, "data-card").first().copied().expect("a card").to_owned();
    let invoices = served.read("fenerum/invoices").await;
    assert_eq!(invoices[1]["payment_card"], json!(newest));
    assert_eq!(invoices[1]["total"], "199.00");

    // Disabled in the portal, it is charged no more: the older one is.
    let disabled = served.submit(&format!("{link}/cards/disable/{newest}"), &[]).await;
    assert_eq!(location(&disabled), link);
    advance_days(&served, 30).await;
    standing(&served).await;
    let invoices = served.read("fenerum/invoices").await;
    assert_eq!(invoices[2]["status"], "paid");
    assert_ne!(invoices[2]["payment_card"], json!(newest));
    let other = served.submit(&format!("{link}/cards/disable/nobody"), &[]).await;
    assert_eq!(other.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

/// Goes to QuickPay's window from the portal, and does something there; where the browser is sent.
async fn through_the_window(served: &Served, link: &str, fields: &[(&str, &str)]) -> String {
    let window = location(&served.submit(&format!("{link}/cards/quickpay"), &[]).await);
    assert!(window.starts_with(&served.quickpay), "{window}");
    let mut there = window;
    for _ in 0..6 {
        let answer = served.get(&there).await;
        if answer.status().is_redirection() {
            there = location(&answer);
            continue;
        }
        let html = answer.text().await.expect("a page");
        let action = all(&html, "action").first().copied().expect("a form").to_owned();
        let session = all(&html, "name=\"session_id\" value").first().copied().unwrap_or_default().to_owned();
        let mut typed = vec![("session_id", session.as_str())];
        typed.extend(fields);
        let answer = served.submit(&action, &typed).await;
        assert!(answer.status().is_redirection(), "{}", answer.text().await.expect("a page"));
        there = location(&answer);
        if there.starts_with(&served.fenerum) {
            return there;
        }
    }
    there
}

#[tokio::test]
async fn a_quickpay_card_is_added_in_quickpays_window() {
    let served = Served::frozen().await;
    served.set("fenerum.link_minutes", "0").await;
    let link = link(&served).await;
    let cancelled = through_the_window(&served, &link, &[("outcome", "cancel")]).await;
    assert_eq!(cancelled, link);
    assert_eq!(read(&served, "paymentcards/").await.body["count"], 0);

    let number = quickpay_card(Fate::Approved);
    let typed = [
        ("cardnumber", number.as_str()),
        ("expiration[month]", "12"),
        ("expiration[year]", "30"),
        ("cvd", "208"),
    ];
    let back = through_the_window(&served, &link, &typed).await;
    assert!(back.starts_with(&format!("{link}/cards/quickpay/")), "{back}");
    let shown = location(&served.get(&back).await);
    let (_, html) = page(&served, &shown).await;
    assert!(html.contains("Card saved: Visa ending in 0008"), "{html}");
    // Whoever comes back twice gets no second card.
    assert_eq!(location(&served.get(&back).await), shown);
    let cards = read(&served, "paymentcards/?account=CUST001").await.body;
    assert_eq!((&cards["count"], &cards["results"][0]["payment_gateway"]), (&json!(1), &json!("quickpay")));
    advance_days(&served, 31).await;
    assert_eq!(standing(&served).await.2, vec![json!("open"), json!("paid")]);
    // A way back that nobody went, and one that was not paid.
    let strange = served.get(&format!("{link}/cards/quickpay/nobody")).await;
    assert_eq!(strange.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let open = location(&served.submit(&format!("{link}/cards/quickpay"), &[]).await);
    assert!(open.starts_with(&served.quickpay));
    let early = served.get(&format!("{link}/cards/quickpay/self000003")).await;
    assert_eq!(early.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(early.text().await.expect("a page").contains("No card was added"));
}

#[tokio::test]
async fn charges_fail_as_cards_do_and_can_be_tried_again() {
    let served = Served::frozen().await;
    let issue = async || {
        let body = json!({"account": "CUST001", "amount": 5000, "collection_method": "payment_card"});
        served.post("fenerum/invoices", body).await
    };
    // Without a card the invoice waits.
    assert_eq!(issue().await["status"], "open");
    register(&served, "stripe_new", "pm_card_authenticationRequired").await;
    let failed = issue().await;
    assert_eq!((&failed["status"], &failed["attempts"]), (&json!("declined"), &json!(1)));
    assert!(failed["failure"].as_str().expect("a reason").starts_with("authentication_required: "));
    let subscription = at_quickpay(&served, "subscriptions", "charge-1", Fate::RecurringRejected).await;
    register(&served, "quickpay", &subscription).await;
    let again = served.post("fenerum/invoices", json!({"uuid": failed["uuid"], "charge": true})).await;
    assert_eq!((&again["status"], &again["attempts"]), (&json!("declined"), &json!(2)));
    register(&served, "stripe_new", "pm_card_visa").await;
    let again = served.post("fenerum/invoices", json!({"uuid": failed["uuid"]})).await;
    assert_eq!((&again["status"], &again["failure"]), (&json!("paid"), &Value::Null));
    // Or the customer pays in another way.
    let open = served.read("fenerum/invoices").await[0]["invoice_number"].to_string();
    let press = async |outcome: &str| {
        let url = format!("{}/_sim/v1/workspaces/default/payments/{open}/outcome", served.control);
        let body = json!({"provider": "fenerum", "outcome": outcome});
        served.client.post(url).json(&body).send().await.expect("an answer").status()
    };
    assert_eq!(press("expire").await, StatusCode::BAD_REQUEST);
    assert!(press("decline").await.is_success());
    assert!(press("approve").await.is_success());
    assert_eq!(press("approve").await, StatusCode::CONFLICT);
    assert_eq!(served.read("fenerum/invoices").await[0]["status"], "paid");
}

#[tokio::test]
async fn a_customer_of_two_accounts_sees_both() {
    let served = Served::frozen().await;
    post(&served, "accounts/", json!({"company_name": "Anden & Co", "code": "B&B"})).await;
    post(&served, "recipients/", json!({"account": "B&B", "email": EMAIL})).await;
    let link = link(&served).await;
    let (_, html) = page(&served, &link).await;
    assert!(html.contains("Anden &#38; Co") && html.contains("?account=B%26B"), "{html}");
    let form = format!("{link}/cards/stripe?account=B%26B");
    let method = payment_method(&served, "4242424242424242").await;
    let back = location(&served.submit(&form, &[("payment_method", &method)]).await);
    let (_, html) = page(&served, &back).await;
    assert_eq!(all(&html, "data-account"), ["B&#38;B"]);
    assert!(html.contains("data-outcome=\"card-added\""));
    let other = read(&served, "accounts/B&B/").await.body;
    assert_eq!(other["collection_method"], "payment_card");
    assert_eq!(read(&served, "accounts/CUST001/").await.body["collection_method"], "invoice");
}

#[tokio::test]
async fn a_browser_adds_a_card_with_the_script_and_disables_it_without() {
    if !driver::there() {
        return;
    }
    let served = Served::start(&[]).await;
    let link = link(&served).await;
    let driver = Driver::start();
    let browser = driver.browser(true).await;
    browser.goto(&link).await.expect("open");
    click(&browser, "[data-add=stripe]").await;
    click(&browser, "[data-outcome=approve]").await;
    reads(&browser, "#message", "Your card number is incomplete.").await;
    type_card(&browser, CARD).await;
    click(&browser, "[data-outcome=approve]").await;
    let saved = "Card saved: Visa ending in 4242. Your subscriptions are paid with it from now on.";
    reads(&browser, "[data-outcome=card-added]", saved).await;
    reads(&browser, "[data-collection-method]", "Payment card").await;
    browser.close().await.expect("closed");

    let browser = driver.browser(false).await;
    browser.goto(&format!("{link}/cards/stripe")).await.expect("open");
    assert!(text(&browser, "[data-error=no-script]").await.contains("need JavaScript"));
    click(&browser, "[data-outcome=cancel]").await;
    click(&browser, "[data-outcome=disable]").await;
    reads(&browser, "tr[data-active=false] td:nth-child(3)", "Disabled").await;
    click(&browser, "[data-add=quickpay]").await;
    let (number, name) = (quickpay_card(Fate::Approved), "input[name=cardnumber]");
    for (css, typed) in [(name, number.as_str()), ("#month", "12"), ("#year", "30"), ("#cvd", "208")] {
        let field = browser.wait().for_element(Locator::Css(css)).await.expect("a field");
        field.send_keys(typed).await.expect("typed");
    }
    click(&browser, "[data-outcome=approve]").await;
    let saved = "Card saved: Visa ending in 0008. Your subscriptions are paid with it from now on.";
    reads(&browser, "[data-outcome=card-added]", saved).await;
    browser.close().await.expect("closed");
}
