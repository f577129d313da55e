//! Returns to try: as BRP sends them, among a shop's own parameters, and as a payer may change them.

use std::borrow::Cow;

use rand::Rng;

use super::returns::{address, parameters};
use crate::brp::endpoints::{ENDPOINTS, endpoint};
use crate::kit::awkward::{self, one_in, pick};
use crate::kit::operation::{Focus, Message};
use crate::kit::query;

/// What a return is to have; the others of its traits are drawn.
#[derive(Clone, Copy, Default)]
pub(super) struct Traits {
    succeeded: Option<bool>,
    /// A payer can leave out the `error`.
    complete: Option<bool>,
    /// BRP's parameters alone, in the document's order.
    alone: bool,
}

impl Traits {
    /// Those of the focus of this name.
    pub(super) fn of(focus: &str) -> Self {
        match focus {
            "success" => Self { succeeded: Some(true), complete: Some(true), alone: true },
            "failure" => Self { succeeded: Some(false), complete: Some(true), alone: true },
            "no error at all" => Self { complete: Some(false), ..Self::default() },
            _ => Self::default(),
        }
    }
}

/// A return of BRP's with these traits, and whether it has its `error`.
pub(super) fn arbitrary(rng: &mut dyn Rng, traits: Traits) -> (Message, bool) {
    let endpoint = &ENDPOINTS[awkward::below(rng, 9).saturating_sub(3) as usize];
    let code = pick(rng, CODES);
    let succeeded = traits.succeeded.unwrap_or_else(|| one_in(rng, 2));
    let (id, error) = if succeeded { (awkward::id(rng), "") } else { (String::new(), code) };
    let mut parameters = parameters(endpoint, &id, error);
    let complete = traits.complete.unwrap_or_else(|| !one_in(rng, 16));
    if !complete {
        parameters.retain(|(name, _)| *name != "error");
    } else if !traits.alone && one_in(rng, 4) {
        parameters.reverse();
    }
    if !traits.alone && one_in(rng, 6) {
        parameters.push(("orderid", "15"));
    }
    let mut url = pick(rng, &["https://shop.example/paid", "http://127.0.0.1:3000/", "https://shop.example"])
        .to_owned();
    for place in 0..if traits.alone { 0 } else { awkward::below(rng, 3) } {
        url.push(if place == 0 { '?' } else { '&' });
        url.push_str(pick(rng, OWN));
    }
    if one_in(rng, 8) {
        url.push_str("#top");
    }
    let url = address(&url, &parameters);
    let message = Message {
        form: Cow::Borrowed(endpoint.path),
        parameters: Vec::new(),
        given: vec![(Cow::Borrowed("url"), url)],
    };
    (message, complete)
}

const CODES: &[&str] = &["205", "201", "200", "101", "9", "12", "202", "203", "300", "400", "500", "902"];

/// A shop's own parameters, some with names that end like BRP's.
const OWN: &[&str] = &[
    "order=7",
    "lasterror=7",
    "xreceiptid=99",
    "myinvoiceid=3",
    "haserror=",
    "next=%2Fa%3Ferror%3D1",
    "namn=%C3%85sa",
    "namn=A%CC%8Asa",
    "text=a%0D%0Ab",
    "text=a++%3Cb%3E+",
    "receiptid=7",
    "error=9",
    "error=",
];

pub(super) static FOCUSES: &[Focus] = &[
    Focus { name: "success", holds: |message| is_documented(message) && succeeded(message) },
    Focus { name: "failure", holds: |message| is_documented(message) && !succeeded(message) },
    Focus { name: "parameters of the shop's own", holds: |message| place(message) == Place::Behind },
    Focus {
        name: "parameters in another order than documented",
        holds: |message| place(message) == Place::Otherwise && has_error(message),
    },
    Focus { name: "no error at all", holds: |message| !has_error(message) },
];

pub(super) fn succeeded(message: &Message) -> bool {
    query::last(message.given("url"), "error").as_deref() == Some("")
}

pub(super) fn has_error(message: &Message) -> bool {
    query::last(message.given("url"), "error").is_some()
}

fn is_documented(message: &Message) -> bool {
    place(message) == Place::Alone
}

/// Where BRP's parameters stand, in the document's order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Alone,
    /// Behind the shop's own.
    Behind,
    Otherwise,
}

fn place(message: &Message) -> Place {
    let (Some(query), Some(endpoint)) = (query::of(message.given("url")), endpoint(&message.form)) else {
        return Place::Otherwise;
    };
    let names: Vec<_> = form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name).collect();
    let expected = parameters(endpoint, "", "");
    let rest = names.len().saturating_sub(expected.len());
    let ends = names[rest..].iter().eq(expected.iter().map(|(name, _)| name));
    match (ends, rest) {
        (true, 0) => Place::Alone,
        (true, _) => Place::Behind,
        (false, _) => Place::Otherwise,
    }
}
