//! One scenario's world: its orders, their payers, and what has happened so far.

use provkassa_simulators::kit::outbox::{Delivery, Outgoing, Policy};
use provkassa_simulators::kit::provider::Provider;
use serde_json::Value;

use super::any::AnyOrder;
use super::config::{Offer, Request};
use super::fault::FaultKind;
use super::outcome::{Failure, Stop};
use super::payer::Cookies;
use super::rooms::{Known, Room};
use super::stage::Stage;
use super::template::Purchase;
use super::trail::Trail;
use super::wire::Reply;
use crate::web::arrived;

/// The amount of an order that says nothing of it, in minor units.
const USUAL_AMOUNT: i64 = 12_500;

/// What a step comes to.
pub(super) type Done = Result<(), Stop>;

/// One scenario's world.
#[derive(Debug)]
pub(super) struct World<'s> {
    pub(super) stage: &'s Stage,
    pub(super) provider: &'static dyn Provider,
    pub(super) room: &'static dyn Room,
    /// The order that the scenario is about comes first.
    pub(super) orders: Vec<Order>,
    pub(super) trail: Trail,
    /// What the shop answered to the last callback that was forged.
    pub(super) forged: Option<Reply>,
    /// How far the journal was when it began.
    pub(super) since: u64,
    /// What is wrong and leaves worse to be found: an error on the page where the payer comes back.
    pub(super) noted: Option<Box<Failure>>,
    /// Whether nobody else is at the shop's checkout in the meantime, so that all calls there are its own.
    pub(super) alone: bool,
    /// What `any order` is this time.
    pub(super) any: Option<AnyOrder>,
}

/// What kind of order it is. Of those that are drawn the shop may refuse any: nobody asked whether it sells such things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The scenario says what it is.
    Own,
    /// Drawn, and as plain as can be.
    Ordinary,
    /// Drawn.
    Odd,
}

/// One order and its payer.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) purchase: Purchase,
    /// What no other order's name has in it.
    pub(super) token: String,
    /// Whether it signs up for a subscription.
    pub(super) signs_up: bool,
    /// Whether its name matters to the scenario.
    pub(super) named: bool,
    /// Whether it is one of all kinds.
    pub(super) kind: Kind,
    /// With what status the shop answered where its checkout led nowhere.
    pub(super) astray: Option<u16>,
    /// Whether it was checked out before.
    pub(super) before: bool,
    /// Whose browser its payer has, where it is another order's.
    pub(super) browser: Option<usize>,
    pub(super) cookies: Cookies,
    /// What the provider calls it, as soon as the payer has been there.
    pub(super) key: Option<String>,
    /// What the provider called it before, where it was begun anew.
    pub(super) earlier: Vec<String>,
    /// How often money was drawn by its subscription before another card was given.
    pub(super) charged: usize,
    /// What happens to its callbacks.
    pub(super) policy: Policy,
    /// The request with which the payer came to the provider.
    pub(super) came: Option<Outgoing>,
    /// The page that the payer looks at.
    pub(super) page: Option<Reply>,
    /// The way back to the shop that the payer has not gone yet.
    pub(super) away: Option<Outgoing>,
    /// The way back that the payer went last.
    pub(super) back: Option<Outgoing>,
}

impl Order {
    /// Whether its amount is the scenario's choice, and so one that a shop need not sell for.
    pub(super) fn is_special(&self) -> bool {
        self.purchase.amount != USUAL_AMOUNT
    }

    /// Its payer goes to the provider once more, where it may be called otherwise then.
    pub(super) fn begin_anew(&mut self) {
        let key = self.key.take();
        self.earlier.extend(key.filter(|key| !self.earlier.contains(key)));
        (self.came, self.page, self.away) = (None, None, None);
    }

    /// Everything that the provider has called it, the last name last.
    pub(super) fn keys(&self) -> Vec<String> {
        let earlier = self.earlier.iter().filter(|earlier| Some(*earlier) != self.key.as_ref());
        earlier.chain(&self.key).cloned().collect()
    }
}

/// The name of an order that no shop has.
const NOBODYS: &str = "nobodysorder";

/// An address with another name in the place of this one, where it stands by itself: a shop that counts its orders may
/// call one `1`, and that is in its port, too.
fn without_name(url: &str, name: &str) -> String {
    let host = url.find("://").map_or(0, |scheme| scheme + 3);
    let path = url[host..].find('/').map_or(url.len(), |path| host + path);
    let (origin, rest) = url.split_at(path);
    let encoded: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let in_a_path = encoded.replace('+', "%20");
    let spellings = [encoded.as_str(), in_a_path.as_str(), name];
    let rest = spellings.iter().fold(rest.to_owned(), |rest, name| {
        let mut parts = rest.split(name).peekable();
        let mut whole = String::new();
        while let Some(part) = parts.next() {
            whole.push_str(part);
            let Some(next) = parts.peek() else { break };
            let goes_on = |sign: Option<char>| sign.is_some_and(char::is_alphanumeric);
            let is_part = goes_on(whole.chars().next_back()) || goes_on(next.chars().next());
            whole.push_str(if is_part { name } else { NOBODYS });
        }
        whole
    });
    format!("{origin}{rest}")
}

/// Which order a step is about.
pub(super) const THE_ORDER: usize = 0;
/// The other one.
pub(super) const THE_OTHER: usize = 1;

impl<'s> World<'s> {
    pub(super) fn new(
        stage: &'s Stage,
        provider: &'static dyn Provider,
        room: &'static dyn Room,
        any: Option<AnyOrder>,
    ) -> Self {
        let since = stage.cursor();
        Self {
            stage,
            provider,
            room,
            orders: Vec::new(),
            trail: Trail::default(),
            forged: None,
            since,
            noted: None,
            alone: false,
            any,
        }
    }

    /// The provider's id.
    pub(super) fn id(&self) -> &'static str {
        self.provider.info().id
    }

    /// The provider whose pages the payer goes to: another than the scenario's for one that has none.
    pub(super) fn gate(&self) -> &'static dyn Provider {
        self.room.gate().unwrap_or(self.provider)
    }

    /// Its id.
    pub(super) fn gate_id(&self) -> &'static str {
        self.gate().info().id
    }

    /// Keeps in mind what is wrong, and lets the scenario go on: the first is told, if nothing worse comes.
    pub(super) fn note(&mut self, failure: Failure) {
        self.noted.get_or_insert_with(|| Box::new(failure));
    }

    /// What people call it.
    pub(super) fn name(&self) -> &'static str {
        self.gate().info().name
    }

    /// What the shop says it can do with the provider, for orders or for subscriptions.
    pub(super) fn offer(&mut self, which: usize) -> Result<&'s Offer, Stop> {
        let place = self.place(which);
        let offer = self.stage.shop.providers.get(self.id());
        let offer = if self.order(which).signs_up {
            offer.and_then(|offer| offer.subscription.as_deref())
        } else {
            offer
        };
        offer.ok_or_else(|| Stop::Unsupported(format!("the shop has no [{place}]")))
    }

    /// Where in the configuration that stands: `shop.quickpay`.
    pub(super) fn place(&mut self, which: usize) -> String {
        let below = if self.order(which).signs_up { ".subscription" } else { "" };
        format!("shop.{}{below}", self.id())
    }

    /// Another order, with a payer of its own.
    pub(super) fn add(&mut self, amount: Option<i64>, name: Option<String>) {
        let named = name.is_some();
        // No other run had it.
        let token = self.stage.new_order();
        let purchase = Purchase {
            order: name.map_or_else(String::new, |name| format!("{name} ")) + &token,
            amount: amount.unwrap_or(USUAL_AMOUNT),
            currency: self.room.currency().to_owned(),
            provider: self.id(),
            name: "Åse Øster".to_owned(),
            email: "ase@example.com".to_owned(),
            description: "Tea & biscuits".to_owned(),
        };
        self.orders.push(Order {
            purchase,
            token,
            signs_up: false,
            named,
            kind: Kind::Own,
            astray: None,
            before: false,
            browser: None,
            cookies: Cookies::default(),
            key: None,
            earlier: Vec::new(),
            charged: 0,
            policy: Policy::default(),
            came: None,
            page: None,
            away: None,
            back: None,
        });
    }

    /// The order that the scenario is tried with this time, of this amount where the scenario has one.
    pub(super) fn add_any(&mut self, signs_up: bool, amount: Option<i64>) -> Done {
        let any = self.any.clone().unwrap_or_else(AnyOrder::plain);
        let which = self.orders.len();
        self.add(amount.or(Some(any.amount)), None);
        self.order(which).signs_up = signs_up;
        let checkout = self.offer(which)?.checkout.as_ref();
        let is_named = checkout.is_some_and(Request::names_the_order);
        let order = self.order(which);
        order.kind = if any == AnyOrder::plain() { Kind::Ordinary } else { Kind::Odd };
        if is_named {
            order.purchase.order.insert_str(0, &any.order);
        }
        let AnyOrder { description, email, name, .. } = any;
        order.purchase = Purchase { name, email, description, ..order.purchase.clone() };
        Ok(())
    }

    /// An order of the scenario; it is made if no step has spoken of it.
    pub(super) fn order(&mut self, which: usize) -> &mut Order {
        while self.orders.len() <= which {
            self.add(None, None);
        }
        &mut self.orders[which]
    }

    /// What the provider calls an order, once a payer has been there.
    pub(super) fn key(&mut self, which: usize) -> Result<String, Stop> {
        let key = self.order(which).key.clone();
        key.ok_or_else(|| self.astray(which))
    }

    /// What is known of an order at its provider.
    pub(super) async fn known(&mut self, which: usize) -> Result<(Value, Outgoing), Stop> {
        let key = self.key(which)?;
        let (kind, is_it) = self.room.record(self.order(which).signs_up);
        let provider = self.gate();
        let records = self.stage.workspace().read(|tx| provider.read(tx, kind)).await;
        let record = records.into_iter().find(|record| is_it(record, &key)).unwrap_or_default();
        let came = self.order(which).came.clone();
        let came =
            came.ok_or_else(|| Stop::fail("the payer was not sent to the provider", "a link", "none"))?;
        Ok((record, came))
    }

    /// The same, as the room takes it.
    pub(super) fn as_known<'a>(&self, record: Value, came: &'a Outgoing) -> Known<'a>
    where
        's: 'a,
    {
        Known { stage: self.stage, record, came }
    }

    /// An address of the shop's, about an order that the shop has never had.
    pub(super) fn of_nobody(&mut self, which: usize, url: &str) -> String {
        let order = self.order(which);
        let names = [Some(&order.purchase.order), order.key.as_ref()].into_iter().flatten();
        names.fold(url.to_owned(), |url, name| without_name(&url, name))
    }

    /// The provider's record of an order, as if it were one that the shop has never had.
    pub(super) fn renamed(&self, record: Value) -> Value {
        match record {
            Value::String(text) => {
                let ours = self
                    .orders
                    .iter()
                    .any(|order| order.key.as_deref() == Some(&*text) || order.purchase.order == text);
                if ours { NOBODYS.into() } else { text.into() }
            }
            Value::Array(items) => items.into_iter().map(|item| self.renamed(item)).collect(),
            Value::Object(fields) => {
                let fields = fields.into_iter().map(|(name, value)| (name, self.renamed(value)));
                Value::Object(fields.collect())
            }
            other => other,
        }
    }

    /// A callback of an order's that arrived at the shop and got no answer, or a shop that is gone: nothing follows
    /// for what it believes.
    pub(super) async fn unanswered(&mut self, which: usize) -> Done {
        if let Some(gone) = self.stage.gone().await {
            return Err(gone.into());
        }
        // Nobody calls back about what the provider does not know.
        if self.order(which).key.is_none() {
            return Ok(());
        }
        let lost = self.callbacks(which)?.into_iter().find_map(|callback| {
            let mut failures = callback.attempts.iter().filter_map(|attempt| attempt.failure.clone());
            Some((callback.url, failures.find(|failure| arrived(failure))?))
        });
        match lost {
            Some((url, how)) => {
                let url = url.split('?').next().unwrap_or_default().to_owned();
                Err(self.stage.broken_off(FaultKind::Callback { url, how }).await.into())
            }
            None => Ok(()),
        }
    }

    /// The callbacks of an order, in the order they came.
    pub(super) fn callbacks(&mut self, which: usize) -> Result<Vec<Delivery>, Stop> {
        let key = self.key(which)?;
        let id = self.gate_id();
        let mut deliveries = self.stage.workspace().outbox().deliveries();
        deliveries.retain(|delivery| delivery.provider == id && delivery.order == key);
        Ok(deliveries)
    }
}
