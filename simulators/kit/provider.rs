//! What a provider is to the rest of the house.

use std::fmt;

use axum::Router;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::endpoint::Endpoint;
use super::locator::{Claim, Received};
use super::operation::Operation;
use super::outbox::{Manners, RetrySchedule, is_success};
use super::problem::Problem;
use super::seed::Seed;
use super::settings::Setting;
use super::table::{Reader, Tx};
use super::workspace::Workspace;

/// How we know what we know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// Our judgement; nobody has shown it. It is meant where nothing is said.
    #[default]
    Assumed,
    /// A document of the provider says so.
    Documented,
    /// Public code or traffic shows it.
    Observed,
}

impl fmt::Display for Ground {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Assumed => "assumed",
            Self::Documented => "documented",
            Self::Observed => "observed",
        })
    }
}

/// The ground of a rule, and where it can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Provenance {
    /// How we know.
    pub ground: Ground,
    /// Where it is written or seen.
    pub source: &'static str,
}

impl Provenance {
    /// A document of the provider says so.
    #[must_use]
    pub const fn documented(source: &'static str) -> Self {
        Self { ground: Ground::Documented, source }
    }

    /// Public code or traffic shows it.
    #[must_use]
    pub const fn observed(source: &'static str) -> Self {
        Self { ground: Ground::Observed, source }
    }

    /// Our judgement.
    #[must_use]
    pub const fn assumed(source: &'static str) -> Self {
        Self { ground: Ground::Assumed, source }
    }
}

/// The facts about a provider that never change.
#[derive(Debug)]
pub struct Info {
    /// Names its folders, its paths and its operations: `brp`.
    pub id: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// How far its port is from the control port (BRP is 2: 4702).
    pub port_offset: u16,
    /// What is imitated, a line each.
    pub imitates: &'static [&'static str],
    /// What is not, a line each.
    pub leaves_out: &'static [&'static str],
    /// Its open questions.
    pub settings: &'static [Setting],
}

/// One credential of a workspace at a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Credential {
    /// The variable that hands it to a shop: `BRP_SECRET`.
    pub name: &'static str,
    /// Its value.
    pub value: String,
    /// Whether it must never be shown in a log, a view or a report.
    pub secret: bool,
    /// The kind of claim that finds the workspace by it, if it travels in requests.
    pub claim: Option<&'static str>,
}

/// One error or status code of a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// As it travels: `101`.
    pub code: String,
    /// The provider's own text, byte for byte.
    pub text: String,
    /// What it means, in our words.
    pub meaning: String,
    /// What in the shop's or the provider's world causes it.
    pub cause: String,
    /// `before` leaving the provider, at the payment `provider`, or `after` the return.
    pub stage: String,
    /// Where it can occur: the endpoints or operations, as the provider names them.
    pub at: Vec<String>,
    /// How to bring the simulator into the state that causes it.
    pub state: String,
    /// Whether the transaction is annulled.
    pub annuls: bool,
    /// How we know the code and its text.
    pub provenance: Ground,
    /// How we know the cause.
    pub cause_provenance: Ground,
    /// Where code and text are written.
    pub source: String,
    /// Where the cause is written.
    pub cause_source: String,
}

/// The codes of a file `codes.toml`. The file is part of the program, and a test reads it: one that does not
/// parse gives none.
#[must_use]
pub fn codes_in(text: &str) -> Vec<Code> {
    #[derive(Deserialize)]
    struct File {
        code: Vec<Code>,
    }
    toml::from_str::<File>(text).map_or_else(|_| Vec::new(), |file| file.code)
}

/// Something that can be made to happen to a payment beyond its ordinary ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Scenario {
    /// As an outcome names it: `webhook_lost`.
    pub name: &'static str,
    /// What happens, in a few words.
    pub title: &'static str,
    /// What happens.
    pub does: &'static str,
    /// How we know that it can.
    pub provenance: Provenance,
}

/// A payment provider. Registered once, in `lib.rs`.
pub trait Provider: fmt::Debug + Send + Sync + 'static {
    /// The facts about it.
    fn info(&self) -> &'static Info;

    /// Its HTTP surface. Stateless: handlers take their [`Workspace`], [`super::locator::Origin`]
    /// and [`super::trail::Trail`] from the request's extensions.
    fn router(&self) -> Router;

    /// What its router answers to.
    fn endpoints(&self) -> &'static [Endpoint];

    /// What a request says about whose it is, the most telling first.
    fn claims(&self, request: &Received) -> Vec<Claim>;

    /// What the provider itself says to a request whose credential nobody has; none for our own words.
    /// `default` is the workspace that it was most probably meant for.
    fn stranger(&self, _request: &Received, _default: &Workspace) -> Option<Response> {
        None
    }

    /// What the provider itself says to a body that is too long; none for our own words.
    fn too_long(&self) -> Option<Response> {
        None
    }

    /// The credentials of a workspace; `seed` is `None` for the default one, whose are fixed.
    fn credentials(&self, seed: Option<&Seed>) -> Vec<Credential>;

    /// The URLs that a shop is given, by variable name.
    fn urls(&self, origin: &str, credentials: &[Credential]) -> Vec<(&'static str, String)>;

    /// Puts the records in place that every workspace starts with. `fixed` is the default
    /// workspace, whose ids are known; others draw theirs.
    fn found(&self, tx: &mut Tx<'_>, fixed: bool);

    /// What an integrator does with one message.
    fn operations(&self) -> &'static [&'static dyn Operation];

    /// Its codes, in the order of its own table.
    fn codes(&self) -> &'static [Code];

    /// What can be queued beside its codes.
    fn scenarios(&self) -> &'static [Scenario] {
        &[]
    }

    /// Whether a code can be queued as the outcome of a payment.
    fn queues(&self, _code: &str) -> bool {
        true
    }

    /// How to reach a code by a magic value, in words; none where only a state causes it.
    fn magic(&self, code: &str) -> Option<String>;

    /// What queued outcomes call a payment that can end with this code, in the default workspace.
    fn example(&self, code: &str) -> &'static str;

    /// Its vectors: the text of `fixtures/<id>/vectors.json`.
    fn vectors(&self) -> &'static str;

    /// When it tries a failed callback again.
    fn retries(&self) -> RetrySchedule;

    /// How it sends callbacks; none where it sends none.
    fn manners(&self) -> Option<&'static Manners> {
        None
    }

    /// Every kind of record that it keeps, so that a snapshot can be read.
    fn tables(&self) -> &'static [Reader];

    /// Whether it takes a callback for delivered that is answered so.
    fn is_delivered(&self, status: u16) -> bool {
        self.manners().map_or_else(|| is_success(status), |manners| (manners.delivered)(status))
    }

    /// The kinds of record that the control API can read and seed.
    fn records(&self) -> &'static [&'static str];

    /// Every record of a kind as JSON, in order.
    fn read(&self, tx: &Tx<'_>, kind: &str) -> Vec<Value>;

    /// Adds a record, or changes the fields of the one with its id.
    fn seed(&self, tx: &mut Tx<'_>, kind: &str, body: &Value) -> Result<Value, Problem>;

    /// A payment that waits on a hosted page gets its outcome, as if the payer had pressed it.
    fn press(
        &self,
        tx: &mut Tx<'_>,
        payment: &str,
        outcome: &super::outcome::Outcome,
    ) -> Result<Value, Problem>;

    /// Settings with which a newcomer's payers come back: `back` is a page that stands in for the shop's.
    fn demo(&self, _back: &str) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// What a newcomer tries first: a title, and a link that begins a payment of the workspace. `back`
    /// is where the payer goes afterwards.
    fn first_steps(
        &self,
        tx: &Tx<'_>,
        workspace: &Workspace,
        origin: &str,
        back: &str,
    ) -> Vec<(String, String)>;
}
