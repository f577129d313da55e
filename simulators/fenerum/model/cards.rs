//! Payment cards, and the gateways that charge them.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::kit::table::{Id, Record};

/// Where a payment card is charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Gateway {
    Quickpay,
    StripeNew,
}

impl Gateway {
    /// The gateway of this value.
    pub(crate) fn of(value: &str) -> Option<Self> {
        match value {
            "quickpay" => Some(Self::Quickpay),
            "stripe_new" => Some(Self::StripeNew),
            _ => None,
        }
    }

    /// Its value in the API.
    pub(crate) fn value(self) -> &'static str {
        match self {
            Self::Quickpay => "quickpay",
            Self::StripeNew => "stripe_new",
        }
    }

    /// The setting that tells whether it is set up.
    pub(crate) fn setting(self) -> &'static str {
        match self {
            Self::Quickpay => "fenerum.quickpay",
            Self::StripeNew => "fenerum.stripe",
        }
    }

    /// Whether a token looks like this gateway's.
    pub(crate) fn fits(self, token: &str) -> bool {
        match self {
            Self::Quickpay => !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit()),
            Self::StripeNew => token.strip_prefix("pm_").is_some_and(|rest| {
                // Stripe's ids for tests have underscores: `pm_card_visa`.
                !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            }),
        }
    }
}

/// A card that Fenerum can charge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PaymentCard {
    pub(crate) uuid: String,
    pub(crate) number: u64,
    /// The account's UUID.
    pub(crate) account: String,
    pub(crate) active: bool,
    /// As people write it: `Visa`.
    pub(crate) brand: String,
    pub(crate) last4: String,
    pub(crate) month: u8,
    pub(crate) year: u16,
    pub(crate) gateway: Gateway,
    /// What it is called at the gateway.
    pub(crate) token: String,
}

impl Record for PaymentCard {
    const TABLE: &'static str = "fenerum.payment_cards";

    fn id(&self) -> Id {
        self.uuid.as_str().into()
    }
}

impl PaymentCard {
    /// Twelve crosses and the last four digits, whatever the brand.
    pub(crate) fn masked(&self) -> String {
        format!("XXXXXXXXXXXX{}", self.last4)
    }

    pub(crate) fn shown(&self) -> Value {
        json!({
            "uuid": self.uuid,
            "active": self.active,
            "brand": self.brand,
            "card_number": self.masked(),
            "month": self.month,
            "year": self.year,
            "payment_gateway": self.gateway.value(),
            "account": self.account,
        })
    }
}

/// A brand as Fenerum shows it, from what the provider calls it.
pub(crate) fn brand(provider: &str) -> String {
    let known = match provider {
        "visa" => "Visa",
        "mastercard" => "MasterCard",
        "amex" | "american-express" => "American Express",
        "discover" => "Discover",
        "diners" => "Diners Club",
        "jcb" => "JCB",
        "unionpay" => "UnionPay",
        "" | "unknown" => "Unknown",
        other => {
            let words = other.split(['-', '_']).map(|word| {
                let mut letters = word.chars();
                letters
                    .next()
                    .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect::<String>())
            });
            return words.collect::<Vec<_>>().join(" ");
        }
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_brand_is_written_as_people_do() {
        for (provider, shown) in [
            ("visa", "Visa"),
            ("visa-electron", "Visa Electron"),
            ("dankort", "Dankort"),
            ("amex", "American Express"),
        ] {
            assert_eq!(brand(provider), shown);
        }
    }

    #[test]
    fn a_token_fits_its_gateway() {
        let (stripe, quickpay) = (Gateway::StripeNew, Gateway::Quickpay);
        assert!(stripe.fits("pm_1Abc") && stripe.fits("pm_card_visa") && quickpay.fits("123"));
        for token in ["", "pm_", "tok_1", "123", "pm_ü", "pm_a b"] {
            assert!(!stripe.fits(token), "{token}");
        }
        for token in ["", "pm_1", "-1", "1.5", "١٢"] {
            assert!(!quickpay.fits(token), "{token}");
        }
    }
}
