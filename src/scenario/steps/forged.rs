//! Callbacks that no provider sends: forged ones, another order's, and those about orders that nobody knows.

use std::time::Duration;

use provkassa_simulators::kit::outbox::{Outgoing, Policy};

use super::callbacks::{callback_url, none_here, wait_for};
use super::{Argument, Step, first_amount, first_text};
use crate::scenario::fault::{FaultKind, ShopFault};
use crate::scenario::outcome::Stop;
use crate::scenario::rooms::{Claim, Signature, Twin};
use crate::scenario::wire::Reply;
use crate::scenario::world::{Done, THE_ORDER, THE_OTHER, World};
use crate::web::{Lost, told};

pub(super) const STEPS: &[Step] = &[
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
    let instead = world.stage.instead_of(&request.url);
    let request = &Outgoing { url: instead.unwrap_or_else(|| request.url.clone()), ..request.clone() };
    let sent = world.stage.exchange(who, request, None, &mut world.trail).await;
    sent.map_err(|fault| {
        let (lost, why, after) = match &fault.kind {
            FaultKind::Silent { after, .. } => (Lost::Silent, String::new(), *after),
            FaultKind::Closed { why, .. } => (Lost::Closed, why.clone(), Duration::ZERO),
            FaultKind::NoHttp { why, .. } => (Lost::NoHttp, why.clone(), Duration::ZERO),
            _ => return fault.into(),
        };
        let url = request.url.split('?').next().unwrap_or_default().to_owned();
        let kind = FaultKind::Callback { url, how: told(lost, &why, after) };
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
