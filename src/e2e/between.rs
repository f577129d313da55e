//! Somebody who stands between a shop and those who call it, and changes what passes.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, Method, StatusCode, Uri};

/// A request on its way to the shop.
#[derive(Debug)]
pub(crate) struct Passing {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) body: Bytes,
}

/// What came back for it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Answers in the shop's place, or changes the request and lets it pass.
pub(crate) type There = fn(&mut Passing) -> Option<Response>;
/// Changes what comes back.
pub(crate) type Back = fn(&Passing, &mut Answer);

/// Listens, and passes everything on to the shop at this port of this machine.
pub(crate) async fn between(shop: u16, there: There, back: Back) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let client = Arc::new(crate::support::client());
    let app = Router::new().fallback(move |request: Request| {
        let client = Arc::clone(&client);
        async move { pass(&client, shop, request, there, back).await }
    });
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

async fn pass(client: &reqwest::Client, shop: u16, request: Request, there: There, back: Back) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.expect("a body");
    let mut passing = Passing { method: head.method, path: path_of(&head.uri), body };
    if let Some(answer) = there(&mut passing) {
        return answer;
    }
    let url = format!("http://127.0.0.1:{shop}{}", passing.path);
    let mut headers = head.headers;
    headers.remove(http::header::CONTENT_LENGTH);
    headers.remove(http::header::HOST);
    let sent = client.request(passing.method.clone(), url).headers(headers).body(passing.body.clone());
    let Ok(came) = sent.send().await else { return StatusCode::BAD_GATEWAY.into_response() };
    let (status, mut headers) = (came.status(), came.headers().clone());
    let body = came.bytes().await.expect("a body");
    headers.remove(http::header::CONTENT_LENGTH);
    headers.remove(http::header::TRANSFER_ENCODING);
    let mut answer = Answer { status, headers, body };
    back(&passing, &mut answer);
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}

fn path_of(uri: &Uri) -> String {
    uri.path_and_query().map_or("/", |path| path.as_str()).to_owned()
}

/// Lets everything pass as it is.
pub(crate) fn as_it_is(_: &mut Passing) -> Option<Response> {
    None
}

/// Lets everything come back as it is.
pub(crate) fn back_as_it_is(_: &Passing, _: &mut Answer) {}
