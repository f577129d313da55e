//! BRP Online: the simplified payment, as its wiki page describes it.
//!
//! Imitated: `payfororder` with its parameters, hash, error codes and return; one payment provider's
//! hosted page; receipts; the part of the REST API (API3) that makes an order with rows, reads it and
//! reads its receipt. Not imitated yet: the other five endpoints (their hashes are), Swish, mandates,
//! invoices and customer accounts.

mod auth;
pub mod codes;
mod doors;
pub mod endpoints;
mod founding;
pub mod model;
mod orders;
mod payments;
mod receipts;
mod seeding;
pub mod settlement;
pub mod signing;
#[cfg(test)]
mod tests;
mod window;

use axum::Router;
use axum::routing::{get, post};
use serde_json::Value;

use crate::kit::locator::{Claim, Received};
use crate::kit::operation::{Message, Operation};
use crate::kit::outbox::RetrySchedule;
use crate::kit::outcome::Outcome;
use crate::kit::problem::Problem;
use crate::kit::provider::{Code, Credential, Info, Provenance, Provider};
use crate::kit::seed::Seed;
use crate::kit::settings::{Allowed, Setting};
use crate::kit::table::Tx;
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
        "GET {installation}/external/payment/payfororder with all its parameters, hash and error codes",
        "the payment provider's page: pay, decline, cancel, let it grow too old",
        "the return redirect with receiptid and error",
        "REST API (API3): login, orders with article rows, receipts",
    ],
    leaves_out: &[
        "paywithcustomeraccount, brpinvoice, payforinvoice, creatercpmandate and swish/payfororder (hashes, links and returns of all six are checked)",
        "the several payment providers that BRP can be set up with: there is one",
        "the rest of the REST API",
        "receipt copies to a fixed address, and the notes on electronic signing and AvtaleGiro in receipt mails",
    ],
    settings: SETTINGS,
};

const ON_OFF: Allowed = Allowed::Words(&["on", "off"]);

static SETTINGS: &[Setting] = &[
    Setting {
        name: "brp.bad_hash",
        default: "redirect",
        allowed: Allowed::Words(&["page", "redirect"]),
        meaning: "where a wrong hash is told: back to the shop with error=400, or on a page",
        provenance: Provenance::documented("table of error codes: 400 is among the codes that are returned"),
    },
    Setting {
        name: "brp.decline_code",
        default: "201",
        allowed: Allowed::Words(&["201", "205"]),
        meaning: "which code a declined payment returns with",
        provenance: Provenance::assumed(
            "the document gives 201 for what failed and 205 for what the customer cancelled",
        ),
    },
    Setting {
        name: "brp.provider_max_minor",
        default: "10000000",
        allowed: Allowed::Number,
        meaning: "the most, in öre, that the payment provider takes; more is 200",
        provenance: Provenance::assumed("our judgement: every provider has a limit"),
    },
    Setting {
        name: "brp.receipt_mail",
        default: "off",
        allowed: ON_OFF,
        meaning: "whether receipts go to the customer by e-mail; then a customer without an address gets 106",
        provenance: Provenance::documented("section Kvitto via e-post: off by default"),
    },
    Setting {
        name: "brp.requires_method",
        default: "off",
        allowed: ON_OFF,
        meaning: "whether a link without paymentmethodid gets 10",
        provenance: Provenance::documented("paymentmethodid is optional, and 10 names its absence"),
    },
    Setting {
        name: "brp.return_orderid",
        default: "off",
        allowed: ON_OFF,
        meaning: "whether the return carries orderid too",
        provenance: Provenance::documented("step 8 of the flow names it, the endpoint's return does not"),
    },
    Setting {
        name: "brp.zero_order",
        default: "receipt",
        allowed: Allowed::Words(&["error102", "receipt"]),
        meaning: "what an order of 0 kr without a recurring product gets: a receipt at once, or 102",
        provenance: Provenance::documented("step 2 of the flow allows 0; code 102 names zero"),
    },
];

impl Provider for Brp {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn router(&self) -> Router {
        doors::collapse_slashes(
            Router::new()
                .route(
                    "/{installation}/external/payment/payfororder",
                    get(payments::pay_for_order).head(doors::no_head),
                )
                .route(
                    "/{installation}/external/payment/providerreturn",
                    get(payments::provider_return).head(doors::no_head),
                )
                .route(
                    "/{installation}/provider/{token}",
                    get(window::show).head(doors::no_head).post(window::decide),
                )
                .route("/{root}/api/ver3/auth/login", post(auth::login))
                .route("/{root}/api/ver3/orders", post(orders::create).get(orders::list))
                .route(
                    "/{root}/api/ver3/orders/{order}",
                    get(orders::read).put(orders::change).delete(orders::delete),
                )
                .route("/{root}/api/ver3/orders/{order}/items/articles", post(orders::add_article))
                .route(
                    "/{root}/api/ver3/orders/{order}/items/articles/{row}",
                    axum::routing::delete(orders::remove_article),
                )
                .route("/{root}/api/ver3/customers/{customer}/receipts", get(receipts::list))
                .route("/{root}/api/ver3/customers/{customer}/receipts/{receipt}", get(receipts::of_customer))
                .route("/{root}/api/ver3/receipts/{receipt}", get(receipts::read))
                .route("/{root}/ver3/receipts/{receipt}", get(receipts::read))
                .fallback(doors::unknown),
        )
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

    fn vectors(&self) -> &'static str {
        include_str!("../../fixtures/brp/vectors.json")
    }

    fn retries(&self) -> RetrySchedule {
        // BRP tells the shop by redirect alone.
        RetrySchedule(&[])
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
        let payable =
            tx.all::<model::Order>().into_iter().find(|order| !order.is_debited() && order.price() > 0);
        let Some(order) = payable else { return Vec::new() };
        let credentials = workspace.credentials(ID);
        let base = self.urls(origin, credentials).swap_remove(1).1;
        let message = Message {
            form: endpoints::PATHS[0].into(),
            parameters: vec![("orderid".into(), order.id.to_string()), ("returnurl".into(), back.to_owned())],
            given: vec![
                ("base".into(), base),
                ("secret".into(), workspace.credential(ID, "BRP_SECRET").to_owned()),
            ],
        };
        let link = signing::Link.reply(&message, &[]);
        link.map(|link| (format!("Pay BRP order {}", order.id), link.get("url").to_owned()))
            .into_iter()
            .collect()
    }
}
