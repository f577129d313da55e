//! `provkassa codes`

use anstream::println;
use anstyle::Style;
use provkassa_simulators::PROVIDERS;
use provkassa_simulators::kit::provider::{Code, Provider};

use super::{CliError, Outcome, provider};
use crate::exit::Exit;

/// Explain a provider's error codes: meaning, cause, how to reach each in the sandbox
#[derive(Debug, clap::Args)]
pub(super) struct Codes {
    /// The provider; all if left out
    provider: Option<String>,
    /// The code; all if left out
    code: Option<String>,
}

impl Codes {
    pub(super) fn run(self) -> Outcome {
        let Some(id) = &self.provider else {
            for provider in PROVIDERS {
                list(*provider);
            }
            return Ok(Exit::Conforms);
        };
        let provider = provider(id)?;
        let Some(wanted) = &self.code else {
            list(provider);
            return Ok(Exit::Conforms);
        };
        let codes = provider.codes();
        let code = codes.iter().find(|code| code.code == *wanted).ok_or_else(|| {
            let known: Vec<_> = codes.iter().map(|code| code.code.as_str()).collect();
            CliError::usage(
                format!("{} has no code `{wanted}`", provider.info().name),
                // Codes that look alike mean different things, so all are named.
                format!("There are: {}.", known.join(", ")),
            )
        })?;
        explain(provider, code);
        Ok(Exit::Conforms)
    }
}

fn list(provider: &dyn Provider) {
    let bold = Style::new().bold();
    println!("{bold}{}{bold:#}", provider.info().name);
    for code in provider.codes() {
        println!("  {:>4}  {}", code.code, code.meaning);
    }
    println!("  `provkassa codes {} CODE` says how to reach one.", provider.info().id);
}

fn explain(provider: &dyn Provider, code: &Code) {
    let bold = Style::new().bold();
    println!("{bold}{} {}{bold:#}  {}", provider.info().name, code.code, code.meaning);
    println!("  its text   {}", code.text);
    println!("  cause      {} ({}: {})", code.cause, code.cause_provenance, code.cause_source);
    println!("  occurs at  {}", code.at.join(", "));
    println!("  by state   {}", code.state);
    if let Some(magic) = provider.magic(&code.code) {
        println!("  by magic   {magic}");
    }
    let id = provider.info().id;
    println!(
        "  queued     POST /_sim/v1/workspaces/default/outcomes {{\"provider\": \"{id}\", \"order\": \"{}\", \"outcome\": \"{}\"}}",
        provider.example(&code.code),
        code.code
    );
    if code.annuls {
        println!("  money      the transaction is annulled");
    }
    println!("  known      {}: {}", code.provenance, code.source);
}
