//! The six endpoints of the simplified payment and their parameters, as the document lists them.

/// What a parameter holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
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

/// One endpoint.
#[derive(Debug)]
pub struct Endpoint {
    /// Its path below `{BasURL}/external/payment/`.
    pub path: &'static str,
    /// Its parameters in the order of the document's URL template, the optional ones after them.
    /// `hash` is understood.
    pub parameters: &'static [Parameter],
    /// The parameter of the return that carries the document's id, if there is one.
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
        parameters: &[required("invoiceid", Kind::Id), optional("returnurl", Kind::Url)],
        returns: Some("receiptid"),
        error_first: true,
    },
    Endpoint {
        path: "creatercpmandate",
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

/// The endpoint with this path.
#[must_use]
pub fn endpoint(path: &str) -> Option<&'static Endpoint> {
    ENDPOINTS.iter().find(|endpoint| endpoint.path == path)
}

impl Endpoint {
    /// The parameter of this name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&'static Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }
}
