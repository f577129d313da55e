//! `fena.link`: the address that the payer is sent to.

use std::borrow::Cow;

use rand::Rng;
use url::Url;

use super::drawn;
use super::messages::{self, CLAIMS};
use super::spelt::{observed, parts};
use super::token::{self, FOCUSES, token};
use super::{COMMON, DOCUMENTED, SDKS, reading, token_mistakes};
use crate::kit::awkward::pick;
use crate::kit::operation::{
    Focus, Kind, Message, Observation, Operation, Parameter, Reply, Shape, Unreadable, Verification,
};
use crate::kit::parts::Parts;
use crate::kit::provider::Provenance;
use crate::kit::scheme::{Edit, LinkRecipe, Mistake, mistakes};

/// The operation `fena.link`.
#[derive(Debug)]
pub struct Link;

mistakes! {
    "fena.link";
    TOKEN_IN_PATH = "token-in-path",
        "you put the token into the path", "Fena looks for it in the query.", "Send the payer to …/pay/?token=….", COMMON,
        Edit::Assemble(|base, _, query| format!("{base}/pay/{}", query.replace("token=", "")));
    TOKEN_IN_FRAGMENT = "token-in-fragment",
        "you put the token behind a #", "A browser keeps to itself what stands behind it.", "Send the payer to …/pay/?token=….", COMMON,
        Edit::Assemble(|base, _, query| format!("{base}/pay/#{query}"));
    TOKEN_MISNAMED = "token-misnamed",
        "you called the token's parameter something else", "Fena looks for token.", "Send the payer to …/pay/?token=….", COMMON,
        Edit::Spread(|_, parameters| parameters[0].0 = Cow::Borrowed("jwt"));
    ADDRESS_LEFT_OUT = "address-left-out",
        "you sent the payer to the bare token", "That is no address.", "Put …/pay/?token= before it.", SDKS,
        Edit::Assemble(|_, _, query| query.replace("token=", ""));
    TOKEN_PERCENT_ENCODED_TWICE = "token-percent-encoded-twice",
        "you percent-encoded the token twice", "Fena decodes it once.", "A token needs no encoding; encode it once at most.", COMMON,
        Edit::Escape(|_, value| value.replace('-', "%252D").replace('_', "%255F").replace('.', "%252E"));
}

/// The whole link of a shop that makes these mistakes.
fn link(message: &Message, made: &[&'static Mistake]) -> Option<Result<String, &'static str>> {
    let right = |base: &str, _: &str, query: &str| format!("{base}/pay/?{query}");
    let recipe = LinkRecipe::with(|_, value| value.to_owned(), right, made)?;
    let base = message.given("base").trim_end_matches('/');
    Some(token(message, made)?.map(|token| recipe.url(message, base, vec![(Cow::Borrowed("token"), token)])))
}

/// A payment, and where Fena is.
fn below_a_base(rng: &mut dyn Rng, payment: impl FnOnce(&mut dyn Rng) -> Message) -> Message {
    const BASES: &[&str] = &[
        "https://app.fena.co",
        "http://127.0.0.1:4703",
        "http://127.0.0.1:4703/",
        "http://localhost:4700/fena",
    ];
    let mut message = payment(rng);
    message.given.push((Cow::Borrowed("base"), pick(rng, BASES).to_owned()));
    message
}

impl Operation for Link {
    fn id(&self) -> &'static str {
        "fena.link"
    }

    fn does(&self) -> &'static str {
        "builds the link of a payment"
    }

    fn provenance(&self) -> Provenance {
        DOCUMENTED
    }

    fn forms(&self) -> &'static [&'static str] {
        &[""]
    }

    fn parameters(&self, _: &str) -> Vec<&'static str> {
        CLAIMS.to_vec()
    }

    fn given(&self) -> &'static [&'static str] {
        &["amount", "terminal", "secret", "now", "base"]
    }

    fn kind(&self, name: &str) -> Kind {
        messages::kind(name)
    }

    fn answer(&self, _: &str) -> Vec<(&'static str, Shape)> {
        vec![("url", Shape::Text)]
    }

    fn mistakes(&self) -> Vec<&'static Mistake> {
        // Who makes a wrong token builds a wrong link too.
        MISTAKES.iter().chain(token_mistakes::MISTAKES).copied().collect()
    }

    fn focuses(&self) -> &'static [Focus] {
        FOCUSES
    }

    fn legal(&self, message: &Message) -> Result<(), Unreadable> {
        messages::legal(message)?;
        match Url::parse(message.given("base")) {
            Ok(base) if base.has_host() && base.query().is_none() && base.fragment().is_none() => Ok(()),
            _ => Err(Unreadable::new(
                format!("`base` cannot be `{}`", message.given("base")),
                "It takes Fena's origin: http://127.0.0.1:4703",
            )),
        }
    }

    fn generate(&self, rng: &mut dyn Rng) -> Message {
        below_a_base(rng, drawn::arbitrary)
    }

    fn generate_near(&self, focus: &Focus, rng: &mut dyn Rng) -> Message {
        below_a_base(rng, |rng| drawn::near(rng, focus.name))
    }

    fn simplest(&self, name: &str) -> &'static str {
        messages::simplest(name)
    }

    fn shrink(&self, message: &Message) -> Option<Vec<Message>> {
        Some(messages::shrink(message))
    }

    fn at(&self, message: Message, now: i64) -> Message {
        messages::at(message, now)
    }

    fn reply(&self, message: &Message, made: &[&'static Mistake]) -> Option<Reply> {
        Some(match link(message, made)? {
            Ok(url) => Reply::text("url", url),
            Err(why) => Reply::Rejected(why.to_owned()),
        })
    }

    fn tolerated(&self, message: &Message) -> Vec<(Reply, &'static str)> {
        let base = message.given("base").trim_end_matches('/');
        let reply = |answer: Result<String, ()>| match answer {
            Ok(token) => Reply::text("url", format!("{base}/pay/?token={token}")),
            Err(()) => Reply::Rejected(String::new()),
        };
        token::open(message).into_iter().map(|(answer, why)| (reply(answer), why)).collect()
    }

    /// Where the payer is sent, and what Fena reads in the token. `/pay` and `/pay/` are one address, and
    /// other parameters are passed over.
    fn observe(&self, message: &Message, reply: &Reply) -> Observation {
        let Some((address, token)) = carried(reply) else { return "rejected".to_owned() };
        let token = token.map_or_else(|without| without, |token| observed(message, &token));
        format!("{}\n{token}", address_said(address, message))
    }

    fn parts(&self, message: &Message, reply: &Reply) -> Parts {
        let Some((address, token)) = carried(reply) else { return vec![("link", "none".to_owned())] };
        let token = token.map_or_else(|without| vec![("token", without)], |token| parts(message, &token));
        let link = [("link", "made".to_owned()), ("address", address_said(address, message))];
        link.into_iter().chain(token).collect()
    }

    fn canonical(&self, _: &Message, _: &[&'static Mistake]) -> Option<Vec<u8>> {
        None
    }

    fn read(&self, text: &str, _: Option<&str>, given: &[Parameter]) -> Result<Verification, Unreadable> {
        Ok(Verification::Examined(reading::examine_link(text, given)))
    }
}

/// The address that a link leads to, and its token or that it has none. `None` for a refusal.
fn carried(reply: &Reply) -> Option<(&str, Result<String, String>)> {
    let Reply::Answer(_) = reply else { return None };
    let url = reply.get("url");
    let sent = url.split('#').next().unwrap_or("");
    let (address, query) = sent.split_once('?').unwrap_or((sent, ""));
    let token = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "token");
    let hidden = if url.contains('#') { ", and with something behind a #" } else { "" };
    Some((
        address,
        token.map(|(_, token)| token.into_owned()).ok_or_else(|| format!("without a token{hidden}")),
    ))
}

/// An address; the token in a path or in a bare text is not repeated, for it differs from shop to shop.
fn address_said(address: &str, message: &Message) -> String {
    let base = message.given("base").trim_end_matches('/');
    let Some(path) = address.strip_prefix(base) else { return "to no address of Fena's".to_owned() };
    match path {
        "/pay" | "/pay/" => format!("to {base}/pay/"),
        path if path.starts_with("/pay/") => format!("to {base}/pay/ and something behind it"),
        path => format!("to {base}{path}"),
    }
}
