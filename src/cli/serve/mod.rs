//! `provkassa serve`

mod options;
mod watch;
mod worlds;

use std::path::{Path, PathBuf};

use anstream::{eprintln, println};
use anstyle::Style;
use provkassa_simulators::PROVIDERS;

use super::written::ShopSwitch;
use super::{CliError, Outcome, config};
use crate::exit::Exit;
use crate::serve::{self, ServeError, Server, private};
use crate::settings::Miswritten;
use crate::shop::{self, Shop, ShopError};
use options::{Options, Output};
use worlds::{Around, Values, Worlds};

/// Run the sandbox: every simulated provider on a port of its own, hosted pages to click through,
/// and a control API
#[derive(Debug, clap::Args)]
pub(super) struct Serve {
    /// The configuration file; else the nearest provkassa.toml upward. Its [serve] says what these flags say, and
    /// which settings and records the sandbox begins with
    #[arg(long, env = "PROVKASSA_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    options: Options,
    /// Begin with this setting in the default workspace, as fena.webhook=http://127.0.0.1:3000/webhook; can be
    /// given again, and stands on a line of its own in the variable (`GET /_sim/v1/providers` lists them)
    #[arg(long, env = "PROVKASSA_SET", value_name = "NAME=VALUE", value_delimiter = '\n')]
    set: Vec<String>,
}

/// What the file says to `serve`.
#[derive(Debug, Default)]
struct Said {
    options: Options,
    worlds: Worlds,
}

/// Reads `[serve]`; without one, nothing is said.
fn read(text: &str, file: &Path) -> Result<Said, Miswritten> {
    let parsed = config::parsed(text)?;
    let Some(section) = config::whole(text, &parsed)?.section("serve")? else { return Ok(Said::default()) };
    let folder = file.parent().unwrap_or(Path::new(""));
    let variable = |name: &str| std::env::var(name).ok();
    let worlds = Worlds::read(&section, Some(&variable))?;
    Ok(Said { options: Options::read(&section, folder, Some(&variable))?, worlds })
}

/// What the nearest file, or the one that is named, says of where `serve` listens.
pub(super) fn address(named: Option<&Path>) -> Result<Options, CliError> {
    let Some((file, text)) = config::find(named)? else { return Ok(Options::default()) };
    read(&text, &file).map(|said| said.options).map_err(|error| CliError::miswritten(&file, error))
}

impl Serve {
    pub(super) async fn run(self) -> Outcome {
        let found = config::find(self.config.as_deref())?;
        let said = match &found {
            Some((file, text)) => read(text, file).map_err(|error| CliError::miswritten(file, error))?,
            None => Said::default(),
        };
        let options = self.options.clone().or(said.options.clone());
        let watched = match (&found, options.watch) {
            (None, Some(true)) => {
                return Err(CliError::usage(
                    "there is no provkassa.toml to watch",
                    "Make one here, or name one with --config.",
                ));
            }
            (Some(found), Some(true)) => Some(found.clone()),
            _ => None,
        };
        let flags = self.settings()?;
        let server = Server::start(options.callbacks.clone().set(serve::Options {
            host: options.host(),
            port: options.port(),
            seed: options.seed.unwrap_or(1),
            frozen: options.freeze,
            public_url: options.public_url.clone(),
            token: options.token.clone(),
            log: options.quiet != Some(true),
            settings: flags.clone(),
            tls: options.authority(),
            own_authority: Some(options.own_authority()),
            ..serve::Options::default()
        }))
        .await?;
        let mut around = Around { usual: server.demo_settings(), flags };
        if self.options.shop == Some(ShopSwitch::OfCheck) && options.quiet != Some(true) {
            eprintln!(
                "The shop's address is one for `check`: `serve` opens its own, with --shop or PROVKASSA_SHOP=true."
            );
        }
        let shop = match options.shop {
            Some(ShopSwitch::On) => Some(open(&options, &server).await?),
            _ => None,
        };
        if let Some(shop) = &shop {
            let settings = shop.settings().into_iter();
            around.usual.extend(settings.map(|(name, value)| (name.to_owned(), value)));
            server.lead_to_shop(shop.url());
        }
        let mut usual = around.usual.clone();
        usual.retain(|name, _| !around.flags.contains_key(name));
        server.set(&usual)?;
        let file = found.as_ref().map_or(Path::new(""), |(file, _)| file);
        let applied = said.worlds.apply(&server, &Worlds::default(), &around).await;
        applied.map_err(|error| CliError::miswritten(file, error))?;
        let mut ready = server.ready();
        if let Some(shop) = &shop {
            ready["shop"] = shop.url().into();
        }
        if let Some(file) = &options.ready_file {
            write_ready(file, &ready)?;
        }
        if options.output == Some(Output::Json) {
            println!("{ready}");
        } else {
            table(&server, shop.as_ref());
        }
        match watched {
            None => stopped().await,
            Some((file, text)) => tokio::select! {
                () = stopped() => {}
                never = watch::watch(&file, text, said, &self.options, &around, &server) => never,
            },
        }
        Ok(Exit::Conforms)
    }

    /// The settings that flags and the environment give.
    fn settings(&self) -> Result<Values, CliError> {
        let given = self.set.iter().filter(|text| !text.is_empty()).map(|text| {
            let pair = text.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
            pair.ok_or_else(|| CliError::usage(format!("--set `{text}` has no ="), "Give name=value."))
        });
        given.collect()
    }
}

/// Opens the shop.
async fn open(options: &Options, server: &Server) -> Result<Shop, CliError> {
    let environment = server.environment().into_iter();
    let usual = if options.port() == 0 { 0 } else { shop::USUAL_PORT };
    let wanted = shop::Options {
        host: options.host(),
        port: options.shop_port.unwrap_or(usual),
        environment: environment.map(|(name, value)| (name.to_owned(), value)).collect(),
        tls: options.authority(),
        own_authority: Some(options.own_authority()),
        ..shop::Options::default()
    };
    let opened = match Shop::start(wanted.clone()).await {
        // Nobody has asked for this port, and many things listen there.
        Err(error) if options.shop_port.is_none() && error.is_taken() => {
            let shop = Shop::start(shop::Options { port: 0, ..wanted }).await;
            if let Ok(shop) = &shop {
                eprintln!(
                    "Port {usual} is taken: the shop is at {}/ (--shop-port chooses a port).",
                    shop.url()
                );
            }
            shop
        }
        opened => opened,
    };
    opened.map_err(|error| match &error {
        ShopError::Bind { .. } => CliError::usage(
            error.to_string(),
            "Choose another port for it with --shop-port, or 0 for a free one.",
        ),
        _ => error.into(),
    })
}

impl From<ServeError> for CliError {
    fn from(error: ServeError) -> Self {
        let help = error.help().to_owned();
        Self::usage(error.to_string(), help)
    }
}

fn table(server: &Server, shop: Option<&Shop>) {
    let (bold, dim) = (Style::new().bold(), Style::new().dimmed());
    let control = server.control_url();
    eprintln!(
        "{bold}provkassa {}{bold:#}  a simulator: no money moves, nothing leaves this machine",
        crate::VERSION
    );
    eprintln!();
    let ready = server.ready();
    let token = ready["token"].as_str();
    let admission = token.map_or_else(String::new, |token| format!("?token={token}"));
    eprintln!("  {:<12} {control}/{admission}", "start here");
    eprintln!("  {:<12} {control}/_sim/v1/", "control API");
    if let Some(shop) = shop {
        eprintln!("  {:<12} {}/", "shop", shop.url());
    }
    for provider in PROVIDERS {
        let info = provider.info();
        eprintln!("  {:<12} {}", info.name, server.provider_url(info.id));
    }
    eprintln!();
    for (name, value) in server.environment() {
        eprintln!("  {dim}{name}={dim:#}{value}");
    }
    if let Some(token) = token {
        eprintln!();
        eprintln!("  The control API asks for: Authorization: Bearer {token}");
    }
    if let Some(authority) = server.authority() {
        let path = authority.display();
        eprintln!();
        eprintln!("  https is vouched for by {path}");
        eprintln!(
            "  Have your shop trust it: Node NODE_EXTRA_CA_CERTS={path}, Python REQUESTS_CA_BUNDLE={path}"
        );
        eprintln!("  or SSL_CERT_FILE={path}, curl --cacert {path}, PHP openssl.cafile={path}");
    }
    eprintln!();
    eprintln!("  Open the first address and pay an order there. Give your shop's .env the variables above;");
    eprintln!("  `provkassa env` prints them for the usual ports (--port N for others). Ctrl-C stops.");
    eprintln!();
}

fn write_ready(file: &Path, ready: &serde_json::Value) -> Result<(), CliError> {
    // Written whole or not at all: somebody waits for it. A token is for nobody else on this machine.
    let written = if ready["token"].is_string() {
        private::write(file, &ready.to_string())
    } else {
        let part = file.with_extension("part");
        std::fs::write(&part, ready.to_string()).and_then(|()| std::fs::rename(&part, file))
    };
    written.map_err(|error| {
        CliError::usage(
            format!("the ready file `{}` could not be written: {error}", file.display()),
            "Give a file in a folder that exists.",
        )
    })
}

/// Ctrl-C, or what a supervisor sends.
pub(super) async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut ended) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = ended.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
