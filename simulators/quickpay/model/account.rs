//! The merchant's account, its agreements with their keys and rights, and groups of subscriptions.

use serde::{Deserialize, Serialize};

use crate::kit::digest::sha256;
use crate::kit::table::{Id, Record};

/// The merchant's account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Account {
    /// The merchant's id.
    pub id: u64,
    /// The shop's name.
    pub shop_name: String,
    /// Where it is.
    pub shop_urls: Vec<String>,
    /// Whom to ask.
    pub contact_email: String,
    /// Signs callbacks.
    pub private_key: String,
    /// Where callbacks go that nothing else directs.
    pub callback_url: Option<String>,
    /// Whether fees are added where nobody says otherwise.
    pub autofee: bool,
    /// Whether test cards may be used.
    pub allow_test_transactions: bool,
    /// Which methods the window offers where nobody says otherwise.
    pub default_payment_methods: Option<String>,
    /// The window's language where nobody says otherwise.
    pub default_payment_language: String,
    /// What stands on the payer's statement.
    pub default_text_on_statement: Option<String>,
    /// When it was made, as RFC 3339.
    pub created_at: String,
}

impl Record for Account {
    const TABLE: &'static str = "quickpay.accounts";

    fn id(&self) -> Id {
        self.id.into()
    }
}

/// What an agreement may do with a resource.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "the verbs of HTTP, as QuickPay's own shape has them")]
pub struct Right {
    /// The path of its endpoints: `/payments/:id/link`.
    pub resource: String,
    /// Whether it may read.
    pub get: bool,
    /// Whether it may make.
    pub post: bool,
    /// Whether it may put.
    pub put: bool,
    /// Whether it may change.
    pub patch: bool,
    /// Whether it may delete.
    pub delete: bool,
}

impl Right {
    /// Whether it allows a verb.
    #[must_use]
    pub fn allows(&self, verb: &str) -> bool {
        match verb {
            "GET" | "HEAD" => self.get,
            "POST" => self.post,
            "PUT" => self.put,
            "PATCH" => self.patch,
            "DELETE" => self.delete,
            _ => false,
        }
    }
}

/// A system user's agreement with the account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Agreement {
    /// Its id.
    pub id: u64,
    /// `API User` or `Payment Window`.
    pub service: String,
    /// Its key.
    pub api_key: String,
    /// What it may not do as others may: everything that is not named is allowed.
    pub acl: Vec<Right>,
}

impl Agreement {
    /// Whether it may call this.
    #[must_use]
    pub fn may(&self, verb: &str, template: &str) -> bool {
        self.acl.iter().find(|right| right.resource == template).is_none_or(|right| right.allows(verb))
    }

    /// A key as a number, for the book of ids.
    #[must_use]
    pub fn mark(key: &str) -> u64 {
        sha256(key.as_bytes()).iter().take(8).fold(0, |mark, byte| mark << 8 | u64::from(*byte))
    }
}

impl Record for Agreement {
    const TABLE: &'static str = "quickpay.agreements";

    fn id(&self) -> Id {
        self.id.into()
    }
}

/// Subscriptions that are charged together.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Group {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// What each subscription pays, in minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
    /// What it is for.
    pub description: Option<String>,
}

impl Record for Group {
    const TABLE: &'static str = "quickpay.groups";

    fn id(&self) -> Id {
        self.id.into()
    }
}
