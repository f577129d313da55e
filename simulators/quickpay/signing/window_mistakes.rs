//! The wrong ways in which people sign the form of the payment window.

use std::borrow::Cow;

use super::forms::{CHECKSUM, FIELDS};
use super::json::{Json, PHP_ARRAYS};
use super::window::field;
use super::{CLIENTS, COMMON, DOCUMENTED, SDK};
use crate::kit::digest;
use crate::kit::escape::{COMPONENT, form, html, latin_1, percent};
use crate::kit::operation::Message;
use crate::kit::scheme::{Edit, Field, mistakes};

const WINDOW_KEY: &str =
    "Take the API key of the agreement that agreement_id names: that of the user \"Payment Window\".";
const WINDOW_KEY_WHY: &str = "Each of QuickPay's three keys is for one thing.";
const HMAC: &str = "Use HMAC-SHA256 with the key as its key: hash_hmac('sha256', $base, $key).";
const BRACKETS: &str =
    "Write every name with brackets, [variables][a], and sort the fields by these names, byte by byte.";
const BRACKETS_WHY: &str = "The closing bracket counts when names are compared: [a1] comes before [a].";
const BLANK: &str = "Join the values with one blank, and nothing else.";
const AS_IT_IS: &str = "Sign the values as they are; escape them only in the form.";
const AS_IT_IS_WHY: &str = "QuickPay has decoded the form when it computes the checksum.";
const FLAT: &str = "Flatten what is nested: each of variables[a] and basket[0][qty] is a field of its own.";
const ALL: &str =
    "Sign every field that you send, except checksum; an empty one adds an empty text between two blanks.";

mistakes! {
    "quickpay.window";
    API_KEY = "api-key",
        "you signed with the API key of another agreement", WINDOW_KEY_WHY, WINDOW_KEY, CLIENTS,
        [Edit::TokenKey("the API key", |message| message.given("api_key").as_bytes().to_vec())];
    PRIVATE_KEY = "private-key",
        "you signed with the private key", "The private key is for callbacks alone.", WINDOW_KEY, SDK,
        [Edit::TokenKey("the private key", |message| message.given("private_key").as_bytes().to_vec())];
    KEY_NEWLINE = "key-newline",
        "your key ends with a newline", "A key that is read from a file brings the end of its line along.", "Trim the key where you read it.", COMMON,
        [Edit::TokenKey("the key with a newline", |message| format!("{}\n", message.given("window_key")).into_bytes())];
    CALL_ORDER = "call-order",
        "you joined the fields in the order of the form", "Both sides must join them alike.", BRACKETS, DOCUMENTED,
        [Edit::Order(|_, _| ())];
    SORTED_BY_LEVEL = "sorted-by-level",
        "you sorted the names of each level by themselves, without their brackets", BRACKETS_WHY, BRACKETS, COMMON,
        [Edit::Order(by_level)];
    SORTED_BY_PLAIN_NAME = "sorted-by-plain-name",
        "you sorted the fields by their names in the form", BRACKETS_WHY, BRACKETS, COMMON,
        [Edit::Order(|_, fields| fields.sort_by_key(|field| plain(&field.name)))];
    SORTED_BY_VALUE = "sorted-by-value",
        "you sorted the values instead of the names", "PHP's sort() throws the names away; ksort() sorts them.", BRACKETS, COMMON,
        [Edit::Order(|_, fields| fields.sort_by(|one, other| one.value.cmp(&other.value)))];
    SORTED_WITHOUT_CASE = "sorted-without-case",
        "you sorted the names without regard to case", "Capitals come before small letters, byte by byte.", BRACKETS, COMMON,
        [Edit::Order(|_, fields| fields.sort_by_key(|field| field.name.to_lowercase()))];
    SORTED_BY_LOCALE = "sorted-by-locale",
        "you sorted the names as a dictionary does (localeCompare)", "A dictionary puts brackets, hyphens and small letters elsewhere than their bytes do.",
        "Compare the names with < and not with localeCompare.", COMMON,
        [Edit::Order(by_locale)];
    SORTED_NATURALLY = "sorted-naturally",
        "you sorted the numbers in names as numbers", "basket[10] comes before basket[2], byte by byte.", BRACKETS, COMMON,
        [Edit::Order(naturally)];
    NESTED_LEFT_OUT = "nested-left-out",
        "you left variables and basket out of the checksum", "They are part of the form.", FLAT, COMMON,
        [Edit::Select(|_, fields| fields.retain(|field| !is_nested(field)))];
    NESTED_AS_JSON = "nested-as-json",
        "you signed variables and basket as JSON", "They are flattened.", FLAT, COMMON,
        [Edit::Select(|_, fields| for_each_nested(fields, |nested| PHP_ARRAYS.write(&tree(nested)).into_bytes()))];
    NESTED_AS_A_WORD = "nested-as-a-word",
        "you signed the word Array for variables and basket", "PHP's implode writes Array where a list is not flattened, and warns of it.", FLAT, COMMON,
        [Edit::Select(|_, fields| for_each_nested(fields, |_| b"Array".to_vec()))];
    EMPTY_LEFT_OUT = "empty-left-out",
        "you left empty fields out of the checksum", "What is sent is signed, also where it is empty.", ALL, COMMON,
        [Edit::Select(|_, fields| fields.retain(|field| !field.value.is_empty()))];
    DOCUMENTED_ALONE = "documented-alone",
        "you signed only the fields that the document lists", "The form's other fields are signed too.", ALL, COMMON,
        [Edit::Select(|_, fields| fields.retain(|field| FIELDS.contains(&first(&field.name))))];
    CHECKSUM_SIGNED = "checksum-signed",
        "you signed the field checksum too", "It cannot be part of itself.", "Take checksum out before you sign.", DOCUMENTED,
        [Edit::Select(|message, fields| {
            let checksum = message.parameters.iter().find(|(name, _)| name == CHECKSUM);
            fields.extend(checksum.map(field));
            fields.sort_by(|one, other| one.name.cmp(&other.name));
        })];
    JOINED_WITHOUT_BLANKS = "joined-without-blanks",
        "you joined the values with nothing between them", "A blank stands between them.", BLANK, COMMON,
        [Edit::Glue("")];
    SEPARATED_BY_AMPERSAND = "separated-by-ampersand",
        "you put & between the values", "A blank stands between them.", BLANK, COMMON,
        [Edit::Glue("&")];
    BLANK_AT_THE_END = "blank-at-the-end",
        "you left a blank behind the last value", "A loop that adds a value and a blank adds one too many.", BLANK, COMMON,
        [Edit::Join(|fields| fields.iter().flat_map(|field| [field.value.as_slice(), b" "].concat()).collect())];
    NAMES_SIGNED = "names-signed",
        "you signed name=value pairs joined with &", "The values alone are signed.", BLANK, COMMON,
        [Edit::Join(|fields| {
            let pairs: Vec<Vec<u8>> = fields.iter().map(|field| [plain(&field.name).as_bytes(), b"=", &field.value].concat()).collect();
            pairs.join(&b'&')
        })];
    FORM_ENCODED = "form-encoded",
        "you form-encoded the values (blanks as +) before signing", AS_IT_IS_WHY, AS_IT_IS, COMMON,
        [Edit::Encode(|field| field.value = form(&field.value))];
    PERCENT_ENCODED = "percent-encoded",
        "you percent-encoded the values before signing", AS_IT_IS_WHY, AS_IT_IS, COMMON,
        [Edit::Encode(|field| field.value = percent(&field.value, COMPONENT))];
    HTML_ESCAPED = "html-escaped",
        "you signed the values as they stand in the page's HTML", AS_IT_IS_WHY, AS_IT_IS, COMMON,
        [Edit::Encode(|field| field.value = html(&field.value))];
    TRIMMED = "trimmed",
        "you trimmed the values before signing", "The form has them untrimmed.", "Trim what you send too, or nothing.", COMMON,
        [Edit::Encode(|field| field.value = field.value.trim_ascii().to_vec())];
    LATIN_1 = "latin-1",
        "you signed the text in Latin-1", "The form is sent in UTF-8.", "Encode the text in UTF-8.", COMMON,
        [Edit::Encode(|field| field.value = latin_1(&field.value))];
    KEY_APPENDED = "key-appended",
        "you used plain SHA-256 with the key behind the values", "HMAC mixes the key in twice, in another way.", HMAC, COMMON,
        [Edit::Digest(|text| digest::sha256(text.keyed))];
    KEY_AS_LAST_VALUE = "key-as-last-value",
        "you used plain SHA-256 with the key as the last value", "HMAC mixes the key in twice, in another way.", HMAC, COMMON,
        [Edit::Digest(|text| digest::sha256(&[text.bare, b" ", text.key].concat()))];
    WITHOUT_KEY = "without-key",
        "you used plain SHA-256 without the key", "Anybody could compute that.", HMAC, COMMON,
        [Edit::Digest(|text| digest::sha256(text.bare))];
    KEY_AND_TEXT_SWAPPED = "key-and-text-swapped",
        "you hashed the key with the values as the key", "Languages differ in which argument of HMAC comes first.", HMAC, COMMON,
        [Edit::Digest(|text| digest::hmac_sha256(text.bare, text.key))];
    SHA_1 = "sha-1",
        "you used HMAC-SHA1", "The document says SHA-256.", HMAC, COMMON,
        [Edit::Digest(|text| digest::hmac(digest::sha1, text.key, text.bare))];
    MD5 = "md5",
        "you used MD5 with the key behind the values, as QuickPay's old protocol did", "Version 10 has HMAC-SHA256.", HMAC, CLIENTS,
        [Edit::Digest(|text| digest::md5(text.keyed))];
    UPPER_CASE = "upper-case-hex",
        "you printed the checksum in upper-case hex", "QuickPay prints lower-case digits.", "Print the 32 bytes as 64 lower-case hex digits.", COMMON,
        [Edit::Render(|bytes| digest::hex(bytes).to_uppercase())];
    BASE64 = "base64",
        "you printed the checksum in base64", "QuickPay takes hex.", "Print the 32 bytes as 64 lower-case hex digits.", COMMON,
        [Edit::Render(digest::base64)];
}

/// The parts of a name that is written with brackets.
fn levels(name: &str) -> Vec<&str> {
    let inner = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    inner.split("][").collect()
}

fn first(name: &str) -> &str {
    levels(name).first().copied().unwrap_or_default()
}

fn is_nested(field: &Field) -> bool {
    levels(&field.name).len() > 1
}

/// The name as it stands in the form.
fn plain(name: &str) -> String {
    let levels = levels(name);
    let (first, rest) = levels.split_first().unwrap_or((&"", &[]));
    std::iter::once((*first).to_owned()).chain(rest.iter().map(|part| format!("[{part}]"))).collect()
}

/// Sorted level by level, as a recursive `ksort` that compares texts does.
#[expect(clippy::ptr_arg, reason = "the signature of an order")]
pub(super) fn by_level(_: &Message, fields: &mut Vec<Field>) {
    fields.sort_by(|one, other| levels(&one.name).cmp(&levels(&other.name)));
}

/// Sorted as Unicode's root collation does: punctuation, digits, letters; small before capital where nothing else
/// tells two names apart.
#[expect(clippy::ptr_arg, reason = "the signature of an order")]
fn by_locale(_: &Message, fields: &mut Vec<Field>) {
    const PUNCTUATION: &str = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";
    let rank = |letter: char| match PUNCTUATION.find(letter) {
        Some(place) => (place, ' '),
        None => (usize::MAX, letter.to_lowercase().next().unwrap_or(letter)),
    };
    fields.sort_by_cached_key(|field| {
        let letters: Vec<_> = field.name.chars().map(rank).collect();
        let capitals: Vec<bool> = field.name.chars().map(char::is_uppercase).collect();
        (letters, capitals)
    });
}

/// Sorted by brackets, but with numbers as numbers.
#[expect(clippy::ptr_arg, reason = "the signature of an order")]
pub(super) fn naturally(_: &Message, fields: &mut Vec<Field>) {
    let key = |field: &Field| -> Vec<(u64, String)> {
        let part = |part: &str| match part.parse::<u64>() {
            Ok(number) => (number, String::new()),
            // Behind every number, and compared with its bracket.
            Err(_) => (u64::MAX, format!("{part}]")),
        };
        levels(&field.name).into_iter().map(part).collect()
    };
    fields.sort_by_key(key);
}

/// Puts one field in the place of all that are nested under a name.
fn for_each_nested(fields: &mut Vec<Field>, value: fn(&[Field]) -> Vec<u8>) {
    let mut other: Vec<Field> = Vec::with_capacity(fields.len());
    for field in fields.iter() {
        let name = format!("[{}]", first(&field.name));
        if !is_nested(field) {
            other.push(field.clone());
        } else if !other.iter().any(|known| known.name == name) {
            let nested: Vec<Field> =
                fields.iter().filter(|known| known.name.starts_with(&format!("{name}["))).cloned().collect();
            other.push(Field { name: Cow::Owned(name), value: value(&nested) });
        }
    }
    *fields = other;
}

/// What is nested as a tree, without the name that is common to all of it.
fn tree(fields: &[Field]) -> Json {
    let mut root = Json::Object(Vec::new());
    for field in fields {
        let mut place = &mut root;
        for part in levels(&field.name).into_iter().skip(1) {
            let Json::Object(members) = place else { break };
            let at = members.iter().position(|(name, _)| name == part).unwrap_or_else(|| {
                members.push((part.to_owned().into(), Json::Object(Vec::new())));
                members.len() - 1
            });
            place = &mut members[at].1;
        }
        *place = Json::text(String::from_utf8_lossy(&field.value).into_owned());
    }
    root
}
