//! How an event sells.

pub mod db;

use std::collections::HashMap;

use api::host::{EventStatus, HostEvent, Sales, TypeSales};
use api::{EventId, Money, TicketTypeId, Time};
use axum::extract::State;
use chrono::{Duration, NaiveTime, Utc};
use chrono_tz::Tz;
use sqlx::PgConnection;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access::{self, Role};
use super::find;
use crate::auth::SignedIn;
use crate::error::Result;
use crate::extract::{Json, Path};
use crate::state::AppState;
use db::TypeSold;

/// The route of an event's sales.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(sales))
}

/// Get an event's sales.
#[utoipa::path(get, path = "/host/events/{id}/sales", tag = "host", params(("id" = Uuid, Path)),
    responses((status = 200, body = Sales), (status = 401, body = api::Problem),
        (status = 403, body = api::Problem), (status = 404, body = api::Problem)),
    security(("bearer" = [])))]
async fn sales(
    State(state): State<AppState>,
    asker: SignedIn,
    Path(id): Path<EventId>,
) -> Result<Json<Sales>> {
    // The numbers of one answer agree: they come from one snapshot.
    let mut snapshot = state
        .db
        .begin_with("begin isolation level repeatable read read only")
        .await?;
    access::require(&mut snapshot, id, asker.user, Role::Manager).await?;
    let event = find(&mut snapshot, id, asker.user).await?;
    let sales = count(&mut snapshot, event).await?;
    snapshot.rollback().await?;
    Ok(Json(sales))
}

async fn count(connection: &mut PgConnection, event: HostEvent) -> Result<Sales> {
    let mut sold: HashMap<TicketTypeId, TypeSold> = db::sold(connection, &[event.id])
        .await?
        .into_iter()
        .map(|sold| (sold.ticket_type, sold))
        .collect();
    let money = |amount| Money::new(amount, event.currency);
    let by_type = event.ticket_types.iter().map(|kind| {
        let sold = sold.remove(&kind.id);
        let of = |count: fn(&TypeSold) -> i32| sold.as_ref().map_or(0, count);
        let amount = |amount: fn(&TypeSold) -> i64| money(sold.as_ref().map_or(0, amount));
        TypeSales {
            id: kind.id,
            name: kind.name.clone(),
            capacity: kind.capacity,
            sold: of(|sold| sold.sold),
            given: of(|sold| sold.given),
            received: amount(|sold| sold.received),
            due: amount(|sold| sold.due),
        }
    });
    let by_type: Vec<TypeSales> = by_type.collect();
    let left = match event.status {
        EventStatus::Cancelled => 0,
        _ => event.ticket_types.iter().map(|kind| kind.left).sum(),
    };
    let span = db::span(connection, event.id).await?;
    let bucket_seconds = bucket_seconds(span.unwrap_or_default());
    let midnight = midnight(&event.timezone, Utc::now());
    Ok(Sales {
        capacity: by_type.iter().map(|kind| kind.capacity).sum(),
        sold: by_type.iter().map(|kind| kind.sold).sum(),
        given: by_type.iter().map(|kind| kind.given).sum(),
        left,
        checked_in: db::checked_in(connection, event.id).await?,
        received: money(by_type.iter().map(|kind| kind.received.amount).sum()),
        due: money(by_type.iter().map(|kind| kind.due.amount).sum()),
        bucket_seconds: i64::from(bucket_seconds),
        series: db::series(connection, event.id, midnight, bucket_seconds).await?,
        by_type,
    })
}

/// How long a point of the chart is, so that there are enough to see a course and few enough to
/// see at all.
fn bucket_seconds(span: Duration) -> i32 {
    const HOUR: i32 = 3600;
    match span.num_hours() {
        ..=72 => HOUR,
        73..=504 => 6 * HOUR,
        _ => 24 * HOUR,
    }
}

/// When the day of `now` began in `timezone`, where the chart's days begin.
fn midnight(timezone: &str, now: Time) -> Time {
    let timezone = timezone.parse::<Tz>().unwrap_or(Tz::UTC);
    let of_day = now.with_timezone(&timezone).time() - NaiveTime::MIN;
    now - of_day
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_where_the_event_is() {
        let now = "2026-11-22T03:10:00Z".parse().expect("a time");
        for (timezone, begins) in [
            ("Europe/Berlin", "2026-11-21T23:00:00Z"),
            ("America/New_York", "2026-11-21T05:00:00Z"),
            ("Asia/Kolkata", "2026-11-21T18:30:00Z"),
        ] {
            assert_eq!(Ok(midnight(timezone, now)), begins.parse(), "{timezone}");
        }
    }

    #[test]
    fn a_chart_never_has_more_than_a_point_for_each_hour_of_three_days() {
        for (days, hours) in [(0, 1), (3, 1), (4, 6), (21, 6), (22, 24), (365, 24)] {
            assert_eq!(bucket_seconds(Duration::days(days)), hours * 3600, "{days}");
        }
    }
}
