//! Freepay over real HTTP.

mod browser;

/// The default workspace's merchant, and the password of its web services.
pub(crate) const MERCHANT: &str = "1234567";
pub(crate) const PASSWORD: &str = "freepay-test";
