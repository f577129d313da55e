//! What `serve` is told by flags, by the environment and by `[serve]` in `provkassa.toml`.

use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use clap::builder::BoolishValueParser;
use jiff::Timestamp;

use super::super::callbacks::Callbacks;
use super::super::config::expand;
use super::super::written::{self, ShopSwitch};
use crate::serve::{USUAL_PORT, authority_in, certificate_in};
use crate::settings::{Miswritten, Section, Variables, whole};

/// What both the command line and the file can say; nothing where neither does.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub(in crate::cli) struct Options {
    /// The address to listen on; anything but loopback makes the control API ask for a token [default: 127.0.0.1]
    #[arg(long, env = "PROVKASSA_HOST", value_parser = written::host)]
    pub(in crate::cli) host: Option<IpAddr>,
    /// The control port; the providers' ports follow it (BRP is two higher). 0 picks free ones [default: 4700]
    #[arg(long, env = "PROVKASSA_PORT")]
    pub(in crate::cli) port: Option<u16>,
    /// Fixes every id and token [default: 1]
    #[arg(long, env = "PROVKASSA_SEED")]
    pub(super) seed: Option<u64>,
    /// How the control port is reached from outside: links that are handed out begin with it. Anything but this
    /// machine's own names makes the control API ask for a token
    #[arg(long, env = "PROVKASSA_PUBLIC_URL", value_name = "URL", value_parser = written::public_url)]
    pub(in crate::cli) public_url: Option<String>,
    /// The token that the control API asks for; made and printed where one is needed
    #[arg(long, env = "PROVKASSA_TOKEN", hide_env_values = true)]
    pub(super) token: Option<String>,
    #[command(flatten)]
    pub(super) callbacks: Callbacks,
    /// Stop every clock at this moment (2026-01-31T12:00:00Z); the control API moves it
    #[arg(long, env = "PROVKASSA_FREEZE", value_name = "TIME", value_parser = written::moment)]
    pub(super) freeze: Option<Timestamp>,
    /// Write the addresses to this file, as JSON, when everything listens
    #[arg(long, env = "PROVKASSA_READY_FILE", value_name = "FILE")]
    pub(super) ready_file: Option<PathBuf>,
    /// Open the reference shop too, and let Fena know it: the first page to click through. A URL in the variable is
    /// meant for `check`
    #[arg(
        long, env = "PROVKASSA_SHOP", value_name = "BOOL", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", value_parser = written::shop_switch
    )]
    pub(super) shop: Option<ShopSwitch>,
    /// The port of --shop. 0 picks a free one [default: 3000, or a free one where that is taken, and with --port 0]
    #[arg(long, env = "PROVKASSA_SHOP_PORT", value_name = "PORT")]
    pub(super) shop_port: Option<u16>,
    /// What is printed at the start: a table for people, or one line of JSON on stdout [default: table]
    #[arg(long, env = "PROVKASSA_OUTPUT", value_enum)]
    pub(super) output: Option<Output>,
    /// Do not print a line for each request
    #[arg(
        long, short, env = "PROVKASSA_QUIET", value_name = "BOOL", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", value_parser = BoolishValueParser::new()
    )]
    pub(super) quiet: Option<bool>,
    /// Speak https on all ports, with a certificate authority of this machine's own: its path is printed, for whoever
    /// is to trust it
    #[arg(
        long, env = "PROVKASSA_TLS", value_name = "BOOL", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", value_parser = BoolishValueParser::new()
    )]
    pub(in crate::cli) tls: Option<bool>,
    /// Where the certificate authority is kept, so that it has to be trusted once only [default: .provkassa]
    #[arg(long, env = "PROVKASSA_STATE", value_name = "FOLDER")]
    pub(super) state: Option<PathBuf>,
    /// Read provkassa.toml again whenever it changes: settings and records are taken over, the rest needs a restart
    #[arg(
        long, env = "PROVKASSA_WATCH", value_name = "BOOL", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", value_parser = BoolishValueParser::new()
    )]
    pub(super) watch: Option<bool>,
}

/// What is printed at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Output {
    Json,
    Table,
}

/// A text that says something.
fn told(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

impl Options {
    /// The keys of `[serve]` that are flags too, with underscores.
    pub(super) const KEYS: [&str; 17] = [
        "host",
        "port",
        "seed",
        "public_url",
        "token",
        "allow_callback_host",
        "callback_ca",
        "callback_rewrite",
        "freeze",
        "ready_file",
        "shop",
        "shop_port",
        "output",
        "quiet",
        "tls",
        "state",
        "watch",
    ];

    /// Reads what `[serve]` has of these. Paths count from the folder of the file; `${NAME}` is a variable.
    pub(super) fn read(
        section: &Section<'_>,
        folder: &Path,
        variables: Variables<'_>,
    ) -> Result<Self, Miswritten> {
        let text = |key: &str, example: &str| -> Result<Option<String>, Miswritten> {
            let text = section.text(key, example)?.map(|text| expand(section, key, text, variables));
            text.transpose()
        };
        let port = |key: &str, example: &str| {
            section.read(key, "is no port", example, |value| u16::try_from(whole(value)?).ok())
        };
        let url = text("public_url", "public_url = \"https://pay.test.example\"")?.map(|url| {
            written::public_url(&url).map_err(|_| {
                let example = "Write public_url = \"https://pay.test.example\".";
                section.wrong("public_url", "is no http or https URL", example)
            })
        });
        Ok(Self {
            host: section.read("host", "is no address of a machine", "host = \"127.0.0.1\"", |value| {
                value.as_str()?.parse().ok()
            })?,
            port: port("port", "port = 4700")?,
            seed: section.number("seed", "seed = 1")?,
            public_url: url.transpose()?,
            token: text("token", "token = \"${CONTROL_TOKEN}\"")?,
            callbacks: Callbacks::read(section, folder, variables)?,
            freeze: section.read("freeze", "is no moment", "freeze = 2026-01-31T12:00:00Z", |value| {
                let moment = value.as_datetime().map(ToString::to_string);
                moment.or_else(|| value.as_str().map(ToOwned::to_owned))?.parse().ok()
            })?,
            ready_file: text("ready_file", "ready_file = \"ready.json\"")?.map(|path| folder.join(path)),
            shop: section.switch("shop")?.map(|is_on| if is_on { ShopSwitch::On } else { ShopSwitch::Off }),
            shop_port: port("shop_port", "shop_port = 3000")?,
            output: section.read("output", "is no output", "output = \"table\" or \"json\"", |value| {
                Output::from_str(value.as_str()?, false).ok()
            })?,
            quiet: section.switch("quiet")?,
            tls: section.switch("tls")?,
            state: text("state", "state = \".provkassa\"")?.map(|path| folder.join(path)),
            watch: section.switch("watch")?,
        })
    }

    /// These where they say something, else those of the file.
    pub(in crate::cli) fn or(self, file: Self) -> Self {
        Self {
            host: self.host.or(file.host),
            port: self.port.or(file.port),
            seed: self.seed.or(file.seed),
            public_url: self.public_url.or(file.public_url),
            // An empty variable is one that nobody has set.
            token: told(self.token).or_else(|| told(file.token)),
            callbacks: self.callbacks.or(file.callbacks),
            freeze: self.freeze.or(file.freeze),
            ready_file: self.ready_file.or(file.ready_file),
            shop: self.shop.and_then(ShopSwitch::said).or(file.shop),
            shop_port: self.shop_port.or(file.shop_port),
            output: self.output.or(file.output),
            quiet: self.quiet.or(file.quiet),
            tls: self.tls.or(file.tls),
            state: self.state.or(file.state),
            watch: self.watch.or(file.watch),
        }
    }

    /// The keys that say something else in `other`.
    pub(super) fn differing(&self, other: &Self) -> Vec<&'static str> {
        let [hosts, authorities, rewrites] = self.callbacks.differing(&other.callbacks);
        let differs = [
            self.host != other.host,
            self.port != other.port,
            self.seed != other.seed,
            self.public_url != other.public_url,
            self.token != other.token,
            hosts,
            authorities,
            rewrites,
            self.freeze != other.freeze,
            self.ready_file != other.ready_file,
            self.shop != other.shop,
            self.shop_port != other.shop_port,
            self.output != other.output,
            self.quiet != other.quiet,
            self.tls != other.tls,
            self.state != other.state,
            self.watch != other.watch,
        ];
        Self::KEYS.into_iter().zip(differs).filter(|(_, differs)| *differs).map(|(key, _)| key).collect()
    }

    /// Where it listens.
    pub(in crate::cli) fn host(&self) -> IpAddr {
        self.host.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))
    }

    /// The folder of the certificate authority, where https is wanted.
    pub(super) fn authority(&self) -> Option<PathBuf> {
        (self.tls == Some(true)).then(|| authority_in(self.state.as_deref()))
    }

    /// Its certificate, which may have been made by an earlier start.
    pub(in crate::cli) fn own_authority(&self) -> PathBuf {
        certificate_in(self.state.as_deref())
    }

    /// The control port.
    pub(in crate::cli) fn port(&self) -> u16 {
        self.port.unwrap_or(USUAL_PORT)
    }
}

#[cfg(test)]
mod tests {
    use clap::Args as _;

    use super::*;

    #[test]
    fn the_file_knows_every_option_by_the_name_of_its_flag() {
        let flags = Options::augment_args(clap::Command::new("serve"));
        let flags: Vec<String> =
            flags.get_arguments().filter_map(|flag| Some(flag.get_long()?.replace('-', "_"))).collect();
        assert_eq!(flags, Options::KEYS);
    }
}
