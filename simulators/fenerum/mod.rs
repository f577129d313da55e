//! Fenerum.

pub mod codes;
mod founding;
pub mod signing;
pub(crate) mod stripe;

use axum::Router;
use serde_json::Value;

use crate::kit::locator::{Claim, Received};
use crate::kit::operation::Operation;
use crate::kit::outbox::RetrySchedule;
use crate::kit::outcome::Outcome;
use crate::kit::problem::Problem;
use crate::kit::provider::{Code, Credential, Info, Provider};
use crate::kit::seed::Seed;
use crate::kit::table::Tx;
use crate::kit::workspace::Workspace;

/// The provider's id.
pub const ID: &str = "fenerum";

/// Fenerum.
#[derive(Debug)]
pub struct Fenerum;

static INFO: Info =
    Info { id: ID, name: "Fenerum", port_offset: 4, imitates: &[], leaves_out: &[], settings: &[] };

impl Provider for Fenerum {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn router(&self) -> Router {
        Router::new().merge(stripe::routes())
    }

    fn claims(&self, request: &Received) -> Vec<Claim> {
        stripe::claims(request)
    }

    fn credentials(&self, seed: Option<&Seed>) -> Vec<Credential> {
        founding::credentials(seed)
    }

    fn urls(&self, origin: &str, _: &[Credential]) -> Vec<(&'static str, String)> {
        founding::urls(origin)
    }

    fn found(&self, _: &mut Tx<'_>, _: bool) {}

    fn operations(&self) -> &'static [&'static dyn Operation] {
        signing::OPERATIONS
    }

    fn codes(&self) -> &'static [Code] {
        codes::codes()
    }

    fn magic(&self, _: &str) -> Option<String> {
        None
    }

    fn example(&self, _: &str) -> &'static str {
        "1"
    }

    fn vectors(&self) -> &'static str {
        include_str!("../../fixtures/fenerum/vectors.json")
    }

    fn retries(&self) -> RetrySchedule {
        RetrySchedule(&[])
    }

    fn records(&self) -> &'static [&'static str] {
        &[]
    }

    fn read(&self, _: &Tx<'_>, _: &str) -> Vec<Value> {
        Vec::new()
    }

    fn seed(&self, _: &mut Tx<'_>, kind: &str, _: &Value) -> Result<Value, Problem> {
        Err(Problem::bad_request("read_only", format!("{kind} cannot be written"), ""))
    }

    fn press(&self, _: &mut Tx<'_>, payment: &str, _: &Outcome) -> Result<Value, Problem> {
        Err(Problem::not_found("unknown_payment", format!("there is no payment `{payment}`"), ""))
    }

    fn first_steps(&self, _: &Tx<'_>, _: &Workspace, _: &str, _: &str) -> Vec<(String, String)> {
        Vec::new()
    }
}
