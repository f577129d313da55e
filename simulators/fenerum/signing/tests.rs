//! What holds for Fenerum's operations beyond the laws of all: spellings, secrets, requests that are read
//! and that arrive.

use std::borrow::Cow;

use rand::SeedableRng as _;
use rand::rngs::SmallRng;
use serde_json::json;

use super::*;
use crate::kit::operation::{
    Examination, Judgement, Message, Operation, Parameter, Reply, Verification, judge,
};
use crate::kit::scheme::Mistake;

const UUID: &str = "50e9aa0b-8d35-4da7-9a9b-8a35b11579b2";
const TOKEN: &str = "5f3c1a7e9b2d4860c1e7f0a3b5d2948617c0e3fa";

fn given(more: &[(&'static str, &str)]) -> Vec<Parameter> {
    let common = [("base", "http://127.0.0.1:4704"), ("token", TOKEN), ("client", "YourApp")];
    let all = common.iter().chain(more);
    all.map(|(name, value)| (Cow::Borrowed(*name), (*value).to_owned())).collect()
}

fn link(email: &str) -> Message {
    Message { form: Cow::Borrowed(""), parameters: Vec::new(), given: given(&[("email", email)]) }
}

fn examined(operation: &dyn Operation, text: &str, more: &[(&'static str, &str)]) -> Examination {
    match operation.read(text, None, &given(more)).expect("readable") {
        Verification::Examined(examination) => examination,
        Verification::Received(_) => panic!("a request is examined"),
    }
}

fn ids(examination: &Examination) -> Vec<&str> {
    examination.faults.iter().map(|fault| fault.id).collect()
}

#[test]
fn how_a_right_request_is_spelt_does_not_matter() {
    let message = link("Kunde@blåbær.example");
    let answer = |method: &str, url: &str, headers: &[[&str; 2]], body: &str| {
        let fields = json!({"method": method, "url": url, "headers": headers, "body": body});
        Reply::Answer(fields.as_object().expect("object").clone())
    };
    let url = "http://127.0.0.1:4704/api/self-service/initiate-organization/";
    let token = format!("tOKEN   {TOKEN}");
    let headers = [
        ["accept", "*/*"],
        ["AUTHORIZATION", &token],
        ["x-client-system", " YourApp "],
        ["content-Type", "Application/JSON;charset=utf-8"],
    ];
    for body in [
        "{\"email\":\"Kunde@bl\\u00e5b\\u00e6r.example\"}",
        "{ \"note\": [1], \"email\" : \"kunde@xn--blbr-roah.example\" }\n",
    ] {
        assert_eq!(judge(&Link, &message, &answer("post", url, &headers, body)), Judgement::Right, "{body}");
    }
    let wrong = answer("POST", url, &headers, "{\"email\":\"kunde@blabaer.example\"}");
    assert_eq!(judge(&Link, &message, &wrong), Judgement::Wrong);
}

#[test]
fn no_observation_shows_the_token() {
    for operation in OPERATIONS {
        for seed in 0..200 {
            let message = operation.generate(&mut SmallRng::seed_from_u64(seed));
            for mistake in operation.mistakes() {
                let reply = operation.reply(&message, &[mistake]).expect("one composes");
                let observed = operation.observe(&message, &reply);
                assert!(!observed.contains(message.given("token")), "{}: {observed}", mistake.id);
            }
        }
    }
}

#[test]
fn two_mistakes_compose_where_they_touch_different_parts() {
    let named = |id: &str| -> &'static Mistake {
        Card.mistakes().into_iter().find(|mistake| mistake.id == id).expect("known")
    };
    let (bearer, basic) = (named("fenerum.card/bearer-scheme"), named("fenerum.card/basic-scheme"));
    let (code, number) = (named("fenerum.card/account-code"), named("fenerum.card/token-as-number"));
    let focus = Card.focuses().iter().find(|focus| focus.name == "a sign-up at QuickPay").expect("known");
    let message = Card.generate_near(focus, &mut SmallRng::seed_from_u64(1));
    assert!(Card.reply(&message, &[bearer, basic]).is_none());
    let both = Card.reply(&message, &[bearer, code, number]).expect("composes");
    let observed = Card.observe(&message, &both);
    for part in ["Bearer and the API token", "account: the account's code", "id as a number"] {
        assert!(observed.contains(part), "{observed}");
    }
    // The mistakes of one operation are not made in the other.
    let message = link("a@b.se");
    assert_eq!(Link.reply(&message, &[bearer]), Link.reply(&message, &[]));
}

#[test]
fn the_documents_curl_is_right_and_a_spoilt_one_is_told_why() {
    let curl = format!(
        "curl -X POST https://app.fenerum.com/api/self-service/initiate-organization/ \\\n-H \"Authorization: Token {TOKEN}\" \\\n-H \"X-Client-System: YourApp\" \\\n-H \"Content-Type: application/json\" \\\n-d '{{\n\"email\": \"customer@example.com\"\n}}'"
    );
    assert!(examined(&Link, &curl, &[]).faults.is_empty());
    let spoilt = curl.replace("/api/", "/api/v1/").replace("Token ", "Bearer ");
    let examination = examined(&Link, &spoilt, &[("email", "customer@example.com")]);
    assert_eq!(ids(&examination), ["address", "credential"]);
    let diagnosis = examination.diagnosis.expect("explained");
    let named: Vec<_> = diagnosis.named.iter().map(|mistake| mistake.id).collect();
    assert_eq!(named, ["fenerum.link/bearer-scheme", "fenerum.link/version-in-path"]);
    assert!(!format!("{:?}{:?}", examination.parts, examination.faults).contains(TOKEN));
    for wrong in ["", "hello", "curl --nope x", "curl -H 'a: b", "POST nowhere\n\n{}"] {
        assert!(Link.read(wrong, None, &given(&[])).is_err(), "{wrong}");
    }
}

#[test]
fn a_request_as_text_is_examined_part_by_part() {
    let text = format!(
        "POST /api/v1/paymentcards/ HTTP/1.1\r\nHost: 127.0.0.1:4704\r\nauthorization: Token {TOKEN}\r\nX-Client-System: YourApp\r\ncontent-type: application/json\r\n\r\n{{\"account\": \"{UUID}\", \"gateway\": \"quickpay\", \"token\": \"270000001\"}}"
    );
    let right = examined(&Card, &text, &[]);
    assert_eq!(ids(&right), Vec::<&str>::new());
    assert!(right.notes[0].contains("account, received"));
    for (spoil, with, fault, mistake) in [
        ("\"270000001\"", "270000001", "token", "token-as-number"),
        ("\"270000001\"", "\"2.70000001e+08\"", "token", "id-as-float"),
        ("\"270000001\"", "\"sub_17\"", "token", "order-as-token"),
        (UUID, "CUST001", "account", "account-code"),
        ("\"quickpay\"", "\"stripe_new\"", "gateway", "gateways-mixed-up"),
        ("\"gateway\"", "\"payment_gateway\"", "gateway", "gateway-misnamed"),
        ("paymentcards/", "paymentcards", "address", "slash-missing"),
        ("POST", "PUT", "address", "put-for-post"),
    ] {
        let examination = examined(&Card, &text.replace(spoil, with), &[]);
        assert_eq!(ids(&examination)[0], fault, "{mistake}");
        let diagnosis = examination.diagnosis.unwrap_or_else(|| panic!("{mistake} is not explained"));
        assert!(diagnosis.names(&format!("fenerum.card/{mistake}")), "{mistake}: {diagnosis}");
    }
}

#[test]
fn what_arrives_wrong_is_told_and_what_is_right_is_not() {
    let accounts = [(UUID.to_owned(), "CUST001".to_owned())];
    let told = |method: &str, path: &str, spoil: &str, with: &str, body: &str| {
        let headers = [
            ("authorization", format!("Token {TOKEN}")),
            ("x-client-system", "YourApp".to_owned()),
            ("content-type", "application/json".to_owned()),
        ];
        let headers: Vec<(String, String)> = headers
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.replace(spoil, with)))
            .filter(|(_, value)| !value.is_empty())
            .collect();
        let arrived = Arrived { method, path, headers: &headers, body: body.as_bytes() };
        diagnose_arrived(&arrived, TOKEN, &accounts).unwrap_or_default()
    };
    let cards = "/api/v1/paymentcards/";
    let card = format!("{{\"account\":\"{UUID}\",\"token\":\"pm_1Pgc75\",\"gateway\":\"stripe_new\"}}");
    let portal = "/api/self-service/initiate-organization/";
    let email = "{\"email\":\"customer@example.com\"}";
    assert_eq!(told("POST", cards, "", "", &card), "");
    assert_eq!(told("POST", portal, "", "", email), "");
    assert_eq!(told("GET", "/api/v1/paymentcards/?account=CUST001", "", "", ""), "");
    assert_eq!(told("POST", &format!("{cards}{UUID}/disable/"), "", "", ""), "");
    for (method, path, spoil, with, body, says) in [
        ("POST", cards, "Token ", "Bearer ", card.as_str(), "keyword is `Token`"),
        ("POST", cards, "Token 5f3c", "Bearer nobodys", &card, "keyword is `Token`"),
        ("POST", cards, "YourApp", "", &card, "X-Client-System"),
        ("POST", cards.trim_end_matches('/'), "", "", &card, "the slash at the end of the path is missing"),
        ("POST", "//api/v1/paymentcards/", "", "", &card, "two slashes"),
        ("POST", cards, "", "", &card.replace(UUID, "CUST001"), "the account's code where its uuid belongs"),
        ("POST", cards, "", "", &card.replace("_new", ""), "gateway `stripe`"),
        (
            "POST",
            cards,
            "",
            "",
            &card.replace("\"pm_1Pgc75\"", "7").replace("stripe_new", "quickpay"),
            "as a number",
        ),
        ("POST", portal, "application/json", "text/plain;charset=UTF-8", email, "text/plain"),
        ("POST", "/api/v1/self-service/initiate-organization/", "", "", email, "under /api/v1/"),
        ("POST", portal, "", "", "{\"email\":\"customer%40example.com\"}", "percent-encoded"),
        ("GET", "/api/v1/paymentcards/?account=CUST001", "Token ", "Bearer ", "", "keyword is `Token`"),
        ("GET", "/api/v1/paymentcards?account=CUST001", "", "", "", "slash at the end"),
        ("GET", &format!("/api/v1/paymentcards/?account={UUID}"), "", "", "", "?account=CUST001"),
    ] {
        let got = told(method, path, spoil, with, body);
        assert!(got.contains(says), "{says}: {got}");
        assert!(!got.contains(TOKEN));
    }
}
