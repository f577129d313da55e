//! Where an adapter is.

use std::fmt;
use std::path::PathBuf;

use url::Url;

/// Where an adapter is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A program that is started, and talked to over its pipes.
    Command {
        /// The program and its arguments.
        words: Vec<String>,
        /// Where it is started; in the current folder, if nothing is said.
        folder: Option<PathBuf>,
    },
    /// The address of a server that runs already: it is talked to over HTTP.
    Url(Url),
}

impl Target {
    /// The program, started in the current folder.
    #[must_use]
    pub fn command(words: Vec<String>) -> Self {
        Self::Command { words, folder: None }
    }

    /// The server at this address.
    pub fn at(url: &str) -> Result<Self, UnusableUrl> {
        let not_http = |why: String| UnusableUrl::NotHttp { url: url.to_owned(), why };
        let parsed = Url::parse(url).map_err(|error| not_http(error.to_string()))?;
        match parsed.scheme() {
            "http" => Ok(Self::Url(parsed)),
            "https" => Err(UnusableUrl::Https { url: url.to_owned() }),
            // `localhost:3000` is read so.
            other => Err(not_http(format!("it begins with `{other}:`"))),
        }
    }

    /// Whether somebody who writes this means an address, and no command.
    #[must_use]
    pub fn is_url(text: &str) -> bool {
        let start = text.trim_start().to_ascii_lowercase();
        start.starts_with("http://") || start.starts_with("https://")
    }
}

/// An address as it may be printed.
pub(super) fn without_password(url: &Url) -> String {
    let mut shown = url.clone();
    if shown.password().is_some() {
        // Only an address without a host refuses this, and such a one is no target.
        let _ = shown.set_password(Some("***"));
    }
    shown.to_string()
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command { words, .. } => formatter.write_str(&words.join(" ")),
            Self::Url(url) => formatter.write_str(&without_password(url)),
        }
    }
}

/// Why an adapter cannot be reached at an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnusableUrl {
    /// It is no URL, or of another kind.
    #[error("`{url}` is no http URL: {why}")]
    NotHttp {
        /// The address.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// It asks for TLS.
    #[error("`{url}` asks for https, and this build speaks plain http to adapters")]
    Https {
        /// The address.
        url: String,
    },
}

impl UnusableUrl {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::NotHttp { .. } => "Write the whole address, as http://127.0.0.1:3000/_adapter",
            Self::Https { .. } => {
                "Let the adapter listen on http, which is enough on this machine or in a test network."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_from_a_command() {
        for url in ["http://127.0.0.1:3000", " http://a/", "HTTPS://a"] {
            assert!(Target::is_url(url), "{url}");
        }
        for command in ["node adapter.mjs", "curl http://a/", "httpd", "http"] {
            assert!(!Target::is_url(command), "{command}");
        }
    }

    #[test]
    fn an_address_is_shown_as_it_is_used() {
        let shown = |url: &str| Target::at(url).expect("an address").to_string();
        assert_eq!(shown("http://127.0.0.1:3000"), "http://127.0.0.1:3000/");
        assert_eq!(shown(" HTTP://localhost:3000/_adapter?a=1"), "http://localhost:3000/_adapter?a=1");
    }

    #[test]
    fn an_unusable_address_is_refused_with_what_to_do() {
        for (url, what, help) in [
            ("https://a/", "plain http", "listen on http"),
            ("localhost:3000", "begins with `localhost:`", "http://127.0.0.1"),
            ("http://", "is no http URL", "the whole address"),
            ("", "is no http URL", "the whole address"),
        ] {
            let error = Target::at(url).expect_err(url);
            assert!(error.to_string().contains(what), "{url}: {error}");
            assert!(error.help().contains(help), "{url}: {}", error.help());
        }
    }
}
