//! Callbacks that arrive: genuine ones late, twice and in another order, and forged ones.

use std::time::Duration;

use provkassa_simulators::kit::outbox::{Delivery, Outgoing, Policy, Status};
use provkassa_simulators::kit::provider::Provider;
use tokio::time::Instant;

use super::{Argument, Step, first_amount, first_text};
use crate::scenario::fault::{FaultKind, ShopFault};
use crate::scenario::outcome::{Failure, Stop};
use crate::scenario::rooms::{Claim, Signature, Twin};
use crate::scenario::wire::Reply;
use crate::scenario::world::{Done, THE_ORDER, THE_OTHER, World};
use crate::serve::{Lost, told};

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
        word: "When",
        pattern: "a forged callback says that the order is paid, {forgery}",
        does: "Somebody posts a callback to the order's callback address that says that the whole amount is paid, and nobody has paid. But for how it is signed, or for whom and when, it is what the provider says of a payment that was made: another order is paid for it, whose callback the shop does not get.",
        example: "When a forged callback says that the order is paid, signed with another key",
        run: |world, arguments| {
            Box::pin(async {
                let signature = arguments.iter().find_map(|argument| match argument {
                    Argument::Forgery(signature) => Some(*signature),
                    _ => None,
                });
                forge(world, |claim| claim.signature = signature.unwrap_or(Signature::None)).await
            })
        },
    },
    Step {
        word: "When",
        pattern: "the provider calls back that {amount} is paid",
        does: "A callback that is signed as the provider signs says that this amount was paid, whatever the order costs.",
        example: "When the provider calls back that 1.00 is paid",
        run: |world, arguments| Box::pin(forge(world, |claim| claim.amount = first_amount(arguments))),
    },
    Step {
        word: "When",
        pattern: "the provider calls back that the amount is paid in {text}",
        does: "A callback that is signed as the provider signs says that the order's amount was paid, in another currency.",
        example: "When the provider calls back that the amount is paid in NOK",
        run: |world, arguments| Box::pin(forge(world, |claim| claim.currency = first_text(arguments))),
    },
    Step {
        word: "When",
        pattern: "the provider calls back about an order that the shop does not know",
        does: "A callback that is signed as the provider signs says that an order is paid that the shop has never had. An answer of 5xx fails the scenario.",
        example: "When the provider calls back about an order that the shop does not know",
        run: |world, _| Box::pin(about_nobody(world)),
    },
    Step {
        word: "When",
        pattern: "the other order's callback is sent to the order's address",
        does: "Somebody posts the other order's genuine callback, signature and all, to the callback address of the order. Where all orders have one address, the order's name is put behind it.",
        example: "When the other order's callback is sent to the order's address",
        run: |world, _| Box::pin(replay(world)),
    },
    Step {
        word: "Then",
        pattern: "the shop has taken the callback",
        does: "When the order's last callback came last, the shop answered as the provider takes for delivered: 2xx, and at QuickPay 302 and 303, too.",
        example: "Then the shop has taken the callback",
        run: |world, _| Box::pin(taken(world)),
    },
    Step {
        word: "Then",
        pattern: "the shop does not fail on the forged callback",
        does: "The shop did not answer 5xx to the last forged callback.",
        example: "Then the shop does not fail on the forged callback",
        run: |world, _| Box::pin(async { does_not_fail(world) }),
    },
    Step {
        word: "Then",
        pattern: "the shop does not take the forged callback",
        does: "The shop did not answer the last forged callback as the provider takes for delivered: 2xx, and at QuickPay 302 and 303, too.",
        example: "Then the shop does not take the forged callback",
        run: |world, _| Box::pin(async { does_not_take(world) }),
    },
];

/// Nobody knows where such a callback would go, or how it would look.
async fn none_here(world: &mut World<'_>) -> Stop {
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
async fn wait_for(world: &mut World<'_>, which: usize) -> Result<Vec<Delivery>, Stop> {
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

/// What a callback of the order's says that is right in everything.
fn right(world: &mut World<'_>) -> Claim {
    let purchase = &world.order(THE_ORDER).purchase;
    let (amount, currency) = (purchase.amount, purchase.currency.clone());
    Claim { amount, currency, signature: Signature::Right, of_nobody: false }
}

/// A callback of ours, ready to be sent.
async fn made(world: &mut World<'_>, claim: &Claim) -> Result<Outgoing, Stop> {
    if world.order(THE_ORDER).came.is_none() {
        world.check_out(THE_ORDER).await?;
    }
    let twin = twin(world).await?;
    let (record, came) = world.known(THE_ORDER).await?;
    let made = world.room.callback(&world.as_known(record, &came), &twin, claim);
    match made {
        Some(made) => Ok(made),
        None => Err(none_here(world).await),
    }
}

/// Another order like the order is paid, and its callback kept from the shop: a forgery is then wrong in the one
/// thing that it is about, and in nothing else.
async fn twin(world: &mut World<'_>) -> Result<Twin, Stop> {
    let (amount, signs_up) = (world.order(THE_ORDER).purchase.amount, world.order(THE_ORDER).signs_up);
    world.add(Some(amount), None);
    let which = world.orders.len() - 1;
    let order = world.order(which);
    order.signs_up = signs_up;
    order.policy = Policy { hold: true, ..Policy::default() };
    // If it fails, the trail of the twin's own payer says why; else nobody wants to read that.
    let told = std::mem::take(&mut world.trail);
    world.press(which, "approve").await?;
    world.trail = told;
    let what =
        format!("another order like it is paid at {}, and its callback kept from the shop", world.name());
    world.trail.add(world.stage.cursor(), what, Vec::new());
    let callbacks = wait_for(world, which).await?;
    let callback = callbacks.last().and_then(|last| world.stage.workspace().outbox().request(&last.id));
    let url = callback_url(world, which).await?;
    world.orders.truncate(which);
    let (Some(callback), Some(url)) = (callback, url) else {
        return Err(none_here(world).await);
    };
    Ok(Twin { callback, url })
}

async fn forge(world: &mut World<'_>, change: impl FnOnce(&mut Claim)) -> Done {
    let mut claim = right(world);
    change(&mut claim);
    let request = made(world, &claim).await?;
    let who = if claim.signature == Signature::Right { world.name() } else { "somebody" };
    world.forged = Some(called(world, who, &request).await?);
    Ok(())
}

/// Sends a callback of ours; where it gets no answer that is said as of those that the sandbox sends.
async fn called(world: &mut World<'_>, who: &str, request: &Outgoing) -> Result<Reply, Stop> {
    let sent = world.stage.exchange(who, request, None, &mut world.trail).await;
    sent.map_err(|fault| {
        let (lost, why, after) = match &fault.kind {
            FaultKind::Silent { after, .. } => (Lost::Silent, String::new(), *after),
            FaultKind::Closed { why, .. } => (Lost::Closed, why.clone(), Duration::ZERO),
            FaultKind::NoHttp { why, .. } => (Lost::NoHttp, why.clone(), Duration::ZERO),
            _ => return fault.into(),
        };
        let url = request.url.split('?').next().unwrap_or_default().to_owned();
        let kind = FaultKind::Callback { url, how: told(lost, why, after) };
        Stop::Broken(ShopFault { kind, ..fault })
    })
}

/// What the shop answered to the forged callback.
fn answered<'w>(world: &'w World<'_>) -> Result<&'w Reply, Stop> {
    let missing = || {
        let why = "no callback was forged: say so before the answer is judged".to_owned();
        world.stage.fault(FaultKind::Feature(why)).into()
    };
    world.forged.as_ref().ok_or_else(missing)
}

fn does_not_fail(world: &World<'_>) -> Done {
    let reply = answered(world)?;
    if reply.status < 500 {
        return Ok(());
    }
    Err(Stop::fail("the shop fails on a forged callback", "an answer of 4xx", reply.shortened()))
}

fn does_not_take(world: &World<'_>) -> Done {
    let reply = answered(world)?;
    if !world.gate().is_delivered(reply.status) {
        return Ok(());
    }
    Err(Stop::fail(
        "the shop answers a forged callback as if it took it",
        "an answer of 4xx",
        reply.shortened(),
    ))
}

async fn about_nobody(world: &mut World<'_>) -> Done {
    let claim = Claim { of_nobody: true, ..right(world) };
    if world.order(THE_ORDER).came.is_none() {
        world.check_out(THE_ORDER).await?;
    }
    let twin = twin(world).await?;
    let (record, came) = world.known(THE_ORDER).await?;
    let known = world.as_known(world.renamed(record), &came);
    let Some(mut request) = world.room.callback(&known, &twin, &claim) else {
        return Err(none_here(world).await);
    };
    request.url = world.of_nobody(THE_ORDER, &request.url);
    let who = world.name();
    let reply = called(world, who, &request).await?;
    if reply.status < 500 {
        return Ok(());
    }
    Err(Stop::fail(
        "the shop fails on a callback about an order that it does not know",
        "an answer of 2xx or 4xx",
        reply.shortened(),
    ))
}

async fn replay(world: &mut World<'_>) -> Done {
    if world.order(THE_ORDER).came.is_none() {
        world.check_out(THE_ORDER).await?;
    }
    let callbacks = world.callbacks(THE_OTHER)?;
    let genuine = callbacks.last().and_then(|last| world.stage.workspace().outbox().request(&last.id));
    let (record, came) = world.known(THE_ORDER).await?;
    let own = world.room.own_callback_url(&world.as_known(record, &came));
    let others = callback_url(world, THE_OTHER).await?;
    let (Some(mut genuine), Some(mut own), Some(others)) = (genuine, own, others) else {
        return Err(none_here(world).await);
    };
    let others = Twin { callback: genuine.clone(), url: others };
    // What the provider added to the address of the other goes with it.
    let added = others.added();
    if !added.is_empty() {
        own.query_pairs_mut().extend_pairs(added);
    }
    genuine.url = own.into();
    called(world, "somebody", &genuine).await?;
    Ok(())
}

/// Where the provider calls back about an order, as the shop asked for it.
async fn callback_url(world: &mut World<'_>, which: usize) -> Result<Option<url::Url>, Stop> {
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
