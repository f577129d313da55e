//! Reading a form or a return for the person whose shop made or got it: what is in it, and what is wrong.

use std::borrow::Cow;

use super::conditions::{CONDITIONS, RULES, id_name, open, price, reason, told, transact, view_of};
use super::form::{Filled, Form, seen, unknown};
use super::form_messages::simplest;
use super::returns::Return;
use super::view::{MANAGEMENT, SUBSCRIPTIONS};
use super::{CURRENCIES, DECLINE, PAYMENT, SUBSCRIPTION, number};
use crate::freepay::codes::code;
use crate::freepay::founding::credentials;
use crate::kit::address::is_web_address;
use crate::kit::diagnosis::explained;
use crate::kit::form_text;
use crate::kit::operation::{
    Examination, Fault, Judgement, Message, Operation as _, Parameter, Unreadable, judge,
};
use crate::kit::query;

fn of<'a>(given: &'a [Parameter], name: &str) -> &'a str {
    given.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}

/// Where a form is taken to go if nobody says where.
const PAGE: &str = "http://127.0.0.1:4705/paymentpage";

/// A form as a person has it; one that does not say where it goes goes to the page.
fn filled(text: &str, page: &str) -> Result<Filled, Unreadable> {
    let read = form_text::read(text, "http://127.0.0.1:4705", "MerchantNumber=1234567&Amount=1250")?;
    let action = if read.action.is_empty() { page.to_owned() } else { read.action };
    Ok(Filled { method: read.method, action, fields: read.fields })
}

/// The order's price as a form shows it, whatever its spelling.
fn shown_price(filled: &Filled) -> Option<String> {
    let currency = filled.value("Currency")?;
    let letters = CURRENCIES.into_iter().find(|letters| {
        currency.eq_ignore_ascii_case(letters) || number(letters).as_ref() == Some(&currency)
    })?;
    let amount = filled.value("Amount")?.replace(',', ".");
    let minor = match amount.split_once('.') {
        Some((major, minor)) if minor.len() == 2 => format!("{major}{minor}"),
        Some(_) => return None,
        None => amount,
    };
    let minor: i64 = minor.parse().ok()?;
    Some(format!("{minor} {letters}"))
}

/// The message from which a form was made: what is given, and for the rest what the form itself shows.
fn form_message(filled: &Filled, form: Option<&str>, given: &[Parameter]) -> Message {
    let is_subscription = filled.value("Subscription").is_some();
    let form = form.unwrap_or(if is_subscription { SUBSCRIPTION } else { PAYMENT }).to_owned();
    let shown = |names: &[&str]| names.iter().find_map(|name| filled.value(name)).unwrap_or_default();
    let address = |name: &str| {
        let url = shown(&[name]);
        if is_web_address(&url) { url } else { String::new() }
    };
    let values = [
        ("page", if is_web_address(&filled.action) { filled.action.clone() } else { PAGE.to_owned() }),
        ("merchant", shown(&["MerchantNumber", "MerchantID"])),
        ("order", shown(&["OrderID", "OrderNumber"])),
        ("amount", shown_price(filled).unwrap_or_default()),
        ("accept", address("AcceptURL")),
        ("decline", address("DeclineURL")),
        ("param", shown(&["Param", "AuxParam"])),
        ("password", String::new()),
    ];
    let value = |(name, shown): (&'static str, String)| {
        let known = [of(given, name).to_owned(), shown, simplest(name).to_owned()];
        (Cow::Borrowed(name), known.into_iter().find(|value| !value.is_empty()).unwrap_or_default())
    };
    Message { form: Cow::Owned(form), parameters: Vec::new(), given: values.map(value).to_vec() }
}

/// Everything that can be said of a form.
pub(super) fn examine_form(
    text: &str,
    form: Option<&str>,
    given: &[Parameter],
) -> Result<Examination, Unreadable> {
    let page = of(given, "page");
    let filled = filled(text, if page.is_empty() { PAGE } else { page })?;
    let message = form_message(&filled, form, given);
    Form.legal(&message)?;
    let reply = filled.reply();
    let lines = seen(&filled, &message);
    let mut faults = Vec::new();
    if judge(&Form, &message, &reply) == Judgement::Wrong
        && let Some(right) = Form.reply(&message, &[]).as_ref().and_then(Filled::of)
    {
        let right = seen(&right, &message);
        let rightly = |id: &str| right.iter().find(|(known, _)| *known == id).map(|(_, said)| said);
        let is_amount = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        // Without a currency no price is known, and an amount that is well written may be it.
        let is_open = |id: &str| {
            id == "Amount"
                && message.given("amount") == simplest("amount")
                && filled.value("Amount").is_some_and(|amount| !amount.is_empty() && is_amount(&amount))
        };
        let wrong = lines.iter().filter(|(id, said)| rightly(id) != Some(said) && !is_open(id));
        // What neither the caller nor the form says stands for nothing.
        let is_known = |id: &str| form_given(id).is_none_or(|name| message.given(name) != simplest(name));
        let right_of = |id: &str| rightly(id).filter(|_| is_known(id));
        faults.extend(wrong.map(|(id, said)| Fault {
            id: fault_id(id),
            what: match right_of(id) {
                Some(right) => format!("{said}; right is: {right}"),
                None if *id == "Currency" && !said.ends_with("missing") => {
                    format!("{said} is not the number of {}", CURRENCIES.join(", "))
                }
                None => said.clone(),
            },
            rule: form_rule(id).to_owned(),
            passes: false,
        }));
    }
    let diagnosis = if faults.is_empty() { None } else { explained(&Form, &message, &reply) };
    let missing: Vec<&str> = ["merchant", "order", "amount", "accept", "decline"]
        .into_iter()
        .filter(|name| of(given, name).is_empty())
        .collect();
    let mut notes = Vec::new();
    if !missing.is_empty() {
        notes.push(format!("not compared, for it was not given: {}", missing.join(", ")));
    }
    let others = unknown(&filled);
    if !others.is_empty() {
        notes.push(format!("Freepay does not know these fields: {}", others.join(", ")));
    }
    let telling: Vec<&str> =
        others.iter().map(String::as_str).filter(|name| is_called_password(name)).collect();
    if faults.iter().all(|fault| fault.id != "password") && !telling.is_empty() {
        faults.push(Fault {
            id: "password",
            what: format!("{}: by its name a password, and the payer can read it", telling.join(", ")),
            rule: form_rule("password").to_owned(),
            passes: false,
        });
    }
    notes.extend(merchant_note(&message, &faults, "merchant_number"));
    let parts = vec![("form", lines.into_iter().map(|(_, said)| said).collect())];
    Ok(Examination { parts, faults, diagnosis, notes, signed: None })
}

/// What is given for a part of a form.
fn form_given(part: &str) -> Option<&'static str> {
    match part {
        "MerchantNumber" => Some("merchant"),
        "OrderID" => Some("order"),
        "Amount" | "Currency" => Some("amount"),
        "AcceptURL" => Some("accept"),
        "DeclineURL" => Some("decline"),
        _ => None,
    }
}

/// Whether a field's name says that its value is a password.
fn is_called_password(name: &str) -> bool {
    let name = name.to_lowercase();
    ["password", "passwd", "pwd", "kodeord", "adgangskode"].iter().any(|word| name.contains(word))
        || name == "pw"
}

/// The stable word for a part of a form.
fn fault_id(part: &'static str) -> &'static str {
    match part {
        "MerchantNumber" => "merchant_number",
        "Amount" => "amount",
        "Currency" => "currency",
        "OrderID" => "order_id",
        "AcceptURL" => "accept_url",
        "DeclineURL" => "decline_url",
        "Param" => "param",
        "Subscription" => "subscription",
        other => other,
    }
}

/// Where the rule of a part is written.
fn form_rule(part: &str) -> &'static str {
    match part {
        "Subscription" => "documented: Freepay's configuration page, section on subscriptions",
        "password" => {
            "assumed: our judgement; the document lists no password among the fields, and the payer can read them"
        }
        _ => "documented: Freepay's configuration page, section on its payment page",
    }
}

/// What the shop's order is, where nobody says: what the web service tells.
fn stand_in(message: &Message, name: &str) -> String {
    let told = |name: &str| told(message, name).filter(|text| !text.is_empty());
    let price = || {
        let currency = told("Currency");
        let letters = CURRENCIES.into_iter().find(|letters| number(letters) == currency)?;
        Some(format!("{} {letters}", told("AuthorizationAmount")?))
    };
    let shown = match name {
        "merchant" => told("MerchantNumber"),
        "order" => told("OrderID"),
        "amount" => price(),
        "status" => Some(if message.given("answer").is_empty() { "0" } else { "200" }.to_owned()),
        _ => None,
    };
    shown.unwrap_or_else(|| simplest(name).to_owned())
}

/// Everything that can be said of a return. `given` has its URL.
pub(super) fn examine_return(form: Option<&str>, given: Vec<Parameter>) -> Result<Examination, Unreadable> {
    let mut message = Message { form: Cow::Borrowed(PAYMENT), parameters: Vec::new(), given };
    let root = view_of(&message).map(|view| view.root.clone());
    message.form = match form {
        Some(form) => Cow::Owned(form.to_owned()),
        None if transact(&message).is_none() && reason(&message).is_some() => Cow::Borrowed(DECLINE),
        None if root.as_deref() == Some("SubscriptionView") => Cow::Borrowed(SUBSCRIPTION),
        None => Cow::Borrowed(PAYMENT),
    };
    let missing: Vec<&'static str> = Return.given()[1..]
        .iter()
        .copied()
        .filter(|name| !["answer", "used"].contains(name) && message.given(name).is_empty())
        .collect();
    for name in &missing {
        let value = stand_in(&message, name);
        message.given.retain(|(known, _)| known != name);
        message.given.push((Cow::Borrowed(*name), value));
    }
    Return.legal(&message)?;
    let mut parts = vec![("the address says", address_lines(&message))];
    if let Some(view) = view_of(&message) {
        parts.push(("the web service says", view.lines()));
    }
    if message.form == DECLINE {
        let mut notes = vec!["a return to the decline page: there is nothing to approve".to_owned()];
        let code = reason(&message).and_then(|reason| code(&reason));
        notes.extend(code.map(|code| format!("reason {}: {}", code.code, code.meaning)));
        return Ok(Examination { parts, faults: Vec::new(), diagnosis: None, notes, signed: None });
    }
    let mut faults = Vec::new();
    for (condition, (what, rule)) in CONDITIONS.iter().zip(RULES) {
        if (condition.holds)(&message) {
            continue;
        }
        faults.push(Fault {
            id: condition.name,
            what: in_words(&message, condition.name).unwrap_or_else(|| (*what).to_owned()),
            rule: (*rule).to_owned(),
            passes: false,
        });
        if ["transact", "service", "view"].contains(&condition.name) {
            break;
        }
    }
    let mut notes = Vec::new();
    let missing: Vec<&str> = missing
        .into_iter()
        .filter(|name| *name != "status" && (*name != "amount" || message.form == PAYMENT))
        .collect();
    if !missing.is_empty() {
        notes.push(format!("not compared, for it was not given: {}", missing.join(", ")));
    }
    notes.extend(merchant_note(&message, &faults, "merchant"));
    notes.extend(namespace_note(&message));
    notes.extend(open(&message).into_iter().take(1).map(|(_, why)| format!("not judged either way: {why}")));
    if open(&message).iter().any(|(reply, _)| reply.get("outcome") == "approved") {
        faults.clear();
    }
    Ok(Examination { parts, faults, diagnosis: None, notes, signed: None })
}

/// Where the number that a fault is about is only the sandbox's.
fn merchant_note(message: &Message, faults: &[Fault], id: &str) -> Option<String> {
    let is_usual = credentials(None).iter().any(|known| known.value == message.given("merchant"));
    let is_at_fault = faults.iter().any(|fault| fault.id == id);
    (is_usual && is_at_fault).then(|| {
        format!(
            "{} is the sandbox's merchant: give merchant=… if yours has another number",
            message.given("merchant")
        )
    })
}

/// Where a view is in another namespace than its service's.
fn namespace_note(message: &Message) -> Option<String> {
    let view = view_of(message)?;
    let service = if message.form == SUBSCRIPTION { SUBSCRIPTIONS } else { MANAGEMENT };
    let stands = if view.namespace.is_empty() { "none" } else { view.namespace.as_str() };
    (view.namespace != service).then(|| {
        format!("the view's namespace is {stands}, and the service's {service}: a parser that minds it finds nothing")
    })
}

fn address_lines(message: &Message) -> Vec<String> {
    let names = ["transact", "OrderNumber", "reason", "Param", "AuxParam"];
    let value = |name: &&str| Some(format!("{name}: {}", query::last(message.given("url"), name)?));
    names.iter().filter_map(value).collect()
}

/// A fault with what came, where that says more.
fn in_words(message: &Message, condition: &str) -> Option<String> {
    let compared = |name: &str, ours: &str| {
        Some(format!(
            "{name} is \"{}\", and the shop's is \"{ours}\"",
            told(message, name).unwrap_or_default()
        ))
    };
    match condition {
        "service" if message.given("status") == "0" => Some(
            "the web service was not asked, and the address proves nothing: give answer=@FILE with what QueryTransaction or QuerySubscription answers".to_owned(),
        ),
        "service" => Some(format!("the web service answered with {}", message.given("status"))),
        "id" => Some(format!(
            "{} is \"{}\", and transact is \"{}\"",
            id_name(message),
            told(message, id_name(message)).unwrap_or_default(),
            transact(message).unwrap_or_default()
        )),
        "order" => compared("OrderID", message.given("order")),
        "amount" => compared("AuthorizationAmount", &price(message)?.minor.to_string()),
        "currency" => {
            let letters = price(message)?.currency;
            let ours = format!("{} for {letters}", number(&letters)?);
            Some(format!("Currency is \"{}\", and the shop's is {ours}", told(message, "Currency")?))
        }
        "merchant" => compared("MerchantNumber", message.given("merchant")),
        _ => None,
    }
}
