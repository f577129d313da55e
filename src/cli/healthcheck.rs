//! `provkassa healthcheck`

use std::path::PathBuf;
use std::time::Duration;

use anstream::println;
use tokio::time::{Instant, sleep};

use super::{CliError, Outcome};
use crate::exit::Exit;
use crate::serve::certificate_in;
use crate::web::{Asked, Came, Lost, Resolver, Trust, TrustError, Web};

/// How long one answer is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// How much of an answer is read: more than a sandbox says.
const LONGEST: usize = 256;

/// Ask a running sandbox whether it is ready
#[derive(Debug, clap::Args)]
pub(super) struct Healthcheck {
    /// The control port's address
    #[arg(long, env = "PROVKASSA_URL", default_value = "http://127.0.0.1:4700")]
    url: String,
    /// Keep asking for this many seconds
    #[arg(long, env = "PROVKASSA_WAIT", value_name = "SECONDS", default_value_t = 0)]
    wait: u64,
    /// The authority of a sandbox on https, where it is not in the folder of the state: a certificate in PEM
    #[arg(long, env = "PROVKASSA_CACERT", value_name = "FILE")]
    cacert: Option<PathBuf>,
    /// Where the sandbox keeps its certificate authority [default: .provkassa]
    #[arg(long, env = "PROVKASSA_STATE", value_name = "FOLDER")]
    state: Option<PathBuf>,
}

/// Whether it is a sandbox that answers, and not whoever else has got its port.
fn is_ready(answer: &Came) -> bool {
    let told: Option<serde_json::Value> = serde_json::from_slice(&answer.body).ok();
    told.is_some_and(|told| told["status"] == "ready")
}

impl Healthcheck {
    pub(super) async fn run(self) -> Outcome {
        let no_url = || {
            let what = format!("`{}` is no URL", self.url);
            CliError::usage(what, "Give --url http://127.0.0.1:4700")
        };
        let parsed = url::Url::parse(&self.url).map_err(|_| no_url())?;
        if !parsed.has_host() || !matches!(parsed.scheme(), "http" | "https") {
            return Err(no_url());
        }
        let given: Vec<PathBuf> = self.cacert.iter().cloned().collect();
        let own = certificate_in(self.state.as_deref());
        let trust = Trust::read(&given, Some(&own)).map_err(|error| {
            let help = match &error {
                TrustError::Unreadable { .. } => "Give a file that exists with --cacert.",
                TrustError::NoCertificate { .. } => error.help(),
            };
            CliError::usage(error.to_string(), help)
        })?;
        let url = format!("{}/readyz", self.url.trim_end_matches('/'));
        let web = Web::new(&trust, Resolver::everywhere());
        let until = Instant::now() + Duration::from_secs(self.wait);
        loop {
            let why = match web.ask(Asked { longest: LONGEST, ..Asked::get(&url, PATIENCE) }).await {
                Ok(answer) if answer.status.is_success() && is_ready(&answer) => {
                    println!("ready");
                    return Ok(Exit::Conforms);
                }
                Ok(answer) if answer.status.is_success() => "something else answers there".to_owned(),
                Ok(answer) => format!("it answered {}", answer.status),
                Err(failed) if failed.lost == Lost::Untrusted => return Err(self.untrusted(&failed.why)),
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

    /// Waiting does not help where somebody is there whose certificate is not believed.
    fn untrusted(&self, why: &str) -> CliError {
        CliError {
            what: format!("{} cannot be asked: {}", self.url, why.replace("--callback-ca", "--cacert").replace("the shop's", "its")),
            help: "The sandbox prints where its authority's certificate is: give that file with --cacert, its folder \
                   with --state, or ask http://…, which it understands, too."
                .to_owned(),
            exit: Exit::Unreachable,
        }
    }
}
