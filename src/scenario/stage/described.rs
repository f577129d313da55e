//! A shop that describes itself.

use super::StageError;
use super::exchange::read;
use crate::scenario::config::{ShopConfig, parse_strangers};
use crate::serve::reasons;

/// What a shop says of itself at `/.well-known/provkassa`.
pub(super) async fn described(client: &reqwest::Client, shop: &str) -> Result<ShopConfig, StageError> {
    let url = format!("{}/.well-known/provkassa", shop.trim_end_matches('/'));
    let undescribed = |why: String| StageError::Undescribed { url: url.clone(), why };
    let lost = |error: reqwest::Error| undescribed(reasons(&error.without_url()));
    let answer = client.get(&url).send().await.map_err(lost)?;
    if !answer.status().is_success() {
        return Err(undescribed(format!("it answered {}", answer.status().as_u16())));
    }
    let text = read(answer).await.map_err(lost)?;
    let shop = parse_strangers(&text);
    shop.map_err(|wrong| undescribed(format!("line {}: {}. {}", wrong.line, wrong.what, wrong.help)))
}
