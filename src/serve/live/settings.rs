//! A provider's switches as they stand in a workspace, each with what it takes.

use provkassa_simulators::kit::mask::Masker;
use provkassa_simulators::kit::provider::Provider;
use provkassa_simulators::kit::settings::{Allowed, Rules, Settings};

use super::prose::Prose;
use super::timeline::Choice;

/// A setting that a form can change.
#[derive(Debug)]
pub(super) struct Switch {
    pub(super) name: &'static str,
    pub(super) meaning: Prose,
    pub(super) value: String,
    /// Something in the value must not be shown, so the form would write back what stands there instead.
    pub(super) is_masked: bool,
    /// The default, where the value is another one.
    pub(super) default: Option<&'static str>,
    /// The words that it takes; empty where it takes a text.
    pub(super) choices: Vec<Choice>,
    /// What kind of text it takes, as browsers name it.
    pub(super) kind: &'static str,
    pub(super) ground: String,
    pub(super) source: &'static str,
}

/// The settings of a provider.
pub(super) fn switches(provider: &dyn Provider, settings: &Settings, masker: &Masker) -> Vec<Switch> {
    let switches = provider.info().settings.iter().map(|setting| {
        let value = settings.get(setting.name);
        let (kind, words): (_, &[&str]) = match setting.allowed {
            Allowed::Words(words) => ("text", words),
            Allowed::Email => ("email", &[]),
            Allowed::Number => ("number", &[]),
            Allowed::Path => ("text", &[]),
            Allowed::Url => ("url", &[]),
        };
        let shown = masker.text(value);
        Switch {
            name: setting.name,
            meaning: setting.meaning.into(),
            is_masked: shown != value,
            value: shown,
            default: (value != setting.default).then_some(setting.default),
            choices: words.iter().map(|word| Choice::new(*word, *word, value)).collect(),
            kind,
            ground: setting.provenance.ground.to_string(),
            source: setting.provenance.source,
        }
    });
    switches.collect()
}

/// The rules that a workspace can go by.
pub(super) fn rules(settings: &Settings) -> Vec<Choice> {
    let chosen = match settings.rules {
        Rules::Documented => "documented",
        Rules::Live => "live",
    };
    vec![
        Choice::new("documented", "as documented: what a document shows passes, with a warning", chosen),
        Choice::new("live", "as live: what the real service refuses is refused", chosen),
    ]
}
