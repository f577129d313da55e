//! The addresses of the API, and what each is asked for.

use percent_encoding::percent_decode_str;

/// An address of the API. What those of plan terms are called is assumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Endpoint {
    Accounts,
    /// By its code.
    Account(String),
    /// By its code.
    Subscribe(String),
    PaymentCards,
    PaymentCard(String),
    DisableCard(String),
    Plans,
    CalculatePlan,
    Plan(String),
    PlanTerms,
    OneTerms(String),
    Recipients,
    Recipient(String),
    Subscriptions,
    Subscription(String),
    CancelSubscription(String),
    Invoices,
    Invoice(String),
    Webhooks,
    Webhook(String),
    InitiateOrganization,
}

impl Endpoint {
    /// The address that a path names; none where it lacks its last slash.
    pub(super) fn of(path: &str) -> Option<Self> {
        let path = path.strip_prefix("/api/")?.strip_suffix('/')?;
        let segments: Vec<&str> = path.split('/').collect();
        // Nothing that Fenerum hands out is empty.
        let id = |id: &&str| {
            let id = percent_decode_str(id).decode_utf8_lossy().into_owned();
            Some(id).filter(|id| !id.is_empty())
        };
        Some(match segments.as_slice() {
            ["self-service", "initiate-organization"] => Self::InitiateOrganization,
            ["v1", "accounts"] => Self::Accounts,
            ["v1", "accounts", code] => Self::Account(id(code)?),
            ["v1", "accounts", code, "subscribe"] => Self::Subscribe(id(code)?),
            ["v1", "paymentcards"] => Self::PaymentCards,
            ["v1", "paymentcards", card] => Self::PaymentCard(id(card)?),
            ["v1", "paymentcards", card, "disable"] => Self::DisableCard(id(card)?),
            ["v1", "plans"] => Self::Plans,
            ["v1", "plans", "calculate"] => Self::CalculatePlan,
            ["v1", "plans", plan] => Self::Plan(id(plan)?),
            ["v1", "planterms"] => Self::PlanTerms,
            ["v1", "planterms", terms] => Self::OneTerms(id(terms)?),
            ["v1", "recipients"] => Self::Recipients,
            ["v1", "recipients", recipient] => Self::Recipient(id(recipient)?),
            ["v1", "subscriptions"] => Self::Subscriptions,
            ["v1", "subscriptions", subscription] => Self::Subscription(id(subscription)?),
            ["v1", "subscriptions", subscription, "cancel"] => Self::CancelSubscription(id(subscription)?),
            ["v1", "invoices"] => Self::Invoices,
            ["v1", "invoices", invoice] => Self::Invoice(id(invoice)?),
            ["v1", "webhooks"] => Self::Webhooks,
            ["v1", "webhooks", webhook] => Self::Webhook(id(webhook)?),
            _ => return None,
        })
    }

    /// What the `Allow` header says, in the framework's order.
    pub(super) fn allow(&self) -> &'static str {
        match self {
            Self::Accounts | Self::PaymentCards | Self::Recipients | Self::Subscriptions | Self::Webhooks => {
                "GET, POST, HEAD, OPTIONS"
            }
            Self::Account(_) => "GET, PUT, PATCH, HEAD, OPTIONS",
            Self::Recipient(_) | Self::Webhook(_) => "GET, PUT, PATCH, DELETE, HEAD, OPTIONS",
            Self::Invoice(_) => "GET, PATCH, HEAD, OPTIONS",
            Self::Invoices
            | Self::OneTerms(_)
            | Self::PaymentCard(_)
            | Self::Plan(_)
            | Self::PlanTerms
            | Self::Plans
            | Self::Subscription(_) => "GET, HEAD, OPTIONS",
            Self::CalculatePlan
            | Self::CancelSubscription(_)
            | Self::DisableCard(_)
            | Self::InitiateOrganization
            | Self::Subscribe(_) => "POST, OPTIONS",
        }
    }

    /// Whether it answers to this verb.
    pub(super) fn takes(&self, method: &str) -> bool {
        self.allow().split(", ").any(|allowed| allowed == method)
    }

    /// What the framework calls it when it describes itself.
    pub(super) fn title(&self) -> &'static str {
        match self {
            Self::Accounts => "Account List",
            Self::Account(_) => "Account Instance",
            Self::Subscribe(_) => "Subscribe",
            Self::PaymentCards => "Payment Card List",
            Self::PaymentCard(_) => "Payment Card Instance",
            Self::DisableCard(_) => "Disable",
            Self::Plans => "Plan List",
            Self::CalculatePlan => "Calculate",
            Self::Plan(_) => "Plan Instance",
            Self::PlanTerms => "Plan Terms List",
            Self::OneTerms(_) => "Plan Terms Instance",
            Self::Recipients => "Recipient List",
            Self::Recipient(_) => "Recipient Instance",
            Self::Subscriptions => "Subscription List",
            Self::Subscription(_) => "Subscription Instance",
            Self::CancelSubscription(_) => "Cancel",
            Self::Invoices => "Invoice List",
            Self::Invoice(_) => "Invoice Instance",
            Self::Webhooks => "Webhook List",
            Self::Webhook(_) => "Webhook Instance",
            Self::InitiateOrganization => "Initiate Organization",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_ends_with_a_slash() {
        assert_eq!(Endpoint::of("/api/v1/paymentcards/"), Some(Endpoint::PaymentCards));
        assert_eq!(Endpoint::of("/api/v1/paymentcards"), None);
        assert_eq!(
            Endpoint::of("/api/v1/paymentcards/a%20b/disable/"),
            Some(Endpoint::DisableCard("a b".to_owned()))
        );
        assert_eq!(Endpoint::of("/api/v1/self-service/initiate-organization/"), None);
        assert_eq!(Endpoint::of("/api/v1/paymentcards//"), None);
    }

    #[test]
    fn only_what_is_allowed_is_taken() {
        assert!(Endpoint::PaymentCards.takes("HEAD") && !Endpoint::PaymentCards.takes("DELETE"));
        assert!(!Endpoint::DisableCard(String::new()).takes("GET"));
    }
}
