//! Accounts, by their code, and the recipients of their mail.

use http::Method;
use serde_json::{Value, json};

use crate::kit::table::Tx;

use super::body;
use super::callbacks;
use super::doors::{Answer, Call, Done, fine, made};
use super::fields::Fields;
use super::lists;
use super::model::{Account, Profile, Recipient};
use super::refusals::{Refusal, told};
use super::store::{BY_INVOICE, account_by_code, by_card, by_uuid, count, new_uuid};

/// `POST /api/v1/accounts/`
pub(super) async fn create(call: &Call) -> Answer {
    let data = call.data()?;
    made(call.change(|tx| new(tx, &data, None)).await?.shown())
}

/// Makes an account, with a UUID of its own where none is given; one that names no code gets its number.
pub(super) fn new(tx: &mut Tx<'_>, data: &Value, uuid: Option<String>) -> Result<Account, Refusal> {
    let object = body::object(data)?;
    let mut fields = Fields::of(object);
    let code = fields.text("code").filter(|code| !code.is_empty());
    if code.as_deref().is_some_and(|code| account_by_code(tx, code).is_some()) {
        fields.fault("code", told("unique", &[]));
    }
    if code.as_deref().is_some_and(|code| code.contains('/')) {
        fields.fault("code", told("invalid_value", &[]));
    }
    let mut account = Account {
        uuid: String::new(),
        number: 0,
        code: code.unwrap_or_default(),
        collection_method: BY_INVOICE.to_owned(),
        created_date: tx.now,
        profile: plain(""),
    };
    change(tx, &mut fields, &mut account);
    fields.end()?;
    account.number = count::<Account>(tx);
    if account.code.is_empty() {
        account.code = free_code(tx, account.number);
    }
    account.uuid = uuid.unwrap_or_else(|| new_uuid::<Account>(tx, &account.code));
    tx.put(account.clone());
    callbacks::emit(tx, &account.code, "account.created", &account.snapshot());
    Ok(account)
}

/// The code of an account that names none.
fn free_code(tx: &Tx<'_>, number: u64) -> String {
    let mut codes = (number..).map(|number| format!("ACC{number:04}"));
    codes.find(|code| account_by_code(tx, code).is_none()).unwrap_or_default()
}

/// What is kept of an account of which only the name is known.
pub(super) fn plain(company_name: &str) -> Profile {
    let nothing = String::new;
    Profile {
        company_name: company_name.to_owned(),
        legal_address: nothing(),
        legal_zipcode: nothing(),
        legal_city: nothing(),
        legal_country: "DK".to_owned(),
        legal_vat_number: nothing(),
        billing_same_as_legal: true,
        billing_address: nothing(),
        billing_zipcode: nothing(),
        billing_city: nothing(),
        billing_country: nothing(),
        language: "en".to_owned(),
        erp_id: nothing(),
        ean_invoicing: false,
        ean_number: nothing(),
        invoice_note: nothing(),
    }
}

/// Takes over what a body says of an account.
fn change(tx: &Tx<'_>, fields: &mut Fields<'_>, account: &mut Account) {
    let kept = &mut account.profile;
    if let Some(name) = fields.needed_text("company_name") {
        kept.company_name = name;
    }
    for (name, field) in [
        ("legal_address", &mut kept.legal_address),
        ("legal_zipcode", &mut kept.legal_zipcode),
        ("legal_city", &mut kept.legal_city),
        ("legal_country", &mut kept.legal_country),
        ("legal_vat_number", &mut kept.legal_vat_number),
        ("billing_address", &mut kept.billing_address),
        ("billing_zipcode", &mut kept.billing_zipcode),
        ("billing_city", &mut kept.billing_city),
        ("billing_country", &mut kept.billing_country),
        ("language", &mut kept.language),
        ("erp_id", &mut kept.erp_id),
        ("ean_number", &mut kept.ean_number),
        ("invoice_note", &mut kept.invoice_note),
    ] {
        let Some(text) = fields.text(name) else { continue };
        let country = name.ends_with("_country");
        if country && !(text.len() == 2 && text.bytes().all(|letter| letter.is_ascii_uppercase())) {
            fields.fault(name, told("invalid_choice", &[("input", &text)]));
        } else {
            *field = text;
        }
    }
    for (name, field) in [
        ("billing_same_as_legal", &mut kept.billing_same_as_legal),
        ("ean_invoicing", &mut kept.ean_invoicing),
    ] {
        *field = fields.truth(name).unwrap_or(*field);
    }
    if let Some(method) = fields.choice("collection_method", &[BY_INVOICE, by_card(tx)]) {
        account.collection_method = method;
    }
}

/// `GET /api/v1/accounts/`
pub(super) async fn list(call: &Call) -> Answer {
    let all = call
        .workspace
        .read(|tx| {
            let mut accounts = tx.all::<Account>();
            accounts.sort_by_key(|account| account.number);
            accounts.iter().map(|account| account.shown()).collect::<Vec<_>>()
        })
        .await;
    lists::page(call, &all)
}

/// `GET`, `PUT`, `PATCH /api/v1/accounts/{code}/`
pub(super) async fn one(call: &Call, code: &str, method: &Method) -> Answer {
    call.trail.order(code);
    if matches!(*method, Method::GET | Method::HEAD) {
        let found = call.workspace.read(|tx| account_by_code(tx, code)).await;
        return fine(found.ok_or_else(|| Refusal::detail("not_found"))?.shown());
    }
    let data = call.data()?;
    let partial = *method == Method::PATCH;
    fine(call.change(|tx| update(tx, code, &data, partial)).await?.shown())
}

/// Changes an account by what a body says.
pub(super) fn update(tx: &mut Tx<'_>, code: &str, data: &Value, partial: bool) -> Result<Account, Refusal> {
    let found = account_by_code(tx, code).ok_or_else(|| Refusal::detail("not_found"))?;
    let mut account = Account::clone(&found);
    let object = body::object(data)?;
    let mut fields = if partial { Fields::partial(object) } else { Fields::of(object) };
    change(tx, &mut fields, &mut account);
    fields.end()?;
    tx.put(account.clone());
    callbacks::emit(tx, code, "account.updated", &account.snapshot());
    Ok(account)
}

/// `POST /api/v1/recipients/`
pub(super) async fn create_recipient(call: &Call) -> Answer {
    let data = call.data()?;
    let made_one = call.change(|tx| new_recipient(tx, &data)).await?;
    made(made_one.shown())
}

/// Makes a recipient of an account's mail.
pub(super) fn new_recipient(tx: &mut Tx<'_>, data: &Value) -> Result<Recipient, Refusal> {
    let mut fields = Fields::of(body::object(data)?);
    let account = fields.needed_text("account").unwrap_or_default();
    if !account.is_empty() && account_by_code(tx, &account).is_none() {
        fields.fault("account", told("no_such_code", &[("value", &account)]));
    }
    let mut recipient = Recipient {
        uuid: String::new(),
        number: 0,
        account,
        name: String::new(),
        email: String::new(),
        receive_invoice: true,
        receive_payment_confirmation: true,
        receive_subscription_notifications: true,
    };
    change_recipient(&mut fields, &mut recipient);
    fields.end()?;
    recipient.uuid = new_uuid::<Recipient>(tx, &recipient.account);
    recipient.number = count::<Recipient>(tx);
    tx.put(recipient.clone());
    Ok(recipient)
}

fn change_recipient(fields: &mut Fields<'_>, recipient: &mut Recipient) {
    if let Some(name) = fields.text("name") {
        recipient.name = name;
    }
    if let Some(email) = fields.email("email") {
        recipient.email = email;
    }
    for (name, field) in [
        ("receive_invoice", &mut recipient.receive_invoice),
        ("receive_payment_confirmation", &mut recipient.receive_payment_confirmation),
        ("receive_subscription_notifications", &mut recipient.receive_subscription_notifications),
    ] {
        *field = fields.truth(name).unwrap_or(*field);
    }
}

/// `GET /api/v1/recipients/`
pub(super) async fn list_recipients(call: &Call) -> Answer {
    let account = call.parameter("account").map(ToOwned::to_owned);
    let all = call
        .workspace
        .read(|tx| {
            let mut recipients = tx.all::<Recipient>();
            recipients.sort_by_key(|recipient| recipient.number);
            recipients.retain(|recipient| account.as_ref().is_none_or(|code| *code == recipient.account));
            recipients.iter().map(|recipient| recipient.shown()).collect::<Vec<_>>()
        })
        .await;
    lists::page(call, &all)
}

/// `GET`, `PUT`, `PATCH`, `DELETE /api/v1/recipients/{uuid}/`
pub(super) async fn one_recipient(call: &Call, id: &str, method: &Method) -> Answer {
    if matches!(*method, Method::GET | Method::HEAD) {
        return fine(call.workspace.read(|tx| by_uuid::<Recipient>(tx, id)).await?.shown());
    }
    if *method == Method::DELETE {
        call.change(|tx| {
            by_uuid::<Recipient>(tx, id).map(|found| tx.remove::<Recipient>(found.uuid.as_str()))
        })
        .await?;
        return Ok(Done::Nothing);
    }
    let data = call.data()?;
    let partial = *method == Method::PATCH;
    let changed = call
        .change(|tx| {
            let mut recipient = Recipient::clone(&*by_uuid::<Recipient>(tx, id)?);
            let object = body::object(&data)?;
            let mut fields = if partial { Fields::partial(object) } else { Fields::of(object) };
            change_recipient(&mut fields, &mut recipient);
            fields.end()?;
            tx.put(recipient.clone());
            Ok::<_, Refusal>(json!(recipient.shown()))
        })
        .await?;
    fine(changed)
}
