//! Steps that tell the shop to do something, or to take something that there is not: what is judged there, and what is
//! said where nothing can be.

use std::collections::VecDeque;
use std::fs;
use std::sync::{Arc, Mutex, OnceLock};

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use http::StatusCode;
use provkassa::scenario::{FaultKind, ShopTarget, Stage, Tried, Verdict, parse, run, scenarios_in};
use provkassa::serve::Options;
use serde_json::{Value, json};

use super::small::{config, serving};
use super::{shown, stage_of};
use crate::ports::free_port;
use crate::support::{PROGRAM, client};

/// Tries a scenario of these steps.
async fn tried(stage: &Stage, provider: &str, steps: &[&str]) -> Tried {
    let folder = tempfile::tempdir().expect("a folder");
    let feature = format!(
        "@scenario\nFeature: Deeds\n  @id:{provider}/own/deed @must @observed\n  Scenario: It MUST be\n    \
         Source: ours\n    Why: so\n    Remedy: that\n    {}\n",
        steps.join("\n    ")
    );
    fs::write(folder.path().join("own.feature"), feature).expect("written");
    let own = scenarios_in(folder.path()).expect("sound");
    run(stage, own, 1, |_| (), || true).await.pop().expect("one")
}

/// What the shop answers to the next deed, and to the one after that.
type Answers = Arc<Mutex<VecDeque<Response>>>;

/// A shop that answers deeds so, has a page at `/page`, and at `/refused` one that says no.
async fn doing(answers: &Answers) -> Stage {
    let answers = Arc::clone(answers);
    let deed = move || async move { answers.lock().expect("whole").pop_front().expect("an answer") };
    let app = Router::new()
        .route("/deed", post(deed))
        .route("/page", get(|| async { "the order" }))
        .route("/refused", get(|| async { (StatusCode::CONFLICT, "nothing to capture") }));
    let url = serving(app).await;
    let text = format!("{}actions.capture = {{ url = \"{url}/deed\" }}\n", config(&url));
    let target = ShopTarget::Configured(Box::new(parse(&text).expect("sound")));
    Stage::open(target, Options::default()).await.expect("a stage")
}

#[tokio::test(flavor = "multi_thread")]
async fn whether_a_shop_says_that_it_cannot_do_something_is_told_from_whether_it_can_be_asked() {
    const CANNOT: &[&str] = &["Given an order", "Then the shop says that it cannot capture the order"];
    let answers = Answers::default();
    let stage = doing(&answers).await;
    let said = async |answer: Response| {
        answers.lock().expect("whole").push_back(answer);
        tried(&stage, "quickpay", CANNOT).await
    };
    for no in [
        (StatusCode::CONFLICT, "no").into_response(),
        (StatusCode::BAD_GATEWAY, "no").into_response(),
        Redirect::to("/refused").into_response(),
        // There is no such page, as there is no such payment: the route itself is there.
        Redirect::to("/nowhere").into_response(),
    ] {
        let done = said(no).await;
        assert_eq!(done.outcome.verdict, Verdict::Pass, "{}", shown(&done));
    }
    for status in [StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED] {
        let done = said((status, "Cannot POST").into_response()).await;
        let Verdict::Broken(fault) = &done.outcome.verdict else { panic!("{}", shown(&done)) };
        let FaultKind::Garbage { url, what, got } = &fault.kind else { panic!("{}", shown(&done)) };
        assert!(url.ends_with("/deed") && got.starts_with(status.as_str()), "{fault}");
        assert_eq!(what, "the shop should say that it cannot capture the order, and has no such route");
        assert!(fault.kind.help().contains("Look at that route"), "{}", fault.kind.help());
    }
    let done = said(Redirect::to("/page").into_response()).await;
    let why =
        "the shop answers capture with a redirect to a page of 200, which says neither yes nor no".to_owned();
    assert_eq!(done.outcome.verdict, Verdict::Unsupported(why), "{}", shown(&done));
    let done = said("captured".into_response()).await;
    let Verdict::Fail(failure) = &done.outcome.verdict else { panic!("{}", shown(&done)) };
    assert_eq!(
        failure.headline,
        "the shop takes it that it could capture the order, and the provider refused"
    );
    assert_eq!(
        (failure.expected.as_str(), failure.got.as_str()),
        ("an answer of 4xx or 5xx", "200 captured")
    );
}

/// How a shop captures: with which key, and which amount.
type Capture = (&'static str, Value);

/// The reference shop, but that somebody careless captures for it, and always says that it went well.
async fn careless(capture: Capture) -> Stage {
    let port = free_port();
    let shop = format!("http://127.0.0.1:{port}");
    let sandbox: Arc<OnceLock<String>> = Arc::default();
    let (known, orders) = (Arc::clone(&sandbox), format!("{shop}/orders"));
    let deed = move |Path(order): Path<String>| async move {
        let quickpay = known.get().expect("the stage is open");
        let asked = client().get(format!("{orders}/{order}")).send().await.expect("an answer");
        let order: Value = asked.json().await.expect("JSON");
        let payment = order["transaction"].as_str().expect("an id").to_owned();
        let (key, body) = capture;
        let url = format!("{quickpay}/payments/{payment}/capture?synchronized");
        let call = client().post(url).basic_auth("", Some(key)).header("accept-version", "v10").json(&body);
        call.send().await.expect("an answer");
        "done"
    };
    let own = serving(Router::new().route("/capture/{order}", post(deed))).await;
    let text = config(&shop)
        .replacen(
            "[shop]\n",
            &format!(
                "[shop]\nstart = ['{PROGRAM}', 'shop', '--port', '{port}']\nready = \"{shop}/healthz\"\n"
            ),
            1,
        )
        .replace("deadline = 0.5\nstart_timeout = 1\n", "")
        .replace("/checkout\"", "/checkout/quickpay\"")
        .replace("order = \"{order}\"", "order = \"{order}\", amount = \"{amount.minor}\"");
    let text = format!("{text}actions.capture = {{ url = \"{own}/capture/{{order}}\" }}\n");
    let target = ShopTarget::Configured(Box::new(parse(&text).expect("sound")));
    let stage = Stage::open(target, Options::default()).await.expect("a stage");
    sandbox.set(stage.environment()["QUICKPAY_URL"].clone()).expect("once");
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_shop_sends_for_a_deed_is_judged_though_it_says_that_all_went_well() {
    const CAPTURES: &[&str] = &[
        "Given an order",
        "When the payer pays",
        "And the shop captures the order",
        "Then the shop believes that the order is paid",
    ];
    const KEY: &str = "quickpay-api-key";
    let right = tried(&careless((KEY, json!({"amount": 12_500}))).await, "quickpay", CAPTURES).await;
    assert_eq!(right.outcome.verdict, Verdict::Pass, "{}", shown(&right));
    for (capture, says) in [
        ((KEY, json!({"amount": "all"})), "amount is invalid"),
        (("quickpay-api-kye", json!({"amount": 12_500})), "The nearest is `QUICKPAY_API_KEY`"),
    ] {
        let done = tried(&careless(capture).await, "quickpay", CAPTURES).await;
        let Verdict::Fail(failure) = &done.outcome.verdict else { panic!("{}", shown(&done)) };
        assert_eq!(failure.headline, "what the shop sent to QuickPay is wrong", "{}", shown(&done));
        assert!(failure.expected.starts_with("POST /payments/"), "{}", shown(&done));
        assert!(failure.got.contains(says), "{says} in {}", shown(&done));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_that_there_cannot_be_is_told_with_the_reason() {
    let stage = stage_of(None).await;
    // Freepay calls nobody back.
    let replayed = &[
        "Given an order",
        "And another order",
        "When the payer goes to the payment page",
        "And the payer of the other order pays",
        "And the other order's callback is sent to the order's address",
        "Then the shop does not believe that the order is paid",
    ];
    let done = tried(&stage, "freepay", replayed).await;
    let why = "there is no callback address for the order: the shop gave Freepay none, or Freepay calls nobody back";
    assert_eq!(done.outcome.verdict, Verdict::Unsupported(why.to_owned()), "{}", shown(&done));
    // ePay's returns name no merchant, so that none can be signed in another's name.
    let forged = &[
        "Given an order",
        "When a forged callback says that the order is paid, signed by another merchant",
        "Then the shop does not believe that the order is paid",
    ];
    let done = tried(&stage, "bambora", forged).await;
    let why = "a callback of Bambora ePay's cannot be made up in this way";
    assert_eq!(done.outcome.verdict, Verdict::Unsupported(why.to_owned()), "{}", shown(&done));
}

/// A shop that sends callbacks on with this status is believed to have taken them where its provider does so.
#[tokio::test(flavor = "multi_thread")]
async fn what_counts_as_taken_is_what_the_provider_takes_for_delivered() {
    const TAKEN: &[&str] = &[
        "Given an order",
        "When the payer pays and closes the browser",
        "Then the shop has taken the callback",
    ];
    const FORGED: &[&str] = &[
        "Given an order",
        "When a forged callback says that the order is paid, signed with another key",
        "Then the shop does not take the forged callback",
    ];
    let stage = stage_of(Some("redirects-callbacks-to-login")).await;
    for (provider, expected, takes_302) in
        [("quickpay", "an answer of 2xx, 302 or 303", true), ("bambora", "an answer of 2xx", false)]
    {
        let done = tried(&stage, provider, TAKEN).await;
        match &done.outcome.verdict {
            Verdict::Pass => assert!(takes_302, "{}", shown(&done)),
            Verdict::Fail(failure) => {
                assert!(!takes_302, "{}", shown(&done));
                assert_eq!((failure.expected.as_str(), failure.got.as_str()), (expected, "it answered 302"));
            }
            _ => panic!("{}", shown(&done)),
        }
        let done = tried(&stage, provider, FORGED).await;
        assert_eq!(matches!(done.outcome.verdict, Verdict::Fail(_)), takes_302, "{}", shown(&done));
    }
    // What QuickPay takes is told where a shop answers with something else.
    let stage = stage_of(Some("callback-needs-the-browser")).await;
    let done = tried(&stage, "quickpay", TAKEN).await;
    let Verdict::Fail(failure) = &done.outcome.verdict else { panic!("{}", shown(&done)) };
    assert_eq!(
        (failure.expected.as_str(), failure.got.as_str()),
        ("an answer of 2xx, 302 or 303", "it answered 403")
    );
}
