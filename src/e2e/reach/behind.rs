//! Behind a reverse proxy: whatever the sandbox hands out leads through it.

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, LOCATION, ORIGIN};
use serde_json::json;
use url::Url;

use super::proxy::Proxy;
use crate::ports::ports_in_a_row;
use crate::shop::{PAYS, PROVIDERS, Shop, settled};
use crate::support::{Served, location};

/// A sandbox behind a proxy.
async fn behind(folder: &std::path::Path) -> (Served, Proxy) {
    let port = ports_in_a_row();
    let proxy = Proxy::open(folder, port).await;
    let mut served = Served::on(port, &["--public-url", &proxy.public]).await;
    served.detours = vec![(proxy.public.clone(), proxy.plain.clone())];
    (served, proxy)
}

#[tokio::test]
async fn every_provider_is_paid_at_through_the_proxy() {
    let folder = tempfile::tempdir().expect("a folder");
    let (served, proxy) = behind(folder.path()).await;
    // The shop asks the proxy over https, and trusts it by the authority in its folder.
    let state = folder.path().display().to_string();
    let shop = Shop::with(&served, &["--state", &state]).await;
    for (provider, _) in PROVIDERS {
        assert_eq!(served.ready["providers"][provider], format!("{}/{provider}", proxy.public));
        let id = format!("behind{provider}");
        shop.buy(provider, &id, PAYS).await;
        shop.becomes(&id, settled(provider)).await;
        let seen = proxy.seen();
        assert_eq!(seen.wrong, [""; 0], "{provider}");
        assert!(seen.pages > 0, "{provider}");
        for asset in seen.assets {
            assert_eq!(served.get(&asset).await.status(), 200, "{asset}");
        }
    }
    // What a service says of itself.
    for path in ["bambora/remote/payment.asmx?WSDL", "freepay/webservices/public/management.asmx?WSDL"] {
        let text = served.get(&format!("{}/{path}", proxy.public)).await.text().await.expect("a text");
        let own = format!("location=\"{}/{}\"", proxy.public, path.split('?').next().expect("a path"));
        assert!(text.contains(&own), "{text}");
    }
    // A workspace of its own below the same address, and the way from one provider to another.
    served.control(Method::POST, "workspaces", json!({"name": "own"})).await;
    let own = format!("{}/w/own/freepay/webservices/public/management.asmx", proxy.public);
    let text = served.get(&format!("{own}?WSDL")).await.text().await.expect("a text");
    assert!(text.contains(&format!("location=\"{own}\"")), "{text}");
    let script =
        served.get(&format!("{}/w/own/fenerum/v3/", proxy.public)).await.text().await.expect("a script");
    assert!(!script.contains("127.0.0.1"), "{script}");
    assert_eq!(proxy.seen().wrong, [""; 0]);
}

#[tokio::test]
async fn the_live_view_is_below_the_path_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let (served, proxy) = behind(folder.path()).await;
    let page = served.get(&format!("{}/", proxy.public)).await.text().await.expect("a page");
    let seen = proxy.seen();
    assert_eq!((seen.wrong, seen.assets.len()), (Vec::new(), 2));
    for asset in seen.assets {
        assert_eq!(served.get(&asset).await.status(), 200, "{asset}");
    }
    // What happens is told to who follows.
    let origin = proxy.public.strip_suffix("/pay").expect("a path");
    let events = page.split("data-events=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("events");
    let events = format!("{origin}{}", events.replace("&#38;", "&"));
    let mut stream = served.get(&events).await;
    served.get(&format!("{}/quickpay/ping", proxy.public)).await;
    let told = stream.chunk().await.expect("whole").expect("an event");
    let told = String::from_utf8_lossy(&told).into_owned();
    assert!(told.contains("ping") && told.contains("\"/pay/_sim/live/entries/"), "{told}");
    // Whatever a newcomer can try from there is reached through the proxy, and so are all pages behind it.
    let own = format!(" href=\"{}/", proxy.public);
    let steps: Vec<String> = page
        .split(&own)
        .skip(1)
        .filter_map(|rest| {
            Some(format!("{}/{}", proxy.public, rest.split('"').next()?.replace("&#38;", "&")))
        })
        .collect();
    assert!(steps.len() > 8, "{steps:?}");
    for step in steps {
        let mut at = Url::parse(&step).expect("an address");
        for _ in 0..6 {
            let answer = served.get(at.as_str()).await;
            assert!(!answer.status().is_server_error(), "{step}: {at}: {}", answer.status());
            let Some(onward) = answer.headers().get(LOCATION) else { break };
            at = at.join(onward.to_str().expect("text")).expect("an address");
            assert!(at.as_str().starts_with(&proxy.public), "{step} leads to {at}");
        }
    }
    let seen = proxy.seen();
    assert_eq!(seen.wrong, [""; 0]);
    for asset in seen.assets {
        assert_eq!(served.get(&asset).await.status(), 200, "{asset}");
    }
    // A button is pressed from the public address, and leads back to it; a page from elsewhere presses none.
    assert!(page.contains(" action=\"/pay/_sim/live/do/reset\""), "{page}");
    let pressed = async |from: &str| {
        let url = format!("{}/_sim/live/do/reset", proxy.plain);
        let kind = "application/x-www-form-urlencoded";
        let asked = served.client.post(url).header(ORIGIN, from).header(CONTENT_TYPE, kind);
        asked.body("workspace=default").send().await.expect("an answer")
    };
    assert_eq!(location(&pressed(origin).await), "/pay/?done=reset");
    assert_eq!(pressed("https://elsewhere.test").await.status(), 403);
}

#[tokio::test]
async fn a_proxy_that_leaves_the_path_where_it_is_and_a_host_of_ones_own_are_understood() {
    let port = ports_in_a_row();
    let served = Served::on(port, &["--public-url", "https://dev.example.test/pay"]).await;
    let asked = async |path: &str, host: &str| {
        let asked = served.client.get(format!("http://127.0.0.1:{port}{path}"));
        let asked = if host.is_empty() { asked } else { asked.header("host", host) };
        asked.send().await.expect("an answer")
    };
    for (path, host) in [
        ("/pay/bambora/remote/payment.asmx?WSDL", ""),
        ("/bambora/remote/payment.asmx?WSDL", "dev.example.test"),
        ("/remote/payment.asmx?WSDL", "bambora.sandbox.test"),
        ("/pay/remote/payment.asmx?WSDL", "bambora.dev.example.test"),
    ] {
        let text = asked(path, host).await.text().await.expect("a text");
        let own = "location=\"https://dev.example.test/pay/bambora/remote/payment.asmx\"";
        assert!(text.contains(own), "{path} {host}: {text}");
    }
    // Others come through the proxy, so there is a token, also where nobody has given one.
    let token = served.ready["token"].as_str().expect("a token").to_owned();
    for path in ["/pay", "/pay/_sim/v1/health"] {
        assert_eq!(asked(path, "dev.example.test").await.status(), 401, "{path}");
        let admitted = asked(&format!("{path}?token={token}"), "dev.example.test").await;
        assert_eq!(admitted.status(), 200, "{path}");
    }
    assert_eq!(asked("/payments/_sim/v1/health", "dev.example.test").await.status(), 404);
    // Without a public address, links follow the name that was asked.
    let served = Served::start(&[]).await;
    let host = "freepay.sandbox.test:4700";
    let wsdl = served.client.get(format!("{}/webservices/public/management.asmx?WSDL", served.control));
    let text = wsdl.header("host", host).send().await.expect("an answer").text().await.expect("a text");
    assert!(
        text.contains(&format!("location=\"http://{host}/webservices/public/management.asmx\"")),
        "{text}"
    );
}
