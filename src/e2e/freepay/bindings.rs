//! The same calls by SOAP 1.1, SOAP 1.2, HTTP GET and HTTP POST, and what the services say of themselves.

use serde_json::json;

use super::{PASSWORD, Said, form, made, paid, queue, with};
use crate::support::{Served, snapshot};

/// Parameters of a call.
type Parameters<'a> = &'a [(&'a str, &'a str)];

/// The ways in which a call comes.
const BINDINGS: [&str; 4] = ["SOAP 1.1", "SOAP 1.2", "HTTP GET", "HTTP POST"];

/// Calls a method in one of the ways.
async fn call(served: &Served, binding: &str, service: &str, method: &str, given: Parameters<'_>) -> Said {
    let url = format!("{}/webservices/public/{}.asmx", served.freepay, service.to_lowercase());
    let namespace = format!("http://gw.freepay.dk/WebServices/Public/{service}");
    let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(given).finish();
    let elements: Vec<String> =
        given.iter().map(|(name, value)| format!("<{name}>{value}</{name}>")).collect();
    let elements = elements.join("");
    let body = format!("<{method} xmlns=\"{namespace}\">{elements}</{method}>");
    let envelope = |soap: &str| {
        format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"{soap}\"><s:Body>{body}</s:Body></s:Envelope>"
        )
    };
    let request = match binding {
        "SOAP 1.1" => served
            .client
            .post(url)
            .header("content-type", "text/xml; charset=utf-8")
            .header("soapaction", format!("\"{namespace}/{method}\""))
            .body(envelope("http://schemas.xmlsoap.org/soap/envelope/")),
        "SOAP 1.2" => served
            .client
            .post(url)
            .header("content-type", "application/soap+xml; charset=utf-8")
            .body(envelope("http://www.w3.org/2003/05/soap-envelope")),
        "HTTP GET" => served.client.get(format!("{url}/{method}?{form}")),
        _ => served
            .client
            .post(format!("{url}/{method}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form),
    };
    Said::to(request).await
}

#[tokio::test]
async fn every_method_answers_in_every_binding() {
    let served = Served::frozen().await;
    let mut story = String::new();
    for binding in BINDINGS {
        let transaction = paid(&served, binding).await.to_string();
        let refused = paid(&served, &format!("refused {binding}")).await.to_string();
        let deleted = paid(&served, &format!("deleted {binding}")).await.to_string();
        let sign_up = with(form(&format!("sub {binding}")), &[("Subscription", "1")]);
        let subscription = made(&served, &sign_up).await.to_string();
        queue(&served, &format!("refused {binding}"), "116").await;
        let date = if binding.starts_with("SOAP") { "2026-03-01T08:00:00" } else { "01-03-2026 08:00:00" };
        let management: [(&str, &str, Parameters<'_>); 11] = [
            ("QueryTransaction", &transaction, &[]),
            ("SetEarliestCapture", &transaction, &[("earliestCapture", date)]),
            ("WithholdForApproval", &transaction, &[]),
            ("ApproveTransaction", &transaction, &[]),
            ("ChangeCaptureAmount", &transaction, &[("amount", "1000")]),
            ("Capture", &refused, &[]),
            ("CaptureV2", &transaction, &[]),
            ("Credit", &transaction, &[("amount", "1")]),
            ("CreditV2", &transaction, &[("amount", "1")]),
            ("QueryTransaction", &transaction, &[]),
            ("DeleteTransaction", &deleted, &[]),
        ];
        let charge: Parameters<'_> = &[("amount", "100"), ("orderID", binding)];
        let in_euros = [charge, &[("currency", "978")]].concat();
        let subscriptions: [(&str, Parameters<'_>); 4] = [
            ("QuerySubscription", &[]),
            ("AuthorizeSubscription", charge),
            ("AuthorizeSubscription2", charge),
            ("AuthorizeSubscription3", &in_euros),
        ];
        let mut add = |method: &str, said: Said| {
            assert_eq!(said.status, 200, "{binding} {method}: {said:?}");
            let known =
                [(&transaction, "{transaction}"), (&refused, "{refused}"), (&subscription, "{subscription}")];
            let text = known.into_iter().fold(said.text, |text, (id, name)| text.replace(id.as_str(), name));
            story.push_str(&format!("##### {binding} {method}: {}\n{text}\n\n", said.kind));
        };
        for (method, id, more) in management {
            let given = [&[("transactionID", id), ("password", PASSWORD)], more].concat();
            add(method, call(&served, binding, "Management", method, &given).await);
        }
        for (method, more) in subscriptions {
            let given = [&[("subscriptionID", subscription.as_str()), ("password", PASSWORD)], more].concat();
            add(method, call(&served, binding, "SubscriptionManager", method, &given).await);
        }
    }
    snapshot("freepay", "bindings", &story);
}

#[tokio::test]
async fn names_of_parameters_and_paths_have_any_case() {
    let served = Served::frozen().await;
    let id = paid(&served, "7").await.to_string();
    for binding in BINDINGS {
        let given = [("PASSWORD", PASSWORD), ("TransactionId", id.as_str()), ("unknown", "x")];
        let said = call(&served, binding, "Management", "QueryTransaction", &given).await;
        assert_eq!((said.status, said.element("OrderID")), (200, "7"), "{binding}: {said:?}");
    }
    let url = format!("{}/WebServices/Public/Management.asmx/QueryTransaction", served.freepay);
    let said = Said::to(served.client.get(format!("{url}?transactionid={id}&password={PASSWORD}"))).await;
    assert_eq!(said.element("TransactionID"), id);
    // Below the control port, and with a password that has to be encoded.
    let password = "a&b <c>\u{e6}";
    served.post("freepay/merchants", json!({"number": super::MERCHANT, "password": password})).await;
    for binding in BINDINGS {
        let written = if binding.starts_with("SOAP") { "a&amp;b &lt;c>\u{e6}" } else { password };
        let given = [("transactionID", id.as_str()), ("password", written)];
        assert_eq!(
            call(&served, binding, "Management", "QueryTransaction", &given).await.status,
            200,
            "{binding}"
        );
    }
}

#[tokio::test]
async fn the_services_describe_themselves() {
    let served = Served::frozen().await;
    for (service, methods) in [("Management", 10), ("SubscriptionManager", 4)] {
        let base = format!("{}/webservices/public/{}.asmx", served.freepay, service.to_lowercase());
        let help = Said::to(served.client.get(&base)).await;
        assert_eq!(help.status, 200);
        assert!(help.text.contains(&format!("{service} Web Service")), "{help:?}");
        let wsdl = Said::to(served.client.get(format!("{base}?WSDL"))).await;
        assert_eq!((wsdl.status, wsdl.kind.as_str()), (200, "text/xml; charset=utf-8"));
        assert!(wsdl.text.contains(&format!("location=\"{base}\"")), "{wsdl:?}");
        for port in ["Soap", "Soap12", "HttpGet", "HttpPost"] {
            let operations = wsdl.text.split(&format!("<wsdl:portType name=\"{service}{port}\">")).nth(1);
            let operations = operations.and_then(|rest| rest.split("</wsdl:portType>").next()).unwrap_or("");
            let count = operations.matches("<wsdl:operation ").count();
            assert!(count == methods || port == "Soap12", "{service}{port}: {count} in {wsdl:?}");
        }
        assert_eq!(Said::to(served.client.get(format!("{base}?disco"))).await.status, 200);
        // Below the control port the address is the control port's.
        let base = format!("{}/freepay/webservices/public/{}.asmx", served.control, service.to_lowercase());
        let wsdl = Said::to(served.client.get(format!("{base}?wsdl"))).await;
        assert!(wsdl.text.contains(&format!("location=\"{base}\"")), "{wsdl:?}");
    }
}
