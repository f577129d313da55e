//! Who follows for long is not cut off, and takes nobody's place.

use std::time::Duration;

use provkassa::Sandbox;
use provkassa::serve::{Limits, Options};
use reqwest::Response;

use crate::support::client;

/// Soon over, where something is waited for that does not come.
const SOON: Duration = Duration::from_millis(100);

async fn following(sandbox: &Sandbox, path: &str) -> Response {
    client().get(format!("{}{path}", sandbox.control_url())).send().await.expect("an answer")
}

/// The next that a follower is told, but for signs of life.
async fn told(stream: &mut Response) -> String {
    let next = tokio::time::timeout(Duration::from_secs(10), stream.chunk()).await;
    let chunk = next.expect("it is told").expect("the stream goes on").expect("it is not over");
    String::from_utf8_lossy(&chunk).into_owned()
}

#[tokio::test]
async fn who_follows_is_told_for_as_long_as_they_like_and_takes_nobodys_place() {
    let limits = Limits { connections: 2, streams: 2, head: SOON, body: SOON };
    let options = Options { limits, ..Options::default() };
    let sandbox = Sandbox::with(options).await.expect("a sandbox");
    let mut streams = [
        following(&sandbox, "/_sim/v1/workspaces/default/journal/stream").await,
        following(&sandbox, "/_sim/live/events").await,
    ];
    // Several times as long as a head or a body may take.
    tokio::time::sleep(SOON * 5).await;
    for _ in 0..3 {
        let asked = following(&sandbox, "/quickpay/ping").await;
        assert!(asked.status().is_client_error(), "others are served: {}", asked.status());
    }
    for stream in &mut streams {
        assert!(told(stream).await.contains("ping"));
    }
    // There is an end to that, too, and it is told.
    let third = following(&sandbox, "/_sim/live/events").await;
    assert_eq!(third.status(), 503);
    assert!(third.text().await.expect("a text").contains("\"too_many_streams\""));
    let [first, _second] = streams;
    drop(first);
    for _ in 0..100 {
        if following(&sandbox, "/_sim/live/events").await.status() == 200 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the place of who has gone is not given on");
}
