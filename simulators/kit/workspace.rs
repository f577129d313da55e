//! One merchant's isolated world, and the process that holds many of them.

mod beginning;
mod faults;
mod snapshot;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::clock::Clock;
use super::journal::Journal;
use super::mask::{Masker, Vault, secrets};
use super::outbox::{Courier, Outbox};
use super::problem::{Problem, nearest};
use super::provider::{Credential, Provider};
use super::seed::{IdBook, Seed, lock};
use super::settings::Settings;
use super::table::{Effects, Tables, Tx};

pub use beginning::SeedRecord;
pub use snapshot::Snapshot;

/// The name of the workspace that a request without a credential belongs to.
pub const DEFAULT: &str = "default";

/// One merchant's world at every provider; a clone is the same world.
#[derive(Clone, Debug)]
pub struct Workspace(Arc<World>);

#[derive(Debug)]
struct World {
    name: String,
    seed: Seed,
    clock: Clock,
    providers: &'static [&'static dyn Provider],
    credentials: BTreeMap<&'static str, Vec<Credential>>,
    // Held for one transaction, never across an await: the work is pure and short.
    tables: Mutex<Tables>,
    /// What it begins with beside what every one does.
    seeded: Mutex<Vec<SeedRecord>>,
    settings: RwLock<Settings>,
    outbox: Outbox,
    book: Arc<IdBook>,
    /// Secrets beside its credentials.
    secrets: RwLock<Vec<(Cow<'static, str>, String)>>,
    /// The secrets of all workspaces.
    vault: Vault,
}

impl World {
    fn keep(&self, secrets: Vec<(Cow<'static, str>, String)>) {
        if secrets.is_empty() {
            return;
        }
        self.vault.keep(&self.name, secrets.iter().cloned());
        let mut kept = write(&self.secrets);
        for secret in secrets {
            if !kept.contains(&secret) {
                kept.push(secret);
            }
        }
    }
}

impl Workspace {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Its clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Its callbacks.
    #[must_use]
    pub fn outbox(&self) -> &Outbox {
        &self.0.outbox
    }

    /// Its credentials at a provider.
    #[must_use]
    pub fn credentials(&self, provider: &str) -> &[Credential] {
        self.0.credentials.get(provider).map_or(&[], Vec::as_slice)
    }

    /// One credential by its variable's name; empty if there is none.
    #[must_use]
    pub fn credential(&self, provider: &str, name: &str) -> &str {
        self.credentials(provider)
            .iter()
            .find(|credential| credential.name == name)
            .map_or("", |credential| &credential.value)
    }

    /// What hides secrets in what is shown: this workspace's, and those of others.
    #[must_use]
    pub fn masker(&self) -> Masker {
        self.0.vault.masker(Some(&self.0.name))
    }

    /// A copy of its settings.
    #[must_use]
    pub fn settings(&self) -> Settings {
        self.0.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes settings by name, all or none.
    pub fn change_settings(&self, changes: &BTreeMap<String, String>) -> Result<(), Problem> {
        write(&self.0.settings).change(changes)
    }

    /// Reads and changes several records at once, all or nothing. Callbacks that the work sends are
    /// sent only if it ends well.
    ///
    /// The work must be pure: a shared store may have to run it again. That is also why this is
    /// `async`, although memory needs no waiting.
    #[expect(clippy::unused_async, reason = "a store outside this process will wait")]
    pub async fn transact<T, E>(&self, work: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send) -> Result<T, E> {
        let settings = self.settings();
        let mut tables = lock(&self.0.tables);
        let mut tx = self.begin(&tables, &settings);
        let answer = match work(&mut tx) {
            Ok(answer) => answer,
            Err(error) => {
                tx.give_back();
                return Err(error);
            }
        };
        let Effects { changes, callbacks, withdrawn, secrets } = tx.finish();
        tables.commit(changes);
        self.0.keep(secrets);
        for withdrawn in &withdrawn {
            self.0.outbox.withdraw(withdrawn);
        }
        // Still under the lock: callbacks of one order leave in the order of its transactions.
        for callback in callbacks {
            self.0.outbox.enqueue(callback);
        }
        Ok(answer)
    }

    /// Reads several records at one moment.
    pub async fn read<T>(&self, work: impl Fn(&Tx<'_>) -> T + Send + Sync) -> T {
        let answer: Result<T, std::convert::Infallible> = self.transact(|tx| Ok(work(tx))).await;
        match answer {
            Ok(answer) => answer,
        }
    }

    fn begin<'a>(&'a self, tables: &'a Tables, settings: &'a Settings) -> Tx<'a> {
        Tx::new(tables, self.0.clock.now(), &self.0.seed, settings, &self.0.book)
    }
}

/// All workspaces of one process.
#[derive(Debug)]
pub struct Workspaces {
    run_seed: u64,
    providers: &'static [&'static dyn Provider],
    journal: Arc<Journal>,
    courier: Arc<dyn Courier>,
    clock: Clock,
    book: Arc<IdBook>,
    vault: Vault,
    by_name: RwLock<BTreeMap<String, Workspace>>,
    by_owner: RwLock<BTreeMap<u64, Workspace>>,
    by_credential: RwLock<BTreeMap<(&'static str, &'static str, String), Workspace>>,
}

impl Workspaces {
    /// The `default` workspace alone. `clock` is the default's; others start their own from it.
    pub async fn new(
        providers: &'static [&'static dyn Provider],
        run_seed: u64,
        clock: Clock,
        journal: Arc<Journal>,
        courier: Arc<dyn Courier>,
    ) -> Arc<Self> {
        let vault = Vault::default();
        courier.hides(&vault);
        let workspaces = Arc::new(Self {
            run_seed,
            providers,
            journal,
            courier,
            clock,
            book: Arc::new(IdBook::new()),
            vault,
            by_name: RwLock::default(),
            by_owner: RwLock::default(),
            by_credential: RwLock::default(),
        });
        let default = workspaces.make(DEFAULT);
        default.reset().await;
        workspaces.insert(&default);
        workspaces
    }

    /// The journal that all share.
    #[must_use]
    pub fn journal(&self) -> &Arc<Journal> {
        &self.journal
    }

    /// The providers that all have.
    #[must_use]
    pub fn providers(&self) -> &'static [&'static dyn Provider] {
        self.providers
    }

    /// The workspace of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Workspace> {
        self.by_name.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// The workspace of this name, or what to say where there is none.
    pub fn find(&self, name: &str) -> Result<Workspace, Problem> {
        self.get(name).ok_or_else(|| {
            let names = self.names();
            let near = nearest(name, names.iter().map(String::as_str));
            Problem::not_found(
                "unknown_workspace",
                format!("there is no workspace `{name}`"),
                near.map_or_else(
                    || "Make it first: POST /_sim/v1/workspaces {\"name\": …}.".to_owned(),
                    |near| format!("Did you mean `{near}`?"),
                ),
            )
        })
    }

    /// Every workspace's name.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.all().iter().map(|workspace| workspace.name().to_owned()).collect()
    }

    /// Every workspace, by name.
    #[must_use]
    pub fn all(&self) -> Vec<Workspace> {
        let all = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
        all.values().cloned().collect()
    }

    /// Hides a secret of the process's own behind a name, whoever looks.
    pub fn hide(&self, name: &'static str, secret: &str) {
        self.vault.keep("", [(name.into(), secret.to_owned())]);
    }

    /// What hides every workspace's secrets, for what belongs to none of them.
    #[must_use]
    pub fn masker(&self) -> Masker {
        self.vault.masker(None)
    }

    /// Makes a workspace with credentials, ids and tokens of its own.
    pub async fn create(&self, name: &str) -> Result<Workspace, Problem> {
        let legal = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
        if name.is_empty() || name.len() > 64 || !name.chars().all(legal) {
            return Err(Problem::bad_request(
                "refused_name",
                format!("a workspace cannot be called `{name}`"),
                "Use 1 to 64 letters, digits, `-`, `_` or `.`.",
            ));
        }
        let workspace = self.make(name);
        // Its records are in place before anybody can find it.
        if self.get(name).is_none() {
            workspace.reset().await;
        }
        if !self.insert(&workspace) {
            return Err(Problem::new(
                http::StatusCode::CONFLICT,
                "workspace_exists",
                format!("there is a workspace `{name}` already"),
                "Reset it, delete it, or take another name.",
            ));
        }
        Ok(workspace)
    }

    /// Ends a workspace; its ids are free again.
    pub fn delete(&self, name: &str) -> Result<(), Problem> {
        let workspace = self.find(name)?;
        if name == DEFAULT {
            return Err(Problem::bad_request(
                "refused_name",
                "the workspace `default` stays",
                "Reset it instead.",
            ));
        }
        workspace.outbox().clear();
        let owner = workspace.0.seed.owner();
        self.book.release(owner);
        let gone = |other: &Workspace| other.name() != name;
        write(&self.by_owner).remove(&owner);
        write(&self.by_credential).retain(|_, other| gone(other));
        write(&self.by_name).remove(name);
        // Nobody knows its secrets any more, so nothing that may hold one can be shown.
        self.journal.forget(name);
        self.vault.forget(name);
        Ok(())
    }

    /// The workspace whose credential of this kind is `value`.
    #[must_use]
    pub fn with_credential(&self, provider: &str, kind: &'static str, value: &str) -> Option<Workspace> {
        let provider = self.providers.iter().find(|known| known.info().id == provider)?;
        let key = (provider.info().id, kind, value.to_owned());
        let index = self.by_credential.read().unwrap_or_else(PoisonError::into_inner);
        index.get(&key).cloned()
    }

    /// The workspace that handed out this id of a table.
    #[must_use]
    pub fn with_id(&self, table: &'static str, id: u64) -> Option<Workspace> {
        self.with_owner(self.book.owner(table, id)?)
    }

    /// The workspace that handed out this token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Option<Workspace> {
        self.with_owner(u64::from_str_radix(token.get(..12)?, 16).ok()?)
    }

    fn with_owner(&self, owner: u64) -> Option<Workspace> {
        self.by_owner.read().unwrap_or_else(PoisonError::into_inner).get(&owner).cloned()
    }

    /// Makes the workspace known by name, credential and token; false when the name is taken.
    fn insert(&self, workspace: &Workspace) -> bool {
        let mut names = write(&self.by_name);
        if names.contains_key(workspace.name()) {
            return false;
        }
        names.insert(workspace.name().to_owned(), workspace.clone());
        write(&self.by_owner).insert(workspace.0.seed.owner(), workspace.clone());
        let mut index = write(&self.by_credential);
        for (provider, credentials) in &workspace.0.credentials {
            for credential in credentials {
                if let Some(kind) = credential.claim {
                    let key = (*provider, kind, credential.value.clone());
                    index.insert(key, workspace.clone());
                }
            }
        }
        true
    }

    fn make(&self, name: &str) -> Workspace {
        let seed = Seed::of_workspace(self.run_seed, name);
        let fixed = name == DEFAULT;
        let clock = if fixed { self.clock.clone() } else { self.clock.fork() };
        let credentials: BTreeMap<&'static str, Vec<Credential>> = self
            .providers
            .iter()
            .map(|provider| (provider.info().id, provider.credentials((!fixed).then_some(&seed))))
            .collect();
        self.vault.keep(name, secrets(credentials.values().flatten()));
        Workspace(Arc::new(World {
            name: name.to_owned(),
            outbox: Outbox::new(
                name,
                clock.clone(),
                seed.clone(),
                Arc::clone(&self.journal),
                Arc::clone(&self.courier),
            ),
            seed,
            clock,
            providers: self.providers,
            credentials,
            tables: Mutex::default(),
            seeded: Mutex::default(),
            settings: RwLock::new(Settings::new(self.providers)),
            secrets: RwLock::default(),
            vault: self.vault.clone(),
            book: Arc::clone(&self.book),
        }))
    }
}

fn write<T>(shared: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    shared.write().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
