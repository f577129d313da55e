//! What the buttons do: each is a call of the control API, and then the reader is back where the button was.

use std::collections::BTreeMap;

use axum::body::{Body, to_bytes};
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, header};
use provkassa_simulators::kit::problem::Problem;
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use super::Shared;
use super::controls::policy_called;
use super::faults;
use super::frame::{told, trouble};
use crate::serve::control;
use crate::serve::from::is_from_here;
use crate::serve::house::House;

/// The fields of a form.
struct Form(BTreeMap<String, String>);

impl Form {
    fn read(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// A field's value; empty where it is not there.
    fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}

/// A call of the control API, below a workspace.
struct Call {
    method: Method,
    path: Vec<String>,
    body: Value,
}

impl Call {
    fn post(path: &[&str], body: Value) -> Self {
        Self { method: Method::POST, path: path.iter().map(|part| (*part).to_owned()).collect(), body }
    }
}

/// `POST /_sim/live/do/{deed}`
pub(super) async fn act(
    State(house): Shared,
    Path(deed): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !is_from_here(&house, &headers) {
        return trouble(
            &house,
            StatusCode::FORBIDDEN,
            "This button was pressed on a page of somebody else's.",
            "Open the live view itself and press it there. Where a proxy stands in front, --public-url must be its address.",
        );
    }
    let form = Form::read(&body);
    let call = match call_of(&deed, &form) {
        Ok(call) => call,
        Err(problem) => return told(&house, &problem),
    };
    let Some(request) = request(form.get("workspace"), call) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let response = control::call(&house, request).await;
    if response.status().is_success() {
        return Redirect::to(&back(&house, &deed, form.get("back"))).into_response();
    }
    let status = response.status();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap_or_default();
    let error: Value = serde_json::from_slice(&body).unwrap_or_default();
    let text = |name: &str| error["error"][name].as_str().unwrap_or_default().to_owned();
    let help = format!("{} What you wrote is still there, one page back.", text("help"));
    trouble(&house, status, &text("message"), &help)
}

/// The call that a form asks for.
fn call_of(deed: &str, form: &Form) -> Result<Call, Problem> {
    let order = form.get("order");
    Ok(match deed {
        "callback" => Call::post(&["callbacks", form.get("id"), form.get("action")], Value::Null),
        "callbacks" => {
            let policy = policy_called(form.get("policy")).ok_or_else(unknown)?;
            let mut body = json!({ "policy": policy });
            if !order.is_empty() {
                body["provider"] = form.get("provider").into();
                body["order"] = order.into();
            }
            Call::post(&["callbacks", "policy"], body)
        }
        "clock" => match form.get("step") {
            "freeze" => set_clock(json!({ "frozen": true })),
            "go" => set_clock(json!({})),
            step => {
                let milliseconds: u64 = step.parse().map_err(|_| unknown())?;
                Call::post(&["clock", "advance"], json!({ "milliseconds": milliseconds }))
            }
        },
        "fault" => Call::post(&["faults"], faults::plan(|name| form.get(name))?),
        "outcome" => {
            let code = form.get("code").trim();
            let outcome = if code.is_empty() { form.get("outcome") } else { code };
            let mut body = json!({ "provider": form.get("provider"), "outcome": outcome });
            if !order.is_empty() {
                body["order"] = order.into();
            }
            Call::post(&["outcomes"], body)
        }
        "pull" => Call { method: Method::DELETE, ..Call::post(&["faults", form.get("number")], Value::Null) },
        "reset" => Call::post(&["reset"], Value::Null),
        "seed" => {
            let (provider, kind) = form.get("record").split_once('/').ok_or_else(unknown)?;
            let fields = match form.get("fields").trim() {
                "" => json!({}),
                text => serde_json::from_str(text).map_err(|error| {
                    Problem::bad_request(
                        "refused_body",
                        format!("the fields are no JSON: {error}"),
                        "Write them as {\"price\": 500}, or leave them out for a record of the usual kind.",
                    )
                })?,
            };
            Call::post(&[provider, kind], fields)
        }
        "setting" => {
            let body = json!({ form.get("name"): form.get("value").trim() });
            Call { method: Method::PATCH, ..Call::post(&["settings"], body) }
        }
        "withdraw" => {
            Call { method: Method::DELETE, ..Call::post(&["outcomes", form.get("number")], Value::Null) }
        }
        _ => return Err(unknown()),
    })
}

fn set_clock(body: Value) -> Call {
    Call { method: Method::PUT, path: vec!["clock".to_owned()], body }
}

fn unknown() -> Problem {
    Problem::bad_request(
        "unknown_button",
        "there is no such button",
        "Go back to the live view, load it again, and press it there.",
    )
}

fn request(workspace: &str, call: Call) -> Option<Request> {
    let mut url = Url::parse("http://control/_sim/v1/workspaces").ok()?;
    url.path_segments_mut().ok()?.push(workspace).extend(&call.path);
    let body = if call.body.is_null() { Body::empty() } else { Body::from(call.body.to_string()) };
    Request::builder()
        .method(call.method)
        .uri(url.path())
        .header(header::CONTENT_TYPE, "application/json")
        .body(body)
        .ok()
}

/// Where the reader goes on: to a page of the view's own, whatever the form says.
fn back(house: &House, deed: &str, wanted: &str) -> String {
    let root = format!("{}/", house.below);
    let is_own = wanted.starts_with(&root)
        && !wanted.starts_with("//")
        && wanted.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let to = if is_own { wanted } else { &root };
    let (path, query) = to.split_once('?').unwrap_or((to, ""));
    let pairs = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "done");
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .append_pair("done", deed)
        .finish();
    format!("{path}?{query}")
}
