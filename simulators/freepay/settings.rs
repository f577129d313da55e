//! Freepay's open questions, as settings of a workspace.

use crate::kit::provider::Provenance;
use crate::kit::settings::{Allowed, ON_OFF, Setting};

pub(super) static SETTINGS: &[Setting] = &[
    Setting::new(
        "freepay.captures_charges",
        "off",
        ON_OFF,
        "whether what AuthorizeSubscription draws is captured at once",
        Provenance::assumed("the document calls it drawing money, and names no capture after it"),
    ),
    Setting::new(
        "freepay.page_path",
        "/paymentpage",
        Allowed::Path,
        "where the payment page is: the document does not print its address",
        Provenance::assumed("no public source names it"),
    ),
];
