//! `provkassa healthcheck`

use std::time::Duration;

use anstream::println;
use tokio::time::{Instant, sleep};

use super::{CliError, Outcome};
use crate::exit::Exit;

/// Ask a running sandbox whether it is ready
#[derive(Debug, clap::Args)]
pub(super) struct Healthcheck {
    /// The control port's address
    #[arg(long, env = "PROVKASSA_URL", default_value = "http://127.0.0.1:4700")]
    url: String,
    /// Keep asking for this many seconds
    #[arg(long, env = "PROVKASSA_WAIT", value_name = "SECONDS", default_value_t = 0)]
    wait: u64,
}

impl Healthcheck {
    pub(super) async fn run(self) -> Outcome {
        if self.url.starts_with("https://") {
            return Err(CliError::usage(
                format!("`{}` is https, and this asks over http", self.url),
                "Give --url http://…: with --tls the ports understand both.",
            ));
        }
        let url = format!("{}/readyz", self.url.trim_end_matches('/'));
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(2))
            .build()
            .map_err(|error| CliError::usage(error.to_string(), ""))?;
        let until = Instant::now() + Duration::from_secs(self.wait);
        loop {
            let why = match client.get(&url).send().await {
                Ok(answer) if answer.status().is_success() => {
                    println!("ready");
                    return Ok(Exit::Conforms);
                }
                Ok(answer) => format!("it answered {}", answer.status()),
                Err(error) if error.is_builder() => {
                    return Err(CliError::usage(
                        format!("`{}` is no URL", self.url),
                        "Give --url http://127.0.0.1:4700",
                    ));
                }
                Err(_) => "nothing answers there".to_owned(),
            };
            if Instant::now() >= until {
                return Err(CliError {
                    what: format!("no sandbox is ready at {}: {why}", self.url),
                    help: "Start one with `provkassa serve`, or give its address with --url.".to_owned(),
                    exit: Exit::Unreachable,
                });
            }
            sleep(Duration::from_millis(50)).await;
        }
    }
}
