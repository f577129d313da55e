//! Whose a request is: by merchant number, by id, by token, by password.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Said, form, made, management, open, paid, query, with};
use crate::support::{Served, location};

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

#[tokio::test]
async fn two_merchants_never_meet() {
    let served = Served::frozen().await;
    let made_one = served.control(Method::POST, "workspaces", json!({"name": "mine"})).await;
    let (number, password) = (
        text(&made_one["credentials"]["FREEPAY_MERCHANT"]),
        text(&made_one["credentials"]["FREEPAY_PASSWORD"]),
    );
    let mine = with(form("7"), &[("MerchantNumber", &number)]);
    let (ours, theirs) = (paid(&served, "7").await, made(&served, &mine).await);
    assert_ne!(ours, theirs);
    let own = [("password", password.as_str())];
    assert_eq!(management(&served, "QueryTransaction", theirs, &own).await.element("MerchantNumber"), number);
    assert_eq!(query(&served, ours).await.element("MerchantNumber"), super::MERCHANT);
    // Somebody else's id, with each other's password.
    let before = served.control(Method::GET, "workspaces/mine/freepay/transactions", Value::Null).await;
    for method in ["CaptureV2", "DeleteTransaction", "QueryTransaction"] {
        assert_eq!(management(&served, method, ours, &own).await.status, 500);
        assert_eq!(management(&served, method, theirs, &[]).await.status, 500);
    }
    assert_eq!(
        served.control(Method::GET, "workspaces/mine/freepay/transactions", Value::Null).await,
        before
    );
    assert_eq!(query(&served, ours).await.element("IsCaptured"), "false");
    // An id that nobody has, with a password that somebody has: it is theirs to see.
    assert_eq!(management(&served, "QueryTransaction", 7, &own).await.status, 500);
    let journal = served.control(Method::GET, "workspaces/mine/journal?provider=freepay", Value::Null).await;
    assert!(journal.to_string().contains("Transaction 7 was not found."), "{journal}");
    // And one that nobody has, with a password that nobody has.
    let nobody = management(&served, "QueryTransaction", 7, &[("password", "freepay-tset")]).await;
    assert_eq!(
        (nobody.status, nobody.text.contains("Transaction 7 was not found.")),
        (500, true),
        "{nobody:?}"
    );
    assert!(nobody.warnings.contains("FREEPAY_PASSWORD"), "{nobody:?}");
    // A page is found by its token alone.
    let page = open(&served, &with(form("8"), &[("MerchantNumber", &number)])).await;
    let shown = Said::to(served.client.get(&page)).await;
    assert_eq!((shown.status, shown.hook("data-order")), (200, "8"));
    let gone = page.replace(page.rsplit('/').next().expect("a token"), &"0".repeat(32));
    assert_eq!(served.get(&gone).await.status(), 404);
    // Named in the path, a foreign merchant is still foreign.
    let path = format!("{}/w/mine/freepay/paymentpage", served.control);
    let fields = form("9");
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = served.submit(&path, &fields).await;
    assert_eq!(answer.status(), 400);
    assert!(answer.text().await.expect("a page").contains("data-error=\"merchantnumber\""));
}

#[tokio::test]
async fn merchants_are_added_and_changed() {
    let served = Served::frozen().await;
    let added = served.post("freepay/merchants", json!({"number": "777", "name": "Second <shop>"})).await;
    let password = text(&added["password"]);
    let id = made(&served, &with(form("7"), &[("MerchantNumber", "777")])).await;
    assert_eq!(query(&served, id).await.status, 500, "the first merchant's password");
    let said = management(&served, "QueryTransaction", id, &[("password", &password)]).await;
    assert_eq!(
        (said.element("MerchantNumber"), said.element("MerchantID")),
        ("777", added["account"].to_string().as_str())
    );
    served.post("freepay/merchants", json!({"number": "777", "password": "another-one"})).await;
    assert_eq!(management(&served, "QueryTransaction", id, &[("password", &password)]).await.status, 500);
    assert_eq!(management(&served, "QueryTransaction", id, &[("password", "another-one")]).await.status, 200);
    let page = served.get(&open(&served, &with(form("8"), &[("MerchantNumber", "777")])).await).await;
    assert!(page.text().await.expect("a page").contains("Second &#60;shop&#62;"));
    assert!(!served.read("journal?provider=freepay").await.to_string().contains("another-one"));
    // Merchants that cannot be, and another workspace's.
    served.control(Method::POST, "workspaces", json!({"name": "mine"})).await;
    for (workspace, body) in [
        ("default", json!({"number": "0777"})),
        ("default", json!({"number": "shop"})),
        ("default", json!({"number": "99999999999"})),
        ("default", json!({"number": "778", "password": ""})),
        ("default", json!({"number": "778", "account": 1})),
        ("mine", json!({"number": "777"})),
        ("mine", json!({"number": super::MERCHANT})),
    ] {
        let url = format!("{}/_sim/v1/workspaces/{workspace}/freepay/merchants", served.control);
        let answer = served.client.post(url).json(&body).send().await.expect("an answer");
        assert_eq!(answer.status(), 400, "{workspace} {body}");
    }
}

#[tokio::test]
async fn a_newcomer_pays_and_signs_up_from_the_start_page() {
    let served = Served::frozen().await;
    let start = served.get(&served.control).await.text().await.expect("a page");
    let links: Vec<String> = start
        .split("href=\"")
        .filter_map(|rest| rest.split('"').next())
        .filter(|link| link.contains("/provkassa/form?"))
        .map(|link| link.replace("&#38;", "&").replace("&amp;", "&"))
        .collect();
    assert_eq!(links.len(), 2, "{start}");
    for link in links {
        let shown = Said::to(served.client.get(&link)).await;
        assert_eq!(shown.hook("data-page"), "fields");
        // What the browser would post.
        let query = link.split_once('?').expect("a query").1.to_owned();
        let action = shown.hook("action").to_owned();
        let page = location(&served.client.post(action).body(query).send().await.expect("an answer"));
        let back = super::press(&served, &page, "approve").await;
        assert!(served.get(&back).await.status().is_success(), "{back}");
    }
    assert_eq!(super::records(&served, "transactions").await.len(), 1);
    assert_eq!(super::records(&served, "subscriptions").await.len(), 1);
}
