//! `provkassa.toml`, found upward from the working directory.

use std::path::{Path, PathBuf};

use provkassa_simulators::kit::problem::nearest;
use toml::{Table, Value};

use super::CliError;
use crate::adapter::Target;

const FILE: &str = "provkassa.toml";

/// What the file says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Config {
    /// `[adapter] command` or `url`
    pub(super) adapter: Option<Target>,
}

/// Reads the file that is named, or the nearest one upward; without one, nothing is configured.
pub(super) fn load(named: Option<&Path>) -> Result<Config, CliError> {
    let found = match named {
        Some(path) => Some(path.to_path_buf()),
        None => std::env::current_dir().ok().and_then(|here| upward(&here)),
    };
    let Some(path) = found else { return Ok(Config::default()) };
    let text = std::fs::read_to_string(&path).map_err(|error| {
        CliError::usage(
            format!("`{}` cannot be read: {error}", path.display()),
            "Name a file that exists with --config.",
        )
    })?;
    parse(&text, |name| std::env::var(name).ok())
        .map_err(|error| CliError { what: format!("{}: {}", path.display(), error.what), ..error })
}

fn upward(here: &Path) -> Option<PathBuf> {
    here.ancestors().map(|folder| folder.join(FILE)).find(|file| file.is_file())
}

fn parse(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Config, CliError> {
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        CliError::usage(
            error.to_string().trim_end().to_owned(),
            "It is TOML: [adapter] and then command = [\"node\", \"adapter.mjs\"] or url = \"http://…\".",
        )
    })?;
    known(&table, "", &["adapter"])?;
    let Some(adapter) = table.get("adapter") else { return Ok(Config::default()) };
    let Value::Table(adapter) = adapter else {
        return Err(CliError::usage("`adapter` is no table", "Write [adapter] on a line of its own."));
    };
    known(adapter, "adapter.", &["command", "url"])?;
    let adapter = match (adapter.get("command"), adapter.get("url")) {
        (None, None) => None,
        (Some(words), None) => Some(command(words, variable)?),
        (None, Some(address)) => Some(url(address, variable)?),
        (Some(_), Some(_)) => {
            return Err(CliError::usage(
                "`adapter.command` and `adapter.url` are both given",
                "Keep one: `command` starts the adapter, `url` is the address of one that runs.",
            ));
        }
    };
    Ok(Config { adapter })
}

fn command(words: &Value, variable: impl Fn(&str) -> Option<String>) -> Result<Target, CliError> {
    let wrong = || {
        CliError::usage(
            "`adapter.command` is no list of words",
            "Write command = [\"node\", \"adapter.mjs\"].",
        )
    };
    let words = words.as_array().filter(|words| !words.is_empty()).ok_or_else(wrong)?;
    let words =
        words.iter().map(|word| word.as_str().ok_or_else(wrong).and_then(|word| expand(word, &variable)));
    Ok(Target::Command(words.collect::<Result<_, _>>()?))
}

fn url(address: &Value, variable: impl Fn(&str) -> Option<String>) -> Result<Target, CliError> {
    let text = address.as_str().ok_or_else(|| {
        CliError::usage("`adapter.url` is no string", "Write url = \"http://127.0.0.1:3000/_adapter\".")
    })?;
    Ok(Target::at(&expand(text, variable)?)?)
}

fn known(table: &Table, prefix: &str, keys: &[&str]) -> Result<(), CliError> {
    let Some(unknown) = table.keys().find(|key| !keys.contains(&key.as_str())) else { return Ok(()) };
    let help = nearest(unknown, keys.iter().copied()).map_or_else(
        || format!("This version knows: {prefix}{}.", keys.join(&format!(", {prefix}"))),
        |near| format!("Did you mean `{prefix}{near}`?"),
    );
    Err(CliError::usage(format!("there is no key `{prefix}{unknown}`"), help))
}

/// Puts variables in the place of `${NAME}`.
fn expand(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<String, CliError> {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, behind)) = after.split_once('}') else {
            return Err(CliError::usage(format!("`{text}` has a ${{ without its }}"), "Write ${NAME}."));
        };
        let value = variable(name).ok_or_else(|| {
            CliError::usage(
                format!("the variable `{name}` is not set"),
                format!("Set {name}, or write the value into the file."),
            )
        })?;
        expanded.push_str(before);
        expanded.push_str(&value);
        rest = behind;
    }
    expanded.push_str(rest);
    Ok(expanded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable(name: &str) -> Option<String> {
        (name == "DIR").then(|| "tools".to_owned())
    }

    #[test]
    fn the_file_names_the_adapter_and_takes_variables() {
        let config = parse("[adapter]\ncommand = [\"node\", \"${DIR}/a.mjs\"]", variable).expect("sound");
        let words = vec!["node".to_owned(), "tools/a.mjs".to_owned()];
        assert_eq!(config.adapter, Some(Target::Command(words)));
        let config = parse("[adapter]\nurl = \"http://${DIR}:3000/_adapter\"", variable).expect("sound");
        assert_eq!(config.adapter, Target::at("http://tools:3000/_adapter").ok());
        assert_eq!(parse("[adapter]", variable).expect("empty"), Config::default());
        assert_eq!(parse("", variable).expect("empty"), Config::default());
    }

    #[test]
    fn a_malformed_file_is_refused_with_what_to_do() {
        for (text, what, help) in [
            ("[adaptor]", "no key `adaptor`", "`adapter`"),
            ("[adapter]\ncomand = []", "no key `adapter.comand`", "`adapter.command`"),
            ("[adapter]\ncommand = \"node\"", "no list", "command = ["),
            ("[adapter]\ncommand = [\"${NO}\"]", "`NO` is not set", "Set NO"),
            ("[adapter]\nurl = 3000", "no string", "url = "),
            ("[adapter]\nurl = \"localhost:3000\"", "no http URL", "http://127.0.0.1"),
            ("[adapter]\nurl = \"https://a/\"", "plain http", "listen on http"),
            ("[adapter]\nurl = \"http://${NO}/\"", "`NO` is not set", "Set NO"),
            ("[adapter]\nurl = \"http://a/\"\ncommand = [\"a\"]", "both given", "Keep one"),
            ("[adapter", "", "It is TOML"),
        ] {
            let error = parse(text, variable).expect_err(text);
            assert!(error.what.contains(what), "{text}: {error}");
            assert!(error.help.contains(help), "{text}: {}", error.help);
        }
    }
}
