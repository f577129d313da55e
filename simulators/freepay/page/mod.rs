//! The payment page, and the shop's own card form: what a form opens, and what the payer does there.

mod fields;
mod form;
mod pages;
mod returns;
mod steps;

use std::convert::Infallible;

use axum::response::Response;
use http::{HeaderName, Method, StatusCode, header};
use serde_json::{Value, json};

use super::acquirer::{self, Typed};
use super::codes;
use super::currency;
use super::doors::Visit;
use super::model::{Merchant, Payment, State};
use crate::kit::mask::visible;
use crate::kit::money::Amount;
use crate::kit::outcome::Outcome;
use crate::kit::page::{STYLE, Sent, html, no_head, redirect};
use crate::kit::problem::Problem;
use crate::kit::provider::Code;
use crate::kit::reader::{DANISH, Reader};
use crate::kit::table::Tx;
pub(super) use fields::{Charset, Fields};
pub(super) use form::Form;
use form::{Asked, Flaw};
use pages::{CardPage, Error, ErrorPage, FieldsPage, ResultPage, SecurePage, Shown, TestCard};
use steps::Seen;

/// Where the shop's own form goes.
pub(super) const OWN_FORM: &str = "/secure/authorize.aspx";
/// Where the bank asks the payer then.
pub(super) const SECURE: &str = "/secure";
/// A page of ours that stands for the shop's own: it shows the fields of its query, and posts them.
pub(super) const SHOPS_FORM: &str = "/provkassa/form";

/// What is said of every form.
const NO_SIGNATURE: &str = "Nothing in the form is signed: every payer can change it, and call the accept URL. \
    Ask QueryTransaction before the order is paid.";

impl Visit<'_> {
    fn charset(&self) -> Charset {
        Charset::named(self.workspace.settings().get("freepay.charset"))
    }

    /// A header's text; empty where there is none.
    fn header(&self, name: &HeaderName) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    fn posted(&self) -> Fields {
        Fields::of(self.body, self.charset())
    }

    /// A payment's own address.
    fn address(&self, form: Form, payment: &Payment) -> String {
        let settings = self.workspace.settings();
        let path = match form {
            Form::Own => SECURE,
            Form::Page => settings.get("freepay.page_path").trim_end_matches('/'),
        };
        format!("{}{path}/{}", self.origin, payment.token)
    }
}

/// `POST /paymentpage` and `POST /secure/authorize.aspx`.
pub(super) async fn open(visit: &Visit<'_>, form: Form) -> Response {
    if visit.method == Method::HEAD {
        return no_head().await;
    }
    if visit.method != Method::POST {
        let what = "the form must be posted, and this is a GET";
        visit.trail.diagnose(what);
        return error(visit, StatusCode::METHOD_NOT_ALLOWED, &[Flaw::new("method", what)], &Sent::default());
    }
    let fields = visit.posted();
    visit.trail.order(form::order_of(form, &fields));
    let (right, paths) = form::resolved(&fields, visit.header(&header::REFERER));
    for warning in form::warnings(form, &fields).into_iter().chain(paths) {
        visit.trail.warn(warning);
    }
    let insecure = form == Form::Own && comes_from_http(visit);
    let refuses = visit.workspace.settings().get("freepay.insecure_form") == "refuse";
    let mut flaws = Vec::new();
    if insecure {
        let what = "the card form stands on a page without https, where it must not be";
        if refuses {
            flaws.push(Flaw::new("https", what));
        } else {
            visit.trail.warn(what);
        }
    }
    let number = fields.get("MerchantNumber").trim().to_owned();
    let asked = form::read(form, &right).map_err(|more| flaws.extend(more)).ok();
    let known = visit.workspace.read(|tx| tx.get::<Merchant>(number.as_str()).is_some()).await;
    if !known && !flaws.iter().any(|flaw| flaw.id == "merchantnumber") {
        flaws.push(unknown_merchant(&number));
    }
    let sent = sent(visit, form, &fields, &flaws);
    visit.trail.evidence(&sent);
    let Some(asked) = asked.filter(|_| flaws.is_empty()) else {
        let whats: Vec<&str> = flaws.iter().map(|flaw| flaw.what.as_str()).collect();
        visit.trail.diagnose(whats.join("; "));
        return error(visit, status_of(form, &flaws), &flaws, &sent);
    };
    match form {
        Form::Page => open_page(visit, &asked, &sent).await,
        Form::Own => open_own(visit, &asked, &sent).await,
    }
}

async fn open_page(visit: &Visit<'_>, asked: &Asked, sent: &Sent) -> Response {
    let opened =
        visit.workspace.transact(|tx| Ok::<_, Infallible>(steps::open(tx, asked, &visit.peer, sent)));
    let payment = opened.await.unwrap_or_else(|never| match never {});
    // The page has an address of its own, so that it can be reloaded.
    redirect(StatusCode::SEE_OTHER, &visit.address(Form::Page, &payment))
}

async fn open_own(visit: &Visit<'_>, asked: &Asked, sent: &Sent) -> Response {
    let tried = visit.workspace.transact(|tx| {
        let payment = steps::open(tx, asked, &visit.peer, sent);
        Ok::<_, Infallible>(steps::pay_own(tx, &payment.token, &asked.typed))
    });
    let seen = tried.await.unwrap_or_else(|never| match never {});
    warn_of_card(visit, &asked.typed);
    match &seen {
        Seen::Secure(payment) => redirect(StatusCode::SEE_OTHER, &visit.address(Form::Own, payment)),
        _ => show(visit, seen, None).await,
    }
}

/// Whether the browser says that the form stands on a page without https.
fn comes_from_http(visit: &Visit<'_>) -> bool {
    let from = [visit.header(&header::ORIGIN), visit.header(&header::REFERER)];
    from.iter().any(|from| from.to_ascii_lowercase().starts_with("http://"))
}

fn unknown_merchant(number: &str) -> Flaw {
    Flaw::new("merchantnumber", format!("MerchantNumber `{number}` is nobody's"))
}

/// A card form with a merchant that nobody knows is an error of the server, as an integrator's own stand-in
/// for Freepay has it.
fn status_of(form: Form, flaws: &[Flaw]) -> StatusCode {
    let nobody = flaws.iter().any(|flaw| flaw.id == "merchantnumber");
    if form == Form::Own && nobody { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::BAD_REQUEST }
}

/// What Freepay says to a form whose merchant nobody has.
pub(super) fn stranger(visit: &Visit<'_>, form: Form) -> Response {
    let fields = visit.posted();
    let mut flaws = vec![unknown_merchant(fields.get("MerchantNumber").trim())];
    let (right, _) = form::resolved(&fields, visit.header(&header::REFERER));
    let others = form::read(form, &right).err().unwrap_or_default();
    flaws.extend(others.into_iter().filter(|flaw| flaw.id != flaws[0].id).collect::<Vec<_>>());
    let sent = sent(visit, form, &fields, &flaws);
    error(visit, status_of(form, &flaws), &flaws, &sent)
}

/// What the shop sent, for the folded panel.
fn sent(visit: &Visit<'_>, form: Form, fields: &Fields, flaws: &[Flaw]) -> Sent {
    let masker = visit.workspace.masker();
    let shown = |text: &str| masker.text(&visible(text));
    let of_card = |name: &str| name.eq_ignore_ascii_case("CardNumber") || name.eq_ignore_ascii_case("CVC");
    let value = |(name, value): &(String, String)| {
        let hidden = of_card(name) && !Typed { number: value.clone(), ..Typed::default() }.is_test();
        (shown(name), if hidden { "‹card›".to_owned() } else { shown(value) })
    };
    Sent {
        request: match form {
            Form::Own => format!("POST {OWN_FORM}"),
            Form::Page => "POST to the payment page".to_owned(),
        },
        parameters: fields.0.iter().map(value).collect(),
        canonical_is: String::new(),
        canonical: String::new(),
        verdict: if flaws.is_empty() { NO_SIGNATURE } else { "The form cannot be paid." }.to_owned(),
        right: flaws.is_empty(),
        warnings: visit.trail.remarks().warnings.iter().map(|warning| masker.text(warning)).collect(),
    }
}

/// `GET /paymentpage/{token}`, `POST` to it, and the same below `/secure`.
pub(super) async fn visit(visit: &Visit<'_>, token: &str) -> Response {
    let posted = match *visit.method {
        Method::GET => None,
        Method::POST => Some(visit.posted()),
        _ => return no_head().await,
    };
    let typed = posted.as_ref().map(|posted| Typed {
        number: posted.get("cardnumber"),
        month: posted.get("month"),
        year: posted.get("year"),
        cvc: posted.get("cvc"),
    });
    let pressed = posted.map(|posted| posted.get("outcome")).filter(|pressed| !pressed.is_empty());
    let pressed = pressed.map(Outcome::from);
    let moved = visit.workspace.transact(|tx| {
        let before = steps::look(tx, token);
        Ok::<_, Infallible>(match (&before, &pressed, &typed) {
            (Seen::Open(_) | Seen::Secure(_), Some(Outcome::Cancel), _) => (steps::cancel(tx, token), None),
            (Seen::Open(_), Some(outcome), _) => (steps::press(tx, token, outcome), None),
            (Seen::Open(_), None, Some(typed)) => steps::pay(tx, token, typed),
            (Seen::Secure(_), Some(outcome), _) => (steps::secure(tx, token, outcome), None),
            _ => (before, None),
        })
    });
    let (seen, flaw) = moved.await.unwrap_or_else(|never| match never {});
    if let Some(typed) = typed.as_ref().filter(|_| pressed.is_none() && flaw.is_none()) {
        warn_of_card(visit, typed);
    }
    show(visit, seen, flaw).await
}

/// What is no test card of ours is declined.
fn warn_of_card(visit: &Visit<'_>, typed: &Typed) {
    if !typed.number.is_empty() && !typed.is_test() {
        visit.trail.warn("this is none of the test cards, so it is declined with 111: `provkassa codes freepay` lists them");
    }
}

/// The page of what was seen, or the way back to the shop.
async fn show(visit: &Visit<'_>, seen: Seen, flaw: Option<acquirer::Flaw>) -> Response {
    let payment = match &seen {
        Seen::Nothing => return nowhere(visit),
        Seen::Ended(payment) | Seen::Open(payment) | Seen::Secure(payment) => payment,
    };
    visit.trail.order(payment.order.as_str());
    if let Seen::Ended(Payment { location: Some(location), .. }) = &seen {
        return redirect(StatusCode::FOUND, location);
    }
    let form = if matches!(seen, Seen::Secure(_)) { Form::Own } else { Form::Page };
    let merchant = visit.workspace.read(|tx| tx.get::<Merchant>(payment.merchant.as_str())).await;
    let shown = Shown {
        style: STYLE,
        reader: Reader::now(DANISH, None),
        shop: merchant.map(|merchant| merchant.name.clone()).unwrap_or_default(),
        amount: if payment.subscription { String::new() } else { amount(payment) },
        action: visit.address(form, payment),
        payment,
        sent: &payment.sent,
    };
    match &seen {
        Seen::Secure(_) => html(StatusCode::OK, &SecurePage { shown: &shown }),
        Seen::Open(_) => {
            let status = if flaw.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
            let typed = visit.posted();
            let (month, year) = (typed.get("month"), typed.get("year"));
            let error = flaw.map(Error::of);
            if let Some(error) = &error {
                visit.trail.diagnose(error.text.0);
            }
            html(status, &CardPage { shown: &shown, error, month, year, cards: test_cards() })
        }
        _ => html(StatusCode::OK, &ResultPage { shown: &shown }),
    }
}

fn amount(payment: &Payment) -> String {
    let letters = currency::letters(payment.currency);
    Amount::new(payment.amount, letters.unwrap_or(&payment.currency.to_string())).to_string()
}

fn test_cards() -> Vec<TestCard> {
    let card = |code: &'static Code| {
        let number = acquirer::test_card(&code.code)?;
        Some(TestCard { number, code: &code.code, meaning: &code.meaning })
    };
    codes::codes().iter().filter_map(card).collect()
}

fn error(visit: &Visit<'_>, status: StatusCode, flaws: &[Flaw], sent: &Sent) -> Response {
    let masker = visit.workspace.masker();
    let lines = flaws.iter().map(|flaw| masker.text(&visible(&flaw.what))).collect();
    let id = flaws.first().map_or("form", |flaw| flaw.id);
    let reader = Reader::of_answer(DANISH, None);
    html(status, &ErrorPage { style: STYLE, reader, id, lines, sent })
}

fn nowhere(visit: &Visit<'_>) -> Response {
    let what = "there is no such payment: a form that is posted to the payment page begins one";
    visit.trail.diagnose(what);
    error(visit, StatusCode::NOT_FOUND, &[Flaw::new("payment", what)], &Sent::default())
}

/// `GET /provkassa/form?MerchantNumber=…`: a page that stands for the shop's own.
pub(super) async fn shops_form(visit: &Visit<'_>) -> Response {
    if visit.method != Method::GET {
        return no_head().await;
    }
    let fields = Fields::of(visit.query.as_bytes(), Charset::Utf8).0;
    let action = format!("{}{}", visit.origin, visit.workspace.settings().get("freepay.page_path"));
    html(StatusCode::OK, &FieldsPage { style: STYLE, action: &action, fields: &fields })
}

/// A payment that waits gets its outcome, as if the payer had pressed it. It is named by its token or its order.
pub(super) fn press(tx: &mut Tx<'_>, payment: &str, outcome: &Outcome) -> Result<Value, Problem> {
    if !steps::is_fitting(outcome) {
        return Err(Problem::bad_request(
            "unknown_outcome",
            format!("a payment cannot end with `{outcome}`"),
            "Use approve, decline, cancel, expire, or a number that `provkassa codes freepay` lists.",
        ));
    }
    let of_order = || {
        let mut all = tx.all::<Payment>();
        all.retain(|known| known.order == payment);
        all.sort_by_key(|known| (known.is_open(), known.since));
        all.pop()
    };
    let known = tx.get::<Payment>(payment).or_else(of_order).ok_or_else(|| {
        Problem::not_found(
            "unknown_payment",
            format!("there is no payment `{payment}`"),
            "GET …/freepay/payments lists them; a payment is named by its token or its order.",
        )
    })?;
    if !known.is_open() {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "payment_ended",
            format!("the payment `{payment}` has ended"),
            "Post the form again for another attempt.",
        ));
    }
    // On the bank's page a payer approves, and the acquirer still looks at the card.
    let ended = match steps::secure(tx, &known.token, outcome) {
        Seen::Ended(ended) => ended,
        _ => steps::end(tx, Payment::clone(&known), outcome),
    };
    Ok(json!({ "state": ended.state, "location": ended.location }))
}

impl State {
    /// As pages and the control API name it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Cancelled => "cancelled",
            Self::Declined => "declined",
            Self::Expired => "expired",
            Self::Open => "open",
        }
    }
}
