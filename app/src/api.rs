//! The server's endpoints, a function each: the only HTTP of the app.

mod http;
mod words;

use api::comps::{CompBatch, GiveComps, GuestListPreview};
use api::door::{CheckIn, Door, Scan, SyncScans, Synced};
use api::events::{EventDetail, EventSummary, LiveStock, When};
use api::guests::{Guest, RefundGuest, Revoke};
use api::host::{
    Audience, CancelEvent, CreateEvent, HostEvent, HostEventSummary, Sales, UpdateEvent,
};
use api::orders::{Order, OrderQuote, OrderSummary, PlaceOrder};
use api::promo_codes::{CreatePromoCode, PromoCode, PromoCodes, UpdatePromoCode};
use api::refunds::{RefundQuote, RefundTickets};
use api::staff::{AddStaff, Staff, StaffMember};
use api::tickets::{Ticket, TicketsWhen};
use api::timezones::TimeZone;
use api::transfers::{Offer, SendTickets, Transfer};
use api::users::{
    DeleteMe, Login, Refresh, Register, RequestReset, Reset, Session, UpdateMe, User, VerifyEmail,
};
use api::waiting::{JoinWaitingList, WaitingPlace};
use api::{EventId, OrderId, Page, TicketNumber};
use futures::{Stream, StreamExt};
use gloo_net::eventsource::futures::EventSource;
use serde::Deserialize;
use uuid::Uuid;

use crate::kept::Name;
use http::Call;
pub(crate) use http::{Error, is_alive, parse, public_url, server_url, set_server};
pub(crate) use words::{sentence, words};

type Answer<T> = Result<T, Error>;

/// Which order was placed. The rest of the answer belongs on its screen, which loads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Placed {
    pub(crate) id: OrderId,
}

pub(crate) async fn register(body: &Register) -> Answer<Session> {
    Call::post("/auth/register", body).for_anyone().send().await
}

pub(crate) async fn login(body: &Login) -> Answer<Session> {
    Call::post("/auth/login", body).for_anyone().send().await
}

pub(crate) async fn refresh(body: &Refresh) -> Answer<Session> {
    Call::post("/auth/refresh", body).for_anyone().send().await
}

pub(crate) async fn logout(body: &Refresh) -> Answer<()> {
    Call::post("/auth/logout", body).for_anyone().run().await
}

pub(crate) async fn request_reset(body: &RequestReset) -> Answer<()> {
    Call::post("/auth/reset-request", body)
        .for_anyone()
        .run()
        .await
}

pub(crate) async fn reset(body: &Reset) -> Answer<Session> {
    Call::post("/auth/reset", body).for_anyone().send().await
}

pub(crate) async fn me() -> Answer<User> {
    Call::get("/me").send().await
}

pub(crate) async fn resend_verification() -> Answer<()> {
    Call::act("/me/verification").run().await
}

pub(crate) async fn verify_email(token: &str) -> Answer<User> {
    let token = token.to_owned();
    Call::post("/me/verify-email", &VerifyEmail { token })
        .send()
        .await
}

pub(crate) async fn update_me(body: &UpdateMe) -> Answer<User> {
    Call::patch("/me", body).send().await
}

pub(crate) async fn delete_me(body: &DeleteMe) -> Answer<()> {
    Call::delete("/me", body).run().await
}

pub(crate) async fn events(
    query: &str,
    when: When,
    limit: usize,
    cursor: Option<String>,
) -> Answer<Page<EventSummary>> {
    let kept = (query.is_empty() && cursor.is_none()).then_some(Name::Events(when));
    let when = match when {
        When::All => "all",
        When::Week => "week",
        When::Free => "free",
        When::Past => "past",
    };
    let mut path = format!("/events?when={when}&{}", paging(limit, cursor));
    if !query.is_empty() {
        path.push_str("&q=");
        path.push_str(&encode(query));
    }
    Call::get(path).for_anyone().keep(kept).send().await
}

pub(crate) async fn event(id: EventId) -> Answer<EventDetail> {
    Call::get(format!("/events/{id}"))
        .keep(Name::Event(id))
        .send()
        .await
}

/// The stock of an event, again whenever it changes, for as long as the stream is kept.
pub(crate) fn live_stock(id: EventId) -> Option<impl Stream<Item = LiveStock>> {
    let mut source = EventSource::new(&server_url(&format!("/api/events/{id}/live"))).ok()?;
    let messages = source.subscribe("message").ok()?;
    Some(messages.filter_map(move |message| {
        // The stream ends when the source is dropped, so it has to live in here.
        let _alive = &source;
        let stock = message
            .ok()
            .and_then(|(_, message)| message.data().as_string())
            .and_then(|data| serde_json::from_str(&data).ok());
        std::future::ready(stock)
    }))
}

pub(crate) async fn all_waiting_places() -> Answer<Vec<WaitingPlace>> {
    Call::get("/waiting-list")
        .keep(Name::WaitingPlaces)
        .send()
        .await
}

pub(crate) async fn waiting_places(id: EventId) -> Answer<Vec<WaitingPlace>> {
    Call::get(format!("/events/{id}/waiting-list")).send().await
}

pub(crate) async fn join_waiting_list(
    id: EventId,
    body: &JoinWaitingList,
) -> Answer<Vec<WaitingPlace>> {
    Call::post(format!("/events/{id}/waiting-list"), body)
        .send()
        .await
}

pub(crate) async fn take_offer(place: Uuid) -> Answer<Placed> {
    Call::act(format!("/waiting-list/{place}/take"))
        .send()
        .await
}

pub(crate) async fn leave_waiting_list(place: Uuid) -> Answer<()> {
    Call::remove(format!("/waiting-list/{place}")).run().await
}

pub(crate) async fn place_order(key: Uuid, body: &PlaceOrder) -> Answer<Placed> {
    Call::post("/orders", body).key(key).send().await
}

/// The order that was placed with this key.
pub(crate) async fn order_with_key(key: Uuid) -> Answer<Placed> {
    Call::get(format!("/orders/by-key/{key}")).send().await
}

pub(crate) async fn quote(body: &PlaceOrder) -> Answer<OrderQuote> {
    Call::post("/orders/quote", body).send().await
}

pub(crate) async fn orders(limit: usize, cursor: Option<String>) -> Answer<Page<OrderSummary>> {
    let kept = cursor.is_none().then_some(Name::Orders);
    Call::get(format!("/orders?{}", paging(limit, cursor)))
        .keep(kept)
        .send()
        .await
}

pub(crate) async fn order(id: OrderId) -> Answer<Order> {
    Call::get(format!("/orders/{id}"))
        .keep(Name::Order(id))
        .send()
        .await
}

pub(crate) async fn refund_quote(id: OrderId, body: &RefundTickets) -> Answer<RefundQuote> {
    Call::post(format!("/orders/{id}/refund-quote"), body)
        .send()
        .await
}

pub(crate) async fn refund(id: OrderId, key: Uuid, body: &RefundTickets) -> Answer<Order> {
    Call::post(format!("/orders/{id}/refunds"), body)
        .key(key)
        .send()
        .await
}

pub(crate) async fn ask_back(id: OrderId, body: &RefundTickets) -> Answer<()> {
    Call::post(format!("/orders/{id}/give-back-requests"), body)
        .run()
        .await
}

pub(crate) async fn give_back(event: EventId, number: TicketNumber) -> Answer<()> {
    Call::act(format!("/tickets/{event}/{number}/give-back"))
        .run()
        .await
}

pub(crate) async fn tickets(
    when: TicketsWhen,
    limit: usize,
    cursor: Option<String>,
) -> Answer<Page<Ticket>> {
    let kept = cursor.is_none().then_some(Name::Tickets(when));
    let when = match when {
        TicketsWhen::Upcoming => "upcoming",
        TicketsWhen::Past => "past",
    };
    Call::get(format!("/tickets?when={when}&{}", paging(limit, cursor)))
        .keep(kept)
        .send()
        .await
}

pub(crate) async fn ticket(event: EventId, number: TicketNumber) -> Answer<Ticket> {
    Call::get(format!("/tickets/{event}/{number}"))
        .keep(Name::Ticket(event, number))
        .send()
        .await
}

pub(crate) async fn send_tickets(body: &SendTickets) -> Answer<Offer> {
    Call::post("/transfers", body).send().await
}

pub(crate) async fn pending_transfers() -> Answer<Page<Transfer>> {
    Call::get("/transfers?pending=true&limit=100")
        .keep(Name::PendingTransfers)
        .send()
        .await
}

pub(crate) async fn claim(token: &str) -> Answer<Offer> {
    Call::get(format!("/claims/{}", encode(token)))
        .for_anyone()
        .send()
        .await
}

pub(crate) async fn accept_transfer(id: Uuid) -> Answer<Transfer> {
    transfer_action(id, "accept").await
}

pub(crate) async fn decline_transfer(id: Uuid) -> Answer<Transfer> {
    transfer_action(id, "decline").await
}

pub(crate) async fn recall_transfer(id: Uuid) -> Answer<Transfer> {
    transfer_action(id, "recall").await
}

async fn transfer_action(id: Uuid, action: &str) -> Answer<Transfer> {
    Call::act(format!("/transfers/{id}/{action}")).send().await
}

pub(crate) async fn host_events(
    limit: usize,
    cursor: Option<String>,
) -> Answer<Page<HostEventSummary>> {
    let kept = cursor.is_none().then_some(Name::Hosted);
    Call::get(format!("/host/events?{}", paging(limit, cursor)))
        .keep(kept)
        .send()
        .await
}

pub(crate) async fn host_event(id: EventId) -> Answer<HostEvent> {
    Call::get(format!("/host/events/{id}")).send().await
}

/// The one that was made last.
pub(crate) async fn last_host_event() -> Answer<Option<HostEventSummary>> {
    let page: Page<HostEventSummary> = Call::get("/host/events?limit=1").send().await?;
    Ok(page.items.into_iter().next())
}

pub(crate) async fn time_zones(language: &str) -> Answer<Vec<TimeZone>> {
    Call::get(format!("/time-zones?language={language}"))
        .for_anyone()
        .send()
        .await
}

/// Makes an event with this id, or gives the one that was made with it before.
pub(crate) async fn create_event(id: EventId, body: &CreateEvent) -> Answer<HostEvent> {
    let path = format!("/host/events/{id}");
    Call::put(path, body).send().await
}

pub(crate) async fn update_event(id: EventId, body: &UpdateEvent) -> Answer<HostEvent> {
    Call::patch(format!("/host/events/{id}"), body).send().await
}

pub(crate) async fn publish_event(id: EventId) -> Answer<HostEvent> {
    host_action(id, "publish").await
}

pub(crate) async fn cancel_event(id: EventId, body: &CancelEvent) -> Answer<HostEvent> {
    Call::post(format!("/host/events/{id}/cancel"), body)
        .send()
        .await
}

pub(crate) async fn audience(id: EventId) -> Answer<Audience> {
    Call::get(format!("/host/events/{id}/audience"))
        .send()
        .await
}

pub(crate) async fn pause_sales(id: EventId) -> Answer<HostEvent> {
    host_action(id, "pause").await
}

pub(crate) async fn resume_sales(id: EventId) -> Answer<HostEvent> {
    host_action(id, "resume").await
}

pub(crate) async fn sales(id: EventId) -> Answer<Sales> {
    Call::get(format!("/host/events/{id}/sales")).send().await
}

pub(crate) async fn guests(
    id: EventId,
    search: &str,
    limit: usize,
    cursor: Option<String>,
) -> Answer<Page<Guest>> {
    let (search, paging) = (encode(search), paging(limit, cursor));
    Call::get(format!("/host/events/{id}/guests?q={search}&{paging}"))
        .send()
        .await
}

pub(crate) async fn refund_guest(
    id: EventId,
    number: TicketNumber,
    body: &RefundGuest,
) -> Answer<Guest> {
    Call::post(format!("/host/events/{id}/tickets/{number}/refund"), body)
        .send()
        .await
}

pub(crate) async fn revoke_guest(
    id: EventId,
    number: TicketNumber,
    body: &Revoke,
) -> Answer<Guest> {
    Call::post(format!("/host/events/{id}/tickets/{number}/revoke"), body)
        .send()
        .await
}

/// Reads a list of guests: `read_as` is the query that says how.
pub(crate) async fn preview_guests(
    id: EventId,
    read_as: &str,
    list: &web_sys::Blob,
) -> Answer<GuestListPreview> {
    Call::post_file(format!("/host/events/{id}/comps/preview?{read_as}"), list)
        .send()
        .await
}

pub(crate) async fn give_comps(id: EventId, key: Uuid, body: &GiveComps) -> Answer<CompBatch> {
    Call::post(format!("/host/events/{id}/comps"), body)
        .key(key)
        .send()
        .await
}

pub(crate) async fn put_cover(id: EventId, picture: &web_sys::Blob) -> Answer<HostEvent> {
    Call::upload(format!("/host/events/{id}/cover"), picture)
        .send()
        .await
}

pub(crate) async fn delete_cover(id: EventId) -> Answer<HostEvent> {
    Call::remove(format!("/host/events/{id}/cover"))
        .send()
        .await
}

pub(crate) async fn door(id: EventId) -> Answer<Door> {
    Call::get(format!("/host/events/{id}/door")).send().await
}

pub(crate) async fn check_in(id: EventId, scan: &Scan) -> Answer<CheckIn> {
    Call::post(format!("/host/events/{id}/check-ins"), scan)
        .send()
        .await
}

pub(crate) async fn sync_scans(id: EventId, scans: &SyncScans) -> Answer<Synced> {
    Call::post(format!("/host/events/{id}/check-ins/sync"), scans)
        .send()
        .await
}

pub(crate) async fn undo_check_in(id: EventId, check_in: Uuid) -> Answer<()> {
    Call::remove(format!("/host/events/{id}/check-ins/{check_in}"))
        .run()
        .await
}

pub(crate) async fn staff(id: EventId) -> Answer<Staff> {
    Call::get(format!("/host/events/{id}/staff")).send().await
}

pub(crate) async fn add_staff(id: EventId, body: &AddStaff) -> Answer<StaffMember> {
    Call::post(format!("/host/events/{id}/staff"), body)
        .send()
        .await
}

pub(crate) async fn remove_staff(id: EventId, member: Uuid) -> Answer<()> {
    Call::remove(format!("/host/events/{id}/staff/{member}"))
        .run()
        .await
}

pub(crate) async fn promo_codes(id: EventId) -> Answer<PromoCodes> {
    Call::get(format!("/host/events/{id}/promo-codes"))
        .send()
        .await
}

pub(crate) async fn create_promo_code(id: EventId, body: &CreatePromoCode) -> Answer<PromoCode> {
    Call::post(format!("/host/events/{id}/promo-codes"), body)
        .send()
        .await
}

pub(crate) async fn update_promo_code(
    id: EventId,
    promo: Uuid,
    body: &UpdatePromoCode,
) -> Answer<PromoCode> {
    Call::patch(format!("/host/events/{id}/promo-codes/{promo}"), body)
        .send()
        .await
}

async fn host_action(id: EventId, action: &str) -> Answer<HostEvent> {
    Call::act(format!("/host/events/{id}/{action}"))
        .send()
        .await
}

fn paging(limit: usize, cursor: Option<String>) -> String {
    match cursor {
        Some(cursor) => format!("limit={limit}&cursor={}", encode(&cursor)),
        None => format!("limit={limit}"),
    }
}

fn encode(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}
