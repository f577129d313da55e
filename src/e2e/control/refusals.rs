//! What cannot be read is refused in one shape, whoever refuses it.

use serde_json::json;
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
