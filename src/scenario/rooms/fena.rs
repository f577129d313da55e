//! Fena: a signed token says that an order is paid; what the payer comes back with is not signed. Both addresses are
//! the terminal's.

use std::collections::BTreeMap;

use provkassa_simulators::kit::jwt::{Algorithm, Parts, assemble};
use provkassa_simulators::kit::outbox::Outgoing;
use serde_json::Value;
use url::{Url, form_urlencoded};

use super::{Claim, Known, Room, Signature, Twin};
use crate::scenario::any::Limits;
use crate::scenario::config::Offer;
use crate::scenario::template::major;
use crate::scenario::wire::post;

const ID: &str = "fena";
/// How long a token holds, in seconds.
const VALIDITY: i64 = 3600;

#[derive(Debug)]
pub(super) struct Fena;

impl Fena {
    /// An address among the terminal's own settings.
    fn set(known: &Known<'_>, which: fn(&Offer) -> Option<&String>) -> Option<Url> {
        Url::parse(which(known.stage.shop().providers.get(ID)?)?).ok()
    }

    fn back(known: &Known<'_>, status: &str) -> Vec<(String, String)> {
        let order = known.record["order"].as_str().unwrap_or_default();
        [("order", order), ("status", status)].map(|(name, value)| (name.to_owned(), value.to_owned())).into()
    }
}

impl Room for Fena {
    fn currency(&self) -> &'static str {
        "GBP"
    }

    fn record(&self, _: bool) -> (&'static str, fn(&Value, &str) -> bool) {
        ("payments", |record, order| record["order"] == order)
    }

    fn limits(&self) -> Limits {
        // 0.50 to 4999.99, and texts of 255 characters.
        Limits { least: 50, most: 499_999, name: 255, description: 255, any_address: false, ..Limits::USUAL }
    }

    fn texts(&self, known: &Known<'_>) -> Vec<String> {
        let token = known.sent("token").and_then(|token| Parts::of(&token).ok());
        let claim = |name: &str| token.as_ref()?.text(name).map(ToOwned::to_owned);
        ["email", "firstName", "lastName", "contactNumber"].into_iter().filter_map(claim).collect()
    }

    fn settings(&self, offer: &Offer) -> BTreeMap<String, String> {
        let set = [("fena.webhook", &offer.webhook), ("fena.redirect", &offer.redirect)];
        set.into_iter().filter_map(|(name, url)| Some((name.to_owned(), url.clone()?))).collect()
    }

    fn accept_url(&self, known: &Known<'_>) -> Option<Url> {
        Self::set(known, |offer| offer.redirect.as_ref())
    }

    fn made_up(&self, known: &Known<'_>) -> Vec<(String, String)> {
        Self::back(known, "executed")
    }

    fn cancel_url(&self, known: &Known<'_>) -> Option<Url> {
        let mut url = self.accept_url(known)?;
        url.query_pairs_mut().extend_pairs(Self::back(known, "rejected"));
        Some(url)
    }

    fn callback_url(&self, known: &Known<'_>) -> Option<Url> {
        Self::set(known, |offer| offer.webhook.as_ref())
    }

    fn own_callback_url(&self, known: &Known<'_>) -> Option<Url> {
        // All orders have one address; who wants to mislead the shop names the order as the return does.
        let mut url = self.callback_url(known)?;
        url.query_pairs_mut().append_pair("order", known.record["order"].as_str()?);
        Some(url)
    }

    fn callback(&self, known: &Known<'_>, twin: &Twin, claim: &Claim) -> Option<Outgoing> {
        let url = self.callback_url(known)?;
        let credential = |name: &str| known.stage.workspace().credential(ID, name);
        let told = form_urlencoded::parse(&twin.callback.body).find(|(name, _)| name == "token")?.1;
        let mut claims = Parts::of(&told).ok()?.claims;
        let amount = major(claim.amount);
        let mut say = |name: &str, value: Value| {
            if claims.contains_key(name) {
                claims.insert(name.to_owned(), value);
            }
        };
        say("orderID", known.record["order"].clone());
        // The other's id is one that the shop has never been told.
        if !claim.of_nobody {
            say("id", known.record["id"].clone());
        }
        say("requestAmount", amount.as_str().into());
        say("netAmount", amount.as_str().into());
        if matches!(claim.signature, Signature::AnotherMerchant | Signature::ForAnother) {
            say("terminal", "00000000-0000-4000-8000-000000000000".into());
        }
        if claim.signature == Signature::LongAgo {
            let since = known.stage.workspace().clock().now().as_second() - 48 * VALIDITY;
            say("iat", since.into());
            say("exp", (since + VALIDITY).into());
        }
        let claims = Value::Object(claims);
        let token = |algorithm: Algorithm, key: &str| {
            let header = format!("{{\"typ\":\"JWT\",\"alg\":\"{}\"}}", algorithm.name());
            assemble(&header, &claims.to_string(), algorithm, key.as_bytes())
        };
        let key = credential("FENA_SECRET");
        let token = match claim.signature {
            Signature::Right | Signature::ForAnother | Signature::LongAgo => token(Algorithm::Hs512, key),
            // The link's own token is signed with the same secret.
            Signature::Own => known.sent("token")?,
            Signature::AnotherKey | Signature::AnotherMerchant => {
                token(Algorithm::Hs512, "a key that nobody has")
            }
            // It stands in every link.
            Signature::AnotherCredential => token(Algorithm::Hs512, credential("FENA_TERMINAL")),
            Signature::AnotherAlgorithm => token(Algorithm::Hs256, key),
            Signature::None => token(Algorithm::None, key),
            Signature::Empty => {
                let whole = token(Algorithm::Hs512, key);
                whole.rsplit_once('.').map(|(signed, _)| format!("{signed}."))?
            }
        };
        Some(post(url, &[("token".to_owned(), token)]))
    }
}
