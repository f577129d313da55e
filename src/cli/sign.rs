//! `provkassa sign`

use std::borrow::Cow;

use anstream::println;
use provkassa_simulators::kit::mask::visible;
use provkassa_simulators::kit::operation::{Message, Operation, Parameter, Reply};

use super::{CliError, Outcome, operation};
use crate::exit::Exit;

/// Make what a provider expects: a hash, or a whole link
#[derive(Debug, clap::Args)]
pub(super) struct Sign {
    /// The operation: brp.hash, brp.link
    operation: String,
    /// The message's parameters in the order of the call, not percent-encoded
    #[arg(value_name = "NAME=VALUE")]
    parameters: Vec<String>,
    #[command(flatten)]
    given: Given,
    /// Print the string that is hashed too
    #[arg(long, env = "PROVKASSA_EXPLAIN")]
    explain: bool,
}

/// What goes with a message.
#[derive(Debug, clap::Args)]
pub(super) struct Given {
    /// The secret word; if not given, that of the sandbox
    #[arg(long, env = "PROVKASSA_SECRET", hide_env_values = true)]
    pub(super) secret: Option<String>,
    /// The provider's endpoint that the message is for, where the message does not say [default: the usual one]
    #[arg(long, env = "PROVKASSA_ENDPOINT")]
    pub(super) endpoint: Option<String>,
    /// The provider's base URL, with the slash at its end, for links
    #[arg(long, env = "PROVKASSA_BASE", value_name = "URL")]
    base: Option<String>,
}

impl Given {
    /// The values under the names that the operation asks for; the sandbox's where none is given.
    pub(super) fn values(&self, operation: &dyn Operation) -> Vec<Parameter> {
        let provider = operation.id().split('.').next().unwrap_or_default();
        let usual = crate::serve::environment(|id| {
            let offset = provkassa_simulators::provider(id).map_or(0, |known| known.info().port_offset);
            format!("http://127.0.0.1:{}", crate::serve::USUAL_PORT + offset)
        });
        let of = |name: &str| {
            let variable = format!("{}_{name}", provider.to_uppercase());
            usual.get(variable.as_str()).cloned().unwrap_or_default()
        };
        let value = |name: &str| match name {
            "secret" => self.secret.clone().unwrap_or_else(|| of("SECRET")),
            "base" => self.base.clone().unwrap_or_else(|| of("BASE_URL")),
            _ => String::new(),
        };
        operation.given().iter().map(|name| (Cow::Borrowed(*name), value(name))).collect()
    }
}

impl Sign {
    pub(super) fn run(self) -> Outcome {
        let operation = operation(&self.operation)?;
        let form = self.given.endpoint.clone().unwrap_or_else(|| operation.forms()[0].to_owned());
        if operation.parameters(operation.forms()[0]).is_empty() {
            return Err(CliError::usage(
                format!("{} makes nothing: it reads", operation.id()),
                format!("Use `provkassa verify {} …`.", operation.id()),
            ));
        }
        let mut parameters = Vec::new();
        for text in &self.parameters {
            let (name, value) = text.split_once('=').ok_or_else(|| {
                CliError::usage(format!("`{text}` has no ="), "Give name=value, as orderid=15.")
            })?;
            parameters.push((Cow::Owned(name.to_owned()), value.to_owned()));
        }
        let message = Message { form: Cow::Owned(form), parameters, given: self.given.values(operation) };
        operation.legal(&message)?;
        let Some(Reply::Answer(answer)) = operation.reply(&message, &[]) else {
            return Ok(Exit::Internal);
        };
        for value in answer.values() {
            println!("{}", value.as_str().unwrap_or_default());
        }
        if self.explain
            && let Some(canonical) = operation.canonical(&message, &[])
        {
            println!("{}", visible(&String::from_utf8_lossy(&canonical)));
        }
        Ok(Exit::Conforms)
    }
}
