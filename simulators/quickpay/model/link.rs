//! The link to the payment window.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::kit::table::{Id, Record};
use crate::kit::tree::Tree;

/// `link` of a resource, in the order of captured payments.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Link {
    /// The whole address.
    pub url: String,
    /// Whose payment methods and key it uses.
    pub agreement_id: u64,
    /// Two letters.
    pub language: String,
    /// To authorize, in minor units.
    pub amount: i64,
    /// Where the payer goes after the authorization.
    pub continue_url: Option<String>,
    /// Where the payer goes who gives up.
    pub cancel_url: Option<String>,
    /// Where callbacks of the window's operations go.
    pub callback_url: Option<String>,
    /// A comma list: `creditcard, !visa`.
    pub payment_methods: Option<String>,
    /// Whether the acquirer's fee is added to the amount.
    pub auto_fee: Option<bool>,
    /// Whether it is captured at once.
    pub auto_capture: Option<bool>,
    /// When it is captured, `YYYY-MM-DD`.
    pub auto_capture_at: Option<String>,
    /// How the window looks.
    pub branding_id: Option<i64>,
    /// Kept and not used.
    pub google_analytics_client_id: Option<String>,
    /// Kept and not used.
    pub google_analytics_tracking_id: Option<String>,
    /// `v10`.
    pub version: String,
    /// Forces an acquirer.
    pub acquirer: Option<String>,
    /// How long the payer has, in seconds.
    pub deadline: Option<i64>,
    /// Whether the window may stand in a frame.
    pub framed: bool,
    /// Changes to the branding.
    pub branding_config: Tree,
    /// Whether a wallet tells the address.
    pub invoice_address_selection: Option<bool>,
    /// Whether a wallet tells the address.
    pub shipping_address_selection: Option<bool>,
    /// For wallets that ask for it.
    pub customer_email: Option<String>,
    /// When it was made; not part of the shape.
    pub since: Timestamp,
}

impl Link {
    /// A link over an amount in minor units, with nothing else said.
    #[must_use]
    pub fn new(amount: i64, since: Timestamp) -> Self {
        Self {
            url: String::new(),
            agreement_id: 0,
            language: String::new(),
            amount,
            continue_url: None,
            cancel_url: None,
            callback_url: None,
            payment_methods: None,
            auto_fee: None,
            auto_capture: None,
            auto_capture_at: None,
            branding_id: None,
            google_analytics_client_id: None,
            google_analytics_tracking_id: None,
            version: "v10".to_owned(),
            acquirer: None,
            deadline: None,
            framed: false,
            branding_config: Tree::empty(),
            invoice_address_selection: None,
            shipping_address_selection: None,
            customer_email: None,
            since,
        }
    }
}

/// The token of a link. It stays when the link is replaced, and then leads to the new one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LinkRecord {
    /// 64 hex digits.
    pub token: String,
    /// The payment, subscription or card.
    pub resource: u64,
    /// Names the window's own pages.
    pub session: String,
    /// Whether it is the resource's link now.
    pub current: bool,
    /// A card that waits for its 3-D Secure step: its number is a test card's.
    pub waiting: Option<Waiting>,
    /// What the merchant's request was, for the folded panel.
    pub sent: crate::kit::page::Sent,
}

/// A card that waits for its 3-D Secure step.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Waiting {
    /// The test card's number.
    pub number: String,
    /// Which brand the payer chose of two.
    pub brand: String,
    /// `YYMM`.
    pub expiration: String,
    /// The issuing country's number, for test cards.
    pub cvd: String,
    /// The name on the card.
    pub issued_to: String,
}

impl Record for LinkRecord {
    const TABLE: &'static str = "quickpay.links";

    fn id(&self) -> Id {
        self.token.as_str().into()
    }
}
