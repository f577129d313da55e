//! `GET /api/providers/`: the list of banks. The document names its address; its shape is assumed.

use axum::extract::Extension;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::header;
use serde_json::{Value, json};

use crate::kit::locator::Origin;
use crate::kit::workspace::Workspace;

use super::banks::{bank, banks};

pub(super) fn routes() -> Router {
    Router::new()
        .route("/api/providers", get(list))
        .route("/api/providers/", get(list))
        .route("/logos/{file}", get(logo))
}

async fn list(Extension(workspace): Extension<Workspace>, Extension(origin): Extension<Origin>) -> Response {
    let listed = banks().iter().filter(|bank| bank.listed);
    let banks: Vec<Value> = listed
        .map(|bank| {
            json!({
                "id": bank.id,
                "externalId": bank.id,
                "name": bank.name,
                "logo": format!("{}/logos/{}.svg", origin.0, bank.id),
            })
        })
        .collect();
    let banks = if workspace.settings().get("fena.provider_list") == "array" {
        json!(banks)
    } else {
        json!({ "data": banks })
    };
    ([(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")], Json(banks)).into_response()
}

/// A bank's initial on a coloured ground: the logos are the banks' own.
async fn logo(axum::extract::Path(file): axum::extract::Path<String>) -> Response {
    let Some(bank) = file.strip_suffix(".svg").and_then(bank) else { return super::doors::unknown().await };
    let hue = bank.id.bytes().fold(0_u32, |hue, byte| (hue * 31 + u32::from(byte)) % 360);
    let initial: String = bank.name.chars().take(1).collect();
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 48 48\"><rect width=\"48\" height=\"48\" rx=\"10\" fill=\"hsl({hue} 55% 35%)\"/><text x=\"24\" y=\"33\" font-family=\"sans-serif\" font-size=\"26\" text-anchor=\"middle\" fill=\"#fff\">{initial}</text></svg>"
    );
    ([(header::CONTENT_TYPE, "image/svg+xml"), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")], svg)
        .into_response()
}
