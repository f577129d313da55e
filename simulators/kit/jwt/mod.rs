//! JSON Web Tokens that are signed with HMAC (RFC 7515 and 7519): taken apart as they came, verified
//! over the bytes that came, made right, and made wrong.
//!
//! The `jsonwebtoken` crate signs and verifies. What no library makes, a token with a mistake in it, is
//! made here from the same stages: claims → header → serialise → segment → sign → spell.

mod parts;
mod recipe;

use jsonwebtoken::{DecodingKey, EncodingKey, Header, crypto};
use serde::Serialize;

pub(crate) use parts::entries;
pub use parts::{Malformed, Parts, Which, show, show_json, text_of_segment};
pub use recipe::{Claims, TokenRecipe, compact, url_safe};

/// How a token is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC with SHA-256.
    Hs256,
    /// HMAC with SHA-384.
    Hs384,
    /// HMAC with SHA-512.
    Hs512,
    /// Not at all.
    None,
}

impl Algorithm {
    /// As a header says it: `HS512`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Hs384 => "HS384",
            Self::Hs512 => "HS512",
            Self::None => "none",
        }
    }

    /// The algorithm with this name, spelt exactly so.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Hs256, Self::Hs384, Self::Hs512, Self::None].into_iter().find(|known| known.name() == name)
    }

    /// The algorithm whose signatures are so long, in bytes.
    #[must_use]
    pub fn of_length(bytes: usize) -> Option<Self> {
        match bytes {
            0 => Some(Self::None),
            32 => Some(Self::Hs256),
            48 => Some(Self::Hs384),
            64 => Some(Self::Hs512),
            _ => None,
        }
    }

    fn library(self) -> Option<jsonwebtoken::Algorithm> {
        match self {
            Self::Hs256 => Some(jsonwebtoken::Algorithm::HS256),
            Self::Hs384 => Some(jsonwebtoken::Algorithm::HS384),
            Self::Hs512 => Some(jsonwebtoken::Algorithm::HS512),
            Self::None => None,
        }
    }
}

/// A right token; empty if the claims cannot be written as JSON. The header is
/// `{"typ":"JWT","alg":"HS512"}`, byte for byte what php-jwt and jwt-simple write.
#[must_use]
pub fn sign(claims: &impl Serialize, key: &[u8]) -> String {
    let header = Header::new(jsonwebtoken::Algorithm::HS512);
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(key)).unwrap_or_default()
}

/// Whether the signature is this algorithm's over the bytes that came, with this key. Nothing is signed
/// with [`Algorithm::None`].
#[must_use]
pub fn verify(parts: &Parts, algorithm: Algorithm, key: &[u8]) -> bool {
    algorithm.library().is_some_and(|algorithm| {
        let signed = crypto::verify(
            &parts.signature,
            parts.signed.as_bytes(),
            &DecodingKey::from_secret(key),
            algorithm,
        );
        signed.unwrap_or(false)
    })
}

/// A token of these very texts, right or wrong: the header may name another algorithm than it is signed
/// with.
#[must_use]
pub fn assemble(header: &str, payload: &str, algorithm: Algorithm, key: &[u8]) -> String {
    let signed = format!("{}.{}", url_safe(header.as_bytes()), url_safe(payload.as_bytes()));
    format!("{signed}.{}", signature(&signed, algorithm, key))
}

/// The signature's segment: empty for [`Algorithm::None`].
fn signature(signed: &str, algorithm: Algorithm, key: &[u8]) -> String {
    let Some(algorithm) = algorithm.library() else { return String::new() };
    crypto::sign(signed.as_bytes(), &EncodingKey::from_secret(key), algorithm).unwrap_or_default()
}

#[cfg(test)]
mod tests;
