//! Subscriptions: charged, captured at once or later, expired, listed and deleted.

use serde_json::json;

use super::calls::{advance, elements, payment, queue, signed_up, subscription, text, transaction};
use crate::support::Served;

/// The elements of the document's first PHP example.
fn order(id: &str, more: &[(&str, &str)]) -> String {
    let usual = [
        ("subscriptionid", id),
        ("orderid", "1234"),
        ("amount", "9995"),
        ("currency", "208"),
        ("instantcapture", "0"),
        ("fraud", "0"),
        ("transactionid", "-1"),
        ("pbsresponse", "-1"),
        ("epayresponse", "-1"),
    ];
    let changed = |name: &str| more.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    let mut all: Vec<_> = usual.iter().map(|(name, value)| (*name, changed(name).unwrap_or(value))).collect();
    all.extend(more.iter().filter(|(name, _)| usual.iter().all(|(known, _)| known != name)));
    elements(&all)
}

async fn authorize(served: &Served, id: &str, more: &[(&str, &str)]) -> String {
    subscription(served, "authorize", &order(id, more)).await
}

fn refused(pbs: i32, epay: i32) -> String {
    format!(
        "<authorizeResult>false</authorizeResult><fraud>0</fraud><transactionid>0</transactionid><pbsresponse>{pbs}</pbsresponse><epayresponse>{epay}</epayresponse>"
    )
}

/// Charges it: the id of the transaction.
async fn charged(served: &Served, id: &str, more: &[(&str, &str)]) -> String {
    let answer = authorize(served, id, more).await;
    let transaction = text(&answer, "transactionid").to_owned();
    assert_eq!(
        answer,
        format!(
            "<authorizeResult>true</authorizeResult><fraud>0</fraud><transactionid>{transaction}</transactionid><pbsresponse>0</pbsresponse><epayresponse>-1</epayresponse>"
        )
    );
    transaction
}

async fn delete(served: &Served, id: &str) -> String {
    subscription(served, "deletesubscription", &elements(&[("subscriptionid", id)])).await
}

#[tokio::test]
async fn a_subscription_is_charged_captured_and_deleted() {
    let served = Served::frozen().await;
    let id = signed_up(&served, json!({"name": "Ida"})).await;
    let transaction = charged(&served, &id, &[]).await;
    // The document's second PHP example.
    let capture = elements(&[
        ("transactionid", &transaction),
        ("amount", "9995"),
        ("pbsResponse", "-1"),
        ("epayresponse", "-1"),
    ]);
    let captured = payment(&served, "capture", &capture).await;
    assert_eq!(
        captured,
        "<captureResult>true</captureResult><pbsResponse>0</pbsResponse><epayresponse>-1</epayresponse>"
    );
    let other = charged(&served, &id, &[]).await;
    assert_ne!(other, transaction);
    assert_eq!(
        delete(&served, &id).await,
        "<deletesubscriptionResult>true</deletesubscriptionResult><epayresponse>-1</epayresponse>"
    );
    assert_eq!(authorize(&served, &id, &[]).await, refused(-1, -1009));
    assert_eq!(
        delete(&served, &id).await,
        "<deletesubscriptionResult>false</deletesubscriptionResult><epayresponse>-1009</epayresponse>"
    );
    // What was charged stays the shop's to capture.
    let capture = elements(&[("transactionid", &other), ("amount", "9995")]);
    assert_eq!(text(&payment(&served, "capture", &capture).await, "captureResult"), "true");
}

#[tokio::test]
async fn a_charge_can_be_captured_at_once() {
    let served = Served::frozen().await;
    let id = signed_up(&served, json!({})).await;
    let state = async |transaction: &str| {
        let found = payment(&served, "gettransaction", &elements(&[("transactionid", transaction)])).await;
        format!("{} {}", text(&found, "status"), text(&found, "capturedamount"))
    };
    let at_once = charged(&served, &id, &[("instantcapture", "1")]).await;
    assert_eq!(state(&at_once).await, "PAYMENT_CAPTURED 9995");
    let later = charged(&served, &id, &[]).await;
    assert_eq!(state(&later).await, "PAYMENT_NEW 0");
    // The acquirer approves the charge, and refuses to capture it.
    let chain = json!({"provider": "bambora", "order": "A7", "chain": ["approve", "116"]});
    served.post("outcomes", chain).await;
    let failed = charged(&served, &id, &[("orderid", "A7"), ("instantcapture", "1")]).await;
    assert_eq!(state(&failed).await, "PAYMENT_INSTANT_CAPTURE_FAILED 0");
    served.set("bambora.acquirer", "euroline").await;
    let waits = charged(&served, &id, &[("instantcapture", "1")]).await;
    assert_eq!(state(&waits).await, "PAYMENT_EUROLINE_WAIT_CAPTURE 9995");
}

#[tokio::test]
async fn a_card_expires_with_its_month_in_denmark_and_a_new_sign_up_follows() {
    let served = Served::frozen().await;
    let id = signed_up(&served, json!({"month": 3, "year": 2026})).await;
    charged(&served, &id, &[]).await;
    // The last minute of March in Denmark, which is 22 hours behind in UTC.
    advance(&served, 30 * 24 * 3600 + 9 * 3600 + 59 * 60).await;
    charged(&served, &id, &[]).await;
    advance(&served, 60).await;
    assert_eq!(authorize(&served, &id, &[]).await, refused(101, -1));
    assert_eq!(text(&delete(&served, &id).await, "deletesubscriptionResult"), "true");
    let again = signed_up(&served, json!({"month": 3, "year": 2029})).await;
    assert_ne!(again, id);
    charged(&served, &again, &[]).await;
}

#[tokio::test]
async fn a_subscription_that_works_can_fail_later() {
    let served = Served::frozen().await;
    let id = signed_up(&served, json!({})).await;
    charged(&served, &id, &[]).await;
    let number: u64 = id.parse().expect("a number");
    served.post("bambora/subscriptions", json!({"id": number, "card": "5555555555555116"})).await;
    assert_eq!(authorize(&served, &id, &[]).await, refused(116, -1));
    served.post("bambora/subscriptions", json!({"id": number, "card": "4571990000002003"})).await;
    assert_eq!(authorize(&served, &id, &[]).await, refused(-1, -2003));
    served.post("bambora/subscriptions", json!({"id": number, "card": "3333333333333000"})).await;
    queue(&served, "1234", "102").await;
    assert_eq!(authorize(&served, &id, &[]).await, refused(102, -1));
    charged(&served, &id, &[]).await;
}

#[tokio::test]
async fn what_cannot_be_charged_is_refused() {
    let served = Served::frozen().await;
    let id = signed_up(&served, json!({})).await;
    let long = "o".repeat(21);
    for (name, value, code) in [
        ("amount", "0", -1100),
        ("amount", "-1", -1100),
        ("orderid", long.as_str(), -1100),
        ("group", &"g".repeat(101), -1100),
        ("description", &"d".repeat(1025), -1100),
        ("email", &"e".repeat(101), -1100),
        ("sms", "123456789", -1100),
        ("ipaddress", "2001:db8::123:45", -1100),
        ("currency", "1", -1200),
        ("currency", "-208", -1200),
        ("subscriptionid", "1", -1009),
        ("subscriptionid", "-1", -1009),
        ("merchantnumber", "7654321", -1002),
    ] {
        assert_eq!(authorize(&served, &id, &[(name, value)]).await, refused(-1, code), "{name} {value}");
    }
    // A transaction's number is no subscription's.
    let transaction = transaction(&served, json!({})).await;
    assert_eq!(authorize(&served, &transaction, &[]).await, refused(-1, -1009));
    assert_eq!(served.read("bambora/transactions").await.as_array().map(Vec::len), Some(1));
    served.set("bambora.unique_orders", "on").await;
    assert_eq!(authorize(&served, &id, &[]).await, refused(-1, -1001));
    charged(&served, &id, &[("orderid", "1235")]).await;
}

#[tokio::test]
async fn the_address_and_the_password_are_asked_for() {
    let served = Served::frozen().await;
    let id = signed_up(&served, json!({})).await;
    served.set("bambora.access", "none").await;
    assert_eq!(authorize(&served, &id, &[]).await, refused(-1, -1003));
    assert_eq!(
        delete(&served, &id).await,
        "<deletesubscriptionResult>false</deletesubscriptionResult><epayresponse>-1003</epayresponse>"
    );
    let list = elements(&[("subscriptionid", &id)]);
    assert_eq!(
        subscription(&served, "getsubscriptions", &list).await,
        "<getsubscriptionsResult>false</getsubscriptionsResult><epayresponse>-1003</epayresponse>"
    );
    // What explains the code can still be asked for.
    let code = elements(&[("language", "2"), ("epayresponsecode", "-1003")]);
    let told = subscription(&served, "getEpayError", &code).await;
    assert_eq!(text(&told, "getEpayErrorResult"), "true");
    served.set("bambora.access", "private").await;
    served.post("bambora/merchants", json!({"password": "open sesame"})).await;
    assert_eq!(authorize(&served, &id, &[]).await, refused(-1, -1019));
    assert_eq!(authorize(&served, &id, &[("pwd", "Open sesame")]).await, refused(-1, -1019));
    charged(&served, &id, &[("pwd", "open sesame")]).await;
}

#[tokio::test]
async fn subscriptions_are_listed_as_they_were_recorded() {
    let served = Served::frozen().await;
    let none = subscription(&served, "getsubscriptions", "").await;
    assert_eq!(
        none,
        "<getsubscriptionsResult>true</getsubscriptionsResult><subscriptionAry /><epayresponse>-1</epayresponse>"
    );
    let card = json!({"name": "A new subscriber", "card": "5555 5555 5555 5000", "month": 10, "year": 2027});
    let id = signed_up(&served, card).await;
    let entry = format!(
        "<SubscriptionInformationType><subscriptionid>{id}</subscriptionid><description>A new subscriber</description><created>2026-03-01T13:00:00</created><expmonth>10</expmonth><expyear>27</expyear><cardtypeid>MASTERCARD</cardtypeid>"
    );
    let one = elements(&[("subscriptionid", &id)]);
    let fresh = subscription(&served, "getsubscriptions", &one).await;
    assert_eq!(
        fresh,
        format!(
            "<getsubscriptionsResult>true</getsubscriptionsResult><subscriptionAry>{entry}<transactionList /></SubscriptionInformationType></subscriptionAry><epayresponse>-1</epayresponse>"
        )
    );
    let transaction = charged(&served, &id, &[("group", "Group")]).await;
    advance(&served, 90).await;
    let other = signed_up(&served, json!({"name": "Another"})).await;
    let all = subscription(&served, "getsubscriptions", "<subscriptionid>0</subscriptionid>").await;
    assert!(
        all.contains(&format!("{entry}<transactionList><TransactionInformationType><group>Group</group>"))
    );
    assert_eq!(text(&all, "transactionid"), transaction);
    // A group that a charge names has no line of history.
    assert_eq!(all.matches("<TransactionHistoryInfo>").count(), 1);
    assert_eq!(text(&all, "logonID"), "-1");
    assert!(all.find(&id) < all.find(&other), "{all}");
    let unknown = subscription(&served, "getsubscriptions", "<subscriptionid>1</subscriptionid>").await;
    assert_eq!(
        unknown,
        "<getsubscriptionsResult>false</getsubscriptionsResult><epayresponse>-1009</epayresponse>"
    );
}
