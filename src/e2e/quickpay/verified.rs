//! `provkassa verify quickpay.callback`: what is told of a callback that came.

use std::fs;

use provkassa::simulators::kit::digest::{hex, hmac_sha256};

use super::{API_KEY, PRIVATE_KEY};
use crate::support::{Ran, run_in};

const BODY: &str = r#"{"id":7,"order_id":"1234","accepted":true,"type":"Payment","variables":{"a":"x/y"},"currency":"DKK","operations":[{"id":1,"type":"authorize","amount":2599,"pending":false,"qp_status_code":"20000","qp_status_msg":"Approved","data":{}}],"test_mode":true}"#;

fn sum(key: &str, body: &[u8]) -> String {
    hex(&hmac_sha256(key.as_bytes(), body))
}

/// Verifies these bytes with this checksum.
fn verified(body: &[u8], checksum: &str) -> Ran {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("body.json"), body).expect("written");
    let header = format!("QuickPay-Checksum-Sha256: {checksum}");
    run_in(
        folder.path(),
        &["verify", "quickpay.callback", "--body-file", "body.json", "--header", &header, "order=1234"],
    )
}

#[test]
fn the_likely_cause_of_a_wrong_checksum_is_named() {
    let signed = BODY.as_bytes();
    for (body, checksum, code, says) in [
        (BODY.to_owned(), sum(PRIVATE_KEY, signed), 0, "right"),
        (BODY.to_owned(), sum(API_KEY, signed), 1, "the API key"),
        (BODY.replace('/', "\\/"), sum(PRIVATE_KEY, signed), 1, "json_encode(json_decode($body)) (certain)"),
        (format!("{BODY}\n"), sum(PRIVATE_KEY, signed), 1, "a newline was added"),
        (BODY.replace("2599", "2600"), sum(PRIVATE_KEY, signed), 1, "no way of computing it that we know"),
    ] {
        let ran = verified(body.as_bytes(), &checksum);
        assert_eq!(ran.code, code, "{}", ran.shown());
        assert!(ran.stdout.contains(says), "{says}: {}", ran.shown());
    }
}

#[test]
fn bytes_that_are_no_text_are_taken_as_they_are() {
    let mut body = BODY.replace("x/y", "?").into_bytes();
    let place = body.iter().position(|byte| *byte == b'?').expect("there");
    body[place] = 0xff;
    let ran = verified(&body, &sum(PRIVATE_KEY, &body));
    // The checksum is right, and what is in it is no JSON.
    assert!(!ran.stdout.contains("wrong: checksum"), "{}", ran.shown());
    assert!(ran.stdout.contains("body"), "{}", ran.shown());
    assert_eq!(ran.code, 1, "{}", ran.shown());
}

#[test]
fn a_genuine_refusal_is_not_called_right_alone() {
    let body = BODY.replace(
        "\"data\":{}}]",
        "\"data\":{}},{\"id\":2,\"type\":\"capture\",\"amount\":2599,\"pending\":false,\"qp_status_code\":\"40000\",\"qp_status_msg\":\"Rejected test operation\",\"data\":{}}]",
    );
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("body.json"), &body).expect("written");
    let header = format!("QuickPay-Checksum-Sha256: {}", sum(PRIVATE_KEY, body.as_bytes()));
    let ran = run_in(
        folder.path(),
        &[
            "verify",
            "quickpay.callback",
            "--body-file",
            "body.json",
            "--header",
            &header,
            "order=1234",
            "amount=25.99",
            "test_allowed=true",
        ],
    );
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(
        ran.stdout.contains("nothing to book: its last operation, capture, is declined"),
        "{}",
        ran.shown()
    );
}

#[test]
fn headers_that_are_none_or_are_not_looked_at_are_refused() {
    for (arguments, says) in [
        (vec!["verify", "quickpay.callback", "{}", "--header", "no colon"], "`no colon` is no header"),
        (
            vec!["verify", "brp.return", "http://a.b/", "--header", "a: b"],
            "brp.return does not look at headers",
        ),
        (vec!["verify", "quickpay.callback", "--body-file", "nowhere.json"], "`nowhere.json` cannot be read"),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let ran = run_in(folder.path(), &arguments);
        assert_eq!(ran.code, 2, "{}", ran.shown());
        assert!(ran.stderr.contains(says), "{says}: {}", ran.shown());
    }
}
