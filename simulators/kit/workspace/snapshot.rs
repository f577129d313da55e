//! Everything that a workspace holds, as a document, and back again.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Workspace, write};
use crate::kit::clock::Mode;
use crate::kit::fault::Fault;
use crate::kit::outbox::{Outbox, Saved};
use crate::kit::outcome::Queued;
use crate::kit::problem::Problem;
use crate::kit::seed::{Claimed, lock};
use crate::kit::settings::Settings;
use crate::kit::table::{Dump, Reader, Tables};

/// What the house keeps beside the providers.
const TABLES: &[Reader] = &[Reader::of::<Fault>(), Reader::of::<Queued>()];

/// Everything that a workspace holds. The journal is not in it: what happened has happened.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// Whose it is.
    pub workspace: String,
    /// What the workspace's tokens begin with: it depends on its name and the seed of the run.
    pub mark: String,
    /// The time by its clock.
    pub now: Timestamp,
    /// How the clock goes.
    pub clock: Mode,
    /// Its settings by name, the rules among them.
    pub settings: BTreeMap<String, String>,
    /// Every record of every table, whole.
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, BTreeMap<String, serde_json::Value>>))]
    pub tables: Dump,
    /// The ids of each table that no other workspace may have.
    pub claims: BTreeMap<String, Vec<u64>>,
    /// What is never shown, with what stands for it.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Vec<String>>))]
    pub secrets: Vec<(String, String)>,
    /// The callbacks, and what is to happen to them.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub(crate) callbacks: Saved,
}

impl Workspace {
    /// Everything that it holds, at one moment. A callback that is on its way counts as not sent:
    /// [`Outbox::settled`] waits for those.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let world = &self.0;
        let settings = self.settings();
        let rules = ("rules".to_owned(), settings.rules.name().to_owned());
        let values = settings.values.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        let secrets = world.secrets.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        let claims = world.book.of(world.seed.owner());
        let tables = lock(&world.tables);
        Snapshot {
            workspace: world.name.clone(),
            mark: self.mark(),
            now: world.clock.now(),
            clock: world.clock.mode(),
            settings: values.chain([rules]).collect(),
            tables: tables.dump(),
            claims: claims.into_iter().map(|(table, ids)| (table.to_owned(), ids)).collect(),
            secrets: secrets.into_iter().map(|(name, secret)| (name.into_owned(), secret)).collect(),
            // Still under the lock: no record is there without its callback.
            callbacks: world.outbox.save(),
        }
    }

    /// Puts everything back as it was when the snapshot was made, all or nothing. Going on from here gives
    /// what going on from there would have given.
    #[expect(clippy::unused_async, reason = "a store outside this process will wait")]
    pub async fn restore(&self, snapshot: Snapshot) -> Result<(), Problem> {
        let world = &self.0;
        if snapshot.workspace != world.name || snapshot.mark != self.mark() {
            return Err(Problem::new(
                http::StatusCode::CONFLICT,
                "foreign_snapshot",
                format!(
                    "the snapshot is of workspace `{}`, with the mark {}",
                    snapshot.workspace, snapshot.mark
                ),
                format!(
                    "Here is `{}`, with the mark {}: use its own, of a run with the same --seed.",
                    world.name,
                    self.mark()
                ),
            ));
        }
        let kept = world.providers.iter().flat_map(|provider| provider.tables());
        let readers: Vec<Reader> = kept.chain(TABLES).copied().collect();
        let read = Tables::read(&snapshot.tables, &readers)?;
        let mut settings = Settings::new(world.providers);
        settings.change(&snapshot.settings)?;
        let outbox = Outbox::read(snapshot.callbacks, world.providers)?;
        let mut tables = lock(&world.tables);
        self.claim(&snapshot.claims, &readers)?;
        *tables = read;
        *write(&world.settings) = settings;
        world.keep(snapshot.secrets.into_iter().map(|(name, secret)| (name.into(), secret)).collect());
        world.clock.set(snapshot.clock);
        world.outbox.restore(outbox);
        Ok(())
    }

    /// Claims the ids of a snapshot, and gives back those that were claimed since.
    fn claim(&self, claims: &BTreeMap<String, Vec<u64>>, readers: &[Reader]) -> Result<(), Problem> {
        let (book, owner) = (&self.0.book, self.0.seed.owner());
        for (table, ids) in claims {
            let Some(reader) = readers.iter().find(|reader| reader.table == table) else { continue };
            let taken = ids.iter().find(|id| book.claim(reader.table, **id, owner) == Claimed::ByAnother);
            if let Some(taken) = taken {
                return Err(Problem::new(
                    http::StatusCode::CONFLICT,
                    "id_is_taken",
                    format!("another workspace has the id {taken} of `{table}`"),
                    "Delete that workspace first.",
                ));
            }
        }
        for (table, ids) in book.of(owner) {
            let kept: BTreeSet<u64> = claims.get(table).into_iter().flatten().copied().collect();
            for id in ids.into_iter().filter(|id| !kept.contains(id)) {
                book.give_back(table, id);
            }
        }
        Ok(())
    }

    fn mark(&self) -> String {
        format!("{:012x}", self.0.seed.owner())
    }
}
