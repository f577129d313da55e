//! Another card for a subscription: the shop sends its customer to the provider's pages once more.

use tokio::time::{Instant, sleep};

use super::Step;
use super::deeds::{act, asked, done, left_undone};
use super::records::{PAUSE, looked_up};
use crate::scenario::belief::State;
use crate::scenario::fault::FaultKind;
use crate::scenario::journey::{filled, onward};
use crate::scenario::outcome::Stop;
use crate::scenario::world::{Done, THE_ORDER, World};

/// The action by which a payment is drawn.
const CHARGE: &str = "charge";

pub(super) const STEPS: &[Step] = &[
    Step {
        word: "When",
        pattern: "the customer goes to give another card",
        does: "Asks the shop, by the action `renew` of its configuration, to let the subscription's customer give another card, and goes where the answer leads: by a redirect, a form, or JSON with the link, as far as the provider's page. `the payer pays` gives the card there, and `the payer cancels` does not. Every payment that is drawn later is to be drawn by the card that was given last.",
        example: "When the customer goes to give another card",
        run: |world, _| Box::pin(renew(world)),
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

/// Waits until the provider's books have more charges than before, as long as the deadline allows; whether they do.
async fn is_drawn(world: &mut World<'_>, before: i64) -> bool {
    let until = Instant::now() + world.stage.shop.deadline;
    while done(world, CHARGE).await <= before {
        if Instant::now() >= until {
            return false;
        }
        sleep(PAUSE).await;
    }
    true
}

async fn agrees(world: &mut World<'_>) -> Done {
    if world.words_of(State::Active).is_empty() {
        return Err(Stop::Unsupported("`shop.status.active` is not configured".to_owned()));
    }
    let mut trail = std::mem::take(&mut world.trail);
    let belief = world.ask(THE_ORDER, &mut trail).await;
    world.trail = trail;
    let word = belief?.word.unwrap_or_default();
    let before = done(world, CHARGE).await;
    let name = world.provider.info().name;
    let order = world.order(THE_ORDER).purchase.order.clone();
    if world.is_word_of(&word, State::Active) {
        let failed = match act(world, CHARGE).await {
            Err(Stop::Fail(failure)) => failure.got,
            Err(stop) => return Err(stop),
            Ok(()) if is_drawn(world, before).await => return Ok(()),
            Ok(()) => format!("{name}'s record of order {order}: no charge"),
        };
        return Err(Stop::fail(
            "the shop believes that the subscription is active, and it cannot be charged",
            format!("a charge in {name}'s record of order {order}, which is `{word}`"),
            failed,
        ));
    }
    let reply = asked(world, CHARGE).await?;
    if reply.status >= 400 {
        return left_undone(world, CHARGE, before).await;
    }
    Err(Stop::fail(
        "the shop does not believe that the subscription is active, and charges it",
        format!("an answer of 4xx or 5xx for order {order}, which is `{word}`"),
        reply.shortened(),
    ))
}
