//! The embedded Gherkin features, read as cases.

use gherkin::{Feature, GherkinEnv, Scenario};
use include_dir::{Dir, File, include_dir};
use provkassa_simulators::kit::provider::Ground;

use super::case::{Case, Level};
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

/// Every case of the embedded features, in the order of the files.
pub fn cases() -> Result<Vec<Case>, FeatureError> {
    let mut files = files_below(&FEATURES);
    files.sort_by_key(|file| file.path().to_path_buf());
    let mut cases = Vec::new();
    for file in files {
        let name = file.path().display().to_string();
        cases.extend(read(&name, file.contents_utf8().unwrap_or_default())?);
    }
    let mut seen = std::collections::BTreeSet::new();
    for case in &cases {
        if !seen.insert(&case.id) {
            return Err(FeatureError {
                file: "features".to_owned(),
                place: case.id.clone(),
                what: "two scenarios have this id; a known-failures list could not tell them apart"
                    .to_owned(),
            });
        }
    }
    Ok(cases)
}

fn files_below<'a>(folder: &'a Dir<'a>) -> Vec<&'a File<'a>> {
    folder.files().chain(folder.dirs().flat_map(files_below)).collect()
}

/// The cases of one feature's text.
pub(super) fn read(file: &str, text: &str) -> Result<Vec<Case>, FeatureError> {
    let feature = Feature::parse(text, GherkinEnv::default()).map_err(|error| FeatureError {
        file: file.to_owned(),
        place: "the whole file".to_owned(),
        what: format!("it is not Gherkin: {error}"),
    })?;
    let in_rules = feature.rules.iter().flat_map(|rule| &rule.scenarios);
    feature.scenarios.iter().chain(in_rules).map(|scenario| case(file, scenario)).collect()
}

fn case(file: &str, scenario: &Scenario) -> Result<Case, FeatureError> {
    let wrong = |what: String| FeatureError { file: file.to_owned(), place: scenario.name.clone(), what };
    let tag = |wanted: &str| scenario.tags.iter().any(|tag| tag == wanted);
    let id = scenario.tags.iter().find_map(|tag| tag.strip_prefix("id:"));
    let id = id.ok_or_else(|| wrong("it has no id: add the tag @id:provider/area/name".to_owned()))?;
    let level = match (tag("must"), tag("should")) {
        (true, false) => Level::Must,
        (false, true) => Level::Should,
        _ => return Err(wrong("it needs one of the tags @must and @should".to_owned())),
    };
    let provenance = match (tag("documented"), tag("observed"), tag("assumed")) {
        (true, false, false) => Ground::Documented,
        (false, true, false) => Ground::Observed,
        (false, false, true) => Ground::Assumed,
        _ => return Err(wrong("it needs one of the tags @documented, @observed and @assumed".to_owned())),
    };
    if provenance == Ground::Assumed && level == Level::Must {
        return Err(wrong("an assumed rule can only be a SHOULD".to_owned()));
    }
    let source = scenario.description.as_deref().unwrap_or_default().trim();
    let source = source.strip_prefix("Source:").ok_or_else(|| {
        wrong("it does not say where its rule is written: begin its description with Source:".to_owned())
    })?;
    let mut trial = Trial::new(id.split('/').next().unwrap_or_default());
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
    Ok(Case {
        id: id.to_owned(),
        level,
        requirement: scenario.name.clone(),
        provenance,
        source: source.split_whitespace().collect::<Vec<_>>().join(" "),
        about: scenario
            .tags
            .iter()
            .filter_map(|tag| tag.strip_prefix("about:"))
            .map(ToOwned::to_owned)
            .collect(),
        whole: tag("whole"),
        operation,
        vectors,
        generated,
        expectation,
    })
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
