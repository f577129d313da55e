//! The payment window: what a link opens, and what the payer does there.

mod form;
mod methods;
mod pages;
mod press;
mod steps;
mod words;

use std::convert::Infallible;

use axum::body::Bytes;
use axum::extract::{Extension, Request};
use axum::response::Response;
use http::{HeaderMap, Method, StatusCode};

use crate::kit::locator::Origin;
use crate::kit::mask::Masker;
use crate::kit::money::Amount;
use crate::kit::page::{STYLE, Sent, html, html_in_frames, redirect};
use crate::kit::reader::{DANISH, Reader, Text};
use crate::kit::trail::Trail;
use crate::kit::workspace::Workspace;

use super::acquirer::{Fate, test_cards};
use super::api;
use super::callbacks::lane;
use super::model::{Kind, LinkRecord, Resource};
use super::perform::account;
use super::{ID, api::NO_TEST_CARD};
use pages::{
    CardPage, NowherePage, Problem, ResultPage, SecurePage, TestButton, TypedAgain, WaitingPage, WalletPage,
};
pub(super) use press::press;
use steps::Seen;
use words::{
    ALREADY_PAID, ANOTHER_LINK, CANCELLED, CONTINUE, CREATE, GO_THERE, LINK_CHANGED, NOTHING_PAID,
    PAID_BEFORE, PAY, PAY_BY_CARD, SAVE, SAVE_A_CARD, SUBSCRIBE, THANKS, TIME_IS_OVER, TO_SHOP, TOO_LATE,
    WENT_WELL, asked,
};

/// How many hex digits the token of a link has.
const TOKEN: usize = 64;
/// How many a session has.
const SESSION: usize = 32;

/// What a path of the window means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// `/payments/{token}`
    Link(String),
    /// `/{session}/…` with what follows.
    Session(String, String),
    /// `/` and `/framed`, the older form.
    Form(bool),
    /// A page of ours that shows the fields in its query and posts them.
    Fields,
}

impl Place {
    /// The window's place at a path; `None` for the API's paths.
    pub(super) fn at(method: &Method, path: &str) -> Option<Self> {
        let hex =
            |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        match path.trim_matches('/').split('/').collect::<Vec<_>>().as_slice() {
            [""] if method == Method::GET => Some(Self::Fields),
            [""] if method == Method::POST => Some(Self::Form(false)),
            ["framed"] if method == Method::POST => Some(Self::Form(true)),
            [kind, token] if Kind::at(kind).is_some() && hex(token, TOKEN) => {
                Some(Self::Link((*token).to_owned()))
            }
            [session, rest @ ..] if !rest.is_empty() && hex(session, SESSION) => {
                Some(Self::Session((*session).to_owned(), rest.join("/")))
            }
            _ => None,
        }
    }
}

/// One look at the window.
struct Visit<'a> {
    workspace: &'a Workspace,
    origin: &'a Origin,
    trail: &'a Trail,
    method: &'a Method,
    query: String,
    fields: Vec<(String, String)>,
    headers: &'a HeaderMap,
}

impl Visit<'_> {
    fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

/// What all pages of a link show.
pub(super) struct Shown {
    style: &'static str,
    reader: Reader,
    id: u64,
    shop: String,
    purpose: String,
    amount: String,
    order: String,
    button: String,
    /// Where the card form goes.
    action: String,
    /// Where QuickPay is reached.
    base: String,
    session: String,
    sent: Sent,
    framed: bool,
}

/// The whole window and the API beside it: one origin stands for both.
pub(super) async fn handle(
    workspace: Extension<Workspace>,
    origin: Extension<Origin>,
    trail: Extension<Trail>,
    request: Request,
) -> Response {
    // A key never comes with a payer.
    let is_call = request.headers().contains_key(http::header::AUTHORIZATION);
    let place = Place::at(request.method(), request.uri().path()).filter(|_| !is_call);
    let Some(place) = place else { return api::handle(workspace, origin, trail, request).await };
    let (parts, body) = request.into_parts();
    let body: Bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let visit = Visit {
        workspace: &workspace.0,
        origin: &origin.0,
        trail: &trail.0,
        method: &parts.method,
        query: parts.uri.query().unwrap_or_default().to_owned(),
        fields: form_urlencoded::parse(&body).into_owned().collect(),
        headers: &parts.headers,
    };
    if !matches!(parts.method, Method::GET | Method::POST) {
        return crate::kit::page::no_head().await;
    }
    match place {
        Place::Fields if visit.query.is_empty() => nowhere(&visit),
        Place::Fields => form::show(&visit),
        Place::Form(framed) => form::open(&visit, framed, &body).await,
        Place::Link(token) if parts.method == Method::POST => submit(&visit, &token).await,
        Place::Link(token) => look(&visit, &token).await,
        Place::Session(session, rest) => in_session(&visit, &session, &rest).await,
    }
}

/// `GET /payments/{token}`
async fn look(visit: &Visit<'_>, token: &str) -> Response {
    look_for(visit, token, "").await
}

/// Shows the link with this method's page; with none the card form.
async fn look_for(visit: &Visit<'_>, token: &str, method: &str) -> Response {
    let seen = visit.workspace.transact(|tx| Ok::<_, Infallible>(steps::look(tx, token)));
    let (seen, problem) = seen.await.unwrap_or_else(|never| match never {});
    show(visit, seen, problem, method).await
}

/// `POST /payments/{token}`: a card, a test card's button, another method, or a cancellation.
async fn submit(visit: &Visit<'_>, token: &str) -> Response {
    let attempt = steps::Attempt {
        cancel: visit.field("outcome") == "cancel",
        outcome: visit.field("outcome").to_owned(),
        method: visit.field("method").to_owned(),
        test: visit.field("test").to_owned(),
        number: visit.field("cardnumber").to_owned(),
        month: visit.field("expiration[month]").to_owned(),
        year: visit.field("expiration[year]").to_owned(),
        cvd: visit.field("cvd").to_owned(),
        brand: visit.field("brand").to_owned(),
        secure: visit.field("3d") == "1",
        cardholder: visit.field("cardholder").to_owned(),
        customer_ip: forwarded(visit.headers),
    };
    let done = visit.workspace.transact(|tx| Ok::<_, Infallible>(steps::submit(tx, token, &attempt)));
    let (seen, problem) = done.await.unwrap_or_else(|never| match never {});
    if let Some(problem) = &problem {
        visit.trail.diagnose(problem.text.0);
    }
    if problem.is_some()
        && !attempt.number.is_empty()
        && super::acquirer::TestCard::of(&attempt.number).is_none()
    {
        visit.trail.warn(NO_TEST_CARD);
    }
    show(visit, seen, problem, &attempt.method).await
}

/// The payer's address, where a proxy tells it.
fn forwarded(headers: &HeaderMap) -> Option<String> {
    let forwarded = headers.get("x-forwarded-for")?.to_str().ok()?;
    Some(forwarded.split(',').next()?.trim().to_owned())
}

/// What stands below a session: another method, another language, the 3-D Secure step, a cancellation.
async fn in_session(visit: &Visit<'_>, session: &str, rest: &str) -> Response {
    let find = visit.workspace.read(|tx| {
        let mut links = tx.all::<LinkRecord>().into_iter();
        links.find(|link| link.session == session)
    });
    let Some(link) = find.await else { return nowhere(visit) };
    let token = link.token.as_str();
    let posts = visit.method == Method::POST;
    match rest.split('/').collect::<Vec<_>>().as_slice() {
        ["cancel-payment"] => {
            let done = visit.workspace.transact(|tx| Ok::<_, Infallible>(steps::cancel(tx, token)));
            show(visit, done.await.unwrap_or_else(|never| match never {}), None, "").await
        }
        ["3d-secure"] if posts => {
            let outcome = visit.field("outcome").to_owned();
            let done = visit.workspace.transact(|tx| Ok::<_, Infallible>(steps::secure(tx, token, &outcome)));
            let (seen, problem) = done.await.unwrap_or_else(|never| match never {});
            show(visit, seen, problem, "").await
        }
        ["payment-method", name] => look_for(visit, token, name).await,
        ["waiting"] => {
            let seen = visit.workspace.transact(|tx| Ok::<_, Infallible>(steps::look_again(tx, token)));
            let (seen, problem) = seen.await.unwrap_or_else(|never| match never {});
            show(visit, seen, problem, "").await
        }
        // What was posted to the bank can be looked at again.
        ["3d-secure" | "payment-method-undo"] => look(visit, token).await,
        ["update-language"] => {
            let wanted =
                crate::kit::query::last(&format!("?{}", visit.query), "language").unwrap_or_default();
            let done = visit.workspace.transact(|tx| {
                steps::speak(tx, token, &wanted);
                Ok::<_, Infallible>(())
            });
            done.await.unwrap_or_else(|never| match never {});
            look(visit, token).await
        }
        _ => nowhere(visit),
    }
}

/// What the window says to a form whose merchant nobody has.
pub(super) fn stranger(body: &[u8], masker: &Masker) -> Response {
    form::stranger(body, masker)
}

fn nowhere(visit: &Visit<'_>) -> Response {
    visit.trail.diagnose("the payment window has nothing at this address");
    let page = NowherePage { style: STYLE, reader: Reader::of_answer(DANISH, None) };
    html(StatusCode::NOT_FOUND, &page)
}

/// Shows what was seen. What has ended first sees its callback tried.
async fn show(visit: &Visit<'_>, seen: Seen, problem: Option<Problem>, method: &str) -> Response {
    let Some((resource, link)) = seen.about() else { return nowhere(visit) };
    visit.trail.order(resource.order_id.as_str());
    let shown = shown(visit, resource, link).await;
    let (continue_url, cancel_url) = resource
        .link
        .as_ref()
        .map_or((None, None), |link| (link.continue_url.as_deref(), link.cancel_url.as_deref()));
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    match &seen {
        Seen::Nothing => nowhere(visit),
        Seen::Open(..) => open_page(visit, &shown, resource, problem.as_ref(), status, method).await,
        Seen::Secure(_, link) => {
            let last4 =
                link.waiting.as_ref().and_then(|waiting| waiting.number.get(12..)).unwrap_or_default();
            page(&shown, status, &SecurePage { shown: &shown, last4 })
        }
        Seen::Waiting(..) => page(&shown, status, &WaitingPage { shown: &shown }),
        Seen::Done(..) => {
            visit.workspace.outbox().first_attempts(ID, &lane(resource.id)).await;
            warn(visit, resource);
            match continue_url {
                Some(url) => redirect(StatusCode::SEE_OTHER, url),
                None => result(&shown, "success", THANKS, WENT_WELL, None),
            }
        }
        Seen::Cancelled(..) => match cancel_url {
            Some(url) => redirect(StatusCode::SEE_OTHER, url),
            None => result(&shown, "cancelled", CANCELLED, NOTHING_PAID, None),
        },
        Seen::Paid(..) => {
            let go = continue_url.map(|url| (url, CONTINUE));
            result(&shown, "already_paid", ALREADY_PAID, PAID_BEFORE, go)
        }
        Seen::Expired(..) => {
            let go = cancel_url.map(|url| (url, TO_SHOP));
            result(&shown, "deadline_expired", TOO_LATE, TIME_IS_OVER, go)
        }
        Seen::Replaced(..) => {
            let url = resource.link.as_ref().map(|link| link.url.as_str());
            let go = url.map(|url| (url, GO_THERE));
            result(&shown, "payment_link_changed", LINK_CHANGED, ANOTHER_LINK, go)
        }
    }
}

/// What a shop should hear of where its callback went.
fn warn(visit: &Visit<'_>, resource: &Resource) {
    let Some(operation) = resource.operations.last() else { return };
    if operation.callback_url.is_none() {
        visit.trail.warn("nobody is told: the link has no callback_url, and the account has none either");
    }
    if let Some(failure) = visit.workspace.outbox().failure(ID, &lane(resource.id)) {
        visit.trail.warn(format!("the callback was not taken: {failure}"));
    }
}

fn page(shown: &Shown, status: StatusCode, page: &impl askama::Template) -> Response {
    if shown.framed { html_in_frames(status, page) } else { html(status, page) }
}

fn result(shown: &Shown, result: &str, title: Text, text: Text, go: Option<(&str, Text)>) -> Response {
    let bad = !matches!(result, "success" | "cancelled" | "already_paid");
    let (title, text) = (title.said(&shown.reader), text.said(&shown.reader));
    let go = go.map(|(url, name)| (url, name.said(&shown.reader)));
    page(shown, StatusCode::OK, &ResultPage { shown, result, title, text, go, bad })
}

/// The card form, or another method's page.
async fn open_page(
    visit: &Visit<'_>,
    shown: &Shown,
    resource: &Resource,
    problem: Option<&Problem>,
    status: StatusCode,
    method: &str,
) -> Response {
    let methods = visit.workspace.read(|tx| steps::methods(tx, resource)).await;
    let (brands, wallets) = (methods.brands(), methods.wallets());
    let alone = brands.is_empty() && wallets.len() == 1;
    let chosen = wallets.iter().copied().find(|wallet| wallet.id == method || alone);
    if let Some(method) = chosen {
        return page(shown, status, &WalletPage { shown, method, alone, problem });
    }
    let tests = test_cards().filter(|(card, _)| brands.first().is_some_and(|brand| card.brand == **brand));
    let tests = tests.map(|(card, does)| {
        let outcome = match card.fate {
            Fate::Rejected | Fate::Expired => "decline",
            _ => "test",
        };
        TestButton { number: card.number, does, outcome }
    });
    let typed = TypedAgain {
        cardholder: visit.field("cardholder").to_owned(),
        month: visit.field("expiration[month]").to_owned(),
        year: visit.field("expiration[year]").to_owned(),
    };
    let takes = |id: &str| brands.iter().any(|brand| brand.id == id);
    let two_brands = takes("visa") && takes("dankort");
    let tests = tests.collect();
    page(shown, status, &CardPage { shown, brands, two_brands, tests, wallets, problem, typed })
}

async fn shown(visit: &Visit<'_>, resource: &Resource, link: &LinkRecord) -> Shown {
    let account = visit.workspace.read(account).await;
    let masker = visit.workspace.masker();
    let amount = resource.link.as_ref().map_or(0, |link| link.amount);
    let amount = (resource.kind != Kind::Card && (amount > 0 || resource.kind == Kind::Payment))
        .then(|| Amount::new(amount, &resource.currency).to_string());
    let reader = Reader::now(DANISH, asked(resource.link.as_ref().map_or("", |link| &link.language)));
    let (purpose, button) = match resource.kind {
        Kind::Card => (SAVE_A_CARD, SAVE),
        Kind::Payment => (PAY_BY_CARD, PAY),
        Kind::Subscription => (SUBSCRIBE, CREATE),
    };
    let described = resource.description.clone().filter(|_| resource.kind == Kind::Subscription);
    let button = button.said(&reader).to_owned();
    let (path, base) = (resource.kind.path(), visit.origin.0.to_string());
    let sent = link.sent.clone().masked(&masker);
    Shown {
        style: STYLE,
        id: resource.id,
        shop: account.map(|account| account.shop_name.clone()).unwrap_or_default(),
        button: match &amount {
            Some(amount) if resource.kind == Kind::Payment => format!("{button} {amount}"),
            _ => button,
        },
        purpose: described.unwrap_or_else(|| purpose.said(&reader).to_owned()),
        reader,
        amount: amount.unwrap_or_default(),
        order: resource.order_id.clone(),
        action: format!("{base}/{path}/{}", link.token),
        base,
        session: link.session.clone(),
        sent,
        framed: resource.link.as_ref().is_some_and(|link| link.framed),
    }
}
