//! ePay's hash, and wrong ones of the same texts.

use crate::kit::digest;

/// ePay's hash: the MD5 of the values, one behind the other, with the key behind the last, in lower-case hex.
pub(crate) fn md5_of<'a>(values: impl IntoIterator<Item = &'a str>, key: &str) -> String {
    let mut text: String = values.into_iter().collect();
    text.push_str(key);
    digest::hex(&digest::md5(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The two examples in the tests of a public Ruby library.
    #[test]
    fn the_hash_agrees_with_public_examples() {
        let came =
            ["1", "9572252", "189139", "398750", "208", "20120403", "1442", "0", "3", "453903XXXXXX9862"];
        assert_eq!(md5_of(came, "secretmd5"), "6f81086c474f03af80ef894e48f81f99");
        let sent = [
            "http://example.com/ok",
            "500",
            "http://example.com/notify",
            "http://example.com/cancel",
            "DKK",
            "0",
            "99999999",
            "order500",
            "3",
        ];
        assert_eq!(md5_of(sent, "secretmd5"), "251c2f80d1dcd120a87a2480025714cb");
    }
}
