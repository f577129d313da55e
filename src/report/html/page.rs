//! What the template shows, ready to be shown: bounded, and with nothing invisible in it.

use askama::Template;
use jiff::tz::TimeZone;
use provkassa_simulators::PROVIDERS;

use super::super::broken;
use super::super::shown::{counted, line, number};
use super::super::story::{AS_SCRIPT, Failed, Group, Shared, Story, stale};
use super::super::wanted::Told;
use super::proof::Proof;
use super::{SCRIPT, STYLE, policy};
use crate::conformance::{CaseResult, KnownFailure, Level};
use crate::exit::Exit;

/// The page.
#[derive(Template)]
#[template(path = "report.html", config = ".config/askama.toml")]
pub(super) struct Page {
    policy: String,
    style: &'static str,
    script: &'static str,
    version: &'static str,
    verdict: &'static str,
    headline: String,
    again: &'static str,
    facts: Vec<(&'static str, String)>,
    words: Vec<&'static str>,
    totals: Vec<Total>,
    providers: Vec<Provider>,
    who_broke: &'static str,
    broken: Vec<Broken>,
    stale: Vec<Stale>,
    findings: Vec<Finding>,
    known: Vec<Known>,
    untried: Vec<Untried>,
}

/// A verdict, with its part of the bar of a thousand.
struct Total {
    word: &'static str,
    class: String,
    count: usize,
    from: String,
    width: String,
}

struct Provider {
    id: &'static str,
    name: &'static str,
    /// The class and the number, in the order of the page's words.
    counts: Vec<(String, usize)>,
    tried: String,
    size: String,
    cases: Vec<Row>,
}

/// A line in the table of all cases.
struct Row {
    anchor: String,
    id: String,
    word: &'static str,
    class: String,
    level: &'static str,
    level_class: &'static str,
    requirement: String,
    tried: String,
    /// The anchor of what tells more; empty if nothing does.
    to: String,
}

struct Broken {
    what: Vec<String>,
    help: &'static str,
    /// The command that tries the message again; empty where there is none.
    again: String,
    wrote: &'static str,
    stderr: Vec<String>,
    size: String,
    cases: Vec<Link>,
    providers: String,
    levels: String,
}

struct Link {
    anchor: String,
    id: String,
}

struct Stale {
    what: String,
    help: &'static str,
    reason: String,
}

struct Finding {
    anchor: String,
    level: &'static str,
    level_class: &'static str,
    headline: String,
    size: String,
    id: String,
    confidence: String,
    requirement: String,
    others: Vec<String>,
    /// What else is wrong with the answer that is shown.
    also: Vec<String>,
    besides: Vec<String>,
    why: String,
    remedy: String,
    provenance: String,
    source: String,
    proof: Proof,
    more: Vec<Also>,
    providers: String,
    levels: String,
}

/// Another case that fails.
struct Also {
    anchor: String,
    id: String,
    level: &'static str,
    level_class: &'static str,
    requirement: String,
    headline: String,
    why: String,
    remedy: String,
    provenance: String,
    source: String,
    proof: Proof,
}

struct Known {
    pattern: String,
    reason: String,
    until: String,
    cases: Vec<Also>,
    providers: String,
    levels: String,
}

struct Untried {
    word: &'static str,
    class: String,
    why: String,
    size: String,
    cases: Vec<Link>,
    providers: String,
    levels: String,
}

impl Page {
    pub(super) fn of(told: Told<'_>) -> Self {
        let story = Story::of(told.summary);
        let counts = story.counts();
        let words: Vec<&'static str> = counts.iter().map(|(word, _)| *word).collect();
        Self {
            policy: policy(),
            style: STYLE,
            script: SCRIPT,
            version: crate::VERSION,
            verdict: match told.summary.exit() {
                Exit::Conforms => "good",
                Exit::Interrupted | Exit::NothingRan | Exit::OutOfTime => "unclear",
                _ => "bad",
            },
            headline: story.headline(),
            who_broke: story.who_broke(),
            again: if story.findings.iter().any(|group| group.lead.can_be_a_script()) {
                AS_SCRIPT
            } else {
                ""
            },
            facts: facts(told, &story),
            totals: totals(&counts),
            providers: providers(told.summary.results.as_slice(), &words),
            words,
            broken: story.broken.iter().map(broken).collect(),
            stale: told.summary.stale.iter().map(entry).collect(),
            findings: story.findings.iter().map(finding).collect(),
            known: story.known.iter().map(known).collect(),
            untried: story
                .unsupported
                .iter()
                .map(|shared| untried("unsupported", shared))
                .chain(story.not_run.iter().map(|shared| untried("not run", shared)))
                .collect(),
        }
    }
}

fn facts(told: Told<'_>, story: &Story<'_>) -> Vec<(&'static str, String)> {
    let adapter = told.hello.map(|hello| {
        let operations = counted(hello.ops.len(), "operation", "operations");
        ("Adapter", format!("{} ({}), {operations}", line(&hello.name), line(&hello.language)))
    });
    let began = told.began.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
    let rest = [
        ("Messages", number(story.tried())),
        ("Seed", told.summary.seed.to_string()),
        ("Began", began),
        ("Took", format!("{:.2} s", told.summary.took.as_secs_f64())),
        ("Version", format!("provkassa {}", crate::VERSION)),
    ];
    adapter.into_iter().chain(rest).collect()
}

/// The word as the page's style has it.
fn class(word: &str) -> String {
    word.replace(' ', "-")
}

fn totals(counts: &[(&'static str, usize)]) -> Vec<Total> {
    let all: usize = counts.iter().map(|(_, count)| count).sum();
    let part = |count: usize| format!("{}.{}", count * 1000 / all.max(1), count * 10_000 / all.max(1) % 10);
    let mut before = 0;
    let total = |(word, count): &(&'static str, usize)| {
        let from = part(before);
        before += count;
        Total { word, class: class(word), count: *count, from, width: part(*count) }
    };
    counts.iter().map(total).collect()
}

fn providers(results: &[CaseResult], words: &[&'static str]) -> Vec<Provider> {
    let of = |info: &provkassa_simulators::kit::provider::Info| {
        let own: Vec<_> = results.iter().filter(|result| provider_of(result) == info.id).collect();
        let count = |word: &str| own.iter().filter(|result| result.word() == word).count();
        (!own.is_empty()).then(|| Provider {
            id: info.id,
            name: info.name,
            counts: words.iter().map(|word| (class(word), count(word))).collect(),
            tried: number(own.iter().map(|result| result.tried).sum()),
            size: counted(own.len(), "case", "cases"),
            cases: own.iter().map(|result| row(result)).collect(),
        })
    };
    PROVIDERS.iter().filter_map(|provider| of(provider.info())).collect()
}

fn provider_of(result: &CaseResult) -> &str {
    result.case.id.split('/').next().unwrap_or_default()
}

/// The row of a case in the table of all.
fn anchor(result: &CaseResult) -> String {
    format!("case-{}", result.case.id.replace('/', "-"))
}

/// Where a failing case is told in full.
fn told_at(result: &CaseResult) -> String {
    format!("finding-{}", result.case.id.replace('/', "-"))
}

fn row(result: &CaseResult) -> Row {
    let fails = ["fail", "known"].contains(&result.word());
    Row {
        anchor: anchor(result),
        id: result.case.id.clone(),
        word: result.word(),
        class: class(result.word()),
        level: level(result.case.level),
        level_class: level_class(result.case.level),
        requirement: result.case.requirement.clone(),
        tried: match result.unsupported {
            0 => number(result.tried),
            some => format!("{} of {}", number(result.tried), number(result.tried + some)),
        },
        to: if fails { told_at(result) } else { String::new() },
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Must => "MUST",
        Level::Should => "SHOULD",
    }
}

fn level_class(level: Level) -> &'static str {
    match level {
        Level::Must => "must",
        Level::Should => "should",
    }
}

/// Words for the filters, each once.
fn each_once<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" ")
}

fn providers_of<'a>(cases: impl Iterator<Item = &'a CaseResult>) -> String {
    each_once(cases.map(provider_of))
}

fn levels_of<'a>(cases: impl Iterator<Item = &'a CaseResult>) -> String {
    each_once(cases.map(|result| level_class(result.case.level)))
}

fn link(result: &CaseResult) -> Link {
    Link { anchor: anchor(result), id: result.case.id.clone() }
}

fn broken(cause: &broken::Broken<'_>) -> Broken {
    Broken {
        what: cause.what(),
        help: cause.error.help(),
        again: cause.again().unwrap_or_default().to_owned(),
        wrote: cause.wrote(),
        stderr: cause.stderr(),
        size: counted(cause.cases.len(), "case", "cases"),
        cases: cause.cases.iter().copied().map(link).collect(),
        providers: providers_of(cause.cases.iter().copied()),
        levels: levels_of(cause.cases.iter().copied()),
    }
}

fn entry(stale_entry: &crate::conformance::StaleEntry) -> Stale {
    let (what, help) = stale(stale_entry);
    Stale { what: line(&what), help, reason: line(&stale_entry.entry.reason) }
}

fn finding(group: &Group<'_>) -> Finding {
    let Failed { result, finding } = group.lead;
    let case = &result.case;
    Finding {
        anchor: told_at(result),
        level: level(group.level),
        level_class: level_class(group.level),
        headline: line(&finding.headline),
        size: counted(group.size(), "case", "cases"),
        id: case.id.clone(),
        confidence: finding.confidence.clone(),
        requirement: case.requirement.clone(),
        others: finding.others(),
        also: finding.beside.iter().map(|clause| line(clause)).collect(),
        besides: group.besides(),
        why: finding.why.clone(),
        remedy: finding.remedy.clone(),
        provenance: case.provenance.to_string(),
        source: line(&case.source),
        proof: Proof::of(finding),
        more: group.more.iter().map(|failed| also(*failed)).collect(),
        providers: providers_of(group.cases().map(|failed| failed.result)),
        levels: levels_of(group.cases().map(|failed| failed.result)),
    }
}

fn also(failed: Failed<'_>) -> Also {
    let Failed { result, finding } = failed;
    Also {
        anchor: told_at(result),
        id: result.case.id.clone(),
        level: level(result.case.level),
        level_class: level_class(result.case.level),
        requirement: result.case.requirement.clone(),
        headline: line(&finding.headline),
        why: finding.why.clone(),
        remedy: finding.remedy.clone(),
        provenance: result.case.provenance.to_string(),
        source: line(&result.case.source),
        proof: Proof::of(finding),
    }
}

fn known(shared: &Shared<'_, &KnownFailure>) -> Known {
    let entry = shared.reason;
    let failed = shared.cases.iter().filter_map(|result| match &result.verdict {
        crate::conformance::Verdict::Fail(finding) => Some(Failed { result, finding }),
        _ => None,
    });
    Known {
        pattern: line(&entry.case),
        reason: line(&entry.reason),
        until: entry.expires.map_or_else(|| "until they pass".to_owned(), |day| format!("until {day}")),
        cases: failed.map(also).collect(),
        providers: providers_of(shared.cases.iter().copied()),
        levels: levels_of(shared.cases.iter().copied()),
    }
}

fn untried(word: &'static str, shared: &Shared<'_, &str>) -> Untried {
    Untried {
        word,
        class: class(word),
        why: line(shared.reason),
        size: counted(shared.cases.len(), "case", "cases"),
        cases: shared.cases.iter().copied().map(link).collect(),
        providers: providers_of(shared.cases.iter().copied()),
        levels: levels_of(shared.cases.iter().copied()),
    }
}
