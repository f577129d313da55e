//! What a shop's configuration lacks for a scenario, and how it is written.

use std::fmt;

use url::Url;

use super::config::{ACTIONS, Place, ShopConfig, Status};
use super::feature::Scenario;

/// A key that is missing: `shop.quickpay`, `shop.quickpay.actions.refund`, `shop.status.credited`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lack {
    /// The key.
    pub key: String,
}

impl fmt::Display for Lack {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_section() {
            return write!(formatter, "the shop has no [{}]", self.key);
        }
        write!(formatter, "`{}` is not configured", self.key)
    }
}

impl Lack {
    /// Whether a provider is missing as a whole.
    fn is_section(&self) -> bool {
        self.key.matches('.').count() == 1
    }

    /// Whether nothing at all can be tried at the provider.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.is_section() || (self.key.ends_with(".checkout") && !self.key.contains(".subscription"))
    }

    /// What to write for it; addresses are below the shop's own.
    #[must_use]
    pub fn advice(&self, shop: &ShopConfig) -> Advice {
        let own = origin(shop);
        let parts: Vec<&str> = self.key.split('.').collect();
        let checkout = |path: &str| {
            let named = namer(shop);
            let order = if named.is_some() { "" } else { "order = \"{order}\", " };
            let json = format!("json = {{ {order}amount = \"{{amount.minor}}\" }}");
            let mut lines = vec![format!("checkout = {{ url = \"{own}/checkout/{path}\", {json} }}")];
            lines.extend(named.map(|place| format!("order = {place}")));
            lines
        };
        let signs_up = |provider: &str| {
            Advice::below(
                &format!("shop.{provider}.subscription"),
                checkout(&format!("{provider}?subscribe")),
            )
        };
        match parts.as_slice() {
            // It has no pages of its own: its payers sign up at another's.
            ["shop", "fenerum", ..] if self.is_all() => signs_up("fenerum"),
            ["shop", provider] | ["shop", provider, "checkout"] => {
                let mut lines = checkout(provider);
                if *provider == "fena" {
                    lines.push(format!("webhook = \"{own}/callback/fena\""));
                    lines.push(format!("redirect = \"{own}/return/fena\""));
                }
                Advice::below(&format!("shop.{provider}"), lines)
            }
            ["shop", provider, "subscription"] | ["shop", provider, "subscription", "checkout"] => {
                signs_up(provider)
            }
            ["shop", "status", "credited"] => {
                Advice::below("shop.status", vec!["credited = \"/credited\"".to_owned()])
            }
            ["shop", "status", word] => Advice::below("shop.status", vec![format!("{word} = [\"{word}\"]")]),
            _ => {
                let (table, action) = self.key.rsplit_once('.').unwrap_or(("shop", &self.key));
                let url = format!("url = \"{own}/orders/{{order}}/{action}\"");
                // A table of its own can be added wherever and however the others are written.
                Advice {
                    table: self.key.clone(),
                    lines: vec![url.clone()],
                    place: table.to_owned(),
                    merged: vec![format!("{action} = {{ {url} }}")],
                }
            }
        }
    }
}

/// What to write for something that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// The table to add: `shop.quickpay.actions.refund`.
    pub table: String,
    /// Its lines.
    pub lines: Vec<String>,
    /// Where the same goes in a file that has a table there which cannot be added to from outside.
    pub place: String,
    /// The lines for that.
    pub merged: Vec<String>,
}

impl Advice {
    fn below(table: &str, lines: Vec<String>) -> Self {
        Self { table: table.to_owned(), lines: lines.clone(), place: table.to_owned(), merged: lines }
    }
}

/// How a shop that names its orders itself says what it calls one, as the configuration has it.
fn namer(shop: &ShopConfig) -> Option<String> {
    let offers = shop.providers.values();
    let mut own =
        offers.filter(|offer| offer.checkout.as_ref().is_some_and(|checkout| !checkout.names_the_order()));
    let place = own.find_map(|offer| offer.order.as_ref())?;
    Some(match place {
        Place::Header(name) => format!("{{ header = \"{name}\" }}"),
        Place::Pointer(pointer) => format!("{{ pointer = \"{pointer}\" }}"),
        Place::Regex(regex) => format!("{{ regex = '{}' }}", regex.as_str()),
    })
}

/// Where the shop is, as far as the configuration says.
fn origin(shop: &ShopConfig) -> String {
    let status = shop.status.as_ref().map(|status| &status.request.url);
    let checkouts = shop.providers.values().filter_map(|offer| offer.checkout.as_ref());
    let mut known = shop.ready.iter().chain(status).chain(checkouts.map(|request| &request.url));
    let found = known.find_map(|url| Url::parse(&url.replace(['{', '}'], "")).ok());
    found.map_or_else(|| "http://127.0.0.1:3000".to_owned(), |url| url.origin().ascii_serialization())
}

/// Every key that a scenario can need, as its tag `@needs:` names it.
pub(super) fn needs() -> Vec<String> {
    let actions = ACTIONS
        .iter()
        .flat_map(|action| [format!("actions.{action}"), format!("subscription.actions.{action}")]);
    let words = ["active", "cancelled", "credited", "refunded"].map(|word| format!("status.{word}"));
    actions.chain(words).chain(["subscription".to_owned()]).collect()
}

/// What the shop lacks for a scenario; none if it has everything.
#[must_use]
pub fn lacking(shop: &ShopConfig, scenario: &Scenario) -> Option<Lack> {
    let id = scenario.provider.info().id;
    let lack = |key: String| Some(Lack { key });
    let Some(offer) = shop.providers.get(id) else { return lack(format!("shop.{id}")) };
    let signs_up = scenario.needs.iter().any(|need| need.starts_with("subscription"));
    if !signs_up && offer.checkout.is_none() {
        return lack(format!("shop.{id}.checkout"));
    }
    let status = offer.status.as_ref().or(shop.status.as_ref());
    scenario.needs.iter().find_map(|need| {
        let (of, need_there) = match need.strip_prefix("subscription") {
            Some(below) => (offer.subscription.as_deref(), below.trim_start_matches('.')),
            None => (Some(offer), need.as_str()),
        };
        let words =
            |words: fn(&Status) -> &Vec<String>| status.is_some_and(|status| !words(status).is_empty());
        let has = match need_there.split_once('.') {
            Some(("actions", action)) => of.is_some_and(|of| of.actions.contains_key(action)),
            Some(("status", "active")) => words(|status| &status.active),
            Some(("status", "cancelled")) => words(|status| &status.cancelled),
            Some(("status", "credited")) => status.is_some_and(|status| status.credited.is_some()),
            Some(("status", "refunded")) => words(|status| &status.refunded),
            _ => of.is_some_and(|of| of.checkout.is_some()),
        };
        let place = if need.starts_with("status.") { "shop".to_owned() } else { format!("shop.{id}") };
        if has { None } else { lack(format!("{place}.{need}")) }
    })
}
