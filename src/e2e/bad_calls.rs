//! Calls that no shop should make, and payers who go away: each has a defined result, and changes
//! nothing that should not change.

use provkassa::simulators::brp::endpoints::{ENDPOINTS, Endpoint, NEIGHBOURS, Purpose, endpoint};
use provkassa::simulators::kit::digest;
use reqwest::header::LOCATION;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Served, location};
use crate::walk::{BACK, Parameters, finish, link_to, open, press, seed};

/// A call with this query as it stands, signed over what BRP decodes of it: the first value of each
/// name.
fn signed(served: &Served, path: &str, query: &str) -> String {
    let endpoint = endpoint(path).expect("known");
    let mut pairs: Vec<(String, String)> = Vec::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()).into_owned() {
        let hashed = endpoint.parameter(&name).is_some() && name != "payeralias";
        if hashed && (name == "receiptemail" || !pairs.iter().any(|(known, _)| *known == name)) {
            pairs.push((name, value));
        }
    }
    pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
    let text: String = pairs.into_iter().map(|(_, value)| value).chain(["SecretWord".to_owned()]).collect();
    let hash = digest::hex(&digest::sha256(text.as_bytes()));
    let glue = if query.is_empty() { "" } else { "&" };
    format!("{}external/payment/{path}?{query}{glue}hash={hash}", served.base())
}

/// Every record.
async fn records(served: &Served) -> Value {
    served.read("snapshot").await["tables"].clone()
}

/// What an answer comes to: the code that goes back to the shop or stands on BRP's page, or where else
/// it leads.
async fn result(served: &Served, url: &str) -> String {
    let answer = served.get(url).await;
    if let Some(to) = answer.headers().get(LOCATION) {
        let to = to.to_str().expect("ASCII").to_owned();
        return match to.split_once("error=") {
            Some((_, code)) => format!("back {}", code.split('&').next().unwrap_or_default()),
            None => "to a page".to_owned(),
        };
    }
    let status = answer.status();
    let page = answer.text().await.expect("a body");
    let code = page.split("data-brp-error=\"").nth(1).and_then(|rest| rest.split('"').next());
    format!("{status} page {}", code.unwrap_or("none"))
}

#[tokio::test]
async fn ids_that_are_none_are_unknown() {
    let served = Served::frozen().await;
    let before = records(&served).await;
    let back = "returnurl=http%3A%2F%2F127.0.0.1%3A3000%2Fpaid";
    for (path, rest, name, code) in [
        ("payfororder", "", "orderid", "12"),
        ("swish/payfororder", "&payeralias=0701234567", "orderid", "12"),
        ("paywithcustomeraccount", "", "orderid", "12"),
        ("brpinvoice", "", "orderid", "12"),
        ("payforinvoice", "", "invoiceid", "300"),
        ("creatercpmandate", "&businessunitid=15", "personid", "103"),
        ("creatercpmandate", "&personid=67", "businessunitid", "100"),
        ("payfororder", "&orderid=15", "paymentmethodid", "10"),
    ] {
        for id in [
            "",
            "0",
            "-15",
            "1.5",
            "15x",
            "0x15",
            "%2015",
            "15%00",
            "%EF%BC%91%EF%BC%95",
            "2147483648",
            "9223372036854775808",
            "18446744073709551616",
            "99999999999999999999999999999999",
            "%FF",
            "15%",
            "%zz",
            "NaN",
        ] {
            let url = signed(&served, path, &format!("{name}={id}&{back}{rest}"));
            assert_eq!(result(&served, &url).await, format!("back {code}"), "{url}");
        }
    }
    assert_eq!(records(&served).await, before, "nothing was made");
}

#[tokio::test]
async fn of_a_parameter_that_comes_twice_the_first_counts() {
    let served = Served::frozen().await;
    let query = "orderid=15&orderid=16&returnurl=http%3A%2F%2F127.0.0.1%3A3000%2Fpaid&returnurl=http%3A%2F%2Fevil.example%2F";
    let url = format!("{}&hash=0", signed(&served, "payfororder", query));
    let page = location(&served.get(&url).await);
    let bank = press(&served, &page, &[("outcome", "cancel"), ("outcome", "approve")]).await;
    assert_eq!(location(&served.get(&bank).await), format!("{BACK}?receiptid=&error=205"));
    let warned = served.get(&url).await;
    let warnings: Vec<_> = warned.headers().get_all("provkassa-warning").iter().collect();
    assert_eq!(warnings.len(), 3, "{warnings:?}");
}

#[tokio::test]
async fn nobody_is_sent_where_a_browser_should_not_go() {
    let served = Served::frozen().await;
    for returnurl in [
        "javascript%3Aalert(1)",
        "data%3Atext%2Fhtml%2Cx",
        "%2F%2Fevil.example%2F",
        "%2Fpaid",
        "paid",
        "ftp%3A%2F%2Fshop.example%2F",
        "http%3A%2F%2F",
        "http%3A%2F",
        "",
        "http%3A%2F%2F127.0.0.1%3A3000%2Fpaid%0D%0ASet-Cookie%3A%20a%3Db",
        "http%3A%2F%2F127.0.0.1%3A3000%2Fpaid%0A",
        "http%3A%2F%2F127.0.0.1%3A3000%2F%00",
        "%09http%3A%2F%2F127.0.0.1%3A3000%2Fpaid",
        "http%3A%2F%2F127.0.0.1%3A3000%2F%C2%85paid",
        "http%3A%2F%2F%20%2Fpaid",
        "http%3A%2F%2Fshop.example%3A99999%2F",
    ] {
        // The hash is right, so the payment goes on; at the end there is nowhere to return to.
        let url = signed(&served, "payfororder", &format!("orderid=15&returnurl={returnurl}"));
        let page = location(&served.get(&url).await);
        assert!(page.contains("/provider/"), "{url}");
        let bank = press(&served, &page, &[("outcome", "cancel")]).await;
        assert_eq!(result(&served, &bank).await, "200 OK page 205", "{url}");
        // A wrong hash must not send anybody there either.
        let wrong = url.replace("hash=", "hash=0");
        assert_eq!(result(&served, &wrong).await, "200 OK page 400", "{wrong}");
        let mandate = signed(
            &served,
            "creatercpmandate",
            &format!("personid=67&businessunitid=999&returnurl={returnurl}"),
        );
        assert_eq!(result(&served, &mandate).await, "200 OK page 100", "{mandate}");
    }
    assert_eq!(served.read("brp/receipts").await, json!([]));
}

#[tokio::test]
async fn bytes_that_are_no_text_are_never_a_crash() {
    let served = Served::frozen().await;
    let base = format!("{}external/payment/", served.base());
    let many = "a=b&".repeat(4_000);
    for (path, query, expected) in [
        ("payfororder", "", "200 OK page 400"),
        ("payfororder", "hash=", "200 OK page 400"),
        ("payfororder", "%FF=%FE&hash=%00", "200 OK page 400"),
        ("payfororder", "&&&===&?%%%", "200 OK page 400"),
        ("payfororder", "orderid=15&returnurl=http%3A%2F%2F127.0.0.1%3A3000%2F%E5&hash=0", "back 400"),
        ("swish/payfororder", "payeralias=%F0%9F%93%B1&hash=1", "200 OK page 400"),
        ("payforinvoice", many.as_str(), "200 OK page 400"),
        ("updatercpmandate", "hash=ffff", "200 OK page 400"),
        ("confirmorder", "hash=ffff", "200 OK page 400"),
    ] {
        let shown: String = query.chars().take(80).collect();
        assert_eq!(result(&served, &format!("{base}{path}?{query}")).await, expected, "{path}?{shown}");
    }
    for path in [
        "provider/none",
        "provider/%00",
        "swish/none",
        "swish/none/status",
        "agreement/none",
        "agreement/%FF",
    ] {
        let status = served.get(&format!("{}{path}", served.base())).await.status();
        assert!(status == StatusCode::OK || status.is_client_error(), "{path}: {status}");
    }
    let link = link_to(&served, &ENDPOINTS[0], &vec![("orderid", "15".to_owned())]);
    for method in [Method::HEAD, Method::POST, Method::PUT, Method::DELETE] {
        let answer = served.client.request(method.clone(), &link).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{method}");
    }
    assert_eq!(served.read("brp/attempts").await, json!([]), "none of these begins a payment");
}

fn visited() -> impl Iterator<Item = &'static Endpoint> {
    ENDPOINTS.iter().chain(NEIGHBOURS).filter(|endpoint| endpoint.purpose.visits())
}

async fn subject(served: &Served, endpoint: &Endpoint) -> Parameters {
    match endpoint.purpose {
        Purpose::PayInvoice => vec![("invoiceid", seed(served, "invoices", json!({"rest": 12_300})).await)],
        Purpose::CreateMandate => vec![("personid", "67".to_owned()), ("businessunitid", "15".to_owned())],
        Purpose::PayAccount => {
            vec![("customerid", "68".to_owned()), ("paymentmethodid", "100".to_owned())]
        }
        _ => vec![
            ("orderid", seed(served, "orders", json!({"price": 12_300})).await),
            ("payeralias", "0701234567".to_owned()),
        ],
    }
}

/// Everything that a payment books.
async fn booked(served: &Served) -> Value {
    let mut tables = records(served).await;
    let fields = tables.as_object_mut().expect("tables");
    fields.remove("brp.attempts");
    tables
}

#[tokio::test]
async fn a_payer_who_closes_the_page_has_changed_nothing() {
    let served = Served::frozen().await;
    for endpoint in visited() {
        let mut parameters = subject(&served, endpoint).await;
        parameters.retain(|(name, _)| endpoint.parameter(name).is_some());
        let link = link_to(&served, endpoint, &parameters);
        let before = booked(&served).await;

        // Gone before the page is there, and with the page open.
        open(&served, endpoint, &link).await.page();
        let page = open(&served, endpoint, &link).await.page();
        assert_eq!(served.get(&page).await.status(), StatusCode::OK);
        assert_eq!(booked(&served).await, before, "{}: looking", endpoint.path);

        // Gone on the way back to BRP: the provider has taken the money, BRP does not know yet.
        let lost = press(&served, &page, &[("outcome", "approve")]).await;
        assert_eq!(booked(&served).await, before, "{}: not back yet", endpoint.path);

        // Back on the next day, with a page that nobody answers any more.
        let stale = open(&served, endpoint, &link).await.page();
        served.post("clock/advance", json!({"milliseconds": 24 * 3_600_000})).await;
        let end = finish(&served, endpoint, &stale, &[("outcome", "approve")]).await;
        assert_eq!(end.code, "201", "{}: too late", endpoint.path);
        assert_eq!(booked(&served).await, before, "{}: too late", endpoint.path);

        // Begins again, and gets through; then the lost way back is found.
        let page = open(&served, endpoint, &link).await.page();
        assert_eq!(finish(&served, endpoint, &page, &[("outcome", "approve")]).await.code, "");
        let paid = booked(&served).await;
        assert_ne!(paid, before);
        let again = result(&served, &lost).await;
        match endpoint.purpose {
            // The same card once more; the mandate is updated.
            Purpose::CreateMandate => assert_eq!(again, "back "),
            Purpose::PayInvoice => assert_eq!(again, "back 303"),
            Purpose::PayAccount => assert_eq!(again, "back 202"),
            _ => assert_eq!(again, "back 203"),
        }
        assert_eq!(booked(&served).await, paid, "{}: paid once", endpoint.path);
    }
}
