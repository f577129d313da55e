//! A request to the shop as `[shop]` describes it: its address, its headers, its body.

use std::collections::BTreeMap;

use http::{HeaderName, HeaderValue};
use serde_json::Value;

use super::super::template;
use super::{Body, Request};
use crate::settings::{Miswritten, Section, Variables, expand};

/// What an address is written like: the given one if it is one, else one of the shop's.
pub(super) fn at(given: &str, path: &str) -> String {
    let is_address = given.starts_with("http") && !given.contains(['"', '\\', '\n']);
    if is_address { format!("url = \"{given}\"") } else { format!("url = \"http://127.0.0.1:3000/{path}\"") }
}

/// Whether a header can be called so.
pub(super) fn is_named(name: &str) -> bool {
    HeaderName::from_bytes(name.as_bytes()).is_ok()
}

impl Request {
    /// Whether it says what the order is called.
    pub(in super::super) fn names_the_order(&self) -> bool {
        let body = match &self.body {
            Body::Form(fields) => fields.values().cloned().collect(),
            Body::Json(json) => json.to_string(),
            Body::None => String::new(),
        };
        self.url.contains("{order}") || body.contains("{order}")
    }
}

/// A request; `beside` are the keys of its table that are about something else, and `usual` is its usual method.
pub(super) fn request(
    section: &Section<'_>,
    beside: &[&str],
    usual: &str,
    variables: Variables<'_>,
) -> Result<Request, Miswritten> {
    let own = ["method", "url", "json", "form", "headers"].into_iter();
    section.knows(&own.chain(beside.iter().copied()).collect::<Vec<_>>())?;
    let method = section.text("method", &format!("method = \"{usual}\""))?.unwrap_or(usual);
    let wrong = || section.wrong("method", &format!("`{method}` is no HTTP method"), "Write GET or POST.");
    let known = matches!(method, "GET" | "POST" | "PUT" | "PATCH" | "DELETE");
    let method = method.parse().ok().filter(|_| known).ok_or_else(wrong)?;
    let url = section.text("url", "url = \"http://127.0.0.1:3000/checkout\"")?;
    let url =
        url.ok_or_else(|| section.wrong("url", "is missing", "Write url = \"http://127.0.0.1:3000/…\"."))?;
    let form = section.braces("form", |_| "order = \"{order}\"".to_owned())?;
    let form = form.map(|form| texts(&form, variables)).transpose()?;
    let headers = section.braces("headers", |_| "Accept = \"text/html\"".to_owned())?;
    let headers = headers.map(|headers| named_texts(&headers, variables)).transpose()?;
    let body = match (section.json("json"), form) {
        (Some(_), Some(_)) => return Err(section.wrong("json", "and `form` are both given", "Keep one.")),
        (Some(json), None) => Body::Json(expanded(section, json, variables)?),
        (None, Some(form)) => Body::Form(form),
        (None, None) => Body::None,
    };
    let request = Request {
        method,
        url: address(section, "url", url, variables)?,
        headers: headers.unwrap_or_default(),
        body,
    };
    known_placeholders(section, &request)?;
    Ok(request)
}

/// Refuses a placeholder that stands for nothing.
fn known_placeholders(section: &Section<'_>, request: &Request) -> Result<(), Miswritten> {
    let check = |key: &str, text: &str| match template::names(text) {
        Ok(_) => Ok(()),
        Err(help) => Err(section.wrong(key, "has a placeholder that is unknown", help)),
    };
    check("url", &request.url)?;
    request.headers.values().try_for_each(|text| check("headers", text))?;
    match &request.body {
        Body::Form(fields) => fields.values().try_for_each(|text| check("form", text)),
        Body::Json(json) => texts_in(json).into_iter().try_for_each(|text| check("json", text)),
        Body::None => Ok(()),
    }
}

fn texts_in(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts_in).collect(),
        Value::Object(fields) => fields.values().flat_map(texts_in).collect(),
        _ => Vec::new(),
    }
}

fn expanded(section: &Section<'_>, value: Value, variables: Variables<'_>) -> Result<Value, Miswritten> {
    Ok(match value {
        Value::String(text) => expand(section, "json", &text, variables)?.into(),
        Value::Array(items) => {
            let items = items.into_iter().map(|item| expanded(section, item, variables));
            items.collect::<Result<Vec<_>, _>>()?.into()
        }
        Value::Object(fields) => {
            let fields =
                fields.into_iter().map(|(name, value)| Ok((name, expanded(section, value, variables)?)));
            Value::Object(fields.collect::<Result<_, _>>()?)
        }
        other => other,
    })
}

/// A table of texts with names of the user's own.
pub(super) fn texts(
    section: &Section<'_>,
    variables: Variables<'_>,
) -> Result<BTreeMap<String, String>, Miswritten> {
    let mut texts = BTreeMap::new();
    for key in section.keys() {
        let text = section.text(key, &format!("{key} = \"…\""))?.unwrap_or_default();
        texts.insert(key.to_owned(), expand(section, key, text, variables)?);
    }
    Ok(texts)
}

/// Headers.
fn named_texts(
    section: &Section<'_>,
    variables: Variables<'_>,
) -> Result<BTreeMap<String, String>, Miswritten> {
    if let Some(name) = section.keys().find(|name| !is_named(name)) {
        let hyphened: String = name.trim_matches([' ', ':']).replace([' ', '_'], "-");
        let help = if is_named(&hyphened) { hyphened } else { "X-Shop".to_owned() };
        return Err(section.wrong(
            name,
            "is no name of a header: it has letters, digits and hyphens alone",
            format!("Write {help} = \"…\"."),
        ));
    }
    let headers = texts(section, variables)?;
    match headers.iter().find(|(_, value)| HeaderValue::from_bytes(value.as_bytes()).is_err()) {
        Some((name, _)) => Err(section.wrong(
            name,
            "has a line end or another control character in it, which no header can hold",
            format!(
                "Write {name} = \"…\" on one line; a variable that is read from a file often ends with one."
            ),
        )),
        None => Ok(headers),
    }
}

/// A web address, placeholders and all.
pub(super) fn address(
    section: &Section<'_>,
    key: &str,
    url: &str,
    variables: Variables<'_>,
) -> Result<String, Miswritten> {
    let url = expand(section, key, url, variables)?;
    let plain = url.replace(['{', '}'], "");
    let is_http = url::Url::parse(&plain).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if is_http {
        return Ok(url);
    }
    Err(section.wrong(
        key,
        &format!("`{url}` is no http URL"),
        format!("Write {key} = \"http://127.0.0.1:3000/…\"."),
    ))
}
