//! TOML that people write by hand: keys that are known, values of their kind, errors that say the line.

use std::time::Duration;

use jiff::civil::Date;
use provkassa_simulators::kit::problem::nearest;
use toml::Spanned;
use toml::de::{DeFloat, DeInteger, DeTable, DeValue};

/// What is wrong in a file, on which line, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct Miswritten {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub help: String,
}

/// A table of the file.
#[derive(Clone, Debug)]
pub(crate) struct Section<'t> {
    text: &'t str,
    /// What its keys are called in messages: nothing at the top, else `check.`.
    prefix: String,
    table: &'t DeTable<'t>,
    /// Where it begins.
    at: usize,
}

/// Where a table of the file stands.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    line: usize,
    /// The line of each key.
    keys: Vec<(String, usize)>,
}

impl Place {
    /// What is wrong with the table, on the line of the key that the words name first, if they name one: `key`.
    pub(crate) fn refused(&self, what: &str, help: impl Into<String>) -> Miswritten {
        let named = self.keys.iter().filter_map(|(key, line)| Some((what.find(&format!("`{key}`"))?, *line)));
        let line = named.min().map_or(self.line, |(_, line)| line);
        Miswritten { line, what: what.to_owned(), help: help.into() }
    }
}

/// Reads TOML; `help` is for what is none, given the heading that it stands below: `shop.quickpay`, or nothing.
pub(crate) fn parse(
    text: &str,
    help: impl FnOnce(&str) -> String,
) -> Result<Spanned<DeTable<'_>>, Miswritten> {
    DeTable::parse(text).map_err(|error| {
        let line = line_of(text, error.span().map_or(0, |span| span.start));
        let above: Vec<&str> = text.lines().take(line).map(str::trim).collect();
        let heading = above.into_iter().rev().find(|line| line.starts_with('[')).unwrap_or_default();
        let heading = heading.trim_start_matches('[').split(']').next().unwrap_or_default().trim();
        Miswritten { line, what: error.message().to_owned(), help: help(heading) }
    })
}

impl<'t> Section<'t> {
    /// The whole file.
    pub(crate) fn whole(text: &'t str, parsed: &'t Spanned<DeTable<'t>>) -> Self {
        Self { text, prefix: String::new(), table: parsed.get_ref(), at: 0 }
    }

    /// Refuses every other key than these.
    pub(crate) fn knows(&self, keys: &[&str]) -> Result<(), Miswritten> {
        let Some(unknown) = self.table.keys().find(|key| !keys.contains(&key.get_ref().as_ref())) else {
            return Ok(());
        };
        let prefix = &self.prefix;
        let name = unknown.get_ref();
        let help = nearest(name, keys.iter().copied()).map_or_else(
            || format!("This version knows: {prefix}{}.", keys.join(&format!(", {prefix}"))),
            |near| format!("Did you mean `{prefix}{near}`?"),
        );
        Err(self.at(unknown.span().start, format!("there is no key `{prefix}{name}`"), help))
    }

    /// The value of a key as `read` takes it, which returns nothing for a value of another kind: then `wrong` says
    /// what it is not, and `example` what to write instead.
    pub(crate) fn read<T>(
        &self,
        key: &str,
        wrong: &str,
        example: &str,
        read: impl FnOnce(&'t DeValue<'t>) -> Option<T>,
    ) -> Result<Option<T>, Miswritten> {
        let Some((_, value)) = self.entry(key) else { return Ok(None) };
        let refused = || self.wrong(key, wrong, format!("Write {example}."));
        read(value.get_ref()).map(Some).ok_or_else(refused)
    }

    /// A text.
    pub(crate) fn text(&self, key: &str, example: &str) -> Result<Option<&'t str>, Miswritten> {
        self.read(key, "is no text in quotes", example, DeValue::as_str)
    }

    /// A list of texts.
    pub(crate) fn texts(&self, key: &str, example: &str) -> Result<Option<Vec<&'t str>>, Miswritten> {
        self.read(key, "is no list of texts", example, |value| {
            value.as_array()?.iter().map(|text| text.get_ref().as_str()).collect()
        })
    }

    /// Yes or no.
    pub(crate) fn switch(&self, key: &str) -> Result<Option<bool>, Miswritten> {
        self.read(key, "is neither true nor false", &format!("{key} = true"), DeValue::as_bool)
    }

    /// A whole number.
    pub(crate) fn number(&self, key: &str, example: &str) -> Result<Option<u64>, Miswritten> {
        self.read(key, "is no whole number from 0", example, whole)
    }

    /// How long something may take, in seconds; more than 0.
    pub(crate) fn seconds(&self, key: &str, example: &str) -> Result<Option<Duration>, Miswritten> {
        self.read(key, "is no number of seconds above 0", example, |value| {
            let number = value.as_integer().map(DeInteger::as_str);
            seconds(number.or_else(|| value.as_float().map(DeFloat::as_str))?).ok()
        })
    }

    /// A day.
    pub(crate) fn date(&self, key: &str, example: &str) -> Result<Option<Date>, Miswritten> {
        self.read(key, "is no date without quotes", example, |value| {
            let moment = value.as_datetime()?;
            let day = moment.date.filter(|_| moment.time.is_none())?;
            let (year, month) = (i16::try_from(day.year).ok()?, i8::try_from(day.month).ok()?);
            Date::new(year, month, i8::try_from(day.day).ok()?).ok()
        })
    }

    /// The table below a key, which has a heading of its own.
    pub(crate) fn section(&self, key: &str) -> Result<Option<Self>, Miswritten> {
        self.table(key, |_| format!("Write [{}{key}] on a line of its own, and its keys below.", self.prefix))
    }

    /// The table below a key, which is mostly written on one line. `example` makes one out of the text that stands
    /// there in its place, or of an empty one where there is no text.
    pub(crate) fn braces(
        &self,
        key: &str,
        example: impl FnOnce(&str) -> String,
    ) -> Result<Option<Self>, Miswritten> {
        let given = |value: &'t DeValue<'t>| value.as_str().unwrap_or_default();
        self.table(key, |value| format!("Write {key} = {{ {} }}.", example(given(value))))
    }

    fn table(
        &self,
        key: &str,
        help: impl FnOnce(&'t DeValue<'t>) -> String,
    ) -> Result<Option<Self>, Miswritten> {
        let Some((_, value)) = self.entry(key) else { return Ok(None) };
        let wrong = || self.wrong(key, "is no table", help(value.get_ref()));
        value.get_ref().as_table().map(|table| Some(self.below(key, table, value))).ok_or_else(wrong)
    }

    /// The names of its keys, in the order of the alphabet.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.table.keys().map(|key| key.get_ref().as_ref())
    }

    /// Whatever stands at a key, as JSON; a date is a text there.
    pub(crate) fn json(&self, key: &str) -> Option<serde_json::Value> {
        self.entry(key).map(|(_, value)| as_json(value.get_ref()))
    }

    /// Everything below it as JSON, with variables in the place of `${NAME}`.
    pub(crate) fn fields(&self, variables: Variables<'_>) -> Result<serde_json::Value, Miswritten> {
        let field = |key: &str| {
            let value = expand_all(self, key, self.json(key).unwrap_or_default(), variables)?;
            Ok((key.to_owned(), value))
        };
        self.keys().map(field).collect::<Result<_, _>>().map(serde_json::Value::Object)
    }

    /// Where it stands, for what is found wrong with it later.
    pub(crate) fn place(&self) -> Place {
        let line = |at| line_of(self.text, at);
        let keys = self.table.keys().map(|key| (key.get_ref().to_string(), line(key.span().start)));
        Place { line: line(self.at), keys: keys.collect() }
    }

    /// The tables below a key: `[[key]]`.
    pub(crate) fn sections(&self, key: &str) -> Result<Vec<Self>, Miswritten> {
        let Some((_, value)) = self.entry(key) else { return Ok(Vec::new()) };
        let wrong =
            || self.wrong(key, "is no list of tables", format!("Write [[{key}]] above each of them."));
        let tables = value.get_ref().as_array().ok_or_else(wrong)?.iter();
        let below =
            |table: &'t Spanned<DeValue<'t>>| Some(self.below(key, table.get_ref().as_table()?, table));
        tables.map(below).collect::<Option<_>>().ok_or_else(wrong)
    }

    /// What is wrong with the value of a key.
    pub(crate) fn wrong(&self, key: &str, what: &str, help: impl Into<String>) -> Miswritten {
        let at = self.entry(key).map_or(self.at, |(at, _)| at);
        self.at(at, format!("`{}{key}` {what}", self.prefix), help.into())
    }

    fn at(&self, at: usize, what: String, help: String) -> Miswritten {
        Miswritten { line: line_of(self.text, at), what, help }
    }

    fn below(&self, key: &str, table: &'t DeTable<'t>, value: &Spanned<DeValue<'t>>) -> Self {
        Self { text: self.text, prefix: format!("{}{key}.", self.prefix), table, at: value.span().start }
    }

    /// Where a key stands, and its value.
    fn entry(&self, key: &str) -> Option<(usize, &'t Spanned<DeValue<'t>>)> {
        let found = self.table.iter().find(|(name, _)| name.get_ref().as_ref() == key);
        found.map(|(name, value)| (name.span().start, value))
    }
}

/// What a file may use of the environment. None: it came from elsewhere, and gets nothing of this machine's.
pub(crate) type Variables<'a> = Option<&'a dyn Fn(&str) -> Option<String>>;

/// Puts variables in the place of `${NAME}` in the text of a key.
pub(crate) fn expand(
    section: &Section<'_>,
    key: &str,
    text: &str,
    variables: Variables<'_>,
) -> Result<String, Miswritten> {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, behind)) = after.split_once('}') else {
            return Err(section.wrong(key, &format!("has a ${{ without its }}: `{text}`"), "Write ${NAME}."));
        };
        let variable = variables.ok_or_else(|| {
            section.wrong(
                key,
                &format!("has the variable `{name}` in it, and gets none of this machine's"),
                "Write the value itself.",
            )
        })?;
        let value = variable(name).ok_or_else(|| {
            section.wrong(
                key,
                &format!("needs the variable `{name}`, which is not set"),
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

/// The same in every text of a value.
fn expand_all(
    section: &Section<'_>,
    key: &str,
    value: serde_json::Value,
    variables: Variables<'_>,
) -> Result<serde_json::Value, Miswritten> {
    use serde_json::Value;
    Ok(match value {
        Value::String(text) => Value::String(expand(section, key, &text, variables)?),
        Value::Array(items) => {
            let items = items.into_iter().map(|item| expand_all(section, key, item, variables));
            Value::Array(items.collect::<Result<_, _>>()?)
        }
        Value::Object(fields) => {
            let fields = fields.into_iter();
            let fields = fields.map(|(name, value)| Ok((name, expand_all(section, key, value, variables)?)));
            Value::Object(fields.collect::<Result<_, _>>()?)
        }
        other => other,
    })
}

/// A whole number from 0.
pub(crate) fn whole(value: &DeValue<'_>) -> Option<u64> {
    value.as_integer().and_then(|number| u64::from_str_radix(number.as_str(), number.radix()).ok())
}

/// How long something may take, as a person writes it: seconds, whole or not, and more than 0.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().ok().filter(|seconds| *seconds > 0.0 && *seconds < 1e6);
    seconds.map(Duration::from_secs_f64).ok_or_else(|| "give seconds, more than 0".to_owned())
}

fn as_json(value: &DeValue<'_>) -> serde_json::Value {
    match value {
        DeValue::Array(items) => items.iter().map(|item| as_json(item.get_ref())).collect(),
        DeValue::Boolean(flag) => (*flag).into(),
        DeValue::Datetime(moment) => moment.to_string().into(),
        DeValue::Float(number) => number.as_str().parse::<f64>().map_or(serde_json::Value::Null, Into::into),
        DeValue::Integer(number) => {
            let whole = i64::from_str_radix(number.as_str(), number.radix());
            whole.map_or_else(|_| number.as_str().into(), Into::into)
        }
        DeValue::String(text) => text.as_ref().into(),
        DeValue::Table(table) => {
            let fields = table.iter();
            let fields = fields.map(|(name, value)| (name.get_ref().to_string(), as_json(value.get_ref())));
            serde_json::Value::Object(fields.collect())
        }
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}
