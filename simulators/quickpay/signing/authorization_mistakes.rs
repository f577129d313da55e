//! The wrong ways in which people name themselves to QuickPay's API.

use super::authorization::{VERSION, basic, headers};
use super::{CLIENTS, COMMON, SDK};
use crate::kit::digest;
use crate::kit::operation::Reply;
use crate::kit::scheme::{Edit, mistakes};

const NO_USER: &str =
    "Use HTTP Basic with an empty user and the API key as the password: base64 of a colon and the key.";
const NO_USER_WHY: &str = "QuickPay takes the password for the key, and knows no user of that name.";
const API_KEY: &str = "Take the API key of the agreement \"API User\".";
const API_KEY_WHY: &str = "Each of QuickPay's three keys is for one thing.";
const STANDARD: &str = "Use standard base64, in one line and with its padding.";
const VERSION_REMEDY: &str = "Send Accept-Version: v10 with every call.";
const VERSION_WHY: &str = "Without a version that it knows, QuickPay does not know which API is asked.";

mistakes! {
    "quickpay.authorization", Edit::Read;
    COLON_MISSING = "colon-missing",
        "you encoded the API key without the colon before it", "Basic is a user, a colon and a password, also where the user is empty.", NO_USER, CLIENTS,
        |message| with(&format!("Basic {}", digest::base64(message.given("api_key").as_bytes())));
    KEY_AS_USER = "key-as-user",
        "you sent the API key as the user, with an empty password", NO_USER_WHY, NO_USER, CLIENTS,
        |message| with(&format!("Basic {}", digest::base64(format!("{}:", message.given("api_key")).as_bytes())));
    NAMED_USER = "named-user",
        "you sent a user named api with the key", "With a user QuickPay looks for a login of that name.", NO_USER, COMMON,
        |message| with(&format!("Basic {}", digest::base64(format!("api:{}", message.given("api_key")).as_bytes())));
    BEARER = "bearer",
        "you sent the API key as a bearer token", "QuickPay knows Basic alone.", NO_USER, COMMON,
        |message| with(&format!("Bearer {}", message.given("api_key")));
    NOT_ENCODED = "not-encoded",
        "you sent the API key without encoding it", "What Basic carries is base64.", NO_USER, COMMON,
        |message| with(&format!("Basic :{}", message.given("api_key")));
    SCHEME_MISSING = "scheme-missing",
        "you left out the word Basic", "The scheme comes first.", NO_USER, COMMON,
        |message| with(basic(message.given("api_key")).trim_start_matches("Basic "));
    URL_SAFE_BASE64 = "url-safe-base64",
        "you used the URL-safe alphabet of base64", "It has - and _ where the standard has + and /.", STANDARD, COMMON,
        |message| with(&basic(message.given("api_key")).replace('+', "-").replace('/', "_"));
    UNPADDED_BASE64 = "unpadded-base64",
        "you cut the padding off the base64", "A decoder that is strict refuses it.", STANDARD, COMMON,
        |message| with(basic(message.given("api_key")).trim_end_matches('='));
    WRAPPED_BASE64 = "wrapped-base64",
        "you broke the base64 into lines of 76 characters", "A header ends with its line. The program base64 breaks lines unless it is told -w 0.", STANDARD, COMMON,
        |message| with(&wrapped(&basic(message.given("api_key"))));
    KEY_NEWLINE = "key-newline",
        "your API key ends with a newline", "A key that is read from a file or by echo brings the end of its line along.", "Trim the key where you read it; printf prints none.", COMMON,
        |message| with(&basic(&format!("{}\n", message.given("api_key"))));
    PRIVATE_KEY = "private-key",
        "you sent the private key", API_KEY_WHY, API_KEY, SDK,
        |message| with(&basic(message.given("private_key")));
    WINDOW_KEY = "window-key",
        "you sent the payment window's key", "Its agreement may not use most of the API.", API_KEY, SDK,
        |message| with(&basic(message.given("window_key")));
    KEY_MISSING = "key-missing",
        "you sent an empty key", "A variable of the environment is not set, as a rule.", "Set the API key, and stop where it is missing.", COMMON,
        |_| with(&basic(""));
    VERSION_MISSING = "version-missing",
        "you sent no Accept-Version", VERSION_WHY, VERSION_REMEDY, CLIENTS,
        |message| headers(&basic(message.given("api_key")), "");
    VERSION_WITHOUT_V = "version-without-v",
        "you sent the version without its v", VERSION_WHY, VERSION_REMEDY, COMMON,
        |message| headers(&basic(message.given("api_key")), "10");
    VERSION_AS_MEDIA_TYPE = "version-as-media-type",
        "you sent a media type as Accept-Version", "Accept and Accept-Version are two headers.", VERSION_REMEDY, COMMON,
        |message| headers(&basic(message.given("api_key")), "application/json");
    VERSION_OLD = "version-old",
        "you asked for version 9", "Its calls and answers are others, and it is no longer for new shops.", VERSION_REMEDY, CLIENTS,
        |message| headers(&basic(message.given("api_key")), "v09");
}

fn with(authorization: &str) -> Reply {
    headers(authorization, VERSION)
}

/// The credentials in lines of 76 characters, as the program `base64` prints them.
fn wrapped(authorization: &str) -> String {
    let credentials = authorization.trim_start_matches("Basic ");
    let lines: Vec<String> =
        credentials.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
    format!("Basic {}", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use crate::kit::operation::{Message, Operation as _};
    use crate::quickpay::signing::Authorization;

    #[test]
    fn the_user_is_empty() {
        let given = vec![("api_key".into(), "my-api-key".to_owned())];
        let message = Message { given, ..Message::default() };
        let reply = Authorization.reply(&message, &[]).expect("right");
        assert_eq!(reply.get("authorization"), "Basic Om15LWFwaS1rZXk=");
        assert_eq!(reply.get("accept_version"), "v10");
    }
}
