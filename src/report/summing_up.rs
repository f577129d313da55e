//! The last lines of a run: what one looks at first.

use super::pretty::{BAD, DIM, GOOD};
use super::shown::{counted, line, number};
use super::story::{Shared, Story};
use crate::conformance::CaseResult;

/// Up to so many findings are seen without a list of them.
const SEEN_AT_ONCE: usize = 5;
/// The most findings that are listed.
const LISTED: usize = 40;
/// The most characters of a headline in the list.
const WIDE: usize = 96;

/// The lines, with colours.
pub(super) fn lines(story: &Story<'_>) -> Vec<String> {
    let mut said = vec![String::new()];
    if story.findings.len() > SEEN_AT_ONCE {
        said.extend(index(story));
        said.push(String::new());
    }
    for known in &story.known {
        let until = known.reason.expires.map_or_else(String::new, |day| format!(" until {day}"));
        let (cases, reason) = (cases(known), line(&known.reason.reason));
        said.push(format!("{DIM}known{until}, {cases}: {} ({reason}){DIM:#}", line(&known.reason.case)));
    }
    for (word, all) in [("unsupported", &story.unsupported), ("not run", &story.not_run)] {
        for some in all {
            said.push(format!("{DIM}{word}, {}: {}{DIM:#}", cases(some), line(some.reason)));
        }
    }
    let sum = |count: fn(&CaseResult) -> usize| story.summary.results.iter().map(count).sum::<usize>();
    let (unsupported, untried) = (sum(|result| result.unsupported), sum(|result| result.untried));
    if unsupported > 0 {
        let left_out = match untried {
            0 => String::new(),
            some => format!(", nor of {} that were left out after the first ones", number(some)),
        };
        said.push(format!(
            "{} not supported by the adapter: nothing is known of them{left_out}.",
            counted(unsupported, "message is", "messages are")
        ));
    }
    said.push(totals(story));
    said
}

fn cases<T>(shared: &Shared<'_, T>) -> String {
    counted(shared.cases.len(), "case", "cases")
}

/// A line for each finding, the worst first.
fn index(story: &Story<'_>) -> Vec<String> {
    let mut said = vec![format!("{}, the worst first:", story.headline())];
    for group in story.findings.iter().take(LISTED) {
        let CaseResult { case, .. } = group.lead.result;
        let headline = cut(&line(&group.lead.finding.headline));
        let (level, size) = (group.level, counted(group.size(), "case", "cases"));
        said.push(format!("  {BAD}{level:<6}{BAD:#} {headline}  {DIM}{size}, {}{DIM:#}", case.id));
    }
    if let Some(rest) = story.findings.len().checked_sub(LISTED + 1) {
        said.push(format!("  and {}", counted(rest + 1, "more finding above", "more findings above")));
    }
    said
}

/// The start of a headline, which is whole above.
fn cut(headline: &str) -> String {
    match headline.char_indices().nth(WIDE) {
        Some((end, _)) => format!("{}…", headline[..end].trim_end()),
        None => headline.to_owned(),
    }
}

fn totals(story: &Story<'_>) -> String {
    let summary = story.summary;
    // What is good first, as one says it; the findings stand above.
    let mut counts = story.counts();
    counts.sort_by_key(|(word, _)| *word != "pass");
    let mut counts: Vec<String> = counts.iter().map(|(word, count)| format!("{count} {word}")).collect();
    if !summary.stale.is_empty() {
        counts.push(counted(summary.stale_entries(), "stale entry", "stale entries"));
    }
    let bad = summary.count("fail") + summary.count("broken") + summary.stale.len() > 0;
    let style = if bad { BAD } else { GOOD };
    format!(
        "{style}{}{style:#} {DIM}{}, seed {}, {:.2} s{DIM:#}",
        counts.join(", "),
        counted(story.tried(), "message", "messages"),
        summary.seed,
        summary.took.as_secs_f64()
    )
}
