//! Every code of `fixtures/brp/codes.toml`, at every endpoint where it occurs: by the state that causes
//! it, by a magic amount, by a magic card, and by a queued outcome.

use provkassa::simulators::brp::codes::{MAGIC_AMOUNT, codes, is_late};
use provkassa::simulators::brp::endpoints::{ENDPOINTS, Endpoint, NEIGHBOURS, Purpose, endpoint};
use provkassa::simulators::kit::mask::magic_card;
use serde_json::{Value, json};

use crate::scene::{PAY, Scene};
use crate::support::{Served, snapshot};
use crate::walk::{End, To, end_of, finish, link_to, open, press, queue, row, seed};

/// Changes the customer of the orders.
async fn person(served: &Served, mut fields: Value) {
    fields["id"] = json!(67);
    seed(served, "persons", fields).await;
}

async fn unit(served: &Served, mut fields: Value) {
    fields["id"] = json!(15);
    seed(served, "businessunits", fields).await;
}

/// Brings the sandbox into the state that causes the code, as the fixture's `state` says, and calls.
async fn by_state(served: &Served, code: &str, endpoint: &'static Endpoint) -> End {
    let mut scene = Scene::set(served, endpoint, None).await;
    let invoices = scene.is(Purpose::InvoiceOrder);
    match code {
        "9" => {
            let settings = json!({"psp_configured": false, "swish_configured": false, "distribution": []});
            unit(served, settings).await;
            if invoices {
                scene.put("distributionmethod", "email");
            }
        }
        "10" if scene.is(Purpose::ChargeAccount) => {
            seed(served, "paymentmethods", json!({"id": 105, "type": "BANK"})).await;
        }
        "10" => scene.put("paymentmethodid", "999"),
        "11" => unit(served, json!({"internet_register": false})).await,
        "12" => scene.put("orderid", "999"),
        "13" => match endpoint.purpose {
            Purpose::PayOrderBySwish => {
                seed(served, "paymentmethods", json!({"id": 102, "internet": false})).await;
            }
            Purpose::ChargeAccount => {
                seed(served, "paymentmethods", json!({"id": 105, "internet": false})).await;
            }
            _ => scene.put("paymentmethodid", "101"),
        },
        "14" => {
            let method = match endpoint.purpose {
                Purpose::PayOrder => "102",
                Purpose::PayOrderBySwish => "100",
                _ => "103",
            };
            scene.put("paymentmethodid", method);
        }
        "15" if scene.is(Purpose::CreateMandate) => {
            seed(served, "paymentmethods", json!({"id": 100, "internet": false})).await;
        }
        "15" => {
            scene.order(served, json!({"rows": [row(2, 100)]})).await;
            if scene.is(Purpose::PayOrder) {
                scene.put("paymentmethodid", "103");
            }
        }
        "100" if scene.is(Purpose::CreateMandate) => scene.put("businessunitid", "999"),
        "100" => scene.order(served, json!({"business_unit": null})).await,
        "101" => {
            assert_eq!(scene.pay(served).await.code, "", "the first time");
        }
        "102" if scene.is(Purpose::PayAccount) => {
            seed(served, "persons", json!({"id": 68, "account_debt": 0})).await;
        }
        "102" => scene.order(served, json!({"price": -1})).await,
        "103" => match endpoint.purpose {
            Purpose::CreateMandate => scene.put("personid", "999"),
            Purpose::PayAccount => scene.put("customerid", "999"),
            _ => scene.order(served, json!({"customer": null, "rows": [row(2, 100)]})).await,
        },
        "104" | "105" => {
            scene.put("paymentmethodid", "103");
            let number = if code == "104" { json!(null) } else { json!("19811228-9874") };
            person(served, json!({"personal_number": number, "email": null, "address": null})).await;
        }
        "106" => {
            person(served, json!({"email": null})).await;
            if invoices {
                scene.put("distributionmethod", "email");
            } else {
                served.set("brp.receipt_mail", "on").await;
            }
        }
        "107" => {
            person(served, json!({"address": null})).await;
            if invoices {
                scene.put("distributionmethod", "centralprint21grams");
            } else {
                scene.put("paymentmethodid", "104");
            }
        }
        "108" => scene.order(served, json!({"rows": [row(3, 100)]})).await,
        "109" => scene.order(served, json!({"rows": [row(1, 100)]})).await,
        "110" => {
            person(served, json!({"organisation": null})).await;
            scene.put("useorgaccount", "true");
        }
        "111" => scene.order(served, json!({"rows": [row(4, 100)]})).await,
        "200" => match endpoint.purpose {
            Purpose::PayInvoice => scene.invoice(served, json!({"rest": 10_000_001})).await,
            Purpose::CreateMandate => served.set("brp.provider_max_minor", "99").await,
            Purpose::PayAccount => {
                drop(seed(served, "persons", json!({"id": 68, "account_debt": 10_000_001})).await);
            }
            // Swish takes a krona at least.
            Purpose::PayOrderBySwish => scene.order(served, json!({"price": 99})).await,
            _ => scene.order(served, json!({"price": 10_000_001})).await,
        },
        _ if is_late(code) && endpoint.purpose.visits() => return by_late_state(served, code, scene).await,
        _ => return by_other_state(served, code, scene).await,
    }
    scene.open(served).await.end()
}

/// Invoices, accounts, subscriptions, Swish, and the hash.
async fn by_other_state(served: &Served, code: &str, mut scene: Scene) -> End {
    let endpoint = scene.endpoint;
    match code {
        "208" => unit(served, json!({"books_closed": true})).await,
        "300" => scene.put("invoiceid", "999"),
        "301" => scene.invoice(served, json!({"business_unit": null})).await,
        "302" => scene.invoice(served, json!({"rest": 0})).await,
        "304" if scene.is(Purpose::DebitSubscription) => {
            seed(served, "subscriptions", json!({"id": 72, "organisation": 5})).await;
        }
        "304" => scene.invoice(served, json!({"organisation": 5, "reference": null})).await,
        "305" if scene.is(Purpose::DebitSubscription) => scene.put("subscriptionid", "71"),
        "305" => scene.order(served, json!({"rows": [row(7, 100)]})).await,
        "400" => {
            let link = link_to(served, endpoint, &scene.parameters).replace("hash=", "hash=0");
            return open(served, endpoint, &link).await.end();
        }
        "500" => person(served, json!({"account_limit": 12_299})).await,
        "501" => person(served, json!({"birth_date": "2008-03-02"})).await,
        "502" => person(served, json!({"withdrawal_consent": false})).await,
        "503" => drop(seed(served, "invoices", json!({"customer": 67})).await),
        "504" => person(served, json!({"email": "anna.example.com"})).await,
        "505" => person(served, json!({"account_allowed": false})).await,
        "506" => drop(seed(served, "subscriptions", json!({"id": 71, "active": false})).await),
        "902" => {
            if scene.is(Purpose::PayAccount) {
                scene.put("paymentmethodid", "102");
            }
            scene.put("payeralias", "12");
        }
        other => panic!("{other} has no state"),
    }
    scene.open(served).await.end()
}

/// The codes that arise while the payer is away.
async fn by_late_state(served: &Served, code: &str, scene: Scene) -> End {
    match code {
        "206" => {
            seed(served, "paymentmethods", json!({"id": 100, "issues_token": false})).await;
            if scene.is(Purpose::PayOrder) {
                scene.order(served, json!({"rows": [row(2, 12_300)]})).await;
            }
        }
        "207" => scene.order(served, json!({"value_cards": ["123456789012"]})).await,
        _ => {}
    }
    let page = scene.open(served).await.page();
    match code {
        "201" => drop(served.post("clock/advance", json!({"milliseconds": 31 * 60 * 1000})).await),
        "202" if scene.is(Purpose::PayAccount) => {
            seed(served, "persons", json!({"id": 68, "account_debt": 99})).await;
        }
        "202" if scene.is(Purpose::PayInvoice) => scene.invoice(served, json!({"rest": 99})).await,
        "202" => scene.order(served, json!({"price": 99})).await,
        "203" => scene.order(served, json!({"deleted": true})).await,
        "204" => {
            let bank = press(served, &page, PAY).await.replace("seal=", "seal=0");
            return end_of(scene.endpoint, &crate::support::location(&served.get(&bank).await));
        }
        "205" => return finish(served, scene.endpoint, &page, &[("outcome", "cancel")]).await,
        "207" => drop(served.post("brp/valuecards", json!({"number": "123456789012", "balance": 20})).await),
        "208" => unit(served, json!({"books_closed": true})).await,
        "303" => scene.invoice(served, json!({"deleted": true})).await,
        _ => {}
    }
    finish(served, scene.endpoint, &page, PAY).await
}

async fn by_magic_amount(served: &Served, code: &str, endpoint: &'static Endpoint) -> Option<End> {
    // A card mandate has no price of its own.
    if endpoint.purpose == Purpose::CreateMandate {
        return None;
    }
    let number: i64 = code.parse().expect("a number");
    let scene = Scene::set(served, endpoint, Some(MAGIC_AMOUNT + number)).await;
    Some(scene.pay(served).await)
}

async fn by_magic_card(served: &Served, code: &str, endpoint: &'static Endpoint) -> Option<End> {
    let by_card = endpoint.purpose.visits() && endpoint.purpose != Purpose::PayOrderBySwish;
    if !is_late(code) || !by_card {
        return None;
    }
    let scene = Scene::set(served, endpoint, None).await;
    let page = scene.open(served).await.page();
    let card = magic_card(code).expect("three digits");
    let fields = [("outcome", "approve"), ("cardnumber", card.as_str()), ("expiry", "12/30"), ("cvc", "123")];
    Some(finish(served, endpoint, &page, &fields).await)
}

async fn by_queue(served: &Served, code: &str, endpoint: &'static Endpoint) -> End {
    let scene = Scene::set(served, endpoint, None).await;
    queue(served, &scene.id, code).await;
    match scene.open(served).await {
        To::End(end) => end,
        To::Page(page) => {
            // Nobody presses anything.
            let bank = crate::support::location(&served.get(&page).await);
            end_of(endpoint, &crate::support::location(&served.get(&bank).await))
        }
    }
}

/// What became of the transactions of the workspace.
async fn transactions(served: &Served) -> Vec<String> {
    let attempts = served.read("brp/attempts").await;
    let attempts = attempts.as_array().expect("a list");
    attempts.iter().map(|attempt| attempt["transaction"].as_str().expect("text").to_owned()).collect()
}

#[tokio::test]
async fn every_code_is_reached_in_every_way_at_every_endpoint_that_has_it() {
    let served = Served::frozen().await;
    let mut table = String::from(
        "s by the state that causes it, a by a magic amount, c by a magic card, q queued; what became of the payment after s\n\n",
    );
    for code in codes() {
        let wanted = code.code.as_str();
        table.push_str(&format!("{wanted:>3} {}\n", code.text));
        for path in &code.at {
            let endpoint = endpoint(path).expect("known");
            let mut ways = String::from("s");
            assert_eq!(by_state(&served, wanted, endpoint).await.code, wanted, "{path} by state");
            let after = transactions(&served).await;
            let annulled = after.iter().any(|transaction| transaction == "annulled");
            // What BRP cannot make sense of is undone too, where money moved.
            let annuls = (code.annuls || wanted == "204") && endpoint.purpose.visits();
            assert_eq!(annuls, annulled, "{wanted} at {path}: {after:?}");
            if let Some(end) = by_magic_amount(&served, wanted, endpoint).await {
                assert_eq!(end.code, wanted, "{path} by a magic amount");
                ways.push_str(" a");
            }
            if let Some(end) = by_magic_card(&served, wanted, endpoint).await {
                assert_eq!(end.code, wanted, "{path} by a magic card");
                ways.push_str(" c");
            }
            let end = by_queue(&served, wanted, endpoint).await;
            assert_eq!(end.code, wanted, "{path} by a queued outcome");
            ways.push_str(" q");
            let after = if after.is_empty() { "no payment".to_owned() } else { after.join(", ") };
            table.push_str(&format!("      {path:<22} {ways:<8} {after}\n"));
        }
    }
    snapshot("brp", "table-of-codes", &table);
}

#[tokio::test]
async fn every_endpoint_goes_well_when_nothing_hinders_it() {
    let served = Served::frozen().await;
    for endpoint in ENDPOINTS.iter().chain(NEIGHBOURS) {
        let scene = Scene::set(&served, endpoint, None).await;
        assert_eq!(scene.pay(&served).await.code, "", "{}", endpoint.path);
    }
}

/// A queued code, or a magic amount, has no power where the code cannot occur.
#[tokio::test]
async fn a_code_of_another_endpoint_changes_nothing() {
    let served = Served::frozen().await;
    for endpoint in ENDPOINTS.iter().chain(NEIGHBOURS) {
        let strange = codes().iter().find(|code| code.at.iter().all(|path| path != endpoint.path));
        let strange = &strange.expect("no endpoint has every code").code;
        let scene = Scene::set(&served, endpoint, None).await;
        queue(&served, &scene.id, strange).await;
        assert_eq!(scene.pay(&served).await.code, "", "{} with {strange} queued", endpoint.path);
        let number: i64 = strange.parse().expect("a number");
        if endpoint.purpose != Purpose::CreateMandate {
            let scene = Scene::set(&served, endpoint, Some(MAGIC_AMOUNT + number)).await;
            seed(&served, "persons", json!({"id": 67, "account_limit": 100_000_000})).await;
            assert_eq!(scene.pay(&served).await.code, "", "{} over {strange}", endpoint.path);
        }
    }
}

/// What a zero or an unnamed method gets depends on settings, not on a state of its own.
#[tokio::test]
async fn settings_give_102_for_zero_and_10_for_no_method() {
    let served = Served::frozen().await;
    let endpoint = endpoint("payfororder").expect("known");
    let mut scene = Scene::set(&served, endpoint, None).await;
    scene.order(&served, json!({"rows": [row(2, 0)]})).await;
    assert_eq!(scene.open(&served).await.end().code, "102");
    served.set("brp.requires_method", "on").await;
    scene.order(&served, json!({"price": 100})).await;
    assert_eq!(scene.open(&served).await.end().code, "10");
    scene.put("paymentmethodid", "100");
    scene.open(&served).await.page();
}
