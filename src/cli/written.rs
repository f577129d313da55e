//! What is written on the command line and in the environment: addresses, moments, yes or no.

use std::net::IpAddr;

use jiff::Timestamp;

/// An address to listen on.
pub(super) fn host(text: &str) -> Result<IpAddr, String> {
    let help = "it is no IP address, and names are not looked up; give 127.0.0.1, ::1, or 0.0.0.0 for all addresses \
                of this machine";
    text.parse().map_err(|_| help.to_owned())
}

/// A moment.
pub(super) fn moment(text: &str) -> Result<Timestamp, String> {
    let help = "it is no moment; give a date, a time and Z or an offset: 2026-01-31T12:00:00Z";
    text.parse().map_err(|_| help.to_owned())
}

/// An address of the web, without a slash at the end.
pub(super) fn public_url(text: &str) -> Result<String, String> {
    let web = url::Url::parse(text).is_ok_and(|url| url.has_host() && url.scheme().starts_with("http"));
    let refused =
        || "it is no http or https URL; give the whole address: https://pay.test.example".to_owned();
    web.then(|| text.trim_end_matches('/').to_owned()).ok_or_else(refused)
}

/// What `serve` is told of a shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ShopSwitch {
    On,
    Off,
    /// The variable names a shop for `check` and `doctor`, which share it: nothing is said to `serve`.
    OfCheck,
}

impl ShopSwitch {
    /// What is said to `serve`, if it is.
    pub(super) fn said(self) -> Option<Self> {
        (self != Self::OfCheck).then_some(self)
    }
}

/// Whether `serve` opens a shop.
pub(super) fn shop_switch(text: &str) -> Result<ShopSwitch, String> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "on" | "t" | "true" | "y" | "yes" => Ok(ShopSwitch::On),
        "" | "0" | "f" | "false" | "n" | "no" | "off" => Ok(ShopSwitch::Off),
        other if is_of_check(other) => Ok(ShopSwitch::OfCheck),
        _ => Err(
            "it is neither true nor false (and no shop for `check`, which takes an address or `reference`)"
                .to_owned(),
        ),
    }
}

fn is_of_check(text: &str) -> bool {
    text == "reference" || ["http://", "https://", "reference:"].iter().any(|known| text.starts_with(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shop_for_check_says_nothing_to_serve_and_nonsense_is_refused() {
        for (text, meant) in [
            ("TRUE", ShopSwitch::On),
            ("1", ShopSwitch::On),
            ("off", ShopSwitch::Off),
            ("", ShopSwitch::Off),
            ("http://127.0.0.1:3000", ShopSwitch::OfCheck),
            ("reference:credits-twice", ShopSwitch::OfCheck),
        ] {
            assert_eq!(shop_switch(text), Ok(meant), "{text}");
        }
        for text in ["perhaps", "ture", "127.0.0.1:3000"] {
            assert!(shop_switch(text).is_err_and(|why| why.contains("neither true nor false")), "{text}");
        }
    }
}
