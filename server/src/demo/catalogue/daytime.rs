//! Workshops, sports, markets, conferences.

use chrono::Weekday;
use chrono_tz::Tz;

use super::{Course, DemoEvent, When, tickets};
use crate::demo::people::Organizer;

pub(super) fn events() -> Vec<DemoEvent> {
    vec![
        DemoEvent {
            organizer: Organizer::Northlight,
            title: "Nordic Interfaces",
            description: "Two days about the software people touch: fourteen talks on one track, long \
                breaks, and workshops in the evening. This time: interfaces for those in a \
                hurry, interfaces without screens, and what forms do to people.\n\n\
                Lunch, coffee and the boat trip are included. Talks are captioned live.",
            venue: "Gamla Tryckeriet",
            address: "Bondegatan 21",
            city: "Stockholm",
            timezone: Tz::Europe__Stockholm,
            currency: "SEK",
            when: When {
                weeks: 6,
                weekday: Weekday::Thu,
                at: (9, 0),
                minutes: 1980,
            },
            days_on_sale: 44,
            max_per_user: Some(10),
            ticket_types: const {
                &[
                    tickets("Early bird", 390000, 120, 2, 60).with("The price for the fast."),
                    tickets("Regular", 520000, 300, 2, 0),
                    tickets("Student", 120000, 40, 1, 11).with("With a student card."),
                ]
            },
            course: Course::Published,
            ada: &[],
        },
        DemoEvent {
            organizer: Organizer::Gleis7,
            title: "Coastal Ten",
            description: "Ten kilometres along the shore, or twice that if you must: flat, traffic-free, \
                and ending with soup. Start in waves of fifty from 10:00, chip timing, pacers \
                for 45, 50 and 60 minutes.\n\n\
                Collect your number on Saturday from noon or on Sunday before nine.",
            venue: "Kaivopuisto",
            address: "Ehrenströmintie 1",
            city: "Helsinki",
            timezone: Tz::Europe__Helsinki,
            currency: "EUR",
            when: When {
                weeks: 5,
                weekday: Weekday::Sun,
                at: (10, 0),
                minutes: 240,
            },
            days_on_sale: 38,
            max_per_user: None,
            ticket_types: const {
                &[
                    tickets("10 km", 3200, 600, 4, 287),
                    tickets("Half marathon", 4800, 400, 4, 164),
                    tickets("Children, 1 km", 500, 150, 4, 58),
                ]
            },
            course: Course::Published,
            ada: &[],
        },
        DemoEvent {
            organizer: Organizer::Olga,
            title: "Letterpress for Beginners",
            description: "Set a few lines of lead type by hand, ink a press that is older than all of us, \
                and go home with twenty cards that nobody else has. We are two teachers for \
                twelve people.\n\n\
                Aprons are here. Ink does not wash out; dress for it.",
            venue: "Druckwerkstatt Rixdorf",
            address: "Richardplatz 6",
            city: "Berlin",
            timezone: Tz::Europe__Berlin,
            currency: "EUR",
            when: When {
                weeks: 0,
                weekday: Weekday::Sun,
                at: (10, 0),
                minutes: 300,
            },
            days_on_sale: 27,
            max_per_user: Some(2),
            ticket_types: const { &[tickets("Place", 8500, 12, 2, 9).with("All material included.")] },
            course: Course::Published,
            ada: &[],
        },
        DemoEvent {
            organizer: Organizer::Gleis7,
            title: "Bike Repair Café",
            description: "Bring your bicycle, we bring tools, stands and people who know how. You do the \
                work, we hand you the spanner. Brakes, gears and punctures take an afternoon; \
                wheels take two.\n\n\
                Free. Spare parts at cost.",
            venue: "Gleis 7",
            address: "Am Güterbahnhof 7",
            city: "Leipzig",
            timezone: Tz::Europe__Berlin,
            currency: "EUR",
            when: When {
                weeks: 0,
                weekday: Weekday::Sat,
                at: (14, 0),
                minutes: 180,
            },
            days_on_sale: 6,
            max_per_user: Some(1),
            ticket_types: const { &[tickets("Stand with tools", 0, 30, 1, 19)] },
            course: Course::Published,
            ada: &[(0, 1)],
        },
        DemoEvent {
            organizer: Organizer::Gleis7,
            title: "Night Market at the Tram Depot",
            description: "Forty kitchens, most of them no larger than a wardrobe, between trams of six \
                decades. Dumplings, arepas, smoked trout, three kinds of waffles and a band on \
                the turntable at nine.\n\n\
                Entrance is free with a ticket; the tasting pass gets you a small plate at any \
                five stands.",
            venue: "Altes Straßenbahndepot",
            address: "Heiliggeiststraße 16",
            city: "Leipzig",
            timezone: Tz::Europe__Berlin,
            currency: "EUR",
            when: When {
                weeks: 0,
                weekday: Weekday::Fri,
                at: (17, 0),
                minutes: 360,
            },
            days_on_sale: 13,
            max_per_user: None,
            ticket_types: const {
                &[
                    tickets("Entrance", 0, 900, 8, 412),
                    tickets("Tasting pass", 1500, 250, 6, 96)
                        .with("Five small plates of your choice."),
                ]
            },
            course: Course::Published,
            ada: &[(0, 2), (1, 2)],
        },
        DemoEvent {
            organizer: Organizer::AtelierNorte,
            title: "Sourdough in a Day",
            description: "From a spoonful of starter to two loaves under your arm. We mix, fold, wait, \
                talk about flour while we wait, shape and bake. Lunch comes out of the same \
                oven.",
            venue: "Forno Comune",
            address: "Via Paolo Sarpi 41",
            city: "Milan",
            timezone: Tz::Europe__Rome,
            currency: "EUR",
            when: When {
                weeks: 3,
                weekday: Weekday::Sat,
                at: (9, 30),
                minutes: 420,
            },
            days_on_sale: 15,
            max_per_user: None,
            ticket_types: const {
                &[
                    tickets("Place", 9500, 14, 2, 14),
                    tickets("Place for two at one bench", 16000, 4, 1, 1)
                        .with("Bake together, share the loaves."),
                ]
            },
            course: Course::Published,
            ada: &[],
        },
        DemoEvent {
            organizer: Organizer::Gleis7,
            title: "Stars over the Hill",
            description: "Away from the lamps, with three telescopes and someone who can tell you what you \
                are looking at: a planet early, Andromeda later, satellites all the time. Warm \
                clothes, please, and red lights only.\n\n\
                In clouds we meet the next evening instead; tickets stay good.",
            venue: "Schauinsland car park",
            address: "Schauinslandstraße 390",
            city: "Freiburg",
            timezone: Tz::Europe__Berlin,
            currency: "EUR",
            when: When {
                weeks: 4,
                weekday: Weekday::Mon,
                at: (20, 0),
                minutes: 150,
            },
            days_on_sale: 11,
            max_per_user: None,
            ticket_types: const {
                &[
                    tickets("Adult", 800, 60, 6, 23),
                    tickets("Child", 0, 40, 6, 15),
                ]
            },
            course: Course::Published,
            ada: &[],
        },
    ]
}
