//! The part of BRP's REST API that a shop needs around a payment, over HTTP.

mod logins;
mod refusals;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Served, link, location};

const BACK: &str = "http://127.0.0.1:3000/paid";
/// The root that all installations share, and an installation's own.
const ROOTS: [&str; 2] = ["apiserver", "brponline"];

/// The REST API below one root, as somebody who has logged in or not.
struct Api<'a> {
    served: &'a Served,
    base: String,
    token: Option<String>,
}

impl<'a> Api<'a> {
    fn anonymous(served: &'a Served, root: &str) -> Self {
        Self { served, base: format!("{}/{root}/api/ver3", served.brp), token: None }
    }

    async fn logged_in(served: &'a Served, root: &str) -> Self {
        let mut api = Self::anonymous(served, root);
        let login = json!({"username": "api-user", "password": "api-password"});
        let (status, login) = api.call(Method::POST, "auth/login", &login).await;
        assert_eq!(status, StatusCode::OK);
        api.token = Some(text(&login["access_token"]));
        api
    }

    async fn call(&self, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
        let request = self.served.client.request(method, format!("{}/{path}", self.base));
        let request = if body.is_null() { request } else { request.json(body) };
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let answer = request.send().await.expect("an answer");
        let (status, body) = (answer.status(), answer.text().await.expect("a body"));
        (status, serde_json::from_str(&body).unwrap_or(Value::Null))
    }

    async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.call(Method::GET, path, &Value::Null).await;
        assert_eq!(status, StatusCode::OK, "{path}: {answer}");
        answer
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.call(Method::POST, path, &body).await;
        assert_eq!(status, StatusCode::CREATED, "{path} {body}: {answer}");
        answer
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

fn length(list: &Value) -> usize {
    list.as_array().expect("a list").len()
}

#[tokio::test]
async fn an_order_holds_every_kind_of_item() {
    let served = Served::frozen().await;
    for root in ROOTS {
        let api = Api::anonymous(&served, root);
        let order = api.post("orders", json!({"businessUnit": 15, "externalId": root})).await;
        let path = format!("orders/{}", order["id"]);
        let participants = json!([{"firstName": "Bo", "lastName": "Ek"}, "Eva Al"]);
        let (start, born) = ("2026-03-02T10:00:00.000Z", "2001-02-03");
        for (kind, list, body, price) in [
            ("articles", "articleItems", json!({"articleProduct": 1, "quantity": 2}), 30_000),
            (
                "subscriptions",
                "subscriptionItems",
                json!({"subscriptionProduct": 7, "birthDate": born, "startDate": "2026-03-01"}),
                29_900,
            ),
            ("valuecards", "valueCardItems", json!({"valueCardProduct": 6, "amount": 50_000}), 50_000),
            ("events", "eventItems", json!({"event": 4, "participants": participants}), 24_000),
            ("services", "serviceItems", json!({"serviceProduct": 5, "start": start}), 20_000),
            ("entries", "entryItems", json!({"entryProduct": 9}), 8_000),
            ("packages", "packageItems", json!({"packageProduct": 10}), 99_000),
            ("groupactivities", "groupActivityItems", json!({"groupActivityItem": 11}), 9_000),
        ] {
            let order = api.post(&format!("{path}/items/{kind}"), body).await;
            assert_eq!(length(&order[list]), 1, "{kind}: {order}");
            assert_eq!(order[list][0]["price"]["amount"], price, "{kind}");
        }
        let order = api.get(&path).await;
        assert_eq!(order["price"], json!({"amount": 269_900, "currency": "SEK"}));
        assert_eq!(order["leftToPay"], order["price"]);
        assert_eq!(order["vatSums"][0]["amount"]["amount"], 53_980);
        assert_eq!(order["eventItems"][0]["participants"][1]["lastName"], "Al");
        let row = format!("{path}/items/events/{}", order["eventItems"][0]["id"]);
        let (status, order) = api.call(Method::DELETE, &row, &Value::Null).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(order["eventItems"], json!([]));
        assert_eq!(order["price"]["amount"], 245_900);
    }
}

#[tokio::test]
async fn a_customer_is_made_changed_and_read() {
    let served = Served::frozen().await;
    for root in ROOTS {
        let api = Api::logged_in(&served, root).await;
        let made = api
            .post(
                "customers",
                json!({
                    "customerType": 1, "businessUnit": 15, "firstName": "Bo", "lastName": "Ek",
                    "ssn": "20010203-1234", "birthDate": "2001-02-03", "sex": "male",
                    "shippingAddress": {
                        "street": "Ekvägen 2", "city": "Lund", "postalCode": 22_222,
                        "country": {"alpha2": "SE"},
                    },
                    "email": "bo@example.com",
                    "mobilePhone": {"number": "070-123 45 67", "countryCode": "+46"},
                }),
            )
            .await;
        assert_eq!(made["mobilePhone"], json!({"number": "0701234567", "countryCode": 46}));
        assert_eq!(made["shippingAddress"]["postalCode"], 22_222);
        let path = format!("customers/{}", made["id"]);
        let (status, changed) =
            api.call(Method::PUT, &path, &json!({"email": "bo.ek@example.com", "lastName": "Ekman"})).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(api.get(&path).await, changed);
        assert_eq!(changed["email"], "bo.ek@example.com");
        assert_eq!((&changed["firstName"], &changed["lastName"]), (&json!("Bo"), &json!("Ekman")));
        assert_eq!(changed["birthDate"], "2001-02-03");
        assert_eq!(changed["businessUnit"]["id"], 15);

        let order = api.post("orders", json!({"businessUnit": 15, "customer": made["id"]})).await;
        assert_eq!(order["customer"]["lastName"], "Ekman");
        let account = api.get("customers/68/customeraccounts").await;
        assert_eq!(account["debt"]["amount"], 35_000);
        assert_eq!(length(&account["unpaidItems"]), 10);
        let subscriptions = api.get("customers/67/subscriptions").await;
        assert!(length(&subscriptions) > 0);
        assert_eq!(subscriptions[0]["payer"]["id"], 67);
        assert_eq!(api.get(&format!("{path}/subscriptions")).await, json!([]));
        assert_eq!(api.get(&format!("{path}/consents/cards?company=1")).await, json!([]));
    }
}

#[tokio::test]
async fn the_methods_of_a_facility_are_those_that_can_pay_the_order() {
    let served = Served::frozen().await;
    for root in ROOTS {
        let api = Api::anonymous(&served, root);
        let units = api.get("businessunits").await;
        let unit = units.as_array().expect("a list").iter().find(|unit| unit["id"] == 15).expect("seeded");
        assert_eq!(unit["hasRegisterUnitForInternet"], true);
        let methods = async |query: &str| {
            let list = api.get(&format!("businessunits/15/paymentmethods{query}")).await;
            let ids = list.as_array().expect("a list").iter().map(|method| method["id"].as_u64());
            ids.map(|id| id.expect("a number")).collect::<Vec<_>>()
        };
        let all = methods("").await;
        assert!(all.contains(&102) && all.contains(&103) && all.contains(&105));
        assert!(!all.contains(&101), "not for the internet");
        assert_eq!(methods("?order=15").await, all);
        let anonymous = methods("?order=16").await;
        assert!(anonymous.contains(&100) && anonymous.contains(&102));
        assert!(!anonymous.contains(&103) && !anonymous.contains(&105), "nobody owes it");
        let recurring = json!({"subscriptionProduct": 2, "birthDate": "2001-02-03"});
        let order = api.post("orders", json!({"businessUnit": 15})).await;
        api.post(&format!("orders/{}/items/subscriptions", order["id"]), recurring).await;
        let cards = methods(&format!("?order={}", order["id"])).await;
        assert!(cards.contains(&100) && cards.contains(&109));
        assert!(cards.iter().all(|id| ![102, 103, 104, 105, 110].contains(id)), "{cards:?}");

        let settings = api.get("systemsettings").await;
        assert!(settings.as_array().expect("a list").iter().all(|setting| setting["key"].is_string()));
        let statuses = Api::logged_in(&served, root).await.get("orderstatuses").await;
        assert_eq!(statuses[0]["name"], "Skapad");
    }
}

#[tokio::test]
async fn links_of_every_kind_are_made_and_can_be_followed() {
    for root in ROOTS {
        // Some of the links debit what they are for.
        let served = Served::frozen().await;
        let api = Api::logged_in(&served, root).await;
        let payer = json!({"number": "070001234", "countryCode": 46});
        for (service, mut body, path) in [
            ("payment", json!({"order": 16}), "payfororder"),
            ("payment", json!({"order": 18, "paymentMethod": 100}), "payfororder"),
            ("payment", json!({"order": 20, "paymentMethod": 110}), "payfororder"),
            ("payment", json!({"order": 21, "paymentMethod": 104}), "payfororder"),
            ("payment", json!({"order": 24, "paymentMethod": 102, "payerAlias": payer}), "swish/payfororder"),
            ("payment", json!({"order": 15, "paymentMethod": 105}), "paywithcustomeraccount"),
            ("payment", json!({"order": 17, "paymentMethod": 103}), "brpinvoice"),
            ("payment", json!({"invoice": 15}), "payforinvoice"),
            ("confirmorder", json!({"order": 19}), "confirmorder"),
            ("registercardconsent", json!({"businessUnit": 15, "customer": 67}), "creatercpmandate"),
            ("payforcustomeraccount", json!({"customer": 68, "paymentMethod": 100}), "payforcustomeraccount"),
            (
                "payforcustomeraccount",
                json!({"customer": 68, "paymentMethod": 102, "payerAlias": payer}),
                "payforcustomeraccount",
            ),
        ] {
            body["returnUrl"] = json!(BACK);
            let made = api.post(&format!("services/generatelink/{service}"), body.clone()).await;
            let url = text(&made["url"]);
            let base = format!("{}external/payment/{path}?", served.base());
            assert!(url.starts_with(&base), "{body}: {url}");
            assert_eq!(url.contains("payeralias=4670001234"), !body["payerAlias"].is_null(), "{url}");
            let answer = served.get(&url).await;
            assert_eq!(answer.status(), StatusCode::FOUND, "{url}");
            let to = location(&answer);
            let leads = match path {
                // An article must be paid.
                "confirmorder" => to.ends_with("error=109"),
                "paywithcustomeraccount" => to.contains("receiptid=") && to.ends_with("error="),
                "brpinvoice" => to.contains("invoiceid=") && to.ends_with("error="),
                _ if body["paymentMethod"] == 102 => to.contains("/swish/"),
                _ => to.contains("/provider/"),
            };
            assert!(leads, "{url} leads to {to}");
        }
    }
}

#[tokio::test]
async fn a_link_is_the_one_that_a_shop_would_build() {
    let served = Served::frozen().await;
    let api = Api::anonymous(&served, "apiserver");
    let (back, emails) = (format!("{BACK}?a=å b"), ["b@x.se", "a@x.se"]);
    let body = json!({"order": 15, "paymentMethod": 100, "receiptEmail": emails, "returnUrl": back});
    let made = api.post("services/generatelink/payment", body).await;
    let built = link(
        &served.base(),
        &[
            ("orderid", "15"),
            ("returnurl", &back),
            ("paymentmethodid", "100"),
            ("receiptemail", emails[0]),
            ("receiptemail", emails[1]),
        ],
    );
    assert_eq!(made["url"], built);
    let journal = served.read("journal?order=15").await;
    assert_eq!(journal["entries"].as_array().map(Vec::len), Some(1));
    assert!(!journal.to_string().contains("SecretWord"), "the journal would give the secret away");
}

#[tokio::test]
async fn a_reserved_value_card_lowers_what_is_left_to_pay() {
    let served = Served::frozen().await;
    served.post("brp/valuecards", json!({"number": "123456789012", "balance": 10_000})).await;
    served.post("brp/valuecards", json!({"number": "ABCDEF1234567890", "balance": 8_000})).await;
    for (root, order) in ROOTS.into_iter().zip([16, 18]) {
        let api = Api::anonymous(&served, root);
        let path = format!("orders/{order}/valuecardreservations");
        let first = api.post(&path, json!({"valueCardNumber": "123456789012"})).await;
        assert_eq!((&first["amountUsed"], &first["amountLeft"]), (&json!(10_000), &json!(0)));
        let left = async || api.get(&format!("orders/{order}")).await["leftToPay"]["amount"].clone();
        assert_eq!(left().await, 5_000);
        let second = api.post(&path, json!({"valueCardNumber": "ABCDEF1234567890"})).await;
        assert_eq!((&second["amountUsed"], &second["amountLeft"]), (&json!(5_000), &json!(3_000)));
        assert_eq!(left().await, 0);
        assert_eq!(api.get(&path).await, json!([first, second]));
        let nothing = json!({"order": order, "returnUrl": BACK});
        let (status, refused) = api.call(Method::POST, "services/generatelink/payment", &nothing).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert_eq!(refused["errorCode"], "NOTHING_LEFT_TO_PAY");
        let (status, _) = api.call(Method::DELETE, &format!("{path}/{}", first["id"]), &Value::Null).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        assert_eq!(left().await, 7_000);
        assert_eq!(length(&api.get(&path).await), 1);
    }
}

#[tokio::test]
async fn invoices_are_read_by_get_and_by_post() {
    let served = Served::frozen().await;
    served.post("brp/invoices", json!({"id": 16, "state": "STATE_DONE", "rest": 0})).await;
    served.post("brp/invoices", json!({"id": 17, "deleted": true})).await;
    served.post("brp/invoices", json!({"id": 18, "state": "STATE_PENDING_SEND"})).await;
    for root in ROOTS {
        let api = Api::logged_in(&served, root).await;
        let list = api.get("customers/68/invoices").await;
        assert_eq!(length(&list), 9, "the deleted one is gone");
        for path in ["customers/68/invoices", "customers/68/invoices/18"] {
            let (status, posted) = api.call(Method::POST, path, &Value::Null).await;
            assert_eq!(status, StatusCode::OK);
            assert_eq!(posted, api.get(path).await);
        }
        for (query, expected) in [
            ("excludePaid=true", 8),
            ("excludeExported=true", 9),
            ("period.start=2026-03-01&period.end=2026-03-01", 9),
            ("period.end=2026-02-28", 0),
            ("period.start=2026-03-01T00%3A00%3A00.000Z", 9),
        ] {
            let list = api.get(&format!("customers/68/invoices?{query}")).await;
            assert_eq!(length(&list), expected, "{query}");
        }
        let invoice = api.get("customers/68/invoices/18").await;
        assert_eq!(invoice["totalAmount"], json!({"amount": 25_000, "currency": "SEK"}));
        assert_eq!(invoice["vat"], json!([{"amount": {"amount": 5_000, "currency": "SEK"}, "rate": "25"}]));
        assert_eq!(invoice["state"], "STATE_PENDING_SEND");
        assert_eq!(invoice["company"]["id"], 1);
    }
    let clock = json!({"milliseconds": 30 * 60 * 1000});
    served.control(Method::POST, "workspaces/default/clock/advance", clock).await;
    let api = Api::logged_in(&served, "apiserver").await;
    assert_eq!(api.get("customers/68/invoices/18").await["state"], "STATE_SENT");
}

#[tokio::test]
async fn receipts_are_listed_by_the_day() {
    let served = Served::frozen().await;
    served.post("brp/orders", json!({"id": 15, "price": 0})).await;
    let paid = served.get(&link(&served.base(), &[("orderid", "15"), ("returnurl", BACK)])).await;
    assert!(location(&paid).ends_with("&error="));
    for root in ROOTS {
        let api = Api::logged_in(&served, root).await;
        for (query, expected) in [
            ("", 1),
            ("?period.start=2026-03-01&period.end=2026-03-01", 1),
            ("?period.end=2026-02-28", 0),
            ("?period.start=2026-03-02", 0),
        ] {
            let list = api.get(&format!("customers/67/receipts{query}")).await;
            assert_eq!(length(&list), expected, "{query}");
        }
        let list = api.get("customers/67/receipts").await;
        let receipt = api.get(&format!("customers/67/receipts/{}", list[0]["id"])).await;
        assert_eq!(receipt["orders"][0]["id"], 15);
        assert_eq!(receipt["vatSums"], json!([]));
        let older = format!("{}/{root}/ver3/receipts/{}", served.brp, list[0]["id"]);
        let older = served.client.get(older).bearer_auth(api.token.as_deref().expect("a token"));
        let older: Value = older.send().await.expect("an answer").json().await.expect("JSON");
        assert_eq!(older, receipt);
    }
}
