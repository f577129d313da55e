//! Freepay's open questions, as settings of a workspace.

use crate::kit::provider::Provenance;
use crate::kit::settings::{Allowed, ON_OFF, Setting};

pub(super) static SETTINGS: &[Setting] = &[
    Setting::new(
        "freepay.cancel_reason",
        "1",
        Allowed::Number,
        "with which `reason` a payer who gives up comes back to DeclineURL",
        Provenance::assumed("the document names no way back for a payer who gives up"),
    ),
    Setting::new(
        "freepay.captures_charges",
        "off",
        ON_OFF,
        "whether what AuthorizeSubscription draws is captured at once",
        Provenance::assumed("the document calls it drawing money, and names no capture after it"),
    ),
    Setting::new(
        "freepay.charset",
        "utf-8",
        Allowed::Words(&["latin1", "utf-8"]),
        "how forms are read and returns are written",
        Provenance::assumed("the document does not speak of it; UTF-8 is ASP.NET's default"),
    ),
    Setting::new(
        "freepay.decline_order",
        "off",
        ON_OFF,
        "whether DeclineURL gets `OrderNumber`, too",
        Provenance::assumed("the document lists it for AcceptURL alone"),
    ),
    Setting::new(
        "freepay.deleted_transactions",
        "gone",
        Allowed::Words(&["gone", "shown"]),
        "whether QueryTransaction still finds a transaction that was deleted",
        Provenance::assumed("no element of the view would show that it is deleted"),
    ),
    Setting::new(
        "freepay.early_capture",
        "refuse",
        Allowed::Words(&["refuse", "wait"]),
        "what becomes of a capture before DateEarliestCapture: it is refused, or it waits for that moment",
        Provenance::assumed("inferred from the element's name alone"),
    ),
    Setting::new(
        "freepay.expiry_day",
        "last",
        Allowed::Words(&["first", "last"]),
        "which day of the card's last month ExpiryDate is",
        Provenance::assumed("the sample of a public .NET client shows a day in mid-month, made up"),
    ),
    Setting::new(
        "freepay.insecure_form",
        "warn",
        Allowed::Words(&["refuse", "warn"]),
        "what becomes of a card form of the shop's own that does not come from an https page",
        Provenance::assumed("the document demands https, and does not say that the gateway looks"),
    ),
    Setting::new(
        "freepay.page_path",
        "/paymentpage",
        Allowed::Path,
        "where the payment page is: the document does not print its address. The web services, /secure/authorize.aspx and /provkassa/form keep theirs: put there, the page is out of reach",
        Provenance::assumed("no public source names it"),
    ),
    Setting::new(
        "freepay.refused_operation",
        "result",
        Allowed::Words(&["exception", "result"]),
        "what Capture and Credit answer where a transaction's state forbids them: IsSuccess false with -1, or an exception",
        Provenance::assumed(
            "the results of public clients have room for it; the document does not speak of it",
        ),
    ),
    Setting::new(
        "freepay.same_form",
        "same",
        Allowed::Words(&["again", "same"]),
        "what becomes of a form that is posted again after its payment was approved: it leads to where that one led, or is paid again",
        Provenance::assumed("our judgement: going back and reloading must not pay twice"),
    ),
    Setting::new(
        "freepay.secure_step",
        "on",
        ON_OFF,
        "whether the bank asks the payer after a card form of the shop's own: for subscriptions, and from 450.00 DKK on",
        Provenance::assumed("an integrator's own stand-in for Freepay does so"),
    ),
];
