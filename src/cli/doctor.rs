//! `provkassa doctor`

use std::path::PathBuf;

use anstream::println;
use anstyle::{AnsiColor, Style};
use clap::ValueEnum;
use provkassa_simulators::PROVIDERS;

use super::subjects::Where;
use super::{Outcome, config};
use crate::doctor::{Look, Ports, Verdict, count, ports, proxies, to_json};
use crate::exit::Exit;
use crate::scenario::{Offer, ShopConfig, ShopTarget, StageError, examine};
use crate::serve::USUAL_PORT;

/// Find the usual mistakes of a set-up: of this machine, and of the shop if there is one
#[derive(Debug, clap::Args)]
pub(super) struct Doctor {
    #[command(flatten)]
    at: Where,
    /// The configuration file; else the nearest provkassa.toml upward
    #[arg(long, env = "PROVKASSA_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// How it is written
    #[arg(long, env = "PROVKASSA_FORMAT", value_enum, default_value_t = Format::Plain)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Json,
    Plain,
}

impl Doctor {
    pub(super) async fn run(self) -> Outcome {
        let mut said = Said { format: self.format, looks: Vec::new() };
        let exit = self.look(&mut said).await?;
        let wrong = count(&said.looks, Verdict::Wrong) > 0;
        let exit = exit.unwrap_or(if wrong { Exit::Findings } else { Exit::Conforms });
        said.end(exit);
        Ok(exit)
    }

    /// Looks at everything. What it means to a pipeline, where that is more than findings.
    async fn look(&self, said: &mut Said) -> Result<Option<Exit>, super::CliError> {
        let read = config::load(self.config.as_deref());
        let own = read.as_ref().ok().and_then(|config| config.shop.as_ref()?.start.as_ref());
        let own = own.map(|start| start.environment.clone()).unwrap_or_default();
        said.tell(proxies(|name| own.get(name).cloned().or_else(|| std::env::var(name).ok())));
        let configured = match read {
            Ok(config) => config.shop,
            Err(error) => {
                said.tell(self.ports(None));
                said.tell(Look::wrong("configuration", error.to_string(), error.help));
                said.tell(Look::skipped("shop", "the configuration cannot be read"));
                return Ok(Some(Exit::Usage));
            }
        };
        let Some(target) = self.at.target(configured)? else {
            said.tell(self.ports(None));
            said.tell(Look::skipped(
                "shop",
                "no shop is named: give --shop URL, or write [shop] into provkassa.toml",
            ));
            return Ok(None);
        };
        let ports = self.ports(Some(&target));
        let blocked = ports.verdict == Verdict::Wrong;
        said.tell(ports);
        if let ShopTarget::Configured(shop) = &target {
            said.tell(configuration(shop));
        }
        if blocked {
            said.tell(Look::skipped("shop", "the sandbox cannot listen"));
            return Ok(None);
        }
        let stage = match self.at.open(target).await {
            Ok(Ok(stage)) => stage,
            Ok(Err(fault)) => {
                let error = super::CliError::from(StageError::Shop(fault));
                said.tell(Look::wrong("shop", error.to_string(), error.help));
                return Ok(Some(Exit::Unreachable));
            }
            Err(error) if error.exit == Exit::Unreachable => {
                said.tell(Look::wrong("shop", error.to_string(), error.help));
                return Ok(Some(Exit::Unreachable));
            }
            Err(error) => return Err(error),
        };
        examine(&stage, |look| said.tell(look)).await;
        Ok(None)
    }

    fn ports(&self, target: Option<&ShopTarget>) -> Look {
        let (host, first) = match target {
            Some(target) => {
                let options = self.at.options(target);
                (options.host, options.port)
            }
            None => (self.at.host, self.at.port.unwrap_or(USUAL_PORT)),
        };
        ports(Ports { host, first, needed: target.is_some() })
    }
}

/// What `[shop]` leaves out.
fn configuration(shop: &ShopConfig) -> Look {
    const CHECK: &str = "configuration";
    let sells = |offer: &Offer| offer.checkout.is_some();
    let sells_any = |offer: &Offer| sells(offer) || offer.subscription.as_deref().is_some_and(sells);
    let without = shop.providers.iter().filter(|(_, offer)| !sells_any(offer));
    let without: Vec<&str> = without.map(|(id, _)| *id).collect();
    let statuses =
        shop.status.iter().chain(shop.providers.values().filter_map(|offer| offer.status.as_ref()));
    if let [first, ..] = without.as_slice() {
        return Look::wrong(
            CHECK,
            format!("[shop.{first}] has no checkout: nothing can be bought there"),
            "`provkassa check --dry-run` shows how it is written.",
        );
    }
    if statuses.into_iter().any(|status| status.unpaid.is_empty()) {
        return Look::warning(
            CHECK,
            "`shop.status.unpaid` is not given: a word that is misspelt in `paid` is taken for an order that is not paid",
            "write every word that the shop has for an order that is not paid: unpaid = [\"pending\", \"failed\"].",
        );
    }
    let sold: Vec<&str> = shop.providers.keys().copied().collect();
    Look::ok(
        CHECK,
        format!(
            "[shop] can be read: it has {}",
            if sold.is_empty() { "no provider".to_owned() } else { sold.join(", ") }
        ),
    )
}

/// What was seen so far.
#[derive(Debug)]
struct Said {
    format: Format,
    looks: Vec<Look>,
}

impl Said {
    /// Tells a look as soon as it is done.
    fn tell(&mut self, look: Look) {
        if self.format == Format::Plain {
            let style = style(look.verdict);
            let name =
                |id: &str| PROVIDERS.iter().find(|one| one.info().id == id).map_or("", |one| one.info().name);
            let about = look.provider.map_or_else(String::new, |id| format!("{}: ", name(id)));
            println!("{style}{:<13}{style:#}  {:<13}  {about}{}", look.verdict.word(), look.check, look.seen);
            if let Some(next) = &look.next {
                println!("{:<30} do: {next}", "");
            }
        }
        self.looks.push(look);
    }

    fn end(&self, exit: Exit) {
        if self.format == Format::Json {
            let report = to_json(&self.looks, exit as u8);
            println!("{}", serde_json::to_string_pretty(&report).unwrap_or_default());
            return;
        }
        let counts = Verdict::ALL.into_iter().map(|verdict| (count(&self.looks, verdict), verdict));
        let counts = counts.filter(|(count, _)| *count > 0);
        let counts: Vec<String> =
            counts.map(|(count, verdict)| format!("{count} {}", verdict.word())).collect();
        println!();
        println!("{}", counts.join(", "));
    }
}

fn style(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Ok => AnsiColor::Green.on_default(),
        Verdict::Warning => AnsiColor::Yellow.on_default().bold(),
        Verdict::Wrong => AnsiColor::Red.on_default().bold(),
        Verdict::NotLookedAt => Style::new().dimmed(),
    }
}
