//! Every code: by a card, and from the queue at the page, at a capture, a credit and a charge.

use provkassa::simulators::freepay::acquirer::test_card;
use provkassa::simulators::freepay::codes::codes;
use provkassa::simulators::kit::nets;
use serde_json::json;

use super::{GOOD, form, judged, made, management, open, paid, pay, queue, subscription, with};
use crate::support::{Served, location};

/// The code that a way back tells; `ok` for the accept URL.
fn reason(back: &str) -> String {
    if back.contains("transact=") {
        return "ok".to_owned();
    }
    back.rsplit_once("reason=").unwrap_or_else(|| panic!("{back}")).1.to_owned()
}

#[tokio::test]
async fn every_code_is_reached_by_card_and_from_the_queue() {
    let served = Served::frozen().await;
    let sub = made(&served, &with(form("sub"), &[("Subscription", "1")])).await;
    for known in codes() {
        let code = known.code.as_str();
        let approves = code.parse().is_ok_and(nets::approves);
        let expected = if approves { "ok" } else { code };
        let order = |way: &str| format!("{way} {code}");
        let card = test_card(code).expect("every code has a card");
        let page = open(&served, &form(&order("card"))).await;
        assert_eq!(reason(&location(&pay(&served, &page, &card).await)), expected, "{card}");
        queue(&served, &order("page"), code).await;
        let page = open(&served, &form(&order("page"))).await;
        assert_eq!(reason(&location(&served.get(&page).await)), expected);
        // The operations of a transaction of its own.
        let (draws, returns) = (order("capture"), order("credit"));
        let (drawn, returned) = (paid(&served, &draws).await, paid(&served, &returns).await);
        queue(&served, &draws, code).await;
        assert_eq!(judged(&management(&served, "CaptureV2", drawn, &[]).await), expected);
        assert_eq!(judged(&management(&served, "CaptureV2", returned, &[]).await), "ok");
        queue(&served, &returns, code).await;
        assert_eq!(judged(&management(&served, "CreditV2", returned, &[("amount", "1")]).await), expected);
        // A charge, by the subscription's card and from the queue.
        let charges = order("charge");
        let more = [("amount", "100"), ("orderID", charges.as_str())];
        queue(&served, &charges, code).await;
        assert_eq!(judged(&subscription(&served, "AuthorizeSubscription2", sub, &more).await), expected);
        served.post("freepay/subscriptions", json!({"id": sub, "card": card})).await;
        assert_eq!(judged(&subscription(&served, "AuthorizeSubscription2", sub, &more).await), expected);
        served.post("freepay/subscriptions", json!({"id": sub, "card": GOOD})).await;
    }
}
