//! `provkassa doctor`: each mistake of a set-up is found, with what to do about it, and the reference shop has none.

use std::fs;
use std::net::TcpListener;

use axum::response::{Html, IntoResponse as _, Redirect, Response};
use http::header::{DATE, LOCATION};
use http::{HeaderValue, Method, StatusCode};
use provkassa::simulators::kit::jwt::{Algorithm, Parts, assemble};
use serde_json::{Value, json};

use crate::between::{Answer, Back, Passing, There, as_it_is, back_as_it_is, between};
use crate::check::assert_fits_schema;
use crate::ports::{free_port, ports_in_a_row};
use crate::support::{PROGRAM, Ran, command, ran};

const SECRET: &str = "5c0e7f43-6d1b-4b0e-9a55-2f1d8f7f2c11";

/// A shop that is started with these variables, is known by this address, and is described so.
#[derive(Debug)]
struct Set {
    port: u16,
    /// Where payers, providers and we reach it.
    url: String,
    /// What it says its own address is.
    public: String,
    environment: String,
    paid: &'static str,
    status: String,
    more: &'static str,
}

impl Set {
    /// The reference shop with somebody in between.
    async fn behind(there: There, back: Back) -> Self {
        let port = free_port();
        let url = between(port, there, back).await;
        Self { public: url.clone(), ..Self::at(port, url) }
    }

    /// The reference shop itself.
    fn direct() -> Self {
        let port = free_port();
        Self::at(port, format!("http://127.0.0.1:{port}"))
    }

    fn at(port: u16, url: String) -> Self {
        let status = format!("{url}/orders/{{order}}");
        Self { port, public: url.clone(), url, environment: String::new(), paid: "paid", status, more: "" }
    }

    /// With these variables beside the sandbox's.
    fn with(self, name: &str, value: &str) -> Self {
        let environment = format!("{}{name} = \"{value}\", ", self.environment);
        Self { environment, ..self }
    }

    fn text(&self, provider: &str) -> String {
        let Self { port, url, public, environment, paid, status, more } = self;
        format!(
            "[shop]\nstart = ['{PROGRAM}', 'shop', '--port', '{port}', '--public-url', '{public}']\n\
             env = {{ {environment} }}\nready = \"{url}/healthz\"\ndeadline = 1\n\
             status = {{ url = \"{status}\", pointer = \"/status\", paid = [\"{paid}\"], \
             unpaid = [\"pending\", \"failed\", \"cancelled\", \"refunded\", \"paid\"] }}\n\
             [shop.{provider}]\n{more}\n\
             checkout = {{ url = \"{url}/checkout/{provider}\", json = {{ order = \"{{order}}\", amount = \"{{amount.minor}}\" }} }}\n\
             {}",
            if provider == "fena" {
                format!("webhook = \"{public}/callback/fena\"\nredirect = \"{public}/return/fena\"\n")
            } else {
                String::new()
            }
        )
    }

    /// What is seen of it at one provider.
    async fn seen(&self, provider: &str) -> Report {
        doctor(&self.text(provider), &[], &[]).await
    }
}

/// What `doctor` has found.
#[derive(Debug)]
struct Report {
    code: i32,
    whole: Value,
}

impl Report {
    /// The one look that came to this.
    fn of(&self, check: &str, verdict: &str) -> (&str, &str) {
        let looks = self.whole["checks"].as_array().expect("checks");
        let found = looks.iter().find(|look| look["check"] == check && look["verdict"] == verdict);
        let look = found.unwrap_or_else(|| panic!("no {check} is {verdict} in {:#}", self.whole));
        (look["seen"].as_str().expect("text"), look["next"].as_str().unwrap_or_default())
    }

    /// This is wrong, and nothing else.
    #[track_caller]
    fn only(&self, check: &str, verdict: &str, seen: &str, next: &str) {
        let (was, then) = self.of(check, verdict);
        assert!(was.contains(seen), "{seen} in {was}");
        assert!(then.contains(next), "{next} in {then}");
        let looks = self.whole["checks"].as_array().expect("checks");
        let bad = |look: &&Value| ["wrong", "warning"].iter().any(|bad| look["verdict"] == *bad);
        let others: Vec<&Value> = looks.iter().filter(bad).filter(|look| look["check"] != check).collect();
        assert!(others.is_empty(), "{others:#?}");
        assert_eq!(self.code, i32::from(verdict == "wrong"), "{:#}", self.whole);
    }
}

/// Runs it on this configuration, with these variables set.
async fn doctor(text: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Report {
    let ran = plain(text, &[arguments, &["--format", "json"]].concat(), variables).await;
    let whole: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.shown()));
    assert_fits_schema("doctor.schema.json", &whole);
    assert_eq!(whole["exit"], ran.code);
    Report { code: ran.code, whole }
}

async fn plain(text: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
    let folder = tempfile::tempdir().expect("a folder");
    if !text.is_empty() {
        fs::write(folder.path().join("provkassa.toml"), text).expect("written");
    }
    let mut command = command(folder.path(), &[&["doctor"], arguments].concat());
    for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env_remove(name);
    }
    command.env_remove("no_proxy").env_remove("NO_PROXY").envs(variables.iter().copied());
    let done = tokio::task::spawn_blocking(move || command.output().expect("the program starts"));
    ran(&done.await.expect("no panic"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reference_shop_has_none_of_the_mistakes() {
    let ran = plain("", &["--shop", "reference"], &[]).await;
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(!ran.stdout.contains("wrong") && !ran.stdout.contains("warning"), "{}", ran.stdout);
    for line in [
        "callback       Fena: the callback to ",
        "body           QuickPay: a callback is taken however its JSON is written",
        "status         BRP Online: `pending` before the payment, and `paid` after it",
        "not looked at  callback       Freepay: it calls nobody back",
    ] {
        assert!(ran.stdout.contains(line), "{line} in {}", ran.stdout);
    }
    // Somebody in between who changes nothing is not seen, and a report has its shape.
    for provider in ["bambora", "brp", "fena", "freepay", "quickpay"] {
        let report = Set::behind(as_it_is, back_as_it_is).await.seen(provider).await;
        assert_eq!((report.code, &report.whole["totals"]["warning"]), (0, &json!(0)), "{:#}", report.whole);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_base_url_is_told_with_where_it_leads() {
    let live = "https://ssl.ditonlinebetalingssystem.dk";
    let report = Set::direct().with("BAMBORA_URL", live).seen("bambora").await;
    report.only(
        "base-url",
        "wrong",
        "the live service, where payers pay real money",
        "BAMBORA_URL=http://127",
    );
    let dead = format!("http://127.0.0.1:{}", free_port());
    let report = Set::direct().with("BAMBORA_URL", &dead).seen("bambora").await;
    report.only("base-url", "wrong", &format!("leads to {dead}, where nobody listens"), "`provkassa env`");
    // This one is called by the shop itself, before any payer is sent there.
    let report = Set::direct().with("QUICKPAY_URL", &dead).seen("quickpay").await;
    report.only("base-url", "wrong", "the sandbox has heard nothing of the shop", "QUICKPAY_URL=http://127");
    let elsewhere =
        between(free_port(), |_| Some(Html("something else").into_response()), back_as_it_is).await;
    let report = Set::direct().with("BAMBORA_URL", &elsewhere).seen("bambora").await;
    report.only("base-url", "wrong", "which is not the sandbox", "BAMBORA_URL=");
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_that_nobody_has_are_told_with_the_nearest() {
    let report = Set::direct().with("QUICKPAY_API_KEY", "quickpay-api-kye").seen("quickpay").await;
    report.only("credentials", "wrong", "The nearest is", "QUICKPAY_URL=http://127");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_that_does_not_arrive_is_told_with_what_is_in_the_way() {
    fn is_callback(passing: &Passing) -> bool {
        passing.path.starts_with("/callback")
    }
    fn page() -> Response {
        Html("<form method=post><input name=user><input type=password name=word></form>").into_response()
    }
    let ways: [(There, &str, &str); 6] = [
        (
            |passing| {
                let login = (passing.path == "/login").then(page);
                login.or_else(|| is_callback(passing).then(|| Redirect::to("/login").into_response()))
            },
            "a login page",
            "let callbacks through without a login",
        ),
        (
            |passing| is_callback(passing).then(|| Redirect::permanent("/hooks").into_response()),
            "answered with 308: it leads to http://127.0.0.1:",
            "no provider follows a redirect",
        ),
        (|passing| is_callback(passing).then(page), "a login page answers", "without a login"),
        (
            |passing| is_callback(passing).then(|| StatusCode::NOT_FOUND.into_response()),
            "is answered with 404",
            "look at the path",
        ),
        (
            |passing| is_callback(passing).then(|| StatusCode::METHOD_NOT_ALLOWED.into_response()),
            "is answered with 405",
            "look at the route's method",
        ),
        (
            |passing| is_callback(passing).then(|| StatusCode::UNAUTHORIZED.into_response()),
            "is answered with 401",
            "their signature says who sends them",
        ),
    ];
    for (there, seen, next) in ways {
        let report = Set::behind(there, back_as_it_is).await.seen("quickpay").await;
        let (was, then) = report.of("callback", "wrong");
        assert!(was.contains(seen) && then.contains(next), "{was}: {then}");
        assert_eq!(report.code, 1);
        assert_eq!(report.of("body", "not_looked_at").0, "the plain callback does not arrive");
    }
    for (public, seen, next) in [
        (format!("http://127.0.0.1:{}", free_port()), "does not arrive", "at which it is reached from here"),
        ("http://shop.invalid:3000".to_owned(), "does not arrive", "at which it is reached from here"),
        ("https://127.0.0.1:3000".to_owned(), "callbacks go over http", "an http address"),
    ] {
        let report = Set { public, ..Set::direct() }.seen("quickpay").await;
        let (was, then) = report.of("callback", "wrong");
        assert!(was.contains(seen) && then.contains(next), "{was}: {then}");
    }
    // It arrives, and at another address than the shop's.
    let other = Set::direct();
    let public = between(other.port, as_it_is, back_as_it_is).await;
    let report = Set { public, ..other }.seen("quickpay").await;
    report.only("callback", "warning", "the checkout is at another address", "the same shop");
    let report = doctor(&Set::direct().text("fena").replace("webhook", "# webhook"), &[], &[]).await;
    let (was, _) = report.of("callback", "warning");
    assert!(was.contains("`shop.fena.webhook` is not configured"), "{was}");
}

#[tokio::test(flavor = "multi_thread")]
async fn payers_who_give_up_and_who_have_paid_are_told_apart() {
    let same: Back = |passing, answer| {
        if passing.path.starts_with("/checkout") {
            let page = String::from_utf8_lossy(&answer.body).replace("/cancelled/freepay", "/return/freepay");
            answer.body = page.into();
        }
    };
    let report = Set::behind(as_it_is, same).await.seen("freepay").await;
    report.only("returns", "warning", "come back to the same address", "give each an address of its own");
    let report = Set { public: "http://192.0.2.7".to_owned(), ..Set::direct() }.seen("freepay").await;
    assert!(report.of("returns", "wrong").0.contains("which is not on this machine"));
    let broken: There = |passing| {
        let is_return = passing.method == Method::GET && passing.path.starts_with("/return");
        is_return.then(|| (StatusCode::INTERNAL_SERVER_ERROR, "no template").into_response())
    };
    let report = Set::behind(broken, back_as_it_is).await.seen("quickpay").await;
    report.only("returns", "wrong", "the shop fails with 500 when the payer comes back", "look at the page");
}

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

#[tokio::test(flavor = "multi_thread")]
async fn words_that_never_come_or_come_too_early_are_told() {
    let report = Set { paid: "settled", ..Set::direct() }.seen("quickpay").await;
    report.only(
        "status",
        "wrong",
        "none of `settled` came within 1 s: the shop says `paid`",
        "`shop.status.paid`",
    );
    let report = Set { paid: "pending", ..Set::direct() }.seen("quickpay").await;
    report.only("status", "wrong", "before anybody has paid", "only words that come afterwards");
    let set = Set::direct();
    let status = format!("{}/orders/x{{order}}", set.url);
    let report = Set { status, ..set }.seen("quickpay").await;
    report.only("status", "wrong", "it answers 404", "put {order} into the checkout");
    let set = Set::direct();
    let report = Set { status: format!("{}/?order={{order}}", set.url), ..set }.seen("quickpay").await;
    report.only(
        "status",
        "wrong",
        "the shop should say how the order stands",
        "how `shop.status` describes it",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_that_cannot_be_read_or_lacks_something_is_told() {
    let whole = Set::direct().text("quickpay");
    for (text, seen, next) in [
        (
            whole.replace("checkout =", "chekout ="),
            "no key `shop.quickpay.chekout`",
            "`shop.quickpay.checkout`",
        ),
        (whole.replace("{amount.minor}", "{amount.minro}"), "a placeholder that is unknown", "amount.minor"),
        ("[shop".to_owned(), "provkassa.toml, line 1", "It is TOML"),
    ] {
        let report = doctor(&text, &[], &[]).await;
        let (was, then) = report.of("configuration", "wrong");
        assert!(was.contains(seen) && then.contains(next), "{was}: {then}");
        assert_eq!(report.code, 2);
    }
    let checkout = whole.lines().find(|line| line.starts_with("checkout")).expect("one");
    let report = doctor(&whole.replace(checkout, ""), &[], &[]).await;
    report.only("configuration", "wrong", "[shop.quickpay] has no checkout", "--dry-run");
    // Who sells subscriptions alone lacks nothing.
    let alone = whole.replace("[shop.quickpay]", "[shop.quickpay.subscription]");
    let report = doctor(&alone, &[], &[]).await;
    assert_eq!(report.of("configuration", "ok").0, "[shop] can be read: it has quickpay");
    let unpaid =
        &whole[whole.find(", unpaid").expect("one")..whole.find(" }\n[shop.quickpay]").expect("one")];
    let report = doctor(&whole.replace(unpaid, ""), &[], &[]).await;
    report.only("configuration", "warning", "`shop.status.unpaid` is not given", "unpaid = [");
    let ready = whole.lines().find(|line| line.starts_with("ready")).expect("one");
    let report =
        doctor(&whole.replace(ready, "ready = \"http://127.0.0.1:1/\"\nstart_timeout = 1"), &[], &[]).await;
    assert!(report.of("shop", "wrong").0.contains("was not ready at http://127.0.0.1:1/"));
    assert_eq!(report.code, 3);
    let dead = format!("http://127.0.0.1:{}", free_port());
    let port = ports_in_a_row().to_string();
    let report = doctor("", &["--shop", &dead, "--port", &port], &[]).await;
    let (was, _) = report.of("shop", "wrong");
    assert!(was.contains("does not describe the shop") && was.matches(&dead).count() == 1, "{was}");
    assert_eq!(report.code, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_machine_has_in_the_way_is_told_without_any_shop() {
    let port = ports_in_a_row();
    let taken = TcpListener::bind(("127.0.0.1", port + 6)).expect("a port");
    let at = port.to_string();
    let report = doctor("", &["--port", &at], &[]).await;
    let by =
        if cfg!(target_os = "linux") { format!("(process {})", std::process::id()) } else { String::new() };
    let (was, next) = report.of("ports", "wrong");
    assert!(was.starts_with(&format!("port {} is taken", port + 6)) && was.ends_with(&by), "{was}");
    assert!(next.contains("--port N") && report.code == 1, "{next}");
    drop(taken);
    let proxy = [("HTTPS_PROXY", "http://somebody:secret@127.0.0.1:1")];
    let report = doctor("", &["--port", &at], &proxy).await;
    report.only("proxy", "warning", "HTTPS_PROXY is set", "NO_PROXY=127.0.0.1,localhost");
    assert!(!report.whole.to_string().contains("secret"), "the proxy's password is nobody's business");
    assert!(report.of("shop", "not_looked_at").0.contains("give --shop URL"));
    let spared = [proxy[0], ("NO_PROXY", "localhost,127.0.0.1")];
    assert_eq!(doctor("", &["--port", &at], &spared).await.whole["totals"]["warning"], 0);
    let shop = ["--port", "1", "--shop", "nonsense"];
    let ran = plain("", &shop, &[]).await;
    assert!(ran.code == 2 && ran.stderr.contains("`nonsense` is no shop"), "{}", ran.shown());
}
