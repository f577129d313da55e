//! Bad input: provider-shaped errors, nothing lost, everything in the journal, and no card there.

use serde_json::{Value, json};

use super::{FORM, GOOD, Said, api, authorize, authorized, call, card, code, ok, payment, queue, read, said};
use crate::support::Served;

/// A body as it is sent.
async fn raw(served: &Served, path: &str, content_type: &str, body: impl Into<reqwest::Body>) -> Said {
    let request = call(served, "POST", path);
    let request =
        if content_type.is_empty() { request } else { request.header("content-type", content_type) };
    said(request.body(body)).await
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_invalid_and_make_nothing() {
    let served = Served::frozen().await;
    let json = "application/json";
    let deep = |depth: usize| format!("{{\"variables\":{}1{}}}", "[".repeat(depth), "]".repeat(depth));
    let many = (0..5000).map(|number| format!("variables[a{number}]=1")).collect::<Vec<_>>().join("&");
    for (name, kind, body) in [
        ("an empty array", json, b"[]".to_vec()),
        ("an array", json, b"[{\"order_id\":\"abcd\",\"currency\":\"DKK\"}]".to_vec()),
        ("a number", json, b"7".to_vec()),
        ("a text", json, b"\"abcd\"".to_vec()),
        ("null", json, b"null".to_vec()),
        ("half an object", json, b"{\"order_id\":\"abcd\"".to_vec()),
        ("two objects", json, b"{}{}".to_vec()),
        ("a byte order mark", json, b"\xef\xbb\xbf{}".to_vec()),
        ("UTF-16", json, b"\xff\xfe{\x00}\x00".to_vec()),
        ("Latin-1", json, b"{\"order_id\":\"b\xe5t1\",\"currency\":\"DKK\"}".to_vec()),
        ("deep JSON", json, deep(100_000).into_bytes()),
        ("single quotes", json, b"{'order_id':'abcd'}".to_vec()),
        ("a form that says it is JSON", json, b"order_id=abcd&currency=DKK".to_vec()),
        ("a form without a type", "", b"order_id=abcd&currency=DKK".to_vec()),
        ("XML", "application/xml", b"<order_id>abcd</order_id>".to_vec()),
        ("names that contradict each other", FORM, b"order_id=abcd&order_id[a]=1".to_vec()),
        ("brackets that do not close", FORM, b"variables[a=1".to_vec()),
        ("deep brackets", FORM, format!("variables{}=1", "[a]".repeat(500)).into_bytes()),
        ("thousands of fields", FORM, many.into_bytes()),
    ] {
        let answer = raw(&served, "/payments", kind, body).await;
        assert_eq!((answer.status, answer.errors().as_str()), (400, "body:[is invalid]"), "{name}");
    }
    assert_eq!(read(&served, "/payments").await, json!([]));
    // As deep as anybody needs, and a member that comes twice.
    let fine = deep(60)
        .replace("{\"variables\":", "{\"order_id\":\"abcd\",\"currency\":\"DKK\",\"variables\":{\"a\":")
        .replace("]}", "]}}");
    let answer = raw(&served, "/payments", json, fine).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let twice = r#"{"order_id":"first","order_id":"last","currency":"DKK"}"#;
    assert_eq!(raw(&served, "/payments", json, twice).await.json()["order_id"], "last");
    // Invalid UTF-8 in a form is replaced, as a browser's would be read.
    let answer =
        raw(&served, "/payments", FORM, b"order_id=latin&currency=DKK&variables[a]=%E5%FF".to_vec()).await;
    assert_eq!(answer.json()["variables"]["a"], "\u{fffd}\u{fffd}");
    let whitespace = raw(&served, "/payments", json, " \r\n\t").await;
    assert_eq!(whitespace.errors(), "currency:[is required],order_id:[is required]");
}

#[tokio::test]
async fn a_body_over_the_limit_is_413_and_written_down() {
    let served = Served::frozen().await;
    let path = payment(&served, "order-1").await;
    let body = format!("{{\"variables\":{{\"a\":\"{}\"}}}}", "x".repeat(4 << 20));
    let answer =
        said(call(&served, "PATCH", &path).header("content-type", "application/json").body(body)).await;
    assert_eq!((answer.status, answer.header("content-type")), (413, "text/html"));
    assert!(answer.text.contains("413 Request Entity Too Large"));
    assert_eq!(read(&served, &path).await["variables"], json!({}));
    let journal = served.read("journal?provider=quickpay").await.to_string();
    assert!(journal.contains("413 Payload Too Large") && journal.contains("the body is longer than"));
    // Below it, it is taken whole.
    let long = "å".repeat(1 << 20);
    let changed = ok(&served, "PATCH", &path, json!({"variables": {"a": long}})).await;
    assert_eq!(changed["variables"]["a"], long);
}

#[tokio::test]
async fn fields_of_the_wrong_kind_are_told_all_at_once() {
    let served = Served::frozen().await;
    let path = authorized(&served, "order-1", 1000, GOOD).await;
    let before = read(&served, &path).await;
    let fresh = payment(&served, "order-2").await;
    let body = json!({
        "order_id": ["a"], "currency": {"a": 1}, "branding_id": "x", "text_on_statement": "more than 22 characters",
        "variables": "x", "invoice_address": 7, "shipping_address": {"country_code": "XXX"},
        "basket": "x", "shipping": {"method": "balloon", "amount": "x"}, "shopsystem": "x", "nobody": {"knows": []},
    });
    let wrong = api(&served, "POST", "/payments", body).await;
    assert_eq!(
        wrong.errors().split("],").map(|one| one.split(':').next().expect("a name")).collect::<Vec<_>>(),
        [
            "basket",
            "branding_id",
            "currency",
            "invoice_address",
            "order_id",
            "shipping.amount",
            "shipping.method",
            "shipping_address.country_code",
            "shopsystem",
            "text_on_statement",
            "variables",
        ]
    );
    for amount in [
        json!("10.00"),
        json!(10.5),
        json!(1e30),
        json!(""),
        json!(" 5"),
        json!("5 "),
        json!("0x5"),
        json!(true),
        json!([5]),
        json!({"minor": 5}),
        json!(-5),
        json!(1_000_000_000),
        json!("99999999999999999999"),
        json!(u64::MAX),
        json!("５"),
    ] {
        let answer = api(&served, "POST", &format!("{path}/capture"), json!({"amount": amount})).await;
        assert_eq!((answer.status, answer.errors().as_str()), (400, "amount:[is invalid]"), "{amount}");
    }
    for (field, value) in [
        ("number", json!("1000000000000009")),
        ("number", json!("")),
        ("number", json!({"a": 1})),
        ("number", json!("١٠٠٠٠٠٠٠٠٠٠٠٠٠٠٨")),
        ("expiration", json!("1230")),
        ("expiration", json!("30-12")),
        ("expiration", json!(12)),
        ("cvd", json!("12")),
        ("cvd", json!("abc")),
    ] {
        let mut card = card(GOOD);
        card[field] = value.clone();
        let answer =
            api(&served, "POST", &format!("{fresh}/authorize"), json!({"amount": 1, "card": card})).await;
        // December as 12/30 is month 30 of the year 2012.
        assert_eq!(answer.errors(), format!("card.{field}:[is invalid]"), "{value}");
    }
    let answer =
        api(&served, "POST", &format!("{fresh}/authorize"), json!({"amount": 1, "card": "1000000000000008"}))
            .await;
    assert!(answer.errors().contains("card:[is invalid]"), "{answer:?}");
    assert_eq!(read(&served, &path).await, before);
    assert_eq!(read(&served, &fresh).await["operations"], json!([]));
}

#[tokio::test]
async fn ids_that_are_none_are_unknown() {
    let served = Served::frozen().await;
    let path = payment(&served, "order-1").await;
    let id = path.rsplit('/').next().expect("an id").to_owned();
    for wrong in [
        "0",
        "-1",
        "x",
        "1.0",
        "0x1",
        "undefined",
        "null",
        "NaN",
        "18446744073709551615",
        "18446744073709551616",
        "99999999999999999999999999999999",
        "%00",
        "%FF",
        "1%2F2",
    ] {
        for (verb, below) in
            [("GET", ""), ("PATCH", ""), ("PUT", "/link"), ("POST", "/capture"), ("DELETE", "/link")]
        {
            let answer = api(&served, verb, &format!("/payments/{wrong}{below}"), json!({"amount": 1})).await;
            assert_eq!(answer.status, 404, "{verb} {wrong}{below}");
            let message = answer.json()["message"].as_str().expect("a text").to_owned();
            assert!(message.starts_with("Not found: No Payment with id "), "{message}");
        }
    }
    for (around, found) in [(format!("0{id}"), 200), (format!("+{id}"), 200), (format!("{id}%20"), 404)] {
        let status = api(&served, "GET", &format!("/payments/{around}"), Value::Null).await.status;
        assert!(status == found || status == 404, "{around}: {status}");
    }
}

/// The journal keeps what came, and no card that is not a test card's.
#[tokio::test]
async fn the_journal_shows_everything_but_cards() {
    let served = Served::frozen().await;
    let path = payment(&served, "order-1").await;
    let (real, cvd) = ("4929123456789015", "917");
    let body = json!({"amount": 4242, "card": {"number": real, "expiration": "3012", "cvd": cvd}});
    let answer = api(&served, "POST", &format!("{path}/authorize?synchronized"), body).await;
    assert_eq!(code(&answer.json()), "40000");
    let form = format!("amount=4343&card[number]={real}&card[expiration]=3012&card[cvd]={cvd}");
    raw(&served, &format!("{path}/authorize?synchronized"), FORM, form).await;
    let url = super::link(&served, &path, json!({"amount": 4444})).await;
    for number in [real, "4929 1234 5678 9015", "4929-1234-5678-9015", "4929123456789014"] {
        let fields =
            [("cardnumber", number), ("expiration[month]", "12"), ("expiration[year]", "30"), ("cvd", cvd)];
        served.submit(&url, &fields).await;
    }
    // It stands among no records either.
    let records = served.read("snapshot").await["tables"].to_string();
    assert!(!records.contains(&real[3..15]), "{records}");
    // Where no card belongs.
    for body in [
        json!({"variables": {"card": real}, "order_id": "order-2", "currency": "DKK"}),
        json!({"order_id": real, "currency": "DKK"}),
        json!({"order_id": "order-3", "currency": real}),
    ] {
        api(&served, "POST", "/payments", body).await;
    }
    raw(&served, "/payments", "application/json", format!("{{\"number\":\"{real}\",\"cvd\":\"{cvd}\"")).await;
    let journal = served.read("journal").await;
    let text = journal.to_string();
    for hidden in [real, "4929 1234 5678 9015", "4929-1234-5678-9015", "4929+1234+5678+9015", "9291234567890"]
    {
        assert!(!text.contains(hidden), "{hidden} stands in the journal");
    }
    assert!(!text.contains("917"), "{text}");
    for kept in ["4242", "4343", "4444", "order-3", "NOT THERE"] {
        assert_eq!(text.contains(kept), kept != "NOT THERE", "{kept}");
    }
    // A test card may be read.
    authorize(&served, &path, 1, GOOD).await;
    assert!(served.read("journal").await.to_string().contains(GOOD));
}

/// Each code can be asked for at each operation, and is what the operation then says.
#[tokio::test]
async fn every_code_is_queued_and_comes() {
    use provkassa::simulators::quickpay::codes::codes;
    let served = Served::frozen().await;
    let mut tried = 0;
    for code in codes().iter().filter(|code| code.code.bytes().all(|byte| byte.is_ascii_digit())) {
        let order = format!("code-{}", code.code);
        let path = payment(&served, &order).await;
        queue(&served, &order, &[&code.code]).await;
        let answer = authorize(&served, &path, 1000, GOOD).await;
        let operation = super::last(&answer);
        assert_eq!(
            (&operation["qp_status_code"], &operation["qp_status_msg"]),
            (&json!(code.code), &json!(code.text))
        );
        assert_eq!(answer["accepted"], code.code == "20000", "{}", code.code);
        // At an operation after it, through what is queued there.
        let path = authorized(&served, &format!("then-{}", code.code), 1000, GOOD).await;
        queue(&served, &format!("then-{}", code.code), &[&code.code]).await;
        let captured = super::done(&served, &path, "capture", json!({"amount": 1000})).await;
        assert_eq!(super::code(&captured), code.code);
        let balance = if code.code == "20000" { 1000 } else { 0 };
        assert_eq!(
            (&captured["balance"], &captured["accepted"]),
            (&json!(balance), &json!(true)),
            "{}",
            code.code
        );
        tried += 1;
    }
    assert_eq!(tried, 14, "the codes of section 4.5");
    let url = format!("{}/_sim/v1/workspaces/default/outcomes", served.control);
    // What a call or a payer is told is no verdict.
    for outcome in ["99999", "", "already_paid", "unauthorized"] {
        let body = json!({"provider": "quickpay", "order": "x", "outcome": outcome});
        let answer = served.client.post(&url).json(&body).send().await.expect("an answer");
        assert_eq!(answer.status(), 400, "{outcome}");
    }
    // Nor can it be pressed.
    payment(&served, "strange").await;
    let url = format!("{}/_sim/v1/workspaces/default/payments/strange/outcome", served.control);
    let body = json!({"provider": "quickpay", "outcome": "already_paid"});
    let answer = served.client.post(url).json(&body).send().await.expect("an answer");
    assert_eq!(answer.json::<Value>().await.expect("JSON")["error"]["type"], "unknown_outcome");
}
