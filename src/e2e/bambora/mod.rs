//! Bambora ePay over real HTTP.

mod recurring;

/// The default workspace's merchant, and the key of its hashes.
pub(crate) const MERCHANT: &str = "8008001";
pub(crate) const KEY: &str = "bambora-md5";
