//! The one source of ids, tokens and order.
//!
//! Everything that looks random is a hash of (run seed, workspace, purpose, key, n), never of arrival
//! order, so the same requests for an order give the same ids however many orders run side by side.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

/// A workspace's own stream of ids and tokens.
#[derive(Clone, Debug)]
pub struct Seed {
    root: [u8; 32],
}

impl Seed {
    /// The stream of the workspace `name` in a run that was started with `run`.
    #[must_use]
    pub fn of_workspace(run: u64, name: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(run.to_be_bytes());
        hash.update(name.as_bytes());
        Self { root: hash.finalize().into() }
    }

    /// 32 bytes that depend on nothing but the arguments and the workspace.
    #[must_use]
    pub fn bytes(&self, purpose: &str, key: &str, n: u64) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.root);
        for part in [purpose, key] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        hash.update(n.to_be_bytes());
        hash.finalize().into()
    }

    /// A number below `limit`; `limit` is not 0.
    #[must_use]
    pub fn number(&self, purpose: &str, key: &str, n: u64, limit: u64) -> u64 {
        let bytes = self.bytes(purpose, key, n);
        let mut first = [0; 8];
        first.copy_from_slice(&bytes[..8]);
        u64::from_be_bytes(first) % limit.max(1)
    }

    /// A token of 32 hex digits. Its first 12 come from the workspace alone, so two workspaces never
    /// hand out the same token.
    #[must_use]
    pub fn token(&self, purpose: &str, key: &str, n: u64) -> String {
        let mut token = super::digest::hex(&self.root[..6]);
        token.push_str(&super::digest::hex(&self.bytes(purpose, key, n)[..10]));
        token
    }

    /// What the workspace is called inside tokens and the id book.
    #[must_use]
    pub fn owner(&self) -> u64 {
        let mut first = [0; 8];
        first[2..].copy_from_slice(&self.root[..6]);
        u64::from_be_bytes(first)
    }
}

/// 32 hex digits with a UUID's dashes.
#[must_use]
pub fn dashed(hex: &str) -> String {
    let mut dashed = String::with_capacity(36);
    for (place, digit) in hex.chars().enumerate() {
        if [8, 12, 16, 20].contains(&place) {
            dashed.push('-');
        }
        dashed.push(digit);
    }
    dashed
}

/// An id that is a text as a number, for the book of ids.
#[must_use]
pub fn mark(id: &str) -> u64 {
    let digest = super::digest::sha256(id.as_bytes());
    digest.iter().take(8).fold(0, |mark, byte| mark << 8 | u64::from(*byte))
}

/// Which workspace each numeric id of this process belongs to, so that ids are never shared.
///
/// Sharded: requests of different orders seldom meet at one lock.
#[derive(Debug)]
pub struct IdBook {
    shards: [Mutex<BTreeMap<(&'static str, u64), u64>>; 16],
}

/// Whose an id is after somebody claimed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// The claimant's, from before.
    Before,
    /// Another workspace's.
    ByAnother,
    /// The claimant's, from now on.
    Now,
}

impl IdBook {
    /// An empty book.
    #[must_use]
    pub fn new() -> Self {
        Self { shards: std::array::from_fn(|_| Mutex::new(BTreeMap::new())) }
    }

    /// Claims `id` in `space` (`brp.order`) for `owner`.
    pub fn claim(&self, space: &'static str, id: u64, owner: u64) -> Claimed {
        match self.shard(id).entry((space, id)) {
            Entry::Vacant(free) => {
                free.insert(owner);
                Claimed::Now
            }
            Entry::Occupied(taken) if *taken.get() == owner => Claimed::Before,
            Entry::Occupied(_) => Claimed::ByAnother,
        }
    }

    /// Gives one id back.
    pub fn give_back(&self, space: &'static str, id: u64) {
        self.shard(id).remove(&(space, id));
    }

    /// Who has `id` in `space`.
    #[must_use]
    pub fn owner(&self, space: &'static str, id: u64) -> Option<u64> {
        self.shard(id).get(&(space, id)).copied()
    }

    /// Every id of a workspace, by its space.
    #[must_use]
    pub fn of(&self, owner: u64) -> BTreeMap<&'static str, Vec<u64>> {
        let mut claimed: BTreeMap<&'static str, Vec<u64>> = BTreeMap::new();
        for shard in &self.shards {
            for ((space, id), _) in lock(shard).iter().filter(|(_, who)| **who == owner) {
                claimed.entry(space).or_default().push(*id);
            }
        }
        for ids in claimed.values_mut() {
            ids.sort_unstable();
        }
        claimed
    }

    /// Gives back every id of a workspace that goes.
    pub fn release(&self, owner: u64) {
        for shard in &self.shards {
            lock(shard).retain(|_, who| *who != owner);
        }
    }

    fn shard(&self, id: u64) -> MutexGuard<'_, BTreeMap<(&'static str, u64), u64>> {
        lock(&self.shards[usize::try_from(id % 16).unwrap_or(0)])
    }
}

impl Default for IdBook {
    fn default() -> Self {
        Self::new()
    }
}

/// Locks, going on after a panic elsewhere: every change made under our locks is complete or absent.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(crate::kit::laws())]
        #[test]
        fn the_same_arguments_give_the_same_token_and_other_keys_another(
            run: u64, key in ".{0,12}", other in ".{0,12}", n in 0_u64..9
        ) {
            let seed = Seed::of_workspace(run, "a");
            prop_assert_eq!(seed.token("t", &key, n), Seed::of_workspace(run, "a").token("t", &key, n));
            if key != other {
                prop_assert_ne!(seed.token("t", &key, n), seed.token("t", &other, n));
            }
        }

        #[test]
        fn two_workspaces_on_one_seed_share_no_token(run: u64, key in ".{0,12}") {
            let (a, b) = (Seed::of_workspace(run, "a"), Seed::of_workspace(run, "b"));
            prop_assert_ne!(a.token("t", &key, 0), b.token("t", &key, 0));
        }
    }

    #[test]
    fn an_id_belongs_to_whom_claimed_it_first() {
        let book = IdBook::new();
        assert_eq!(book.claim("order", 15, 1), Claimed::Now);
        assert_eq!(book.claim("order", 15, 1), Claimed::Before);
        assert_eq!(book.claim("order", 15, 2), Claimed::ByAnother);
        assert_eq!(book.claim("receipt", 15, 2), Claimed::Now);
        book.release(1);
        assert_eq!(book.claim("order", 15, 2), Claimed::Now);
        book.give_back("order", 15);
        assert_eq!(book.owner("order", 15), None);
    }
}
