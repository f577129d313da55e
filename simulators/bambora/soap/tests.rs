//! The tables, against what the document's programs send.

use crate::bambora::acquirer::{ACQUIRERS, word_of};
use crate::kit::soap::{Element, Type};

use super::*;

/// The keys of the document's PHP arrays, in its order.
const AUTHORIZE: &[&str] = &[
    "merchantnumber",
    "subscriptionid",
    "orderid",
    "amount",
    "currency",
    "instantcapture",
    "fraud",
    "transactionid",
    "pbsresponse",
    "epayresponse",
];
const CAPTURE: &[&str] = &["merchantnumber", "transactionid", "amount", "pbsResponse", "epayresponse"];

fn request(desk: Desk, method: &str) -> &'static [Element] {
    desk.service().method(method).expect("a method").request
}

#[test]
fn the_documents_arrays_hold_all_that_a_strict_client_asks_for() {
    for (desk, method, keys) in
        [(Desk::Subscription, "authorize", AUTHORIZE), (Desk::Payment, "capture", CAPTURE)]
    {
        let elements = request(desk, method);
        for element in elements.iter().filter(|element| !element.optional) {
            assert!(keys.contains(&element.name), "{method} asks for {}", element.name);
        }
        for key in keys {
            assert!(elements.iter().any(|element| element.name == *key), "{method} drops {key}");
        }
    }
}

#[test]
fn everything_but_texts_lists_and_records_is_required_as_net_writes_it() {
    for desk in [Desk::Payment, Desk::Subscription] {
        for method in desk.service().methods {
            for element in method.request.iter().chain(method.response) {
                let may_lack = matches!(element.kind, Type::Text | Type::List(_) | Type::Record(_));
                assert_eq!(element.optional, may_lack, "{} {}", method.name, element.name);
            }
            let first = method.response.first().map(|element| element.name);
            assert_eq!(first, Some(format!("{}Result", method.name).as_str()));
        }
    }
}

#[test]
fn the_services_have_the_methods_of_the_real_ones() {
    let names = |desk: Desk| desk.service().methods.iter().map(|method| method.name).collect::<Vec<_>>();
    assert_eq!(
        names(Desk::Payment),
        [
            "getPbsError",
            "getEpayError",
            "capture",
            "move_as_captured",
            "delete",
            "credit",
            "getcardtype",
            "gettransaction",
            "gettransactionlist",
            "getcardinfo",
            "renew",
            "movetransactiontogroup",
            "ping",
        ]
    );
    assert_eq!(
        names(Desk::Subscription),
        ["authorize", "deletesubscription", "getsubscriptions", "getEpayError", "getPbsError"]
    );
    assert_eq!(types::CARD_TYPE.words.len(), 39);
    assert_eq!(types::ACQUIRER_TYPE.words.len(), 42);
}

#[test]
fn every_acquirer_that_can_be_set_has_a_word_of_the_real_ones() {
    for acquirer in ACQUIRERS {
        let word = word_of(acquirer);
        assert!(types::ACQUIRER_TYPE.words.contains(&word.as_str()), "{acquirer}: {word}");
    }
}

#[test]
fn records_have_a_value_for_each_element() {
    use crate::kit::soap::Value;
    let length = |value: &Value| match value {
        Value::Record(values) => values.len(),
        _ => 0,
    };
    assert_eq!(length(&answers::nothing()), types::TRANSACTION.elements.len());
}
