//! Orders, and what happens to their callbacks.

use provkassa_simulators::kit::outbox::Policy;

use super::{Argument, Step, first_amount, first_text};
use crate::scenario::world::{Done, THE_ORDER, THE_OTHER, World};

pub(super) const STEPS: &[Step] = &[
    Step {
        word: "Given",
        pattern: "an order",
        does: "An order of 125.00 in the provider's usual currency. Its payer has a browser of their own, and has not gone to the payment page yet.",
        example: "Given an order",
        run: |world, _| Box::pin(async { add(world, None, None) }),
    },
    Step {
        word: "Given",
        pattern: "an order of {amount}",
        does: "An order of this amount.",
        example: "Given an order of 0.01",
        run: |world, arguments| Box::pin(async { add(world, Some(first_amount(arguments)), None) }),
    },
    Step {
        word: "Given",
        pattern: "an order called {text}",
        does: "An order that the shop is asked to call so, with a blank and a number of this run's behind it. Unsupported where the shop names its orders itself.",
        example: "Given an order called \"a b/c?d=e&f\"",
        run: |world, arguments| Box::pin(async { add(world, None, Some(first_text(arguments))) }),
    },
    Step {
        word: "Given",
        pattern: "any order",
        does: "Orders of all kinds: the scenario is tried with an ordinary one, and then again and again with others, whose names, addresses, descriptions, ids and amounts careless code gets wrong. `--cases` says how many, `--seed` which. One that the shop refuses with 4xx is not judged. A failing one is made as small as it goes within `--shrink`.",
        example: "Given any order",
        run: |world, _| Box::pin(async { world.add_any(false, None) }),
    },
    Step {
        word: "Given",
        pattern: "any subscription of {amount}",
        does: "The same for somebody who is about to sign up, where what is paid each time is this amount.",
        example: "Given any subscription of 399.00",
        run: |world, arguments| Box::pin(async { world.add_any(true, Some(first_amount(arguments))) }),
    },
    Step {
        word: "Given",
        pattern: "any subscription",
        does: "The same with all amounts.",
        example: "Given any subscription",
        run: |world, _| Box::pin(async { world.add_any(true, None) }),
    },
    Step {
        word: "Given",
        pattern: "an order of a payer without an e-mail address",
        does: "An order of 125.00 whose payer leaves the e-mail address out, where the shop asks for one.",
        example: "Given an order of a payer without an e-mail address",
        run: |world, _| {
            Box::pin(async {
                world.order(THE_ORDER).purchase.email.clear();
                Ok(())
            })
        },
    },
    Step {
        word: "Given",
        pattern: "a subscription",
        does: "Somebody who is about to sign up, by the checkout of `[shop.quickpay.subscription]` and its like. It is `the subscription` from here on; signing up is `the payer pays`.",
        example: "Given a subscription",
        run: |world, _| {
            Box::pin(async {
                world.order(THE_ORDER).signs_up = true;
                Ok(())
            })
        },
    },
    Step {
        word: "Given",
        pattern: "a subscription of {amount}",
        does: "The same, where what is paid each time is this amount.",
        example: "Given a subscription of 399.00",
        run: |world, arguments| {
            Box::pin(async {
                let order = world.order(THE_ORDER);
                order.signs_up = true;
                order.purchase.amount = first_amount(arguments);
                Ok(())
            })
        },
    },
    Step {
        word: "Given",
        pattern: "another order",
        does: "A second order, of another payer. It is `the other order` from here on.",
        example: "Given another order",
        run: |world, _| {
            Box::pin(async {
                // The order that the scenario is about comes first, spoken of or not.
                world.order(THE_ORDER);
                add(world, None, None)
            })
        },
    },
    Step {
        word: "Given",
        pattern: "another order of the same payer",
        does: "A second order, of the same payer in the same browser. It is `the other order` from here on.",
        example: "Given another order of the same payer",
        run: |world, _| {
            Box::pin(async {
                world.order(THE_ORDER);
                world.order(THE_OTHER).browser = Some(THE_ORDER);
                Ok(())
            })
        },
    },
    Step {
        word: "Given",
        pattern: "the provider keeps its callbacks back",
        does: "Callbacks of the order wait until a later step lets them arrive. Say it before the payer pays.",
        example: "Given the provider keeps its callbacks back",
        run: |world, _| Box::pin(async { policy(world, Policy { hold: true, ..Policy::default() }) }),
    },
    Step {
        word: "Given",
        pattern: "every callback gets lost",
        does: "Callbacks of the order are never sent.",
        example: "Given every callback gets lost",
        run: |world, _| Box::pin(async { policy(world, Policy { drop: true, ..Policy::default() }) }),
    },
    Step {
        word: "Given",
        pattern: "every callback arrives twice",
        does: "Each callback of the order is sent a second time, the same to the byte.",
        example: "Given every callback arrives twice",
        run: |world, _| Box::pin(async { policy(world, Policy { duplicate: 1, ..Policy::default() }) }),
    },
    Step {
        word: "Given",
        pattern: "callbacks take {duration}",
        does: "Callbacks of the order are sent so much later, by the provider's clock. Let the time pass by a later step.",
        example: "Given callbacks take 25 hours",
        run: |world, arguments| {
            Box::pin(async {
                let late = arguments.iter().find_map(|argument| match argument {
                    Argument::Duration(late, _) => u64::try_from(late.as_millis()).ok(),
                    _ => None,
                });
                policy(world, Policy { delay_ms: late.unwrap_or_default(), ..Policy::default() })
            })
        },
    },
    Step {
        word: "Given",
        pattern: "the shop cannot be reached by the first callback",
        does: "The first attempt at each callback of the order gets lost on its way. The provider tries again when it does so by itself: let the time pass by a later step.",
        example: "Given the shop cannot be reached by the first callback",
        run: |world, _| Box::pin(async { policy(world, Policy { unreachable: 1, ..Policy::default() }) }),
    },
];

#[expect(clippy::unnecessary_wraps, reason = "it has the shape of a step")]
fn add(world: &mut World<'_>, amount: Option<i64>, name: Option<String>) -> Done {
    world.add(amount, name);
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "it has the shape of a step")]
fn policy(world: &mut World<'_>, policy: Policy) -> Done {
    let order = world.order(THE_ORDER);
    order.policy = order.policy.and(policy);
    Ok(())
}
