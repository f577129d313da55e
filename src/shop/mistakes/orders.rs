//! What becomes of an order when something is told again, late, or of another one.

use super::ALL;
use crate::shop::mistake::{ShopMistake, mistake};

/// Them, in no order that matters.
pub(super) const LIST: &[ShopMistake] = &[
    mistake(
        "cancelled-is-failed-forever",
        &["bambora", "brp", "fenerum", "quickpay"],
        "you do not take a payment for an order that was cancelled once",
        "Who closes a window can open it again and pay: the money is taken, and the order stays cancelled.",
        "Let a payment count whenever it comes; nothing but your own refund undoes one.",
        &[],
    ),
    mistake(
        "cancels-after-payment",
        &["bambora", "brp", "fenerum", "freepay", "quickpay"],
        "you cancel an order whenever the payer comes back as one who has given up, paid or not",
        "The address is not signed: it stands in the browser's history, and anybody can type it.",
        "Look at your own record first: what is paid stays paid.",
        &["bambora.return/cancel-undoes"],
    ),
    mistake(
        "credits-twice",
        ALL,
        "you credit the order each time that the payment is told",
        "The return and the callback both come, callbacks come again, and payers reload the page.",
        "Mark the order as paid and credit it in one transaction, and only if it was not paid before.",
        &["bambora.return/handled-twice"],
    ),
    mistake(
        "forgets-second-attempt",
        &["brp", "fena", "fenerum", "freepay", "quickpay"],
        "you do not take a payment for an order of which a first attempt failed",
        "A payer whose card is refused tries another: the money is taken, and the order stays failed.",
        "Let a payment count whenever it comes.",
        &[],
    ),
    mistake(
        "late-refusal-unpays",
        &["brp", "fenerum", "freepay", "quickpay"],
        "you let the last word count, and a refusal undo a payment",
        "Callbacks come late and in any order, and returns can be opened again.",
        "Keep a payment that you have taken up; let a refusal change nothing but what is not paid.",
        &[],
    ),
    mistake(
        "mixes-up-two-tabs",
        ALL,
        "you keep one order for each visitor, the one begun last, and take whatever comes for that one",
        "A payer with two tabs pays the first, and the second is looked up.",
        "Name the order in the addresses that you give the provider, and look it up by that.",
        &[],
    ),
    mistake(
        "newest-checkout-counts",
        &["bambora", "brp", "fena", "freepay"],
        "you give an order another number each time that it is checked out, and forget the one before",
        "A payer who goes back and forth has two payment pages open. Who pays on the first has paid for an order that nobody knows any more.",
        "Keep one number for an order however often it is checked out, or keep every number that it had.",
        &[],
    ),
    mistake(
        "rejected-cancels",
        &["fena"],
        "you cancel an order for good on a bare status=rejected",
        "Nothing in the address is signed: anybody can type it, and a payment that comes later is lost.",
        "Show that it was refused, and let the notification decide.",
        &["fena.return/rejected-undoes-payment"],
    ),
    mistake(
        "sign-ups-are-payments",
        &["bambora", "brp", "fenerum", "freepay", "quickpay"],
        "you look for a payment where somebody has signed up",
        "A sign-up has none, or one that is told in another way: the customer has given the card, and is never served.",
        "Tell sign-ups from payments, and keep the subscription's own id.",
        &[],
    ),
];
