//! Whether two faults of a shop have one cause: the same kind at the same route, whatever the order.

use super::fault::{FaultKind, ShopFault};

impl ShopFault {
    /// Whether both have one cause, so that a report tells it once.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        std::mem::discriminant(&self.kind) == std::mem::discriminant(&other.kind)
            && cause(&self.kind) == cause(&other.kind)
    }
}

/// What of a fault is the same for every order.
fn cause(kind: &FaultKind) -> Vec<String> {
    match kind {
        // What came is another for each order; its status is not.
        FaultKind::Garbage { url, what, got } => {
            let status = got.split_whitespace().next().unwrap_or_default();
            vec![route(url), plain(what), status.to_owned()]
        }
        FaultKind::Unreachable { what, url, .. }
        | FaultKind::Silent { what, url, .. }
        | FaultKind::Untrusted { what, url, .. } => {
            vec![what.clone(), route(url)]
        }
        FaultKind::Closed { what, url, why } | FaultKind::NoHttp { what, url, why } => {
            vec![what.clone(), route(url), plain(why)]
        }
        FaultKind::Callback { url, how } => vec![route(url), plain(how)],
        FaultKind::Away { url, .. } => vec![route(url)],
        FaultKind::Start { .. }
        | FaultKind::Ended { .. }
        | FaultKind::NotReady { .. }
        | FaultKind::Endless { .. }
        | FaultKind::Feature(_)
        | FaultKind::Own(_) => vec![kind.to_string()],
    }
}

/// An address without what stands behind the question mark, and without names and numbers.
fn route(url: &str) -> String {
    plain(url.split(['?', '#']).next().unwrap_or_default())
}

/// A text in which every word with a digit in it is the same: ports, ids, and the names of orders.
fn plain(text: &str) -> String {
    let is_word = |sign: char| sign.is_alphanumeric() || sign == '-' || sign == '_';
    let mut plain = String::new();
    for part in text.split_inclusive(|sign| !is_word(sign)) {
        let word = part.trim_end_matches(|sign| !is_word(sign));
        plain.push_str(if word.contains(|sign: char| sign.is_ascii_digit()) { "0" } else { word });
        plain.push_str(&part[word.len()..]);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn garbage(url: &str, what: &str, got: &str) -> ShopFault {
        FaultKind::Garbage { url: url.to_owned(), what: what.to_owned(), got: got.to_owned() }.into()
    }

    #[test]
    fn faults_are_told_apart_by_their_routes_and_kinds_and_not_by_their_orders() {
        let one = garbage("http://127.0.0.1:3000/orders/mfx1a?x=1", "order mfx1a has no word", "200 {1}");
        for (other, same) in [
            (garbage("http://127.0.0.1:3000/orders/mfx2b", "order mfx2b has no word", "200 {2}"), true),
            (garbage("http://127.0.0.1:3000/orders/mfx2b", "order mfx2b has no word", "500 {2}"), false),
            (garbage("http://127.0.0.1:3000/buy/mfx2b", "order mfx2b has no word", "200 {2}"), false),
            (garbage("http://127.0.0.1:3000/orders/mfx2b", "`bezahlt` is no word", "200 {2}"), false),
            (FaultKind::Feature("order mfx1a has no word".to_owned()).into(), false),
        ] {
            assert_eq!(one.is_same(&other), same, "{one} / {other}");
        }
    }
}
