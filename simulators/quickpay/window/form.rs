//! The older form: a shop posts a payment's fields with a checksum, and the payer goes on in the window.

use axum::response::Response;
use http::StatusCode;

use crate::kit::address::is_web_address;
use crate::kit::mask::{Masker, visible};
use crate::kit::page::{STYLE, Sent, html, redirect};
use crate::kit::reader::{DANISH, Reader};
use crate::kit::settings::Rules;
use crate::kit::table::Tx;
use crate::kit::tree::Tree;
use crate::quickpay::api::create::{by_order_id, fresh};
use crate::quickpay::api::links::attach;
use crate::quickpay::model::{Agreement, Kind, Link, Resource};
use crate::quickpay::perform::account;
use crate::quickpay::signing::{window_canonical, window_checksum, window_diagnosis};

use super::Visit;
use super::pages::{FieldsPage, RefusedPage};

/// What a form comes to.
enum Posted {
    /// The link's address.
    Link(String),
    /// Everything that is wrong, and what was sent.
    Refused(Vec<String>, Sent),
}

/// `GET /` with fields: a page that stands in for the shop's own, which would post them.
pub(super) fn show(visit: &Visit<'_>) -> Response {
    let fields: Vec<_> = form_urlencoded::parse(visit.query.as_bytes()).into_owned().collect();
    let action = format!("{}/", visit.origin.0);
    html(StatusCode::OK, &FieldsPage { style: STYLE, action: &action, fields: &fields })
}

/// `POST /` and `POST /framed`
pub(super) async fn open(visit: &Visit<'_>, framed: bool, body: &[u8]) -> Response {
    let nested = Tree::of_form(body);
    let posted = visit
        .workspace
        .transact(|tx| Ok::<_, std::convert::Infallible>(post(tx, visit, nested.as_ref(), framed)));
    match posted.await.unwrap_or_else(|never| match never {}) {
        Posted::Link(url) => redirect(StatusCode::SEE_OTHER, &url),
        Posted::Refused(lines, sent) => {
            let masker = visit.workspace.masker();
            visit.trail.diagnose(lines.join("; "));
            let lines: Vec<_> = lines.iter().map(|line| masker.text(line)).collect();
            let sent = sent.masked(&masker);
            let asked = super::asked(visit.field("language"));
            let reader = Reader::of_answer(DANISH, asked);
            let page = RefusedPage { style: STYLE, reader, lines: &lines, sent: &sent };
            html(StatusCode::BAD_REQUEST, &page)
        }
    }
}

/// The page of a form whose merchant nobody has.
pub(super) fn stranger(body: &[u8], masker: &Masker) -> Response {
    let shown = |text: &str| masker.text(&visible(text));
    let parameters: Vec<_> =
        form_urlencoded::parse(body).map(|(name, value)| (shown(&name), shown(&value))).collect();
    let merchant = parameters.iter().find(|(name, _)| name == "merchant_id").map_or("", |(_, value)| value);
    let lines = [format!("nobody has the merchant_id `{merchant}`: `provkassa env` prints the one to use")];
    let sent = Sent {
        request: "POST /".to_owned(),
        verdict: "Without the merchant nobody knows the key.".to_owned(),
        parameters,
        ..Sent::default()
    };
    let reader = Reader::of_answer(DANISH, None);
    html(StatusCode::NOT_FOUND, &RefusedPage { style: STYLE, reader, lines: &lines, sent: &sent })
}

fn post(tx: &mut Tx<'_>, visit: &Visit<'_>, nested: Option<&Tree>, framed: bool) -> Posted {
    let field = |name: &str| visit.field(name);
    if !field("order_id").is_empty() {
        visit.trail.order(field("order_id"));
    }
    let mut lines = flaws(&visit.fields);
    let agreements = tx.all::<Agreement>();
    let agreement = agreements.iter().find(|agreement| agreement.id.to_string() == field("agreement_id"));
    let account = account(tx);
    if account.as_ref().is_none_or(|account| account.id.to_string() != field("merchant_id")) {
        lines.push(format!("merchant_id `{}` is not this merchant's", field("merchant_id")));
    }
    let key = agreement.map(|agreement| agreement.api_key.clone()).unwrap_or_default();
    let claimed = field("checksum");
    let mut sent = Sent {
        request: if framed { "POST /framed".to_owned() } else { "POST /".to_owned() },
        parameters: visit.fields.clone(),
        canonical_is: "The string that is signed:".to_owned(),
        canonical: window_canonical(&visit.fields),
        verdict: "The checksum is right.".to_owned(),
        right: true,
        warnings: Vec::new(),
    };
    if agreement.is_none() {
        lines.push(format!("there is no agreement `{}`", field("agreement_id")));
        "Without the agreement nobody knows the key.".clone_into(&mut sent.verdict);
        sent.right = false;
    } else if !crate::kit::digest::same(&window_checksum(&key, &visit.fields), claimed) {
        let api = agreements.iter().find(|other| other.api_key != key).map(|other| other.api_key.clone());
        let private = account.map(|account| account.private_key.clone()).unwrap_or_default();
        let why = window_diagnosis(&visit.fields, claimed, &key, &api.unwrap_or_default(), &private);
        let mistake = why.map_or_else(String::new, |why| {
            format!(" The mistake: {why} ({}). {}", why.confidence(), why.remedy())
        });
        sent.verdict = format!("The checksum is wrong.{mistake}");
        sent.right = false;
        lines.push(sent.verdict.clone());
    }
    let kind = if field("type") == "subscription" || field("subscription") == "1" {
        Kind::Subscription
    } else {
        Kind::Payment
    };
    let known = by_order_id(tx, kind, field("order_id"));
    if known.as_ref().is_some_and(|known| known.accepted(tx.now)) {
        lines.push(format!("the order_id `{}` is paid already", field("order_id")));
    }
    let length = field("order_id").chars().count();
    if length > 20 && tx.settings.rules == Rules::Live {
        lines.push(format!("order_id has {length} characters, and QuickPay takes 4 to 20"));
    }
    visit.trail.evidence(&sent);
    if !lines.is_empty() {
        return Posted::Refused(lines, sent);
    }
    if length > 20 {
        visit.trail.warn(format!(
            "passes here and is refused under `rules = live`: order_id has {length} characters, and QuickPay takes 4 to 20"
        ));
    }
    let mut resource = known.unwrap_or_else(|| fresh(tx, kind, field("order_id"), field("currency")));
    field("currency").clone_into(&mut resource.currency);
    fill(&mut resource, visit, nested);
    let link = link(tx, visit, kind, framed);
    Posted::Link(attach(tx, &mut resource, link, &visit.origin.0, sent))
}

/// What stands in the form beside the terms of the payment.
fn fill(resource: &mut Resource, visit: &Visit<'_>, nested: Option<&Tree>) {
    let filled = |name: &str| Some(visit.field(name).to_owned()).filter(|value| !value.is_empty());
    resource.description = filled("description").filter(|_| resource.kind == Kind::Subscription);
    resource.text_on_statement = filled("text_on_statement");
    let Some(nested) = nested else { return };
    let object = |name: &str| Some(nested.get(name).clone()).filter(|tree| matches!(tree, Tree::Map(_)));
    if let Some(variables) = object("variables") {
        resource.variables = variables;
    }
    resource.invoice_address = object("invoice_address").unwrap_or_default();
    resource.shipping_address = object("shipping_address").unwrap_or_default();
    if let Some(basket) = nested.get("basket").elements() {
        resource.basket = Tree::List(basket.into_iter().cloned().collect());
    }
}

fn link(tx: &Tx<'_>, visit: &Visit<'_>, kind: Kind, framed: bool) -> Link {
    let filled = |name: &str| Some(visit.field(name).to_owned()).filter(|value| !value.is_empty());
    let flag = |name: &str| filled(name).map(|value| value == "1");
    Link {
        agreement_id: visit.field("agreement_id").parse().unwrap_or_default(),
        language: filled("language").unwrap_or_else(|| "en".to_owned()),
        continue_url: filled("continueurl"),
        cancel_url: filled("cancelurl"),
        callback_url: filled("callbackurl"),
        payment_methods: filled("payment_methods"),
        auto_fee: flag("autofee"),
        auto_capture: flag("autocapture").filter(|_| kind == Kind::Payment),
        branding_id: filled("branding_id").and_then(|id| id.parse().ok()),
        google_analytics_client_id: filled("google_analytics_client_id"),
        google_analytics_tracking_id: filled("google_analytics_tracking_id"),
        acquirer: filled("acquirer"),
        deadline: filled("deadline").and_then(|seconds| seconds.parse().ok()),
        framed,
        customer_email: filled("customer_email"),
        ..Link::new(visit.field("amount").parse().unwrap_or_default(), tx.now)
    }
}

/// Everything that is wrong with the fields themselves.
fn flaws(fields: &[(String, String)]) -> Vec<String> {
    let value = |name: &str| {
        let found = fields.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str())
    };
    let digits = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let mut flaws = Vec::new();
    for name in [
        "version",
        "merchant_id",
        "agreement_id",
        "order_id",
        "amount",
        "currency",
        "continueurl",
        "cancelurl",
        "checksum",
    ] {
        if value(name).is_empty() {
            flaws.push(format!("{name} is missing"));
        }
    }
    if (value("type") == "subscription" || value("subscription") == "1") && value("description").is_empty() {
        flaws.push("description is missing, and a subscription has one".to_owned());
    }
    let mut rule = |name: &str, holds: bool, says: &str| {
        if !value(name).is_empty() && !holds {
            flaws.push(format!("{name} `{}` {says}", value(name)));
        }
    };
    rule("version", value("version") == "v10", "must be v10");
    rule("amount", digits(value("amount"), 9), "must be one to nine digits, in minor units");
    let upper = value("currency").bytes().all(|byte| byte.is_ascii_uppercase());
    rule("currency", value("currency").len() == 3 && upper, "must be three uppercase letters");
    rule("order_id", value("order_id").chars().count() >= 4, "must have at least 4 characters");
    for name in ["continueurl", "cancelurl", "callbackurl"] {
        rule(name, is_web_address(value(name)), "must be an http or https URL");
    }
    rule("language", value("language").len() == 2, "must be two letters");
    for name in ["autocapture", "autofee"] {
        rule(name, matches!(value(name), "0" | "1"), "must be 0 or 1");
    }
    rule("type", matches!(value("type"), "payment" | "subscription"), "must be payment or subscription");
    flaws
}
