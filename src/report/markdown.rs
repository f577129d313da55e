//! The run as Markdown, for the summary of a pipeline's step.

use provkassa_simulators::PROVIDERS;

use super::shown::{bounded, counted, line, number};
use super::story::{AS_SCRIPT, Failed, Group, Shared, Story, WORDS, stale};
use super::wanted::Told;
use crate::conformance::CaseResult;

/// The most bytes: a step's summary may have 1 MiB.
pub(super) const LIMIT: usize = 1_000_000;
/// What is kept free to say what was left out.
const RESERVE: usize = 300;
/// The most rows of a table.
const ROWS: usize = 200;

/// The report in at most `limit` bytes. What does not fit is counted.
pub(super) fn to_markdown(told: Told<'_>, limit: usize) -> String {
    let story = Story::of(told.summary);
    let mut page = head(told, &story);
    if page.len() + RESERVE > limit {
        page.clear();
    }
    let sections: Vec<String> = broken(&story)
        .chain(entries(&story))
        .chain(index(&story))
        .chain(story.findings.iter().map(finding))
        .chain(known(&story))
        .chain(reasons("Unsupported", &story.unsupported))
        .chain(reasons("Not run", &story.not_run))
        .collect();
    let mut left_out = 0;
    for section in sections {
        if page.len() + section.len() + RESERVE > limit {
            left_out += 1;
        } else {
            page.push_str(&section);
        }
    }
    if left_out > 0 && limit > RESERVE {
        let parts = counted(left_out, "part is", "parts are");
        page.push_str(&format!(
            "\n{parts} left out, for a summary may only be so long. `--report html=FILE` has all.\n"
        ));
    }
    page
}

fn head(told: Told<'_>, story: &Story<'_>) -> String {
    let mut said = format!("## provkassa: {}\n\n", escaped(&story.headline()));
    let mut facts = Vec::new();
    if let Some(hello) = told.hello {
        facts.push(format!("{} ({})", escaped(&hello.name), escaped(&hello.language)));
    }
    facts.push(counted(story.tried(), "message", "messages"));
    facts.push(format!("seed {}", told.summary.seed));
    facts.push(format!("{:.2} s", told.summary.took.as_secs_f64()));
    facts.push(format!("provkassa {}", crate::VERSION));
    said.push_str(&format!("{}\n\n", facts.join(" · ")));
    let words: Vec<&str> = story.counts().into_iter().map(|(word, _)| word).collect();
    if words.is_empty() {
        return said;
    }
    said.push_str(&format!("| | {} |\n| --- |{}\n", words.join(" | "), " ---: |".repeat(words.len())));
    let results = &told.summary.results;
    for provider in PROVIDERS {
        let info = provider.info();
        let of = |result: &&CaseResult| result.case.id.split('/').next() == Some(info.id);
        let count = |word: &str| results.iter().filter(of).filter(|result| result.word() == word).count();
        if WORDS.iter().any(|word| count(word) > 0) {
            let counts: Vec<String> = words.iter().map(|word| count(word).to_string()).collect();
            said.push_str(&format!("| {} | {} |\n", escaped(info.name), counts.join(" | ")));
        }
    }
    said
}

fn broken(story: &Story<'_>) -> impl Iterator<Item = String> {
    story.broken.iter().map(|broken| {
        let mut text = broken.what();
        text.push(broken.error.help().to_owned());
        text.push(format!("in {}", broken.place()));
        text.extend(broken.again().map(|command| format!("again: {command}")));
        let stderr = broken.stderr();
        if !stderr.is_empty() {
            text.extend([String::new(), format!("{}:", broken.channel())]);
            text.extend(stderr);
        }
        let cases = counted(broken.cases.len(), "case", "cases");
        format!("\n### The {} broke in {cases}\n\n{}", broken.who(), block(&text))
    })
}

fn entries(story: &Story<'_>) -> impl Iterator<Item = String> {
    let all: Vec<String> = story
        .summary
        .stale
        .iter()
        .map(|entry| {
            let (what, help) = stale(entry);
            format!("- {} {help}\n", escaped(&format!("{what}.")))
        })
        .collect();
    (!all.is_empty())
        .then(|| format!("\n### Known failures that need attention\n\n{}", all.concat()))
        .into_iter()
}

fn index(story: &Story<'_>) -> impl Iterator<Item = String> {
    let rows: Vec<String> = story
        .findings
        .iter()
        .take(ROWS)
        .map(|group| {
            let headline = escaped(&group.lead.finding.headline);
            format!("| {} | {headline} | {} | `{}` |\n", group.level, group.size(), group.lead.result.case.id)
        })
        .collect();
    let table = "| | Finding | Cases | Best seen in |\n| --- | --- | ---: | --- |\n";
    (!rows.is_empty())
        .then(|| {
            let can_be = story.findings.iter().any(|group| group.lead.can_be_a_script());
            let script = if can_be { format!("; {}", escaped(AS_SCRIPT)) } else { String::new() };
            let script = format!("Each finding has a command that tries it again{script}.");
            format!("\n### Findings, the worst first\n\n{table}{}\n{script}\n", rows.concat())
        })
        .into_iter()
}

fn finding(group: &Group<'_>) -> String {
    let Failed { result, finding } = group.lead;
    let case = &result.case;
    let mut text = vec![format!("{} {}", case.level, case.id), line(&case.requirement), String::new()];
    text.extend(bounded(finding.lines()));
    text.push(String::new());
    text.push(format!("again  {}", finding.replay));
    let more: Vec<&str> = group.more.iter().map(|failed| failed.result.case.id.as_str()).collect();
    if !more.is_empty() {
        text.push(format!("so fails  {}", more.join(", ")));
    }
    text.extend(group.besides().into_iter().map(|clause| format!("besides  {clause}")));
    let title = format!("<b>{}</b> {}", group.level, html(&line(&finding.headline)));
    let cases = counted(group.size(), "case", "cases");
    folded(&format!("{title} ({cases})"), &block(&text))
}

fn known(story: &Story<'_>) -> impl Iterator<Item = String> {
    let cases: usize = story.known.iter().map(|known| known.cases.len()).sum();
    let rows: Vec<String> = story
        .known
        .iter()
        .take(ROWS)
        .map(|known| {
            let entry = known.reason;
            let until = entry.expires.map_or_else(|| "they pass".to_owned(), |day| day.to_string());
            format!(
                "| {} | {} | {} | {until} |\n",
                escaped(&entry.case),
                known.cases.len(),
                escaped(&entry.reason)
            )
        })
        .collect();
    let table = "| Cases | Failing | Why | Until |\n| --- | ---: | --- | --- |\n";
    let title = format!("{} known", counted(cases, "failure is", "failures are"));
    (!rows.is_empty()).then(|| folded(&title, &format!("{table}{}", rows.concat()))).into_iter()
}

fn reasons(title: &str, all: &[Shared<'_, &str>]) -> impl Iterator<Item = String> {
    let cases: usize = all.iter().map(|shared| shared.cases.len()).sum();
    let rows: Vec<String> = all
        .iter()
        .take(ROWS)
        .map(|shared| format!("| {} | {} |\n", escaped(shared.reason), shared.cases.len()))
        .collect();
    let table = "| Why | Cases |\n| --- | ---: |\n";
    let title = format!("{title}: {}", number(cases));
    (!rows.is_empty()).then(|| folded(&title, &format!("{table}{}", rows.concat()))).into_iter()
}

fn folded(title: &str, body: &str) -> String {
    format!("\n<details><summary>{title}</summary>\n\n{body}\n</details>\n")
}

/// Lines as they are, behind a fence that none of them closes.
fn block(text: &[String]) -> String {
    let longest = text.iter().flat_map(|text| text.split(|sign| sign != '`')).map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or(0).max(2) + 1);
    format!("{fence}text\n{}\n{fence}\n", text.join("\n"))
}

/// One line in which no character means anything to Markdown or HTML.
fn escaped(text: &str) -> String {
    let mut said = String::new();
    for sign in line(text).chars() {
        match sign {
            '&' => said.push_str("&amp;"),
            '<' => said.push_str("&lt;"),
            '>' => said.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '@' | '!' | '$' => {
                said.extend(['\\', sign]);
            }
            other => said.push(other),
        }
    }
    said
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_leaves_its_cell_or_its_block() {
        assert_eq!(escaped("a|b `c`\n<b>"), "a\\|b \\`c\\`\\\\n&lt;b&gt;");
        let text = ["````".to_owned(), "</details>".to_owned()];
        assert_eq!(block(&text), "`````text\n````\n</details>\n`````\n");
    }
}
