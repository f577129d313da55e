//! Which checks are run, on what, and with how many messages.

use std::io;
use std::sync::Arc;

use provkassa_simulators::PROVIDERS;
use provkassa_simulators::kit::operation::{Message, Operation};
use provkassa_simulators::kit::problem::nearest;

use super::answer::Answer;
use super::bridge::{Functions, Work};
use super::report::Report;
use crate::adapter::Integrator;
use crate::conformance::counterexample::{self, CounterexampleError};
use crate::conformance::{Case, FeatureError, KnownFailures, Plan, Property, cases, known, matches, meant};
use crate::settings::Miswritten;

/// How many messages are generated for a case, as on the command line.
const COUNT: usize = 256;
const SEED: u64 = 1;

/// Why nothing could be checked.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// A counterexample cannot be used.
    #[error("{0}")]
    Counterexample(#[from] CounterexampleError),
    /// The counterexample is about an operation for which there is no function.
    #[error("the counterexample is about {operation}, which this check does not try")]
    Elsewhere {
        /// The operation.
        operation: &'static str,
    },
    /// The embedded cases are unsound: a fault of our own.
    #[error("{0}")]
    Features(#[from] FeatureError),
    /// The filters leave nothing.
    #[error("no case is left to be tried")]
    NoCase,
    /// The harness could not be started.
    #[error("the harness could not be started: {0}")]
    Start(#[from] io::Error),
    /// The list of known failures is not written as it should be.
    #[error("the known failures: {error}. {}", error.help)]
    KnownFailures {
        /// What is wrong with it.
        #[from]
        error: Miswritten,
    },
    /// No case is called so.
    #[error("no case is called `{typed}`. {help}")]
    UnknownCase {
        /// The pattern.
        typed: String,
        /// What to do.
        help: String,
    },
    /// There is no such operation.
    #[error("there is no operation `{typed}`. {help}")]
    UnknownOperation {
        /// What was given.
        typed: String,
        /// What to do.
        help: String,
    },
    /// An environment variable cannot be read.
    #[error("{name} cannot be `{value}`: give a whole number")]
    Variable {
        /// The variable.
        name: &'static str,
        /// What it holds.
        value: String,
    },
}

/// A check of your code, inside your own test.
///
/// `PROVKASSA_CASES` and `PROVKASSA_SEED` in the environment beat what the test says, so that a nightly run can try
/// more. `PROVKASSA_REPLAY` with a counterexample, as a failure prints it, tries that one message alone.
#[must_use = "nothing is tried until `assert` or `run` is called"]
#[derive(Debug)]
pub struct Check<'a> {
    code: Result<Code<'a>, SetupError>,
    count: usize,
    seed: u64,
    real_clock: bool,
    replayed: Option<String>,
    only: Vec<String>,
    skip: Vec<String>,
    known: String,
}

/// What is tried.
#[derive(Debug)]
enum Code<'a> {
    Functions(Functions<'a>),
    Whole(Arc<dyn Integrator>),
}

impl<'a> Check<'a> {
    /// Every case of one operation, answered by your function.
    pub fn of<A: Answer>(operation: &str, answer: impl FnMut(&Message) -> A + 'a) -> Self {
        Self::new(Ok(Code::Functions(Functions::default()))).and(operation, answer)
    }

    /// Every case of all operations that the integrator knows.
    pub fn integrator(integrator: impl Integrator) -> Self {
        Self::new(Ok(Code::Whole(Arc::new(integrator))))
    }

    fn new(code: Result<Code<'a>, SetupError>) -> Self {
        Self {
            code,
            count: COUNT,
            seed: SEED,
            real_clock: false,
            replayed: None,
            only: Vec::new(),
            skip: Vec::new(),
            known: String::new(),
        }
    }

    /// Another operation, with its function. What is found in one helps to explain the other.
    ///
    /// An integrator knows its own operations; it is left as it is.
    pub fn and<A: Answer>(mut self, id: &str, mut answer: impl FnMut(&Message) -> A + 'a) -> Self {
        match operation(id) {
            Ok(operation) => {
                if let Ok(Code::Functions(functions)) = &mut self.code {
                    let said = move |message: &Message| answer(message).said(operation, message);
                    functions.0.push((operation, Box::new(said)));
                }
            }
            Err(error) => self.code = self.code.and(Err(error)),
        }
        self
    }

    /// How many messages are generated for a case; 256 if it is not said.
    pub fn cases(mut self, count: usize) -> Self {
        self.count = count;
        self
    }

    /// Fixes the generated messages; 1 if it is not said. The same seed gives the same messages everywhere.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Tries these cases only: an id, the start of one, or a pattern with `*`, as `check --list` prints them. Given
    /// again, those too.
    pub fn only(mut self, pattern: &str) -> Self {
        self.only.push(pattern.to_owned());
        self
    }

    /// Leaves these cases out.
    pub fn skip(mut self, pattern: &str) -> Self {
        self.skip.push(pattern.to_owned());
        self
    }

    /// Accepts the failures that this list names, in the form of `known-failures.toml`; give it with `include_str!`.
    /// An entry that expired, that passes or that names no case fails the test.
    pub fn known_failures(mut self, toml: &str) -> Self {
        toml.clone_into(&mut self.known);
        self
    }

    /// Says that your functions read the real clock and cannot be told the message's `now`. Messages are stamped
    /// near the real time then.
    pub fn real_clock(mut self) -> Self {
        self.real_clock = true;
        self
    }

    /// Tries one message alone: a counterexample as a failure prints it, or the file that holds one.
    pub fn replay(mut self, counterexample: &str) -> Self {
        self.replayed = Some(counterexample.to_owned());
        self
    }

    /// Tries everything, and panics with what was found if your code does not conform.
    ///
    /// # Panics
    ///
    /// Also where nothing can be tried: see [`SetupError`].
    #[track_caller]
    pub fn assert(self) {
        match self.run() {
            Ok(report) => report.assert(),
            Err(error) => panic!("{error}"),
        }
    }

    /// Tries everything and says what came of it.
    pub fn run(self) -> Result<Report, SetupError> {
        let code = self.code?;
        let knows = |operation: &dyn Operation| match &code {
            Code::Functions(functions) => functions.0.iter().any(|(known, _)| known.id() == operation.id()),
            Code::Whole(integrator) => integrator.hello().ops.iter().any(|known| known == operation.id()),
        };
        let mut cases = cases()?;
        let properties: Vec<Property> = cases.iter().filter_map(Case::property).cloned().collect();
        let replayed = replayed(self.replayed.as_deref(), &properties, &knows)?;
        let known = KnownFailures::parse(&self.known, &cases, known::today())?;
        for pattern in self.only.iter().chain(&self.skip) {
            if !cases.iter().any(|case| matches(pattern, &case.id)) {
                return Err(SetupError::UnknownCase { typed: pattern.clone(), help: near(pattern, &cases) });
            }
        }
        let is_named = |patterns: &[String], case: &Case| patterns.iter().any(|one| matches(one, &case.id));
        cases.retain(|case| {
            case.property().is_some_and(|property| knows(property.operation))
                && (self.only.is_empty() || is_named(&self.only, case))
                && !is_named(&self.skip, case)
        });
        if cases.is_empty() {
            return Err(SetupError::NoCase);
        }
        let plan = Plan {
            cases,
            seed: variable("PROVKASSA_SEED")?.unwrap_or(self.seed),
            count: variable("PROVKASSA_CASES")?.unwrap_or(self.count),
            state: None,
            known,
            ..Plan::default()
        };
        let work = Work { plan, replayed };
        Ok(match code {
            Code::Whole(integrator) => Report::new(work.with(integrator)?),
            Code::Functions(functions) => {
                let (summary, broke) = work.with_functions(functions, !self.real_clock)?;
                Report::new(summary).with_broken(&broke)
            }
        })
    }
}

fn near(pattern: &str, cases: &[Case]) -> String {
    meant(pattern, cases).map_or_else(
        || "`provkassa check --list` prints them.".to_owned(),
        |near| format!("Did you mean `{near}`?"),
    )
}

/// The message that is to be tried alone. One that comes by the environment may be meant for another test.
fn replayed(
    given: Option<&str>,
    cases: &[Property],
    knows: &dyn Fn(&dyn Operation) -> bool,
) -> Result<Option<(Property, Message)>, SetupError> {
    if let Ok(text) = std::env::var("PROVKASSA_REPLAY") {
        let replayed = counterexample::read(&text, cases)?;
        if knows(replayed.0.operation) {
            return Ok(Some(replayed));
        }
    }
    let Some(text) = given else { return Ok(None) };
    let replayed = counterexample::read(text, cases)?;
    if !knows(replayed.0.operation) {
        return Err(SetupError::Elsewhere { operation: replayed.0.operation.id() });
    }
    Ok(Some(replayed))
}

fn variable<T: std::str::FromStr>(name: &'static str) -> Result<Option<T>, SetupError> {
    let Ok(value) = std::env::var(name) else { return Ok(None) };
    value.parse().map(Some).map_err(|_| SetupError::Variable { name, value })
}

/// The operation with this id, or which one may have been meant.
pub(super) fn operation(id: &str) -> Result<&'static dyn Operation, SetupError> {
    provkassa_simulators::operation(id).ok_or_else(|| {
        let known: Vec<_> = PROVIDERS
            .iter()
            .flat_map(|provider| provider.operations())
            .map(|operation| operation.id())
            .collect();
        let help = nearest(id, known.iter().copied()).map_or_else(
            || format!("There are: {}.", known.join(", ")),
            |near| format!("Did you mean `{near}`?"),
        );
        SetupError::UnknownOperation { typed: id.to_owned(), help }
    })
}
