//! Calls that ASP.NET refuses before Freepay sees them, and what changes nothing.

use serde_json::{Value, json};

use super::{PASSWORD, Said, form, made, paid, records, with};
use crate::support::{Served, snapshot};

#[tokio::test]
async fn calls_that_cannot_be_read_change_nothing() {
    let served = Served::frozen().await;
    let id = paid(&served, "7").await;
    let sub = made(&served, &with(form("sub"), &[("Subscription", "1")])).await;
    let before: Value =
        json!([records(&served, "transactions").await, records(&served, "subscriptions").await]);
    let base = format!("{}/webservices/public", served.freepay);
    let mut story = String::new();
    let mut add = |what: &str, said: Said| {
        let first = said.text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("").to_owned();
        let text = if said.kind.starts_with("text/plain") { said.text.trim().to_owned() } else { first };
        let ids = [(id, "{transaction}"), (sub, "{subscription}")];
        let text = ids.into_iter().fold(text, |text, (id, name)| text.replace(&id.to_string(), name));
        story.push_str(&format!(
            "{what}\n  {} {}\n  {}\n",
            said.status,
            said.kind,
            text.replace('\n', "\n  ")
        ));
    };
    let management = |rest: &str| format!("{base}/management.asmx/{rest}");
    for (what, rest) in [
        ("amount missing", format!("ChangeCaptureAmount?transactionID={id}&password={PASSWORD}")),
        ("password missing", format!("CaptureV2?transactionID={id}")),
        ("id missing", format!("CaptureV2?password={PASSWORD}")),
        ("id overflows", format!("CaptureV2?transactionID=99999999999&password={PASSWORD}")),
        ("id is no number", format!("CaptureV2?transactionID=abc&password={PASSWORD}")),
        ("amount overflows", format!("CreditV2?transactionID={id}&password={PASSWORD}&amount=2147483648")),
        ("amount has decimals", format!("CreditV2?transactionID={id}&password={PASSWORD}&amount=12.50")),
        (
            "date in another form",
            format!("SetEarliestCapture?transactionID={id}&password={PASSWORD}&earliestCapture=12/31/2026"),
        ),
        ("no such method", format!("Refund?transactionID={id}&password={PASSWORD}")),
        ("wrong password", format!("CaptureV2?transactionID={id}&password=wrong")),
    ] {
        add(what, Said::to(served.client.get(management(&rest))).await);
    }
    let wrong = format!(
        "{base}/subscriptionmanager.asmx/AuthorizeSubscription2?subscriptionID={sub}&password={PASSWORD}&amount=1"
    );
    add("orderID missing", Said::to(served.client.get(wrong)).await);
    let soap = |action: &str, body: &str| {
        let namespace = "http://gw.freepay.dk/WebServices/Public/Management";
        let envelope = format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{}</s:Body></s:Envelope>",
            body.replace("NAMESPACE", namespace)
        );
        let request = served.client.post(format!("{base}/management.asmx")).body(envelope);
        request.header("content-type", "text/xml").header("soapaction", format!("{namespace}/{action}"))
    };
    let capture = format!(
        "<CaptureV2 xmlns=\"NAMESPACE\"><transactionID>{id}</transactionID><password>PASS</password></CaptureV2>"
    );
    for (what, request) in [
        ("SOAP, wrong password", soap("CaptureV2", &capture.replace("PASS", "wrong"))),
        ("SOAP, no such action", soap("Refund", &capture)),
        ("SOAP, the other service's namespace", {
            let other =
                capture.replace("NAMESPACE", "http://gw.freepay.dk/WebServices/Public/SubscriptionManager");
            soap("CaptureV2", &other.replace("PASS", PASSWORD))
        }),
        ("SOAP, id is no number", soap("CaptureV2", &capture.replace(&id.to_string(), "abc"))),
        ("SOAP, not well formed", soap("CaptureV2", "<CaptureV2>")),
        ("SOAP, an entity", soap("CaptureV2", "&xxe;")),
    ] {
        let said = Said::to(request).await;
        let fault = said.element("faultstring").to_owned();
        add(what, Said { text: fault, ..said });
    }
    let head = served.client.head(management(&format!("CaptureV2?transactionID={id}&password={PASSWORD}")));
    add("by HEAD", Said::to(head).await);
    let nowhere = Said::to(served.client.get(format!("{base}/reports.asmx"))).await;
    add("no such service", nowhere);
    snapshot("freepay", "bad_calls", &story);
    let after: Value =
        json!([records(&served, "transactions").await, records(&served, "subscriptions").await]);
    assert_eq!(after, before);
}
