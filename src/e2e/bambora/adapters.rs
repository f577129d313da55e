//! Windows opened with what the adapters in Node, Python and PHP have signed end in paid orders, in a real browser; and
//! what comes back then is verified by all three.

use serde_json::{Value, json};

use super::calls::MERCHANT;
use super::order::{KEY, value_of};
use super::payer::{called_back, pay};
use crate::adapters::{NODE, PHP, PYTHON, Running, unanimous};
use crate::driver::{self, Driver, post};
use crate::quickpay::{Does, Shop};
use crate::support::Served;

/// What each adapter makes of a return: all say the same.
fn read(verifiers: &mut [Running], came: &str, url: &str, order: &str, paid: &str) -> Value {
    let message = json!({
        "op": "bambora.return", "came": came, "url": url, "md5key": KEY, "order": order,
        "amount": {"minor": 12_550, "currency": "DKK"}, "subscription": false, "paid": paid,
    });
    unanimous(verifiers, &message)
}

#[tokio::test]
async fn windows_signed_in_three_languages_end_in_paid_orders() {
    if !driver::there() {
        return;
    }
    let served = Served::frozen().await;
    served.set("bambora.fee_basis_points", "100").await;
    let mut verifiers: Vec<_> = [NODE, PYTHON, PHP].into_iter().filter_map(Running::start).collect();
    let shop = Shop::open(Does::Answer(200)).await;
    let driver = Driver::start();
    let browser = driver.browser(true).await;
    for (place, shipped) in [NODE, PYTHON, PHP].into_iter().enumerate() {
        let Some(mut adapter) = Running::start(shipped) else { continue };
        let order = format!("A{place}");
        let back = format!("{}/_sim/return?ref=a%20b%26c+%C3%A5", served.control);
        let told = format!("{}/told?ref=a%20b%26c+%C3%A5", shop.url);
        let signed = adapter.ask(json!({
            "op": "bambora.request", "md5key": KEY,
            "parameters": [
                ["encoding", "UTF-8"], ["merchantnumber", MERCHANT], ["amount", "12550"], ["currency", "DKK"],
                ["orderid", order], ["windowstate", "3"], ["ownreceipt", "1"], ["group", ""],
                ["ordertext", "Rødgrød & <fløde> \"+\""], ["accepturl", back], ["cancelurl", back],
                ["callbackurl", told], ["instantcallback", "1"],
            ],
        }));
        let signed = signed["answer"]["parameters"].as_array().unwrap_or_else(|| panic!("{signed}")).iter();
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let signed: Vec<_> = signed.map(|pair| (text(&pair[0]), text(&pair[1]))).collect();
        let fields: Vec<_> = signed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        post(&browser, &format!("{}/integration/ewindow/Default.aspx", served.bambora), &fields).await;
        let url = pay(&browser, "29").await;
        let transaction = value_of(&url, "txnid");
        assert_eq!((value_of(&url, "amount"), value_of(&url, "txnfee")), ("12550".into(), "126".into()));

        let answer = |outcome| json!({"outcome": outcome, "transaction": transaction, "subscription": null});
        for (came, url) in [("callback", called_back(&shop)), ("accept", url)] {
            assert_eq!(read(&mut verifiers, came, &url, &order, ""), answer("approved"));
            assert_eq!(read(&mut verifiers, came, &url, &order, &transaction), answer("again"));
            assert_eq!(read(&mut verifiers, came, &url, "A9", ""), "rejected");
            assert_eq!(read(&mut verifiers, came, &url.replace("12550", "12551"), &order, ""), "rejected");
        }
    }
    browser.close().await.expect("closed");
}
