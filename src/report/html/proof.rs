//! The evidence for a finding: the message, the two strings, the answers, the command.

use super::super::shown::{counted, line, lines, middle_left_out};
use crate::finding::{Finding, Theirs};
use provkassa_simulators::kit::mask::visible;

/// The most characters of a string around the first difference.
const AROUND: usize = 1_200;

/// What shows that it is so.
pub(super) struct Proof {
    pub(super) counts: String,
    pub(super) message: Vec<(String, String)>,
    pub(super) shows: Vec<String>,
    /// What happened where a running shop was tried.
    pub(super) trail: Vec<String>,
    pub(super) strings: Vec<Marked>,
    pub(super) difference: String,
    pub(super) expected: Vec<String>,
    pub(super) got: Vec<String>,
    pub(super) replay: String,
}

/// A string with the part that differs.
pub(super) struct Marked {
    pub(super) who: &'static str,
    pub(super) class: &'static str,
    pub(super) before: String,
    pub(super) differs: bool,
    pub(super) mark: String,
    pub(super) after: String,
}

impl Proof {
    pub(super) fn of(finding: &Finding) -> Self {
        let (strings, difference) = strings(finding);
        Self {
            counts: counts(finding),
            message: finding.fields().map(|(name, value)| (line(name), line(&value))).collect(),
            shows: finding.shows.iter().map(|text| line(text)).collect(),
            trail: finding.trail.iter().map(|text| line(text)).collect(),
            strings,
            difference,
            expected: answer(&finding.expected),
            got: answer(&finding.got),
            replay: finding.replay.clone(),
        }
    }
}

fn counts(finding: &Finding) -> String {
    let (one, many) = match (finding.trail.is_empty(), finding.message.is_empty()) {
        (true, _) => ("message", "messages"),
        (false, false) => ("order", "orders"),
        (false, true) => return String::new(),
    };
    let smaller = match finding.shrunk_in {
        0 => String::new(),
        1 => ", made smaller once".to_owned(),
        steps => format!(", made smaller {steps} times"),
    };
    format!("{} of {} failed{smaller}", finding.failed, counted(finding.tried, one, many))
}

fn answer(text: &str) -> Vec<String> {
    if text.is_empty() { vec!["(nothing)".to_owned()] } else { lines(text) }
}

/// Both strings where there are two, and what is to be said of their difference.
fn strings(finding: &Finding) -> (Vec<Marked>, String) {
    let Some(ours) = &finding.canonical else { return (Vec::new(), String::new()) };
    let who = "the provider";
    let Some(theirs) = &finding.theirs else {
        let unmarked = Marked::new(who, "ours", ours, None);
        return (vec![unmarked], String::new());
    };
    let Theirs { canonical, given, differs_at } = theirs;
    let by = if *given { "you, as you say" } else { "you, as we say" };
    let (one, two) = differs_at.map(|at| regions(ours, canonical, at)).unzip();
    let said = match differs_at {
        Some(at) => format!("They first differ at character {}.", at + 1),
        None => "The strings are the same: the digest or its spelling differs.".to_owned(),
    };
    (vec![Marked::new(who, "ours", ours, one), Marked::new(by, "theirs", canonical, two)], said)
}

/// Where each string differs from the other, in characters: from the first difference to the last.
fn regions(ours: &str, theirs: &str, at: usize) -> ((usize, usize), (usize, usize)) {
    let (ours, theirs): (Vec<char>, Vec<char>) = (ours.chars().collect(), theirs.chars().collect());
    let most = ours.len().min(theirs.len()).saturating_sub(at);
    let same =
        ours.iter().rev().zip(theirs.iter().rev()).take(most).take_while(|(one, two)| one == two).count();
    ((at, ours.len() - same), (at, theirs.len() - same))
}

impl Marked {
    fn new(who: &'static str, class: &'static str, text: &str, region: Option<(usize, usize)>) -> Self {
        let Some((from, to)) = region else {
            return Self {
                who,
                class,
                before: line(text),
                differs: false,
                mark: String::new(),
                after: String::new(),
            };
        };
        let part = |from: usize, to: usize| -> String { text.chars().skip(from).take(to - from).collect() };
        let length = text.chars().count();
        let skipped = from.saturating_sub(AROUND);
        let before = part(skipped, from);
        let start = match skipped {
            0 => String::new(),
            some => format!("… {} …", counted(some, "character left out", "characters left out")),
        };
        Self {
            who,
            class,
            before: format!("{start}{}", inner(&before)),
            differs: true,
            mark: inner(&middle_left_out(&part(from, to), AROUND)),
            after: visible(&middle_left_out(&part(to, length), AROUND)),
        }
    }
}

/// A part in the middle of a text: a blank at its end is not one at the end of the text.
fn inner(text: &str) -> String {
    let shown = visible(text);
    shown.strip_suffix('␠').filter(|_| text.ends_with(' ')).map(|rest| format!("{rest} ")).unwrap_or(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(ours: &str, theirs: &str, at: usize) -> [String; 2] {
        let (one, two) = regions(ours, theirs, at);
        [(ours, one), (theirs, two)].map(|(text, region)| {
            let Marked { before, mark, after, .. } = Marked::new("", "", text, Some(region));
            format!("{before}[{mark}]{after}")
        })
    }

    #[test]
    fn what_differs_is_marked_and_nothing_else() {
        assert_eq!(marked("1http://as", "1http%3A%2F%2Fas", 5), ["1http[://]as", "1http[%3A%2F%2F]as"]);
        assert_eq!(marked("aas", "aaas", 2), ["aa[]s", "aa[a]s"]);
        assert_eq!(marked("abc", "abc\n", 3), ["abc[]", "abc[\\n]"]);
        assert_eq!(marked("a b", "a c ", 2), ["a [b]", "a [c ]"]);
        assert_eq!(marked("", "x", 0), ["[]", "[x]"]);
        let long = "å".repeat(100_000);
        let [ours, theirs] = marked(&format!("{long}x{long}"), &format!("{long}y{long}"), 100_000);
        assert!(ours.contains("å[x]å") && theirs.contains("å[y]å"));
        assert!(ours.chars().count() < 4_000 && ours.contains("98,800 characters left out"));
    }
}
