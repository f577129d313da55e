//! What a shop does with transactions: captured, credited, deleted, moved, renewed, right and wrong.

use serde_json::{Value, json};

use super::calls::{advance, elements, payment, queue, send, text, transaction};
use super::order::{Order, value_of};
use crate::support::{Served, location};

const DAY: u64 = 24 * 3600;

/// The elements of an operation on a transaction, dummies included.
fn on(id: &str, amount: &str) -> String {
    let amount = if amount.is_empty() { String::new() } else { format!("<amount>{amount}</amount>") };
    format!(
        "<transactionid>{id}</transactionid>{amount}<pbsResponse>-1</pbsResponse><epayresponse>-1</epayresponse>"
    )
}

async fn capture(served: &Served, id: &str, amount: &str) -> String {
    payment(served, "capture", &on(id, amount)).await
}

async fn credit(served: &Served, id: &str, amount: &str) -> String {
    payment(served, "credit", &on(id, amount)).await
}

async fn delete(served: &Served, id: &str) -> String {
    payment(served, "delete", &on(id, "")).await
}

fn captured(result: bool, pbs: i32, epay: i32) -> String {
    format!(
        "<captureResult>{result}</captureResult><pbsResponse>{pbs}</pbsResponse><epayresponse>{epay}</epayresponse>"
    )
}

fn credited(result: bool, pbs: i32, epay: i32) -> String {
    format!(
        "<creditResult>{result}</creditResult><pbsresponse>{pbs}</pbsresponse><epayresponse>{epay}</epayresponse>"
    )
}

fn deleted(result: bool, epay: i32) -> String {
    format!("<deleteResult>{result}</deleteResult><epayresponse>{epay}</epayresponse>")
}

/// What is kept of a transaction.
async fn kept(served: &Served, id: &str) -> Value {
    let all = served.read("bambora/transactions").await;
    let all = all.as_array().expect("a list").clone();
    let id: u64 = id.parse().expect("a number");
    all.into_iter().find(|one| one["id"] == id).expect("kept")
}

#[tokio::test]
async fn a_payment_is_captured_and_credited_as_it_was_recorded() {
    let served = Served::frozen().await;
    let id = transaction(&served, json!({})).await;
    assert_eq!(capture(&served, &id, "9995").await, captured(true, 0, -1));
    assert_eq!(credit(&served, &id, "4000").await, credited(true, 0, -1));
    assert_eq!(credit(&served, &id, "5996").await, credited(false, -1, -1007));
    assert_eq!(credit(&served, &id, "5995").await, credited(true, 0, -1));
    assert_eq!(credit(&served, &id, "1").await, credited(false, -1, -1007));
    let transaction = kept(&served, &id).await;
    assert_eq!(transaction["status"], "PAYMENT_CAPTURED");
    assert_eq!(
        (transaction["captured"].as_i64(), transaction["credited"].as_i64()),
        (Some(9995), Some(9995))
    );
}

#[tokio::test]
async fn a_payment_is_deleted_once_and_nothing_is_done_with_it_afterwards() {
    let served = Served::frozen().await;
    let id = transaction(&served, json!({})).await;
    assert_eq!(delete(&served, &id).await, deleted(true, -1));
    assert_eq!(delete(&served, &id).await, deleted(false, -1020));
    assert_eq!(capture(&served, &id, "9995").await, captured(false, -1, -1020));
    assert_eq!(credit(&served, &id, "9995").await, credited(false, -1, -1020));
    let moved = payment(&served, "move_as_captured", &on(&id, "")).await;
    assert_eq!(
        moved,
        "<move_as_capturedResult>false</move_as_capturedResult><epayresponse>-1020</epayresponse>"
    );
    assert_eq!(kept(&served, &id).await["status"], "PAYMENT_DELETED");
}

#[tokio::test]
async fn what_is_nobodys_is_not_found() {
    let served = Served::frozen().await;
    for id in ["1", "0", "-5", "9223372036854775807"] {
        assert_eq!(capture(&served, id, "9995").await, captured(false, -1, -1008));
        assert_eq!(credit(&served, id, "9995").await, credited(false, -1, -1008));
        assert_eq!(delete(&served, id).await, deleted(false, -1008));
    }
}

#[tokio::test]
async fn a_refusal_is_explained_beside_the_answer() {
    let served = Served::frozen().await;
    let id = transaction(&served, json!({"order": "A1"})).await;
    queue(&served, "A1", "116").await;
    capture(&served, &id, "9995").await;
    capture(&served, "1", "9995").await;
    capture(&served, &id, "9995").await;
    let journal = served.read("journal").await.to_string();
    for said in ["pbsresponse 116: ", "epayresponse -1008: "] {
        assert!(journal.contains(said), "{said}");
    }
    assert!(!journal.contains("epayresponse -1: "), "what went well needs no words");
}

#[tokio::test]
async fn another_merchants_transaction_is_not_found_and_stays_as_it_is() {
    let served = Served::frozen().await;
    let id = transaction(&served, json!({})).await;
    let made = served.control(reqwest::Method::POST, "workspaces", json!({"name": "other"})).await;
    let merchant = made["credentials"]["BAMBORA_MERCHANT"].as_str().expect("a number").to_owned();
    assert_ne!(merchant, "8008001");
    let before = kept(&served, &id).await;
    for method in ["capture", "credit", "delete", "move_as_captured", "movetransactiontogroup", "renew"] {
        let call =
            format!("<merchantnumber>{merchant}</merchantnumber>{}<group>theirs</group>", on(&id, "9995"));
        let answer = payment(&served, method, &call).await;
        assert!(answer.starts_with(&format!("<{method}Result>false</{method}Result>")), "{answer}");
        assert_eq!(text(&answer, "epayresponse"), "-1008", "{method}");
    }
    assert_eq!(kept(&served, &id).await, before);
}

#[tokio::test]
async fn wrong_amounts_are_refused_and_change_nothing() {
    let served = Served::frozen().await;
    let id = transaction(&served, json!({})).await;
    let before = kept(&served, &id).await;
    for (amount, code) in
        [("0", -1100), ("-1", -1100), ("-2147483648", -1100), ("9996", -1007), ("2147483647", -1007)]
    {
        assert_eq!(capture(&served, &id, amount).await, captured(false, -1, code), "{amount}");
    }
    assert_eq!(credit(&served, &id, "1").await, credited(false, -1, -1007), "nothing is captured");
    // Left out, it is 0.
    assert_eq!(capture(&served, &id, "").await, captured(false, -1, -1100));
    for (amount, says) in [
        ("2147483648", "Value was either too large or too small for an Int32."),
        ("99.95", "Input string was not in a correct format."),
        ("", "Input string was not in a correct format."),
        ("1e3", "Input string was not in a correct format."),
    ] {
        let namespace = super::calls::PAYMENT;
        let call = format!(
            "<capture xmlns=\"{namespace}\"><merchantnumber>8008001</merchantnumber><transactionid>{id}</transactionid><amount>{amount}</amount></capture>"
        );
        let (status, body) = send(&served, namespace, "capture", &call).await;
        assert_eq!(status, 500, "{amount}");
        assert!(
            body.contains("<faultcode>soap:Client</faultcode>") && body.contains(says),
            "{amount}: {body}"
        );
    }
    assert_eq!(kept(&served, &id).await, before);
}

#[tokio::test]
async fn without_splitting_a_payment_is_captured_once() {
    let served = Served::frozen().await;
    let id = transaction(&served, json!({})).await;
    assert_eq!(capture(&served, &id, "5000").await, captured(true, 0, -1));
    assert_eq!(capture(&served, &id, "4995").await, captured(false, -1, -1023));
    assert_eq!(delete(&served, &id).await, deleted(false, -1023));
    let split = transaction(&served, json!({"split": true})).await;
    assert_eq!(capture(&served, &split, "5000").await, captured(true, 0, -1));
    assert_eq!(capture(&served, &split, "4996").await, captured(false, -1, -1007));
    assert_eq!(capture(&served, &split, "4995").await, captured(true, 0, -1));
    assert_eq!(capture(&served, &split, "1").await, captured(false, -1, -1023));
    assert_eq!(kept(&served, &split).await["captured"], 9995);
}

#[tokio::test]
async fn elavon_repeats_credits_of_split_payments_and_net_banks_take_none() {
    let served = Served::frozen().await;
    served.set("bambora.acquirer", "elavon").await;
    for split in [true, false] {
        let id = transaction(&served, json!({"split": split})).await;
        assert_eq!(kept(&served, &id).await["acquirer"], "EVRY_ELAVON");
        assert_eq!(capture(&served, &id, "9995").await, captured(true, 0, -1));
        assert_eq!(credit(&served, &id, "1").await, credited(true, 0, -1));
        let again = if split { credited(true, 0, -1) } else { credited(false, -1, -1007) };
        assert_eq!(credit(&served, &id, "1").await, again);
    }
    let page = Order::new("N1").page(&served).await;
    let back = location(&served.submit(&page, &[("method", "13"), ("outcome", "approve")]).await);
    let id = value_of(&back, "txnid");
    assert_eq!(capture(&served, &id, "9995").await, captured(true, 0, -1));
    assert_eq!(credit(&served, &id, "1").await, credited(false, -1, -1007));
}

#[tokio::test]
async fn at_euroline_captures_and_credits_wait_for_their_settlement() {
    let served = Served::frozen().await;
    served.set("bambora.acquirer", "euroline").await;
    let id = transaction(&served, json!({})).await;
    assert_eq!(capture(&served, &id, "9995").await, captured(true, 0, -1));
    assert_eq!(kept(&served, &id).await["status"], "PAYMENT_EUROLINE_WAIT_CAPTURE");
    assert_eq!(credit(&served, &id, "1000").await, credited(false, -1, -1007), "from the next day");
    advance(&served, DAY).await;
    assert_eq!(kept(&served, &id).await["status"], "PAYMENT_CAPTURED");
    assert_eq!(credit(&served, &id, "1000").await, credited(true, 0, -1));
    assert_eq!(kept(&served, &id).await["status"], "PAYMENT_EUROLINE_WAIT_CREDIT");
    advance(&served, DAY).await;
    assert_eq!(kept(&served, &id).await["status"], "PAYMENT_CAPTURED");
    assert_eq!(credit(&served, &id, "1000").await, credited(false, -1, -1007), "no second one");
}

#[tokio::test]
async fn two_operations_need_a_pause_where_the_account_has_one() {
    let served = Served::frozen().await;
    served.set("bambora.pause_minutes", "15").await;
    let id = transaction(&served, json!({})).await;
    assert_eq!(capture(&served, &id, "9995").await, captured(true, 0, -1));
    assert_eq!(credit(&served, &id, "9995").await, credited(false, -1, -1021));
    advance(&served, 15 * 60 - 1).await;
    assert_eq!(credit(&served, &id, "9995").await, credited(false, -1, -1021));
    advance(&served, 1).await;
    assert_eq!(credit(&served, &id, "9995").await, credited(true, 0, -1));
}

#[tokio::test]
async fn payments_are_moved_and_cards_are_not_renewed() {
    let served = Served::frozen().await;
    let id = transaction(&served, json!({})).await;
    let renewed = payment(&served, "renew", &on(&id, "")).await;
    assert_eq!(
        renewed,
        "<renewResult>false</renewResult><pbsResponse>-1</pbsResponse><epayresponse>-1012</epayresponse>"
    );
    let group = format!("{}<group>March</group>", on(&id, ""));
    let moved = payment(&served, "movetransactiontogroup", &group).await;
    assert_eq!(
        moved,
        "<movetransactiontogroupResult>true</movetransactiontogroupResult><epayresponse>-1</epayresponse>"
    );
    let captured = payment(&served, "move_as_captured", &on(&id, "")).await;
    assert_eq!(
        captured,
        "<move_as_capturedResult>true</move_as_capturedResult><epayresponse>-1</epayresponse>"
    );
    let again = payment(&served, "move_as_captured", &on(&id, "")).await;
    assert_eq!(
        again,
        "<move_as_capturedResult>false</move_as_capturedResult><epayresponse>-1023</epayresponse>"
    );
    let transaction = kept(&served, &id).await;
    assert_eq!((&transaction["group"], &transaction["captured"]), (&json!("March"), &json!(9995)));
    let long = format!("{}<group>{}</group>", on(&id, ""), "g".repeat(101));
    let refused = payment(&served, "movetransactiontogroup", &long).await;
    assert_eq!(text(&refused, "epayresponse"), "-1100");
}

#[tokio::test]
async fn what_ewire_paid_is_renewed_unless_something_else_is_queued() {
    let served = Served::frozen().await;
    let page = Order::new("E1").page(&served).await;
    let back = location(&served.submit(&page, &[("method", "10"), ("outcome", "approve")]).await);
    let id = value_of(&back, "txnid");
    queue(&served, "E1", "-1303").await;
    let renewed = payment(&served, "renew", &on(&id, "")).await;
    assert_eq!((text(&renewed, "renewResult"), text(&renewed, "epayresponse")), ("false", "-1303"));
    assert_eq!(kept(&served, &id).await["status"], "PAYMENT_NEW");
    let renewed = payment(&served, "renew", &on(&id, "")).await;
    assert_eq!(
        renewed,
        "<renewResult>true</renewResult><pbsResponse>0</pbsResponse><epayresponse>-1</epayresponse>"
    );
    let found = payment(&served, "gettransaction", &on(&id, "")).await;
    assert_eq!((text(&found, "status"), text(&found, "cardtypeid")), ("PAYMENT_RENEW", "17"));
    assert_eq!(capture(&served, &id, "9995").await, captured(true, 0, -1));
    let late = payment(&served, "renew", &on(&id, "")).await;
    assert_eq!(text(&late, "epayresponse"), "-1023");
}

#[tokio::test]
async fn what_is_queued_for_an_order_decides_once() {
    let served = Served::frozen().await;
    let id = transaction(&served, json!({"order": "A1"})).await;
    queue(&served, "A1", "116").await;
    assert_eq!(capture(&served, &id, "9995").await, captured(false, 116, -1));
    queue(&served, "A1", "-1005").await;
    assert_eq!(capture(&served, &id, "9995").await, captured(false, -1, -1005));
    queue(&served, "A1", "decline").await;
    // What is refused for another reason takes nothing from the queue.
    assert_eq!(capture(&served, &id, "9996").await, captured(false, -1, -1007));
    assert_eq!(capture(&served, &id, "9995").await, captured(false, 100, -1));
    queue(&served, "A1", "60").await;
    assert_eq!(capture(&served, &id, "9995").await, captured(true, 60, -1));
    queue(&served, "A1", "4101").await;
    assert_eq!(credit(&served, &id, "1").await, credited(false, -1, 4101));
    assert_eq!(credit(&served, &id, "1").await, credited(true, 0, -1));
    let other = transaction(&served, json!({"order": "A2"})).await;
    queue(&served, "A2", "-1303").await;
    let renewed = payment(&served, "renew", &on(&other, "")).await;
    assert_eq!(text(&renewed, "epayresponse"), "-1303");
    queue(&served, "A2", "4107").await;
    assert_eq!(delete(&served, &other).await, deleted(false, 4107));
    assert_eq!(delete(&served, &other).await, deleted(true, -1));
}

#[tokio::test]
async fn merchant_password_and_address_are_asked_for_in_this_order() {
    let served = Served::frozen().await;
    served.post("bambora/merchants", json!({"password": "open sesame"})).await;
    served.set("bambora.access", "none").await;
    let id = transaction(&served, json!({})).await;
    let with = |merchant: &str, password: &str| {
        elements(&[
            ("merchantnumber", merchant),
            ("transactionid", &id),
            ("amount", "9995"),
            ("pwd", password),
        ])
    };
    let call =
        async |merchant: &str, password: &str| payment(&served, "capture", &with(merchant, password)).await;
    // The payment service asks for no address, unless it is told to.
    assert_eq!(call("7000000", "wrong").await, captured(false, -1, -1002));
    assert_eq!(call("0", "").await, captured(false, -1, -1002));
    assert_eq!(call("8008001", "wrong").await, captured(false, -1, -1019));
    assert_eq!(call("8008001", "").await, captured(false, -1, -1019));
    served.set("bambora.access_services", "both").await;
    assert_eq!(call("8008001", "open sesame").await, captured(false, -1, -1003));
    served.set("bambora.access", "private").await;
    assert_eq!(call("8008001", "open sesame").await, captured(true, 0, -1));
    // What has no element for a password asks for none.
    assert_eq!(
        payment(&served, "ping", "<merchantnumber>1</merchantnumber>").await,
        "<pingResult>true</pingResult>"
    );
    let card = payment(&served, "getcardtype", "<cardnumber>333333</cardnumber>").await;
    assert_eq!(text(&card, "getcardtypeResult"), "true");
}

#[tokio::test]
async fn who_names_no_merchant_gets_the_code_and_changes_nothing() {
    let served = Served::frozen().await;
    let id = transaction(&served, json!({})).await;
    let namespace = super::calls::PAYMENT;
    let amount = "<amount>9995</amount>";
    for call in [
        format!("<capture xmlns=\"{namespace}\"><transactionid>{id}</transactionid>{amount}</capture>"),
        // Elements of another namespace are none of the method's.
        format!(
            "<p:capture xmlns:p=\"{namespace}\"><merchantnumber>8008001</merchantnumber><transactionid>{id}</transactionid>{amount}</p:capture>"
        ),
        format!("<capture xmlns=\"{namespace}\"/>"),
    ] {
        let (status, body) = send(&served, namespace, "capture", &call).await;
        assert_eq!(status, 200);
        assert!(body.contains(&captured(false, -1, -1002)), "{body}");
    }
    assert_eq!(kept(&served, &id).await["status"], "PAYMENT_NEW");
}
