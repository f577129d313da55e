//! Forms made by the adapters in Node, Python and PHP end in paid orders and subscriptions, in a real browser; and what
//! the web services say of them then is read by all three.

use fantoccini::{Client, Locator};
use serde_json::{Value, json};

use super::{MERCHANT, PASSWORD};
use crate::adapters::{NODE, PHP, PYTHON, Running, unanimous};
use crate::driver::{self, Driver, click, post, text};
use crate::support::Served;

const MANAGEMENT: &str = "webservices/public/management.asmx";
const SUBSCRIPTION_MANAGER: &str = "webservices/public/subscriptionmanager.asmx";

/// An order of the shop's: a payment, or a subscription.
struct Order {
    number: String,
    kind: &'static str,
    minor: i64,
}

impl Order {
    fn payment(number: String) -> Self {
        Self { number, kind: "payment", minor: 12_550 }
    }

    fn subscription(number: String) -> Self {
        Self { number, kind: "subscription", minor: 0 }
    }

    /// What a shop's code knows of it.
    fn known(&self, more: &Value) -> Value {
        let mut known = json!({
            "merchant": MERCHANT, "order": self.number, "amount": {"minor": self.minor, "currency": "DKK"},
        });
        let fields = known.as_object_mut().expect("an object");
        fields.extend(more.as_object().expect("an object").clone());
        known
    }
}

/// A call by plain HTTP; its status and its body.
async fn call(served: &Served, service: &str, method: &str, fields: &[(&str, &str)]) -> (u16, String) {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .append_pair("password", PASSWORD)
        .finish();
    let answer = served.get(&format!("{}/{service}/{method}?{query}", served.freepay)).await;
    (answer.status().as_u16(), answer.text().await.expect("a body"))
}

/// A call that goes well; its answer.
async fn ok(served: &Served, service: &str, method: &str, fields: &[(&str, &str)]) -> String {
    let (status, body) = call(served, service, method, fields).await;
    assert_eq!(status, 200, "{method}: {body}");
    body
}

/// The text of an element.
fn element<'a>(xml: &'a str, name: &str) -> &'a str {
    let found =
        xml.split_once(&format!("<{name}>")).and_then(|(_, rest)| rest.split_once(&format!("</{name}>")));
    found.unwrap_or_else(|| panic!("no {name} in {xml}")).0
}

/// Opens the page with the form that an adapter makes.
async fn open(served: &Served, browser: &Client, adapter: &mut Running, order: &Order) {
    let reply = adapter.ask(order.known(&json!({
        "op": "freepay.form", "makes": order.kind,
        "page": format!("{}/paymentpage", served.freepay),
        "accept": format!("{}/_sim/return?went=well", served.control),
        "decline": format!("{}/_sim/return?went=ill", served.control),
        "param": "a b&c=\u{e5}", "password": PASSWORD,
    })));
    let form = &reply["answer"];
    assert_eq!(form["method"], "POST", "{reply}");
    let fields = form["fields"].as_array().expect("fields").iter();
    let fields: Vec<_> =
        fields.map(|pair| (pair[0].as_str().expect("a name"), pair[1].as_str().expect("a value"))).collect();
    post(browser, form["action"].as_str().expect("an address"), &fields).await;
}

/// Types a card and goes on; where the payer comes back.
async fn pay(browser: &Client, number: &str) -> url::Url {
    for (css, typed) in [("#cardnumber", number), ("#month", "12"), ("#year", "30"), ("#cvc", "123")] {
        let field = browser.wait().for_element(Locator::Css(css)).await.expect("a field");
        field.send_keys(typed).await.expect("typed");
    }
    click(browser, "[data-page=card] [data-outcome=approve]").await;
    text(browser, "[data-page=returned]").await;
    browser.current_url().await.expect("a URL")
}

fn value(url: &url::Url, wanted: &str) -> String {
    let found = url.query_pairs().find(|(name, _)| name == wanted);
    found.unwrap_or_else(|| panic!("{url} has no {wanted}")).1.into_owned()
}

/// What each adapter makes of a return: all say the same.
fn read(verifiers: &mut [Running], order: &Order, expects: &str, url: &url::Url, more: &Value) -> Value {
    let mut message = order.known(more);
    message["op"] = json!("freepay.return");
    message["expects"] = json!(expects);
    message["url"] = json!(url.as_str());
    unanimous(verifiers, &message)
}

#[tokio::test]
async fn forms_of_three_languages_end_in_payments_that_are_checked_and_captured() {
    if !driver::there() {
        return;
    }
    let served = Served::frozen().await;
    let mut verifiers: Vec<_> = [NODE, PYTHON, PHP].into_iter().filter_map(Running::start).collect();
    let driver = Driver::start();
    let browser = driver.browser(false).await;
    for (place, shipped) in [NODE, PYTHON, PHP].into_iter().enumerate() {
        let Some(mut adapter) = Running::start(shipped) else { continue };
        let order = Order::payment(format!("0042-{place}"));
        open(&served, &browser, &mut adapter, &order).await;
        assert!(text(&browser, "[data-amount]").await.contains("125,50"));
        let url = pay(&browser, "4571 9900 0000 0000").await;
        let names: Vec<_> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
        assert_eq!(names, ["went", "transact", "OrderNumber", "Param"]);
        assert_eq!(
            (value(&url, "went"), value(&url, "OrderNumber")),
            ("well".to_owned(), order.number.clone())
        );
        assert_eq!(value(&url, "Param"), "a b&c=\u{e5}");

        // The shop asks the service, since anybody can open the accept URL.
        let transact = value(&url, "transact");
        let id = [("transactionID", transact.as_str())];
        let view = ok(&served, MANAGEMENT, "QueryTransaction", &id).await;
        let answered = |used: &str| json!({"status": 200, "answer": view, "used": used});
        let approved = json!({"outcome": "approved", "transact": transact, "reason": null});
        assert_eq!(read(&mut verifiers, &order, "payment", &url, &answered("1 2")), approved);
        assert_eq!(read(&mut verifiers, &order, "payment", &url, &answered(&transact)), "rejected");
        let dear = Order { minor: 99_900, number: order.number.clone(), ..order };
        assert_eq!(read(&mut verifiers, &dear, "payment", &url, &answered("")), "rejected");
        let mut made_up = url.clone();
        made_up.set_query(Some(&format!("transact=7&OrderNumber={}", order.number)));
        let (status, why) = call(&served, MANAGEMENT, "QueryTransaction", &[("transactionID", "7")]).await;
        let failed = json!({"status": status, "answer": why, "used": ""});
        assert_eq!(read(&mut verifiers, &order, "payment", &made_up, &failed), "rejected");

        assert_eq!(element(&view, "IsCaptured"), "false");
        let captured = ok(&served, MANAGEMENT, "CaptureV2", &id).await;
        assert_eq!(
            (element(&captured, "IsSuccess"), element(&captured, "AcquirerStatusCode")),
            ("true", "0")
        );
        let view = ok(&served, MANAGEMENT, "QueryTransaction", &id).await;
        assert_eq!((element(&view, "IsCaptured"), element(&view, "CaptureAmount")), ("true", "12550"));
    }
    browser.close().await.expect("closed");
}

#[tokio::test]
async fn a_subscription_is_signed_up_and_drawn_with_and_a_bad_card_is_declined() {
    if !driver::there() {
        return;
    }
    let served = Served::frozen().await;
    let mut verifiers: Vec<_> = [NODE, PYTHON, PHP].into_iter().filter_map(Running::start).collect();
    let Some(mut adapter) = Running::start(PHP) else { return };
    let driver = Driver::start();
    let browser = driver.browser(false).await;
    let order = Order::subscription("gym-7".to_owned());
    open(&served, &browser, &mut adapter, &order).await;
    let url = pay(&browser, "4571 9900 0000 0000").await;
    let subscription = value(&url, "transact");
    let id = [("subscriptionID", subscription.as_str())];
    let view = ok(&served, SUBSCRIPTION_MANAGER, "QuerySubscription", &id).await;
    let answered = json!({"status": 200, "answer": view, "used": ""});
    let approved = json!({"outcome": "approved", "transact": subscription, "reason": null});
    assert_eq!(read(&mut verifiers, &order, "subscription", &url, &answered), approved);

    // Nothing was drawn; what is drawn now is a transaction of its own.
    let charge = [id[0], ("amount", "9900"), ("orderID", "gym-7-march")];
    let drawn = ok(&served, SUBSCRIPTION_MANAGER, "AuthorizeSubscription2", &charge).await;
    assert_eq!((element(&drawn, "IsSuccess"), element(&drawn, "ErrorCode")), ("true", "0"));
    let transaction = element(&drawn, "TransactionID");
    assert_ne!(transaction, subscription);
    let id = [("transactionID", transaction)];
    let captured = ok(&served, MANAGEMENT, "Capture", &id).await;
    assert!(captured.contains("<IsSuccess>true</IsSuccess>"), "{captured}");
    let view = ok(&served, MANAGEMENT, "QueryTransaction", &id).await;
    let seen = ["OrderID", "AuthorizationAmount", "IsCaptured"].map(|name| element(&view, name));
    assert_eq!(seen, ["gym-7-march", "9900", "true"]);

    // The last digits are the reason.
    let order = Order::payment("7".to_owned());
    open(&served, &browser, &mut adapter, &order).await;
    let url = pay(&browser, "4571 9900 0000 0116").await;
    assert_eq!((value(&url, "went").as_str(), value(&url, "reason").as_str()), ("ill", "116"));
    let nothing = json!({"status": 0, "answer": "", "used": ""});
    let declined = json!({"outcome": "declined", "transact": null, "reason": "116"});
    assert_eq!(read(&mut verifiers, &order, "decline", &url, &nothing), declined);
    browser.close().await.expect("closed");
}
