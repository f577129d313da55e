//! The failures that are accepted for now, from a file that says why, and until when.
//!
//! The list is kept honest: an entry that is not needed any more is a finding, as a failure is.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use provkassa_simulators::kit::clock::Clock;

use super::case::{Case, CaseResult, EntryFault, KnownFailure, StaleEntry, Verdict};
use super::pattern::{matches, meant};
use crate::settings::{self, Miswritten};

/// The file, where it stands beside `provkassa.toml`.
pub const FILE: &str = "known-failures.toml";

const SHAPE: &str =
    "It is TOML: [[failure]] and then case = \"brp/hash/text-is-utf-8\" and reason = \"…\" for each entry.";

/// The accepted failures, as they count on one day.
#[derive(Clone, Debug, Default)]
pub struct KnownFailures {
    entries: Vec<KnownFailure>,
    /// Entries that cover no case that there is.
    unmatched: Vec<StaleEntry>,
    today: Date,
}

impl KnownFailures {
    /// Reads the file's text; `cases` are all that there are, and an entry's day of expiry counts still.
    pub fn parse(text: &str, cases: &[Case], today: Date) -> Result<Self, Miswritten> {
        let parsed = settings::parse(text, |_| SHAPE.to_owned())?;
        let whole = settings::Section::whole(text, &parsed);
        whole.knows(&["failure"])?;
        let mut known = Self { today, ..Self::default() };
        for section in whole.sections("failure")? {
            section.knows(&["case", "reason", "expires"])?;
            let required = |key: &str, example: &str, missing: &str| {
                let text = section.text(key, example)?.map(str::trim).filter(|text| !text.is_empty());
                text.map(str::to_owned).ok_or_else(|| section.wrong(key, "is missing", missing))
            };
            let entry = KnownFailure {
                case: required(
                    "case",
                    "case = \"brp/hash/text-is-utf-8\"",
                    "Name a case, the start of one as `brp/hash`, or a pattern as `brp/*/text-*`.",
                )?,
                reason: required(
                    "reason",
                    "reason = \"ticket 17\"",
                    "Say why this failure is accepted for now: somebody will ask.",
                )?,
                expires: section.date("expires", "expires = 2027-06-30")?,
            };
            if cases.iter().any(|case| matches(&entry.case, &case.id)) {
                known.entries.push(entry);
            } else {
                let nearest = meant(&entry.case, cases).map(str::to_owned);
                known.unmatched.push(StaleEntry { entry, fault: EntryFault::Unmatched { nearest } });
            }
        }
        Ok(known)
    }

    /// The entry that accepts a failure of this case today, if one does.
    #[must_use]
    pub fn accepting(&self, id: &str) -> Option<&KnownFailure> {
        self.entries.iter().find(|entry| !self.expired(entry) && matches(&entry.case, id))
    }

    /// The entries that need attention after these results. What was not tried says nothing of an entry.
    ///
    /// An entry for several cases of which some pass is too wide: it would hide it if they began to fail.
    #[must_use]
    pub fn stale(&self, results: &[CaseResult]) -> Vec<StaleEntry> {
        let mut stale = self.unmatched.clone();
        for entry in &self.entries {
            let covered: Vec<_> =
                results.iter().filter(|result| matches(&entry.case, &result.case.id)).collect();
            let passing = covered.iter().filter(|result| matches!(result.verdict, Verdict::Pass));
            let cases: Vec<String> = passing.map(|result| result.case.id.clone()).collect();
            let fails = covered.iter().any(|result| matches!(result.verdict, Verdict::Fail(_)));
            let expired = (self.expired(entry) && fails).then_some(EntryFault::Expired);
            let passes = (!cases.is_empty()).then_some(EntryFault::Passes { cases });
            let faults = expired.into_iter().chain(passes);
            stale.extend(faults.map(|fault| StaleEntry { entry: entry.clone(), fault }));
        }
        stale
    }

    fn expired(&self, entry: &KnownFailure) -> bool {
        entry.expires.is_some_and(|last| last < self.today)
    }
}

/// The day by which entries expire, in UTC: the same on every machine.
#[must_use]
pub fn today() -> Date {
    Clock::real().now().to_zoned(TimeZone::UTC).date()
}

/// The failures that no entry accepts, as a file to begin with; none if there are none. The reasons are what was
/// found: people put better ones in their place.
#[must_use]
pub fn to_toml(results: &[CaseResult]) -> Option<String> {
    let mut text = String::from(
        "# Failures that are accepted for now. Say why, and until when: expires = 2027-06-30\n\
         # Remove an entry when its case passes.\n",
    );
    let before = text.len();
    for result in results.iter().filter(|result| result.word() == "fail") {
        let Verdict::Fail(finding) = &result.verdict else { continue };
        let quoted = |text: &str| toml::Value::String(text.to_owned());
        let (case, reason) = (quoted(&result.case.id), quoted(&finding.headline));
        text.push_str(&format!("\n[[failure]]\ncase = {case}\nreason = {reason}\n"));
    }
    (text.len() > before).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::cases;

    #[test]
    fn an_entry_counts_on_its_day_and_not_on_the_next() {
        let all = cases().expect("the cases");
        let text = "[[failure]]\ncase = \"brp/hash\"\nreason = \"ticket 17\"\nexpires = 2026-12-31\n";
        let day = |year, month, day| Date::new(year, month, day).expect("a day");
        for (today, accepted) in
            [(day(2026, 1, 1), true), (day(2026, 12, 31), true), (day(2027, 1, 1), false)]
        {
            let known = KnownFailures::parse(text, &all, today).expect("sound");
            assert_eq!(known.accepting("brp/hash/text-is-utf-8").is_some(), accepted, "{today}");
            assert!(known.accepting("brp/hashes").is_none(), "it covers its own cases alone");
        }
    }

    #[test]
    fn an_entry_that_counts_stands_in_for_one_that_has_expired() {
        let all = cases().expect("the cases");
        let text = "[[failure]]\ncase = \"brp\"\nreason = \"old\"\nexpires = 2020-01-01\n\
                    [[failure]]\ncase = \"brp/*\"\nreason = \"new\"\n";
        let today = Date::new(2026, 1, 1).expect("a day");
        let known = KnownFailures::parse(text, &all, today).expect("sound");
        let reason = known.accepting("brp/hash/text-is-utf-8").map(|entry| entry.reason.as_str());
        assert_eq!(reason, Some("new"));
    }
}
