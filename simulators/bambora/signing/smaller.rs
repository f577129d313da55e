//! Returns that are simpler: with fewer parameters, and hashed anew in the same way.

use super::came::{self, Came, Pair, agrees, came};
use super::return_mistakes::WAYS;
use crate::kit::digest;
use crate::kit::operation::Message;
use crate::kit::query;
use crate::kit::simpler::simpler_values;

/// What comes with every payment. It is never left out: a shop may rely on that.
const ALWAYS: &[&str] = &[
    "txnid",
    "orderid",
    "amount",
    "currency",
    "date",
    "time",
    "txnfee",
    "subscriptionid",
    "paymenttype",
    "error",
];

/// Messages that are simpler, the simplest first.
pub(super) fn shrink(message: &Message) -> Vec<Message> {
    let came = came(message);
    let hashed = hashed_anew(message);
    let own_end = came.own_end();
    let is_kept = |place: usize, pair: &Pair| place >= own_end && ALWAYS.contains(&pair.name.as_str());
    let mut simpler: Vec<Message> = Vec::new();
    let kept = came.pairs.iter().enumerate().filter(|(place, pair)| is_kept(*place, pair));
    simpler.push(hashed(&kept.map(|(_, pair)| pair.clone()).collect::<Vec<_>>(), message));
    for (place, pair) in came.pairs.iter().enumerate() {
        if !is_kept(place, pair) {
            let mut fewer = came.pairs.clone();
            fewer.remove(place);
            simpler.push(hashed(&fewer, message));
        }
    }
    for (place, pair) in came.pairs.iter().enumerate().take(own_end) {
        for value in simpler_values(&pair.raw, "") {
            // A part of an escape would be read otherwise.
            if !value.contains('%') || value.contains("%20") && value.matches('%').count() == 1 {
                let mut other = came.pairs.clone();
                other[place] = Pair { value: value.replace("%20", " "), raw: value, ..pair.clone() };
                simpler.push(hashed(&other, message));
            }
        }
    }
    simpler.push(hashed(&came.pairs, &with(message, "md5key", "k")));
    simpler.extend(
        both(message, &came, "order", "orderid", "1").map(|(message, pairs)| hashed(&pairs, &message)),
    );
    if message.given("amount") != "0" {
        let simple = both(message, &came, "amount", "amount", "100");
        simpler.extend(simple.map(|(message, pairs)| hashed(&pairs, &message)));
    }
    simpler.retain(|other| other != message);
    simpler
}

/// Puts other parameters into a message, at a plain address, with a hash that is made as its own is. One that
/// nobody can make is left as it is, and is as wrong for the others.
fn hashed_anew(message: &Message) -> impl Fn(&[Pair], &Message) -> Message + use<> {
    let own = came(message).hash.clone();
    let is_right = agrees(message, came::right);
    let way = WAYS.iter().find(|(_, way)| agrees(message, *way)).map(|(_, way)| *way);
    let way = if is_right { Some(came::right as came::Way) } else { way };
    move |pairs, message| {
        let came = Came { pairs: pairs.to_vec(), hash: None };
        let hash = way.map(|way| way(&came, message.given("md5key"))).or_else(|| own.clone());
        let mut pieces: Vec<String> =
            pairs.iter().map(|pair| format!("{}={}", pair.name, pair.raw)).collect();
        // Base64 has characters that mean something else in a query.
        let hash = hash.map(|hash| form_urlencoded::byte_serialize(hash.as_bytes()).collect::<String>());
        pieces.extend(hash.map(|hash| format!("hash={hash}")));
        with(message, "url", &query::append("http://a/", &pieces.join("&")))
    }
}

fn with(message: &Message, name: &str, value: &str) -> Message {
    let mut other = message.clone();
    for (_, place) in other.given.iter_mut().filter(|(known, _)| known == name) {
        value.clone_into(place);
    }
    other
}

/// The same for a simpler order or amount, in the shop and in what came, where these are the same.
fn both(
    message: &Message,
    came: &Came,
    given: &str,
    name: &str,
    simple: &str,
) -> Option<(Message, Vec<Pair>)> {
    let own = message.given(given);
    let are_same = came.last(name) == Some(own) && own.chars().count() >= simple.len();
    are_same.then(|| {
        let mut pairs = came.pairs.clone();
        for pair in
            pairs.iter_mut().filter(|pair| pair.name.ends_with(name) && digest::same(&pair.value, own))
        {
            simple.clone_into(&mut pair.value);
            simple.clone_into(&mut pair.raw);
        }
        (with(message, given, simple), pairs)
    })
}
