//! What `check` tries its cases on: an adapter, a running shop, or both.

use std::net::IpAddr;
use std::path::PathBuf;

use super::callbacks::Callbacks;
use super::explained::explain;
use super::{CliError, Outcome, shop, written};
use crate::adapter::{Limits, Target};
use crate::conformance::{Case, Pool, Subjects};
use crate::exit::Exit;
use crate::scenario::{ShopConfig, ShopTarget, Stage, StageError, scenarios_in};
use crate::serve::{Options, USUAL_PORT, certificate_in};

/// The reference shop on the command line; a mistake may follow, after a colon.
const REFERENCE: &str = "reference";

/// Which shop is tried, and where the sandbox is for it.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Where {
    /// The shop: the address of one that runs and describes itself at /.well-known/provkassa, or `reference`, the one
    /// that is built in; `reference:ID` makes it wrong (else `provkassa.toml`)
    #[arg(long, env = "PROVKASSA_SHOP", value_name = "URL|reference")]
    pub(super) shop: Option<String>,
    /// The sandbox's control port; the providers' follow it. Without it free ones are taken where the shop is started
    /// here, and 4700 and those after it where it runs already
    #[arg(long, env = "PROVKASSA_PORT", value_name = "PORT")]
    pub(super) port: Option<u16>,
    /// The address that the sandbox listens on
    #[arg(long, env = "PROVKASSA_HOST", default_value = "127.0.0.1", value_parser = written::host)]
    pub(super) host: IpAddr,
    /// How the shop reaches the sandbox's control port, if not at the address that it listens on
    #[arg(long, env = "PROVKASSA_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    #[command(flatten)]
    callbacks: Callbacks,
}

/// The same, and what is tried on it.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ShopFlags {
    #[command(flatten)]
    pub(super) at: Where,
    /// A folder of scenarios of your own, tried beside the built-in ones; `provkassa steps` prints the steps
    #[arg(long, env = "PROVKASSA_FEATURES", value_name = "FOLDER")]
    pub(super) features: Option<PathBuf>,
    /// Say which scenarios would be tried on the shop, and what it lacks for the others, and try nothing
    #[arg(long, env = "PROVKASSA_DRY_RUN")]
    pub(super) dry_run: bool,
}

impl ShopFlags {
    /// The user's own scenarios, which must have other ids than these cases.
    pub(super) fn own(&self, cases: &[Case]) -> Result<Vec<Case>, CliError> {
        let Some(folder) = &self.features else { return Ok(Vec::new()) };
        let wrong = |what: String| {
            CliError::usage(what, "`provkassa steps` prints the steps, with an example of each.")
        };
        let own = scenarios_in(folder).map_err(|error| wrong(error.to_string()))?;
        if own.is_empty() {
            return Err(wrong(format!("`{}` holds no scenario", folder.display())));
        }
        if let Some(twice) = own.iter().find(|scenario| cases.iter().any(|case| case.id == scenario.id)) {
            return Err(wrong(format!("`{}` is the id of a built-in case: give yours another", twice.id)));
        }
        Ok(own.into_iter().map(Case::Scenario).collect())
    }

    /// Says what would be tried; `file` is the configuration's text, which is empty where the shop does not stand in it.
    pub(super) async fn explain(&self, target: ShopTarget, cases: &[Case], file: &str) -> Outcome {
        let described;
        let shop = match &target {
            ShopTarget::Configured(shop) => shop.as_ref(),
            ShopTarget::At(_) | ShopTarget::Reference(_) => {
                described = self.at.open(target).await?.map_err(StageError::Shop)?;
                described.shop()
            }
        };
        let scenarios = cases.iter().filter_map(|case| match case {
            Case::Scenario(scenario) => Some(scenario),
            Case::Property(_) => None,
        });
        let would_run = explain(shop, &scenarios.collect::<Vec<_>>(), file);
        Ok(if would_run == 0 { Exit::NothingRan } else { Exit::Conforms })
    }
}

impl Where {
    /// The shop that is named, or that the configuration describes.
    pub(super) fn target(&self, configured: Option<Box<ShopConfig>>) -> Result<Option<ShopTarget>, CliError> {
        let Some(named) = &self.shop else { return Ok(configured.map(ShopTarget::Configured)) };
        if named == REFERENCE {
            return Ok(Some(ShopTarget::Reference(None)));
        }
        if let Some(mistake) = named.strip_prefix(REFERENCE).and_then(|rest| rest.strip_prefix(':')) {
            return Ok(Some(ShopTarget::Reference(Some(shop::find(mistake)?))));
        }
        if Target::is_url(named) {
            return Ok(Some(ShopTarget::At(named.trim_end_matches('/').to_owned())));
        }
        Err(CliError::usage(
            format!("`{named}` is no shop"),
            "Give the address of one that runs, --shop http://127.0.0.1:3000, or --shop reference. \
             How yours is started stands in [shop] of provkassa.toml.",
        ))
    }

    /// Where the sandbox listens.
    pub(super) fn options(&self, target: &ShopTarget) -> Options {
        let is_started_here = match target {
            ShopTarget::Configured(shop) => shop.start.is_some(),
            ShopTarget::At(_) => false,
            ShopTarget::Reference(_) => true,
        };
        self.callbacks.clone().set(Options {
            host: self.host,
            port: self.port.unwrap_or(if is_started_here { 0 } else { USUAL_PORT }),
            public_url: self.public_url.as_ref().map(|url| url.trim_end_matches('/').to_owned()),
            own_authority: Some(certificate_in(None)),
            ..Options::default()
        })
    }

    /// Opens the sandbox and the shop. What is wrong with the shop is a verdict, anything else an error.
    pub(super) async fn open(
        &self,
        target: ShopTarget,
    ) -> Result<Result<Stage, crate::scenario::ShopFault>, CliError> {
        let options = self.options(&target);
        match Stage::open(target, options).await {
            Ok(stage) => Ok(Ok(stage)),
            Err(StageError::Shop(fault)) => Ok(Err(fault)),
            Err(error) => Err(error.into()),
        }
    }
}

impl From<StageError> for CliError {
    fn from(error: StageError) -> Self {
        match error {
            StageError::Sandbox(error) => error.into(),
            StageError::Reference(error) => error.into(),
            StageError::Shop(fault) => Self {
                what: fault.to_string(),
                help: format!("{} {}", fault.kind.help(), fault.output).trim_end().to_owned(),
                exit: Exit::Unreachable,
            },
            StageError::Undescribed { ref why, .. } => {
                Self { help: why.help(), what: error.to_string(), exit: Exit::Unreachable }
            }
        }
    }
}

/// Opens what the cases are tried on.
pub(super) async fn open(
    adapter: Option<Target>,
    (limits, jobs): (Limits, usize),
    (flags, shop): (&ShopFlags, Option<ShopTarget>),
) -> Result<Subjects, CliError> {
    let shop = match shop {
        Some(target) => Some(flags.at.open(target).await?),
        None => None,
    };
    let adapter = match adapter {
        Some(target) => Some(Pool::open(target, limits, jobs).await),
        None => None,
    };
    Ok(Subjects { adapter, shop })
}
