//! What the buttons do, and for whom they do it.

use reqwest::StatusCode;

use super::{paying, press, story, view};
use crate::bambora::order::{Order, pay};
use crate::support::{Served, location};
use crate::walk;

#[tokio::test]
async fn the_next_payment_ends_as_it_was_told() {
    let served = Served::frozen().await;
    for (fields, code) in [
        (vec![("provider", "brp"), ("outcome", "cancel")], "205"),
        (vec![("provider", "brp"), ("order", "15"), ("outcome", "approve"), ("code", "201")], "201"),
    ] {
        let pressed = press(&served, "outcome", &[fields, vec![("back", "/?provider=brp")]].concat()).await;
        assert_eq!(pressed.status(), StatusCode::SEE_OTHER);
        assert_eq!(location(&pressed), "/?provider=brp&done=outcome");
        assert!(view(&served, &location(&pressed)).await.contains("The next payment that fits ends so."));
        let mut back = paying(&served, "15", false);
        while back.starts_with(&served.brp) {
            back = location(&served.get(&back).await);
        }
        assert!(back.ends_with(&format!("error={code}")), "{back}");
    }
}

#[tokio::test]
async fn a_callback_is_held_and_then_dropped_or_sent() {
    let served = Served::frozen().await;
    press(&served, "callbacks", &[("policy", "hold"), ("provider", "bambora"), ("order", "")]).await;
    assert!(view(&served, "/").await.contains("<option value=\"hold\" selected>"));
    let order = Order::new("H1").with("callbackurl", "http://127.0.0.1:1/cb").with("instantcallback", "1");
    pay(&served, &order.page(&served).await, "3333333333333000").await;
    let held = |page: &str| page.matches("data-callback=\"held\"").count();
    let timeline = view(&served, "/?order=H1").await;
    assert_eq!(held(&timeline), 1, "{timeline}");
    let id = served.read("callbacks").await[0]["id"].as_str().expect("an id").to_owned();
    let next = served.read("journal").await["next"].to_string();
    let released =
        press(&served, "callback", &[("id", &id), ("action", "release"), ("back", "/?order=H1")]).await;
    assert_eq!(location(&released), "/?order=H1&done=callback");
    // Nobody listens there: it is tried, and will be tried again.
    let tried = served.read(&format!("journal?wait=20&order=H1&after={next}")).await;
    let entry = view(&served, &format!("/_sim/live/entries/{}", tried["entries"][0]["cursor"])).await;
    let checked = entry.split("What the shop has to check</h2>").nth(1).expect("what is signed");
    assert!(checked.contains("<code>orderid: H1</code>"), "{checked}");
    assert!(!entry.contains("bambora-md5"), "{entry}");
    press(&served, "callback", &[("id", &id), ("action", "drop")]).await;
    let again = press(&served, "callback", &[("id", &id), ("action", "release")]).await;
    assert_eq!(again.status(), StatusCode::CONFLICT);
    assert!(again.text().await.expect("a page").contains("is not held"));
    assert_eq!(held(&view(&served, "/").await), 0);
}

#[tokio::test]
async fn the_clock_is_moved_a_record_put_there_and_all_put_back() {
    let served = Served::frozen().await;
    press(&served, "clock", &[("step", "86400000")]).await;
    assert!(view(&served, "/").await.contains("2026-03-02 12:00:00 UTC, and it stands still"));
    press(&served, "clock", &[("step", "go")]).await;
    assert!(!view(&served, "/").await.contains("stands still"));
    assert!(!view(&served, "/").await.contains("Back to the real time"));
    press(&served, "clock", &[("step", "86400000")]).await;
    assert!(view(&served, "/").await.contains("ahead of the real time"));
    press(&served, "clock", &[("step", "go")]).await;
    assert!(!view(&served, "/").await.contains("ahead of the real time"));
    let count = async || served.read("brp/orders").await.as_array().expect("a list").len();
    let before = count().await;
    press(&served, "seed", &[("record", "brp/orders"), ("fields", "{\"price\": 500}")]).await;
    press(&served, "seed", &[("record", "brp/orders")]).await;
    assert_eq!(count().await, before + 2);
    let broken = press(&served, "seed", &[("record", "brp/orders"), ("fields", "price: 500")]).await;
    assert_eq!(broken.status(), StatusCode::BAD_REQUEST);
    assert!(broken.text().await.expect("a page").contains("the fields are no JSON"));
    press(&served, "reset", &[]).await;
    assert_eq!(count().await, before);
}

#[tokio::test]
async fn a_fault_is_planted_strikes_and_is_pulled_out() {
    let served = Served::frozen().await;
    // As the form of the page sends it: everything that it has.
    let form = |fault, order| {
        [
            ("fault", fault),
            ("provider", "brp"),
            ("order", order),
            ("endpoint", ""),
            ("times", "1"),
            ("after", ""),
            ("percent", ""),
            ("milliseconds", "3000"),
            ("status", "502"),
            ("back", "/?provider=brp"),
        ]
    };
    let planted = press(&served, "fault", &form("status", "15")).await;
    assert_eq!(location(&planted), "/?provider=brp&done=fault");
    let page = view(&served, &location(&planted)).await;
    assert!(page.contains("The fault is planted.") && page.contains("data-planted=\"1\""), "{page}");
    assert!(page.contains("BRP Online, order 15, 502, struck 0 of 1"), "{page}");
    assert_eq!(served.get(&paying(&served, "16", false)).await.status(), StatusCode::FOUND);
    assert_eq!(served.get(&paying(&served, "15", false)).await.status(), StatusCode::BAD_GATEWAY);
    let page = view(&served, "/?order=15").await;
    assert!(page.contains("struck 1 of 1"), "{page}");
    assert!(story(&page, "15").contains("data-about=\"fault\""), "{page}");
    assert!(story(&page, "15").contains("status, planted as fault 1"), "{page}");
    assert!(view(&served, "/?q=planted%20as%20fault").await.contains("<bdi>15</bdi>"));

    press(&served, "fault", &form("latency", "")).await;
    assert_eq!(served.read("faults").await[1]["plan"]["milliseconds"], 3000);
    let pulled = press(&served, "pull", &[("number", "2")]).await;
    assert_eq!(location(&pulled), "/?done=pull");
    assert!(!view(&served, "/").await.contains("data-planted=\"2\""));
    let cannot = press(&served, "fault", &form("reordered_fields", "")).await;
    assert_eq!(cannot.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn nobody_else_presses_them_and_nobody_is_led_away() {
    let served = Served::frozen().await;
    let url = format!("{}/_sim/live/do/reset", served.control);
    let foreign = |name: &'static str, value: &str| {
        let call = served.client.post(&url).header("content-type", "application/x-www-form-urlencoded");
        call.header(name, value.to_owned()).body("workspace=default").send()
    };
    // The shop's own page is on this machine too, and is somebody else's.
    for (name, value, status) in [
        ("origin", "http://127.0.0.1:3000", StatusCode::FORBIDDEN),
        ("origin", "http://evil.example", StatusCode::FORBIDDEN),
        ("origin", "null", StatusCode::FORBIDDEN),
        ("sec-fetch-site", "cross-site", StatusCode::FORBIDDEN),
        ("sec-fetch-site", "same-site", StatusCode::FORBIDDEN),
        ("origin", served.control.as_str(), StatusCode::SEE_OTHER),
        ("sec-fetch-site", "same-origin", StatusCode::SEE_OTHER),
    ] {
        assert_eq!(foreign(name, value).await.expect("an answer").status(), status, "{name}: {value}");
    }
    for back in ["http://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", ""] {
        assert_eq!(location(&press(&served, "reset", &[("back", back)]).await), "/?done=reset", "{back}");
    }
    for (deed, fields) in [
        ("nothing", vec![]),
        ("fault", vec![("fault", "status"), ("times", "<b>")]),
        ("fault", vec![("fault", "thunder")]),
        ("pull", vec![("number", "7")]),
        ("clock", vec![("step", "x")]),
        ("callbacks", vec![("policy", "x")]),
        ("seed", vec![("record", "x")]),
        ("outcome", vec![("provider", "brp"), ("code", "<b>")]),
    ] {
        let answer = press(&served, deed, &fields).await;
        assert!(answer.status().is_client_error(), "{deed}");
        assert!(!answer.text().await.expect("a page").contains("<b>&"), "{deed}");
    }
    let story_of = view(&served, "/").await;
    assert!(story_of.contains("data-empty"), "buttons are no entries");
    // What is queued for an order that is paid meanwhile harms nobody.
    let page = location(&served.get(&paying(&served, "17", false)).await);
    walk::press(&served, &page, &[("outcome", "approve")]).await;
    assert!(story(&view(&served, "/").await, "17").contains("Form sent"));
}

#[tokio::test]
async fn a_setting_holds_at_once_and_a_wrong_one_is_told_with_what_it_takes() {
    let served = Served::frozen().await;
    let back = "/_sim/live/providers/brp";
    let fields = |name, value| [("name", name), ("value", value), ("back", back)];
    let set = press(&served, "setting", &fields("brp.bad_hash", "page")).await;
    assert_eq!(location(&set), "/_sim/live/providers/brp?done=setting");
    let page = view(&served, &location(&set)).await;
    assert!(page.contains("The setting holds from now on."), "{page}");
    assert!(page.contains("<b>Changed</b> from <code>redirect</code>"), "{page}");
    let refused = served.get(&paying(&served, "15", true)).await;
    assert!(refused.headers().get("location").is_none(), "the payer is kept here now");
    press(&served, "setting", &fields("rules", "live")).await;
    assert_eq!(served.read("settings").await["rules"], "live");
    for (name, value, help) in [
        ("brp.bad_hash", "pages", "It takes: page, redirect."),
        ("brp.bad_hsh", "page", "Did you mean `brp.bad_hash`?"),
    ] {
        let wrong = press(&served, "setting", &fields(name, value)).await;
        assert_eq!(wrong.status(), StatusCode::BAD_REQUEST);
        let told = wrong.text().await.expect("a page");
        assert!(told.contains(help), "{told}");
    }
}

#[tokio::test]
async fn records_are_shown_as_they_are_kept_and_without_secrets() {
    let served = Served::frozen().await;
    let back = "/_sim/live/providers/fena/records/terminals";
    let fields = r#"{"name": "Second <shop>", "secret": "5f1f7a52-98b2-4b8c-9f3e-4f6ad3b0c111"}"#;
    let seeded =
        press(&served, "seed", &[("record", "fena/terminals"), ("fields", fields), ("back", back)]).await;
    assert_eq!(location(&seeded), format!("{back}?done=seed"));
    let page = view(&served, &location(&seeded)).await;
    assert!(page.contains("Second &#60;shop&#62;"), "{page}");
    assert_eq!(page.matches(" data-kept>").count(), 2);
    for secret in ["5f1f7a52-98b2-4b8c-9f3e-4f6ad3b0c111", "5c0e7f43-6d1b-4b0e-9a55-2f1d8f7f2c11"] {
        assert!(!page.contains(secret), "{page}");
    }
}
