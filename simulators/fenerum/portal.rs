//! The self-service portal: what a customer sees and does there.
//!
//! Whoever has a link is in; there is no password. The token stays in the address of every page, so that
//! the portal needs no cookie and two customers can be in it side by side.

mod pages;

use axum::Router;
use axum::extract::{Extension, Path, RawQuery};
use axum::response::Response;
use axum::routing::{get, post};
use bytes::Bytes;
use http::StatusCode;

use crate::kit::address::is_email;
use crate::kit::locator::{Origin, Origins};
use crate::kit::page::{STYLE, html, html_with_own_scripts, no_head, redirect};
use crate::kit::trail::Trail;
use crate::kit::workspace::Workspace;

use super::ID;
use super::customer::{self, Around, Outside};
use super::self_service::{address, send_login};
use pages::{CardPage, LoginPage, MessagePage, PortalPage, reader, words};

pub(super) fn routes() -> Router {
    let card_page = get(card_form).head(no_head).post(add_stripe);
    Router::new()
        .route("/login/", get(login_form).head(no_head).post(log_in))
        .route("/login/{company}/", get(login_form).head(no_head).post(log_in))
        .route("/access/{token}", get(show).head(no_head))
        .route("/access/{token}/", get(show).head(no_head))
        .route("/access/{token}/cards/stripe", card_page)
        .route("/access/{token}/cards/quickpay", post(to_quickpay))
        .route("/access/{token}/cards/quickpay/{sign_up}", get(from_quickpay).head(no_head))
        .route("/access/{token}/cards/disable/{card}", post(disable))
}

/// What every page is made for.
struct Visit {
    workspace: Workspace,
    origin: Origin,
    trail: Trail,
    token: String,
    query: String,
}

impl Visit {
    fn link(&self) -> String {
        address(&self.origin.0, &self.token)
    }

    /// The account that the address names, where a customer has several.
    fn account(&self) -> String {
        let mut pairs = form_urlencoded::parse(self.query.as_bytes());
        let account = pairs.find(|(name, _)| name == "account");
        account.map(|(_, code)| code.into_owned()).unwrap_or_default()
    }

    /// What the customer can see.
    async fn around(&self) -> Result<Around, Outside> {
        let account = self.account();
        let around =
            customer::change(&self.workspace, |tx| customer::around(tx, &self.token, &account)).await;
        if let Ok(around) = &around {
            self.trail.order(around.account.code.as_str());
        }
        around
    }

    /// The page where there is nothing to see.
    async fn outside(&self, why: Outside) -> Response {
        outside(&self.workspace, &self.origin, &self.trail, why).await
    }

    /// The portal, with what went wrong.
    async fn portal(&self, added: &str, problem: &str) -> Response {
        let around = match self.around().await {
            Ok(around) => around,
            Err(why) => return self.outside(why).await,
        };
        let status = if problem.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        let (link, query) = (self.link(), around.query());
        let page = PortalPage {
            style: STYLE,
            reader: reader(),
            around: &around,
            link: &link,
            query,
            added,
            problem,
        };
        html(status, &page)
    }

    /// The page on which a card is typed.
    fn card(&self, around: &Around, problem: &str) -> Response {
        let status = if problem.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        let page = CardPage {
            style: STYLE,
            reader: reader(),
            around,
            link: &self.link(),
            query: around.query(),
            origin: &self.origin.0,
            publishable_key: self.workspace.credential(ID, "STRIPE_PUBLISHABLE_KEY"),
            problem,
        };
        html_with_own_scripts(status, &page)
    }

    /// Back to the portal, which tells of the new card.
    fn back(&self, around: &Around, added: &str) -> Response {
        let glue = if around.query().is_empty() { "?" } else { "&" };
        let added = form_urlencoded::byte_serialize(added.as_bytes()).collect::<String>();
        let to = format!("{}{}{glue}added={added}", self.link(), around.query());
        redirect(StatusCode::SEE_OTHER, &to)
    }

    /// What the customer wanted was not done.
    async fn stopped(&self, why: &str) -> Response {
        self.trail.diagnose(why);
        self.portal("", why).await
    }

    fn warn(&self, warnings: Vec<String>) {
        for warning in warnings {
            self.trail.warn(warning);
        }
    }
}

/// The page for whoever does not get in.
async fn outside(workspace: &Workspace, origin: &Origin, trail: &Trail, why: Outside) -> Response {
    let (error, title, text) = words(why);
    trail.diagnose(format!("{error}: {}", text.0));
    let reader = reader();
    let status = if why == Outside::Off { StatusCode::FORBIDDEN } else { StatusCode::NOT_FOUND };
    let login = login_address(workspace, origin).await;
    html(
        status,
        &MessagePage {
            style: STYLE,
            title: title.said(&reader),
            text: text.said(&reader),
            reader,
            error,
            login,
        },
    )
}

/// Where a workspace's customers ask for a link.
async fn login_address(workspace: &Workspace, origin: &Origin) -> String {
    format!("{}/login/{}/", origin.0, customer::company(workspace).await)
}

fn visit(
    Extension(workspace): Extension<Workspace>,
    Extension(origin): Extension<Origin>,
    Extension(trail): Extension<Trail>,
    token: String,
    RawQuery(query): RawQuery,
) -> Visit {
    Visit { workspace, origin, trail, token, query: query.unwrap_or_default() }
}

fn field(body: &Bytes, name: &str) -> String {
    let mut pairs = form_urlencoded::parse(body);
    pairs.find(|(known, _)| known == name).map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
}

/// `GET /access/{token}`
async fn show(
    workspace: Extension<Workspace>,
    origin: Extension<Origin>,
    trail: Extension<Trail>,
    Path(token): Path<String>,
    query: RawQuery,
) -> Response {
    let visit = visit(workspace, origin, trail, token, query);
    let mut pairs = form_urlencoded::parse(visit.query.as_bytes());
    let added = pairs.find(|(name, _)| name == "added").map(|(_, uuid)| uuid.into_owned());
    visit.portal(&added.unwrap_or_default(), "").await
}

/// `GET /access/{token}/cards/stripe`
async fn card_form(
    workspace: Extension<Workspace>,
    origin: Extension<Origin>,
    trail: Extension<Trail>,
    Path(token): Path<String>,
    query: RawQuery,
) -> Response {
    let visit = visit(workspace, origin, trail, token, query);
    match visit.around().await {
        Ok(around) if around.stripe => visit.card(&around, ""),
        Ok(_) => visit.stopped(customer::NO_CARDS).await,
        Err(why) => visit.outside(why).await,
    }
}

/// `POST /access/{token}/cards/stripe`: the payment method that Stripe's script has made.
async fn add_stripe(
    workspace: Extension<Workspace>,
    origin: Extension<Origin>,
    trail: Extension<Trail>,
    Path(token): Path<String>,
    query: RawQuery,
    body: Bytes,
) -> Response {
    let visit = visit(workspace, origin, trail, token, query);
    let around = match visit.around().await {
        Ok(around) => around,
        Err(why) => return visit.outside(why).await,
    };
    let method = field(&body, "payment_method");
    let added = customer::change(&visit.workspace, |tx| customer::add_stripe(tx, &around, &method)).await;
    match added {
        Ok((card, warnings)) => {
            visit.warn(warnings);
            visit.back(&around, &card.uuid)
        }
        Err(text) => {
            if !around.stripe {
                return visit.stopped(&text).await;
            }
            visit.trail.diagnose(text.clone());
            visit.card(&around, &text)
        }
    }
}

/// `POST /access/{token}/cards/quickpay`: off to QuickPay's window.
async fn to_quickpay(
    workspace: Extension<Workspace>,
    origin: Extension<Origin>,
    Extension(origins): Extension<Origins>,
    trail: Extension<Trail>,
    Path(token): Path<String>,
    query: RawQuery,
) -> Response {
    let visit = visit(workspace, origin, trail, token, query);
    let around = match visit.around().await {
        Ok(around) => around,
        Err(why) => return visit.outside(why).await,
    };
    let (there, link) = (origins.of("quickpay"), visit.link());
    let window = customer::change(&visit.workspace, |tx| customer::sign_up(tx, &around, &there, &link)).await;
    match window {
        Ok(window) => redirect(StatusCode::SEE_OTHER, &window),
        Err(text) => visit.stopped(&text).await,
    }
}

/// `GET /access/{token}/cards/quickpay/{sign_up}`: back from QuickPay's window.
async fn from_quickpay(
    workspace: Extension<Workspace>,
    origin: Extension<Origin>,
    trail: Extension<Trail>,
    Path((token, sign_up)): Path<(String, String)>,
    query: RawQuery,
) -> Response {
    let visit = visit(workspace, origin, trail, token, query);
    let around = match visit.around().await {
        Ok(around) => around,
        Err(why) => return visit.outside(why).await,
    };
    let collected = visit.workspace.read(|tx| customer::collect(tx, &around, &sign_up)).await;
    match collected {
        Ok(card) => visit.back(&around, &card.uuid),
        Err(text) => visit.stopped(&text).await,
    }
}

/// `POST /access/{token}/cards/disable/{card}`
async fn disable(
    workspace: Extension<Workspace>,
    origin: Extension<Origin>,
    trail: Extension<Trail>,
    Path((token, card)): Path<(String, String)>,
    query: RawQuery,
) -> Response {
    let visit = visit(workspace, origin, trail, token, query);
    let around = match visit.around().await {
        Ok(around) => around,
        Err(why) => return visit.outside(why).await,
    };
    match customer::change(&visit.workspace, |tx| customer::disable(tx, &around, &card)).await {
        Ok(()) => redirect(StatusCode::SEE_OTHER, &format!("{}{}", visit.link(), around.query())),
        Err(text) => visit.stopped(&text).await,
    }
}

/// Whether customers can log in at an address. Without a company's name it is the workspace's own.
async fn can_log_in(workspace: &Workspace, company: Option<Path<String>>) -> Result<(), Outside> {
    if !workspace.settings().on("fenerum.self_service") {
        return Err(Outside::Off);
    }
    match company {
        Some(Path(named)) if named != customer::company(workspace).await => Err(Outside::NoPortal),
        _ => Ok(()),
    }
}

/// `GET /login/{company}/`
async fn login_form(
    Extension(workspace): Extension<Workspace>,
    Extension(origin): Extension<Origin>,
    Extension(trail): Extension<Trail>,
    company: Option<Path<String>>,
) -> Response {
    if let Err(why) = can_log_in(&workspace, company).await {
        return outside(&workspace, &origin, &trail, why).await;
    }
    let action = login_address(&workspace, &origin).await;
    html(
        StatusCode::OK,
        &LoginPage { style: STYLE, reader: reader(), action, email: "", problem: "", sent: false },
    )
}

/// `POST /login/{company}/`: a mail goes out, and the page says the same whoever asks.
async fn log_in(
    Extension(workspace): Extension<Workspace>,
    Extension(origin): Extension<Origin>,
    Extension(trail): Extension<Trail>,
    company: Option<Path<String>>,
    body: Bytes,
) -> Response {
    if let Err(why) = can_log_in(&workspace, company).await {
        return outside(&workspace, &origin, &trail, why).await;
    }
    let action = login_address(&workspace, &origin).await;
    let email = field(&body, "email");
    let sent = is_email(&email);
    let reader = reader();
    let problem =
        if sent { "" } else { reader.says("This is no e-mail address.", "Dette er ikke en e-mailadresse.") };
    if sent {
        let link = customer::change(&workspace, |tx| send_login(tx, &origin.0, &email)).await;
        trail.order(email.as_str());
        trail.warn(match link {
            Some(link) => format!("the mail stays here, among fenerum/emails of the control API: {link}"),
            None => "no mail was sent: no account has this address for a recipient".to_owned(),
        });
    }
    let status = if sent { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    html(status, &LoginPage { style: STYLE, problem, reader, action, email: &email, sent })
}
