//! Freepay's classic gateway: the hosted payment page, and the two web services.
//!
//! Imitated: the page that a shop's form opens, the shop's own card form, accept and decline, subscriptions, and
//! management by SOAP and by plain HTTP. Not imitated: the later REST product, the admin's pages.

pub mod acquirer;
pub mod codes;
mod currency;
mod dates;
mod doors;
mod founding;
pub mod model;
mod page;
mod seeding;
mod services;
mod settings;
pub mod signing;
mod tables;
mod tour;

use std::sync::LazyLock;

use axum::Router;
use axum::response::Response;
use serde_json::Value;

use crate::kit::endpoint::{Endpoint, endpoints_in};
use crate::kit::locator::{Claim, Received};
use crate::kit::operation::Operation;
use crate::kit::outbox::RetrySchedule;
use crate::kit::outcome::Outcome;
use crate::kit::problem::Problem;
use crate::kit::provider::{Code, Credential, Info, Provider};
use crate::kit::seed::Seed;
use crate::kit::soap;
use crate::kit::table::{Reader, Tx};
use crate::kit::workspace::Workspace;

/// The provider's id.
pub const ID: &str = "freepay";

/// Freepay.
#[derive(Debug)]
pub struct Freepay;

static INFO: Info = Info {
    id: ID,
    name: "Freepay",
    port_offset: 5,
    imitates: &[
        "the payment page: opened by form post, cards, subscriptions, accept and decline",
        "the shop's own card form, which posts to secure/authorize.aspx",
        "management.asmx: capture, change, delete, query and more; SOAP and plain HTTP",
        "subscriptionmanager.asmx: query and authorize, the old way and the new ones",
    ],
    leaves_out: &["the later REST product of the same name", "the admin's pages", "callbacks: it has none"],
    settings: settings::SETTINGS,
};

impl Provider for Freepay {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn router(&self) -> Router {
        Router::new().fallback(doors::handle)
    }

    fn endpoints(&self) -> &'static [Endpoint] {
        static ALL: LazyLock<Vec<Endpoint>> =
            LazyLock::new(|| endpoints_in(include_str!("../../fixtures/freepay/endpoints.toml")));
        &ALL
    }

    fn claims(&self, request: &Received) -> Vec<Claim> {
        doors::claims(request)
    }

    fn stranger(&self, request: &Received, default: &Workspace) -> Option<Response> {
        doors::stranger(request, default)
    }

    fn too_long(&self) -> Option<Response> {
        Some(soap::too_long())
    }

    fn credentials(&self, seed: Option<&Seed>) -> Vec<Credential> {
        founding::credentials(seed)
    }

    fn urls(&self, origin: &str, _: &[Credential]) -> Vec<(&'static str, String)> {
        vec![("FREEPAY_URL", origin.to_owned())]
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
        "demo-1"
    }

    fn vectors(&self) -> &'static str {
        include_str!("../../fixtures/freepay/vectors.json")
    }

    fn retries(&self) -> RetrySchedule {
        RetrySchedule::of(&[])
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
        page::press(tx, payment, outcome)
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
