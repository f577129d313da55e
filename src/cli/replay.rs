//! `provkassa replay`

use std::path::PathBuf;

use anstream::{eprintln, println};
use anstyle::{AnsiColor, Style};
use provkassa_simulators::kit::mask::Masker;
use provkassa_simulators::kit::problem::nearest;

use super::{CliError, Outcome};
use crate::exit::Exit;
use crate::replay::{Exchange, Flow, Played, flows, play, read};
use crate::serve::Options;
use crate::serve::sandbox::Sandbox;

/// Play the documented flows against the simulators, and show each exchange
#[derive(Debug, clap::Args)]
pub(super) struct Replay {
    /// A provider or one of its flows, as `brp` or `brp/pay-an-order`; all if left out
    flow: Option<String>,
    /// Print the flows, one a line
    #[arg(long, env = "PROVKASSA_LIST")]
    list: bool,
    /// Play this flow instead: a JSON file like those in fixtures/PROVIDER/flows/
    #[arg(long, env = "PROVKASSA_FILE", value_name = "FILE", requires = "flow")]
    file: Option<PathBuf>,
    /// Fixes ids and tokens
    #[arg(long, env = "PROVKASSA_SEED", default_value_t = 1)]
    seed: u64,
    /// Show the flows that depart, and count the others
    #[arg(long, short, env = "PROVKASSA_QUIET")]
    quiet: bool,
}

impl Replay {
    pub(super) async fn run(self) -> Outcome {
        let chosen = self.choose()?;
        if self.list {
            for flow in &chosen {
                println!("{:<44} {:<10} {}", flow.id, flow.provenance.to_string(), flow.title);
            }
            return Ok(Exit::Conforms);
        }
        let mut departed = 0;
        for flow in &chosen {
            let options = Options { seed: self.seed, ..Options::default() };
            let sandbox = Sandbox::with(options).await.map_err(|error| CliError {
                what: error.to_string(),
                help: "The flows are played on free ports of this machine.".to_owned(),
                exit: Exit::Internal,
            })?;
            let played = play(flow, &sandbox)
                .await
                .map_err(|error| CliError::usage(error.to_string(), "Mend the flow's own file."))?;
            departed += usize::from(!played.is_faithful());
            if !self.quiet || !played.is_faithful() {
                show(&played, &sandbox.workspace().masker());
            }
        }
        let faithful = chosen.len() - departed;
        eprintln!("{faithful} of {} flows went as their fixtures say.", chosen.len());
        Ok(match (chosen.len(), departed) {
            (0, _) => Exit::NothingRan,
            (_, 0) => Exit::Conforms,
            _ => Exit::Findings,
        })
    }

    fn choose(&self) -> Result<Vec<Flow>, CliError> {
        if let Some(file) = &self.file {
            let text = std::fs::read_to_string(file).map_err(|error| {
                CliError::usage(
                    format!("`{}` cannot be read: {error}", file.display()),
                    "Name a file that exists.",
                )
            })?;
            let name = file.file_stem().unwrap_or_default().to_string_lossy();
            let provider = self.flow.as_deref().unwrap_or_default();
            let provider = super::provider(provider.split('/').next().unwrap_or_default())?.info().id;
            let flow = read(&format!("{provider}/{name}"), &text).map_err(|error| {
                CliError::from(provkassa_simulators::kit::operation::Unreadable::from(error))
            })?;
            return Ok(vec![flow]);
        }
        let all = flows().map_err(|error| CliError {
            what: error.to_string(),
            help: "This is a fault of provkassa's own.".to_owned(),
            exit: Exit::Internal,
        })?;
        let Some(wanted) = &self.flow else { return Ok(all) };
        let chosen: Vec<Flow> = all
            .iter()
            .filter(|flow| flow.id == *wanted || flow.id.starts_with(&format!("{wanted}/")))
            .cloned()
            .collect();
        if chosen.is_empty() {
            let providers = provkassa_simulators::PROVIDERS.iter().map(|provider| provider.info().id);
            let near = nearest(wanted, all.iter().map(|flow| flow.id.as_str()).chain(providers));
            return Err(CliError::usage(
                format!("there is no flow `{wanted}`"),
                near.map_or_else(
                    || "`provkassa replay --list` prints them.".to_owned(),
                    |near| format!("Did you mean `{near}`? `provkassa replay --list` prints them all."),
                ),
            ));
        }
        Ok(chosen)
    }
}

fn show(played: &Played, masker: &Masker) {
    let bold = Style::new().bold();
    println!("{bold}{}{bold:#}  {}", played.flow.id, played.flow.title);
    for (place, exchange) in played.exchanges.iter().enumerate() {
        show_exchange(place + 1, exchange, masker);
    }
    let left = played.flow.steps.len() - played.exchanges.len();
    if left > 0 {
        println!("     {left} more steps were not played.");
    }
    println!();
}

fn show_exchange(place: usize, exchange: &Exchange, masker: &Masker) {
    let red = AnsiColor::Red.on_default().bold();
    let dim = Style::new().dimmed();
    println!("  {place:>2} {}  {dim}({}){dim:#}", exchange.does, exchange.known);
    for (line, sign) in
        masker.text(&exchange.request).lines().zip(std::iter::once("→").chain(std::iter::repeat(" ")))
    {
        println!("     {sign} {line}");
    }
    println!("     ← {}", masker.text(&exchange.answer));
    for callback in &exchange.callbacks {
        println!("     ⇠ {}", masker.text(callback));
    }
    for departure in &exchange.departs {
        println!("     {red}departs{red:#} {}", masker.text(departure));
    }
}
