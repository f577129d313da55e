//! A finding as people read it.

use provkassa_simulators::kit::diagnosis::said;
use provkassa_simulators::kit::mask::visible;
use provkassa_simulators::kit::wire::shown;
use serde_json::Value;

use super::Finding;
use super::compared::{CLOSE, OPEN, brief, marked, shortened};

impl Finding {
    /// The finding on lines, without colour.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let confidence =
            if self.confidence.is_empty() { String::new() } else { format!(" ({})", self.confidence) };
        lines.push(format!("{}{confidence}", self.headline));
        for other in self.others() {
            lines.push(format!("or:  {other}"));
        }
        lines.extend(self.beside.iter().map(|other| format!("also: {other}")));
        if !self.why.is_empty() {
            lines.push(format!("why: {}", self.why));
        }
        lines.push(format!("do:  {}", self.remedy));
        lines.push(String::new());
        if self.trail.is_empty() {
            self.message(&mut lines);
        } else if !self.message.is_empty() {
            lines.push(format!("smallest failing order ({})", self.counts()));
            lines.extend(self.shows.iter().map(|line| format!("  {}", visible(line))));
            lines.push(String::new());
        }
        lines.extend(block("expected", &self.expected));
        lines.extend(block("got", &self.got));
        self.strings(&mut lines);
        if !self.trail.is_empty() {
            lines.push(String::new());
            lines.push("what happened".to_owned());
            lines.extend(self.trail.iter().map(|line| format!("  {}", visible(line))));
        }
        if !self.source.is_empty() {
            lines.push(String::new());
            lines.push(format!("{:<9} {}: {}", "rule", self.provenance, self.source));
        }
        lines
    }

    /// The message that fails, and how it was found.
    fn message(&self, lines: &mut Vec<String>) {
        lines.push(format!("smallest failing message ({})", self.counts()));
        lines.extend(self.fields().map(|(name, value)| field(name, &value)));
        lines.extend(self.shows.iter().map(|line| format!("  {}", visible(line))));
        lines.push(String::new());
    }

    /// How many failed, and how often one was made smaller.
    fn counts(&self) -> String {
        let steps = if self.shrunk_in == 1 { "once".to_owned() } else { format!("{} times", self.shrunk_in) };
        format!("{} of {} failed; made smaller {steps}", self.failed, self.tried)
    }

    /// The message as a person reads it: the names and values of its fields and parameters.
    pub fn fields(&self) -> impl Iterator<Item = (&str, String)> {
        self.message.iter().flat_map(|(name, value)| match value {
            Value::Array(parameters) => {
                parameters.iter().map(|one| (text(&one[0]), text(&one[1]).to_owned())).collect()
            }
            value => vec![(name.as_str(), shown(value))],
        })
    }

    /// What the provider hashes, and what the integrator did.
    fn strings(&self, lines: &mut Vec<String>) {
        let Some(canonical) = &self.canonical else { return };
        lines.push(String::new());
        let Some(theirs) = &self.theirs else {
            lines.push(format!("{OURS:<20} {}", shortened(canonical)));
            return;
        };
        let who = if theirs.given { "you hashed (you say)" } else { "you hashed (we say)" };
        let (ours, own) = if theirs.differs_at.is_some() {
            marked(canonical, &theirs.canonical)
        } else {
            (shortened(canonical), shortened(&theirs.canonical))
        };
        lines.push(format!("{OURS:<20} {ours}"));
        lines.push(format!("{who:<20} {own}"));
        let remark = match (&self.digest, theirs.differs_at) {
            (_, Some(_)) => format!("the difference stands between {OPEN} and {CLOSE}"),
            (Some(digest), None) => format!("the strings are the same, but your answer is {digest}"),
            (None, None) if theirs.given => {
                "the strings are the same, so it is the digest, its key or its spelling that differs"
                    .to_owned()
            }
            (None, None) => {
                "the strings are the same: the digest, its key or its spelling differs".to_owned()
            }
        };
        lines.push(format!("{:20} {remark}", ""));
    }

    /// The other explanations in words.
    #[must_use]
    pub fn others(&self) -> Vec<String> {
        let all = crate::adapter::reference::mistakes();
        let words = self.equals.iter().map(|ids| {
            let known = ids.iter().filter_map(|id| all.iter().find(|mistake| mistake.id == *id));
            said(&known.copied().collect::<Vec<_>>())
        });
        words.take(4).collect()
    }
}

const OURS: &str = "the provider hashes";

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

fn field(name: &str, value: &str) -> String {
    format!("  {:<18} {}", visible(name), if value.is_empty() { "(empty)".to_owned() } else { brief(value) })
}

fn block(name: &str, text: &str) -> Vec<String> {
    let mut lines = text.lines();
    let first = lines.next().unwrap_or("(nothing)");
    std::iter::once(format!("{name:<9} {}", brief(first)))
        .chain(lines.map(|line| format!("{:9} {}", "", brief(line))))
        .collect()
}
