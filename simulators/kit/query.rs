//! The queries of addresses: how parameters are found in them, rightly and wrongly, and added to them.

/// The query of an address, without the `?`; none if it has none.
#[must_use]
pub fn of(url: &str) -> Option<&str> {
    url.split('#').next()?.split_once('?').map(|(_, query)| query)
}

/// A parameter by its exact name, decoded; of several the last: who adds to a query adds behind.
#[must_use]
pub fn last(url: &str, name: &str) -> Option<String> {
    let pairs = form_urlencoded::parse(of(url)?.as_bytes());
    pairs.filter(|(known, _)| known == name).last().map(|(_, value)| value.into_owned())
}

/// A parameter by its exact name, decoded; of several the first.
#[must_use]
pub fn first(url: &str, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(of(url)?.as_bytes());
    pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// The parameter at a place, decoded, whatever its name.
#[must_use]
pub fn at(url: &str, place: usize) -> Option<String> {
    Some(form_urlencoded::parse(of(url)?.as_bytes()).nth(place)?.1.into_owned())
}

/// What follows `name=` anywhere in the address, not decoded: names that end so are taken for it.
#[must_use]
pub fn loosely<'a>(url: &'a str, name: &str) -> Option<&'a str> {
    let start = url.find(&format!("{name}="))? + name.len() + 1;
    url[start..].split(['&', '#']).next()
}

/// An address with a query of `name=value` pairs, already encoded, behind its own and before its fragment.
#[must_use]
pub fn append(url: &str, query: &str) -> String {
    let (address, fragment) = match url.split_once('#') {
        Some((address, fragment)) => (address, format!("#{fragment}")),
        None => (url, String::new()),
    };
    let glue = match address.split_once('?') {
        None => "?",
        Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
        Some(_) => "&",
    };
    format!("{address}{glue}{query}{fragment}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_goes_behind_the_own_one_and_before_the_fragment() {
        for (url, appended) in [
            ("http://a", "http://a?x=1"),
            ("http://a/?", "http://a/?x=1"),
            ("http://a/?b=1", "http://a/?b=1&x=1"),
            ("http://a/?b=1&", "http://a/?b=1&x=1"),
            ("http://a/#top?b=1", "http://a/?x=1#top?b=1"),
        ] {
            assert_eq!(append(url, "x=1"), appended);
        }
    }

    #[test]
    fn parameters_are_found_by_their_names() {
        let url = "http://a/?reorder=2&order=1%2F2&order=a+b#order=9";
        assert_eq!(last(url, "order").as_deref(), Some("a b"));
        assert_eq!(first(url, "order").as_deref(), Some("1/2"));
        assert_eq!(loosely(url, "order"), Some("2"));
        assert_eq!(at(url, 0).as_deref(), Some("2"));
        assert_eq!(last("http://a", "order"), None);
    }
}
