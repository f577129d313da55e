//! `provkassa codes`

use anstream::println;
use anstyle::Style;
use provkassa_simulators::PROVIDERS;
use provkassa_simulators::kit::provider::{Code, Provider, Scenario};

use super::{CliError, Outcome, provider};
use crate::exit::Exit;

/// Explain a provider's error codes: meaning, cause, how to reach each in the sandbox
#[derive(Debug, clap::Args)]
pub(super) struct Codes {
    /// The provider; all if left out
    provider: Option<String>,
    /// The code; all if left out
    #[arg(allow_negative_numbers = true)]
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
        if let Some(scenario) = provider.scenarios().iter().find(|scenario| scenario.name == *wanted) {
            explain_scenario(provider, scenario);
            return Ok(Exit::Conforms);
        }
        let code = codes.iter().find(|code| code.code == *wanted).ok_or_else(|| {
            let known = codes.iter().map(|code| code.code.as_str());
            let known: Vec<_> =
                known.chain(provider.scenarios().iter().map(|scenario| scenario.name)).collect();
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
    let names = provider.codes().iter().map(|code| code.code.as_str());
    let names = names.chain(provider.scenarios().iter().map(|scenario| scenario.name));
    let width = names.map(str::len).max().unwrap_or_default();
    for code in provider.codes() {
        println!("  {:<width$}  {}", code.code, code.meaning);
    }
    if !provider.scenarios().is_empty() {
        println!("  {bold}what else can be queued{bold:#}");
    }
    for scenario in provider.scenarios() {
        println!("  {:<width$}  {}", scenario.name, scenario.does);
    }
    println!("  `provkassa codes {} CODE` says how to reach one.", provider.info().id);
}

fn explain_scenario(provider: &dyn Provider, scenario: &Scenario) {
    let bold = Style::new().bold();
    println!("{bold}{} {}{bold:#}  {}", provider.info().name, scenario.name, scenario.does);
    if let Some(magic) = provider.magic(scenario.name) {
        println!("  by magic   {magic}");
    }
    println!("  queued     {}", queueing(provider, scenario.name));
    println!("  known      {}: {}", scenario.provenance.ground, scenario.provenance.source);
}

/// The call that queues an outcome.
fn queueing(provider: &dyn Provider, outcome: &str) -> String {
    format!(
        "POST /_sim/v1/workspaces/default/outcomes {{\"provider\": \"{}\", \"order\": \"{}\", \"outcome\": \"{outcome}\"}}",
        provider.info().id,
        provider.example(outcome),
    )
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
    if provider.queues(&code.code) {
        println!("  queued     {}", queueing(provider, &code.code));
    }
    if code.annuls {
        println!("  money      the transaction is annulled");
    }
    println!("  known      {}: {}", code.provenance, code.source);
}
