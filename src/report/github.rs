//! What a workflow of GitHub Actions sees: annotations, and the Markdown in the summary of its step.

use std::fs::OpenOptions;
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, Write as _};
use std::path::PathBuf;

use super::markdown::{self, to_markdown};
use super::pretty::Channel;
use super::shown::{counted, line, middle_left_out};
use super::story::{Story, stale};
use super::wanted::Told;
use super::{Event, Reporter, Reporters};
use crate::adapter::Hello;
use crate::conformance::{Level, Summary};

/// How many annotations of a kind a step may have.
const MOST: usize = 10;
/// The most characters of an annotation.
const LONGEST: usize = 3_000;

/// The workflow that this runs in.
#[derive(Debug)]
pub(super) struct Runner {
    /// The file whose Markdown becomes the step's summary.
    step_summary: Option<PathBuf>,
}

impl Runner {
    /// The workflow around this process, if there is one or is to be thought.
    pub(super) fn here(wanted: bool) -> Option<Self> {
        let there = std::env::var("GITHUB_ACTIONS").is_ok_and(|value| value == "true");
        let step_summary = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty());
        (wanted || there).then(|| Self { step_summary: step_summary.map(PathBuf::from) })
    }
}

/// Lets the others talk first, with commands switched off: what an adapter wrote is no command.
#[derive(Debug)]
pub(super) struct GitHub {
    runner: Runner,
    channel: Channel,
    others: Reporters,
    hello: Option<Hello>,
    /// Switches commands on again. Nobody else knows it.
    token: String,
}

impl GitHub {
    pub(super) fn new(runner: Runner, channel: Channel, others: Reporters) -> Self {
        let random = RandomState::new();
        let token = format!("provkassa-{:016x}{:016x}", random.hash_one(1), random.hash_one(2));
        Self { runner, channel, others, hello: None, token }
    }

    fn ended(&self, summary: &Summary) {
        let told = Told::now(summary, self.hello.as_ref());
        for text in annotations(&Story::of(summary)) {
            self.channel.say(&text, false);
        }
        let Some(path) = &self.runner.step_summary else { return };
        let appended = OpenOptions::new().append(true).create(true).open(path).and_then(|mut file| {
            // Other commands of the step may have written before.
            let there = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
            let text = to_markdown(told, markdown::LIMIT.saturating_sub(there));
            file.write_all(text.as_bytes())
        });
        if let Err(error) = appended {
            self.channel.say(&unwritten(&error), false);
        }
    }
}

fn unwritten(error: &io::Error) -> String {
    annotation("warning", "provkassa", &format!("The step summary could not be written: {error}"))
}

impl Reporter for GitHub {
    fn on_event(&mut self, event: &Event<'_>) {
        if let Event::Began { hello, .. } = event {
            self.hello = hello.cloned();
            self.channel.say(&format!("::stop-commands::{}", self.token), false);
        }
        self.others.tell(event);
        if let Event::Ended(summary) = event {
            self.channel.say(&format!("::{}::", self.token), false);
            self.ended(summary);
        }
    }
}

/// The lines that annotate: what breaks a MUST is an error, a SHOULD a warning, the worst first.
fn annotations(story: &Story<'_>) -> Vec<String> {
    let mut errors: Vec<(String, String)> = Vec::new();
    let mut warnings = Vec::new();
    for broken in &story.broken {
        let what = broken.what().join("\n");
        let again = broken.again().map_or_else(String::new, |command| format!("\nagain: {command}"));
        let text = format!("{what}\n{}\nin {}{again}", broken.error.help(), broken.place());
        errors.push((format!("the {} broke", broken.who()), text));
    }
    for group in &story.findings {
        let (case, finding) = (&group.lead.result.case, group.lead.finding);
        let more = match group.more.len() {
            0 => String::new(),
            some => format!(" and {}", counted(some, "more case", "more cases")),
        };
        let why = if finding.why.is_empty() { String::new() } else { format!("why: {}\n", finding.why) };
        let text = format!(
            "{} {}{more}\n{why}do: {}\nagain: {}",
            case.level, case.id, finding.remedy, finding.replay
        );
        let all = if group.level == Level::Must { &mut errors } else { &mut warnings };
        all.push((finding.headline.clone(), text));
    }
    let notices = story.summary.stale.iter().map(|entry| {
        let (what, help) = stale(entry);
        ("known failures".to_owned(), format!("{what}\n{help}"))
    });
    [("error", errors), ("warning", warnings), ("notice", notices.collect())]
        .into_iter()
        .flat_map(|(command, all)| at_most(all).map(move |(title, text)| annotation(command, &title, &text)))
        .collect()
}

/// The first ones; the last of them says how many are left.
fn at_most(mut all: Vec<(String, String)>) -> impl Iterator<Item = (String, String)> {
    if all.len() > MOST {
        let left = all.split_off(MOST - 1).len();
        all.push((format!("{left} more"), "The summary of this step and the log have them all.".to_owned()));
    }
    all.into_iter()
}

/// A workflow command on one line.
fn annotation(command: &str, title: &str, text: &str) -> String {
    let text: Vec<String> = text.lines().map(line).collect();
    let text = middle_left_out(&text.join("\n"), LONGEST);
    format!("::{command} title={}::{}", property(&middle_left_out(&line(title), 200)), data(&text))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_an_annotation_ends_it_early() {
        let text = annotation("error", "a: b, 100%\n::warning::x", "one\r\n::error::two %0A");
        assert_eq!(text, "::error title=a%3A b%2C 100%25\\n%3A%3Awarning%3A%3Ax::one%0A::error::two %250A");
    }

    #[test]
    fn of_many_the_last_says_how_many_are_left() {
        let all =
            |count: usize| at_most(vec![("title".to_owned(), String::new()); count]).collect::<Vec<_>>();
        assert_eq!(all(10).len(), 10);
        let most = all(25);
        assert_eq!((most.len(), most[9].0.as_str()), (10, "16 more"));
    }
}
