//! The wrong ways in which people register a card.

use serde_json::{Value, json};

use super::received::{QUICKPAY, STRIPE, card_id, received};
use super::{CLIENTS, COMMON, DOCUMENTED, GO};
use crate::kit::operation::Message;
use crate::kit::provider::Provenance;
use crate::kit::request::Request;
use crate::kit::scheme::{Edit, mistakes};

/// Why nothing is registered, and the mistake that does it all the same.
pub(super) const ERROR: &str = "Stripe.js gave an error and no PaymentMethod";
pub(super) const NOT_ACCEPTED: &str = "QuickPay did not accept the card";
pub(super) const PAYMENT: &str = "this is a payment, and no subscription";

const POST: &str = "Register with POST /api/v1/paymentcards/.";
const ACCOUNT: &str = "Send the account's uuid in `account`.";
const GATEWAYS: &str =
    "Send `stripe_new` for a PaymentMethod of Stripe, and `quickpay` for a subscription of QuickPay.";
const NAMES: &str = "The three fields are account, token and gateway.";
const STRIPE_ID: &str = "Send the PaymentMethod's own id, paymentMethod.id, which begins with pm_.";
const QUICKPAY_ID: &str = "Send the callback's own id, as a string of its digits.";
const ITS_OWN_ID: &str =
    "Send the PaymentMethod's own id (pm_…), or the id of QuickPay's subscription as a string.";
const SUBSCRIPTIONS: Provenance = Provenance::assumed(
    "our judgement: the document says that Fenerum keeps subscriptions of QuickPay, and its own sample makes payments",
);

mistakes! {
    "fenerum.card";
    PUT_FOR_POST = "put-for-post",
        "you sent PUT", "A card is registered with POST.", POST, DOCUMENTED,
        [Edit::Request(|_, request| request.method = "PUT")];
    SELF_SERVICE_PATH = "self-service-path",
        "you registered a card under /api/self-service/", "Only the customer's way into the portal is there.", POST, DOCUMENTED,
        [Edit::Request(|_, request| "/api/self-service/paymentcards".clone_into(&mut request.path))];
    VERSION_LEFT_OUT = "version-left-out",
        "you left /v1 out of the path", "The cards are under /api/v1/.", POST, DOCUMENTED,
        [Edit::Request(|_, request| "/api/paymentcards".clone_into(&mut request.path))];
    ACCOUNT_CODE = "account-code",
        "you sent the account's code where its uuid belongs", "The code finds cards in the list; a card is registered by the uuid.", ACCOUNT, DOCUMENTED,
        [Edit::Request(|message, request| request.set_field("account", Some(json!(message.given("account_code")))))];
    ACCOUNT_MISNAMED = "account-misnamed",
        "you called the account `accountId`", "That is what the document's shop calls it towards its own pages.", NAMES, DOCUMENTED,
        [Edit::Request(|_, request| request.rename_field("account", "accountId"))];
    GATEWAY_OF_OLD = "gateway-of-old",
        "you called Stripe's gateway `stripe`", "So older clients did; now it is `stripe_new`.", GATEWAYS, CLIENTS,
        [Edit::Request(|_, request| gateway(request, STRIPE, "stripe"))];
    GATEWAY_AS_NAME = "gateway-as-name",
        "you sent the name of the payment provider as the gateway", "The document's table has the gateways beside the names.", GATEWAYS, DOCUMENTED,
        [Edit::Request(|_, request| {
            gateway(request, STRIPE, "Stripe");
            gateway(request, QUICKPAY, "Quickpay");
        })];
    GATEWAYS_MIXED_UP = "gateways-mixed-up",
        "you mixed up the gateways", "Fenerum asks the wrong payment provider for the card.", GATEWAYS, DOCUMENTED,
        [Edit::Request(|message, request| {
            let other = if message.form == STRIPE { QUICKPAY } else { STRIPE };
            request.set_field("gateway", Some(json!(other)));
        })];
    GATEWAY_MISNAMED = "gateway-misnamed",
        "you called the gateway `payment_gateway`", "So Fenerum calls it in its answer. In the request it is `gateway`.", NAMES, DOCUMENTED,
        [Edit::Request(|_, request| request.rename_field("gateway", "payment_gateway"))];
    GATEWAY_MISSING = "gateway-missing",
        "you left the gateway out", "Fenerum has more than one payment provider.", GATEWAYS, DOCUMENTED,
        [Edit::Request(|_, request| request.set_field("gateway", None))];
    TOKEN_MISNAMED = "token-misnamed",
        "you called the card's id something else than `token`", "So the document's shop calls it towards its own pages.", NAMES, DOCUMENTED,
        [Edit::Request(|message, request| {
            let name = if message.form == STRIPE { "paymentMethodId" } else { "subscriptionId" };
            request.rename_field("token", name);
        })];
    TOKEN_AS_NUMBER = "token-as-number",
        "you sent the subscription's id as a number", "The document says that the subscription's id is kept as a string at Fenerum.", QUICKPAY_ID, DOCUMENTED,
        [Edit::Request(|message, request| {
            if message.form == QUICKPAY {
                request.set_field("token", Some(received(message)["id"].clone()));
            }
        })];
    ID_AS_FLOAT = "id-as-float",
        "you sent the subscription's id in scientific notation", "It went through a floating-point number: 270000001 becomes 2.70000001e+08.",
        "Read the id as an integer: an int64 in Go, or json.Number.", GO,
        [Edit::Request(|message, request| change_id(message, request, scientific))];
    ID_CUT = "id-cut-to-32-bits",
        "you cut the subscription's id to 32 bits", "It becomes another number.", "Read the id as an integer of 64 bits.", COMMON,
        [Edit::Request(|message, request| change_id(message, request, |id| {
            #[expect(clippy::cast_possible_truncation, reason = "this is the mistake")]
            let cut = id as i32;
            cut.to_string()
        }))];
    ORDER_AS_TOKEN = "order-as-token",
        "you sent QuickPay's order_id as the token", "That is your own name for it. Fenerum asks QuickPay by its id.", QUICKPAY_ID, DOCUMENTED,
        [Edit::Request(|message, request| instead(message, request, QUICKPAY, |came| &came["order_id"]))];
    OPERATION_AS_TOKEN = "operation-as-token",
        "you sent the id of an operation as the token", "It counts the operations of one subscription.", QUICKPAY_ID, COMMON,
        [Edit::Request(|message, request| {
            if message.form == QUICKPAY {
                let id = received(message)["operations"][0]["id"].as_i64();
                request.set_field("token", id.map(|id| json!(id.to_string())));
            }
        })];
    HASH_AS_TOKEN = "hash-as-token",
        "you sent metadata.hash as the token", "It tells cards apart; nobody can charge by it.", QUICKPAY_ID, COMMON,
        [Edit::Request(|message, request| instead(message, request, QUICKPAY, |came| &came["metadata"]["hash"]))];
    LINK_AS_TOKEN = "link-as-token",
        "you sent the token of QuickPay's link", "It opens the payment window, and is no id.", QUICKPAY_ID, COMMON,
        [Edit::Request(|message, request| {
            if message.form == QUICKPAY {
                let came = received(message);
                let link = came["link"]["url"].as_str().and_then(|url| url.rsplit('/').next());
                request.set_field("token", link.map(|link| json!(link)));
            }
        })];
    OBJECT_AS_TOKEN = "object-as-token",
        "you sent the whole object as the token", "Fenerum takes its id.", ITS_OWN_ID, DOCUMENTED,
        [Edit::Request(|message, request| request.set_field("token", Some(received(message))))];
    FINGERPRINT_AS_TOKEN = "fingerprint-as-token",
        "you sent card.fingerprint as the token", "It tells cards apart; nobody can charge by it.", STRIPE_ID, COMMON,
        [Edit::Request(|message, request| instead(message, request, STRIPE, |came| &came["card"]["fingerprint"]))];
    TYPE_AS_TOKEN = "type-as-token",
        "you sent the kind of the PaymentMethod as the token", "`card` is no id.", STRIPE_ID, COMMON,
        [Edit::Request(|message, request| instead(message, request, STRIPE, |came| &came["type"]))];
    CARD_ID_AS_TOKEN = "card-id-as-token",
        "you sent card.id as the token, which a PaymentMethod does not have", "What is undefined is left out of the JSON.", STRIPE_ID, COMMON,
        [Edit::Request(|message, request| instead(message, request, STRIPE, |came| &came["card"]["id"]))];
    PREFIX_CUT = "prefix-cut",
        "you cut pm_ off the PaymentMethod's id", "It is a part of the id.", STRIPE_ID, DOCUMENTED,
        [Edit::Request(|message, request| {
            let came = received(message);
            let id = card_id(&came).as_str().and_then(|id| id.strip_prefix("pm_"));
            if let Some(id) = id {
                request.set_field("token", Some(json!(id)));
            }
        })];
    ERROR_REGISTERED = "error-registered",
        "you registered a card although Stripe.js gave an error", "There is no PaymentMethod then, or one of a card that was refused.",
        "Look at `error` first, show its message and stop.", DOCUMENTED,
        [Edit::Request(|_, request| request.refusals.retain(|why| *why != ERROR))];
    NOT_ACCEPTED_REGISTERED = "not-accepted-registered",
        "you registered a subscription that QuickPay had not accepted", "QuickPay calls back for a refused card too, and Fenerum could never charge it.",
        "Register it where `accepted` is true.", Provenance::documented("QuickPay: learn, section Callbacks; Fenerum's own sample does not look"),
        [Edit::Request(|_, request| request.refusals.retain(|why| *why != NOT_ACCEPTED))];
    PAYMENT_REGISTERED = "payment-registered",
        "you registered a payment of QuickPay's as a subscription", "A payment can be charged once; Fenerum charges again and again.",
        "Make a subscription with POST /subscriptions, and look at the callback's `type`.", SUBSCRIPTIONS,
        [Edit::Request(|_, request| request.refusals.retain(|why| *why != PAYMENT))];
}

/// What the document leaves open, and why.
pub(super) static OPEN: &[(&crate::kit::scheme::Mistake, &str)] = &[
    (&NOT_ACCEPTED_REGISTERED, "the document's sample does not look at `accepted`"),
    (&PAYMENT_REGISTERED, "the document's sample makes payments"),
];

/// Another gateway in the place of this one.
fn gateway(request: &mut Request, of: &str, other: &str) {
    if request.field("gateway").is_some_and(|gateway| gateway == of) {
        request.set_field("gateway", Some(json!(other)));
    }
}

/// Another part of what came as the token; left out where it is not there, as JavaScript does.
fn instead(message: &Message, request: &mut Request, form: &str, part: fn(&Value) -> &Value) {
    if message.form == form {
        let came = received(message);
        request.set_field("token", Some(part(&came).clone()).filter(|part| !part.is_null()));
    }
}

/// QuickPay's id, spelt otherwise.
fn change_id(message: &Message, request: &mut Request, spell: fn(i64) -> String) {
    if message.form == QUICKPAY
        && let Some(id) = received(message)["id"].as_i64()
    {
        request.set_field("token", Some(json!(spell(id))));
    }
}

/// As Go prints it once it is a float64: with an exponent from a million on.
fn scientific(id: i64) -> String {
    let digits = id.to_string();
    let exponent = digits.len() - 1;
    if exponent < 6 {
        return digits;
    }
    let (first, rest) = digits.split_at(1);
    let rest = rest.trim_end_matches('0');
    let point = if rest.is_empty() { "" } else { "." };
    format!("{first}{point}{rest}e+{exponent:02}")
}
