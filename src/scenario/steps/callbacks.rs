//! Genuine callbacks that arrive: late, twice and in another order.

use std::time::Duration;

use provkassa_simulators::kit::outbox::{Delivery, Status};
use provkassa_simulators::kit::provider::Provider;
use tokio::time::Instant;

use super::Step;
use crate::scenario::fault::FaultKind;
use crate::scenario::outcome::{Failure, Stop};
use crate::scenario::world::{Done, THE_ORDER, World};

pub(super) const STEPS: &[Step] = &[
    Step {
        word: "When",
        pattern: "the callbacks arrive",
        does: "Lets the callbacks arrive that were kept back, the first first.",
        example: "When the callbacks arrive",
        run: |world, _| Box::pin(release(world, false)),
    },
    Step {
        word: "When",
        pattern: "the callbacks arrive in reverse",
        does: "Lets the callbacks arrive that were kept back, the last first.",
        example: "When the callbacks arrive in reverse",
        run: |world, _| Box::pin(release(world, true)),
    },
    Step {
        word: "When",
        pattern: "the callbacks have arrived",
        does: "Waits until the shop has been told everything that the provider has to tell of the order.",
        example: "When the callbacks have arrived",
        run: |world, _| Box::pin(arrived(world)),
    },
    Step {
        word: "When",
        pattern: "the callback arrives again",
        does: "Sends the order's last callback once more, the same to the byte, as a provider does that did not get the shop's answer.",
        example: "When the callback arrives again",
        run: |world, _| Box::pin(resend(world)),
    },
    Step {
        word: "Then",
        pattern: "the shop has taken the callback",
        does: "When the order's last callback came last, the shop answered as the provider takes for delivered: 2xx, and at QuickPay 302 and 303, too.",
        example: "Then the shop has taken the callback",
        run: |world, _| Box::pin(taken(world)),
    },
];

/// Nobody knows where such a callback would go, or how it would look.
pub(super) async fn none_here(world: &mut World<'_>) -> Stop {
    let name = world.name();
    match callback_url(world, THE_ORDER).await {
        Ok(None) => Stop::Unsupported(format!(
            "there is no callback address for the order: the shop gave {name} none, or {name} calls nobody back"
        )),
        Ok(Some(_)) => Stop::Unsupported(format!("a callback of {name}'s cannot be made up in this way")),
        Err(stop) => stop,
    }
}

/// The order's callbacks that are known, waited for until there is one.
async fn come(world: &mut World<'_>) -> Result<Vec<Delivery>, Stop> {
    wait_for(world, THE_ORDER).await
}

/// The callbacks of an order that are known, waited for until there is one.
pub(super) async fn wait_for(world: &mut World<'_>, which: usize) -> Result<Vec<Delivery>, Stop> {
    let until = Instant::now() + world.stage.shop.deadline;
    loop {
        let cursor = world.stage.cursor();
        let callbacks = world.callbacks(which)?;
        if !callbacks.is_empty() {
            return Ok(callbacks);
        }
        if Instant::now() >= until {
            return Err(Stop::fail(
                format!("{} has nobody to call back", world.name()),
                "a callback address with the payment, and so a callback",
                "no callback of the order",
            ));
        }
        let key = world.key(which)?;
        world.stage.stirs(world.gate_id(), &key, cursor, Duration::from_millis(50)).await;
    }
}

async fn release(world: &mut World<'_>, reversed: bool) -> Done {
    let mut held = come(world).await?;
    held.retain(|delivery| delivery.status == Status::Held);
    if held.is_empty() {
        let key = world.key(THE_ORDER)?;
        let why = format!("no callback of order {key} was kept back: say so before the payer pays");
        return Err(world.stage.fault(FaultKind::Feature(why)).into());
    }
    if reversed {
        held.reverse();
    }
    for delivery in held {
        let released = world.stage.workspace().outbox().release(&delivery.id);
        released.map_err(|problem| world.own_fault(problem.to_string()))?;
        tried(world, &delivery.id, delivery.attempts.len() + 1).await?;
    }
    Ok(())
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
            return world.unanswered(THE_ORDER).await;
        }
        world.stage.stirs(world.gate_id(), &key, cursor, Duration::from_millis(20)).await;
    }
}

async fn resend(world: &mut World<'_>) -> Done {
    let callbacks = come(world).await?;
    let Some(last) = callbacks.last() else { return Err(none_here(world).await) };
    // What is still on its way arrives first.
    tried(world, &last.id, 1).await?;
    let before = world.callbacks(THE_ORDER)?;
    let before = before.iter().find(|known| known.id == last.id).map_or(0, |known| known.attempts.len());
    let resent = world.stage.workspace().outbox().resend(&last.id);
    resent.map_err(|problem| world.own_fault(problem.to_string()))?;
    tried(world, &last.id, before + 1).await
}

/// Waits until a callback was tried so often.
async fn tried(world: &mut World<'_>, id: &str, times: usize) -> Done {
    // The sandbox itself gives a shop ten seconds.
    let until = Instant::now() + Duration::from_secs(12);
    let key = world.key(THE_ORDER)?;
    loop {
        let cursor = world.stage.cursor();
        let callbacks = world.callbacks(THE_ORDER)?;
        let done = callbacks.iter().find(|known| known.id == id).map_or(0, |known| known.attempts.len());
        if done >= times || Instant::now() >= until {
            return world.unanswered(THE_ORDER).await;
        }
        // The attempt is written down a moment before it is counted.
        world.stage.stirs(world.gate_id(), &key, cursor, Duration::from_millis(20)).await;
    }
}

/// Where the provider calls back about an order, as the shop asked for it.
pub(super) async fn callback_url(world: &mut World<'_>, which: usize) -> Result<Option<url::Url>, Stop> {
    let (record, came) = world.known(which).await?;
    Ok(world.room.callback_url(&world.as_known(record, &came)))
}

/// What a provider takes for delivered, in words: "an answer of 2xx, 302 or 303".
fn delivered(provider: &dyn Provider) -> String {
    let redirects =
        (300..400).filter(|status| provider.is_delivered(*status)).map(|status| status.to_string());
    let redirects: Vec<String> = redirects.collect();
    match redirects.split_last() {
        None => "an answer of 2xx".to_owned(),
        Some((last, [])) => format!("an answer of 2xx or {last}"),
        Some((last, others)) => format!("an answer of 2xx, {} or {last}", others.join(", ")),
    }
}

async fn taken(world: &mut World<'_>) -> Done {
    let callbacks = come(world).await?;
    let Some(last) = callbacks.last() else { return Err(none_here(world).await) };
    tried(world, &last.id, 1).await?;
    let callbacks = world.callbacks(THE_ORDER)?;
    let attempt = callbacks.last().and_then(|last| last.attempts.last());
    let status = attempt.and_then(|attempt| attempt.status);
    if status.is_some_and(|status| world.gate().is_delivered(status)) {
        return Ok(());
    }
    let came = attempt.map(|attempt| match (attempt.status, &attempt.failure) {
        (Some(status), _) => format!("it answered {status}"),
        (None, Some(why)) => why.clone(),
        (None, None) => "nothing came back".to_owned(),
    });
    let failure = Failure::new(
        "the shop did not take the callback",
        delivered(world.gate()),
        came.unwrap_or_else(|| "it was not sent".to_owned()),
    );
    Err(Stop::Fail(Box::new(match status {
        Some(status) => failure.by_refusing(world.gate_id(), status),
        None => failure,
    })))
}
