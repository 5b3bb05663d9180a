//! How the API describes itself, beyond what stands at each handler.

mod limits;

use axum::http::StatusCode;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::ParameterIn;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi, Ref, RefOr, Response};

/// What the description begins with.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Box Office", description = "Find events and buy tickets; create events, sell \
        tickets and run the door. Errors are `application/problem+json` with a stable `code`."),
    components(schemas(
        api::events::When,
        api::tickets::TicketsWhen,
        api::events::LiveStock,
        api::door::OfflineScan,
    )),
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
/// only unique within its feature, a description of each response, every refusal there is, and the
/// limits that requests are checked by.
pub(crate) fn complete(openapi: &mut OpenApi) {
    if let Some(components) = &mut openapi.components {
        limits::describe(&mut components.schemas);
    }
    for operation in openapi.paths.paths.values_mut().flat_map(operations) {
        add_refusals(operation);
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

/// Every refusal is a problem. Which of them there are follows from what an operation takes.
fn add_refusals(operation: &mut Operation) {
    let parameters = operation.parameters.iter().flatten();
    let has = |place: ParameterIn| {
        parameters.clone().any(|parameter| match parameter {
            RefOr::T(parameter) => parameter.parameter_in == place,
            RefOr::Ref(_) => false,
        })
    };
    let has_body = operation.request_body.is_some();
    let has_query = has(ParameterIn::Query);
    let refusals = [
        (StatusCode::BAD_REQUEST, has_body || has_query),
        (StatusCode::UNAUTHORIZED, operation.security.is_some()),
        (
            StatusCode::FORBIDDEN,
            operation.security.is_some() || sets_cookies(operation),
        ),
        (StatusCode::NOT_FOUND, has(ParameterIn::Path)),
        (StatusCode::REQUEST_TIMEOUT, has_body),
        (StatusCode::PAYLOAD_TOO_LARGE, has_body),
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, has_body),
        (
            StatusCode::UNPROCESSABLE_ENTITY,
            has_body || has_query || has(ParameterIn::Header),
        ),
        (StatusCode::TOO_MANY_REQUESTS, true),
        (StatusCode::INTERNAL_SERVER_ERROR, true),
        (StatusCode::SERVICE_UNAVAILABLE, true),
    ];
    let responses = &mut operation.responses.responses;
    for (status, _) in refusals.into_iter().filter(|(_, there_is)| *there_is) {
        responses
            .entry(status.as_str().to_owned())
            .or_insert_with(|| RefOr::T(Response::default()));
    }
    for (status, response) in responses {
        let is_refusal = status.starts_with(['4', '5']);
        if let RefOr::T(response) = response
            && is_refusal
        {
            let problem = ContentBuilder::new()
                .schema(Some(Ref::from_schema_name("Problem")))
                .build();
            *response = ResponseBuilder::new()
                .description(std::mem::take(&mut response.description))
                .content("application/problem+json", problem)
                .build();
        }
    }
}

/// Browsers are kept from it for other sites.
fn sets_cookies(operation: &Operation) -> bool {
    operation.tags.iter().flatten().any(|tag| tag == "auth")
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
        .and_then(|status: StatusCode| status.canonical_reason())
        .unwrap_or("Refused")
}
