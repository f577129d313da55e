//! The matrix: every mistake of every operation is an integrator that makes it, in this process. Each is
//! caught and named, and no case catches nothing. Pairs of mistakes are drawn by a seed.
//!
//! `INSTA_UPDATE=always cargo test --test e2e matrix::` writes the snapshots anew.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use provkassa::adapter::reference::Reference;
use provkassa::adapter::{Integrator as _, Session};
use provkassa::conformance::{Case, Level, Plan, Property, Summary, Verdict, properties, run};
use provkassa::finding::Finding;
use provkassa::report::Reporters;
use provkassa::simulators::kit::diagnosis::MANY;
use provkassa::simulators::kit::operation::{Message, Operation};
use provkassa::simulators::kit::scheme::Mistake;
use rand::SeedableRng as _;
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom as _;

use crate::support::snapshot;

/// How many messages are generated for a case. Enough that each mistake shows; a run of a shop's has more.
const MESSAGES: usize = 80;
/// How many pairs of mistakes are drawn for an operation, and how often it is drawn at most to find them.
const PAIRS: usize = 4;
const DRAWS: usize = 160;

type Made = Vec<&'static Mistake>;

/// One integrator: the mistakes that it makes, and the cases where they can show.
struct Integrator {
    made: Made,
    cases: Vec<Property>,
}

/// What came of one integrator's run, told shortly.
struct Row {
    made: Made,
    summary: Summary,
}

impl Row {
    fn findings(&self) -> impl Iterator<Item = (&Property, &Finding)> {
        self.summary.results.iter().filter_map(|result| match &result.verdict {
            Verdict::Fail(finding) => Some((result.case.property()?, finding.as_ref())),
            _ => None,
        })
    }

    /// Whether a finding names these mistakes, or mistakes that answer alike; or where each shows in cases of
    /// its own, whether each is named there.
    fn names_all(&self) -> bool {
        let named = |made: &[&'static Mistake]| {
            self.findings().any(|(case, finding)| names(case.operation, finding, made))
        };
        named(&self.made) || self.made.iter().all(|one| named(&[one]))
    }

    /// What is told with certainty is what was done, or answers just as that does.
    fn assert_honest(&self) {
        for (case, finding) in self.findings().filter(|(_, finding)| finding.confidence == "certain") {
            let known = case.operation.mistakes();
            let told: Made =
                known.into_iter().filter(|mistake| finding.mistakes.contains(&mistake.id)).collect();
            let is_made = |id: &str| self.made.iter().any(|made| made.id == id);
            let equals = |made: &[&'static Mistake]| {
                drawn(case.operation, 400).iter().all(|message| alike(case.operation, message, made, &told))
            };
            let honest = told.iter().all(|mistake| is_made(mistake.id))
                || equals(&self.made)
                || self.made.iter().any(|one| equals(&[one]));
            assert!(honest, "{}: {:?} is told as certain:\n{}", case.id, finding.mistakes, self.lines());
        }
    }

    /// How many other pairs of mistakes nobody can tell from this one by the answers.
    fn others_alike(&self) -> usize {
        let Some((case, _)) = self.findings().next() else { return 0 };
        let (mistakes, sample) = (case.operation.mistakes(), drawn(case.operation, 200));
        let pairs = mistakes.iter().enumerate().flat_map(|(place, one)| {
            mistakes[place + 1..].iter().map(|other| [*one, *other]).collect::<Vec<_>>()
        });
        let is_alike = |pair: &[&'static Mistake; 2]| {
            let own = pair.iter().all(|one| self.made.iter().any(|made| made.id == one.id));
            !own && sample.iter().all(|message| alike(case.operation, message, pair, &self.made))
        };
        pairs.filter(is_alike).count()
    }

    /// The lines of the matrix: the cases by what is said there.
    fn lines(&self) -> String {
        let mut said: BTreeMap<(bool, String), Vec<String>> = BTreeMap::new();
        for (case, finding) in self.findings() {
            let level = if case.level == Level::Must { "" } else { " (SHOULD)" };
            let name = case.id.split_once('/').map_or(case.id.as_str(), |(_, name)| name);
            let known = self.told(finding);
            said.entry((known != "named", known)).or_default().push(format!("{name}{level}"));
        }
        let titles: Vec<_> = self.made.iter().map(|mistake| mistake.title).collect();
        let mut lines = format!("{}\n  {}\n", ids(&self.made).join(" + "), titles.join(", and "));
        for ((_, known), cases) in said {
            lines.push_str(&format!("  {known}: {}\n", cases.join(", ")));
        }
        lines
    }

    /// What a finding makes of these mistakes.
    fn told(&self, finding: &Finding) -> String {
        let (mut named, mut made) = (finding.mistakes.clone(), ids(&self.made));
        named.sort_unstable();
        made.sort_unstable();
        match (named == made, finding.confidence.as_str()) {
            (true, "certain") => "named".to_owned(),
            (true, confidence) => format!("named ({confidence})"),
            (false, "") => finding.headline.clone(),
            (false, confidence) => format!("{} ({confidence})", finding.mistakes.join(" + ")),
        }
    }
}

fn ids(made: &[&'static Mistake]) -> Vec<&'static str> {
    made.iter().map(|mistake| mistake.id).collect()
}

/// Runs each integrator through its cases; as many at a time as there are processors.
fn rows(integrators: &[Integrator]) -> Vec<Row> {
    let next = AtomicUsize::new(0);
    let work = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let mut done = Vec::new();
        while let Some((place, integrator)) = {
            let place = next.fetch_add(1, Ordering::Relaxed);
            integrators.get(place).map(|integrator| (place, integrator))
        } {
            let plan = Plan {
                cases: integrator.cases.iter().cloned().map(Case::Property).collect(),
                count: MESSAGES,
                state: None,
                ..Plan::default()
            };
            let session = Session::of(Arc::new(Reference(integrator.made.clone())));
            let never = std::future::pending();
            let summary = runtime.block_on(run(&plan, Ok(session), &mut Reporters::default(), never));
            done.push((place, Row { made: integrator.made.clone(), summary }));
        }
        done
    };
    let workers = thread::available_parallelism().map_or(1, NonZero::get);
    let mut rows: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("it ends")).collect()
    });
    rows.sort_by_key(|(place, _)| *place);
    rows.into_iter().map(|(_, row)| row).collect()
}

/// The cases of all operations that know this mistake: a hash also shows in the links that it signs.
fn cases_for(all: &[Property], mistake: &Mistake) -> Vec<Property> {
    let knows = |case: &&Property| case.operation.mistakes().iter().any(|known| known.id == mistake.id);
    all.iter().filter(knows).cloned().collect()
}

fn of_provider(provider: &str) -> Vec<Property> {
    let mut all = properties().expect("sound features");
    all.retain(|case| case.id.starts_with(&format!("{provider}/")));
    all
}

fn operations(cases: &[Property]) -> Vec<&'static dyn Operation> {
    let mut operations: Vec<&'static dyn Operation> = Vec::new();
    for case in cases {
        if !operations.iter().any(|known| known.id() == case.operation.id()) {
            operations.push(case.operation);
        }
    }
    operations
}

/// Every mistake of a provider's, singly.
fn singles(provider: &str) {
    let all = of_provider(provider);
    let mut mistakes: Made = Vec::new();
    for mistake in operations(&all).iter().flat_map(|operation| operation.mistakes()) {
        if !mistakes.iter().any(|known| known.id == mistake.id) {
            mistakes.push(mistake);
        }
    }
    let integrator =
        |mistake: &&'static Mistake| Integrator { made: vec![mistake], cases: cases_for(&all, mistake) };
    let rows = rows(&mistakes.iter().map(integrator).collect::<Vec<_>>());
    let mut catching: BTreeSet<&str> = BTreeSet::new();
    let mut matrix = String::new();
    for row in &rows {
        let id = row.made[0].id;
        assert!(row.findings().next().is_some(), "{id} survives");
        let named =
            row.findings().any(|(_, finding)| finding.mistakes == [id] && finding.confidence == "certain");
        assert!(named, "{id} is not named:\n{}", row.lines());
        row.assert_honest();
        catching.extend(row.findings().map(|(case, _)| case.id.as_str()));
        matrix.push_str(&row.lines());
    }
    let idle: Vec<_> = all.iter().map(|case| case.id.as_str()).filter(|id| !catching.contains(id)).collect();
    assert!(idle.is_empty(), "a case that catches no mistake proves nothing: {idle:?}");
    snapshot(provider, "mistakes-and-the-cases-that-catch-them", &matrix);

    let right = self::rows(&[Integrator { made: Vec::new(), cases: all }]).remove(0).summary;
    for result in &right.results {
        assert!(matches!(result.verdict, Verdict::Pass), "{} fails the right integrator", result.case.id);
    }
}

/// A sample of a provider's pairs of mistakes, each within one operation.
fn pairs(provider: &str) {
    let all = of_provider(provider);
    let mut rng = SmallRng::seed_from_u64(1);
    let mut integrators = Vec::new();
    for operation in operations(&all) {
        let mistakes = operation.mistakes();
        let sample: Vec<Message> = (0..200).map(|_| operation.generate(&mut rng)).collect();
        let mut drawn: BTreeSet<Vec<&str>> = BTreeSet::new();
        for _ in 0..DRAWS {
            let made: Made = mistakes.sample(&mut rng, 2).copied().collect();
            let (mut key, once) = (ids(&made), drawn.len());
            key.sort_unstable();
            // Some exclude each other, and some are together what one of them is alone.
            if once < PAIRS && adds(operation, &made, &sample) && drawn.insert(key) {
                let of_one = cases_for(&all, made[0]);
                integrators.push(Integrator { cases: cases_for(&of_one, made[1]), made });
            }
        }
    }
    let (mut unnamed, mut matrix) = (Vec::new(), String::new());
    for row in rows(&integrators) {
        let both = ids(&row.made).join(" + ");
        assert!(row.findings().next().is_some(), "{both} survive together");
        row.assert_honest();
        if !row.names_all() {
            let others = row.others_alike();
            assert!(
                others + 1 >= MANY,
                "{both} is not named, and {others} pairs answer alike:\n{}",
                row.lines()
            );
            unnamed.push(format!("{both}, as {others} other pairs answer alike"));
        }
        matrix.push_str(&row.lines());
    }
    if !unnamed.is_empty() {
        matrix.push_str(&format!("\nnot named as a pair:\n  {}\n", unnamed.join("\n  ")));
    }
    snapshot(provider, "pairs-of-mistakes-and-the-cases-that-catch-them", &matrix);
}

/// Whether two mistakes together show as something else than each alone.
fn adds(operation: &dyn Operation, made: &Made, sample: &[Message]) -> bool {
    let differs =
        |other: &[&'static Mistake]| sample.iter().any(|message| !alike(operation, message, made, other));
    made.iter().all(|one| differs(&[one])) && differs(&[])
}

/// Whether two integrators answer a message alike.
fn alike(
    operation: &dyn Operation,
    message: &Message,
    one: &[&'static Mistake],
    other: &[&'static Mistake],
) -> bool {
    let observed = |made: &[&'static Mistake]| {
        operation.reply(message, made).map(|reply| operation.observe(message, &reply))
    };
    match (observed(one), observed(other)) {
        (Some(one), Some(other)) => one == other,
        // What excludes each other is no integrator, and not to be drawn.
        (None, _) => true,
        _ => false,
    }
}

fn drawn(operation: &dyn Operation, count: usize) -> Vec<Message> {
    let mut rng = SmallRng::seed_from_u64(7);
    (0..count).map(|_| operation.generate(&mut rng)).collect()
}

/// Whether one of a finding's explanations is these mistakes, or answers as they do.
fn names(operation: &dyn Operation, finding: &Finding, made: &[&'static Mistake]) -> bool {
    let sample = drawn(operation, 400);
    let known = operation.mistakes();
    finding.explanations().any(|explanation| {
        let other: Made = known.iter().filter(|mistake| explanation.contains(&mistake.id)).copied().collect();
        other.len() == explanation.len()
            && sample.iter().all(|message| alike(operation, message, made, &other))
    })
}

macro_rules! matrix {
    ($($provider:ident)*) => {$(
        mod $provider {
            #[test]
            fn every_mistake_is_caught_and_named_and_every_case_catches_one() {
                super::singles(stringify!($provider));
            }

            #[test]
            fn pairs_of_mistakes_are_caught_and_named() {
                super::pairs(stringify!($provider));
            }
        }
    )*};
}

matrix!(bambora brp fena fenerum freepay quickpay);

#[test]
fn the_matrix_is_of_all_providers() {
    let known: Vec<_> = provkassa::simulators::PROVIDERS.iter().map(|provider| provider.info().id).collect();
    assert_eq!(known, ["bambora", "brp", "fena", "fenerum", "freepay", "quickpay"]);
    let reference = Reference(Vec::new()).hello();
    for case in properties().expect("sound features") {
        assert!(reference.ops.contains(&case.operation.id().to_owned()), "{}", case.id);
    }
}
