//! Laws that hold whatever a shop tries, through the API.

use proptest::prelude::*;
use proptest::test_runner::{FileFailurePersistence, TestRunner};
use serde_json::{Value, json};

use super::{api, card, pass, payment, read};
use crate::support::Served;

/// What a shop tries.
#[derive(Clone, Debug)]
enum Tries {
    Authorize(usize, i64),
    Capture(i64),
    Refund(i64),
    Cancel,
    Renew,
    Abort(u64),
    Waits(u64),
}

/// The cards that are tried: approved, and refused at each operation, and slow.
const CARDS: [&str; 6] = [
    "1000000000000008",
    "1000000000000016",
    "1000000000000032",
    "1000000000000040",
    "1000000000000057",
    "1000000000000099",
];

fn tries() -> impl Strategy<Value = Vec<(Tries, bool)>> {
    let one = prop_oneof![
        3 => (0..CARDS.len(), 0_i64..1200).prop_map(|(card, amount)| Tries::Authorize(card, amount)),
        4 => (-1_i64..700).prop_map(Tries::Capture),
        3 => (-1_i64..700).prop_map(Tries::Refund),
        1 => Just(Tries::Cancel),
        1 => Just(Tries::Renew),
        1 => (1_u64..5).prop_map(Tries::Abort),
        1 => (1_u64..61).prop_map(Tries::Waits),
    ];
    proptest::collection::vec((one, any::<bool>()), 1..14)
}

/// One try; the answer's status.
async fn attempt(served: &Served, path: &str, tries: &Tries, waits: bool) -> u16 {
    let (operation, body) = match tries {
        Tries::Authorize(number, amount) => {
            ("authorize", json!({"amount": amount, "card": card(CARDS[*number])}))
        }
        Tries::Capture(amount) => ("capture", json!({"amount": amount})),
        Tries::Refund(amount) => ("refund", json!({"amount": amount})),
        Tries::Cancel => ("cancel", Value::Null),
        Tries::Renew => ("renew", Value::Null),
        Tries::Abort(id) => {
            let path = format!("{path}/operations/{id}");
            return api(served, "PATCH", &path, json!({"pending": false})).await.status;
        }
        Tries::Waits(seconds) => {
            pass(served, *seconds).await;
            return 200;
        }
    };
    let waits = if waits { "?synchronized" } else { "" };
    api(served, "POST", &format!("{path}/{operation}{waits}"), body).await.status
}

/// What the approved operations of a type come to.
fn sum(resource: &Value, types: &[&str]) -> i64 {
    let operations = resource["operations"].as_array().expect("a list").iter();
    let approved = operations.filter(|operation| {
        operation["qp_status_code"] == "20000"
            && operation["pending"] == false
            && types.iter().any(|wanted| operation["type"] == *wanted)
    });
    approved.filter_map(|operation| operation["amount"].as_i64()).sum()
}

fn holds(before: &Value, after: &Value, status: u16) {
    let captured = sum(after, &["capture"]);
    let refunded = sum(after, &["refund"]);
    assert_eq!(
        after["balance"],
        json!(captured - refunded),
        "the balance is what was captured and not refunded"
    );
    assert!(after["balance"].as_i64() >= Some(0), "and never negative");
    assert!(captured <= sum(after, &["authorize"]), "no more is captured than was authorized");
    let accepted = |resource: &Value| resource["accepted"] == true;
    assert!(accepted(after) || !accepted(before), "accepted never goes back");
    let types = |resource: &Value| sum(resource, &["authorize"]) > 0;
    assert!(accepted(after) || !types(after), "it is what the operations say");
    let list = |resource: &Value| resource["operations"].as_array().cloned().unwrap_or_default();
    let (was, is) = (list(before), list(after));
    for (place, operation) in is.iter().enumerate() {
        assert_eq!(operation["id"], json!(place + 1), "ids count from 1");
    }
    assert!(is.len() >= was.len(), "nothing is forgotten");
    for (old, new) in was.iter().zip(&is) {
        assert_eq!((&old["type"], &old["amount"]), (&new["type"], &new["amount"]));
        if old["pending"] == false {
            assert_eq!(old["qp_status_code"], new["qp_status_code"], "a verdict stays");
        }
    }
    if status >= 400 {
        assert_eq!(before, after, "what is refused changes nothing");
    }
}

#[test]
fn balances_acceptance_and_ids_hold_whatever_is_tried() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let served = runtime.block_on(Served::frozen());
    let kept = crate::support::root().join("fixtures/regressions/quickpay.txt");
    let config = ProptestConfig {
        cases: 64,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(
            kept.to_str().expect("text").to_owned().leak(),
        ))),
        ..ProptestConfig::default()
    };
    let number = std::cell::Cell::new(0);
    let law = TestRunner::new(config).run(&tries(), |tries| {
        number.set(number.get() + 1);
        runtime.block_on(async {
            let path = payment(&served, &format!("law-{}", number.get())).await;
            let mut before = read(&served, &path).await;
            for (one, waits) in &tries {
                let status = attempt(&served, &path, one, *waits).await;
                assert!(matches!(status, 200 | 202 | 400 | 404 | 428), "{one:?}: {status}");
                let after = read(&served, &path).await;
                holds(&before, &after, status);
                before = after;
            }
        });
        Ok(())
    });
    law.unwrap_or_else(|error| panic!("{error}"));
}
