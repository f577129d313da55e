//! The wrong ways in which people ask QuickPay for a subscription.

use serde_json::{Value, json};

use super::authorization::basic;
use super::subscription::ORIGIN;
use super::subscription_request::{FORM, PAYMENTS, number_of, variables};
use super::{CLIENTS, COMMON, DOCUMENTED, SDK};
use crate::kit::digest::base64;
use crate::kit::provider::Provenance;
use crate::kit::request::{Encoding, Request};
use crate::kit::scheme::{Edit, Mistake, mistakes};

const SAMPLE: Provenance = Provenance::observed(
    "the sample in Fenerum's document; QuickPay's own documentation demands something else",
);
const HARNESS: Provenance =
    Provenance::assumed("our judgement: the documents name one origin, and a sandbox has another");
const REFUSAL: Provenance = Provenance::observed("the refusal in tests of ActiveMerchant");

const POST: &str = "Ask with POST /subscriptions.";
const ORDER: &str = "Make an order_id of 4 to 20 letters, digits, blanks, `.`, `_` and `-`, and keep the account in variables.";
const LENGTH: &str = "QuickPay takes 4 to 20 characters, and answers 400: must have length between 4 and 20.";
const LETTERS: &str = "QuickPay takes letters, digits, blanks, `.`, `_` and `-` alone.";
const NO_USER: &str =
    "Use HTTP Basic with an empty user and the API key as the password: base64 of a colon and the key.";
const NO_USER_WHY: &str = "QuickPay takes the password for the key: 401.";
const VERSION: &str = "Send Accept-Version: v10 with every call.";
const VERSION_WHY: &str = "QuickPay finds the API by its version's name, which is v10.";
const CURRENCY: &str = "Send the currency as three capital letters: DKK.";
const MEDIA: &str = "Send a JSON object with Content-Type: application/json, or a form with its own.";
const BASE: &str = "Take the slash off the end of the base, and put the path behind it.";

mistakes! {
    "quickpay.subscription";
    PAYMENT_CREATED = "payment-created",
        "you created a payment where Fenerum needs a subscription", "A payment can be charged once. Fenerum charges again and again, and looks for a subscription with that id.",
        "Ask with POST /subscriptions, and send a description along.", SAMPLE,
        [Edit::Request(|_, request| PAYMENTS.clone_into(&mut request.path))];
    ORDER_ID_TOO_LONG = "order-id-too-long",
        "your order_id is the account's whole uuid and the time in milliseconds: 54 characters", LENGTH, ORDER, SAMPLE,
        [Edit::Request(|message, request| {
            order(request, format!("sub_{}_{}000", message.given("account"), message.given("now")));
        })];
    ORDER_ID_UUID = "order-id-uuid",
        "your order_id is a whole uuid: 36 characters", LENGTH, ORDER, DOCUMENTED,
        [Edit::Request(|message, request| order(request, message.given("account").to_owned()))];
    ORDER_ID_TOO_SHORT = "order-id-too-short",
        "your order_id has two characters", LENGTH, "Put something before a small number: sub_0042.", DOCUMENTED,
        [Edit::Request(|_, request| order(request, "42".to_owned()))];
    ORDER_ID_HASH = "order-id-with-hash",
        "your order_id has a `#`", LETTERS, ORDER, CLIENTS,
        [Edit::Request(|_, request| order(request, "#1001".to_owned()))];
    ORDER_ID_SLASH = "order-id-with-slash",
        "your order_id has a `/`", LETTERS, ORDER, SDK,
        [Edit::Request(|_, request| order(request, "2025/1001".to_owned()))];
    ORDER_ID_TIME = "order-id-with-colons",
        "your order_id is a time with colons", LETTERS, ORDER, SDK,
        [Edit::Request(|_, request| order(request, "2025-01-31T12:30:00Z".to_owned()))];
    ORDER_ID_CUT = "order-id-cut",
        "your order_id is cut to 20 characters, and what made it unique is gone", "A second try for the same account is refused: already exists.",
        "Make it of a hash, or of a number of your own that is new each time.", COMMON,
        [Edit::Request(|message, request| {
            let account: String = message.given("account").chars().take(16).collect();
            order(request, format!("sub_{account}"));
        })];
    ORDER_ID_MISSING = "order-id-missing",
        "you sent no order_id", "QuickPay requires it.", ORDER, DOCUMENTED,
        [Edit::Request(|_, request| request.set_field("order_id", None))];
    DESCRIPTION_MISSING = "description-missing",
        "you sent no description", "A payment has none, but a subscription requires it.", "Send a description of what the payer signs up for.", SAMPLE,
        [Edit::Request(|_, request| request.set_field("description", None))];
    DESCRIPTION_EMPTY = "description-empty",
        "you sent an empty description", "QuickPay requires one.", "Send a description of what the payer signs up for.", COMMON,
        [Edit::Request(|_, request| request.set_field("description", Some(json!(""))))];
    CURRENCY_FIXED = "currency-fixed",
        "you sent DKK, whatever the currency", "The document's sample has it in its code.", "Send the currency that the customer pays in.", SAMPLE,
        [Edit::Request(|_, request| request.set_field("currency", Some(json!("DKK"))))];
    CURRENCY_LOWER = "currency-in-lower-case",
        "you sent the currency in lower case", "QuickPay's answer has been: must be three uppercase letters.", CURRENCY, REFUSAL,
        [Edit::Request(|message, request| {
            request.set_field("currency", Some(json!(message.given("currency").to_lowercase())));
        })];
    CURRENCY_NUMBER = "currency-as-number",
        "you sent the currency's number", "QuickPay takes the letters of ISO 4217.", CURRENCY, DOCUMENTED,
        [Edit::Request(|message, request| {
            request.set_field("currency", Some(json!(number_of(message.given("currency")))));
        })];
    CURRENCY_MISSING = "currency-missing",
        "you sent no currency", "QuickPay requires it.", CURRENCY, DOCUMENTED,
        [Edit::Request(|_, request| request.set_field("currency", None))];
    ACCOUNT_NOT_KEPT = "account-not-kept",
        "you did not put the account into variables", "The callback brings variables back. Without the account in them it does not tell whose card it is.",
        "Put the account into variables, under a name of your own.", COMMON,
        [Edit::Request(|_, request| request.set_field("variables", None))];
    VARIABLES_AS_TEXT = "variables-as-text",
        "you sent variables as JSON in a string", "QuickPay takes an object.", "Send variables as an object inside the body.", DOCUMENTED,
        [Edit::Request(|message, request| {
            request.set_field("variables", Some(Value::String(variables(message).to_string())));
        })];
    VERSION_MISSING = "version-missing",
        "you sent no Accept-Version", VERSION_WHY, VERSION, CLIENTS,
        [Edit::Request(|_, request| request.set_header("Accept-Version", None))];
    VERSION_WITHOUT_V = "version-without-v",
        "you sent the version without its v", VERSION_WHY, VERSION, COMMON,
        [Edit::Request(|_, request| request.set_header("Accept-Version", Some("10".to_owned())))];
    VERSION_UPPER = "version-in-upper-case",
        "you sent the version with a capital V", VERSION_WHY, VERSION, COMMON,
        [Edit::Request(|_, request| request.set_header("Accept-Version", Some("V10".to_owned())))];
    VERSION_IN_PATH = "version-in-path",
        "you put the version into the path", "QuickPay's paths have none: it stands in Accept-Version.", POST, COMMON,
        [Edit::Request(|_, request| request.path = format!("/v10{}", request.path))];
    PUT = "put",
        "you sent PUT", "PUT is for links. What is new is made with POST.", POST, COMMON,
        [Edit::Request(|_, request| request.method = "PUT")];
    KEY_AS_USER = "key-as-user",
        "you sent the API key as the user, with an empty password", NO_USER_WHY, NO_USER, CLIENTS,
        [Edit::Request(|message, request| {
            credential(request, format!("Basic {}", base64(format!("{}:", message.given("api_key")).as_bytes())));
        })];
    COLON_MISSING = "colon-missing",
        "you encoded the API key without the colon before it", "Basic is a user, a colon and a password, also where the user is empty.", NO_USER, CLIENTS,
        [Edit::Request(|message, request| {
            credential(request, format!("Basic {}", base64(message.given("api_key").as_bytes())));
        })];
    NOT_ENCODED = "not-encoded",
        "you sent the API key without encoding it", "What Basic carries is base64.", NO_USER, COMMON,
        [Edit::Request(|message, request| credential(request, format!("Basic :{}", message.given("api_key"))))];
    BEARER = "bearer",
        "you sent the API key as a bearer token", "QuickPay knows Basic alone.", NO_USER, COMMON,
        [Edit::Request(|message, request| credential(request, format!("Bearer {}", message.given("api_key"))))];
    TOKEN = "token-scheme",
        "you sent the credential with the word Token", "That is Fenerum's keyword; QuickPay knows Basic.", NO_USER, COMMON,
        [Edit::Request(|message, request| {
            credential(request, basic(message.given("api_key")).replace("Basic", "Token"));
        })];
    CREDENTIAL_MISSING = "credential-missing",
        "you sent no Authorization", "QuickPay answers 401.", NO_USER, DOCUMENTED,
        [Edit::Request(|_, request| request.set_header("Authorization", None))];
    CONTENT_TYPE_MISSING = "content-type-missing",
        "you left Content-Type out", "QuickPay takes JSON and forms, and cannot know which it is.", MEDIA, DOCUMENTED,
        [Edit::Request(|_, request| request.set_header("Content-Type", None))];
    CONTENT_TYPE_PLAIN = "content-type-plain",
        "you sent JSON as text/plain, which is what fetch does with a string", "QuickPay takes JSON and forms.", MEDIA, COMMON,
        [Edit::Request(|_, request| request.set_header("Content-Type", Some("text/plain;charset=UTF-8".to_owned())))];
    JSON_AS_FORM = "json-called-a-form",
        "you sent JSON and called it a form, which is what curl does with -d", "QuickPay reads it as the one field of a form.", MEDIA, COMMON,
        [Edit::Request(|_, request| request.set_header("Content-Type", Some(FORM.to_owned())))];
    BODY_ENCODED_TWICE = "body-encoded-twice",
        "you wrote the body as JSON twice", "What arrives is a string that holds JSON, and no object.",
        "Write it once: a library that takes an object writes it itself.", COMMON,
        [Edit::Request(|_, request| request.encoding = Encoding::JsonTwice)];
    SLASH_DOUBLED = "slash-doubled",
        "you put the path behind a base that ends in a slash, and so two slashes follow each other",
        "A server may know no path with an empty part.", BASE, HARNESS,
        [Edit::Request(|message, request| message.given("base").clone_into(&mut request.base))];
    BASE_PATH_LOST = "base-path-lost",
        "the path of the base is lost in your address", "A URL parser drops it when the second part begins with a slash.", BASE, HARNESS,
        [Edit::Request(|_, request| request.lose_base_path())];
    BASE_IGNORED = "base-ignored",
        "you wrote QuickPay's address into the code", "A test would send its requests to the real QuickPay.",
        "Take the address from the configuration, as `base`.", HARNESS,
        [Edit::Request(|_, request| ORIGIN.clone_into(&mut request.base))];
}

/// What the documents leave open, and why it is let pass.
pub(super) static OPEN: &[(&Mistake, &str)] = &[
    (&ORDER_ID_CUT, "a shop may ask for the subscription that the account already has"),
    (&CURRENCY_LOWER, "an example of QuickPay's documentation has it so"),
    (&ACCOUNT_NOT_KEPT, "a shop may find the account by the order_id"),
    (&SLASH_DOUBLED, "no document says what a doubled slash does"),
    (&BASE_PATH_LOST, "QuickPay itself is at no path"),
    (&BASE_IGNORED, "the documents name this address"),
];

fn order(request: &mut Request, id: String) {
    request.set_field("order_id", Some(Value::String(id)));
}

fn credential(request: &mut Request, value: String) {
    request.set_header("Authorization", Some(value));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::operation::{Judgement, Message, Operation as _, Reply, judge};
    use crate::quickpay::signing::Subscription;

    fn message() -> Message {
        let text = r#"{"base":"http://127.0.0.1:4706","api_key":"api-key1","account":"50e9aa0b-8d35-4da7-9a9b-8a35b11579b2","email":"a@b.c","currency":"DKK","description":"Gym","now":1613942693}"#;
        crate::kit::wire::from_json(&Subscription, &serde_json::from_str(text).expect("JSON")).expect("legal")
    }

    #[test]
    fn the_documents_order_id_has_54_characters() {
        let reply = Subscription.reply(&message(), &[&ORDER_ID_TOO_LONG]).expect("one");
        assert!(Subscription.observe(&message(), &reply).contains("order_id: 54 characters"));
    }

    #[test]
    fn the_documents_sample_is_two_mistakes() {
        let sample =
            Subscription.reply(&message(), &[&PAYMENT_CREATED, &ORDER_ID_TOO_LONG, &DESCRIPTION_MISSING]);
        let sample = sample.expect("they compose");
        let found = crate::kit::diagnosis::explained(&Subscription, &message(), &sample).expect("explained");
        let ids: Vec<&str> = found.named.iter().map(|mistake| mistake.id).collect();
        assert_eq!(ids, [PAYMENT_CREATED.id, ORDER_ID_TOO_LONG.id]);
        assert!(found.is_certain(), "{:?}", found.equals);
    }

    #[test]
    fn a_form_is_as_good_and_the_order_id_is_the_shops() {
        let mut form = Subscription.reply(&message(), &[]).expect("right");
        let Reply::Answer(answer) = &mut form else { unreachable!("an answer") };
        answer.insert(
            "headers".to_owned(),
            json!([
                ["accept-version", "v10"],
                ["content-type", FORM],
                ["authorization", "basic OmFwaS1rZXkx"]
            ]),
        );
        for order_id in ["1001", "a b.c_d-E", "sub_1613942693000"] {
            let body = format!(
                "currency=DKK&order_id={order_id}&description=x&variables[mine]=50e9aa0b-8d35-4da7-9a9b-8a35b11579b2&text_on_statement=Gym"
            );
            answer.insert("body".to_owned(), json!(body));
            assert_eq!(
                judge(&Subscription, &message(), &Reply::Answer(answer.clone())),
                Judgement::Right,
                "{body}"
            );
        }
    }
}
