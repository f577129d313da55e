//! QuickPay: its API v10 and its payment window, on one origin.
//!
//! Imitated: payments, subscriptions, saved cards and what is done with them, links and the older form, the
//! window's pages, callbacks with their checksum, agreements with their keys and rights. Not imitated:
//! payouts, brandings, fraud filters and what acquirers other than the test cards' say.

pub mod acquirer;
mod api;
mod callbacks;
pub mod codes;
mod doors;
mod founding;
pub mod model;
pub(crate) mod partner;
mod perform;
mod saved;
mod seeding;
mod settings;
mod shape;
pub mod signing;
mod tables;
mod tour;
mod window;

use std::sync::LazyLock;

use axum::Router;
use axum::response::Response;
use serde_json::Value;

use crate::kit::endpoint::{Endpoint, endpoints_in};
use crate::kit::locator::{Claim, Received};
use crate::kit::operation::Operation;
use crate::kit::outbox::{Manners, RetrySchedule};
use crate::kit::outcome::Outcome;
use crate::kit::problem::Problem;
use crate::kit::provider::{Code, Credential, Info, Provider};
use crate::kit::seed::Seed;
use crate::kit::table::{Reader, Tx};
use crate::kit::workspace::Workspace;

/// The provider's id.
pub const ID: &str = "quickpay";

/// QuickPay.
#[derive(Debug)]
pub struct QuickPay;

static INFO: Info = Info {
    id: ID,
    name: "QuickPay",
    port_offset: 6,
    imitates: &[
        "payments, subscriptions with recurring, and saved cards: made, read, listed, changed",
        "authorize, session, capture, refund, cancel, renew and fraud reports, awaited or not",
        "the documented test cards with their results, fees, deadlines, captures at once and later",
        "the payment window for links and for the older form with its checksum: cards, 3-D Secure, other methods, frames",
        "callbacks signed with the private key, 24 tries, redirects followed, where each event goes",
        "agreements with keys and rights, the account, its private key, and the small lists",
    ],
    leaves_out: &[
        "payouts and invoices; logins with e-mail and password",
        "brandings and the window in other languages",
        "what wallets and acquirers ask for on their own pages: one page with three buttons stands for each",
    ],
    settings: settings::SETTINGS,
};

impl Provider for QuickPay {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn router(&self) -> Router {
        Router::new().fallback(window::handle)
    }

    fn endpoints(&self) -> &'static [Endpoint] {
        static ALL: LazyLock<Vec<Endpoint>> =
            LazyLock::new(|| endpoints_in(include_str!("../../fixtures/quickpay/endpoints.toml")));
        &ALL
    }

    fn claims(&self, request: &Received) -> Vec<Claim> {
        doors::claims(request)
    }

    fn stranger(&self, request: &Received, default: &Workspace) -> Option<Response> {
        doors::stranger(request, default)
    }

    fn too_long(&self) -> Option<Response> {
        Some(doors::too_long())
    }

    fn credentials(&self, seed: Option<&Seed>) -> Vec<Credential> {
        founding::credentials(seed)
    }

    fn urls(&self, origin: &str, _: &[Credential]) -> Vec<(&'static str, String)> {
        founding::urls(origin)
    }

    fn found(&self, tx: &mut Tx<'_>, fixed: bool) {
        founding::found(tx, &self.credentials((!fixed).then_some(tx.seed)));
    }

    fn operations(&self) -> &'static [&'static dyn Operation] {
        signing::OPERATIONS
    }

    fn codes(&self) -> &'static [Code] {
        codes::codes()
    }

    fn queues(&self, code: &str) -> bool {
        codes::is_operations(code)
    }

    fn magic(&self, code: &str) -> Option<String> {
        tour::magic(code)
    }

    fn example(&self, _: &str) -> &'static str {
        "demo-1"
    }

    fn vectors(&self) -> &'static str {
        include_str!("../../fixtures/quickpay/vectors.json")
    }

    fn retries(&self) -> RetrySchedule {
        callbacks::RETRIES
    }

    fn manners(&self) -> Option<&'static Manners> {
        Some(&callbacks::MANNERS)
    }

    fn tables(&self) -> &'static [Reader] {
        tables::TABLES
    }

    fn records(&self) -> &'static [&'static str] {
        seeding::KINDS
    }

    fn read(&self, tx: &Tx<'_>, kind: &str) -> Vec<Value> {
        seeding::read(tx, kind)
    }

    fn seed(&self, tx: &mut Tx<'_>, kind: &str, body: &Value) -> Result<Value, Problem> {
        seeding::seed(tx, kind, body)
    }

    fn press(&self, tx: &mut Tx<'_>, payment: &str, outcome: &Outcome) -> Result<Value, Problem> {
        window::press(tx, payment, outcome)
    }

    fn first_steps(
        &self,
        tx: &Tx<'_>,
        workspace: &Workspace,
        origin: &str,
        back: &str,
    ) -> Vec<(String, String)> {
        tour::steps(tx, workspace, origin, back)
    }
}
