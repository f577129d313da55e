//! Time that passes at the provider. All scenarios share the sandbox's clock, so who moves it is alone.

use std::time::Duration;

use provkassa_simulators::kit::outcome::Outcome;

use super::{Argument, Step};
use crate::scenario::world::{Done, World};

/// Every one of them asks for `@alone`.
pub(super) const STEPS: &[Step] = &[
    Step {
        word: "When",
        pattern: "{duration} pass",
        does: "So much time passes at the provider, at once: callbacks that are due are sent, and what is over is over. The shop's own clock stays as it is. The scenario has the tag `@alone`, and the time is put back behind it.",
        example: "When 25 hours pass",
        run: |world, arguments| {
            Box::pin(async move {
                for argument in arguments {
                    let Argument::Duration(by, words) = argument else { continue };
                    let told = format!("{words} pass at {}", world.name());
                    world.trail.add(world.stage.cursor(), told, Vec::new());
                    world.stage.workspace().clock().advance(*by);
                }
                Ok(())
            })
        },
    },
    Step {
        word: "Given",
        pattern: "the provider refuses the next charge",
        does: "The next payment that the shop draws by a subscription is declined, as if the acquirer said no, whatever the shop calls it. The scenario has the tag `@alone`.",
        example: "Given the provider refuses the next charge",
        run: |world, _| Box::pin(refused(world)),
    },
];

async fn refused(world: &mut World<'_>) -> Done {
    let id = world.gate_id();
    let queued = world.stage.workspace().transact(|tx| {
        tx.queue_outcomes(id, None, vec![Outcome::Decline]);
        Ok::<_, std::convert::Infallible>(())
    });
    queued.await.unwrap_or_else(|never| match never {});
    Ok(())
}

/// How long a text says: `25 hours`. A month has 30 days, a year 365.
pub(super) fn duration(text: &str) -> Option<Duration> {
    const UNITS: &[(&str, u64)] = &[
        ("seconds", 1),
        ("minutes", 60),
        ("hours", 3600),
        ("days", 86_400),
        ("months", 30 * 86_400),
        ("years", 365 * 86_400),
    ];
    /// What no calendar comes to an end by, in seconds: a century.
    const LONGEST: u64 = 100 * 365 * 86_400;
    let (count, unit) = text.split_once(' ')?;
    let (_, seconds) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let count: u64 = count.parse().ok()?;
    count.checked_mul(*seconds).filter(|seconds| (1..=LONGEST).contains(seconds)).map(Duration::from_secs)
}
