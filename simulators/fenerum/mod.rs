//! Fenerum: subscription billing, here above all the payment cards that a shop registers in it.
//!
//! Imitated: the payment cards of its API with both gateways, the self-service link and the hosted portal
//! behind it, accounts, subscriptions and invoices as far as charging a card needs them, webhooks; and the
//! slice of Stripe that makes payment methods. Not imitated: the rest of Fenerum's product.
//!
//! Fenerum is built with Django REST framework. How that framework answers is known from its source; that
//! Fenerum has left it so is an assumption wherever no document of Fenerum's shows it.

mod accounts;
mod auth;
mod body;
mod callbacks;
mod cards;
pub mod codes;
mod customer;
mod doors;
mod endpoints;
mod fields;
mod founding;
mod gateways;
mod invoices;
mod lists;
mod model;
mod ordered;
mod plans;
mod portal;
mod refusals;
mod seeding;
mod self_service;
mod settings;
pub mod signing;
mod store;
pub(crate) mod stripe;
mod subscriptions;
mod tables;
mod webhooks;

use std::sync::LazyLock;

use axum::Router;
use axum::extract::DefaultBodyLimit;
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
pub const ID: &str = "fenerum";

/// Fenerum.
#[derive(Debug)]
pub struct Fenerum;

static INFO: Info = Info {
    id: ID,
    name: "Fenerum",
    port_offset: 4,
    imitates: &[
        "payment cards: registered with Stripe's or QuickPay's tokens, listed, read, disabled",
        "the token, the errors and the pages of lists as Django REST framework has them",
        "the self-service link, and the portal in which a customer adds a Stripe or QuickPay card",
        "accounts, recipients, plans, subscriptions and invoices, as far as charging a card needs them",
        "webhooks with Basic authentication, events that only come when they are listed, and retries",
        "Stripe.js with its card element, and the endpoint that makes payment methods",
    ],
    leaves_out: &[
        "the browsable pages of the API, and its Swagger document",
        "reports, partners, discounts, PDF invoices, accounting systems",
        "filters with comparisons, `ordering` and `fields`",
        "multipart bodies",
    ],
    settings: settings::SETTINGS,
};

impl Provider for Fenerum {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn router(&self) -> Router {
        // The door has its own limit, and says what Fenerum says.
        let limit = DefaultBodyLimit::disable();
        Router::new().merge(portal::routes()).merge(stripe::routes()).fallback(doors::api).layer(limit)
    }

    fn endpoints(&self) -> &'static [Endpoint] {
        static ALL: LazyLock<Vec<Endpoint>> =
            LazyLock::new(|| endpoints_in(include_str!("../../fixtures/fenerum/endpoints.toml")));
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

    fn magic(&self, code: &str) -> Option<String> {
        codes::magic(code)
    }

    fn example(&self, _: &str) -> &'static str {
        founding::CODE
    }

    fn vectors(&self) -> &'static str {
        include_str!("../../fixtures/fenerum/vectors.json")
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
        seeding::press(tx, payment, outcome)
    }

    fn first_steps(&self, tx: &Tx<'_>, _: &Workspace, origin: &str, _: &str) -> Vec<(String, String)> {
        founding::steps(tx, origin)
    }
}
