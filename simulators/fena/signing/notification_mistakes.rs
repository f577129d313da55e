//! The wrong ways in which people handle a notification.

use serde_json::Value;

use super::conditions::{CONDITIONS, body_of, with};
use super::messages::{number, pounds, secret};
use super::{COMMON, DOCUMENTED, LIBRARIES, SDKS};
use crate::kit::jwt::{Algorithm, Claims, Parts, compact, verify};
use crate::kit::operation::Message;
use crate::kit::scheme::{Edit, lacking, mistakes};

const VERIFY: &str = "Verify the token with the terminal's secret and HS512, and with nothing else: jwt.decode(token, secret, false, 'HS512') after a look at the header, algorithms=[\"HS512\"].";
const ANYBODY: &str = "Anybody who knows the address can then pay any order.";
const EXACTLY: &str = "Compare the amount as text, or as pence in an integer, with what the order costs.";
const THE_FORM: &str = "Read the field `token` of an application/x-www-form-urlencoded body, with your framework's reader of forms.";
const LENIENT: &str = "Ask for the claims that you use, and pass over the rest.";

mistakes! {
    "fena.notification";
    SIGNATURE_NOT_VERIFIED = "signature-not-verified",
        "you did not verify the signature", ANYBODY, VERIFY, DOCUMENTED,
        [Edit::Drop("algorithm"), Edit::Drop("signature")];
    FAILURE_PASSED_OVER = "failure-passed-over",
        "you went on where the token could not be decoded", "An exception that is caught and logged stops nothing.",
        "Answer and return where decoding fails.", COMMON,
        [Edit::Drop("token"), Edit::Drop("algorithm"), Edit::Drop("signature"), Edit::Drop("payload"), Edit::Drop("terminal"),
         Edit::Drop("order"), Edit::Drop("amount"), Edit::Drop("expiry"), Edit::Demand(|message| {
            let fails = lacking(message, CONDITIONS, &[]);
            matches!(fails, None | Some("token" | "algorithm" | "signature"))
        })];
    ALGORITHM_FROM_HEADER = "algorithm-from-header",
        "you took the algorithm from the token's header",
        "Its maker chooses then how it is verified: jwt-simple does so unless it is told the algorithm.", VERIFY, LIBRARIES,
        [Edit::Drop("algorithm"), Edit::Drop("signature"), Edit::Demand(|message| with(message, |parts| {
            Algorithm::named(parts.algorithm()).is_some_and(|algorithm| verify(parts, algorithm, &secret(message)))
        }))];
    NONE_ACCEPTED = "none-accepted",
        "you took a token with the algorithm none", ANYBODY, VERIFY, COMMON,
        [Edit::Drop("algorithm"), Edit::Drop("signature"), Edit::Demand(|message| with(message, |parts| {
            parts.algorithm() == "none"
                || (parts.algorithm() == "HS512" && verify(parts, Algorithm::Hs512, &secret(message)))
        }))];
    VERIFIED_ANEW = "claims-written-anew",
        "you verified the claims as your code writes them, and not as they came",
        "Another library escapes slashes, orders the header or writes numbers in another way.",
        "Verify the bytes that came: the first two segments with their point.", COMMON,
        [Edit::Demand(|message| with(message, |parts| is_own_spelling(message, parts)))];
    MISSING_CLAIMS_PASSED = "missing-claims-passed",
        "you passed over claims that are missing",
        "The token of the payment itself is signed with the same secret, and the payer has it: posted to your shop, it lacks what you would compare.",
        "Refuse a token that lacks orderID, requestAmount, netAmount or terminal.", DOCUMENTED,
        [Edit::Drop("payload"), Edit::Drop("terminal"), Edit::Drop("amount"), Edit::Demand(|message| with(message, |parts| {
            let fits = |name: &str, wanted: &str| parts.text(name).is_none_or(|text| text == wanted);
            let amount = pounds(number(message, "amount"));
            fits("terminal", message.given("terminal")) && fits("requestAmount", &amount) && fits("netAmount", &amount)
        }))];
    TERMINAL_NOT_COMPARED = "terminal-not-compared",
        "you did not compare the terminal", "A test terminal may have the same secret.", "Compare `terminal` with the id of your terminal.", DOCUMENTED,
        [Edit::Drop("terminal")];
    ORDER_NOT_COMPARED = "order-not-compared",
        "you did not compare the order", "A notification of one order pays any other of the same price.",
        "Take the order that the notification names, and no other.", COMMON,
        [Edit::Drop("order")];
    ORDER_COMPARED_AS_NUMBER = "order-compared-as-number",
        "you compared order ids as numbers", "007 and 7 are two orders.", "Compare them as text, with ===.", COMMON,
        [Edit::Drop("order"), Edit::Demand(|message| with(message, |parts| {
            #[expect(clippy::float_cmp, reason = "this is the mistake")]
            let same = |one: &str, other: &str| {
                one == other || matches!((one.parse::<f64>(), other.parse::<f64>()), (Ok(one), Ok(other)) if one == other)
            };
            parts.text("orderID").is_some_and(|order| same(order, message.given("order")))
        }))];
    AMOUNT_NOT_COMPARED = "amount-not-compared",
        "you did not compare the amount", "A payer can make an order dearer after the token was made.", EXACTLY, DOCUMENTED,
        [Edit::Drop("amount")];
    AMOUNT_COMPARED_AS_FLOAT = "amount-compared-as-float",
        "you multiplied the amount by 100 as a float and compared", "0.57 × 100 is 56.99999999999999: you refuse orders that are paid.", EXACTLY, COMMON,
        [Edit::Demand(|message| with(message, |parts| {
            #[expect(clippy::cast_precision_loss, reason = "amounts are small")]
            let wanted = number(message, "amount") as f64;
            #[expect(clippy::float_cmp, reason = "this is the mistake")]
            let equal = |name: &str| parts.text(name).and_then(|text| text.parse::<f64>().ok()).is_some_and(|amount| amount * 100.0 == wanted);
            equal("requestAmount") && equal("netAmount")
        }))];
    AMOUNT_COMPARED_IN_POUNDS = "amount-compared-in-pounds",
        "you compared whole pounds alone", "Up to 99 pence are lost.", EXACTLY, COMMON,
        [Edit::Drop("amount"), Edit::Demand(|message| with(message, |parts| {
            let pounds = |name: &str| parts.text(name).and_then(|text| text.split('.').next()?.parse::<i64>().ok());
            let wanted = Some(number(message, "amount") / 100);
            pounds("requestAmount") == wanted && pounds("netAmount") == wanted
        }))];
    EXPIRY_IGNORED = "expiry-ignored",
        "you did not look at exp", "Whoever has found an old notification can send it again.",
        "Refuse a token whose exp is past.", DOCUMENTED,
        [Edit::Drop("expiry")];
    FORM_NOT_READ = "form-not-read",
        "you refused every notification",
        "Some read the body as JSON: it is a form with one field. A library may refuse the key: php-jwt 7 wants 64 characters for HS512, and the secret has 36. A wrong secret, another algorithm, or milliseconds for seconds do the same.",
        "Read the field `token` of an application/x-www-form-urlencoded body. Where the key is too short for the library, fill it up with zero bytes, which changes no signature: str_pad($secret, 64, \"\\0\"). Then look at the secret, the algorithm and the units of time.", DOCUMENTED,
        [Edit::Demand(|message| serde_json::from_str::<Value>(&body_of(message)).is_ok())];
    FORM_CUT_BY_HAND = "form-cut-by-hand",
        "you took everything behind token= for the token", "Another field may follow it, or stand before it.", THE_FORM, COMMON,
        [Edit::Demand(|message| {
            let body = body_of(message);
            body.starts_with("token=") && !body.contains('&')
        })];
    UNKNOWN_CLAIM_REFUSED = "unknown-claim-refused",
        "you refused a notification for a claim that you do not know", "Fena may add claims: `id` is one that its table lacks.", LENIENT, COMMON,
        [Edit::Demand(|message| with(message, |parts| {
            let known = ["iat", "exp", "id", "orderID", "requestAmount", "netAmount", "terminal", "completedAt"];
            parts.claims.keys().all(|name| known.contains(&name.as_str()))
        }))];
    ID_DEMANDED = "id-demanded",
        "you refused a notification without id", "The document's table of claims has no id, although its sample code asks for one.", LENIENT, SDKS,
        [Edit::Demand(|message| with(message, |parts| parts.claims.contains_key("id")))];
}

/// Whether header and claims are spelt as this code would spell them.
fn is_own_spelling(message: &Message, parts: &Parts) -> bool {
    let claims: Claims = parts.in_order().into_iter().map(|(name, value)| (name.into(), value)).collect();
    let header = parts.signed.split('.').next().and_then(crate::kit::jwt::text_of_segment);
    // Who verifies the wrong text verifies nothing that is signed otherwise, too.
    let own = header.is_some_and(|header| header.starts_with("{\"typ\":\"JWT\",\"alg\":\""));
    own && parts.payload.as_bytes() == compact(&claims) && !message.given("secret").is_empty()
}
