//! One payer's browser: cookies, and where it is.

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use url::Url;

/// The cookies of one browser. Like a browser's, they know hosts and not ports.
#[derive(Clone, Debug, Default)]
pub(super) struct Cookies(Vec<Cookie>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Cookie {
    host: String,
    path: String,
    name: String,
    value: String,
}

impl Cookies {
    /// Takes what an answer sets; one that is over is forgotten.
    pub(super) fn take(&mut self, from: &Url, headers: &http::HeaderMap) {
        for header in headers.get_all(http::header::SET_COOKIE) {
            let Ok(text) = header.to_str() else { continue };
            let mut parts = text.split(';').map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { continue };
            let mut path = "/".to_owned();
            let (mut age, mut expires) = (None, None);
            for part in parts {
                match part.split_once('=') {
                    Some((key, value)) if key.eq_ignore_ascii_case("path") && value.starts_with('/') => {
                        value.clone_into(&mut path);
                    }
                    Some((key, given)) if key.eq_ignore_ascii_case("max-age") => {
                        age = given.parse::<i64>().ok().or(age);
                    }
                    Some((key, date)) if key.eq_ignore_ascii_case("expires") => expires = moment(date),
                    _ => {}
                }
            }
            // An age counts for more than a date.
            let is_over = age
                .map_or_else(|| expires.is_some_and(|expires| expires <= Timestamp::now()), |age| age <= 0);
            let host = from.host_str().unwrap_or_default().to_owned();
            self.0.retain(|known| known.host != host || known.path != path || known.name != name);
            if !is_over {
                self.0.push(Cookie { host, path, name: name.to_owned(), value: value.to_owned() });
            }
        }
    }

    /// The `Cookie` header for an address; none where it gets none.
    pub(super) fn header(&self, to: &Url) -> Option<String> {
        let host = to.host_str().unwrap_or_default();
        let fits = |cookie: &&Cookie| {
            let below = to.path().strip_prefix(cookie.path.trim_end_matches('/'));
            cookie.host == host && below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let pairs = self.0.iter().filter(fits).map(|cookie| format!("{}={}", cookie.name, cookie.value));
        Some(pairs.collect::<Vec<_>>().join("; ")).filter(|header| !header.is_empty())
    }
}

/// The moment of a cookie's `Expires`; some write it with dashes: `Thu, 01-Jan-1970 00:00:00 GMT`.
fn moment(date: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(date.replace('-', " ")).ok()
}

/// Whether an address is on this machine.
pub(super) fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_come_back_where_they_belong() {
        let mut cookies = Cookies::default();
        let url = |text: &str| Url::parse(text).expect("a URL");
        let mut set = |text: &str| {
            let mut headers = http::HeaderMap::new();
            headers.append(http::header::SET_COOKIE, text.parse().expect("a header"));
            cookies.take(&url("http://127.0.0.1:3000/"), &headers);
            cookies.clone()
        };
        set("cart=1; Path=/shop; HttpOnly");
        set("sid=a");
        let both = set("sid=b; Path=/");
        assert_eq!(both.header(&url("http://127.0.0.1:3000/shop/x")).as_deref(), Some("cart=1; sid=b"));
        assert_eq!(both.header(&url("http://127.0.0.1:4706/shopping")).as_deref(), Some("sid=b"));
        assert_eq!(both.header(&url("http://localhost:3000/shop")), None);
        let over = set("sid=; Max-Age=0");
        assert_eq!(over.header(&url("http://127.0.0.1:3000/")), None);
        for (end, is_over) in [
            ("Expires=Thu, 01 Jan 1970 00:00:00 GMT", true),
            ("expires=Thu, 01-Jan-1970 00:00:01 GMT", true),
            ("Expires=Fri, 01 Jan 2100 00:00:00 GMT", false),
            ("Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60", false),
            ("Max-Age=0; Expires=Fri, 01 Jan 2100 00:00:00 GMT", true),
            ("Expires=one day", false),
        ] {
            set("sid=a");
            let left = set(&format!("sid=b; Path=/; {end}")).header(&url("http://127.0.0.1:3000/"));
            assert_eq!(left.is_none(), is_over, "{end}");
        }
    }

    #[test]
    fn only_this_machine_is_here() {
        for (text, here) in [
            ("http://127.0.0.1:1/", true),
            ("http://localhost/", true),
            ("http://shop.localhost/", true),
            ("http://[::1]:3000/", true),
            ("http://192.168.1.7/", false),
            ("https://example.com/", false),
            ("http://localhost.example.com/", false),
        ] {
            assert_eq!(is_here(&Url::parse(text).expect("a URL")), here, "{text}");
        }
    }
}
