//! Theatre, comedy, film, spoken word.

use chrono::Weekday;
use chrono_tz::Tz;

use super::{Course, DemoEvent, When, tickets};
use crate::demo::people::Organizer;

pub(super) fn events() -> Vec<DemoEvent> {
    vec![
        DemoEvent {
            organizer: Organizer::AtelierNorte,
            title: "Late Laughs: New Material Night",
            description: "Six comedians you have heard of try out ten minutes nobody has. Some of it will \
                be on television next year. Some of it will never be spoken of again.\n\n\
                No filming. Latecomers will be part of the show.",
            venue: "The Blue Door",
            address: "19 Ridley Road",
            city: "London",
            timezone: Tz::Europe__London,
            currency: "GBP",
            when: When {
                weeks: 0,
                weekday: Weekday::Tue,
                at: (20, 0),
                minutes: 120,
            },
            days_on_sale: 10,
            max_per_user: None,
            ticket_types: const {
                &[
                    tickets("Seat", 1200, 90, 6, 71),
                    tickets("Front row", 1000, 10, 2, 4).with("Cheaper for a reason."),
                ]
            },
            course: Course::Published,
            ada: &[],
        },
        DemoEvent {
            organizer: Organizer::Olga,
            title: "The Lighthouse Keeper's Daughter",
            description: "A play for three actors, one lamp and a live foley artist. On the last night \
                before the light is automated, a daughter returns to an island that has already \
                been sold.\n\n\
                Written and directed by Sunniva Dahl. In English with German surtitles. 95 \
                minutes without an interval.",
            venue: "Theater im Speicher",
            address: "Oberbaumstraße 8",
            city: "Berlin",
            timezone: Tz::Europe__Berlin,
            currency: "EUR",
            when: When {
                weeks: 2,
                weekday: Weekday::Thu,
                at: (19, 30),
                minutes: 95,
            },
            days_on_sale: 33,
            max_per_user: None,
            ticket_types: const {
                &[
                    tickets("Category A", 3600, 60, 6, 41).with("Rows 1 to 6."),
                    tickets("Category B", 2600, 80, 6, 39).with("Rows 7 to 14."),
                    tickets("Reduced", 1400, 30, 4, 17).with("Students, apprentices, unemployed."),
                ]
            },
            course: Course::Published,
            ada: &[],
        },
        DemoEvent {
            organizer: Organizer::AtelierNorte,
            title: "Impro sur canapé",
            description: "Four actors, one sofa, and your suggestions. A new story every evening, in \
                French, with enough pantomime for everyone else.",
            venue: "Le Petit Entrepôt",
            address: "22 rue des Vinaigriers",
            city: "Paris",
            timezone: Tz::Europe__Paris,
            currency: "EUR",
            when: When {
                weeks: 1,
                weekday: Weekday::Fri,
                at: (21, 0),
                minutes: 75,
            },
            days_on_sale: 12,
            max_per_user: None,
            ticket_types: const {
                &[
                    tickets("Plein tarif", 1600, 70, 6, 33),
                    tickets("Tarif réduit", 1100, 30, 4, 14),
                ]
            },
            course: Course::Published,
            ada: &[],
        },
        DemoEvent {
            organizer: Organizer::Gleis7,
            title: "Words and Stout: Open Mic",
            description: "Poems, stories, songs without instruments: five minutes each, first come, first \
                heard. Sign up at the bar from seven.\n\n\
                Free, but the room is small: take a ticket, and give it back if you cannot come.",
            venue: "Mulligan's Back Room",
            address: "8 Poolbeg Lane",
            city: "Dublin",
            timezone: Tz::Europe__Dublin,
            currency: "EUR",
            when: When {
                weeks: 0,
                weekday: Weekday::Wed,
                at: (19, 30),
                minutes: 150,
            },
            days_on_sale: 9,
            max_per_user: None,
            ticket_types: const {
                &[
                    tickets("Listener", 0, 55, 4, 38),
                    tickets("Reader", 0, 14, 1, 6).with("Five minutes at the microphone."),
                ]
            },
            course: Course::Published,
            ada: &[],
        },
        DemoEvent {
            organizer: Organizer::Northlight,
            title: "Metropolis with Live Piano",
            description: "The restored print of 1927, two and a half hours of it, with Aurel Moser \
                improvising at the grand piano from the first frame to the last.\n\n\
                One interval. Popcorn is sold before the film, not during.",
            venue: "Kino Lindenhof",
            address: "Badenerstrasse 120",
            city: "Zürich",
            timezone: Tz::Europe__Zurich,
            currency: "CHF",
            when: When {
                weeks: 2,
                weekday: Weekday::Sat,
                at: (20, 15),
                minutes: 175,
            },
            days_on_sale: 19,
            max_per_user: None,
            ticket_types: const {
                &[
                    tickets("Seat", 2900, 150, 8, 64),
                    tickets("Under 16", 1500, 30, 4, 7),
                ]
            },
            course: Course::Published,
            ada: &[],
        },
        DemoEvent {
            organizer: Organizer::AtelierNorte,
            title: "The Fox Who Borrowed the Moon",
            description: "A puppet play for everyone from four: a fox borrows the moon to find her way \
                home, and then nobody else can find theirs. Forty-five minutes, then the puppets \
                come out to be met.\n\n\
                In Polish, with hardly any words.",
            venue: "Teatr Pod Dachem",
            address: "ul. Józefa 12",
            city: "Kraków",
            timezone: Tz::Europe__Warsaw,
            currency: "PLN",
            when: When {
                weeks: 1,
                weekday: Weekday::Sun,
                at: (11, 0),
                minutes: 60,
            },
            days_on_sale: 17,
            max_per_user: None,
            ticket_types: const {
                &[
                    tickets("Child", 3500, 60, 6, 44),
                    tickets("Grown-up", 4500, 50, 4, 29),
                ]
            },
            course: Course::Published,
            ada: &[],
        },
        DemoEvent {
            organizer: Organizer::Olga,
            title: "An Evening with Sad Robots",
            description: "Spoken word, servo motors and one accordion. The ensemble has been delayed by a \
                broken arm (not a robot's), so this evening will not take place.",
            venue: "Kesselhaus am Kanal",
            address: "Uferstraße 14",
            city: "Berlin",
            timezone: Tz::Europe__Berlin,
            currency: "EUR",
            when: When {
                weeks: 1,
                weekday: Weekday::Wed,
                at: (20, 0),
                minutes: 100,
            },
            days_on_sale: 28,
            max_per_user: None,
            ticket_types: const { &[tickets("Seat", 2100, 120, 6, 46)] },
            course: Course::Cancelled,
            ada: &[],
        },
    ]
}
