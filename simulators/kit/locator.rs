//! Which workspace a request belongs to.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method};

use super::problem::nearest;
use super::workspace::{DEFAULT, Workspace, Workspaces};

/// A request as a provider's router will see it.
#[derive(Clone, Debug)]
pub struct Received {
    /// The method.
    pub method: Method,
    /// The path below the provider's origin, as it came.
    pub path: String,
    /// The query as it came, without the `?`; empty if there is none.
    pub query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

/// Where the shop reaches the provider, without a slash at the end: `http://127.0.0.1:4702`. Every
/// absolute link that we hand out begins with it.
#[derive(Clone, Debug)]
pub struct Origin(pub Arc<str>);

/// The origins of all providers as this request would reach them, for a provider that sends the payer to
/// another one.
#[derive(Clone)]
pub struct Origins(pub Arc<dyn Fn(&str) -> String + Send + Sync>);

impl Origins {
    /// The origin of a provider, without a slash at the end.
    #[must_use]
    pub fn of(&self, provider: &str) -> String {
        (self.0)(provider)
    }
}

impl std::fmt::Debug for Origins {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Origins")
    }
}

/// The address that a request came from.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// Something in a request that tells whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// A credential as at the real provider. If nobody has it, the request is unclaimed.
    Credential {
        /// Which kind: `installation`.
        kind: &'static str,
        /// Its value.
        value: String,
    },
    /// An id that we handed out, of this table. If nobody has it, the next claim is asked.
    Id {
        /// The table: `brp.orders`.
        table: &'static str,
        /// The id.
        id: u64,
    },
    /// A token that we handed out. If nobody has it, the next claim is asked.
    Token(String),
}

/// What the locator found.
#[derive(Clone, Debug)]
pub enum Located {
    /// The request is this workspace's.
    Found(Workspace),
    /// The request has a credential that nobody has.
    Unclaimed {
        /// Which kind of credential.
        kind: &'static str,
        /// What came; of a secret as much as tells it from others.
        value: String,
        /// The nearest that somebody has.
        nearest: Option<String>,
    },
}

/// So much of an unknown secret that its owner knows it again, and nobody else learns it.
fn hinted(secret: &str) -> String {
    let length = secret.chars().count();
    let shown: String = secret.chars().take(if length > 16 { 4 } else { 0 }).collect();
    format!("{shown}… ({length} characters)")
}

impl Workspaces {
    /// The workspace that the first telling claim names; `default` where none tells.
    #[must_use]
    pub fn locate(&self, provider: &str, claims: &[Claim]) -> Located {
        let mut unknown = None;
        for claim in claims {
            match claim {
                Claim::Credential { kind, value } => {
                    if let Some(workspace) = self.with_credential(provider, kind, value) {
                        return Located::Found(workspace);
                    }
                    unknown.get_or_insert((*kind, value));
                }
                Claim::Id { table, id } => {
                    if let Some(workspace) = self.with_id(table, *id) {
                        return Located::Found(workspace);
                    }
                }
                Claim::Token(token) => {
                    if let Some(workspace) = self.with_token(token) {
                        return Located::Found(workspace);
                    }
                }
            }
        }
        if let Some((kind, value)) = unknown {
            return Located::Unclaimed {
                kind,
                value: if self.is_secret(provider, kind) { hinted(value) } else { value.clone() },
                nearest: self.nearest_credential(provider, kind, value),
            };
        }
        match self.get(DEFAULT) {
            Some(workspace) => Located::Found(workspace),
            None => Located::Unclaimed { kind: "workspace", value: DEFAULT.to_owned(), nearest: None },
        }
    }

    fn is_secret(&self, provider: &str, kind: &str) -> bool {
        let all = self.all();
        let mut known = all.iter().flat_map(|workspace| workspace.credentials(provider));
        known.any(|credential| credential.claim == Some(kind) && credential.secret)
    }

    /// What was perhaps meant: of secrets the name under which the integrator has it.
    fn nearest_credential(&self, provider: &str, kind: &str, value: &str) -> Option<String> {
        let all = self.all();
        let secrets =
            || all.iter().flat_map(|workspace| workspace.credentials(provider)).filter(|known| known.secret);
        if let Some(other) = secrets().find(|credential| credential.value == value) {
            return Some(format!("{} itself, which is for something else", other.name));
        }
        let near = nearest(
            value,
            secrets().filter(|known| known.claim == Some(kind)).map(|known| known.value.as_str()),
        );
        if let Some(near) = secrets().find(|credential| Some(credential.value.as_str()) == near) {
            return Some(near.name.to_owned());
        }
        let known = all
            .iter()
            .flat_map(|workspace| workspace.credentials(provider))
            .filter(|credential| credential.claim == Some(kind) && !credential.secret)
            .map(|credential| credential.value.as_str());
        nearest(value, known).map(ToOwned::to_owned)
    }
}
