//! What curl sends, to a sandbox and to a shop.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use provkassa::simulators::kit::operation::Message;
use provkassa::simulators::kit::wire::to_json;
use serde_json::json;
use url::form_urlencoded;

use super::{Trial, awkward, printed, run_script};
use crate::support::{Ran, Served, found, run};

/// Whether BRP takes the call, hash and all, and has no such order or an order that cannot be paid like this.
fn is_about_an_order(sent: &Ran) -> bool {
    let code = sent.stderr.split_once("answers with error ").and_then(|(_, rest)| rest.split_once(':'));
    code.is_some_and(|(code, _)| sent.code == 1 && code != "400")
}

/// The script of a link to an order of the sandbox's, with an `error` in the shop's own return URL.
fn payable() -> String {
    let parameters = json!([["orderid", "15"], ["returnurl", "http://shop.example/?error=7&a=1"]]);
    let given =
        json!({ "endpoint": "payfororder", "parameters": parameters, "base": "http://a/", "secret": "s" });
    let replayed = json!({ "case": "brp/link/it-is-signed", "message": given }).to_string();
    let script = run(&["check", "--emit", "curl", "--replay", &replayed]);
    assert_eq!(script.code, 0, "{}", script.shown());
    script.stdout
}

/// Which variable has a provider's address, and that of this sandbox.
fn addresses(served: &Served) -> Vec<(&'static str, String)> {
    vec![
        ("BAMBORA_URL", served.bambora.clone()),
        ("BRP_BASE_URL", served.base()),
        ("FENA_URL", served.fena.clone()),
        ("FENERUM_URL", served.fenerum.clone()),
        ("FREEPAY_URL", served.freepay.clone()),
        ("QUICKPAY_URL", served.quickpay.clone()),
    ]
}

#[tokio::test]
async fn the_sandbox_takes_what_curl_sends() {
    if !found("curl", "the scripts that are printed") {
        return;
    }
    let served = Served::start(&[]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let addresses = addresses(&served);
    let variables: Vec<(&str, &str)> =
        addresses.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut taken = BTreeSet::new();
    let sends = |trial: &&Trial| !trial.case.operation.reads();
    for trial in awkward(3).into_iter().filter(sends) {
        let id = trial.case.operation.id();
        let script = printed("curl", trial, &[]);
        if script.stderr.contains("nothing to send") {
            continue;
        }
        assert_eq!(script.code, 0, "{}", script.shown());
        let sent = run_script("sh", folder.path(), &script.stdout, &variables);
        // Cards and customers are not made for this, and order ids of one second are the same.
        let unknown = ["resource_missing", "subscription_unknown", "email_unknown", "already exists"];
        let is_unknown = unknown.iter().any(|word| sent.stdout.contains(word)) || is_about_an_order(&sent);
        assert!(!sent.stdout.contains("The hash is wrong"), "{}", sent.shown());
        assert!(sent.code == 0 || is_unknown, "{}: {}\n{}", trial.case.id, sent.shown(), script.stdout);
        taken.insert(id);
    }
    assert_eq!(taken.len(), 11, "{taken:?}");
    let paid = run_script("sh", folder.path(), &payable(), &variables);
    assert_eq!(paid.code, 0, "{}", paid.shown());
    // It is the sandbox that decides: with another hash it does not take it.
    let trial = awkward(1).into_iter().find(|trial| trial.case.operation.id() == "brp.link");
    let script = printed("curl", trial.expect("a link"), &[]).stdout;
    let (before, hash) = script.rsplit_once("hash=").expect("a hash");
    let wrong = format!("{before}hash={}{}", "0".repeat(64), &hash[64..]);
    let refused = run_script("sh", folder.path(), &wrong, &variables);
    assert!(refused.stdout.contains("The hash is wrong"), "{}", refused.shown());
    assert_eq!(refused.code, 1, "{}", refused.shown());
    assert!(
        refused.stderr.contains("answers with error 400: see provkassa codes brp 400"),
        "{}",
        refused.stderr
    );
}

/// A request as its bytes came.
struct Came {
    line: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// Takes one request.
fn take(listener: &TcpListener) -> Came {
    let (stream, _) = listener.accept().expect("a request");
    let mut reader = BufReader::new(stream);
    let mut next = || {
        let mut line = Vec::new();
        reader.read_until(b'\n', &mut line).expect("a line");
        String::from_utf8(line).expect("text").trim_end_matches(['\r', '\n']).to_owned()
    };
    let line = next();
    let lines = std::iter::from_fn(|| Some(next()).filter(|line| !line.is_empty()));
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned())))
        .collect();
    let length = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let mut body = vec![0; length.map_or(0, |(_, length)| length.parse().expect("a length"))];
    reader.read_exact(&mut body).expect("a body");
    let answer = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
    reader.get_mut().write_all(answer).expect("answered");
    Came { line, headers, body }
}

#[test]
fn a_shop_gets_from_curl_what_the_message_says() {
    if !found("curl", "the scripts that are printed") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let shop = format!("http://{}/back", listener.local_addr().expect("an address"));
    let mut operations = BTreeSet::new();
    let reads = |trial: &&Trial| trial.case.operation.reads();
    for trial in awkward(3).into_iter().filter(reads) {
        let script = printed("curl", trial, &[]);
        assert_eq!(script.code, 0, "{}", script.shown());
        let came = std::thread::scope(|scope| {
            let came = scope.spawn(|| take(&listener));
            let sent = run_script("sh", folder.path(), &script.stdout, &[("SHOP_URL", &shop)]);
            assert_eq!(sent.code, 0, "{}", sent.shown());
            came.join().expect("a request")
        });
        assert_came(trial, &came);
        operations.insert(trial.case.operation.id());
    }
    assert_eq!(operations.len(), 7, "{operations:?}");
    let trial = awkward(1).into_iter().find(|trial| trial.case.operation.id() == "brp.return");
    let script = printed("curl", trial.expect("a return"), &[]).stdout;
    let alone = run_script("sh", folder.path(), &script, &[]);
    assert!(alone.code != 0 && alone.stderr.contains("SHOP_URL: set it to"), "{}", alone.shown());
}

fn assert_came(trial: &Trial, came: &Came) {
    let Trial { case, message, .. } = trial;
    let (method, target) = came.line.split_once(' ').expect("a request line");
    let target = target.strip_suffix(" HTTP/1.1").expect("a request line");
    let url = message.given("url");
    if !url.is_empty() {
        let query = url.split('#').next().and_then(|url| url.split_once('?')).map_or("", |(_, query)| query);
        let got = target.strip_prefix("/back").expect("the shop's path").trim_start_matches('?');
        let pairs = |query: &str| form_urlencoded::parse(query.as_bytes()).into_owned().collect::<Vec<_>>();
        assert_eq!((method, pairs(got)), ("GET", pairs(query)), "{}", case.id);
        return;
    }
    assert_eq!((method, target), ("POST", "/back"), "{}", case.id);
    // A notification is signed anew, at the time at which it is printed.
    let now = jiff::Timestamp::now().as_second();
    let moments = (now - 20..=now).map(|moment| case.operation.at(message.clone(), moment));
    let messages: Vec<Message> = std::iter::once(message.clone()).chain(moments).collect();
    let is_it = |message: &Message| {
        let body = to_json(case.operation, message)["body"].as_str().map(|text| STANDARD.decode(text));
        body.is_some_and(|body| body.as_ref() == Ok(&came.body))
    };
    assert!(messages.iter().any(is_it), "{}: {}", case.id, String::from_utf8_lossy(&came.body));
    let wanted: Vec<_> =
        message.parameters.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
    let got: Vec<_> =
        came.headers.iter().filter(|header| wanted.iter().any(|(name, _)| *name == header.0)).collect();
    assert_eq!(got, wanted.iter().collect::<Vec<_>>(), "{}", case.id);
}
