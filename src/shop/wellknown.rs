//! `GET /.well-known/provkassa`: how a conformance run talks to this shop.

use super::counter::{COUNTERS, Deed, Variant};
use super::desk::Desk;

/// The `[shop]` of a provkassa.toml, with this shop's own addresses.
pub(super) fn text(desk: &Desk) -> String {
    let url = &desk.url;
    let mut text = format!(
        "# Read by `provkassa check --shop {url}`; it can stand in a provkassa.toml, too.\n\
        [shop]\n\
        ready = \"{url}/healthz\"\n\
        status = {{ url = \"{url}/orders/{{order}}\", pointer = \"/status\", paid = [\"paid\", \"active\"], \
        unpaid = [\"pending\", \"failed\", \"cancelled\", \"refunded\", \"deleted\"], refunded = [\"refunded\"], \
        cancelled = [\"cancelled\", \"deleted\"], active = [\"active\"], credited = \"/credited\" }}\n"
    );
    for counter in COUNTERS {
        let about = counter.about();
        let id = about.id;
        let (orders, subscriptions): (Vec<&Variant>, Vec<&Variant>) =
            about.variants.iter().partition(|variant| !variant.signs_up);
        // Who only signs people up does it by the usual way.
        let usual = if orders.is_empty() { &subscriptions } else { &orders };
        text.push_str(&format!("\n[shop.{id}]\n{}", offer(url, id, "", usual)));
        if counter.is_set_there() {
            text.push_str(&format!("webhook = \"{url}/callback/{id}\"\nredirect = \"{url}/return/{id}\"\n"));
        }
        if let Some(first) = subscriptions.first() {
            let query = format!("?variant={}", first.id);
            let offered = offer(url, id, &query, &subscriptions);
            text.push_str(&format!("[shop.{id}.subscription]\n{offered}"));
        }
    }
    text
}

/// How one kind of order is checked out, and what can be done with it.
fn offer(url: &str, id: &str, query: &str, variants: &[&Variant]) -> String {
    let mut text = format!(
        "checkout = {{ method = \"POST\", url = \"{url}/checkout/{id}{query}\", json = {{ order = \"{{order}}\", \
        amount = \"{{amount.minor}}\", currency = \"{{currency}}\", description = \"{{description}}\", \
        email = \"{{email}}\", name = \"{{name}}\" }} }}\n"
    );
    let deeds: Vec<_> = Deed::ALL
        .into_iter()
        .filter(|deed| {
            // The usual way is for orders; what is done with those who have signed up stands with them.
            let fits = |variant: &&Variant| !query.is_empty() || !variant.signs_up;
            variants.iter().copied().filter(fits).any(|variant| variant.deeds.contains(deed))
        })
        .map(|deed| format!("{0} = {{ url = \"{url}/orders/{{order}}/{0}\" }}", deed.word()))
        .collect();
    if !deeds.is_empty() {
        text.push_str(&format!("actions = {{ {} }}\n", deeds.join(", ")));
    }
    text
}
