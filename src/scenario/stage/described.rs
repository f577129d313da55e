//! A shop that describes itself.

use super::StageError;
use super::exchange::EXCHANGE;
use crate::scenario::config::{ShopConfig, parse_strangers};
use crate::settings::Miswritten;
use crate::web::{Asked, Failed, Web, untrusted};

/// What came in the place of a shop's description.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undescribed {
    /// Nothing: nobody answers there.
    #[error("{0}")]
    Unanswered(String),
    /// Another status than 2xx.
    #[error("it answered {0}")]
    Status(u16),
    /// A description that cannot be used.
    #[error("{0}")]
    Miswritten(Miswritten),
}

impl Undescribed {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        const AS_THERE: &str =
            "There it describes itself as [shop] of provkassa.toml does; `provkassa shop` shows how.";
        match self {
            Self::Unanswered(why) if untrusted(why) => {
                "The shop is there. Let provkassa trust its certificate (--callback-ca FILE), or give its http address."
                    .to_owned()
            }
            Self::Unanswered(_) => format!("Start the shop first, and look at the address. {AS_THERE}"),
            Self::Status(300..=399 | 401 | 403) => {
                format!(
                    "The shop runs: let its description be read without a login or a redirect. {AS_THERE}"
                )
            }
            Self::Status(500..) => {
                format!("The shop runs, and fails there: look at its own output. {AS_THERE}")
            }
            Self::Status(_) => format!(
                "The shop runs, and has nothing there: add the route, or write [shop] into provkassa.toml. {AS_THERE}"
            ),
            Self::Miswritten(wrong) => format!("{} Correct what the shop says there.", wrong.help),
        }
    }
}

/// What a shop says of itself at `/.well-known/provkassa`.
pub(super) async fn described(web: &Web, shop: &str) -> Result<ShopConfig, StageError> {
    let url = format!("{}/.well-known/provkassa", shop.trim_end_matches('/'));
    let undescribed = |why: Undescribed| StageError::Undescribed { url: url.clone(), why };
    let lost = |failed: Failed| undescribed(Undescribed::Unanswered(failed.why));
    let answer = web.ask(Asked::get(&url, EXCHANGE)).await.map_err(lost)?;
    if !answer.status.is_success() {
        return Err(undescribed(Undescribed::Status(answer.status.as_u16())));
    }
    parse_strangers(&answer.text()).map_err(|wrong| undescribed(Undescribed::Miswritten(wrong)))
}
