//! The secrets that somebody could read where they must not stand: those of every workspace.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::kit::digest::hex;

use super::{Hidden, Masker, SHORTEST_SECRET};

/// A secret of another workspace is hidden where it cannot be a word that occurs by chance: two workspaces must
/// not garble each other's journals.
const SHORTEST_OF_OTHERS: usize = 10;
/// Fewer letters of base64 or digits occur by chance.
const SHORTEST_LOOK: usize = 8;

/// The secrets of a process; a clone is the same vault.
#[derive(Clone, Debug, Default)]
pub struct Vault(Arc<RwLock<Arc<Known>>>);

impl Vault {
    /// Keeps secrets of a workspace, or of nobody in particular where `owner` is empty, with the names that are shown in their place.
    pub fn keep(&self, owner: &str, secrets: impl IntoIterator<Item = (Cow<'static, str>, String)>) {
        let owner: Arc<str> = owner.into();
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let known = Arc::make_mut(&mut known);
        for (name, value) in secrets {
            if value.len() >= SHORTEST_SECRET {
                for look in looks(&value) {
                    known.add(&owner, name.clone(), &look);
                }
            }
            known.add(&owner, name, &value);
        }
    }

    /// Forgets a workspace's.
    pub fn forget(&self, owner: &str) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        Arc::make_mut(&mut known).forget(owner);
    }

    /// What hides them where a workspace is looked at, or what is nobody's.
    #[must_use]
    pub fn masker(&self, own: Option<&str>) -> Masker {
        let known = Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner));
        Masker { own: own.map(Into::into), known }
    }
}

/// How a secret looks inside of something that was encoded as a whole, wherever it stands there: in base64 its letters
/// depend on how many bytes go before it, and the first and the last are shared with its neighbours.
fn looks(value: &str) -> Vec<String> {
    let hex = hex(value.as_bytes());
    let base64 = (0..3_usize).flat_map(|before| {
        let bytes = [&vec![0; before][..], value.as_bytes()].concat();
        let whole = (bytes.len() * 8) / 6;
        let letters = STANDARD_NO_PAD.encode(&bytes);
        let own = letters[(before * 8).div_ceil(6)..whole].to_owned();
        [own.replace('+', "-").replace('/', "_"), own]
    });
    let as_form = value.contains(' ').then(|| value.replace(' ', "+"));
    let encoded = base64.chain([hex.to_ascii_uppercase(), hex]).filter(|look| look.len() >= SHORTEST_LOOK);
    encoded.chain(as_form).collect()
}

type Start = [u8; SHORTEST_SECRET];

/// Secrets by what they begin with: a text is gone through once, however many there are.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    by_start: HashMap<Start, Vec<Secret>>,
    /// A bit for each byte that one begins with.
    first: [u64; 4],
}

#[derive(Clone, Debug)]
struct Secret {
    value: String,
    /// Whose it is, and what it is called there.
    names: Vec<(Arc<str>, Cow<'static, str>)>,
}

impl Known {
    /// Shorter secrets are left out: they are words that occur by chance, and hiding them would garble what is shown.
    pub(super) fn add(&mut self, owner: &Arc<str>, name: Cow<'static, str>, value: &str) {
        let Some(start) = value.as_bytes().first_chunk::<SHORTEST_SECRET>() else { return };
        self.first[usize::from(start[0] >> 6)] |= 1 << (start[0] & 63);
        let alike = self.by_start.entry(*start).or_default();
        let at = alike.iter().position(|secret| secret.value == value).unwrap_or_else(|| {
            alike.push(Secret { value: value.to_owned(), names: Vec::new() });
            // A secret may hold another one; the longer goes first.
            alike.sort_by_key(|secret| std::cmp::Reverse(secret.value.len()));
            alike.iter().position(|secret| secret.value == value).unwrap_or_default()
        });
        let names = &mut alike[at].names;
        if !names.iter().any(|(known, _)| known == owner) {
            names.push((Arc::clone(owner), name));
        }
    }

    fn forget(&mut self, owner: &str) {
        self.by_start.retain(|_, alike| {
            for secret in alike.iter_mut() {
                secret.names.retain(|(known, _)| &**known != owner);
            }
            alike.retain(|secret| !secret.names.is_empty());
            !alike.is_empty()
        });
    }

    /// Where they stand in a text, and what is shown in their place to who looks at the workspace `own`.
    pub(super) fn find(&self, text: &str, own: Option<&str>) -> Vec<Hidden> {
        let bytes = text.as_bytes();
        let (mut found, mut at) = (Vec::new(), 0);
        while let Some(start) = bytes[at..].first_chunk::<SHORTEST_SECRET>() {
            let secret = self.begins(start[0]).then(|| self.at(*start, &bytes[at..], own)).flatten();
            match secret {
                Some((length, shown)) => {
                    found.push((at..at + length, shown));
                    at += length;
                }
                None => at += 1,
            }
        }
        found
    }

    fn begins(&self, byte: u8) -> bool {
        self.first[usize::from(byte >> 6)] & (1 << (byte & 63)) != 0
    }

    fn at(&self, start: Start, bytes: &[u8], own: Option<&str>) -> Option<(usize, String)> {
        let alike = self.by_start.get(&start)?.iter();
        let mut here = alike.filter(|secret| bytes.starts_with(secret.value.as_bytes()));
        here.find_map(|secret| Some((secret.value.len(), secret.shown(own)?)))
    }
}

impl Secret {
    fn shown(&self, own: Option<&str>) -> Option<String> {
        let (owner, name) =
            self.names.iter().find(|(owner, _)| Some(&**owner) == own).or(self.names.first())?;
        match own {
            Some(own) if own != &**owner && !owner.is_empty() => {
                (self.value.len() >= SHORTEST_OF_OTHERS).then(|| format!("‹{name} of {owner}›"))
            }
            _ => Some(format!("‹{name}›")),
        }
    }
}
