//! How a shop is described, by a file or by itself: what cannot be used is refused, with what to write in its place.

use std::fs;

use axum::Router;
use axum::response::{IntoResponse as _, Redirect};
use axum::routing::get;
use http::StatusCode;
use provkassa::scenario::{ShopTarget, Stage, run as tried, scenarios};
use provkassa::serve::Options;

use super::shown;
use super::small::{answering, config, elsewhere, serving};
use crate::ports::{free_port, ports_in_a_row};
use crate::support::{Ran, run, run_in};

/// A shop that goes round in circles, and describes itself so when it knows its address.
async fn describing(text: impl FnOnce(&str) -> String) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let text = text(&elsewhere(&url));
    let app = Router::new().route("/.well-known/provkassa", get(move || async move { text }));
    let app = app.fallback(|| async { Redirect::to("/again") });
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_that_describes_itself_names_no_other_machine() {
    let shop = elsewhere(&describing(config).await);
    let other = elsewhere(&answering(|| Redirect::to("/again").into_response()).await);
    let foreign = elsewhere(&describing(move |_| config(&other)).await);
    for (url, said) in [(shop, "more than 20 redirects"), (foreign, "nothing was sent")] {
        let stage = Stage::open(ShopTarget::At(url), Options::default()).await.expect("a stage");
        let mut chosen = scenarios().expect("sound");
        chosen.retain(|scenario| scenario.id == "quickpay/redirect/paid");
        let done = tried(&stage, chosen, 1, |_| (), || true).await.pop().expect("one");
        assert!(shown(&done).contains(said), "{}", shown(&done));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_description_that_came_over_the_wire_starts_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let mark = folder.path().join("started");
    let start = format!("start = ['touch', '{}']", mark.display());
    for line in [start.as_str(), "cwd = \"/\"", "env = { PATH = \"/\" }"] {
        let (key, more) = (line.split(' ').next().expect("a key"), format!("[shop]\n{line}\n"));
        let url = describing(move |url| config(url).replacen("[shop]\n", &more, 1)).await;
        let opened = Stage::open(ShopTarget::At(url), Options::default()).await;
        let error = opened.expect_err("no stage").to_string();
        assert!(error.contains(&format!("line 2: `shop.{key}` is refused")), "{error}");
        assert!(!mark.exists(), "a stranger's command has run");
    }
}

/// What `check` says of a shop that answers so where it should describe itself.
async fn refused(url: String) -> Ran {
    let port = ports_in_a_row().to_string();
    let checked = move || run(&["check", "--shop", &url, "--port", &port]);
    let ran = tokio::task::spawn_blocking(checked).await.expect("no panic");
    assert_eq!(ran.code, 3, "{}", ran.shown());
    ran
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_that_does_not_describe_itself_is_refused_with_what_to_do_about_it() {
    let nobody = refused(format!("http://127.0.0.1:{}", free_port())).await;
    assert!(nobody.stderr.contains("Start the shop first"), "{}", nobody.shown());
    for (status, help) in [
        (404, "add the route, or write [shop] into provkassa.toml"),
        (302, "be read without a login or a redirect"),
        (401, "be read without a login or a redirect"),
        (500, "look at its own output"),
    ] {
        let app = Router::new().fallback(move || async move { StatusCode::from_u16(status).expect("one") });
        let ran = refused(serving(app).await).await;
        let said = format!("/.well-known/provkassa does not describe the shop: it answered {status}");
        assert!(ran.stderr.contains(&said) && ran.stderr.contains(help), "{}", ran.shown());
        assert!(!ran.stderr.contains("Start the shop"), "it runs: {}", ran.shown());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_description_that_is_refused_is_told_where_and_what_to_write_there() {
    for (text, what, help) in [
        ("[shop]\nredy = 1", "line 2: there is no key `shop.redy`", "Did you mean `shop.ready`?"),
        ("[shop]\nready = http://a", "line 2: ", "write [shop], and then [shop.quickpay]"),
        ("<!doctype html>\n<title>Tea</title>", "line 1: ", "What came is a page, and no TOML"),
        ("{\"error\": \"not found\"}", "line 1: ", "What came is JSON, and no TOML"),
        (
            "[adapter]\ncommand = [\"touch\"]\n[shop]",
            "line 1: `adapter` is none of the shop's own",
            "[adapter] stands in provkassa.toml",
        ),
        (
            "[shop]\nready = \"${HOME}/healthz\"",
            "`shop.ready` has the variable `HOME` in it",
            "Write the value itself",
        ),
        (
            "[shop]\nquickpay = \"http://a/\"",
            "`shop.quickpay` is no table",
            "Write [shop.quickpay] on a line",
        ),
    ] {
        let app = Router::new().fallback(move || async move { text });
        let ran = refused(serving(app).await).await;
        let said = &ran.stderr;
        assert!(said.contains("does not describe the shop: ") && said.contains(what), "{}", ran.shown());
        assert!(said.contains(help) && said.contains("Correct what the shop says there."), "{}", ran.shown());
        // Neither does anybody have to start it, nor is there a file, nor an adapter.
        for other in ["Start the shop", "the file", "[adapter] and then"] {
            assert!(!said.contains(other), "{other} in {}", ran.shown());
        }
    }
}

/// A file that is right but for one line.
fn dry(line: &str) -> Ran {
    let folder = tempfile::tempdir().expect("a folder");
    let right = config("http://127.0.0.1:3999");
    let checkout = right.lines().find(|line| line.starts_with("checkout")).expect("one").to_owned();
    let key = line.split(' ').next().expect("a key");
    let text = if key == "checkout" { right.replace(&checkout, line) } else { format!("{right}{line}\n") };
    fs::write(folder.path().join("provkassa.toml"), text).expect("written");
    run_in(folder.path(), &["check", "--dry-run"])
}

#[test]
fn what_is_to_be_written_in_the_place_of_a_text_stands_in_the_file_s_own_words() {
    for (line, what, help) in [
        (
            "checkout = \"http://127.0.0.1:3999/pay\"",
            "`shop.quickpay.checkout` is no table",
            "Write checkout = { url = \"http://127.0.0.1:3999/pay\", json = { order = \"{order}\", amount = \"{amount.minor}\" } }.",
        ),
        (
            "checkout = 1",
            "`shop.quickpay.checkout` is no table",
            "Write checkout = { url = \"http://127.0.0.1:3000/checkout\", ",
        ),
        (
            "status = \"http://127.0.0.1:3999/orders/{order}\"",
            "`shop.quickpay.status` is no table",
            "Write status = { url = \"http://127.0.0.1:3999/orders/{order}\", pointer = \"/status\", paid = [\"paid\"] }.",
        ),
        ("order = \"/id\"", "`shop.quickpay.order` is no table", "Write order = { pointer = \"/id\" }."),
        (
            "order = { header = \"Order Id\" }",
            "`Order Id` is no name of a header",
            "Write header = \"Order-Status\".",
        ),
        (
            "actions = \"http://127.0.0.1:3999/refund\"",
            "`shop.quickpay.actions` is no table",
            "Write actions = { refund = { url = \"http://127.0.0.1:3999/refund\" } }.",
        ),
        (
            "actions.capture = \"capture\"",
            "`shop.quickpay.actions.capture` is no table",
            "Write capture = { url = \"http://127.0.0.1:3000/orders/{order}/capture\" }.",
        ),
        (
            "subscription = true",
            "`shop.quickpay.subscription` is no table",
            "Write [shop.quickpay.subscription] on a line of its own",
        ),
        (
            "checkout = { url = \"http://a/{order}\", form = \"a=b\" }",
            "`shop.quickpay.checkout.form` is no table",
            "Write form = { order = \"{order}\" }.",
        ),
        (
            "checkout = { url = \"http://a/{order}\", headers = { \"X Shop:\" = \"a\" } }",
            "`shop.quickpay.checkout.headers.X Shop:` is no name of a header",
            "Write X-Shop = ",
        ),
        (
            "checkout = { url = \"http://a/{order}\", headers = { X-Shop = \"a\\n\" } }",
            "`shop.quickpay.checkout.headers.X-Shop` has a line end",
            "Write X-Shop = \"…\" on one line",
        ),
        ("checkout = { url = http://a }", "line 7: ", "It is TOML: [shop], and then [shop.quickpay]"),
    ] {
        let ran = dry(line);
        assert_eq!(ran.code, 2, "{line}: {}", ran.shown());
        assert!(ran.stderr.contains(what) && ran.stderr.contains(help), "{line}: {}", ran.shown());
        let place = if line.starts_with("checkout") { 7 } else { 8 };
        let place = format!("provkassa.toml, line {place}: ");
        assert!(ran.stderr.contains(&place), "{line}: {}", ran.shown());
    }
}
