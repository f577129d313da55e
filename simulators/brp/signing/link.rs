//! `brp.link`: the whole URL that the payer is sent to.

use std::borrow::Cow;

use rand::Rng;
use url::Url;

use super::hash::{Hash, OPEN, hash};
use super::link_mistakes::{MISTAKES, at};
use super::{calls, hash_mistakes, link_mistakes};
use crate::brp::endpoints::{DEBIT_SUBSCRIPTION, PATHS, SUBSCRIPTION_ID};
use crate::kit::escape::component;
use crate::kit::operation::{
    Focus, Message, Observation, Operation, Parameter, Reply, Shape, Unreadable, Verification,
};
use crate::kit::parts::Parts;
use crate::kit::provider::Provenance;
use crate::kit::scheme::{LinkRecipe, Mistake};

/// The operation `brp.link`.
#[derive(Debug)]
pub struct Link;

impl Operation for Link {
    fn id(&self) -> &'static str {
        "brp.link"
    }

    fn does(&self) -> &'static str {
        "builds the whole URL of a call, hash and all"
    }

    fn provenance(&self) -> Provenance {
        super::DOCUMENTED
    }

    fn forms(&self) -> &'static [&'static str] {
        PATHS
    }

    fn parameters(&self, form: &str) -> Vec<&'static str> {
        Hash.parameters(form)
    }

    fn given(&self) -> &'static [&'static str] {
        &["base", "secret"]
    }

    fn answer(&self, _: &str) -> Vec<(&'static str, Shape)> {
        vec![("url", Shape::Text)]
    }

    fn mistakes(&self) -> Vec<&'static Mistake> {
        // Who hashes wrongly builds a wrong link too.
        MISTAKES.iter().chain(hash_mistakes::MISTAKES).copied().collect()
    }

    fn focuses(&self) -> &'static [Focus] {
        Hash.focuses()
    }

    fn legal(&self, message: &Message) -> Result<(), Unreadable> {
        calls::legal(message)?;
        match Url::parse(message.given("base")) {
            Ok(base) if base.has_host() && base.path().ends_with('/') => Ok(()),
            _ => Err(Unreadable::new(
                format!("`base` cannot be `{}`", message.given("base")),
                "It takes BRP's base URL with its slash at the end: http://127.0.0.1:4702/brponline/",
            )),
        }
    }

    fn generate(&self, rng: &mut dyn Rng) -> Message {
        calls::generate(rng, true)
    }

    fn simplest(&self, name: &str) -> &'static str {
        calls::simplest(name)
    }

    fn reply(&self, message: &Message, made: &[&'static Mistake]) -> Option<Reply> {
        let hash = hash(message, made)?;
        let mut parameters = message.parameters.clone();
        parameters.push((Cow::Borrowed("hash"), hash));
        let recipe = LinkRecipe::with(|_, value| component(value), at, made)?;
        if message.form != DEBIT_SUBSCRIPTION {
            return Some(Reply::text("url", recipe.url(message, message.given("base"), parameters)));
        }
        // There the subscription stands in the path, below another folder.
        let id = message.value(SUBSCRIPTION_ID).unwrap_or_default();
        parameters.retain(|(name, _)| name != SUBSCRIPTION_ID);
        let url = recipe.url(message, message.given("base"), parameters);
        let own = format!("/external/invoice/{DEBIT_SUBSCRIPTION}/{id}?");
        Some(Reply::text("url", url.replace(&format!("/external/payment/{DEBIT_SUBSCRIPTION}?"), &own)))
    }

    fn tolerated(&self, message: &Message) -> Vec<(Reply, &'static str)> {
        let open = OPEN.iter().chain(OPEN_IN_LINKS);
        open.filter_map(|(mistake, why)| Some((self.reply(message, &[mistake])?, *why))).collect()
    }

    /// What BRP receives: where it was sent, and the decoded parameters, sorted by name. Empty
    /// optional ones are left out: it makes no difference whether they are sent.
    fn observe(&self, _: &Message, reply: &Reply) -> Observation {
        let Some((mut observed, pairs)) = seen(reply) else { return "rejected".to_owned() };
        for (name, value) in pairs {
            observed.push_str("\n  ");
            observed.push_str(&name);
            observed.push_str(" = ");
            observed.push_str(&value);
        }
        observed
    }

    fn parts(&self, message: &Message, reply: &Reply) -> Parts {
        let Some((address, pairs)) = seen(reply) else { return vec![("link", "none".to_owned())] };
        let known = self.parameters(&message.form);
        let named = |name: &str| known.iter().find(|known| **known == name).copied();
        let pairs = pairs.into_iter().map(|(name, value)| match named(&name) {
            Some(known) => (known, value),
            None if name == "hash" => ("hash", value),
            None => ("other", format!("{name}={value}")),
        });
        let mut parts = vec![("link", "made".to_owned()), ("address", address)];
        parts.extend(pairs);
        parts
    }

    fn canonical(&self, message: &Message, made: &[&'static Mistake]) -> Option<Vec<u8>> {
        Hash.canonical(message, made)
    }

    fn read(&self, text: &str, form: Option<&str>, given: &[Parameter]) -> Result<Verification, Unreadable> {
        Hash.read(text, form, given)
    }
}

/// What the document leaves open about links: it says of `returnurl` alone that it is "URL-kodat".
const OPEN_IN_LINKS: &[(&Mistake, &str)] = &[
    (&link_mistakes::PLUS_NOT_ENCODED, "the document does not say that + means a blank"),
    (&link_mistakes::LATIN_1, "the document does not name the character encoding"),
];

/// The address of a link and what its query carries, by name; an empty value counts as none. `None` for a refusal.
fn seen(reply: &Reply) -> Option<(String, Vec<Parameter>)> {
    let Reply::Answer(_) = reply else { return None };
    let url = reply.get("url");
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let query = query.split('#').next().unwrap_or("");
    let sent = form_urlencoded::parse(query.as_bytes()).filter(|(_, value)| !value.is_empty());
    let mut pairs: Vec<Parameter> =
        sent.map(|(name, value)| (Cow::Owned(name.into_owned()), value.into_owned())).collect();
    pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
    Some((collapse(address), pairs))
}

/// An address with its repeated slashes made one: the document's template doubles one, and BRP is
/// taken to accept that.
fn collapse(address: &str) -> String {
    let (scheme, rest) = address.split_once("://").unwrap_or(("", address));
    let mut collapsed = String::from(scheme);
    collapsed.push_str("://");
    let mut previous = ' ';
    for character in rest.chars() {
        if character != '/' || previous != '/' {
            collapsed.push(character);
        }
        previous = character;
    }
    collapsed
}
