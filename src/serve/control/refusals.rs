//! How the documents describe what is refused.

use std::collections::BTreeMap;

use provkassa_simulators::kit::problem::Problem;
use serde::Serialize;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

/// The body of everything that is refused.
#[derive(Serialize, ToSchema)]
pub(super) struct Refusal {
    /// What went wrong, and what to do next.
    error: Problem,
}

/// What any operation can be answered with.
pub(super) struct Refused;

impl IntoResponses for Refused {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let told = [
            ("400", "the request does not fit"),
            ("401", "the token is missing or wrong"),
            ("403", "the request was made by a page from elsewhere"),
            ("404", "there is no such thing"),
        ];
        told.into_iter().map(described).collect()
    }
}

/// What an operation that changes something can be answered with.
pub(super) struct RefusedBody;

impl IntoResponses for RefusedBody {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let told = [
            ("408", "the body did not come in time"),
            ("409", "it is in the way of what is there"),
            ("413", "the body is too long"),
            ("415", "the body is no JSON"),
        ];
        Refused::responses().into_iter().chain(told.into_iter().map(described)).collect()
    }
}

fn described((status, why): (&str, &str)) -> (String, RefOr<Response>) {
    let schema = Ref::from_schema_name("Refusal");
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let response = ResponseBuilder::new().description(why).content("application/json", content);
    (status.to_owned(), RefOr::T(response.build()))
}
