//! What changes on the way between the shop and the sandbox: clocks, bodies, headers.

use http::HeaderValue;
use http::header::{DATE, LOCATION};
use provkassa::simulators::kit::jwt::{Algorithm, Parts, assemble};
use serde_json::{Value, json};

use super::{Set, doctor};
use crate::between::{Answer, Back, There, as_it_is, back_as_it_is};

/// The terminal's secret, as the sandbox has it.
const SECRET: &str = "5c0e7f43-6d1b-4b0e-9a55-2f1d8f7f2c11";

/// What the shop signs, by a clock that is so many seconds fast.
fn moved(answer: &mut Answer, seconds: i64) {
    let Some(url) = answer.headers.get(LOCATION).and_then(|url| url.to_str().ok()) else { return };
    let Some((before, token)) = url.split_once("token=") else { return };
    let parts = Parts::of(token).expect("a token");
    let mut claims = parts.claims.clone();
    for name in ["iat", "exp"] {
        let time = claims[name].as_i64().expect("a time") + seconds;
        claims.insert(name.to_owned(), time.into());
    }
    let header = Value::Object(parts.header.clone()).to_string();
    let token = assemble(&header, &json!(claims).to_string(), Algorithm::Hs512, SECRET.as_bytes());
    let url = format!("{before}token={token}");
    answer.headers.insert(LOCATION, url.parse().expect("a header"));
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_that_are_apart_are_told_by_how_much() {
    let later: Back = |_, answer| {
        answer.headers.insert(DATE, HeaderValue::from_static("Sat, 01 Jan 2050 12:00:00 GMT"));
    };
    let report = Set::behind(as_it_is, later).await.seen("quickpay").await;
    report.only("clock", "wrong", "s ahead of ours", "set it by NTP");
    let earlier: Back = |_, answer| {
        answer.headers.insert(DATE, HeaderValue::from_static("Sat, 01 Jan 2000 12:00:00 GMT"));
    };
    let report = Set::behind(as_it_is, earlier).await.seen("quickpay").await;
    report.only("clock", "wrong", "s behind ours", "set it by NTP");
    for (back, seen) in [
        ((|_, answer| moved(answer, 7200)) as Back, "a token that begins 7"),
        (|_, answer| moved(answer, -720_000), "a token that ended"),
    ] {
        let report = Set::behind(as_it_is, back).await.seen("fena").await;
        let (was, next) = report.of("clock", "wrong");
        assert!(was.contains(seen) && next.contains("NTP"), "{was}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_written_anew_on_its_way_is_told() {
    let anew: There = |passing| {
        if passing.path.starts_with("/callback") {
            let json: Value = serde_json::from_slice(&passing.body).expect("JSON");
            passing.body = json.to_string().into();
        }
        None
    };
    let report = Set::behind(anew, back_as_it_is).await.seen("quickpay").await;
    let (was, next) = report.of("body", "wrong");
    assert!(was.contains("where it is written in another, signed rightly"), "{was}");
    assert!(next.contains("before anything parses the body"), "{next}");
    // A shop that does so itself, without anybody in between.
    let whole = doctor("", &["--shop", "reference:verifies-parsed-json"], &[]).await.whole;
    let looks = whole["checks"].as_array().expect("checks").clone();
    let is_wrong = |look: &&Value| look["check"] == "body" && look["verdict"] == "wrong";
    let wrong: Vec<&Value> = looks.iter().filter(is_wrong).map(|look| &look["provider"]).collect();
    assert_eq!(wrong, ["fenerum", "quickpay"], "{whole:#}");
    let named: Back = |_, answer| {
        answer.headers.insert("via", HeaderValue::from_static("1.1 cache"));
    };
    let report = Set::behind(as_it_is, named).await.seen("quickpay").await;
    report.only("between", "warning", "the shop's answers come with via", "reach the shop itself");
}
