//! The wrong ways in which people put a signed call into a URL.

use std::borrow::Cow;

use percent_encoding::percent_encode_byte;

use super::{COMMON, DOCUMENTED};
use crate::kit::escape::{WHOLE_URL, component, percent};
use crate::kit::operation::Parameter;
use crate::kit::provider::Provenance;
use crate::kit::scheme::{Edit, mistakes};

const ONCE: &str = "Percent-encode every value exactly once, when you put it into the link.";
const REPEAT: &str = "Repeat the parameter, once for each address: receiptemail=…&receiptemail=….";
const FORM_RULES: Provenance =
    Provenance::assumed("our judgement: the query is decoded as forms are, which is how servlets do it");

mistakes! {
    "brp.link";
    RETURNURL_NOT_ENCODED = "returnurl-not-encoded",
        "you put returnurl into the link without percent-encoding it",
        "Its own &, # and + then end or change the value.", ONCE, DOCUMENTED,
        Edit::Escape(|name, value| if name == "returnurl" { value.to_owned() } else { component(value) });
    RETURNURL_ENCODED_TWICE = "returnurl-encoded-twice",
        "you percent-encoded returnurl twice in the link",
        "BRP decodes once and is left with an address that is still encoded.", ONCE, DOCUMENTED,
        Edit::Escape(|name, value| if name == "returnurl" { component(&component(value)) } else { component(value) });
    ONLY_RETURNURL_ENCODED = "returnurl-alone-encoded",
        "you percent-encoded returnurl alone, and sent the other values as they are",
        "An &, # or + in one of them ends or changes it too.", ONCE, DOCUMENTED,
        Edit::Escape(|name, value| if name == "returnurl" { component(value) } else { value.to_owned() });
    VALUES_ENCODED_TWICE = "values-encoded-twice",
        "you percent-encoded every value twice in the link",
        "BRP decodes once and is left with values that are still encoded.", ONCE, DOCUMENTED,
        Edit::Escape(|_, value| component(&component(value)));
    VALUES_ENCODED_AS_A_URL = "values-encoded-as-a-url",
        "you escaped the values as whole URLs (encodeURI), which spares & ? # and +",
        "A & or # inside a value then ends it.", ONCE, DOCUMENTED,
        Edit::Escape(|_, value| String::from_utf8_lossy(&percent(value.as_bytes(), WHOLE_URL)).into_owned());
    PLUS_NOT_ENCODED = "plus-not-encoded",
        "you left + unencoded in the link",
        "In a query + means a blank.", ONCE, FORM_RULES,
        Edit::Escape(|_, value| component(value).replace("%2B", "+"));
    LATIN_1 = "latin-1",
        "you percent-encoded the link's values in Latin-1",
        "Letters outside ASCII arrive as other letters.",
        "Encode the values as UTF-8 before you percent-encode them.", FORM_RULES,
        Edit::Escape(|_, value| latin_1(value));
    RECEIPTEMAILS_JOINED = "receiptemails-joined",
        "you joined several receiptemail with commas in the link",
        "BRP takes the whole text for one address.", REPEAT, DOCUMENTED,
        Edit::Spread(|_, parameters| {
            let emails = parameters.iter().filter(|(name, _)| name == "receiptemail");
            let joined = emails.map(|(_, value)| value.clone()).collect::<Vec<_>>().join(",");
            keep_one(parameters, &joined);
        });
    RECEIPTEMAILS_ONLY_LAST = "receiptemails-only-last",
        "you sent only the last of several receiptemail",
        "A map with one value a name keeps the last.", REPEAT, DOCUMENTED,
        Edit::Spread(|_, parameters| {
            let last = parameters.iter().rfind(|(name, _)| name == "receiptemail");
            if let Some((_, last)) = last {
                let last = last.clone();
                keep_one(parameters, &last);
            }
        });
    RECEIPTEMAILS_BRACKETED = "receiptemails-bracketed",
        "you named several receiptemail receiptemail[]",
        "BRP does not know that name.", REPEAT, COMMON,
        Edit::Spread(|_, parameters| rename(parameters, |_| "receiptemail[]".to_owned()));
    RECEIPTEMAILS_INDEXED = "receiptemails-indexed",
        "you named several receiptemail receiptemail[0], receiptemail[1], as PHP's http_build_query does",
        "BRP does not know those names.", REPEAT, COMMON,
        Edit::Spread(|_, parameters| rename(parameters, |place| format!("receiptemail[{place}]")));
    OPTIONAL_LEFT_OUT = "optional-left-out",
        "you signed an optional parameter and did not send it",
        "The hash covers what is sent.", "Send exactly the parameters that you hashed.", DOCUMENTED,
        Edit::Spread(|_, parameters| {
            let optional = ["paymentmethodid", "receiptemail", "useorgaccount", "distributionmethod"];
            parameters.retain(|(name, _)| !optional.contains(&name.as_ref()));
        });
    HASH_MISSING = "hash-missing",
        "you left hash out of the link",
        "Every call carries its hash.", "Add hash=… with the digest to the link.", DOCUMENTED,
        Edit::Spread(|_, parameters| parameters.retain(|(name, _)| name != "hash"));
    AMPERSANDS_ESCAPED = "ampersands-escaped",
        "your link has &amp; between the parameters",
        "It was escaped for HTML and then used as an address.",
        "Redirect to the plain URL; escape it for HTML only inside a page.", COMMON,
        Edit::Assemble(|base, endpoint, query| at(base, endpoint, &query.replace('&', "&amp;")));
    BASE_PATH_LOST = "base-path-lost",
        "your link lost the path of the base URL",
        "A URL parser drops it when the second part begins with a slash.",
        "Append external/payment/… to the base URL.", COMMON,
        Edit::Assemble(|base, endpoint, query| {
            let path = base.find("://").and_then(|scheme| base[scheme + 3..].find('/').map(|path| scheme + 3 + path));
            at(path.map_or(base, |path| &base[..=path]), endpoint, query)
        });
}

/// Base, endpoint and query put together. The document's base ends with a slash.
pub(super) fn at(base: &str, endpoint: &str, query: &str) -> String {
    format!("{}/external/payment/{endpoint}?{query}", base.trim_end_matches('/'))
}

fn latin_1(value: &str) -> String {
    let mut escaped = String::new();
    for character in value.chars() {
        match u8::try_from(u32::from(character)) {
            Ok(byte) if byte >= 0x80 => escaped.push_str(percent_encode_byte(byte)),
            Ok(_) => escaped.push_str(&component(character.encode_utf8(&mut [0; 4]))),
            Err(_) => escaped.push_str("%3F"),
        }
    }
    escaped
}

fn keep_one(parameters: &mut Vec<Parameter>, value: &str) {
    let mut kept = false;
    parameters.retain_mut(|(name, old)| {
        if name != "receiptemail" {
            return true;
        }
        value.clone_into(old);
        !std::mem::replace(&mut kept, true)
    });
}

/// Renames several receiptemail; a single one is usually sent by its own name.
fn rename(parameters: &mut [Parameter], name: impl Fn(usize) -> String) {
    let several = parameters.iter().filter(|(name, _)| name == "receiptemail").count() > 1;
    let emails = parameters.iter_mut().filter(|(name, _)| several && name == "receiptemail");
    for (place, (old, _)) in emails.enumerate() {
        *old = Cow::Owned(name(place));
    }
}
