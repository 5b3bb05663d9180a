//! The time zones that events can be in, by the cities that people know them by. Each has the one name
//! that the IANA gives it today.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use api::timezones::TimeZone;
use axum::http::HeaderMap;
use axum::response::Response;
use chrono_tz::Tz;
use i18n::Language;
use icu_time::zone::iana::IanaParserExtended;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::Answer;
use crate::error::Result;
use crate::extract::Query;
use crate::reader::Reader;
use crate::state::AppState;

/// The parts of the world in which zones are called after cities.
const AREAS: [&str; 9] = [
    "Africa",
    "America",
    "Antarctica",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
];
/// An event on the net may be nowhere.
const NOWHERE: &str = "UTC";

/// The route of time zones.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(time_zones))
}

/// In which language.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// `de`; when absent, `Accept-Language` says.
    language: Option<String>,
}

/// List the time zones that an event can be in, by city. Has an ETag.
#[utoipa::path(get, path = "/time-zones", tag = "host", params(ListQuery),
    responses((status = 200, body = Vec<TimeZone>), (status = 304)))]
async fn time_zones(headers: HeaderMap, Query(query): Query<ListQuery>) -> Result<Response> {
    let language = query.language.as_deref().and_then(i18n::named);
    let language = language.unwrap_or_else(|| Reader::asking(&headers).language);
    Ok(answer(language)?.respond(&headers))
}

/// The same for all who speak a language, so it is made once.
fn answer(language: Language) -> Result<Answer> {
    static MADE: Mutex<Vec<(Language, Answer)>> = Mutex::new(Vec::new());
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, answer)) = made.iter().find(|(known, _)| *known == language) {
        return Ok(answer.clone());
    }
    let answer = Answer::json(&all(language))?;
    made.push((language, answer.clone()));
    Ok(answer)
}

/// Every zone, by city.
fn all(language: Language) -> Vec<TimeZone> {
    let reader = Reader::of(i18n::tag(language));
    let parser = IanaParserExtended::new();
    let mut aliases = BTreeMap::<&str, Vec<String>>::new();
    for zone in parser.iter_all() {
        if zone.normalized != zone.canonical {
            let others = aliases.entry(zone.canonical).or_default();
            others.push(zone.normalized.to_owned());
        }
    }
    let zones = parser.iter().map(|zone| zone.canonical);
    let zones = zones.filter(|zone| is_of_a_city(zone) && is_known(zone));
    let mut zones: Vec<TimeZone> = zones
        .map(|zone| TimeZone {
            id: zone.to_owned(),
            city: reader.city_of(zone).unwrap_or_else(|| zone.to_owned()),
            aliases: aliases.remove(zone).unwrap_or_default(),
        })
        .collect();
    zones.sort_by_cached_key(|zone| (zone.city.to_lowercase(), zone.id.clone()));
    zones.push(TimeZone {
        id: NOWHERE.to_owned(),
        city: NOWHERE.to_owned(),
        aliases: Vec::new(),
    });
    zones
}

/// The name that the zone has today; as it is where it is not of a city.
pub fn canonical(timezone: &str) -> &str {
    let name = IanaParserExtended::new().parse(timezone).canonical;
    match is_of_a_city(name) && is_known(name) {
        true => name,
        false => timezone,
    }
}

fn is_of_a_city(zone: &str) -> bool {
    let area = zone.split_once('/').map(|(area, _)| area);
    area.is_some_and(|area| AREAS.contains(&area))
}

fn is_known(zone: &str) -> bool {
    zone.parse::<Tz>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn former_names_become_those_of_today() {
        for (name, today) in [
            ("Asia/Calcutta", "Asia/Kolkata"),
            ("Europe/Kiev", "Europe/Kyiv"),
            ("US/Eastern", "America/New_York"),
            ("America/Buenos_Aires", "America/Argentina/Buenos_Aires"),
            ("Europe/Berlin", "Europe/Berlin"),
            ("UTC", "UTC"),
            ("Atlantis/Capital", "Atlantis/Capital"),
        ] {
            assert_eq!(canonical(name), today);
        }
    }
}
