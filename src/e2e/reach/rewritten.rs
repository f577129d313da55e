//! Callbacks that go elsewhere than the shop says: what was asked and where it went can both be seen.

use serde_json::Value;

use super::{called, failure};
use crate::ports::free_port;
use crate::quickpay::{Does, PRIVATE_KEY, Shop};
use crate::support::{PROGRAM, Served, command, ran, run};

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
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("provkassa.toml");
    let rules = format!("'http://near.test=http://192.0.2.7', 'http://hooks.test={}'", leads.url);
    let text = format!("[serve]\nallow_callback_host = ['hooks.test']\ncallback_rewrite = [{rules}]\n");
    std::fs::write(&file, text).expect("written");
    let served = Served::start(&["--config", &file.display().to_string()]).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn a_check_of_a_shop_elsewhere_calls_it_by_the_rule_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}");
    let text = format!(
        "[shop]\nstart = ['{PROGRAM}', 'shop', '--port', '{port}']\nready = \"{url}/healthz\"\n\
         status = {{ url = \"{url}/orders/{{order}}\", pointer = \"/status\", paid = [\"paid\"], \
         unpaid = [\"pending\", \"failed\", \"cancelled\", \"refunded\"] }}\n[shop.fena]\n\
         webhook = \"http://localhost:1/callback/fena\"\nredirect = \"{url}/return/fena\"\n\
         checkout = {{ url = \"{url}/checkout/fena\", json = {{ order = \"{{order}}\", amount = \"{{amount.minor}}\" }} }}\n"
    );
    std::fs::write(folder.path().join("provkassa.toml"), text).expect("written");
    let only = "fena/callback/payer-never-returns,fena/callback/forged-with-another-key";
    let rule = format!("http://localhost:1={url}");
    let mut command = command(folder.path(), &["check", "--only", only, "--callback-rewrite", &rule]);
    let done = tokio::task::spawn_blocking(move || command.output().expect("the program starts"));
    let checked = ran(&done.await.expect("no panic"));
    assert_eq!(checked.code, 0, "{}", checked.shown());
}

#[test]
fn a_rule_that_is_none_is_refused_at_the_start() {
    let said = run(&["serve", "--port", "0", "--callback-rewrite", "localhost:3000=http://shop:3000"]);
    assert!(said.code == 2 && said.stderr.contains("write FROM=TO"), "{said:?}");
}
