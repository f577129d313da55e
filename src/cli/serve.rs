//! `provkassa serve`

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use anstream::{eprintln, println};
use anstyle::Style;
use clap::ValueEnum;
use provkassa_simulators::PROVIDERS;

use super::{CliError, Outcome};
use crate::exit::Exit;
use crate::serve::{Options, ServeError, Server, USUAL_PORT};
use crate::shop::{self, Shop};

/// Run the sandbox: every simulated provider on a port of its own, hosted pages to click through,
/// and a control API
#[derive(Debug, clap::Args)]
pub(super) struct Serve {
    /// The address to listen on; anything but loopback makes the control API ask for a token
    #[arg(long, env = "PROVKASSA_HOST", default_value = "127.0.0.1")]
    host: IpAddr,
    /// The control port; the providers' ports follow it (BRP is two higher). 0 picks free ones
    #[arg(long, env = "PROVKASSA_PORT", default_value_t = USUAL_PORT)]
    port: u16,
    /// Fixes every id and token
    #[arg(long, env = "PROVKASSA_SEED", default_value_t = 1)]
    seed: u64,
    /// How the control port is reached from outside: links that are handed out begin with it
    #[arg(long, env = "PROVKASSA_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// The token that the control API asks for; made and printed where one is needed
    #[arg(long, env = "PROVKASSA_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Let callbacks go to this host too; by default they stay on this machine and in private networks
    #[arg(long, env = "PROVKASSA_ALLOW_CALLBACK_HOST", value_name = "HOST", value_delimiter = ',')]
    allow_callback_host: Vec<String>,
    /// Stop every clock at this moment (2026-01-31T12:00:00Z); the control API moves it
    #[arg(long, env = "PROVKASSA_FREEZE", value_name = "TIME")]
    freeze: Option<jiff::Timestamp>,
    /// Begin with this setting in the default workspace, as fena.webhook=http://127.0.0.1:3000/webhook; can be
    /// given again (`GET /_sim/v1/providers` lists them)
    #[arg(long, env = "PROVKASSA_SET", value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Write the addresses to this file, as JSON, when everything listens
    #[arg(long, env = "PROVKASSA_READY_FILE", value_name = "FILE")]
    ready_file: Option<PathBuf>,
    /// Open the reference shop too, on port 3000 (or on a free one, with --port 0), and let Fena know it: the first
    /// page to click through
    #[arg(long, env = "PROVKASSA_SHOP", value_parser = clap::builder::FalseyValueParser::new())]
    shop: bool,
    /// What is printed at the start: a table for people, or one line of JSON on stdout
    #[arg(long, env = "PROVKASSA_OUTPUT", value_enum, default_value_t = Output::Table)]
    output: Output,
    /// Do not print a line for each request
    #[arg(long, short, env = "PROVKASSA_QUIET")]
    quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Output {
    Json,
    Table,
}

impl Serve {
    pub(super) async fn run(self) -> Outcome {
        if let Some(url) = &self.public_url {
            let web =
                url::Url::parse(url).is_ok_and(|url| url.has_host() && url.scheme().starts_with("http"));
            if !web {
                return Err(CliError::usage(
                    format!("--public-url `{url}` is no http or https URL"),
                    "Give the whole address: --public-url https://pay.test.example",
                ));
            }
        }
        let settings = self.set.iter().map(|text| {
            let pair = text.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
            pair.ok_or_else(|| CliError::usage(format!("--set `{text}` has no ="), "Give name=value."))
        });
        let settings = settings.collect::<Result<_, _>>()?;
        let server = Server::start(Options {
            host: self.host,
            port: self.port,
            seed: self.seed,
            frozen: self.freeze,
            public_url: self.public_url.as_ref().map(|url| url.trim_end_matches('/').to_owned()),
            token: self.token.clone(),
            callback_hosts: self.allow_callback_host.clone(),
            log: !self.quiet,
            settings,
            ..Options::default()
        })
        .await?;
        server.demo(&self.set)?;
        let shop = if self.shop { Some(self.open(&server).await?) } else { None };
        let mut ready = server.ready();
        if let Some(shop) = &shop {
            ready["shop"] = shop.url().into();
        }
        if let Some(file) = &self.ready_file {
            write_ready(file, &ready)?;
        }
        if self.output == Output::Json {
            println!("{ready}");
        } else {
            table(&server, shop.as_ref());
        }
        stopped().await;
        Ok(Exit::Conforms)
    }
}

impl Serve {
    /// Opens the shop, and puts its addresses among the settings that nobody has set.
    async fn open(&self, server: &Server) -> Result<Shop, CliError> {
        let environment = server.environment().into_iter();
        let shop = Shop::start(shop::Options {
            host: self.host,
            port: if self.port == 0 { 0 } else { shop::USUAL_PORT },
            environment: environment.map(|(name, value)| (name.to_owned(), value)).collect(),
            ..shop::Options::default()
        })
        .await?;
        server.set(shop.settings(), &self.set)?;
        server.lead_to_shop(shop.url());
        Ok(shop)
    }
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
    eprintln!();
    eprintln!("  Open the first address and pay an order there. Give your shop's .env the variables above;");
    eprintln!("  `provkassa env` prints them for the usual ports (--port N for others). Ctrl-C stops.");
    eprintln!();
}

fn write_ready(file: &Path, ready: &serde_json::Value) -> Result<(), CliError> {
    // Written whole or not at all: somebody waits for it.
    let part = file.with_extension("part");
    let written = std::fs::write(&part, ready.to_string()).and_then(|()| std::fs::rename(&part, file));
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
