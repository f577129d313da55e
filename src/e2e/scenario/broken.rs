//! Shops that crash, hang, answer garbage, or are described wrongly: the run ends, and says why.

use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::response::{Html, IntoResponse as _, Redirect};
use axum::routing::{any, post};
use provkassa::scenario::{
    FaultKind, ShopFault, ShopTarget, Stage, StageError, Verdict, parse, run, scenarios,
};
use provkassa::serve::Options;

use super::small::{answering, config, elsewhere, one, serving};
use super::{shown, stage_of};
use crate::ports::{free_port, ports_in_a_row};
use crate::support::{PROGRAM, run_in};

/// A shop that sends everybody there.
async fn forwarding(to: &str) -> String {
    let to = to.to_owned();
    serving(Router::new().fallback(move || async move { Redirect::to(&to) })).await
}

/// What is said of a shop that breaks.
async fn fault(config: &str) -> String {
    let tried = one(config, "quickpay/redirect/paid").await;
    match &tried.outcome.verdict {
        Verdict::Broken(fault) => {
            assert!(!fault.kind.help().is_empty());
            fault.to_string()
        }
        _ => panic!("{}", shown(&tried)),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_that_answers_garbage_is_broken_and_what_it_answered_is_shown() {
    let garbage = answering(|| "<h1>It works!</h1>".into_response()).await;
    let said = fault(&config(&garbage)).await;
    assert!(said.contains("/checkout") && said.contains("200 <h1>It works!</h1>"), "{said}");
    let error = answering(|| (http::StatusCode::INTERNAL_SERVER_ERROR, "no database").into_response()).await;
    let said = fault(&config(&error)).await;
    assert!(said.contains("500 no database"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_end_is_read_as_far_as_it_is_of_use() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nno end of it ");
            while stream.write_all(&[b'.'; 4096]).is_ok() {}
        }
    });
    let said = fault(&config(&url)).await;
    assert!(said.contains("the checkout should answer") && said.contains("200 no end of it"), "{said}");
}

/// A server that answers every request with these bytes, and closes the connection.
fn raw(answer: &'static [u8]) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(answer);
        }
    });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_off_is_told_from_one_that_nobody_takes() {
    for (answer, says) in [
        (&b""[..], "the shop closed the connection in the middle of its answer to http://127.0.0.1:"),
        (b"\x00\xff garbage\r\n\r\n", "what the shop answers to http://127.0.0.1:"),
    ] {
        let tried = one(&config(&raw(answer)), "quickpay/redirect/paid").await;
        let Verdict::Broken(fault) = &tried.outcome.verdict else { panic!("{}", shown(&tried)) };
        assert!(fault.to_string().starts_with(says), "{fault}");
        assert!(!fault.is_final() && fault.kind.help().starts_with("Somebody listens there"), "{fault}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_every_case_is_told_once() {
    let count = Arc::new(AtomicUsize::new(0));
    let app = Router::new().fallback(move || {
        let count = count.fetch_add(1, Ordering::Relaxed);
        async move { format!("{{\"order\": \"ord-{count}\"}}") }
    });
    let folder = tempfile::tempdir().expect("a folder");
    let text = config(&serving(app).await);
    std::fs::write(folder.path().join("provkassa.toml"), text).expect("written");
    let port = ports_in_a_row().to_string();
    let checked = move || {
        let reports = ["--report", "junit=j.xml", "--report", "markdown=m.md"];
        let ran = run_in(
            folder.path(),
            &[&["check", "--only", "quickpay/redirect,fena/redirect", "--port", &port], &reports[..]]
                .concat(),
        );
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("a report");
        (ran, read("j.xml"), read("m.md"))
    };
    let (ran, junit, markdown) = tokio::task::spawn_blocking(checked).await.expect("no panic");
    assert_eq!(ran.code, 3, "{}", ran.shown());
    assert_eq!(ran.stdout.matches("broken: ").count(), 1, "{}", ran.stdout);
    assert!(ran.stdout.contains(" other cases: quickpay/"), "{}", ran.stdout);
    assert_eq!(markdown.matches("The shop broke in").count(), 1, "{markdown}");
    let first = junit.matches("the checkout should answer with a redirect").count();
    let others = junit.matches("where it is told in full").count();
    assert!(others > 5 && first > others, "{junit}");
    // What the shop does not have is one line, too, with what leaves it out.
    assert!(
        ran.stdout.contains("the shop has no [shop.fena]; `--only quickpay` leaves them out"),
        "{}",
        ran.stdout
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payer_is_never_followed_off_this_machine() {
    let away = answering(|| Redirect::to("http://payment.example/pay").into_response()).await;
    let tried = one(&config(&away), "quickpay/redirect/paid").await;
    let Verdict::Broken(fault) = &tried.outcome.verdict else { panic!("{}", shown(&tried)) };
    assert!(
        matches!(&fault.kind, FaultKind::Away { url, .. } if url == "http://payment.example/pay"),
        "{fault}"
    );
    assert!(shown(&tried).contains("nothing was sent"), "{}", shown(&tried));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payer_goes_to_the_shop_s_own_pages_wherever_it_is_configured_and_nowhere_else() {
    let shop = elsewhere(&forwarding("/next").await);
    assert!(fault(&config(&shop)).await.contains("more than 20 redirects"), "its own pages are followed");
    let other = elsewhere(&answering(|| "anything".into_response()).await);
    let leaving = forwarding(&other).await;
    for checkout in [elsewhere(&leaving), leaving] {
        let said = fault(&config(&checkout)).await;
        assert!(
            said.contains(&format!("the payer is sent to {other}/, which is not on this machine")),
            "{said}"
        );
    }
    // Where only provkassa asks, no payer goes: not to that host, nor to another port of it.
    for (status, next) in
        [("http://192.0.2.2", "http://192.0.2.2:8080/pay"), (other.as_str(), other.as_str())]
    {
        let checkout = forwarding(next).await;
        let text = config(&checkout).replace(&format!("{checkout}/orders"), &format!("{status}/orders"));
        let said = fault(&text).await;
        assert!(said.contains("the payer is sent to"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payer_is_redirected_as_a_browser_is() {
    let set = |cookie: &'static str| [(http::header::SET_COOKIE, cookie)];
    let app = Router::new()
        .route(
            "/checkout",
            any(move || async move { (set("cart=1; Path=/"), Redirect::temporary("/again")) }),
        )
        .route("/again", post(|| async { Redirect::permanent("/taken") }))
        .route(
            "/taken",
            post(move |headers: http::HeaderMap, body: String| async move {
                assert_eq!(headers["cookie"], "cart=1");
                assert_eq!(headers["content-type"], "application/json");
                assert!(body.starts_with("{\"order\":"), "{body}");
                let gone = set("cart=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
                (gone, Html("<meta http-equiv=refresh content='0; url=/end'>"))
            }),
        )
        .route(
            "/end",
            any(|method: http::Method, headers: http::HeaderMap, body: String| async move {
                let cookie = if headers.contains_key("cookie") { "a" } else { "no" };
                format!("{method} with {cookie} cookie and {} bytes", body.len())
            }),
        );
    let said = fault(&config(&serving(app).await)).await;
    assert!(said.contains("200 GET with no cookie and 0 bytes"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_that_goes_round_in_circles_is_left() {
    let round = answering(|| Redirect::to("/again").into_response()).await;
    assert!(fault(&config(&round)).await.contains("more than 20 redirects"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_that_nobody_runs_cannot_be_reached() {
    let said = fault(&config("http://127.0.0.1:1")).await;
    assert!(said.contains("the shop cannot be reached at http://127.0.0.1:1/checkout"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_that_hangs_does_not_hold_up_the_run() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let begun = Instant::now();
    let said = fault(&config(&url)).await;
    assert!(said.contains("the shop did not answer") && said.contains("within 10 s"), "{said}");
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    // Only the first of its scenarios finds out the slow way.
    let target = ShopTarget::Configured(Box::new(parse(&config(&url)).expect("sound")));
    let stage = Stage::open(target, Options::default()).await.expect("a stage");
    let mut chosen = scenarios().expect("sound");
    chosen.retain(|scenario| scenario.id.starts_with("quickpay/redirect/"));
    assert!(chosen.len() > 5);
    let begun = Instant::now();
    for tried in run(&stage, chosen, 1, |_| (), || true).await {
        let is_silent = |fault: &ShopFault| matches!(fault.kind, FaultKind::Silent { .. });
        let verdict = &tried.outcome.verdict;
        let fits = match verdict {
            Verdict::Broken(fault) => is_silent(fault) && fault.kind.help().contains("does not answer"),
            Verdict::Unsupported(_) => true,
            _ => false,
        };
        assert!(fits, "{}", shown(&tried));
    }
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
}

async fn refused(text: &str) -> String {
    let target = ShopTarget::Configured(Box::new(parse(text).expect("sound")));
    let error = Stage::open(target, Options::default()).await.expect_err("no stage");
    let output = match &error {
        StageError::Shop(fault) => fault.output.clone(),
        _ => String::new(),
    };
    format!("{error}\n{output}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_that_does_not_come_up_is_told_with_its_last_words() {
    let with = |start: &str| {
        let more = format!("[shop]\nstart = {start}\nready = \"http://127.0.0.1:1/\"\n");
        config("http://127.0.0.1:1").replacen("[shop]\n", &more, 1)
    };
    let crashed = refused(&with("[\"sh\", \"-c\", \"echo no database >&2; exit 3\"]")).await;
    assert!(crashed.contains("the shop ended with status 3") && crashed.contains("no database"), "{crashed}");
    let nowhere = refused(&with("\"no-such-program here\"")).await;
    assert!(nowhere.contains("`no-such-program here` does not start"), "{nowhere}");
    let deaf = refused(&with("\"sleep 60\"")).await;
    assert!(deaf.contains("the shop was not ready at http://127.0.0.1:1/ after 1 s"), "{deaf}");
    // Where nothing says when it is ready, it is when it takes connections.
    let unsaid = |start: &str| with(start).replacen("ready = \"http://127.0.0.1:1/\"\n", "", 1);
    let crashed = refused(&unsaid("[\"sh\", \"-c\", \"echo no database >&2; exit 3\"]")).await;
    assert!(crashed.contains("the shop ended with status 3") && crashed.contains("no database"), "{crashed}");
    let deaf = refused(&unsaid("\"sleep 60\"")).await;
    assert!(deaf.contains("the shop was not ready at http://127.0.0.1:1 after 1 s"), "{deaf}");
    // One that is meant to run already is not waited for.
    let begun = Instant::now();
    let absent = with("\"\"").replace("start = \"\"\n", "").replace("start_timeout = 1\n", "");
    let absent = refused(&absent).await;
    assert!(absent.contains("the shop cannot be reached at http://127.0.0.1:1/: "), "{absent}");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_that_is_started_and_does_not_say_when_it_is_ready_is_waited_for() {
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}");
    let text = format!(
        "[shop]\nstart = [\"sh\", \"-c\", \"sleep 1; exec '{PROGRAM}' shop --port {port}\"]\n\
         status = {{ url = \"{url}/orders/{{order}}\", regex = '\"status\": ?\"(\\w+)\"', paid = [\"paid\"] }}\n\
         [shop.quickpay]\n\
         checkout = {{ url = \"{url}/checkout/quickpay\", form = {{ amount = \"{{amount.minor}}\" }} }}\n\
         order = {{ header = \"Order-Id\" }}\n"
    );
    let paid = one(&text, "quickpay/redirect/paid").await;
    assert_eq!(paid.outcome.verdict, Verdict::Pass, "{}", shown(&paid));
    // It runs, and takes another port than the configuration says: its own start is not what is missing.
    let wrong = text.replacen(&format!("{url}/checkout"), "http://127.0.0.1:1/checkout", 1);
    let wrong = wrong.replacen("[shop]\n", &format!("[shop]\nready = \"{url}/healthz\"\n"), 1);
    let tried = one(&wrong, "quickpay/redirect/paid").await;
    let Verdict::Broken(fault) = &tried.outcome.verdict else { panic!("{}", shown(&tried)) };
    assert!(fault.kind.help().contains("`shop.start` runs"), "{}", fault.kind.help());
    assert_eq!(fault.to_string().matches("http://127.0.0.1:1").count(), 1, "{fault}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_is_started_with_the_sandbox_s_variables_and_ended_afterwards() {
    let started = || {
        let port = free_port();
        let url = format!("http://127.0.0.1:{port}");
        let text = format!(
            "[shop]\nstart = [\"sh\", \"-c\", \"'{PROGRAM}' shop --port {port} & wait\"]\nready = \"{url}/healthz\"\n\
             status = {{ url = \"{url}/orders/{{order}}\", regex = '\"status\": ?\"(\\w+)\"', paid = [\"paid\"] }}\n\
             [shop.quickpay]\n\
             checkout = {{ url = \"{url}/checkout/quickpay\", form = {{ amount = \"{{amount.minor}}\" }} }}\n\
             order = {{ header = \"Order-Id\" }}\n"
        );
        (port, text)
    };
    let (port, text) = started();
    let paid = one(&text, "quickpay/redirect/paid").await;
    assert_eq!(paid.outcome.verdict, Verdict::Pass, "{}", shown(&paid));
    let until = Instant::now() + Duration::from_secs(5);
    while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
        assert!(Instant::now() < until, "what the shop's command started is ended, too");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for (id, why) in [
        (
            "quickpay/redirect/awkward-order",
            "the shop names its orders itself: `shop.quickpay.checkout` has no {order}",
        ),
        ("quickpay/after/refunded", "`shop.quickpay.actions.capture` is not configured"),
        ("quickpay/subscription/signed-up", "`shop.quickpay.subscription` is not configured"),
        ("fena/redirect/paid", "the shop has no [shop.fena]"),
    ] {
        let tried = one(&started().1, id).await;
        assert_eq!(tried.outcome.verdict, Verdict::Unsupported(why.to_owned()), "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_credentials_are_told_as_the_provider_sees_them() {
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}");
    let text = config(&url).replacen(
        "[shop]\n",
        &format!(
            "[shop]\nstart = [\"{PROGRAM}\", \"shop\", \"--port\", \"{port}\"]\nready = \"{url}/healthz\"\n\
             env = {{ QUICKPAY_API_KEY = \"quickpay-api-kye\" }}\n"
        ),
        1,
    );
    let text = text
        .replace("/checkout\"", "/checkout/quickpay\"")
        .replace("order = \"{order}\"", "order = \"{order}\", amount = \"{amount.minor}\"")
        .replace("start_timeout = 1\n", "");
    let tried = one(&text, "quickpay/redirect/paid").await;
    let Verdict::Fail(failure) = &tried.outcome.verdict else { panic!("{}", shown(&tried)) };
    assert_eq!(failure.headline, "QuickPay does not know who asks");
    assert!(failure.got.contains("The nearest is"), "{}", shown(&tried));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_tells_what_happened_and_how_to_put_it_right() {
    let stage = stage_of(Some("return-is-proof")).await;
    let mut chosen = scenarios().expect("sound");
    chosen.retain(|scenario| scenario.id == "quickpay/redirect/accept-address-by-hand");
    let tried = run(&stage, chosen, 1, |_| (), || true).await.pop().expect("one");
    let Verdict::Fail(failure) = &tried.outcome.verdict else { panic!("{}", shown(&tried)) };
    assert_eq!(failure.headline, "the shop believes that the order is paid, and it is not");
    assert!(failure.got.contains("`paid`") && failure.why.contains("goods for nothing"));
    assert!(failure.remedy.contains("GET /payments/{id}"), "{}", failure.remedy);
    let trail = tried.outcome.trail.join("\n");
    for hop in [
        "1. the payer → the shop: POST",
        "the shop → QuickPay: POST /payments → 201 Created",
        "taken as it came",
        "the payer → QuickPay: GET",
        "somebody → the shop: GET",
        "provkassa → the shop: GET",
    ] {
        assert!(trail.contains(hop), "{hop} in\n{trail}");
    }
    assert!(!trail.contains("quickpay-api-key"), "the trail would give a secret away");
}
