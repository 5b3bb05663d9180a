//! Events as their organizers see them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::events::SaleState;
use crate::orders::QUANTITY_MAX;
use crate::text;
use crate::time::require_year;
use crate::validate::FieldErrors;
use crate::{Currency, Money, Time};

/// The longest title, in characters.
pub const TITLE_MAX: usize = 120;
/// The longest description, in characters.
pub const DESCRIPTION_MAX: usize = 10_000;
/// The longest venue, city or address, in characters.
pub const PLACE_MAX: usize = 200;
/// The longest name of a ticket type, in characters.
pub const TICKET_TYPE_NAME_MAX: usize = 60;
/// The longest description of a ticket type, in characters.
pub const TICKET_TYPE_DESCRIPTION_MAX: usize = 300;
/// The most ticket types an event can have.
pub const TICKET_TYPES_MAX: usize = 20;
/// The most tickets of one type: more than the largest stadium takes.
pub const CAPACITY_MAX: i32 = 1_000_000;
/// The highest price, in minor units.
pub const PRICE_MAX: i64 = 100_000_000;
/// The largest picture that can be uploaded, in bytes.
pub const COVER_MAX_BYTES: usize = 5 * 1024 * 1024;

/// The status of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EventStatus {
    /// Visible to its organizer and team only.
    Draft,
    /// Public.
    Published,
    /// Ended.
    Ended,
    /// Ended long ago; its tickets are archived.
    Archived,
    /// Cancelled.
    Cancelled,
}

/// The default limit per person of a new event.
pub const MAX_PER_USER_DEFAULT: i32 = 20;

#[expect(clippy::unnecessary_wraps, reason = "it stands for the field's value")]
fn default_max_per_user() -> Option<i32> {
    Some(MAX_PER_USER_DEFAULT)
}

/// `POST /host/events`: creates a draft. Venue, city and ticket types are optional in a draft.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateEvent {
    /// 1–120 characters.
    #[serde(deserialize_with = "text::read_line")]
    pub title: String,
    /// Plain text with line breaks, up to 10,000 characters.
    #[serde(default, deserialize_with = "text::read_lines")]
    pub description: String,
    /// The venue's name.
    #[serde(default, deserialize_with = "text::read_line")]
    pub venue: String,
    /// The street address.
    #[serde(default, deserialize_with = "text::read_line")]
    pub address: String,
    /// The city.
    #[serde(default, deserialize_with = "text::read_line")]
    pub city: String,
    /// When it starts.
    pub starts_at: DateTime<Utc>,
    /// When it ends; after `starts_at`.
    pub ends_at: DateTime<Utc>,
    /// IANA name, such as `Europe/Berlin`.
    pub timezone: String,
    /// The currency of its tickets.
    pub currency: Currency,
    /// The most tickets that one person can buy in total; 20 if absent, null for no limit.
    #[serde(default = "default_max_per_user")]
    pub max_per_user: Option<i32>,
    /// In display order.
    #[serde(default)]
    pub ticket_types: Vec<TicketTypeInput>,
}

/// `PATCH /host/events/{id}`: absent fields are unchanged. `ticket_types`, when present, is the whole
/// list: types with an id are changed, those without are new, those left out are removed, which is
/// refused for a type that has been sold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateEvent {
    /// See [`CreateEvent`].
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "text::read_line"
    )]
    pub title: Option<String>,
    /// See [`CreateEvent`].
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "text::read_lines"
    )]
    pub description: Option<String>,
    /// See [`CreateEvent`].
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "text::read_line"
    )]
    pub venue: Option<String>,
    /// See [`CreateEvent`].
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "text::read_line"
    )]
    pub address: Option<String>,
    /// See [`CreateEvent`].
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "text::read_line"
    )]
    pub city: Option<String>,
    /// See [`CreateEvent`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<DateTime<Utc>>,
    /// See [`CreateEvent`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<DateTime<Utc>>,
    /// See [`CreateEvent`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// Cannot change once the event is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// See [`CreateEvent`]; 0 removes the limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_per_user: Option<i32>,
    /// The whole list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket_types: Option<Vec<TicketTypeInput>>,
    /// A message for the email about a new time or place of a published event, up to 1,000
    /// characters; without such a change, no email is sent.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "text::read_lines"
    )]
    pub message: Option<String>,
}

/// `POST /host/events/{id}/cancel`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CancelEvent {
    /// A message for the email, up to 1,000 characters; may be empty.
    #[serde(default, deserialize_with = "text::read_lines")]
    pub message: String,
}

impl CancelEvent {
    /// Checks the request and returns the errors by field.
    pub fn validate(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.require_message(&self.message);
        errors.into_result()
    }
}

/// `GET /host/events/{id}/audience`: who is affected when the event is cancelled or moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Audience {
    /// Tickets that are valid or were used.
    pub tickets: i32,
    /// People who are told by email.
    pub people: i32,
}

/// A ticket type to create or update.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TicketTypeInput {
    /// The type to update; absent for a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// 1–60 characters; unique within the event.
    #[serde(deserialize_with = "text::read_line")]
    pub name: String,
    /// What is included.
    #[serde(default, deserialize_with = "text::read_lines")]
    pub description: String,
    /// The price of one ticket, in minor units of the event's currency.
    pub price: i64,
    /// The number of tickets; never less than sold.
    pub capacity: i32,
    /// The most tickets per order.
    pub max_per_order: i32,
    /// When sales start; null: when the event is published.
    #[serde(default)]
    pub sale_starts_at: Option<DateTime<Utc>>,
    /// When sales end; null: when the event ends.
    #[serde(default)]
    pub sale_ends_at: Option<DateTime<Utc>>,
}

impl CreateEvent {
    /// What is wrong with it as a draft, by field.
    pub fn validate(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.require_line(&self.title, 1, TITLE_MAX, "title");
        errors.require_text(&self.description, 0, DESCRIPTION_MAX, "description");
        errors.require_line(&self.venue, 0, PLACE_MAX, "venue");
        errors.require_line(&self.address, 0, PLACE_MAX, "address");
        errors.require_line(&self.city, 0, PLACE_MAX, "city");
        errors.require_line(&self.timezone, 1, 60, "timezone");
        errors.require(
            self.ends_at > self.starts_at,
            "ends_at",
            "The event must end after it starts.",
        );
        for (field, time) in [("starts_at", self.starts_at), ("ends_at", self.ends_at)] {
            require_year(&mut errors, time, field.to_owned());
        }
        errors.require(
            self.max_per_user
                .is_none_or(|max| (1..=10_000).contains(&max)),
            "max_per_user",
            "Enter a number from 1 to 10,000, or leave blank for no limit.",
        );
        errors.require(
            self.ticket_types.len() <= TICKET_TYPES_MAX,
            "ticket_types",
            "An event can have up to 20 ticket types.",
        );
        for (index, ticket_type) in self.ticket_types.iter().enumerate() {
            let earlier = &self.ticket_types[..index];
            ticket_type.check(&mut errors, index, earlier);
        }
        errors.into_result()
    }

    /// Checks whether it can be published and returns what is missing, by field.
    pub fn validate_for_publishing(&self, now: Time) -> Result<(), FieldErrors> {
        let mut errors = match self.validate() {
            Ok(()) => FieldErrors::default(),
            Err(errors) => errors,
        };
        errors.require_line(&self.venue, 1, PLACE_MAX, "venue");
        errors.require_line(&self.city, 1, PLACE_MAX, "city");
        errors.require(
            self.ends_at > now,
            "ends_at",
            "Choose a time in the future.",
        );
        errors.require(
            !self.ticket_types.is_empty(),
            "ticket_types",
            "Add at least one ticket type.",
        );
        for (index, ticket_type) in self.ticket_types.iter().enumerate() {
            ticket_type.check_window(&mut errors, index, self.ends_at);
        }
        errors.into_result()
    }

    /// What keeps a draft from being published now, by field: what [`Self::validate_for_publishing`]
    /// says, and sales that are over before anybody could buy. Of a published event some usually are.
    pub fn validate_draft_for_publishing(&self, now: Time) -> Result<(), FieldErrors> {
        let mut errors = self.validate_for_publishing(now).err().unwrap_or_default();
        for (index, ticket_type) in self.ticket_types.iter().enumerate() {
            errors.require(
                ticket_type.sale_ends_at.is_none_or(|end| end > now),
                format!("ticket_types.{index}.sale_ends_at"),
                "Choose a time in the future.",
            );
        }
        errors.into_result()
    }
}

impl TicketTypeInput {
    fn check(&self, errors: &mut FieldErrors, index: usize, earlier: &[Self]) {
        let field = |name: &str| format!("ticket_types.{index}.{name}");
        errors.require_line(&self.name, 1, TICKET_TYPE_NAME_MAX, field("name"));
        errors.require(
            !earlier
                .iter()
                .any(|other| text::folded(&other.name) == text::folded(&self.name)),
            field("name"),
            "Another ticket type already has this name.",
        );
        errors.require_text(
            &self.description,
            0,
            TICKET_TYPE_DESCRIPTION_MAX,
            field("description"),
        );
        errors.require(
            (0..=PRICE_MAX).contains(&self.price),
            field("price"),
            "Enter a price from 0 to 1,000,000.",
        );
        errors.require(
            (1..=CAPACITY_MAX).contains(&self.capacity),
            field("capacity"),
            "Enter a number from 1 to 1,000,000.",
        );
        errors.require(
            (1..=QUANTITY_MAX).contains(&self.max_per_order),
            field("max_per_order"),
            "Enter a number from 1 to 100.",
        );
        for (name, time) in [
            ("sale_starts_at", self.sale_starts_at),
            ("sale_ends_at", self.sale_ends_at),
        ] {
            if let Some(time) = time {
                require_year(errors, time, field(name));
            }
        }
        if let (Some(start), Some(end)) = (self.sale_starts_at, self.sale_ends_at) {
            errors.require(
                start < end,
                field("sale_ends_at"),
                "Sales must end after they start.",
            );
        }
    }
}

impl TicketTypeInput {
    /// Refuses a sale that goes on, or only begins, when the event is over.
    fn check_window(&self, errors: &mut FieldErrors, index: usize, event_ends_at: Time) {
        let field = |name: &str| format!("ticket_types.{index}.{name}");
        errors.require(
            self.sale_starts_at
                .is_none_or(|start| start < event_ends_at),
            field("sale_starts_at"),
            "Sales must start before the event ends.",
        );
        errors.require(
            self.sale_ends_at.is_none_or(|end| end <= event_ends_at),
            field("sale_ends_at"),
            "Sales must end before the event does, or with it.",
        );
    }
}

/// An event in the organizer's list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HostEventSummary {
    /// The event.
    pub id: Uuid,
    /// The name.
    pub title: String,
    /// The status.
    pub status: EventStatus,
    /// When it starts.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// IANA time zone of the venue.
    pub timezone: String,
    /// The venue's name.
    pub venue: String,
    /// The city.
    pub city: String,
    /// The organizer's picture, as a path on this server.
    pub cover_url: Option<String>,
    /// The total number of tickets.
    pub capacity: i32,
    /// Tickets bought and not refunded; for a cancelled event, when it was cancelled.
    pub sold: i32,
    /// Tickets given and not revoked; for a cancelled event, when it was cancelled.
    pub given: i32,
    /// Money received minus refunds; like `due`, 0 for door staff.
    pub received: Money,
    /// Money that is still due.
    pub due: Money,
}

/// `GET /host/events/{id}`: an event with everything that can be edited.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HostEvent {
    /// The event.
    pub id: Uuid,
    /// The signed-in user's role.
    pub role: crate::staff::Role,
    /// The status.
    pub status: EventStatus,
    /// Whether tickets are available, as attendees see it.
    pub state: SaleState,
    /// Whether sales are on; false while paused.
    pub sales_open: bool,
    /// The name.
    pub title: String,
    /// Plain text with line breaks.
    pub description: String,
    /// The venue's name.
    pub venue: String,
    /// The street address.
    pub address: String,
    /// The city.
    pub city: String,
    /// When it starts.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// IANA time zone of the venue.
    pub timezone: String,
    /// The currency of its tickets.
    pub currency: Currency,
    /// The most tickets that one person can buy in total; null for no limit.
    pub max_per_user: Option<i32>,
    /// The organizer's picture, as a path on this server.
    pub cover_url: Option<String>,
    /// In display order.
    pub ticket_types: Vec<crate::events::TicketType>,
    /// The progress of refunding every ticket after a cancellation.
    pub refunding: Option<Task>,
    /// The progress of giving free tickets.
    pub giving: Option<Task>,
}

/// The progress of a background task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Task {
    /// The tickets processed so far.
    pub done: i32,
    /// The total number of tickets.
    pub total: i32,
}

/// `GET /host/events/{id}/sales`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sales {
    /// The total number of tickets.
    pub capacity: i32,
    /// Tickets bought and not refunded; for a cancelled event, when it was cancelled.
    pub sold: i32,
    /// Tickets given and not revoked; for a cancelled event, when it was cancelled.
    pub given: i32,
    /// The number of tickets left; 0 for a cancelled event.
    pub left: i32,
    /// The number of tickets checked in.
    pub checked_in: i32,
    /// Money received minus refunds. Tickets paid at the door count once checked in.
    pub received: Money,
    /// Money that is still due; 0 for a cancelled event.
    pub due: Money,
    /// By ticket type, in the organizer's order.
    pub by_type: Vec<TypeSales>,
    /// The length of an interval of `series`, in seconds.
    pub bucket_seconds: i64,
    /// Tickets sold over time; intervals without sales are omitted.
    pub series: Vec<SalesPoint>,
}

/// The sales of one ticket type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TypeSales {
    /// The type.
    pub id: Uuid,
    /// The name.
    pub name: String,
    /// The number of tickets.
    pub capacity: i32,
    /// Tickets bought and not refunded; for a cancelled event, when it was cancelled.
    pub sold: i32,
    /// Tickets given and not revoked; for a cancelled event, when it was cancelled.
    pub given: i32,
    /// Money received for them, minus refunds.
    pub received: Money,
    /// Money that is still due for them.
    pub due: Money,
}

/// The sales in one interval.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SalesPoint {
    /// The start of the interval.
    pub at: DateTime<Utc>,
    /// The tickets sold in it.
    pub tickets: i32,
    /// The price they were sold for, in minor units.
    pub amount: i64,
}
