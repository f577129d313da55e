//! What the shop itself is told to do, once an order is paid.

use provkassa_simulators::kit::outcome::Outcome;
use tokio::time::{Instant, sleep};

use super::Step;
use super::beliefs::sent_rightly;
use super::records::{PAUSE, looked_up};
use crate::scenario::journey::filled;
use crate::scenario::outcome::Stop;
use crate::scenario::wire::{Reply, get};
use crate::scenario::world::{Done, THE_ORDER, World};

pub(super) const STEPS: &[Step] = &[
    Step {
        word: "Given",
        pattern: "the provider refuses what the shop does next",
        does: "The next operation on the order is declined, as if the acquirer said no. The payer must have paid.",
        example: "Given the provider refuses what the shop does next",
        run: |world, _| Box::pin(refused_next(world)),
    },
    Step {
        word: "When",
        pattern: "the shop refunds the order",
        does: "Asks the shop to give the money back, by the action `refund` of its configuration.",
        example: "When the shop refunds the order",
        run: |world, _| Box::pin(act(world, "refund")),
    },
    Step {
        word: "When",
        pattern: "the shop captures the order",
        does: "Asks the shop to draw the money, by the action `capture` of its configuration.",
        example: "When the shop captures the order",
        run: |world, _| Box::pin(act(world, "capture")),
    },
    Step {
        word: "When",
        pattern: "the shop calls the order off",
        does: "Asks the shop to let the reservation go, by the action `cancel` of its configuration.",
        example: "When the shop calls the order off",
        run: |world, _| Box::pin(act(world, "cancel")),
    },
    Step {
        word: "When",
        pattern: "the shop renews the order's reservation",
        does: "Asks the shop to have the money reserved anew, by the action `renew` of its configuration.",
        example: "When the shop renews the order's reservation",
        run: |world, _| Box::pin(act(world, "renew")),
    },
    Step {
        word: "When",
        pattern: "the shop charges the subscription",
        does: "Asks the shop to draw the next payment, by the action `charge` of its configuration.",
        example: "When the shop charges the subscription",
        run: |world, _| Box::pin(act(world, "charge")),
    },
    Step {
        word: "When",
        pattern: "the shop deletes the subscription",
        does: "Asks the shop to end it, by the action `delete` of its configuration.",
        example: "When the shop deletes the subscription",
        run: |world, _| Box::pin(act(world, "delete")),
    },
    Step {
        word: "Then",
        pattern: "the shop refuses to charge the subscription",
        does: "Asks the shop to draw a payment, and the shop answers 4xx. The provider's own record must not say otherwise when the settle time is over.",
        example: "Then the shop refuses to charge the subscription",
        run: |world, _| Box::pin(refuses(world, "charge")),
    },
    Step {
        word: "Then",
        pattern: "the shop refuses to refund the order",
        does: "Asks the shop to give the money back, and the shop answers 4xx. The provider's own record must not say otherwise when the settle time is over.",
        example: "Then the shop refuses to refund the order",
        run: |world, _| Box::pin(refuses(world, "refund")),
    },
    Step {
        word: "Then",
        pattern: "the shop says that it cannot capture the order",
        does: "Asks the shop to draw the money, and the shop answers 4xx or 5xx, or leads to such a page. The provider's own record must not say otherwise when the settle time is over; a shop that tries again at once, and can, may say so. One that has no such route is broken.",
        example: "Then the shop says that it cannot capture the order",
        run: |world, _| Box::pin(cannot(world, "capture")),
    },
    Step {
        word: "Then",
        pattern: "the shop says that it cannot charge the subscription",
        does: "Asks the shop to draw a payment, and the shop answers 4xx or 5xx, or leads to such a page. The provider's own record must not say otherwise when the settle time is over; a shop that tries again at once, and can, may say so. One that has no such route is broken.",
        example: "Then the shop says that it cannot charge the subscription",
        run: |world, _| Box::pin(cannot(world, "charge")),
    },
];

async fn refused_next(world: &mut World<'_>) -> Done {
    let (id, key) = (world.gate_id(), world.key(THE_ORDER)?);
    let queued = world.stage.workspace().transact(|tx| {
        tx.queue_outcomes(id, Some(&key), vec![Outcome::Decline]);
        Ok::<_, std::convert::Infallible>(())
    });
    queued.await.unwrap_or_else(|never| match never {});
    Ok(())
}

/// How much of an action the provider's books have, in money or in times; nothing where they have no such thing.
pub(super) async fn done(world: &mut World<'_>, action: &str) -> i64 {
    let books = looked_up(world).await.unwrap_or_default();
    let sum = match action {
        "capture" => books.captured,
        "refund" => books.refunded,
        _ => books.drawn().try_into().ok(),
    };
    sum.unwrap_or_default()
}

/// The shop has said that it could not, and so nothing must have been done: not now, and not behind its back.
pub(super) async fn left_undone(world: &mut World<'_>, action: &str, before: i64) -> Done {
    let until = Instant::now() + world.stage.shop.settle;
    while done(world, action).await <= before {
        if Instant::now() >= until {
            return Ok(());
        }
        sleep(PAUSE).await;
    }
    let name = world.provider.info().name;
    let what = if world.order(THE_ORDER).signs_up { "subscription" } else { "order" };
    Err(Stop::fail(
        format!("the shop says that it could not {action} the {what}, and has done it"),
        format!("nothing more in {name}'s own record than before"),
        format!("{name}'s own record has the {action}"),
    ))
}

async fn cannot(world: &mut World<'_>, action: &'static str) -> Done {
    let before = done(world, action).await;
    let mut reply = asked(world, action).await?;
    if matches!(reply.status, 404 | 405) {
        let what = format!("the shop should say that it cannot {action} the order, and has no such route");
        return Err(world.garbage(&reply, what));
    }
    let led = reply.location();
    if let Some(url) = &led {
        reply = world.stage.exchange("provkassa", &get(url.clone()), None, &mut world.trail).await?;
    }
    if reply.status >= 400 {
        return left_undone(world, action, before).await;
    }
    if done(world, action).await > before {
        // It has tried again, and says what is so.
        return Ok(());
    }
    if led.is_some() {
        return Err(Stop::Unsupported(format!(
            "the shop answers {action} with a redirect to a page of {}, which says neither yes nor no",
            reply.status
        )));
    }
    Err(Stop::fail(
        format!("the shop takes it that it could {action} the order, and the provider refused"),
        "an answer of 4xx or 5xx",
        reply.shortened(),
    ))
}

async fn refuses(world: &mut World<'_>, action: &'static str) -> Done {
    let before = done(world, action).await;
    let reply = asked(world, action).await?;
    if (400..500).contains(&reply.status) {
        return left_undone(world, action, before).await;
    }
    Err(Stop::fail(
        format!("the shop does not refuse to {action} the order"),
        "an answer of 4xx",
        reply.shortened(),
    ))
}

/// Asks the shop to do something that it can.
pub(super) async fn act(world: &mut World<'_>, action: &'static str) -> Done {
    let since = world.stage.cursor();
    let reply = asked(world, action).await?;
    if reply.status < 400 {
        return sent_rightly(world, since).await;
    }
    Err(Stop::fail(
        format!("the shop cannot {action} the order"),
        "an answer of 2xx or 3xx",
        reply.shortened(),
    ))
}

/// What the shop answers when it is told to do something with the order.
pub(super) async fn asked(world: &mut World<'_>, action: &'static str) -> Result<Reply, Stop> {
    let place = world.place(THE_ORDER);
    let Some(request) = world.offer(THE_ORDER)?.actions.get(action) else {
        return Err(Stop::Unsupported(format!("`{place}.actions.{action}` is not configured")));
    };
    let request = filled(request, &world.order(THE_ORDER).purchase);
    Ok(world.stage.exchange("provkassa", &request, None, &mut world.trail).await?)
}
