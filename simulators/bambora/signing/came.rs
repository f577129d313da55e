//! The query that came with a return or a callback, and hashes of it: the right one, and those of people who
//! compute another.

use std::cell::RefCell;
use std::rc::Rc;

use percent_encoding::percent_decode_str;

use super::{HASH, md5_of, md5_of_bytes};
use crate::kit::digest;
use crate::kit::escape::{html, latin_1};
use crate::kit::operation::Message;
use crate::kit::query;

/// A parameter as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) name: String,
    /// Decoded.
    pub(super) value: String,
    /// As it stands in the address.
    pub(super) raw: String,
}

/// The parameters of an address, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Came {
    /// All but the hash.
    pub(super) pairs: Vec<Pair>,
    /// The hash that came; none where there is no such parameter.
    pub(super) hash: Option<String>,
}

thread_local! {
    /// The address that was read last: all conditions ask about one message in a row.
    static LAST: RefCell<(String, Rc<Came>)> = RefCell::default();
}

/// What came with a message's address.
pub(super) fn came(message: &Message) -> Rc<Came> {
    let url = message.given("url");
    LAST.with_borrow_mut(|(last, came)| {
        if last != url {
            url.clone_into(last);
            *came = Rc::new(read(url));
        }
        Rc::clone(came)
    })
}

fn read(url: &str) -> Came {
    let mut came = Came::default();
    let pieces = query::of(url).unwrap_or_default().split('&').filter(|piece| !piece.is_empty());
    for piece in pieces {
        let (name, raw) = piece.split_once('=').unwrap_or((piece, ""));
        let (name, value) = (decoded(name), decoded(raw));
        if name == HASH {
            came.hash = Some(value);
        } else {
            came.pairs.push(Pair { name, value, raw: raw.to_owned() });
        }
    }
    came
}

/// What a text of a query stands for, in whatever encoding.
fn bytes(text: &str) -> Vec<u8> {
    if is_plain(text) {
        return text.as_bytes().to_vec();
    }
    percent_decode_str(&text.replace('+', " ")).collect()
}

fn decoded(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    String::from_utf8_lossy(&bytes(text)).into_owned()
}

/// Whether a text of a query stands for itself, as most do.
fn is_plain(text: &str) -> bool {
    !text.bytes().any(|byte| matches!(byte, b'%' | b'+'))
}

impl Came {
    /// A parameter by its name; of several the last, for ePay puts its own behind the shop's.
    pub(super) fn last(&self, name: &str) -> Option<&str> {
        self.pairs.iter().rfind(|pair| pair.name == name).map(|pair| pair.value.as_str())
    }

    /// Whether a name of ePay's stands in it more than once.
    pub(super) fn repeats(&self) -> bool {
        let count = |name: &str| self.pairs.iter().filter(|pair| pair.name == name).count();
        self.pairs.iter().any(|pair| count(&pair.name) > 1)
    }

    /// Where ePay's own parameters begin.
    pub(super) fn own_end(&self) -> usize {
        self.pairs.iter().rposition(|pair| pair.name == "txnid").unwrap_or_default()
    }

    fn values(&self) -> String {
        self.pairs.iter().map(|pair| pair.value.as_str()).collect()
    }

    fn of_each(&self, key: &str, value: impl Fn(&Pair) -> String) -> String {
        let values: Vec<String> = self.pairs.iter().map(value).collect();
        md5_of(values.iter().map(String::as_str), key)
    }

    fn of_some(&self, key: &str, is_taken: impl Fn(&Pair) -> bool) -> String {
        md5_of(self.pairs.iter().filter(|pair| is_taken(pair)).map(|pair| pair.value.as_str()), key)
    }
}

/// Computes the hash of what came in some way, with a key.
pub(super) type Way = fn(&Came, &str) -> String;

pub(super) fn right(came: &Came, key: &str) -> String {
    let values: Vec<Vec<u8>> = came.pairs.iter().map(|pair| bytes(&pair.raw)).collect();
    md5_of_bytes(&values.concat(), key)
}

/// Whether the hash that came is the one that this way computes.
pub(super) fn agrees(message: &Message, way: Way) -> bool {
    let came = came(message);
    let sum = way(&came, message.given("md5key"));
    came.hash.as_ref().is_some_and(|hash| digest::same(hash, &sum))
}

/// What the document's sample and the oldest integrations know.
const OLDEST: &[&str] = &[
    "txnid",
    "orderid",
    "amount",
    "currency",
    "date",
    "time",
    "txnfee",
    "subscriptionid",
    "paymenttype",
    "cardno",
];

pub(super) fn own_left_out(came: &Came, key: &str) -> String {
    md5_of(came.pairs[came.own_end()..].iter().map(|pair| pair.value.as_str()), key)
}

pub(super) fn oldest_alone(came: &Came, key: &str) -> String {
    came.of_some(key, |pair| OLDEST.contains(&pair.name.as_str()))
}

/// A pattern of letters, digits and _ does not find the others.
pub(super) fn hyphens_lost(came: &Came, key: &str) -> String {
    came.of_some(key, |pair| pair.name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
}

pub(super) fn zeros_left_out(came: &Came, key: &str) -> String {
    came.of_some(key, |pair| pair.value != "0")
}

pub(super) fn raw(came: &Came, key: &str) -> String {
    came.of_each(key, |pair| pair.raw.clone())
}

pub(super) fn plus_kept(came: &Came, key: &str) -> String {
    came.of_each(key, |pair| percent_decode_str(&pair.raw).decode_utf8_lossy().into_owned())
}

pub(super) fn trimmed(came: &Came, key: &str) -> String {
    came.of_each(key, |pair| pair.value.trim().to_owned())
}

/// As `WordPress` does with `sanitize_text_field`: no tags, and single blanks between words.
pub(super) fn sanitized(came: &Came, key: &str) -> String {
    came.of_each(key, |pair| {
        let mut plain = String::new();
        let mut rest = pair.value.as_str();
        while let Some((before, tag)) = rest.split_once('<') {
            let Some((_, after)) = tag.split_once('>') else { break };
            plain.push_str(before);
            rest = after;
        }
        plain.push_str(rest);
        plain.split_whitespace().collect::<Vec<_>>().join(" ")
    })
}

pub(super) fn html_escaped(came: &Came, key: &str) -> String {
    came.of_each(key, |pair| String::from_utf8_lossy(&html(pair.value.as_bytes())).into_owned())
}

/// As `WordPress` does with every request.
pub(super) fn slashes_added(came: &Came, key: &str) -> String {
    let slashed = |value: &str| value.replace('\\', "\\\\").replace('\'', "\\'").replace('"', "\\\"");
    came.of_each(key, |pair| slashed(&pair.value))
}

pub(super) fn digits_as_numbers(came: &Came, key: &str) -> String {
    came.of_each(key, |pair| {
        let number = pair.value.parse::<u64>().ok().filter(|_| !pair.value.starts_with('+'));
        number.map_or_else(|| pair.value.clone(), |number| number.to_string())
    })
}

pub(super) fn read_as_latin_1(came: &Came, key: &str) -> String {
    came.of_each(key, |pair| pair.value.bytes().map(char::from).collect())
}

pub(super) fn in_latin_1(came: &Came, key: &str) -> String {
    digest::hex(&digest::md5(&latin_1((came.values() + key).as_bytes())))
}

pub(super) fn sorted(came: &Came, key: &str) -> String {
    let mut pairs: Vec<&Pair> = came.pairs.iter().collect();
    pairs.sort_by_key(|pair| &pair.name);
    md5_of(pairs.into_iter().map(|pair| pair.value.as_str()), key)
}

/// ePay's parameters before the shop's, as a framework has them that adds its own routing at the end.
pub(super) fn own_last(came: &Came, key: &str) -> String {
    let (own, theirs) = came.pairs.split_at(came.own_end());
    md5_of(theirs.iter().chain(own).map(|pair| pair.value.as_str()), key)
}

pub(super) fn query_string(came: &Came, key: &str) -> String {
    let pairs: Vec<String> = came.pairs.iter().map(|pair| format!("{}={}", pair.name, pair.raw)).collect();
    md5_of([pairs.join("&").as_str()], key)
}

pub(super) fn key_first(came: &Came, key: &str) -> String {
    md5_of([key, &came.values()], "")
}

pub(super) fn key_missing(came: &Came, _: &str) -> String {
    right(came, "")
}

pub(super) fn key_twice(came: &Came, key: &str) -> String {
    right(came, &key.repeat(2))
}

pub(super) fn key_newline(came: &Came, key: &str) -> String {
    right(came, &format!("{key}\n"))
}

pub(super) fn hmac(came: &Came, key: &str) -> String {
    digest::hex(&digest::hmac(digest::md5, key.as_bytes(), came.values().as_bytes()))
}

pub(super) fn sha_1(came: &Came, key: &str) -> String {
    digest::hex(&digest::sha1((came.values() + key).as_bytes()))
}

pub(super) fn sha_256(came: &Came, key: &str) -> String {
    digest::hex(&digest::sha256((came.values() + key).as_bytes()))
}

pub(super) fn base64(came: &Came, key: &str) -> String {
    digest::base64(&digest::md5((came.values() + key).as_bytes()))
}

pub(super) fn upper_case(came: &Came, key: &str) -> String {
    right(came, key).to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_in_its_order() {
        let came = read("https://shop.test/?wc-api=Epay&ref=a%20b%26c&q=a+b&flag&txnid=1&hash=AB#top&x=1");
        let pairs: Vec<_> = came.pairs.iter().map(|pair| (pair.name.as_str(), pair.value.as_str())).collect();
        assert_eq!(pairs, [("wc-api", "Epay"), ("ref", "a b&c"), ("q", "a b"), ("flag", ""), ("txnid", "1")]);
        assert_eq!((came.hash.as_deref(), came.own_end()), (Some("AB"), 4));
    }
}
