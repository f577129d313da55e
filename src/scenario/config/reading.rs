//! Reads `[shop]`.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use provkassa_simulators::PROVIDERS;
use regex_lite::Regex;
use serde_json::Value;

use super::super::template;
use super::{ACTIONS, Body, Offer, Place, Request, ShopConfig, Start, Status};
use crate::settings::{self, Miswritten, Section, expand};

/// The action by which a subscription's customer gives another card.
const RENEW: &str = "renew";
const ORDER: &str = "order = { pointer = \"/order\" }";

/// What a file may use of the environment.
type Variable<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Reads a file that holds `[shop]` alone, as a shop offers it at `/.well-known/provkassa`.
pub fn parse(text: &str) -> Result<ShopConfig, Miswritten> {
    parsed(text, |_| Ok(()))
}

/// The same, of a text that came over the wire: whoever answers there must not say what runs here.
pub(in super::super) fn parse_strangers(text: &str) -> Result<ShopConfig, Miswritten> {
    parsed(text, |shop| {
        let runs = ["start", "cwd", "env"].into_iter().find(|key| shop.json(key).is_some());
        runs.map_or(Ok(()), |key| {
            Err(shop.wrong(
                key,
                "is refused: a description that comes over the wire must not start anything on this machine",
                "Leave it out there; write [shop] into provkassa.toml to have the shop started.",
            ))
        })
    })
}

fn parsed(
    text: &str,
    allowed: impl FnOnce(&Section<'_>) -> Result<(), Miswritten>,
) -> Result<ShopConfig, Miswritten> {
    let parsed = settings::parse(text, "It is TOML: [shop], and then [shop.quickpay] and what it can do.")?;
    let whole = Section::whole(text, &parsed);
    whole.knows(&["shop"])?;
    let shop = whole.section("shop")?;
    let shop = shop.ok_or_else(|| whole.wrong("shop", "is missing", "Begin with [shop]."))?;
    allowed(&shop)?;
    read(&shop, Path::new(""), &|_| None)
}

/// Reads `[shop]`. Paths count from the folder of the file; `${NAME}` is a variable.
pub(crate) fn read(
    section: &Section<'_>,
    folder: &Path,
    variable: Variable<'_>,
) -> Result<ShopConfig, Miswritten> {
    let ids: Vec<&'static str> = PROVIDERS.iter().map(|provider| provider.info().id).collect();
    let own = ["start", "cwd", "env", "ready", "start_timeout", "deadline", "settle", "status"].into_iter();
    section.knows(&own.chain(ids.iter().copied()).collect::<Vec<_>>())?;
    let status = section.section("status")?.map(|status| status_of(&status, variable)).transpose()?;
    let mut providers = BTreeMap::new();
    for id in ids {
        if let Some(offer) = section.section(id)? {
            providers.insert(id, offer_of(&offer, Kind { id, signs_up: false }, status.is_some(), variable)?);
        }
    }
    let ready = section.text("ready", "ready = \"http://127.0.0.1:3000/healthz\"")?;
    let seconds = |key: &str, usual: Duration| {
        section.seconds(key, &format!("{key} = {}", usual.as_secs_f64())).map(|given| given.unwrap_or(usual))
    };
    Ok(ShopConfig {
        start: start_of(section, folder, variable)?,
        ready: ready.map(|url| address(section, "ready", url, variable)).transpose()?,
        start_timeout: seconds("start_timeout", Duration::from_secs(30))?,
        deadline: seconds("deadline", Duration::from_secs(5))?,
        settle: seconds("settle", Duration::from_millis(500))?,
        status,
        providers,
    })
}

fn start_of(
    section: &Section<'_>,
    folder: &Path,
    variable: Variable<'_>,
) -> Result<Option<Start>, Miswritten> {
    const START: &str = "start = \"npm start\", or a list of words";
    let words = match section.json("start") {
        None => return Ok(None),
        Some(Value::String(text)) => shlex::split(&text).unwrap_or_default(),
        Some(_) => section.texts("start", START)?.unwrap_or_default().into_iter().map(Into::into).collect(),
    };
    if words.is_empty() {
        return Err(section.wrong("start", "is no command", format!("Write {START}.")));
    }
    let words = words.iter().map(|word| expand(section, "start", word, variable));
    let cwd = section.text("cwd", "cwd = \"shop\"")?.unwrap_or_default();
    let environment = section.section("env")?.map(|env| texts(&env, variable)).transpose()?;
    Ok(Some(Start {
        command: words.collect::<Result<_, _>>()?,
        folder: folder.join(expand(section, "cwd", cwd, variable)?),
        environment: environment.unwrap_or_default(),
    }))
}

/// What an offer is for: a provider's orders, or its subscriptions.
#[derive(Clone, Copy)]
struct Kind {
    id: &'static str,
    signs_up: bool,
}

impl Kind {
    /// Refuses an action that nobody would ever ask for there.
    fn has(self, section: &Section<'_>, action: &str) -> Result<(), Miswritten> {
        /// Where a customer can give another card for a subscription.
        const RENEWS: &[&str] = &["bambora", "brp", "fenerum", "freepay", "quickpay"];
        let Self { id, signs_up } = self;
        let renews = RENEWS.contains(&id);
        let help = match action {
            "charge" | "delete" if !signs_up => {
                format!("Write it as `shop.{id}.subscription.actions.{action}`.")
            }
            "renew" if signs_up && !renews => {
                format!("Leave it out: no scenario renews a subscription at {id}.")
            }
            "renew" if !signs_up && id != "quickpay" => {
                let own =
                    format!(" Another card for a subscription is `shop.{id}.subscription.actions.renew`.");
                let own = if renews { own } else { String::new() };
                format!("Leave it out: a reservation is only renewed at QuickPay.{own}")
            }
            _ => return Ok(()),
        };
        Err(section.wrong(action, "has no effect there", help))
    }
}

fn offer_of(
    section: &Section<'_>,
    kind: Kind,
    has_status: bool,
    variable: Variable<'_>,
) -> Result<Offer, Miswritten> {
    section.knows(&["checkout", "order", "status", "actions", "subscription", "webhook", "redirect"])?;
    let subscription = section.section("subscription")?;
    let has_own_status = section.json("status").is_some();
    let subscription = subscription
        .map(|section| {
            section.knows(&["checkout", "order", "status", "actions"])?;
            let kind = Kind { signs_up: true, ..kind };
            offer_of(&section, kind, has_status || has_own_status, variable).map(Box::new)
        })
        .transpose()?;
    let checkout = section.section("checkout")?;
    let link = checkout.as_ref().map(|section| pointer(section, "link")).transpose()?.flatten();
    let checkout = checkout.map(|section| request(&section, &["link"], "POST", variable)).transpose()?;
    let order = section.section("order")?.map(|section| {
        section.knows(&["pointer", "regex", "header"])?;
        place(&section)
    });
    let order = order.transpose()?;
    let status = section.section("status")?.map(|status| status_of(&status, variable)).transpose()?;
    if status.is_none() && !has_status {
        return Err(section.wrong(
            "status",
            "is missing, and `shop.status` too",
            "Write status = { url = \"http://127.0.0.1:3000/orders/{order}\", pointer = \"/status\", paid = [\"paid\"] } in [shop].",
        ));
    }
    let names_it = checkout.as_ref().is_none_or(Request::names_the_order);
    if !names_it && order.is_none() {
        return Err(section.wrong(
            "checkout",
            "has no {order}, and nothing says what the shop calls the order",
            format!("Put {{order}} where the shop takes it, or write {ORDER}."),
        ));
    }
    let mut actions = BTreeMap::new();
    let mut renewal = None;
    if let Some(section) = section.section("actions")? {
        section.knows(ACTIONS)?;
        for action in ACTIONS {
            if let Some(action_section) = section.section(action)? {
                kind.has(&section, action)?;
                let leads_on = kind.signs_up && *action == RENEW;
                if leads_on {
                    renewal = pointer(&action_section, "link")?;
                }
                let beside: &[&str] = if leads_on { &["link"] } else { &[] };
                actions.insert(*action, request(&action_section, beside, "POST", variable)?);
            }
        }
    }
    let own = |key: &str| -> Result<Option<String>, Miswritten> {
        let url = section.text(key, &format!("{key} = \"http://127.0.0.1:3000/callback\""))?;
        url.map(|url| address(section, key, url, variable)).transpose()
    };
    Ok(Offer {
        checkout,
        link,
        order,
        status,
        actions,
        renewal,
        subscription,
        webhook: own("webhook")?,
        redirect: own("redirect")?,
    })
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

fn status_of(section: &Section<'_>, variable: Variable<'_>) -> Result<Status, Miswritten> {
    const WORDS: [&str; 5] = ["paid", "unpaid", "refunded", "cancelled", "active"];
    let own = ["pointer", "regex", "header", "credited"].into_iter().chain(WORDS);
    let request = request(section, &own.collect::<Vec<_>>(), "GET", variable)?;
    if !request.names_the_order() {
        return Err(section.wrong(
            "url",
            "has no {order}: the shop would say the same of every order",
            "Write url = \"http://127.0.0.1:3000/orders/{order}\".",
        ));
    }
    let words = |key: &str| -> Result<Vec<String>, Miswritten> {
        let words = section.texts(key, &format!("{key} = [\"{key}\"]"))?.unwrap_or_default();
        Ok(words.into_iter().map(ToOwned::to_owned).collect())
    };
    let [paid, unpaid, refunded, cancelled, active] = WORDS.map(words);
    let paid = paid?;
    if paid.is_empty() {
        return Err(section.wrong(
            "paid",
            "is missing: nothing says that an order is paid",
            "Write paid = [\"paid\"].",
        ));
    }
    Ok(Status {
        request,
        place: place(section)?,
        paid,
        unpaid: unpaid?,
        refunded: refunded?,
        cancelled: cancelled?,
        active: active?,
        credited: pointer(section, "credited")?,
    })
}

fn place(section: &Section<'_>) -> Result<Place, Miswritten> {
    let regex = section.text("regex", "regex = 'status: (\\w+)'")?;
    let header = section.text("header", "header = \"Order-Id\"")?;
    match (pointer(section, "pointer")?, regex, header) {
        (Some(pointer), None, None) => Ok(Place::Pointer(pointer)),
        (None, Some(regex), None) => Regex::new(regex).map(Place::Regex).map_err(|error| {
            section.wrong(
                "regex",
                &format!("is no regular expression: {error}"),
                "Write regex = 'status: (\\w+)'.",
            )
        }),
        (None, None, Some(header)) => Ok(Place::Header(header.to_owned())),
        (None, None, None) => Err(section.wrong(
            "pointer",
            "is missing: nothing says where the answer stands",
            "Write one of pointer = \"/status\", regex = 'status: (\\w+)' and header = \"Order-Status\".",
        )),
        _ => Err(section.wrong("pointer", "is not alone", "Keep one of pointer, regex and header.")),
    }
}

fn pointer(section: &Section<'_>, key: &str) -> Result<Option<String>, Miswritten> {
    let Some(text) = section.text(key, &format!("{key} = \"/status\""))? else { return Ok(None) };
    if !text.is_empty() && !text.starts_with('/') {
        let help = format!("Write {key} = \"/{}\".", text.replace('.', "/"));
        return Err(section.wrong(key, "is no JSON pointer: it begins with a slash", help));
    }
    Ok(Some(text.to_owned()))
}

fn request(
    section: &Section<'_>,
    beside: &[&str],
    usual: &str,
    variable: Variable<'_>,
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
    let form = section.section("form")?.map(|form| texts(&form, variable)).transpose()?;
    let headers = section.section("headers")?.map(|headers| texts(&headers, variable)).transpose()?;
    let body = match (section.json("json"), form) {
        (Some(_), Some(_)) => return Err(section.wrong("json", "and `form` are both given", "Keep one.")),
        (Some(json), None) => Body::Json(expanded(section, json, variable)?),
        (None, Some(form)) => Body::Form(form),
        (None, None) => Body::None,
    };
    let request = Request {
        method,
        url: address(section, "url", url, variable)?,
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

fn expanded(section: &Section<'_>, value: Value, variable: Variable<'_>) -> Result<Value, Miswritten> {
    Ok(match value {
        Value::String(text) => expand(section, "json", &text, variable)?.into(),
        Value::Array(items) => {
            let items = items.into_iter().map(|item| expanded(section, item, variable));
            items.collect::<Result<Vec<_>, _>>()?.into()
        }
        Value::Object(fields) => {
            let fields =
                fields.into_iter().map(|(name, value)| Ok((name, expanded(section, value, variable)?)));
            Value::Object(fields.collect::<Result<_, _>>()?)
        }
        other => other,
    })
}

/// A table of texts with names of the user's own.
fn texts(section: &Section<'_>, variable: Variable<'_>) -> Result<BTreeMap<String, String>, Miswritten> {
    let mut texts = BTreeMap::new();
    for key in section.keys() {
        let text = section.text(key, &format!("{key} = \"…\""))?.unwrap_or_default();
        texts.insert(key.to_owned(), expand(section, key, text, variable)?);
    }
    Ok(texts)
}

/// A web address, placeholders and all.
fn address(
    section: &Section<'_>,
    key: &str,
    url: &str,
    variable: Variable<'_>,
) -> Result<String, Miswritten> {
    let url = expand(section, key, url, variable)?;
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
