//! Fena's open questions, and what a merchant sets up in its portal, as settings of a workspace.

use crate::kit::provider::Provenance;
use crate::kit::settings::{Allowed, ON_OFF, Setting};

use super::scenarios;

pub(super) static SETTINGS: &[Setting] = &[
    Setting::new(
        "fena.completed_zone",
        "utc",
        Allowed::Words(&["london", "utc"]),
        "the time zone of completedAt in notifications",
        Provenance::assumed("the document prints the format and names no zone"),
    ),
    Setting::new(
        "fena.late_seconds",
        "30",
        Allowed::Number,
        "how late the notification of the scenario webhook_delayed is, in seconds of the workspace's clock",
        Provenance::assumed("our judgement"),
    ),
    Setting::new(
        "fena.min_exclusive",
        "off",
        ON_OFF,
        "whether exactly 0.50 is too little",
        Provenance::assumed("the document says greater than 0.50, and its sample pays 0.50"),
    ),
    Setting::new(
        "fena.notification_id",
        "on",
        ON_OFF,
        "whether notifications have the claim id",
        Provenance::documented("the document's sample code asks for it; its table of claims lacks it"),
    ),
    Setting::new(
        "fena.page_minutes",
        "15",
        Allowed::Number,
        "how long a payer can take before the payment is abandoned, in minutes; 0 for ever",
        Provenance::assumed("our judgement: the document does not speak of it"),
    ),
    Setting::new(
        "fena.provider_list",
        "data",
        Allowed::Words(&["array", "data"]),
        "whether the list of banks is an object with `data`, or a bare array",
        Provenance::assumed(
            "the document names the address alone; a later Fena page reads an object with data",
        ),
    ),
    Setting::new(
        "fena.redirect",
        "",
        Allowed::Url,
        "the redirect endpoint of every terminal that has none of its own",
        Provenance::documented("section Redirect Handling: configured in terminal setting"),
    ),
    Setting::new(
        "fena.scenario",
        "none",
        Allowed::Words(scenarios::NAMES),
        "what happens to the notification and the return of every payment that the payer approves",
        Provenance::assumed("our judgement: what a shop should survive"),
    ),
    Setting::new(
        "fena.second_payment",
        "refuse",
        Allowed::Words(&["refuse", "silent"]),
        "what becomes of the link of an order that is paid: it is refused, or paid again without a notification",
        Provenance::assumed("the document says only that one notification is sent for each order id"),
    ),
    Setting::new(
        "fena.webhook",
        "",
        Allowed::Url,
        "the webhook endpoint of every terminal that has none of its own",
        Provenance::documented("section Webhook: Fena calls the webhook or notification endpoint"),
    ),
    Setting::new(
        "fena.webhook_retries",
        "off",
        ON_OFF,
        "whether a notification that was not taken is sent again after 30, 60 and 120 seconds",
        Provenance::assumed("the document says only one request; Fena's later API can retry so"),
    ),
];
