//! What a shop sends: keys, amounts, texts and addresses.

use super::{ALL, SOLD};
use crate::shop::mistake::{ShopMistake, mistake};

/// Them, in no order that matters.
pub(super) const LIST: &[ShopMistake] = &[
    mistake(
        "addresses-encoded-twice",
        &["bambora", "brp", "freepay"],
        "you percent-encode the addresses that you give the provider once too often",
        "The provider decodes them once, and is left with text that is no address: nobody comes back.",
        "Encode a value once, where you write the address or the form, and let one place do it.",
        &[
            "bambora.request/addresses-encoded-twice",
            "brp.link/returnurl-encoded-twice",
            "freepay.form/urls-percent-encoded",
        ],
    ),
    mistake(
        "amounts-in-major-units",
        &["bambora", "brp", "freepay", "quickpay"],
        "you send the amount in whole kroner where the provider counts in øre",
        "Each order is paid with a hundredth of what it costs.",
        "Send the amount in the unit that the provider's document names: 125 kroner are 12500.",
        &[],
    ),
    mistake(
        "amounts-through-floats",
        SOLD,
        "you multiply an amount in floating point by 100, and cut off what is behind the point",
        "1.15 times 100 is 114.99999999999999: one price in twenty is asked for too low, and what is paid does not agree with the order.",
        "Keep amounts as whole numbers of minor units everywhere; where a price comes as text, read its digits.",
        &[],
    ),
    mistake(
        "amounts-with-thousands",
        SOLD,
        "you write amounts with a separator between the thousands, and read them as numbers again",
        "Most languages stop reading at the separator: of 1,250.00 a 1 is left, and nobody sees it below a thousand.",
        "Count in whole minor units everywhere, and put separators on pages alone.",
        &[],
    ),
    mistake(
        "awkward-order-ids",
        &["bambora", "brp", "fenerum", "freepay", "quickpay"],
        "you hand your own order ids to the provider, and put them into addresses, as they are",
        "A provider takes certain characters and lengths alone, and & and # end a parameter.",
        "Give the provider a number that it takes, keep which order it is for, and percent-encode every value.",
        &[],
    ),
    mistake(
        "currency-in-letters",
        &["freepay"],
        "you send the currency by its letters",
        "Freepay takes the number of ISO 4217 alone, and its payer sees an error in the place of the payment page.",
        "Send 208 for DKK, 752 for SEK, 578 for NOK and 978 for EUR.",
        &["freepay.form/currency-in-letters"],
    ),
    mistake(
        "cuts-texts-by-bytes",
        &["bambora", "fena", "freepay", "quickpay"],
        "you cut texts to the width of a column, counted in bytes",
        "Letters outside ASCII have several bytes: one that is cut in two is no letter, and some readers refuse it all.",
        "Cut by characters, with your language's functions for text.",
        &[],
    ),
    mistake(
        "json-by-hand",
        &["fenerum", "quickpay"],
        "you write JSON by putting texts between quotes",
        "A quote, a backslash or an end of a line in a name ends the text, and the provider cannot read the request.",
        "Let a library write the JSON.",
        &[],
    ),
    mistake(
        "keys-with-a-line-end",
        &["bambora", "brp", "fena", "quickpay"],
        "you read your keys from files, and leave the line end on them",
        "Everything that is signed with such a key is wrong, and looks right wherever it is printed.",
        "Trim a key when you read it.",
        &[],
    ),
    mistake(
        "loses-letters",
        ALL,
        "you pass texts through ISO-8859-1",
        "It has no Polish, no Greek and no emoji: each such letter becomes a question mark.",
        "Use UTF-8 in the database, in its connection and in every conversion.",
        &[],
    ),
    mistake(
        "plus-in-links",
        &["brp"],
        "you leave + as it is in the links that you write",
        "In a query it is a blank: the provider reads another address than you hashed.",
        "Use the encoder for values, encodeURIComponent, and not the one for whole addresses.",
        &["brp.link/plus-not-encoded"],
    ),
    mistake(
        "too-long-texts",
        &["bambora"],
        "you send texts that are longer than the provider's document allows",
        "The payment window refuses the whole request.",
        "Cut them to the number of characters that the document names.",
        &[],
    ),
];
