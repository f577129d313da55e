//! Subscriptions beside the first, and those whose name matters.

use super::{Step, first_text};
use crate::scenario::world::{Done, THE_ORDER, THE_OTHER, World};

pub(super) const STEPS: &[Step] = &[
    Step {
        word: "Given",
        pattern: "a subscription called {text}",
        does: "A subscription that the shop is asked to call so, with a blank and a number of this run's behind it. Unsupported where the shop names its orders itself.",
        example: "Given a subscription called \"a b/c?d=e&f\"",
        run: |world, arguments| {
            Box::pin(async {
                world.add(None, Some(first_text(arguments)));
                world.order(THE_ORDER).signs_up = true;
                Ok(())
            })
        },
    },
    Step {
        word: "Given",
        pattern: "another subscription",
        does: "Somebody else who is about to sign up. It is `the other order` from here on.",
        example: "Given another subscription",
        run: |world, _| Box::pin(async { beside(world, None) }),
    },
    Step {
        word: "Given",
        pattern: "another subscription of the same payer",
        does: "A second subscription, of the same payer in the same browser. It is `the other order` from here on.",
        example: "Given another subscription of the same payer",
        run: |world, _| Box::pin(async { beside(world, Some(THE_ORDER)) }),
    },
];

/// The other order signs up, too, in this browser or in one of its own.
#[expect(clippy::unnecessary_wraps, reason = "it has the shape of a step")]
fn beside(world: &mut World<'_>, browser: Option<usize>) -> Done {
    // The one that the scenario is about comes first, spoken of or not.
    world.order(THE_ORDER);
    let other = world.order(THE_OTHER);
    (other.signs_up, other.browser) = (true, browser);
    Ok(())
}
