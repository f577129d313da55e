//! Callbacks that lead to the sandbox itself: whoever names a callback's address must not drive it by that.

use reqwest::Method;
use serde_json::{Value, json};

use super::{called, failure};
use crate::ports::ports_in_a_row;
use crate::quickpay::{Does, Shop};
use crate::support::Served;

#[tokio::test]
async fn no_callback_drives_the_sandbox_by_any_address() {
    let port = ports_in_a_row();
    let control = format!("http://127.0.0.1:{port}");
    let served = Served::on(port, &["--callback-rewrite", &format!("http://in.test={control}")]).await;
    let made = served.control(Method::POST, "workspaces", json!({"name": "kept"})).await;
    assert_eq!(made["name"], "kept", "{made}");
    let reset = "_sim/v1/workspaces/default/reset";
    let onward: &'static str = format!("{control}/{reset}").leak();
    let leads = Shop::open(Does::Lead(onward)).await;
    for url in [
        onward,
        &format!("http://localhost:{port}/{reset}"),
        &format!("http://[::ffff:127.0.0.1]:{port}/{reset}"),
        &format!("http://in.test/{reset}"),
        &format!("{control}/brp/../{reset}"),
        &format!("{control}/_sim/live/do/reset"),
        &leads.url,
    ] {
        let told = failure(&served, url).await;
        assert!(told.contains("own control port") && told.contains("your shop"), "{url}: {told}");
    }
    // The page that stands in for a shop's takes them, and so does a provider that is asked below its name.
    for path in ["_sim/return?shop=demo", "fena/pay/"] {
        let attempt = called(&served, &format!("{control}/{path}")).await;
        assert!(attempt["status"].is_number(), "{path}: {attempt}");
    }
    let kept = served.control(Method::GET, "workspaces", Value::Null).await;
    assert!(kept.to_string().contains("kept"), "{kept}");
}
