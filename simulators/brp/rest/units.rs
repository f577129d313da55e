//! The REST API's facilities, their payment methods, and the settings of the installation.

use axum::Router;
use axum::extract::{Extension, Path, RawQuery};
use axum::routing::get;
use http::StatusCode;
use serde_json::{Value, json};

use crate::brp::model::{BusinessUnit, Method, Order, Product};
use crate::kit::table::Tx;
use crate::kit::workspace::Workspace;

use super::answer::{Answer, Refusal, success};
use super::fields::{Query, known};
use super::shapes::{COUNTRY, company};

pub(super) fn routes() -> Router {
    Router::new()
        .route("/{root}/api/ver3/businessunits", get(list))
        .route("/{root}/api/ver3/businessunits/{unit}/paymentmethods", get(methods))
        .route("/{root}/api/ver3/systemsettings", get(system_settings))
}

/// `GET …/businessunits`, for everybody.
async fn list(Extension(workspace): Extension<Workspace>) -> Answer {
    let shown =
        workspace.read(|tx| tx.all::<BusinessUnit>().iter().map(|unit| show(unit)).collect::<Value>()).await;
    Ok(success(StatusCode::OK, &shown))
}

/// The facility as API3 prints it. Its address and region are not kept here.
fn show(unit: &BusinessUnit) -> Value {
    json!({
        "id": unit.id,
        "name": unit.name,
        "company": company(unit),
        "companyNameForInvoice": unit.company,
        "address": null,
        "location": COUNTRY,
        "region": null,
        "currency": "SEK",
        // An invoice that was handed over cannot be paid here.
        "settings": {
            "allowPayInvoiceWithStateDebtCollection": false,
            "allowPayInvoiceWithStateReminderService": false,
        },
        "hasRegisterUnitForInternet": unit.internet_register,
    })
}

/// `GET …/businessunits/{unit}/paymentmethods`, for everybody; with `order`, those that can pay it.
async fn methods(
    Extension(workspace): Extension<Workspace>,
    Path((_, unit)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let unit = known(&unit)?;
    let order = Query::new(query).number("order")?;
    let shown = workspace
        .read(|tx| {
            tx.get::<BusinessUnit>(unit).ok_or(Refusal::Business("ID_NOT_FOUND"))?;
            let wanted = match order {
                None => None,
                Some(id) => {
                    let order = tx.get::<Order>(id).filter(|order| !order.deleted);
                    Some(order.ok_or_else(|| Refusal::field("order", "ID_NOT_FOUND"))?)
                }
            };
            let methods = tx.all::<Method>();
            let offered = methods.iter().filter(|method| {
                method.internet && wanted.as_ref().is_none_or(|order| can_pay(tx, method, order))
            });
            let shown = offered.map(|method| json!({"id": method.id, "type": method.kind}));
            Ok::<_, Refusal>(shown.collect::<Value>())
        })
        .await?;
    Ok(success(StatusCode::OK, &shown))
}

/// Whether a method of this kind can pay an order: recurring card payment needs a card, and what is paid
/// later needs somebody who owes it.
fn can_pay(tx: &Tx<'_>, method: &Method, order: &Order) -> bool {
    let recurring =
        order.rows.iter().any(|row| tx.get::<Product>(row.product).is_some_and(|product| product.recurring));
    let later = ["CUSTOMER_ACCOUNT", "INVOICE"].contains(&method.kind.as_str());
    (method.is_card() || !recurring) && (order.customer.is_some() || !later)
}

/// `GET …/systemsettings`, for everybody: those that bear on payments. All are on, for all is imitated.
async fn system_settings() -> Answer {
    let names = [
        "allowToPayInvoiceBeforeInvoiceDate",
        "enablePayForCustomerAccountDebt",
        "enablePayWithCustomerAccount",
        "showCustomerAccountDebt",
    ];
    Ok(success(StatusCode::OK, &json!(names.map(|name| json!({"key": name, "value": true})))))
}
