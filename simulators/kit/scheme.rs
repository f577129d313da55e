//! A signing rule as a staged recipe, and the mistakes that edit its stages.
//!
//! select → order → encode → join → key → digest → render; and for a link around it:
//! spread → escape → assemble. A mistake edits some stages, so two mistakes compose unless both
//! replace the same one.

use std::borrow::Cow;

use serde::Serialize;

use super::jwt::{Algorithm, Claims};
use super::operation::{Message, Parameter, Reply};
use super::provider::Provenance;
use super::request::Request;

/// One wrong way of doing an operation.
#[derive(Debug, Serialize)]
pub struct Mistake {
    /// Its id: `brp.hash/secret-missing`.
    pub id: &'static str,
    /// What was done: "you left the secret word out of the hash".
    pub title: &'static str,
    /// Why that is wrong.
    pub why: &'static str,
    /// How to put it right.
    pub remedy: &'static str,
    /// How we know that people make it, or that it is one.
    pub provenance: Provenance,
    /// What it does to the recipe.
    #[serde(skip)]
    pub edits: &'static [Edit],
}

/// Declares the mistakes of an operation as `MISTAKES`, the commonest first: a diagnosis names the first that
/// fits. Each has its id, what was done, why that is wrong, how to put it right, how we know, and its edits:
/// a list, or one, or one that is put into the kind that stands behind the operation's id.
macro_rules! mistakes {
    ($operation:literal; $($name:ident = $id:literal, $title:literal, $why:expr, $remedy:expr, $provenance:expr, [$($edit:expr),+];)+) => {
        $(pub(super) static $name: $crate::kit::scheme::Mistake = $crate::kit::scheme::Mistake {
            id: concat!($operation, "/", $id),
            title: $title,
            why: $why,
            remedy: $remedy,
            provenance: $provenance,
            edits: &[$($edit),+],
        };)+
        pub(super) static MISTAKES: &[&$crate::kit::scheme::Mistake] = &[$(&$name),+];
    };
    ($operation:literal; $($name:ident = $id:literal, $title:literal, $why:expr, $remedy:expr, $provenance:expr, $edit:expr;)+) => {
        $crate::kit::scheme::mistakes! {
            $operation; $($name = $id, $title, $why, $remedy, $provenance, [$edit];)+
        }
    };
    ($operation:literal, $kind:path; $($name:ident = $id:literal, $title:literal, $why:expr, $remedy:expr, $provenance:expr, $edit:expr;)+) => {
        $crate::kit::scheme::mistakes! {
            $operation; $($name = $id, $title, $why, $remedy, $provenance, [$kind($edit)];)+
        }
    };
}
pub(crate) use mistakes;

/// Every set of what the document leaves open, and why.
#[must_use]
pub fn open_sets(open: &[(&'static Mistake, &'static str)]) -> Vec<(Vec<&'static Mistake>, &'static str)> {
    let chosen = |set: usize| {
        let members = open.iter().enumerate().filter(move |(place, _)| set >> place & 1 == 1);
        members.map(|(_, (mistake, why))| (*mistake, *why)).collect::<Vec<_>>()
    };
    (1..1_usize << open.len())
        .map(chosen)
        .map(|members| (members.iter().map(|(mistake, _)| *mistake).collect(), members[0].1))
        .collect()
}

/// A part of the string to sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The parameter's name.
    pub name: Cow<'static, str>,
    /// Its value's bytes.
    pub value: Vec<u8>,
}

/// What is digested.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// The joined fields with the key in its place.
    pub keyed: &'a [u8],
    /// The joined fields alone.
    pub bare: &'a [u8],
    /// The key.
    pub key: &'a [u8],
}

/// What a mistake does to one stage of a signature, a link, a token or a decision. Some kinds add to the
/// stage, the others replace it.
#[derive(Clone, Copy, Debug)]
pub enum Edit {
    /// Changes which fields are signed, after the right ones are chosen and ordered.
    Select(fn(&Message, &mut Vec<Field>)),
    /// Changes a field's bytes.
    Encode(fn(&mut Field)),
    /// Changes which parameters a link carries; `hash` is among them.
    Spread(fn(&Message, &mut Vec<Parameter>)),
    /// Puts the fields in another order.
    Order(fn(&Message, &mut Vec<Field>)),
    /// Puts this between the fields, and between them and the key.
    Glue(&'static str),
    /// Joins the fields in another way.
    Join(Join),
    /// Brings the key in in another way.
    Key(fn(&[u8], &[u8]) -> Vec<u8>),
    /// Digests in another way.
    Digest(fn(&Text<'_>) -> Vec<u8>),
    /// Spells the digest in another way.
    Render(fn(&[u8]) -> String),
    /// Escapes a link's value in another way.
    Escape(fn(&str, &str) -> String),
    /// Puts base, endpoint and query together in another way.
    Assemble(fn(&str, &str, &str) -> String),
    /// Understands a message wrongly.
    Read(fn(&Message) -> Reply),
    /// Changes an HTTP request.
    Request(fn(&Message, &mut Request)),
    /// Changes a token's claims.
    Claims(fn(&Message, &mut Claims)),
    /// Spells a finished token in another way.
    Spell(fn(&str) -> String),
    /// Signs a token in another way.
    Algorithm(Algorithm),
    /// Signs with another key: what it is, in words, and its bytes.
    TokenKey(&'static str, fn(&Message) -> Vec<u8>),
    /// Writes a token's claims in another way.
    Serialise(fn(&Claims) -> Vec<u8>),
    /// Spells the bytes of a token's segments in another way.
    Segment(fn(&[u8]) -> String),
    /// Does not ask for the condition of this name.
    Drop(&'static str),
    /// Asks for something more before a message is accepted.
    Demand(fn(&Message) -> bool),
}

/// Joins the fields in a way of its own.
type Join = fn(&[Field]) -> Vec<u8>;

/// The stages of a signature over named fields.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// Chooses the fields, in the order of the call.
    pub select: fn(&Message) -> Vec<Field>,
    /// Orders them.
    pub order: fn(&Message, &mut Vec<Field>),
    /// Brings the key in.
    pub key: fn(&[u8], &[u8]) -> Vec<u8>,
    /// Digests.
    pub digest: fn(&Text<'_>) -> Vec<u8>,
    /// Spells the digest.
    pub render: fn(&[u8]) -> String,
    /// What stands between the fields.
    pub separator: &'static str,
    edited: Edited,
}

#[derive(Clone, Debug, Default)]
struct Edited {
    select: Vec<fn(&Message, &mut Vec<Field>)>,
    encode: Vec<fn(&mut Field)>,
    glue: Option<&'static str>,
    join: Option<Join>,
    replaced: u8,
}

impl Recipe {
    /// A recipe: values joined without separators, the key appended.
    #[must_use]
    pub fn new(
        select: fn(&Message) -> Vec<Field>,
        order: fn(&Message, &mut Vec<Field>),
        digest: fn(&Text<'_>) -> Vec<u8>,
        render: fn(&[u8]) -> String,
    ) -> Self {
        Self { select, order, key: append, digest, render, separator: "", edited: Edited::default() }
    }

    /// The recipe of somebody who makes these mistakes; `None` if two replace the same stage. Edits
    /// of other recipes' stages are passed over.
    #[must_use]
    pub fn with(mut self, mistakes: &[&'static Mistake]) -> Option<Self> {
        for edit in mistakes.iter().flat_map(|mistake| mistake.edits) {
            let stage = match *edit {
                Edit::Select(edit) => {
                    self.edited.select.push(edit);
                    continue;
                }
                Edit::Encode(edit) => {
                    self.edited.encode.push(edit);
                    continue;
                }
                Edit::Order(order) => {
                    self.order = order;
                    0
                }
                Edit::Glue(glue) => {
                    self.edited.glue = Some(glue);
                    1
                }
                Edit::Join(join) => {
                    self.edited.join = Some(join);
                    1
                }
                Edit::Key(key) => {
                    self.key = key;
                    2
                }
                Edit::Digest(digest) => {
                    self.digest = digest;
                    3
                }
                Edit::Render(render) => {
                    self.render = render;
                    4
                }
                _ => continue,
            };
            if self.edited.replaced & (1 << stage) != 0 {
                return None;
            }
            self.edited.replaced |= 1 << stage;
        }
        Some(self)
    }

    /// The joined fields, without the key.
    #[must_use]
    pub fn bare(&self, message: &Message) -> Vec<u8> {
        let mut fields = (self.select)(message);
        (self.order)(message, &mut fields);
        for select in &self.edited.select {
            select(message, &mut fields);
        }
        for encode in &self.edited.encode {
            fields.iter_mut().for_each(encode);
        }
        if let Some(join) = self.edited.join {
            return join(&fields);
        }
        let glue = self.edited.glue.unwrap_or(self.separator).as_bytes();
        let mut bare = Vec::with_capacity(128);
        for (place, field) in fields.iter().enumerate() {
            if place > 0 {
                bare.extend_from_slice(glue);
            }
            bare.extend_from_slice(&field.value);
        }
        bare
    }

    /// The string that is digested, the key in it.
    #[must_use]
    pub fn canonical(&self, message: &Message, key: &[u8]) -> Vec<u8> {
        let mut bare = self.bare(message);
        if let Some(glue) = self.edited.glue {
            bare.extend_from_slice(glue.as_bytes());
        }
        (self.key)(&bare, key)
    }

    /// The signature.
    #[must_use]
    pub fn sign(&self, message: &Message, key: &[u8]) -> String {
        let bare = self.bare(message);
        let mut keyed = bare.clone();
        if let Some(glue) = self.edited.glue {
            keyed.extend_from_slice(glue.as_bytes());
        }
        let keyed = (self.key)(&keyed, key);
        (self.render)(&(self.digest)(&Text { keyed: &keyed, bare: &bare, key }))
    }
}

/// The fields' values with this between them, and nothing before the key.
#[must_use]
pub fn joined_by<const GLUE: u8>(fields: &[Field]) -> Vec<u8> {
    fields.iter().map(|field| field.value.as_slice()).collect::<Vec<_>>().join(&GLUE)
}

/// The key after the text: the usual place.
#[must_use]
pub fn append(bare: &[u8], key: &[u8]) -> Vec<u8> {
    [bare, key].concat()
}

/// A link's stages with the mistakes' edits; `None` if two replace the same stage.
#[derive(Clone, Debug)]
pub struct LinkRecipe {
    /// Escapes a value, given its name.
    pub escape: fn(&str, &str) -> String,
    /// Puts base, endpoint and query together.
    pub assemble: fn(&str, &str, &str) -> String,
    spread: Vec<fn(&Message, &mut Vec<Parameter>)>,
}

impl LinkRecipe {
    /// The right recipe with these mistakes in it.
    #[must_use]
    pub fn with(
        escape: fn(&str, &str) -> String,
        assemble: fn(&str, &str, &str) -> String,
        mistakes: &[&'static Mistake],
    ) -> Option<Self> {
        let mut recipe = Self { escape, assemble, spread: Vec::new() };
        let (mut escaped, mut assembled) = (false, false);
        for edit in mistakes.iter().flat_map(|mistake| mistake.edits) {
            match *edit {
                Edit::Spread(spread) => recipe.spread.push(spread),
                Edit::Escape(_) if escaped => return None,
                Edit::Escape(escape) => {
                    (recipe.escape, escaped) = (escape, true);
                }
                Edit::Assemble(_) if assembled => return None,
                Edit::Assemble(assemble) => {
                    (recipe.assemble, assembled) = (assemble, true);
                }
                _ => {}
            }
        }
        Some(recipe)
    }

    /// The whole URL.
    #[must_use]
    pub fn url(&self, message: &Message, base: &str, mut parameters: Vec<Parameter>) -> String {
        for spread in &self.spread {
            spread(message, &mut parameters);
        }
        let mut query = String::with_capacity(256);
        for (place, (name, value)) in parameters.iter().enumerate() {
            if place > 0 {
                query.push('&');
            }
            query.push_str(name);
            query.push('=');
            query.push_str(&(self.escape)(name, value));
        }
        (self.assemble)(base, &message.form, &query)
    }
}

/// How somebody understands a message who makes these mistakes; those of other operations are passed
/// over. `None` where two mistakes exclude each other.
pub fn read_as(
    message: &Message,
    made: &[&'static Mistake],
    own: &[&'static Mistake],
    right: impl FnOnce(&Message) -> Reply,
) -> Option<Reply> {
    let own = |mistake: &&&'static Mistake| own.iter().any(|known| known.id == mistake.id);
    let edits = made.iter().filter(own).flat_map(|mistake| mistake.edits);
    let mut reads = edits.filter_map(|edit| match edit {
        Edit::Read(read) => Some(read),
        _ => None,
    });
    let reply = reads.next().map_or_else(|| right(message), |read| read(message));
    reads.next().is_none().then_some(reply)
}

/// Something that must hold before a message is accepted.
#[derive(Clone, Copy, Debug)]
pub struct Condition {
    /// Names it for [`Edit::Drop`], and tells why a message is refused that lacks it.
    pub name: &'static str,
    /// Whether a message has it.
    pub holds: fn(&Message) -> bool,
}

/// The first condition that a message lacks, for somebody who makes these mistakes: some are not asked
/// for, and others are asked for instead. `None` where nothing is lacking.
#[must_use]
pub fn lacking(
    message: &Message,
    conditions: &[Condition],
    made: &[&'static Mistake],
) -> Option<&'static str> {
    let edits = || made.iter().flat_map(|mistake| mistake.edits);
    let dropped = |name: &str| edits().any(|edit| matches!(edit, Edit::Drop(other) if *other == name));
    let asked = conditions.iter().filter(|condition| !dropped(condition.name));
    let lacking = asked.copied().find(|condition| !(condition.holds)(message));
    let demanded = |edit: &Edit| matches!(edit, Edit::Demand(holds) if !holds(message));
    lacking.map(|condition| condition.name).or_else(|| edits().any(demanded).then_some("something else"))
}
