//! The wrong ways in which people hash a call.

use url::Url;

use super::hash::{hash, put};
use super::{COMMON, DOCUMENTED};
use crate::brp::endpoints::{UNHASHED, endpoint};
use crate::kit::digest;
use crate::kit::escape::{COMPONENT, PATH, STRICT, form, latin_1, lower, percent};
use crate::kit::operation::Message;
use crate::kit::provider::Provenance;
use crate::kit::scheme::{Edit, Field, append, joined_by, mistakes};

const DECODED: &str =
    "Hash the return URL as it is, and percent-encode it only when you put it into the link.";
const DECODED_WHY: &str = "BRP decodes the query before it hashes, so it sees the plain URL.";
const SORTED: &str = "Sort the parameters by name before you join their values.";
const NOTHING_BETWEEN: &str = "Nothing stands between the values.";
const VALUES_ONLY: &str = "Join the bare values, with nothing between them.";
const SECRET_LAST: &str = "Append the secret word, as it is, after the last value.";
const EACH_EMAIL: &str = "Put every receiptemail that you send into the string, one after the other, in the order in which you send them.";
const SENT_COUNTS: &str = "Hash every parameter that you send, except hash and payeralias.";
const SHA_256: &str = "Use plain SHA-256 over the string that ends with the secret word.";
const LOWER_HEX: &str = "Print the 32 bytes as 64 lower-case hex digits.";
const OPEN_ORDER: Provenance =
    Provenance::assumed("our judgement: the document sorts by name and keeps silent on equal names");

mistakes! {
    "brp.hash";
    RETURNURL_PERCENT_ENCODED = "returnurl-percent-encoded",
        "you percent-encoded returnurl before hashing",
        DECODED_WHY, DECODED, DOCUMENTED,
        [Edit::Encode(|field| on_returnurl(field, |value| percent(value, COMPONENT)))];
    RETURNURL_FORM_ENCODED = "returnurl-form-encoded",
        "you form-encoded returnurl (blanks as +) before hashing",
        DECODED_WHY, DECODED, DOCUMENTED,
        [Edit::Encode(|field| on_returnurl(field, form))];
    RETURNURL_RFC_3986_ENCODED = "returnurl-rfc-3986-encoded",
        "you percent-encoded returnurl strictly (RFC 3986) before hashing",
        DECODED_WHY, DECODED, DOCUMENTED,
        [Edit::Encode(|field| on_returnurl(field, |value| percent(value, STRICT)))];
    RETURNURL_PATH_ENCODED = "returnurl-path-encoded",
        "you percent-encoded returnurl before hashing, all but its slashes",
        DECODED_WHY, DECODED, DOCUMENTED,
        [Edit::Encode(|field| on_returnurl(field, |value| percent(value, PATH)))];
    RETURNURL_LOWER_ENCODED = "returnurl-lower-encoded",
        "you percent-encoded returnurl with lower-case digits before hashing",
        DECODED_WHY, DECODED, DOCUMENTED,
        [Edit::Encode(|field| on_returnurl(field, lower))];
    RETURNURL_DOUBLE_ENCODED = "returnurl-double-encoded",
        "you percent-encoded returnurl twice before hashing",
        DECODED_WHY, DECODED, DOCUMENTED,
        [Edit::Encode(|field| on_returnurl(field, |value| percent(&percent(value, COMPONENT), COMPONENT)))];
    VALUES_PERCENT_ENCODED = "values-percent-encoded",
        "you percent-encoded every value before hashing",
        DECODED_WHY, DECODED, DOCUMENTED,
        [Edit::Encode(|field| field.value = percent(&field.value, COMPONENT))];
    VALUES_RFC_3986_ENCODED = "values-rfc-3986-encoded",
        "you percent-encoded every value strictly (RFC 3986) before hashing",
        DECODED_WHY, DECODED, DOCUMENTED,
        [Edit::Encode(|field| field.value = percent(&field.value, STRICT))];
    VALUES_PATH_ENCODED = "values-path-encoded",
        "you percent-encoded every value before hashing, all but its slashes, as Python's quote does",
        DECODED_WHY, DECODED, DOCUMENTED,
        [Edit::Encode(|field| field.value = percent(&field.value, PATH))];
    RETURNURL_NORMALISED = "returnurl-normalised",
        "you let a URL parser rewrite returnurl before hashing",
        "A parser adds a slash, lowers the host or escapes letters; BRP hashes the text that you send.",
        "Hash the same text that you send, not what a URL object prints.", COMMON,
        [Edit::Encode(|field| on_returnurl(field, normalise))];
    RETURNURL_SLASH_CUT = "returnurl-slash-cut",
        "you cut the slash off the end of returnurl before hashing",
        "BRP hashes the text that you send.", "Hash the same text that you send.", COMMON,
        [Edit::Encode(|field| on_returnurl(field, |value| value.strip_suffix(b"/").unwrap_or(value).to_vec()))];
    RETURNURL_QUERY_CUT = "returnurl-query-cut",
        "you left the query of returnurl out of the hash",
        "BRP hashes the whole value of returnurl, its own query too.",
        "Hash returnurl whole.", COMMON,
        [Edit::Encode(|field| on_returnurl(field, |value| {
            value.split(|byte| *byte == b'?').next().unwrap_or(value).to_vec()
        }))];
    SECRET_MISSING = "secret-missing",
        "you left the secret word out of the hash",
        "Without it anybody could make the hash.", SECRET_LAST, DOCUMENTED,
        [Edit::Key(|bare, _| bare.to_vec())];
    SECRET_FIRST = "secret-first",
        "you put the secret word before the values",
        "It belongs after the last value.", SECRET_LAST, DOCUMENTED,
        [Edit::Key(|bare, key| append(key, bare))];
    SECRET_NEWLINE = "secret-newline",
        "your secret word ends with a newline",
        "It was probably read from a file with its line end.",
        "Trim the secret word when you read it.", COMMON,
        [Edit::Key(|bare, key| [bare, key, b"\n"].concat())];
    SECRET_CARRIAGE_RETURN = "secret-carriage-return",
        "your secret word ends with a carriage return and newline",
        "It was probably read from a file that was written on Windows.",
        "Trim the secret word when you read it.", COMMON,
        [Edit::Key(|bare, key| [bare, key, b"\r\n"].concat())];
    SECRET_BLANK = "secret-blank",
        "your secret word ends with a blank",
        "It was probably copied with a blank behind it.",
        "Trim the secret word when you read it.", COMMON,
        [Edit::Key(|bare, key| [bare, key, b" "].concat())];
    SECRET_QUOTED = "secret-quoted",
        "your secret word has quotes around it",
        "It was probably read from an .env file that keeps the quotes.",
        "Take the quotes away when you read the secret word.", COMMON,
        [Edit::Key(|bare, key| [bare, b"\"", key, b"\""].concat())];
    PARAMETERS_IN_CALL_ORDER = "parameters-in-call-order",
        "you hashed the parameters in the order of the call",
        "BRP sorts them by name, whatever order they come in.", SORTED, DOCUMENTED,
        [Edit::Order(|_, _| ())];
    PARAMETERS_IN_TEMPLATE_ORDER = "parameters-in-template-order",
        "you hashed the parameters in the order of the document's URL template",
        "The template's order is not the hash's: that is by name.", SORTED, DOCUMENTED,
        [Edit::Order(|message, fields| template_order(message, fields))];
    PARAMETERS_SORTED_BY_VALUE = "parameters-sorted-by-value",
        "you sorted the values instead of the names",
        "BRP sorts by the parameters' names.", SORTED, DOCUMENTED,
        [Edit::Order(|_, fields| fields.sort_by(|one, other| one.value.cmp(&other.value)))];
    NAMES_HASHED = "names-hashed",
        "you hashed the parameters' names too",
        "Only the values are hashed.", VALUES_ONLY, DOCUMENTED,
        [Edit::Join(|fields| fields.iter().flat_map(|field| [field.name.as_bytes(), &field.value].concat()).collect())];
    QUERY_STRING_HASHED = "query-string-hashed",
        "you hashed name=value pairs joined with &",
        "Only the values are hashed, with nothing between them.", VALUES_ONLY, DOCUMENTED,
        [Edit::Join(|fields| {
            let pairs = fields.iter().map(|field| [field.name.as_bytes(), b"=", &field.value].concat());
            pairs.collect::<Vec<_>>().join(&b'&')
        })];
    SEPARATED_BY_PLUS = "separated-by-plus",
        "you put + between the values",
        "The + in the document stands for joining.", VALUES_ONLY, DOCUMENTED, [Edit::Glue("+")];
    SEPARATED_BY_AMPERSAND = "separated-by-ampersand", "you put & between the values",
        NOTHING_BETWEEN, VALUES_ONLY, DOCUMENTED, [Edit::Glue("&")];
    SEPARATED_BY_COMMA = "separated-by-comma", "you put commas between the values",
        NOTHING_BETWEEN, VALUES_ONLY, DOCUMENTED, [Edit::Glue(",")];
    SEPARATED_BY_BLANK = "separated-by-blank", "you put blanks between the values",
        NOTHING_BETWEEN, VALUES_ONLY, DOCUMENTED, [Edit::Glue(" ")];
    SEPARATED_BY_PIPE = "separated-by-pipe", "you put | between the values",
        NOTHING_BETWEEN, VALUES_ONLY, DOCUMENTED, [Edit::Glue("|")];
    JOINED_BY_PLUS = "joined-by-plus", "you put + between the values, though not before the secret word",
        NOTHING_BETWEEN, VALUES_ONLY, DOCUMENTED, [Edit::Join(joined_by::<b'+'>)];
    JOINED_BY_AMPERSAND = "joined-by-ampersand", "you put & between the values, though not before the secret word",
        NOTHING_BETWEEN, VALUES_ONLY, DOCUMENTED, [Edit::Join(joined_by::<b'&'>)];
    JOINED_BY_COMMA = "joined-by-comma", "you put commas between the values, though not before the secret word",
        NOTHING_BETWEEN, VALUES_ONLY, DOCUMENTED, [Edit::Join(joined_by::<b','>)];
    JOINED_BY_BLANK = "joined-by-blank", "you put blanks between the values, though not before the secret word",
        NOTHING_BETWEEN, VALUES_ONLY, DOCUMENTED, [Edit::Join(joined_by::<b' '>)];
    JOINED_BY_PIPE = "joined-by-pipe", "you put | between the values, though not before the secret word",
        NOTHING_BETWEEN, VALUES_ONLY, DOCUMENTED, [Edit::Join(joined_by::<b'|'>)];
    PAYERALIAS_HASHED = "payeralias-hashed",
        "you hashed payeralias",
        "The document leaves payeralias out of the hash.", SENT_COUNTS, DOCUMENTED,
        [Edit::Select(|message, fields| {
            if let Some(alias) = message.value(UNHASHED) {
                put(fields, UNHASHED, alias.as_bytes().to_vec());
                fields.sort_by(|one, other| one.name.cmp(&other.name));
            }
        })];
    HASH_HASHED = "hash-hashed",
        "you hashed the parameter hash itself",
        "The hash covers the other parameters.", SENT_COUNTS, DOCUMENTED,
        [Edit::Select(|message, fields| {
            put(fields, "hash", hash(message, &[]).unwrap_or_default().into_bytes());
            fields.sort_by(|one, other| one.name.cmp(&other.name));
        })];
    RECEIPTEMAILS_ONLY_FIRST = "receiptemails-only-first",
        "you hashed only the first receiptemail",
        "Every receiptemail that is sent is hashed.", EACH_EMAIL, DOCUMENTED,
        [Edit::Select(|_, fields| {
            let mut seen = false;
            fields.retain(|field| field.name != "receiptemail" || !std::mem::replace(&mut seen, true));
        })];
    RECEIPTEMAILS_ONLY_LAST = "receiptemails-only-last",
        "you hashed only the last receiptemail",
        "Every receiptemail that is sent is hashed; a map with one value a name keeps the last.",
        EACH_EMAIL, DOCUMENTED,
        [Edit::Select(|_, fields| {
            let last = fields.iter().rposition(|field| field.name == "receiptemail");
            let mut place = 0..;
            fields.retain(|field| {
                let place = place.next();
                field.name != "receiptemail" || place == last
            });
        })];
    RECEIPTEMAILS_JOINED = "receiptemails-joined",
        "you joined several receiptemail with commas",
        NOTHING_BETWEEN, EACH_EMAIL, DOCUMENTED,
        [Edit::Select(|_, fields| {
            let emails = fields.iter().filter(|field| field.name == "receiptemail");
            let joined = emails.map(|field| field.value.clone()).collect::<Vec<_>>().join(&b',');
            let mut first = true;
            fields.retain_mut(|field| {
                if field.name != "receiptemail" {
                    return true;
                }
                field.value.clone_from(&joined);
                std::mem::replace(&mut first, false)
            });
        })];
    RECEIPTEMAILS_SORTED = "receiptemails-sorted",
        "you sorted several receiptemail by value",
        "The document sorts by name; of equal names we assume that BRP keeps the order of the call.",
        EACH_EMAIL, OPEN_ORDER,
        [Edit::Select(|_, fields| fields.sort_by(|one, other| {
            let by_value = one.name == "receiptemail" && other.name == "receiptemail";
            one.name.cmp(&other.name).then_with(|| if by_value { one.value.cmp(&other.value) } else { std::cmp::Ordering::Equal })
        }))];
    RECEIPTEMAILS_DEDUPLICATED = "receiptemails-deduplicated",
        "you hashed equal receiptemail once",
        "Every receiptemail that is sent is hashed, a repeated one too.", EACH_EMAIL, COMMON,
        [Edit::Select(|_, fields| {
            let mut seen = Vec::new();
            fields.retain(|field| {
                let again = field.name == "receiptemail" && seen.contains(&field.value);
                seen.push(field.value.clone());
                !again
            });
        })];
    RECEIPTEMAIL_LOWERED = "receiptemail-lowered",
        "you lower-cased receiptemail before hashing",
        "BRP hashes the text that you send.", "Hash the same text that you send.", COMMON,
        [Edit::Encode(|field| if field.name == "receiptemail" { field.value.make_ascii_lowercase(); })];
    RECEIPTEMAIL_LEFT_OUT = "receiptemail-left-out",
        "you left receiptemail out of the hash",
        "Every parameter that is sent is hashed.", SENT_COUNTS, DOCUMENTED,
        [Edit::Select(|_, fields| fields.retain(|field| field.name != "receiptemail"))];
    PAYMENTMETHODID_LEFT_OUT = "paymentmethodid-left-out",
        "you left paymentmethodid out of the hash",
        "Every parameter that is sent is hashed.", SENT_COUNTS, DOCUMENTED,
        [Edit::Select(|_, fields| fields.retain(|field| field.name != "paymentmethodid"))];
    USEORGACCOUNT_LEFT_OUT = "useorgaccount-left-out",
        "you left useorgaccount out of the hash",
        "Every parameter that is sent is hashed.", SENT_COUNTS, DOCUMENTED,
        [Edit::Select(|_, fields| fields.retain(|field| field.name != "useorgaccount"))];
    DISTRIBUTIONMETHOD_LEFT_OUT = "distributionmethod-left-out",
        "you left distributionmethod out of the hash",
        "Every parameter that is sent is hashed.", SENT_COUNTS, DOCUMENTED,
        [Edit::Select(|_, fields| fields.retain(|field| field.name != "distributionmethod"))];
    OPTIONALS_LEFT_OUT = "optionals-left-out",
        "you left every optional parameter out of the hash",
        "Every parameter that is sent is hashed.", SENT_COUNTS, DOCUMENTED,
        [Edit::Select(|message, fields| {
            let endpoint = endpoint(&message.form);
            fields.retain(|field| {
                let parameter = endpoint.and_then(|endpoint| endpoint.parameter(&field.name));
                parameter.is_none_or(|parameter| parameter.required || field.name == "returnurl")
            });
        })];
    UPPER_CASE = "upper-case-hex",
        "you printed the hash in upper-case hex",
        "The document prints it in lower case.", LOWER_HEX,
        Provenance::assumed("our judgement: the document prints lower case and does not say that it must be"),
        [Edit::Render(|digest| digest::hex(digest).to_ascii_uppercase())];
    BASE64 = "base64",
        "you printed the hash in base64",
        "The document prints it in hex.", LOWER_HEX, DOCUMENTED, [Edit::Render(digest::base64)];
    SHA_1 = "sha-1", "you used SHA-1", "The document says SHA-256.", SHA_256, DOCUMENTED,
        [Edit::Digest(|text| digest::sha1(text.keyed))];
    MD5 = "md5", "you used MD5", "The document says SHA-256.", SHA_256, DOCUMENTED,
        [Edit::Digest(|text| digest::md5(text.keyed))];
    SHA_512 = "sha-512", "you used SHA-512", "The document says SHA-256.", SHA_256, DOCUMENTED,
        [Edit::Digest(|text| digest::sha512(text.keyed))];
    HASHED_TWICE = "hashed-twice", "you hashed the hex digest once more",
        "The string is hashed once.", SHA_256, COMMON,
        [Edit::Digest(|text| digest::sha256(digest::hex(&digest::sha256(text.keyed)).as_bytes()))];
    HMAC = "hmac",
        "you used HMAC-SHA256 with the secret word as its key",
        "The document hashes a string that ends with the secret word.", SHA_256, DOCUMENTED,
        [Edit::Digest(|text| digest::hmac_sha256(text.key, text.bare))];
    LATIN_1 = "latin-1",
        "you hashed the text in Latin-1",
        "BRP reads the query as UTF-8, so we assume that it hashes UTF-8.",
        "Encode the string as UTF-8 before you hash it.",
        Provenance::assumed("our judgement: the document does not name the encoding"),
        [Edit::Encode(|field| field.value = latin_1(&field.value)), Edit::Key(|bare, key| append(bare, &latin_1(key)))];
}

fn on_returnurl(field: &mut Field, change: impl FnOnce(&[u8]) -> Vec<u8>) {
    if field.name == "returnurl" {
        field.value = change(&field.value);
    }
}

fn normalise(value: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(value);
    Url::parse(&text).map_or_else(|_| value.to_vec(), |url| String::from(url).into_bytes())
}

fn template_order(message: &Message, fields: &mut [Field]) {
    let Some(endpoint) = endpoint(&message.form) else { return };
    fields.sort_by_key(|field| endpoint.parameters.iter().position(|parameter| parameter.name == field.name));
}
