//! What goes with every message to Fenerum: legal values, awkward ones, and the simplest.

use std::borrow::Cow;

use rand::Rng;

use crate::kit::address::{has_path, is_base};
use crate::kit::awkward::{one_in, pick};
use crate::kit::digest::hex;
use crate::kit::operation::{Message, Parameter, Unreadable};

/// Where Fenerum may be.
const BASES: &[&str] = &[
    "https://app.fenerum.com",
    "https://app.fenerum.com/",
    "http://127.0.0.1:4704",
    "http://127.0.0.1:4704/",
    "http://127.0.0.1:4700/fenerum",
    "http://localhost:4700/fenerum/",
    "http://localhost:4700/w/shop-7/fenerum",
];

/// Names of programs: ASCII, for they stand in a header.
const CLIENTS: &[&str] = &[
    "YourApp",
    "My Shop 2.0",
    "Acme & Sons (web)",
    "shop/1.4.2; production",
    "webshop, EU",
    "Butikk #7",
    "the \"best\" shop",
    "O'Neil's",
    "a",
    "100%",
];

/// Base, token and name of a program.
pub(super) fn common(rng: &mut dyn Rng) -> Vec<Parameter> {
    let mut token = [0; 20];
    rng.fill_bytes(&mut token);
    vec![
        (Cow::Borrowed("base"), pick(rng, BASES).to_owned()),
        (Cow::Borrowed("token"), hex(&token)),
        (Cow::Borrowed("client"), pick(rng, CLIENTS).to_owned()),
    ]
}

/// Whether they may occur.
pub(super) fn legal(message: &Message) -> Result<(), Unreadable> {
    let wrong = |name: &str, help: &str| {
        Err(Unreadable::new(format!("`{name}` cannot be `{}`", message.given(name)), help))
    };
    if !is_base(message.given("base")) {
        return wrong("base", "It takes Fenerum's origin: http://127.0.0.1:4704");
    }
    let token = message.given("token");
    if token.len() < 8 || !token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)) {
        return Err(Unreadable::new(
            "`token` is no API token",
            "It takes letters, digits, _ and -, at least eight of them.",
        ));
    }
    let client = message.given("client");
    if client.is_empty()
        || client.trim() != client
        || !client.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
    {
        return wrong(
            "client",
            "It takes your app's name in printable ASCII, as it stands in X-Client-System.",
        );
    }
    Ok(())
}

/// The simplest legal value.
pub(super) fn simplest(name: &str) -> &'static str {
    match name {
        "base" => "http://a",
        "token" => "apitoken",
        "client" => "a",
        "email" => "a@a",
        "account" => "00000000-0000-4000-8000-000000000000",
        "account_code" => "C1",
        _ => "",
    }
}

/// Whether the address of a message could be put together in several ways.
pub(super) fn has_slash_behind_base(message: &Message) -> bool {
    message.given("base").ends_with('/')
}

/// Whether Fenerum is below a path there.
pub(super) fn has_path_in_base(message: &Message) -> bool {
    has_path(message.given("base"))
}

/// Whether the base is not the address that the document names.
pub(super) fn is_sandbox(message: &Message) -> bool {
    message.given("base").trim_end_matches('/') != super::request::ORIGIN
}

/// An e-mail address that careless code spoils.
pub(super) fn email(rng: &mut dyn Rng) -> String {
    if one_in(rng, 3) {
        return crate::kit::awkward::email(rng);
    }
    let addresses = &[
        "customer@example.com",
        "anna+test@example.com",
        "a+b+c@shop.example",
        "\"john.doe\"@example.com",
        "\"back\\\\slash\"@example.com",
        "o'neil@example.com",
        "tom&jerry@example.com",
        "50%25@example.com",
        "Customer@Example.com",
        "kunde@blåbær.example",
        "a/b=c@example.com",
    ];
    pick(rng, addresses).to_owned()
}
