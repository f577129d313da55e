//! Lists of payments, subscriptions and cards: paged, filtered and sorted.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::fmt::strtime;

use crate::kit::table::Tx;
use crate::quickpay::model::{Kind, Resource};

use super::call::{Answer, Call};
use super::refusal::Refusal;

/// Which resources are wanted, in which order, and which page of them.
struct Query {
    page: usize,
    page_size: usize,
    sort_by: String,
    descends: bool,
    after: Option<Age>,
    filters: Vec<Filter>,
}

/// What orders resources by their age. QuickPay's ids grow with time, so by id they stand so too; here ids
/// are drawn.
type Age = (Timestamp, u64);

fn age(resource: &Resource) -> Age {
    (resource.created_at, resource.id)
}

/// One condition of a query.
enum Filter {
    Accepted(bool),
    Acquirer(String),
    Date(String),
    FraudSuspected(bool),
    Group(u64),
    Id(u64),
    Order(String),
    Since(Stamp, Timestamp),
    State(String),
    Until(Stamp, Timestamp),
}

/// Which time a condition asks about.
#[derive(Clone, Copy)]
enum Stamp {
    Created,
    Updated,
}

impl Stamp {
    fn of(self, resource: &Resource) -> Timestamp {
        match self {
            Self::Created => resource.created_at,
            Self::Updated => resource.updated_at,
        }
    }
}

/// How many resources a page has where nobody says otherwise.
const PAGE_SIZE: usize = 20;

impl Query {
    fn of(tx: &Tx<'_>, call: &Call, sorts: &[&str]) -> Result<Self, Refusal> {
        let mut wrong = Vec::new();
        let mut refuse = |name: &str| wrong.push((name.to_owned(), "is invalid".to_owned()));
        let number = |name: &str| call.parameter(name).map(str::parse::<u64>);
        let mut count = |name: &str, usual: usize| match number(name) {
            None => usual,
            Some(Ok(number)) if number > 0 => usize::try_from(number).unwrap_or(usize::MAX),
            Some(_) => {
                refuse(name);
                usual
            }
        };
        let (page, page_size) = (count("page", 1), count("page_size", PAGE_SIZE));
        let sort_by = call.parameter("sort_by").unwrap_or(sorts[0]).to_owned();
        if !sorts.contains(&sort_by.as_str()) {
            refuse("sort_by");
        }
        let direction = call.parameter("sort_dir").unwrap_or("desc");
        if !matches!(direction, "asc" | "desc") {
            refuse("sort_dir");
        }
        let after = number("page_key").and_then(Result::ok);
        let after = after.and_then(|id| tx.get::<Resource>(id)).map(|resource| age(&resource));
        let mut filters = Vec::new();
        for name in ["id", "group_id"] {
            match number(name) {
                Some(Ok(id)) if name == "id" => filters.push(Filter::Id(id)),
                Some(Ok(id)) => filters.push(Filter::Group(id)),
                Some(Err(_)) => wrong.push((name.to_owned(), "is not valid".to_owned())),
                None => {}
            }
        }
        for (name, of) in [
            ("accepted", Filter::Accepted as fn(bool) -> Filter),
            ("fraud_suspected", Filter::FraudSuspected),
        ] {
            match call.parameter(name) {
                Some("true" | "1") => filters.push(of(true)),
                Some("false" | "0") => filters.push(of(false)),
                Some(_) => wrong.push((name.to_owned(), "is invalid".to_owned())),
                None => {}
            }
        }
        for (name, of) in [
            ("order_id", Filter::Order as fn(String) -> Filter),
            ("state", Filter::State),
            ("acquirer", Filter::Acquirer),
        ] {
            filters.extend(call.parameter(name).map(|value| of(value.to_owned())));
        }
        let stamp = match call.parameter("timestamp") {
            None | Some("created_at") => Stamp::Created,
            Some("updated_at") => Stamp::Updated,
            Some(_) => {
                wrong.push(("timestamp".to_owned(), "is invalid".to_owned()));
                Stamp::Created
            }
        };
        for (name, of) in
            [("min_time", Filter::Since as fn(Stamp, Timestamp) -> Filter), ("max_time", Filter::Until)]
        {
            match call.parameter(name).map(moment) {
                Some(Some(moment)) => filters.push(of(stamp, moment)),
                Some(None) => wrong.push((name.to_owned(), "is invalid".to_owned())),
                None => {}
            }
        }
        match date(call) {
            Ok(prefix) => filters.extend(prefix.map(Filter::Date)),
            Err(name) => wrong.push((name, "is invalid".to_owned())),
        }
        let descends = direction == "desc";
        if wrong.is_empty() {
            Ok(Self { page, page_size, sort_by, descends, after, filters })
        } else {
            Err(Refusal::Invalid(wrong))
        }
    }

    fn wants(&self, resource: &Resource, now: Timestamp) -> bool {
        let after = self
            .after
            .is_none_or(|after| if self.descends { age(resource) < after } else { age(resource) > after });
        after
            && self.filters.iter().all(|filter| match filter {
                Filter::Accepted(accepted) => resource.accepted(now) == *accepted,
                Filter::Acquirer(acquirer) => resource.acquirer.as_ref() == Some(acquirer),
                Filter::Date(prefix) => super::super::shape::stamp(resource.created_at).starts_with(prefix),
                Filter::FraudSuspected(suspected) => resource.metadata.fraud_suspected == *suspected,
                Filter::Group(group) => resource.group_ids.contains(group),
                Filter::Id(id) => resource.id == *id,
                Filter::Order(order) => resource.order_id == *order,
                Filter::Since(stamp, moment) => stamp.of(resource) >= *moment,
                Filter::State(state) => resource.state(now).name() == state,
                Filter::Until(stamp, moment) => stamp.of(resource) <= *moment,
            })
    }

    fn page(&self, mut found: Vec<Arc<Resource>>) -> Answer {
        match self.sort_by.as_str() {
            "order_id" => found.sort_by(|one, other| one.order_id.cmp(&other.order_id)),
            _ => found.sort_by_key(|resource| age(resource)),
        }
        if self.descends {
            found.reverse();
        }
        let skipped = (self.page - 1).saturating_mul(self.page_size);
        let more = found.len() > skipped.saturating_add(self.page_size);
        Answer::List(found.into_iter().skip(skipped).take(self.page_size).collect(), more)
    }
}

/// A moment as `2026-03-01 12:00:00 +0000`.
fn moment(text: &str) -> Option<Timestamp> {
    let parsed = strtime::parse("%Y-%m-%d %H:%M:%S %z", text).ok()?;
    parsed.to_timestamp().ok()
}

/// The first characters of the times that `date[year]`, `date[month]` and so on ask for.
fn date(call: &Call) -> Result<Option<String>, String> {
    let part = |name: &str| -> Result<Option<u32>, String> {
        let name = format!("date[{name}]");
        call.parameter(&name).map(|text| text.parse().map_err(|_| name.clone())).transpose()
    };
    let Some(year) = part("year")? else { return Ok(None) };
    let mut prefix = format!("{year:04}");
    for (name, glue, highest) in
        [("month", '-', 12), ("day", '-', 31), ("hour", 'T', 23), ("minute", ':', 59)]
    {
        let Some(value) = part(name)? else { break };
        if value > highest {
            return Err(format!("date[{name}]"));
        }
        prefix.push_str(&format!("{glue}{value:02}"));
    }
    if prefix.len() >= 10 && prefix[..10].parse::<Date>().is_err() {
        return Err("date[day]".to_owned());
    }
    Ok(Some(prefix))
}

/// `GET /payments`, `GET /subscriptions`, `GET /cards`
pub(super) fn list(tx: &mut Tx<'_>, call: &Call) -> Result<Answer, Refusal> {
    let query = Query::of(tx, call, &["id", "order_id", "created_at"])?;
    let wanted = |resource: &Arc<Resource>| resource.kind == call.kind && query.wants(resource, tx.now);
    let found = tx.all::<Resource>().into_iter().filter(wanted).collect();
    Ok(query.page(found))
}

/// `GET /subscriptions/:id/payments`
pub(super) fn payments_of(tx: &mut Tx<'_>, call: &Call) -> Result<Answer, Refusal> {
    let subscription = call.resource(tx)?;
    let query = Query::of(tx, call, &["payment_id", "order_id"])?;
    let wanted = |resource: &Arc<Resource>| {
        resource.kind == Kind::Payment
            && resource.subscription_id == Some(subscription.id)
            && query.wants(resource, tx.now)
    };
    let found = tx.all::<Resource>().into_iter().filter(wanted).collect();
    Ok(query.page(found))
}
