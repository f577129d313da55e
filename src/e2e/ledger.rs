//! Money adds up: value cards, accounts, invoices and what a debited order delivers.

use provkassa::simulators::brp::endpoints::{Endpoint, endpoint};
use serde_json::{Value, json};

use crate::scene::PAY;
use crate::support::Served;
use crate::walk::{End, Parameters, finish, link_to, open, row, seed};

fn at(path: &str) -> &'static Endpoint {
    endpoint(path).expect("known")
}

async fn call(served: &Served, path: &str, parameters: Parameters) -> End {
    open(served, at(path), &link_to(served, at(path), &parameters)).await.end()
}

async fn pay(served: &Served, path: &str, parameters: Parameters) -> End {
    let page = open(served, at(path), &link_to(served, at(path), &parameters)).await.page();
    finish(served, at(path), &page, PAY).await
}

/// The record of a kind whose field has this value.
async fn record(served: &Served, kind: &str, field: &str, value: &Value) -> Value {
    let records = served.read(&format!("brp/{kind}")).await;
    let records = records.as_array().expect("a list");
    let found = records.iter().find(|record| record[field] == *value);
    found.unwrap_or_else(|| panic!("no {kind} with {field} {value}: {records:?}")).clone()
}

const CARD: &str = "123456789012";

#[tokio::test]
async fn a_value_card_pays_first_wherever_the_rest_goes() {
    let served = Served::frozen().await;
    for path in ["payfororder", "swish/payfororder", "paywithcustomeraccount", "brpinvoice"] {
        served.post("brp/valuecards", json!({"number": CARD, "balance": 5_000})).await;
        let before = record(&served, "persons", "id", &json!(67)).await["account_debt"].clone();
        let fields = json!({"customer": 67, "rows": [row(1, 15_000)], "value_cards": [CARD]});
        let id = seed(&served, "orders", fields).await;
        let mut parameters = vec![("orderid", id.clone())];
        let end = match path {
            "payfororder" => pay(&served, path, parameters).await,
            "swish/payfororder" => {
                parameters.push(("payeralias", "0701234567".to_owned()));
                pay(&served, path, parameters).await
            }
            _ => call(&served, path, parameters).await,
        };
        assert_eq!(end.code, "", "{path}");
        assert_eq!(record(&served, "valuecards", "number", &json!(CARD)).await["balance"], 0, "{path}");
        let made: u64 = end.id.parse().expect("an id");
        if path == "brpinvoice" {
            let invoice = record(&served, "invoices", "id", &json!(made)).await;
            assert_eq!((&invoice["total"], &invoice["rest"]), (&json!(10_000), &json!(10_000)));
            continue;
        }
        let receipt = record(&served, "receipts", "id", &json!(made)).await;
        assert_eq!(
            (&receipt["amount"], &receipt["by_value_card"]),
            (&json!(15_000), &json!(5_000)),
            "{path}"
        );
        let owed = record(&served, "persons", "id", &json!(67)).await["account_debt"].as_i64().expect("öre");
        let added = if path == "paywithcustomeraccount" { 10_000 } else { 0 };
        assert_eq!(owed, before.as_i64().expect("öre") + added, "{path}");
    }
}

#[tokio::test]
async fn an_order_that_value_cards_pay_alone_says_so() {
    let served = Served::frozen().await;
    for path in ["payfororder", "paywithcustomeraccount"] {
        served.post("brp/valuecards", json!({"number": CARD, "balance": 15_000})).await;
        let fields = json!({"customer": 67, "rows": [row(1, 15_000)], "value_cards": [CARD]});
        let id = seed(&served, "orders", fields).await;
        let end = call(&served, path, vec![("orderid", id)]).await;
        let made: u64 = end.id.parse().expect("an id");
        assert_eq!(record(&served, "receipts", "id", &json!(made)).await["method"], "Värdekort", "{path}");
    }
    assert_eq!(record(&served, "persons", "id", &json!(67)).await["account_debt"], 0);
}

#[tokio::test]
async fn two_orders_with_one_value_card_do_not_spend_it_twice() {
    let served = Served::frozen().await;
    let fields = json!({"rows": [row(1, 15_000)], "value_cards": [CARD]});
    let (one, other) = (seed(&served, "orders", fields.clone()).await, seed(&served, "orders", fields).await);
    let path = at("payfororder");
    let page = open(&served, path, &link_to(&served, path, &vec![("orderid", one)])).await.page();
    assert_eq!(pay(&served, "payfororder", vec![("orderid", other)]).await.code, "");
    assert_eq!(finish(&served, path, &page, PAY).await.code, "207");
    assert_eq!(record(&served, "valuecards", "number", &json!(CARD)).await["balance"], 0);
}

#[tokio::test]
async fn an_account_takes_what_its_limit_allows_and_is_paid_off() {
    let served = Served::frozen().await;
    let order = |price: i64| json!({"customer": 67, "rows": [row(1, price)]});
    let charge = async |price: i64, organisation: bool| {
        let mut parameters = vec![("orderid", seed(&served, "orders", order(price)).await)];
        if organisation {
            parameters.push(("useorgaccount", "true".to_owned()));
        }
        call(&served, "paywithcustomeraccount", parameters).await.code
    };
    assert_eq!(charge(500_001, false).await, "500");
    assert_eq!(charge(300_000, false).await, "");
    assert_eq!(charge(200_001, false).await, "500");
    assert_eq!(charge(200_000, false).await, "", "to the last öre");
    // The organisation's account is another one, with rules of its own.
    seed(&served, "persons", json!({"id": 67, "account_allowed": false, "withdrawal_consent": false})).await;
    assert_eq!(charge(100_000, false).await, "505");
    assert_eq!(charge(2_000_000, true).await, "");
    assert_eq!(charge(1, true).await, "500");
    let debts = (
        record(&served, "persons", "id", &json!(67)).await["account_debt"].clone(),
        record(&served, "organisations", "id", &json!(5)).await["account_debt"].clone(),
    );
    assert_eq!(debts, (json!(500_000), json!(2_000_000)));
    let parameters = || vec![("customerid", "67".to_owned()), ("paymentmethodid", "100".to_owned())];
    assert_eq!(pay(&served, "payforcustomeraccount", parameters()).await.code, "");
    assert_eq!(record(&served, "persons", "id", &json!(67)).await["account_debt"], 0);
    assert_eq!(call(&served, "payforcustomeraccount", parameters()).await.code, "102");
}

#[tokio::test]
async fn an_order_ends_once_whichever_way_is_first() {
    let served = Served::frozen().await;
    let swish = vec![("orderid", "15".to_owned()), ("payeralias", "0701234567".to_owned())];
    let card = vec![("orderid", "15".to_owned())];
    let by_swish = open(&served, at("swish/payfororder"), &link_to(&served, at("swish/payfororder"), &swish))
        .await
        .page();
    let by_card = open(&served, at("payfororder"), &link_to(&served, at("payfororder"), &card)).await.page();
    assert_eq!(call(&served, "brpinvoice", card.clone()).await.code, "");
    assert_eq!(finish(&served, at("swish/payfororder"), &by_swish, PAY).await.code, "203");
    assert_eq!(finish(&served, at("payfororder"), &by_card, PAY).await.code, "203");
    assert_eq!(call(&served, "paywithcustomeraccount", card.clone()).await.code, "101");
    assert_eq!(call(&served, "confirmorder", card).await.code, "101");
    assert_eq!(served.read("brp/receipts").await, json!([]));
    for attempt in served.read("brp/attempts").await.as_array().expect("a list") {
        assert_eq!(attempt["transaction"], "annulled");
    }
}

#[tokio::test]
async fn what_is_bought_is_delivered() {
    let served = Served::frozen().await;
    let item = |id: u64, product: u64, kind: &str, price: i64, quantity: i64| json!({"id": id, "product": product, "type": kind, "name": "x", "quantity": quantity, "price": price});
    let rows = [item(1, 6, "VALUE_CARD", 10_000, 2), item(2, 2, "SUBSCRIPTION", 39_900, 1)];
    let id = seed(&served, "orders", json!({"customer": 67, "rows": rows})).await;
    let parameters = vec![("orderid", id), ("paymentmethodid", "100".to_owned())];
    let cards = served.read("brp/valuecards").await.as_array().expect("a list").len();
    assert_eq!(pay(&served, "payfororder", parameters).await.code, "");
    let made = served.read("brp/valuecards").await;
    let new: Vec<_> = made.as_array().expect("a list").iter().filter(|card| card["number"] != CARD).collect();
    assert_eq!((new.len() + cards, new[0]["balance"].clone()), (3, json!(10_000)));
    assert_ne!(new[0]["number"], new[1]["number"]);
    let subscription = record(&served, "subscriptions", "debit", &json!("RCP")).await;
    assert_eq!((&subscription["person"], &subscription["price"]), (&json!(67), &json!(39_900)));
    let mandate = record(&served, "mandates", "person", &json!(67)).await;
    assert_eq!(mandate["company_id"], 1);
}
