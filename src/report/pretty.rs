//! The run for people: progress on a terminal, then what was found, the worst first.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressStyle};

use super::broken::Broken;
use super::shown::{counted, line};
use super::story::{AS_SCRIPT, Group, Story, stale};
use super::{Event, Reporter, summing_up};
use crate::conformance::CaseResult;

pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(super) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(super) const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();

/// Where the talk goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channel {
    /// To stdout: it is what was asked for.
    Stdout,
    /// To stderr: stdout carries data.
    Stderr,
}

impl Channel {
    /// Writes a line. A reader that went away is no reason to end the run: reports may be wanted too.
    pub(super) fn say(self, text: &str, coloured: bool) {
        let choice = if coloured { ColorChoice::Auto } else { ColorChoice::Never };
        let _ = match self {
            Self::Stdout => writeln!(AutoStream::new(std::io::stdout(), self.choice(choice)), "{text}"),
            Self::Stderr => writeln!(AutoStream::new(std::io::stderr(), self.choice(choice)), "{text}"),
        };
    }

    /// What the environment says of colours on this channel.
    fn choice(self, wanted: ColorChoice) -> ColorChoice {
        match (wanted, self) {
            (ColorChoice::Auto, Self::Stdout) => AutoStream::choice(&std::io::stdout()),
            (ColorChoice::Auto, Self::Stderr) => AutoStream::choice(&std::io::stderr()),
            _ => wanted,
        }
    }
}

/// Talks to people.
#[derive(Debug)]
pub(super) struct Pretty {
    channel: Channel,
    /// Whether colours and progress are shown where the terminal can.
    lively: bool,
    /// Whether each case gets a line as it ends, on a terminal too.
    verbose: bool,
    bar: Option<ProgressBar>,
    failed: usize,
    /// The cases under way, by their ids.
    running: Vec<String>,
}

impl Pretty {
    pub(super) fn new(channel: Channel, lively: bool, verbose: bool) -> Self {
        Self { channel, lively, verbose, bar: None, failed: 0, running: Vec::new() }
    }

    fn say(&self, text: &str) {
        self.channel.say(text.trim_end(), self.lively);
    }

    /// What stands beside the bar: how many failed, and what is under way.
    fn progress(&self) {
        let Some(bar) = &self.bar else { return };
        let failed = (self.failed > 0).then(|| format!("{} failed", self.failed));
        let more = self.running.len().saturating_sub(1);
        let running = self.running.first().map(|id| match more {
            0 => id.clone(),
            more => format!("{id} and {more} more"),
        });
        bar.set_message(failed.into_iter().chain(running).collect::<Vec<_>>().join("  "));
    }

    fn finished(&mut self, result: &CaseResult) {
        self.failed += usize::from(["fail", "broken"].contains(&result.word()));
        self.running.retain(|id| *id != result.case.id);
        if let Some(bar) = &self.bar {
            bar.inc(1);
            self.progress();
            return;
        }
        let (mark, style) = match result.word() {
            "fail" => ("FAIL", BAD),
            "broken" => ("BROKEN", BAD),
            "pass" => ("pass", GOOD),
            other => (other, DIM),
        };
        let line = format!("{style}{mark:<11}{style:#} {:<6} {}", result.case.level, result.case.id);
        let what = if result.case.property().is_some() { "messages unsupported" } else { "orders not taken" };
        self.say(&match result.unsupported {
            0 => line,
            some if result.tried > 0 => {
                format!("{line} {DIM}({some} of {} {what}){DIM:#}", some + result.tried)
            }
            _ => line,
        });
    }

    fn began(&mut self, cases: usize) {
        let dumb = std::env::var("TERM").is_ok_and(|terminal| terminal == "dumb");
        if !self.lively || self.verbose || dumb || !std::io::stderr().is_terminal() {
            return;
        }
        let bar = ProgressBar::new(cases as u64);
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len} {elapsed}  {wide_msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        self.bar = Some(bar);
    }

    fn group(&self, group: &Group<'_>) {
        self.say("");
        for (place, text) in group.lines().iter().enumerate() {
            let style = match place {
                Group::HEADING => BAD,
                Group::HEADLINE => BOLD,
                _ => Style::new(),
            };
            self.say(&format!("{style}{text}{style:#}"));
        }
    }

    fn broken(&self, broken: &Broken<'_>) {
        self.say("");
        let mut what = broken.what().into_iter();
        self.say(&format!("{BAD}broken:{BAD:#} {}", what.next().unwrap_or_default()));
        for text in what {
            self.say(&format!("  {text}"));
        }
        self.say(&format!("  {}", broken.error.help()));
        self.say(&format!("  in {}", broken.place()));
        if let Some(command) = broken.again() {
            self.say(&format!("  again     {command}"));
        }
        let stderr = broken.stderr();
        if !stderr.is_empty() {
            self.say(&format!("  {}:", broken.wrote()));
        } else if broken.is_silent() {
            self.say("  It wrote nothing to stderr.");
        }
        for text in stderr {
            self.say(&format!("    {text}"));
        }
    }

    fn ended(&mut self, story: &Story<'_>) {
        let mut is_said = false;
        for group in &story.findings {
            self.group(group);
            if group.lead.can_be_a_script() && !std::mem::replace(&mut is_said, true) {
                self.say(&format!("  script    {AS_SCRIPT}"));
            }
        }
        for broken in &story.broken {
            self.broken(broken);
        }
        for entry in &story.summary.stale {
            let (what, help) = stale(entry);
            self.say("");
            self.say(&format!("{BAD}known failures:{BAD:#} {}", line(&what)));
            self.say(&format!("  {help}"));
        }
        for text in summing_up::lines(story) {
            self.say(&text);
        }
    }
}

impl Reporter for Pretty {
    fn on_event(&mut self, event: &Event<'_>) {
        match event {
            Event::Began { cases, seed, hello } => {
                if let Some(hello) = hello {
                    let (name, language) = (line(&hello.name), line(&hello.language));
                    let cases = counted(*cases, "case", "cases");
                    let text = format!("{DIM}{name} ({language}), {cases}, seed {seed}{DIM:#}");
                    Channel::Stderr.say(&text, self.lively);
                }
                self.began(*cases);
            }
            Event::Trying(case) => {
                self.running.push(case.id.clone());
                self.progress();
            }
            Event::Finished(result) => self.finished(result),
            Event::Trouble(what) => {
                let say =
                    || Channel::Stderr.say(&format!("{BAD}warning:{BAD:#} {}", line(what)), self.lively);
                match &self.bar {
                    Some(bar) => bar.suspend(say),
                    None => say(),
                }
            }
            Event::Ended(summary) => {
                if let Some(bar) = self.bar.take() {
                    bar.finish_and_clear();
                }
                self.ended(&Story::of(summary));
            }
        }
        let _ = std::io::stdout().flush();
    }
}
