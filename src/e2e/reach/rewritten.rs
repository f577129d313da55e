//! Callbacks that go elsewhere than the shop says: what was asked and where it went can both be seen.

use serde_json::Value;

use super::{called, failure};
use crate::quickpay::{Does, PRIVATE_KEY, Shop};
use crate::support::{Served, run};

#[tokio::test]
async fn what_is_asked_and_where_it_went_can_both_be_seen() {
    let shop = Shop::open(Does::Answer(200)).await;
    // Nobody listens there; in another container it would be the shop.
    let asked = "http://localhost:1";
    let rule = format!("{asked}/in={}/taken", shop.url);
    let served = Served::start(&["--callback-rewrite", &rule]).await;
    let attempt = called(&served, &format!("{asked}/in/cb?order=7")).await;
    assert_eq!(attempt["status"], 200, "{attempt}");
    let came = shop.wait(1).await;
    assert_eq!(came[0].path, "/taken/cb");
    assert!(came[0].is_of(PRIVATE_KEY), "it is signed as ever");
    let callback = &served.read("callbacks").await[0];
    assert_eq!(callback["url"], format!("{asked}/in/cb?order=7"));
    let journal = served.read("journal").await;
    let entries = journal["entries"].as_array().expect("entries");
    let event = |entry: &&Value| entry["event"]["callback"].is_string();
    let entry = entries.iter().find(event).expect("a callback");
    assert_eq!(entry["event"]["request"]["line"], format!("POST {asked}/in/cb?order=7"));
    let went = format!("{}/taken/cb?order=7", shop.url);
    assert_eq!(entry["event"]["instead"], went.as_str());
    let live = served.get(&served.control).await.text().await.expect("a page");
    assert!(live.contains(&format!("it went to {}/taken/cb (--callback-rewrite)", shop.url)), "{live}");
    let page = served.get(&format!("{}/_sim/live/entries/{}", served.control, entry["cursor"])).await;
    let page = page.text().await.expect("a page");
    assert!(page.contains(&went) && page.contains("/in/cb?order=7"), "{page}");
    // What no rule is for goes where it is sent.
    assert_eq!(called(&served, &format!("{}/plain", shop.url)).await["status"], 200);
    assert_eq!(shop.wait(2).await[1].path, "/plain");
}

#[tokio::test]
async fn neither_a_rule_nor_a_redirect_leads_off_this_machine() {
    let leads = Shop::open(Does::Lead("http://192.0.2.8/")).await;
    let rules = format!("http://near.test=http://192.0.2.7,http://hooks.test={}", leads.url);
    let served = Served::start(&["--allow-callback-host", "hooks.test", "--callback-rewrite", &rules]).await;
    for (url, host) in [
        ("http://near.test/cb", "192.0.2.7"),
        ("http://hooks.test/cb", "192.0.2.8"),
        (&leads.url, "192.0.2.8"),
        ("http://[::ffff:192.0.2.9]/cb", "c000:209"),
    ] {
        let told = failure(&served, url).await;
        assert!(told.contains("--allow-callback-host") && told.contains(host), "{url}: {told}");
    }
}

#[test]
fn a_rule_that_is_none_is_refused_at_the_start() {
    let said = run(&["serve", "--port", "0", "--callback-rewrite", "localhost:3000=http://shop:3000"]);
    assert!(said.code == 2 && said.stderr.contains("write FROM=TO"), "{said:?}");
}
