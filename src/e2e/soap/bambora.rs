//! All operations of ePay's two services.

use serde_json::{Value, json};

use super::{assert_same, fault, libraries};
use crate::support::Served;

const MERCHANT: u32 = 8_008_001;
const NOON: &str = "2026-03-01T13:00:00";
const NEVER: &str = "0001-01-01T00:00:00";

/// Calls with what every call has: the merchant, and the number that an answer writes into.
fn calls(calls: &[(&str, Value)]) -> Value {
    let with = |(method, values): &(&str, Value)| {
        let mut values = values.clone();
        values["merchantnumber"] = MERCHANT.into();
        values["epayresponse"] = (-1).into();
        json!([method, if *method == "ping" { json!({}) } else { values }])
    };
    calls.iter().map(with).collect()
}

async fn seeded(served: &Served, kind: &str, fields: Value) -> u64 {
    served.post(&format!("bambora/{kind}"), fields).await["id"].as_u64().expect("an id")
}

fn history(transaction: u64, count: u64, events: &[&str]) -> Value {
    let last = transaction * 1_000_000 + count;
    let line = |(place, event): (usize, &&str)| {
        let logon = if event.starts_with("Payment authorized") && count > 1 { 0 } else { -1 };
        let id = last - u64::try_from(place).expect("small");
        json!({"transactionHistoryID": id, "logonID": logon, "eventMsg": event, "created": NOON})
    };
    json!({"TransactionHistoryInfo": events.iter().enumerate().map(line).collect::<Vec<_>>()})
}

/// What every record of these tests has; the rest stands above it.
fn record(mut own: Value) -> Value {
    let same = json!({
        "currency": 208, "cardtypeid": 18, "authdate": NOON, "deleteddate": NEVER, "mode": "MODE_EPAY",
        "msc": false, "fraudStatus": 0, "fee": 0, "splitpayment": false, "acquirer": "PBS",
        "tcardno": "333333XXXXXX3000", "expmonth": 12, "expyear": 30,
    });
    for (name, value) in same.as_object().expect("fields") {
        own[name] = value.clone();
    }
    own
}

#[tokio::test]
async fn every_library_calls_every_operation_of_the_payment_service() {
    let served = Served::frozen().await;
    for (place, library) in libraries().into_iter().enumerate() {
        let order = format!("S{place}");
        let paid = seeded(&served, "transactions", json!({"order": order, "amount": 9995})).await;
        let moved = seeded(&served, "transactions", json!({"order": "", "amount": 100})).await;
        let deleted = seeded(&served, "transactions", json!({"order": "", "amount": 100})).await;
        let address = format!("{}/remote/payment.asmx", served.bambora);
        let namespace = "https://ssl.ditonlinebetalingssystem.dk/remote/payment";
        let mut answers = library.call(&address, namespace, &payment_calls(&order, paid, moved, deleted));
        let fault_of_amount = answers.pop().expect("an answer");
        assert_eq!(
            fault(&fault_of_amount),
            "Server was unable to read request. ---> There is an error in XML document. ---> Value was either \
             too large or too small for an Int32."
        );
        assert_same(library, &answers, &library.expects(payment_answers(&order, paid)));
    }
}

fn payment_calls(order: &str, paid: u64, moved: u64, deleted: u64) -> Value {
    calls(&[
        ("ping", json!({})),
        ("getEpayError", json!({"language": 2, "epayresponsecode": -1008})),
        ("getPbsError", json!({"language": 2, "pbsresponsecode": 116})),
        ("getcardtype", json!({"cardnumber": "3333333333333000", "cardtypeid": 0})),
        (
            "getcardinfo",
            json!({"cardno_prefix": "555555", "amount": 10_000, "currency": 208, "acquirer": 0, "fee": 0,
                "cardtype": "ALL"}),
        ),
        ("movetransactiontogroup", json!({"transactionid": paid, "group": "north & south"})),
        ("capture", json!({"transactionid": paid, "amount": 9995, "pbsResponse": -1})),
        ("credit", json!({"transactionid": paid, "amount": 4000, "pbsresponse": -1})),
        ("gettransaction", json!({"transactionid": paid})),
        (
            "gettransactionlist",
            json!({"status": "PAYMENT_CAPTURED", "searchdatestart": "2026-01-01T00:00:00",
                "searchdateend": "2026-12-31T23:59:59", "searchorderid": order}),
        ),
        ("move_as_captured", json!({"transactionid": moved})),
        ("renew", json!({"transactionid": deleted, "pbsResponse": -1})),
        ("delete", json!({"transactionid": deleted})),
        ("capture", json!({"transactionid": deleted, "amount": 100, "pbsResponse": -1})),
        ("capture", json!({"transactionid": paid, "amount": 2_147_483_648_u64, "pbsResponse": -1})),
    ])
}

fn payment_answers(order: &str, paid: u64) -> Value {
    let events = [
        "Payment credited with amount 40,00",
        "Payment captured with amount 99,95",
        "Payment moved to group north & south",
        "Payment authorized with amount 99,95 and currency code 208",
    ];
    let paid = record(json!({
        "group": "north & south", "authamount": 9995, "capturedamount": 9995, "creditedamount": 4000,
        "orderid": order, "captureddate": NOON, "crediteddate": NOON, "status": "PAYMENT_CAPTURED",
        "history": history(paid, 4, &events), "transactionid": paid,
    }));
    json!([
        {"pingResult": true},
        {"getEpayErrorResult": true, "epayresponsestring": "There is no such transaction.", "epayresponse": -1},
        {
            "getPbsErrorResult": true,
            "pbsresponsestring":
                "The payment was refused: the card does not cover the amount. Use another one.",
            "epayresponse": -1,
        },
        {"getcardtypeResult": true, "cardtypeid": 18, "cardname": "VISA", "epayresponse": -1},
        {
            "getcardinfoResult": true, "acquirer": 1, "fee": 0, "cardtype": "MASTERCARD",
            "cardtypetext": "MASTERCARD", "epayresponse": -1,
        },
        {"movetransactiontogroupResult": true, "epayresponse": -1},
        {"captureResult": true, "pbsResponse": 0, "epayresponse": -1},
        {"creditResult": true, "pbsresponse": 0, "epayresponse": -1},
        {"gettransactionResult": true, "transactionInformation": paid, "epayresponse": -1},
        {
            "gettransactionlistResult": true,
            "transactionInformationAry": {"TransactionInformationType": paid},
            "epayresponse": -1,
        },
        {"move_as_capturedResult": true, "epayresponse": -1},
        {"renewResult": false, "pbsResponse": -1, "epayresponse": -1012},
        {"deleteResult": true, "epayresponse": -1},
        {"captureResult": false, "pbsResponse": -1, "epayresponse": -1020},
    ])
}

#[tokio::test]
async fn every_library_calls_every_operation_of_the_subscription_service() {
    let served = Served::frozen().await;
    for library in libraries() {
        let subscription = seeded(&served, "subscriptions", json!({"order": "S"})).await;
        let address = format!("{}/remote/subscription.asmx", served.bambora);
        let namespace = "https://ssl.ditonlinebetalingssystem.dk/remote/subscription";
        let call = |calls: &Value| library.call(&address, namespace, calls);
        let mut answers = call(&subscription_calls(subscription));
        let drawn = take_id(&mut answers[0], "transactionid");
        assert_same(library, &answers, &library.expects(subscription_answers(subscription, drawn)));
    }
}

/// Takes an id out of an answer that nobody can know before.
fn take_id(answer: &mut Value, name: &str) -> u64 {
    let id = answer.as_object_mut().and_then(|fields| fields.remove(name));
    let id = id.unwrap_or_else(|| panic!("{answer} has no {name}"));
    let id = id.as_u64().or_else(|| id.as_str()?.parse().ok()).expect("a number");
    assert!(id > 0, "{answer}");
    id
}

fn subscription_calls(subscription: u64) -> Value {
    calls(&[
        (
            "authorize",
            json!({"subscriptionid": subscription, "orderid": "Æ1", "amount": 2500, "currency": 208,
                "instantcapture": 0, "fraud": 0, "transactionid": -1, "pbsresponse": -1}),
        ),
        ("getsubscriptions", json!({"subscriptionid": subscription})),
        ("getEpayError", json!({"language": 2, "epayresponsecode": -1009})),
        ("getPbsError", json!({"language": 2, "pbsResponseCode": 116})),
        ("deletesubscription", json!({"subscriptionid": subscription})),
        ("deletesubscription", json!({"subscriptionid": subscription})),
        ("getsubscriptions", json!({"subscriptionid": subscription})),
    ])
}

fn subscription_answers(subscription: u64, drawn: u64) -> Value {
    let events = ["Payment authorized with amount 25,00 and currency code 208"];
    let drawn = record(json!({
        "authamount": 2500, "capturedamount": 0, "creditedamount": 0, "orderid": "Æ1", "captureddate": NEVER,
        "crediteddate": NEVER, "status": "PAYMENT_NEW", "history": history(drawn, 1, &events),
        "transactionid": drawn,
    }));
    json!([
        {"authorizeResult": true, "fraud": 0, "pbsresponse": 0, "epayresponse": -1},
        {
            "getsubscriptionsResult": true,
            "subscriptionAry": {"SubscriptionInformationType": {
                "subscriptionid": subscription, "created": NOON, "expmonth": 12, "expyear": 30,
                "cardtypeid": "VISA", "transactionList": {"TransactionInformationType": drawn},
            }},
            "epayresponse": -1,
        },
        {"getEpayErrorResult": true, "epayResponseString": "Subscription was not found.", "epayresponse": -1},
        {
            "getPbsErrorResult": true,
            "pbsResponseString":
                "The payment was refused: the card does not cover the amount. Use another one.",
            "epayresponse": -1,
        },
        {"deletesubscriptionResult": true, "epayresponse": -1},
        {"deletesubscriptionResult": false, "epayresponse": -1009},
        {"getsubscriptionsResult": false, "epayresponse": -1009},
    ])
}
