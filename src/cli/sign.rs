//! `provkassa sign`

use std::borrow::Cow;
use std::collections::BTreeMap;

use anstream::println;
use provkassa_simulators::kit::clock::Clock;
use provkassa_simulators::kit::mask::visible;
use provkassa_simulators::kit::operation::{Message, Operation, Parameter, Reply, Verification};
use provkassa_simulators::kit::scheme::Mistake;
use provkassa_simulators::kit::wire::from_text;
use serde_json::{Map, Value};

use super::{CliError, Outcome, operation};
use crate::exit::Exit;
use crate::finding::KEYS;

/// Make what a provider expects: a hash, a whole link, a request
#[derive(Debug, clap::Args)]
pub(super) struct Sign {
    /// The operation: bambora.request, brp.hash, brp.link, fena.token, fena.link, fenerum.card, fenerum.link,
    /// freepay.form, quickpay.authorization, quickpay.subscription, quickpay.window
    operation: String,
    /// The message's parameters in the order of the call, not percent-encoded, and what goes with them
    /// (amount=12.50)
    #[arg(value_name = "NAME=VALUE")]
    parameters: Vec<String>,
    /// Make this mistake, as `provkassa adapter --list-mistakes` names it; can be given again
    #[arg(long, env = "PROVKASSA_MISTAKE", value_name = "ID", value_delimiter = ',')]
    mistake: Vec<String>,
    #[command(flatten)]
    given: Given,
    /// Print the string that is hashed too, or what stands in the token
    #[arg(long, env = "PROVKASSA_EXPLAIN")]
    explain: bool,
}

/// What goes with a message.
#[derive(Debug, clap::Args)]
pub(super) struct Given {
    /// The secret word, or the key or token that stands in its place; if not given, that of the sandbox
    #[arg(long, env = "PROVKASSA_SECRET", hide_env_values = true)]
    pub(super) secret: Option<String>,
    /// The provider's endpoint that the message is for, where the message does not say [default: the usual one]
    #[arg(long, env = "PROVKASSA_ENDPOINT")]
    pub(super) endpoint: Option<String>,
    /// The provider's base URL for links; BRP's ends with a slash
    #[arg(long, env = "PROVKASSA_BASE", value_name = "URL")]
    base: Option<String>,
    /// The time for tokens, in seconds since the epoch [default: now]
    #[arg(long, env = "PROVKASSA_NOW", value_name = "SECONDS", allow_negative_numbers = true)]
    now: Option<i64>,
}

impl Given {
    /// The values under the names that the operation asks for; the sandbox's where none is given.
    pub(super) fn values(&self, operation: &dyn Operation) -> Vec<Parameter> {
        let provider = operation.id().split('.').next().unwrap_or_default();
        let usual = usual();
        let of = |name: &str| {
            let variable = format!("{}_{name}", provider.to_uppercase());
            usual.get(variable.as_str()).cloned().unwrap_or_default()
        };
        let key = operation.given().iter().find(|name| KEYS.contains(name));
        let value = |name: &str| match name {
            name if self.secret.is_some() && key.is_some_and(|key| *key == name) => {
                self.secret.clone().unwrap_or_default()
            }
            "base" => {
                let usual = || [of("BASE_URL"), of("URL")].into_iter().find(|url| !url.is_empty());
                self.base.clone().or_else(usual).unwrap_or_default()
            }
            "now" => self.now.unwrap_or_else(|| Clock::real().now().as_second()).to_string(),
            "client" => "my shop".to_owned(),
            name => of(&name.to_uppercase()),
        };
        operation.given().iter().map(|name| (Cow::Borrowed(*name), value(name))).collect()
    }

    /// The payment page that a form opens: below the base, or the sandbox's. Only who makes a form needs one;
    /// who reads one has its own.
    fn page(&self) -> String {
        let usual = || usual().get("FREEPAY_URL").cloned().unwrap_or_default();
        let base = self.base.clone().unwrap_or_else(usual);
        format!("{}/paymentpage", base.trim_end_matches('/'))
    }
}

/// The sandbox's addresses and credentials, where it is started without options.
fn usual() -> BTreeMap<&'static str, String> {
    crate::serve::environment(|id| {
        let offset = provkassa_simulators::provider(id).map_or(0, |known| known.info().port_offset);
        format!("http://127.0.0.1:{}", crate::serve::USUAL_PORT + offset)
    })
}

/// Prints an answer; one that is a request as it travels, and a form's fields as a query.
fn show(answer: &Map<String, Value>) {
    let text = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default();
    let pairs = |value: &Value| serde_json::from_value::<Vec<(String, String)>>(value.clone()).ok();
    if let Some(fields) = ["fields", "parameters"].iter().find_map(|name| pairs(answer.get(*name)?)) {
        if !text("action").is_empty() {
            println!("{} {}\n", text("method"), text("action"));
        }
        println!("{}", url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish());
        return;
    }
    if !answer.contains_key("method") {
        for value in answer.values() {
            println!("{}", value.as_str().unwrap_or_default());
        }
        return;
    }
    println!("{} {}", text("method"), text("url"));
    for pair in answer.get("headers").and_then(Value::as_array).into_iter().flatten() {
        let part = |place: usize| pair.get(place).and_then(Value::as_str).unwrap_or_default();
        println!("{}: {}", part(0), part(1));
    }
    println!("\n{}", text("body"));
}

impl Sign {
    pub(super) fn run(self) -> Outcome {
        let operation = operation(&self.operation)?;
        let form = self.given.endpoint.clone().unwrap_or_else(|| operation.forms()[0].to_owned());
        if operation.reads() {
            return Err(CliError::usage(
                format!("{} makes nothing: it reads", operation.id()),
                format!("Use `provkassa verify {} …`.", operation.id()),
            ));
        }
        let mut parameters = Vec::new();
        let mut given = self.given.values(operation);
        if let Some((_, page)) = given.iter_mut().find(|(name, page)| name == "page" && page.is_empty()) {
            *page = self.given.page();
        }
        for text in &self.parameters {
            let (name, value) = text.split_once('=').ok_or_else(|| {
                CliError::usage(format!("`{text}` has no ="), "Give name=value, as orderid=15.")
            })?;
            match given.iter_mut().find(|(known, _)| known == name) {
                Some(place) => place.1 = from_text(operation.kind(name), name, value)?,
                None => parameters.push((Cow::Owned(name.to_owned()), value.to_owned())),
            }
        }
        let message = Message { form: Cow::Owned(form), parameters, given };
        operation.legal(&message)?;
        let mistakes = self.mistakes(operation)?;
        let answer = match operation.reply(&message, &mistakes) {
            Some(Reply::Answer(answer)) => answer,
            Some(Reply::Rejected(why)) => {
                return Err(CliError::usage(
                    format!("there is no right answer to this: {why}"),
                    "A shop refuses it; --mistake makes it all the same.",
                ));
            }
            None => {
                return Err(CliError::usage("these mistakes exclude each other", "Make one of them."));
            }
        };
        show(&answer);
        if self.explain
            && let Some(canonical) = operation.canonical(&message, &mistakes)
        {
            println!("{}", visible(&String::from_utf8_lossy(&canonical)));
        }
        if self.explain
            && let Some(made) = answer.values().next().and_then(|made| made.as_str())
            && let Ok(Verification::Examined(examination)) = operation.read(made, None, &message.given)
        {
            super::verify::show_parts(&examination);
        }
        Ok(Exit::Conforms)
    }

    /// The mistakes that are to be made.
    fn mistakes(&self, operation: &dyn Operation) -> Result<Vec<&'static Mistake>, CliError> {
        let known = operation.mistakes();
        let find = |id: &String| {
            known.iter().copied().find(|mistake| mistake.id == id).ok_or_else(|| {
                let ids: Vec<_> = known.iter().map(|mistake| mistake.id).collect();
                CliError::usage(
                    format!("{} has no mistake `{id}`", operation.id()),
                    super::did_you_mean(id, &ids),
                )
            })
        };
        self.mistake.iter().map(find).collect()
    }
}
