//! Looks for the usual mistakes of a set-up with a running shop: one order at each provider, from its checkout to what
//! the shop believes of it.

mod called;
mod general;
mod way;

use super::belief::State;
use super::outcome::Stop;
use super::rooms;
use super::stage::Stage;
use super::trail::Trail;
use super::world::{THE_ORDER, World};
use crate::doctor::Look;

/// Looks at everything of the shop's, and hands each look over as soon as it is done.
pub async fn examine(stage: &Stage, mut tell: impl FnMut(Look)) {
    for look in general::looks(stage).await {
        tell(look);
    }
    if stage.shop.providers.is_empty() {
        tell(Look::wrong(
            "configuration",
            "the shop sells nothing: there is no [shop.quickpay] or the like",
            "write a section for each provider that the shop has, with its checkout.",
        ));
    }
    let known = provkassa_simulators::PROVIDERS
        .iter()
        .filter(|provider| stage.shop.providers.contains_key(provider.info().id));
    for provider in known {
        let id = provider.info().id;
        let Some(room) = rooms::of(id) else { continue };
        let offer = stage.shop.providers.get(id);
        // Payers of one that has no pages go to another's, and sign up there.
        let signs_up = offer.is_some_and(|offer| {
            offer.subscription.is_some() && (room.gate().is_some() || offer.checkout.is_none())
        });
        if room.gate().is_some() && !signs_up {
            let why = format!("`shop.{id}.subscription` is not configured");
            tell(Look::skipped("base-url", why).at(id));
            continue;
        }
        let mut world = World { alone: true, ..World::new(stage, *provider, room, None) };
        world.order(THE_ORDER).signs_up = signs_up;
        let mut looks = Looks { id, done: Vec::new() };
        looks.order(&mut world).await;
        looks.done.into_iter().for_each(&mut tell);
    }
}

/// What was seen at one provider.
#[derive(Debug)]
struct Looks {
    id: &'static str,
    done: Vec<Look>,
}

impl Looks {
    fn add(&mut self, look: Look) {
        self.done.push(look.at(self.id));
    }

    /// Nothing can be said of these, for this reason.
    fn skip(&mut self, checks: &[&'static str], why: &str) {
        for check in checks {
            self.add(Look::skipped(check, why));
        }
    }

    /// One order from the checkout to what the shop believes.
    async fn order(&mut self, world: &mut World<'_>) {
        if !self.way(world).await {
            let why = "no payer gets to the provider's page";
            self.skip(&["returns", "callback", "body", "status"], why);
            return;
        }
        self.returns(world).await;
        let before = world.ask(THE_ORDER, &mut Trail::default()).await;
        let paid = world.press(THE_ORDER, "approve").await;
        // What became of the callback is looked at by itself.
        let is_called = |stop: &Stop| matches!(stop, Stop::Broken(fault) if fault.is_of_a_callback());
        if let Some(stop) = paid.err().filter(|stop| !is_called(stop)) {
            let why = format!("the payer cannot pay: {}", told(&stop));
            self.skip(&["callback", "body", "status"], &why);
            return;
        }
        self.callback(world).await;
        self.status(world, before).await;
    }

    /// Whether the words come that the configuration names.
    async fn status(&mut self, world: &mut World<'_>, before: Result<super::belief::Belief, Stop>) {
        const CHECK: &str = "status";
        let state = if world.order(THE_ORDER).signs_up { State::Active } else { State::Paid };
        let order = world.order(THE_ORDER).purchase.order.clone();
        let before = match before {
            Ok(belief) => belief,
            Err(Stop::Unsupported(why)) => return self.add(Look::skipped(CHECK, why)),
            Err(stop) => {
                let next = "look at that route of the shop, and at how `shop.status` describes it.";
                return self.add(Look::wrong(CHECK, told(&stop), next));
            }
        };
        let Some(word) = before.word else {
            let seen = format!("after the checkout the shop knows no order {order}: it answers 404");
            let next = "put {order} into the checkout where the shop takes the order's name, or say with `order` \
                        where the shop's answer has its own.";
            return self.add(Look::wrong(CHECK, seen, next));
        };
        if world.is_word_of(&word, state) {
            let seen = format!("the shop says `{word}` of an order before anybody has paid");
            let next = format!("`shop.status.{}` must hold only words that come afterwards.", state.name());
            return self.add(Look::wrong(CHECK, seen, next));
        }
        // Where nobody calls the shop back it learns of the payment by the payer who comes back.
        let back = world.come_back(THE_ORDER).await;
        if let Some(noted) = world.noted.take() {
            let next = "look at the page that payers come back to.";
            self.add(Look::wrong("returns", format!("{}: {}", noted.headline, noted.got), next));
        } else if let Err(Stop::Broken(fault)) = &back {
            self.add(Look::wrong("returns", fault.to_string(), fault.kind.help()));
        }
        match world.believes(THE_ORDER, state).await {
            Ok(()) => {
                let after = world.ask(THE_ORDER, &mut Trail::default()).await;
                let after = after.ok().and_then(|belief| belief.word).unwrap_or_default();
                self.add(Look::ok(CHECK, format!("`{word}` before the payment, and `{after}` after it")));
            }
            Err(Stop::Fail(failure)) => {
                let words = world.words_of(state).join("`, `");
                let seen = format!(
                    "somebody has paid, and none of `{words}` came within {} s: the shop says {}",
                    world.stage.shop.deadline.as_secs_f64(),
                    failure.got
                );
                let about = if state == State::Active { "subscription/signed-up" } else { "redirect/paid" };
                let next = format!(
                    "if that word means it, put it into `shop.status.{}`; if the shop needs longer, say so with \
                     `shop.deadline`; otherwise it has not taken the payment: the trail of `provkassa check --only \
                     {}/{about}` shows why.",
                    state.name(),
                    self.id
                );
                self.add(Look::wrong(CHECK, seen, next));
            }
            Err(Stop::Unsupported(why)) => self.add(Look::skipped(CHECK, why)),
            Err(stop) => self.add(Look::wrong(CHECK, told(&stop), "look at that route of the shop.")),
        }
    }
}

/// Why something did not go on, in a sentence.
fn told(stop: &Stop) -> String {
    match stop {
        Stop::Broken(fault) => fault.to_string(),
        Stop::Fail(failure) => format!("{}: {}", failure.headline, failure.got),
        Stop::NoWay(no_way) => format!("{}: {}", no_way.failure.headline, no_way.failure.got),
        Stop::Refused(why) | Stop::Unsupported(why) => why.clone(),
    }
}
