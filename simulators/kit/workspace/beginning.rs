//! What a workspace begins with, and goes back to.

use serde_json::Value;

use super::{DEFAULT, Workspace};
use crate::kit::problem::Problem;
use crate::kit::seed::lock;
use crate::kit::table::{Tables, Tx};

/// A record that a workspace begins with, beside those that every one has.
#[derive(Clone, Debug, PartialEq)]
pub struct SeedRecord {
    /// The provider's id.
    pub provider: &'static str,
    /// The kind of record: `orders`.
    pub kind: &'static str,
    /// Its fields, as the control API takes them.
    pub fields: Value,
}

impl Workspace {
    /// Back to the records that it started with; callbacks that were not sent are forgotten.
    #[expect(clippy::unused_async, reason = "a store outside this process will wait")]
    pub async fn reset(&self) {
        let mut fresh = Tables::default();
        let settings = self.settings();
        let seeded = lock(&self.0.seeded).clone();
        let mut tables = lock(&self.0.tables);
        let mut tx = self.begin(&fresh, &settings);
        self.found(&mut tx);
        for record in &seeded {
            // It was tried on such a world before it was kept.
            let _ = self.seed(&mut tx, record);
        }
        fresh.commit(tx.finish().changes);
        self.0.outbox.clear();
        *tables = fresh;
    }

    /// Whether a world that just begins takes these records. If not: which of them it refuses, counted from 0, and
    /// why.
    pub fn takes(&self, records: &[SeedRecord]) -> Result<(), (usize, Problem)> {
        let (fresh, settings) = (Tables::default(), self.settings());
        let mut tx = self.begin(&fresh, &settings);
        self.found(&mut tx);
        let taken = self.seed_all(&mut tx, records.iter().enumerate());
        // Nothing of it happens: the ids that it took are free again.
        tx.give_back();
        taken
    }

    /// Has these records, from now on and whenever it is reset: those that it has not been given before are added,
    /// all or none. If it refuses one: which, counted from 0, and why.
    pub async fn begin_with(&self, records: Vec<SeedRecord>) -> Result<(), (usize, Problem)> {
        self.takes(&records)?;
        let before = lock(&self.0.seeded).clone();
        let new = || records.iter().enumerate().filter(|(_, record)| !before.contains(record));
        self.transact(|tx| self.seed_all(tx, new())).await?;
        *lock(&self.0.seeded) = records;
        Ok(())
    }

    fn found(&self, tx: &mut Tx<'_>) {
        for provider in self.0.providers {
            provider.found(tx, self.name() == DEFAULT);
        }
    }

    fn seed_all<'r>(
        &self,
        tx: &mut Tx<'_>,
        records: impl Iterator<Item = (usize, &'r SeedRecord)>,
    ) -> Result<(), (usize, Problem)> {
        for (number, record) in records {
            self.seed(tx, record).map_err(|problem| (number, problem))?;
        }
        Ok(())
    }

    fn seed(&self, tx: &mut Tx<'_>, record: &SeedRecord) -> Result<(), Problem> {
        let provider = self.0.providers.iter().find(|provider| provider.info().id == record.provider);
        provider.map_or(Ok(()), |provider| provider.seed(tx, record.kind, &record.fields).map(drop))
    }
}
