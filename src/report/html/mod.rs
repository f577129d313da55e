//! The run as one HTML file that needs nothing else, and works without its script.

mod page;
mod proof;

use askama::Template as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::wanted::Told;
use page::Page;

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = concat!(include_str!("copy.js"), include_str!("report.js"));

/// The report.
pub(super) fn to_html(told: Told<'_>) -> String {
    // A template fails only where a value of its own does; none of these can.
    Page::of(told).render().unwrap_or_default()
}

/// The page may use its own style and script, known by their hashes, and nothing else from anywhere.
fn policy() -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}
