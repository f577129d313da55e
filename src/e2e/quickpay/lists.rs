//! Lists: pages, filters, sorting, and the header that leads on.

use serde_json::{Value, json};

use super::{GOOD, Said, api, authorized, done, ok, pass, payment, read, subscription};
use crate::support::{Served, snapshot};

async fn list(served: &Served, query: &str) -> Said {
    let said = api(served, "GET", &format!("/payments?{query}"), Value::Null).await;
    assert_eq!(said.status, 200, "{query}: {said:?}");
    assert!(said.json().is_array(), "a list is never wrapped");
    said
}

/// The order ids of a list.
fn orders(said: &Said) -> Vec<String> {
    let list = said.json();
    let all = list.as_array().expect("a list").iter();
    all.map(|payment| payment["order_id"].as_str().expect("an order").to_owned()).collect()
}

/// Where the header `Link` leads, below the origin.
fn next(served: &Served, said: &Said) -> Option<String> {
    let header = said.header("link");
    if header.is_empty() {
        return None;
    }
    let url = header.strip_prefix('<').and_then(|rest| rest.strip_suffix(">; rel=\"next\""));
    let path = url.and_then(|url| url.strip_prefix(&served.quickpay));
    Some(path.unwrap_or_else(|| panic!("{header}")).to_owned())
}

#[tokio::test]
async fn pages_hold_everything_once_and_end_in_nothing() {
    let served = Served::frozen().await;
    for number in 0..45 {
        payment(&served, &format!("order-{number:02}")).await;
    }
    let first = list(&served, "").await;
    assert_eq!(orders(&first).len(), 20);
    assert_eq!(orders(&list(&served, "page=3").await).len(), 5);
    let mut walked = Vec::new();
    let mut at = Some("/payments?sort_by=order_id&sort_dir=asc&page_size=4".to_owned());
    while let Some(path) = at {
        let page = api(&served, "GET", &path, Value::Null).await;
        walked.extend(orders(&page));
        at = next(&served, &page);
    }
    let expected: Vec<_> = (0..45).map(|number| format!("order-{number:02}")).collect();
    assert_eq!(walked, expected);
    let falling = orders(&list(&served, "sort_by=order_id&page_size=45").await);
    assert_eq!(
        falling,
        expected.iter().rev().cloned().collect::<Vec<_>>(),
        "the usual order is the falling one"
    );
    for past in ["page=10000", "page=4", "page=18446744073709551615&page_size=18446744073709551615"] {
        assert_eq!(list(&served, past).await.json(), json!([]), "{past}");
    }
    served.set("quickpay.link_header", "off").await;
    assert_eq!(next(&served, &list(&served, "").await), None);
    // With the key of a page.
    let ids = |said: &Said| -> Vec<u64> {
        said.json().as_array().expect("a list").iter().filter_map(|payment| payment["id"].as_u64()).collect()
    };
    let all = ids(&list(&served, "page_size=45").await);
    let keyed = list(&served, &format!("page_size=45&page_key={}", all[19])).await;
    assert_eq!(ids(&keyed), all[20..]);
}

#[tokio::test]
async fn the_ten_thousandth_page_is_there_if_there_are_as_many() {
    let served = Served::frozen().await;
    for number in 0..10_000 {
        payment(&served, &format!("order-{number:05}")).await;
    }
    let query = |page: u32| format!("sort_by=order_id&sort_dir=asc&page_size=1&page={page}");
    assert_eq!(orders(&list(&served, &query(10_000)).await), ["order-09999"]);
    assert_eq!(next(&served, &list(&served, &query(10_000)).await), None);
    assert_eq!(
        next(&served, &list(&served, &query(9_999)).await).as_deref(),
        Some("/payments?sort_by=order_id&sort_dir=asc&page_size=1&page=10000")
    );
    assert_eq!(list(&served, &query(10_001)).await.json(), json!([]));
    assert_eq!(orders(&list(&served, "page_size=10000").await).len(), 10_000);
}

#[tokio::test]
async fn every_filter_finds_what_it_should() {
    let served = Served::frozen().await;
    let fresh = payment(&served, "fresh").await;
    pass(&served, 3600).await;
    let new = authorized(&served, "authorized", 1000, GOOD).await;
    pass(&served, 86_400).await;
    let processed = authorized(&served, "captured", 1000, GOOD).await;
    done(&served, &processed, "capture", json!({"amount": 1000})).await;
    let rejected = payment(&served, "rejected").await;
    super::authorize(&served, &rejected, 1000, "1000000000000016").await;
    let wallet = payment(&served, "by wallet").await;
    done(&served, &wallet, "authorize", json!({"amount": 5, "mobile_number": "4512345678"})).await;
    pass(&served, 60).await;
    ok(&served, "PATCH", &fresh, json!({"variables": {"a": 1}})).await;
    subscription(&served, "no payment").await;
    let id = |path: &str| path.rsplit('/').next().expect("an id").to_owned();
    let mut table = String::new();
    for query in [
        String::new(),
        format!("id={}", id(&new)),
        "id=1".to_owned(),
        "order_id=captured".to_owned(),
        "order_id=CAPTURED".to_owned(),
        "state=initial".to_owned(),
        "state=new".to_owned(),
        "state=processed".to_owned(),
        "state=rejected".to_owned(),
        "state=pending".to_owned(),
        "accepted=true".to_owned(),
        "accepted=0".to_owned(),
        "acquirer=mobilepay".to_owned(),
        "acquirer=clearhaus&accepted=false".to_owned(),
        "fraud_suspected=true".to_owned(),
        "fraud_suspected=false".to_owned(),
        "min_time=2026-03-01 12:30:00 %2B0000".to_owned(),
        "max_time=2026-03-01 12:30:00 %2B0000".to_owned(),
        "min_time=2026-03-01 13:59:00 %2B0100&max_time=2026-03-01 14:01:00 %2B0100".to_owned(),
        "timestamp=updated_at&min_time=2026-03-02 13:01:00 %2B0000".to_owned(),
        "date[year]=2026".to_owned(),
        "date[year]=2025".to_owned(),
        "date[year]=2026&date[month]=3&date[day]=2".to_owned(),
        "date[year]=2026&date[month]=03&date[day]=01&date[hour]=12".to_owned(),
        "date[year]=2026&date[month]=3&date[day]=1&date[hour]=13&date[minute]=0".to_owned(),
        "nobody_knows=1&state=new".to_owned(),
    ] {
        let found = list(&served, &format!("{query}&sort_by=created_at&sort_dir=asc")).await;
        let mut found = orders(&found);
        // Of the same moment the ids decide, and these are drawn.
        found.sort();
        let shown = query.replace(&id(&new), "{authorized}");
        table.push_str(&format!("{shown:<72} {}\n", found.join(", ")));
    }
    snapshot("quickpay", "filters", &table);
    let created = orders(&list(&served, "sort_by=created_at&sort_dir=asc").await);
    assert_eq!(created[..2], ["fresh", "authorized"]);
    let page = list(&served, "order_id=captured&operations_size=1").await.json();
    assert_eq!(page[0]["operations"].as_array().map(Vec::len), Some(1));
    assert_eq!(page[0]["operations"][0]["type"], "capture", "the last one is shown");
    assert_eq!(page[0]["balance"], 1000, "and all of them count");
    assert_eq!(read(&served, &format!("{processed}?operations_size=0")).await["operations"], json!([]));
}

#[tokio::test]
async fn a_list_that_cannot_be_is_refused() {
    let served = Served::frozen().await;
    let mut table = String::new();
    for query in [
        "page=0",
        "page=-1",
        "page=x",
        "page=18446744073709551616",
        "page_size=0",
        "page_size=",
        "sort_by=amount",
        "sort_dir=up",
        "id=x",
        "id=99999999999999999999",
        "accepted=perhaps",
        "fraud_suspected=2",
        "timestamp=deleted_at",
        "min_time=yesterday",
        "max_time=2026-03-01",
        "date[year]=x",
        "date[year]=2026&date[month]=13",
        "date[year]=2026&date[month]=2&date[day]=30",
        "date[year]=2026&date[month]=2&date[day]=1&date[hour]=24",
        "page=0&sort_by=x&min_time=x",
    ] {
        let said = api(&served, "GET", &format!("/payments?{query}"), Value::Null).await;
        assert_eq!(said.status, 400, "{query}");
        table.push_str(&format!("{query:<60} {}\n", said.errors()));
    }
    snapshot("quickpay", "lists-that-cannot-be", &table);
}

#[tokio::test]
async fn a_subscriptions_payments_are_its_own() {
    let served = Served::frozen().await;
    let mut subscriptions = Vec::new();
    for name in ["first", "other"] {
        let path = subscription(&served, name).await;
        super::authorize(&served, &path, 0, GOOD).await;
        for number in 1..4 {
            let body = json!({"amount": 100 * number, "order_id": format!("{name}-{number}")});
            done(&served, &path, "recurring", body).await;
        }
        subscriptions.push(path);
    }
    let query = "sort_by=order_id&sort_dir=asc&page_size=2";
    let path = format!("{}/payments?{query}", subscriptions[1]);
    let page = api(&served, "GET", &path, Value::Null).await;
    assert_eq!(orders(&page), ["other-1", "other-2"]);
    let rest = api(&served, "GET", &next(&served, &page).expect("a next page"), Value::Null).await;
    assert_eq!(orders(&rest), ["other-3"]);
    let wrong =
        api(&served, "GET", &format!("{}/payments?sort_by=created_at", subscriptions[0]), Value::Null).await;
    assert_eq!(wrong.errors(), "sort_by:[is invalid]");
    let active = api(&served, "GET", "/subscriptions?state=active", Value::Null).await;
    assert_eq!(orders(&active).len(), 2);
    assert_eq!(read(&served, "/cards").await, json!([]));
}
