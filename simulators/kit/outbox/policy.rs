//! What happens to callbacks that is out of the ordinary.

use serde::{Deserialize, Serialize};

/// What happens to callbacks that is out of the ordinary. The default is nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own, and they combine")]
pub struct Policy {
    /// Keep them until they are released.
    pub hold: bool,
    /// Never send them.
    pub drop: bool,
    /// Deliver each this many times more.
    pub duplicate: u8,
    /// Wait this long before the first attempt, in milliseconds of the workspace's clock.
    #[cfg_attr(feature = "openapi", schema(format = "uint64"))]
    pub delay_ms: u64,
    /// Keep every second one until its successor has been sent.
    pub reorder: bool,
    /// Let so many attempts at each get lost on their way: the shop cannot be reached, and the provider tries again
    /// when it does so.
    pub unreachable: u8,
    /// Sign them wrongly.
    pub wrong_signature: bool,
}

impl Policy {
    /// What both ask for.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            hold: self.hold || other.hold,
            drop: self.drop || other.drop,
            duplicate: self.duplicate.max(other.duplicate),
            delay_ms: self.delay_ms.max(other.delay_ms),
            reorder: self.reorder || other.reorder,
            unreachable: self.unreachable.max(other.unreachable),
            wrong_signature: self.wrong_signature || other.wrong_signature,
        }
    }
}
