//! `provkassa shop`

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;

use anstream::{eprintln, println};
use clap::builder::BoolishValueParser;
use provkassa_simulators::kit::problem::nearest;
use provkassa_simulators::provider;

use super::serve::stopped;
use super::{CliError, Outcome, written};
use crate::exit::Exit;
use crate::serve::{USUAL_PORT, authority_in, certificate_in, environment};
use crate::shop::{self, MISTAKES, Options, Shop as OpenShop, ShopError, ShopMistake};

/// Be a shop: a small web shop for every provider, right in everything unless it is told to be wrong
#[derive(Debug, clap::Args)]
pub(super) struct Shop {
    /// The address to listen on
    #[arg(long, env = "PROVKASSA_HOST", default_value = "127.0.0.1", value_parser = written::host)]
    host: IpAddr,
    /// The shop's port. 0 picks a free one
    #[arg(long, env = "PROVKASSA_PORT", default_value_t = shop::USUAL_PORT)]
    port: u16,
    /// Where payers and providers reach the shop, if not at the address that it listens on
    #[arg(long, env = "PROVKASSA_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// Speak https, with the certificate authority of `serve --tls`
    #[arg(
        long, env = "PROVKASSA_TLS", value_name = "BOOL", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", value_parser = BoolishValueParser::new()
    )]
    tls: Option<bool>,
    /// Where the certificate authority is kept: the sandbox's is trusted, too [default: .provkassa]
    #[arg(long, env = "PROVKASSA_STATE", value_name = "FOLDER")]
    state: Option<PathBuf>,
    /// Make this mistake
    #[arg(long, env = "PROVKASSA_MISTAKE", value_name = "ID")]
    mistake: Option<String>,
    /// Print the ids of all mistakes, one a line, with what they do
    #[arg(long, env = "PROVKASSA_LIST_MISTAKES")]
    list_mistakes: bool,
}

impl Shop {
    pub(super) async fn run(self) -> Outcome {
        if self.list_mistakes {
            for mistake in MISTAKES {
                println!("{:<36} {}", mistake.id, mistake.does);
            }
            return Ok(Exit::Conforms);
        }
        let (tls, state) = (self.tls == Some(true), self.state.as_deref());
        let options = Options {
            host: self.host,
            port: self.port,
            public_url: self.public_url.map(|url| url.trim_end_matches('/').to_owned()),
            environment: variables(if tls { "https" } else { "http" }),
            mistake: self.mistake.as_deref().map(find).transpose()?,
            tls: tls.then(|| authority_in(state)),
            own_authority: Some(certificate_in(state)),
        };
        let shop = OpenShop::start(options).await?;
        println!("listening on {}", shop.url());
        tell(&shop);
        stopped().await;
        Ok(Exit::Conforms)
    }
}

/// What `provkassa env` prints, for a sandbox on the usual ports; the environment's own variables beat it.
fn variables(scheme: &str) -> BTreeMap<String, String> {
    let usual = environment(|id| {
        let offset = provider(id).map_or(0, |provider| provider.info().port_offset);
        format!("{scheme}://127.0.0.1:{}", u32::from(USUAL_PORT) + u32::from(offset))
    });
    let own = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    usual.into_iter().map(|(name, value)| (name.to_owned(), own(name).unwrap_or(value))).collect()
}

/// Says what must be set at a provider so that its payers come back.
pub(super) fn tell(shop: &OpenShop) {
    eprintln!("  Fena has the shop's addresses among its own settings. They must be:");
    for (name, value) in shop.settings() {
        eprintln!("    {name}={value}");
    }
    eprintln!(
        "  `provkassa serve --set NAME=VALUE` sets them, and `provkassa serve --shop` does all of this by itself."
    );
}

/// The mistake with this id.
pub(super) fn find(id: &str) -> Result<&'static ShopMistake, CliError> {
    MISTAKES.iter().find(|mistake| mistake.id == id).ok_or_else(|| {
        let near = nearest(id, MISTAKES.iter().map(|mistake| mistake.id));
        CliError::usage(
            format!("there is no mistake `{id}`"),
            near.map_or_else(
                || "`provkassa shop --list-mistakes` prints them.".to_owned(),
                |near| format!("Did you mean `{near}`? `--list-mistakes` prints them all."),
            ),
        )
    })
}

impl From<ShopError> for CliError {
    fn from(error: ShopError) -> Self {
        let help = match &error {
            ShopError::Bind { .. } => "Choose another port with --port, or 0 for a free one.",
            ShopError::Missing(_) => "`provkassa env` prints them.",
            ShopError::Tls(error) => error.help(),
            ShopError::Trust(error) => error.help(),
        };
        Self::usage(error.to_string(), help)
    }
}
