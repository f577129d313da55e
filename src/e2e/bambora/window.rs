//! What payers do in the window, and what becomes of it.

use provkassa::simulators::bambora::codes::codes;
use reqwest::Method;
use serde_json::{Value, json};

use super::order::{Order, pass, pay, queue, records, shown, value_of, verified, warnings};
use crate::support::{Served, location};

const GOOD: &str = "3333333333333000";

#[tokio::test]
async fn a_payment_goes_from_the_shops_form_and_back_once() {
    let served = Served::frozen().await;
    let order = Order::new("A1").with("accepturl", "http://127.0.0.1:1/ok?own=a%20b&x=%C3%A6#top");
    let url = format!("{}/integration/ewindow/default.ASPX", served.bambora);
    let form = served.client.post(&url).header("content-type", "application/x-www-form-urlencoded");
    let page = location(&form.body(order.text()).send().await.expect("an answer"));
    let (status, form) = shown(served.get(&page).await).await;
    assert_eq!(status, 200);
    for part in
        ["99,95 DKK", "cc-number", "cc-exp-month", "cc-exp-year", "cc-csc", "data-signature=\"right\""]
    {
        assert!(form.contains(part), "{part}: {form}");
    }
    let back = location(&pay(&served, &page, "4444 4444 4444 4000").await);
    let (told, hash) = back.split_once("&hash=").expect("a hash");
    let (hash, fragment) = hash.split_once('#').expect("a fragment");
    assert_eq!(fragment, "top");
    verified(&format!("{told}&hash={hash}"));
    let id = value_of(&back, "txnid");
    assert_eq!(
        told,
        format!(
            "http://127.0.0.1:1/ok?own=a%20b&x=%C3%A6&txnid={id}&orderid=A1&amount=9995&currency=208&date=20260301&time=1300&txnfee=0&paymenttype=1&cardno=444444XXXXXX4000"
        )
    );
    // A reload, another tab and the button pressed twice pay nothing more.
    for answer in [served.get(&page).await, pay(&served, &page, GOOD).await] {
        let (status, shown) = shown(answer).await;
        assert!(status == 200 && shown.contains("data-result=\"paid\"") && shown.contains(&id), "{shown}");
    }
    let kept = records(&served, "transactions").await;
    assert_eq!(kept.len(), 1);
    assert_eq!((&kept[0]["order"], &kept[0]["status"]), (&json!("A1"), &json!("PAYMENT_NEW")));
}

#[tokio::test]
async fn a_refusal_stays_in_the_window_and_the_payer_tries_again() {
    let served = Served::start(&[]).await;
    let page = Order::new("A1").page(&served).await;
    let problem = async |fields: &[(&str, &str)]| {
        let (status, page) = shown(served.submit(&page, fields).await).await;
        assert_eq!(status, 422, "{page}");
        page.split("data-error=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .expect("an error")
            .to_owned()
    };
    let card = |number, month, year, cvc| {
        [("cardnumber", number), ("expmonth", month), ("expyear", year), ("cvc", cvc)]
    };
    for (number, month, year, cvc, error) in [
        ("33333", "12", "39", "123", "cardnumber"),
        ("3333x33333333000", "12", "39", "123", "cardnumber"),
        (GOOD, "13", "39", "123", "expmonth"),
        (GOOD, "12", "209", "123", "expyear"),
        (GOOD, "12", "39", "12", "cvc"),
        (GOOD, "1", "20", "123", "101"),
        ("4111111111111111", "12", "39", "123", "-1018"),
        ("3333333333333102", "12", "2039", "123", "102"),
        ("4571990000001014", "12", "39", "123", "-1014"),
    ] {
        assert_eq!(problem(&card(number, month, year, cvc)).await, error);
    }
    assert_eq!(problem(&[("outcome", "decline")]).await, "100");
    assert_eq!(problem(&[("test", "5555555555555118")]).await, "118");
    let (_, again) = shown(pay(&served, &page, "33").await).await;
    assert!(again.contains("value=\"39\"") && !again.contains("value=\"123\""), "{again}");
    assert!(records(&served, "transactions").await.is_empty());
    location(&pay(&served, &page, GOOD).await);
    // In the shop's own words, and in Danish.
    let page = Order::new("A2").with("declinetext", "Ring til os <3").page(&served).await;
    assert!(shown(pay(&served, &page, "3333333333333116").await).await.1.contains("Ring til os &#60;3"));
    let page = Order::new("A3").with("language", "1").page(&served).await;
    let danish = shown(pay(&served, &page, "3333333333333116").await).await.1;
    assert!(danish.contains("<html lang=\"da\">") && danish.contains("Betal 99,95 DKK"), "{danish}");
    let page = Order::new("A5").with("language", "7").page(&served).await;
    let german = shown(pay(&served, &page, "3333333333333116").await).await.1;
    let text = codes().iter().find(|code| code.code == "116").expect("a code").text.as_str();
    assert!(german.contains("data-error=\"116\"") && !german.contains(text), "{german}");
    assert!(german.contains("asked for in German"), "{german}");
    let page = Order::new("A4").with("language", "3").page(&served).await;
    assert!(shown(served.get(&page).await).await.1.contains("asked for in Swedish"));
}

#[tokio::test]
async fn only_the_types_that_the_shop_wants_may_pay() {
    let served = Served::start(&[]).await;
    let page = Order::new("A1").with("paymenttype", "4,29").page(&served).await;
    let (status, refused) = shown(pay(&served, &page, GOOD).await).await;
    assert!(status == 422 && refused.contains("data-error=\"-1010\""), "{refused}");
    // Nothing typed is the test card that fits.
    let back = location(&served.submit(&page, &[("outcome", "approve")]).await);
    assert_eq!(value_of(&back, "paymenttype"), "4");
    // Without a card there is no card's number.
    let page = Order::new("A2")
        .with("paymentcollection", "4")
        .with("lockpaymentcollection", "1")
        .page(&served)
        .await;
    let (_, list) = shown(served.get(&page).await).await;
    assert!(list.contains("data-method=\"29\"") && !list.contains("data-method=\"14\""), "{list}");
    let method = format!("{page}?method=29");
    assert!(shown(served.get(&method).await).await.1.contains("MobilePay Online"));
    let press = async |method: &str, outcome: &str| {
        served.submit(&page, &[("method", method), ("outcome", outcome)]).await
    };
    assert_eq!(press("29", "decline").await.status(), 422);
    assert!(shown(press("14", "approve").await).await.1.contains("data-error=\"-1010\""));
    assert!(shown(pay(&served, &page, GOOD).await).await.1.contains("data-error=\"-1010\""));
    let back = location(&press("29", "approve").await);
    assert!(value_of(&back, "paymenttype") == "29" && !back.contains("cardno="), "{back}");
    verified(&back);
}

#[tokio::test]
async fn who_gives_up_goes_to_the_cancel_url_and_may_come_back() {
    let served = Served::start(&[]).await;
    let page = Order::new("A1").with("cancelurl", "http://127.0.0.1:1/no?x=1").page(&served).await;
    let cancel = [("outcome", "cancel")];
    let gone = location(&served.submit(&page, &cancel).await);
    assert_eq!(gone, "http://127.0.0.1:1/no?x=1&orderid=A1&error=-5516");
    location(&pay(&served, &page, GOOD).await);
    let page = Order::new("A2").without("cancelurl").page(&served).await;
    let (status, shown_page) = shown(served.submit(&page, &cancel).await).await;
    assert!(status == 200 && shown_page.contains("data-result=\"cancelled\""), "{shown_page}");
    // In a frame the page leads out of it.
    let page = Order::new("A3").with("windowstate", "2").page(&served).await;
    let framed = served.submit(&page, &[("outcome", "cancel"), ("framed", "1")]).await;
    let policy = framed.headers()["content-security-policy"].to_str().expect("text").to_owned();
    assert!(!policy.contains("frame-ancestors"), "{policy}");
    let left = framed.text().await.expect("a page");
    assert!(left.contains("data-event=\"close\"") && left.contains("orderid=A3&#38;error=-5516"), "{left}");
    let paid = served.submit(&page, &[("outcome", "approve"), ("framed", "1")]).await;
    assert!(paid.text().await.expect("a page").contains("data-event=\"completed\""));
    // Only what is meant for frames may be framed.
    let whole = served.get(&Order::new("A4").page(&served).await).await;
    let policy = whole.headers()["content-security-policy"].to_str().expect("text");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
}

#[tokio::test]
async fn two_tabs_share_an_orders_window_and_strangers_do_not_share_a_link() {
    let served = Served::start(&[]).await;
    let order = Order::new("A1");
    let (one, other) = (order.page(&served).await, order.page(&served).await);
    assert_eq!(one, other);
    assert_ne!(order.clone().with("language", "1").page(&served).await, one, "it is asked for otherwise");
    location(&pay(&served, &one, GOOD).await);
    assert!(shown(pay(&served, &other, GOOD).await).await.1.contains("data-result=\"paid\""));
    let anybodys = Order::new("A2").without("orderid");
    let (one, other) = (anybodys.page(&served).await, anybodys.page(&served).await);
    assert_ne!(one, other);
    for page in [one, other] {
        assert!(location(&pay(&served, &page, GOOD).await).contains("&orderid=&amount=9995&"));
    }
    assert_eq!(records(&served, "transactions").await.len(), 3);
}

#[tokio::test]
async fn the_receipt_is_epays_or_the_shops() {
    let served = Served::start(&[]).await;
    for (own, accept) in [("0", true), ("", true), ("1", false)] {
        let order = Order::new("A1").with("ownreceipt", own);
        let order = if accept { order } else { order.without("accepturl") };
        let page = order.page(&served).await;
        let (status, receipt) = shown(pay(&served, &page, GOOD).await).await;
        assert!(status == 200 && receipt.contains("data-result=\"paid\""), "{receipt}");
        assert_eq!(receipt.contains("data-go"), accept, "{receipt}");
        assert_eq!(receipt.contains("&#38;hash="), accept, "{receipt}");
    }
}

#[tokio::test]
async fn a_windows_time_goes_by() {
    let served = Served::frozen().await;
    let over = async |page: &str| {
        let (status, shown) = shown(pay(&served, page, GOOD).await).await;
        assert!(status == 200 && shown.contains("error=-55"), "{shown}");
        shown.split("data-error=\"").nth(1).map(|rest| rest[..5].to_owned()).expect("an error")
    };
    let page = Order::new("A1").with("timeout", "3").page(&served).await;
    pass(&served, 179).await;
    served.get(&page).await;
    pass(&served, 1).await;
    assert_eq!(over(&page).await, "-5514");
    // Without a time of its own: twenty minutes in which nobody does anything.
    let order = Order::new("A2");
    let page = order.page(&served).await;
    pass(&served, 19 * 60).await;
    served.get(&page).await;
    pass(&served, 19 * 60).await;
    assert_eq!(order.page(&served).await, page, "who opens it again comes to the same window");
    served.get(&page).await;
    pass(&served, 20 * 60).await;
    assert_eq!(over(&page).await, "-5509");
    let next = order.page(&served).await;
    assert_ne!(next, page);
    location(&pay(&served, &next, GOOD).await);
    let states: Vec<_> =
        records(&served, "windows").await.iter().map(|window| window["state"].clone()).collect();
    assert_eq!(states, ["over", "over", "paid"]);
}

#[tokio::test]
async fn what_is_queued_decides_before_the_payer_does() {
    let served = Served::start(&[]).await;
    queue(&served, "A1", &["116", "cancel", "approve"]).await;
    let page = Order::new("A1").page(&served).await;
    // Who only looks at a link does not follow it.
    let head = served.client.request(Method::HEAD, &page).send().await.expect("an answer");
    assert_eq!(head.status(), 405);
    let (status, refused) = shown(served.get(&page).await).await;
    assert!(status == 422 && refused.contains("data-error=\"116\""), "{refused}");
    assert!(location(&served.get(&page).await).ends_with("error=-5516"));
    verified(&location(&served.get(&page).await));
    for (outcome, end) in [
        ("expire", "data-error=\"-5514\""),
        ("-5511", "data-error=\"-5511\""),
        ("-2002", "data-error=\"-2002\""),
    ] {
        queue(&served, outcome, &[outcome]).await;
        let page = Order::new("q").with("orderid", outcome).page(&served).await;
        let (_, shown_page) = shown(served.get(&page).await).await;
        assert!(shown_page.contains(end), "{outcome}: {shown_page}");
    }
    queue(&served, "A2", &["4121"]).await;
    let page = Order::new("A2").page(&served).await;
    assert_eq!(location(&served.get(&page).await), "http://127.0.0.1:1/no?orderid=A2&error=4121");
}

#[tokio::test]
async fn every_code_can_be_queued_for_the_window() {
    let served = Served::start(&[]).await;
    for code in codes() {
        let order = format!("q{}", code.code.trim_start_matches('-'));
        queue(&served, &order, &[&code.code]).await;
        let answer = served.get(&Order::new(&order).page(&served).await).await;
        if answer.status().is_redirection() {
            let back = location(&answer);
            let approved = matches!(code.code.as_str(), "-1" | "0" | "60" | "61" | "63" | "900" | "901");
            assert_eq!(back.contains("txnid="), approved, "{}: {back}", code.code);
            assert!(approved || back.ends_with(&format!("error={}", code.code)), "{}: {back}", code.code);
        } else {
            let page = answer.text().await.expect("a page");
            assert!(page.contains(&format!("data-error=\"{}\"", code.code)), "{}: {page}", code.code);
        }
    }
}

#[tokio::test]
async fn the_control_api_presses_the_buttons() {
    let served = Served::start(&[]).await;
    let press = async |payment: &str, outcome: &str| -> Value {
        let body = json!({"provider": "bambora", "outcome": outcome});
        served.post(&format!("payments/{payment}/outcome"), body).await
    };
    let page = Order::new("A1").page(&served).await;
    let declined = press("A1", "116").await;
    assert_eq!((&declined["state"], &declined["error"]), (&json!("open"), &json!("116")));
    let left = press("A1", "cancel").await;
    assert_eq!(left["location"], "http://127.0.0.1:1/no?orderid=A1&error=-5516");
    let token = page.rsplit('/').next().expect("a token");
    let paid = press(token, "approve").await;
    verified(paid["location"].as_str().expect("an address"));
    assert_eq!(records(&served, "windows").await[0]["state"], "paid");
    Order::new("A2").page(&served).await;
    assert_eq!(press("A2", "expire").await["error"], "-5514");
    for (payment, outcome, status) in
        [("A1", "approve", 409), ("nobody", "approve", 404), ("A2", "7", 400), ("A2", "decline", 409)]
    {
        let url = format!("{}/_sim/v1/workspaces/default/payments/{payment}/outcome", served.control);
        let body = json!({"provider": "bambora", "outcome": outcome});
        let answer = served.client.post(&url).json(&body).send().await.expect("an answer");
        assert_eq!(answer.status(), status, "{payment} {outcome}");
    }
}

#[tokio::test]
async fn the_terms_reach_the_transaction_and_the_return() {
    let served = Served::start(&[]).await;
    served.set("bambora.fee_basis_points", "145").await;
    served.set("bambora.fraud_fighter", "on").await;
    let order = Order::new("A1").with("amount", "10000").with("currency", "EUR").with("instantcapture", "1");
    let order = order.with("splitpayment", "1").with("group", "spring").with("description", "A bike");
    let page = order.page(&served).await;
    assert!(shown(served.get(&page).await).await.1.contains("<span data-fee>1,45 EUR</span>"));
    let back = location(&pay(&served, &page, GOOD).await);
    assert!(verified(&back).contains("&amount=10000&currency=978&date="), "{back}");
    assert!(
        back.contains(
            "&txnfee=145&paymenttype=3&cardno=333333XXXXXX3000&fraud=0&payercountry=DK&issuercountry=DK&hash="
        ),
        "{back}"
    );
    let kept = &records(&served, "transactions").await[0];
    let wanted = json!({
        "amount": 10000, "fee": 145, "currency": 978, "status": "PAYMENT_CAPTURED", "split": true,
        "group": "spring", "description": "A bike",
    });
    for (name, value) in wanted.as_object().expect("fields") {
        assert_eq!(&kept[name], value, "{name}: {kept}");
    }
    assert_eq!(warnings(&served.get(&page).await), "");
}

#[tokio::test]
async fn another_workspaces_window_is_its_own() {
    let served = Served::start(&[]).await;
    let made = served.control(Method::POST, "workspaces", json!({"name": "other"})).await;
    let own = |name: &str| made["credentials"][name].as_str().expect("a credential").to_owned();
    let order = Order::new("A1").with("merchantnumber", &own("BAMBORA_MERCHANT"));
    let key = own("BAMBORA_MD5KEY");
    let answer = super::order::by_link(&served, &order.text_with(&order.hash(&key))).await;
    let back = location(&pay(&served, &location(&answer), GOOD).await);
    assert!(back.contains("txnid="), "{back}");
    assert!(records(&served, "transactions").await.is_empty());
    let theirs = served.control(Method::GET, "workspaces/other/bambora/transactions", Value::Null).await;
    assert_eq!(theirs.as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_newcomers_links_open_the_window() {
    let served = Served::start(&[]).await;
    let start = served.get(&format!("{}/", served.control)).await.text().await.expect("a page");
    for (title, result) in
        [("Pay ePay order demo1", "txnid="), ("Sign up for ePay subscription sub1", "subscriptionid=")]
    {
        let before = start.split(title).next().unwrap_or_else(|| panic!("{title}: {start}"));
        let link = before.rsplit("href=\"").next().and_then(|rest| rest.split('"').next()).expect("a link");
        let page = location(&served.get(&link.replace("&#38;", "&")).await);
        let back = location(&served.submit(&page, &[("outcome", "approve")]).await);
        assert!(back.contains(result), "{back}");
        assert_eq!(served.get(&back).await.status(), 200);
    }
    let start = served.get(&format!("{}/", served.control)).await.text().await.expect("a page");
    assert!(start.contains("Pay ePay order demo2") && start.contains("subscription sub2"), "{start}");
}
