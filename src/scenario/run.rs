//! Tries scenarios on the stage: several at once, each with orders of its own, none without end.

use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream;
use tokio::time::timeout;

use super::any::{AnyOrder, Pace, try_orders};
use super::fault::FaultKind;
use super::feature::Scenario;
use super::lack::lacking;
use super::outcome::{Failure, Outcome, Stop, Verdict};
use super::rooms::{self, Room};
use super::stage::Stage;
use super::world::World;

/// How long one scenario may take, whatever its waits are.
const LONGEST: Duration = Duration::from_secs(60);

/// A scenario, what came of it, and how long it took.
#[derive(Clone, Debug)]
pub struct Tried {
    /// The scenario.
    pub scenario: Scenario,
    /// What came of it.
    pub outcome: Outcome,
    /// How long it took.
    pub took: Duration,
}

/// Tries scenarios, as many at a time as the pace says, and hands each over as soon as it is judged; those that are to
/// be alone come last, one after the other. They come back in their own order. `goes_on` is asked before each: where
/// it says no, the rest is not tried.
pub async fn run(
    stage: &Stage,
    scenarios: Vec<Scenario>,
    pace: impl Into<Pace>,
    mut judged: impl FnMut(&Tried),
    goes_on: impl Fn() -> bool,
) -> Vec<Tried> {
    let pace: Pace = pace.into();
    let (alone, together): (Vec<_>, Vec<_>) =
        scenarios.into_iter().enumerate().partition(|(_, scenario)| scenario.alone);
    let mut tried = Vec::new();
    for (scenarios, jobs) in [(together, pace.jobs.max(1)), (alone, 1)] {
        let trials = scenarios.into_iter().map(|(place, scenario)| {
            let (goes_on, pace) = (&goes_on, &pace);
            async move {
                if !goes_on() {
                    return None;
                }
                let begun = Instant::now();
                let outcome = try_one(stage, &scenario, pace).await;
                Some((place, Tried { scenario, outcome, took: begun.elapsed() }))
            }
        });
        let mut running = stream::iter(trials).buffer_unordered(jobs);
        while let Some(done) = running.next().await {
            if let Some((place, done)) = done {
                judged(&done);
                tried.push((place, done));
            }
        }
    }
    tried.sort_by_key(|(place, _)| *place);
    tried.into_iter().map(|(_, tried)| tried).collect()
}

/// Tries one scenario.
pub async fn try_one(stage: &Stage, scenario: &Scenario, pace: &Pace) -> Outcome {
    let unsupported =
        |why: String| Outcome { verdict: Verdict::Unsupported(why), trail: Vec::new(), orders: None };
    let Some(room) = rooms::of(scenario.provider.info().id) else {
        return unsupported(format!("{} has no scenarios yet", scenario.provider.info().name));
    };
    if let Some(lack) = lacking(&stage.shop, scenario) {
        return unsupported(lack.to_string());
    }
    if scenario.draws() {
        return try_orders(stage, scenario, room, pace).await;
    }
    let Attempt { ended, trail } = attempt(stage, scenario, room, None).await;
    Outcome { verdict: verdict(scenario, ended), trail, orders: None }
}

/// One way through a scenario.
#[derive(Debug)]
pub(super) struct Attempt {
    /// Why it does not go on, if it does not.
    pub(super) ended: Result<(), Stop>,
    /// What happened.
    pub(super) trail: Vec<String>,
}

impl Attempt {
    /// What the shop does wrong; empty where it does nothing wrong.
    pub(super) fn headline(&self) -> &str {
        if let Err(Stop::Fail(failure)) = &self.ended { &failure.headline } else { "" }
    }
}

/// Goes through a scenario once, with this order where it takes any.
pub(super) async fn attempt(
    stage: &Stage,
    scenario: &Scenario,
    room: &'static dyn Room,
    any: Option<AnyOrder>,
) -> Attempt {
    let mut world = World::new(stage, scenario.provider, room, any);
    let acting = async {
        for step in &scenario.steps {
            step.run(&mut world).await.map_err(|stop| (stop, step.judges()))?;
        }
        Ok(())
    };
    let before = stage.workspace().clock().mode();
    let ended = timeout(LONGEST, acting).await;
    if scenario.alone {
        stage.put_back(before, world.gate_id()).await;
    }
    let ended = ended.unwrap_or_else(|_| {
        let endless = stage.fault(FaultKind::Endless { after: LONGEST });
        Err((endless.into(), false))
    });
    let noted = world.noted.take();
    let trail = world.told().await;
    let ended = match (ended, noted) {
        (Ok(()), None) => Ok(()),
        (Err((Stop::Fail(mut failure), true)), Some(noted)) => {
            failure.got = format!("{}; besides, {}", failure.got, noted.headline);
            Err(Stop::Fail(failure))
        }
        (Err((Stop::Broken(fault), _)), Some(_)) if fault.is_final() => Err(Stop::Broken(fault)),
        (_, Some(noted)) => Err(Stop::Fail(noted)),
        (Err((stop, _)), None) => Err(stop),
    };
    match ended {
        // What was tried alone tells it without others' calls in between.
        Err(Stop::NoWay(no_way)) if scenario.way => {
            Attempt { trail: no_way.trail.clone(), ended: Err(Stop::NoWay(no_way)) }
        }
        ended => Attempt { ended, trail },
    }
}

/// What a way through a scenario says of the shop.
pub(super) fn verdict(scenario: &Scenario, ended: Result<(), Stop>) -> Verdict {
    match ended {
        Ok(()) => Verdict::Pass,
        Err(Stop::Broken(fault)) => Verdict::Broken(fault),
        Err(Stop::Refused(why) | Stop::Unsupported(why)) => Verdict::Unsupported(why),
        Err(Stop::Fail(failure)) => Verdict::Fail(of(scenario, *failure)),
        Err(Stop::NoWay(no_way)) if scenario.way => {
            let cause = Some(format!("{}: {}", scenario.provider.info().id, no_way.failure.got));
            Verdict::Fail(of(scenario, Failure { cause, ..no_way.failure.clone() }))
        }
        Err(Stop::NoWay(no_way)) => Verdict::NotReached(no_way),
    }
}

/// A failure with the scenario's reason, and with its remedy where it has none of its own.
fn of(scenario: &Scenario, failure: Failure) -> Box<Failure> {
    let remedy = if failure.remedy.is_empty() { scenario.remedy.clone() } else { failure.remedy };
    Box::new(Failure { why: scenario.why.clone(), remedy, ..failure })
}
