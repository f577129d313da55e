//! What a callback tells, in few words, and the whole resource that QuickPay sends for it.

use std::borrow::Cow;

use rand::Rng;

use super::conditions::APPROVED;
use super::json::{Json, Members};
use crate::kit::awkward::{below, one_in};

/// An operation in few words.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) kind: &'static str,
    /// None for a cancellation.
    pub(super) amount: Option<i64>,
    /// None while it is under way.
    pub(super) code: Option<&'static str>,
    pub(super) pending: bool,
}

impl Step {
    /// An operation that came out like this.
    pub(super) fn done(kind: &'static str, amount: i64, code: &'static str) -> Self {
        Self { kind, amount: Some(amount), code: Some(code), pending: false }
    }
}

/// A payment or a subscription in few words.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Told {
    pub(super) is_subscription: bool,
    pub(super) id: i64,
    pub(super) order: String,
    pub(super) accepted: bool,
    pub(super) currency: &'static str,
    pub(super) state: &'static str,
    pub(super) variables: Members,
    /// The names and the tax rates of what is bought.
    pub(super) basket: Vec<(&'static str, &'static str)>,
    pub(super) operations: Vec<Step>,
    pub(super) fee: Option<i64>,
    pub(super) test_mode: bool,
    pub(super) callback_url: &'static str,
}

const PAYMENT_LINK: &str =
    "https://payment.quickpay.net/payments/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const SUBSCRIPTION_LINK: &str = "https://payment.quickpay.net/subscriptions/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const CREATED: &str = "2026-01-02T03:04:00Z";
const OPERATED: &str = "2026-01-02T03:04:05Z";

/// What a code's message says.
fn said(code: &str) -> &'static str {
    match code {
        APPROVED => "Approved",
        "20200" => "Waiting approval",
        "30100" => "3-D Secure required",
        "40002" => "Authorization expired",
        _ => "Rejected test operation",
    }
}

fn maybe(number: Option<i64>) -> Json {
    number.map_or(Json::Null, Json::whole)
}

/// An object of these names and values.
fn object<const N: usize>(members: [(&'static str, Json); N]) -> Members {
    members.into_iter().map(|(name, value)| (Cow::Borrowed(name), value)).collect()
}

impl Told {
    /// The type of the resource.
    pub(super) fn kind(&self) -> &'static str {
        if self.is_subscription { "Subscription" } else { "Payment" }
    }

    /// The whole resource, as `GET` answers it too.
    pub(super) fn json(&self) -> Json {
        let null = || Json::Null;
        let mut members = object([
            ("id", Json::whole(self.id)),
            ("ulid", Json::text("01KDYF0000000000000000SIM1")),
            ("merchant_id", Json::whole(103_619)),
            ("order_id", Json::text(self.order.clone())),
            ("accepted", Json::Flag(self.accepted)),
            ("type", Json::text(self.kind())),
            ("text_on_statement", null()),
            ("branding_id", null()),
            ("variables", Json::Object(self.variables.clone())),
            ("currency", Json::text(self.currency)),
            ("state", Json::text(self.state)),
            ("metadata", Self::metadata()),
            ("link", self.link()),
            ("shipping_address", null()),
            ("invoice_address", null()),
            ("basket", Json::List(self.basket.iter().map(item).collect())),
            ("shipping", null()),
            ("operations", self.operations()),
            ("test_mode", Json::Flag(self.test_mode)),
            ("acquirer", Json::text("clearhaus")),
            ("facilitator", null()),
            ("created_at", Json::text(CREATED)),
            ("updated_at", Json::text(OPERATED)),
            ("retented_at", null()),
        ]);
        members.extend(if self.is_subscription {
            object([("description", Json::text("Medlemskab")), ("group_ids", Json::List(Vec::new()))])
        } else {
            object([("balance", Json::whole(self.balance())), ("fee", maybe(self.fee))])
        });
        members.extend(object([("deadline_at", null())]));
        Json::Object(members)
    }

    /// What was captured, less what was refunded.
    fn balance(&self) -> i64 {
        let approved = self.operations.iter().filter(|step| step.code == Some(APPROVED));
        let moved = approved.map(|step| match step.kind {
            "capture" => step.amount.unwrap_or_default(),
            "refund" => -step.amount.unwrap_or_default(),
            _ => 0,
        });
        moved.sum()
    }

    fn metadata() -> Json {
        let null = || Json::Null;
        Json::Object(object([
            ("type", Json::text("card")),
            ("origin", Json::text("form")),
            ("brand", Json::text("visa")),
            ("bin", Json::text("100000")),
            ("corporate", Json::Flag(false)),
            ("last4", Json::text("0008")),
            ("exp_month", Json::whole(11)),
            ("exp_year", Json::whole(2030)),
            ("country", Json::text("DNK")),
            ("is_3d_secure", Json::Flag(false)),
            ("3d_secure_type", null()),
            ("issued_to", Json::text("Test Kunde")),
            ("hash", Json::text("a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1")),
            ("number", null()),
            ("customer_ip", Json::text("192.0.2.10")),
            ("customer_country", Json::text("DK")),
            ("fraud_suspected", Json::Flag(false)),
            ("fraud_remarks", Json::List(Vec::new())),
            ("fraud_reported", Json::Flag(false)),
            ("fraud_report_description", null()),
            ("fraud_reported_at", null()),
            ("nin_number", null()),
            ("nin_country_code", null()),
            ("nin_gender", null()),
            ("shopsystem_name", null()),
            ("shopsystem_version", null()),
        ]))
    }

    fn link(&self) -> Json {
        let null = || Json::Null;
        let amount = self.operations.first().and_then(|step| step.amount).unwrap_or_default();
        let url = if self.is_subscription { SUBSCRIPTION_LINK } else { PAYMENT_LINK };
        Json::Object(object([
            ("url", Json::text(url)),
            ("agreement_id", Json::whole(368_317)),
            ("language", Json::text("da")),
            ("amount", Json::whole(amount - self.fee.unwrap_or_default())),
            ("continue_url", Json::text("https://shop.test/ok")),
            ("cancel_url", Json::text("https://shop.test/no")),
            ("callback_url", Json::text(self.callback_url)),
            ("payment_methods", Json::text("creditcard")),
            ("auto_fee", Json::Flag(self.fee.is_some())),
            ("auto_capture", null()),
            ("branding_id", null()),
            ("google_analytics_client_id", null()),
            ("google_analytics_tracking_id", null()),
            ("version", Json::text("v10")),
            ("acquirer", null()),
            ("deadline", null()),
            ("framed", Json::Flag(false)),
            ("branding_config", Json::Object(Vec::new())),
            ("invoice_address_selection", null()),
            ("shipping_address_selection", null()),
            ("customer_email", null()),
        ]))
    }

    fn operations(&self) -> Json {
        let operation = |(place, step): (usize, &Step)| {
            let number = i64::try_from(place).unwrap_or_default() + 1;
            let text = |code: Option<&'static str>| code.map_or(Json::Null, Json::text);
            Json::Object(object([
                ("id", Json::whole(number)),
                ("type", Json::text(step.kind)),
                ("amount", maybe(step.amount)),
                ("pending", Json::Flag(step.pending)),
                ("qp_status_code", text(step.code)),
                ("qp_status_msg", text(step.code.map(said))),
                ("aq_status_code", text(step.code)),
                ("aq_status_msg", text(step.code.map(said))),
                ("data", Json::Object(Vec::new())),
                ("callback_url", Json::text(self.callback_url)),
                ("callback_success", Json::Null),
                ("callback_response_code", Json::Null),
                ("callback_duration", Json::Null),
                ("acquirer", Json::text("clearhaus")),
                ("3d_secure_status", Json::Null),
                ("callback_at", Json::Null),
                ("created_at", Json::text(OPERATED)),
            ]))
        };
        Json::List(self.operations.iter().enumerate().map(operation).collect())
    }
}

fn item(&(name, rate): &(&'static str, &'static str)) -> Json {
    Json::Object(object([
        ("qty", Json::whole(1)),
        ("item_no", Json::text("A-1")),
        ("item_name", Json::text(name)),
        ("item_price", Json::whole(2599)),
        ("vat_rate", Json::Number(Cow::Borrowed(rate))),
    ]))
}

/// What a shop has given its payment to carry, drawn: whatever others write in other bytes.
pub(super) fn variables(rng: &mut dyn Rng) -> Members {
    const TEXTS: &[(&str, &[&str])] = &[
        ("10", &["a"]),
        ("2", &["b"]),
        ("path", &["x/y"]),
        // One letter, or a letter and its mark.
        ("navn", &["Søren", "René", "Rene\u{301}"]),
        ("note", &["Ærø/Ålborg 😀"]),
        ("quote", &["\"7\" \\ 8"]),
        ("lines", &["a\nb\tc", "a\r\nb", "a\rb"]),
        ("html", &["<b>7 & 8</b>", "<>"]),
        ("blanks", &[" a  b "]),
    ];
    const RATES: &[&str] = &["0.0", "1e3", "0.25", "12.50"];
    let texts = TEXTS.iter().map(|(name, texts)| (*name, Json::text(any(rng, texts))));
    let mut drawn: Members = texts.map(|(name, text)| (Cow::Borrowed(name), text)).collect();
    drawn.extend(object([
        ("rate", Json::Number(Cow::Borrowed(any(rng, RATES)))),
        ("none", Json::Object(Vec::new())),
        ("list", Json::List(Vec::new())),
        ("0", Json::Null),
    ]));
    drawn.retain(|_| one_in(rng, 4));
    drawn
}

/// What is bought, drawn: names and tax rates.
pub(super) fn basket(rng: &mut dyn Rng) -> Vec<(&'static str, &'static str)> {
    let count = below(rng, 4).saturating_sub(1);
    let mut item = || {
        let name = any(rng, &["Blå kop", "Mug", "T-shirt (M/L)", "Te & kaffe"]);
        (name, any(rng, &["0.25", "0.0", "0.12"]))
    };
    (0..count).map(|_| item()).collect()
}

fn any(rng: &mut dyn Rng, from: &[&'static str]) -> &'static str {
    from[below(rng, u32::try_from(from.len()).unwrap_or(1)) as usize]
}
