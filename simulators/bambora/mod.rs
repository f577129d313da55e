//! Bambora ePay ("Bambora Online ePay"): the payment window, and the two web services.
//!
//! Imitated: the window with its MD5 hash, cards and subscriptions, returns and callbacks, and what a merchant
//! does with payments and subscriptions by SOAP. Not imitated: the batch files, Bambora Checkout and its REST
//! services, the admin's pages.

pub mod acquirer;
pub mod codes;
pub mod currency;
mod doors;
mod founding;
pub mod model;
mod perform;
mod seeding;
mod settings;
pub mod signing;
mod soap;
mod tables;
pub mod texts;
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
pub const ID: &str = "bambora";

/// Bambora ePay.
#[derive(Debug)]
pub struct Bambora;

static INFO: Info = Info {
    id: ID,
    name: "Bambora ePay",
    port_offset: 1,
    imitates: &[
        "the payment window: form, link and script, MD5 modes, cards, subscriptions, own receipt, frames",
        "accept, cancel and callback with their parameters in the order of the real ones, hourly retries",
        "remote/payment.asmx: capture, credit, delete, groups, queries, lookups of errors and cards",
        "remote/subscription.asmx: authorize, delete, query, expiry; access list and password",
    ],
    leaves_out: &[
        "batch files, Bambora Checkout, the admin's pages",
        "createsubscription, which takes card data and whose shape is not public",
        "payments without a card: they have a button, and nothing behind it",
    ],
    settings: settings::SETTINGS,
};

impl Provider for Bambora {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn router(&self) -> Router {
        Router::new().fallback(doors::handle)
    }

    fn endpoints(&self) -> &'static [Endpoint] {
        static ALL: LazyLock<Vec<Endpoint>> =
            LazyLock::new(|| endpoints_in(include_str!("../../fixtures/bambora/endpoints.toml")));
        &ALL
    }

    fn claims(&self, request: &Received) -> Vec<Claim> {
        doors::claims(request)
    }

    fn stranger(&self, request: &Received, _: &Workspace) -> Option<Response> {
        doors::stranger(request)
    }

    fn too_long(&self) -> Option<Response> {
        Some(crate::kit::soap::too_long())
    }

    fn credentials(&self, seed: Option<&Seed>) -> Vec<Credential> {
        founding::credentials(seed)
    }

    fn urls(&self, origin: &str, _: &[Credential]) -> Vec<(&'static str, String)> {
        vec![("BAMBORA_URL", origin.to_owned())]
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
        codes::is_queued(code)
    }

    fn magic(&self, code: &str) -> Option<String> {
        acquirer::magic(code)
    }

    fn example(&self, _: &str) -> &'static str {
        "demo1"
    }

    fn vectors(&self) -> &'static str {
        include_str!("../../fixtures/bambora/vectors.json")
    }

    fn retries(&self) -> RetrySchedule {
        window::RETRIES
    }

    fn manners(&self) -> Option<&'static Manners> {
        Some(&window::MANNERS)
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
        window::steps(tx, workspace, origin, back)
    }
}
