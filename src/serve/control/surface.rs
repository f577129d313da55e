//! The paths of the control API, and the document that describes them. Both are made from one list, so that
//! nothing is answered that is not described.

use std::sync::Arc;

use axum::routing::{MethodFilter, on};
use axum::{Json, Router};
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi as _};

use super::refusals::{Refusal, Refused};
use super::{callbacks, catalogue, clock, faults, journal, payments, records, workspaces};
use crate::serve::house::House;

/// Makes the router and the document from one list of methods, paths and handlers.
macro_rules! surface {
    ($($method:ident $path:literal => $handler:path,)+) => {
        /// Every path below `/_sim/v1`.
        pub(super) fn router() -> Router<Arc<House>> {
            Router::new()$(.route($path, on(MethodFilter::$method, $handler)))+
        }

        /// What the router answers to.
        #[cfg(test)]
        const ROUTES: &[(&str, &str)] = &[$((stringify!($method), $path)),+];

        #[derive(utoipa::OpenApi)]
        #[openapi(
            info(
                title = "provkassa's control API",
                description = "Arranges what the simulated payment providers do, and tells what happened.",
            ),
            servers((url = "/_sim/v1", description = "on the control port")),
            paths($($handler),+),
            components(schemas(Refusal)),
            modifiers(&Token),
            security((), ("token" = [])),
        )]
        struct Document;
    };
}

surface! {
    GET "/health" => catalogue::health,
    GET "/version" => catalogue::version,
    GET "/openapi.json" => openapi,
    GET "/fidelity" => catalogue::fidelity,
    GET "/providers" => catalogue::providers,
    GET "/providers/{id}/codes" => catalogue::codes,
    GET "/unclaimed" => journal::unclaimed,
    GET "/workspaces" => workspaces::list_workspaces,
    POST "/workspaces" => workspaces::create_workspace,
    GET "/workspaces/{name}" => workspaces::read_workspace,
    DELETE "/workspaces/{name}" => workspaces::delete_workspace,
    POST "/workspaces/{name}/reset" => workspaces::reset,
    GET "/workspaces/{name}/snapshot" => workspaces::snapshot,
    PUT "/workspaces/{name}/snapshot" => workspaces::restore,
    GET "/workspaces/{name}/settings" => workspaces::read_settings,
    PATCH "/workspaces/{name}/settings" => workspaces::change_settings,
    GET "/workspaces/{name}/clock" => clock::read_clock,
    PUT "/workspaces/{name}/clock" => clock::set_clock,
    POST "/workspaces/{name}/clock/advance" => clock::advance,
    GET "/workspaces/{name}/outcomes" => payments::outcomes,
    POST "/workspaces/{name}/outcomes" => payments::queue_outcomes,
    DELETE "/workspaces/{name}/outcomes" => payments::withdraw_outcomes,
    DELETE "/workspaces/{name}/outcomes/{number}" => payments::withdraw_queue,
    POST "/workspaces/{name}/payments/{payment}/outcome" => payments::press,
    GET "/workspaces/{name}/callbacks" => callbacks::callbacks,
    POST "/workspaces/{name}/callbacks/policy" => callbacks::set_policy,
    POST "/workspaces/{name}/callbacks/{id}/{action}" => callbacks::act_on_callback,
    GET "/workspaces/{name}/faults" => faults::faults,
    POST "/workspaces/{name}/faults" => faults::plant,
    DELETE "/workspaces/{name}/faults" => faults::pull_all,
    DELETE "/workspaces/{name}/faults/{number}" => faults::pull,
    GET "/workspaces/{name}/journal" => journal::journal,
    GET "/workspaces/{name}/journal/stream" => journal::stream,
    GET "/workspaces/{name}/{provider}/{record}" => records::read_records,
    POST "/workspaces/{name}/{provider}/{record}" => records::seed_record,
}

/// The token that is asked for where other machines can connect.
struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut OpenApi) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    }
}

/// This document.
#[utoipa::path(
    get, path = "/openapi.json", tag = "catalogue",
    responses((status = 200, description = "OpenAPI 3.1", body = serde_json::Value), Refused)
)]
async fn openapi() -> Json<OpenApi> {
    Json(Document::openapi())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn what_is_described_is_what_is_routed() {
        let document = serde_json::to_value(Document::openapi()).expect("JSON");
        let paths = document["paths"].as_object().expect("paths").iter();
        let described: BTreeSet<(String, String)> = paths
            .flat_map(|(path, item)| {
                let methods = item.as_object().expect("an item").keys();
                methods.map(|method| (method.to_ascii_uppercase(), path.clone())).collect::<Vec<_>>()
            })
            .collect();
        let routed: BTreeSet<(String, String)> =
            ROUTES.iter().map(|(method, path)| ((*method).to_owned(), (*path).to_owned())).collect();
        assert_eq!(described, routed);
    }
}
