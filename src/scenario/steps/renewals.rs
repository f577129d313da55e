//! Another card for a subscription: the shop sends its customer to the provider's pages once more.

use std::time::Duration;

use provkassa_simulators::kit::outbox::Status;
use tokio::time::Instant;

use super::Step;
use super::deeds::{act, asked};
use super::records::looked_up;
use crate::scenario::belief::State;
use crate::scenario::fault::FaultKind;
use crate::scenario::journey::{filled, onward};
use crate::scenario::outcome::Stop;
use crate::scenario::wire::Reply;
use crate::scenario::world::{Done, THE_ORDER, World};

/// How long a callback that comes is waited for at a time.
const PAUSE: Duration = Duration::from_millis(20);

pub(super) const STEPS: &[Step] = &[
    Step {
        word: "When",
        pattern: "the customer goes to give another card",
        does: "Asks the shop, by the action `renew` of its configuration, to let the subscription's customer give another card, and goes where the answer leads: by a redirect, a form, or JSON with the link, as far as the provider's page. `the payer pays` gives the card there, and `the payer cancels` does not. Every payment that is drawn later is to be drawn by the card that was given last.",
        example: "When the customer goes to give another card",
        run: |world, _| Box::pin(renew(world)),
    },
    Step {
        word: "When",
        pattern: "the callbacks have arrived",
        does: "Waits until the shop has been told everything that the provider has to tell of the order.",
        example: "When the callbacks have arrived",
        run: |world, _| Box::pin(arrived(world)),
    },
    Step {
        word: "Then",
        pattern: "the subscription can be charged if the shop believes that it is active",
        does: "Asks the shop how the subscription stands, and then to draw a payment. Where it is one of `shop.status.active`, the shop must be able to, and the provider's own record must say that it has; else neither.",
        example: "Then the subscription can be charged if the shop believes that it is active",
        run: |world, _| Box::pin(agrees(world)),
    },
];

async fn renew(world: &mut World<'_>) -> Done {
    let place = world.place(THE_ORDER);
    let offer = world.offer(THE_ORDER)?;
    let Some(request) = offer.actions.get("renew") else {
        return Err(Stop::Unsupported(format!("`{place}.actions.renew` is not configured")));
    };
    let books = looked_up(world).await.unwrap_or_default();
    let request = filled(request, &world.order(THE_ORDER).purchase);
    let reply = world.fetch(THE_ORDER, "the payer", &request).await?;
    let Some(onward) = onward(&reply, &request, offer.renewal.as_deref()) else {
        return Err(nowhere(world, reply.shortened()));
    };
    let order = world.order(THE_ORDER);
    order.charged = books.drawn();
    order.begin_anew();
    match world.walk(THE_ORDER, onward, true).await {
        Err(Stop::Broken(fault)) if world.order(THE_ORDER).came.is_none() && fault.leads_nowhere() => {
            let got = match fault.kind {
                FaultKind::Garbage { got, .. } => got,
                other => other.to_string(),
            };
            Err(nowhere(world, got))
        }
        walked => walked,
    }
}

fn nowhere(world: &World<'_>, got: String) -> Stop {
    let name = world.name();
    Stop::fail(
        format!("the customer of the subscription is not led to {name} to give another card"),
        format!("an answer to the action `renew` that leads to a page of {name}'s"),
        got,
    )
}

/// Waits until no callback of the order's is on its way.
async fn arrived(world: &mut World<'_>) -> Done {
    let until = Instant::now() + world.stage.shop.deadline;
    let key = world.key(THE_ORDER)?;
    loop {
        let cursor = world.stage.cursor();
        let callbacks = world.callbacks(THE_ORDER)?;
        let comes = callbacks.iter().any(|callback| callback.status == Status::Waiting);
        if !comes || Instant::now() >= until {
            return Ok(());
        }
        world.stage.stirs(world.gate_id(), &key, cursor, PAUSE).await;
    }
}

/// How often money was drawn by the subscription, by whatever card.
async fn drawn(world: &mut World<'_>) -> usize {
    looked_up(world).await.unwrap_or_default().drawn()
}

async fn agrees(world: &mut World<'_>) -> Done {
    let mut trail = std::mem::take(&mut world.trail);
    let belief = world.ask(THE_ORDER, &mut trail).await;
    world.trail = trail;
    let word = belief?.word.unwrap_or_default();
    let before = drawn(world).await;
    let name = world.provider.info().name;
    let order = world.order(THE_ORDER).purchase.order.clone();
    if world.is_word_of(&word, State::Active) {
        let failed = match act(world, "charge").await {
            Err(Stop::Fail(failure)) => failure.got,
            Err(stop) => return Err(stop),
            Ok(()) if drawn(world).await > before => return Ok(()),
            Ok(()) => format!("{name}'s record of order {order}: no charge"),
        };
        return Err(Stop::fail(
            "the shop believes that the subscription is active, and it cannot be charged",
            format!("a charge in {name}'s record of order {order}, which is `{word}`"),
            failed,
        ));
    }
    let reply: Reply = asked(world, "charge").await?;
    if reply.status >= 400 && drawn(world).await <= before {
        return Ok(());
    }
    Err(Stop::fail(
        "the shop does not believe that the subscription is active, and charges it",
        format!("an answer of 4xx or 5xx, and no charge, of order {order}, which is `{word}`"),
        reply.shortened(),
    ))
}
