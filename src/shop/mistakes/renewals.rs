//! What goes wrong when a customer gives another card for a subscription.

use crate::shop::mistake::{ShopMistake, mistake};

/// Them, in no order that matters.
pub(super) const LIST: &[ShopMistake] = &[
    mistake(
        "old-subscription-left",
        &["bambora", "fenerum", "quickpay"],
        "you keep a customer's new card, and do not end the one before at the provider",
        "The card that the customer has replaced can still be charged, and is one day.",
        "End it at the provider as soon as the new one is there.",
        &[],
    ),
    mistake(
        "renewals-are-ignored",
        &["bambora", "fenerum", "freepay", "quickpay"],
        "you take no other card for a subscription that is active already",
        "The customer has given a new card, and the one that has expired is charged: it is refused, month after month.",
        "Let a sign-up that you have asked for replace the card, and charge by its id from then on.",
        &[],
    ),
    mistake(
        "renewed-by-return-alone",
        &["bambora"],
        "you take a customer's new card when the browser is back, and not when the provider calls",
        "Who closes the window has given the card all the same, and the one before is charged.",
        "Do the same at the callback as at the return, once.",
        &[],
    ),
    mistake(
        "renewed-when-back",
        &["bambora", "quickpay"],
        "you put the new card in the place of the old one when the customer is back, whatever came of it",
        "Who gives up, or opens the address by hand, has no card any more that could be charged.",
        "Keep the old card until the provider says that there is another.",
        &[],
    ),
];
