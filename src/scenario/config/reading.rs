//! Reads `[shop]`.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use provkassa_simulators::PROVIDERS;
use regex_lite::Regex;
use serde_json::Value;

use super::requests::{address, at, is_named, request, texts};
use super::{ACTIONS, Offer, Place, Request, ShopConfig, Start, Status};
use crate::settings::{self, Miswritten, Section, Variables, expand};

/// The action by which a subscription's customer gives another card.
const RENEW: &str = "renew";
const ORDER: &str = "order = { pointer = \"/order\" }";

/// Reads a text that holds `[shop]` alone, as a shop offers it at `/.well-known/provkassa`. It gets none of this
/// machine's variables.
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
    let parsed = settings::parse(text, |_| shape(text))?;
    let whole = Section::whole(text, &parsed);
    if let Some(others) = ["adapter", "check"].into_iter().find(|key| whole.json(key).is_some()) {
        return Err(whole.wrong(
            others,
            "is none of the shop's own",
            format!("Leave it out there: [shop] alone is read, and [{others}] stands in provkassa.toml."),
        ));
    }
    whole.knows(&["shop"])?;
    let shop = whole.section("shop")?;
    let shop = shop.ok_or_else(|| whole.wrong("shop", "is missing", "Begin with [shop]."))?;
    allowed(&shop)?;
    read(&shop, Path::new(""), None)
}

/// What a text should be that is no TOML: many shops answer whatever they are asked with a page, or in JSON.
fn shape(text: &str) -> String {
    let is = match text.trim_start().chars().next() {
        Some('<') => "What came is a page, and no TOML",
        Some('{') => "What came is JSON, and no TOML",
        _ => "It is TOML",
    };
    format!("{is}: write [shop], and then [shop.quickpay] and what the shop can do there.")
}

/// Reads `[shop]`. Paths count from the folder of the file; `${NAME}` is a variable.
pub(crate) fn read(
    section: &Section<'_>,
    folder: &Path,
    variables: Variables<'_>,
) -> Result<ShopConfig, Miswritten> {
    let ids: Vec<&'static str> = PROVIDERS.iter().map(|provider| provider.info().id).collect();
    let own = ["start", "cwd", "env", "ready", "start_timeout", "deadline", "settle", "status"].into_iter();
    section.knows(&own.chain(ids.iter().copied()).collect::<Vec<_>>())?;
    let status =
        section.braces("status", status_like)?.map(|status| status_of(&status, variables)).transpose()?;
    let mut providers = BTreeMap::new();
    for id in ids {
        if let Some(offer) = section.section(id)? {
            providers
                .insert(id, offer_of(&offer, Kind { id, signs_up: false }, status.is_some(), variables)?);
        }
    }
    let ready = section.text("ready", "ready = \"http://127.0.0.1:3000/healthz\"")?;
    let seconds = |key: &str, usual: Duration| {
        section.seconds(key, &format!("{key} = {}", usual.as_secs_f64())).map(|given| given.unwrap_or(usual))
    };
    Ok(ShopConfig {
        start: start_of(section, folder, variables)?,
        ready: ready.map(|url| address(section, "ready", url, variables)).transpose()?,
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
    variables: Variables<'_>,
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
    let words = words.iter().map(|word| expand(section, "start", word, variables));
    let cwd = section.text("cwd", "cwd = \"shop\"")?.unwrap_or_default();
    let environment = section
        .braces("env", |_| "NODE_ENV = \"test\"".to_owned())?
        .map(|env| texts(&env, variables))
        .transpose()?;
    Ok(Some(Start {
        command: words.collect::<Result<_, _>>()?,
        folder: folder.join(expand(section, "cwd", cwd, variables)?),
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
    variables: Variables<'_>,
) -> Result<Offer, Miswritten> {
    section.knows(&["checkout", "order", "status", "actions", "subscription", "webhook", "redirect"])?;
    let subscription = section.section("subscription")?;
    let has_own_status = section.json("status").is_some();
    let subscription = subscription
        .map(|section| {
            section.knows(&["checkout", "order", "status", "actions"])?;
            let kind = Kind { signs_up: true, ..kind };
            offer_of(&section, kind, has_status || has_own_status, variables).map(Box::new)
        })
        .transpose()?;
    let checkout = section.braces("checkout", |url| {
        format!("{}, json = {{ order = \"{{order}}\", amount = \"{{amount.minor}}\" }}", at(url, "checkout"))
    })?;
    let link = checkout.as_ref().map(|section| pointer(section, "link")).transpose()?.flatten();
    let checkout = checkout.map(|section| request(&section, &["link"], "POST", variables)).transpose()?;
    let order = section.braces("order", pointer_like)?.map(|section| {
        section.knows(&["pointer", "regex", "header"])?;
        place(&section)
    });
    let order = order.transpose()?;
    let status =
        section.braces("status", status_like)?.map(|status| status_of(&status, variables)).transpose()?;
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
    let refund = |url: &str| format!("refund = {{ {} }}", at(url, "orders/{order}/refund"));
    if let Some(section) = section.braces("actions", refund)? {
        section.knows(ACTIONS)?;
        for action in ACTIONS {
            let like = |url: &str| at(url, &format!("orders/{{order}}/{action}"));
            if let Some(action_section) = section.braces(action, like)? {
                kind.has(&section, action)?;
                let leads_on = kind.signs_up && *action == RENEW;
                if leads_on {
                    renewal = pointer(&action_section, "link")?;
                }
                let beside: &[&str] = if leads_on { &["link"] } else { &[] };
                actions.insert(*action, request(&action_section, beside, "POST", variables)?);
            }
        }
    }
    let own = |key: &str| -> Result<Option<String>, Miswritten> {
        let url = section.text(key, &format!("{key} = \"http://127.0.0.1:3000/callback\""))?;
        url.map(|url| address(section, key, url, variables)).transpose()
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

/// What a status is written like, for one that is a text: its address, perhaps.
fn status_like(url: &str) -> String {
    format!("{}, pointer = \"/status\", paid = [\"paid\"]", at(url, "orders/{order}"))
}

/// What a place is written like, for one that is a text: the pointer itself, perhaps.
fn pointer_like(pointer: &str) -> String {
    let pointer = if pointer.starts_with('/') { pointer } else { "/order" };
    format!("pointer = \"{pointer}\"")
}

fn status_of(section: &Section<'_>, variables: Variables<'_>) -> Result<Status, Miswritten> {
    const WORDS: [&str; 5] = ["paid", "unpaid", "refunded", "cancelled", "active"];
    let own = ["pointer", "regex", "header", "credited"].into_iter().chain(WORDS);
    let request = request(section, &own.collect::<Vec<_>>(), "GET", variables)?;
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
        (None, None, Some(header)) if is_named(header) => Ok(Place::Header(header.to_owned())),
        (None, None, Some(header)) => Err(section.wrong(
            "header",
            &format!("`{header}` is no name of a header: it has letters, digits and hyphens alone"),
            "Write header = \"Order-Status\".",
        )),
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
