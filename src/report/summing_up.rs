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
    said.extend(elsewhere(story));
    for (word, all) in [("unsupported", &story.unsupported), ("not run", &story.not_run)] {
        for some in all.iter().filter(|some| !is_elsewhere(some.reason)) {
            said.push(format!("{DIM}{word}, {}: {}{DIM:#}", cases(some), line(some.reason)));
        }
    }
    let (properties, scenarios): (Vec<_>, Vec<_>) =
        story.summary.results.iter().partition(|result| result.case.property().is_some());
    let sum = |of: &[&CaseResult], count: fn(&CaseResult) -> usize| of.iter().map(|one| count(one)).sum();
    let (unsupported, untried): (usize, usize) =
        (sum(&properties, |result| result.unsupported), sum(&properties, |result| result.untried));
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
    let refused: usize = sum(&scenarios, |result| result.unsupported);
    if refused > 0 {
        let orders = counted(refused, "order was", "orders were");
        said.push(format!("{orders} not taken by the shop: nothing is known of them."));
    }
    said.push(totals(story));
    said
}

/// Whether a case is unsupported because the shop does not have its provider at all.
fn is_elsewhere(reason: &str) -> bool {
    reason.starts_with("the shop has no [shop.") && reason.matches('.').count() == 1
}

/// One line for all providers that the shop does not have, and how they are left out.
fn elsewhere(story: &Story<'_>) -> Option<String> {
    let all = || story.unsupported.iter().filter(|some| is_elsewhere(some.reason));
    let sections: Vec<&str> = all().filter_map(|some| some.reason.strip_prefix("the shop has no ")).collect();
    let count: usize = all().map(|some| some.cases.len()).sum();
    let missing = |id: &str| sections.iter().any(|section| *section == format!("[shop.{id}]"));
    let provider = |result: &CaseResult| result.case.id.split('/').next().unwrap_or_default().to_owned();
    let mut had: Vec<String> = story.summary.results.iter().map(provider).filter(|id| !missing(id)).collect();
    had.sort_unstable();
    had.dedup();
    let only =
        if had.is_empty() { String::new() } else { format!("; `--only {}` leaves them out", had.join(",")) };
    let (cases, named) = (counted(count, "case", "cases"), sections.join(", "));
    (count > 0).then(|| format!("{DIM}unsupported, {cases}: the shop has no {named}{only}{DIM:#}"))
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
