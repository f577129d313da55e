//! What a payer can do on a page: its forms with their fields and buttons, and its links.

use html5gum::emitters::default::Token;
use html5gum::{HtmlString, Tokenizer};
use std::collections::BTreeMap;

/// A page as a payer meets it.
#[derive(Clone, Debug, Default)]
pub(super) struct Page {
    /// Its forms, in order.
    pub(super) forms: Vec<Form>,
    /// Its links: the address and the element's attributes.
    pub(super) links: Vec<Attributes>,
    /// Whether a script of the page sends a form by itself.
    submits_itself: bool,
    /// Where it leads by itself, and after how many seconds.
    pub(super) refresh: Option<(u32, String)>,
    /// What stands in its title.
    pub(super) title: String,
}

impl Page {
    /// Whether a form of it asks who one is.
    pub(super) fn asks_for_a_password(&self) -> bool {
        let kind = |field: &Attributes| field.get("type").map(|kind| kind.to_lowercase());
        self.forms
            .iter()
            .flat_map(|form| &form.fields)
            .any(|field| kind(field).as_deref() == Some("password"))
    }
}

/// A form.
#[derive(Clone, Debug, Default)]
pub(super) struct Form {
    pub(super) id: String,
    pub(super) action: String,
    pub(super) method: String,
    pub(super) fields: Vec<Attributes>,
    pub(super) buttons: Vec<Attributes>,
}

/// An element's attributes; a text area's or an option's text stands under `value`.
pub(super) type Attributes = BTreeMap<String, String>;

fn text(bytes: &HtmlString) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Reads a page; what is not HTML has neither forms nor links.
pub(super) fn read(html: &str) -> Page {
    let mut page = Page::default();
    let mut open: Option<Form> = None;
    // Buttons outside their form name it by its id.
    let mut apart: Vec<Attributes> = Vec::new();
    let mut select: Option<Select> = None;
    let mut inside = String::new();
    let mut script = String::new();
    for token in Tokenizer::new(html) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let name = text(&tag.name);
                let attributes: Attributes =
                    tag.attributes.iter().map(|(name, value)| (text(name), text(value))).collect();
                if attributes.get("onload").is_some_and(|script| script.contains("submit")) {
                    page.submits_itself = true;
                }
                match name.as_str() {
                    "form" => {
                        page.forms.extend(open.take());
                        let of = |key: &str| attributes.get(key).cloned().unwrap_or_default();
                        open = Some(Form {
                            id: of("id"),
                            action: of("action"),
                            method: of("method").to_lowercase(),
                            ..Form::default()
                        });
                    }
                    "a" => page.links.push(attributes),
                    "button" | "input" if is_button(&name, &attributes) => match &mut open {
                        Some(form) if !attributes.contains_key("form") => form.buttons.push(attributes),
                        _ => apart.push(attributes),
                    },
                    "input" => {
                        if let Some(form) = &mut open {
                            form.fields.push(attributes);
                        }
                    }
                    "textarea" => {
                        if let Some(form) = &mut open {
                            let value = ("value".to_owned(), String::new());
                            form.fields.push(attributes.into_iter().chain([value]).collect());
                        }
                    }
                    "select" => select = Some(Select { attributes, ..Select::default() }),
                    "option" => {
                        if let Some(select) = &mut select {
                            select.options.push(attributes);
                        }
                    }
                    "meta" => page.refresh = page.refresh.take().or_else(|| refresh(&attributes)),
                    _ => {}
                }
                inside = name;
            }
            Token::EndTag(tag) => {
                match &**tag.name {
                    b"form" => page.forms.extend(open.take()),
                    b"select" => {
                        let field = select.take().and_then(Select::field);
                        if let (Some(form), Some(field)) = (&mut open, field) {
                            form.fields.push(field);
                        }
                    }
                    _ => {}
                }
                inside.clear();
            }
            Token::String(string) => match inside.as_str() {
                "script" => script.push_str(&text(&string.value)),
                "textarea" => {
                    let value = open.as_mut().and_then(|form| form.fields.last_mut()?.get_mut("value"));
                    if let Some(value) = value {
                        value.push_str(&text(&string.value));
                    }
                }
                "option" => {
                    if let Some(option) = select.as_mut().and_then(|select| select.options.last_mut()) {
                        let said = text(&string.value);
                        option.entry("value".to_owned()).or_insert_with(|| said.trim().to_owned());
                    }
                }
                "title" => page.title.push_str(&text(&string.value)),
                _ => {}
            },
            _ => {}
        }
    }
    page.forms.extend(open.take());
    for button in apart {
        let form = button.get("form").and_then(|id| page.forms.iter_mut().find(|form| form.id == *id));
        if let Some(form) = form {
            form.buttons.push(button);
        }
    }
    page.submits_itself |= script.contains("submit()") || script.contains("requestSubmit(");
    page
}

/// A list to choose from.
#[derive(Debug, Default)]
struct Select {
    attributes: Attributes,
    options: Vec<Attributes>,
}

impl Select {
    /// The field that it is, with the option that the page proposes: the one that it has chosen, else the first, which
    /// has to be another than "please choose" where one must choose.
    fn field(mut self) -> Option<Attributes> {
        self.options.retain(|option| !option.contains_key("disabled"));
        let must = self.attributes.contains_key("required");
        let is_choice =
            |option: &&Attributes| !must || option.get("value").is_some_and(|value| !value.is_empty());
        let chosen = self.options.iter().filter(|option| option.contains_key("selected")).find(is_choice);
        let chosen = match chosen {
            None if self.attributes.contains_key("multiple") && !must => return None,
            None => self.options.iter().find(is_choice)?,
            Some(chosen) => chosen,
        };
        let own = [("type", SELECT.to_owned()), ("value", chosen.get("value").cloned().unwrap_or_default())];
        self.attributes.extend(own.map(|(name, value)| (name.to_owned(), value)));
        Some(self.attributes)
    }
}

/// What a list's field has for its type, as no input has.
const SELECT: &str = "select";

/// Where `<meta http-equiv=refresh>` leads, and after how many seconds: `0; url=/next`.
fn refresh(attributes: &Attributes) -> Option<(u32, String)> {
    attributes.get("http-equiv").filter(|what| what.eq_ignore_ascii_case("refresh"))?;
    let (seconds, rest) = attributes.get("content")?.split_once([';', ','])?;
    let (name, url) = rest.split_once('=')?;
    let is_url = name.trim().eq_ignore_ascii_case("url");
    let seconds = seconds.trim().split('.').next()?.parse().ok()?;
    is_url.then(|| (seconds, url.trim().trim_matches(['\'', '"']).to_owned()))
}

fn is_button(name: &str, attributes: &Attributes) -> bool {
    let kind = attributes.get("type").map(|kind| kind.to_lowercase());
    match name {
        "button" => kind.as_deref().is_none_or(|kind| kind == "submit"),
        _ => matches!(kind.as_deref(), Some("submit" | "image")),
    }
}

impl Page {
    /// The form that the page sends by itself, or that has nothing to be filled in and so leads on.
    pub(super) fn leads_on(&self) -> Option<&Form> {
        let nothing_to_type = |form: &&Form| {
            form.fields.iter().all(|field| {
                field
                    .get("type")
                    .is_some_and(|kind| matches!(kind.to_lowercase().as_str(), "hidden" | SELECT))
            })
        };
        let [form] = self.forms.as_slice() else {
            return self.submits_itself.then(|| self.forms.first()).flatten();
        };
        (self.submits_itself || nothing_to_type(&form)).then_some(form)
    }

    /// The form with a button that has this attribute, and the button.
    pub(super) fn button(&self, attribute: &str, value: &str) -> Option<(&Form, &Attributes)> {
        let fits = |button: &&Attributes| {
            button.get(attribute).is_some_and(|found| value.is_empty() || found == value)
        };
        self.forms.iter().find_map(|form| Some((form, form.buttons.iter().find(fits)?)))
    }
}

impl Form {
    /// What a payer sends who presses this button. Who types takes what the page itself proposes, but for the year,
    /// in which their card ends.
    pub(super) fn filled(&self, button: Option<&Attributes>, year: Option<&str>) -> Vec<(String, String)> {
        let mut sent = Vec::new();
        let mut chosen: Vec<&str> = Vec::new();
        for field in self.fields.iter().filter(|field| !field.contains_key("disabled")) {
            let Some(name) = field.get("name").filter(|name| !name.is_empty()) else { continue };
            let value = field.get("value").cloned();
            match field.get("type").map(|kind| kind.to_lowercase()).as_deref() {
                Some("radio") => {
                    let wanted = field.contains_key("checked") || field.contains_key("required");
                    if wanted && !chosen.contains(&name.as_str()) {
                        chosen.push(name);
                        sent.push((name.clone(), value.unwrap_or_else(|| "on".to_owned())));
                    }
                }
                Some("checkbox") => {
                    if field.contains_key("checked") {
                        sent.push((name.clone(), value.unwrap_or_else(|| "on".to_owned())));
                    }
                }
                Some("hidden" | SELECT) => sent.push((name.clone(), value.unwrap_or_default())),
                _ => {
                    let own = field.get("autocomplete").is_some_and(|kind| kind == "cc-exp-year");
                    let typed = |year: &str| {
                        if own { Some(year.to_owned()) } else { field.get("placeholder").cloned() }
                    };
                    let proposed = year.and_then(typed).unwrap_or_default();
                    sent.push((name.clone(), value.filter(|value| !value.is_empty()).unwrap_or(proposed)));
                }
            }
        }
        if let Some((name, button)) = button.and_then(|button| Some((button.get("name")?, button))) {
            sent.push((name.clone(), button.get("value").cloned().unwrap_or_default()));
        }
        sent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_filled_in_as_the_page_proposes() {
        let page = read(
            "<form id=pay method=POST action='/pay?a=1&amp;b=2'><input type=hidden name=s value='x&quot;y'>\
             <input name=cardnumber placeholder='4111 1111'>\
             <input name=year placeholder='30' autocomplete=cc-exp-year><input type=radio name=bank value=1 required>\
             <input type=radio name=bank value=2 required><input type=checkbox name=save>\
             <button name=outcome value=cancel data-outcome=cancel>No</button></form>\
             <button form=pay data-outcome=approve>Yes</button>",
        );
        let (form, button) = page.button("data-outcome", "approve").expect("a button");
        assert_eq!((form.action.as_str(), form.method.as_str()), ("/pay?a=1&b=2", "post"));
        let sent = form.filled(Some(button), Some("41"));
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            sent,
            [pair("s", "x\"y"), pair("cardnumber", "4111 1111"), pair("year", "41"), pair("bank", "1")]
        );
        let (form, button) = page.button("data-outcome", "cancel").expect("a button");
        assert_eq!(form.filled(Some(button), None).last(), Some(&pair("outcome", "cancel")));
        assert!(page.leads_on().is_none());
    }

    #[test]
    fn lists_and_text_areas_belong_to_their_form() {
        let page = read(
            "<form><select name=ship><option value=post>Post<option value=fetch selected>Fetch</select>\
             <select name=size required><option value=''>Please choose</option><option> Large </option></select>\
             <select name=extras multiple><option>bag</option></select><input name=off value=1 disabled>\
             <textarea name=note>To &amp; fro</textarea><textarea name=gift></textarea></form>",
        );
        let [form] = page.forms.as_slice() else { panic!("{page:?}") };
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let wanted =
            [pair("ship", "fetch"), pair("size", "Large"), pair("note", "To & fro"), pair("gift", "")];
        assert_eq!(form.filled(None, None), wanted);
        assert!(page.leads_on().is_none(), "there is a note to type");
        let listed = "<form><select name=size><option>L</option></select><button>Pay</button></form>";
        assert!(read(listed).leads_on().is_some());
    }

    #[test]
    fn a_page_that_leads_elsewhere_by_itself_is_seen() {
        for (content, leads) in [
            ("0; url=/next", Some((0, "/next"))),
            ("0;URL='/next?a=1&amp;b=2'", Some((0, "/next?a=1&b=2"))),
            ("3.5, url = /later", Some((3, "/later"))),
            ("5", None),
            ("soon; url=/x", None),
        ] {
            let page = read(&format!("<meta http-equiv=Refresh content=\"{content}\">"));
            assert_eq!(page.refresh, leads.map(|(seconds, url)| (seconds, url.to_owned())), "{content}");
        }
        assert_eq!(read("<meta name=refresh content='0; url=/x'>").refresh, None);
    }

    #[test]
    fn a_form_that_sends_itself_is_seen() {
        for page in [
            "<form action='/a'><input type=hidden name=x value=1></form><script>document.forms[0].submit()</script>",
            "<body onload='document.f.submit()'><form name=f><input name=x></form>",
            "<form method=post><input type=hidden name=x><button>Pay</button></form>",
        ] {
            assert!(read(page).leads_on().is_some(), "{page}");
        }
        for page in ["<form><input name=q></form>", "{\"url\": 1}", "<a href='/x'>x</a>"] {
            assert!(read(page).leads_on().is_none(), "{page}");
        }
    }
}
