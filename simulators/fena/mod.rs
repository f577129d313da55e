//! Fena online payments: the product in which a signed token in a link begins a bank transfer.
//!
//! Imitated: the link with its token, every rule that the guide gives for it, the choice of a bank and the
//! bank's own page, the notification and the redirect, the list of banks. Not imitated: Fena's later API
//! with integration keys, QR codes, what banks say to Fena.

pub mod banks;
mod callbacks;
pub mod codes;
mod doors;
mod evidence;
mod founding;
pub mod model;
mod payments;
mod providers;
mod refusals;
pub mod scenarios;
mod seeding;
mod settings;
pub mod signing;
mod tables;
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
use crate::kit::provider::{Code, Credential, Info, Provider, Scenario};
use crate::kit::seed::Seed;
use crate::kit::seed::dashed;
use crate::kit::table::{Reader, Tx};
use crate::kit::workspace::Workspace;

/// The provider's id.
pub const ID: &str = "fena";

/// Fena.
#[derive(Debug)]
pub struct Fena;

static INFO: Info = Info {
    id: ID,
    name: "Fena",
    port_offset: 3,
    imitates: &[
        "the payment link /pay/?token= with every rule for the token, each breach a page with its own error id",
        "the choice of a bank, forced banks and accounts, and the bank's page: approve, reject, cancel, let expire",
        "the notification: once for each order, as a form with a token signed with HS512",
        "notifications and returns that are lost, late, doubled or forged",
        "the redirect with order and status; the list of banks /api/providers/",
        "several terminals with secrets and endpoints of their own",
    ],
    leaves_out: &[
        "the later API with integration keys, and its statuses",
        "QR codes to go on with on a phone",
        "what banks say to Fena: it is chosen on the pages",
    ],
    settings: settings::SETTINGS,
};

impl Provider for Fena {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn router(&self) -> Router {
        Router::new().merge(window::routes()).merge(providers::routes()).fallback(doors::unknown)
    }

    fn endpoints(&self) -> &'static [Endpoint] {
        static ALL: LazyLock<Vec<Endpoint>> =
            LazyLock::new(|| endpoints_in(include_str!("../../fixtures/fena/endpoints.toml")));
        &ALL
    }

    fn claims(&self, request: &Received) -> Vec<Claim> {
        doors::claims(request)
    }

    fn stranger(&self, request: &Received, default: &Workspace) -> Option<Response> {
        doors::stranger(request, default)
    }

    fn credentials(&self, seed: Option<&Seed>) -> Vec<Credential> {
        let own = |purpose: &str, fixed: &str| {
            seed.map_or_else(|| fixed.to_owned(), |seed| dashed(&seed.token(purpose, "", 0)))
        };
        vec![
            Credential {
                name: "FENA_TERMINAL",
                value: own("fena terminal", "4af9b080-b6d3-4206-a10f-f2162f15b655"),
                secret: false,
                claim: Some(doors::TERMINAL),
            },
            Credential {
                name: "FENA_SECRET",
                value: own("fena secret", "5c0e7f43-6d1b-4b0e-9a55-2f1d8f7f2c11"),
                secret: true,
                claim: None,
            },
        ]
    }

    fn urls(&self, origin: &str, _: &[Credential]) -> Vec<(&'static str, String)> {
        vec![("FENA_URL", origin.to_owned())]
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

    fn scenarios(&self) -> &'static [Scenario] {
        scenarios::ALL
    }

    fn magic(&self, code: &str) -> Option<String> {
        scenarios::magic(code)
    }

    fn example(&self, _: &str) -> &'static str {
        "1"
    }

    fn vectors(&self) -> &'static str {
        include_str!("../../fixtures/fena/vectors.json")
    }

    fn retries(&self) -> RetrySchedule {
        callbacks::NO_RETRIES
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
        payments::press(tx, payment, outcome)
    }

    fn demo(&self, back: &str) -> Vec<(&'static str, String)> {
        vec![("fena.redirect", back.to_owned())]
    }

    fn first_steps(
        &self,
        tx: &Tx<'_>,
        workspace: &Workspace,
        origin: &str,
        _: &str,
    ) -> Vec<(String, String)> {
        founding::steps(tx, workspace, origin)
    }
}
