//! What is known of how a payment is paid.

use serde::{Deserialize, Serialize};

/// `metadata` of a resource, in the order of captured payments.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Metadata {
    /// `card`, `mobile` or null.
    pub r#type: Option<String>,
    /// `form` in the payment window, `api` otherwise.
    pub origin: Option<String>,
    /// `visa`.
    pub brand: Option<String>,
    /// The first six digits.
    pub bin: Option<String>,
    /// Whether it is a company's card.
    pub corporate: Option<bool>,
    /// The last four digits.
    pub last4: Option<String>,
    /// 1 to 12.
    pub exp_month: Option<u8>,
    /// Four digits.
    pub exp_year: Option<u16>,
    /// Where the card was issued: ISO 3166-1 alpha-3.
    pub country: Option<String>,
    /// Whether 3-D Secure was used.
    pub is_3d_secure: Option<bool>,
    /// Which.
    #[serde(rename = "3d_secure_type")]
    pub three_d_secure_type: Option<String>,
    /// The name on the card.
    pub issued_to: Option<String>,
    /// The same for the same card.
    pub hash: Option<String>,
    /// A telephone's number.
    pub number: Option<String>,
    /// The payer's address.
    pub customer_ip: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub customer_country: Option<String>,
    /// Whether a filter suspects fraud.
    pub fraud_suspected: bool,
    /// Why.
    pub fraud_remarks: Vec<String>,
    /// Whether the merchant has reported fraud.
    pub fraud_reported: bool,
    /// What the merchant wrote.
    pub fraud_report_description: Option<String>,
    /// When, as RFC 3339.
    pub fraud_reported_at: Option<String>,
    /// A national identity number.
    pub nin_number: Option<String>,
    /// Its country.
    pub nin_country_code: Option<String>,
    /// Its gender.
    pub nin_gender: Option<String>,
    /// The shop system that made the payment.
    pub shopsystem_name: Option<String>,
    /// Its version.
    pub shopsystem_version: Option<String>,
}
