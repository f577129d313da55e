//! QuickPay's open questions, as settings of a workspace.

use crate::kit::provider::Provenance;
use crate::kit::settings::{Allowed, ON_OFF, Setting};

pub(super) static SETTINGS: &[Setting] = &[
    Setting::new(
        "quickpay.callback_status",
        "string",
        Allowed::Words(&["number", "string"]),
        "how callback_response_code stands in an operation",
        Provenance::observed("a captured payment has a string; the API description says boolean"),
    ),
    Setting::new(
        "quickpay.callback_url",
        "",
        Allowed::Url,
        "the account's callback URL, as long as PATCH /account has not set one",
        Provenance::documented("QuickPay: learn, section Callbacks; it is empty by default"),
    ),
    Setting::new(
        "quickpay.fee_basis_points",
        "145",
        Allowed::Number,
        "what auto_fee adds to an amount, in hundredths of a percent",
        Provenance::assumed("fees are an agreement between merchant and acquirer"),
    ),
    Setting::new(
        "quickpay.link_header",
        "on",
        ON_OFF,
        "whether lists have the header Link with the next page",
        Provenance::assumed("one public client follows it, another says that there is none; both work"),
    ),
    Setting::new(
        "quickpay.lower_currency",
        "refuse",
        Allowed::Words(&["accept", "refuse"]),
        "whether a currency in lower case is written in upper case, or refused",
        Provenance::observed(
            "tests of ActiveMerchant show the refusal; an example of the documentation shows the other",
        ),
    ),
    Setting::new(
        "quickpay.no_errors",
        "null",
        Allowed::Words(&["null", "object"]),
        "what `errors` holds where no field is wrong",
        Provenance::assumed("public clients take both"),
    ),
    Setting::new(
        "quickpay.operation_answer",
        "resource",
        Allowed::Words(&["empty", "resource"]),
        "whether the 202 of an operation has the resource as its body, or no body as with some acquirers",
        Provenance::observed("the WooCommerce plugin reads Location where the body is empty"),
    ),
    Setting::new(
        "quickpay.pending_state",
        "pending",
        Allowed::Words(&["before", "pending"]),
        "the state that the 202 of an operation shows: pending, or the one before the operation",
        Provenance::observed(
            "tests of a public client against the live API; another client says the contrary",
        ),
    ),
    Setting::new(
        "quickpay.retries",
        "growing",
        Allowed::Words(&["growing", "hourly"]),
        "how the gaps between the 24 tries of a callback grow after the first hour: by an hour each, or not",
        Provenance::documented(
            "QuickPay: learn, section Callbacks: an hour, growing gaps, 24 tries; by how much they grow is assumed",
        ),
    ),
    Setting::new(
        "quickpay.subscription_created",
        "201",
        Allowed::Words(&["201", "202"]),
        "the status of POST /subscriptions",
        Provenance::observed("tests of a public client against the live API; the API description says 202"),
    ),
    Setting::new(
        "quickpay.version_missing",
        "406",
        Allowed::Words(&["404", "406"]),
        "the status of a call whose header Accept-Version is missing or not v10",
        Provenance::assumed("the documentation calls it required, and the official client knows 406"),
    ),
];
