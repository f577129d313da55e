//! Bambora ePay's open questions and the merchant's choices in its admin, as settings of a workspace.

use super::acquirer::ACQUIRERS;
use crate::kit::provider::Provenance;
use crate::kit::settings::{Allowed, ON_OFF, Setting};

const DOCUMENTATION: Provenance = Provenance::documented("ePay's integration guide, settings of the admin");

pub(super) static SETTINGS: &[Setting] = &[
    Setting::new(
        "bambora.access",
        "private",
        Allowed::Words(&["all", "none", "private"]),
        "whose calls the web services take that ask for the caller's address: API/Webservices, Access in the admin. `private` is loopback and private addresses, `none` an empty list",
        Provenance::documented(
            "Bambora: recurring payments, section on the IP address; that `private` is listed is ours",
        ),
    ),
    Setting::new(
        "bambora.access_services",
        "subscription",
        Allowed::Words(&["both", "subscription"]),
        "which web services ask for the caller's address: the subscription service alone, or both. The texts of errors are told to everybody",
        Provenance::assumed(
            "Bambora: recurring payments asks for the address before subscription payments, and says nothing of others",
        ),
    ),
    Setting::new(
        "bambora.acquirer",
        "pbs",
        Allowed::Words(ACQUIRERS),
        "who acquires payments: with euroline, captures and credits wait for settlement in states of their own; credits can be repeated with pbs and clearhaus, and of split payments with elavon and handelsbanken",
        Provenance::observed(
            "recorded traffic shows EUROLINE and its states; the guide tells who repeats credits, and not what a second one is answered elsewhere",
        ),
    ),
    Setting::new(
        "bambora.callback_ports",
        "any",
        Allowed::Words(&["any", "web"]),
        "to which ports callbacks go: any, or 80 and 443 alone as at the real one",
        DOCUMENTATION,
    ),
    Setting::new(
        "bambora.callback_queue",
        "minute",
        Allowed::Words(&["at-once", "minute"]),
        "when callbacks go out that the shop did not ask for with `instantcallback`: every full minute, or at once as if it had",
        Provenance::documented(
            "ePay's integration guide: callbacks that are not instant are worked off once a minute; at-once is ours, for runs that do not wait",
        ),
    ),
    Setting::new(
        "bambora.card_change",
        "on",
        ON_OFF,
        "whether subscription=2 with subscriptionid puts another card in the place of a subscription's own; off, it is -5503",
        Provenance::assumed("a newer plugin of ePay's sends it; that this window knows it nobody has shown"),
    ),
    Setting::new(
        "bambora.encoding",
        "latin1",
        Allowed::Words(&["latin1", "utf-8"]),
        "how the window's parameters are read that come without `encoding`",
        Provenance::assumed("the guide names the parameter, not what holds without it"),
    ),
    Setting::new(
        "bambora.fee_basis_points",
        "0",
        Allowed::Number,
        "what the card holder pays on top, in hundredths of a percent of the amount: `txnfee`",
        Provenance::documented(
            "ePay's integration guide: the fee can be put on the card holder; how much is an agreement",
        ),
    ),
    Setting::new(
        "bambora.fraud_fighter",
        "off",
        ON_OFF,
        "whether returns and callbacks carry fraud, payercountry and issuercountry",
        DOCUMENTATION,
    ),
    Setting::new(
        "bambora.md5_mode",
        "both",
        Allowed::Words(&["both", "off", "return"]),
        "whether the window asks for `hash` and returns carry it, returns alone, or neither",
        DOCUMENTATION,
    ),
    Setting::new(
        "bambora.pause_minutes",
        "0",
        Allowed::Number,
        "how long a transaction rests between two operations: 15 makes the second one -1021",
        Provenance::observed("a public client waits out -1021 after a capture; not every account has it"),
    ),
    Setting::new(
        "bambora.settlement_hours",
        "24",
        Allowed::Number,
        "how long Euroline takes to settle a capture or a credit; until then nothing is credited",
        Provenance::assumed(
            "the list of codes says that Euroline credits from the next day; recorded traffic shows the waiting state",
        ),
    ),
    Setting::new(
        "bambora.unique_orders",
        "off",
        ON_OFF,
        "whether an order number that was used is refused with -1001",
        DOCUMENTATION,
    ),
];
