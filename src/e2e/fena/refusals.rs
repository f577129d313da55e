//! Tokens that are refused: each error by its state, by a bank of the sandbox's own, and from the queue.

use std::borrow::Cow;

use axum::http::StatusCode;
use provkassa::simulators::fena::codes::{codes, is_error};
use provkassa::simulators::fena::signing::{CLAIMS, Token};
use provkassa::simulators::kit::jwt::{Algorithm, assemble};
use provkassa::simulators::kit::operation::Operation as _;
use serde_json::{Map, Value, json};

use super::{Does, SECRET, TERMINAL, link, now, payment, payments, queue, states, with_shop};
use crate::support::{Served, snapshot};

const HEADER: &str = r#"{"typ":"JWT","alg":"HS512"}"#;

/// The claims of a right token, to be spoilt.
fn claims(order: &str, now: i64) -> Map<String, Value> {
    let mut claims: Map<String, Value> = CLAIMS.iter().map(|name| ((*name).to_owned(), json!(""))).collect();
    for (name, value) in [
        ("iat", json!(now)),
        ("exp", json!(now + 7200)),
        ("terminalID", json!(TERMINAL)),
        ("orderID", json!(order)),
        ("amount", json!("12.50")),
    ] {
        claims.insert(name.to_owned(), value);
    }
    claims
}

fn signed(claims: &Map<String, Value>) -> String {
    assemble(HEADER, &json!(claims).to_string(), Algorithm::Hs512, SECRET.as_bytes())
}

/// What Fena says to a token: the status, and the error's id; empty for a payment's page.
async fn said(served: &Served, token: &str) -> (StatusCode, String) {
    let token: String = url::form_urlencoded::byte_serialize(token.as_bytes()).collect();
    let url = format!("{}/pay/?token={token}", served.fena);
    let answer = served.get(&url).await;
    let status = answer.status();
    let html = answer.text().await.expect("a page");
    let error =
        html.split("<main data-page=\"error\" data-error=\"").nth(1).and_then(|rest| rest.split('"').next());
    let error = error.unwrap_or_default().to_owned();
    assert_eq!(error.is_empty(), status == StatusCode::OK, "{html}");
    if !error.is_empty() {
        // The same as JSON.
        let answer =
            served.client.get(&url).header("accept", "application/json").send().await.expect("an answer");
        assert_eq!(answer.status(), status);
        let body: Value = answer.json().await.expect("JSON");
        assert_eq!(body["error"], json!(error));
        assert!(body["message"].as_str().is_some_and(|message| !message.is_empty()));
    }
    (status, error)
}

/// A token that is refused with an error, by its state alone. `None` where that needs more than a token.
fn by_state(error: &str, order: &str, now: i64) -> Option<String> {
    let mut claims = claims(order, now);
    let mut put = |name: &str, value: Value| drop(claims.insert(name.to_owned(), value));
    match error {
        "token_missing" => return Some(String::new()),
        "token_malformed" => return Some("a.b".to_owned()),
        "alg_not_allowed" => {
            let header = HEADER.replace("HS512", "HS256");
            return Some(assemble(&header, &json!(claims).to_string(), Algorithm::Hs256, SECRET.as_bytes()));
        }
        "signature_invalid" => {
            return Some(assemble(HEADER, &json!(claims).to_string(), Algorithm::Hs512, b"guess"));
        }
        "terminal_unknown" => put("terminalID", json!("nobody")),
        "iat_invalid" => put("iat", json!("now")),
        "exp_invalid" => put("exp", json!(now - 1)),
        "token_expired" => {
            put("iat", json!(now - 7200));
            put("exp", json!(now));
        }
        "iat_in_future" => put("iat", json!(now + 61)),
        "claim_missing" => drop(claims.remove("orderID")),
        "claim_null" => put("amount", Value::Null),
        "order_type" => put("orderID", json!(7)),
        "order_empty" => put("orderID", json!("  ")),
        "order_too_long" => put("orderID", json!("😀".repeat(256))),
        "amount_type" => put("amount", json!(["12.50"])),
        "amount_empty" => put("amount", json!("")),
        "amount_format" => put("amount", json!("12.5")),
        "amount_range" => put("amount", json!("5000.00")),
        "claim_type" => put("bankID", json!(7)),
        "email_invalid" => put("email", json!("nobody")),
        "email_too_long" => put("email", json!(format!("{}@b.example", "a".repeat(250)))),
        "first_name_too_long" => put("firstName", json!("a".repeat(256))),
        "last_name_too_long" => put("lastName", json!("é".repeat(256))),
        "contact_too_long" => put("contactNumber", json!("0".repeat(256))),
        "sort_code_invalid" | "account_invalid" | "provider_required" => {
            put("bankID", json!(if error == "provider_required" { "" } else { "ob-tsb" }));
            put("sortCode", json!(if error == "sort_code_invalid" { "12-34-56" } else { "123456" }));
            put("accountNumber", json!(if error == "account_invalid" { "1234567" } else { "12345678" }));
        }
        "sort_and_account_required" => put("sortCode", json!("123456")),
        "bank_unknown" => put("bankID", json!("ob-nowhere")),
        _ => return None,
    }
    Some(signed(&claims))
}

#[tokio::test]
async fn every_error_is_reached_by_its_state_by_magic_and_from_the_queue() {
    let served = Served::frozen().await;
    let shop = with_shop(&served, Does::Answer(200)).await;
    let now = now(&served).await;
    let mut table = String::new();
    for code in codes().iter().filter(|code| is_error(&code.code)) {
        let error = code.code.as_str();
        let order = format!("of-{error}");
        // An unknown bank is only refused where the live rules hold.
        served.set("rules", if error == "bank_unknown" { "live" } else { "documented" }).await;
        let token = by_state(error, &order, now);
        let paid_first = token.is_none();
        if paid_first {
            assert_eq!(error, "order_already_paid");
            queue(&served, &order, "approve").await;
            served.get(&link(&served, &order, 1250, &[]).await).await;
        }
        let token = token.unwrap_or_else(|| signed(&claims(&order, now)));
        let (status, told) = said(&served, &token).await;
        assert_eq!(told, error);
        assert_eq!(shop.came().len(), usize::from(paid_first));
        let mut magic = claims(&format!("magic-{error}"), now);
        magic.insert("bankID".to_owned(), json!(format!("sim-{}", error.replace('_', "-"))));
        served.set("rules", "documented").await;
        assert_eq!(said(&served, &signed(&magic)).await.1, error, "by magic");
        let queued = format!("queued-{error}");
        let chain = json!({"provider": "fena", "order": queued, "chain": [error, error]});
        served.post("outcomes", chain).await;
        assert_eq!(said(&served, &signed(&claims(&queued, now))).await, (status, error.to_owned()), "queued");
        assert!(payments(&served, &queued).await.is_empty());
        table.push_str(&format!("{:<26} {}  {}\n", error, status.as_u16(), code.text));
    }
    assert_eq!(shop.came().len(), 1, "a token that is refused is never notified");
    snapshot("fena", "errors-of-tokens", &table);
}

#[tokio::test]
async fn the_vectors_have_their_verdicts_under_both_rules() {
    let text =
        std::fs::read_to_string(crate::support::root().join("fixtures/fena/vectors.json")).expect("vectors");
    let file: Value = serde_json::from_str(&text).expect("JSON");
    let groups = file["groups"].as_array().expect("groups");
    let group = groups.iter().find(|group| group["operation"] == "fena.token").expect("tokens");
    let mut tried = 0;
    for vector in group["vectors"].as_array().expect("vectors") {
        let Some(verdicts) = vector["verdicts"].as_object() else { continue };
        // Each in a world of its own, for the orders are the same.
        let at = jiff::Timestamp::from_second(verdicts["at"].as_i64().expect("seconds")).expect("a time");
        let served = Served::start(&["--freeze", &at.to_string()]).await;
        let message = &vector["message"];
        served.post("fena/terminals", json!({"id": message["terminal"], "secret": message["secret"]})).await;
        for rules in ["live", "documented"] {
            served.set("rules", rules).await;
            let (_, error) = said(&served, vector["answer"]["token"].as_str().expect("a token")).await;
            let error = if error.is_empty() { "ok" } else { error.as_str() };
            assert_eq!(error, verdicts[rules], "{} under {rules}", vector["id"]);
            tried += 1;
        }
    }
    assert!(tried >= 28, "{tried}");
}

#[tokio::test]
async fn what_the_documented_rules_let_pass_is_warned_of_and_refused_live() {
    let served = Served::frozen().await;
    let now = now(&served).await;
    for (place, (mistake, error)) in [
        ("claims-missing", "claim_missing"),
        ("claims-null", "claim_null"),
        ("amount-as-number", "amount_type"),
        ("exp-in-milliseconds", "exp_invalid"),
    ]
    .into_iter()
    .enumerate()
    {
        let message = payment(&format!("order-{place}"), 1250, now, &[]);
        let mistakes = Token.mistakes();
        let made = mistakes.iter().find(|known| known.id.ends_with(mistake)).expect("known");
        let token = Token.reply(&message, &[made]).expect("a token").get("token").to_owned();
        let url = format!("{}/pay/?token={token}", served.fena);
        served.set("rules", "documented").await;
        let answer = served.get(&url).await;
        assert_eq!(answer.status(), StatusCode::OK, "{mistake}");
        let warning = answer.headers()["provkassa-warning"].to_str().expect("text");
        assert!(warning.starts_with(error), "{warning}");
        served.set("rules", "live").await;
        let answer = served.get(&url).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{mistake}");
        // Whoever made it is told what was done wrong.
        let html = answer.text().await.expect("a page");
        assert!(
            html.contains(&format!("data-error=\"{error}\"")) && html.contains("The mistake: you "),
            "{html}"
        );
    }
    // The exact lower bound is open.
    served.set("rules", "documented").await;
    let least = link(&served, "least", 50, &[]).await;
    assert_eq!(served.get(&least).await.status(), StatusCode::OK);
    served.set("fena.min_exclusive", "on").await;
    assert_eq!(served.get(&least).await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn hostile_tokens_get_an_answer_and_nothing_happens() {
    let served = Served::frozen().await;
    let shop = with_shop(&served, Does::Answer(200)).await;
    let now = now(&served).await;
    let right = json!(claims("7", now)).to_string();
    let with = |payload: &str| assemble(HEADER, payload, Algorithm::Hs512, SECRET.as_bytes());
    let deep = format!("{{\"orderID\":{}1{}}}", "[".repeat(20_000), "]".repeat(20_000));
    let twice = right.replace("\"orderID\":\"7\"", "\"orderID\":\"7\",\"orderID\":\"8\"");
    assert_ne!(right, twice);
    for (name, token) in [
        ("deep JSON", with(&deep)),
        ("a claim twice", with(&twice)),
        ("a bare number", with("7")),
        ("nothing", "..".to_owned()),
        ("a point", ".".to_owned()),
        ("control characters", "a\u{0}.b\r\n.c".to_owned()),
        ("ordinary base64", with(&right).replace('-', "+").replace('_', "/") + "="),
        ("invalid UTF-8", {
            use base64::Engine as _;
            let encode = |bytes: &[u8]| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
            format!("{}.{}.{}", encode(HEADER.as_bytes()), encode(b"{\"orderID\":\"\xc5sa\"}"), encode(b"x"))
        }),
    ] {
        assert_eq!(
            said(&served, &token).await,
            (StatusCode::BAD_REQUEST, "token_malformed".to_owned()),
            "{name}"
        );
    }
    // What does not fit into an address is refused by its length, and the sandbox goes on.
    for (length, status) in [(70_000, "414"), (1 << 20, "431")] {
        let answer = raw(&served.fena, &format!("/pay/?token={}", "a".repeat(length))).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{length}: {answer}");
    }
    assert_eq!(
        said(&served, &format!("{}.{}.x", "a".repeat(20_000), "b".repeat(20_000))).await.1,
        "token_malformed"
    );
    // A claim that says nothing to Fena passes, however it looks.
    let mut odd = claims("odd", now);
    odd.insert("items".to_owned(), json!([{"name": "x", "quantity": 1}]));
    odd.insert("<script>".to_owned(), json!("</main><script>alert(1)</script>"));
    odd.insert("firstName".to_owned(), json!("<b>\"'&"));
    let url = format!("{}/pay/?token={}", served.fena, signed(&odd));
    let html = served.get(&url).await.text().await.expect("a page");
    assert!(
        html.contains("data-page=\"choose\"") && !html.contains("<script>alert") && !html.contains("<b>\"")
    );
    assert!(shop.came().is_empty());
    assert_eq!(states(&served, "7").await, Vec::<String>::new());
}

/// The start of the answer to a request that no client would send.
async fn raw(origin: &str, path: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let host = origin.trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(host).await.expect("connected");
    let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    // It may be answered before it is sent whole.
    let _ = stream.write_all(request.as_bytes()).await;
    let mut answer = [0; 64];
    let length = stream.read(&mut answer).await.unwrap_or_default();
    String::from_utf8_lossy(&answer[..length]).into_owned()
}

/// Every mistake of token making is told on the page by its name, from the token alone, where it is refused
/// at all.
#[tokio::test]
async fn the_page_names_the_mistake_behind_a_token() {
    let served = Served::frozen().await;
    served.set("rules", "live").await;
    let now = now(&served).await;
    let account = [("bankID", "ob-tsb"), ("sortCode", "123456"), ("accountNumber", "01234567")];
    let mut named = Vec::new();
    for mistake in Token.mistakes() {
        let mut message = payment("222", 100_050, now, &[("firstName", "Åsa")]);
        if mistake.id.contains("sort-code") || mistake.id.contains("account") || mistake.id.contains("bank") {
            message.parameters.extend(account.map(|(name, value)| (Cow::Borrowed(name), value.to_owned())));
        }
        if mistake.id.contains("amount-without-") || mistake.id.contains("zero") {
            message.given[0].1 = if mistake.id.contains("decimals") { "1000" } else { "50" }.to_owned();
        }
        let Some(reply) = Token.reply(&message, &[mistake]) else { continue };
        let (status, error) = said(&served, reply.get("token")).await;
        if status == StatusCode::OK {
            continue;
        }
        let token: String = url::form_urlencoded::byte_serialize(reply.get("token").as_bytes()).collect();
        let html =
            served.get(&format!("{}/pay/?token={token}", served.fena)).await.text().await.expect("a page");
        let verdict =
            html.split("data-signature=\"wrong\">").nth(1).and_then(|rest| rest.split("</p>").next());
        let verdict = verdict.unwrap_or_default().replace("&#39;", "'").replace("&#163;", "£");
        named.push(format!(
            "{:<48} {:<24} {}",
            mistake.id,
            error,
            if verdict.contains(mistake.title) { "named" } else { &verdict }
        ));
    }
    snapshot("fena", "mistakes-on-the-error-page", &named.join("\n"));
}

#[tokio::test]
async fn a_terminal_is_one_workspaces() {
    let served = Served::frozen().await;
    served.control(reqwest::Method::POST, "workspaces", json!({"name": "other"})).await;
    let url = format!("{}/_sim/v1/workspaces/other/fena/terminals", served.control);
    let answer = served.client.post(url).json(&json!({"id": TERMINAL})).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert!(answer.text().await.expect("text").contains("Another workspace has this terminal"));
}
