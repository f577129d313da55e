//! Reads the features that are tried on a running shop: those with the tag `@scenario`.

use std::ops::Deref;
use std::path::Path;

use gherkin::{Feature, GherkinEnv, Scenario as Written, Step as Line, StepType};
use provkassa_simulators::kit::problem::nearest;
use provkassa_simulators::kit::provider::Provider;

use super::lack;
use super::rooms;
use super::steps::{self, Taken};
use crate::conformance::{FeatureError, Rule, embedded, is_of_a_shop};

/// The tag of what is tried by itself.
const ALONE: &str = "alone";

/// One requirement of a running shop, and how it is tried.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What is demanded.
    pub rule: Rule,
    /// Its provider.
    pub provider: &'static dyn Provider,
    /// Why it matters.
    pub why: String,
    /// How to put it right.
    pub remedy: String,
    /// What the shop must have for it, as keys of the configuration: `actions.refund`, `status.credited`.
    pub needs: Vec<String>,
    /// Whether it is about the way to the provider: it fails where no payer gets there, and others are not run then.
    pub way: bool,
    /// Whether it is tried when nothing else is: it changes what all share, the sandbox's clock above all.
    pub alone: bool,
    pub(super) steps: Vec<Taken>,
}

impl Scenario {
    /// Whether it is tried with orders of all kinds.
    #[must_use]
    pub fn draws(&self) -> bool {
        self.steps.iter().any(Taken::draws)
    }
}

impl Deref for Scenario {
    type Target = Rule;

    fn deref(&self) -> &Rule {
        &self.rule
    }
}

/// Every scenario of the embedded features, in the order of the files.
pub fn scenarios() -> Result<Vec<Scenario>, FeatureError> {
    let read = |(name, text): (String, &str)| {
        let feature = parse(&name, text)?;
        // The others are tried on signing code.
        if is_of_a_shop(&feature) { read(&name, &feature) } else { Ok(Vec::new()) }
    };
    unique(embedded().into_iter().map(read))
}

/// Every scenario below a folder of the user's own.
pub fn scenarios_in(folder: &Path) -> Result<Vec<Scenario>, FeatureError> {
    let mut files = Vec::new();
    let unreadable = |path: &Path, error: std::io::Error| {
        wrong_file(&path.display().to_string(), format!("it cannot be read: {error}"))
    };
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(|error| unreadable(&folder, error))? {
            let path = entry.map_err(|error| unreadable(&folder, error))?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "feature") {
                let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
                files.push((path.display().to_string(), text));
            }
        }
    }
    files.sort();
    unique(files.iter().map(|(name, text)| read(name, &parse(name, text)?)))
}

fn unique(
    files: impl Iterator<Item = Result<Vec<Scenario>, FeatureError>>,
) -> Result<Vec<Scenario>, FeatureError> {
    let mut all: Vec<Scenario> = Vec::new();
    for scenarios in files {
        for scenario in scenarios? {
            if all.iter().any(|known| known.id == scenario.id) {
                let what = "two scenarios have this id; a known-failures list could not tell them apart";
                return Err(wrong_file(&scenario.id, what.to_owned()));
            }
            all.push(scenario);
        }
    }
    Ok(all)
}

fn wrong_file(file: &str, what: String) -> FeatureError {
    FeatureError { file: file.to_owned(), place: "the whole file".to_owned(), what }
}

fn parse(file: &str, text: &str) -> Result<Feature, FeatureError> {
    let parsed = Feature::parse(text, GherkinEnv::default());
    parsed.map_err(|error| wrong_file(file, no_gherkin(text, &error.to_string())))
}

/// The scenarios of one feature.
fn read(file: &str, feature: &Feature) -> Result<Vec<Scenario>, FeatureError> {
    let background = feature.background.as_ref().map_or(&[][..], |background| &background.steps);
    let in_rules = feature.rules.iter().flat_map(|rule| &rule.scenarios);
    let mut scenarios = Vec::new();
    for written in feature.scenarios.iter().chain(in_rules) {
        for row in rows(written) {
            scenarios.push(scenario(file, written, background, &row)?);
        }
    }
    Ok(scenarios)
}

/// A row of an outline's examples: what `<name>` stands for.
type Row = Vec<(String, String)>;

/// The rows of an outline; one empty row for a scenario that is none.
fn rows(written: &Written) -> Vec<Row> {
    let tables = written.examples.iter().filter_map(|examples| examples.table.as_ref());
    let rows: Vec<Row> = tables
        .flat_map(|table| {
            let (head, body) =
                table.rows.split_first().map_or((&[][..], &[][..]), |(head, body)| (head.as_slice(), body));
            body.iter()
                .map(|row| head.iter().cloned().zip(row.iter().cloned()).collect())
                .collect::<Vec<Row>>()
        })
        .collect();
    if rows.is_empty() { vec![Row::new()] } else { rows }
}

fn fill(text: &str, row: &Row) -> String {
    row.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("<{name}>"), value))
}

fn scenario(file: &str, written: &Written, background: &[Line], row: &Row) -> Result<Scenario, FeatureError> {
    let name = fill(&written.name, row);
    let wrong = |what: String| FeatureError { file: file.to_owned(), place: name.clone(), what };
    let tags: Vec<String> = written.tags.iter().map(|tag| fill(tag, row)).collect();
    let description = fill(written.description.as_deref().unwrap_or_default(), row);
    let lacking = lacking_parts(&tags, &description);
    if !lacking.is_empty() {
        let what = lacking.join(", ");
        return Err(wrong(format!("it lacks {what}; `provkassa steps` begins with a whole scenario")));
    }
    let part = |heading: &str| part(&description, heading).unwrap_or_default();
    let rule = Rule::of(&tags, &name, &part("Source:")).map_err(&wrong)?;
    let id = &rule.id;
    let provider = provkassa_simulators::provider(id.split('/').next().unwrap_or_default());
    let provider = provider
        .filter(|provider| rooms::of(provider.info().id).is_some())
        .ok_or_else(|| wrong(format!("`{id}` begins with no provider that has scenarios")))?;
    let mut taken = Vec::new();
    for line in background.iter().chain(&written.steps) {
        taken.push(steps::find(&fill(&line.value, row)).map_err(&wrong)?);
    }
    if taken.is_empty() {
        return Err(wrong("it has no steps".to_owned()));
    }
    if let Some(what) = steps::nonsense(&taken) {
        return Err(wrong(what));
    }
    // Without one it would pass whatever the shop does.
    if !background.iter().chain(&written.steps).any(|line| line.ty == StepType::Then) {
        return Err(wrong("it judges nothing: write a `Then`".to_owned()));
    }
    let needs: Vec<String> =
        tags.iter().filter_map(|tag| tag.strip_prefix("needs:")).map(ToOwned::to_owned).collect();
    let known = lack::needs();
    if let Some(need) = needs.iter().find(|need| !known.contains(need)) {
        let near = nearest(need, known.iter().map(String::as_str));
        let help = near.map_or_else(
            || format!("It is one of {}.", known.join(", ")),
            |near| format!("Did you mean `@needs:{near}`?"),
        );
        return Err(wrong(format!("`@needs:{need}` is nothing that a shop can have. {help}")));
    }
    let alone = tags.iter().any(|tag| tag == ALONE);
    if let Some(step) = taken.iter().find_map(Taken::needs_to_be_alone).filter(|_| !alone) {
        return Err(wrong(format!("`{step}` changes what all scenarios share: give it the tag @{ALONE}")));
    }
    Ok(Scenario {
        rule,
        provider,
        why: part("Why:"),
        remedy: part("Remedy:"),
        alone,
        needs,
        way: tags.iter().any(|tag| tag == "way"),
        steps: taken,
    })
}

/// Every part that a scenario must have and this one has not: of its tags, and of its description.
fn lacking_parts(tags: &[String], description: &str) -> Vec<String> {
    let has = |wanted: &[&str]| tags.iter().any(|tag| wanted.iter().any(|word| tag == word));
    let is_named = tags.iter().any(|tag| tag.starts_with("id:"));
    let mut lacking = Vec::new();
    if !is_named {
        lacking.push("the tag @id:provider/area/name".to_owned());
    }
    if !has(&["must", "should"]) {
        lacking.push("one of the tags @must and @should".to_owned());
    }
    if !has(&["documented", "observed", "assumed"]) {
        lacking.push("one of the tags @documented, @observed and @assumed".to_owned());
    }
    for (heading, says) in PARTS {
        if part(description, heading).is_none() {
            lacking.push(format!("`{heading}` below its name ({says})"));
        }
    }
    lacking
}

/// What a description has, and what each part says.
const PARTS: [(&str, &str); 3] = [
    ("Source:", "where its rule is written"),
    ("Why:", "why it matters"),
    ("Remedy:", "how to put it right"),
];

/// What is wrong with a text that is no Gherkin: the parser tells the place, and nothing that helps.
fn no_gherkin(text: &str, error: &str) -> String {
    let place = error.strip_prefix("Error at ").and_then(|rest| rest.split(':').next());
    let number = place.and_then(|line| line.parse::<usize>().ok()).unwrap_or(1);
    let is_written = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with(['#', '@']);
    let begins = text.lines().find(is_written).is_some_and(|line| line.trim().starts_with("Feature:"));
    if !begins {
        return "it is not Gherkin: it begins with `Feature:` and a name, and this one does not".to_owned();
    }
    // It stops behind what it cannot read, where nothing may stand any more.
    let read = text.lines().enumerate().take(number).filter(|(_, line)| !line.trim().is_empty());
    let (number, line) = read.last().map_or((number, ""), |(place, line)| (place + 1, line.trim()));
    format!(
        "it is not Gherkin: line {number}, `{line}`, cannot stand there. Expected is `Scenario:` with its tags above it, \
         then a description, then steps that begin with Given, When, Then, And or But; below `Examples:` a table of \
         lines like `| a | b |`, all as long as its first"
    )
}

/// What a description says under a heading, as far as the next.
fn part(description: &str, heading: &str) -> Option<String> {
    let mut words: Vec<&str> = Vec::new();
    let mut inside = false;
    for line in description.lines().map(str::trim) {
        if PARTS.iter().any(|(known, _)| line.starts_with(known)) {
            inside = line.starts_with(heading);
            if inside {
                words.extend(line[heading.len()..].split_whitespace());
            }
        } else if inside {
            words.extend(line.split_whitespace());
        }
    }
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "@scenario\nFeature: f\n  @id:quickpay/callback/<id> @must @documented\n  Scenario Outline: A forged callback MUST pay nothing: <forgery>\n    Source: here,\n      and there\n    Why: money\n    Remedy: verify it\n    Given an order\n    When a forged callback says that the order is paid, <forgery>\n    Then the shop does not believe that the order is paid\n    Examples:\n      | id | forgery |\n      | a | not signed |\n      | b | signed with another key |\n";

    #[test]
    fn an_outline_becomes_a_scenario_for_each_row() {
        let scenarios = read("x.feature", &parse("x.feature", GOOD).expect("Gherkin")).expect("scenarios");
        let ids: Vec<&str> = scenarios.iter().map(|scenario| scenario.id.as_str()).collect();
        assert_eq!(ids, ["quickpay/callback/a", "quickpay/callback/b"]);
        assert_eq!(scenarios[1].requirement, "A forged callback MUST pay nothing: signed with another key");
        assert_eq!(
            (scenarios[0].source.as_str(), scenarios[0].remedy.as_str()),
            ("here, and there", "verify it")
        );
    }

    #[test]
    fn a_faulty_scenario_is_refused_with_what_to_do() {
        for (spoil, with, says) in [
            ("@id:quickpay/callback/<id> ", "", "@id:"),
            ("@id:quickpay", "@id:quikpay", "begins with no provider"),
            ("@must ", "", "@must and @should"),
            ("@documented", "@assumed", "only be a SHOULD"),
            ("    Why: money\n", "", "lacks `Why:`"),
            ("Feature: f", "Featrue: f", "it begins with `Feature:`"),
            ("    When a", "    Whne a", "line 10, `Whne a forged callback"),
            (
                "    Given an order\n",
                "    Given an order\n    Then the shop believes that the other order is paid\n",
                "`Given another order` first",
            ),
            ("Given an order\n", "Given an order\n    When 2 hours pass\n", "give it the tag @alone"),
            ("@must ", "@must @needs:subscripton ", "Did you mean `@needs:subscription`?"),
            ("@must ", "@must @needs:actons.refund ", "Did you mean `@needs:actions.refund`?"),
            (
                "    Then the shop does not believe that the order is paid\n",
                "",
                "it judges nothing: write a `Then`",
            ),
            ("Given an order\n", "Given an odrer\n", "Did you mean `an order`?"),
            ("| not signed |", "| not singed |", "did you mean `not signed`?"),
        ] {
            let feature = parse("x.feature", &GOOD.replace(spoil, with));
            let error = feature.and_then(|feature| read("x.feature", &feature)).expect_err(spoil).to_string();
            assert!(error.contains(says), "{spoil}: {error}");
        }
    }

    #[test]
    fn the_embedded_scenarios_are_sound() {
        let scenarios = scenarios().expect("sound");
        assert!(scenarios.len() >= 20, "{}", scenarios.len());
        for scenario in scenarios {
            assert!(scenario.requirement.contains(&scenario.level.to_string()), "{}", scenario.id);
        }
    }
}
