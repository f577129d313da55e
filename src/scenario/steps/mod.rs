//! The steps that scenarios are written in. `STEPS.md` is made from them.

mod beliefs;
mod callbacks;
mod clock;
mod deeds;
mod forged;
mod orders;
mod payers;
mod records;
mod renewals;
mod sense;
mod subscribers;
mod tampering;

use std::time::Duration;

use futures_util::future::BoxFuture;
use provkassa_simulators::kit::problem::nearest;
use serde::Serialize;

pub(super) use self::sense::nonsense;
use super::rooms::{FORGERIES, Signature};
use super::template::major;
use super::world::{Done, World};

/// What a step does in a world, with what stands in its places.
type Run = for<'w, 's> fn(&'w mut World<'s>, &'w [Argument]) -> BoxFuture<'w, Done>;

/// One step.
#[derive(Clone, Copy)]
pub(super) struct Step {
    /// What it begins with in a feature: `Given`, `When` or `Then`.
    word: &'static str,
    /// Its words; `{amount}`, `{duration}`, `{text}` and `{forgery}` are places.
    pattern: &'static str,
    /// What it does, for who writes features.
    does: &'static str,
    /// A line of a feature with it.
    example: &'static str,
    run: Run,
}

/// What stands in a place of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Argument {
    /// In minor units.
    Amount(i64),
    /// With its words.
    Duration(Duration, String),
    Forgery(Signature),
    Text(String),
}

/// A step of a scenario, ready to be taken.
#[derive(Clone)]
pub(super) struct Taken {
    step: &'static Step,
    arguments: Vec<Argument>,
}

impl std::fmt::Debug for Taken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Taken").field(&self.step.pattern).field(&self.arguments).finish()
    }
}

impl Taken {
    /// Whether it stands for orders of all kinds: its words say so.
    pub(super) fn draws(&self) -> bool {
        self.step.pattern.starts_with("any ")
    }

    /// Whether it judges, and does nothing.
    pub(super) fn judges(&self) -> bool {
        self.step.word == "Then"
    }

    /// Takes it.
    pub(super) async fn run(&self, world: &mut World<'_>) -> Done {
        (self.step.run)(world, &self.arguments).await
    }

    /// Its words, if it changes what all scenarios share.
    pub(super) fn needs_to_be_alone(&self) -> Option<&'static str> {
        clock::STEPS.iter().map(|step| step.pattern).find(|pattern| *pattern == self.step.pattern)
    }
}

/// Every step that there is.
fn all() -> impl Iterator<Item = &'static Step> + Clone {
    [
        orders::STEPS,
        subscribers::STEPS,
        payers::STEPS,
        tampering::STEPS,
        callbacks::STEPS,
        forged::STEPS,
        deeds::STEPS,
        renewals::STEPS,
        beliefs::STEPS,
        records::STEPS,
        clock::STEPS,
    ]
    .into_iter()
    .flatten()
}

/// The step that a line of a feature is; what is near if it is none.
pub(super) fn find(line: &str) -> Result<Taken, String> {
    let mut refused = None;
    for step in all() {
        match fits(step.pattern, line) {
            Some(Ok(arguments)) => return Ok(Taken { step, arguments }),
            Some(Err(why)) => refused = Some(why),
            None => {}
        }
    }
    if let Some(why) = refused {
        return Err(format!("`{line}`: {why}"));
    }
    let near = nearest(line, all().map(|step| step.pattern));
    let meant = near.map_or_else(String::new, |near| format!(" Did you mean `{near}`?"));
    Err(format!("there is no step `{line}`.{meant} `provkassa steps` prints them all."))
}

/// What stands in the places of a pattern that a line fits; why it cannot, where the words are right.
fn fits(pattern: &str, line: &str) -> Option<Result<Vec<Argument>, String>> {
    let mut arguments = Vec::new();
    let mut rest = line;
    let mut pattern = pattern;
    loop {
        let Some((before, after)) = pattern.split_once('{') else {
            return (rest == pattern).then_some(Ok(arguments));
        };
        rest = rest.strip_prefix(before)?;
        let (place, behind) = after.split_once('}')?;
        let end = match behind.split('{').next().filter(|literal| !literal.is_empty()) {
            Some(literal) => rest.find(literal)?,
            None => rest.len(),
        };
        match argument(place, &rest[..end]) {
            Ok(argument) => arguments.push(argument),
            Err(why) => return Some(Err(why)),
        }
        rest = &rest[end..];
        pattern = behind;
    }
}

fn argument(place: &str, text: &str) -> Result<Argument, String> {
    match place {
        "amount" => amount(text)
            .map(Argument::Amount)
            .ok_or_else(|| format!("`{text}` is no amount; write it with two decimals: {}", major(12_500))),
        "duration" => clock::duration(text)
            .map(|by| Argument::Duration(by, text.to_owned()))
            .ok_or_else(|| format!("`{text}` is no time; write it as `25 hours`: in seconds, minutes, hours, days, months or years")),
        "forgery" => {
            let found = FORGERIES.iter().find(|(name, _)| *name == text);
            found.map(|(_, forgery)| Argument::Forgery(*forgery)).ok_or_else(|| {
                let names: Vec<&str> = FORGERIES.iter().map(|(name, _)| *name).collect();
                nearest(text, names.iter().copied()).map_or_else(
                    || format!("there is no forgery `{text}`; there are: {}", names.join(", ")),
                    |near| format!("there is no forgery `{text}`; did you mean `{near}`?"),
                )
            })
        }
        _ => Ok(Argument::Text(text.trim_matches('"').to_owned())),
    }
}

fn amount(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.')?;
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (is_digits(whole) && is_digits(part) && part.len() == 2).then_some(())?;
    whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(part.parse().ok()?)
}

/// The amount in the first place of a step.
fn first_amount(arguments: &[Argument]) -> i64 {
    arguments
        .iter()
        .find_map(|argument| if let Argument::Amount(amount) = argument { Some(*amount) } else { None })
        .unwrap_or_default()
}

/// The text in the first place of a step.
fn first_text(arguments: &[Argument]) -> String {
    arguments
        .iter()
        .find_map(|argument| if let Argument::Text(text) = argument { Some(text.clone()) } else { None })
        .unwrap_or_default()
}

/// What there is to say of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    /// What it begins with in a feature: `Given`, `When` or `Then`.
    pub word: &'static str,
    /// Its words, with places in braces.
    pub pattern: &'static str,
    /// What it does.
    pub does: &'static str,
    /// A line of a feature with it.
    pub example: &'static str,
}

impl Told {
    /// Whether each of these words stands in it, in capitals or not.
    #[must_use]
    pub fn has(&self, words: &[String]) -> bool {
        let text = format!("{} {} {}", self.word, self.pattern, self.does).to_lowercase();
        words.iter().all(|word| text.contains(&word.to_lowercase()))
    }
}

/// Every step, those that begin with `Given` first, then `When`, then `Then`.
#[must_use]
pub fn list() -> Vec<Told> {
    let of = |word| all().filter(move |step| step.word == word);
    let steps = WORDS.into_iter().flat_map(of);
    let told =
        |step: &Step| Told { word: step.word, pattern: step.pattern, does: step.does, example: step.example };
    steps.map(told).collect()
}

/// What may stand in place of `{forgery}`.
pub fn forgeries() -> impl Iterator<Item = &'static str> {
    FORGERIES.iter().map(|(name, _)| *name)
}

/// What stands before the list.
const PREFACE: &str = include_str!("preface.md");
/// What steps begin with.
const WORDS: [&str; 3] = ["Given", "When", "Then"];

/// How a scenario is written, with a whole one: what stands before the list.
#[must_use]
pub fn preface() -> &'static str {
    PREFACE
}

/// The list of all steps, in Markdown.
#[must_use]
pub fn reference() -> String {
    let mut text = PREFACE.to_owned();
    let steps = list();
    for word in WORDS {
        text.push_str(&format!("\n## {word}\n"));
        for step in steps.iter().filter(|step| step.word == word) {
            text.push_str(&format!(
                "\n### {}\n\n{}\n\n```gherkin\n{}\n```\n",
                step.pattern, step.does, step.example
            ));
        }
    }
    let names: Vec<String> = forgeries().map(|name| format!("`{name}`")).collect();
    text.push_str(&format!("\n## Places\n\n- `{{amount}}`: an amount with two decimals, in the order's currency: `125.00`.\n- `{{duration}}`: seconds, minutes, hours, days, months (of 30 days) or years (of 365): `25 hours`.\n- `{{forgery}}`: one of {}.\n- `{{text}}`: the rest of the line, in quotes or not.\n", names.join(", ")));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_its_step_and_no_step_hides_another() {
        for step in all() {
            let line = step.example.strip_prefix(step.word).expect("begins with its word").trim_start();
            let taken = find(line).expect(line);
            assert_eq!(taken.step.pattern, step.pattern);
            assert!(step.does.ends_with('.'), "{}", step.pattern);
        }
        let mut patterns: Vec<&str> = all().map(|step| step.pattern).collect();
        patterns.sort_unstable();
        patterns.dedup();
        assert_eq!(patterns.len(), all().count());
    }

    #[test]
    fn a_line_that_is_no_step_is_refused_with_what_is_near() {
        for (line, says) in [
            ("the payer pays it", "Did you mean `the payer pays`?"),
            ("an order of 125 crowns", "`125 crowns` is no amount; write it with two decimals"),
            (
                "a forged callback says that the order is paid, signed with an other key",
                "did you mean `signed with another key`?",
            ),
            ("a while pass", "`a while` is no time; write it as `25 hours`"),
            ("xyzzy", "there is no step `xyzzy`. `provkassa steps` prints them all."),
        ] {
            let error = find(line).expect_err(line);
            assert!(error.contains(says), "{line}: {error}");
        }
    }

    #[test]
    fn the_list_of_steps_is_up_to_date() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/scenario/STEPS.md");
        if std::env::var_os("INSTA_UPDATE").is_some_and(|value| value == "always") {
            std::fs::write(path, reference()).expect("written");
        }
        let kept = std::fs::read_to_string(path).unwrap_or_default();
        assert!(kept == reference(), "run this test with INSTA_UPDATE=always and look at the difference");
    }
}
