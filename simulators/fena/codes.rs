//! The statuses of the redirect and the errors of a token, from `fixtures/fena/codes.toml`.

use std::sync::LazyLock;

use crate::kit::provider::{Code, codes_in};
use http::StatusCode;

static CODES: LazyLock<Vec<Code>> =
    LazyLock::new(|| codes_in(include_str!("../../fixtures/fena/codes.toml")));

/// Every code: the two statuses, then the errors in the order in which they are looked for.
#[must_use]
pub fn codes() -> &'static [Code] {
    &CODES
}

/// The code's entry.
#[must_use]
pub fn code(code: &str) -> Option<&'static Code> {
    CODES.iter().find(|known| known.code == code)
}

/// Whether this is an error of a token, and not a status.
#[must_use]
pub fn is_error(code: &str) -> bool {
    self::code(code).is_some_and(|code| code.stage == "before")
}

/// The status of the page that tells an error. Assumed: the document does not speak of it.
#[must_use]
pub fn status(error: &str) -> StatusCode {
    match error {
        "alg_not_allowed" | "signature_invalid" | "terminal_unknown" => StatusCode::UNAUTHORIZED,
        "order_already_paid" => StatusCode::CONFLICT,
        "payment_unknown" => StatusCode::NOT_FOUND,
        "token_expired" => StatusCode::GONE,
        _ => StatusCode::BAD_REQUEST,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read() {
        assert_eq!(codes().len(), 32);
        assert!(is_error("token_expired") && !is_error("executed") && !is_error("nothing"));
    }
}
