//! Drawing returns, callbacks and cancels: right ones, and those with one thing wrong or odd.

use std::borrow::Cow;

use rand::Rng;

use super::came::{Came, came, right};
use super::conditions::{CLOSED, NUMBER};
use super::drawn::key;
use super::return_mistakes::WAYS;
use crate::kit::awkward::{below, one_in, pick};
use crate::kit::digest::hex;
use crate::kit::operation::Message;
use crate::kit::query;

/// What can be wrong with a return, or odd.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    Again,
    Amount,
    Cancel,
    /// A cancel of an order that is paid.
    CancelPaid,
    Currency,
    Fee,
    Forged,
    /// A sign-up without an amount.
    Free,
    /// The currency in letters.
    Letters,
    /// A transaction's number of more than 32 bits.
    Long,
    NoHash,
    Nothing,
    Order,
    /// Parameters of the shop's own stand before ePay's.
    Own,
    /// An order that another transaction has paid.
    PaidBefore,
    /// One of ePay's names among the shop's own, which says the same.
    Repeated,
    SignUp,
    /// Another order's return, and the shop's order in a parameter before ePay's.
    Stolen,
    /// The hash is computed in another way: its place among the ways.
    Summed(usize),
    /// An address that somebody has typed: no hash, another order and another amount.
    Typed,
    /// No transaction for an order that costs something.
    Zero,
}

const FLAWS: &[Flaw] = &[
    Flaw::Again,
    Flaw::Again,
    Flaw::Amount,
    Flaw::Cancel,
    Flaw::CancelPaid,
    Flaw::Currency,
    Flaw::Fee,
    Flaw::Forged,
    Flaw::Free,
    Flaw::Letters,
    Flaw::Long,
    Flaw::NoHash,
    Flaw::Nothing,
    Flaw::Nothing,
    Flaw::Order,
    Flaw::Own,
    Flaw::Own,
    Flaw::PaidBefore,
    Flaw::Repeated,
    Flaw::SignUp,
    Flaw::Stolen,
    Flaw::Typed,
    Flaw::Zero,
];

/// The way that prints capitals: the last of the ways.
pub(super) const UPPER: usize = WAYS.len() - 1;

/// A return, a callback or a cancel.
pub(super) fn arbitrary(rng: &mut dyn Rng) -> Message {
    if one_in(rng, 3) {
        let flaw = Flaw::Summed(below(rng, u32::try_from(WAYS.len()).unwrap_or(1)) as usize);
        return with(rng, flaw);
    }
    let flaw = FLAWS[below(rng, u32::try_from(FLAWS.len()).unwrap_or(1)) as usize];
    with(rng, flaw)
}

/// One of the ways but for that which prints capitals.
pub(super) fn summed(rng: &mut dyn Rng) -> Flaw {
    Flaw::Summed(below(rng, u32::try_from(UPPER).unwrap_or(1)) as usize)
}

/// What the shop knows, and what comes.
struct Delivery {
    form: &'static str,
    /// The shop's own address, with its own parameters.
    address: String,
    /// ePay's parameters, in the order in which it appends them.
    appended: Vec<(&'static str, String)>,
    order: String,
    amount: i64,
    is_sign_up: bool,
    paid: String,
    key: String,
}

impl Delivery {
    fn set(&mut self, name: &str, value: impl Into<String>) {
        if let Some(place) = self.appended.iter_mut().find(|(known, _)| *known == name) {
            place.1 = value.into();
        }
    }

    fn add(&mut self, own: &str) {
        self.address = query::append(&self.address, own);
    }

    /// The message, as yet without a hash.
    fn message(self) -> Message {
        let mut appended = form_urlencoded::Serializer::new(String::with_capacity(256));
        appended.extend_pairs(&self.appended);
        let given = [
            ("url", query::append(&self.address, &appended.finish())),
            ("md5key", self.key),
            ("order", self.order),
            ("amount", self.amount.to_string()),
            ("subscription", self.is_sign_up.to_string()),
            ("paid", self.paid),
        ];
        Message {
            form: Cow::Borrowed(self.form),
            parameters: Vec::new(),
            given: given.map(|(name, value)| (Cow::Borrowed(name), value)).to_vec(),
        }
    }
}

/// A return with this flaw.
pub(super) fn with(rng: &mut dyn Rng, flaw: Flaw) -> Message {
    let mut delivery = sound(rng, flaw);
    spoil(rng, &mut delivery, flaw);
    let mut message = delivery.message();
    let (came, key) = (came(&message), message.given("md5key"));
    let hash = match flaw {
        Flaw::Cancel | Flaw::CancelPaid | Flaw::NoHash | Flaw::Typed => return message,
        Flaw::Forged => forged(rng, &came, key),
        // Only where it differs; where nothing does, the hash is right.
        Flaw::Summed(place) => WAYS.get(place).map_or_else(|| right(&came, key), |(_, way)| way(&came, key)),
        _ => right(&came, key),
    };
    if let Some((_, url)) = message.given.iter_mut().find(|(name, _)| name == "url") {
        let escaped: String = form_urlencoded::byte_serialize(hash.as_bytes()).collect();
        *url = query::append(url, &format!("hash={escaped}"));
    }
    message
}

/// The hash of somebody who does not know the key, or who changes what was signed.
fn forged(rng: &mut dyn Rng, came: &Came, key: &str) -> String {
    match below(rng, 5) {
        0 => right(came, "guessed"),
        1 => String::new(),
        // As a column that is too short keeps it.
        3 => right(came, key).chars().take(16).collect(),
        2 => right(came, key).chars().rev().collect(),
        _ => {
            let mut bytes = [0; 16];
            rng.fill_bytes(&mut bytes);
            hex(&bytes)
        }
    }
}

/// A genuine return or callback of a payment.
fn sound(rng: &mut dyn Rng, flaw: Flaw) -> Delivery {
    let is_sign_up = matches!(flaw, Flaw::SignUp | Flaw::Free) || flaw == Flaw::Again && one_in(rng, 4);
    let amount = if flaw == Flaw::Free || is_sign_up && flaw == Flaw::Again && one_in(rng, 2) {
        0
    } else {
        i64::from(amount(rng))
    };
    let order = order(rng);
    let transaction = if amount == 0 { 0 } else { 60_000_000 + below(rng, 400_000_000) };
    let time = if one_in(rng, 3) { below(rng, 60) } else { below(rng, 24) * 100 + below(rng, 60) };
    let mut appended = vec![
        ("txnid", transaction.to_string()),
        ("orderid", order.clone()),
        ("amount", amount.to_string()),
        ("currency", NUMBER.to_owned()),
        ("date", format!("2024{:02}{:02}", 1 + below(rng, 12), 1 + below(rng, 28))),
        ("time", format!("{time:04}")),
        ("txnfee", "0".to_owned()),
    ];
    if is_sign_up {
        appended.push(("subscriptionid", (400_000 + below(rng, 18_000_000)).to_string()));
    }
    let kind = pick(rng, &["1", "3", "4", "7", "29"]).to_owned();
    let card = pick(rng, &["444444XXXXXX4000", "333333XXXXXX3000", "555555XXXXXX5000"]).to_owned();
    // Home banking and mobile payments have no card.
    appended.extend(
        [("paymenttype", kind.clone()), ("cardno", card)].into_iter().take(1 + usize::from(kind != "29")),
    );
    if one_in(rng, 4) {
        appended.push(("fraud", pick(rng, &["0", "1"]).to_owned()));
        if one_in(rng, 2) {
            appended.push(("payercountry", "DK".to_owned()));
            appended.push(("issuercountry", pick(rng, &["DK", "SE", ""]).to_owned()));
        }
    }
    let mut delivery = Delivery {
        form: if one_in(rng, 2) { "accept" } else { "callback" },
        address: pick(rng, ADDRESSES).to_owned(),
        appended,
        order,
        amount,
        is_sign_up,
        paid: String::new(),
        key: key(rng),
    };
    if matches!(flaw, Flaw::Own | Flaw::Summed(_)) || one_in(rng, 2) {
        own(rng, &mut delivery);
    }
    delivery
}

const ADDRESSES: &[&str] = &[
    "https://shop.example/accept",
    "http://127.0.0.1:3000/epay/callback",
    "https://shop.example/",
    "https://shop.example",
    "https://shop.example/kvittering/%C3%A6",
];

/// Parameters of a shop's own, as they stand in its address.
const OWN: &[&str] = &[
    "wc-api=Epay",
    "language=1",
    "ref=a%20b%26c",
    "q=a+b",
    "navn=%C3%98rsted",
    "id_cart=7",
    "name=O%27Neil",
    "note=%3Cb%3E%22x%22",
    "blank=%20a%20",
    "empty=",
    "none=0",
    "flag",
    "mixed=%c3%a6%2Fb",
    "code=0042",
    "marks=A%CC%8Ase",
    "two=a++b",
    "lines=a%0D%0Ab",
    "tag=%3C%3E",
];

fn own(rng: &mut dyn Rng, delivery: &mut Delivery) {
    for _ in 0..=below(rng, 3) {
        let own = pick(rng, OWN);
        let name = own.split('=').next().unwrap_or(own);
        if !delivery.address.contains(&format!("{name}=")) && !delivery.address.ends_with(name) {
            delivery.add(own);
        }
    }
    if one_in(rng, 4) {
        let own = format!("wcorderid={}", delivery.order);
        delivery.add(&own);
    }
}

fn spoil(rng: &mut dyn Rng, delivery: &mut Delivery, flaw: Flaw) {
    let transaction = delivery.appended[0].1.clone();
    match flaw {
        Flaw::Again => delivery.paid = transaction,
        Flaw::PaidBefore => "50000001".clone_into(&mut delivery.paid),
        Flaw::Amount => {
            let amount = delivery.amount;
            let others =
                [amount - 1, amount + 1, amount * 100, amount / 2, amount / 100 * 100 + (amount + 1) % 100];
            let other = others[below(rng, 5) as usize].max(1);
            let fee = i64::from(below(rng, 300));
            match below(rng, 4) {
                // What the shop asked for, in kroner.
                3 => delivery.amount *= 100,
                // Together with the fee, or without it, it is what was asked for.
                0 => {
                    delivery.set("amount", (amount + fee).to_string());
                    delivery.set("txnfee", fee.to_string());
                }
                1 if amount > fee => {
                    delivery.set("amount", (amount - fee).to_string());
                    delivery.set("txnfee", fee.to_string());
                }
                _ => delivery.set("amount", other.to_string()),
            }
        }
        Flaw::Cancel | Flaw::CancelPaid => {
            delivery.form = "cancel";
            let error = if one_in(rng, 2) { CLOSED } else { pick(rng, &["-5543", "-5509", "4000"]) };
            delivery.appended = vec![("orderid", delivery.order.clone()), ("error", error.to_owned())];
            if flaw == Flaw::CancelPaid {
                delivery.paid = if transaction == "0" { "66406429".to_owned() } else { transaction };
            }
        }
        Flaw::Currency => delivery.set("currency", pick(rng, &["752", "578", "978", "392"])),
        Flaw::Letters => delivery.set("currency", "DKK"),
        Flaw::Fee => delivery.set("txnfee", (1 + below(rng, 500)).to_string()),
        Flaw::Long => {
            let long = 2_147_483_648 + u64::from(rng.next_u32());
            delivery.set("txnid", long.to_string());
        }
        Flaw::Order => {
            let other = other_order(rng, &delivery.order);
            delivery.set("orderid", other);
        }
        Flaw::Repeated => {
            let (name, value) = &delivery.appended[1 + below(rng, 2) as usize];
            let own = format!("{name}={}", if one_in(rng, 2) { value } else { "cart" });
            delivery.add(&own);
        }
        Flaw::Stolen => {
            let order = delivery.order.clone();
            let name = pick(rng, &["orderid", "wcorderid", "orderid"]);
            delivery.add(&format!("{name}={order}"));
            let other = other_order(rng, &order);
            delivery.set("orderid", other);
        }
        Flaw::Typed => {
            let other = other_order(rng, &delivery.order);
            delivery.set("orderid", other);
            let amount = delivery.amount / 2 + 1 + i64::from(delivery.amount == 1 || delivery.amount == 2);
            delivery.set("amount", amount.to_string());
        }
        Flaw::Zero => delivery.set("txnid", "0"),
        Flaw::Forged
        | Flaw::Free
        | Flaw::NoHash
        | Flaw::Nothing
        | Flaw::Own
        | Flaw::SignUp
        | Flaw::Summed(_) => {}
    }
}

/// An amount in the smallest unit; never 0.
fn amount(rng: &mut dyn Rng) -> u32 {
    const EDGES: &[u32] = &[1, 99, 100, 101, 2500, 12_345, 398_750, 3_825_750, 999_999_999];
    if one_in(rng, 2) {
        return EDGES[below(rng, u32::try_from(EDGES.len()).unwrap_or(1)) as usize];
    }
    1 + below(rng, 500_000)
}

/// An order number: letters and digits, at most 20 of them.
fn order(rng: &mut dyn Rng) -> String {
    if one_in(rng, 3) {
        return format!("{:06}", below(rng, 200_000));
    }
    pick(rng, &["77", "0012", "99219445", "1234abc", "A12", "1e10", "ABCdef12345678901234"]).to_owned()
}

fn other_order(rng: &mut dyn Rng, order: &str) -> String {
    match below(rng, 4) {
        0 => format!("0{order}"),
        1 => format!("B{order}"),
        2 => format!("{order}1"),
        _ => format!("8{}", below(rng, 1_000_000)),
    }
}
