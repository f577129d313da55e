//! Running the chosen cases against an adapter, and telling the reporters.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use provkassa_simulators::kit::mask::escaped_json;
use provkassa_simulators::kit::operation::Message;
use serde_json::json;

use super::case::{Case, CaseResult, StaleEntry, Verdict};
use super::{counterexample, properties};
use crate::adapter::{AdapterError, Fault, Session};
use crate::exit::Exit;
use crate::finding::Finding;
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
    /// Where counterexamples are kept.
    pub state: PathBuf,
    /// Whether the first finding ends the run.
    pub fail_fast: bool,
    /// How the adapter is named on the command line, to print commands that work.
    pub target: String,
}

/// What came of all cases.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Each case with its verdict, in the order of the run.
    pub results: Vec<CaseResult>,
    /// Entries of the known failures that need attention; each is a finding.
    pub stale: Vec<StaleEntry>,
    /// The seed of the run.
    pub seed: u64,
    /// How long it took.
    pub took: Duration,
    /// Whether somebody ended it early.
    pub interrupted: bool,
}

impl Summary {
    /// How many cases have this verdict's word.
    #[must_use]
    pub fn count(&self, word: &str) -> usize {
        self.results.iter().filter(|result| result.word() == word).count()
    }

    /// What the run means to a pipeline.
    #[must_use]
    pub fn exit(&self) -> Exit {
        let has = |word| self.count(word) > 0;
        match (has("broken"), has("fail") || !self.stale.is_empty(), has("pass") || has("known")) {
            (true, ..) => Exit::Unreachable,
            (_, true, _) => Exit::Findings,
            _ if self.interrupted => Exit::Interrupted,
            (.., true) => Exit::Conforms,
            _ => Exit::NothingRan,
        }
    }
}

/// Runs the plan. `opened` is the adapter, or why there is none; `stop` ends the run early, and what
/// was found until then is reported all the same.
pub async fn run(
    plan: &Plan,
    opened: Result<Session, AdapterError>,
    reporters: &mut Reporters,
    stop: impl Future<Output = ()>,
) -> Summary {
    let began = Instant::now();
    let mut results: Vec<CaseResult> = Vec::with_capacity(plan.cases.len());
    let mut stop = std::pin::pin!(stop);
    let mut ended: Option<String> = None;
    let mut interrupted = false;
    reporters.tell(&Event::Began {
        cases: plan.cases.len(),
        seed: plan.seed,
        hello: opened.as_ref().ok().map(Session::hello),
    });
    for case in &plan.cases {
        let result = match (&ended, &opened) {
            (Some(why), _) => not_run(case, why),
            (None, Err(error)) => {
                ended = Some("the adapter did not come up".to_owned());
                CaseResult { verdict: Verdict::Broken(error.clone()), ..not_run(case, "") }
            }
            (None, Ok(session)) => {
                let saved = counterexample::saved(&plan.state, case);
                let saved = saved.into_iter().filter(|message| properties::belongs(case, message)).collect();
                tokio::select! {
                    result = properties::try_case(case, session, saved, plan.seed, plan.count) => result,
                    () = &mut stop => {
                        interrupted = true;
                        ended = Some("the run was interrupted".to_owned());
                        not_run(case, "the run was interrupted")
                    }
                }
            }
        };
        let result = completed(plan, result, reporters);
        match &result.verdict {
            Verdict::Broken(AdapterError { kind: Fault::Own { .. }, .. }) => {}
            Verdict::Broken(_) => {
                ended.get_or_insert_with(|| "the adapter broke".to_owned());
            }
            Verdict::Fail(_) if plan.fail_fast => {
                ended = Some("an earlier case failed (--fail-fast)".to_owned());
            }
            _ => {}
        }
        reporters.tell(&Event::Finished(&result));
        results.push(result);
    }
    settle_doubts(plan, &mut results);
    if let Ok(session) = &opened
        && results.iter().any(|result| matches!(result.verdict, Verdict::Unsupported(_)))
    {
        // It may say why it does not do more.
        let said = session.stderr().await;
        for line in said.lines().take(3) {
            reporters.tell(&Event::Trouble(&format!("the adapter says: {line}")));
        }
    }
    let summary = Summary { results, stale: Vec::new(), seed: plan.seed, took: began.elapsed(), interrupted };
    reporters.tell(&Event::Ended(&summary));
    summary
}

/// Several mistakes may fit a case's few messages. A case that passed on all of its messages rules out
/// those that it would have caught, and what one case is certain of decides for the others.
fn settle_doubts(plan: &Plan, results: &mut [CaseResult]) {
    let passed: Vec<Case> = results
        .iter()
        .filter(|result| matches!(result.verdict, Verdict::Pass) && result.unsupported == 0)
        .map(|result| result.case.clone())
        .collect();
    // Cases doubt between the same mistakes, and making the messages is what takes time.
    let tried: Vec<OnceCell<Vec<Message>>> = passed.iter().map(|_| OnceCell::new()).collect();
    let mut known: BTreeMap<(&str, Vec<String>), bool> = BTreeMap::new();
    for result in results.iter_mut() {
        let Verdict::Fail(finding) = &mut result.verdict else { continue };
        if finding.mistakes.is_empty() {
            continue;
        }
        let operation = result.case.operation;
        let catches = |(case, tried): (&Case, &OnceCell<Vec<Message>>), explanation: &[&str]| {
            let messages = tried.get_or_init(|| properties::messages(case, plan.seed, plan.count));
            properties::would_catch(case, messages, explanation)
        };
        let caught = |explanation: &[&str]| {
            let key = (operation.id(), explanation.iter().map(ToString::to_string).collect());
            *known.entry(key).or_insert_with(|| {
                let mut same =
                    passed.iter().zip(&tried).filter(|(case, _)| case.operation.id() == operation.id());
                same.any(|passed| catches(passed, explanation))
            })
        };
        finding.rule_out(operation, caught);
    }
    settle_together(results);
    let findings = results.iter().filter_map(|result| match &result.verdict {
        Verdict::Fail(finding) if finding.confidence == "certain" => Some(finding.as_ref().clone()),
        _ => None,
    });
    let certain: Vec<Finding> = findings.collect();
    for result in results {
        let Verdict::Fail(finding) = &mut result.verdict else { continue };
        let sure = certain
            .iter()
            .find(|sure| finding.equals.contains(&sure.mistakes) || sure.mistakes == finding.mistakes);
        if let Some(sure) = sure {
            finding.settle(sure);
        }
    }
}

/// Where each failing case of an operation doubts, and one explanation alone fits them all, it is that one: each
/// other takes several mistakes at once.
fn settle_together(results: &mut [CaseResult]) {
    let mut common: BTreeMap<&str, Vec<Vec<&str>>> = BTreeMap::new();
    for result in results.iter() {
        let Verdict::Fail(finding) = &result.verdict else { continue };
        let own: Vec<_> = finding.explanations().cloned().collect();
        match common.entry(result.case.operation.id()) {
            Entry::Vacant(first) => drop(first.insert(own)),
            Entry::Occupied(mut known) => known.get_mut().retain(|explanation| own.contains(explanation)),
        }
    }
    for result in results {
        let Verdict::Fail(finding) = &mut result.verdict else { continue };
        if let Some([sure]) = common.get(result.case.operation.id()).map(Vec::as_slice)
            && !finding.equals.is_empty()
        {
            finding.rule_out(result.case.operation, |explanation| explanation != sure.as_slice());
        }
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
        interrupted: false,
    };
    reporters.tell(&Event::Ended(&summary));
    summary
}

/// Saves what was found and says how to try it again.
fn completed(plan: &Plan, mut result: CaseResult, reporters: &mut Reporters) -> CaseResult {
    if let Verdict::Fail(finding) = &mut result.verdict {
        finding.replay = command(plan, &result.case, &finding.message);
        if let Err(error) = counterexample::save(&plan.state, &result.case, finding) {
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
        known: None,
        took: Duration::ZERO,
    }
}
