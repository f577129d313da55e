//! Workspaces never meet, requests find theirs, and the same requests give the same journal.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{NOON, Served, link, location};

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

#[tokio::test]
async fn a_hundred_workspaces_on_one_seed_share_no_id_and_no_token() {
    let served = Served::frozen().await;
    let mut ids = BTreeSet::new();
    let mut credentials: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for number in 0..100 {
        let name = format!("test-{number}");
        let made = served.control(Method::POST, "workspaces", json!({"name": name})).await;
        let given = made["credentials"].as_object().expect("credentials");
        // A password that nobody has set yet is empty everywhere.
        for (variable, value) in given.iter().filter(|(_, value)| *value != "") {
            assert!(
                credentials.entry(variable.clone()).or_default().insert(text(value)),
                "{name} {variable}"
            );
        }
        let orders = served.control(Method::GET, &format!("workspaces/{name}/brp/orders"), json!(null)).await;
        for order in orders.as_array().expect("orders") {
            assert!(ids.insert(order["id"].to_string()), "{name} shares order {}", order["id"]);
        }
    }
    for order in served.read("brp/orders").await.as_array().expect("orders") {
        assert!(ids.insert(order["id"].to_string()));
    }
    assert_eq!(ids.len(), 1010);
}

/// Asks each of the other providers for something, as the shop with these credentials does.
async fn elsewhere(served: &Served, credentials: &Value) {
    let of = |name: &str| text(&credentials[name]);
    let claims = json!({"terminalID": of("FENA_TERMINAL")}).to_string();
    let token = format!("e30.{}.eA", URL_SAFE_NO_PAD.encode(claims));
    for url in [
        format!(
            "{}/remote/payment.asmx/gettransactionlist?merchantnumber={}",
            served.bambora,
            of("BAMBORA_MERCHANT")
        ),
        format!("{}/{}/api/ver3/businessunits", served.brp, of("BRP_INSTALLATION")),
        format!("{}/pay/?token={token}", served.fena),
        format!("{}/api/v1/accounts/", served.fenerum),
        format!("{}/paymentpage", served.freepay),
    ] {
        let request = if url.starts_with(&served.freepay) {
            let form = format!("MerchantNumber={}&OrderID=the-same", of("FREEPAY_MERCHANT"));
            served.client.post(&url).header("content-type", "application/x-www-form-urlencoded").body(form)
        } else {
            served.client.get(&url).header("authorization", format!("Token {}", of("FENERUM_TOKEN")))
        };
        request.send().await.unwrap_or_else(|error| panic!("{url}: {error}"));
    }
}

#[tokio::test]
async fn a_hundred_workspaces_side_by_side_never_meet() {
    let served = Arc::new(Served::frozen().await);
    let mut lives = tokio::task::JoinSet::new();
    for number in 0..100 {
        let served = Arc::clone(&served);
        lives.spawn(async move {
            let name = format!("test-{number}");
            let made = served.control(Method::POST, "workspaces", json!({"name": name})).await;
            let credentials = made["credentials"].clone();
            let key = text(&credentials["QUICKPAY_API_KEY"]);
            let call = |method| {
                let request = served.client.request(method, format!("{}/payments", served.quickpay));
                request.basic_auth("", Some(&key)).header("accept-version", "v10")
            };
            let order = json!({"order_id": "the-same", "currency": "DKK", "variables": {"of": name}});
            let made = call(Method::POST).json(&order).send().await.expect("an answer");
            assert_eq!(made.status(), StatusCode::CREATED);
            let all: Value = call(Method::GET).send().await.expect("an answer").json().await.expect("JSON");
            assert_eq!(all.as_array().map(Vec::len), Some(1), "{name}");
            assert_eq!(all[0]["variables"]["of"], name);
            elsewhere(&served, &credentials).await;
            let journal = format!("workspaces/{name}/journal");
            let journal = served.control(Method::GET, &journal, json!(null)).await;
            let told = journal["entries"].as_array().expect("entries").iter();
            let told = told.map(|entry| (text(&entry["workspace"]), text(&entry["provider"])));
            let own = |provider: &&str| (name.clone(), (*provider).to_owned());
            let all_six = ["quickpay", "quickpay", "bambora", "brp", "fena", "fenerum", "freepay"];
            assert_eq!(told.collect::<Vec<_>>(), all_six.iter().map(own).collect::<Vec<_>>());
            all[0]["id"].to_string()
        });
    }
    let ids: BTreeSet<String> = lives.join_all().await.into_iter().collect();
    assert_eq!(ids.len(), 100);
    assert_eq!(served.read("quickpay/payments").await, json!([]));
}

#[tokio::test]
async fn a_request_finds_its_workspace_by_installation_token_id_or_path() {
    let served = Served::frozen().await;
    let made = served.control(Method::POST, "workspaces", json!({"name": "mine"})).await;
    let credentials = &made["credentials"];
    let base = format!("{}/{}/", served.brp, text(&credentials["BRP_INSTALLATION"]));
    let orders = served.control(Method::GET, "workspaces/mine/brp/orders", json!(null)).await;
    let order =
        orders.as_array().expect("orders").iter().find(|order| order["number"] == 16).expect("seeded");
    assert!(order["customer"].is_null());
    let order = order["id"].to_string();

    // By id, below the root that all share.
    let api = format!("{}/apiserver/api/ver3", served.brp);
    assert_eq!(served.get(&format!("{api}/orders/{order}")).await.status(), StatusCode::OK);
    // By its user, and then by the token.
    let login = served.client.post(format!("{api}/auth/login"));
    let login = login
        .json(&json!({"username": credentials["BRP_API_USER"], "password": credentials["BRP_API_PASSWORD"]}));
    let login: Value = login.send().await.expect("an answer").json().await.expect("JSON");
    let list =
        served.client.get(format!("{api}/orders?orderNumber=16")).bearer_auth(text(&login["access_token"]));
    let list: Value = list.send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!(list[0]["id"].to_string(), order);
    // By the installation in the path; the secret of another workspace does not do.
    let wrong = link(&base, &[("orderid", &order), ("returnurl", "http://127.0.0.1/")]);
    assert!(location(&served.get(&wrong).await).ends_with("error=400"));
    // By the name in the path, on the control port; links that are handed out keep to it.
    let by_name = format!("{}/w/mine/brp/anything/api/ver3/orders/{order}", served.control);
    assert_eq!(served.get(&by_name).await.status(), StatusCode::OK);
    let default = served.get(&format!("{}/brp/brponline/api/ver3/orders/{order}", served.control)).await;
    assert_eq!(default.status(), StatusCode::FORBIDDEN);
    let good = link(
        &format!("{}/brp/brponline/", served.control),
        &[("orderid", "15"), ("returnurl", "http://127.0.0.1/")],
    );
    assert!(
        location(&served.get(&good).await)
            .starts_with(&format!("{}/brp/brponline/provider/", served.control))
    );
    // By the host's first label.
    let by_host = served.client.get(format!("{}/brponline/api/ver3/orders/16", served.control));
    let by_host = by_host.header("host", "brp.localhost").send().await.expect("an answer");
    assert_eq!(by_host.status(), StatusCode::OK);

    let journal = served.control(Method::GET, "workspaces/mine/journal", json!(null)).await;
    assert!(journal["entries"].as_array().expect("entries").iter().all(|entry| entry["workspace"] == "mine"));
    assert!(!journal.to_string().contains(&text(&credentials["BRP_API_PASSWORD"])), "a secret is shown");
    served.control(Method::DELETE, "workspaces/mine", json!(null)).await;
    let gone = served.get(&format!("{base}api/ver3/orders/{order}")).await;
    assert_eq!(gone.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_request_that_nobody_claims_is_kept_with_the_nearest_credential() {
    let served = Served::frozen().await;
    let answer =
        served.get(&format!("{}/brponlin/external/payment/payfororder?orderid=15", served.brp)).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert!(answer.text().await.expect("a body").contains("The nearest is `brponline`"));
    let unclaimed = served.control(Method::GET, "unclaimed", json!(null)).await;
    assert_eq!(unclaimed["entries"].as_array().map(Vec::len), Some(1));
    assert!(text(&unclaimed["entries"][0]["event"]["unclaimed"]).contains("brponlin"));
    assert_eq!(served.read("journal").await["entries"], json!([]));
}

/// One order, from REST to the end; `ending` says which button.
async fn life(
    served: &Served,
    name: &str,
    ending: &str,
    steps: std::ops::Range<usize>,
    at: &mut BTreeMap<String, String>,
) {
    for step in steps {
        let api = format!("{}/brponline/api/ver3/orders", served.brp);
        let known = at.get(name).cloned().unwrap_or_default();
        let next = match step {
            0 => {
                let made = served.client.post(&api).json(&json!({"businessUnit": 15, "externalId": name}));
                made.send().await.expect("an answer").json::<Value>().await.expect("JSON")["id"].to_string()
            }
            1 => {
                let row = served
                    .client
                    .post(format!("{api}/{known}/items/articles"))
                    .json(&json!({"articleProduct": 1}));
                assert!(row.send().await.expect("an answer").status().is_success());
                link(&served.base(), &[("orderid", &known), ("returnurl", "http://127.0.0.1:3000/")])
            }
            3 => location(&served.submit(&known, &[("outcome", ending)]).await),
            _ => location(&served.get(&known).await),
        };
        at.insert(name.to_owned(), next);
    }
}

async fn journals(served: &Served) -> BTreeMap<String, Vec<Value>> {
    let journal = served.read("journal").await;
    let mut orders: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for entry in journal["entries"].as_array().expect("entries") {
        let mut entry = entry.clone();
        entry.as_object_mut().expect("object").remove("cursor");
        let mut text = entry.to_string();
        for (address, name) in [(&served.brp, "{BRP_URL}"), (&served.control, "{CONTROL}")] {
            text = text.replace(address.as_str(), name).replace(address.trim_start_matches("http://"), name);
        }
        orders
            .entry(entry["order"].to_string())
            .or_default()
            .push(serde_json::from_str(&text).expect("JSON"));
    }
    orders
}

#[tokio::test]
async fn the_same_seed_and_requests_give_the_same_journal_for_each_order() {
    let arguments = ["--freeze", NOON, "--seed", "7"];
    let one = Served::start(&arguments).await;
    let other = Served::start(&arguments).await;
    let (mut first, mut second) = (BTreeMap::new(), BTreeMap::new());
    life(&one, "a", "approve", 0..5, &mut first).await;
    life(&one, "b", "decline", 0..5, &mut first).await;
    for step in 0..5 {
        life(&other, "b", "decline", step..step + 1, &mut second).await;
        life(&other, "a", "approve", step..step + 1, &mut second).await;
    }
    let (one_said, other_said) = (journals(&one).await, journals(&other).await);
    assert_eq!(one_said.len(), 2);
    assert_eq!(one_said, other_said);
    let another = Served::start(&["--freeze", NOON, "--seed", "8"]).await;
    let mut third = BTreeMap::new();
    life(&another, "a", "approve", 0..5, &mut third).await;
    assert_ne!(third["a"], first["a"], "another seed gives other ids");
}

#[tokio::test]
async fn the_control_api_names_what_it_does_not_know() {
    let served = Served::frozen().await;
    let mut story = String::new();
    for (method, path, body) in [
        (Method::GET, "workspaces/defualt", json!(null)),
        (Method::POST, "workspaces", json!({"name": "a b"})),
        (Method::POST, "workspaces", json!({"name": "default"})),
        (Method::POST, "workspaces", json!({"nam": "x"})),
        (Method::DELETE, "workspaces/default", json!(null)),
        (Method::PATCH, "workspaces/default/settings", json!({"brp.zero_ordr": "receipt"})),
        (Method::PATCH, "workspaces/default/settings", json!({"brp.zero_order": "maybe"})),
        (Method::PATCH, "workspaces/default/settings", json!({"rules": "loose"})),
        (Method::POST, "workspaces/default/outcomes", json!({"provider": "bpr", "outcome": "approve"})),
        (Method::POST, "workspaces/default/outcomes", json!({"provider": "brp", "outcome": "aprove"})),
        (Method::POST, "workspaces/default/outcomes", json!({"provider": "brp"})),
        (Method::GET, "workspaces/default/brp/order", json!(null)),
        (Method::POST, "workspaces/default/brp/orders", json!({"prise": 1})),
        (Method::POST, "workspaces/default/brp/orders", json!({"id": 99_999_999_999_u64})),
        (Method::POST, "workspaces/default/brp/orders", json!({"rows": "none"})),
        (Method::POST, "workspaces/default/brp/receipts", json!({"id": 1})),
        (Method::POST, "workspaces/default/brp/persons", json!({"id": "x"})),
        (
            Method::POST,
            "workspaces/default/payments/x/outcome",
            json!({"provider": "brp", "outcome": "approve"}),
        ),
        (Method::POST, "workspaces/default/callbacks/x/resend", json!(null)),
        (Method::POST, "workspaces/default/callbacks/x/explode", json!(null)),
        (Method::POST, "workspaces/default/callbacks/policy", json!({"order": "15"})),
        (Method::PUT, "workspaces/default/clock", json!({"at": NOON})),
        (Method::GET, "providers/bpr/codes", json!(null)),
        (Method::GET, "nothing", json!(null)),
    ] {
        let request = served.client.request(method.clone(), format!("{}/_sim/v1/{path}", served.control));
        let request = if body.is_null() { request } else { request.json(&body) };
        let answer = request.send().await.expect("an answer");
        let (status, error) = (answer.status().as_u16(), answer.json::<Value>().await.expect("JSON"));
        assert!(error["error"]["help"].as_str().is_some_and(|help| !help.is_empty()), "{path}: {error}");
        let error = &error["error"];
        story.push_str(&format!(
            "{method} {path} {body}\n  {status} {}: {}\n  {}\n",
            text(&error["type"]),
            text(&error["message"]),
            text(&error["help"])
        ));
    }
    crate::support::snapshot("cli", "what-the-control-api-refuses", &story);
}

#[tokio::test]
async fn a_public_url_is_what_everything_is_reached_by() {
    let served = Served::start(&[
        "--host",
        "0.0.0.0",
        "--token",
        "let-me-in",
        "--public-url",
        "http://pay.test.example/",
    ])
    .await;
    assert_eq!(served.control, "http://pay.test.example");
    assert_eq!(served.brp, "http://pay.test.example/brp");
}

/// A browser that found a page below a prefix stays below it: its forms, links and redirects too.
#[tokio::test]
async fn pages_work_below_a_path_prefix() {
    let served = Served::frozen().await;
    for prefix in ["brp", "w/default/brp"] {
        let origin = format!("{}/{prefix}", served.control);
        for (path, more) in [("payfororder", ""), ("swish/payfororder", "&payeralias=0701234567")] {
            let order = served.post("brp/orders", json!({"price": 500})).await["id"].to_string();
            let back = format!("{}/_sim/return", served.control);
            let link = link(&format!("{origin}/brponline/"), &[("orderid", &order), ("returnurl", &back)]);
            let link = format!("{}{more}", link.replace("payfororder", path));
            let page = location(&served.get(&link).await);
            assert!(page.starts_with(&origin), "{page}");
            let html = served.get(&page).await.text().await.expect("a page");
            // Forms and links that name no address, or a query alone, stay where they are.
            assert!(!html.contains("action=") && html.contains("method=\"post\""), "{html}");
            let links = html.split("href=\"").skip(1).map(|rest| rest.split('"').next().expect("an end"));
            assert!(links.clone().all(|link| link.starts_with('?')), "{:?}", links.collect::<Vec<_>>());
            let bank = location(&served.submit(&page, &[("outcome", "approve")]).await);
            assert!(bank.starts_with(&origin), "{bank}");
            assert!(location(&served.get(&bank).await).starts_with(&format!("{back}?receiptid=")));
        }
    }
}

#[tokio::test]
async fn without_the_token_nobody_gets_in() {
    let served = Served::start(&["--token", "let-me-in"]).await;
    let url = format!("{}/_sim/v1/version", served.control);
    assert_eq!(served.get(&url).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(served.get(&format!("{}/", served.control)).await.status(), StatusCode::UNAUTHORIZED);
    let right = served.client.get(&url).bearer_auth("let-me-in").send().await.expect("an answer");
    assert_eq!(right.status(), StatusCode::OK);
    assert_eq!(served.get(&format!("{}/readyz", served.control)).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_journal_can_be_waited_for() {
    let served = Served::frozen().await;
    let url = format!("{}/_sim/v1/workspaces/default/journal?wait=20&order=15", served.control);
    let waiting = tokio::spawn({
        let client = served.client.clone();
        async move { client.get(url).send().await.expect("an answer").json::<Value>().await.expect("JSON") }
    });
    served.get(&format!("{}/brponline/api/ver3/orders/16", served.brp)).await;
    served.get(&link(&served.base(), &[("orderid", "15"), ("returnurl", "http://127.0.0.1/")])).await;
    let journal = waiting.await.expect("an answer");
    assert_eq!(journal["entries"].as_array().map(Vec::len), Some(1));
    assert_eq!(journal["entries"][0]["order"], "15");
}
