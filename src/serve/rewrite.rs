//! Callbacks that go elsewhere than the shop wants them: it says how payers and itself reach it, and we may be in
//! another container.

use std::str::FromStr;

use url::{Origin, Url};

/// One beginning of addresses that stands for another: `http://localhost:3000=http://shop:3000`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    from: Base,
    to: Base,
}

/// An origin, with a path or without.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Base {
    origin: Origin,
    /// Without a slash at the end; nothing for all of the origin.
    path: String,
}

/// Why a text is no rewriting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` cannot be used: {why}; write FROM=TO, as http://localhost:3000=http://shop:3000")]
pub struct NoRewrite {
    /// The text.
    text: String,
    /// What is wrong with it.
    why: String,
}

impl Base {
    fn read(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| format!("`{text}` is no address: {error}"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("`{text}` is neither http nor https"));
        }
        let is_more = url.query().is_some()
            || url.fragment().is_some()
            || url.password().is_some()
            || !url.username().is_empty();
        if is_more {
            return Err(format!("`{text}` has more than an origin and a path"));
        }
        Ok(Self { origin: url.origin(), path: url.path().trim_end_matches('/').to_owned() })
    }

    /// What comes behind this in an address that begins with it: whole segments of its path.
    fn behind<'a>(&self, url: &'a Url) -> Option<&'a str> {
        let rest = url.path().strip_prefix(&self.path)?;
        (url.origin() == self.origin && (rest.is_empty() || rest.starts_with('/'))).then_some(rest)
    }
}

impl Rewrite {
    /// Whether an address is one that it makes of others.
    #[cfg(feature = "cli")]
    pub(super) fn leads_to(&self, url: &Url) -> bool {
        self.to.behind(url).is_some()
    }
}

impl FromStr for Rewrite {
    type Err = NoRewrite;

    fn from_str(text: &str) -> Result<Self, NoRewrite> {
        let refused = |why: String| NoRewrite { text: text.to_owned(), why };
        // A path may hold a = of its own.
        let at = text.to_ascii_lowercase().find("=http").ok_or_else(|| {
            refused(match text.rsplit_once('=') {
                Some((_, second)) if !second.is_empty() => {
                    format!("`{second}` begins with neither http:// nor https://")
                }
                _ => "it has no second address behind a =".to_owned(),
            })
        })?;
        let (from, to) = (Base::read(&text[..at]), Base::read(&text[at + 1..]));
        Ok(Self { from: from.map_err(refused)?, to: to.map_err(refused)? })
    }
}

/// Where what is meant for an address goes: the longest beginning counts, and of two that are the same the first.
/// Nothing where none fits.
pub(super) fn rewritten(rewrites: &[Rewrite], url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let mut best: Option<(&Rewrite, &str)> = None;
    for rewrite in rewrites {
        if let Some(rest) = rewrite.from.behind(&url)
            && best.is_none_or(|(known, _)| known.from.path.len() < rewrite.from.path.len())
        {
            best = Some((rewrite, rest));
        }
    }
    let (Rewrite { to, .. }, rest) = best?;
    let query = url.query().map_or_else(String::new, |query| format!("?{query}"));
    let rest = if to.path.is_empty() && rest.is_empty() { "/" } else { rest };
    Some(format!("{}{}{rest}{query}", to.origin.ascii_serialization(), to.path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_beginning_of_whole_segments_counts() {
        let all: Vec<Rewrite> = [
            "http://localhost:3000=http://shop:3000",
            "http://localhost:3000/api/=https://api.internal:8443/v1/",
            "http://localhost:3000/api/a=b=http://equals",
            "https://shop.test.example=http://10.0.0.7",
        ]
        .map(|text| text.parse().expect(text))
        .into();
        for (url, goes) in [
            ("http://localhost:3000/cb?a=%20b&c", Some("http://shop:3000/cb?a=%20b&c")),
            ("http://localhost:3000", Some("http://shop:3000/")),
            ("http://LOCALHOST:3000/cb", Some("http://shop:3000/cb")),
            ("http://localhost:3000/api", Some("https://api.internal:8443/v1")),
            ("http://localhost:3000/api/cb", Some("https://api.internal:8443/v1/cb")),
            ("http://localhost:3000/apis/cb", Some("http://shop:3000/apis/cb")),
            ("http://localhost:3000/api/a=b/c", Some("http://equals/c")),
            ("https://shop.test.example:443/cb", Some("http://10.0.0.7/cb")),
            ("http://shop.test.example/cb", None),
            ("http://localhost/cb", None),
            ("https://localhost:3000/cb", None),
            ("no address", None),
        ] {
            assert_eq!(rewritten(&all, url).as_deref(), goes, "{url}");
        }
    }

    #[test]
    fn what_is_no_rewriting_is_told() {
        for (text, why) in [
            ("http://localhost:3000", "no second address"),
            ("localhost:3000=http://shop:3000", "neither http nor https"),
            ("http://localhost:3000=", "no second address"),
            ("http://localhost:3000=shop:3000", "`shop:3000` begins with neither http:// nor https://"),
            ("http://a=b", "`b` begins with neither http:// nor https://"),
            ("http://a=ftp://b", "`ftp://b` begins with neither http:// nor https://"),
            ("ftp://localhost=http://shop", "neither http nor https"),
            ("http://localhost?a=http://shop?b", "more than an origin"),
            ("http://me@localhost=http://shop", "more than an origin"),
            ("http://=http://shop", "is no address"),
        ] {
            let refused = text.parse::<Rewrite>().expect_err(text).to_string();
            assert!(refused.contains(why) && refused.contains("FROM=TO"), "{text}: {refused}");
        }
    }
}
