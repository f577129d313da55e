//! The embedded Gherkin features, read as cases.

use gherkin::{Feature, GherkinEnv, Scenario};
use include_dir::{Dir, include_dir};
use provkassa_simulators::kit::provider::Ground;

use super::case::{Case, Level, Property, Rule};
use super::steps::{self, Trial};

static FEATURES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/features");

/// What is wrong with a feature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}, {place}: {what}")]
pub struct FeatureError {
    /// The feature's file.
    pub file: String,
    /// The scenario or the line.
    pub place: String,
    /// What is wrong, and what to do.
    pub what: String,
}

/// Every case of the embedded features: first what an adapter is asked, then what is tried on a running shop.
pub fn cases() -> Result<Vec<Case>, FeatureError> {
    let properties = properties()?.into_iter().map(Case::Property);
    #[cfg(feature = "cli")]
    let properties = properties.chain(crate::scenario::scenarios()?.into_iter().map(Case::Scenario));
    let cases: Vec<Case> = properties.collect();
    let mut seen = std::collections::BTreeSet::new();
    match cases.iter().find(|case| !seen.insert(&case.id)) {
        None => Ok(cases),
        Some(twice) => Err(FeatureError {
            file: "features".to_owned(),
            place: twice.id.clone(),
            what: "two scenarios have this id; a known-failures list could not tell them apart".to_owned(),
        }),
    }
}

/// Every case that needs an adapter, in the order of the files.
pub fn properties() -> Result<Vec<Property>, FeatureError> {
    let mut cases = Vec::new();
    for (name, text) in embedded() {
        cases.extend(read(&name, text)?);
    }
    Ok(cases)
}

/// Every embedded feature, of either kind: its path below `features` and its text, in the order of the paths.
pub(crate) fn embedded() -> Vec<(String, &'static str)> {
    let mut files = files_below(&FEATURES);
    files.sort();
    files
}

fn files_below(folder: &'static Dir<'static>) -> Vec<(String, &'static str)> {
    let own =
        folder.files().filter_map(|file| Some((file.path().display().to_string(), file.contents_utf8()?)));
    own.chain(folder.dirs().flat_map(files_below)).collect()
}

/// Whether a feature is tried on a running shop: it has the tag `@scenario`.
pub(crate) fn is_of_a_shop(feature: &Feature) -> bool {
    feature.tags.iter().any(|tag| tag == "scenario")
}

/// The cases of one feature's text.
pub(super) fn read(file: &str, text: &str) -> Result<Vec<Property>, FeatureError> {
    let feature = Feature::parse(text, GherkinEnv::default()).map_err(|error| FeatureError {
        file: file.to_owned(),
        place: "the whole file".to_owned(),
        what: format!("it is not Gherkin: {error}"),
    })?;
    // What is tried on a running shop has steps of its own.
    if is_of_a_shop(&feature) {
        return Ok(Vec::new());
    }
    let in_rules = feature.rules.iter().flat_map(|rule| &rule.scenarios);
    feature.scenarios.iter().chain(in_rules).map(|scenario| case(file, scenario)).collect()
}

fn case(file: &str, scenario: &Scenario) -> Result<Property, FeatureError> {
    let wrong = |what: String| FeatureError { file: file.to_owned(), place: scenario.name.clone(), what };
    let source = scenario.description.as_deref().unwrap_or_default().trim();
    let source = source.strip_prefix("Source:").ok_or_else(|| {
        wrong("it does not say where its rule is written: begin its description with Source:".to_owned())
    })?;
    let rule = Rule::of(&scenario.tags, &scenario.name, source).map_err(&wrong)?;
    let mut trial = Trial::new(rule.id.split('/').next().unwrap_or_default());
    for step in &scenario.steps {
        steps::apply(&mut trial, &step.value).map_err(&wrong)?;
    }
    let Trial { operation: Some(operation), vectors, generated, expectation: Some(expectation), .. } = trial
    else {
        return Err(wrong("it needs a When that names what the shop does, and a Then".to_owned()));
    };
    if vectors.is_empty() && generated.is_empty() {
        return Err(wrong("it tries nothing: it needs a Given".to_owned()));
    }
    Ok(Property {
        rule,
        about: scenario
            .tags
            .iter()
            .filter_map(|tag| tag.strip_prefix("about:"))
            .map(ToOwned::to_owned)
            .collect(),
        whole: scenario.tags.iter().any(|tag| tag == "whole"),
        operation,
        vectors,
        generated,
        expectation,
    })
}

impl Rule {
    /// The rule of a scenario with these tags; what is wrong with them if it has none.
    pub(crate) fn of(tags: &[String], requirement: &str, source: &str) -> Result<Self, String> {
        let tag = |wanted: &str| tags.iter().any(|tag| tag == wanted);
        let id = tags.iter().find_map(|tag| tag.strip_prefix("id:"));
        let id = id.ok_or("it has no id: add the tag @id:provider/area/name")?;
        let level = match (tag("must"), tag("should")) {
            (true, false) => Level::Must,
            (false, true) => Level::Should,
            _ => return Err("it needs one of the tags @must and @should".to_owned()),
        };
        let provenance = match (tag("documented"), tag("observed"), tag("assumed")) {
            (true, false, false) => Ground::Documented,
            (false, true, false) => Ground::Observed,
            (false, false, true) => Ground::Assumed,
            _ => return Err("it needs one of the tags @documented, @observed and @assumed".to_owned()),
        };
        if provenance == Ground::Assumed && level == Level::Must {
            return Err("an assumed rule can only be a SHOULD".to_owned());
        }
        Ok(Self {
            id: id.to_owned(),
            level,
            requirement: requirement.to_owned(),
            provenance,
            source: source.split_whitespace().collect::<Vec<_>>().join(" "),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "Feature: f\n  @id:brp/hash/x @must @documented\n  Scenario: A call MUST be hashed\n    Source: here\n    Given any calls\n    When the shop hashes the parameters of a call\n    Then every answer is right\n";

    #[test]
    fn a_scenario_becomes_a_case() {
        let cases = read("x.feature", GOOD).expect("a case");
        assert_eq!(cases[0].id, "brp/hash/x");
        assert_eq!(cases[0].source, "here");
        assert_eq!(cases[0].operation.id(), "brp.hash");
    }

    #[test]
    fn a_faulty_scenario_is_refused_with_what_to_do() {
        for (spoil, with, says) in [
            ("@id:brp/hash/x ", "", "@id:"),
            ("@must", "", "@must and @should"),
            ("@documented", "@assumed", "only be a SHOULD"),
            ("    Source: here\n", "", "where its rule is written"),
            ("Given any calls", "Given all calls", "Did you mean"),
            ("Then every answer is right\n", "", "needs a When"),
            ("    Given any calls\n", "", "tries nothing"),
            ("hashes the parameters", "forgets the parameters", "Did you mean"),
        ] {
            let text = GOOD.replace(spoil, with);
            let error = read("x.feature", &text).expect_err(spoil).to_string();
            assert!(error.contains(says), "{spoil}: {error}");
        }
    }

    #[test]
    fn the_embedded_features_are_sound() {
        let cases = cases().expect("sound");
        assert!(cases.len() >= 15);
        for case in cases {
            assert!(case.requirement.contains(&case.level.to_string()), "{}", case.id);
        }
    }
}
