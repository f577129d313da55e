//! `provkassa env`

use anstream::println;
use clap::ValueEnum;
use provkassa_simulators::provider;

use crate::exit::Exit;
use crate::serve::{USUAL_PORT, environment};

/// Print the sandbox's URLs and credentials for your shop
#[derive(Debug, clap::Args)]
pub(super) struct Env {
    /// How they are written
    #[arg(long, env = "PROVKASSA_FORMAT", value_enum, default_value_t = Format::Dotenv)]
    format: Format,
    /// The sandbox's address
    #[arg(long, env = "PROVKASSA_HOST", default_value = "127.0.0.1")]
    host: String,
    /// The sandbox's control port
    #[arg(long, env = "PROVKASSA_PORT", default_value_t = USUAL_PORT)]
    port: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Dotenv,
    Json,
    Shell,
}

impl Env {
    pub(super) fn run(self) -> Exit {
        let variables = environment(|id| {
            let offset = provider(id).map_or(0, |provider| provider.info().port_offset);
            format!("http://{}:{}", self.host, u32::from(self.port) + u32::from(offset))
        });
        if self.format == Format::Json {
            println!("{}", serde_json::to_string_pretty(&variables).unwrap_or_default());
            return Exit::Conforms;
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
        Exit::Conforms
    }
}
