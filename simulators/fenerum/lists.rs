//! Lists in pages, as Django REST framework cuts them.

use serde_json::{Value, json};

use super::doors::{Answer, Call, fine};
use super::refusals::Refusal;

/// How many a page has where nobody says it.
const USUAL: usize = 20;
/// How many a page has at most.
const MOST: usize = 100;

/// The page of a list that a call asks for.
pub(super) fn page(call: &Call, all: &[Value]) -> Answer {
    let size = call.parameter("page_size").and_then(|size| size.trim().parse::<usize>().ok());
    let size = size.filter(|size| *size > 0).map_or(USUAL, |size| size.min(MOST));
    let last = all.len().div_ceil(size).max(1);
    let number = match call.parameter("page") {
        None => 1,
        Some("last") => last,
        Some(text) => {
            let number = text.trim().parse().ok().filter(|number| (1..=last).contains(number));
            number.ok_or_else(|| Refusal::detail("invalid_page"))?
        }
    };
    let results: Vec<&Value> = all.iter().skip((number - 1) * size).take(size).collect();
    fine(json!({
        "count": all.len(),
        "next": (number < last).then(|| address(call, number + 1)),
        "previous": (number > 1).then(|| address(call, number - 1)),
        "results": results,
    }))
}

/// The address of another page of the same list: its parameters in the order of their names, and none for
/// the first page.
fn address(call: &Call, number: usize) -> String {
    let mut pairs: Vec<_> = call.query.iter().filter(|(name, _)| name != "page").cloned().collect();
    if number > 1 {
        pairs.push(("page".to_owned(), number.to_string()));
    }
    pairs.sort_by(|one, other| one.0.cmp(&other.0));
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let query = if query.is_empty() { query } else { format!("?{query}") };
    format!("{}{}{query}", call.origin.0, call.path)
}
