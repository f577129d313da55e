//! The older form: fields with a checksum, posted by the payer's browser.

use provkassa::simulators::kit::digest;
use provkassa::simulators::kit::operation::{Message, Operation as _};
use provkassa::simulators::quickpay::signing::Window;
use serde_json::json;

use super::{API_KEY, GOOD, PRIVATE_KEY, WINDOW_KEY, last, read};
use crate::support::{Served, location, snapshot};

pub(super) type Fields = Vec<(String, String)>;

pub(super) fn fields(order: &str, more: &[(&str, &str)]) -> Fields {
    let usual = [
        ("version", "v10"),
        ("merchant_id", "1"),
        ("agreement_id", "1"),
        ("order_id", order),
        ("amount", "2599"),
        ("currency", "DKK"),
        ("continueurl", "http://127.0.0.1:3000/ok"),
        ("cancelurl", "http://127.0.0.1:3000/no"),
    ];
    let mut fields: Fields =
        usual.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    for (name, value) in more {
        fields.retain(|(known, _)| known != name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    fields
}

/// A name as it is sorted: `a[b]` is `[a][b]`.
fn bracketed(name: &str) -> String {
    let (first, rest) =
        name.split_once('[').map_or((name, String::new()), |(first, rest)| (first, format!("[{rest}")));
    format!("[{first}]{rest}")
}

/// The checksum as the documentation tells it.
pub(super) fn checksum(fields: &Fields, key: &str) -> String {
    let mut sorted: Vec<(String, &str)> =
        fields.iter().map(|(name, value)| (bracketed(name), value.as_str())).collect();
    sorted.sort();
    let values: Vec<&str> = sorted.into_iter().map(|(_, value)| value).collect();
    digest::hex(&digest::hmac_sha256(key.as_bytes(), values.join(" ").as_bytes()))
}

async fn post(served: &Served, path: &str, fields: &Fields, checksum: &str) -> reqwest::Response {
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let fields = [fields, vec![("checksum", checksum)]].concat();
    served.submit(&format!("{}{path}", served.quickpay), &fields).await
}

async fn signed(served: &Served, path: &str, fields: &Fields) -> reqwest::Response {
    post(served, path, fields, &checksum(fields, WINDOW_KEY)).await
}

/// What the page of a refused form tells its developer.
async fn told(answer: reqwest::Response) -> String {
    assert_eq!(answer.status(), 400);
    let html = answer.text().await.expect("a page");
    assert!(html.contains("data-error=\"form\""), "{html}");
    let list = html
        .split("<ul class=\"quiet\" lang=\"en\">")
        .nth(1)
        .and_then(|rest| rest.split("</ul>").next())
        .expect("a list");
    list.replace("<li>", "")
        .replace("</li>", "; ")
        .replace("&#39;", "'")
        .replace("&#34;", "\"")
        .replace("&#38;", "&")
}

#[tokio::test]
async fn a_signed_form_opens_a_link_and_is_paid() {
    let served = Served::frozen().await;
    let more = [
        ("callbackurl", "http://127.0.0.1:1/cb"),
        ("language", "da"),
        ("autocapture", "1"),
        ("autofee", "0"),
        ("description", ""),
        ("variables[a]", "A"),
        ("variables[a1]", "A1"),
        ("variables[a_b]", "Æ"),
        ("variables[B]", "bb"),
        ("basket[0][qty]", "1"),
        ("basket[0][item_no]", "A-1"),
        ("basket[0][item_name]", "Blå kop"),
        ("basket[0][item_price]", "2599"),
        ("basket[0][vat_rate]", "0.25"),
        ("invoice_address[city]", "Århus"),
        ("payment_methods", "creditcard"),
        ("deadline", "600"),
        ("text_on_statement", "Shop"),
    ];
    let form = fields("order500", &more);
    let url = location(&signed(&served, "/", &form).await);
    assert!(url.starts_with(&format!("{}/payments/", served.quickpay)), "{url}");
    let listed = read(&served, "/payments?order_id=order500").await;
    let payment = &listed[0];
    assert_eq!(
        (&payment["variables"], &payment["invoice_address"], &payment["text_on_statement"]),
        (&json!({"a": "A", "a1": "A1", "a_b": "Æ", "B": "bb"}), &json!({"city": "Århus"}), &json!("Shop"))
    );
    assert_eq!(payment["basket"][0]["item_name"], "Blå kop");
    let link = &payment["link"];
    assert_eq!(
        (
            &link["language"],
            &link["auto_capture"],
            &link["auto_fee"],
            &link["deadline"],
            &link["callback_url"]
        ),
        (&json!("da"), &json!(true), &json!(false), &json!(600), &json!("http://127.0.0.1:1/cb"))
    );
    assert_eq!(location(&served.submit(&url, &[("test", GOOD)]).await), "http://127.0.0.1:3000/ok");
    let paid = &read(&served, "/payments?order_id=order500").await[0];
    assert_eq!(
        (&paid["state"], &paid["balance"], &last(paid)["type"]),
        (&json!("processed"), &json!(2599), &json!("capture"))
    );
    let again = told(signed(&served, "/", &form).await).await;
    assert!(again.contains("`order500` is paid already"), "{again}");
}

#[tokio::test]
async fn a_form_that_is_posted_twice_is_one_payment_and_framed_means_framed() {
    let served = Served::frozen().await;
    let first = location(&signed(&served, "/", &fields("order-1", &[])).await);
    let second = location(&signed(&served, "/framed", &fields("order-1", &[("amount", "3000")])).await);
    assert_ne!(first, second);
    let listed = read(&served, "/payments").await;
    assert_eq!((listed.as_array().map(Vec::len), &listed[0]["link"]["amount"]), (Some(1), &json!(3000)));
    assert!(served.get(&first).await.text().await.expect("a page").contains("payment_link_changed"));
    let policy =
        served.get(&second).await.headers()["content-security-policy"].to_str().expect("text").to_owned();
    assert!(!policy.contains("frame-ancestors"), "{policy}");
    // A subscription, by either field.
    for (order, more) in [("sub-1", ("type", "subscription")), ("sub-2", ("subscription", "1"))] {
        let url = location(
            &signed(&served, "/", &fields(order, &[more, ("description", "Gym"), ("autocapture", "1")]))
                .await,
        );
        served.submit(&url, &[("test", GOOD)]).await;
        let listed = read(&served, &format!("/subscriptions?order_id={order}")).await;
        assert_eq!((&listed[0]["state"], &listed[0]["description"]), (&json!("active"), &json!("Gym")));
    }
    // The page that stands for the shop's own posts just what it shows.
    let form = fields("order-9", &[("variables[a]", "<b>&\"")]);
    let sum = checksum(&form, WINDOW_KEY);
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form.iter().map(|(name, value)| (name.as_str(), value.as_str())))
        .append_pair("checksum", &sum)
        .finish();
    let html = served.get(&format!("{}/?{query}", served.quickpay)).await.text().await.expect("a page");
    assert!(html.contains("data-page=\"fields\"") && !html.contains("<b>&"), "{html}");
    assert_eq!(html.matches("type=\"hidden\"").count(), form.len() + 1);
    let nothing = served.get(&format!("{}/", served.quickpay)).await;
    assert_eq!(nothing.status(), 404);
}

#[tokio::test]
async fn what_is_wrong_with_a_form_is_told_all_at_once() {
    let served = Served::frozen().await;
    let mut table = String::new();
    for more in [
        &[("version", "v9")][..],
        &[("version", "")],
        &[("merchant_id", "")],
        &[("agreement_id", "7")],
        &[("order_id", "abc")],
        &[("amount", "12.50")],
        &[("amount", "1234567890")],
        &[("amount", "-1")],
        &[("currency", "dkk")],
        &[("currency", "kr")],
        &[("continueurl", "shop.test/ok")],
        &[("cancelurl", "javascript:alert(1)")],
        &[("callbackurl", "/cb")],
        &[("language", "danish")],
        &[("autocapture", "true")],
        &[("autofee", "yes")],
        &[("type", "card")],
        &[("type", "subscription")],
        &[("currency", ""), ("amount", ""), ("cancelurl", ""), ("continueurl", "")],
    ] {
        let mut form = fields("order-1", more);
        form.retain(|(_, value)| !value.is_empty());
        let said = told(signed(&served, "/", &form).await).await;
        table.push_str(&format!("{more:?}\n    {said}\n"));
    }
    served.set("rules", "live").await;
    let long = fields("123456789012345678901", &[]);
    table.push_str(&format!("live: 21 characters\n    {}\n", told(signed(&served, "/", &long).await).await));
    snapshot("quickpay", "forms-that-cannot-be", &table);
    assert_eq!(read(&served, "/payments").await, json!([]));
    served.set("rules", "documented").await;
    let warned = signed(&served, "/", &long).await;
    assert!(warned.headers()["provkassa-warning"].to_str().expect("text").contains("21 characters"));
    // A merchant that nobody is.
    let answer = signed(&served, "/", &fields("order-1", &[("merchant_id", "24352435")])).await;
    assert_eq!(answer.status(), 404);
    let page = answer.text().await.expect("a page");
    assert!(page.contains("nobody has the merchant_id `24352435`"), "{page}");
}

#[tokio::test]
async fn the_mistake_behind_a_wrong_checksum_is_named() {
    let served = Served::frozen().await;
    let form = fields(
        "order-1",
        &[("variables[a]", "A"), ("variables[a1]", "B 1"), ("callbackurl", ""), ("description", "Åse")],
    );
    let right = checksum(&form, WINDOW_KEY);
    for (sum, names) in [
        (checksum(&form, API_KEY), "you signed with the API key of another agreement"),
        (checksum(&form, PRIVATE_KEY), "you signed with the private key"),
        (right.to_uppercase(), "The mistake: you "),
        (right[..40].to_owned(), "The checksum is wrong"),
        (String::new(), "checksum is missing"),
        ("0".repeat(64), "The checksum is wrong."),
    ] {
        let said = told(post(&served, "/", &form, &sum).await).await;
        assert!(said.contains(names), "{sum}: {said}");
        assert!(!said.contains(&right), "the right one is not told");
    }
    assert_eq!(read(&served, "/payments").await, json!([]));
    // Every mistake that can be told from the checksum alone.
    let mut named = String::new();
    for mistake in Window.mistakes() {
        let message = Message {
            form: "".into(),
            parameters: form.iter().map(|(name, value)| (name.clone().into(), value.clone())).collect(),
            given: [("window_key", WINDOW_KEY), ("api_key", API_KEY), ("private_key", PRIVATE_KEY)]
                .map(|(name, key)| (name.into(), key.to_owned()))
                .to_vec(),
        };
        let Some(reply) = Window.reply(&message, &[mistake]) else { continue };
        if reply.get("checksum") == right {
            continue;
        }
        let said = told(post(&served, "/", &form, reply.get("checksum")).await).await;
        let how = if said.contains(mistake.title) { "named" } else { said.trim() };
        named.push_str(&format!("{:<44} {how}\n", mistake.id));
    }
    snapshot("quickpay", "mistakes-on-the-form-page", &named);
    assert_eq!(post(&served, "/", &form, &right).await.status(), 303);
}
