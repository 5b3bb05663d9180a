//! What happens while nobody looks at the screen: others create events and buy tickets, over the API.

use anyhow::{Context, Result};
use api::door::Door;
use api::events::EventDetail;
use api::host::{CreateEvent, HostEvent, HostEventSummary, TicketTypeInput};
use api::orders::{IDEMPOTENCY_KEY, Order, OrderSummary, PlaceOrder, PlaceOrderLine, QUANTITY_MAX};
use api::promo_codes::PromoCode;
use api::users::{Client, Login, Register, Session, User};
use api::{Currency, EventId, Page, Time};
use reqwest::RequestBuilder;
use serde_json::json;
use uuid::Uuid;

use crate::service::Service;

/// What everyone's password is.
pub const PASSWORD: &str = "correct horse battery";

/// Someone with an account, over the API.
pub struct Account {
    address: String,
    token: String,
    client: reqwest::Client,
}

impl Account {
    /// Someone new who has confirmed their address.
    pub async fn register(service: &Service, name: &str, email: &str) -> Result<Self> {
        let body = Register {
            name: name.to_owned(),
            email: email.to_owned(),
            password: PASSWORD.to_owned(),
            client: Client::Native,
            locale: None,
            device_token: None,
        };
        let account = Self::enter(service, "register", &serde_json::to_value(body)?).await?;
        let token = service.confirmation(email).await?;
        let _confirmed: User = account
            .post("/me/verify-email", &json!({"token": token}))
            .await?;
        Ok(account)
    }

    /// Someone who has an account already.
    pub async fn login(service: &Service, email: &str) -> Result<Self> {
        let body = Login {
            email: email.to_owned(),
            password: PASSWORD.to_owned(),
            client: Client::Native,
            device_token: None,
        };
        Self::enter(service, "login", &serde_json::to_value(body)?).await
    }

    async fn enter(service: &Service, how: &str, body: &serde_json::Value) -> Result<Self> {
        let client = reqwest::Client::new();
        let address = service.address().to_owned();
        let request = client.post(format!("{address}/api/auth/{how}")).json(body);
        let session: Session = send(request).await?;
        Ok(Self {
            address,
            token: session.access_token,
            client,
        })
    }

    /// As the server knows them.
    pub async fn me(&self) -> Result<User> {
        self.get("/me").await
    }

    /// Publishes an event with these ticket types: name, price in cents, capacity.
    pub async fn publish(&self, title: &str, types: &[(&str, i64, i32)]) -> Result<HostEvent> {
        self.publish_event(&event(title, types)?).await
    }

    /// Publishes an event.
    pub async fn publish_event(&self, event: &CreateEvent) -> Result<HostEvent> {
        let draft = self.draft(event).await?;
        self.post(&format!("/host/events/{}/publish", draft.id), &json!({}))
            .await
    }

    /// Begins an event that nobody else sees yet.
    pub async fn draft(&self, event: &CreateEvent) -> Result<HostEvent> {
        self.post("/host/events", &serde_json::to_value(event)?)
            .await
    }

    /// The events that they run, newest first.
    pub async fn host_events(&self) -> Result<Vec<HostEventSummary>> {
        let page: Page<HostEventSummary> = self.get("/host/events").await?;
        Ok(page.items)
    }

    /// A promo code of ten percent for one ticket type.
    pub async fn promo_code(
        &self,
        id: EventId,
        code: &str,
        ticket_type: Uuid,
    ) -> Result<PromoCode> {
        let discount = json!({"percent": 10});
        let promo = json!({"code": code, "discount": discount, "ticket_type_id": ticket_type});
        self.post(&format!("/host/events/{id}/promo-codes"), &promo)
            .await
    }

    /// Moves an event to this moment, so that its doors are open.
    pub async fn open_doors(&self, id: EventId) -> Result<HostEvent> {
        let when = json!({"starts_at": in_days(0)?, "ends_at": in_days(1)?});
        let path = format!("{}/api/host/events/{id}", self.address);
        let request = self.client.patch(path).bearer_auth(&self.token);
        send(request.json(&when)).await
    }

    /// What the door of an event knows.
    pub async fn door(&self, id: EventId) -> Result<Door> {
        self.get(&format!("/host/events/{id}/door")).await
    }

    /// Whether they are on a waiting list.
    pub async fn waits(&self) -> Result<bool> {
        let places: Vec<serde_json::Value> = self.get("/waiting-list").await?;
        Ok(!places.is_empty())
    }

    /// Buys tickets of one type.
    pub async fn buy(&self, ticket_type: Uuid, quantity: i32) -> Result<Order> {
        let order = PlaceOrder {
            lines: vec![PlaceOrderLine {
                ticket_type_id: ticket_type,
                quantity,
            }],
            promo_code: None,
            expected_total: None,
        };
        self.post("/orders", &serde_json::to_value(order)?).await
    }

    /// An event as everyone sees it.
    pub async fn event(&self, id: EventId) -> Result<EventDetail> {
        self.get(&format!("/events/{id}")).await
    }

    /// Gives one ticket of an order of one event back.
    pub async fn refund(&self, order: &Order, number: i32) -> Result<Order> {
        let event = order.lines.first().context("an order of nothing")?.event.id;
        let body = json!({"tickets": [{"event_id": event, "number": number}]});
        self.post(&format!("/orders/{}/refunds", order.id), &body)
            .await
    }

    /// All one's orders.
    pub async fn orders(&self) -> Result<Vec<OrderSummary>> {
        let page: Page<OrderSummary> = self.get("/orders").await?;
        Ok(page.items)
    }

    /// Reads.
    pub(crate) async fn get<T: serde::de::DeserializeOwned>(&self, path: &str) -> Result<T> {
        let request = self.client.get(format!("{}/api{path}", self.address));
        send(request.bearer_auth(&self.token)).await
    }

    /// Asks for something, once.
    pub(crate) async fn post<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
        body: &serde_json::Value,
    ) -> Result<T> {
        let request = self
            .client
            .post(format!("{}/api{path}", self.address))
            .header(IDEMPOTENCY_KEY, Uuid::new_v4().to_string())
            .bearer_auth(&self.token);
        send(request.json(body)).await
    }
}

/// An event in some days, with ticket types: name, price in cents, capacity.
pub fn event(title: &str, types: &[(&str, i64, i32)]) -> Result<CreateEvent> {
    Ok(CreateEvent {
        title: title.to_owned(),
        description: "One night only.".to_owned(),
        venue: "Hall".to_owned(),
        address: "Street 1".to_owned(),
        city: "Berlin".to_owned(),
        starts_at: in_days(3)?,
        ends_at: in_days(4)?,
        timezone: "Europe/Berlin".to_owned(),
        currency: Currency::EUR,
        max_per_user: None,
        ticket_types: types.iter().map(ticket_type).collect(),
    })
}

async fn send<T: serde::de::DeserializeOwned>(request: RequestBuilder) -> Result<T> {
    let answer = request.send().await?;
    let (status, body) = (answer.status(), answer.text().await?);
    serde_json::from_str(&body).with_context(|| format!("{status}: {body}"))
}

fn ticket_type((name, price, capacity): &(&str, i64, i32)) -> TicketTypeInput {
    TicketTypeInput {
        id: None,
        name: (*name).to_owned(),
        description: String::new(),
        price: *price,
        capacity: *capacity,
        max_per_order: QUANTITY_MAX,
        sale_starts_at: None,
        sale_ends_at: None,
    }
}

pub(crate) fn in_days(days: u64) -> Result<Time> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    let seconds = i64::try_from(now.as_secs() + days * 24 * 3600)?;
    Time::from_timestamp(seconds, 0).context("a time to come")
}
