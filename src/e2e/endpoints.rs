//! The endpoints that a provider is said to have are those that its router serves.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use provkassa::simulators::PROVIDERS;
use provkassa::simulators::kit::endpoint::Endpoint;
use reqwest::Method;
use serde_json::{Value, json};

use crate::live::view;
use crate::quickpay;
use crate::support::{Served, root};

/// A path in which all that differs is called alike.
fn plain(path: &str) -> String {
    let mut plain = String::new();
    let mut rest = path;
    while let Some((before, behind)) = rest.split_once('{') {
        plain.push_str(before);
        plain.push_str("{}");
        rest = behind.split_once('}').expect("a brace").1;
    }
    plain + rest
}

fn sources(folder: &Path, texts: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, texts);
        } else if path.extension().is_some_and(|end| end == "rs") {
            texts.push(fs::read_to_string(&path).expect("a source"));
        }
    }
}

/// The texts that stand behind `before` in the sources of a provider, up to the closing quote.
fn written(id: &str, before: &str) -> Vec<String> {
    let mut texts = Vec::new();
    sources(&root().join("simulators").join(id), &mut texts);
    let found = texts.iter().flat_map(|text| text.split(before).skip(1));
    found
        .filter_map(|rest| Some(rest.trim_start().strip_prefix('"')?.split_once('"')?.0.to_owned()))
        .collect()
}

#[test]
fn every_route_in_the_sources_is_listed() {
    for provider in PROVIDERS {
        let id = provider.info().id;
        let listed: BTreeSet<String> =
            provider.endpoints().iter().map(|endpoint| plain(&endpoint.path)).collect();
        assert!(!listed.is_empty(), "{id}");
        for path in written(id, ".route(") {
            // What takes whatever is left has nothing to say but that it is not there.
            if path.contains("{*") {
                continue;
            }
            let slashed = format!("{path}/");
            assert!(
                listed.contains(&plain(&path))
                    || listed.contains(&plain(&slashed))
                    || listed.contains(plain(&path).trim_end_matches('/')),
                "{id}: {path}"
            );
        }
    }
    let quickpay: BTreeSet<String> = provkassa::simulators::provider("quickpay")
        .expect("known")
        .endpoints()
        .iter()
        .map(Endpoint::called)
        .map(|called| plain(&called))
        .collect();
    let mut count = 0;
    for verb in ["DELETE", "GET", "PATCH", "POST", "PUT"] {
        for path in written("quickpay", &format!("route(\"{verb}\",")) {
            let parts = path.split('/').map(|part| if part.starts_with(':') { "{}" } else { part });
            let called = format!("{verb} {}", parts.collect::<Vec<_>>().join("/"));
            assert!(quickpay.contains(&called), "{called}");
            count += 1;
        }
    }
    assert!(count > 50, "{count}");
}

/// How a provider answers to a call of whoever may call it.
async fn answer(served: &Served, id: &str, method: &str, path: &str, login: &str) -> (u16, String, String) {
    let method: Method = method.parse().expect("a method");
    let origin = served.ready["providers"][id].as_str().expect("an address");
    let request = served.client.request(method, format!("{origin}{path}"));
    let request = match id {
        "brp" => request.bearer_auth(login),
        "fenerum" if path.starts_with("/api/") => {
            request.header("authorization", format!("Token {}", crate::fenerum::TOKEN))
        }
        "fenerum" => request.header("authorization", "Bearer pk_test_provkassa"),
        // A payer has no key, and what comes with one goes to the API.
        "quickpay" if login.is_empty() => {
            request.header("content-type", "application/x-www-form-urlencoded").body("merchant_id=0")
        }
        "quickpay" => request.basic_auth("", Some("quickpay-api-key")).header("accept-version", "v10"),
        _ => request,
    };
    let answer = request.header("x-client-system", "test").send().await.expect("an answer");
    let allow =
        answer.headers().get("allow").map(|allow| String::from_utf8_lossy(allow.as_bytes()).into_owned());
    (answer.status().as_u16(), allow.unwrap_or_default(), answer.text().await.expect("a body"))
}

/// The token of a payment link of QuickPay's, and of a payer's session with it.
async fn link(served: &Served) -> (String, String) {
    let payment = quickpay::payment(served, "link-1").await;
    let link = quickpay::link(served, &payment, json!({"amount": 100})).await;
    let page = served.get(&link).await.text().await.expect("a page");
    let (_, session) = page.split_once("name=\"session_id\" value=\"").expect("a session");
    let token = link.rsplit('/').next().expect("a token").to_owned();
    (token, session.split('"').next().expect("a value").to_owned())
}

#[tokio::test]
async fn every_endpoint_that_is_listed_answers() {
    let served = Served::frozen().await;
    let login = json!({"username": "api-user", "password": "api-password"});
    let login = served.client.post(format!("{}/brponline/api/ver3/auth/login", served.brp)).json(&login);
    let login: Value = login.send().await.expect("an answer").json().await.expect("JSON");
    let login = login["access_token"].as_str().expect("a token");
    let (token, session) = link(&served).await;
    let listed = served.control(Method::GET, "providers", Value::Null).await;
    for provider in listed.as_array().expect("providers") {
        let id = provider["id"].as_str().expect("an id");
        let nowhere = if id == "brp" { "/brponline/nowhere/at/all" } else { "/nowhere/at/all" };
        let page = view(&served, &format!("/_sim/live/providers/{id}")).await;
        for endpoint in provider["endpoints"].as_array().expect("endpoints") {
            let text = |name: &str| endpoint[name].as_str().expect("text").to_owned();
            let (method, path) = (text("method"), text("path"));
            assert!(
                !text("does").is_empty() && page.contains(&format!("<code>{method} {path}</code>")),
                "{id} {endpoint}"
            );
            let filled: Vec<String> = path
                .split('/')
                .map(|part| match part {
                    "{installation}" => "brponline".to_owned(),
                    "{token}" if id == "quickpay" => token.clone(),
                    "{session}" if id == "quickpay" => session.clone(),
                    "{page}" if id == "quickpay" => "waiting".to_owned(),
                    "{token}" | "{session}" => "0".repeat(32),
                    "{operation}" => "ping".to_owned(),
                    "{release}" => "clover".to_owned(),
                    "{file}" => "ob-monzo.svg".to_owned(),
                    part if part.starts_with('{') => "15".to_owned(),
                    part => part.to_owned(),
                })
                .collect();
            let path = filled.join("/");
            let is_window = ["/", "/framed"].contains(&path.as_str())
                || [&token, &session].iter().any(|part| path.contains(*part));
            // Fields are shown where there are some.
            let path = if (id, method.as_str(), path.as_str()) == ("quickpay", "GET", "/") {
                "/?merchant_id=0".to_owned()
            } else {
                path
            };
            let login = if id == "quickpay" && is_window { "" } else { login };
            let came = answer(&served, id, &method, &path, login).await;
            let other = answer(&served, id, &method, nowhere, login).await;
            assert!(came != other, "{id}: {method} {path} is answered as what is not there: {came:?}");
            assert!(
                came.0 != 405 && !came.2.contains("has nothing at this path"),
                "{id}: {method} {path}: {came:?}"
            );
        }
    }
}
