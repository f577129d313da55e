//! The portal's pages as templates, and what they say to whoever stands outside.

use askama::Template;

use crate::fenerum::customer::{Around, Outside};
use crate::kit::reader::{DANISH, Reader, Text};

#[derive(Template)]
#[template(path = "fenerum/templates/portal.html")]
pub(super) struct PortalPage<'a> {
    pub(super) style: &'static str,
    pub(super) reader: Reader,
    pub(super) around: &'a Around,
    pub(super) link: &'a str,
    /// `?account=…`, where there are several.
    pub(super) query: String,
    pub(super) added: &'a str,
    pub(super) problem: &'a str,
}

#[derive(Template)]
#[template(path = "fenerum/templates/card.html")]
pub(super) struct CardPage<'a> {
    pub(super) style: &'static str,
    pub(super) reader: Reader,
    pub(super) around: &'a Around,
    pub(super) link: &'a str,
    pub(super) query: String,
    pub(super) origin: &'a str,
    pub(super) publishable_key: &'a str,
    pub(super) problem: &'a str,
}

#[derive(Template)]
#[template(path = "fenerum/templates/login.html")]
pub(super) struct LoginPage<'a> {
    pub(super) style: &'static str,
    pub(super) reader: Reader,
    pub(super) action: String,
    pub(super) email: &'a str,
    pub(super) problem: &'a str,
    pub(super) sent: bool,
}

#[derive(Template)]
#[template(path = "fenerum/templates/message.html")]
pub(super) struct MessagePage<'a> {
    pub(super) style: &'static str,
    pub(super) reader: Reader,
    pub(super) error: &'a str,
    pub(super) title: &'a str,
    pub(super) text: &'a str,
    pub(super) login: String,
}

/// Who looks at a page of the portal.
pub(super) fn reader() -> Reader {
    Reader::now(DANISH, None)
}

/// What somebody is told who does not get in: the error's id, its title, and what to do.
pub(super) fn words(why: Outside) -> (&'static str, Text, Text) {
    match why {
        Outside::Expired => (
            "link-expired",
            Text("This link does not open anything any more", "Dette link åbner ikke noget mere"),
            Text(
                "Links into the portal hold for a while only. Ask for a new one.",
                "Links til portalen gælder kun en tid. Bed om et nyt.",
            ),
        ),
        Outside::Off => (
            "self-service-off",
            Text("Self-service is switched off", "Selvbetjeningen er slået fra"),
            Text(
                "Ask the shop to change your payment card or subscription.",
                "Bed butikken om at ændre dit betalingskort eller abonnement.",
            ),
        ),
        Outside::NoAccount => (
            "no-account",
            Text("There is no account here", "Her er ingen konto"),
            Text(
                "No account's mail goes to your address. Ask the shop about it.",
                "Ingen kontos post går til din adresse. Spørg butikken.",
            ),
        ),
        Outside::NoPortal => (
            "no-portal",
            Text("There is no portal at this address", "Der er ingen portal på denne adresse"),
            Text(
                "Follow the link that the shop has given you.",
                "Følg det link, som butikken har givet dig.",
            ),
        ),
    }
}
