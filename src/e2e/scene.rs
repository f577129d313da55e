//! A world in which a call to an endpoint goes well, for tests that then spoil one thing.

use provkassa::simulators::brp::endpoints::{Endpoint, Purpose};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::Served;
use crate::walk::{End, Parameters, To, finish, link_to, open, row, seed};

/// The button that pays.
pub(crate) const PAY: &[(&str, &str)] = &[("outcome", "approve")];

/// The world that an endpoint is called in: what the call is about, how outcomes name it, and what
/// the link says.
pub(crate) struct Scene {
    pub(crate) endpoint: &'static Endpoint,
    pub(crate) id: String,
    pub(crate) parameters: Parameters,
}

impl Scene {
    /// A scene in which the call goes well, over an order, invoice, debt or subscription of this price
    /// where one is given.
    pub(crate) async fn set(served: &Served, endpoint: &'static Endpoint, price: Option<i64>) -> Self {
        served.control(Method::POST, "workspaces/default/reset", json!(null)).await;
        for (name, value) in [("brp.receipt_mail", "off"), ("brp.provider_max_minor", "10000000")] {
            served.set(name, value).await;
        }
        let (id, parameters) = match endpoint.purpose {
            Purpose::PayInvoice => {
                let id = seed(served, "invoices", json!({"rest": price.unwrap_or(12_300)})).await;
                (format!("invoice-{id}"), vec![("invoiceid", id)])
            }
            Purpose::CreateMandate => {
                let parameters = vec![("personid", "67".to_owned()), ("businessunitid", "15".to_owned())];
                ("mandate-67".to_owned(), parameters)
            }
            Purpose::PayAccount => {
                let debt = price.unwrap_or(35_000);
                seed(served, "persons", json!({"id": 68, "account_debt": debt})).await;
                let parameters = vec![("customerid", "68".to_owned()), ("paymentmethodid", "100".to_owned())];
                ("account-68".to_owned(), parameters)
            }
            Purpose::DebitSubscription => {
                if let Some(price) = price {
                    seed(served, "subscriptions", json!({"id": 72, "price": price})).await;
                }
                ("subscription-72".to_owned(), vec![("subscriptionid", "72".to_owned())])
            }
            _ => {
                // Only events and services can be confirmed.
                let product = if endpoint.purpose == Purpose::ConfirmOrder { 5 } else { 1 };
                let order = json!({"customer": 67, "rows": [row(product, price.unwrap_or(12_300))]});
                let id = seed(served, "orders", order).await;
                let mut parameters = vec![("orderid", id.clone())];
                if endpoint.purpose == Purpose::PayOrderBySwish {
                    parameters.push(("payeralias", "0701234567".to_owned()));
                }
                (id, parameters)
            }
        };
        Self { endpoint, id, parameters }
    }

    pub(crate) fn put(&mut self, name: &'static str, value: &str) {
        self.parameters.retain(|(known, _)| *known != name);
        self.parameters.push((name, value.to_owned()));
    }

    /// Changes the order that is paid.
    pub(crate) async fn order(&self, served: &Served, mut fields: Value) {
        let id: u64 = self.id.parse().expect("an order");
        fields["id"] = json!(id);
        seed(served, "orders", fields).await;
    }

    /// Changes the invoice that is paid.
    pub(crate) async fn invoice(&self, served: &Served, mut fields: Value) {
        let id: u64 = self.id.trim_start_matches("invoice-").parse().expect("an invoice");
        fields["id"] = json!(id);
        seed(served, "invoices", fields).await;
    }

    pub(crate) async fn open(&self, served: &Served) -> To {
        open(served, self.endpoint, &link_to(served, self.endpoint, &self.parameters)).await
    }

    /// Goes the whole way, paying where there is a page.
    pub(crate) async fn pay(&self, served: &Served) -> End {
        match self.open(served).await {
            To::End(end) => end,
            To::Page(page) => finish(served, self.endpoint, &page, PAY).await,
        }
    }

    pub(crate) fn is(&self, purpose: Purpose) -> bool {
        self.endpoint.purpose == purpose
    }
}
