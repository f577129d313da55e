//! What payers do, and what is done in their place.

use provkassa_simulators::kit::outcome::Outcome;
use provkassa_simulators::kit::problem::nearest;

use super::{Step, first_text};
use crate::scenario::config::Request;
use crate::scenario::fault::FaultKind;
use crate::scenario::outcome::Stop;
use crate::scenario::wire::get;
use crate::scenario::world::{Done, THE_ORDER, THE_OTHER, World};

pub(super) const STEPS: &[Step] = &[
    Step {
        word: "When",
        pattern: "the payer goes to the payment page",
        does: "Begins the checkout and follows every redirect and self-sending form, as far as the provider's page.",
        example: "When the payer goes to the payment page",
        run: |world, _| Box::pin(world.check_out(THE_ORDER)),
    },
    Step {
        word: "When",
        pattern: "the payer of the other order goes to the payment page",
        does: "The same for the other order.",
        example: "When the payer of the other order goes to the payment page",
        run: |world, _| Box::pin(world.check_out(THE_OTHER)),
    },
    Step {
        word: "When",
        pattern: "the payer pays",
        does: "Goes to the payment page if need be, pays there, and comes back to the shop.",
        example: "When the payer pays",
        run: |world, _| Box::pin(whole_way(world, THE_ORDER, "approve")),
    },
    Step {
        word: "When",
        pattern: "the payer of the other order pays",
        does: "The same for the other order.",
        example: "When the payer of the other order pays",
        run: |world, _| Box::pin(whole_way(world, THE_OTHER, "approve")),
    },
    Step {
        word: "When",
        pattern: "the payer pays and closes the browser",
        does: "Pays, and does not come back to the shop. A later step may still bring them back.",
        example: "When the payer pays and closes the browser",
        run: |world, _| Box::pin(world.press(THE_ORDER, "approve")),
    },
    Step {
        word: "When",
        pattern: "the payer of the other order pays and closes the browser",
        does: "The same for the other order: the shop has not seen what the provider sent back.",
        example: "When the payer of the other order pays and closes the browser",
        run: |world, _| Box::pin(world.press(THE_OTHER, "approve")),
    },
    Step {
        word: "When",
        pattern: "the bank declines the payment",
        does: "Tries to pay and is declined. Where the provider then sends the payer back, they come back; where it lets them try again, they stay.",
        example: "When the bank declines the payment",
        run: |world, _| Box::pin(declined(world)),
    },
    Step {
        word: "When",
        pattern: "the payer asks for an invoice in the place of paying",
        does: "The payer has a customer number that may pay by invoice, changes the link to the payment page into the one for an invoice, and comes back. Nothing is paid. Unsupported where there is no such link.",
        example: "When the payer asks for an invoice in the place of paying",
        run: |world, _| Box::pin(invoiced(world)),
    },
    Step {
        word: "When",
        pattern: "the payment ends with {text}",
        does: "Goes to the payment page; the provider then ends the payment with this code, as `provkassa codes` lists it. Where the provider sends the payer back, they come back.",
        example: "When the payment ends with 40300",
        run: |world, arguments| Box::pin(async { ends(world, first_text(arguments)).await }),
    },
    Step {
        word: "When",
        pattern: "the payer cancels",
        does: "Presses cancel on the payment page and comes back to the shop.",
        example: "When the payer cancels",
        run: |world, _| Box::pin(whole_way(world, THE_ORDER, "cancel")),
    },
    Step {
        word: "When",
        pattern: "the payer comes back",
        does: "Goes the way back to the shop that the provider has shown.",
        example: "When the payer comes back",
        run: |world, _| Box::pin(world.come_back(THE_ORDER)),
    },
    Step {
        word: "When",
        pattern: "the payer comes back once more",
        does: "Goes the last way back a second time, as a browser does on reload.",
        example: "When the payer comes back once more",
        run: |world, _| Box::pin(world.come_back(THE_ORDER)),
    },
    Step {
        word: "When",
        pattern: "the payer comes back with {text}",
        does: "The address of the last way back is opened with these parameters in the place of what it says of them.",
        example: "When the payer comes back with \"status=executed\"",
        run: |world, arguments| Box::pin(async { back_with(world, &first_text(arguments)).await }),
    },
    Step {
        word: "When",
        pattern: "the payer opens the payment page in a second tab",
        does: "Opens the address that led to the provider once more, in the same browser, and goes on from there.",
        example: "When the payer opens the payment page in a second tab",
        run: |world, _| Box::pin(second_tab(world)),
    },
    Step {
        word: "When",
        pattern: "the payer checks out the same order again",
        does: "Begins the checkout of the same order a second time. Unsupported where the shop names its orders itself.",
        example: "When the payer checks out the same order again",
        run: |world, _| Box::pin(again(world)),
    },
    Step {
        word: "When",
        pattern: "the payer checks out the same order in a second tab",
        does: "Begins the checkout of the same order a second time in the same browser, and turns back to the first tab. Unsupported where the shop names its orders itself.",
        example: "When the payer checks out the same order in a second tab",
        run: |world, _| Box::pin(beside(world)),
    },
    Step {
        word: "When",
        pattern: "somebody opens the accept address by hand",
        does: "The address at which payers come back who have paid is opened by somebody who has not, with made-up values where the provider adds some.",
        example: "When somebody opens the accept address by hand",
        run: |world, _| Box::pin(by_hand(world)),
    },
    Step {
        word: "When",
        pattern: "somebody opens the accept address with the other order's return",
        does: "The order's accept address is opened with what the provider added to the other order's when that was paid.",
        example: "When somebody opens the accept address with the other order's return",
        run: |world, _| Box::pin(with_others_return(world, false)),
    },
    Step {
        word: "When",
        pattern: "somebody opens the accept address with the other order's return in the order's name",
        does: "The same, with the order's own name wherever the other's stood.",
        example: "When somebody opens the accept address with the other order's return in the order's name",
        run: |world, _| Box::pin(with_others_return(world, true)),
    },
    Step {
        word: "When",
        pattern: "somebody opens the accept address of an order that nobody knows",
        does: "The order's accept address is opened with another order's name in it, which the shop has never had. An answer of 5xx fails the scenario.",
        example: "When somebody opens the accept address of an order that nobody knows",
        run: |world, _| Box::pin(of_nobody(world)),
    },
    Step {
        word: "When",
        pattern: "somebody opens the cancel address by hand",
        does: "The address at which payers come back who have given up is opened, with what the provider would add.",
        example: "When somebody opens the cancel address by hand",
        run: |world, _| Box::pin(cancel_by_hand(world)),
    },
];

async fn whole_way(world: &mut World<'_>, which: usize, outcome: &str) -> Done {
    world.press(which, outcome).await?;
    world.come_back(which).await
}

async fn declined(world: &mut World<'_>) -> Done {
    world.press(THE_ORDER, "decline").await?;
    if world.order(THE_ORDER).away.is_some() { world.come_back(THE_ORDER).await } else { Ok(()) }
}

async fn ends(world: &mut World<'_>, code: String) -> Done {
    if world.order(THE_ORDER).came.is_none() {
        world.check_out(THE_ORDER).await?;
    }
    let gate = world.gate();
    let known = gate.codes().iter().any(|known| known.code == code && gate.queues(&code));
    if !known {
        let near = nearest(&code, gate.codes().iter().map(|known| known.code.as_str())).unwrap_or("none");
        let why = format!("no payment ends with `{code}` at {}; the nearest is `{near}`", world.name());
        return Err(world.stage.fault(FaultKind::Feature(why)).into());
    }
    let (id, key) = (world.gate_id(), world.key(THE_ORDER)?);
    let queued = world.stage.workspace().transact(|tx| {
        tx.queue_outcomes(id, Some(&key), vec![Outcome::from(code.clone())]);
        Ok::<_, std::convert::Infallible>(())
    });
    queued.await.unwrap_or_else(|never| match never {});
    // What is queued decides when the page is looked at.
    second_tab(world).await?;
    if world.order(THE_ORDER).away.is_some() { world.come_back(THE_ORDER).await } else { Ok(()) }
}

async fn invoiced(world: &mut World<'_>) -> Done {
    if world.order(THE_ORDER).came.is_none() {
        world.check_out(THE_ORDER).await?;
    }
    let (record, came) = world.known(THE_ORDER).await?;
    let found = world.room.invoice(&world.as_known(record, &came));
    let Some((change, url)) = found else {
        return Err(Stop::Unsupported(format!("{} has no invoices that a payer can ask for", world.name())));
    };
    let gate = world.gate();
    let changed = world.stage.workspace().transact(|tx| gate.seed(tx, "orders", &change));
    changed.await.map_err(|problem| world.own_fault(problem.to_string()))?;
    world.order(THE_ORDER).away = None;
    world.walk(THE_ORDER, get(url), true).await?;
    world.come_back(THE_ORDER).await
}

async fn second_tab(world: &mut World<'_>) -> Done {
    let (_, came) = world.known(THE_ORDER).await?;
    let order = world.order(THE_ORDER);
    order.away = None;
    world.walk(THE_ORDER, came, true).await
}

async fn again(world: &mut World<'_>) -> Done {
    let place = world.place(THE_ORDER);
    let checkout = world.offer(THE_ORDER)?.checkout.as_ref();
    if !checkout.is_some_and(Request::names_the_order) {
        let why = format!("the shop names its orders itself: `{place}.checkout` has no {{order}}");
        return Err(Stop::Unsupported(why));
    }
    let order = world.order(THE_ORDER);
    order.before = true;
    order.begin_anew();
    world.check_out(THE_ORDER).await
}

async fn beside(world: &mut World<'_>) -> Done {
    let order = world.order(THE_ORDER);
    let first = (order.came.clone(), order.key.clone(), order.page.clone());
    again(world).await?;
    let order = world.order(THE_ORDER);
    (order.came, order.key, order.page) = first;
    order.away = None;
    Ok(())
}

async fn back_with(world: &mut World<'_>, changed: &str) -> Done {
    let order = world.order(THE_ORDER);
    let back = order.away.as_ref().or(order.back.as_ref());
    let Some(mut url) = back.and_then(|back| url::Url::parse(&back.url).ok()) else {
        return Err(Stop::fail("the payer is not sent back", "a way back to the shop", "none"));
    };
    let new: Vec<_> = url::form_urlencoded::parse(changed.as_bytes()).into_owned().collect();
    let old: Vec<_> = url.query_pairs().into_owned().collect();
    let is_kept = |(name, _): &&(String, String)| new.iter().all(|(changed, _)| changed != name);
    url.query_pairs_mut().clear().extend_pairs(old.iter().filter(is_kept)).extend_pairs(&new);
    world.visit(THE_ORDER, "the payer", get(url)).await
}

/// The accept address of an order, as the shop asked for it.
async fn accept_url(world: &mut World<'_>, which: usize) -> Result<url::Url, Stop> {
    let (record, came) = world.known(which).await?;
    let found = world.room.accept_url(&world.as_known(record, &came));
    found.ok_or_else(|| {
        Stop::fail(
            "the shop gives no address for payers to come back to",
            "an accept address with the payment",
            "none",
        )
    })
}

async fn by_hand(world: &mut World<'_>) -> Done {
    if world.order(THE_ORDER).came.is_none() {
        world.check_out(THE_ORDER).await?;
    }
    let url = accepting(world).await?;
    world.visit(THE_ORDER, "somebody", get(url)).await
}

/// The accept address with what somebody makes up who has not paid.
async fn accepting(world: &mut World<'_>) -> Result<url::Url, Stop> {
    let mut url = accept_url(world, THE_ORDER).await?;
    let (record, came) = world.known(THE_ORDER).await?;
    let made_up = world.room.made_up(&world.as_known(record, &came));
    if !made_up.is_empty() {
        url.query_pairs_mut().extend_pairs(made_up);
    }
    Ok(url)
}

async fn of_nobody(world: &mut World<'_>) -> Done {
    if world.order(THE_ORDER).came.is_none() {
        world.check_out(THE_ORDER).await?;
    }
    let url = accepting(world).await?;
    let url = world.of_nobody(THE_ORDER, url.as_str());
    world.visit(THE_ORDER, "somebody", get(url)).await
}

async fn cancel_by_hand(world: &mut World<'_>) -> Done {
    if world.order(THE_ORDER).came.is_none() {
        world.check_out(THE_ORDER).await?;
    }
    let (record, came) = world.known(THE_ORDER).await?;
    let found = world.room.cancel_url(&world.as_known(record, &came));
    let Some(url) = found else {
        return Err(Stop::Unsupported("the shop gives no address for payers who cancel".to_owned()));
    };
    world.visit(THE_ORDER, "somebody", get(url)).await
}

async fn with_others_return(world: &mut World<'_>, renamed: bool) -> Done {
    if world.order(THE_ORDER).came.is_none() {
        world.check_out(THE_ORDER).await?;
    }
    let mut url = accept_url(world, THE_ORDER).await?;
    let base = accept_url(world, THE_OTHER).await?;
    let other = world.order(THE_OTHER);
    let back = other.back.as_ref().or(other.away.as_ref());
    let Some(back) = back.and_then(|back| url::Url::parse(&back.url).ok()) else {
        return Err(Stop::fail("the other payer is not sent back", "a way back to the shop", "none"));
    };
    let own: Vec<_> = base.query_pairs().collect();
    let mut added: Vec<_> = back.query_pairs().filter(|pair| !own.contains(pair)).collect();
    if renamed {
        let (key, others) = (world.key(THE_ORDER)?, world.key(THE_OTHER)?);
        for (_, value) in added.iter_mut().filter(|(_, value)| *value == others.as_str()) {
            *value = key.clone().into();
        }
    }
    if !added.is_empty() {
        url.query_pairs_mut().extend_pairs(added);
    }
    world.visit(THE_ORDER, "somebody", get(url)).await
}
