//! Every code of `fixtures/brp/codes.toml`, reached by the state that causes it, by a magic amount, by
//! a magic card, and by a queued outcome.

use provkassa::simulators::brp::codes::{MAGIC_AMOUNT, codes};
use provkassa::simulators::kit::mask::magic_card;
use provkassa::simulators::kit::provider::Code;
use reqwest::Method;
use serde_json::json;

use crate::support::{Served, link, location, snapshot};

const BACK: &str = "http://127.0.0.1:3000/paid";

fn code_of(back: &str) -> String {
    let error = back.rsplit_once("error=").unwrap_or_else(|| panic!("{back} has no error")).1;
    assert_eq!(back, format!("{BACK}?receiptid=&error={error}"));
    error.to_owned()
}

/// Follows a link; the provider's page, or the code if the payer is sent back at once.
async fn begin(served: &Served, link: &str) -> Result<String, String> {
    let to = location(&served.get(link).await);
    if to.starts_with(BACK) { Err(code_of(&to)) } else { Ok(to) }
}

/// Presses a button on the page and comes back.
async fn end(served: &Served, page: &str, fields: &[(&str, &str)]) -> String {
    let bank = location(&served.submit(page, fields).await);
    code_of(&location(&served.get(&bank).await))
}

const PAY: &[(&str, &str)] = &[("outcome", "approve")];

/// Seeds an order with these fields; its id.
async fn order(served: &Served, fields: serde_json::Value) -> String {
    served.post("brp/orders", fields).await["id"].to_string()
}

fn row(product: u64, price: i64) -> serde_json::Value {
    json!({"id": 1, "product": product, "name": "x", "quantity": 1, "price": price})
}

fn call(served: &Served, order: &str, method: Option<&str>) -> String {
    let mut parameters = vec![("orderid", order)];
    parameters.extend(method.map(|method| ("paymentmethodid", method)));
    parameters.push(("returnurl", BACK));
    link(&served.base(), &parameters)
}

/// Brings the sandbox into the state that causes the code, as the fixture's `state` says, and pays.
async fn by_state(served: &Served, code: &Code) -> String {
    let code = code.code.as_str();
    let mut id = order(served, json!({"price": 12_300, "external_id": code})).await;
    let mut method = None;
    let person = |fields: serde_json::Value| {
        let mut person = json!({"id": 67});
        person.as_object_mut().expect("object").extend(fields.as_object().expect("object").clone());
        person
    };
    match code {
        "9" => drop(served.post("brp/businessunits", json!({"id": 15, "psp_configured": false})).await),
        "10" => method = Some("999"),
        "11" => drop(served.post("brp/businessunits", json!({"id": 15, "internet_register": false})).await),
        "12" => "999".clone_into(&mut id),
        "13" => method = Some("101"),
        "14" => method = Some("102"),
        "15" => {
            method = Some("103");
            id = order(served, json!({"customer": 67, "rows": [row(2, 100)]})).await;
        }
        "100" => id = order(served, json!({"price": 100, "business_unit": null})).await,
        "101" => {
            let page = begin(served, &call(served, &id, None)).await.expect("a page");
            served.get(&location(&served.submit(&page, PAY).await)).await;
        }
        "102" => id = order(served, json!({"price": -1})).await,
        "103" => id = order(served, json!({"rows": [row(2, 100)]})).await,
        "104" | "105" => {
            method = Some("103");
            let personal = if code == "104" { json!(null) } else { json!("19811228-9874") };
            served
                .post(
                    "brp/persons",
                    person(json!({"personal_number": personal, "email": null, "address": null})),
                )
                .await;
            id = order(served, json!({"customer": 67, "price": 100})).await;
        }
        "106" => {
            served.set("brp.receipt_mail", "on").await;
            served.post("brp/persons", person(json!({"email": null}))).await;
            id = order(served, json!({"customer": 67, "price": 100})).await;
        }
        "107" => {
            method = Some("104");
            served.post("brp/persons", person(json!({"address": null}))).await;
            id = order(served, json!({"customer": 67, "price": 100})).await;
        }
        "108" => id = order(served, json!({"rows": [row(3, 100)]})).await,
        "111" => id = order(served, json!({"rows": [row(4, 100)]})).await,
        "200" => id = order(served, json!({"price": 10_000_001})).await,
        "400" => {
            let link = call(served, &id, None).replace("hash=", "hash=0");
            return begin(served, &link).await.expect_err("an early code");
        }
        _ => return by_late_state(served, code, &id).await,
    }
    begin(served, &call(served, &id, method)).await.expect_err("an early code")
}

/// The codes that arise while the payer is away.
async fn by_late_state(served: &Served, code: &str, id: &str) -> String {
    let mut id = id.to_owned();
    let mut method = None;
    match code {
        "206" => {
            served.post("brp/paymentmethods", json!({"id": 100, "issues_token": false})).await;
            method = Some("100");
            id = order(served, json!({"customer": 67, "rows": [row(2, 100)]})).await;
        }
        "207" => {
            served.post("brp/valuecards", json!({"number": "123456789012", "balance": 50})).await;
            id = order(served, json!({"price": 100, "value_cards": ["123456789012"]})).await;
        }
        _ => {}
    }
    let page = begin(served, &call(served, &id, method)).await.expect("a page");
    let number: u64 = id.parse().expect("a number");
    match code {
        "201" => {
            served.post("clock/advance", json!({"milliseconds": 31 * 60 * 1000})).await;
        }
        "202" => drop(served.post("brp/orders", json!({"id": number, "price": 99})).await),
        "203" => {
            let url = format!("{}/brponline/api/ver3/orders/{id}", served.brp);
            assert!(served.client.delete(url).send().await.expect("an answer").status().is_success());
        }
        "204" => {
            let bank = location(&served.submit(&page, PAY).await);
            return code_of(&location(&served.get(&bank.replace("seal=", "seal=0")).await));
        }
        "205" => return end(served, &page, &[("outcome", "cancel")]).await,
        "207" => drop(served.post("brp/valuecards", json!({"number": "123456789012", "balance": 20})).await),
        "208" => drop(served.post("brp/businessunits", json!({"id": 15, "books_closed": true})).await),
        _ => {}
    }
    end(served, &page, PAY).await
}

async fn by_magic_amount(served: &Served, code: &Code) -> String {
    let number: i64 = code.code.parse().expect("a number");
    let id = order(served, json!({"price": MAGIC_AMOUNT + number})).await;
    match begin(served, &call(served, &id, None)).await {
        Err(early) => early,
        Ok(page) => end(served, &page, PAY).await,
    }
}

async fn by_magic_card(served: &Served, code: &Code) -> Option<String> {
    if code.stage == "before" {
        return None;
    }
    let id = order(served, json!({"price": 4_500, "external_id": format!("card {}", code.code)})).await;
    let page = begin(served, &call(served, &id, None)).await.expect("a page");
    let card = magic_card(&code.code).expect("three digits");
    let fields = [("outcome", "approve"), ("cardnumber", card.as_str()), ("expiry", "12/30"), ("cvc", "123")];
    Some(end(served, &page, &fields).await)
}

async fn by_queue(served: &Served, code: &Code) -> String {
    let id = order(served, json!({"price": 4_600, "external_id": format!("queue {}", code.code)})).await;
    served.post("outcomes", json!({"provider": "brp", "order": id, "outcome": code.code})).await;
    match begin(served, &call(served, &id, None)).await {
        Err(early) => early,
        Ok(page) => {
            let bank = location(&served.get(&page).await);
            code_of(&location(&served.get(&bank).await))
        }
    }
}

/// What became of the last transaction of the workspace.
async fn transactions(served: &Served) -> Vec<String> {
    let tables = served.read("snapshot").await;
    let attempts = tables["tables"]["brp.attempts"].as_object().cloned().unwrap_or_default();
    attempts.values().map(|attempt| attempt["transaction"].as_str().expect("text").to_owned()).collect()
}

#[tokio::test]
async fn every_code_is_reached_in_every_way() {
    let served = Served::frozen().await;
    let mut table = String::from("code  by state  by amount  by card  queued  transaction after the state\n");
    for code in codes() {
        let wanted = code.code.clone();
        served.control(Method::POST, "workspaces/default/reset", json!(null)).await;
        for (name, value) in [("brp.receipt_mail", "off"), ("brp.requires_method", "off")] {
            served.set(name, value).await;
        }
        let state = by_state(&served, code).await;
        assert_eq!(state, wanted, "by state");
        let after = transactions(&served).await;
        assert_eq!(
            code.annuls,
            after.contains(&"annulled".to_owned()) && wanted != "204",
            "{wanted}: {after:?}"
        );
        served.control(Method::POST, "workspaces/default/reset", json!(null)).await;
        served.set("brp.receipt_mail", "off").await;
        let amount = by_magic_amount(&served, code).await;
        assert_eq!(amount, wanted, "by a magic amount");
        let card = by_magic_card(&served, code).await;
        assert!(card.as_ref().is_none_or(|card| *card == wanted), "{wanted} by a magic card: {card:?}");
        let queued = by_queue(&served, code).await;
        assert_eq!(queued, wanted, "by a queued outcome");
        table.push_str(&format!(
            "{wanted:>4}  {state:>8}  {amount:>9}  {:>7}  {queued:>6}  {}\n",
            card.unwrap_or_else(|| "-".to_owned()),
            if after.is_empty() { "none".to_owned() } else { after.join(", ") },
        ));
    }
    snapshot("brp", "table-of-codes", &table);
}

/// What a zero or an unnamed method gets depends on settings, not on a state of its own.
#[tokio::test]
async fn settings_give_102_for_zero_and_10_for_no_method() {
    let served = Served::frozen().await;
    let recurring = order(&served, json!({"customer": 67, "rows": [row(2, 0)]})).await;
    assert_eq!(begin(&served, &call(&served, &recurring, None)).await, Err("102".to_owned()));
    served.set("brp.requires_method", "on").await;
    assert_eq!(begin(&served, &call(&served, "15", None)).await, Err("10".to_owned()));
    assert!(begin(&served, &call(&served, "15", Some("100"))).await.is_ok());
}
