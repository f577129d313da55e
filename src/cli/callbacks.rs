//! How callbacks get to the shop: what `serve`, `check` and `doctor` are told alike, by flags and by the environment.

use std::path::{Path, PathBuf};

use super::config::expand;
use crate::serve::{self, Rewrite};
use crate::settings::{Miswritten, Section, Variables};

/// Which hosts callbacks go to, whom they trust there, and which addresses stand for others.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub(super) struct Callbacks {
    /// Let callbacks go to this host too; by default they stay on this machine and in private networks
    #[arg(long, env = "PROVKASSA_ALLOW_CALLBACK_HOST", value_name = "HOST", value_delimiter = ',')]
    allow_callback_host: Vec<String>,
    /// Believe a shop on https whose certificate is signed by this authority, or is this one itself: a file of
    /// certificates in PEM, beside those that the system trusts; can be given again
    #[arg(long, env = "PROVKASSA_CALLBACK_CA", value_name = "FILE", value_delimiter = ',')]
    callback_ca: Vec<PathBuf>,
    /// Bring callbacks elsewhere than the shop says, for containers: http://localhost:3000=http://shop:3000. An origin,
    /// with the start of a path or without; the longest that fits counts; can be given again
    #[arg(long, env = "PROVKASSA_CALLBACK_REWRITE", value_name = "FROM=TO", value_delimiter = ',')]
    callback_rewrite: Vec<Rewrite>,
}

impl Callbacks {
    /// Reads what `[serve]` has of these. Paths count from the folder of the file; `${NAME}` is a variable.
    pub(super) fn read(
        section: &Section<'_>,
        folder: &Path,
        variables: Variables<'_>,
    ) -> Result<Self, Miswritten> {
        let listed = |key: &str, example: &str| -> Result<Vec<String>, Miswritten> {
            let all = section.texts(key, &format!("{key} = [\"{example}\"]"))?.unwrap_or_default();
            all.into_iter().map(|one| expand(section, key, one, variables)).collect()
        };
        let rewrites = listed("callback_rewrite", "http://localhost:3000=http://shop:3000")?;
        let rewrites = rewrites.iter().map(|text| {
            text.parse::<Rewrite>().map_err(|error| {
                let example = "Write callback_rewrite = [\"http://localhost:3000=http://shop:3000\"].";
                section.wrong("callback_rewrite", &format!("cannot be used: {error}"), example)
            })
        });
        let files = listed("callback_ca", "rootCA.pem")?;
        Ok(Self {
            allow_callback_host: listed("allow_callback_host", "hooks.test.example")?,
            callback_ca: files.into_iter().map(|file| folder.join(file)).collect(),
            callback_rewrite: rewrites.collect::<Result<_, _>>()?,
        })
    }

    /// These where they say something, else those of the file.
    pub(super) fn or(self, file: Self) -> Self {
        fn given<T>(list: Vec<T>, otherwise: Vec<T>) -> Vec<T> {
            if list.is_empty() { otherwise } else { list }
        }
        Self {
            allow_callback_host: given(self.allow_callback_host, file.allow_callback_host),
            callback_ca: given(self.callback_ca, file.callback_ca),
            callback_rewrite: given(self.callback_rewrite, file.callback_rewrite),
        }
    }

    /// Which of these say something else in `other`, in the order of their flags.
    pub(super) fn differing(&self, other: &Self) -> [bool; 3] {
        [
            self.allow_callback_host != other.allow_callback_host,
            self.callback_ca != other.callback_ca,
            self.callback_rewrite != other.callback_rewrite,
        ]
    }

    /// The options of a server with these.
    pub(super) fn set(self, options: serve::Options) -> serve::Options {
        serve::Options {
            callback_hosts: self.allow_callback_host,
            callback_authorities: self.callback_ca,
            callback_rewrites: self.callback_rewrite,
            ..options
        }
    }
}
