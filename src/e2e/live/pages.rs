//! What the pages tell, without a script.

use provkassa::simulators::PROVIDERS;
use reqwest::StatusCode;
use serde_json::json;

use super::{paying, story, view};
use crate::quickpay::{API_KEY, api};
use crate::support::{Served, location};
use crate::walk::press;

#[tokio::test]
async fn a_payment_is_told_from_the_link_to_the_shop() {
    let served = Served::frozen().await;
    assert!(view(&served, "/").await.contains("Nothing has come in yet"));
    let page = location(&served.get(&paying(&served, "15", false)).await);
    let bank = press(&served, &page, &[("outcome", "approve")]).await;
    served.get(&bank).await;
    served.get(&paying(&served, "16", true)).await;

    let timeline = view(&served, "/").await;
    let paid = story(&timeline, "15");
    for told in ["The hash is right.", "Page opened", "Form sent", "data-onward=\"shop\""] {
        assert!(paid.contains(told), "{told}: {paid}");
    }
    let refused = story(&timeline, "16");
    assert!(refused.contains("<p class=\"remark bad\" data-about=\"signature\">"), "{refused}");
    assert!(refused.contains("The hash is wrong"), "{refused}");
    assert!(refused.contains("<code>16http://127.0.0.1:3000/paid‹BRP_SECRET›</code>"), "{refused}");
    assert!(timeline.find("<bdi>16</bdi>") < timeline.find("<bdi>15</bdi>"), "the latest is first");
    assert!(!timeline.contains("SecretWord</"), "secrets stand nowhere but among the credentials");

    // The entry has everything: what was hashed, what came, and how to send it again.
    let link = paid.split("href=\"").find(|rest| rest.starts_with("/_sim/live/entries/")).expect("an entry");
    let entry = view(&served, link.split('"').next().expect("an end")).await;
    let canonical = entry.split("data-canonical><code>").nth(1).expect("the string");
    assert!(canonical.starts_with("15http://127.0.0.1:3000/paid"), "{canonical}");
    assert!(entry.contains("data-line><code>GET /brponline/external/payment/payfororder?"), "{entry}");
    assert!(entry.contains("data-curl><code>curl --include") && entry.contains("The answer"), "{entry}");
    assert!(!entry.contains("SecretWord"), "{entry}");
    for none in ["9999", "0", "x"] {
        let url = format!("{}/_sim/live/entries/{none}", served.control);
        assert_eq!(served.get(&url).await.status(), StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn what_nobody_claims_is_told_with_what_was_probably_meant() {
    let served = Served::frozen().await;
    let wrong =
        served.client.get(format!("{}/payments", served.quickpay)).basic_auth("", Some("quickpay-api-kee"));
    wrong.send().await.expect("an answer");
    let timeline = view(&served, "/").await;
    let nobodys = story(&timeline, "With a credential that nobody has");
    assert!(nobodys.contains("The nearest is <code>QUICKPAY_API_KEY</code>"), "{nobodys}");
    assert!(!timeline.contains("api-kee"), "what is nearly a secret is one too");
    // The right key is a variable of the command that repeats a call.
    api(&served, "POST", "/payments", json!({"order_id": "live-1", "currency": "DKK"})).await;
    let entry = view(&served, "/_sim/live/entries/2").await;
    assert!(entry.contains("--user &#39;:&#39;&#34;$QUICKPAY_API_KEY&#34;"), "{entry}");
    assert!(!entry.contains(API_KEY), "{entry}");
}

#[tokio::test]
async fn the_view_is_narrowed_searched_and_cleared() {
    let served = Served::frozen().await;
    let other = served.control(reqwest::Method::POST, "workspaces", json!({"name": "other"})).await;
    for order in ["15", "16"] {
        served.get(&paying(&served, order, false)).await;
    }
    api(&served, "POST", "/payments", json!({"order_id": "live-2", "currency": "DKK"})).await;
    let key = other["credentials"]["QUICKPAY_API_KEY"].as_str().expect("a key").to_owned();
    let call = served.client.get(format!("{}/payments", served.quickpay)).basic_auth("", Some(key));
    call.header("accept-version", "v10").send().await.expect("an answer");
    for (query, titles) in [
        ("", vec!["About no order", "live-2", "16", "15"]),
        ("provider=brp", vec!["16", "15"]),
        ("provider=brp&order=15", vec!["15"]),
        ("order=live-2&workspace=default", vec!["live-2"]),
        ("workspace=other", vec!["About no order"]),
        ("workspace=*", vec![]),
        ("q=ORDERID%3D16", vec!["16"]),
        ("q=nowhere", vec![]),
        ("after=2&provider=brp", vec![]),
        ("after=rubbish&order=15", vec!["15"]),
    ] {
        let page = view(&served, &format!("/?{query}")).await;
        let told: Vec<&str> =
            page.split("<bdi>").skip(1).filter_map(|rest| rest.split("</bdi>").next()).collect();
        assert_eq!(told, titles, "{query}");
    }
    // Nobody knows the secrets of a workspace that is gone.
    assert!(view(&served, "/_sim/live/entries/4").await.contains("other"));
    served.control(reqwest::Method::DELETE, "workspaces/other", json!(null)).await;
    assert!(!view(&served, "/").await.contains("About no order"));
    let gone = served.get(&format!("{}/_sim/live/entries/4", served.control)).await;
    assert_eq!(gone.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_provider_has_a_page_with_its_codes_and_the_policy_lets_nothing_in() {
    let served = Served::frozen().await;
    for provider in PROVIDERS {
        let info = provider.info();
        let url = format!("{}/_sim/live/providers/{}", served.control, info.id);
        let answer = served.get(&url).await;
        let policy = answer.headers()["content-security-policy"].to_str().expect("text").to_owned();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        let page = answer.text().await.expect("a page");
        for told in info.imitates.iter().chain(info.leaves_out).take(2) {
            assert!(page.contains(told.split(['\'', '"', '<', '&']).next().expect("text")), "{told}");
        }
        let codes = page.matches("data-code=\"").count();
        assert_eq!(codes, provider.codes().len() + provider.scenarios().len(), "{}", info.id);
        assert!(page.contains("provkassa replay") && page.contains("<code>GET "), "{}", info.id);
        let settings = page.matches("data-setting=\"").count();
        assert_eq!(settings, info.settings.len() + 1, "{}: its own, and the rules", info.id);
        let offered = view(&served, &format!("/_sim/live/providers/{}/codes", info.id)).await;
        let queued = provider.codes().iter().filter(|code| provider.queues(&code.code)).count();
        assert_eq!(offered.matches("<option value=\"").count(), queued + provider.scenarios().len());
        for kind in provider.records() {
            let kept = view(&served, &format!("/_sim/live/providers/{}/records/{kind}", info.id)).await;
            let there = served.read(&format!("{}/{kind}", info.id)).await;
            assert_eq!(
                kept.matches(" data-kept>").count(),
                there.as_array().expect("records").len(),
                "{kind}"
            );
        }
        assert!(!page.contains("style=\"") && !page.contains("<script>") && !page.contains(" onclick"));
    }
    for (path, help) in [
        ("bpr", "Did you mean brp?"),
        ("brp/records/order", "Did you mean `orders`?"),
        ("bpr/codes", "linked"),
    ] {
        let unknown = served.get(&format!("{}/_sim/live/providers/{path}", served.control)).await;
        assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
        let told = unknown.text().await.expect("a page");
        assert!(told.contains(help), "{told}");
    }
}

#[tokio::test]
async fn a_call_that_meets_no_endpoint_is_told_which_was_meant() {
    let served = Served::frozen().await;
    for (url, meant) in [
        (format!("{}/v10/payments", served.quickpay), "Did you mean GET /payments?"),
        (format!("{}/api/v2/paymentcards/", served.fenerum), "Did you mean GET /api/v1/paymentcards/?"),
        (format!("{}/payment/", served.fena), "Did you mean GET /pay/?"),
    ] {
        let answer = served.get(&url).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{url}");
        let warned: Vec<&str> = answer
            .headers()
            .get_all("provkassa-warning")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect();
        assert!(warned.iter().any(|said| said.contains(meant)), "{url}: {warned:?}");
    }
    assert!(view(&served, "/?provider=quickpay").await.contains("Did you mean GET /payments?"));
}

#[tokio::test]
async fn a_shop_is_told_from_a_browser_and_a_view_of_nothing_says_so() {
    let served = Served::frozen().await;
    // Node's own `fetch` names its mode as a page's script does.
    let call = crate::quickpay::call(&served, "GET", "/payments").header("sec-fetch-mode", "cors");
    call.send().await.expect("an answer");
    let script = served.client.get(format!("{}/logos/ob-monzo.svg", served.fena));
    script
        .header("sec-fetch-mode", "cors")
        .header("sec-fetch-site", "same-origin")
        .send()
        .await
        .expect("an answer");
    let timeline = view(&served, "/").await;
    let who = |name: &str| {
        let story =
            timeline.split("<li class=\"card story").find(|story| story.contains(name)).expect("a story");
        story.split("<span class=\"who\"><b>").nth(1).and_then(|rest| rest.split('<').next()).expect("who")
    };
    assert_eq!((who("provider\">QuickPay"), who("provider\">Fena")), ("Shop", "Payer"));
    for (query, help) in [
        ("workspace=defualt", "Did you mean default?"),
        ("provider=quickpya", "Did you mean quickpay?"),
        ("workspace=zzzzzzzz", "has each workspace that there is"),
    ] {
        let answer = served.get(&format!("{}/?{query}", served.control)).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        let page = answer.text().await.expect("a page");
        assert!(page.contains(help), "{page}");
    }
}

#[tokio::test]
async fn what_browsers_ask_for_by_themselves_is_nothing_that_happens() {
    let served = Served::frozen().await;
    for origin in [&served.control, &served.quickpay, &served.brp] {
        assert_eq!(served.get(&format!("{origin}/favicon.ico")).await.status(), StatusCode::NO_CONTENT);
    }
    assert!(view(&served, "/").await.contains("Nothing has come in yet"));
    // Nor is what a browser says of itself a part of the command that repeats a request.
    let opened = served.client.get(paying(&served, "15", false)).header("sec-fetch-mode", "navigate");
    opened.header("upgrade-insecure-requests", "1").send().await.expect("an answer");
    let entry = view(&served, "/_sim/live/entries/1").await;
    let curl = entry.split("data-curl>").nth(1).and_then(|rest| rest.split("</pre>").next()).expect("curl");
    assert!(!curl.contains("sec-fetch") && !curl.contains("upgrade-insecure"), "{curl}");
    // The payer has not paid: there is no return yet, and nothing to check.
    assert!(!entry.contains("What the shop has to check"), "{entry}");
}

#[tokio::test]
async fn the_token_goes_with_every_link() {
    let served = Served::start(&["--token", "let me in"]).await;
    let page = view(&served, "/?token=let%20me%20in").await;
    let links = page.split(['"', '\'']).filter(|text| text.starts_with("/_sim/live/"));
    let (mut count, mut without) = (0, Vec::new());
    for link in links {
        count += 1;
        if !link.contains("token=let+me+in") {
            without.push(link);
        }
    }
    assert!(count > 10 && without.is_empty(), "{without:?}");
    let bare = format!("{}/_sim/live/events", served.control);
    assert_eq!(served.get(&bare).await.status(), StatusCode::UNAUTHORIZED);
}
