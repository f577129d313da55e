//! Making tokens stage by stage, so that mistakes can edit the stages.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::{Algorithm, signature};
use crate::kit::operation::Message;
use crate::kit::scheme::{Edit, Mistake};

/// Claims in the order in which they are written.
pub type Claims = Vec<(Cow<'static, str>, Value)>;

/// A token's stages with the mistakes' edits.
#[derive(Clone, Debug)]
pub struct TokenRecipe {
    algorithm: Algorithm,
    key: fn(&Message) -> Vec<u8>,
    serialise: fn(&Claims) -> Vec<u8>,
    segment: fn(&[u8]) -> String,
    spell: Vec<fn(&str) -> String>,
    claims: Vec<fn(&Message, &mut Claims)>,
}

impl TokenRecipe {
    /// The right recipe, HS512 with this key, with these mistakes in it; `None` if two replace the same
    /// stage. Edits of other recipes' stages are passed over.
    #[must_use]
    pub fn with(key: fn(&Message) -> Vec<u8>, mistakes: &[&'static Mistake]) -> Option<Self> {
        let mut recipe = Self {
            algorithm: Algorithm::Hs512,
            key,
            serialise: compact,
            segment: url_safe,
            spell: Vec::new(),
            claims: Vec::new(),
        };
        let mut replaced = 0_u8;
        for edit in mistakes.iter().flat_map(|mistake| mistake.edits) {
            let stage = match *edit {
                Edit::Claims(edit) => {
                    recipe.claims.push(edit);
                    continue;
                }
                Edit::Spell(edit) => {
                    recipe.spell.push(edit);
                    continue;
                }
                Edit::Algorithm(algorithm) => {
                    recipe.algorithm = algorithm;
                    0
                }
                Edit::TokenKey(_, key) => {
                    recipe.key = key;
                    1
                }
                Edit::Serialise(serialise) => {
                    recipe.serialise = serialise;
                    2
                }
                Edit::Segment(segment) => {
                    recipe.segment = segment;
                    3
                }
                _ => continue,
            };
            if replaced & (1 << stage) != 0 {
                return None;
            }
            replaced |= 1 << stage;
        }
        Some(recipe)
    }

    /// The claims as they are signed.
    #[must_use]
    pub fn claims(&self, message: &Message, mut claims: Claims) -> Claims {
        for edit in &self.claims {
            edit(message, &mut claims);
        }
        claims
    }

    /// The token.
    #[must_use]
    pub fn token(&self, message: &Message, claims: Claims) -> String {
        let claims = self.claims(message, claims);
        let header = format!("{{\"typ\":\"JWT\",\"alg\":\"{}\"}}", self.algorithm.name());
        let signed =
            format!("{}.{}", (self.segment)(header.as_bytes()), (self.segment)(&(self.serialise)(&claims)));
        let signature = signature(&signed, self.algorithm, &(self.key)(message));
        // Who spells the segments in another base64 spells the signature so too.
        let bytes = URL_SAFE_NO_PAD.decode(&signature).unwrap_or_default();
        let token = format!("{signed}.{}", (self.segment)(&bytes));
        self.spell.iter().fold(token, |token, spell| spell(&token))
    }
}

/// Compact JSON in the claims' order, as every library writes it but for its escapes.
#[must_use]
pub fn compact(claims: &Claims) -> Vec<u8> {
    let fields: Vec<String> =
        claims.iter().map(|(name, value)| format!("{}:{value}", Value::from(name.as_ref()))).collect();
    format!("{{{}}}", fields.join(",")).into_bytes()
}

/// base64url without padding.
#[must_use]
pub fn url_safe(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
