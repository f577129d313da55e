//! Whose requests are, and where they lead.

use bytes::Bytes;
use http::{HeaderMap, Method};

use super::*;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

#[test]
fn paths_are_found_in_any_case() {
    let service = |desk, rest: &str| Some(Place::Service(desk, rest.to_owned()));
    for (path, place) in [
        ("/integration/ewindow/Default.aspx", Some(Place::Window)),
        ("/Integration/EWINDOW/default.ASPX", Some(Place::Window)),
        ("/integration/ewindow/paymentwindow.js", Some(Place::Script)),
        ("/integration/paymentlogos/PaymentLogos.aspx", Some(Place::Logos)),
        ("/remote/payment.asmx", service(Desk::Payment, "")),
        ("/Remote/Payment.ASMX", service(Desk::Payment, "")),
        ("/remote/payment.asmx/capture", service(Desk::Payment, "/capture")),
        ("/remote/subscription.asmx", service(Desk::Subscription, "")),
        ("/remote/payment.asmxx", None),
        ("/remote/payment", None),
        ("/remote/other.asmx", None),
        ("/integration/ewindow/0123456789abcdef0123456789abcdef", Some(Place::Page(TOKEN.to_owned()))),
        ("/integration/ewindow/0123456789ABCDEF0123456789ABCDEF", Some(Place::Page(TOKEN.to_owned()))),
        ("/integration/ewindow/0123456789abcdef", None),
        ("/integration/ewindow/\u{e6}\u{f8}\u{e5}", None),
        ("/admin/", None),
        ("/", None),
    ] {
        assert_eq!(Place::at(path), place, "{path}");
    }
}

fn asks(path: &str, query: &str, body: &str) -> Vec<Claim> {
    claims(&Received {
        method: Method::POST,
        path: path.to_owned(),
        query: query.to_owned(),
        headers: HeaderMap::new(),
        body: Bytes::from(body.to_owned()),
    })
}

#[test]
fn a_merchant_is_found_in_query_form_and_envelope() {
    let merchant = || vec![Claim::Credential { kind: MERCHANT, value: "8008001".to_owned() }];
    let window = "/integration/ewindow/Default.aspx";
    let service = "/remote/payment.asmx";
    let envelope = |inner: &str| {
        format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><n:capture xmlns:n=\"x\">{inner}</n:capture></s:Body></s:Envelope>"
        )
    };
    assert_eq!(asks(window, "amount=1&merchantnumber=8008001", ""), merchant());
    assert_eq!(asks(window, "", "amount=1&MerchantNumber=8008001"), merchant());
    assert_eq!(
        asks(service, "op=capture", &envelope("<n:merchantnumber> 08008001\n</n:merchantnumber>")),
        merchant()
    );
    let both = "<n:transactionid>5</n:transactionid><n:merchantnumber>8008001</n:merchantnumber>";
    assert_eq!(asks(service, "", &envelope(both)), merchant());
    let transaction = vec![Claim::Id { table: Transaction::TABLE, id: 5 }];
    assert_eq!(asks(service, "", &envelope("<n:transactionid>5</n:transactionid>")), transaction);
    let subscription = vec![Claim::Id { table: Subscription::TABLE, id: 6 }];
    let charge = "<n:merchantnumber/><n:subscriptionid>6</n:subscriptionid>";
    assert_eq!(asks("/remote/subscription.asmx", "", &envelope(charge)), subscription);
    assert_eq!(asks(service, "WSDL", ""), []);
    assert_eq!(asks(service, "", "<"), []);
    assert_eq!(asks("/elsewhere", "merchantnumber=8008001", ""), []);
    assert_eq!(asks(&format!("/integration/ewindow/{TOKEN}"), "", ""), [Claim::Token(TOKEN.to_owned())]);
}
