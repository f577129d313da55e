//! A form as a person has it, read: from the page, from the request that posts it, or from its fields alone.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};

use super::operation::Unreadable;
use super::request_text;

/// A form as it is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// `POST`.
    pub method: String,
    /// Where it goes; empty where the text does not say it.
    pub action: String,
    /// Names and values, decoded, in their order.
    pub fields: Vec<(String, String)>,
}

/// Reads HTML, an HTTP request or its curl, an address with a query, or the fields as they are posted.
/// `origin` is where a request without a host goes, and `example` some fields as they are written.
pub fn read(text: &str, origin: &str, example: &str) -> Result<Form, Unreadable> {
    let text = text.trim();
    if text.starts_with('<') {
        return html(text).ok_or_else(|| {
            Unreadable::new(
                "there is no form in this HTML",
                "Give the page's text from <form to </form>, or @FILE.",
            )
        });
    }
    let first = text.split_whitespace().next().unwrap_or_default();
    if ["POST", "GET", "curl"].contains(&first) {
        let sent = request_text::read(text, "", origin)?;
        if !sent.method.eq_ignore_ascii_case("GET") {
            return Ok(Form { fields: posted(&sent.body), method: sent.method, action: sent.url });
        }
        let (action, query) = sent.url.split_once('?').unwrap_or((&sent.url, ""));
        return Ok(Form { fields: posted(query), action: action.to_owned(), method: sent.method });
    }
    if let Some((action, query)) =
        text.split_once('?').filter(|_| text.starts_with("http") || text.starts_with('/'))
    {
        let query = query.split('#').next().unwrap_or_default();
        return Ok(Form { method: "GET".to_owned(), action: action.to_owned(), fields: posted(query) });
    }
    let fields = posted(text);
    if text.contains("://") && !text.contains('=') || fields.is_empty() {
        return Err(Unreadable::new(
            "this is no form",
            format!("Give its HTML, the request that posts it, or its fields: {example}&…; or @FILE."),
        ));
    }
    Ok(Form { method: "POST".to_owned(), action: String::new(), fields })
}

fn posted(fields: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(fields.trim().as_bytes()).into_owned().collect()
}

/// The first form in a page.
fn html(text: &str) -> Option<Form> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    (config.check_end_names, config.allow_unmatched_ends) = (false, true);
    let mut form: Option<Form> = None;
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
                form = Some(Form { method, action, fields: Vec::new() });
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_a_person_has_it() {
        let read = |text: &str| read(text, "http://127.0.0.1:1", "a=1").expect("a form");
        let fields =
            vec![("a".to_owned(), "1 & 2".to_owned()), ("url".to_owned(), "http://x/?b=c".to_owned())];
        let form = |method: &str, action: &str| Form {
            method: method.to_owned(),
            action: action.to_owned(),
            fields: fields.clone(),
        };
        let escaped = "a=1+%26+2&url=http%3A%2F%2Fx%2F%3Fb%3Dc";
        assert_eq!(read(&format!("http://h/p?{escaped}#top")), form("GET", "http://h/p"));
        assert_eq!(read(&format!("/p?{escaped}")), form("GET", "/p"));
        assert_eq!(read("a=1+%26+2&url=http://x/?b=c"), form("POST", ""));
        assert_eq!(
            read(&format!("POST /p HTTP/1.1\nContent-Type: application/x-www-form-urlencoded\n\n{escaped}")),
            form("POST", "http://127.0.0.1:1/p")
        );
        assert_eq!(
            read(
                "<html><form method=\"POST\" action='http://h/p'><INPUT name=a value=\"1 &amp; 2\"><input name=url value=\"http://x/?b=c\"></form>"
            ),
            form("POST", "http://h/p")
        );
        for nothing in ["", "http://h/p", "<p>no form</p>"] {
            assert!(super::read(nothing, "", "a=1").is_err(), "{nothing}");
        }
    }
}
