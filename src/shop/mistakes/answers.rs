//! How a shop answers those who call, and whether it asks.

use super::{ALL, CALLED};
use crate::shop::mistake::{ShopMistake, mistake};

/// Them, in no order that matters.
pub(super) const LIST: &[ShopMistake] = &[
    mistake(
        "answers-200-to-forgeries",
        CALLED,
        "you answer 200 to a callback that you do not believe",
        "The provider takes it for delivered: when your own key is wrong one day, every genuine callback is lost.",
        "Answer 4xx to what is not signed rightly, and write it down.",
        &[],
    ),
    mistake(
        "callback-answers-500-when-repeated",
        CALLED,
        "you answer a callback with an error when the order is paid already",
        "Callbacks come again. The provider takes the error for a failed delivery, and calls for hours.",
        "Answer 200 to what you have taken up before.",
        &[],
    ),
    mistake(
        "callback-needs-the-browser",
        CALLED,
        "you ask for the payer's session cookie when the provider calls",
        "The provider's server has no cookie: each callback is refused, and nobody's order is paid by it.",
        "Take the callback's route out of what asks for a session, and find the order by what the callback says.",
        &[],
    ),
    mistake(
        "callbacks-by-post-only",
        &["bambora"],
        "you take callbacks by POST alone",
        "ePay calls by GET: it is answered with 405, and calls again for a day.",
        "Take the method that the provider's document names.",
        &[],
    ),
    mistake(
        "fails-on-forgeries",
        CALLED,
        "you let the error of the signature's check through, as one of the server's own",
        "Whoever knows the address can make the shop fail, and the log fills with what is no error of yours.",
        "Catch it, and answer 4xx to what is not signed rightly.",
        &[],
    ),
    mistake(
        "loses-late-callbacks",
        CALLED,
        "you put an order aside when the payer is back, and drop what is called later",
        "The browser is often faster than the callback, and a payment can take its time.",
        "Keep the order open until the provider has said how it ended.",
        &[],
    ),
    mistake(
        "never-asks",
        &["fenerum", "quickpay"],
        "you wait for the callback alone, and never ask the provider's API",
        "A callback that is lost leaves a payer who has paid without what was bought.",
        "Ask for the payment when the payer is back, and again for orders that stay open.",
        &[],
    ),
    mistake(
        "redirects-callbacks-to-login",
        CALLED,
        "you send the provider's call to the login page",
        "The provider cannot log in. QuickPay takes 302 for delivered, and never calls again.",
        "Take the callback's route out of what asks for a login: the signature is its key.",
        &[],
    ),
    mistake(
        "unknown-order-crashes",
        ALL,
        "you fail with an error of the server's when nobody knows the order",
        "Whoever types an address sees it, and a provider calls again and again.",
        "Answer 404, and show a page that says so.",
        &[],
    ),
    mistake(
        "verifies-parsed-json",
        &["fenerum", "quickpay"],
        "you parse the callback's JSON, write it anew, and verify that",
        "The checksum is over the bytes that came, and JSON can be written in many ways.",
        "Keep the body as it came, and verify before you parse.",
        &["quickpay.callback/written-anew-python"],
    ),
];
