//! How the API describes itself, beyond what stands at each handler.

use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi, RefOr};

/// What the description begins with.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Box Office", description = "Find events and buy tickets; create events, sell \
        tickets and run the door. Errors are `application/problem+json` with a stable `code`."),
    modifiers(&Bearer)
)]
pub(crate) struct Description;

struct Bearer;

impl utoipa::Modify for Bearer {
    fn modify(&self, openapi: &mut OpenApi) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .build();
        openapi
            .components
            .get_or_insert_default()
            .add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

/// Adds what the standard wants of every operation: an id of its own, where a handler's name is
/// only unique within its feature, and a description of each response.
pub(crate) fn complete(openapi: &mut OpenApi) {
    for operation in openapi.paths.paths.values_mut().flat_map(operations) {
        if let (Some(id), Some([tag])) = (&operation.operation_id, operation.tags.as_deref()) {
            operation.operation_id = Some(format!("{tag}_{id}"));
        }
        for (status, response) in &mut operation.responses.responses {
            if let RefOr::T(response) = response
                && response.description.is_empty()
            {
                response.description = reason(status).to_owned();
            }
        }
    }
}

fn operations(path: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        &mut path.get,
        &mut path.put,
        &mut path.post,
        &mut path.patch,
        &mut path.delete,
    ]
    .into_iter()
    .flatten()
}

fn reason(status: &str) -> &'static str {
    status
        .parse()
        .ok()
        .and_then(|status: axum::http::StatusCode| status.canonical_reason())
        .unwrap_or("Refused")
}
