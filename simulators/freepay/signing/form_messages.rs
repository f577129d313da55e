//! What a form is made of: legal values, and awkward ones.

use std::borrow::Cow;

use rand::Rng;

use super::form_mistakes::cut;
use super::{CURRENCIES, PAYMENT, SUBSCRIPTION, number};
use crate::kit::address::is_web_address;
use crate::kit::awkward::{below, one_in, pick};
use crate::kit::money::Amount;
use crate::kit::operation::{Message, Unreadable};
use crate::kit::wire::money;

const PAGES: &[&str] = &[
    "http://127.0.0.1:4705/paymentpage",
    "http://127.0.0.1:4700/freepay/paymentpage",
    "http://localhost:4700/w/shop-7/freepay/paymentpage",
    "https://gw.freepay.dk/paymentpage",
    "https://pay.example/?page=freepay",
];

const ACCEPTS: &[&str] = &[
    "https://shop.example/accept",
    "https://shop.example/accept.asp",
    "http://127.0.0.1:3000/paid?lang=da&cart=7",
    "https://shop.example/tak/?id=1001",
    "https://shop.example/køb/tak",
    "https://shop.example/a%20b?next=https%3A%2F%2Fa.example%2F",
];

const DECLINES: &[&str] = &[
    "https://shop.example/decline",
    "https://shop.example/decline.asp",
    "http://127.0.0.1:3000/refused?lang=da&cart=7",
    "https://shop.example/afvist/?id=1001",
];

/// The numbers that shops give their orders.
pub(super) const ORDERS: &[&str] = &[
    "1001",
    "1001",
    "5",
    "0042",
    "000001",
    "A-7/2",
    "Ordre 12",
    "Køb & salg <7>",
    "Åse's ordre",
    "gæst-99",
    "2024-11-22-000000000017",
    "webshop-nord-0000001234-b",
    "Заказ 9",
    "50%",
    "a+b",
    "A\u{30a}se 7",
    "Ordre  12",
    "<b>7</b>",
    "<>",
];

/// Those that careless code leaves as they are.
const PLAIN_ORDERS: &[&str] = &["1001", "5", "A-7/2", "Ordre 12", "50%", "a+b", "7", "99219445", "Ordre  12"];

const PARAMS: &[&str] = &[
    "",
    "",
    "abc",
    "a b&c",
    "Søren",
    "cart=7;user=9",
    "0",
    "\"7\" <8>",
    "A\u{30a}se",
    " two  blanks ",
    "<b>x</b>",
];

/// What orders cost, in the smallest unit. 29, 115 and 1998 are among those that floating point cuts.
pub(super) const MINORS: &[i64] =
    &[1, 29, 57, 100, 115, 435, 820, 1250, 1998, 2599, 10_000, 34_065, 45_000, 123_456, 999_999];

/// What an order costs.
pub(super) fn price(rng: &mut dyn Rng) -> Amount {
    let minor = match below(rng, 3) {
        0 => i64::from(1 + below(rng, 500_000)),
        _ => MINORS[below(rng, u32::try_from(MINORS.len()).unwrap_or(1)) as usize],
    };
    // Half of them in kroner: the others are easily forgotten.
    let currency = if one_in(rng, 2) { CURRENCIES[0] } else { CURRENCIES[below(rng, 4) as usize] };
    Amount::new(minor, currency)
}

/// A number of an acquiring agreement.
pub(super) fn merchant(rng: &mut dyn Rng) -> String {
    (1_000_000 + below(rng, 8_999_999)).to_string()
}

/// A legal form, biased to the awkward.
pub(super) fn arbitrary(rng: &mut dyn Rng) -> Message {
    let price = price(rng);
    let passwords = &["freepay-test", "p&ss w0rd+", "hemmeligt-kodeord", "Åbn-sesam-7"];
    let given = [
        ("page", pick(rng, PAGES).to_owned()),
        ("merchant", merchant(rng)),
        ("order", pick(rng, ORDERS).to_owned()),
        ("amount", format!("{} {}", price.minor, price.currency)),
        ("accept", pick(rng, ACCEPTS).to_owned()),
        ("decline", pick(rng, DECLINES).to_owned()),
        ("param", pick(rng, PARAMS).to_owned()),
        ("password", pick(rng, passwords).to_owned()),
    ];
    let form = if one_in(rng, 3) { SUBSCRIPTION } else { PAYMENT };
    Message {
        form: Cow::Borrowed(form),
        parameters: Vec::new(),
        given: given.map(|(name, value)| (Cow::Borrowed(name), value)).to_vec(),
    }
}

/// A legal form that is likely in the focus of this name: plain but for that.
pub(super) fn near(rng: &mut dyn Rng, focus: &str) -> Message {
    let mut message = arbitrary(rng);
    message.form = Cow::Borrowed(if focus == "a subscription" { SUBSCRIPTION } else { PAYMENT });
    let is_cut = focus == "an amount that floating point cuts";
    let minor = loop {
        let minor = price(rng).minor;
        if (cut(minor) != minor) == is_cut {
            break minor;
        }
    };
    let currency = match focus {
        "a currency other than Danish kroner" => CURRENCIES[1 + below(rng, 3) as usize],
        _ => CURRENCIES[0],
    };
    let order = match focus {
        "an order that begins with zeros" => pick(rng, &["0042", "000001", "007", "0", "00"]),
        "a long order number" => pick(
            rng,
            &["2024-11-22-000000000017", "webshop-nord-0000001234-b", "Køb hos Åse, nummer 1234567"],
        ),
        "an order with letters outside ASCII" => {
            pick(rng, &["Køb & salg <7>", "Åse's ordre", "A\u{30a}se's ordre", "gæst-99", "Заказ 9"])
        }
        _ => pick(rng, PLAIN_ORDERS),
    };
    for (name, value) in &mut message.given {
        match name.as_ref() {
            "amount" => *value = format!("{minor} {currency}"),
            "order" => order.clone_into(value),
            "param" if focus == "a parameter that is to come back" => {
                pick(rng, &["abc", "a b&c", "cart=7;user=9", "0", "\"7\" <8>", " two  blanks ", "<b>x</b>"])
                    .clone_into(value);
            }
            "param" => value.clear(),
            "accept" if focus == "addresses with a query of their own" => {
                pick(
                    rng,
                    &["http://127.0.0.1:3000/paid?lang=da&cart=7", "https://shop.example/ok?a=1&b=&c=%26"],
                )
                .clone_into(value);
            }
            _ => {}
        }
    }
    message
}

/// Whether a form may occur.
pub(super) fn legal(message: &Message) -> Result<(), Unreadable> {
    let wrong = |name: &str, help: &str| {
        Err(Unreadable::new(format!("`{name}` cannot be `{}`", message.given(name)), help))
    };
    if ![PAYMENT, SUBSCRIPTION].contains(&message.form.as_ref()) {
        return Err(Unreadable::new(
            format!("a shop makes no `{}`", message.form),
            "It makes a payment or a subscription.",
        ));
    }
    if !is_web_address(message.given("page")) || message.given("page").contains('#') {
        return wrong("page", "It takes the payment page's URL: http://127.0.0.1:4705/paymentpage");
    }
    legal_sale(message)?;
    for name in ["accept", "decline"] {
        if !is_web_address(message.given(name)) {
            return wrong(name, "It takes an absolute URL, http or https: https://shop.example/paid");
        }
    }
    if message.given("accept") == message.given("decline") {
        return wrong("decline", "It takes another URL than `accept`, or nobody sees which it was.");
    }
    if message.given("param").chars().any(char::is_control) {
        return wrong("param", "It takes a text of one line; empty for none.");
    }
    if message.given("password").chars().count() < 4 {
        return Err(Unreadable::new("`password` is too short", "It takes the web service's password."));
    }
    Ok(())
}

/// Whether merchant, order and amount may occur.
pub(super) fn legal_sale(message: &Message) -> Result<(), Unreadable> {
    let wrong = |name: &str, help: &str| {
        Err(Unreadable::new(format!("`{name}` cannot be `{}`", message.given(name)), help))
    };
    let merchant = message.given("merchant");
    let is_number = merchant.bytes().all(|byte| byte.is_ascii_digit()) && !merchant.starts_with('0');
    if merchant.is_empty() || !is_number || merchant.len() > 9 {
        return wrong("merchant", "It takes the number of the acquiring agreement: 1234567");
    }
    let order = message.given("order");
    if order.trim().is_empty() || order.trim() != order || order.chars().any(char::is_control) {
        return wrong("order", "It takes the shop's own order number, of one line: 1001");
    }
    let known =
        |amount: &Amount| (1..=99_999_999).contains(&amount.minor) && number(&amount.currency).is_some();
    if !money(message.given("amount")).as_ref().is_some_and(known) {
        return wrong("amount", "It takes more than nothing in DKK, SEK, NOK or EUR: 12.50 DKK");
    }
    Ok(())
}

/// The simplest legal value.
pub(super) fn simplest(name: &str) -> &'static str {
    match name {
        "page" => "http://p",
        "accept" => "http://a",
        "decline" => "http://b",
        "amount" => "100 DKK",
        "password" => "aaaa",
        "merchant" | "order" => "1",
        _ => "",
    }
}
