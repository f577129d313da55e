//! The payment providers behind BRP: the method leads to its provider's page, and each sends the payer
//! back in its own words.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use provkassa::simulators::brp::endpoints::{Endpoint, endpoint};
use serde_json::json;

use crate::support::{Served, location};
use crate::walk::{end_of, link_to, open, press, row, seed};

fn pay_for_order() -> &'static Endpoint {
    endpoint("payfororder").expect("known")
}

async fn page(served: &Served, method: &str) -> String {
    let order = json!({"customer": 67, "rows": [row(1, 15_000)]});
    let id = seed(served, "orders", order).await;
    let parameters = vec![("orderid", id), ("paymentmethodid", method.to_owned())];
    open(served, pay_for_order(), &link_to(served, pay_for_order(), &parameters)).await.page()
}

#[tokio::test]
async fn the_method_leads_to_its_providers_page() {
    let served = Served::frozen().await;
    for (method, psp, kind) in [
        ("100", "brp", "CARD_CREDIT"),
        ("103", "svea", "INVOICE"),
        ("104", "easy", "KLARNA"),
        ("106", "svea", "CARD_CREDIT"),
        ("107", "netaxept", "CARD_CREDIT"),
        ("108", "easy", "CARD_CREDIT"),
        ("109", "payu", "CARD_CREDIT"),
        ("110", "payu", "BANK"),
    ] {
        let html = served.get(&page(&served, method).await).await.text().await.expect("a page");
        assert!(html.contains(&format!("data-psp=\"{psp}\"")), "{method}");
        assert!(html.contains(&format!("data-kind=\"{kind}\"")), "{method}");
        // The link has chosen, so the payer cannot.
        assert!(!html.contains("<nav"), "{method}");
        assert_eq!(html.contains("name=\"cardnumber\""), kind.starts_with("CARD_"), "{method}");
    }
    // Without a method the facility's own provider comes first.
    seed(&served, "businessunits", json!({"id": 15, "psp": "netaxept"})).await;
    let link = link_to(&served, pay_for_order(), &vec![("orderid", "15".to_owned())]);
    let there = open(&served, pay_for_order(), &link).await.page();
    let html = served.get(&there).await.text().await.expect("a page");
    assert!(html.contains("data-psp=\"netaxept\"") && html.contains("<nav"));
}

#[tokio::test]
async fn each_provider_sends_the_payer_back_in_its_own_words() {
    let served = Served::frozen().await;
    for (method, button, expected, code) in [
        ("100", "approve", vec!["transaction", "status=OK", "seal"], ""),
        ("100", "cancel", vec!["transaction", "status=CANCELLED", "seal"], "205"),
        ("107", "approve", vec!["transactionId", "responseCode=OK", "seal"], ""),
        ("107", "cancel", vec!["transactionId", "responseCode=Cancel", "seal"], "205"),
        ("108", "approve", vec!["paymentId", "seal"], ""),
        ("109", "approve", vec!["orderId", "seal"], ""),
        // PayU's 501, which is not BRP's.
        ("109", "decline", vec!["orderId", "error=501", "seal"], "201"),
        ("106", "approve", vec!["response", "mac"], ""),
        ("106", "cancel", vec!["response", "mac"], "205"),
    ] {
        let there = page(&served, method).await;
        let token = there.rsplit('/').next().expect("a token").to_owned();
        let bank = press(&served, &there, &[("outcome", button)]).await;
        let (address, query) = bank.split_once('?').expect("a query");
        assert_eq!(address, format!("{}external/payment/providerreturn", served.base()));
        let pairs: Vec<(String, String)> =
            url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let fits = pairs.len() == expected.len()
            && pairs.iter().zip(&expected).all(|((name, value), expected)| {
                **expected == *name || **expected == format!("{name}={value}")
            });
        assert!(fits, "{method} {button}: {query}");
        if method == "106" {
            let xml = STANDARD.decode(&pairs[0].1).expect("base64");
            let status = if button == "approve" { "0" } else { "108" };
            let expected = format!(
                "<response><transaction id=\"{token}\"/><statuscode>{status}</statuscode></response>"
            );
            assert_eq!(String::from_utf8_lossy(&xml), expected);
        } else {
            assert_eq!(pairs[0].1, token);
        }
        let end = end_of(pay_for_order(), &location(&served.get(&bank).await));
        assert_eq!(end.code, code, "{method} {button}");
    }
}

#[tokio::test]
async fn nobody_pays_by_changing_the_words_on_the_way_back() {
    let served = Served::frozen().await;
    for (method, from, to) in [
        ("100", "status=DECLINED", "status=OK"),
        ("107", "responseCode=", "responseCode=OK&was="),
        ("109", "&error=501", ""),
    ] {
        let there = page(&served, method).await;
        let bank = press(&served, &there, &[("outcome", "decline")]).await;
        assert!(bank.contains(from), "{bank}");
        let end = end_of(pay_for_order(), &location(&served.get(&bank.replace(from, to)).await));
        assert_eq!(end.code, "201", "{method}: BRP asks the provider, not the payer");
    }
    assert_eq!(served.read("brp/receipts").await, json!([]));
}
