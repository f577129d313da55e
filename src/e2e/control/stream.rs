//! The journal as server-sent events.

use reqwest::Response;
use serde_json::Value;

use super::{answer, call};
use crate::support::Served;

async fn follow(served: &Served, query: &str, last: &str) -> Response {
    let url = format!("{}/_sim/v1/workspaces/default/journal/stream{query}", served.control);
    let request = served.client.get(url);
    let request = if last.is_empty() { request } else { request.header("last-event-id", last) };
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    answer
}

/// The next events of a stream: the id and the data of each.
async fn events(stream: &mut Response, count: usize) -> Vec<(String, Value)> {
    let mut text = String::new();
    while text.matches("\n\n").count() < count {
        let piece = stream.chunk().await.expect("a piece").expect("it goes on");
        text.push_str(&String::from_utf8_lossy(&piece));
    }
    let field = |event: &str, name: &str| {
        let mut lines = event.lines().filter_map(|line| line.strip_prefix(name));
        lines.next().map(|value| value.trim().to_owned()).unwrap_or_default()
    };
    let events = text.split("\n\n").filter(|event| !event.is_empty());
    events
        .map(|event| (field(event, "id:"), serde_json::from_str(&field(event, "data:")).expect("JSON")))
        .collect()
}

async fn look(served: &Served, order: u64) {
    served.get(&format!("{}/brponline/api/ver3/orders/{order}", served.brp)).await;
}

#[tokio::test]
async fn the_journal_is_told_as_it_is_written_and_goes_on_where_it_broke_off() {
    let served = Served::frozen().await;
    look(&served, 15).await;
    let mut stream = follow(&served, "", "").await;
    let first = events(&mut stream, 1).await;
    let journal = call(&served, "GET", "/workspaces/default/journal", &Value::Null).await.body;
    assert_eq!(first, [("1".to_owned(), journal["entries"][0].clone())]);
    look(&served, 16).await;
    assert_eq!(events(&mut stream, 1).await[0].0, "2");
    drop(stream);
    look(&served, 17).await;
    look(&served, 18).await;
    let mut again = follow(&served, "?after=0", "2").await;
    let ids: Vec<String> = events(&mut again, 2).await.into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, ["3", "4"], "what came meanwhile, and nothing twice");
    let mut of_order = follow(&served, "?after=2&provider=brp&order=18", "").await;
    assert_eq!(events(&mut of_order, 1).await[0].0, "4");

    let url = format!("{}/_sim/v1/workspaces/default/journal/stream", served.control);
    let refused = answer(served.client.get(url).header("last-event-id", "yesterday")).await;
    assert_eq!((refused.status, refused.kind().as_str()), (400, "refused_header"));
}
