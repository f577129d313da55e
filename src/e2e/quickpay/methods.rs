//! 3-D Secure and other methods than cards in the window, and who decides in the payer's place.

use serde_json::{Value, json};

use super::window::{NO, OK, opened, press, shown, types};
use super::{GOOD, code, last, payment, queue, read};
use crate::support::Served;

/// Where the 3-D Secure page of a link posts.
async fn bank(served: &Served, url: &str) -> String {
    let html = served.get(url).await.text().await.expect("a page");
    assert!(html.contains("data-page=\"secure\""), "{html}");
    html.split(" action=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a form").to_owned()
}

#[tokio::test]
async fn three_d_secure_is_approved_refused_or_given_up() {
    let served = Served::frozen().await;
    for (outcome, goes, state) in [
        ("approve", format!("to {OK}"), "new"),
        ("decline", "422 card secure_3d_auth_failed".to_owned(), "rejected"),
        ("cancel", format!("to {NO}"), "initial"),
    ] {
        let (path, url) = opened(&served, &format!("3ds-{outcome}"), json!({})).await;
        assert_eq!(types(&served, &url, "1000000000000073", &[]).await, "200 secure");
        // Until the bank is answered nothing has happened, and reloading asks again.
        assert_eq!(read(&served, &path).await["operations"], json!([]));
        let bank = bank(&served, &url).await;
        assert_eq!(press(&served, &bank, &[("outcome", "perhaps")]).await, "200 secure");
        assert_eq!(press(&served, &bank, &[("outcome", outcome)]).await, goes);
        let after = read(&served, &path).await;
        assert_eq!(after["state"], state, "{outcome}");
        match outcome {
            "approve" => {
                assert_eq!(
                    (&after["metadata"]["is_3d_secure"], &last(&after)["3d_secure_status"]),
                    (&json!(true), &json!("Y"))
                );
            }
            "decline" => {
                assert_eq!((code(&after), &last(&after)["3d_secure_status"]), ("40000", &json!("N")));
                // Another card, without the step: nothing is left of it.
                assert_eq!(types(&served, &url, GOOD, &[]).await, format!("to {OK}"));
                let metadata = &read(&served, &path).await["metadata"];
                assert_eq!(
                    (&metadata["is_3d_secure"], &metadata["3d_secure_type"]),
                    (&json!(false), &Value::Null)
                );
            }
            _ => {
                assert_eq!(after["operations"], json!([]));
                assert_eq!(shown(&served, &url).await, "200 card", "the link is as new");
            }
        }
        // A button that is pressed too late does nothing.
        let before = read(&served, &path).await;
        press(&served, &bank, &[("outcome", "approve")]).await;
        assert_eq!(read(&served, &path).await, before);
    }
    // A refused card stays refused behind the step.
    let (path, url) = opened(&served, "3ds-refused", json!({"payment_methods": "3d-creditcard"})).await;
    types(&served, &url, "1000000000000016", &[]).await;
    let bank = bank(&served, &url).await;
    assert_eq!(press(&served, &bank, &[("outcome", "approve")]).await, "422 card try_again");
    assert_eq!(read(&served, &path).await["accepted"], false);
}

#[tokio::test]
async fn other_methods_have_a_page_of_their_own() {
    let served = Served::frozen().await;
    let (path, url) =
        opened(&served, "order-1", json!({"payment_methods": "creditcard, klarna-payments"})).await;
    let html = served.get(&url).await.text().await.expect("a page");
    let href = html
        .split("data-method=\"klarna-payments\"")
        .next()
        .and_then(|before| before.rsplit("href=\"").next());
    let wallet = href.and_then(|rest| rest.split('"').next()).expect("a link").to_owned();
    assert_eq!(shown(&served, &wallet).await, "200 wallet");
    let undo = wallet.replace("payment-method/klarna-payments", "payment-method-undo");
    assert_eq!(shown(&served, &undo).await, "200 card");
    let klarna = |outcome| [("method", "klarna-payments"), ("outcome", outcome)];
    assert_eq!(press(&served, &url, &klarna("perhaps")).await, "200 wallet");
    assert_eq!(press(&served, &url, &klarna("decline")).await, "422 wallet unable_to_complete");
    assert_eq!(press(&served, &url, &klarna("cancel")).await, format!("to {NO}"));
    assert_eq!(press(&served, &url, &klarna("approve")).await, format!("to {OK}"));
    let paid = read(&served, &path).await;
    assert_eq!(
        (&paid["metadata"]["type"], &paid["metadata"]["brand"], &paid["acquirer"], code(&paid)),
        (&json!("mobile"), &json!("klarna-payments"), &json!("klarnapayments"), "20000")
    );
    assert_eq!(paid["operations"].as_array().map(Vec::len), Some(2));
    // A single method needs no choice.
    let (_, url) = opened(&served, "order-2", json!({"payment_methods": "mobilepay"})).await;
    assert_eq!(shown(&served, &url).await, "200 wallet");
    // What is not offered cannot be taken.
    assert_eq!(press(&served, &url, &klarna("approve")).await, "422 wallet method_not_accepted");
}

#[tokio::test]
async fn what_is_queued_goes_before_the_payer() {
    let served = Served::frozen().await;
    for (outcome, goes, state) in [
        ("approve", format!("to {OK}"), "new"),
        ("decline", "422 card try_again".to_owned(), "rejected"),
        ("cancel", format!("to {NO}"), "initial"),
        ("expire", "200 result deadline_expired deadline_expired".to_owned(), "initial"),
    ] {
        let order = format!("queued-{outcome}");
        let (path, url) = opened(&served, &order, json!({})).await;
        queue(&served, &order, &[outcome]).await;
        assert_eq!(shown(&served, &url).await, goes, "{outcome}");
        assert_eq!(read(&served, &path).await["state"], state, "{outcome}");
    }
    // A chain goes from operation to operation.
    let (path, url) = opened(&served, "in a chain", json!({"auto_capture": true})).await;
    queue(&served, "in a chain", &["decline", "approve", "decline"]).await;
    assert_eq!(shown(&served, &url).await, "422 card try_again");
    assert_eq!(shown(&served, &url).await, format!("to {OK}"));
    let paid = read(&served, &path).await;
    assert_eq!((&paid["accepted"], &paid["balance"], code(&paid)), (&json!(true), &json!(0), "40000"));
}

#[tokio::test]
async fn the_control_api_presses_buttons() {
    let served = Served::frozen().await;
    let press = |outcome: &str| json!({"provider": "quickpay", "outcome": outcome});
    for (outcome, state, to) in [
        ("approve", "new", json!(OK)),
        ("decline", "rejected", Value::Null),
        ("cancel", "initial", json!(NO)),
        ("expire", "initial", Value::Null),
    ] {
        let order = format!("press-{outcome}");
        let (path, _) = opened(&served, &order, json!({})).await;
        // By the order id or the id.
        let name = if outcome == "decline" { path.rsplit('/').next().expect("an id") } else { &order };
        let told = served.post(&format!("payments/{name}/outcome"), press(outcome)).await;
        assert_eq!(told, json!({"state": state, "location": to}), "{outcome}");
        assert_eq!(read(&served, &path).await["state"], state);
    }
    payment(&served, "without link").await;
    let url = |name: &str| format!("{}/_sim/v1/workspaces/default/payments/{name}/outcome", served.control);
    for (name, status, kind) in [
        ("press-approve", 409, "payment_ended"),
        ("nobody", 404, "unknown_payment"),
        ("without%20link", 400, "no_link"),
    ] {
        let answer = served.client.post(url(name)).json(&press("approve")).send().await.expect("an answer");
        assert_eq!(answer.status(), status, "{name}");
        assert_eq!(answer.json::<Value>().await.expect("JSON")["error"]["type"], kind);
    }
}

#[tokio::test]
async fn what_waits_for_an_approval_elsewhere_is_settled_by_a_button() {
    let served = Served::frozen().await;
    for (outcome, state, goes) in
        [("approve", "new", format!("to {OK}")), ("decline", "rejected", "200 card".to_owned())]
    {
        let order = format!("waits-{outcome}");
        let (path, url) = opened(&served, &order, json!({})).await;
        queue(&served, &order, &["20200"]).await;
        let page = served.get(&url).await.text().await.expect("a page");
        let again = page.split("content=\"2; url=").nth(1).and_then(|rest| rest.split('"').next());
        let again = again.unwrap_or_else(|| panic!("{page}")).to_owned();
        let waiting = read(&served, &path).await;
        assert_eq!(
            (&waiting["state"], &last(&waiting)["pending"], code(&waiting)),
            (&json!("pending"), &json!(true), "20200")
        );
        assert_eq!(shown(&served, &again).await, "200 waiting");
        served
            .post(&format!("payments/{order}/outcome"), json!({"provider": "quickpay", "outcome": outcome}))
            .await;
        let settled = read(&served, &path).await;
        assert_eq!(
            (&settled["state"], settled["operations"].as_array().map(Vec::len)),
            (&json!(state), Some(1))
        );
        assert_eq!(shown(&served, &again).await, goes);
    }
    // An operation of the API needs no page for it.
    let path = super::authorized(&served, "by API", 1000, GOOD).await;
    queue(&served, "by API", &["20200"]).await;
    super::done(&served, &path, "capture", json!({"amount": 400})).await;
    assert_eq!(read(&served, &path).await["balance"], 0);
    served.post("payments/by%20API/outcome", json!({"provider": "quickpay", "outcome": "approve"})).await;
    assert_eq!(read(&served, &path).await["balance"], 400);
}
