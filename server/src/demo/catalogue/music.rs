//! Concerts, club nights, festivals.

use chrono::Weekday;
use chrono_tz::Tz;

use super::{Course, DemoEvent, When, tickets};
use crate::demo::people::Organizer;

pub(super) fn events() -> Vec<DemoEvent> {
    vec![
        DemoEvent {
            organizer: Organizer::Olga,
            title: "Kaskade Quartet: Night Music",
            description: "Four players, one candle on each stand, and a programme that begins with Haydn \
                and ends somewhere around midnight: Haydn, Janáček, something very new, and an encore \
                nobody has been told about yet.\n\n\
                The bar stays open after the last note, and so do the musicians. Doors at 19:30, \
                no admission during the slow movements.",
            venue: "Kesselhaus am Kanal",
            address: "Uferstraße 14",
            city: "Berlin",
            timezone: Tz::Europe__Berlin,
            currency: "EUR",
            when: When {
                weeks: 0,
                weekday: Weekday::Fri,
                at: (20, 0),
                minutes: 135,
            },
            days_on_sale: 41,
            max_per_user: None,
            ticket_types: const {
                &[
                    tickets("Stalls", 3200, 160, 6, 97).with("Unreserved seats on the floor."),
                    tickets("Gallery", 2200, 70, 6, 31)
                        .with("Upstairs, with a view of everyone else."),
                    tickets("Under 26", 1200, 30, 2, 12)
                        .with("Bring something that shows your age."),
                ]
            },
            course: Course::Published,
            ada: &[(0, 2)],
        },
        DemoEvent {
            organizer: Organizer::Olga,
            title: "Tiefgang: Club Night at the Boiler House",
            description: "Three floors, no phones on any of them. Downstairs it is house until the lights \
                come on; in the turbine hall Marlene Voss plays six hours of everything else; in \
                the courtyard there is a fire and something to eat.\n\n\
                Entrance until 03:00. Over 18 only, bring identification.",
            venue: "Boiler House",
            address: "Köpenicker Chaussee 41",
            city: "Berlin",
            timezone: Tz::Europe__Berlin,
            currency: "EUR",
            when: When {
                weeks: 0,
                weekday: Weekday::Sat,
                at: (23, 0),
                minutes: 480,
            },
            days_on_sale: 18,
            max_per_user: Some(6),
            ticket_types: const {
                &[
                    tickets("Early bird", 1200, 60, 2, 60).with("Sold first."),
                    tickets("Regular", 1800, 240, 4, 58),
                    tickets("Friends of the house", 3500, 20, 2, 6)
                        .with("Skip the queue, cloakroom included."),
                ]
            },
            course: Course::Published,
            ada: &[(1, 3)],
        },
        DemoEvent {
            organizer: Organizer::Northlight,
            title: "Harbour Lights: The Farewell Tour",
            description: "After twenty-two years and eleven records, Harbour Lights play their last \
                concert where it all began: at home, by the water, for as many people as the \
                stadium holds.\n\n\
                Support from Kite Season and the Elbe Brass Union. Gates open at 16:00. Bags no \
                larger than A4, please. The stadium has step-free entrances on all sides; \
                companions of wheelchair users come in free, write to us.",
            venue: "Elbpark Stadium",
            address: "Am Volksgarten 2",
            city: "Hamburg",
            timezone: Tz::Europe__Berlin,
            currency: "EUR",
            when: When {
                weeks: 10,
                weekday: Weekday::Sat,
                at: (19, 0),
                minutes: 210,
            },
            days_on_sale: 26,
            max_per_user: None,
            ticket_types: const {
                &[
                    tickets("Standing", 6900, 8000, 8, 2900)
                        .with("The pitch, from the stage to the goal line."),
                    tickets("Seated", 8900, 11000, 8, 2100)
                        .with("Numbered by entrance; sit where you like within your block."),
                    tickets("Front circle", 24900, 1000, 4, 640)
                        .with("In front of everything, with early entry at 15:00."),
                ]
            },
            course: Course::Published,
            ada: &[],
        },
        DemoEvent {
            organizer: Organizer::AtelierNorte,
            title: "Fado at the Water Tower",
            description: "Forty chairs, one singer, two guitars, no microphone. Teresa Valadares sings the \
                old songs of Alfama the way she learned them from her grandmother, and a few of \
                her own.\n\n\
                The tower has 112 steps and no lift. Soup and bread at the interval are \
                included.",
            venue: "Torre da Água",
            address: "Rua das Amoreiras 101",
            city: "Lisbon",
            timezone: Tz::Europe__Lisbon,
            currency: "EUR",
            when: When {
                weeks: 0,
                weekday: Weekday::Thu,
                at: (21, 30),
                minutes: 120,
            },
            days_on_sale: 23,
            max_per_user: Some(2),
            ticket_types: const { &[tickets("Seat", 2800, 40, 2, 40)] },
            course: Course::Published,
            ada: &[],
        },
        DemoEvent {
            organizer: Organizer::Northlight,
            title: "Waltzes by Candlelight",
            description: "An evening of waltzes, polkas and one very slow ländler in a hall that was built \
                for them. Dancing is not required but has been known to happen.\n\n\
                The Orchestra of the Old Exchange is conducted from the violin by Miriam Adler.",
            venue: "Alte Börse",
            address: "Wipplingerstraße 34",
            city: "Vienna",
            timezone: Tz::Europe__Vienna,
            currency: "EUR",
            when: When {
                weeks: 1,
                weekday: Weekday::Sun,
                at: (18, 0),
                minutes: 110,
            },
            days_on_sale: 52,
            max_per_user: None,
            ticket_types: const {
                &[
                    tickets("Parquet", 4900, 90, 6, 86),
                    tickets("Balcony", 3400, 60, 6, 55),
                ]
            },
            course: Course::Published,
            ada: &[],
        },
        DemoEvent {
            organizer: Organizer::Northlight,
            title: "Ida Holm Trio",
            description: "Piano, bass, drums and a great deal of air between them. Ida Holm brings the \
                music of her new record, written in a lighthouse over one winter and recorded in \
                a single night.\n\n\
                Two sets, seats at tables, kitchen open until 21:00.",
            venue: "Pakhus 9",
            address: "Havnegade 27",
            city: "Copenhagen",
            timezone: Tz::Europe__Copenhagen,
            currency: "DKK",
            when: When {
                weeks: 2,
                weekday: Weekday::Wed,
                at: (20, 0),
                minutes: 150,
            },
            days_on_sale: 20,
            max_per_user: None,
            ticket_types: const {
                &[
                    tickets("Table seat", 24500, 80, 4, 49),
                    tickets("Bar", 16500, 40, 4, 11),
                ]
            },
            course: Course::Published,
            ada: &[],
        },
        DemoEvent {
            organizer: Organizer::Northlight,
            title: "Brass on the Roof",
            description: "Twelve horns, a sousaphone and the skyline. The Gowanus Street Band plays \
                second-line classics and requests until the neighbours call.\n\n\
                In bad weather we move one floor down. 21 and over after 22:00.",
            venue: "The Cannery Rooftop",
            address: "410 Third Avenue",
            city: "New York",
            timezone: Tz::America__New_York,
            currency: "USD",
            when: When {
                weeks: 1,
                weekday: Weekday::Sat,
                at: (19, 30),
                minutes: 180,
            },
            days_on_sale: 14,
            max_per_user: None,
            ticket_types: const {
                &[
                    tickets("General admission", 3000, 180, 6, 121),
                    tickets("Rail", 4500, 30, 2, 30)
                        .with("Standing at the edge, with the best view of both."),
                ]
            },
            course: Course::Published,
            ada: &[],
        },
        DemoEvent {
            organizer: Organizer::AtelierNorte,
            title: "Koto and Current",
            description: "A thirteen-string koto from 1911 meets a wall of modular synthesizers. Hana \
                Ishikawa and Rei Sato play one unbroken piece of fifty minutes, then answer \
                questions.\n\n\
                Cushions on the floor; a few chairs on request.",
            venue: "Kura Hall",
            address: "Yanaka 3-12-8",
            city: "Tokyo",
            timezone: Tz::Asia__Tokyo,
            currency: "JPY",
            when: When {
                weeks: 3,
                weekday: Weekday::Tue,
                at: (19, 0),
                minutes: 90,
            },
            days_on_sale: 16,
            max_per_user: None,
            ticket_types: const {
                &[
                    tickets("Floor", 4800, 70, 4, 38),
                    tickets("Student", 2400, 20, 1, 9),
                ]
            },
            course: Course::Published,
            ada: &[],
        },
        DemoEvent {
            organizer: Organizer::Northlight,
            title: "Polder Sound Festival",
            description: "Two days on an island that is only an island when it rains: 34 acts on four \
                small stages, none of them more than five minutes from the water.\n\n\
                Camping is part of the weekend ticket. Free ferry from the central station every \
                ten minutes, all night.",
            venue: "Het Eiland",
            address: "Zuiderpolder 1",
            city: "Amsterdam",
            timezone: Tz::Europe__Amsterdam,
            currency: "EUR",
            when: When {
                weeks: 14,
                weekday: Weekday::Sat,
                at: (12, 0),
                minutes: 2160,
            },
            days_on_sale: 2,
            max_per_user: Some(8),
            ticket_types: const {
                &[
                    tickets("Weekend with camping", 12900, 3000, 4, 0)
                        .with("Both days and a place for your tent.")
                        .opening_in(5),
                    tickets("Saturday", 7200, 1500, 4, 0).opening_in(5),
                    tickets("Sunday", 6900, 1500, 4, 0).opening_in(5),
                ]
            },
            course: Course::Published,
            ada: &[],
        },
        DemoEvent {
            organizer: Organizer::Olga,
            title: "Songs from a Small Room",
            description: "Nora Quist recorded her first album in the room she grew up in, and plays it in \
                one about as big. A voice, a nylon-string guitar, a harmonium that has seen \
                better days.",
            venue: "Salon Petit",
            address: "Weserstraße 58",
            city: "Berlin",
            timezone: Tz::Europe__Berlin,
            currency: "EUR",
            when: When {
                weeks: -2,
                weekday: Weekday::Fri,
                at: (20, 30),
                minutes: 100,
            },
            days_on_sale: 24,
            max_per_user: None,
            ticket_types: const { &[tickets("Seat", 1900, 85, 4, 78)] },
            course: Course::Published,
            ada: &[(0, 2)],
        },
        DemoEvent {
            organizer: Organizer::Olga,
            title: "Tiefgang: Opening Night",
            description: "The first night at the Boiler House. We have a building, a sound system and a \
                licence for one night; let us see.",
            venue: "Boiler House",
            address: "Köpenicker Chaussee 41",
            city: "Berlin",
            timezone: Tz::Europe__Berlin,
            currency: "EUR",
            when: When {
                weeks: -7,
                weekday: Weekday::Sat,
                at: (23, 0),
                minutes: 420,
            },
            days_on_sale: 21,
            max_per_user: None,
            ticket_types: const { &[tickets("Entrance", 1500, 260, 4, 203)] },
            course: Course::Published,
            ada: &[(0, 1)],
        },
        DemoEvent {
            organizer: Organizer::Olga,
            title: "Ten Years of the Boiler House",
            description: "Three floors, two birthday cakes (one early, for those with children), one fire.",
            venue: "Boiler House",
            address: "Köpenicker Chaussee 41",
            city: "Berlin",
            timezone: Tz::Europe__Berlin,
            currency: "EUR",
            when: When {
                weeks: 9,
                weekday: Weekday::Thu,
                at: (21, 0),
                minutes: 600,
            },
            days_on_sale: 1,
            max_per_user: None,
            ticket_types: const {
                &[
                    tickets("Regular", 3500, 300, 6, 0),
                    tickets("Family until 23:00", 2000, 60, 6, 0),
                ]
            },
            course: Course::Draft,
            ada: &[],
        },
    ]
}
