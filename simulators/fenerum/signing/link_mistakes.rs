//! The wrong ways in which people ask for a customer's way into the portal.

use serde_json::json;

use super::{COMMON, DOCUMENTED};
use crate::kit::escape::{COMPONENT, percent};
use crate::kit::operation::Message;
use crate::kit::request::{Encoding, Request};
use crate::kit::scheme::{Edit, mistakes};

const POST: &str = "Ask with POST /api/self-service/initiate-organization/, and the address in the body.";
const AS_IT_IS: &str = "Put the address into the JSON as it is; only a JSON library escapes it.";

mistakes! {
    "fenerum.link";
    VERSION_IN_PATH = "version-in-path",
        "you asked under /api/v1/", "The self-service API is beside it, under /api/self-service/.", POST, DOCUMENTED,
        [Edit::Request(|_, request| "/api/v1/self-service/initiate-organization".clone_into(&mut request.path))];
    GET_WITH_QUERY = "get-with-query",
        "you sent GET with the address in the query", "Fenerum takes a POST with a body; an address in a query is logged.", POST, DOCUMENTED,
        [Edit::Request(|message, request| {
            request.method = "GET";
            request.query.push(("email".into(), message.given("email").to_owned()));
            request.encoding = Encoding::Nothing;
        })];
    EMAIL_MISNAMED = "email-misnamed",
        "you called the address `customer_email`", "So it is called in QuickPay's variables. Here it is `email`.", "The one field is email.", DOCUMENTED,
        [Edit::Request(|_, request| request.rename_field("email", "customer_email"))];
    EMAIL_IN_LIST = "email-in-list",
        "you sent the address in a list", "Fenerum takes one address.", "Send one string in `email`.", DOCUMENTED,
        [Edit::Request(|message, request| request.set_field("email", Some(json!([message.given("email")]))))];
    EMAIL_PERCENT_ENCODED = "email-percent-encoded",
        "you percent-encoded the address", "In JSON nothing decodes it: %40 stays.", AS_IT_IS, COMMON,
        [Edit::Request(|message, request| change(message, request, |email| {
            String::from_utf8_lossy(&percent(email.as_bytes(), COMPONENT)).into_owned()
        }))];
    PLUS_LOST = "plus-became-blank",
        "the plus of the address became a blank", "It was read from a query in which it stood unencoded.", "Percent-encode the address where it stands in a query, and nowhere else.", COMMON,
        [Edit::Request(|message, request| change(message, request, |email| email.replace('+', " ")))];
    EMAIL_FOR_HTML = "email-escaped-for-html",
        "you escaped the address for HTML", "In JSON nothing takes &#39; and &amp; back.", AS_IT_IS, COMMON,
        [Edit::Request(|message, request| change(message, request, |email| {
            email.replace('&', "&amp;").replace('"', "&quot;").replace('\'', "&#39;")
        }))];
    JSON_BY_HAND = "json-by-hand",
        "you put the address between quotes and called it JSON", "A quote or a backslash in the address breaks it.", AS_IT_IS, COMMON,
        [Edit::Request(|_, request| request.encoding = Encoding::JsonByHand)];
}

fn change(message: &Message, request: &mut Request, spell: fn(&str) -> String) {
    request.set_field("email", Some(json!(spell(message.given("email")))));
}
