//! The limits of what clients send, from the constants that `validate` uses.

use std::collections::BTreeMap;

use api::comps::GUESTS_MAX;
use api::door::{GATE_MAX, SYNC_MAX};
use api::email::EMAIL_MAX;
use api::guests::REASON_MAX;
use api::host::{
    CAPACITY_MAX, DESCRIPTION_MAX, PLACE_MAX, PRICE_MAX, TICKET_TYPE_DESCRIPTION_MAX,
    TICKET_TYPE_NAME_MAX, TICKET_TYPES_MAX, TITLE_MAX,
};
use api::orders::{LINES_MAX, QUANTITY_MAX};
use api::promo_codes::PROMO_CODE_MAX;
use api::refunds::REFUND_TICKETS_MAX;
use api::transfers::TICKETS_MAX;
use api::users::{PASSWORD_MAX, PASSWORD_MIN};
use api::validate::NAME_MAX;
use utoipa::Number;
use utoipa::openapi::schema::{AdditionalProperties, Object, Schema, SchemaType, Type};
use utoipa::openapi::{KnownFormat, RefOr, SchemaFormat};

use crate::http::BODY_MAX_BYTES;

/// What a field of a request may be.
#[derive(Clone, Copy)]
enum Limit {
    /// Characters.
    Text(usize, usize),
    /// An address.
    Email,
    /// How many items.
    Items(usize, usize),
    /// A whole number.
    Between(i64, i64),
}

use Limit::{Between, Email, Items, Text};

const PASSWORD: Limit = Text(PASSWORD_MIN, PASSWORD_MAX);
const QUANTITY: Limit = Between(1, QUANTITY_MAX as i64);
const ANY_COUNT: i64 = i32::MAX as i64;

/// Types, their fields, and what those may be.
const LIMITS: [(&str, &[(&str, Limit)]); 24] = [
    (
        "Register",
        &[
            ("name", Text(1, NAME_MAX)),
            ("email", Email),
            ("password", PASSWORD),
        ],
    ),
    (
        "Login",
        &[("email", Email), ("password", Text(1, PASSWORD_MAX))],
    ),
    ("RequestReset", &[("email", Email)]),
    ("Reset", &[("password", PASSWORD)]),
    (
        "UpdateMe",
        &[
            ("name", Text(1, NAME_MAX)),
            ("password", PASSWORD),
            ("current_password", Text(0, PASSWORD_MAX)),
        ],
    ),
    ("DeleteMe", &[("password", Text(0, PASSWORD_MAX))]),
    (
        "PlaceOrder",
        &[
            ("lines", Items(1, LINES_MAX)),
            ("promo_code", Text(1, PROMO_CODE_MAX)),
        ],
    ),
    ("PlaceOrderLine", &[("quantity", QUANTITY)]),
    ("CreateEvent", EVENT),
    ("UpdateEvent", EVENT),
    (
        "TicketTypeInput",
        &[
            ("name", Text(1, TICKET_TYPE_NAME_MAX)),
            ("description", Text(0, TICKET_TYPE_DESCRIPTION_MAX)),
            ("price", Between(0, PRICE_MAX)),
            ("capacity", Between(1, CAPACITY_MAX as i64)),
            ("max_per_order", QUANTITY),
        ],
    ),
    (
        "CreatePromoCode",
        &[
            ("code", Text(1, PROMO_CODE_MAX)),
            ("max_uses", Between(1, ANY_COUNT)),
            ("max_per_user", Between(1, ANY_COUNT)),
        ],
    ),
    (
        "UpdatePromoCode",
        &[
            ("max_uses", Between(0, ANY_COUNT)),
            ("max_per_user", Between(0, ANY_COUNT)),
        ],
    ),
    ("Scan", &[("gate", Text(0, GATE_MAX))]),
    ("SyncScans", &[("scans", Items(1, SYNC_MAX))]),
    (
        "RefundTickets",
        &[("tickets", Items(1, REFUND_TICKETS_MAX))],
    ),
    ("SendTicket", &[("email", Email)]),
    (
        "SendTickets",
        &[("email", Email), ("tickets", Items(1, TICKETS_MAX))],
    ),
    ("AddStaff", &[("email", Email)]),
    ("Invited", &[("name", Text(1, NAME_MAX)), ("email", Email)]),
    ("GiveComps", &[("guests", Items(1, GUESTS_MAX))]),
    ("Revoke", &[("reason", Text(1, REASON_MAX))]),
    ("JoinWaitingList", &[("quantity", QUANTITY)]),
    (
        "Discount",
        &[
            ("percent", Between(1, 100)),
            ("amount", Between(1, PRICE_MAX)),
        ],
    ),
];

const EVENT: &[(&str, Limit)] = &[
    ("title", Text(1, TITLE_MAX)),
    ("description", Text(0, DESCRIPTION_MAX)),
    ("venue", Text(0, PLACE_MAX)),
    ("address", Text(0, PLACE_MAX)),
    ("city", Text(0, PLACE_MAX)),
    ("ticket_types", Items(0, TICKET_TYPES_MAX)),
];

/// Writes the limits into the descriptions of the types. A text without one is limited by the size
/// of a request.
pub(super) fn describe(schemas: &mut BTreeMap<String, RefOr<Schema>>) {
    for (name, fields) in LIMITS {
        let Some(RefOr::T(schema)) = schemas.get_mut(name) else {
            continue;
        };
        for (field, limit) in fields {
            if let Some(RefOr::T(property)) = property(schema, field) {
                apply(property, *limit);
            }
        }
    }
    for schema in schemas.values_mut() {
        if let RefOr::T(Schema::OneOf(variants)) = schema {
            refuse_other_fields(&mut variants.items);
        }
        if let RefOr::T(Schema::Object(object)) = schema
            && refuses_more(object)
        {
            for property in object.properties.values_mut() {
                if let RefOr::T(Schema::Object(text)) = property
                    && is_free_text(text)
                {
                    text.max_length = Some(BODY_MAX_BYTES);
                }
            }
        }
    }
}

/// A variant is named by its only field and takes no other: `{"percent": 10, "amount": null}` is not
/// one.
fn refuse_other_fields(variants: &mut [RefOr<Schema>]) {
    for variant in variants {
        if let RefOr::T(Schema::Object(named)) = variant
            && named.properties.len() == 1
        {
            named.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
        }
    }
}

fn property<'a>(schema: &'a mut Schema, field: &str) -> Option<&'a mut RefOr<Schema>> {
    match schema {
        Schema::Object(object) => object.properties.get_mut(field),
        Schema::OneOf(variants) => variants.items.iter_mut().find_map(|variant| match variant {
            RefOr::T(variant) => property(variant, field),
            RefOr::Ref(_) => None,
        }),
        _ => None,
    }
}

fn apply(schema: &mut Schema, limit: Limit) {
    let number = |number| Some(Number::Int(isize::try_from(number).unwrap_or(isize::MAX)));
    match (schema, limit) {
        (Schema::Object(text), Text(min, max)) => {
            text.min_length = (min > 0).then_some(min);
            text.max_length = Some(max);
        }
        (Schema::Object(text), Email) => {
            text.format = Some(SchemaFormat::KnownFormat(KnownFormat::Email));
            text.max_length = Some(EMAIL_MAX);
        }
        (Schema::Object(whole), Between(min, max)) => {
            whole.minimum = number(min);
            whole.maximum = number(max);
        }
        (Schema::Array(list), Items(min, max)) => {
            list.min_items = (min > 0).then_some(min);
            list.max_items = Some(max);
        }
        _ => {}
    }
}

/// Types of requests refuse fields that they do not know.
fn refuses_more(object: &Object) -> bool {
    matches!(
        object.additional_properties.as_deref(),
        Some(AdditionalProperties::FreeForm(false))
    )
}

fn is_free_text(text: &Object) -> bool {
    let is_text = match &text.schema_type {
        SchemaType::Type(kind) => *kind == Type::String,
        SchemaType::Array(kinds) => kinds.contains(&Type::String),
        SchemaType::AnyValue => false,
    };
    is_text && text.format.is_none() && text.enum_values.is_none() && text.max_length.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_is_of_a_field_that_is_there() {
        let (_, openapi) = crate::http::api();
        let mut schemas = openapi.components.expect("components").schemas;
        for (name, fields) in LIMITS {
            let Some(RefOr::T(schema)) = schemas.get_mut(name) else {
                panic!("{name} is not described");
            };
            for (field, _) in fields {
                let limited = match property(schema, field) {
                    Some(RefOr::T(Schema::Object(one))) => {
                        one.max_length.is_some() || one.maximum.is_some()
                    }
                    Some(RefOr::T(Schema::Array(list))) => list.max_items.is_some(),
                    _ => false,
                };
                assert!(limited, "{name}.{field}");
            }
        }
    }
}
