//! Payment cards: registering, listing, reading, disabling.

use http::StatusCode;
use serde_json::{Value, json};

use crate::kit::table::Tx;

use super::body;
use super::callbacks;
use super::doors::{Answer, Call, Done, fine};
use super::fields::{Fields, uuid};
use super::gateways::{self, Wanted};
use super::lists;
use super::model::{Account, Gateway, PaymentCard};
use super::refusals::{Refusal, told};
use super::store::{account_by_code, by_uuid};

/// `POST /api/v1/paymentcards/`
pub(super) async fn create(call: &Call) -> Answer {
    let data = call.data()?;
    let (registered, code, warnings) = call
        .change(|tx| {
            let mut warnings = Vec::new();
            let registered = register(tx, &data, &mut warnings);
            let account = uuid(&data["account"]).and_then(|uuid| tx.get::<Account>(uuid));
            (registered, account.map(|account| account.code.clone()), warnings)
        })
        .await;
    for warning in warnings {
        call.trail.warn(warning);
    }
    if let Some(code) = code {
        call.trail.order(code);
    }
    let card = registered?;
    let created = call.settings.get("fenerum.create_status") == "201";
    Ok(Done::Json(if created { StatusCode::CREATED } else { StatusCode::OK }, card.shown()))
}

fn register(tx: &mut Tx<'_>, data: &Value, warnings: &mut Vec<String>) -> Result<PaymentCard, Refusal> {
    let mut fields = Fields::of(body::object(data)?);
    let account = account(tx, &mut fields);
    let token = fields.needed_text("token");
    let legacy = tx.settings.on("fenerum.legacy_gateway");
    let gateways: &[&str] =
        if legacy { &["stripe_new", "quickpay", "stripe"] } else { &["stripe_new", "quickpay"] };
    let gateway = fields.needed_choice("gateway", gateways);
    fields.end()?;
    if data["token"].is_number() {
        warnings.push("token is a number, and the document wants it as a string".to_owned());
    }
    // All three are there, or their faults would have been told.
    let (Some(account), Some(token), Some(gateway)) = (account, token, gateway) else {
        return Err(Refusal::ServerError);
    };
    let gateway = Gateway::of(&gateway).unwrap_or_else(|| {
        warnings
            .push("the gateway stripe is an older one: new cards are registered with stripe_new".to_owned());
        Gateway::StripeNew
    });
    gateways::register(tx, &Wanted { account: &account, gateway, token: &token }, warnings)
}

/// The account that the field names by its UUID.
fn account(tx: &Tx<'_>, fields: &mut Fields<'_>) -> Option<Account> {
    let value = match fields.needed("account")? {
        Value::String(empty) if empty.is_empty() => {
            fields.fault("account", told("null", &[]));
            return None;
        }
        value => value,
    };
    let by_key = tx.settings.get("fenerum.account_relation") == "pk";
    let shown = body::str_of(value);
    let Some(uuid) = uuid(value) else {
        let told =
            if by_key { told("must_be_uuid", &[]) } else { told("invalid_uuid", &[("value", &shown)]) };
        fields.fault("account", told);
        return None;
    };
    let found = tx.get::<Account>(uuid.as_str());
    if found.is_none() {
        let code = if by_key { "invalid_pk" } else { "does_not_exist" };
        fields.fault("account", told(code, &[("value", &shown)]));
    }
    found.map(|account| Account::clone(&account))
}

/// `GET /api/v1/paymentcards/?account=`
pub(super) async fn list(call: &Call) -> Answer {
    let code = call.parameter("account").map(ToOwned::to_owned);
    let (cards, is_uuid) = call
        .workspace
        .read(|tx| {
            let settings = tx.settings;
            let mut is_uuid = false;
            let account = code.as_deref().map(|code| {
                let by_code = account_by_code(tx, code);
                let by_uuid = uuid(&json!(code)).and_then(|uuid| tx.get::<Account>(uuid));
                is_uuid = by_code.is_none() && by_uuid.is_some();
                let both = settings.get("fenerum.account_filter") == "code_or_uuid";
                by_code.or(by_uuid.filter(|_| both)).map(|account| account.uuid.clone())
            });
            let mut cards = tx.all::<PaymentCard>();
            cards.sort_by_key(|card| card.number);
            cards.retain(|card| {
                let wanted = account.as_ref().is_none_or(|uuid| uuid.as_deref() == Some(&card.account));
                wanted && (card.active || settings.on("fenerum.list_inactive"))
            });
            (cards.iter().map(|card| card.shown()).collect::<Vec<_>>(), is_uuid)
        })
        .await;
    if is_uuid {
        call.trail
            .warn("the filter `account` holds an account's UUID, and it is the account's code that it takes");
    }
    lists::page(call, &cards)
}

/// `GET /api/v1/paymentcards/{uuid}/`
pub(super) async fn read(call: &Call, id: &str) -> Answer {
    fine(call.workspace.read(|tx| by_uuid::<PaymentCard>(tx, id)).await?.shown())
}

/// `POST /api/v1/paymentcards/{uuid}/disable/`: the body does not matter. The card stays at its provider.
pub(super) async fn disable(call: &Call, id: &str) -> Answer {
    let card = call.change(|tx| off(tx, id)).await?;
    if call.settings.get("fenerum.disable_answer") == "nothing" {
        return Ok(Done::Nothing);
    }
    fine(card.shown())
}

/// Disables a card; one that is disabled stays so.
pub(super) fn off(tx: &mut Tx<'_>, id: &str) -> Result<PaymentCard, Refusal> {
    let mut card = PaymentCard::clone(&*by_uuid::<PaymentCard>(tx, id)?);
    if card.active {
        card.active = false;
        tx.put(card.clone());
        callbacks::of_card(tx, "payment_card.deactivated", &card);
    }
    Ok(card)
}
