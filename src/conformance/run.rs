//! Running the chosen cases against an adapter, and telling the reporters.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use provkassa_simulators::kit::mask::escaped_json;
use provkassa_simulators::kit::operation::Message;
use serde_json::json;
use tokio::task::JoinSet;

use super::case::{Case, CaseResult, Verdict};
use super::doubts::settle_doubts;
use super::known::KnownFailures;
use super::pool::Pool;
use super::properties::Lessons;
use super::summary::{Early, Summary};
use super::{counterexample, properties};
use crate::adapter::{AdapterError, Fault, Session};
use crate::report::{Event, Reporters};

/// What to run, and how.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The chosen cases.
    pub cases: Vec<Case>,
    /// Fixes the generated messages.
    pub seed: u64,
    /// How many messages are generated for a case.
    pub count: usize,
    /// Where counterexamples are kept; nowhere if there is none.
    pub state: Option<PathBuf>,
    /// The failures that are accepted for now: they are no findings, and end no run.
    pub known: KnownFailures,
    /// Whether the first finding ends the run.
    pub fail_fast: bool,
    /// How many findings end the run.
    pub max_failures: Option<usize>,
    /// How long the run may take. Nothing of what is under way then is known.
    pub max_time: Option<Duration>,
    /// How the adapter is named on the command line, to print commands that work.
    pub target: String,
}

impl Default for Plan {
    /// No cases yet, and everything else as `provkassa check` has it without flags.
    fn default() -> Self {
        Self {
            cases: Vec::new(),
            seed: 1,
            count: 256,
            state: Some(counterexample::FOLDER.into()),
            known: KnownFailures::default(),
            fail_fast: false,
            max_failures: None,
            max_time: None,
            target: String::new(),
        }
    }
}

/// Runs the plan. `opened` is the adapter, a [`Pool`] or a single [`Session`], or why there is none; `stop` ends
/// the run early, and what was found until then is reported all the same.
///
/// As many cases are tried at once as the pool has conversations. They are reported as they end, and stand in the
/// summary in the order of the plan: what is found does not depend on how many are tried at once.
pub async fn run(
    plan: &Plan,
    opened: Result<impl Into<Pool>, AdapterError>,
    reporters: &mut Reporters,
    stop: impl Future<Output = ()>,
) -> Summary {
    let began = Instant::now();
    let opened = opened.map(Into::into);
    let hello = opened.as_ref().ok().map(Pool::hello);
    reporters.tell(&Event::Began { cases: plan.cases.len(), seed: plan.seed, hello });
    let mut ledger = Ledger { plan, reporters, results: BTreeMap::new(), failures: 0, ended: None };
    let mut early = None;
    match &opened {
        Ok(pool) => {
            let ended = tokio::select! {
                biased;
                () = stop => Some((Early::Interrupted, "the run was interrupted".to_owned())),
                why = time_is_up(plan.max_time) => Some((Early::OutOfTime, why)),
                () = try_all(plan, pool, &mut ledger) => None,
            };
            if let Some((what, why)) = ended {
                early = Some(what);
                ledger.ended.get_or_insert(why);
            }
        }
        Err(error) => {
            if let Some(case) = plan.cases.first() {
                ledger.enter(0, CaseResult { verdict: Verdict::Broken(error.clone()), ..not_run(case, "") });
            }
            ledger.ended = Some("the adapter did not come up".to_owned());
        }
    }
    let mut results = ledger.complete();
    settle_doubts(plan, &mut results);
    if let Ok(pool) = &opened
        && results.iter().any(|result| matches!(result.verdict, Verdict::Unsupported(_)))
    {
        // It may say why it does not do more.
        let said = pool.stderr().await;
        for line in said.lines().take(3) {
            reporters.tell(&Event::Trouble(&format!("the adapter says: {line}")));
        }
    }
    let stale = plan.known.stale(&results);
    let summary = Summary { results, stale, seed: plan.seed, took: began.elapsed(), early };
    reporters.tell(&Event::Ended(&summary));
    summary
}

/// Ends when the time is up, and says so.
async fn time_is_up(limit: Option<Duration>) -> String {
    let Some(limit) = limit else { return std::future::pending().await };
    tokio::time::sleep(limit).await;
    format!("the {} s of --max-time were up", limit.as_secs_f64())
}

/// Tries one case after the other in each of the pool's conversations. Once something ends the run no case is
/// begun; those under way are awaited, for they are true.
async fn try_all(plan: &Plan, pool: &Pool, ledger: &mut Ledger<'_>) {
    let mut free = pool.sessions();
    let lessons = Arc::new(Lessons::default());
    let mut waiting = plan.cases.iter().enumerate();
    let mut under_way = JoinSet::new();
    loop {
        while ledger.ended.is_none()
            && let Some(session) = free.pop()
        {
            let Some((place, case)) = waiting.next() else { break };
            ledger.reporters.tell(&Event::Trying(case));
            let (case, seed, count) = (case.clone(), plan.seed, plan.count);
            let mut saved: Vec<_> = counterexample::saved(plan.state.as_deref(), &case).into_iter().collect();
            saved.retain(|message| properties::belongs(&case, message));
            let lessons = Arc::clone(&lessons);
            under_way.spawn(async move {
                let result = properties::try_case(&case, &session, saved, (seed, count), &lessons).await;
                (place, session, result)
            });
        }
        match under_way.join_next().await {
            Some(Ok((place, session, result))) => {
                free.push(session);
                ledger.enter(place, result);
            }
            Some(Err(error)) => {
                // A fault of our own is one, wherever it happens. Nobody cancels a case but with this function.
                if let Ok(panic) = error.try_into_panic() {
                    std::panic::resume_unwind(panic);
                }
            }
            None => return,
        }
    }
}

/// What is known of the cases so far.
struct Ledger<'a> {
    plan: &'a Plan,
    reporters: &'a mut Reporters,
    /// By the place of the case in the plan.
    results: BTreeMap<usize, CaseResult>,
    /// How many of them are findings.
    failures: usize,
    /// Why no more cases are begun.
    ended: Option<String>,
}

impl Ledger<'_> {
    /// Takes a result, saves what it found, and tells it.
    fn enter(&mut self, place: usize, result: CaseResult) {
        let mut result = completed(self.plan, result, self.reporters);
        result.known = self.plan.known.accepting(&result.case.id).cloned();
        let why = match &result.verdict {
            Verdict::Broken(AdapterError { kind: Fault::Own { .. }, .. }) => None,
            Verdict::Broken(_) => Some("the adapter broke".to_owned()),
            Verdict::Fail(_) if result.known.is_none() => {
                self.failures += 1;
                let enough = self.plan.max_failures.filter(|most| self.failures >= *most);
                let enough = enough.map(|most| format!("enough cases had failed (--max-failures {most})"));
                let first = || "an earlier case failed (--fail-fast)".to_owned();
                self.plan.fail_fast.then(first).or(enough)
            }
            _ => None,
        };
        if let Some(why) = why {
            self.ended.get_or_insert(why);
        }
        self.reporters.tell(&Event::Finished(&result));
        self.results.insert(place, result);
    }

    /// The results in the order of the plan; what has none was not run.
    fn complete(mut self) -> Vec<CaseResult> {
        let why = self.ended.clone().unwrap_or_default();
        for (place, case) in self.plan.cases.iter().enumerate() {
            if !self.results.contains_key(&place) {
                self.enter(place, not_run(case, &why));
            }
        }
        self.results.into_values().collect()
    }
}

/// Runs one case on one message, once, and saves nothing.
pub async fn replay(
    plan: &Plan,
    case: &Case,
    message: Message,
    opened: Result<Session, AdapterError>,
    reporters: &mut Reporters,
) -> Summary {
    let began = Instant::now();
    reporters.tell(&Event::Began {
        cases: 1,
        seed: plan.seed,
        hello: opened.as_ref().ok().map(Session::hello),
    });
    let mut result = match opened {
        Ok(session) => properties::try_message(case, &session, message).await,
        Err(error) => CaseResult { verdict: Verdict::Broken(error), ..not_run(case, "") },
    };
    if let Verdict::Fail(finding) = &mut result.verdict {
        finding.replay = command(plan, case, &finding.message);
    }
    reporters.tell(&Event::Finished(&result));
    let summary = Summary {
        results: vec![result],
        stale: Vec::new(),
        seed: plan.seed,
        took: began.elapsed(),
        early: None,
    };
    reporters.tell(&Event::Ended(&summary));
    summary
}

/// Saves what was found and says how to try it again.
fn completed(plan: &Plan, mut result: CaseResult, reporters: &mut Reporters) -> CaseResult {
    if let Verdict::Fail(finding) = &mut result.verdict {
        finding.replay = command(plan, &result.case, &finding.message);
        if let Some(folder) = &plan.state
            && let Err(error) = counterexample::save(folder, &result.case, finding)
        {
            reporters.tell(&Event::Trouble(&error.to_string()));
        }
    }
    result
}

/// The message is in the command, so it works on any machine.
fn command(plan: &Plan, case: &Case, message: &serde_json::Map<String, serde_json::Value>) -> String {
    let text = escaped_json(&json!({"case": case.id, "message": message}).to_string());
    let quoted = shlex::try_quote(&text).map_or_else(|_| text.clone(), std::borrow::Cow::into_owned);
    format!("provkassa check{} --replay {quoted}", plan.target)
}

fn not_run(case: &Case, why: &str) -> CaseResult {
    CaseResult {
        case: case.clone(),
        verdict: Verdict::NotRun(why.to_owned()),
        tried: 0,
        unsupported: 0,
        tolerated: Vec::new(),
        known: None,
        took: Duration::ZERO,
    }
}
