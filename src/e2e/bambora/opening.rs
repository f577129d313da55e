//! How shops open the window, and what keeps it closed.

use provkassa::simulators::kit::digest::{hex, md5, sha1};
use serde_json::json;

use super::order::{KEY, Order, by_link, merchant, pay, records, shown, verified, warnings};
use crate::support::{Served, location};

/// Opens the window and expects an error page with this code; what is said to the developer.
async fn refused(served: &Served, query: &str, code: &str) -> String {
    let answer = by_link(served, query).await;
    let warned = warnings(&answer);
    let (status, page) = shown(answer).await;
    assert_eq!(status, 400, "{query}: {page}");
    assert!(page.contains(&format!("data-error=\"{code}\"")), "{query}: {code}: {page}");
    assert!(warned.starts_with(code) || code == "-5506", "{warned}");
    warned
}

#[tokio::test]
async fn what_cannot_be_paid_gets_a_page_with_epays_code() {
    let served = Served::start(&[]).await;
    let order = || Order::new("A1");
    for (name, value, code) in [
        ("amount", "", "-5503"),
        ("amount", "12,50", "-5503"),
        ("amount", "-1", "-5503"),
        ("amount", "0", "-5503"),
        ("amount", "99999999999", "-5503"),
        ("orderid", "123456789012345678901", "-5503"),
        ("group", &"g".repeat(101), "-5503"),
        ("description", &"d".repeat(1025), "-5503"),
        ("windowstate", "5", "-5503"),
        ("windowstate", "4", "-5503"),
        ("language", "14", "-5503"),
        ("ownreceipt", "yes", "-5503"),
        ("paymenttype", "1;3", "-5503"),
        ("paymenttype", "99", "-5505"),
        ("timeout", "soon", "-5503"),
        ("accepturl", "shop.example/ok", "-5503"),
        ("callbackurl", "javascript:alert(1)", "-5503"),
        ("encoding", "UTF-16", "-5503"),
        ("subscription", "2", "-5503"),
        ("currency", "", "-5504"),
        ("currency", "XXZ", "-5504"),
        ("currency", "000", "-5504"),
    ] {
        refused(&served, &order().with(name, value).text(), code).await;
    }
    refused(&served, &order().without("amount").text(), "-5503").await;
    refused(&served, &order().text_with(""), "-1011").await;
    refused(&served, &order().text_with("0123456789abcdef0123456789abcdef"), "-1011").await;
    let card = order().with("subscription", "2").with("subscriptionid", "1000000");
    refused(&served, &card.text(), "-1009").await;
    served.set("bambora.card_change", "off").await;
    refused(&served, &card.text(), "-5503").await;
    // Nobody's merchant number, and somebody else's.
    let warned = refused(&served, &order().with("merchantnumber", "8008002").text(), "-5506").await;
    assert!(warned.contains("8008001"), "{warned}");
    let theirs = format!("{}/w/default/bambora/integration/ewindow/Default.aspx", served.control);
    let (status, page) = shown(served.get(&format!("{theirs}?merchantnumber=1")).await).await;
    assert!(status == 400 && page.contains("data-error=\"-5506\""), "{page}");
    let (status, page) = shown(served.get(&theirs).await).await;
    assert!(status == 400 && page.contains("merchantnumber is missing"), "{page}");
    assert!(records(&served, "windows").await.is_empty());
}

#[tokio::test]
async fn what_is_wrong_is_looked_for_in_an_order() {
    let served = Served::start(&[]).await;
    merchant(&served, json!({"domains": ["shop.example"]})).await;
    let url = format!("{}/integration/ewindow/Default.aspx", served.bambora);
    let from = async |order: &Order, referer: &str| {
        let query = order.text_with("wrong");
        let request = served.client.get(format!("{url}?{query}")).header("referer", referer);
        let page = request.send().await.expect("an answer").text().await.expect("a page");
        page.split("data-error=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("").to_owned()
    };
    let wrong = Order::new("A1").with("merchantnumber", "7").with("amount", "x").with("currency", "x");
    assert_eq!(from(&wrong, "http://elsewhere.example/").await, "-5506");
    let wrong = wrong.with("merchantnumber", "8008001");
    assert_eq!(from(&wrong, "http://elsewhere.example/").await, "-5507");
    assert_eq!(from(&wrong, "http://SHOP.example:8080/basket").await, "-5503");
    let wrong = wrong.with("amount", "1");
    assert_eq!(from(&wrong, "http://shop.example/").await, "-5504");
    let wrong = wrong.with("currency", "208");
    assert_eq!(from(&wrong, "http://shop.example/").await, "-1011");
    // Who does not tell from where it comes is let in, and told so.
    let answer = Order::new("A1").open(&served).await;
    assert!(answer.status() == 302 && warnings(&answer).contains("domains"), "{answer:?}");
    let posted = served.client.post(&url).header("origin", "https://elsewhere.example");
    let posted = posted.header("content-type", "application/x-www-form-urlencoded");
    let answer = posted.body(Order::new("A1").text()).send().await.expect("an answer");
    assert!(answer.text().await.expect("a page").contains("data-error=\"-5507\""));
}

#[tokio::test]
async fn the_hash_is_of_the_values_in_the_order_in_which_they_came() {
    let served = Served::start(&[]).await;
    let order = || Order::new("A1").with("ordertext", "Rødgrød & æbler").with("group", "");
    let opens = async |query: String| {
        let answer = by_link(&served, &query).await;
        assert_eq!(answer.status(), 302, "{query}: {}", warnings(&answer));
        served.get(&location(&answer)).await.text().await.expect("a page")
    };
    assert!(opens(order().text()).await.contains("Rødgrød &#38; æbler"));
    opens(order().text_with(&order().hash(KEY).to_uppercase())).await;
    // What nobody knows is hashed, and so is a currency as it was sent.
    opens(order().with("shopid", "7").with("currency", "208").text()).await;
    // What was done wrong is told.
    let warned = refused(&served, &order().sorted(), "-1011").await;
    assert!(warned.contains("sorted"), "{warned}");
    let by_number = order().with("currency", "208").hash(KEY);
    let warned = refused(&served, &order().text_with(&by_number), "-1011").await;
    assert!(warned.contains("The mistake: you"), "{warned}");
    let (_, page) = shown(by_link(&served, &order().sorted()).await).await;
    assert!(
        page.contains("data-signature=\"wrong\"") && page.contains("<td><code>DKK</code></td>"),
        "{page}"
    );
    // In the other encoding, named or not.
    let latin = "merchantnumber=8008001&amount=100&currency=208&windowstate=3&orderid=L1&ordertext=R%f8d";
    let bytes = b"80080011002083L1R\xf8dbambora-md5";
    let hash = hex(&md5(bytes));
    assert!(opens(format!("{latin}&hash={hash}")).await.contains("Rød"));
    served.set("bambora.encoding", "utf-8").await;
    refused(&served, &format!("{latin}&hash={hash}"), "-1011").await;
}

#[tokio::test]
async fn a_mistake_is_named_in_utf_8_too_whether_encoding_is_sent_or_not() {
    let served = Served::start(&[]).await;
    let sum = |text: &[u8]| hex(&md5(text));
    for encoding in ["", "UTF-8"] {
        let order =
            Order::new("U1").without("encoding").with("accepturl", "http://127.0.0.1:1/ok?navn=Søren");
        let order = if encoding.is_empty() { order } else { order.with("encoding", encoding) };
        let values = order.values();
        let latin: Vec<u8> =
            values.chars().map(|letter| u8::try_from(u32::from(letter)).expect("Latin-1")).collect();
        for (hash, mistake) in [
            (sum(format!("{KEY}{values}").as_bytes()), "you put the key before the values"),
            (sum(values.as_bytes()), "you left the key out of the hash"),
            (hex(&sha1(format!("{values}{KEY}").as_bytes())), "you used SHA-1"),
            (
                sum(&[latin.as_slice(), KEY.as_bytes()].concat()),
                "you hashed the values in Latin-1, and sent them in UTF-8",
            ),
        ] {
            let (_, page) = shown(by_link(&served, &order.text_with(&hash)).await).await;
            let told = format!("The mistake: {mistake}.");
            assert!(page.contains(&told), "{encoding}: {mistake}: {page}");
        }
        let (_, page) = shown(by_link(&served, &order.sorted()).await).await;
        assert!(page.contains("sorted the parameters by name") && !page.contains("Latin-1"), "{page}");
        let warned = warnings(&order.open(&served).await);
        assert_eq!(warned.contains("encoding=UTF-8 is not sent"), encoding.is_empty(), "{warned}");
    }
}

#[tokio::test]
async fn the_md5_mode_says_what_is_hashed() {
    let served = Served::start(&[]).await;
    let mut number = 0;
    for (mode, key, asks, signs) in [
        ("both", KEY, true, true),
        ("return", KEY, false, true),
        ("off", KEY, false, false),
        ("both", "", false, false),
    ] {
        served.set("bambora.md5_mode", mode).await;
        merchant(&served, json!({"md5_key": key})).await;
        number += 1;
        let order = Order::new(&format!("m{number}"));
        let answer = by_link(&served, &order.text_with("wrong")).await;
        assert_eq!(answer.status() == 400, asks, "{mode} {key}");
        let page = order.page(&served).await;
        let back = location(&pay(&served, &page, "3333333333333000").await);
        assert_eq!(back.contains("&hash="), signs, "{mode} {key}: {back}");
        if signs {
            verified(&back);
        }
    }
}

#[tokio::test]
async fn what_passes_and_is_odd_is_told() {
    let served = Served::start(&[]).await;
    let odd = Order::new("A-1").with("subscription", "1").without("windowstate").without("accepturl");
    let odd = odd.with("invoice", "none").with("declineurl", "http://shop/").with("acceptur", "x");
    let warned = warnings(&odd.open(&served).await);
    for part in [
        "subscriptiontype=recurring",
        "`A-1` has other characters",
        "windowstate is not sent",
        "no accepturl",
        "no callbackurl",
        "invoice is not a JSON object",
        "declineurl belongs to the old",
        "did you mean accepturl?",
    ] {
        assert!(warned.contains(part), "{part}: {warned}");
    }
    let right = Order::new("A1").with("callbackurl", "http://127.0.0.1:1/cb").with("shopid", "7");
    assert_eq!(warnings(&right.open(&served).await), "");
    // Used order numbers are told of, or refused.
    pay(&served, &right.page(&served).await, "4444444444444000").await;
    assert!(warnings(&right.open(&served).await).contains("was paid before"));
    served.set("bambora.unique_orders", "on").await;
    refused(&served, &right.text(), "-1001").await;
}

#[tokio::test]
async fn the_windows_scripts_are_where_shops_load_them() {
    let served = Served::start(&[]).await;
    let script = served.get(&format!("{}/integration/ewindow/paymentwindow.js", served.bambora)).await;
    assert_eq!(script.headers()["content-type"], "application/javascript; charset=utf-8");
    assert!(script.text().await.expect("a script").contains("window.PaymentWindow = PaymentWindow"));
    let logos = "/integration/PaymentLogos/PaymentLogos.aspx?merchantnumber=8008001&divid=logos";
    let logos = served.get(&format!("{}{logos}", served.bambora)).await;
    assert!(logos.text().await.expect("a script").contains("getElementById(\"logos\")"));
}
