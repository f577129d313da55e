//! How the sandbox is reached, and how it reaches the shop.

mod access;
mod behind;
mod insisting;
mod own_port;
mod proxy;
mod rewritten;
mod secure;
mod secured;

use serde_json::{Value, json};

use crate::quickpay::{GOOD, authorize, payment, terms};
use crate::support::Served;

/// Has QuickPay call this address, and what came of it: the first attempt, with the callback's state.
async fn called(served: &Served, url: &str) -> Value {
    terms(served, json!({ "callback_url": url })).await;
    let order = format!("call-{}", served.read("callbacks").await.as_array().map_or(0, Vec::len));
    let path = payment(served, &order).await;
    authorize(served, &path, 1000, GOOD).await;
    for _ in 0..1000 {
        let all = served.read("callbacks").await;
        let last = all.as_array().and_then(|all| all.last()).cloned().unwrap_or_default();
        if last["order"] == order.as_str() && last["attempts"][0].is_object() {
            return last["attempts"][0].clone();
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("nothing was tried: {}", served.read("callbacks").await);
}

/// Why it did not arrive.
async fn failure(served: &Served, url: &str) -> String {
    let attempt = called(served, url).await;
    attempt["failure"].as_str().unwrap_or_else(|| panic!("it arrived: {attempt}")).to_owned()
}
