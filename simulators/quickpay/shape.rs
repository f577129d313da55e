//! Resources as they travel, member for member in the order of captured payments.

use jiff::Timestamp;
use serde::Serialize;

use crate::kit::outbox::{Delivery, Status};
use crate::kit::tree::Tree;

use super::model::{Kind, Link, Metadata, Operation, Resource, State};

/// How a resource is looked at.
#[derive(Clone, Debug)]
pub(super) struct View {
    /// The time.
    pub(super) now: Timestamp,
    /// The operation that is answered for before it has its verdict.
    pub(super) pending: Option<u64>,
    /// The state to show while that operation is pending.
    pub(super) state: Option<State>,
    /// Only the operations up to this one: what a callback of it tells.
    pub(super) up_to: u64,
    /// How many operations to show, the last ones.
    pub(super) size: usize,
    /// Whether a callback's status is shown as a number.
    pub(super) numeric_status: bool,
}

impl View {
    /// As it is now.
    pub(super) fn at(now: Timestamp) -> Self {
        Self { now, pending: None, state: None, up_to: u64::MAX, size: usize::MAX, numeric_status: false }
    }
}

/// A moment as QuickPay writes it: UTC, whole seconds.
pub(super) fn stamp(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[derive(Serialize)]
struct LinkShape<'a> {
    url: &'a str,
    agreement_id: u64,
    language: &'a str,
    amount: i64,
    continue_url: &'a Option<String>,
    cancel_url: &'a Option<String>,
    callback_url: &'a Option<String>,
    payment_methods: &'a Option<String>,
    auto_fee: Option<bool>,
    auto_capture: Option<bool>,
    auto_capture_at: &'a Option<String>,
    branding_id: Option<i64>,
    google_analytics_client_id: &'a Option<String>,
    google_analytics_tracking_id: &'a Option<String>,
    version: &'a str,
    acquirer: &'a Option<String>,
    deadline: Option<i64>,
    framed: bool,
    branding_config: &'a Tree,
    invoice_address_selection: Option<bool>,
    shipping_address_selection: Option<bool>,
    customer_email: &'a Option<String>,
}

impl<'a> LinkShape<'a> {
    fn of(link: &'a Link) -> Self {
        Self {
            url: &link.url,
            agreement_id: link.agreement_id,
            language: &link.language,
            amount: link.amount,
            continue_url: &link.continue_url,
            cancel_url: &link.cancel_url,
            callback_url: &link.callback_url,
            payment_methods: &link.payment_methods,
            auto_fee: link.auto_fee,
            auto_capture: link.auto_capture,
            auto_capture_at: &link.auto_capture_at,
            branding_id: link.branding_id,
            google_analytics_client_id: &link.google_analytics_client_id,
            google_analytics_tracking_id: &link.google_analytics_tracking_id,
            version: &link.version,
            acquirer: &link.acquirer,
            deadline: link.deadline,
            framed: link.framed,
            branding_config: &link.branding_config,
            invoice_address_selection: link.invoice_address_selection,
            shipping_address_selection: link.shipping_address_selection,
            customer_email: &link.customer_email,
        }
    }
}

/// An operation as it travels.
#[derive(Serialize)]
pub(super) struct OperationShape<'a> {
    id: u64,
    r#type: &'a str,
    amount: Option<i64>,
    pending: bool,
    qp_status_code: Option<&'a str>,
    qp_status_msg: Option<&'a str>,
    aq_status_code: Option<&'a str>,
    aq_status_msg: Option<&'a str>,
    data: &'a Tree,
    callback_url: &'a Option<String>,
    callback_success: Option<bool>,
    callback_response_code: Tree,
    callback_duration: Option<i64>,
    acquirer: &'a Option<String>,
    #[serde(rename = "3d_secure_status")]
    three_d_secure_status: &'a Option<String>,
    callback_at: Option<String>,
    created_at: String,
}

impl<'a> OperationShape<'a> {
    /// The operation, with what became of its callback.
    pub(super) fn of(operation: &'a Operation, view: &View, deliveries: &[Delivery]) -> Self {
        let pending = operation.is_pending(view.now) || view.pending == Some(operation.id);
        let told =
            |text: &'a str| (!pending || operation.waits() && operation.due <= view.now).then_some(text);
        let own = |delivery: &&Delivery| delivery.subject == operation.id.to_string();
        let delivery = deliveries.iter().rev().find(own).filter(|_| !pending);
        let attempt = delivery.and_then(|delivery| delivery.attempts.last());
        let code = attempt.and_then(|attempt| attempt.status).map_or(Tree::Null, |status| {
            if view.numeric_status { Tree::Number(status.into()) } else { Tree::Text(status.to_string()) }
        });
        Self {
            id: operation.id,
            r#type: &operation.r#type,
            amount: operation.amount,
            pending,
            qp_status_code: told(&operation.verdict.qp_code),
            qp_status_msg: told(&operation.verdict.qp_text),
            aq_status_code: operation.verdict.aq_code.as_deref().and_then(told),
            aq_status_msg: operation.verdict.aq_text.as_deref().and_then(told),
            data: &operation.data,
            callback_url: &operation.callback_url,
            callback_success: attempt
                .and(delivery)
                .map(|delivery| matches!(delivery.status, Status::Delivered)),
            callback_response_code: code,
            callback_duration: attempt.map(|attempt| attempt.took_ms),
            acquirer: &operation.acquirer,
            three_d_secure_status: &operation.three_d_secure_status,
            callback_at: attempt.map(|attempt| stamp(attempt.at)),
            created_at: stamp(operation.created_at),
        }
    }
}

/// A payment, a subscription or a card as it travels.
#[derive(Serialize)]
pub(super) struct Shape<'a> {
    id: u64,
    ulid: &'a str,
    merchant_id: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    order_id: Option<&'a str>,
    accepted: bool,
    r#type: &'static str,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    statement: Option<Statement<'a>>,
    variables: &'a Tree,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<&'a str>,
    state: &'static str,
    metadata: &'a Metadata,
    link: Option<LinkShape<'a>>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    goods: Option<Goods<'a>>,
    operations: Vec<OperationShape<'a>>,
    test_mode: bool,
    acquirer: &'a Option<String>,
    facilitator: Option<&'a str>,
    created_at: String,
    updated_at: String,
    retented_at: Option<&'a str>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    money: Option<Money>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    subscription: Option<Subscription<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subscription_id: Option<u64>,
    deadline_at: &'a Option<String>,
}

/// What payments and subscriptions have, and cards have not.
#[derive(Serialize)]
struct Statement<'a> {
    text_on_statement: &'a Option<String>,
    branding_id: Option<i64>,
}

#[derive(Serialize)]
struct Goods<'a> {
    shipping_address: &'a Tree,
    invoice_address: &'a Tree,
    basket: &'a Tree,
    shipping: &'a Tree,
}

#[derive(Serialize)]
struct Money {
    balance: i64,
    fee: Option<i64>,
}

#[derive(Serialize)]
struct Subscription<'a> {
    description: &'a Option<String>,
    group_ids: &'a [u64],
    threeds_v2: &'a Tree,
    unscheduled: bool,
}

impl<'a> Shape<'a> {
    /// The resource, seen so; `deliveries` are those of its callbacks.
    pub(super) fn of(resource: &'a Resource, view: &View, deliveries: &[Delivery]) -> Self {
        let now = view.now;
        let mut shown = resource.clone();
        let counts = |operation: &Operation| {
            operation.created_at <= now && operation.id <= view.up_to && view.pending != Some(operation.id)
        };
        shown.operations.retain(counts);
        let state = view.state.filter(|_| view.pending.is_some()).unwrap_or_else(|| shown.state(now));
        let operations: Vec<_> = resource
            .operations
            .iter()
            .filter(|operation| operation.created_at <= now && operation.id <= view.up_to)
            .map(|operation| OperationShape::of(operation, view, deliveries))
            .collect();
        let skipped = operations.len().saturating_sub(view.size);
        let is_card = resource.kind == Kind::Card;
        let is_payment = resource.kind == Kind::Payment;
        Self {
            id: resource.id,
            ulid: &resource.ulid,
            merchant_id: resource.merchant_id,
            order_id: (!is_card).then_some(&resource.order_id),
            accepted: shown.accepted(now),
            r#type: resource.kind.name(),
            statement: (!is_card).then_some(Statement {
                text_on_statement: &resource.text_on_statement,
                branding_id: resource.branding_id,
            }),
            variables: &resource.variables,
            currency: (!is_card).then_some(&resource.currency),
            state: state.name(),
            metadata: &resource.metadata,
            link: resource.link.as_ref().map(LinkShape::of),
            goods: (!is_card).then_some(Goods {
                shipping_address: &resource.shipping_address,
                invoice_address: &resource.invoice_address,
                basket: &resource.basket,
                shipping: &resource.shipping,
            }),
            operations: operations.into_iter().skip(skipped).collect(),
            test_mode: resource.test_mode,
            acquirer: &resource.acquirer,
            facilitator: None,
            created_at: stamp(resource.created_at),
            updated_at: stamp(resource.updated_at),
            retented_at: None,
            money: is_payment.then(|| Money { balance: shown.balance(now), fee: resource.fee }),
            subscription: (resource.kind == Kind::Subscription).then_some(Subscription {
                description: &resource.description,
                group_ids: &resource.group_ids,
                threeds_v2: &resource.threeds_v2,
                unscheduled: resource.unscheduled,
            }),
            subscription_id: resource.subscription_id,
            deadline_at: &resource.deadline_at,
        }
    }

    /// The bytes that are sent.
    pub(super) fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}
