//! What payers change on the way to the payment page, where nothing of it is signed.

use super::{Step, first_amount, first_text};
use crate::scenario::outcome::Stop;
use crate::scenario::rooms::Change;
use crate::scenario::wire::post;
use crate::scenario::world::{Done, THE_ORDER, World};

pub(super) const STEPS: &[Step] = &[
    Step {
        word: "When",
        pattern: "the payer changes the amount on the way to {amount}",
        does: "The payer writes another amount into what the shop's checkout sends them to the payment page with. Unsupported where that is signed, or where the shop tells the provider of the amount by itself.",
        example: "When the payer changes the amount on the way to 1.00",
        run: |world, arguments| Box::pin(tamper(world, Change::Amount(first_amount(arguments)))),
    },
    Step {
        word: "When",
        pattern: "the payer changes the currency on the way to {text}",
        does: "The same with the currency: the number stays, and is worth less.",
        example: "When the payer changes the currency on the way to NOK",
        run: |world, arguments| Box::pin(tamper(world, Change::Currency(first_text(arguments)))),
    },
    Step {
        word: "When",
        pattern: "the payer changes the merchant on the way",
        does: "The same with the merchant: the money goes to another one, which has the shop's own password.",
        example: "When the payer changes the merchant on the way",
        run: |world, _| Box::pin(tamper(world, Change::Merchant)),
    },
    Step {
        word: "When",
        pattern: "the order is cheaper at the provider, by {amount}",
        does: "After the checkout somebody at the provider's own program makes the order cheaper than it is at the shop. Unsupported where the provider keeps no orders that can change.",
        example: "When the order is cheaper at the provider, by 100.00",
        run: |world, arguments| Box::pin(reprice(world, first_amount(arguments))),
    },
];

/// Begins the checkout, and goes to the payment page once more with something changed.
async fn tamper(world: &mut World<'_>, change: Change) -> Done {
    if world.order(THE_ORDER).came.is_none() {
        world.check_out(THE_ORDER).await?;
    }
    let (record, came) = world.known(THE_ORDER).await?;
    let Some(tampered) = world.room.tampered(&world.as_known(record, &came), &change) else {
        return Err(Stop::Unsupported(format!("at {} a payer cannot change that on the way", world.name())));
    };
    if let Some(seed) = tampered.seed {
        seeded(world, seed).await?;
    }
    let mut fields: Vec<(String, String)> = url::form_urlencoded::parse(&came.body).into_owned().collect();
    for (name, value) in &mut fields {
        if name.eq_ignore_ascii_case(tampered.field) {
            value.clone_from(&tampered.value);
        }
    }
    world.order(THE_ORDER).away = None;
    world.walk(THE_ORDER, post(came.url, &fields), true).await
}

async fn reprice(world: &mut World<'_>, by: i64) -> Done {
    if world.order(THE_ORDER).came.is_none() {
        world.check_out(THE_ORDER).await?;
    }
    let (record, came) = world.known(THE_ORDER).await?;
    let Some(seed) = world.room.cheaper(&world.as_known(record, &came), by) else {
        let why = format!("{} keeps no orders whose price can change", world.name());
        return Err(Stop::Unsupported(why));
    };
    seeded(world, seed).await?;
    // The page shows what the order costs when it is opened.
    world.order(THE_ORDER).away = None;
    world.walk(THE_ORDER, came, true).await
}

/// Changes one of the provider's own records.
async fn seeded(world: &World<'_>, (kind, record): (&'static str, serde_json::Value)) -> Done {
    let gate = world.gate();
    let done = world.stage.workspace().transact(|tx| gate.seed(tx, kind, &record)).await;
    done.map(|_| ()).map_err(|problem| world.own_fault(problem.to_string()))
}
