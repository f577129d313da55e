//! The run for people: progress on a terminal, then the findings, the worst first.

use std::io::{IsTerminal as _, Write as _};

use anstream::{eprintln, println};
use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressStyle};

use super::{Event, Reporter};
use crate::conformance::{CaseResult, Level, Summary, Verdict};
use crate::finding::Finding;

const BAD: Style = AnsiColor::Red.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default().bold();
const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();

/// Prints to the terminal.
#[derive(Debug)]
pub struct Pretty {
    bar: Option<ProgressBar>,
    /// Whether each case gets a line as it ends.
    plain: bool,
}

impl Pretty {
    /// With progress where a terminal shows it; `plain` prints a line a case instead.
    #[must_use]
    pub fn new(plain: bool) -> Self {
        Self { bar: None, plain }
    }

    fn line(&self, result: &CaseResult) {
        let (mark, style) = match &result.verdict {
            Verdict::Pass => ("pass", GOOD),
            Verdict::Fail(_) => ("FAIL", BAD),
            Verdict::Broken(_) => ("BROKEN", BAD),
            Verdict::NotRun(_) => ("not run", DIM),
            Verdict::Unsupported(_) => ("unsupported", DIM),
        };
        let line = format!("{style}{mark:<11}{style:#} {:<6} {}", result.case.level, result.case.id);
        let line = match result.unsupported {
            0 => line,
            some if result.tried > 0 => {
                format!("{line} {DIM}({some} of {} messages unsupported){DIM:#}", some + result.tried)
            }
            _ => line,
        };
        match &self.bar {
            Some(bar) if !self.plain => bar.inc(1),
            _ => println!("{line}"),
        }
    }
}

impl Reporter for Pretty {
    fn on_event(&mut self, event: &Event<'_>) {
        match event {
            Event::Began { cases, seed, hello } => {
                if let Some(hello) = hello {
                    eprintln!("{DIM}{} ({}), {cases} cases, seed {seed}{DIM:#}", hello.name, hello.language);
                }
                if std::io::stderr().is_terminal() && !self.plain {
                    let bar = ProgressBar::new(*cases as u64);
                    if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len} cases") {
                        bar.set_style(style);
                    }
                    self.bar = Some(bar);
                }
            }
            Event::Finished(result) => self.line(result),
            Event::Trouble(what) => eprintln!("{BAD}warning:{BAD:#} {what}"),
            Event::Ended(summary) => {
                if let Some(bar) = self.bar.take() {
                    bar.finish_and_clear();
                }
                findings(summary);
                totals(summary);
            }
        }
        let _ = std::io::stdout().flush();
    }
}

/// Each mistake once, with every case that it fails; MUST before SHOULD.
fn findings(summary: &Summary) {
    let mut groups: Vec<Vec<(&CaseResult, &Finding)>> = Vec::new();
    for level in [Level::Must, Level::Should] {
        for result in summary.results.iter().filter(|result| result.case.level == level) {
            let Verdict::Fail(finding) = &result.verdict else { continue };
            let same = |group: &&mut Vec<(&CaseResult, &Finding)>| {
                let (other, first) = group[0];
                let operation = other.case.operation.id() == result.case.operation.id();
                // What nothing explains is one bug in an operation, as far as anybody knows.
                first.headline == finding.headline && (operation || !finding.mistakes.is_empty())
            };
            match groups.iter_mut().find(same) {
                Some(group) => group.push((result, finding)),
                None => groups.push(vec![(result, finding)]),
            }
        }
    }
    for mut group in groups {
        // The case that is about this mistake says best what is wrong.
        let leads = |result: &CaseResult, finding: &Finding| {
            let about = &result.case.about;
            finding.mistakes.iter().any(|mistake| about.iter().any(|word| mistake.contains(word.as_str())))
        };
        let lead = group.iter().position(|(result, finding)| leads(result, finding)).unwrap_or(0);
        let (result, finding) = group.remove(lead);
        let more: Vec<&str> = group.iter().map(|(result, _)| result.case.id.as_str()).collect();
        let case = &result.case;
        println!();
        println!("{BAD}{} {}{BAD:#}", case.level, case.id);
        println!("  {}", case.requirement);
        println!();
        for (place, line) in finding.lines().iter().enumerate() {
            let style = if place == 0 { BOLD } else { Style::new() };
            println!("{}", format!("  {style}{line}{style:#}").trim_end());
        }
        println!("  again     {}", finding.replay);
        if !more.is_empty() {
            println!("  so fails  {}", more.join(", "));
        }
    }
    let broken = summary.results.iter().find_map(|result| match &result.verdict {
        Verdict::Broken(error) => Some(error),
        _ => None,
    });
    if let Some(error) = broken {
        println!();
        println!("{BAD}broken:{BAD:#} {error}");
        println!("  {}", error.kind.help());
        match error.stderr.as_deref() {
            None => {}
            Some(stderr) if stderr.trim().is_empty() => println!("  It wrote nothing to stderr."),
            Some(stderr) => {
                println!("  It wrote to stderr:");
                for line in stderr.lines() {
                    println!("    {line}");
                }
            }
        }
    }
}

fn totals(summary: &Summary) {
    println!();
    let words = ["pass", "fail", "broken", "unsupported", "not run"];
    let counts: Vec<_> = words
        .iter()
        .map(|word| (summary.count(word), word))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    let style = if summary.count("fail") + summary.count("broken") > 0 { BAD } else { GOOD };
    let tried: usize = summary.results.iter().map(|result| result.tried).sum();
    let unsupported: usize = summary.results.iter().map(|result| result.unsupported).sum();
    if unsupported > 0 {
        println!("{unsupported} messages are not supported by the adapter: nothing is known of them.");
    }
    println!(
        "{style}{}{style:#} {DIM}{tried} message{}, seed {}, {:.2} s{DIM:#}",
        counts.join(", "),
        if tried == 1 { "" } else { "s" },
        summary.seed,
        summary.took.as_secs_f64()
    );
}
