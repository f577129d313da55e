//! What a provider answers to: methods and paths, with what each does.

use std::collections::BTreeMap;

use serde::Serialize;

use super::problem::nearest;

/// The longest path that is compared with those that there are.
const LONGEST: usize = 200;

/// A method and a path of a provider's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Endpoint {
    /// `POST`.
    pub method: String,
    /// Below the provider's origin; what differs stands in braces: `/payments/{id}/capture`.
    pub path: String,
    /// What it does, in a few words.
    pub does: String,
}

/// The endpoints of a file `endpoints.toml`, by their paths. The file is part of the program, and a test reads it: one
/// that does not parse gives none.
#[must_use]
pub fn endpoints_in(text: &str) -> Vec<Endpoint> {
    let read = toml::from_str::<BTreeMap<String, String>>(text).unwrap_or_default();
    let mut endpoints: Vec<Endpoint> = read
        .into_iter()
        .filter_map(|(called, does)| {
            let (method, path) = called.split_once(' ')?;
            Some(Endpoint { method: method.to_owned(), path: path.to_owned(), does })
        })
        .collect();
    endpoints.sort_by(|one, other| (&one.path, &one.method).cmp(&(&other.path, &other.method)));
    endpoints
}

/// What was probably meant by a request that meets none of these; nothing where one takes it.
#[must_use]
pub fn stray(endpoints: &[Endpoint], method: &str, path: &str) -> Option<String> {
    // What a browser or a tool asks for by itself is meant for no endpoint.
    if path.len() > LONGEST || method == "OPTIONS" {
        return None;
    }
    let method = if method == "HEAD" { "GET" } else { method };
    // A path of nothing but parts that differ fits nearly everything, and says nothing.
    let (open, named): (Vec<&Endpoint>, Vec<&Endpoint>) = endpoints.iter().partition(|endpoint| {
        endpoint.path.split('/').skip(1).all(|part| part.starts_with('{') && part.ends_with('}'))
    });
    let with = |path: &str| named.iter().find(|endpoint| endpoint.fits(&format!("{method} {path}")));
    if with(path).is_some() {
        return None;
    }
    let others = named.iter().filter(|endpoint| endpoint.fits(path));
    let others: Vec<&str> = others.map(|endpoint| endpoint.method.as_str()).collect();
    if !others.is_empty() {
        return Some(format!("{path} takes {}, and not {method}", others.join(", ")));
    }
    // A version or a folder too many, or one that is missing, is the usual mistake in a base URL.
    let cuts = path.match_indices('/').skip(1).map(|(at, _)| &path[at..]).filter(|rest| rest.len() > 1);
    let slash = path.strip_suffix('/').map_or_else(|| format!("{path}/"), ToOwned::to_owned);
    let below = format!("/folder{path}");
    let meant = with(&slash).or_else(|| cuts.clone().find_map(with)).or_else(|| with(&below));
    let meant = meant.map(|endpoint| endpoint.called());
    if meant.is_none() && open.iter().any(|endpoint| endpoint.fits(path)) {
        return None;
    }
    let near = meant.or_else(|| {
        let all: Vec<String> = named.iter().map(|endpoint| endpoint.called()).collect();
        nearest(&format!("{method} {path}"), all.iter().map(String::as_str)).map(ToOwned::to_owned)
    });
    Some(match near {
        Some(near) => format!("there is no {method} {path} here. Did you mean {near}?"),
        None => format!(
            "there is no {method} {path} here. The provider's page in the live view lists what there is."
        ),
    })
}

impl Endpoint {
    /// As a request line has it: `POST /payments/{id}/capture`.
    #[must_use]
    pub fn called(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Whether a pattern can mean it: a path in which `*` stands for anything, with or without a method before it.
    #[must_use]
    pub fn fits(&self, pattern: &str) -> bool {
        let (method, path) =
            pattern.split_once(' ').map_or((None, pattern), |(method, path)| (Some(method), path));
        method.is_none_or(|method| method.eq_ignore_ascii_case(&self.method))
            && meet(path.as_bytes(), self.stars().as_bytes())
    }

    /// The path with a star for each of what differs.
    fn stars(&self) -> String {
        let mut stars = String::new();
        let mut rest = self.path.as_str();
        while let Some((before, behind)) = rest.split_once('{') {
            stars.push_str(before);
            stars.push('*');
            rest = behind.split_once('}').map_or("", |(_, rest)| rest);
        }
        stars + rest
    }
}

/// Whether there is a text that fits both patterns; a star of the second stands for one part of a path.
fn meet(one: &[u8], other: &[u8]) -> bool {
    // Which beginnings of `other` a text can fit that fits what was gone through of `one`.
    let mut row: Vec<bool> = vec![false; other.len() + 1];
    row[0] = true;
    for at in 0..other.len() {
        row[at + 1] = row[at] && other[at] == b'*';
    }
    for byte in one {
        let mut next = vec![false; other.len() + 1];
        next[0] = row[0] && *byte == b'*';
        for at in 0..other.len() {
            next[at + 1] = match (*byte, other[at]) {
                (b'*', _) => next[at] || row[at + 1],
                // What differs in a path is one part of it.
                (one, b'*') => next[at] || (row[at + 1] && one != b'/'),
                (one, other) => row[at] && one == other,
            };
        }
        row = next;
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capture() -> Endpoint {
        let all = endpoints_in("\"POST /payments/{id}/capture\" = \"captures\"");
        assert_eq!(all.len(), 1);
        all[0].clone()
    }

    #[test]
    fn what_meets_no_endpoint_is_told_what_was_probably_meant() {
        let all = endpoints_in(
            r#"
            "POST /payments/{id}/capture" = "captures"
            "GET /payments" = "lists"
            "GET /cards/" = "lists"
            "GET /{session}/{page}" = "a page"
            "GET /{gym}/pay/order" = "pays"
            "#,
        );
        let stray = |method, path| stray(&all, method, path).unwrap_or_default();
        let taken =
            [("POST", "/payments/17/capture"), ("HEAD", "/payments"), ("OPTIONS", "/x"), ("GET", "/17/done")];
        for (method, path) in taken {
            assert_eq!(stray(method, path), "");
        }
        for (method, path, meant) in [
            ("GET", "/payments/17/capture", "takes POST, and not GET"),
            ("GET", "/v10/payments", "Did you mean GET /payments?"),
            ("GET", "/cards", "Did you mean GET /cards/?"),
            ("GET", "/payment", "Did you mean GET /payments?"),
            ("POST", "/api/v1/payments/17/capture", "Did you mean POST /payments/{id}/capture?"),
            ("GET", "/pay/order", "Did you mean GET /{gym}/pay/order?"),
            ("PUT", "/nothing/of/ours", "lists what there is"),
        ] {
            assert!(stray(method, path).contains(meant), "{}", stray(method, path));
        }
        assert_eq!(stray("GET", &"/é".repeat(LONGEST)), "");
    }

    #[test]
    fn a_pattern_fits_what_its_stars_and_the_path_s_own_can_stand_for() {
        for pattern in [
            "*",
            "/payments/*",
            "/payments/17/capture",
            "POST /payments/*/capture",
            "post */capture",
            "/*/17/*",
            "/payments/{id}/capture",
        ] {
            assert!(capture().fits(pattern), "{pattern}");
        }
        for pattern in [
            "/payment/*",
            "GET /payments/*",
            "/payments/17",
            "/payments/1/2/capture",
            "/payments/17/refund",
            "*/refund",
            "payments",
            "",
        ] {
            assert!(!capture().fits(pattern), "{pattern}");
        }
    }
}
