//! What is booked after the payment, and was not done.

use crate::shop::mistake::{ShopMistake, mistake};

/// Them, in no order that matters.
pub(super) const LIST: &[ShopMistake] = &[
    mistake(
        "deleted-subscription-charged",
        &["bambora", "quickpay"],
        "you end a subscription in your own records alone, and go on charging it",
        "The customer has ended it, and the provider was never told: the card is still charged.",
        "Delete it at the provider, and refuse to charge what is not active.",
        &[],
    ),
    mistake(
        "expired-subscription-charged",
        &["bambora", "freepay", "quickpay"],
        "you book a charge without reading whether the provider has made it",
        "A card that has expired is refused with status 200: the order is delivered, and nobody has paid.",
        "Read the result in the answer, and book a charge only if it was approved.",
        &[],
    ),
    mistake(
        "only-in-own-books",
        &["bambora", "fenerum", "freepay", "quickpay"],
        "you capture, refund, charge and end things in your own books, and do not ask the provider to",
        "A button changes the order's state alone: the books say that money has moved, and it never does.",
        "Ask the provider first, and book what it says that it has done.",
        &[],
    ),
    mistake(
        "refund-twice",
        &["bambora", "freepay", "quickpay"],
        "you pay back what was paid back before, and do not read the provider's refusal",
        "Who presses twice, or sends the request again, has the whole amount booked twice.",
        "Keep how much was captured and paid back, reserve the order while you ask, and read the answer.",
        &[],
    ),
    mistake(
        "refusals-passed-over",
        &["bambora", "freepay", "quickpay"],
        "you book a capture or a refund without reading whether the provider has made it",
        "A refusal comes with status 200, too: the books say that money has moved, and it has not.",
        "Read the result in the answer.",
        &[],
    ),
    mistake(
        "tries-refusals-again",
        &["bambora", "freepay", "quickpay"],
        "you try again what the provider has refused, and have said by then that it cannot be done",
        "The second time it goes well: money is drawn of which nobody knows, and somebody tries a third time.",
        "Tell what came of the last try, or do not try again.",
        &[],
    ),
];
