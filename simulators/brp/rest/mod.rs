//! The part of BRP's REST API (API3) that a shop needs around a payment. The root before `api/ver3` is
//! an installation or `apiserver`, which all of them share.

mod answer;
mod auth;
mod consents;
mod customers;
mod fields;
mod invoices;
mod items;
mod links;
mod orders;
mod receipts;
mod reservations;
mod shapes;
mod subscriptions;
mod units;

use axum::Router;

pub(super) fn routes() -> Router {
    Router::new()
        .merge(auth::routes())
        .merge(consents::routes())
        .merge(customers::routes())
        .merge(invoices::routes())
        .merge(items::routes())
        .merge(links::routes())
        .merge(orders::routes())
        .merge(receipts::routes())
        .merge(reservations::routes())
        .merge(subscriptions::routes())
        .merge(units::routes())
}
