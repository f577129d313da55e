//! How clients that are no library here write their requests: .NET and Java proxies, gSOAP, tools by hand.

use reqwest::StatusCode;

use crate::support::Served;

const NAMESPACE: &str = "https://ssl.ditonlinebetalingssystem.dk/remote/payment";

/// A call of `ping` in an envelope, spread over lines and with a prefix of its own.
fn ping(envelope: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<E:Envelope xmlns:E=\"{envelope}\">\r\n  <E:Header/>\r\n  \
         <E:Body>\r\n    <n:ping xmlns:n=\"{NAMESPACE}\"/>\r\n  </E:Body>\r\n</E:Envelope>\r\n"
    )
}

/// Sends bytes and reads until the server closes.
async fn exchange(served: &Served, head: &str, body: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let address = served.bambora.strip_prefix("http://").expect("http");
    let mut stream = tokio::net::TcpStream::connect(address).await.expect("a connection");
    let head = format!(
        "POST /remote/payment.asmx HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         SOAPAction: \"{NAMESPACE}/ping\"\r\nContent-Type: text/xml; charset=utf-8\r\n{head}\r\n"
    );
    stream.write_all(head.as_bytes()).await.expect("written");
    stream.write_all(body.as_bytes()).await.expect("written");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    answer
}

#[tokio::test]
async fn bodies_in_chunks_and_bodies_that_wait_are_read() {
    let served = Served::frozen().await;
    let body = ping("http://schemas.xmlsoap.org/soap/envelope/");
    let chunk =
        |chunk: &[u8]| format!("{:x}\r\n{}\r\n", chunk.len(), std::str::from_utf8(chunk).expect("ASCII"));
    let chunks = body.as_bytes().chunks(70).map(chunk).collect::<Vec<_>>().concat();
    let answer = exchange(&served, "Transfer-Encoding: chunked\r\n", &format!("{chunks}0\r\n\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("<pingResult>true</pingResult>"), "{answer}");
    // .NET waits for leave before it sends the body, but not for long.
    let head = format!("Content-Length: {}\r\nExpect: 100-continue\r\n", body.len());
    let answer = exchange(&served, &head, &body).await;
    let answer = answer.strip_prefix("HTTP/1.1 100 Continue\r\n\r\n").unwrap_or(&answer);
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("<pingResult>true</pingResult>"), "{answer}");
}

#[tokio::test]
async fn headers_are_taken_as_the_clients_of_many_languages_write_them() {
    let served = Served::frozen().await;
    let url = format!("{}/remote/payment.asmx", served.bambora);
    let (soap11, soap12) =
        ("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope");
    let action = format!("\"{NAMESPACE}/ping\"");
    let bare = format!("{NAMESPACE}/ping");
    for (client, content_type, header, envelope) in [
        (".NET", "text/xml; charset=utf-8".to_owned(), Some(&action), soap11),
        ("Axis", "text/xml;charset=UTF-8".to_owned(), Some(&action), soap11),
        ("gSOAP", "text/xml; charset=utf-8; action=\"x\"".to_owned(), Some(&action), soap11),
        ("ASP", "text/xml".to_owned(), Some(&bare), soap11),
        (".NET 1.2", format!("application/soap+xml; charset=utf-8; action={action}"), None, soap12),
        ("CXF", format!("application/soap+xml; action={action}; charset=UTF-8"), None, soap12),
        ("PHP", format!("application/soap+xml; charset=utf-8; action={action}"), None, soap12),
        ("none", "application/soap+xml".to_owned(), None, soap12),
        ("both", "application/soap+xml; charset=utf-8".to_owned(), Some(&action), soap12),
    ] {
        let mut request = served.client.post(&url).header("content-type", &content_type);
        if let Some(action) = header {
            request = request.header("SOAPAction", action);
        }
        let answer = request.body(ping(envelope)).send().await.expect("an answer");
        let status = answer.status();
        let text = answer.text().await.expect("a body");
        assert_eq!(status, StatusCode::OK, "{client}: {text}");
        assert!(text.contains("<pingResult>true</pingResult>"), "{client}: {text}");
        assert!(text.contains(&format!("xmlns:soap=\"{envelope}\"")), "{client}: {text}");
    }
}

#[tokio::test]
async fn the_description_names_the_address_that_the_client_used() {
    let served = Served::frozen().await;
    let port = served.bambora.rsplit(':').next().expect("a port");
    for host in ["127.0.0.1", "localhost", "pay.shop.example"] {
        let request = served.client.get(format!("{}/remote/payment.asmx?wsdl", served.bambora));
        let answer = request.header("host", format!("{host}:{port}")).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK, "{host}");
        assert_eq!(answer.headers()["content-type"], "text/xml; charset=utf-8");
        let text = answer.text().await.expect("a body");
        let location = format!("location=\"http://{host}:{port}/remote/payment.asmx\"");
        assert_eq!(text.matches(&location).count(), 2, "{text}");
    }
}
