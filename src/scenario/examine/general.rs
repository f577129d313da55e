//! The shop itself: whether it is there, what stands between it and us, and its clock.

use http::header::DATE;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use url::Url;

use super::super::stage::Stage;
use super::super::trail::Trail;
use super::super::wire::get;
use crate::doctor::Look;

/// How far clocks may be apart, in seconds.
pub(super) const APART: i64 = 5;
/// The headers that somebody in between adds.
pub(super) const BETWEEN: [&str; 7] =
    ["via", "forwarded", "x-forwarded-for", "x-cache", "cf-ray", "x-amz-cf-id", "x-varnish"];

/// Everything that one answer of the shop's tells.
pub(super) async fn looks(stage: &Stage) -> Vec<Look> {
    let Some(url) = address(stage) else {
        return vec![Look::skipped("shop", "the configuration names no address of the shop's")];
    };
    let reply = match stage.exchange("provkassa", &get(url.clone()), None, &mut Trail::default()).await {
        Ok(reply) => reply,
        Err(fault) => return vec![Look::wrong("shop", fault.to_string(), fault.kind.help())],
    };
    let mut looks = vec![match &stage.shop.ready {
        Some(url) => Look::ok("shop", format!("it is ready at {url}")),
        None => Look::warning(
            "shop",
            format!("it answers {url} with {}; nothing says when it is ready", reply.status),
            "write ready = \"http://…\" into [shop]: an address that answers 200 as soon as orders can be taken.",
        ),
    }];
    let found: Vec<&str> = BETWEEN.into_iter().filter(|name| reply.headers.contains_key(*name)).collect();
    looks.push(if found.is_empty() {
        Look::ok("between", "nobody stands between us and the shop, as far as its headers say")
    } else {
        Look::warning(
            "between",
            format!("the shop's answers come with {}: somebody stands in between", found.join(", ")),
            "if it changes bodies or headers, signatures no longer fit: let `provkassa` reach the shop itself.",
        )
    });
    looks.push(clock(reply.headers.get(DATE).and_then(|date| date.to_str().ok())));
    looks
}

/// An address of the shop's that may be asked without doing anything.
fn address(stage: &Stage) -> Option<String> {
    let shop = &stage.shop;
    let checkout = shop.providers.values().find_map(|offer| offer.checkout.as_ref());
    shop.ready.clone().or_else(|| {
        let known = checkout.map(|request| &request.url);
        let known = known.or(shop.status.as_ref().map(|status| &status.request.url))?;
        Some(Url::parse(&known.replace(['{', '}'], "")).ok()?.join("/").ok()?.into())
    })
}

fn clock(date: Option<&str>) -> Look {
    let Some(date) = date else { return Look::skipped("clock", "the shop's answers have no Date") };
    let Ok(told) = rfc2822::DateTimeParser::new().parse_timestamp(date) else {
        return Look::warning("clock", format!("the shop's Date is none: {date}"), "look at its web server.");
    };
    // The header has whole seconds.
    match told.as_second() - Timestamp::now().as_second() {
        ahead if ahead > APART => {
            Look::wrong("clock", format!("the shop's clock is {ahead} s ahead of ours"), SET)
        }
        behind if behind < -APART => {
            Look::wrong("clock", format!("the shop's clock is {} s behind ours", -behind), SET)
        }
        _ => Look::ok("clock", "the shop's clock and ours agree"),
    }
}

/// What to do about a clock.
pub(super) const SET: &str = "set it by NTP: a provider refuses tokens that begin later or have ended, and the shop refuses the provider's.";
