//! Events to buy tickets for.

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::{TestApp, TestUser};

/// An event that can be bought at once, with one type of 100 tickets at 25.00 EUR unless told otherwise.
pub(crate) struct EventBuilder {
    title: String,
    city: String,
    status: &'static str,
    currency: &'static str,
    starts_at: DateTime<Utc>,
    max_per_user: Option<i32>,
    types: Vec<NewType>,
}

struct NewType {
    name: String,
    price: i64,
    capacity: i32,
    max_per_order: i32,
    window: (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
}

/// An event in the database.
#[derive(Clone, Debug)]
pub(crate) struct TestEvent {
    pub(crate) id: Uuid,
    pub(crate) types: Vec<Uuid>,
}

impl TestEvent {
    /// What every event's codes are signed with.
    pub(crate) const SEED: [u8; 32] = [9; 32];
}

impl EventBuilder {
    pub(crate) fn new(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            city: "Berlin".to_owned(),
            status: "published",
            currency: "EUR",
            starts_at: Utc::now() + Duration::days(3),
            max_per_user: None,
            types: Vec::new(),
        }
    }

    pub(crate) fn city(mut self, city: &str) -> Self {
        city.clone_into(&mut self.city);
        self
    }

    pub(crate) fn draft(mut self) -> Self {
        self.status = "draft";
        self
    }

    pub(crate) fn cancelled(mut self) -> Self {
        self.status = "cancelled";
        self
    }

    pub(crate) fn currency(mut self, currency: &'static str) -> Self {
        self.currency = currency;
        self
    }

    pub(crate) fn starts_at(mut self, starts_at: DateTime<Utc>) -> Self {
        self.starts_at = starts_at;
        self
    }

    pub(crate) fn max_per_user(mut self, max: i32) -> Self {
        self.max_per_user = Some(max);
        self
    }

    /// Adds a ticket type.
    pub(crate) fn ticket_type(self, name: &str, price: i64, capacity: i32) -> Self {
        self.ticket_type_on_sale(name, price, capacity, None, None)
    }

    /// Adds a ticket type that is on sale from `start` to `end`.
    pub(crate) fn ticket_type_on_sale(
        mut self,
        name: &str,
        price: i64,
        capacity: i32,
        start: Option<DateTime<Utc>>,
        end: Option<DateTime<Utc>>,
    ) -> Self {
        self.types.push(NewType {
            name: name.to_owned(),
            price,
            capacity,
            max_per_order: 10,
            window: (start, end),
        });
        self
    }

    /// How many of the last added type one order may have.
    pub(crate) fn max_per_order(mut self, max: i32) -> Self {
        self.types
            .last_mut()
            .expect("add a ticket type first")
            .max_per_order = max;
        self
    }

    /// Writes it as `organizer`'s.
    pub(crate) async fn create(self, app: &TestApp, organizer: &TestUser) -> TestEvent {
        let with_type = if self.types.is_empty() {
            self.ticket_type("Standing", 2500, 100)
        } else {
            self
        };
        with_type.insert(app, organizer).await
    }

    async fn insert(self, app: &TestApp, organizer: &TestUser) -> TestEvent {
        let id = Uuid::now_v7();
        sqlx::query!(
            "with event as (
                insert into events (id, organizer_id, status, title, description, venue, address,
                    city, starts_at, ends_at, timezone, currency, max_per_user, published_at,
                    cancelled_at)
                values ($1, $2, $3, $4, '', 'Hall', 'Street 1', $5, $6, $10,
                    'Europe/Berlin', $7, $8, case when $3 <> 'draft' then now() end,
                    case when $3 = 'cancelled' then now() end)
            ), keys as (
                insert into event_keys (event_id, seed) values ($1, $9)
            )
            insert into event_stock (event_id) values ($1)",
            id,
            organizer.id,
            self.status,
            self.title,
            self.city,
            self.starts_at,
            self.currency,
            self.max_per_user,
            &TestEvent::SEED,
            self.starts_at + Duration::hours(3),
        )
        .execute(&app.db)
        .await
        .expect("a new event");
        let mut types = Vec::new();
        for (position, new) in (0_i32..).zip(self.types) {
            let type_id = Uuid::now_v7();
            sqlx::query!(
                "insert into ticket_types (id, event_id, position, name, price, capacity,
                    max_per_order, sale_starts_at, sale_ends_at)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                type_id,
                id,
                position,
                new.name,
                new.price,
                new.capacity,
                new.max_per_order,
                new.window.0,
                new.window.1,
            )
            .execute(&app.db)
            .await
            .expect("a new ticket type");
            types.push(type_id);
        }
        TestEvent { id, types }
    }
}
