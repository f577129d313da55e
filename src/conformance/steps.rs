//! The steps that features are written in.

use provkassa_simulators::kit::operation::{Focus, Message, Operation};
use provkassa_simulators::kit::problem::nearest;
use provkassa_simulators::provider;

use super::case::Expectation;
use super::vectors;

/// What the steps of one scenario have said so far.
#[derive(Debug)]
pub(super) struct Trial {
    provider: String,
    /// What the shop is asked to do.
    pub(super) operation: Option<&'static dyn Operation>,
    /// Vectors by id, or `documented`; looked up when the operation is known.
    wanted: Vec<String>,
    /// The vectors' messages.
    pub(super) vectors: Vec<Message>,
    named: Vec<Option<String>>,
    /// Which messages are generated.
    pub(super) generated: Vec<Option<&'static Focus>>,
    /// When an answer fails.
    pub(super) expectation: Option<Expectation>,
}

/// One step: its pattern, where `…` stands for the rest or for what is quoted.
struct Step {
    pattern: &'static str,
    apply: fn(&mut Trial, &str) -> Result<(), String>,
}

/// Every step that there is.
const STEPS: &[Step] = &[
    Step { pattern: "any calls", apply: |trial, _| generated(trial, None) },
    Step { pattern: "calls with …", apply: |trial, focus| generated(trial, Some(focus)) },
    Step { pattern: "callbacks with …", apply: |trial, focus| generated(trial, Some(focus)) },
    Step { pattern: "forms with …", apply: |trial, focus| generated(trial, Some(focus)) },
    Step { pattern: "notifications with …", apply: |trial, focus| generated(trial, Some(focus)) },
    Step { pattern: "payments with …", apply: |trial, focus| generated(trial, Some(focus)) },
    Step { pattern: "any returns", apply: |trial, _| generated(trial, None) },
    Step { pattern: "returns with …", apply: |trial, focus| generated(trial, Some(focus)) },
    Step { pattern: "outcomes with …", apply: |trial, focus| generated(trial, Some(focus)) },
    Step {
        pattern: "the documented examples",
        apply: |trial, _| {
            trial.wanted.push(vectors::DOCUMENTED.to_owned());
            Ok(())
        },
    },
    Step {
        pattern: "the examples …",
        apply: |trial, ids| {
            trial.wanted.extend(ids.split(',').map(|id| id.trim().to_owned()));
            Ok(())
        },
    },
    Step { pattern: "the shop …", apply: asks },
    Step {
        pattern: "every answer is right",
        apply: |trial, _| {
            trial.expectation = Some(Expectation::Accepted);
            Ok(())
        },
    },
    Step { pattern: "no answer shows …", apply: shows_not },
];

impl Trial {
    pub(super) fn new(provider: &str) -> Self {
        Self {
            provider: provider.to_owned(),
            operation: None,
            wanted: Vec::new(),
            vectors: Vec::new(),
            named: Vec::new(),
            generated: Vec::new(),
            expectation: None,
        }
    }
}

/// Carries out one step; says which is nearest if there is no such step.
pub(super) fn apply(trial: &mut Trial, text: &str) -> Result<(), String> {
    for step in STEPS {
        match step.pattern.strip_suffix('…') {
            Some(start) => {
                if let Some(rest) = text.strip_prefix(start) {
                    return (step.apply)(trial, rest.trim_matches('"'));
                }
            }
            None if step.pattern == text => return (step.apply)(trial, ""),
            None => {}
        }
    }
    let help = nearest(text, STEPS.iter().map(|step| step.pattern)).map_or_else(
        || {
            let steps: Vec<_> = STEPS.iter().map(|step| step.pattern).collect();
            format!("The steps are: {}.", steps.join("; "))
        },
        |near| format!("Did you mean `{near}`?"),
    );
    Err(format!("there is no step `{text}`. {help}"))
}

#[expect(clippy::unnecessary_wraps, reason = "it has the shape of a step")]
fn generated(trial: &mut Trial, focus: Option<&str>) -> Result<(), String> {
    trial.named.push(focus.map(ToOwned::to_owned));
    Ok(())
}

fn asks(trial: &mut Trial, does: &str) -> Result<(), String> {
    let operations = provider(&trial.provider)
        .ok_or_else(|| format!("there is no provider `{}`", trial.provider))?
        .operations();
    let operation = operations.iter().find(|operation| operation.does() == does).ok_or_else(|| {
        let known = operations.iter().map(|operation| operation.does());
        let help = nearest(does, known.clone()).map_or_else(
            || format!("It knows: {}.", known.collect::<Vec<_>>().join("; ")),
            |near| format!("Did you mean `{near}`?"),
        );
        format!("{} does not know a shop that `{does}`. {help}", trial.provider)
    })?;
    trial.operation = Some(*operation);
    for name in std::mem::take(&mut trial.named) {
        let focus = match name {
            None => None,
            Some(name) => Some(focus(*operation, &name)?),
        };
        trial.generated.push(focus);
    }
    for wanted in std::mem::take(&mut trial.wanted) {
        trial.vectors.extend(vectors::messages(*operation, &wanted)?);
    }
    Ok(())
}

fn focus(operation: &dyn Operation, name: &str) -> Result<&'static Focus, String> {
    let focuses = operation.focuses();
    focuses.iter().find(|focus| focus.name == name).ok_or_else(|| {
        let names: Vec<_> = focuses.iter().map(|focus| focus.name).collect();
        let help = nearest(name, names.iter().copied()).map_or_else(
            || format!("There are: {}.", names.join("; ")),
            |near| format!("Did you mean `{near}`?"),
        );
        format!("{} has no messages with `{name}`. {help}", operation.id())
    })
}

fn shows_not(trial: &mut Trial, id: &str) -> Result<(), String> {
    let operation = trial.operation.ok_or("the When comes before the Then")?;
    let mistakes = operation.mistakes();
    let mistake = mistakes.iter().find(|mistake| mistake.id == id).ok_or_else(|| {
        let near = nearest(id, mistakes.iter().map(|mistake| mistake.id)).unwrap_or("none");
        format!("{} has no mistake `{id}`; the nearest is `{near}`", operation.id())
    })?;
    trial.expectation = Some(Expectation::Without(mistake));
    Ok(())
}
