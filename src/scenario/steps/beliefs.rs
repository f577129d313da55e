//! What the shop believes, and what it sent on the way.

use provkassa_simulators::kit::journal::Event;
use provkassa_simulators::kit::mask::visible;
use provkassa_simulators::provider;

use super::Step;
use crate::scenario::belief::State;
use crate::scenario::garbled::garbled;
use crate::scenario::outcome::{Failure, Stop};
use crate::scenario::template::major;
use crate::scenario::trail::shortened;
use crate::scenario::world::{Done, THE_ORDER, THE_OTHER, World};

pub(super) const STEPS: &[Step] = &[
    Step {
        word: "Then",
        pattern: "the shop believes that the order is paid",
        does: "The order's status is one of `shop.status.paid` before the deadline is over.",
        example: "Then the shop believes that the order is paid",
        run: |world, _| Box::pin(world.believes(THE_ORDER, State::Paid)),
    },
    Step {
        word: "Then",
        pattern: "the shop believes that the other order is paid",
        does: "The same for the other order.",
        example: "Then the shop believes that the other order is paid",
        run: |world, _| Box::pin(world.believes(THE_OTHER, State::Paid)),
    },
    Step {
        word: "Then",
        pattern: "the shop does not believe that the order is paid",
        does: "The order's status is none of `shop.status.paid`, from now until the settle time is over.",
        example: "Then the shop does not believe that the order is paid",
        run: |world, _| Box::pin(world.does_not_believe(THE_ORDER, State::Paid)),
    },
    Step {
        word: "Then",
        pattern: "the shop does not believe that the other order is paid",
        does: "The same for the other order.",
        example: "Then the shop does not believe that the other order is paid",
        run: |world, _| Box::pin(world.does_not_believe(THE_OTHER, State::Paid)),
    },
    Step {
        word: "Then",
        pattern: "the shop believes that the order is refunded",
        does: "The order's status is one of `shop.status.refunded` before the deadline is over.",
        example: "Then the shop believes that the order is refunded",
        run: |world, _| Box::pin(world.believes(THE_ORDER, State::Refunded)),
    },
    Step {
        word: "Then",
        pattern: "the shop believes that the order is cancelled",
        does: "The order's or the subscription's status is one of `shop.status.cancelled` before the deadline is over.",
        example: "Then the shop believes that the order is cancelled",
        run: |world, _| Box::pin(world.believes(THE_ORDER, State::Cancelled)),
    },
    Step {
        word: "Then",
        pattern: "the shop believes that the subscription is active",
        does: "The subscription's status is one of `shop.status.active` before the deadline is over.",
        example: "Then the shop believes that the subscription is active",
        run: |world, _| Box::pin(world.believes(THE_ORDER, State::Active)),
    },
    Step {
        word: "Then",
        pattern: "the shop does not believe that the subscription is active",
        does: "The subscription's status is none of `shop.status.active`, from now until the settle time is over.",
        example: "Then the shop does not believe that the subscription is active",
        run: |world, _| Box::pin(world.does_not_believe(THE_ORDER, State::Active)),
    },
    Step {
        word: "Then",
        pattern: "the order is credited once",
        does: "The number at `shop.status.credited` is 1 when the settle time is over.",
        example: "Then the order is credited once",
        run: |world, _| Box::pin(world.credited_once(THE_ORDER)),
    },
    Step {
        word: "Then",
        pattern: "the payer sees a page of the shop's",
        does: "The payer's last page is the shop's, and no error.",
        example: "Then the payer sees a page of the shop's",
        run: |world, _| {
            Box::pin(async {
                sees_page(world);
                Ok(())
            })
        },
    },
    Step {
        word: "Then",
        pattern: "everything that the shop sent is right",
        does: "Every link, form, header and token that the shop has sent for the order until now was taken as it came: signed rightly, with nothing missing. Said after the payer has paid, it is about what the shop sent then, too, and where the payer pays at another provider about what it sent to both.",
        example: "Then everything that the shop sent is right",
        run: |world, _| Box::pin(sent_rightly(world, 0)),
    },
    Step {
        word: "Then",
        pattern: "the provider has the order's amount",
        does: "What the payer is asked for, by the provider's own record, is the order's amount, to the smallest unit.",
        example: "Then the provider has the order's amount",
        run: |world, _| Box::pin(has_amount(world)),
    },
    Step {
        word: "Then",
        pattern: "none of the order's texts is garbled at the provider",
        does: "The payer's name and address and what is bought are what they were, wherever the provider has them: no letters lost, no escapes left in, no character cut in two. A shop need not send them, and may cut them.",
        example: "Then none of the order's texts is garbled at the provider",
        run: |world, _| Box::pin(is_whole(world)),
    },
];

async fn has_amount(world: &mut World<'_>) -> Done {
    let (record, _) = world.known(THE_ORDER).await?;
    let wanted = world.order(THE_ORDER).purchase.amount;
    let told = |amount: i64| format!("{}, in minor units {amount}", major(amount));
    match world.room.amount(&record) {
        Some(amount) if amount == wanted => Ok(()),
        Some(amount) => Err(Stop::fail(
            format!("the payer is asked for another amount at {}", world.name()),
            told(wanted),
            told(amount),
        )),
        None => Err(match world.order(THE_ORDER).page.clone() {
            Some(page) => world.stuck(&page, "pay"),
            None => Stop::fail(
                format!("{} has no payment of the order", world.name()),
                told(wanted),
                "none".to_owned(),
            ),
        }),
    }
}

async fn is_whole(world: &mut World<'_>) -> Done {
    let (record, came) = world.known(THE_ORDER).await?;
    let texts = world.room.texts(&world.as_known(record, &came));
    let Some(found) = garbled(&world.order(THE_ORDER).purchase, &texts) else { return Ok(()) };
    Err(Stop::fail(
        format!("a text of the order is garbled at {}", world.name()),
        visible(&found.given),
        format!("{}: {}", visible(&found.arrived), found.how),
    ))
}

/// What the shop believes is worse than what it shows, and is asked all the same.
fn sees_page(world: &mut World<'_>) {
    let seen = match &world.order(THE_ORDER).page {
        Some(page) if page.entry.is_none() && page.status < 400 => return,
        Some(page) => page.shortened(),
        None => "none".to_owned(),
    };
    world.note(Failure::new("the payer sees no page of the shop's", "a page of the shop's", seen));
}

/// Whether what the shop has sent for the order since then was taken, at every provider that it sent it to.
pub(super) async fn sent_rightly(world: &mut World<'_>, since: u64) -> Done {
    let wrong = world.sent(since).await?.into_iter().find_map(|entry| match &entry.event {
        Event::Exchange { remarks, request, reply } => {
            let said = remarks.diagnosis.clone().or_else(|| remarks.unclaimed.clone());
            // Whoever asks whether something is there may be told that it is not.
            let is_refused = reply.line.starts_with('4')
                && !(reply.line.starts_with("404") && request.line.starts_with("GET "));
            // Until the payer has paid, payers call there, too.
            let is_call = since > 0 || entry.provider != world.gate_id();
            let refused = || {
                (is_refused && is_call).then(|| {
                    let answer = shortened(String::from_utf8_lossy(&reply.body).trim());
                    format!("{} {answer}", reply.line)
                })
            };
            let is_known = said.is_some();
            Some((entry.provider, request.line.clone(), said.or_else(refused)?, is_known))
        }
        Event::Callback { .. } => None,
    });
    let Some((id, line, why, is_known)) = wrong else { return Ok(()) };
    let name = provider(id).map_or(id, |provider| provider.info().name);
    let masker = world.stage.workspace().masker();
    let line = line.split('?').next().unwrap_or_default().to_owned();
    let why = masker.text(&why);
    let failure = Failure::new(
        format!("what the shop sent to {name} is wrong"),
        format!("{} that {name} takes as it comes", masker.text(&line)),
        why.clone(),
    );
    Err(Stop::Fail(Box::new(if is_known { failure.by_what_is_sent(id, &why) } else { failure })))
}
