//! The payment providers' pages.

use askama::Template;
use axum::extract::{Extension, Path, RawQuery};
use axum::response::Response;
use bytes::Bytes;
use http::StatusCode;

use crate::brp::codes;
use crate::brp::endpoints::Endpoint;
use crate::brp::model::{Attempt, BusinessUnit, Invoice, Method, Order, Person, Subject};
use crate::brp::psp::Psp;
use crate::brp::settlement::{Decision, endpoint_of, offers};
use crate::kit::locator::Origin;
use crate::kit::mask::magic_card;
use crate::kit::money::Amount;
use crate::kit::outcome::Outcome;
use crate::kit::page::{STYLE, Sent, html, redirect};
use crate::kit::reader::{Reader, SWEDISH, Text};
use crate::kit::table::Tx;
use crate::kit::trail::Trail;
use crate::kit::workspace::Workspace;

use super::card::{CardForm, Problems, TEST_CARD};
use super::{Pressed, Step, alert, field, onward, pressed, step, words};

const NO_WAY: Text = Text("There is no such way to pay here.", "Det betalsättet finns inte här.");
const NO_BUTTON: Text = Text("The page has no such button.", "Sidan har ingen sådan knapp.");

#[derive(Template)]
#[template(path = "brp/templates/provider.html")]
struct ProviderPage {
    style: &'static str,
    reader: Reader,
    psp: Psp,
    seller: String,
    title: String,
    order: String,
    amount: String,
    /// Whether the amount is only reserved, for a card mandate.
    reserves: bool,
    rows: Vec<(String, i64, String)>,
    /// The ways to pay: id, name, whether it is the one that is shown.
    methods: Vec<(u64, String, bool)>,
    /// The one that is shown; 0 where BRP has none that fits, and the page is a card's.
    method: u64,
    method_name: String,
    kind: String,
    /// Who buys, for what an invoice needs: name, personal number, address.
    buyer: Vec<(&'static str, String)>,
    typed: CardForm,
    problems: Problems,
    test_card: String,
    magic: Vec<(String, String)>,
    words: Vec<(&'static str, String)>,
    sent: Sent,
}

impl ProviderPage {
    fn problem(&self, field: &str) -> &'static str {
        let problem = self.problems.iter().find(|(name, _)| *name == field);
        problem.map_or("", |(_, problem)| problem.said(&self.reader))
    }

    fn by_card(&self) -> bool {
        self.kind.starts_with("CARD_")
    }
}

/// `GET /{installation}/provider/{token}?method=`
pub(super) async fn show(
    Extension(workspace): Extension<Workspace>,
    Extension(origin): Extension<Origin>,
    Extension(trail): Extension<Trail>,
    Path((installation, token)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    let step = step(&workspace, &token).await;
    if let Some(away) = onward(&step, &workspace, &trail, &origin, &installation) {
        return away;
    }
    let chosen = field(&Bytes::from(query.unwrap_or_default()), "method").parse().ok();
    let page =
        Shown { workspace: &workspace, origin: &origin, installation: &installation, token: &token, chosen };
    page.render(StatusCode::OK, CardForm::default(), Vec::new()).await
}

/// `POST /{installation}/provider/{token}`
pub(super) async fn decide(
    Extension(workspace): Extension<Workspace>,
    Extension(origin): Extension<Origin>,
    Extension(trail): Extension<Trail>,
    Path((installation, token)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let step = step(&workspace, &token).await;
    if let Some(away) = onward(&step, &workspace, &trail, &origin, &installation) {
        return away;
    }
    let named = field(&body, "method");
    let chosen: Option<u64> = named.parse().ok();
    let page =
        Shown { workspace: &workspace, origin: &origin, installation: &installation, token: &token, chosen };
    let typed = CardForm::read(&body);
    let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
    let Some(way) = page.way(&named).await else {
        return page.render(unprocessable, typed, vec![("outcome", NO_WAY)]).await;
    };
    let (outcome, word) = match pressed(&body, way.psp, way.endpoint) {
        Pressed::Outcome(outcome, word) => (outcome, word),
        Pressed::Unknown => {
            return page.render(unprocessable, typed, vec![("outcome", NO_BUTTON)]).await;
        }
    };
    let paying = outcome == Outcome::Approve && word.is_none() && way.by_card;
    let (outcome, card) = if paying {
        match typed.pay(workspace.clock().now()) {
            Ok(paid) => paid,
            Err(problems) => return page.render(unprocessable, typed, problems).await,
        }
    } else {
        (outcome, None)
    };
    let decision = Decision { outcome, word, method: chosen, card };
    let step: Step = super::decide(&workspace, &token, &decision).await;
    onward(&step, &workspace, &trail, &origin, &installation)
        .unwrap_or_else(|| alert(&workspace, "204", &Sent::default()))
}

/// How a payment is carried out.
struct Way {
    psp: Psp,
    by_card: bool,
    endpoint: &'static Endpoint,
}

/// The page of one payment, with the way to pay that the payer looks at.
struct Shown<'a> {
    workspace: &'a Workspace,
    origin: &'a Origin,
    installation: &'a str,
    token: &'a str,
    chosen: Option<u64>,
}

impl Shown<'_> {
    /// How the payment is carried out with the method of this name, or with the usual one where none is
    /// named; `None` for a method that is not offered.
    async fn way(&self, named: &str) -> Option<Way> {
        self.workspace
            .read(|tx| {
                let attempt = tx.get::<Attempt>(self.token)?;
                let method = self.method(tx, &attempt);
                let offered = named.is_empty() || method.as_ref().is_some_and(|m| m.id.to_string() == named);
                let endpoint = endpoint_of(&attempt);
                let (psp, by_card) = method.map_or((attempt.psp, true), |m| (m.psp, m.is_card()));
                offered.then_some(Way { psp, by_card, endpoint })
            })
            .await
    }

    fn method(&self, tx: &Tx<'_>, attempt: &Attempt) -> Option<Method> {
        let offered = offers(tx, attempt);
        let chosen = offered.iter().find(|method| Some(method.id) == self.chosen).or(offered.first());
        chosen.map(|method| Method::clone(method))
    }

    async fn render(&self, status: StatusCode, typed: CardForm, problems: Problems) -> Response {
        let reader = Reader::now(SWEDISH, None);
        let page = self.workspace.read(|tx| self.page(tx, &typed, &problems, &reader)).await;
        match page {
            Some(page) if page.psp == Psp::Swish => redirect(
                StatusCode::SEE_OTHER,
                &format!("{}/{}/swish/{}", self.origin.0, self.installation, self.token),
            ),
            Some(page) => html(status, &page),
            None => alert(self.workspace, "204", &Sent::default()),
        }
    }

    fn page(
        &self,
        tx: &Tx<'_>,
        typed: &CardForm,
        problems: &Problems,
        reader: &Reader,
    ) -> Option<ProviderPage> {
        let attempt = tx.get::<Attempt>(self.token)?;
        let method = self.method(tx, &attempt);
        let offered = offers(tx, &attempt);
        let shown = method.as_ref().map_or(0, |method| method.id);
        let money = |minor| Amount::new(minor, &attempt.currency).to_string();
        let About { unit, person, title, rows } = About::of(tx, attempt.subject, reader);
        let endpoint = endpoint_of(&attempt);
        let late = codes::codes()
            .iter()
            .filter(|code| codes::is_late(&code.code) && codes::occurs(&code.code, endpoint));
        let psp = method.as_ref().map_or(attempt.psp, |method| method.psp);
        Some(ProviderPage {
            style: STYLE,
            reader: reader.clone(),
            psp,
            seller: unit
                .and_then(|id| tx.get::<BusinessUnit>(id))
                .map_or_else(String::new, |unit| unit.name.clone()),
            title,
            order: attempt.subject.key(),
            amount: money(attempt.amount),
            reserves: matches!(attempt.subject, Subject::Mandate { .. }),
            rows: rows
                .into_iter()
                .chain(by_value_card(&attempt, reader))
                .map(|(name, quantity, price)| (name, quantity, money(price)))
                .collect(),
            methods: offered
                .iter()
                .map(|method| (method.id, method.name.clone(), method.id == shown))
                .collect(),
            method: shown,
            method_name: method
                .as_ref()
                .map_or_else(|| reader.says("Card", "Kortköp").to_owned(), |method| method.name.clone()),
            kind: method.map_or_else(|| "CARD_CREDIT".to_owned(), |method| method.kind),
            buyer: person
                .and_then(|id| tx.get::<Person>(id))
                .map_or_else(Vec::new, |person| buyer(&person, reader)),
            typed: typed.clone(),
            problems: problems.clone(),
            test_card: codes::grouped(TEST_CARD),
            magic: late
                .filter_map(|code| {
                    let card = magic_card(&code.code)?;
                    Some((codes::grouped(&card), format!("{}: {}", code.code, code.meaning)))
                })
                .collect(),
            words: words(psp, &attempt),
            sent: attempt.sent.clone(),
        })
    }
}

/// What value cards pay, as a row.
fn by_value_card(attempt: &Attempt, reader: &Reader) -> Option<(String, i64, i64)> {
    let paid = attempt.price - attempt.amount;
    (paid > 0).then(|| (reader.says("Value card", "Värdekort").to_owned(), 1, -paid))
}

/// What a page says of what is paid.
pub(super) struct About {
    pub(super) unit: Option<u64>,
    person: Option<u64>,
    pub(super) title: String,
    /// Name, quantity, price together in öre.
    rows: Vec<(String, i64, i64)>,
}

impl About {
    pub(super) fn of(tx: &Tx<'_>, subject: Subject, reader: &Reader) -> Self {
        let bare = |unit, person, title: String| Self { unit, person, title, rows: Vec::new() };
        match subject {
            Subject::Order(id) => {
                let order = tx.get::<Order>(id);
                let rows = order.iter().flat_map(|order| &order.rows);
                Self {
                    unit: order.as_ref().and_then(|order| order.business_unit),
                    person: order.as_ref().and_then(|order| order.customer),
                    title: format!("Order {id}"),
                    rows: rows
                        .map(|row| (row.name.clone(), row.quantity, row.price.saturating_mul(row.quantity)))
                        .collect(),
                }
            }
            Subject::Invoice(id) => {
                let invoice = tx.get::<Invoice>(id);
                let of = |part: fn(&Invoice) -> Option<u64>| invoice.as_deref().and_then(part);
                bare(
                    of(|invoice| invoice.business_unit),
                    of(|invoice| invoice.customer),
                    format!("{} {id}", reader.says("Invoice", "Faktura")),
                )
            }
            Subject::Mandate { person, business_unit } => bare(
                Some(business_unit),
                Some(person),
                reader.says("Card mandate", "Kortmedgivande").to_owned(),
            ),
            Subject::Account(person) => {
                let unit = tx.get::<Person>(person).and_then(|person| person.business_unit);
                bare(unit, Some(person), reader.says("Customer account", "Kundkonto").to_owned())
            }
            Subject::Subscription(id) => {
                bare(None, None, format!("{} {id}", reader.says("Subscription", "Abonnemang")))
            }
        }
    }
}

fn buyer(person: &Person, reader: &Reader) -> Vec<(&'static str, String)> {
    let address = person.valid_address();
    let lines = [
        (reader.says("Name", "Namn"), Some(format!("{} {}", person.first_name, person.last_name))),
        (reader.says("Personal number", "Personnummer"), person.personal_number.clone()),
        (reader.says("E-mail", "E-post"), person.email.clone()),
        (
            reader.says("Address", "Adress"),
            address.map(|at| format!("{}, {} {}", at.street, at.postal_code, at.city)),
        ),
    ];
    lines.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}
