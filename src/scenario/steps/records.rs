//! What the provider's own books say of an order or a subscription, whatever the shop believes.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::Step;
use crate::scenario::outcome::Stop;
use crate::scenario::rooms::Books;
use crate::scenario::template::major;
use crate::scenario::world::{Done, THE_ORDER, World};

/// How long between two looks.
pub(super) const PAUSE: Duration = Duration::from_millis(50);

pub(super) const STEPS: &[Step] = &[
    Step {
        word: "Then",
        pattern: "the provider has captured the order",
        does: "The provider's own record says, before the deadline is over, that the whole amount was drawn, and no more.",
        example: "Then the provider has captured the order",
        run: |world, _| {
            Box::pin(async {
                let amount = money(world);
                let is_so = |books: &Books| books.captured == Some(amount.0);
                let said = |books: &Books| Some(sum(books.captured?, "captured", &amount.1));
                let wanted = sum(amount.0, "captured", &amount.1);
                books(world, "captured the order", &wanted, is_so, said).await
            })
        },
    },
    Step {
        word: "Then",
        pattern: "the provider has refunded the order",
        does: "The provider's own record says, before the deadline is over, that the whole amount was given back, and no more.",
        example: "Then the provider has refunded the order",
        run: |world, _| {
            Box::pin(async {
                let amount = money(world);
                let is_so = |books: &Books| books.refunded == Some(amount.0);
                let said = |books: &Books| Some(sum(books.refunded?, "refunded", &amount.1));
                let wanted = sum(amount.0, "refunded", &amount.1);
                books(world, "refunded the order", &wanted, is_so, said).await
            })
        },
    },
    Step {
        word: "Then",
        pattern: "the provider has let the order's reservation go",
        does: "The provider's own record says, before the deadline is over, that nothing is reserved any more, and nothing was drawn.",
        example: "Then the provider has let the order's reservation go",
        run: |world, _| {
            Box::pin(async {
                let is_so = |books: &Books| books.let_go == Some(true) && books.captured.unwrap_or(0) == 0;
                let said = |books: &Books| {
                    let captured = books.captured.unwrap_or(0);
                    Some(match books.let_go? {
                        true => format!("let go, and {} captured", major(captured)),
                        false if captured > 0 => format!("{} captured", major(captured)),
                        false => "still reserved".to_owned(),
                    })
                };
                books(world, "let the order's reservation go", "let go, and nothing captured", is_so, said)
                    .await
            })
        },
    },
    Step {
        word: "Then",
        pattern: "the provider has renewed the order's reservation",
        does: "The provider's own record says, before the deadline is over, that the money was reserved anew.",
        example: "Then the provider has renewed the order's reservation",
        run: |world, _| {
            Box::pin(async {
                let is_so = |books: &Books| books.renewed == Some(true);
                let said = |books: &Books| books.renewed.map(|_| "not renewed".to_owned());
                books(world, "renewed the order's reservation", "renewed", is_so, said).await
            })
        },
    },
    Step {
        word: "Then",
        pattern: "the provider has charged the subscription once",
        does: "The provider's own record says, before the deadline is over, that money was drawn by the subscription one time since it was signed up. Where its customer has given another card, it is drawn by that, and not by the one before.",
        example: "Then the provider has charged the subscription once",
        run: |world, _| {
            Box::pin(async {
                let before = world.order(THE_ORDER).charged;
                let others = move |books: &Books| books.charges_before.saturating_sub(before);
                let is_so = |books: &Books| books.charges == Some(1) && others(books) == 0;
                let said = |books: &Books| {
                    let told = charges(books.charges?);
                    Some(match others(books) {
                        0 => told,
                        others => format!("{told}, and {} of the card before", charges(others)),
                    })
                };
                books(world, "charged the subscription once", "one charge", is_so, said).await
            })
        },
    },
    Step {
        word: "Then",
        pattern: "the provider has ended the subscription",
        does: "The provider's own record says, before the deadline is over, that nothing can be drawn by the subscription any more.",
        example: "Then the provider has ended the subscription",
        run: |world, _| {
            Box::pin(async {
                let is_so = |books: &Books| books.ended == Some(true);
                let said = |books: &Books| books.ended.map(|_| "it can still be charged".to_owned());
                books(world, "ended the subscription", "ended", is_so, said).await
            })
        },
    },
    Step {
        word: "Then",
        pattern: "the provider has replaced the subscription's card",
        does: "The provider's own record says, before the deadline is over, that money can be drawn by the card that the customer gave last, and by none before.",
        example: "Then the provider has replaced the subscription's card",
        run: |world, _| {
            Box::pin(async {
                let is_so = |books: &Books| books.replaced == Some(true);
                let said = |books: &Books| {
                    Some(match (books.replaced?, books.ended) {
                        (_, Some(true)) => "none can be charged".to_owned(),
                        (_, _) => "the one before can still be charged".to_owned(),
                    })
                };
                let wanted = "the last card alone can be charged";
                books(world, "replaced the subscription's card", wanted, is_so, said).await
            })
        },
    },
];

/// The order's amount in minor units, and its currency.
fn money(world: &mut World<'_>) -> (i64, String) {
    let purchase = &world.order(THE_ORDER).purchase;
    (purchase.amount, purchase.currency.clone())
}

/// `125.00 DKK captured`
fn sum(minor: i64, what: &str, currency: &str) -> String {
    if minor == 0 { format!("nothing {what}") } else { format!("{} {currency} {what}", major(minor)) }
}

fn charges(count: usize) -> String {
    match count {
        0 => "no charge".to_owned(),
        1 => "one charge".to_owned(),
        more => format!("{more} charges"),
    }
}

/// What the provider's books say of the order now; none where it knows nothing of it.
pub(super) async fn looked_up(world: &mut World<'_>) -> Option<Books> {
    let order = world.order(THE_ORDER);
    let (keys, signs_up, room) = (order.keys(), order.signs_up, world.room);
    world.read(|kept| room.books(kept, &keys, signs_up)).await
}

/// Looks into the provider's books until it is so or the deadline is over. `said` is what they say otherwise; none
/// where they have no such thing.
async fn books(
    world: &mut World<'_>,
    what: &str,
    wanted: &str,
    is_so: impl Fn(&Books) -> bool,
    said: impl Fn(&Books) -> Option<String>,
) -> Done {
    let until = Instant::now() + world.stage.shop.deadline;
    world.key(THE_ORDER)?;
    let name = world.provider.info().name;
    loop {
        let found = looked_up(world).await;
        if found.as_ref().is_some_and(&is_so) {
            return Ok(());
        }
        let got = found.map(|books| said(&books));
        if got == Some(None) {
            return Err(Stop::Unsupported(format!("{name} has no record of such a thing")));
        }
        if Instant::now() >= until {
            let order = &world.order(THE_ORDER).purchase.order;
            let got = got.flatten().unwrap_or_else(|| format!("{name} knows nothing of it"));
            return Err(Stop::fail(
                format!("{name} has not {what}"),
                format!("{name}'s record of order {order}: {wanted}"),
                format!("{name}'s record of order {order}: {got}"),
            ));
        }
        sleep(PAUSE).await;
    }
}
