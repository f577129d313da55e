//! The way to a provider: where the checkout leads, with whose credentials, and by which tokens.

use jiff::Timestamp;
use provkassa_simulators::kit::journal::{Entry, Event};
use provkassa_simulators::kit::jwt::Parts;
use url::Url;

use super::super::fault::{FaultKind, ShopFault};
use super::super::outcome::Stop;
use super::super::trail::notes_of;
use super::super::world::{THE_ORDER, World};
use super::general::{APART, BETWEEN, SET};
use super::{Looks, told};
use crate::doctor::Look;

/// The hosts of the live services, by the provider; what ends so is one, too.
const LIVE: [(&str, &str); 6] = [
    ("bambora", "ditonlinebetalingssystem.dk"),
    ("brp", "brpsystems.se"),
    ("fena", "fena.co"),
    ("fenerum", "fenerum.com"),
    ("freepay", "freepay.dk"),
    ("quickpay", "quickpay.net"),
];

impl Looks {
    /// Goes to the provider's page. Whether it is there.
    pub(super) async fn way(&mut self, world: &mut World<'_>) -> bool {
        let went = world.begin(THE_ORDER).await;
        let unknown = world.strangers().into_iter().find_map(|entry| match &entry.event {
            Event::Exchange { remarks, .. } => remarks.unclaimed.clone(),
            Event::Callback { .. } => None,
        });
        let came = went.is_ok();
        match went {
            Ok(()) => {
                let url = world.order(THE_ORDER).came.as_ref().and_then(|came| Url::parse(&came.url).ok());
                let origin = url.map_or_else(String::new, |url| url.origin().ascii_serialization());
                self.add(Look::ok("base-url", format!("the checkout leads to {origin}, the sandbox")));
            }
            Err(Stop::Unsupported(why)) => {
                self.skip(&["base-url", "credentials", "sent"], &why);
                return false;
            }
            Err(Stop::Broken(fault)) => self.astray(world, &fault),
            Err(stop) => self.add(Look::wrong("base-url", told(&stop), addresses(world))),
        }
        let masker = world.stage.workspace().masker();
        match unknown {
            Some(why) => {
                let next = format!("give the shop the sandbox's credentials: {}", addresses(world));
                self.add(Look::wrong("credentials", masker.text(&why), next));
            }
            None if came || heard(world) => {
                self.add(Look::ok("credentials", "the sandbox knows them"));
            }
            None => self.skip(&["credentials"], "the sandbox has heard nothing of the shop"),
        }
        self.sent(world);
        came
    }

    /// Why the payer is not at the provider's page.
    fn astray(&mut self, world: &mut World<'_>, fault: &ShopFault) {
        const CHECK: &str = "base-url";
        let own = world.offer(THE_ORDER).ok().and_then(|offer| offer.checkout.as_ref());
        let own = own.and_then(|checkout| Url::parse(&checkout.url.replace(['{', '}'], "")).ok());
        let elsewhere = |url: &str| {
            let url = Url::parse(url).ok()?;
            (own.as_ref().map(Url::origin) != Some(url.origin())).then(|| url.origin().ascii_serialization())
        };
        let next = addresses(world);
        let seen = match &fault.kind {
            FaultKind::Away { url, .. } => {
                let host = Url::parse(url).ok().and_then(|url| url.host_str().map(ToOwned::to_owned));
                let host = host.unwrap_or_default();
                let live = |(id, of): &&(&str, &str)| {
                    *id == world.gate_id() && (host == *of || host.ends_with(&format!(".{of}")))
                };
                if LIVE.iter().any(|known| live(&known)) {
                    format!("the checkout leads to {host}: the live service, where payers pay real money")
                } else {
                    format!("the checkout leads to {host}, which is not the sandbox")
                }
            }
            FaultKind::Garbage { url, got, .. }
                if elsewhere(url).is_none() && !heard(world) && got.starts_with('5') =>
            {
                let seen =
                    format!("the checkout answers {got}, and the sandbox has heard nothing of the shop");
                let next = format!(
                    "the shop answered with an error of its own: see what it wrote. Where it says that the provider \
                     cannot be reached, {next}"
                );
                return self.add(Look::wrong(CHECK, seen, next));
            }
            FaultKind::Unreachable { url, .. } | FaultKind::Silent { url, .. } => match elsewhere(url) {
                Some(origin) => format!("the checkout leads to {origin}, where nobody listens"),
                None => return self.add(Look::wrong("shop", fault.to_string(), fault.kind.help())),
            },
            FaultKind::Garbage { url, got, .. } => match elsewhere(url) {
                Some(origin) => format!("the checkout leads to {origin}, which is not the sandbox"),
                None if heard(world) => {
                    self.add(Look::ok(CHECK, "the shop's calls come to the sandbox"));
                    return;
                }
                None => format!("the checkout answers {got}, and the sandbox has heard nothing of the shop"),
            },
            _ => return self.add(Look::wrong("shop", fault.to_string(), fault.kind.help())),
        };
        self.add(Look::wrong(CHECK, seen, next));
    }

    /// What the shop sent: what the provider refused of it, who stood in between, and the times in its tokens.
    fn sent(&mut self, world: &mut World<'_>) {
        const CHECK: &str = "sent";
        let mut entries = world.strangers();
        if let Ok(key) = world.key(THE_ORDER) {
            entries.extend(world.stage.journal(world.gate_id(), &key));
        }
        if entries.is_empty() {
            return self.skip(&[CHECK], "the sandbox has heard nothing of the shop");
        }
        let masker = world.stage.workspace().masker();
        let is_known = |entry: &Entry| entry.workspace.is_some();
        let wrong = entries.iter().filter(|entry| is_known(entry)).flat_map(|entry| notes_of(entry));
        let wrong = wrong.into_iter().find_map(|note| note.strip_prefix("wrong: ").map(ToOwned::to_owned));
        let between = entries.iter().find_map(|entry| in_between(entry));
        let tokens = entries.iter().flat_map(|entry| tokens_of(entry));
        let skewed = tokens.into_iter().find_map(|token| skew(&token));
        if let Some(why) = &wrong {
            let signs_up = world.order(THE_ORDER).signs_up;
            let about = if signs_up { "subscription/signed-up" } else { "redirect/what-is-sent-is-right" };
            let next = format!("the trail of `provkassa check --only {}/{about}` shows it whole.", self.id);
            let seen = format!("what the shop sends is refused: {}", masker.text(why));
            self.add(Look::wrong(CHECK, seen, next));
        }
        if let Some(seen) = &skewed {
            self.add(Look::wrong("clock", seen.clone(), SET));
        }
        if let Some(name) = &between {
            let seen =
                format!("the shop's calls come with {name}: somebody stands between it and the sandbox");
            let next = "start the shop without its proxy: NO_PROXY=127.0.0.1,localhost.";
            self.add(Look::warning("between", seen, next));
        }
        if wrong.is_none() && skewed.is_none() && between.is_none() {
            self.add(Look::ok(CHECK, "everything was taken as it came"));
        }
    }
}

/// Whether the sandbox has heard anything of the shop for this order.
fn heard(world: &World<'_>) -> bool {
    !world.strangers().is_empty()
}

/// What the shop must be given, with this sandbox's addresses.
fn addresses(world: &World<'_>) -> String {
    let environment = world.stage.environment();
    let prefix = format!("{}_", world.gate_id().to_uppercase());
    let urls =
        environment.iter().filter(|(name, value)| name.starts_with(&prefix) && value.starts_with("http"));
    let urls: Vec<String> = urls.map(|(name, value)| format!("{name}={value}")).collect();
    format!("start it with {}; `provkassa env` prints all that it needs.", urls.join(" "))
}

/// The header that somebody in between added to a call of the shop's.
fn in_between(entry: &Entry) -> Option<&'static str> {
    let Event::Exchange { request, .. } = &entry.event else { return None };
    let has = |name: &&&str| request.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
    BETWEEN.iter().find(has).copied()
}

/// Every token that a request holds: in its address or its form.
fn tokens_of(entry: &Entry) -> Vec<Parts> {
    let Event::Exchange { request, .. } = &entry.event else { return Vec::new() };
    let query = request.line.split_once('?').map_or("", |(_, query)| query);
    let query = query.split(' ').next().unwrap_or_default();
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    let pairs = pairs.chain(url::form_urlencoded::parse(&request.body));
    pairs.filter_map(|(_, value)| Parts::of(&value).ok()).collect()
}

/// What is wrong with the times in a token, by our clock.
fn skew(token: &Parts) -> Option<String> {
    let now = Timestamp::now().as_second();
    match (token.seconds("iat"), token.seconds("exp")) {
        (Some(iat), _) if iat > now + APART => {
            Some(format!("the shop signs a token that begins {} s from now (iat)", iat - now))
        }
        (_, Some(exp)) if exp < now => {
            Some(format!("the shop signs a token that ended {} s ago (exp)", now - exp))
        }
        (Some(iat), _) if iat < now - 60 => {
            Some(format!("the shop signs a token that began {} s ago (iat)", now - iat))
        }
        _ => None,
    }
}
