//! What a merchant does with transactions, in every state.

use serde_json::{Value, json};

use super::form;
use super::{PASSWORD, Said, judged, made, management, paid, query, queue, records, subscription, with};
use crate::support::Served;

/// Everything that the sandbox knows about transactions.
async fn state(served: &Served) -> Value {
    json!(records(served, "transactions").await)
}

async fn silent(served: &Served, method: &str, id: i64, more: &[(&str, &str)]) {
    let said = management(served, method, id, more).await;
    assert_eq!((said.status, said.text.as_str()), (200, ""), "{method}: {said:?}");
}

/// A call that throws, and changes nothing.
async fn throws(served: &Served, method: &str, id: i64, more: &[(&str, &str)], why: &str) {
    let before = state(served).await;
    let said = management(served, method, id, more).await;
    assert_eq!((said.status, said.kind.as_str()), (500, "text/plain; charset=utf-8"), "{method}: {said:?}");
    assert!(said.text.contains(why), "{method}: {said:?}");
    assert_eq!(state(served).await, before, "{method}");
}

#[tokio::test]
async fn what_is_captured_is_credited_and_no_more() {
    let served = Served::frozen().await;
    for (capture, credit) in [("Capture", "Credit"), ("CaptureV2", "CreditV2")] {
        let id = paid(&served, capture).await;
        silent(&served, "ChangeCaptureAmount", id, &[("amount", "1000")]).await;
        assert_eq!(query(&served, id).await.element("CaptureAmount"), "1000");
        assert_eq!(judged(&management(&served, capture, id, &[]).await), "ok");
        let view = query(&served, id).await;
        let seen = ["IsCaptured", "DateCaptured", "AuthorizationAmount", "CaptureErrorCode"]
            .map(|name| view.element(name));
        assert_eq!(seen, ["true", "2026-03-01T13:00:00", "1250", "0"]);
        // Once only.
        let before = state(&served).await;
        assert_eq!(judged(&management(&served, capture, id, &[]).await), "-1");
        assert_eq!(judged(&management(&served, credit, id, &[("amount", "1001")]).await), "-1");
        assert_eq!(judged(&management(&served, credit, id, &[("amount", "0")]).await), "-1");
        assert_eq!(judged(&management(&served, credit, id, &[("amount", "-5")]).await), "-1");
        assert_eq!(state(&served).await, before);
        assert_eq!(judged(&management(&served, credit, id, &[("amount", "600")]).await), "ok");
        assert_eq!(judged(&management(&served, credit, id, &[("amount", "401")]).await), "-1");
        assert_eq!(judged(&management(&served, credit, id, &[("amount", "400")]).await), "ok");
        for method in ["DeleteTransaction", "WithholdForApproval", "ApproveTransaction"] {
            throws(&served, method, id, &[], "captured already").await;
        }
        throws(&served, "ChangeCaptureAmount", id, &[("amount", "1")], "captured already").await;
        throws(&served, "SetEarliestCapture", id, &[("earliestCapture", "02-03-2026 00:00:00")], "captured")
            .await;
    }
}

#[tokio::test]
async fn what_is_only_authorised_is_changed_withheld_and_deleted() {
    let served = Served::frozen().await;
    let id = paid(&served, "7").await;
    assert_eq!(judged(&management(&served, "CreditV2", id, &[("amount", "1")]).await), "-1");
    throws(&served, "ChangeCaptureAmount", id, &[("amount", "1251")], "above 1250").await;
    throws(&served, "ChangeCaptureAmount", id, &[("amount", "0")], "not above 0").await;
    silent(&served, "WithholdForApproval", id, &[]).await;
    assert_eq!(query(&served, id).await.element("IsAwaitingApproval"), "true");
    assert_eq!(judged(&management(&served, "CaptureV2", id, &[]).await), "-1");
    silent(&served, "ApproveTransaction", id, &[]).await;
    silent(&served, "ApproveTransaction", id, &[]).await;
    assert_eq!(query(&served, id).await.element("IsAwaitingApproval"), "false");
    served.set("freepay.deleted_transactions", "shown").await;
    silent(&served, "DeleteTransaction", id, &[]).await;
    assert_eq!(query(&served, id).await.status, 200);
    served.set("freepay.deleted_transactions", "gone").await;
    assert_eq!(judged(&management(&served, "CaptureV2", id, &[]).await), "-1");
    served.set("freepay.refused_operation", "exception").await;
    for method in ["CaptureV2", "Capture", "DeleteTransaction", "QueryTransaction", "ApproveTransaction"] {
        throws(&served, method, id, &[], "deleted").await;
    }
    throws(&served, "CreditV2", id, &[("amount", "1")], "deleted").await;
}

#[tokio::test]
async fn a_capture_before_its_day_is_refused_or_waits_for_it() {
    let served = Served::frozen().await;
    let (early, waiting) = (paid(&served, "early").await, paid(&served, "waiting").await);
    for id in [early, waiting] {
        silent(&served, "SetEarliestCapture", id, &[("earliestCapture", "02-03-2026 13:00:00")]).await;
        assert_eq!(query(&served, id).await.element("DateEarliestCapture"), "2026-03-02T13:00:00");
    }
    assert_eq!(judged(&management(&served, "CaptureV2", early, &[]).await), "-1");
    served.set("freepay.early_capture", "wait").await;
    assert_eq!(judged(&management(&served, "CaptureV2", waiting, &[]).await), "ok");
    assert_eq!(query(&served, waiting).await.element("IsCaptured"), "false");
    assert_eq!(query(&served, waiting).await.element("DateCaptured"), "0001-01-01T00:00:00");
    served.set("freepay.early_capture", "refuse").await;
    served.post("clock/advance", json!({"milliseconds": 86_400_000})).await;
    assert_eq!(query(&served, waiting).await.element("DateCaptured"), "2026-03-02T13:00:00");
    assert_eq!(judged(&management(&served, "CaptureV2", early, &[]).await), "ok");
    // A date that is not Danish is not taken for another one.
    let id = paid(&served, "dates").await;
    throws(&served, "SetEarliestCapture", id, &[("earliestCapture", "tomorrow")], "DateTime").await;
}

#[tokio::test]
async fn a_refusal_of_the_acquirer_is_told_and_can_be_tried_again() {
    let served = Served::frozen().await;
    let id = paid(&served, "7").await;
    queue(&served, "7", "116").await;
    assert_eq!(judged(&management(&served, "CaptureV2", id, &[]).await), "116");
    let view = query(&served, id).await;
    assert_eq!((view.element("IsCaptured"), view.element("CaptureErrorCode")), ("false", "116"));
    queue(&served, "7", "60").await;
    let said = management(&served, "Capture", id, &[]).await;
    assert_eq!((judged(&said).as_str(), said.element("AcquirerStatusCode")), ("ok", "60"));
    assert_eq!(query(&served, id).await.element("CaptureErrorCode"), "0");
    queue(&served, "7", "-2").await;
    let before = state(&served).await;
    assert_eq!(judged(&management(&served, "CreditV2", id, &[("amount", "1250")]).await), "-2");
    assert_eq!(state(&served).await, before);
    assert_eq!(judged(&management(&served, "CreditV2", id, &[("amount", "1250")]).await), "ok");
    // What the state forbids takes nothing from the queue.
    queue(&served, "7", "116").await;
    assert_eq!(judged(&management(&served, "CaptureV2", id, &[]).await), "-1");
    let other = paid(&served, "8").await;
    assert_eq!(judged(&management(&served, "CaptureV2", other, &[]).await), "ok");
}

#[tokio::test]
async fn an_id_or_a_password_that_is_not_the_merchants_opens_nothing() {
    let served = Served::frozen().await;
    let id = paid(&served, "7").await;
    let signed_up = made(&served, &with(form("sub"), &[("Subscription", "1")])).await;
    let before = state(&served).await;
    let refused = |said: Said, what: &str| {
        assert_eq!((said.status, said.kind.as_str()), (500, "text/plain; charset=utf-8"), "{said:?}");
        assert!(said.text.contains(what) && !said.text.contains(PASSWORD), "{said:?}");
    };
    for method in [
        "ApproveTransaction",
        "Capture",
        "CaptureV2",
        "DeleteTransaction",
        "QueryTransaction",
        "WithholdForApproval",
    ] {
        refused(management(&served, method, id, &[("password", "wrong")]).await, "was not found");
        refused(management(&served, method, id, &[("password", "")]).await, "was not found");
        refused(management(&served, method, 999, &[]).await, "999 was not found");
        refused(management(&served, method, -1, &[]).await, "-1 was not found");
        refused(management(&served, method, signed_up, &[]).await, "was not found");
    }
    refused(subscription(&served, "QuerySubscription", id, &[]).await, "was not found");
    refused(
        subscription(&served, "QuerySubscription", signed_up, &[("password", "x")]).await,
        "was not found",
    );
    assert_eq!(state(&served).await, before);
    // The journal says what was mixed up.
    let journal = served.read("journal?provider=freepay").await.to_string();
    for why in ["is a SubscriptionID", "is a TransactionID", "has another password"] {
        assert!(journal.contains(why), "{why}: {journal}");
    }
}
