//! Planted faults of transport: what they do to an answer. They keep to real time, as the client's patience
//! does, and not to the workspace's clock.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream::{self, StreamExt as _};
use http::{HeaderValue, StatusCode, header};
use provkassa_simulators::kit::fault::{Fault, Kind};

use super::line::Doom;

/// How many pieces a slow body comes in.
const PIECES: usize = 10;

/// What a fault makes of an answer, as far as it can be told beforehand: an answer of another status.
pub(super) fn instead(fault: &Fault, answer: Response) -> Response {
    if fault.plan.fault != Kind::Status {
        return answer;
    }
    let status = fault.plan.status.and_then(|status| StatusCode::from_u16(status).ok());
    let status = status.unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let said = format!("{status}\n");
    (status, said).into_response()
}

/// Does to an answer on its way what a fault does; `body` is the whole of it.
pub(super) async fn on_its_way(fault: &Fault, answer: Response, body: Bytes, doom: &Doom) -> Response {
    let wait = Duration::from_millis(fault.plan.milliseconds.unwrap_or_default());
    match fault.plan.fault {
        Kind::Latency => {
            tokio::time::sleep(wait).await;
            answer
        }
        Kind::Reset => {
            doom.seal();
            answer
        }
        Kind::SlowBody => with_body(answer, body.len(), slowly(body, wait)),
        Kind::Truncation => with_body(answer, body.len().max(1), half(&body)),
        _ => answer,
    }
}

/// An answer that says how long its body is, whatever comes of it.
fn with_body(answer: Response, length: usize, body: Body) -> Response {
    let (mut parts, _) = answer.into_parts();
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    Response::from_parts(parts, body)
}

/// Piece by piece, with a wait before each.
fn slowly(body: Bytes, wait: Duration) -> Body {
    let piece = body.len().div_ceil(PIECES).max(1);
    Body::from_stream(stream::unfold(body, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(wait).await;
        let next = rest.split_to(piece.min(rest.len()));
        Some((Ok::<_, Infallible>(next), rest))
    }))
}

/// The first half, and then nothing.
fn half(body: &Bytes) -> Body {
    let half = stream::iter([Ok(body.slice(..body.len() / 2))]);
    let end = stream::once(async {
        // What was written goes out while we wait our turn.
        tokio::task::yield_now().await;
        Err(io::Error::from(io::ErrorKind::BrokenPipe))
    });
    Body::from_stream(half.chain(end))
}
