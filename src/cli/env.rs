//! `provkassa env`

use std::net::SocketAddr;
use std::path::PathBuf;

use anstream::println;
use clap::ValueEnum;
use clap::builder::BoolishValueParser;
use provkassa_simulators::provider;

use super::{Outcome, written};
use crate::exit::Exit;
use crate::serve::{environment, reachable};

/// Print the sandbox's URLs and credentials for your shop
#[derive(Debug, clap::Args)]
pub(super) struct Env {
    /// How they are written
    #[arg(long, env = "PROVKASSA_FORMAT", value_enum, default_value_t = Format::Dotenv)]
    format: Format,
    /// The sandbox's address [default: what [serve] of provkassa.toml says, or 127.0.0.1]
    #[arg(long, env = "PROVKASSA_HOST")]
    host: Option<String>,
    /// The sandbox's control port [default: what [serve] of provkassa.toml says, or 4700]
    #[arg(long, env = "PROVKASSA_PORT")]
    port: Option<u16>,
    /// Whether the sandbox speaks https [default: what [serve] of provkassa.toml says]
    #[arg(
        long, env = "PROVKASSA_TLS", value_name = "BOOL", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", value_parser = BoolishValueParser::new()
    )]
    tls: Option<bool>,
    /// How the sandbox's control port is called from outside, as `serve --public-url` has it
    #[arg(long, env = "PROVKASSA_PUBLIC_URL", value_name = "URL", value_parser = written::public_url)]
    public_url: Option<String>,
    /// The configuration file; else the nearest provkassa.toml upward
    #[arg(long, env = "PROVKASSA_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Dotenv,
    Json,
    Shell,
}

impl Env {
    pub(super) fn run(self) -> Outcome {
        let file = super::serve::address(self.config.as_deref())?;
        let given = self.host.is_some() || self.port.is_some();
        let public_url = self.public_url.as_ref().or(file.public_url.as_ref().filter(|_| !given));
        let port = self.port.unwrap_or(file.port());
        let scheme = if self.tls.or(file.tls) == Some(true) { "https" } else { "http" };
        // As `serve` prints it: an address that means all of them is none to go to.
        let origin = |port: u16| match &self.host {
            Some(host) => match host.parse() {
                Ok(ip) => format!("{scheme}://{}", reachable(SocketAddr::new(ip, port))),
                Err(_) => format!("{scheme}://{host}:{port}"),
            },
            None => format!("{scheme}://{}", reachable(SocketAddr::new(file.host(), port))),
        };
        let variables = environment(|id| {
            let offset = provider(id).map_or(0, |provider| provider.info().port_offset);
            public_url.map_or_else(|| origin(port.saturating_add(offset)), |url| format!("{url}/{id}"))
        });
        if self.format == Format::Json {
            println!("{}", serde_json::to_string_pretty(&variables).unwrap_or_default());
            return Ok(Exit::Conforms);
        }
        for (name, value) in variables {
            match self.format {
                Format::Shell => {
                    let quoted =
                        shlex::try_quote(&value).map_or_else(|_| value.clone(), std::borrow::Cow::into_owned);
                    println!("export {name}={quoted}");
                }
                _ => println!("{name}={value}"),
            }
        }
        Ok(Exit::Conforms)
    }
}
