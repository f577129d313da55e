//! Where the shop sends its payers, where it is called back, and with whose credentials it asks.

use axum::response::{Html, IntoResponse as _, Redirect, Response};
use http::{Method, StatusCode};

use super::{Set, doctor};
use crate::between::{Back, Passing, There, as_it_is, back_as_it_is, between};
use crate::ports::free_port;

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
    let ways: [(There, &str, &str); 7] = [
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
            "take the callback's route out of what sends it elsewhere",
        ),
        (
            |passing| {
                let slash = Redirect::permanent(&format!("{}/", passing.path));
                is_callback(passing).then(|| slash.into_response())
            },
            "answered with 308: it leads to http://127.0.0.1:",
            "give the address that it leads to: no provider follows a redirect",
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
        (format!("https://127.0.0.1:{}", free_port()), "does not arrive", "at which it is reached from here"),
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
