//! The wrong ways in which people send any request to Fenerum. Each operation has them under its own name.

use super::request::ORIGIN;
use super::{COMMON, DOCUMENTED};
use crate::kit::digest::base64;
use crate::kit::provider::Provenance;
use crate::kit::request::Request;
use crate::kit::scheme::Mistake;

const TOKEN: &str = "Send Authorization: Token and the API token, with one blank between them.";
const JSON: &str = "Send the fields as a JSON object, with Content-Type: application/json.";
const SLASH: &str = "End the path in a slash.";
const BASE: &str = "Take the slash off the end of the base, and put the path behind it.";
const DJANGO: Provenance = Provenance::assumed(
    "our judgement: Fenerum's API is made with Django REST framework, which reads it so; the document's samples show it right",
);
const HARNESS: Provenance =
    Provenance::assumed("our judgement: the document names one origin, and a sandbox has another");

// The common mistakes of the operation with this id.
macro_rules! request_mistakes {
    ($operation:literal) => {
        use serde_json::Value;

        use super::{BASE, COMMON, DJANGO, DOCUMENTED, HARNESS, JSON, ORIGIN, SLASH, TOKEN, base64, credential};
        use crate::kit::request::Encoding;
        use crate::kit::scheme::{Edit, Mistake, mistakes};

        mistakes! {
            $operation;
            BEARER = "bearer-scheme",
                "you sent `Bearer`; Fenerum's keyword is `Token`", "Fenerum takes a request with another scheme for one without a credential: 401.", TOKEN, DOCUMENTED,
                [Edit::Request(|message, request| credential(request, format!("Bearer {}", message.given("token"))))];
            BASIC = "basic-scheme",
                "you sent the API token as a Basic credential", "That is how QuickPay takes its key. Fenerum's keyword is `Token`.", TOKEN, DOCUMENTED,
                [Edit::Request(|message, request| {
                    credential(request, format!("Basic {}", base64(format!(":{}", message.given("token")).as_bytes())));
                })];
            SCHEME_MISSING = "scheme-missing",
                "you sent the API token without the word `Token` before it", "Fenerum takes it for another scheme.", TOKEN, DOCUMENTED,
                [Edit::Request(|message, request| credential(request, message.given("token").to_owned()))];
            TOKEN_IN_QUOTES = "token-in-quotes",
                "you sent `Token token=\"…\"`", "That is how Rails writes it; here the API token stands alone behind the keyword.", TOKEN, COMMON,
                [Edit::Request(|message, request| credential(request, format!("Token token=\"{}\"", message.given("token"))))];
            CREDENTIAL_MISSING = "credential-missing",
                "you sent no Authorization", "Fenerum answers 401.", TOKEN, DOCUMENTED,
                [Edit::Request(|_, request| request.set_header("Authorization", None))];
            TOKEN_IN_OTHER_HEADER = "token-in-other-header",
                "you sent the API token in a header of another name", "Fenerum looks in Authorization.", TOKEN, COMMON,
                [Edit::Request(|message, request| {
                    request.set_header("Authorization", None);
                    request.set_header("X-Api-Key", Some(message.given("token").to_owned()));
                })];
            TOKEN_IN_QUERY = "token-in-query",
                "you put the API token into the query", "Fenerum looks in Authorization, and addresses are logged.", TOKEN, COMMON,
                [Edit::Request(|message, request| {
                    request.set_header("Authorization", None);
                    request.query.push(("token".into(), message.given("token").to_owned()));
                })];
            TOKEN_IN_BODY = "token-in-body",
                "you put the API token into the body", "Fenerum looks in Authorization.", TOKEN, COMMON,
                [Edit::Request(|message, request| {
                    request.set_header("Authorization", None);
                    request.set_field("api_token", Some(Value::String(message.given("token").to_owned())));
                })];
            CLIENT_SYSTEM_MISSING = "client-system-missing",
                "you left X-Client-System out", "The document sends it with every request: Fenerum's support knows your program by it.",
                "Send X-Client-System with the name of your app.", DOCUMENTED,
                [Edit::Request(|_, request| request.set_header("X-Client-System", None))];
            SLASH_MISSING = "slash-missing",
                "the slash at the end of the path is missing", "Fenerum does not know the address without it, and a redirect to the right one loses the body.", SLASH, DOCUMENTED,
                [Edit::Request(|_, request| request.end = "")];
            CONTENT_TYPE_MISSING = "content-type-missing",
                "you left Content-Type out", "Fenerum cannot know then that the body is JSON.", JSON, DOCUMENTED,
                [Edit::Request(|_, request| request.set_header("Content-Type", None))];
            CONTENT_TYPE_PLAIN = "content-type-plain",
                "you sent JSON as text/plain, which is what fetch does with a string", "Fenerum does not read it as JSON: 415.", JSON, DJANGO,
                [Edit::Request(|_, request| request.set_header("Content-Type", Some("text/plain;charset=UTF-8".to_owned())))];
            BODY_AS_FORM = "body-as-form",
                "you sent the fields as a form", "The document sends JSON.", JSON, DOCUMENTED,
                [Edit::Request(|_, request| {
                    request.encoding = Encoding::Form;
                    request.set_header("Content-Type", Some("application/x-www-form-urlencoded".to_owned()));
                })];
            BODY_ENCODED_TWICE = "body-encoded-twice",
                "you wrote the body as JSON twice", "What arrives is a string that holds JSON, and no object.",
                "Write it once: a library that takes an object writes it itself.", COMMON,
                [Edit::Request(|_, request| request.encoding = Encoding::JsonTwice)];
            BODY_WRAPPED = "body-wrapped",
                "you sent the fields inside another object", "Fenerum looks for them at the top.", JSON, COMMON,
                [Edit::Request(|_, request| request.encoding = Encoding::Wrapped("data"))];
            SLASH_DOUBLED = "slash-doubled",
                "you put the path behind a base that ends in a slash, and so two slashes follow each other",
                "Django knows no address with an empty part.", BASE, HARNESS,
                [Edit::Request(|message, request| message.given("base").clone_into(&mut request.base))];
            BASE_PATH_LOST = "base-path-lost",
                "the path of the base is lost in your address", "A URL parser drops it when the second part begins with a slash.", BASE, HARNESS,
                [Edit::Request(|_, request| request.lose_base_path())];
            BASE_IGNORED = "base-ignored",
                "you wrote Fenerum's address into the code", "A test would send its requests to the real Fenerum.",
                "Take the address from the configuration, as `base`.", HARNESS,
                [Edit::Request(|_, request| ORIGIN.clone_into(&mut request.base))];
        }
        pub(super) static OPEN: &[(&Mistake, &str)] = &[
            (&SLASH_DOUBLED, "the document does not say what a doubled slash does"),
            (&BASE_PATH_LOST, "Fenerum itself is at no path"),
            (&BASE_IGNORED, "the document names this address"),
        ];
    };
}

fn credential(request: &mut Request, value: String) {
    request.set_header("Authorization", Some(value));
}

mod card {
    request_mistakes!("fenerum.card");
}

mod link {
    request_mistakes!("fenerum.link");
}

/// The common mistakes of an operation.
pub(super) struct Common {
    /// All of them.
    pub(super) mistakes: &'static [&'static Mistake],
    /// Those that the document leaves open, and why.
    pub(super) open: &'static [(&'static Mistake, &'static str)],
}

/// Those of `fenerum.card`.
pub(super) static CARD: Common = Common { mistakes: card::MISTAKES, open: card::OPEN };

/// Those of `fenerum.link`.
pub(super) static LINK: Common = Common { mistakes: link::MISTAKES, open: link::OPEN };
