//! Operations: what the test cards bring about, awaited or not, in part and in the wrong state.

use provkassa::simulators::quickpay::acquirer::test_cards;
use serde_json::{Value, json};

use super::{
    GOOD, SLOW, api, authorize, authorized, call, card, code, done, last, ok, pass, payment, queue, read,
    said, subscription, terms,
};
use crate::support::{Served, snapshot};

#[tokio::test]
async fn an_operation_is_awaited_or_begun_and_read_where_location_says() {
    let served = Served::frozen().await;
    let path = authorized(&served, "order-1", 1000, GOOD).await;
    let begun = api(&served, "POST", &format!("{path}/capture"), json!({"amount": 400})).await;
    assert_eq!(begun.status, 202);
    let body = begun.json();
    assert_eq!((&body["state"], &body["balance"]), (&json!("pending"), &json!(0)));
    let operation = last(&body);
    assert_eq!((&operation["id"], &operation["pending"]), (&json!(2), &json!(true)));
    for name in ["qp_status_code", "qp_status_msg", "aq_status_code", "aq_status_msg", "callback_success"] {
        assert!(operation[name].is_null(), "{name}");
    }
    let location = begun.header("location");
    assert_eq!(location, format!("{}{path}/operations/2", served.quickpay));
    let there = read(&served, location.strip_prefix(&served.quickpay).expect("here")).await;
    assert_eq!((&there["pending"], &there["qp_status_code"]), (&json!(false), &json!("20000")));
    assert_eq!(read(&served, &path).await["state"], "processed");
    // Awaited: no Location, and everything is there.
    let awaited = api(&served, "POST", &format!("{path}/capture?synchronized"), json!({"amount": 400})).await;
    assert_eq!((awaited.status, awaited.header("location")), (200, ""));
    assert_eq!((code(&awaited.json()), &awaited.json()["balance"]), ("20000", &json!(800)));
    // What is open about the 202 can be set.
    served.set("quickpay.pending_state", "before").await;
    let before = ok(&served, "POST", &format!("{path}/refund"), json!({"amount": 100})).await;
    assert_eq!((&before["state"], &last(&before)["pending"]), (&json!("processed"), &json!(true)));
    served.set("quickpay.operation_answer", "empty").await;
    let empty = api(&served, "POST", &format!("{path}/refund"), json!({"amount": 100})).await;
    assert_eq!((empty.status, empty.text.as_str()), (202, ""));
    assert!(empty.header("location").ends_with("/operations/5"));
    assert_eq!(read(&served, &path).await["balance"], 600);
    for wrong in ["6", "0", "x", "18446744073709551616", "-1"] {
        let none = api(&served, "GET", &format!("{path}/operations/{wrong}"), Value::Null).await;
        assert_eq!(none.status, 404, "{wrong}");
        assert_eq!(none.json()["message"], format!("Not found: No Operation with id {wrong}"));
    }
}

/// The test cards as they are published: the brand, its digits, and the endings in the order of the fates.
const PUBLISHED: [(&str, &str, &str); 11] = [
    ("visa", "0000", "0008 0016 0024 0032 0040 0057 0065 0073 0081 0099"),
    ("mastercard", "0100", "0007 0015 0023 0031 0049 0056 0064 0072 0080 0098"),
    ("dankort", "0200", "0006 0014 0022 0030 0048 0055 0063 - 0071 0089"),
    ("american-express", "0300", "0005 0013 0021 0039 0047 0054 0062 - 0070 0088"),
    ("maestro", "0400", "0004 0012 0020 0038 0046 0053 0061 - 0079 0087"),
    ("visa-electron", "0500", "0003 0011 0029 0037 0045 0052 0060 0078 0086 0094"),
    ("dankort", "0600", "0002 0010 0028 0036 0044 0051 0069 0077 0085 0093"),
    ("diners", "0700", "0001 0019 0027 0035 0043 0050 0068 - 0076 0084"),
    ("fbg1886", "0800", "0000 0018 0026 0034 0042 0059 0067 - 0075 0083"),
    ("jcb", "0900", "0009 0017 0025 0033 0041 0058 0066 - 0074 0082"),
    ("mastercard-debet", "1000", "0006 0014 0022 0030 0048 0055 0063 - 0071 0089"),
];

/// What each fate brings about: authorize, capture, refund, cancel, recurring, and authorize once more.
const FATES: [[&str; 6]; 10] = [
    ["20000", "20000", "20000", "20000", "20000", "20000"],
    ["40000", "", "", "", "", "40000"],
    ["40000", "", "", "", "", "40000"],
    ["20000", "40000", "", "20000", "20000", "20000"],
    ["20000", "20000", "40000", "20000", "20000", "20000"],
    ["20000", "20000", "20000", "40000", "20000", "20000"],
    ["20000", "20000", "20000", "20000", "40000", "20000"],
    ["30100", "", "", "", "", "30100"],
    ["20000", "20000", "20000", "", "20000", "40000"],
    ["pending", "pending", "pending", "pending", "pending", "pending"],
];

/// What comes of every operation with a card. Where one is refused, those that need it are left out.
async fn results(served: &Served, number: &str) -> [String; 6] {
    let name = |what: &str| format!("{what}{}", &number[4..]);
    let step = async |path: &str, operation: &str, body: Value| {
        let answer = done(served, path, operation, body).await;
        let came = code(&answer).to_owned();
        // A card that takes its time has ended then.
        if came == "pending" {
            pass(served, 60).await;
            assert_eq!(code(&read(served, &format!("/payments/{}", answer["id"])).await), "20000");
        }
        came
    };
    let pays = json!({"amount": 1000, "card": card(number)});
    let mut came: [String; 6] = Default::default();
    let path = payment(served, &name("pay-")).await;
    came[0] = step(&path, "authorize", pays.clone()).await;
    let goes_on = |code: &str| matches!(code, "20000" | "pending");
    if goes_on(&came[0]) {
        came[1] = step(&path, "capture", json!({"amount": 1000})).await;
        if goes_on(&came[1]) {
            came[2] = step(&path, "refund", json!({"amount": 1000})).await;
        }
    }
    let path = payment(served, &name("two-")).await;
    came[5] = step(&path, "authorize", pays).await;
    if goes_on(&came[5]) {
        came[3] = step(&path, "cancel", Value::Null).await;
    }
    came
}

#[tokio::test]
async fn every_test_card_does_to_every_operation_what_is_published() {
    let served = Served::frozen().await;
    let mut table = format!(
        "{:<18} {:<17} {:<10} {:<8} {:<8} {:<8} {:<10} authorize again\n",
        "card", "brand", "authorize", "capture", "refund", "cancel", "recurring"
    );
    let mut tried = 0;
    for (brand, digits, endings) in PUBLISHED {
        for (ending, fate) in endings.split(' ').zip(FATES) {
            if ending == "-" {
                continue;
            }
            let number = format!("1000{digits}0000{ending}");
            let mut came = results(&served, &number).await;
            came[4] = recurring(&served, &number, fate == FATES[8]).await;
            assert_eq!(came.each_ref().map(String::as_str), fate, "{brand} {number}");
            let paid = format!("pay-{}", &number[4..]);
            let list = read(&served, &format!("/payments?order_id={paid}")).await;
            let metadata = &list[0]["metadata"];
            assert_eq!(
                (&metadata["brand"], &metadata["last4"], &list[0]["test_mode"]),
                (&json!(brand), &json!(ending), &json!(true))
            );
            assert!(test_cards().any(|(card, _)| card.number == number), "{number} is on the window's list");
            table.push_str(&format!(
                "{number:<18} {brand:<17} {:<10} {:<8} {:<8} {:<8} {:<10} {}\n",
                came[0], came[1], came[2], came[3], came[4], came[5]
            ));
            tried += 1;
        }
    }
    assert_eq!(tried, test_cards().count());
    snapshot("quickpay", "test-cards", &table);
}

/// What comes of charging a card again that signed up; nothing where it cannot. `once`: the card was used, so
/// that its signing up has to be asked for.
async fn recurring(served: &Served, number: &str, once: bool) -> String {
    let order = format!("sub-{}", &number[4..]);
    let path = subscription(served, &order).await;
    if once {
        queue(served, &order, &["approve"]).await;
    }
    if code(&authorize(served, &path, 0, number).await) == "pending" {
        pass(served, 60).await;
    }
    if read(served, &path).await["state"] != "active" {
        return String::new();
    }
    let body = json!({"amount": 1000, "order_id": format!("rec-{}", &number[4..])});
    code(&done(served, &path, "recurring", body).await).to_owned()
}

#[tokio::test]
async fn parts_are_captured_and_refunded_until_nothing_is_left() {
    let served = Served::frozen().await;
    let path = authorized(&served, "in-parts", 1000, GOOD).await;
    let step = async |operation: &str, amount: i64| {
        api(&served, "POST", &format!("{path}/{operation}?synchronized"), json!({"amount": amount})).await
    };
    for (operation, amount, balance) in
        [("capture", 250, 250), ("capture", 250, 500), ("refund", 250, 250), ("refund", 250, 0)]
    {
        assert_eq!(step(operation, amount).await.json()["balance"], balance);
    }
    let paid = read(&served, &path).await;
    let ids: Vec<_> =
        paid["operations"].as_array().expect("a list").iter().map(|one| one["id"].clone()).collect();
    assert_eq!(
        (&paid["state"], ids),
        (&json!("processed"), vec![json!(1), json!(2), json!(3), json!(4), json!(5)])
    );
    // What was refunded can not be captured again, and what was not captured can.
    assert_eq!(step("refund", 1).await.errors(), "amount:[is too large]");
    assert_eq!(step("capture", 501).await.errors(), "amount:[is too large]");
    assert_eq!(step("capture", 500).await.json()["balance"], 500);
    assert_eq!(step("capture", 1).await.errors(), "amount:[is too large]");
    let vat = done(&served, &path, "refund", json!({"amount": 500, "vat_rate": 0.25})).await;
    assert_eq!(last(&vat)["data"], json!({"vat_rate": 0.25}));
    assert_eq!(vat["accepted"], true);
}

#[tokio::test]
async fn what_the_acquirer_refuses_is_a_2xx_and_accepted_stays() {
    let served = Served::frozen().await;
    let path = authorized(&served, "refused", 1000, "1000000000000032").await;
    for amount in [1000, 400] {
        let answer = done(&served, &path, "capture", json!({"amount": amount})).await;
        assert_eq!(
            (&last(&answer)["qp_status_code"], &last(&answer)["qp_status_msg"]),
            (&json!("40000"), &json!("Rejected test operation"))
        );
        assert_eq!(
            (&answer["accepted"], &answer["state"], &answer["balance"]),
            (&json!(true), &json!("new"), &json!(0))
        );
    }
    // A card that was refused may be followed by another.
    let path = payment(&served, "again").await;
    let refused = authorize(&served, &path, 1000, "1000000000000016").await;
    assert_eq!((&refused["accepted"], &refused["state"]), (&json!(false), &json!("rejected")));
    let paid = authorize(&served, &path, 1000, GOOD).await;
    assert_eq!(
        (&paid["accepted"], &paid["state"], &last(&paid)["id"]),
        (&json!(true), &json!("new"), &json!(2))
    );
    // A card of nobody's cannot be charged here, and that is said.
    let path = payment(&served, "no test card").await;
    let body = json!({"amount": 1000, "card": card("4111111111111111")});
    let answer = api(&served, "POST", &format!("{path}/authorize?synchronized"), body).await;
    assert_eq!(
        (answer.status, code(&answer.json()), &answer.json()["test_mode"]),
        (200, "40000", &json!(false))
    );
    assert!(answer.warnings().contains("none of QuickPay's test cards"));
    // The account may take none.
    terms(&served, json!({"allow_test_transactions": false})).await;
    let path = payment(&served, "no tests").await;
    let body = json!({"amount": 1000, "card": card(GOOD)});
    let answer = api(&served, "POST", &format!("{path}/authorize"), body).await;
    assert_eq!(answer.errors(), "card.number:[is a test card, and the account takes none]");
}

#[tokio::test]
async fn three_d_secure_made_by_the_merchant_satisfies_the_card_that_asks_for_it() {
    let served = Served::frozen().await;
    let path = payment(&served, "asks").await;
    let asked = authorize(&served, &path, 1000, "1000000000000073").await;
    assert_eq!((code(&asked), &asked["state"]), ("30100", &json!("rejected")));
    let mut secured = card("1000000000000073");
    secured["eci"] = json!("5");
    secured["cavv"] = json!("AAABBJg0VhI0VniQEjRWAAAAAAA=");
    let paid = done(&served, &path, "authorize", json!({"amount": 1000, "card": secured})).await;
    assert_eq!((code(&paid), &paid["metadata"]["is_3d_secure"]), ("20000", &json!(true)));
    for (field, method) in [("apple_pay_token", "apple-pay"), ("mobilepay_online_token", "mobilepay")] {
        let path = payment(&served, method).await;
        let body = json!({"amount": 1000, "card": {field: "token"}});
        let paid = done(&served, &path, "authorize", body).await;
        assert_eq!((code(&paid), &paid["metadata"]["brand"]), ("20000", &json!(method)));
    }
}

#[tokio::test]
async fn an_operation_in_the_wrong_state_is_refused() {
    let served = Served::frozen().await;
    let mut table = String::new();
    for state in ["initial", "rejected", "new", "captured", "refunded", "cancelled", "pending"] {
        for operation in ["authorize", "session", "capture", "refund", "cancel", "renew"] {
            let path = payment(&served, &format!("{state}-{operation}")).await;
            let number = match state {
                "rejected" => "1000000000000016",
                "pending" => SLOW,
                _ => GOOD,
            };
            if state != "initial" {
                authorize(&served, &path, 9, number).await;
            }
            let steps: &[&str] = match state {
                "captured" => &["capture"],
                "refunded" => &["capture", "refund"],
                "cancelled" => &["cancel"],
                _ => &[],
            };
            for step in steps {
                done(&served, &path, step, json!({"amount": 5})).await;
            }
            let before = read(&served, &path).await;
            let body = json!({"amount": 1, "card": card(GOOD)});
            let answer = api(&served, "POST", &format!("{path}/{operation}"), body).await;
            let told = match answer.status {
                202 => "202".to_owned(),
                status => format!("{status} {} {}", answer.json()["message"], answer.json()["errors"]),
            };
            table.push_str(&format!("{state:<10} {operation:<10} {}\n", told.replace('"', "")));
            let changed = read(&served, &path).await != before;
            assert_eq!(changed, answer.status == 202, "{state} {operation}");
        }
    }
    snapshot("quickpay", "states-and-operations", &table);
}

#[tokio::test]
async fn renew_session_and_fraud_report() {
    let served = Served::frozen().await;
    let path = payment(&served, "sessions").await;
    let begun = done(&served, &path, "session", json!({"amount": 1000, "acquirer": "klarna"})).await;
    assert_eq!(
        (&begun["state"], &begun["accepted"], &begun["acquirer"]),
        (&json!("initial"), &json!(false), &json!("klarna"))
    );
    assert!(last(&begun)["data"]["session_token"].is_string());
    let wrong =
        api(&served, "POST", &format!("{path}/session"), json!({"amount": 1, "acquirer": "bank"})).await;
    assert_eq!(wrong.errors(), "acquirer:[is invalid]");
    let path = authorized(&served, "renewed", 1000, GOOD).await;
    let renewed = done(&served, &path, "renew", Value::Null).await;
    assert_eq!((&last(&renewed)["type"], &last(&renewed)["amount"]), (&json!("renew"), &Value::Null));
    assert_eq!(
        api(&served, "POST", &format!("{path}/capture"), json!({"amount": 1001})).await.errors(),
        "amount:[is too large]",
        "nothing is added by it"
    );
    let report =
        api(&served, "POST", &format!("{path}/fraud-report"), json!({"description": "stolen"})).await;
    assert_eq!(report.status, 202);
    let metadata = &report.json()["metadata"];
    assert_eq!(
        (&metadata["fraud_reported"], &metadata["fraud_report_description"], &metadata["fraud_reported_at"]),
        (&json!(true), &json!("stolen"), &json!("2026-03-01T12:00:00Z"))
    );
    let awaited = api(&served, "POST", &format!("{path}/fraud-report?synchronized"), Value::Null).await;
    assert_eq!(awaited.status, 200);
}

#[tokio::test]
async fn a_slow_card_takes_a_minute_and_can_be_given_up() {
    let served = Served::frozen().await;
    let path = payment(&served, "slow").await;
    let begun = authorize(&served, &path, 1000, SLOW).await;
    assert_eq!(
        (&begun["state"], code(&begun), &begun["accepted"]),
        (&json!("pending"), "pending", &json!(false))
    );
    let abort = async |path: &str, id: u64, body: Value| {
        api(&served, "PATCH", &format!("{path}/operations/{id}"), body).await
    };
    let give_up = json!({"pending": false});
    assert_eq!(abort(&path, 1, give_up.clone()).await.status, 428, "an authorization is not given up");
    pass(&served, 59).await;
    assert_eq!(code(&read(&served, &path).await), "pending");
    pass(&served, 1).await;
    let paid = read(&served, &path).await;
    assert_eq!((&paid["state"], code(&paid), &paid["accepted"]), (&json!("new"), "20000", &json!(true)));
    done(&served, &path, "capture", json!({"amount": 1000})).await;
    assert_eq!(abort(&path, 2, json!({})).await.errors(), "pending:[is required]");
    assert_eq!(abort(&path, 2, json!({"pending": true})).await.errors(), "pending:[is invalid]");
    let given_up = said(
        call(&served, "PATCH", &format!("{path}/operations/2"))
            .header("content-type", super::FORM)
            .body("pending=false"),
    )
    .await;
    assert_eq!((given_up.status, &given_up.json()["qp_status_code"]), (200, &json!("40003")));
    assert_eq!(given_up.json()["pending"], false);
    let again = abort(&path, 2, give_up.clone()).await;
    assert_eq!((again.status, again.json()["errors"].is_null()), (428, true));
    pass(&served, 120).await;
    let after = read(&served, &path).await;
    assert_eq!((&after["state"], &after["balance"]), (&json!("new"), &json!(0)));
    assert_eq!(abort(&path, 3, give_up).await.status, 404);
}

#[tokio::test]
async fn fees_are_added_where_they_are_asked_for() {
    let served = Served::frozen().await;
    let pay = async |order: &str, fee: Value| {
        let path = payment(&served, order).await;
        let body = json!({"amount": 1000, "card": card(GOOD), "autofee": fee});
        done(&served, &path, "authorize", body).await
    };
    let plain = pay("plain", Value::Null).await;
    assert_eq!((&plain["fee"], &last(&plain)["amount"]), (&Value::Null, &json!(1000)));
    // 1.45 percent of 1000, rounded.
    let with = pay("with", json!(true)).await;
    assert_eq!((&with["fee"], &last(&with)["amount"]), (&json!(15), &json!(1015)));
    let all = done(&served, &format!("/payments/{}", with["id"]), "capture", json!({"amount": 1015})).await;
    assert_eq!(all["balance"], 1015);
    served.set("quickpay.fee_basis_points", "300").await;
    assert_eq!(pay("more", json!("1")).await["fee"], 30);
    // A second try without it has none.
    let path = payment(&served, "both").await;
    let body = json!({"amount": 1000, "card": card("1000000000000016"), "autofee": true});
    assert_eq!(done(&served, &path, "authorize", body).await["fee"], 30);
    assert!(authorize(&served, &path, 1000, GOOD).await["fee"].is_null());
}
