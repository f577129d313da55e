//! What an integrator makes for a step: a link, or the fields of a form.

use std::borrow::Cow;

use provkassa_simulators::kit::operation::{Message, Reply, Unreadable};
use provkassa_simulators::kit::wire::from_text;
use provkassa_simulators::operation;
use serde_json::{Map, Value};

use super::Link;
use super::pattern::{Known, fill};

fn filled(pattern: &str, known: &Known) -> Result<String, String> {
    fill(pattern, known).map_err(|name| format!("`{{{name}}}` is not known yet"))
}

/// The link, as the payer opens it.
pub(super) fn link(link: &Link, known: &Known) -> Result<String, String> {
    let answer = answer(link, known)?;
    let url = answer.get("url").and_then(Value::as_str).unwrap_or_default().to_owned();
    let Some((from, to)) = &link.changed else { return Ok(url) };
    let (from, to) = (filled(from, known)?, filled(to, known)?);
    if !url.contains(&from) {
        return Err(format!("the link has no `{from}` to change: {url}"));
    }
    Ok(url.replace(&from, &to))
}

/// The fields of a form, as the payer's browser sends them: the pairs in the operation's answer.
pub(super) fn fields(link: &Link, known: &Known) -> Result<Vec<(String, String)>, String> {
    let pairs = answer(link, known)?.into_iter().find_map(|(_, value)| serde_json::from_value(value).ok());
    let mut pairs: Vec<(String, String)> =
        pairs.ok_or_else(|| format!("`{}` makes no fields", link.operation))?;
    let Some((from, to)) = &link.changed else { return Ok(pairs) };
    let (from, to) = (filled(from, known)?, filled(to, known)?);
    if !pairs.iter().any(|(_, value)| value.contains(&from)) {
        return Err(format!("the fields have no `{from}` to change"));
    }
    for (_, value) in &mut pairs {
        *value = value.replace(&from, &to);
    }
    Ok(pairs)
}

/// What the operation answers for an integrator who makes these mistakes.
fn answer(link: &Link, known: &Known) -> Result<Map<String, Value>, String> {
    let operation =
        operation(&link.operation).ok_or_else(|| format!("there is no operation `{}`", link.operation))?;
    let helpful = |error: Unreadable| format!("{error}. {}", error.help);
    let mut parameters = Vec::new();
    for (name, value) in &link.parameters {
        parameters.push((Cow::Owned(name.clone()), filled(value, known)?));
    }
    let mut given = Vec::new();
    for (name, value) in &link.given {
        let value = filled(value, known)?;
        let value = from_text(operation.kind(name), name, &value).map_err(helpful)?;
        given.push((Cow::Owned(name.clone()), value));
    }
    let message = Message { form: Cow::Owned(link.form.clone()), parameters, given };
    operation.legal(&message).map_err(helpful)?;
    let mut mistakes = Vec::new();
    for id in &link.mistakes {
        let mistake = operation.mistakes().into_iter().find(|mistake| mistake.id == id);
        mistakes.push(mistake.ok_or_else(|| format!("{} has no mistake `{id}`", operation.id()))?);
    }
    match operation.reply(&message, &mistakes) {
        Some(Reply::Rejected(why)) => Err(format!("a shop refuses that: {why}")),
        Some(Reply::Answer(answer)) => Ok(answer),
        None => Err("these mistakes exclude each other".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn made(value: Value) -> Link {
        serde_json::from_value(value).expect("a link")
    }

    #[test]
    fn an_operation_that_makes_a_link_makes_no_fields() {
        let link = made(json!({
            "operation": "brp.link",
            "form": "payfororder",
            "parameters": [["orderid", "15"], ["returnurl", "http://a"]],
            "given": [["secret", "s"], ["base", "http://b/"]],
        }));
        let url = super::link(&link, &Known::new()).expect("a link");
        assert!(url.starts_with("http://b/"), "{url}");
        assert_eq!(fields(&link, &Known::new()), Err("`brp.link` makes no fields".to_owned()));
    }

    #[test]
    fn fields_are_made_in_their_order_and_can_be_changed_on_the_way() {
        let mut link = made(json!({
            "operation": "bambora.request",
            "form": "",
            "parameters": [["merchantnumber", "{merchant}"], ["amount", "9995"], ["currency", "DKK"]],
            "given": [["md5key", "secretmd5"]],
            "changed": ["9995", "1"],
        }));
        assert_eq!(fields(&link, &Known::new()), Err("`{merchant}` is not known yet".to_owned()));
        let known = Known::from([("merchant".to_owned(), "1234567".to_owned())]);
        let hash = "ba83e555aaa71bf932da19326a1866e1";
        let wanted = [("merchantnumber", "1234567"), ("amount", "1"), ("currency", "DKK"), ("hash", hash)];
        let wanted = wanted.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(fields(&link, &known), Ok(wanted.to_vec()));
        link.changed = Some(("nothing of it".to_owned(), String::new()));
        assert_eq!(fields(&link, &known), Err("the fields have no `nothing of it` to change".to_owned()));
        link.mistakes = vec!["bambora.request/none".to_owned()];
        assert_eq!(
            fields(&link, &known),
            Err("bambora.request has no mistake `bambora.request/none`".to_owned())
        );
    }
}
