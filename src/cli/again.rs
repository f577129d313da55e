//! What a printed command needs beside the message, to try it again on any machine.

use super::config::Config;
use crate::adapter::Target;

/// What the printed commands begin with, and the flags that they need.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Again {
    /// `DIR=tools ` for each variable that the configuration takes.
    pub(super) variables: String,
    /// ` --adapter 'node adapter.mjs'`
    pub(super) flags: String,
}

impl Again {
    /// These flags, where they were given on the command line or by the environment, in the order of the list; and the
    /// variables of the configuration, which is read again then.
    pub(super) fn with(flags: &[(&str, Option<String>)], config: &Config) -> Self {
        let given = flags.iter().filter_map(|(flag, value)| Some((flag, value.as_ref()?)));
        let given: Vec<String> = given.map(|(flag, value)| format!(" {flag} {}", quoted(value))).collect();
        let variables: Vec<String> =
            config.variables.iter().map(|(name, value)| assigned(name, value, config)).collect();
        Self { variables: variables.concat(), flags: given.concat() }
    }
}

/// The variable with its value. A secret stays where it is: the command says that it is needed.
fn assigned(name: &str, value: &str, config: &Config) -> String {
    const SECRET: [&str; 6] = ["CREDENTIAL", "KEY", "PASS", "PWD", "SECRET", "TOKEN"];
    let upper = name.to_uppercase();
    let password = match &config.adapter {
        Some(Target::Url(url)) => url.password().unwrap_or_default(),
        _ => "",
    };
    if SECRET.iter().any(|word| upper.contains(word)) || (!value.is_empty() && password.contains(value)) {
        return format!("{name}=\"${{{name}:?}}\" ");
    }
    format!("{name}={} ", quoted(value))
}

/// A word of a shell that is this text.
fn quoted(text: &str) -> String {
    // A text with a NUL cannot be given by any shell.
    shlex::try_quote(text).map_or_else(|_| text.to_owned(), std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_has_what_it_needs_and_no_secret() {
        let config = |variables: &[(&str, &str)], url: &str| Config {
            adapter: Target::at(url).ok(),
            variables: variables
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            ..Config::default()
        };
        let with = |config: &Config| Again::with(&[], config).variables;
        assert_eq!(with(&config(&[("DIR", "my tools"), ("N", "")], "")), "DIR='my tools' N='' ");
        assert_eq!(with(&config(&[("API_TOKEN", "s3cret")], "")), "API_TOKEN=\"${API_TOKEN:?}\" ");
        assert_eq!(with(&config(&[("WHO", "s3cret")], "http://a:s3cret@b/")), "WHO=\"${WHO:?}\" ");
        let flags = [("--adapter", Some("node 'a b.mjs'".to_owned())), ("--timeout", None)];
        assert_eq!(Again::with(&flags, &Config::default()).flags, " --adapter \"node 'a b.mjs'\"");
    }
}
