//! What the window's pages say, in English and Danish.

use crate::kit::reader::{DANISH, ENGLISH, Language, Text};

use super::pages::Problem;

pub(super) const THANKS: Text = Text("Thank you", "Tak");
pub(super) const WENT_WELL: Text = Text(
    "The payment went well. You can close this page.",
    "Betalingen er gennemført. Du kan lukke denne side.",
);
pub(super) const CANCELLED: Text = Text("Cancelled", "Annulleret");
pub(super) const NOTHING_PAID: Text =
    Text("Nothing was paid. You can close this page.", "Der er ikke betalt noget. Du kan lukke denne side.");
pub(super) const CONTINUE: Text = Text("Continue to the shop", "Videre til butikken");
pub(super) const ALREADY_PAID: Text = Text("Already paid", "Allerede betalt");
pub(super) const PAID_BEFORE: Text = Text("This has been paid already.", "Dette er allerede betalt.");
pub(super) const TO_SHOP: Text = Text("Back to the shop", "Tilbage til butikken");
pub(super) const TOO_LATE: Text = Text("Too late", "For sent");
pub(super) const TIME_IS_OVER: Text =
    Text("The time for this payment is over.", "Tiden til denne betaling er gået.");
pub(super) const GO_THERE: Text = Text("Go on there", "Fortsæt der");
pub(super) const LINK_CHANGED: Text = Text("This link was changed", "Dette link er ændret");
pub(super) const ANOTHER_LINK: Text =
    Text("The shop has made another link.", "Butikken har lavet et andet link.");
pub(super) const SAVE_A_CARD: Text = Text("Save a card", "Gem et kort");
pub(super) const SAVE: Text = Text("Save the card", "Gem kortet");
pub(super) const PAY_BY_CARD: Text = Text("Pay by card", "Betal med kort");
pub(super) const PAY: Text = Text("Pay", "Betal");
pub(super) const SUBSCRIBE: Text = Text("Subscribe", "Tilmeld");
pub(super) const CREATE: Text = Text("Create the subscription", "Opret abonnementet");

pub(super) const TRY_AGAIN: Problem = Problem {
    id: "try_again",
    text: Text(
        "The card was refused. Try again, or use another card.",
        "Kortet blev afvist. Prøv igen, eller brug et andet kort.",
    ),
};
pub(super) const NO_TEST_CARD: Problem = Problem {
    id: "try_again",
    text: Text(
        "The card was refused: it is none of QuickPay's test cards, and there is no other acquirer here.",
        "Kortet blev afvist: det er ikke et af QuickPays testkort, og her er ingen anden indløser.",
    ),
};
pub(super) const SECURE_FAILED: Problem = Problem {
    id: "secure_3d_auth_failed",
    text: Text(
        "3-D Secure did not succeed. Try again, or use another card.",
        "3-D Secure lykkedes ikke. Prøv igen, eller brug et andet kort.",
    ),
};
pub(super) const UNABLE: Problem = Problem {
    id: "unable_to_complete",
    text: Text(
        "The payment could not be completed. Try again.",
        "Betalingen kunne ikke gennemføres. Prøv igen.",
    ),
};
pub(super) const NOT_ENROLLED: Problem = Problem {
    id: "card_not_accepted",
    text: Text(
        "This shop does not take cards of this kind.",
        "Butikken tager ikke imod kort af denne slags.",
    ),
};
pub(super) const NOT_OFFERED: Problem = Problem {
    id: "method_not_accepted",
    text: Text("This shop does not take this method.", "Butikken tager ikke imod denne betalingsmåde."),
};
pub(super) const NO_TESTS: Problem = Problem {
    id: "test_payment_on_live_transaction",
    text: Text(
        "This would be a test payment, and the shop takes none.",
        "Dette ville være en testbetaling, og butikken tager ikke imod dem.",
    ),
};

pub(super) const BAD_NUMBER: Problem = Problem {
    id: "cardnumber",
    text: Text("The card number is not right.", "Kortnummeret er ikke rigtigt."),
};
pub(super) const BAD_EXPIRATION: Problem = Problem {
    id: "expiration",
    text: Text(
        "The date is not right: month and year, as 12 and 30.",
        "Datoen er ikke rigtig: måned og år, som 12 og 30.",
    ),
};
pub(super) const BAD_CVD: Problem = Problem {
    id: "cvd",
    text: Text("The security code has three or four digits.", "Kontrolcifrene er tre eller fire."),
};

/// What a link's language asks for. Of QuickPay's other languages there are no pages: they get English.
pub(super) fn asked(language: &str) -> Option<Language> {
    match language {
        "" => None,
        "da" => Some(DANISH),
        _ => Some(ENGLISH),
    }
}
