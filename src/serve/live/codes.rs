//! The codes that a payment can be told to end with, as suggestions for a field.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use provkassa_simulators::kit::provider::Provider;
use provkassa_simulators::provider;

use super::Shared;
use super::frame::{page, trouble};

#[derive(Debug, Template)]
#[template(path = "live/codes.html", config = ".config/askama.toml")]
struct Offered {
    codes: Vec<Code>,
}

#[derive(Debug)]
struct Code {
    code: &'static str,
    meaning: String,
}

/// `GET /_sim/live/providers/{id}/codes`
pub(super) async fn offered(State(house): Shared, Path(id): Path<String>) -> Response {
    let Some(provider) = provider(&id) else {
        let help = "The providers are linked at the top of the page.";
        return trouble(&house, StatusCode::NOT_FOUND, "There is no such provider.", help);
    };
    page(StatusCode::OK, &Offered { codes: codes(provider) })
}

fn codes(provider: &'static dyn Provider) -> Vec<Code> {
    // Backticks are marks of our own, and a suggestion is plain text.
    let plain = |text: &str| text.replace('`', "");
    let codes = provider.codes().iter().filter(|code| provider.queues(&code.code));
    let codes = codes.map(|code| Code { code: &code.code, meaning: plain(&code.meaning) });
    let scenarios = provider.scenarios().iter();
    let scenarios = scenarios.map(|scenario| Code { code: scenario.name, meaning: plain(scenario.does) });
    codes.chain(scenarios).collect()
}
