//! The control API: what it describes is what it does.

mod document;
mod faults;
mod flaws;
mod grid;
mod limits;
mod outcomes;
mod refusals;
mod restore;
mod stream;

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::Served;

/// What a call of the control API came to.
#[derive(Debug)]
struct Answer {
    status: u16,
    allow: String,
    body: Value,
}

impl Answer {
    /// The word for what went wrong; every refusal has one, and says what to do next.
    fn kind(&self) -> String {
        let error = &self.body["error"];
        for field in ["type", "message", "help"] {
            assert!(error[field].as_str().is_some_and(|text| !text.is_empty()), "{self:?}");
        }
        error["type"].as_str().unwrap_or_default().to_owned()
    }
}

/// Calls a path below `/_sim/v1`, as a test tool would.
async fn call(served: &Served, method: &str, path: &str, body: &Value) -> Answer {
    let method: Method = method.parse().expect("a method");
    let request = served.client.request(method, format!("{}/_sim/v1{path}", served.control));
    let request = if body.is_null() { request } else { request.json(body) };
    answer(request).await
}

async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let answer = request.send().await.expect("an answer");
    let allow = answer.headers().get("allow").and_then(|allow| allow.to_str().ok()).unwrap_or_default();
    let (status, allow) = (answer.status().as_u16(), allow.to_owned());
    let text = answer.text().await.expect("a body");
    Answer { status, allow, body: serde_json::from_str(&text).unwrap_or(Value::Null) }
}

/// The document, as whoever generates a client from it reads it.
struct Document(Value);

impl Document {
    async fn of(served: &Served) -> Self {
        Self(call(served, "GET", "/openapi.json", &json!(null)).await.body)
    }

    /// The methods of each path, in capitals.
    fn paths(&self) -> BTreeMap<String, Vec<String>> {
        let paths = self.0["paths"].as_object().expect("paths").iter();
        let methods = |item: &Value| {
            item.as_object().expect("an item").keys().map(|name| name.to_ascii_uppercase()).collect()
        };
        paths.map(|(path, item)| (path.clone(), methods(item))).collect()
    }

    fn operation(&self, method: &str, path: &str) -> &Value {
        let operation = &self.0["paths"][path][method.to_ascii_lowercase()];
        assert!(operation.is_object(), "{method} {path} is not described");
        operation
    }

    /// Sees that an answer is one of those that are described.
    fn agrees(&self, method: &str, path: &str, answer: &Answer) {
        let status = answer.status.to_string();
        let described = &self.operation(method, path)["responses"][&status];
        assert!(described.is_object(), "{method} {path}: {status} is not described: {answer:?}");
        let content = &described["content"];
        if content.is_null() {
            assert!(answer.body.is_null(), "{method} {path}: nothing is described: {answer:?}");
            return;
        }
        let schema = &content["application/json"]["schema"];
        let schema = json!({"allOf": [schema], "components": self.0["components"]});
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        let errors: Vec<String> = validator
            .iter_errors(&answer.body)
            .map(|error| format!("{} at {}", error, error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{method} {path}: {errors:?} in {}", answer.body);
    }
}
