//! `provkassa.toml`, found upward from the working directory.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::DeTable;

use super::CliError;
use super::options::Options;
use crate::adapter::Target;
use crate::scenario::{self, ShopConfig};
pub(super) use crate::settings::expand;
use crate::settings::{self, Miswritten, Section, Variables};

const FILE: &str = "provkassa.toml";

/// What the file says.
#[derive(Debug, Default)]
pub(super) struct Config {
    /// `[adapter] command` or `url`
    pub(super) adapter: Option<Target>,
    /// `[shop]`
    pub(super) shop: Option<Box<ShopConfig>>,
    /// `[check]`
    pub(super) check: Options,
    /// The variables that it takes, with their values, each once.
    pub(super) variables: BTreeMap<String, String>,
    /// Its text.
    pub(super) text: String,
    /// Where the file is; nowhere if there is none.
    pub(super) folder: PathBuf,
}

/// Reads the file that is named, or the nearest one upward; without one, nothing is configured.
pub(super) fn load(named: Option<&Path>) -> Result<Config, CliError> {
    let Some((path, text)) = find(named)? else { return Ok(Config::default()) };
    let folder = path.parent().unwrap_or(Path::new(""));
    parse(&text, folder, &|name| std::env::var(name).ok()).map_err(|error| CliError::miswritten(&path, error))
}

/// The file that is named, or the nearest one upward, with its text.
pub(super) fn find(named: Option<&Path>) -> Result<Option<(PathBuf, String)>, CliError> {
    let found = match named {
        Some(path) => Some(path.to_path_buf()),
        None => std::env::current_dir().ok().and_then(|here| upward(&here)),
    };
    let Some(path) = found else { return Ok(None) };
    let text = std::fs::read_to_string(&path).map_err(|error| {
        CliError::usage(
            format!("`{}` cannot be read: {error}", path.display()),
            "Name a file that exists with --config.",
        )
    })?;
    Ok(Some((path, text)))
}

fn upward(here: &Path) -> Option<PathBuf> {
    here.ancestors().map(|folder| folder.join(FILE)).find(|file| file.is_file())
}

/// The file as TOML.
pub(super) fn parsed(text: &str) -> Result<Spanned<DeTable<'_>>, Miswritten> {
    settings::parse(text, shape)
}

/// All of the file. What stands in a section is looked at by the command that it is for.
pub(super) fn whole<'t>(text: &'t str, parsed: &'t Spanned<DeTable<'t>>) -> Result<Section<'t>, Miswritten> {
    let whole = Section::whole(text, parsed);
    whole.knows(&["adapter", "check", "serve", "shop"])?;
    Ok(whole)
}

fn parse(text: &str, folder: &Path, variable: &dyn Fn(&str) -> Option<String>) -> Result<Config, Miswritten> {
    let parsed = parsed(text)?;
    let whole = whole(text, &parsed)?;
    let taken = RefCell::new(BTreeMap::new());
    let variables: Variables<'_> = Some(&|name| {
        let value = variable(name)?;
        taken.borrow_mut().insert(name.to_owned(), value.clone());
        Some(value)
    });
    let adapter =
        whole.section("adapter")?.map(|section| adapter(&section, folder, variables)).transpose()?;
    let shop =
        whole.section("shop")?.map(|section| scenario::read(&section, folder, variables)).transpose()?;
    let check =
        whole.section("check")?.map(|section| Options::read(&section, folder, variables)).transpose()?;
    let (adapter, check, folder) = (adapter.flatten(), check.unwrap_or_default(), folder.to_path_buf());
    Ok(Config {
        adapter,
        shop: shop.map(Box::new),
        check,
        variables: taken.take(),
        text: text.to_owned(),
        folder,
    })
}

/// What the file is like below a heading.
fn shape(heading: &str) -> String {
    let below = match heading.split('.').next() {
        Some("shop") => {
            "[shop], and then [shop.quickpay] and checkout = { url = \"http://…\", json = { order = \"{order}\" } }"
        }
        Some("serve") => {
            "[serve] and then port = 4700, or [serve.settings] and then fena.webhook = \"http://…\""
        }
        Some("check") => "[check] and then only = [\"brp\"] or cases = 256",
        _ => "[adapter] and then command = [\"node\", \"adapter.mjs\"] or url = \"http://…\"",
    };
    format!("It is TOML: {below}.")
}

fn adapter(
    section: &Section<'_>,
    folder: &Path,
    variables: Variables<'_>,
) -> Result<Option<Target>, Miswritten> {
    const COMMAND: &str = "command = [\"node\", \"adapter.mjs\"]";
    section.knows(&["command", "url"])?;
    let words = section.texts("command", COMMAND)?;
    let address = section.text("url", "url = \"http://127.0.0.1:3000/_adapter\"")?;
    match (words, address) {
        (None, None) => Ok(None),
        (Some(words), None) if words.is_empty() => {
            Err(section.wrong("command", "is empty", format!("Write {COMMAND}.")))
        }
        (Some(words), None) => {
            let words = words.into_iter().map(|word| expand(section, "command", word, variables));
            let words = words.collect::<Result<_, _>>()?;
            // The file may be above the working directory, and its command is written for where it lies.
            let folder = (!folder.as_os_str().is_empty()).then(|| folder.to_path_buf());
            Ok(Some(Target::Command { words, folder }))
        }
        (None, Some(address)) => {
            let target = Target::at(&expand(section, "url", address, variables)?);
            let unusable = |error: crate::adapter::UnusableUrl| {
                section.wrong("url", &format!("cannot be used: {error}"), error.help())
            };
            target.map(Some).map_err(unusable)
        }
        (Some(_), Some(_)) => Err(section.wrong(
            "url",
            "and `adapter.command` are both given",
            "Keep one: `command` starts the adapter, `url` is the address of one that runs.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::options::{Jobs, OnlyLevel};
    use super::*;

    fn variable(name: &str) -> Option<String> {
        (name == "DIR").then(|| "tools".to_owned())
    }

    fn read(text: &str) -> Result<Config, Miswritten> {
        parse(text, Path::new("shop"), &variable)
    }

    #[test]
    fn the_file_names_the_adapter_and_takes_variables() {
        let config = read("[adapter]\ncommand = [\"node\", \"${DIR}/a.mjs\"]").expect("sound");
        let words = vec!["node".to_owned(), "tools/a.mjs".to_owned()];
        let folder = Some(PathBuf::from("shop"));
        assert_eq!(config.adapter, Some(Target::Command { words, folder }));
        let config = read("[adapter]\nurl = \"http://${DIR}:3000/_adapter\"").expect("sound");
        assert_eq!(config.adapter, Target::at("http://tools:3000/_adapter").ok());
        for empty in ["[adapter]", "", "[check]"] {
            let config = read(empty).expect("empty");
            assert_eq!((config.adapter, config.check), (None, Options::default()));
        }
    }

    #[test]
    fn the_file_says_how_to_check_and_its_paths_count_from_its_folder() {
        let text = r#"[check]
            only = ["brp", "${DIR}"]
            skip = []
            level = "must"
            tags = ["documented", "${DIR}"]
            seed = 1_000
            cases = 0x10
            shrink = 20
            jobs = 3
            fail_fast = true
            max_failures = 2
            max_time = 1.5
            known_failures = "known.toml"
            report = ["junit=${DIR}/r.xml", "json=/tmp/r.json"]
            state = "state"
            timeout = 2
            start_timeout = 3"#;
        let number = |number: usize| number.try_into().expect("not 0");
        let expected = Options {
            only: vec!["brp".to_owned(), "tools".to_owned()],
            skip: Vec::new(),
            level: Some(OnlyLevel::Must),
            tags: vec!["documented".to_owned(), "tools".to_owned()],
            seed: Some(1000),
            cases: Some(16),
            shrink: Some(Duration::from_secs(20)),
            jobs: Some(Jobs(number(3))),
            fail_fast: Some(true),
            max_failures: Some(number(2)),
            max_time: Some(Duration::from_millis(1500)),
            known_failures: Some("shop/known.toml".into()),
            report: ["junit=shop/tools/r.xml", "json=/tmp/r.json"]
                .map(|text| text.parse().expect("one"))
                .into(),
            state: Some("shop/state".into()),
            timeout: Some(Duration::from_secs(2)),
            start_timeout: Some(Duration::from_secs(3)),
        };
        assert_eq!(read(text).expect("sound").check, expected);
        // A flag stands before the file, key by key.
        let flags = Options {
            seed: Some(7),
            skip: vec!["fena".to_owned()],
            fail_fast: Some(false),
            ..Options::default()
        };
        let both = flags.or(read(text).expect("sound").check);
        let (seed, skip, fail_fast) = (Some(7), vec!["fena".to_owned()], Some(false));
        assert_eq!(both, Options { skip, seed, fail_fast, ..expected });
    }

    #[test]
    fn a_malformed_file_is_refused_with_what_to_do() {
        for (text, what, help) in [
            ("[adaptor]", "no key `adaptor`", "`adapter`"),
            ("[adapter]\ncomand = []", "no key `adapter.comand`", "`adapter.command`"),
            ("[adapter]\ncommand = \"node\"", "no list", "command = ["),
            ("[adapter]\ncommand = [\"${NO}\"]", "the variable `NO`, which is not set", "Set NO"),
            ("[adapter]\nurl = 3000", "no text", "url = "),
            ("[adapter]\nurl = \"localhost:3000\"", "no http URL", "http://127.0.0.1"),
            ("[adapter]\nurl = \"https://a/\"", "plain http", "listen on http"),
            ("[adapter]\nurl = \"http://${NO}/\"", "the variable `NO`, which is not set", "Set NO"),
            ("[adapter]\ncommand = [\"a\"]\nurl = \"http://a/\"", "both given", "Keep one"),
            ("[adapter", "", "It is TOML"),
            ("[[check]]", "`check` is no table", "[check]"),
            ("[check]\nmax_failure = 1", "no key `check.max_failure`", "`check.max_failures`"),
            ("[check]\n\njobs = 0", "`check.jobs` is no number", "jobs = 4"),
            ("[check]\njobs = \"many\"", "`check.jobs` is no number", "jobs = \"auto\""),
            ("[check]\nlevel = \"may\"", "`check.level` is no level", "level = \"must\""),
            ("[check]\nseed = -1", "`check.seed` is no whole number", "seed = 1"),
            ("[check]\ncases = 0", "`check.cases` is no number", "cases = 256"),
            (
                "[check]\nfail_fast = \"yes\"",
                "`check.fail_fast` is neither true nor false",
                "fail_fast = true",
            ),
            ("[check]\nmax_time = 0", "`check.max_time` is no number of seconds", "max_time = 60"),
            ("[check]\ntimeout = \"5s\"", "`check.timeout` is no number of seconds", "timeout = 5"),
            ("[check]\nonly = \"brp\"", "`check.only` is no list", "only = [\"brp\""),
            ("[check]\ntags = \"must\"", "`check.tags` is no list", "tags = [\"must\""),
            ("[check]\nreport = [\"pdf=a\"]", "`check.report` cannot be used", "junit="),
            ("[check]\nstate = \"${NO}\"", "`check.state` needs the variable `NO`", "Set NO"),
        ] {
            let error = read(text).expect_err(text);
            assert!(error.what.contains(what), "{text}: {error}");
            assert!(error.help.contains(help), "{text}: {}", error.help);
            assert_eq!(error.line, text.lines().count(), "{text}: {error}");
        }
    }
}
