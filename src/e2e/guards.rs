//! What a payer, a shop or a slip could otherwise get past BRP.

use provkassa::simulators::brp::endpoints::{Endpoint, endpoint};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::scene::PAY;
use crate::support::{Served, location};
use crate::walk::{End, Parameters, finish, link_to, link_without_back, open, press, queue, row, seed};

fn at(path: &str) -> &'static Endpoint {
    endpoint(path).expect("known")
}

async fn page(served: &Served, path: &str, parameters: Parameters) -> String {
    open(served, at(path), &link_to(served, at(path), &parameters)).await.page()
}

async fn call(served: &Served, path: &str, parameters: Parameters) -> End {
    open(served, at(path), &link_to(served, at(path), &parameters)).await.end()
}

fn order(id: &str) -> Parameters {
    vec![("orderid", id.to_owned())]
}

fn swish(id: &str) -> Parameters {
    vec![("orderid", id.to_owned()), ("payeralias", "0701234567".to_owned())]
}

#[tokio::test]
async fn an_order_that_becomes_another_is_not_booked() {
    let served = Served::frozen().await;
    // The same price each time: only what is bought, or by whom, changes while the payer is away.
    for (path, change) in [
        ("swish/payfororder", json!({"rows": [row(2, 15_000)]})),
        ("payfororder", json!({"rows": [row(3, 15_000)]})),
        ("payfororder", json!({"rows": [row(4, 15_000)]})),
        ("payfororder", json!({"customer": 68})),
        ("payfororder", json!({"customer": null})),
        ("payfororder", json!({"business_unit": null})),
    ] {
        let id = seed(&served, "orders", json!({"customer": 67, "rows": [row(1, 15_000)]})).await;
        let parameters = if path == "payfororder" { order(&id) } else { swish(&id) };
        let there = page(&served, path, parameters).await;
        let mut change = change;
        change["id"] = json!(id.parse::<u64>().expect("an id"));
        seed(&served, "orders", change.clone()).await;
        assert_eq!(finish(&served, at(path), &there, PAY).await.code, "203", "{path} {change}");
    }
    assert_eq!(served.read("brp/mandates").await, json!([]));
    assert_eq!(served.read("brp/receipts").await, json!([]));
}

#[tokio::test]
async fn an_order_without_rows_is_debited_once_too() {
    let served = Served::frozen().await;
    let id = seed(&served, "orders", json!({"customer": 67})).await;
    assert_eq!(call(&served, "brpinvoice", order(&id)).await.code, "102", "nobody pays an invoice over 0");
    assert_eq!(call(&served, "payfororder", order(&id)).await.code, "");
    for path in ["payfororder", "paywithcustomeraccount", "brpinvoice"] {
        assert_eq!(call(&served, path, order(&id)).await.code, "101", "{path}");
    }
}

#[tokio::test]
async fn a_subscription_is_not_debited_by_rubbish() {
    let served = Served::frozen().await;
    let before = served.read("brp/subscriptions").await;
    for (name, value, code) in [
        ("dueDate", "soon", "305"),
        ("dueDate", "2026-02-31", "305"),
        ("referenceId", "abc", "304"),
        ("referenceId", "999", "304"),
    ] {
        let parameters = vec![("subscriptionid", "72".to_owned()), (name, value.to_owned())];
        assert_eq!(call(&served, "debitsubscription", parameters).await.code, code, "{name}={value}");
    }
    assert_eq!(served.read("brp/subscriptions").await, before);
    // From month's end to month's end.
    for until in ["2026-04-30", "2026-05-31", "2026-06-30"] {
        call(&served, "debitsubscription", vec![("subscriptionid", "72".to_owned())]).await;
        let subscriptions = served.read("brp/subscriptions").await;
        assert_eq!(subscriptions[1]["debited_until"], until);
    }
}

#[tokio::test]
async fn a_page_takes_its_own_buttons_only() {
    let served = Served::frozen().await;
    let card = page(
        &served,
        "payfororder",
        vec![("orderid", "15".to_owned()), ("paymentmethodid", "107".to_owned())],
    );
    let card = card.await;
    let token = card.rsplit('/').next().expect("a token");
    let of_swish = format!("{}/brponline/swish/{token}", served.brp);
    // A card payment has no waiting page of Swish's, and none of Swish's words.
    for answer in [served.get(&of_swish).await, served.submit(&of_swish, &[("word", "BE18")]).await] {
        assert_eq!(location(&answer), card);
    }
    for fields in [
        [("method", "107"), ("word", "BE18")],
        [("method", "107"), ("word", "nonsense")],
        [("method", "107"), ("outcome", "expire")],
        [("method", "102"), ("outcome", "approve")],
        [("method", "100"), ("outcome", "approve")],
        [("method", "x"), ("outcome", "approve")],
    ] {
        let answer = served.submit(&card, &fields).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        assert!(answer.text().await.expect("a page").contains("data-error=\"outcome\""), "{fields:?}");
    }
    // Words whose codes cannot come from here are no buttons here.
    let invoice = page(&served, "payforinvoice", vec![("invoiceid", "15".to_owned())]).await;
    let strange = served.submit(&invoice, &[("method", "106"), ("word", "134")]).await;
    assert_eq!(strange.status(), StatusCode::UNPROCESSABLE_ENTITY);

    // Once it is over, the page is not shown again, whatever is sent.
    let bank = press(&served, &card, PAY).await;
    served.get(&bank).await;
    for fields in [[("cardnumber", "1"), ("cvc", "1")], [("outcome", "nonsense"), ("cvc", "1")]] {
        assert_eq!(location(&served.submit(&card, &fields).await), bank, "{fields:?}");
    }
}

#[tokio::test]
async fn a_payment_of_which_nobody_knows_is_not_called_annulled() {
    let served = Served::frozen().await;
    let there = page(&served, "swish/payfororder", swish("15")).await;
    assert_eq!(finish(&served, at("swish/payfororder"), &there, &[("word", "DS24")]).await.code, "204");
    assert_eq!(served.read("brp/attempts").await[0]["transaction"], "unsettled");
    // A payer who has paid and has not come back yet.
    let served = Served::frozen().await;
    let there = page(&served, "swish/payfororder", swish("16")).await;
    press(&served, &there, PAY).await;
    assert_eq!(served.read("brp/attempts").await[0]["transaction"], "reserved");
}

#[tokio::test]
async fn only_a_mandate_that_holds_lets_an_account_be_used() {
    let served = Served::frozen().await;
    seed(&served, "persons", json!({"id": 67, "withdrawal_consent": false})).await;
    let try_it = async || call(&served, "paywithcustomeraccount", order("15")).await.code;
    let card = |expires: &str| json!({"number": "411111.......111", "network": "VISA", "expires": expires});
    seed(&served, "mandates", json!({"id": 1, "card": card("2026-02-28")})).await;
    assert_eq!(try_it().await, "502", "the card has expired");
    seed(&served, "mandates", json!({"id": 1, "company_id": 99, "card": card("2026-03-31")})).await;
    assert_eq!(try_it().await, "502", "another company's");
    seed(&served, "mandates", json!({"id": 1, "company_id": 1})).await;
    assert_eq!(try_it().await, "");
}

#[tokio::test]
async fn what_is_queued_and_cannot_happen_is_remarked_on() {
    let served = Served::frozen().await;
    queue(&served, "15", "decline").await;
    let answer = served.get(&link_to(&served, at("brpinvoice"), &order("15"))).await;
    assert!(location(&answer).ends_with("&error="));
    let warning = answer.headers()["provkassa-warning"].to_str().expect("text");
    assert!(warning.contains("decline is queued"), "{warning}");
}

#[tokio::test]
async fn a_method_that_an_endpoint_does_not_know_is_passed_over() {
    let served = Served::frozen().await;
    // It is not hashed either: the shop that signs it is told so by its wrong hash.
    let link = link_to(&served, at("paywithcustomeraccount"), &order("15"));
    let answer = served.get(&format!("{link}&paymentmethodid=100")).await;
    let warning = answer.headers()["provkassa-warning"].to_str().expect("text");
    assert!(warning.contains("no parameter `paymentmethodid`"), "{warning}");
    assert!(location(&answer).ends_with("&error="));
    assert_eq!(served.read("brp/receipts").await[0]["method"], "Kundkonto");
}

#[tokio::test]
async fn payments_are_not_below_the_root_that_installations_share() {
    let served = Served::frozen().await;
    let link = link_without_back(&served, at("payforinvoice"), &vec![("invoiceid", "15".to_owned())]);
    let shared = link.replace("/brponline/", "/apiserver/");
    assert_eq!(served.get(&shared).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(served.read("brp/attempts").await, json!([]));
}

#[tokio::test]
async fn nothing_that_must_not_be_seen_stands_in_the_journal() {
    let served = Served::frozen().await;
    let api = format!("{}/brponline/api/ver3", served.brp);
    let send = async |path: &str, body: String| {
        let request = served.client.post(format!("{api}/{path}")).header("content-type", "application/json");
        request.body(body).send().await.expect("an answer")
    };
    let login = "{ \"username\" : \"api-user\", \"password\" : \"api-password\" }".to_owned();
    let login: Value = send("auth/login", login).await.json().await.expect("JSON");
    let tokens =
        [&login["access_token"], &login["refresh_token"]].map(|token| token.as_str().expect("a token"));
    // Blanks, as Python's usual way of writing JSON has them.
    send("auth/refresh", format!("{{\"refreshToken\": \"{}\"}}", tokens[1])).await;
    send("customers", "{\"password\": \"hemligt7\"}".to_owned()).await;
    let there = page(&served, "payfororder", order("15")).await;
    let typed = [("cardnumber", "4539.1488.0343.6467"), ("expiry", "12/30"), ("cvc", "9173")];
    served.submit(&there, &typed).await;
    let journal = served.read("journal").await.to_string();
    for hidden in [tokens[0], tokens[1], "api-password", "hemligt7", "4539.1488", "9173"] {
        assert!(!journal.contains(hidden), "{hidden} stands in the journal");
    }
    assert!(journal.contains("‹hidden›"));
}

#[tokio::test]
async fn a_page_can_always_be_left() {
    let served = Served::frozen().await;
    for (change, paid) in [
        (json!({"rows": [row(3, 15_000)]}), "203"),
        (json!({"confirmed": true}), "203"),
        (json!({"rows": [row(1, -5)]}), "202"),
    ] {
        for (button, code) in [("cancel", "205"), ("decline", "201"), ("approve", paid)] {
            let id = seed(&served, "orders", json!({"customer": 67, "rows": [row(1, 15_000)]})).await;
            let there = page(&served, "payfororder", order(&id)).await;
            let mut change = change.clone();
            change["id"] = json!(id.parse::<u64>().expect("an id"));
            seed(&served, "orders", change.clone()).await;
            let end = finish(&served, at("payfororder"), &there, &[("outcome", button)]).await;
            assert_eq!(end.code, code, "{button} after {change}");
        }
    }
}

#[tokio::test]
async fn a_page_without_a_method_of_brps_is_no_dead_end() {
    let served = Served::frozen().await;
    for method in [100, 103, 104, 106, 107, 108, 109, 110] {
        seed(&served, "paymentmethods", json!({"id": method, "internet": false})).await;
    }
    let there = page(&served, "payfororder", order("15")).await;
    assert_eq!(finish(&served, at("payfororder"), &there, &[("outcome", "cancel")]).await.code, "205");
    let there = page(&served, "payfororder", order("15")).await;
    assert_eq!(finish(&served, at("payfororder"), &there, PAY).await.code, "");
}

#[tokio::test]
async fn an_invoice_that_changes_hands_is_not_booked() {
    let served = Served::frozen().await;
    for change in [json!({"customer": 67}), json!({"business_unit": null})] {
        let id = seed(&served, "invoices", json!({"rest": 100})).await;
        let there = page(&served, "payforinvoice", vec![("invoiceid", id.clone())]).await;
        let mut change = change;
        change["id"] = json!(id.parse::<u64>().expect("an id"));
        seed(&served, "invoices", change.clone()).await;
        assert_eq!(finish(&served, at("payforinvoice"), &there, PAY).await.code, "303", "{change}");
    }
    // A customer that BRP does not know is still the same customer.
    let id = seed(&served, "orders", json!({"customer": 999, "rows": [row(1, 500)]})).await;
    let there = page(&served, "payfororder", order(&id)).await;
    assert_eq!(finish(&served, at("payfororder"), &there, PAY).await.code, "");
}

#[tokio::test]
async fn a_mandate_is_changed_by_the_fields_that_are_named() {
    let served = Served::frozen().await;
    let card = json!({"number": "555555.......444", "network": "MASTERCARD", "expires": "2031-01-31"});
    seed(&served, "mandates", json!({"id": 1})).await;
    seed(&served, "mandates", json!({"id": 2, "person": 68})).await;
    seed(&served, "mandates", json!({"id": 2, "card": card})).await;
    assert_eq!(served.read("brp/mandates").await[1]["card"], card);
    let url = format!("{}/_sim/v1/workspaces/default/brp/mandates", served.control);
    let second = served.client.post(url).json(&json!({"id": 2, "person": 67}));
    assert_eq!(second.send().await.expect("an answer").status(), StatusCode::CONFLICT);
}
