//! The calls to the six endpoints as messages: which are legal, how to make them, how to read them.

use std::borrow::Cow;

use rand::Rng;

use super::hash::Hash;
use super::link_mistakes as link;
use crate::brp::endpoints::{
    DEBIT_SUBSCRIPTION, ENDPOINTS, Kind, MANDATE_ALIAS, NEIGHBOURS, PATHS, Purpose, SUBSCRIPTION_ID,
    UNHASHED, endpoint,
};
use crate::kit::address::{is_email, is_web_address};
use crate::kit::awkward::{self, one_in};
use crate::kit::operation::{Message, Parameter, Reading, Received, Reply, Unreadable};
use crate::kit::problem::nearest;

/// Whether the call may occur: known endpoint, every required parameter once, every value of its kind.
pub(super) fn legal(message: &Message) -> Result<(), Unreadable> {
    let Some(endpoint) = endpoint(&message.form) else {
        let help = match nearest(&message.form, PATHS.iter().copied()) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => format!("The endpoints are: {}.", PATHS.join(", ")),
        };
        return Err(Unreadable::new(format!("BRP has no endpoint `{}`", message.form), help));
    };
    for (name, value) in &message.parameters {
        let Some(parameter) = endpoint.parameter(name) else {
            let names = endpoint.parameters.iter().map(|parameter| parameter.name);
            let help = match nearest(name, names.clone()) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => format!("It takes: {}.", names.collect::<Vec<_>>().join(", ")),
            };
            return Err(Unreadable::new(format!("`{}` takes no parameter `{name}`", message.form), help));
        };
        let empty = value.is_empty() && !parameter.required && parameter.kind != Kind::Url;
        if !empty && !fits(parameter.kind, value) {
            return Err(Unreadable::new(
                format!("`{name}` cannot be `{value}`"),
                format!("It takes {}.", wanted(parameter.kind)),
            ));
        }
        if parameter.kind != Kind::Email && message.values(name).count() > 1 {
            return Err(Unreadable::new(format!("`{name}` is given twice"), "Give it once."));
        }
    }
    for parameter in endpoint.parameters.iter().filter(|parameter| parameter.required) {
        if message.value(parameter.name).is_none() {
            return Err(Unreadable::new(
                format!("`{}` needs the parameter `{}`", message.form, parameter.name),
                format!("Add {}=…", parameter.name),
            ));
        }
    }
    Ok(())
}

fn fits(kind: Kind, value: &str) -> bool {
    match kind {
        Kind::Flag => matches!(value, "true" | "false"),
        Kind::Id => value.parse::<i32>().is_ok_and(|id| id > 0) && !value.starts_with(['0', '+']),
        Kind::Day => value.parse::<jiff::civil::Date>().is_ok(),
        Kind::Email => is_email(value),
        Kind::Distribution => matches!(value, "email" | "centralprint21grams"),
        Kind::Phone => value.bytes().any(|byte| byte.is_ascii_digit()),
        Kind::Url => is_web_address(value),
    }
}

fn wanted(kind: Kind) -> &'static str {
    match kind {
        Kind::Day => "a day, as 2026-03-01",
        Kind::Flag => "true or false",
        Kind::Id => "a whole number from 1 to 2147483647",
        Kind::Email => "one e-mail address",
        Kind::Distribution => "email or centralprint21grams",
        Kind::Phone => "a phone number",
        Kind::Url => "an absolute http or https URL",
    }
}

/// A legal call: any endpoint, optional parameters or not, in any order of the call.
pub(super) fn generate(rng: &mut dyn Rng, base: bool) -> Message {
    let endpoint = &ENDPOINTS[awkward::below(rng, 9).saturating_sub(3) as usize];
    let mut parameters: Vec<Parameter> = Vec::with_capacity(6);
    for parameter in endpoint.parameters {
        let times = match parameter.kind {
            Kind::Email => awkward::below(rng, 4),
            _ if parameter.required => 1,
            _ => awkward::below(rng, 2),
        };
        for _ in 0..times {
            let empty = !parameter.required && parameter.kind != Kind::Url && one_in(rng, 12);
            let value = if empty { String::new() } else { value(rng, parameter.kind) };
            parameters.push((Cow::Borrowed(parameter.name), value));
        }
    }
    // A call's order says nothing, so half of them do not follow the template.
    if one_in(rng, 2) {
        for place in (1..parameters.len()).rev() {
            let other = awkward::below(rng, u32::try_from(place + 1).unwrap_or(1));
            parameters.swap(place, other as usize);
        }
    }
    let mut given = Vec::with_capacity(2);
    if base {
        let base = awkward::pick(
            rng,
            &[
                "http://127.0.0.1:4702/brponline/",
                "https://api.brpsystems.se/brponline/",
                "https://x.example/a/",
            ],
        );
        given.push((Cow::Borrowed("base"), base.to_owned()));
    }
    given.push((Cow::Borrowed("secret"), awkward::secret(rng)));
    Message { form: Cow::Borrowed(endpoint.path), parameters, given }
}

fn value(rng: &mut dyn Rng, kind: Kind) -> String {
    match kind {
        Kind::Day => awkward::pick(rng, &["2026-03-01", "2028-02-29"]).to_owned(),
        Kind::Flag => awkward::pick(rng, &["true", "false"]).to_owned(),
        Kind::Id => awkward::id(rng),
        Kind::Email => awkward::email(rng),
        Kind::Distribution => awkward::pick(rng, &["email", "centralprint21grams"]).to_owned(),
        Kind::Phone => {
            awkward::pick(rng, &["07354254242", "0701234567", "+46701234567", "070-123 45 67", "46701234567"])
                .to_owned()
        }
        Kind::Url => awkward::url(rng),
    }
}

/// The simplest value of a parameter or of what is given.
pub(super) fn simplest(name: &str) -> &'static str {
    match name {
        "base" => "http://a/b/",
        "distributionmethod" => "email",
        "receiptemail" => "a@b",
        "returnurl" => "http://a",
        "secret" => "s",
        "url" => "http://a?error=",
        "useorgaccount" => "true",
        _ => "1",
    }
}

/// Reads a link, or its query alone, as the call that BRP receives.
///
/// `form` names the endpoint where the text does not. What the shop may have meant instead is added:
/// people spoil a link between hashing and sending.
pub fn received(text: &str, form: Option<&str>, secret: &str) -> Result<Received, Unreadable> {
    let text = text.trim_end_matches(['\r', '\n']);
    let query = match text.split_once('?') {
        Some((_, query)) => query,
        None if text.contains('=') => text,
        None => {
            return Err(Unreadable::new(
                "this is no link: it has no query",
                "Give the whole URL that the payer is sent to, in quotes: '…/payfororder?orderid=15&…'.",
            ));
        }
    };
    // A browser cuts the fragment off; BRP never sees it.
    let seen = query.split_once('#').map_or(query, |(seen, _)| seen);
    let address = text.split(['?', '#']).next().filter(|_| text.contains('?')).unwrap_or_default();
    let (address, seen) = match address.rsplit_once(&format!("/external/invoice/{DEBIT_SUBSCRIPTION}/")) {
        // There the subscription stands in the path, and is hashed like a parameter.
        Some((base, id)) => (
            Cow::Owned(format!("{base}/external/payment/{DEBIT_SUBSCRIPTION}")),
            Cow::Owned(format!("{SUBSCRIPTION_ID}={id}&{seen}")),
        ),
        None => (Cow::Borrowed(address), Cow::Borrowed(seen)),
    };
    let form = match endpoint_of(&address).or(form) {
        Some(form) => form,
        None if address.is_empty() => PATHS[0],
        None => {
            return Err(Unreadable::new(
                format!("`{address}` is no endpoint of BRP"),
                format!("It ends with /external/payment/ and one of: {}.", PATHS.join(", ")),
            ));
        }
    };
    let message = message(form, form_urlencoded::parse(seen.as_bytes()), secret);
    // Behind a fragment, or with a name that was escaped for HTML, the hash does not arrive; for the
    // diagnosis it is still the shop's hash.
    let cut = query.split_once('#').map_or("", |(_, fragment)| fragment);
    let claimed = [seen.as_ref(), cut]
        .iter()
        .find_map(|part| {
            form_urlencoded::parse(part.as_bytes())
                .find(|(name, _)| name.trim_start_matches("amp;") == "hash")
        })
        .map(|(_, hash)| hash.into_owned());
    let readings = readings(&message, query);
    let claimed = Reply::text("hash", claimed.unwrap_or_default());
    Ok(Received { operation: &Hash, message, claimed, readings })
}

fn endpoint_of(address: &str) -> Option<&'static str> {
    let path = address.rsplit_once("/external/payment/")?.1.trim_end_matches('/');
    let neighbours = NEIGHBOURS.iter().map(|endpoint| endpoint.path);
    let known = PATHS.iter().copied().chain(neighbours).find(|known| *known == path);
    known.or_else(|| (path == MANDATE_ALIAS).then_some("creatercpmandate"))
}

/// The call that these pairs make at an endpoint. A repeated parameter that takes one value keeps
/// the first; names that the endpoint does not have are not hashed.
fn message<'a>(
    form: &str,
    pairs: impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>,
    secret: &str,
) -> Message {
    let mut message = Message {
        form: Cow::Owned(form.to_owned()),
        parameters: Vec::new(),
        given: vec![(Cow::Borrowed("secret"), secret.to_owned())],
    };
    let Some(endpoint) = endpoint(form) else { return message };
    for (name, value) in pairs {
        // Not in the template of Swish; if it is sent there all the same, its place is by its name.
        let known = endpoint.parameter(&name).map(|known| (known.name, known.kind));
        let extra = (name == "paymentmethodid" && endpoint.purpose == Purpose::PayOrderBySwish)
            .then_some(("paymentmethodid", Kind::Id));
        let Some((name, kind)) = known.or(extra) else { continue };
        if kind == Kind::Email || message.value(name).is_none() {
            message.parameters.push((Cow::Borrowed(name), value.into_owned()));
        }
    }
    message
}

/// What the shop may have meant by a link that it spoilt.
fn readings(seen: &Message, query: &str) -> Vec<Reading> {
    let mut readings = Vec::new();
    let mut meant = |mistake, change: &dyn Fn(&mut Message)| {
        let mut message = seen.clone();
        change(&mut message);
        if message != *seen {
            readings.push(Reading { mistake, message });
        }
    };
    meant(&link::RETURNURL_ENCODED_TWICE, &|message| {
        each_value(message, |name, value| (name == "returnurl").then(|| decode(value)));
    });
    meant(&link::VALUES_ENCODED_TWICE, &|message| {
        each_value(message, |_, value| Some(decode(value)));
    });
    meant(&link::PLUS_NOT_ENCODED, &|message| {
        each_value(message, |_, value| Some(value.replace(' ', "+")));
    });
    // A value that was encoded has no bare `://`, so it cannot have been left as it was.
    let bare = whole_returnurl(query).filter(|whole| whole.contains("://"));
    meant(&link::RETURNURL_NOT_ENCODED, &|message| {
        if let Some(whole) = &bare {
            each_value(message, |name, _| (name == "returnurl").then(|| whole.clone()));
        }
    });
    meant(&link::VALUES_ENCODED_AS_A_URL, &|message| {
        let Some(whole) = bare.as_ref().map(|whole| decode(whole)) else { return };
        each_value(message, |name, value| match name {
            "returnurl" => Some(whole.clone()),
            _ => Some(value.replace(' ', "+")),
        });
    });
    meant(&link::RECEIPTEMAILS_JOINED, &|message| {
        let split = message.parameters.drain(..).flat_map(|(name, value)| {
            let parts: Vec<String> = if name == "receiptemail" {
                value.split(',').map(|part| part.trim().to_owned()).collect()
            } else {
                vec![value]
            };
            parts.into_iter().map(move |part| (name.clone(), part))
        });
        message.parameters = split.collect();
    });
    for (mistake, bracketed) in [
        (&link::RECEIPTEMAILS_BRACKETED, "receiptemail[]"),
        (&link::RECEIPTEMAILS_INDEXED, "receiptemail[0]"),
    ] {
        if form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == bracketed) {
            meant(mistake, &|message| {
                let named = form_urlencoded::parse(query.as_bytes())
                    .filter(|(name, _)| name.starts_with("receiptemail["));
                let named = named.map(|(_, value)| (Cow::Borrowed("receiptemail"), value.into_owned()));
                message.parameters.extend(named);
            });
        }
    }
    meant(&link::AMPERSANDS_ESCAPED, &|message| {
        if !query.contains("&amp;") {
            return;
        }
        let plain = query.replace("&amp;", "&");
        let pairs = form_urlencoded::parse(plain.as_bytes());
        *message = self::message(&message.form, pairs, message.given("secret"));
    });
    readings
}

fn each_value(message: &mut Message, change: impl Fn(&str, &str) -> Option<String>) {
    for (name, value) in &mut message.parameters {
        if let Some(changed) = change(name, value) {
            *value = changed;
        }
    }
}

fn decode(value: &str) -> String {
    percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned()
}

/// A return URL that stands in the query as it is: from its name to the next name of BRP's own.
fn whole_returnurl(query: &str) -> Option<String> {
    let start = query.find("returnurl=")? + "returnurl=".len();
    let names = ENDPOINTS.iter().flat_map(|endpoint| endpoint.parameters);
    let end = names
        .map(|parameter| parameter.name)
        .chain(["hash"])
        .filter_map(|name| query[start..].find(&format!("&{name}=")))
        .min()
        .unwrap_or(query.len() - start);
    Some(query[start..start + end].to_owned())
}

/// The parameters that are hashed, in the order of the call.
pub(super) fn hashed(message: &Message) -> impl Iterator<Item = &Parameter> {
    message.parameters.iter().filter(|(name, _)| name != UNHASHED)
}
