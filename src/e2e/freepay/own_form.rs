//! The card form of the shop's own, and the bank's page behind it.

use serde_json::Value;

use super::{Form, GOOD, NO, OK, Said, form, post, press, query, records, transact, with};
use crate::support::{Served, location};

const PATH: &str = "/secure/authorize.aspx";

/// A form with a card; the order has another name in it.
fn own(order: &str, amount: &str, card: &str) -> Form {
    let form: Form = form("").into_iter().filter(|(name, _)| *name != "OrderID").collect();
    let card = [("CardNumber", card), ("ExpireMonth", "12"), ("ExpireYear", "30"), ("CVC", "123")];
    with(with(form, &[("OrderNumber", order), ("Amount", amount)]), &card)
}

#[tokio::test]
async fn a_small_payment_needs_no_bank_and_a_dear_one_does() {
    let served = Served::frozen().await;
    let back = location(&post(&served, PATH, &own("small", "44999", GOOD)).await);
    assert_eq!(back, format!("{OK}?transact={}&OrderNumber=small", transact(&back)));
    assert_eq!(query(&served, transact(&back)).await.element("AuthorizationAmount"), "44999");
    // Pressed twice, paid once.
    assert_eq!(location(&post(&served, PATH, &own("small", "44999", GOOD)).await), back);
    let bank = location(&post(&served, PATH, &own("dear", "45000", GOOD)).await);
    let shown = Said::to(served.client.get(&bank)).await;
    assert_eq!(shown.hook("data-page"), "secure");
    assert!(!shown.text.contains("name=\"cardnumber\""));
    // A card cannot be typed there.
    let typed =
        served.submit(&bank, &[("cardnumber", GOOD), ("month", "12"), ("year", "30"), ("cvc", "1")]).await;
    assert_eq!(typed.status(), 200);
    let back = press(&served, &bank, "approve").await;
    assert!(back.starts_with(&format!("{OK}?transact=")));
    assert_eq!(press(&served, &bank, "decline").await, back);
    for (button, reason) in [("decline", "1"), ("cancel", "1")] {
        let bank = location(&post(&served, PATH, &own(button, "45000", GOOD)).await);
        assert_eq!(press(&served, &bank, button).await, format!("{NO}&reason={reason}"));
    }
    // The bank agrees, and the issuer does not.
    let bank = location(&post(&served, PATH, &own("poor", "45000", "4571990000000116")).await);
    assert_eq!(press(&served, &bank, "approve").await, format!("{NO}&reason=116"));
    let euros = with(own("euros", "45000", GOOD), &[("Currency", "978")]);
    assert!(location(&post(&served, PATH, &euros).await).starts_with(OK));
    served.set("freepay.secure_step", "off").await;
    assert!(location(&post(&served, PATH, &own("off", "45000", GOOD)).await).starts_with(OK));
    assert_eq!(records(&served, "transactions").await.len(), 4);
}

#[tokio::test]
async fn a_subscription_always_asks_the_bank() {
    let served = Served::frozen().await;
    let sign_up = with(own("sub", "0", GOOD), &[("Subscription", "1")]);
    let bank = location(&post(&served, PATH, &sign_up).await);
    let id = transact(&press(&served, &bank, "approve").await);
    assert_eq!(records(&served, "subscriptions").await[0]["id"], id);
    assert_eq!(records(&served, "transactions").await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_card_that_is_wrong_is_declined_with_its_reason() {
    let served = Served::frozen().await;
    for (name, value, reason) in [
        ("CVC", "", "21"),
        ("CVC", "12", "22"),
        ("ExpireMonth", "13", "101"),
        ("ExpireYear", "25", "101"),
        ("CardNumber", "4571", "111"),
        ("CardNumber", "4111111111111111", "111"),
        ("CardNumber", "4571990000009001", "-1"),
        ("CardNumber", "4571990000009002", "-2"),
    ] {
        let answer = post(&served, PATH, &with(own("7", "1250", GOOD), &[(name, value)])).await;
        assert_eq!(location(&answer), format!("{NO}&reason={reason}"), "{name}={value}");
    }
    // Without the fields of a card there is none.
    assert_eq!(location(&post(&served, PATH, &form("7")).await), format!("{NO}&reason=111"));
}

#[tokio::test]
async fn an_unknown_merchant_and_a_wrong_form_are_errors() {
    let served = Served::frozen().await;
    let nobody = post(&served, PATH, &with(own("7", "1250", GOOD), &[("MerchantNumber", "99")])).await;
    assert_eq!(nobody.status(), 500);
    assert!(nobody.text().await.expect("a page").contains("data-error=\"merchantnumber\""));
    let wrong = post(&served, PATH, &own("7", "12.50", GOOD)).await;
    assert_eq!(wrong.status(), 400);
    assert!(wrong.text().await.expect("a page").contains("data-error=\"amount\""));
    let page = post(&served, "/paymentpage", &with(form("7"), &[("MerchantNumber", "99")])).await;
    assert_eq!(page.status(), 400);
    assert!(page.text().await.expect("a page").contains("data-error=\"merchantnumber\""));
}

#[tokio::test]
async fn the_shops_page_should_be_on_https() {
    let served = Served::frozen().await;
    let from = async |name: &str, value: &str| {
        let fields = own("7", "1250", GOOD);
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        Said::to(served.client.post(format!("{}{PATH}", served.freepay)).header(name, value).body(body)).await
    };
    for (name, value, warned) in [
        ("referer", "http://shop.example/pay", true),
        ("origin", "http://shop.example", true),
        ("origin", "https://shop.example", false),
        ("referer", "https://shop.example/pay", false),
        ("origin", "null", false),
    ] {
        let said = from(name, value).await;
        assert_eq!((said.status, said.warnings.contains("without https")), (302, warned), "{value}");
    }
    served.set("freepay.insecure_form", "refuse").await;
    let said = from("origin", "http://shop.example").await;
    assert_eq!((said.status, said.hook("data-error")), (400, "https"));
    assert!(!said.text.contains("123</code>"), "{said:?}");
    assert_eq!(from("origin", "https://shop.example").await.status, 302);
}
