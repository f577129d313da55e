//! An order paid over HTTP, from the REST API to the receipt, and all that can happen on the way.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Served, link, location, snapshot};

const BACK: &str = "http://127.0.0.1:3000/paid";

/// Follows the link to the provider's page and presses a button; where the payer ends up.
async fn pay(served: &Served, link: &str, button: &str) -> String {
    let page = location(&served.get(link).await);
    let bank = location(&served.submit(&page, &[("outcome", button)]).await);
    location(&served.get(&bank).await)
}

#[tokio::test]
async fn an_order_is_made_paid_and_its_receipt_is_read() {
    let served = Served::frozen().await;
    let api = format!("{}/apiserver/api/ver3", served.brp);
    let mut story = String::new();
    let mut tell = |title: &str, text: String| {
        story.push_str(&format!("## {title}\n{}\n\n", text.replace(&served.brp, "{BRP_URL}")));
    };
    let shown = |value: &Value| serde_json::to_string_pretty(value).expect("JSON");

    let made =
        served.client.post(format!("{api}/orders")).json(&json!({"businessUnit": 15, "externalId": "web-1"}));
    let made = made.send().await.expect("an answer");
    assert_eq!(made.status(), StatusCode::CREATED);
    let order: Value = made.json().await.expect("JSON");
    let id = order["id"].to_string();
    tell("POST orders", shown(&order));

    let row = served.client.post(format!("{api}/orders/{id}/items/articles"));
    let row = row.json(&json!({"articleProduct": 1, "quantity": 2})).send().await.expect("an answer");
    assert_eq!(row.status(), StatusCode::CREATED);
    tell("POST items/articles", shown(&row.json().await.expect("JSON")));

    let link = link(
        &served.base(),
        &[
            ("orderid", &id),
            ("paymentmethodid", "100"),
            ("receiptemail", "b@x.se"),
            ("receiptemail", "b@x.se"),
            ("returnurl", BACK),
        ],
    );
    let answer = served.get(&link).await;
    assert_eq!(answer.status(), StatusCode::FOUND);
    let page = location(&answer);
    tell("GET payfororder", format!("302 {page}"));
    let html = served.get(&page).await.text().await.expect("a page");
    snapshot(
        "brp",
        "provider-page",
        &html.replace(&id, "{order}").replace(page.rsplit('/').next().expect("a token"), "{token}"),
    );

    let bank = served
        .submit(
            &page,
            &[
                ("outcome", "approve"),
                ("cardnumber", "4111 1111 1111 1111"),
                ("expiry", "12/30"),
                ("cvc", "123"),
            ],
        )
        .await;
    assert_eq!(bank.status(), StatusCode::SEE_OTHER);
    let back = served.get(&location(&bank)).await;
    assert_eq!(back.status(), StatusCode::FOUND);
    let back = location(&back);
    tell("back at the shop", back.clone());
    let receipt =
        back.strip_prefix(&format!("{BACK}?receiptid=")).and_then(|rest| rest.strip_suffix("&error="));
    let receipt = receipt.expect("receiptid and an empty error").to_owned();

    let url = format!("{api}/receipts/{receipt}");
    assert_eq!(served.get(&url).await.status(), StatusCode::UNAUTHORIZED);
    let login = served.client.post(format!("{api}/auth/login"));
    let login = login
        .json(&json!({"username": "api-user", "password": "api-password"}))
        .send()
        .await
        .expect("an answer");
    let login: Value = login.json().await.expect("JSON");
    let token = login["access_token"].as_str().expect("a token");
    let read = served.client.get(&url).bearer_auth(token).send().await.expect("an answer");
    tell("GET receipts", shown(&read.json().await.expect("JSON")));

    let order: Value = served.get(&format!("{api}/orders/{id}")).await.json().await.expect("JSON");
    assert_eq!(order["leftToPay"]["amount"], 0);
    assert_eq!(order["preliminary"], false);
    let mails = served.read("brp/mails").await;
    assert_eq!(mails.as_array().map(Vec::len), Some(2), "one for each receiptemail, no de-duplication");
    snapshot("brp", "an-order-from-rest-to-receipt", &story);
}

#[tokio::test]
async fn each_button_has_its_code_and_a_failed_order_can_be_paid_again() {
    let served = Served::frozen().await;
    let link = link(&served.base(), &[("orderid", "15"), ("returnurl", BACK)]);
    assert_eq!(pay(&served, &link, "cancel").await, format!("{BACK}?receiptid=&error=205"));
    assert_eq!(pay(&served, &link, "decline").await, format!("{BACK}?receiptid=&error=201"));
    served.set("brp.decline_code", "205").await;
    assert_eq!(pay(&served, &link, "decline").await, format!("{BACK}?receiptid=&error=205"));
    assert!(pay(&served, &link, "approve").await.ends_with("&error="));
    assert_eq!(location(&served.get(&link).await), format!("{BACK}?receiptid=&error=101"));
}

#[tokio::test]
async fn reloading_repeats_and_two_tabs_pay_once() {
    let served = Served::frozen().await;
    let link = link(&served.base(), &[("orderid", "15"), ("returnurl", BACK)]);
    let one = location(&served.get(&link).await);
    let other = location(&served.get(&link).await);
    assert_ne!(one, other);
    let bank = location(&served.submit(&one, &[("outcome", "approve")]).await);
    let paid = location(&served.get(&bank).await);
    assert_eq!(location(&served.get(&bank).await), paid, "a reload repeats the redirect");
    let again = location(&served.submit(&one, &[("outcome", "cancel")]).await);
    assert_eq!(location(&served.get(&again).await), paid, "the back button changes nothing");
    let late = location(&served.submit(&other, &[("outcome", "approve")]).await);
    assert_eq!(location(&served.get(&late).await), format!("{BACK}?receiptid=&error=203"));
    assert_eq!(served.read("brp/receipts").await.as_array().map(Vec::len), Some(1));
    let attempts = &served.read("snapshot").await["tables"]["brp.attempts"];
    let mut states: Vec<_> =
        attempts.as_object().expect("attempts").values().map(|a| a["transaction"].clone()).collect();
    states.sort_by_key(ToString::to_string);
    assert_eq!(states, ["annulled", "captured"]);
}

#[tokio::test]
async fn the_way_back_keeps_the_shops_own_address() {
    let served = Served::frozen().await;
    for (returnurl, expected) in [
        ("http://shop.example/p?a=1&b=%20x", "http://shop.example/p?a=1&b=%20x&receiptid=&error=205"),
        ("http://shop.example/p?", "http://shop.example/p?receiptid=&error=205"),
        ("http://shop.example/p#top", "http://shop.example/p?receiptid=&error=205#top"),
        (
            "http://shop.example/kvitto?namn=Åsa",
            "http://shop.example/kvitto?namn=%C3%85sa&receiptid=&error=205",
        ),
        ("http://shop.example/p?receiptid=7", "http://shop.example/p?receiptid=7&receiptid=&error=205"),
    ] {
        let link = link(&served.base(), &[("orderid", "15"), ("returnurl", returnurl)]);
        assert_eq!(pay(&served, &link, "cancel").await, expected);
    }
    served.set("brp.return_orderid", "on").await;
    let link = link(&served.base(), &[("orderid", "15"), ("returnurl", BACK)]);
    assert_eq!(pay(&served, &link, "cancel").await, format!("{BACK}?receiptid=&error=205&orderid=15"));
}

#[tokio::test]
async fn nobody_is_sent_to_an_address_that_is_no_web_page() {
    let served = Served::frozen().await;
    for returnurl in [
        "javascript:alert(1)",
        "/paid",
        "ftp://shop.example/",
        "http://",
        "data:text/html,x",
        "http://a\r\nset-cookie:x=1",
    ] {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let canonical = format!("15{returnurl}SecretWord");
        let hash = provkassa::simulators::kit::digest::hex(&provkassa::simulators::kit::digest::sha256(
            canonical.as_bytes(),
        ));
        let query = query
            .append_pair("orderid", "15")
            .append_pair("returnurl", returnurl)
            .append_pair("hash", &hash)
            .finish();
        let page =
            location(&served.get(&format!("{}external/payment/payfororder?{query}", served.base())).await);
        let bank = location(&served.submit(&page, &[("outcome", "cancel")]).await);
        let alert = served.get(&bank).await;
        assert_eq!(alert.status(), StatusCode::OK, "{returnurl}");
        let html = alert.text().await.expect("a page");
        assert!(html.contains("data-brp-error=\"205\""), "{returnurl}");
        let (links, own) = (html.matches(" href=").count(), html.matches(" href=\"?").count());
        assert_eq!(links, own, "no link but the other language's: {returnurl}");
    }
}

#[tokio::test]
async fn a_wrong_hash_is_told_to_the_shop_the_journal_and_the_developer() {
    let served = Served::frozen().await;
    let wrong = "fb574d1148461b1cddf8811afe916e6b3bd8e46309bb83498590c837d8324f91";
    let link = format!(
        "{}/external/payment/payfororder?orderid=15&returnurl=https%3A%2F%2Fapi.brpsystems.se%2Fbrpgog%2Fpaymentconfirmation&hash={wrong}",
        served.base()
    );
    let answer = served.get(&link).await;
    let warnings = answer.headers().get_all("provkassa-warning").iter();
    let warnings: Vec<&str> = warnings.map(|warning| warning.to_str().expect("text")).collect();
    for said in ["you percent-encoded returnurl before hashing", "nobody vouches for this returnurl"] {
        assert!(warnings.iter().any(|warning| warning.contains(said)), "{warnings:?}");
    }
    assert_eq!(
        location(&answer),
        "https://api.brpsystems.se/brpgog/paymentconfirmation?receiptid=&error=400"
    );
    let journal = served.read("journal?order=15").await;
    let diagnosis = journal["entries"][0]["event"]["diagnosis"].as_str().expect("a diagnosis");
    assert!(diagnosis.contains("you percent-encoded returnurl"), "{diagnosis}");
    served.set("brp.bad_hash", "page").await;
    let page = served.get(&link).await;
    assert_eq!(page.status(), StatusCode::OK);
    let html = page.text().await.expect("a page");
    assert!(html.contains("you percent-encoded returnurl before hashing") && html.contains("‹BRP_SECRET›"));
    assert!(!html.contains("SecretWord"), "the page would give the secret away");
    assert!(!journal.to_string().contains("SecretWord"), "the journal would give the secret away");
}

#[tokio::test]
async fn the_rules_decide_where_the_document_is_silent() {
    let served = Served::frozen().await;
    let good = link(&served.base(), &[("orderid", "15"), ("returnurl", BACK)]);
    let (call, hash) = good.rsplit_once('=').expect("a hash");
    let upper = format!("{call}={}", hash.to_uppercase());
    let answer = served.get(&upper).await;
    assert!(answer.headers()["provkassa-warning"].to_str().expect("text").contains("might not be by BRP"));
    assert!(location(&answer).contains("/provider/"));
    served.set("rules", "live").await;
    assert_eq!(location(&served.get(&upper).await), format!("{BACK}?receiptid=&error=400"));
}

#[tokio::test]
async fn what_a_shop_sends_too_much_is_passed_over_with_a_warning() {
    let served = Served::frozen().await;
    let good = link(&served.base(), &[("orderid", "15"), ("returnurl", BACK)]);
    let answer = served.get(&format!("{good}&orderid=16&colour=red")).await;
    let warnings: Vec<_> =
        answer.headers().get_all("provkassa-warning").iter().map(|w| w.to_str().expect("text")).collect();
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(location(&answer).contains("/provider/"));
    for odd in ["?%ff=%", "?&&&=", "?orderid=99999999999999999999&hash=x", ""] {
        let answer = served.get(&format!("{}external/payment/payfororder{odd}", served.base())).await;
        assert_eq!(
            answer.status(),
            StatusCode::OK,
            "{odd}: an alert page, for there is nowhere to return to"
        );
    }
    for odd in ["", "?transaction=x&seal=y", "?transaction=x&transaction=y", "?%ff=%&seal"] {
        let answer = served.get(&format!("{}external/payment/providerreturn{odd}", served.base())).await;
        assert!(answer.text().await.expect("a page").contains("data-brp-error=\"204\""), "{odd}");
    }
    let posted = served.client.post(&good).send().await.expect("an answer");
    assert_eq!(posted.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn an_order_of_nothing_gets_its_receipt_at_once() {
    let served = Served::frozen().await;
    served.post("brp/orders", json!({"id": 15, "price": 0})).await;
    let link15 = link(&served.base(), &[("orderid", "15"), ("returnurl", BACK)]);
    assert!(location(&served.get(&link15).await).ends_with("&error="));
    served.set("brp.zero_order", "error102").await;
    served.post("brp/orders", json!({"id": 16, "price": 0})).await;
    let link16 = link(&served.base(), &[("orderid", "16"), ("returnurl", BACK)]);
    assert_eq!(location(&served.get(&link16).await), format!("{BACK}?receiptid=&error=102"));
    // A value card that covers everything leaves nothing to pay either.
    served.post("brp/valuecards", json!({"number": "123456789012", "balance": 20_000})).await;
    served.post("brp/orders", json!({"id": 17, "value_cards": ["123456789012"]})).await;
    let link17 = link(&served.base(), &[("orderid", "17"), ("returnurl", BACK)]);
    assert!(location(&served.get(&link17).await).ends_with("&error="));
    assert_eq!(served.read("brp/valuecards").await[0]["balance"], 5_000);
}

#[tokio::test]
async fn a_form_that_is_filled_in_wrongly_is_shown_again() {
    let served = Served::frozen().await;
    let page = location(&served.get(&link(&served.base(), &[("orderid", "15"), ("returnurl", BACK)])).await);
    let good =
        [("outcome", "approve"), ("cardnumber", "4242424242424242"), ("expiry", "03/26"), ("cvc", "123")];
    for (field, value) in [
        ("cardnumber", "4242424242424241"),
        ("cardnumber", "42"),
        ("expiry", "02/26"),
        ("expiry", "13/30"),
        ("expiry", "x"),
        ("cvc", "12"),
    ] {
        let fields: Vec<_> =
            good.iter().map(|(name, usual)| (*name, if *name == field { value } else { *usual })).collect();
        let answer = served.submit(&page, &fields).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{field}={value}");
        let html = answer.text().await.expect("a page");
        assert!(html.contains(&format!("data-error=\"{field}\"")), "{field}={value}");
        assert!(html.contains(&format!("value=\"{value}\"")), "what was typed stays");
    }
    assert_eq!(served.submit(&page, &good).await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_outcome_can_be_set_without_a_browser_before_and_after() {
    let served = Served::frozen().await;
    let link = link(&served.base(), &[("orderid", "15"), ("returnurl", BACK)]);
    served.post("outcomes", json!({"provider": "brp", "order": "15", "chain": ["decline", "cancel"]})).await;
    for code in ["201", "205"] {
        let page = location(&served.get(&link).await);
        let bank = location(&served.get(&page).await);
        assert_eq!(location(&served.get(&bank).await), format!("{BACK}?receiptid=&error={code}"));
    }
    let page = location(&served.get(&link).await);
    let token = page.rsplit('/').next().expect("a token");
    let ended = served
        .post(&format!("payments/{token}/outcome"), json!({"provider": "brp", "outcome": "approve"}))
        .await;
    assert!(ended["location"].as_str().expect("an address").ends_with("&error="));
}

#[tokio::test]
async fn the_rest_api_refuses_as_api3_does() {
    let served = Served::frozen().await;
    let api = format!("{}/brponline/api/ver3", served.brp);
    let send = async |method: Method, path: &str, body: &str| {
        let request = served.client.request(method, format!("{api}/{path}")).body(body.to_owned());
        let answer = request.send().await.expect("an answer");
        format!("{} {}", answer.status().as_u16(), answer.text().await.expect("a body"))
    };
    let mut story = String::new();
    for (method, path, body) in [
        (Method::POST, "orders", "{}"),
        (Method::POST, "orders", "[]"),
        (Method::POST, "orders", "{\"businessUnit\": \"15\"}"),
        (Method::POST, "orders", "{\"businessUnit\": 99}"),
        (Method::POST, "orders", "{\"businessUnit\": 15, \"customer\": 67}"),
        (Method::GET, "orders/999", ""),
        (Method::GET, "orders/99999999999999999999", ""),
        (Method::GET, "orders", ""),
        (Method::POST, "orders/16/items/articles", "{}"),
        (Method::POST, "orders/16/items/articles", "{\"articleProduct\": 999}"),
        (Method::POST, "orders/16/items/articles", "{\"articleProduct\": 1, \"quantity\": 0}"),
        (Method::POST, "orders/16/items/articles", "{\"articleProduct\": 1, \"priceIncVat\": 1}"),
        (Method::DELETE, "orders/16/items/articles/9", ""),
        (Method::POST, "auth/login", "{\"username\": \"api-user\"}"),
        (Method::POST, "auth/login", "{\"username\": \"api-user\", \"password\": \"no\"}"),
        (Method::GET, "receipts/1", ""),
        (Method::GET, "nothing/here", ""),
        (Method::DELETE, "orders/16", ""),
        (Method::GET, "orders/16", ""),
    ] {
        story.push_str(&format!("{method} {path} {body}\n  {}\n", send(method.clone(), path, body).await));
    }
    snapshot("brp", "what-api3-refuses", &story);
}

#[tokio::test]
async fn the_reference_link_is_read_back_as_it_was_meant() {
    // The link that the start page hands out is the operation's own.
    let served = Served::frozen().await;
    let html = served.get(&format!("{}/", served.control)).await.text().await.expect("a page");
    let mut links = html.split("data-try href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let link = links.find(|link| link.contains("/external/payment/")).expect("a link of BRP's");
    let link = link.replace("&#38;", "&").replace("&amp;", "&");
    let received = provkassa::simulators::brp::signing::received(&link, None, "SecretWord").expect("a link");
    assert!(received.operation.legal(&received.message).is_ok());
    let back = pay(&served, &link, "approve").await;
    let page = served.get(&back).await.text().await.expect("a page");
    assert!(page.contains("data-result=\"paid\""), "{page}");
}
