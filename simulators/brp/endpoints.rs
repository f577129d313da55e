//! The six endpoints of the simplified payment and their parameters, as the document lists them, and
//! three neighbours that other public pages of BRP show.

/// What a parameter holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A day: `2026-03-01`.
    Day,
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Id,
    /// An e-mail address; may be repeated.
    Email,
    /// One of the two distribution methods.
    Distribution,
    /// A phone number.
    Phone,
    /// An absolute http or https URL.
    Url,
}

/// One parameter of an endpoint.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether a call without it is incomplete.
    pub required: bool,
}

/// What a call to an endpoint does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Puts an order on a customer account.
    ChargeAccount,
    /// Confirms an order without payment.
    ConfirmOrder,
    /// Makes or updates a card mandate.
    CreateMandate,
    /// Makes the invoice for a subscription's next period.
    DebitSubscription,
    /// Makes an invoice for an order.
    InvoiceOrder,
    /// Pays what a customer account owes.
    PayAccount,
    /// Pays an invoice at a payment provider.
    PayInvoice,
    /// Pays an order at a payment provider.
    PayOrder,
    /// Pays an order with Swish.
    PayOrderBySwish,
}

impl Purpose {
    /// Whether the payer visits a payment provider on the way.
    #[must_use]
    pub fn visits(self) -> bool {
        matches!(
            self,
            Self::CreateMandate
                | Self::PayAccount
                | Self::PayInvoice
                | Self::PayOrder
                | Self::PayOrderBySwish
        )
    }
}

/// One endpoint.
#[derive(Debug)]
pub struct Endpoint {
    /// Its path below `{BasURL}/external/payment/`; for [`DEBIT_SUBSCRIPTION`] below `external/invoice/`.
    pub path: &'static str,
    /// What a call does.
    pub purpose: Purpose,
    /// Its parameters in the order of the document's URL template, the optional ones after them.
    /// `hash` is understood.
    pub parameters: &'static [Parameter],
    /// The parameter of the return that carries the id of the receipt or invoice, if there is one.
    pub returns: Option<&'static str>,
    /// Whether `error` comes first on the return.
    pub error_first: bool,
}

const fn required(name: &'static str, kind: Kind) -> Parameter {
    Parameter { name, kind, required: true }
}

const fn optional(name: &'static str, kind: Kind) -> Parameter {
    Parameter { name, kind, required: false }
}

/// The parameter that no hash covers, and that the payer may change therefore.
pub const UNHASHED: &str = "payeralias";

/// Every endpoint; the first is the one that most shops use.
pub static ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        path: "payfororder",
        purpose: Purpose::PayOrder,
        parameters: &[
            required("orderid", Kind::Id),
            required("returnurl", Kind::Url),
            optional("paymentmethodid", Kind::Id),
            optional("receiptemail", Kind::Email),
        ],
        returns: Some("receiptid"),
        error_first: false,
    },
    Endpoint {
        path: "paywithcustomeraccount",
        purpose: Purpose::ChargeAccount,
        parameters: &[
            required("orderid", Kind::Id),
            required("returnurl", Kind::Url),
            optional("useorgaccount", Kind::Flag),
        ],
        returns: Some("receiptid"),
        error_first: false,
    },
    Endpoint {
        path: "brpinvoice",
        purpose: Purpose::InvoiceOrder,
        parameters: &[
            required("orderid", Kind::Id),
            required("returnurl", Kind::Url),
            optional("distributionmethod", Kind::Distribution),
        ],
        returns: Some("invoiceid"),
        error_first: false,
    },
    Endpoint {
        path: "payforinvoice",
        purpose: Purpose::PayInvoice,
        parameters: &[required("invoiceid", Kind::Id), optional("returnurl", Kind::Url)],
        returns: Some("receiptid"),
        error_first: true,
    },
    Endpoint {
        path: "creatercpmandate",
        purpose: Purpose::CreateMandate,
        parameters: &[
            required("personid", Kind::Id),
            required("businessunitid", Kind::Id),
            optional("returnurl", Kind::Url),
        ],
        returns: None,
        error_first: false,
    },
    Endpoint {
        path: "swish/payfororder",
        purpose: Purpose::PayOrderBySwish,
        parameters: &[
            required("orderid", Kind::Id),
            required("returnurl", Kind::Url),
            required(UNHASHED, Kind::Phone),
            optional("receiptemail", Kind::Email),
        ],
        returns: Some("receiptid"),
        error_first: false,
    },
];

/// The paths of all endpoints.
pub static PATHS: &[&str] = &[
    "payfororder",
    "paywithcustomeraccount",
    "brpinvoice",
    "payforinvoice",
    "creatercpmandate",
    "swish/payfororder",
];

/// Endpoints that the document does not speak of. BRP's REST API makes links to the first two, whose
/// paths and returns are assumed; a public wiki page shows the third, which lies below
/// `external/invoice/`, whose hash and answer are assumed.
pub static NEIGHBOURS: &[Endpoint] = &[
    Endpoint {
        path: "confirmorder",
        purpose: Purpose::ConfirmOrder,
        parameters: &[required("orderid", Kind::Id), required("returnurl", Kind::Url)],
        returns: None,
        error_first: false,
    },
    Endpoint {
        path: "payforcustomeraccount",
        purpose: Purpose::PayAccount,
        parameters: &[
            required("customerid", Kind::Id),
            required("paymentmethodid", Kind::Id),
            required("returnurl", Kind::Url),
            optional(UNHASHED, Kind::Phone),
        ],
        returns: Some("receiptid"),
        error_first: false,
    },
    Endpoint {
        path: DEBIT_SUBSCRIPTION,
        purpose: Purpose::DebitSubscription,
        parameters: &[
            required(SUBSCRIPTION_ID, Kind::Id),
            optional("dueDate", Kind::Day),
            optional("referenceId", Kind::Id),
            optional("setInvoiceAsSent", Kind::Flag),
        ],
        returns: Some("invoiceid"),
        error_first: false,
    },
];

/// The endpoint below `external/invoice/` that makes a subscription's next invoice; the subscription's
/// id follows it in the path.
pub const DEBIT_SUBSCRIPTION: &str = "debitsubscription";

/// What we call the subscription's id, which that endpoint takes in its path.
pub const SUBSCRIPTION_ID: &str = "subscriptionid";

/// The name that the document's section on returns gives `creatercpmandate`.
pub const MANDATE_ALIAS: &str = "updatercpmandate";

/// The endpoint with this path.
#[must_use]
pub fn endpoint(path: &str) -> Option<&'static Endpoint> {
    ENDPOINTS.iter().chain(NEIGHBOURS).find(|endpoint| endpoint.path == path)
}

impl Endpoint {
    /// The parameter of this name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&'static Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }
}
