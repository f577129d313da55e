//! BRP Online: the simplified payment, as its wiki page describes it.
//!
//! Imitated: the six endpoints with their parameters, hashes, error codes and returns; the payment
//! providers' hosted pages and Swish's waiting page; mandates, accounts, invoices, value cards, receipts;
//! the part of the REST API (API3) that a shop needs around a payment. Not imitated: what payment
//! providers say to BRP's servers, coupons, later withdrawals.

mod around;
pub mod codes;
mod doors;
pub mod endpoints;
mod evidence;
mod founding;
pub mod model;
mod obstacles;
mod payments;
pub mod psp;
mod rest;
mod seeding;
mod settings;
pub mod settlement;
pub mod signing;
mod swish;
#[cfg(test)]
mod tests;
mod tour;
mod window;

use std::sync::LazyLock;

use axum::Router;
use serde_json::Value;

use crate::kit::endpoint::{Endpoint, endpoints_in};
use crate::kit::locator::{Claim, Received};
use crate::kit::operation::Operation;
use crate::kit::outbox::RetrySchedule;
use crate::kit::outcome::Outcome;
use crate::kit::problem::Problem;
use crate::kit::provider::{Code, Credential, Info, Provider};
use crate::kit::seed::Seed;
use crate::kit::table::{Reader, Tx};
use crate::kit::workspace::Workspace;

/// The provider's id.
pub const ID: &str = "brp";

/// BRP Online.
#[derive(Debug)]
pub struct Brp;

static INFO: Info = Info {
    id: ID,
    name: "BRP Online",
    port_offset: 2,
    imitates: &[
        "the six endpoints of the simplified payment with all their parameters, hashes, error codes and returns",
        "the payment pages of BRP, Svea, Netaxept, Nets Easy and PayU, and Swish's waiting page",
        "card mandates, customer and organisation accounts, invoices and their distribution, value cards",
        "receipts by e-mail, with the notes on signing and AvtaleGiro: kept, never sent",
        "REST API (API3): login, customers, orders with rows, receipts, invoices, consents, payment methods, link generation",
        "neighbours that other pages of BRP show: confirmorder, payforcustomeraccount, debitsubscription",
    ],
    leaves_out: &[
        "what payment providers and Swish say to BRP's servers: their answers are chosen on the pages",
        "coupons, and the REST API beyond what a shop needs around a payment",
        "later withdrawals from card mandates, and direct debits",
        "Klarna's, Vipps' and Trustly's own endpoints",
    ],
    settings: settings::SETTINGS,
};

impl Provider for Brp {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn router(&self) -> Router {
        doors::collapse_slashes(
            Router::new()
                .merge(payments::routes())
                .merge(rest::routes())
                .merge(window::routes())
                .fallback(doors::unknown),
        )
    }

    fn endpoints(&self) -> &'static [Endpoint] {
        static ALL: LazyLock<Vec<Endpoint>> =
            LazyLock::new(|| endpoints_in(include_str!("../../fixtures/brp/endpoints.toml")));
        &ALL
    }

    fn claims(&self, request: &Received) -> Vec<Claim> {
        doors::claims(request)
    }

    fn credentials(&self, seed: Option<&Seed>) -> Vec<Credential> {
        let own = |purpose: &str, fixed: &str| match seed {
            Some(seed) => format!("{fixed}-{}", &seed.token(purpose, "", 0)[..8]),
            None => fixed.to_owned(),
        };
        // The first half of a token is the workspace's alone, so no two have the same.
        let credential = |name, value, secret, claim| Credential { name, value, secret, claim };
        vec![
            credential(
                "BRP_INSTALLATION",
                own("installation", "brponline"),
                false,
                Some(doors::INSTALLATION),
            ),
            credential(
                "BRP_SECRET",
                seed.map_or_else(|| "SecretWord".to_owned(), |seed| seed.token("secret", "", 0)),
                true,
                None,
            ),
            credential("BRP_API_USER", own("user", "api-user"), false, Some(doors::API_USER)),
            credential(
                "BRP_API_PASSWORD",
                seed.map_or_else(|| "api-password".to_owned(), |seed| seed.token("password", "", 0)),
                true,
                None,
            ),
        ]
    }

    fn urls(&self, origin: &str, credentials: &[Credential]) -> Vec<(&'static str, String)> {
        let installation = credentials.iter().find(|credential| credential.name == "BRP_INSTALLATION");
        let installation = installation.map_or("brponline", |credential| &credential.value);
        vec![("BRP_URL", origin.to_owned()), ("BRP_BASE_URL", format!("{origin}/{installation}/"))]
    }

    fn found(&self, tx: &mut Tx<'_>, fixed: bool) {
        founding::found(tx, fixed);
    }

    fn operations(&self) -> &'static [&'static dyn Operation] {
        signing::OPERATIONS
    }

    fn codes(&self) -> &'static [Code] {
        codes::codes()
    }

    fn magic(&self, code: &str) -> Option<String> {
        codes::magic(code)
    }

    fn example(&self, code: &str) -> &'static str {
        codes::example(code)
    }

    fn vectors(&self) -> &'static str {
        include_str!("../../fixtures/brp/vectors.json")
    }

    fn retries(&self) -> RetrySchedule {
        // BRP tells the shop by redirect alone.
        RetrySchedule::of(&[])
    }

    fn tables(&self) -> &'static [Reader] {
        model::TABLES
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
        settlement::press(tx, payment, outcome)
    }

    fn first_steps(
        &self,
        tx: &Tx<'_>,
        workspace: &Workspace,
        origin: &str,
        back: &str,
    ) -> Vec<(String, String)> {
        let base = self.urls(origin, workspace.credentials(ID)).swap_remove(1).1;
        tour::steps(tx, workspace, &base, back)
    }
}
