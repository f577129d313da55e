//! Where no payer gets to a provider, and where the page that they come back to fails.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use axum::response::IntoResponse as _;
use http::StatusCode;
use provkassa::scenario::{ShopTarget, Stage, Tried, Verdict, parse, run, scenarios};
use provkassa::serve::Options;
use serde_json::Value;

use super::shown;
use crate::between::{Passing, back_as_it_is, between};
use crate::documented_shop::can_open;
use crate::ports::{free_port, ports_in_a_row};
use crate::support::{PROGRAM, command, ran, root, run as run_program};

/// A shop that sells by QuickPay and has a key that nobody knows.
fn unknown() -> String {
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}");
    format!(
        "[shop]\nstart = ['{PROGRAM}', 'shop', '--port', '{port}']\nenv = {{ QUICKPAY_API_KEY = \"quickpay-api-kye\" }}\n\
         ready = \"{url}/healthz\"\nsettle = 0.1\n\
         status = {{ url = \"{url}/orders/{{order}}\", pointer = \"/status\", paid = [\"paid\"] }}\n\
         [shop.quickpay]\ncheckout = {{ url = \"{url}/checkout/quickpay\", json = {{ order = \"{{order}}\", amount = \"{{amount.minor}}\" }} }}\n"
    )
}

/// The cases of a run with their verdicts, what was printed, and the exit code.
fn checked(text: &str, only: &str) -> (Vec<Value>, String, i32) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("provkassa.toml"), text).expect("written");
    let arguments = ["check", "--only", only, "--format", "plain", "--report", "json=r.json"];
    let ran = ran(&command(folder.path(), &arguments).output().expect("the program starts"));
    let report =
        fs::read_to_string(folder.path().join("r.json")).unwrap_or_else(|_| panic!("{}", ran.shown()));
    let report: Value = serde_json::from_str(&report).expect("JSON");
    (report["cases"].as_array().expect("cases").clone(), ran.stdout + &ran.stderr, ran.code)
}

#[test]
fn a_shop_that_is_refused_fails_where_that_is_told_and_the_rest_is_not_run() {
    let (cases, said, code) = checked(&unknown(), "quickpay");
    assert_eq!(code, 1, "{said}");
    let with =
        |verdict: &str| cases.iter().filter(move |case| case["verdict"] == verdict).collect::<Vec<_>>();
    let failed: Vec<&str> = with("fail").iter().map(|case| case["id"].as_str().expect("an id")).collect();
    assert_eq!(failed, ["quickpay/redirect/paid", "quickpay/redirect/what-is-sent-is-right"], "{said}");
    for case in with("fail") {
        assert_eq!(case["finding"]["headline"], "QuickPay does not know who asks");
        assert!(case["finding"]["got"].as_str().expect("text").contains("The nearest is"), "{case}");
        let trail = case["finding"]["trail"].to_string();
        assert!(trail.contains("the shop → QuickPay: POST /payments"), "{trail}");
    }
    assert!(
        said.contains("so fails  quickpay/redirect/what-is-sent-is-right"),
        "one finding of both: {said}"
    );
    let why =
        "no payer gets there: QuickPay does not know who asks; quickpay/redirect/paid tells what was sent";
    assert!(with("not run").len() > 30 && with("not run").iter().all(|case| case["why"] == why), "{said}");
    assert_eq!(said.matches(why).count(), 1, "it is told once: {said}");
    assert!(with("broken").is_empty() && with("pass").is_empty(), "{said}");
}

#[test]
fn what_was_refused_is_told_where_nothing_chosen_is_about_the_way() {
    let (cases, said, code) = checked(&unknown(), "quickpay/callback/**");
    assert_eq!(code, 1, "{said}");
    assert!(cases.len() > 10 && cases.iter().all(|case| case["verdict"] == "fail"), "{said}");
    assert_eq!(said.matches("QuickPay does not know who asks").count(), 1, "one finding of all: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_that_does_not_look_at_its_provider_s_answer_is_told_what_was_refused() {
    if !can_open() {
        return;
    }
    let (port, shop) = (free_port(), root().join("fixtures/shops/documented/shop.mjs"));
    let url = format!("http://127.0.0.1:{port}");
    let text = format!(
        "[shop]\nstart = ['node', '{}']\nenv = {{ PORT = \"{port}\" }}\nready = \"{url}/healthz\"\n\
         status = {{ url = \"{url}/orders/{{order}}\", pointer = \"/status\", paid = [\"paid\"] }}\n\
         [shop.quickpay]\ncheckout = {{ url = \"{url}/checkout/quickpay\", json = {{ order = \"{{order}}\", amount = \"{{amount.minor}}\" }} }}\n",
        shop.display()
    );
    let tried = tried(&text, "quickpay/redirect/paid").await;
    let Verdict::Fail(failure) = &tried.outcome.verdict else { panic!("{}", shown(&tried)) };
    let says =
        "QuickPay refuses what the shop sends: Validation error: order_id must have length between 4 and 20";
    assert_eq!(failure.headline, says);
    for part in
        ["POST /payments → 400 Bad Request", "\nsent {", "\"order_id\":\"sub_", "\nanswered {\"message\":"]
    {
        assert!(failure.got.contains(part), "{part} in {}", failure.got);
    }
    assert!(failure.remedy.contains("look at the status of each answer"), "{}", failure.remedy);
    let trail = tried.outcome.trail.join("\n");
    assert!(
        trail.contains("PUT /payments/undefined/link → 404") && trail.contains("/checkout/undefined"),
        "{trail}"
    );
}

async fn tried(text: &str, id: &str) -> Tried {
    let target = ShopTarget::Configured(Box::new(parse(text).expect("sound")));
    let stage = Stage::open(target, Options::default()).await.expect("a stage");
    let mut chosen = scenarios().expect("sound");
    chosen.retain(|scenario| scenario.id == id);
    run(&stage, chosen, 1, |_| (), || true).await.pop().expect(id)
}

/// The reference shop at this port, behind somebody who changes what passes.
fn behind(port: u16, url: &str, mistake: &str) -> String {
    format!(
        "[shop]\nstart = ['{PROGRAM}', 'shop', '--port', '{port}', '--public-url', '{url}'{mistake}]\n\
         ready = \"{url}/healthz\"\nsettle = 0.1\ndeadline = 1\n\
         status = {{ url = \"{url}/orders/{{order}}\", pointer = \"/status\", paid = [\"paid\"] }}\n\
         [shop.quickpay]\ncheckout = {{ url = \"{url}/checkout/quickpay\", json = {{ order = \"{{order}}\", amount = \"{{amount.minor}}\" }} }}\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_route_that_knows_no_order_proves_nothing() {
    let port = free_port();
    let nobody = |passing: &mut Passing| {
        passing.path.starts_with("/orders/").then(|| StatusCode::NOT_FOUND.into_response())
    };
    let url = between(port, nobody, back_as_it_is).await;
    for id in ["quickpay/redirect/abandoned", "quickpay/redirect/paid"] {
        let tried = tried(&behind(port, &url, ""), id).await;
        let Verdict::Broken(fault) = &tried.outcome.verdict else { panic!("{}", shown(&tried)) };
        let said = fault.to_string();
        assert!(said.contains("stands, which it has checked out") && said.contains("404"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_need_not_sell_for_every_amount() {
    let port = free_port();
    let refuses = |passing: &mut Passing| {
        let is_cheap = String::from_utf8_lossy(&passing.body).contains("\"amount\":115");
        is_cheap.then(|| (StatusCode::UNPROCESSABLE_ENTITY, "the least is 5.00").into_response())
    };
    let url = between(port, refuses, back_as_it_is).await;
    let tried = tried(&behind(port, &url, ""), "quickpay/redirect/smallest-amount").await;
    let Verdict::Unsupported(why) = &tried.outcome.verdict else { panic!("{}", shown(&tried)) };
    assert_eq!(why, "the shop checks out no order of 1.15: 422 the least is 5.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_shop_believes_is_told_before_the_error_on_its_page() {
    let port = free_port();
    // It does what it does, and then shows its payer an error.
    let url = between(
        port,
        |_| None,
        |passing, answer| {
            if passing.path.starts_with("/return") {
                answer.status = StatusCode::INTERNAL_SERVER_ERROR;
            }
        },
    )
    .await;
    let text = |mistake: &str| behind(port, &url, mistake);
    let id = "quickpay/redirect/accept-address-by-hand";
    let both = tried(&text(", '--mistake', 'return-is-proof'"), id).await;
    let Verdict::Fail(failure) = &both.outcome.verdict else { panic!("{}", shown(&both)) };
    assert_eq!(failure.headline, "the shop believes that the order is paid, and it is not");
    assert_eq!(failure.got, "`paid`; besides, the shop fails with 500 when somebody comes back");
    let trail = both.outcome.trail.join("\n");
    assert!(trail.contains("/return/quickpay") && trail.contains("→ 500"), "{trail}");
    let error = tried(&text(""), id).await;
    let Verdict::Fail(failure) = &error.outcome.verdict else { panic!("{}", shown(&error)) };
    assert_eq!(failure.headline, "the shop fails with 500 when somebody comes back");
}

#[test]
fn a_shop_that_remembers_is_tried_again_like_a_new_one() {
    if !can_open() {
        return;
    }
    let (port, sandbox) = (free_port().to_string(), ports_in_a_row().to_string());
    let variables = run_program(&["env", "--format", "json", "--port", &sandbox]).stdout;
    let variables: BTreeMap<String, String> = serde_json::from_str(&variables).expect("JSON");
    let mut shop = Command::new("node");
    shop.arg(root().join("fixtures/shops/corrected/shop.mjs")).envs(variables).env("PORT", &port);
    let mut shop = shop.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("started");
    let mut line = String::new();
    BufReader::new(shop.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
    let url = line.trim_end().trim_start_matches("listening on ").to_owned();
    let arguments =
        ["check", "--shop", &url, "--port", &sandbox, "--only", "*/redirect/paid", "--format", "plain"];
    let both = [run_program(&arguments), run_program(&arguments)];
    shop.kill().and_then(|()| shop.wait()).expect("ended");
    for ran in both {
        assert_eq!(ran.code, 0, "{}", ran.shown());
    }
}
