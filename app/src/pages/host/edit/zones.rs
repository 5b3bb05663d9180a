//! The time zones that an event can be in, by city, in the order in which they are wanted.

use ::api::timezones::TimeZone;
use i18n::{language, tag};
use leptos::prelude::*;

use crate::api;
use crate::components::{ComboOption, folded};
use crate::fetch::Fetch;
use crate::zoned;

/// The zones: the venue's first, then that of this device, then all by city. Until the server has said
/// which there are, those that this device knows.
pub(super) fn use_zones(venue: RwSignal<String>) -> Signal<Vec<ComboOption>> {
    let known = Fetch::new(|| (), |()| async { api::time_zones(tag(language())).await });
    let here = zoned::here();
    Signal::derive(move || {
        let zones = known.value.get().unwrap_or_else(of_this_device);
        let venue = venue.get();
        sorted(zones, &folded(venue.trim()), &here)
            .into_iter()
            .map(option)
            .collect()
    })
}

fn of_this_device() -> Vec<TimeZone> {
    let zone = |id: String| TimeZone {
        city: last_part(&id),
        aliases: Vec::new(),
        id,
    };
    zoned::all().into_iter().map(zone).collect()
}

fn sorted(mut zones: Vec<TimeZone>, venue: &str, here: &str) -> Vec<TimeZone> {
    let rank = |zone: &TimeZone| {
        let cities = [folded(&zone.city), folded(&last_part(&zone.id))];
        let is_of_venue = cities.iter().any(|city| city == venue);
        let is_here = zone.id == here || zone.aliases.iter().any(|alias| alias == here);
        match () {
            () if is_of_venue => 0,
            () if is_here => 1,
            () => 2,
        }
    };
    zones.sort_by_cached_key(rank);
    zones
}

fn option(zone: TimeZone) -> ComboOption {
    let area = zone.id.rsplit_once('/').map(|(area, _)| area);
    ComboOption {
        label: zone.city,
        note: area.unwrap_or_default().replace('_', " "),
        also: zone.aliases,
        value: zone.id,
    }
}

fn last_part(id: &str) -> String {
    let last = id.rsplit_once('/').map_or(id, |(_, last)| last);
    last.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_city_of_the_venue_comes_first_and_then_ones_own() {
        let zone = |id: &str, city: &str, aliases: &[&str]| TimeZone {
            id: id.to_owned(),
            city: city.to_owned(),
            aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        };
        let zones = vec![
            zone("Europe/Berlin", "Berlin", &[]),
            zone("Asia/Kolkata", "Kalkutta", &["Asia/Calcutta"]),
            zone("America/New_York", "New York", &["US/Eastern"]),
            zone("Asia/Tokyo", "Tokio", &[]),
        ];
        let order = |venue: &str, here: &str| {
            let sorted = sorted(zones.clone(), &folded(venue), here);
            let cities: Vec<String> = sorted.into_iter().map(|zone| zone.city).collect();
            cities.join(" ")
        };
        assert_eq!(
            order("TOKIO", "Asia/Calcutta"),
            "Tokio Kalkutta Berlin New York"
        );
        assert_eq!(
            order("tokyo", "Europe/Berlin"),
            "Tokio Berlin Kalkutta New York"
        );
        assert_eq!(
            order("new york", "Nowhere"),
            "New York Berlin Kalkutta Tokio"
        );
        assert_eq!(order("", "Nowhere"), "Berlin Kalkutta New York Tokio");
    }
}
