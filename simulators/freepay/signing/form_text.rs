//! A form as a person has it, read: from the page, from the request that posts it, or from its fields alone.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};

use super::form::Filled;
use crate::kit::operation::Unreadable;
use crate::kit::request_text;

/// A form as a person has it: HTML, an HTTP request or its curl, or the fields as they are posted.
pub(super) fn filled(text: &str, page: &str) -> Result<Filled, Unreadable> {
    let text = text.trim();
    let to_page = |action: String| if action.is_empty() { page.to_owned() } else { action };
    if text.starts_with('<') {
        let form = html(text).ok_or_else(|| {
            Unreadable::new(
                "there is no form in this HTML",
                "Give the page's text from <form to </form>, or @FILE.",
            )
        })?;
        return Ok(Filled { action: to_page(form.action), ..form });
    }
    let first = text.split_whitespace().next().unwrap_or_default();
    if ["POST", "GET", "curl"].contains(&first) {
        let sent = request_text::read(text, "", "http://127.0.0.1:4705")?;
        let (action, in_query) = sent.url.split_once('?').unwrap_or((&sent.url, ""));
        let is_get = sent.method.eq_ignore_ascii_case("GET");
        let fields = if is_get { in_query } else { &sent.body };
        let action = if is_get { action } else { &sent.url };
        return Ok(Filled { method: sent.method.clone(), action: action.to_owned(), fields: posted(fields) });
    }
    let fields = posted(text);
    if text.contains("://") && !text.contains('=') || fields.is_empty() {
        return Err(Unreadable::new(
            "this is no form",
            "Give its HTML, the request that posts it, or its fields: MerchantNumber=1234567&Amount=1250&…; or @FILE.",
        ));
    }
    Ok(Filled { method: "POST".to_owned(), action: page.to_owned(), fields })
}

fn posted(fields: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(fields.trim().as_bytes()).into_owned().collect()
}

/// The first form in a page.
fn html(text: &str) -> Option<Filled> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    (config.check_end_names, config.allow_unmatched_ends) = (false, true);
    let mut form: Option<Filled> = None;
    loop {
        let (Event::Start(tag) | Event::Empty(tag)) = (match reader.read_event() {
            Ok(Event::Eof) | Err(_) => return form,
            Ok(Event::End(end)) if end.name().as_ref().eq_ignore_ascii_case(b"form") => return form,
            Ok(event) => event,
        }) else {
            continue;
        };
        match (tag.name().as_ref().to_ascii_lowercase().as_slice(), &mut form) {
            (b"form", None) => {
                let method = attribute(&tag, "method").unwrap_or_else(|| "GET".to_owned());
                let action = attribute(&tag, "action").unwrap_or_default();
                form = Some(Filled { method, action, fields: Vec::new() });
            }
            (b"input", Some(form)) => {
                let name = attribute(&tag, "name").filter(|name| !name.is_empty());
                let value = attribute(&tag, "value").unwrap_or_default();
                form.fields.extend(name.map(|name| (name, value)));
            }
            _ => {}
        }
    }
}

/// An attribute of a tag, its references resolved.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = tag.html_attributes();
    let found = attributes
        .with_checks(false)
        .flatten()
        .find(|known| known.key.as_ref().eq_ignore_ascii_case(name.as_bytes()))?;
    let value = String::from_utf8_lossy(&found.value).into_owned();
    Some(unescape(&value).map_or_else(|_| value.clone(), Cow::into_owned))
}
