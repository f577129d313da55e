//! Reading what was sent: whether it is what the shop meant to send, and whether its hash is that of what was
//! sent, in whatever order.

use std::borrow::Cow;

use serde_json::Value;

use super::request::{CHARSET, LATIN_1, Request, answer, bytes, hash};
use super::request_mistakes::{KEY_SENT, MISTAKES};
use super::{HASH, md5_of_bytes};
use crate::kit::diagnosis::explained;
use crate::kit::form_text;
use crate::kit::operation::{Message, Operation as _, Parameter, Received, Reply, Unreadable};
use crate::kit::scheme::Mistake;

/// What a shop has sent and hashed.
#[derive(Clone, Debug)]
pub(crate) struct Hashed {
    /// In the shop's letters, `hash` among them.
    pub(crate) parameters: Vec<(String, String)>,
    /// Whether they were sent in Latin-1; in UTF-8, if not.
    pub(crate) latin_1: bool,
}

/// The mistake that explains the hash of these parameters; `None` where it is right, or nothing explains it.
pub(crate) fn diagnosis(sent: &Hashed, key: &str) -> Option<String> {
    let Hashed { parameters, latin_1 } = sent;
    let own = |(name, value): &(String, String)| (Cow::Owned(name.clone()), value.clone());
    let came: Vec<Parameter> = parameters.iter().map(own).collect();
    let mut given = vec![(Cow::Borrowed("md5key"), key.to_owned())];
    given.extend(latin_1.then(|| (Cow::Borrowed(CHARSET), LATIN_1.to_owned())));
    let message = message(&came, given);
    // Whoever sends the key sends it beside what is hashed.
    let is_key = |(name, value): &Parameter| name == "md5key" && value == key;
    let mut without = message.clone();
    without.parameters.retain(|parameter| !is_key(parameter));
    let sent: Vec<Parameter> = came.iter().filter(|parameter| !is_key(parameter)).cloned().collect();
    let reply = answer(&sent);
    if without != message && Request.observe(&without, &reply) == right(&without) {
        return Some(KEY_SENT.title.to_owned());
    }
    let reply = answer(&came);
    let names_utf_8 = message.value("encoding").is_some_and(|name| name.eq_ignore_ascii_case("UTF-8"));
    if *latin_1 && names_utf_8 && Request.observe(&message, &reply) == right(&message) {
        return Some("you sent and hashed the values in Latin-1, and said encoding=UTF-8".to_owned());
    }
    explained(&Request, &message, &reply).map(|diagnosis| diagnosis.to_string())
}

fn right(message: &Message) -> String {
    Request.reply(message, &[]).map(|reply| Request.observe(message, &reply)).unwrap_or_default()
}

/// What came as a message: the shop is taken to have meant what it sent.
fn message(came: &[Parameter], given: Vec<Parameter>) -> Message {
    let parameters = came.iter().filter(|(name, _)| name != HASH).cloned().collect();
    Message { form: Cow::Borrowed(""), parameters, given }
}

/// Reads the address of the window with its query, or its form: the HTML, the request, or the fields.
pub(super) fn read_request(text: &str, given: &[Parameter]) -> Result<Received, Unreadable> {
    let form = form_text::read(text, "http://127.0.0.1:4701", "merchantnumber=8008001&amount=9995")?;
    let came: Vec<Parameter> =
        form.fields.into_iter().map(|(name, value)| (Cow::Owned(name), value)).collect();
    let message = message(&came, given.to_vec());
    Request.legal(&message)?;
    Ok(Received { operation: &Request, message, claimed: answer(&came), readings: Vec::new() })
}

/// What an answer comes to: what is not sent as it was given, and whose hash it is. An empty value adds
/// nothing, so that it makes no difference whether it is sent; nor does the order, as long as the hash is of
/// the same.
pub(super) fn observed(message: &Message, reply: &Reply) -> String {
    let Reply::Answer(answer) = reply else { return "rejected".to_owned() };
    let (hashes, sent): (Vec<Parameter>, Vec<Parameter>) =
        pairs(answer.get("parameters")).into_iter().partition(|(name, _)| name == HASH);
    let mut lines = differences(&message.parameters, &sent);
    if lines.is_empty() {
        lines.push("every parameter".to_owned());
    }
    lines.push(match hashes.as_slice() {
        [] => "no hash".to_owned(),
        [(_, claimed)] => whose(message, sent, claimed),
        _ => "several hashes".to_owned(),
    });
    lines.join("\n  ")
}

fn pairs(value: Option<&Value>) -> Vec<Parameter> {
    let pairs: Option<Vec<(String, String)>> =
        value.and_then(|value| serde_json::from_value(value.clone()).ok());
    pairs.unwrap_or_default().into_iter().map(|(name, value)| (Cow::Owned(name), value)).collect()
}

/// The key's name, under which nobody sends anything of the shop's own.
const KEY_NAME: &str = "md5key";

/// What is not sent, and what is sent besides, by name. What is added is told without its name, so that one
/// addition looks like another; blanks at the ends of a value make no difference as long as the hash has them.
fn differences(given: &[Parameter], sent: &[Parameter]) -> Vec<String> {
    let without = |from: &[Parameter], others: &[Parameter], what: &str| {
        let mut others: Vec<&Parameter> = others.iter().collect();
        let mut rest: Vec<String> = Vec::new();
        for parameter in from.iter().filter(|(_, value)| !value.is_empty()) {
            let is_same = |other: &&Parameter| other.0 == parameter.0 && other.1.trim() == parameter.1.trim();
            match others.iter().position(is_same) {
                Some(place) => drop(others.swap_remove(place)),
                None => rest.push(format!("{what}: {} = {}", parameter.0, parameter.1)),
            }
        }
        rest.sort();
        rest
    };
    let mut given = given.to_vec();
    let mut sent: Vec<Parameter> = sent.to_vec();
    let mut lines: Vec<String> = Vec::new();
    // The shop's own version is its own affair.
    let is_added = |(name, value): &Parameter| {
        let is_new = !given.iter().any(|(known, _)| known == name);
        !value.is_empty()
            && name != KEY_NAME
            && (is_new || name == "cms" && !given.contains(&(name.clone(), value.clone())))
    };
    let (added, kept): (Vec<Parameter>, Vec<Parameter>) = sent.into_iter().partition(is_added);
    sent = kept;
    if !added.is_empty() {
        lines.push("sent besides: what is not among the parameters".to_owned());
        if added.iter().any(|(name, _)| name == "cms") {
            given.retain(|(name, _)| name != "cms");
        }
    }
    lines.extend(without(&given, &sent, "not sent"));
    lines.extend(without(&sent, &given, "sent besides"));
    lines
}

/// Whose hash it is. A wrong one is told as it would be in the order of the call, so that a mistake looks the
/// same in whatever order somebody sends.
fn whose(message: &Message, sent: Vec<Parameter>, claimed: &str) -> String {
    let values: Vec<u8> = sent.iter().flat_map(|(_, value)| bytes(message, value)).collect();
    let sum = md5_of_bytes(&values, message.given("md5key"));
    if claimed == sum {
        return "hash: of what is sent".to_owned();
    }
    if claimed.eq_ignore_ascii_case(&sum) {
        return "hash: of what is sent, in upper case".to_owned();
    }
    if in_order_of(&message.parameters, &sent) {
        return format!("hash: {claimed}");
    }
    let as_called = |made: &[&'static Mistake]| hash(message, made);
    if explanations().any(|made| as_called(&made).as_deref() == Some(claimed)) {
        return format!("hash: {claimed}, of another order than it is sent in");
    }
    let other = Message { parameters: sent, ..message.clone() };
    let made = explanations().find(|made| hash(&other, made).as_deref() == Some(claimed));
    let called = made.and_then(|made| as_called(&made));
    format!("hash: {}", called.as_deref().unwrap_or(claimed))
}

/// Whether those of the names that both have stand in the same order.
fn in_order_of(given: &[Parameter], sent: &[Parameter]) -> bool {
    let places = sent.iter().filter_map(|(name, _)| given.iter().position(|(known, _)| known == name));
    places.is_sorted()
}

/// No mistake, and each alone. Pairs are too many to try on every answer.
fn explanations() -> impl Iterator<Item = Vec<&'static Mistake>> {
    std::iter::once(Vec::new()).chain(MISTAKES.iter().map(|mistake| vec![*mistake]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bambora::signing::md5_of;
    use crate::kit::operation::{Judgement, judge};

    const KEY: &str = "secretmd5";

    fn of(query: &str) -> Vec<Parameter> {
        let pairs = form_urlencoded::parse(query.as_bytes());
        pairs.map(|(name, value)| (Cow::Owned(name.into_owned()), value.into_owned())).collect()
    }

    fn asked() -> Message {
        let parameters =
            of("windowstate=3&merchantnumber=1234567&currency=DKK&amount=9995&group=&orderid=0077");
        Message { parameters, given: of("md5key=secretmd5"), ..Message::default() }
    }

    /// What a shop sends that sends this, with the hash of these values.
    fn sending(query: &str, hashed: &str) -> Reply {
        let mut sent = of(query);
        sent.push((Cow::Borrowed(HASH), md5_of([hashed], "")));
        answer(&sent)
    }

    #[test]
    fn any_order_is_right_as_long_as_it_is_the_hashs() {
        let sorted = "amount=9995&currency=DKK&group=&merchantnumber=1234567&orderid=0077&windowstate=3";
        let without_empty = "windowstate=3&merchantnumber=1234567&currency=DKK&amount=9995&orderid=0077";
        for (query, hashed) in
            [(sorted, "9995DKK123456700773secretmd5"), (without_empty, "31234567DKK99950077secretmd5")]
        {
            assert_eq!(judge(&Request, &asked(), &sending(query, hashed)), Judgement::Right, "{query}");
        }
    }

    #[test]
    fn a_mistake_is_named_in_whatever_order_somebody_sends() {
        let sorted = "amount=9995&currency=DKK&group=&merchantnumber=1234567&orderid=0077&windowstate=3";
        for (hashed, mistake) in [
            ("secretmd59995DKK123456700773", "bambora.request/key-first"),
            ("31234567DKK99950077secretmd5", "bambora.request/sent-in-another-order"),
            ("9995208123456700773secretmd5", "bambora.request/currency-hashed-as-number"),
        ] {
            let diagnosis = explained(&Request, &asked(), &sending(sorted, hashed)).expect(mistake);
            assert!(diagnosis.is_certain() && diagnosis.names(mistake), "{mistake}: {diagnosis}");
        }
        let unknown = explained(&Request, &asked(), &sending(sorted, "something else"));
        assert!(unknown.is_none(), "{unknown:?}");
    }

    #[test]
    fn what_is_not_sent_as_it_was_asked_is_told() {
        let reply = sending("merchantnumber=1234567&currency=DKK&amount=99.95&orderid=0077&x=1", "");
        let observed = observed(&asked(), &reply);
        for line in [
            "not sent: amount = 9995",
            "not sent: windowstate = 3",
            "sent besides: amount = 99.95",
            "sent besides: what is not among the parameters",
        ] {
            assert!(observed.contains(line), "{observed}");
        }
    }

    #[test]
    fn the_window_learns_what_was_done_wrong() {
        let sent = |query: &str| {
            let pairs = of(query).into_iter().map(|(name, value)| (name.into_owned(), value));
            Hashed { parameters: pairs.collect(), latin_1: false }
        };
        let plain = "merchantnumber=1234567&amount=9995&currency=DKK";
        let right = format!("{plain}&hash=ba83e555aaa71bf932da19326a1866e1");
        assert_eq!(diagnosis(&sent(&right), KEY), None);
        assert_eq!(
            diagnosis(&sent(&format!("{right}&md5key={KEY}")), KEY).as_deref(),
            Some("you sent the key as a parameter")
        );
        let first = md5_of([KEY, "1234567", "9995", "DKK"], "");
        assert_eq!(
            diagnosis(&sent(&format!("{plain}&hash={first}")), KEY).as_deref(),
            Some("you put the key before the values")
        );
        assert_eq!(diagnosis(&sent(&format!("{plain}&hash=0")), KEY), None);
        // In Latin-1 the bytes are others, and so is the wrong hash of them.
        let latin = |encoding: &str, hashed: &[u8]| {
            let query = format!("{plain}&ordertext=R%C3%B8d{encoding}&hash={}", md5_of_bytes(hashed, ""));
            diagnosis(&Hashed { latin_1: true, ..sent(&query) }, KEY)
        };
        assert_eq!(latin("", b"12345679995DKKR\xf8dsecretmd5"), None);
        assert_eq!(
            latin("", b"secretmd512345679995DKKR\xf8d").as_deref(),
            Some("you put the key before the values")
        );
        let said = latin("&encoding=UTF-8", b"12345679995DKKR\xf8dUTF-8secretmd5");
        assert!(said.as_deref().is_some_and(|said| said.ends_with("said encoding=UTF-8")), "{said:?}");
    }
}
