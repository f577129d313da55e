//! What cannot be read is refused in one shape, whoever refuses it.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{Answer, Document, answer, call};
use crate::support::Served;

/// A call that says how long its body will be, and sends none of it.
async fn announced(served: &Served, length: usize) -> Answer {
    let address = served.control.trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(address).await.expect("connected");
    let path = "/_sim/v1/workspaces/default/clock/advance";
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut came = String::new();
    stream.read_to_string(&mut came).await.expect("an answer");
    let (head, body) = came.split_once("\r\n\r\n").expect("a head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    Answer { status, allow: String::new(), body: serde_json::from_str(body).expect("JSON") }
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_in_our_own_shape() {
    let served = Served::frozen().await;
    let document = Document::of(&served).await;
    let nothing = json!(null);
    for (method, path, there, status, kind) in [
        ("GET", "/workspaces/{name}", "/workspaces/%ff", 400, "refused_path"),
        ("GET", "/workspaces/{name}/{provider}/{record}", "/workspaces/default/brp/%c3", 400, "refused_path"),
        ("GET", "/workspaces/{name}/journal", "/workspaces/default/journal?after=-1", 400, "refused_query"),
        ("GET", "/workspaces/{name}/journal", "/workspaces/default/journal?until=1", 400, "refused_query"),
        ("GET", "/unclaimed", "/unclaimed?wait=soon", 400, "refused_query"),
    ] {
        let answer = call(&served, method, there, &nothing).await;
        assert_eq!((answer.status, answer.kind().as_str()), (status, kind), "{there}");
        document.agrees(method, path, &answer);
    }
    let path = "/workspaces/{name}/clock/advance";
    let there = format!("{}/_sim/v1/workspaces/default/clock/advance", served.control);
    for (said, body, status, kind) in [
        ("application/json", "{", 400, "refused_body"),
        ("application/json", "", 400, "refused_body"),
        ("application/json", "{\"milliseconds\": -1}", 400, "refused_body"),
        ("application/json", "[\"milliseconds\", 1]", 400, "refused_body"),
        ("application/json", "{\"milliseconds\": 18446744073709551615}", 400, "refused_clock"),
        ("text/plain", "{\"milliseconds\": 1}", 415, "no_json"),
        ("multipart/form-data; boundary=x", "--x--", 415, "no_json"),
    ] {
        let request = served.client.post(&there).header("content-type", said).body(body.to_owned());
        let answer = answer(request).await;
        assert_eq!((answer.status, answer.kind().as_str()), (status, kind), "{said}: {answer:?}");
        document.agrees("POST", path, &answer);
    }
    // As curl sends it with `-d` alone, and as others say it.
    for said in
        ["application/x-www-form-urlencoded", "application/json; charset=utf-8", "application/vnd.x+json"]
    {
        let request = served.client.post(&there).header("content-type", said).body("{\"milliseconds\": 1}");
        assert_eq!(answer(request).await.status, 200, "{said}");
    }
    let long = announced(&served, 1 << 30).await;
    assert_eq!((long.status, long.kind().as_str()), (413, "body_too_large"));
    document.agrees("POST", path, &long);
    for there in ["/nothing", "/workspaces/default/nothing", "/workspaces/default/journal/"] {
        let answer = call(&served, "GET", there, &nothing).await;
        assert_eq!((answer.status, answer.kind().as_str()), (404, "unknown_path"), "{there}");
    }
    for at in ["1969-12-31T23:59:59Z", "3000-01-01T00:00:00Z", "-009999-01-02T01:59:59Z"] {
        let answer =
            call(&served, "PUT", "/workspaces/default/clock", &json!({"frozen": true, "at": at})).await;
        assert_eq!((answer.status, answer.kind().as_str()), (400, "refused_clock"), "{at}");
    }
}

#[tokio::test]
async fn what_does_not_fit_is_told_what_would() {
    let served = Served::frozen().await;
    let document = Document::of(&served).await;
    let below = "/workspaces/{name}";
    for (method, path, last, body, kind, told) in [
        (
            "POST",
            "/callbacks/policy",
            "",
            json!({"policy": "hold"}),
            "refused_body",
            "{\"policy\": {\"hold\": true}}",
        ),
        ("POST", "/outcomes", "", json!({"provider": 1}), "refused_body", "\"outcome\": \"approve\"}"),
        ("POST", "/clock/advance", "", json!({"hours": 1}), "refused_body", "{\"milliseconds\": 60000}"),
        ("POST", "/faults", "", json!({"fault": "none"}), "refused_body", "\"milliseconds\": 500}"),
        (
            "PATCH",
            "/settings",
            "",
            json!({"bambora.md5_mode": true}),
            "refused_body",
            "a text or a whole number",
        ),
        (
            "DELETE",
            "/outcomes/{number}",
            "/outcomes/first",
            json!(null),
            "refused_path",
            "`first` stands in the path",
        ),
        (
            "DELETE",
            "/faults/{number}",
            "/faults/x",
            json!(null),
            "refused_path",
            "the `number` that the list shows",
        ),
        ("GET", "/journal", "/journal?provider=foo", json!(null), "unknown_provider", "foo"),
        ("GET", "/journal/stream", "/journal/stream?provider=bpr", json!(null), "unknown_provider", "`brp`"),
    ] {
        let there = if last.is_empty() { path } else { last };
        let answer = call(&served, method, &format!("/workspaces/default{there}"), &body).await;
        assert_eq!(answer.kind(), kind, "{there}: {answer:?}");
        let error = &answer.body["error"];
        let said =
            format!("{} {}", error["message"].as_str().unwrap_or(""), error["help"].as_str().unwrap_or(""));
        assert!(
            said.contains(told) && !said.contains("untagged") && !said.contains("u64"),
            "{there}: {said}"
        );
        document.agrees(method, &format!("{below}{path}"), &answer);
    }
    let answer = call(&served, "GET", "/unclaimed?provider=foo", &json!(null)).await;
    assert_eq!((answer.status, answer.kind().as_str()), (404, "unknown_provider"));
    // A record's id is taken as it is given, or refused; without one the next is drawn.
    for (record, id) in [
        ("brp/orders", json!("x")),
        ("brp/orders", json!(-1)),
        ("brp/invoices", json!("7")),
        ("brp/products", json!("x")),
        ("brp/persons", json!(1.5)),
        ("quickpay/agreements", json!("x")),
        ("bambora/subscriptions", json!("x")),
        ("freepay/subscriptions", json!("x")),
        ("fena/terminals", json!(7)),
    ] {
        let before = served.read(record).await;
        let path = format!("/workspaces/default/{record}");
        let answer = call(&served, "POST", &path, &json!({"id": id})).await;
        assert_eq!((answer.status, answer.kind().as_str()), (400, "refused_record"), "{record} {id}");
        assert_eq!(served.read(record).await, before);
    }
    let made = served.post("brp/products", json!({"name": "Towel"})).await;
    let products = served.read("brp/products").await;
    let same = |product: &&Value| product["id"] == made["id"];
    assert_eq!(products.as_array().expect("a list").iter().filter(same).count(), 1, "{made}");
    assert_eq!(made["name"], "Towel");
}
