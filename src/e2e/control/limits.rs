//! Nobody keeps the sandbox busy for nothing, and nobody from elsewhere gets in without the token.

use std::time::Duration;

use provkassa::serve::sandbox::Sandbox;
use provkassa::serve::{Limits, Options};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::client;

/// Soon over, where something is waited for that does not come.
const SOON: Duration = Duration::from_millis(100);

async fn sandbox(limits: Limits) -> Sandbox {
    Sandbox::with(Options { limits, ..Options::default() }).await.expect("a sandbox")
}

/// What comes back for a beginning that nothing follows.
async fn begun(sandbox: &Sandbox, beginning: &str) -> String {
    let mut stream = TcpStream::connect(sandbox.server().control).await.expect("connected");
    stream.write_all(beginning.as_bytes()).await.expect("sent");
    let mut came = String::new();
    stream.read_to_string(&mut came).await.expect("an end");
    came
}

#[tokio::test]
async fn half_a_request_is_not_waited_for() {
    let sandbox = sandbox(Limits { head: SOON, body: SOON, ..Limits::default() }).await;
    assert_eq!(begun(&sandbox, "GET /_sim/v1/health HTTP/1.1\r\nHost: 127").await, "");
    for path in ["/_sim/v1/workspaces", "/quickpay/payments"] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 9\r\n\r\n{{"
        );
        let came = begun(&sandbox, &head).await;
        assert!(came.starts_with("HTTP/1.1 408 ") && came.contains("\"slow_body\""), "{came}");
    }
}

#[tokio::test]
async fn who_comes_when_all_places_are_taken_waits_for_one() {
    let sandbox = sandbox(Limits { connections: 1, ..Limits::default() }).await;
    let holder = TcpStream::connect(sandbox.server().control).await.expect("connected");
    let health = format!("{}/_sim/v1/health", sandbox.control_url());
    let mut waiting = Box::pin(client().get(health).send());
    assert!(tokio::time::timeout(SOON, &mut waiting).await.is_err());
    drop(holder);
    assert!(waiting.await.expect("an answer").status().is_success());
}

#[tokio::test]
async fn where_other_machines_can_connect_there_is_a_token() {
    let host = "0.0.0.0".parse().expect("an address");
    let sandbox = Sandbox::with(Options { host, ..Options::default() }).await.expect("a sandbox");
    let url = format!("{}/_sim/v1/version", sandbox.control_url());
    let answer = client().get(&url).send().await.expect("an answer");
    assert_eq!(answer.status(), 401);
    let ready: Value = sandbox.server().ready();
    let token = ready["token"].as_str().expect("a token");
    assert_eq!(client().get(&url).bearer_auth(token).send().await.expect("an answer").status(), 200);
}
