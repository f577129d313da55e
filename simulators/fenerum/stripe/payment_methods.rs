//! `POST /v1/payment_methods`: what the frame sends, and what it gets.

use std::str::FromStr;

use axum::body::Bytes;
use axum::extract::Extension;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, post};
use axum::{Json, Router};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use crate::kit::digest::hex;
use crate::kit::mask::luhn;
use crate::kit::table::{Record as _, Tx};
use crate::kit::trail::Trail;
use crate::kit::workspace::Workspace;

use super::cards::{TestCard, brand, card, card_of_token};
use super::errors::{ApiError, declined};
use super::{PaymentMethod, keys};

pub(super) fn routes() -> Router {
    Router::new()
        .route("/v1/payment_methods", post(create).options(preflight).fallback(unknown))
        .route("/v1/{*path}", any(unknown))
}

/// Any page may call it: so answers the API of Stripe's, whose callers are known by their keys.
fn open(mut response: Response) -> Response {
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, PUT, PATCH, POST, DELETE"),
        (header::ACCESS_CONTROL_MAX_AGE, "300"),
        (header::CACHE_CONTROL, "no-cache, no-store"),
    ];
    for (name, value) in headers {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// What a browser asks before it sends a header of its own.
async fn preflight(headers: HeaderMap) -> Response {
    let mut response = open(StatusCode::OK.into_response());
    if let Some(asked) = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        let name = HeaderName::from_static("access-control-allow-headers");
        response.headers_mut().insert(name, asked.clone());
    }
    response
}

/// Whatever else Stripe's API has.
async fn unknown(Extension(trail): Extension<Trail>, method: Method, address: Uri) -> Response {
    trail.diagnose("of Stripe's API provkassa imitates POST /v1/payment_methods alone");
    open(ApiError::unknown(&format!("{method}: {}", address.path())).into_response())
}

async fn create(
    Extension(workspace): Extension<Workspace>,
    Extension(trail): Extension<Trail>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let made = match keys::check(&workspace, &headers, &body, &trail).and_then(|()| read(&headers, &body)) {
        Ok(asked) => workspace.transact(|tx| make(tx, &asked)).await,
        Err(error) => Err(error),
    };
    open(match made {
        Ok(made) => Json(made).into_response(),
        Err(error) => {
            trail.diagnose(error.to_string());
            error.into_response()
        }
    })
}

/// A form's fields in the order they came, `card[number]` by `card[number]`.
struct Fields(Vec<(String, String)>);

impl Fields {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rfind(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A value that must be there.
    fn needed(&self, name: &str) -> Result<&str, ApiError> {
        self.get(name).filter(|value| !value.is_empty()).ok_or_else(|| ApiError::missing(name))
    }

    /// Those of `name[…]`, by what stands in the brackets.
    fn below<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter_map(move |(known, value)| {
            Some((known.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']')?, value.as_str()))
        })
    }
}

/// What the endpoint takes beside the card. What the script sends of the browser is not looked at.
const KNOWN: &[&str] = &[
    "_stripe_account",
    "_stripe_version",
    "allow_redisplay",
    "billing_details",
    "card",
    "client_attribution_metadata",
    "expand",
    "guid",
    "key",
    "metadata",
    "muid",
    "pasted_fields",
    "payment_user_agent",
    "radar_options",
    "referrer",
    "sid",
    "time_on_page",
    "type",
];

fn read(headers: &HeaderMap, body: &Bytes) -> Result<Fields, ApiError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !body.is_empty() && !kind.starts_with("application/x-www-form-urlencoded") {
        let message =
            "Invalid request (check that your POST content type is application/x-www-form-urlencoded).";
        return Err(ApiError::request(None, None, message));
    }
    let fields = Fields(form_urlencoded::parse(body).into_owned().collect());
    let first = |name: &str| name.split('[').next().unwrap_or_default().to_owned();
    let unknown = fields.0.iter().map(|(name, _)| first(name)).find(|name| !KNOWN.contains(&name.as_str()));
    if let Some(name) = unknown {
        let message = format!("Received unknown parameter: {name}");
        return Err(ApiError::request(Some("parameter_unknown"), Some(&name), message));
    }
    Ok(fields)
}

/// Makes the payment method, and what is answered.
fn make(tx: &mut Tx<'_>, fields: &Fields) -> Result<Value, ApiError> {
    let kind = fields.needed("type")?;
    if kind != "card" {
        // The list that Stripe prints is longer: what is not imitated is not offered.
        let message = format!("Invalid type: must be one of card, and not {kind}");
        return Err(ApiError::request(None, Some("type"), message));
    }
    if fields.below("card").next().is_none() {
        return Err(ApiError::missing("card"));
    }
    let (found, expiry) = match fields.get("card[token]") {
        Some(token) => {
            let message = || format!("No such token: '{token}'");
            let missing = || ApiError::request(Some("resource_missing"), Some("card[token]"), message());
            (card_of_token(token).ok_or_else(missing)?, in_three_years(tx.now))
        }
        None => typed(fields, tx.now)?,
    };
    let allow_redisplay = fields.get("allow_redisplay").unwrap_or("unspecified");
    if !["always", "limited", "unspecified"].contains(&allow_redisplay) {
        let message = "Invalid allow_redisplay: must be one of always, limited, or unspecified";
        return Err(ApiError::request(None, Some("allow_redisplay"), message));
    }
    let made = new(tx, found, expiry);
    let mut shown = shown(&made, found, tx);
    shown["allow_redisplay"] = allow_redisplay.into();
    shown["billing_details"] = billing_details(fields);
    shown["metadata"] = fields
        .below("metadata")
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect::<Map<_, _>>()
        .into();
    tx.put(made);
    Ok(shown)
}

/// The card that was typed, and its expiry.
fn typed(fields: &Fields, now: Timestamp) -> Result<(&'static TestCard, (u16, u8)), ApiError> {
    let number: String =
        fields.needed("card[number]")?.chars().filter(|sign| !" -".contains(*sign)).collect();
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        let message = "The card number is not a valid credit card number.";
        return Err(ApiError::card("invalid_number", "number", message));
    }
    let brand = brand(&number);
    if !luhn(&number) || !brand.has_length(number.len()) {
        return Err(ApiError::card("incorrect_number", "number", "Your card number is incorrect."));
    }
    let invalid_month =
        || ApiError::card("invalid_expiry_month", "exp_month", "Your card's expiration month is invalid.");
    let invalid_year =
        || ApiError::card("invalid_expiry_year", "exp_year", "Your card's expiration year is invalid.");
    let month: u8 = part(fields, "card[exp_month]")?;
    if !(1..=12).contains(&month) {
        return Err(invalid_month());
    }
    let year: u16 = part(fields, "card[exp_year]")?;
    let year = if year < 100 { year + 2000 } else { year };
    let (this_year, this_month) = self::month(now);
    if year < this_year || year > this_year + FAR {
        return Err(invalid_year());
    }
    if (year, month) < (this_year, this_month) {
        return Err(invalid_month());
    }
    let cvc = fields.get("card[cvc]");
    if cvc.is_some_and(|cvc| cvc.len() != brand.cvc || !cvc.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err(ApiError::card("invalid_cvc", "cvc", "Your card's security code is invalid."));
    }
    let found = card(&number).ok_or_else(|| declined("test_mode_live_card"))?;
    Ok((found, (year, month)))
}

/// No card is good for longer, in years. That it is so many is assumed.
pub(super) const FAR: u16 = 50;

fn part<N: FromStr>(fields: &Fields, name: &str) -> Result<N, ApiError> {
    let value = fields.needed(name)?;
    value.trim().parse().map_err(|_| {
        let message = format!("Invalid integer: {}", value.chars().take(40).collect::<String>());
        ApiError::request(Some("parameter_invalid_integer"), Some(name), message)
    })
}

/// The year and month of a moment.
pub(super) fn month(now: Timestamp) -> (u16, u8) {
    let date = now.to_zoned(TimeZone::UTC).date();
    (u16::try_from(date.year()).unwrap_or_default(), u8::try_from(date.month()).unwrap_or_default())
}

/// How long a card is good that nobody typed. That it is so long is assumed.
fn in_three_years(now: Timestamp) -> (u16, u8) {
    let (year, month) = month(now);
    (year + 3, month)
}

/// The payment method that a server's own word for a published card stands for.
pub(super) fn standing_for(tx: &Tx<'_>, card: &TestCard) -> PaymentMethod {
    new(tx, card, in_three_years(tx.now))
}

/// A payment method with an id that no other workspace hands out.
pub(super) fn new(tx: &Tx<'_>, card: &TestCard, (exp_year, exp_month): (u16, u8)) -> PaymentMethod {
    let last4 = card.number[card.number.len() - 4..].to_owned();
    let key = format!("{} {last4} {exp_month} {exp_year}", card.brand);
    let token = |n| tx.seed.token(PaymentMethod::TABLE, &key, n);
    PaymentMethod {
        id: tx.unused::<PaymentMethod>(|n| format!("pm_{}", &token(n)[..24])),
        brand: card.brand.clone(),
        last4,
        exp_month,
        exp_year,
        customer: None,
        attach: card.attach.clone(),
        charge: card.charge.clone(),
    }
}

/// The payment method as the API shows it.
fn shown(made: &PaymentMethod, card: &TestCard, tx: &Tx<'_>) -> Value {
    let fingerprint = hex(&tx.seed.bytes("stripe fingerprint", &card.number, 0)[..8]);
    json!({
        "id": made.id,
        "object": "payment_method",
        "card": {
            "brand": made.brand,
            "checks": {
                "address_line1_check": null,
                "address_postal_code_check": null,
                "cvc_check": null,
            },
            "country": card.country,
            "display_brand": made.brand,
            "exp_month": made.exp_month,
            "exp_year": made.exp_year,
            "fingerprint": fingerprint,
            "funding": card.funding,
            "generated_from": null,
            "last4": made.last4,
            "networks": { "available": [made.brand], "preferred": null },
            "regulated_status": "unregulated",
            "three_d_secure_usage": { "supported": true },
            "wallet": null,
        },
        "created": tx.now.as_second(),
        "customer": null,
        "livemode": false,
        "type": "card",
    })
}

fn billing_details(fields: &Fields) -> Value {
    let own = |prefix: &str, names: &[&str]| -> Map<String, Value> {
        let value = |name: &str| fields.get(&format!("{prefix}[{name}]")).filter(|value| !value.is_empty());
        names.iter().map(|name| ((*name).to_owned(), json!(value(name)))).collect()
    };
    let address = ["city", "country", "line1", "line2", "postal_code", "state"];
    let mut details = own("billing_details", &["email", "name", "phone", "tax_id"]);
    details.insert("address".to_owned(), own("billing_details[address]", &address).into());
    details.into()
}
