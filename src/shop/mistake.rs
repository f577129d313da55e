//! One way in which the shop can be wrong.

use provkassa_simulators::kit::scheme::Mistake;
use provkassa_simulators::operation;

/// One way to be wrong.
#[derive(Clone, Copy, Debug)]
pub struct ShopMistake {
    /// Names it: `credits-twice`.
    pub id: &'static str,
    /// The providers at which it shows; none for all.
    pub providers: &'static [&'static str],
    /// What is done, as one says it to who did it: "you …".
    pub does: &'static str,
    /// Why it is wrong.
    pub why: &'static str,
    /// How to put it right.
    pub remedy: &'static str,
    /// The mistakes of the providers' operations that it makes, by their ids.
    pub(super) makes: &'static [&'static str],
}

impl ShopMistake {
    /// Whether it shows at a provider.
    #[must_use]
    pub fn shows_at(&self, provider: &str) -> bool {
        self.providers.is_empty() || self.providers.contains(&provider)
    }

    /// The operations' mistakes that it makes, each with its operation.
    pub(super) fn operations(&self) -> Vec<(&'static str, &'static Mistake)> {
        self.makes.iter().filter_map(|id| find(id)).collect()
    }
}

/// The mistake of an operation with this id, and the operation's.
fn find(id: &'static str) -> Option<(&'static str, &'static Mistake)> {
    let (of, _) = id.split_once('/')?;
    let mistake = operation(of)?.mistakes().into_iter().find(|mistake| mistake.id == id)?;
    Some((of, mistake))
}

/// One of them, in the order in which it is read.
pub(super) const fn mistake(
    id: &'static str,
    providers: &'static [&'static str],
    does: &'static str,
    why: &'static str,
    remedy: &'static str,
    makes: &'static [&'static str],
) -> ShopMistake {
    ShopMistake { id, providers, does, why, remedy, makes }
}
