//! How cases are named: by an id, by the start of one, or by a pattern.

use provkassa_simulators::kit::problem::nearest;

use super::case::Case;

/// Whether the pattern is the id, the start of its path, or fits with its stars.
#[must_use]
pub fn matches(pattern: &str, id: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        let pattern = pattern.trim_end_matches('/');
        return id.strip_prefix(pattern).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    };
    let Some(mut left) = id.strip_prefix(start) else { return false };
    let mut parts = rest.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return left.ends_with(part);
        }
        let Some(place) = left.find(part) else { return false };
        left = &left[place + part.len()..];
    }
    true
}

/// The id that somebody may mean who writes a pattern that fits none; none if no id is near.
#[must_use]
pub fn meant<'a>(pattern: &str, cases: &'a [Case]) -> Option<&'a str> {
    // An operation is `brp.hash`, and its cases are `brp/hash/…`.
    let pattern = pattern.replace('.', "/");
    let folders = |case: &'a Case| case.id.match_indices('/').map(|(end, _)| &case.id[..end]);
    nearest(&pattern, cases.iter().flat_map(|case| folders(case).chain([case.id.as_str()])))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn cases_are_chosen_by_id_by_folder_and_by_pattern() {
        let id = "brp/hash/secret-goes-last";
        for pattern in ["brp", "brp/", "brp/hash", id, "brp/*", "*secret*", "*/hash/*-last", "*"] {
            assert!(matches(pattern, id), "{pattern}");
        }
        for pattern in ["br", "brp/has", "hash", "*first*", "brp/*/x", "fena/*"] {
            assert!(!matches(pattern, id), "{pattern}");
        }
    }
}
