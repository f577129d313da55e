//! A workspace's settings: the rules, and each provider's open questions as named switches.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::address::{is_email, is_web_address};
use super::problem::{Problem, nearest};
use super::provider::{Provenance, Provider};

/// What counts where a document shows something that the live service refuses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Rules {
    /// What a document shows succeeds, with a loud warning.
    #[default]
    Documented,
    /// What the live service refuses is refused.
    Live,
}

impl Rules {
    /// As they are set.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Live => "live",
        }
    }
}

/// One switch: an open question of a provider's documents, with our default.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// `brp.zero_order`.
    pub name: &'static str,
    /// The default's text.
    pub default: &'static str,
    /// Which texts are taken.
    pub allowed: Allowed,
    /// What it decides.
    pub meaning: &'static str,
    /// Where the default comes from.
    pub provenance: Provenance,
}

impl Setting {
    /// A switch with its default, what it takes, what it decides, and where the default comes from.
    #[must_use]
    pub const fn new(
        name: &'static str,
        default: &'static str,
        allowed: Allowed,
        meaning: &'static str,
        provenance: Provenance,
    ) -> Self {
        Self { name, default, allowed, meaning, provenance }
    }
}

/// What is on or off.
pub const ON_OFF: Allowed = Allowed::Words(&["off", "on"]);

/// Which values a setting takes.
#[derive(Clone, Copy, Debug)]
pub enum Allowed {
    /// An e-mail address, or nothing.
    Email,
    /// A whole number that is not negative.
    Number,
    /// A path: it begins with a slash, and has no query.
    Path,
    /// An absolute http or https URL, or nothing.
    Url,
    /// One of these words.
    Words(&'static [&'static str]),
}

/// The values of one workspace.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Settings {
    /// Which rules hold.
    pub rules: Rules,
    /// Every setting by name, those at their default too.
    pub values: BTreeMap<&'static str, String>,
    #[serde(skip)]
    known: BTreeMap<&'static str, Setting>,
}

impl Settings {
    /// The defaults of these providers.
    #[must_use]
    pub fn new(providers: &[&'static dyn Provider]) -> Self {
        let known: BTreeMap<_, _> = providers
            .iter()
            .flat_map(|provider| provider.info().settings)
            .map(|setting| (setting.name, *setting))
            .collect();
        Self {
            rules: Rules::default(),
            values: known.values().map(|s| (s.name, s.default.to_owned())).collect(),
            known,
        }
    }

    /// The value of a setting; empty for one that does not exist.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// Whether a switch is `on`.
    #[must_use]
    pub fn on(&self, name: &str) -> bool {
        self.get(name) == "on"
    }

    /// The number that a setting holds.
    #[must_use]
    pub fn number(&self, name: &str) -> i64 {
        self.get(name).parse().unwrap_or(0)
    }

    /// Changes settings by name, all or none.
    pub fn change(&mut self, changes: &BTreeMap<String, String>) -> Result<(), Problem> {
        let mut next = self.clone();
        for (name, value) in changes {
            next.change_one(name, value)?;
        }
        *self = next;
        Ok(())
    }

    fn change_one(&mut self, name: &str, value: &str) -> Result<(), Problem> {
        if name == "rules" {
            self.rules = match value {
                "documented" => Rules::Documented,
                "live" => Rules::Live,
                _ => return Err(refused(name, value, "documented, live")),
            };
            return Ok(());
        }
        let Some(setting) = self.known.get(name) else {
            let near = nearest(name, self.known.keys().copied().chain(["rules"]));
            return Err(Problem::bad_request(
                "unknown_setting",
                format!("there is no setting `{name}`"),
                near.map_or_else(
                    || format!("The settings are: rules, {}.", self.names()),
                    |near| format!("Did you mean `{near}`?"),
                ),
            ));
        };
        let (ok, allowed) = match setting.allowed {
            Allowed::Email => {
                (value.is_empty() || is_email(value), "an e-mail address, or nothing".to_owned())
            }
            Allowed::Number => {
                (value.parse::<i64>().is_ok_and(|number| number >= 0), "a whole number, 0 or more".to_owned())
            }
            Allowed::Path => (
                value.starts_with('/') && !value.contains(['?', '#', ' ']),
                "a path that begins with a slash".to_owned(),
            ),
            Allowed::Url => (
                value.is_empty() || is_web_address(value),
                "an absolute http or https URL, or nothing".to_owned(),
            ),
            Allowed::Words(words) => (words.contains(&value), words.join(", ")),
        };
        if !ok {
            return Err(refused(name, value, &allowed));
        }
        self.values.insert(setting.name, value.to_owned());
        Ok(())
    }

    fn names(&self) -> String {
        self.known.keys().copied().collect::<Vec<_>>().join(", ")
    }
}

fn refused(name: &str, value: &str, allowed: &str) -> Problem {
    Problem::bad_request(
        "refused_setting",
        format!("`{name}` cannot be `{value}`"),
        format!("It takes: {allowed}."),
    )
}
