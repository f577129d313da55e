//! Running the chosen cases against an adapter, and telling the reporters.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::pin::pin;
use std::time::{Duration, Instant};

use provkassa_simulators::kit::operation::Message;
use provkassa_simulators::kit::problem::nearest;
use provkassa_simulators::{PROVIDERS, operation};
use tokio::task::JoinSet;

use super::case::{Case, CaseResult, Property, Verdict};
use super::doubts::{rule_out, settle_doubts};
use super::known::KnownFailures;
use super::ledger::{Ledger, not_run, tell_again};
use super::pool::Pool;
use super::properties::{Evidence, Lessons};
#[cfg(feature = "cli")]
use super::scenarios;
use super::subjects::Subjects;
use super::summary::{Early, Summary};
use super::{counterexample, properties};
use crate::adapter::{AdapterError, Session};
use crate::report::{Event, Reporters};
#[cfg(feature = "cli")]
use crate::scenario::Drawing;

/// What to run, and how.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The chosen cases.
    pub cases: Vec<Case>,
    /// Fixes the generated messages.
    pub seed: u64,
    /// How many messages are generated for a case.
    pub count: usize,
    /// Which orders the scenarios are tried with that take any.
    #[cfg(feature = "cli")]
    pub drawing: Drawing,
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
    /// What printed commands begin with: the variables that the configuration takes, each with a blank behind it.
    pub variables: String,
    /// The flags that name the adapter on the command line, to print commands that work.
    pub target: String,
}

impl Default for Plan {
    /// No cases yet, and everything else as `provkassa check` has it without flags.
    fn default() -> Self {
        Self {
            cases: Vec::new(),
            seed: 1,
            count: 256,
            #[cfg(feature = "cli")]
            drawing: Drawing::default(),
            state: Some(counterexample::FOLDER.into()),
            known: KnownFailures::default(),
            fail_fast: false,
            max_failures: None,
            max_time: None,
            variables: String::new(),
            target: String::new(),
        }
    }
}

/// Runs the plan. `on` is what the cases are tried on: [`Subjects`], or an adapter alone, a [`Pool`] or a single
/// [`Session`], or why there is none; `stop` ends the run early, and what was found until then is reported all the same.
///
/// As many messages' cases are tried at once as the pool has conversations. They are reported as they end, and stand in the
/// summary in the order of the plan: what is found does not depend on how many are tried at once.
pub async fn run(
    plan: &Plan,
    on: impl Into<Subjects>,
    reporters: &mut Reporters,
    stop: impl Future<Output = ()>,
) -> Summary {
    let began = Instant::now();
    let subjects: Subjects = on.into();
    let pool = subjects.adapter.as_ref().and_then(|opened| opened.as_ref().ok());
    let hello = pool.map(Pool::hello);
    reporters.tell(&Event::Began { cases: plan.cases.len(), seed: plan.seed, hello });
    for op in hello.iter().flat_map(|hello| &hello.ops).filter(|op| operation(op).is_none()) {
        let near = nearest(op, PROVIDERS.iter().flat_map(|one| one.operations()).map(|one| one.id()));
        let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        reporters.tell(&Event::Trouble(&format!("the adapter lists `{op}`, which is no op{near}")));
    }
    let mut ledger = Ledger::new(plan, reporters);
    let mut stop = pin!(stop);
    let ended = tokio::select! {
        biased;
        () = &mut stop => Some((Early::Interrupted, "the run was interrupted".to_owned())),
        why = time_is_up(plan.max_time) => Some((Early::OutOfTime, why)),
        () = try_all(plan, &subjects, &mut ledger) => None,
    };
    let early = ended.map(|(what, why)| {
        ledger.ended.get_or_insert(why);
        what
    });
    for place in rule_out(plan, &ledger.results, &mut ledger.evidence) {
        ledger.find(place, None);
    }
    if let Some(pool) = pool
        && early.is_none()
        && !ledger.is_broken()
    {
        // What is not learnt in time is not told.
        tokio::select! {
            biased;
            () = stop => {}
            _ = time_is_up(plan.max_time.map(|limit| limit.saturating_sub(began.elapsed()))) => {}
            () = learn_all(pool, &mut ledger) => {}
        }
    }
    let evidence = std::mem::take(&mut ledger.evidence);
    let mut results = ledger.complete();
    settle_doubts(&mut results, &evidence);
    if let Some(pool) = pool
        && results.iter().any(CaseResult::is_beyond_the_adapter)
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

/// Tries the cases of the adapter, and then those of the shop.
async fn try_all(plan: &Plan, subjects: &Subjects, ledger: &mut Ledger<'_>) {
    match &subjects.adapter {
        None => {}
        Some(Ok(pool)) => try_properties(plan, pool, ledger).await,
        Some(Err(error)) => {
            let mut properties = plan.cases.iter().enumerate();
            if let Some((place, case)) = properties.find(|(_, case)| case.property().is_some()) {
                let verdict = Verdict::Broken(error.clone().into());
                ledger.enter(place, CaseResult { verdict, ..not_run(case, "") });
            }
            ledger.ended = Some("the adapter did not come up".to_owned());
        }
    }
    #[cfg(feature = "cli")]
    match &subjects.shop {
        None => {}
        Some(Ok(stage)) => scenarios::try_scenarios(plan, stage, ledger).await,
        Some(Err(fault)) => {
            scenarios::say_broken(plan, fault, ledger);
            ledger.ended = Some("the shop did not come up".to_owned());
        }
    }
}

/// Tries one case after the other in each of the pool's conversations. Once something ends the run no case is
/// begun; those under way are awaited, for they are true.
async fn try_properties(plan: &Plan, pool: &Pool, ledger: &mut Ledger<'_>) {
    let mut free = pool.sessions();
    let properties = plan.cases.iter().enumerate();
    let mut waiting = properties.filter_map(|(place, case)| Some((place, case, case.property()?)));
    let mut under_way = JoinSet::new();
    loop {
        while ledger.ended.is_none()
            && let Some(session) = free.pop()
        {
            let Some((place, case, property)) = waiting.next() else { break };
            ledger.reporters.tell(&Event::Trying(case));
            let (case, seed, count) = (property.clone(), plan.seed, plan.count);
            let mut saved: Vec<_> = counterexample::saved(plan.state.as_deref(), &case).into_iter().collect();
            saved.retain(|message| properties::belongs(&case, message));
            under_way.spawn(async move {
                let (result, evidence) = properties::try_case(&case, &session, saved, (seed, count)).await;
                (place, session, result, evidence)
            });
        }
        let Some((place, session, result, evidence)) = ended(&mut under_way).await else { return };
        free.push(session);
        ledger.evidence.extend(evidence.map(|evidence| (place, evidence)));
        ledger.enter(place, result);
    }
}

/// What the next task came to that ends; `None` where none is under way. A fault of our own is one, wherever it happens:
/// nobody cancels a task but with the whole run.
async fn ended<T: 'static>(under_way: &mut JoinSet<T>) -> Option<T> {
    loop {
        match under_way.join_next().await? {
            Ok(done) => return Some(done),
            Err(error) => {
                if let Ok(panic) = error.try_into_panic() {
                    std::panic::resume_unwind(panic);
                }
            }
        }
    }
}

/// Learns when the integrator fails where no mistake that we know explains it: of each operation from its first cases,
/// in the order of the plan, so that how many are tried at once decides nothing.
async fn learn_all(pool: &Pool, ledger: &mut Ledger<'_>) {
    let mut open: BTreeMap<&str, VecDeque<(usize, Property, Evidence)>> = BTreeMap::new();
    let places: Vec<usize> = ledger.evidence.keys().copied().collect();
    for place in places {
        let is_open = |evidence: &mut Evidence| !evidence.is_explained();
        let Some(case) = ledger.results.get(&place).and_then(|result| result.case.property()).cloned() else {
            continue;
        };
        if let Entry::Occupied(mut known) = ledger.evidence.entry(place)
            && is_open(known.get_mut())
        {
            open.entry(case.operation.id()).or_default().push_back((place, case, known.remove()));
        }
    }
    let mut free = pool.sessions();
    let mut waiting = open.into_values();
    let mut under_way = JoinSet::new();
    loop {
        while let Some(session) = free.pop() {
            let Some(mut cases) = waiting.next() else { break };
            under_way.spawn(async move {
                let (mut lessons, mut learnt) = (Lessons::default(), Vec::new());
                while let Some((place, case, evidence)) = cases.pop_front() {
                    let lesson = lessons.learn(&case, &session, &evidence).await;
                    learnt.push((place, evidence, lesson));
                }
                (session, learnt)
            });
        }
        let Some((session, learnt)) = ended(&mut under_way).await else { return };
        free.push(session);
        for (place, evidence, lesson) in learnt {
            ledger.evidence.insert(place, evidence);
            if lesson.is_some() {
                ledger.find(place, lesson.as_ref());
            }
        }
    }
}

/// Runs one case on one message, once, and saves nothing.
pub async fn replay(
    plan: &Plan,
    property: &Property,
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
        Ok(session) => properties::try_message(property, &session, message).await,
        Err(error) => CaseResult {
            verdict: Verdict::Broken(error.into()),
            ..not_run(&Case::Property(property.clone()), "")
        },
    };
    tell_again(plan, &mut result);
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
