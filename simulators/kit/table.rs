//! Ordered records and atomic changes to several of them.

use std::any::Any;
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::fault::{Kind, Place, path_of};
use super::outbox::{Callback, Withdrawn};
use super::problem::Problem;
use super::seed::{Claimed, IdBook, Seed};
use super::settings::Settings;

/// A record's key. Numbers sort as numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Id {
    /// An id that the provider counts or draws.
    Number(u64),
    /// A token, a name.
    Text(String),
}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(formatter),
            Self::Text(text) => text.fmt(formatter),
        }
    }
}

impl From<u64> for Id {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<String> for Id {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Id {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// One kind of thing that a provider keeps.
pub trait Record: Clone + fmt::Debug + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Where it is kept: `brp.orders`.
    const TABLE: &'static str;

    /// Its key.
    fn id(&self) -> Id;
}

type Json = fn(&(dyn Any + Send + Sync)) -> Value;

/// A stored record. Behind `Arc`, so that a growing table moves pointers and a reader copies nothing.
#[derive(Clone)]
struct Row {
    record: Arc<dyn Any + Send + Sync>,
    json: Json,
}

type Rows = BTreeMap<Id, Row>;

/// Reads the records of one table out of a snapshot.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    pub(crate) table: &'static str,
    read: fn(&Value) -> Result<(Id, Row), serde_json::Error>,
}

impl Reader {
    /// The reader of this kind of record.
    #[must_use]
    pub const fn of<R: Record>() -> Self {
        Self { table: R::TABLE, read: read::<R> }
    }
}

fn read<R: Record>(value: &Value) -> Result<(Id, Row), serde_json::Error> {
    let record = R::deserialize(value)?;
    Ok((record.id(), Row { json: json::<R>, record: Arc::new(record) }))
}

/// Every record of every table as JSON.
pub type Dump = BTreeMap<String, BTreeMap<String, Value>>;

/// All of a workspace's tables; made on first use.
#[derive(Default)]
pub struct Tables {
    tables: BTreeMap<&'static str, Rows>,
}

impl Tables {
    /// The tables of a snapshot.
    pub(crate) fn read(dump: &Dump, readers: &[Reader]) -> Result<Self, Problem> {
        let refused = |why: String| {
            Problem::bad_request(
                "refused_snapshot",
                why,
                "Send what GET …/snapshot of this version answered.",
            )
        };
        let mut tables = Self::default();
        for (name, rows) in dump {
            let reader = readers.iter().find(|reader| reader.table == name);
            let reader = reader.ok_or_else(|| refused(format!("there is no table `{name}`")))?;
            let kept = tables.tables.entry(reader.table).or_default();
            for (id, value) in rows {
                let (id, row) = (reader.read)(value)
                    .map_err(|error| refused(format!("`{id}` of `{name}` does not fit: {error}")))?;
                kept.insert(id, row);
            }
        }
        Ok(tables)
    }

    /// Whether there is any record of this kind.
    pub(crate) fn has<R: Record>(&self) -> bool {
        self.tables.get(R::TABLE).is_some_and(|rows| !rows.is_empty())
    }

    /// Every record of every table as JSON, in order.
    #[must_use]
    pub fn dump(&self) -> Dump {
        let rows = |rows: &Rows| {
            rows.iter().map(|(id, row)| (id.to_string(), (row.json)(row.record.as_ref()))).collect()
        };
        self.tables.iter().map(|(name, table)| ((*name).to_owned(), rows(table))).collect()
    }

    /// Puts the changes of a finished transaction in place.
    pub(crate) fn commit(&mut self, changes: Changes) {
        for (table, rows) in changes.0 {
            let kept = self.tables.entry(table).or_default();
            for (id, row) in rows {
                match row {
                    Some(row) => kept.insert(id, row),
                    None => kept.remove(&id),
                };
            }
        }
    }
}

impl fmt::Debug for Tables {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.tables.keys()).finish()
    }
}

/// What a transaction would change; `None` removes.
#[derive(Default)]
pub(crate) struct Changes(BTreeMap<&'static str, BTreeMap<Id, Option<Row>>>);

/// What a transaction that ended well does.
pub(crate) struct Effects {
    pub(crate) changes: Changes,
    pub(crate) callbacks: Vec<Callback>,
    pub(crate) withdrawn: Vec<Withdrawn>,
    pub(crate) secrets: Vec<(Cow<'static, str>, String)>,
}

/// One transaction: reads see its own writes, and nothing is kept unless it ends well.
pub struct Tx<'a> {
    tables: &'a Tables,
    changes: Changes,
    callbacks: Vec<Callback>,
    withdrawn: Vec<Withdrawn>,
    /// What is never to be shown from now on, each with its name.
    secrets: Vec<(Cow<'static, str>, String)>,
    /// The workspace's clock when the transaction began.
    pub now: Timestamp,
    /// The workspace's stream of ids and tokens.
    pub seed: &'a Seed,
    /// The workspace's settings.
    pub settings: &'a Settings,
    book: &'a IdBook,
    /// What this transaction claimed, to give it back if it fails.
    claimed: RefCell<Vec<(&'static str, u64)>>,
}

impl<'a> Tx<'a> {
    pub(crate) fn new(
        tables: &'a Tables,
        now: Timestamp,
        seed: &'a Seed,
        settings: &'a Settings,
        book: &'a IdBook,
    ) -> Self {
        Self {
            tables,
            changes: Changes::default(),
            callbacks: Vec::new(),
            withdrawn: Vec::new(),
            secrets: Vec::new(),
            now,
            seed,
            settings,
            book,
            claimed: RefCell::default(),
        }
    }

    /// The transaction failed: what it claimed is free again.
    pub(crate) fn give_back(self) {
        for (table, id) in self.claimed.into_inner() {
            self.book.give_back(table, id);
        }
    }

    pub(crate) fn finish(self) -> Effects {
        Effects {
            changes: self.changes,
            callbacks: self.callbacks,
            withdrawn: self.withdrawn,
            secrets: self.secrets,
        }
    }

    /// The record with this id.
    #[must_use]
    pub fn get<R: Record>(&self, id: impl Into<Id>) -> Option<Arc<R>> {
        let id = id.into();
        let changed = self.changes.0.get(R::TABLE).and_then(|rows| rows.get(&id));
        match changed {
            Some(row) => row.as_ref(),
            None => self.tables.tables.get(R::TABLE)?.get(&id),
        }
        .and_then(typed)
    }

    /// Every record of a kind, in the order of the ids.
    #[must_use]
    pub fn all<R: Record>(&self) -> Vec<Arc<R>> {
        let mut rows: BTreeMap<&Id, Option<&Row>> =
            self.tables.tables.get(R::TABLE).into_iter().flatten().map(|(id, row)| (id, Some(row))).collect();
        for (id, row) in self.changes.0.get(R::TABLE).into_iter().flatten() {
            rows.insert(id, row.as_ref());
        }
        rows.into_values().flatten().filter_map(typed).collect()
    }

    /// Adds the record, or puts it in the place of the one with its id.
    pub fn put<R: Record>(&mut self, record: R) {
        let id = record.id();
        let row = Row { json: json::<R>, record: Arc::new(record) };
        self.rows(R::TABLE).insert(id, Some(row));
    }

    /// Removes the record with this id, if there is one.
    pub fn remove<R: Record>(&mut self, id: impl Into<Id>) {
        self.rows(R::TABLE).insert(id.into(), None);
    }

    /// A numeric id that no record here and no other workspace has, in 1,000,000..2^31: providers
    /// hand out ids that fit a signed 32-bit column.
    ///
    /// It depends on `key` and on how many records were made with the same key, not on what other
    /// orders do meanwhile.
    #[must_use]
    pub fn draw<R: Record>(&self, key: &str) -> u64 {
        const FIRST: u64 = 1_000_000;
        let id = |n| FIRST + self.seed.number(R::TABLE, key, n, (1 << 31) - FIRST);
        let mine = self.seed.owner();
        let taken = |n| {
            let id = id(n);
            self.get::<R>(id).is_some() || self.book.owner(R::TABLE, id).is_some_and(|owner| owner != mine)
        };
        // Between looking and claiming another workspace may have been quicker.
        let free = first_free(taken);
        (free..u64::MAX)
            .map(id)
            .find(|id| self.get::<R>(*id).is_none() && self.claim::<R>(*id))
            .unwrap_or(FIRST)
    }

    /// Claims a fixed id for this workspace; false when another workspace has it.
    #[must_use]
    pub fn claim<R: Record>(&self, id: u64) -> bool {
        match self.book.claim(R::TABLE, id, self.seed.owner()) {
            Claimed::Now => {
                self.claimed.borrow_mut().push((R::TABLE, id));
                true
            }
            Claimed::Before => true,
            Claimed::ByAnother => false,
        }
    }

    /// A token that no record of this kind has yet.
    #[must_use]
    pub fn token<R: Record>(&self, key: &str) -> String {
        self.unused::<R>(|n| self.seed.token(R::TABLE, key, n))
    }

    /// The first of a row of ids that no record of this kind has yet.
    #[must_use]
    pub fn unused<R: Record>(&self, id: impl Fn(u64) -> String) -> String {
        id(first_free(|n| self.get::<R>(id(n)).is_some()))
    }

    /// Sends a callback when the transaction has ended well. A planted fault may strike it.
    pub fn send(&mut self, mut callback: Callback) {
        let struck = self.strike(&Place {
            provider: callback.provider,
            can: callback.manners.flaws,
            method: callback.request.method.as_str(),
            path: &path_of(&callback.request.url),
            order: Some(&callback.order),
        });
        if let Some(fault) = struck {
            callback.policy.duplicate += u8::from(fault.plan.fault == Kind::Duplicate);
            callback.fault = Some((fault.plan.fault, fault.note()));
        }
        self.callbacks.push(callback);
    }

    /// Gives up a callback that was not tried yet, when the transaction has ended well: what it would tell of
    /// does not happen.
    pub fn withdraw(&mut self, provider: &'static str, lane: &str, subject: &str) {
        self.withdrawn.push(Withdrawn { provider, lane: lane.to_owned(), subject: subject.to_owned() });
    }

    /// Hides a secret behind its name wherever something is shown, when the transaction has ended well.
    pub fn hide(&mut self, name: &'static str, secret: &str) {
        self.secrets.push((name.into(), secret.to_owned()));
    }

    /// The id that follows the highest one in use: for records that are kept in the order they came.
    #[must_use]
    pub fn next<R: Record>(&self) -> u64 {
        let highest = |id: Option<&Id>| match id {
            Some(Id::Number(number)) => *number,
            _ => 0,
        };
        let changed = self.changes.0.get(R::TABLE).and_then(|rows| rows.keys().next_back());
        let kept = self.tables.tables.get(R::TABLE).and_then(|rows| rows.keys().next_back());
        highest(changed).max(highest(kept)) + 1
    }

    fn rows(&mut self, table: &'static str) -> &mut BTreeMap<Id, Option<Row>> {
        self.changes.0.entry(table).or_default()
    }
}

impl fmt::Debug for Tx<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Tx").field("now", &self.now).finish_non_exhaustive()
    }
}

/// The first number that is free, where those before it are taken: found in steps that double, for a
/// shop may make the same order ten thousand times.
fn first_free(taken: impl Fn(u64) -> bool) -> u64 {
    if !taken(0) {
        return 0;
    }
    let (mut last_taken, mut free) = (0, 1);
    while taken(free) {
        (last_taken, free) = (free, free.saturating_mul(2));
    }
    while free - last_taken > 1 {
        let middle = last_taken + (free - last_taken) / 2;
        if taken(middle) {
            last_taken = middle;
        } else {
            free = middle;
        }
    }
    free
}

fn typed<R: Record>(row: &Row) -> Option<Arc<R>> {
    Arc::clone(&row.record).downcast::<R>().ok()
}

fn json<R: Record>(record: &(dyn Any + Send + Sync)) -> Value {
    record.downcast_ref::<R>().and_then(|record| serde_json::to_value(record).ok()).unwrap_or(Value::Null)
}
