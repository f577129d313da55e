//! The refusals of `fixtures/fenerum/codes.toml`, and the test cards that reach some of them.

use std::sync::LazyLock;

use http::StatusCode;

use crate::kit::provider::{Code, codes_in};

static CODES: LazyLock<Vec<Code>> =
    LazyLock::new(|| codes_in(include_str!("../../fixtures/fenerum/codes.toml")));

/// Every code, in the order in which a request is looked at.
#[must_use]
pub fn codes() -> &'static [Code] {
    &CODES
}

/// The code's entry.
#[must_use]
pub fn code(code: &str) -> Option<&'static Code> {
    CODES.iter().find(|known| known.code == code)
}

/// The status of the answer.
#[must_use]
pub fn status(code: &str) -> StatusCode {
    match code {
        "authentication_failed"
        | "header_characters"
        | "header_empty"
        | "header_spaces"
        | "not_authenticated"
        | "user_inactive" => StatusCode::UNAUTHORIZED,
        "permission_denied" => StatusCode::FORBIDDEN,
        "invalid_page" | "not_found" => StatusCode::NOT_FOUND,
        "method_not_allowed" => StatusCode::METHOD_NOT_ALLOWED,
        "not_acceptable" => StatusCode::NOT_ACCEPTABLE,
        "unsupported_media_type" => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "throttled" => StatusCode::TOO_MANY_REQUESTS,
        "error" => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// The field of a card's registration that a code is about; none for the whole request.
#[must_use]
pub fn field(code: &str) -> Option<&'static str> {
    match code {
        "does_not_exist" | "invalid_uuid" | "null" => Some("account"),
        "blank" | "invalid_string" | "max_length" | "null_characters" | "required" | "token_format"
        | "unique" => Some("token"),
        "invalid_choice" => Some("gateway"),
        "email_invalid" | "email_unknown" => Some("email"),
        "not_a_dictionary" => Some("non_field_errors"),
        _ => None,
    }
}

/// Whether a code is what a gateway says of a token or a card, and not what Fenerum says of a request.
#[must_use]
pub fn is_of_a_provider(code: &str) -> bool {
    test_card(code).is_some()
        || code.starts_with("subscription_")
        || matches!(
            code,
            "already_attached" | "authentication_required" | "gateway_inactive" | "resource_missing"
        )
}

/// The published test card that Stripe answers with this code; the decline code where there is one.
#[must_use]
pub fn test_card(code: &str) -> Option<&'static str> {
    Some(match code {
        "card_declined" => "4000 0000 0000 0002",
        "insufficient_funds" => "4000 0000 0000 9995",
        "lost_card" => "4000 0000 0000 9987",
        "stolen_card" => "4000 0000 0000 9979",
        "expired_card" => "4000 0000 0000 0069",
        "incorrect_cvc" => "4000 0000 0000 0127",
        "processing_error" => "4000 0000 0000 0119",
        _ => return None,
    })
}

/// How to reach a code by a magic value, in words.
#[must_use]
pub fn magic(code: &str) -> Option<String> {
    if let Some(card) = test_card(code) {
        return Some(format!("a payment method made of the test card {card}"));
    }
    Some(match code {
        "resource_missing" => "the token pm_nobodyMadeThisOne".to_owned(),
        "subscription_unknown" => "the token 1 with the gateway quickpay".to_owned(),
        "does_not_exist" => "the account 00000000-0000-0000-0000-000000000000".to_owned(),
        "email_unknown" => "the e-mail address nobody@example.com".to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_and_every_test_card_has_its_entry() {
        assert!(codes().len() > 40, "{}", codes().len());
        for card in ["card_declined", "expired_card", "incorrect_cvc", "processing_error"] {
            assert!(code(card).is_some() && magic(card).is_some(), "{card}");
        }
        for entry in codes() {
            assert_eq!(codes().iter().filter(|other| other.code == entry.code).count(), 1, "{}", entry.code);
        }
    }
}
