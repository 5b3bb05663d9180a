//! What the screens show: the demo, and what it lacks, made over the API.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result};
use api::Page;
use api::events::{EventSummary, SaleState};
use api::host::{CreateEvent, HostEvent};
use api::tickets::Ticket;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::backstage::{Account, event, in_days};
use crate::service::Service;

/// One word each, as long as the server takes.
const LONG_TITLE: &str = "Donaudampfschifffahrtsgesellschaftskapitaensmuetzenausstellungseroeffnungsfeierlichkeitsvorbereitungsausschusssitzungssa";
const LONG_NAME: &str = "WilhelmineAdelgundevonHohenfelsWackerbarthSalmourSchwarzenbergSondershausenZuLeiningenHartenburgDags";
const LONG_TYPE: &str = "Dauerkartenvorverkaufsberechtigungsbescheinigungsnachweisamt";
const LONG_VENUE: &str = "Oberrheinischesbinnenschifffahrtsmuseumsverwaltungsgebaeudeerweiterungsbauplanungskommissionssitzungssaalvorraumstreppen";

/// Everything there is to see.
pub struct Stage {
    service: Service,
    buyer: Account,
    names: BTreeMap<&'static str, String>,
}

impl Stage {
    /// Sets it up.
    pub async fn set_up() -> Result<Self> {
        let service = Service::start_with_demo().await?;
        let mut stage = Self {
            buyer: Account::login(&service, "ben.carter@example.com").await?,
            service,
            names: BTreeMap::new(),
        };
        let olga = Account::login(&stage.service, "olga@example.com").await?;
        let ada = Account::login(&stage.service, "ada@example.com").await?;
        let nina = stage.newcomer().await?;
        stage.name_demo().await?;
        stage.make_words(&olga, &ada).await?;
        stage.make_tonight(&olga, &ada).await?;
        stage.make_courses(&olga, &ada).await?;
        stage.make_lines(&olga, &ada, &nina).await?;
        let claim = stage.service.linked("/claim/").await?;
        stage.names.insert("claim", claim);
        Ok(stage)
    }

    /// Puts the names of what is on the stage for what stands in braces.
    pub fn fill(&self, text: &str) -> Result<String> {
        let Some((before, rest)) = text.split_once('{') else {
            return Ok(text.to_owned());
        };
        let (name, after) = rest.split_once('}').context("a brace is never closed")?;
        let value = self.names.get(name);
        let value = value.with_context(|| format!("there is no {{{name}}} on the stage"))?;
        Ok(format!("{before}{value}{after}"))
    }

    /// Where all this is.
    pub fn service(&self) -> &Service {
        &self.service
    }

    /// Takes the server down.
    pub(super) fn stop(&mut self) {
        self.service.stop();
    }

    /// Brings the server up again.
    pub(super) async fn resume(&mut self) -> Result<()> {
        self.service.resume().await
    }

    /// Buys all that is left of an event.
    pub(super) async fn sell_out(&self, name: &str) -> Result<()> {
        let id: Uuid = self.fill(name)?.parse()?;
        for kind in self.buyer.event(id).await?.ticket_types {
            if kind.left > 0 {
                self.buyer.buy(kind.id, kind.left).await?;
            }
        }
        Ok(())
    }

    /// Someone with a new account.
    async fn newcomer(&self) -> Result<Account> {
        Account::register(&self.service, "Nina Sørensen", "nina@example.com").await
    }

    /// Names an event of the demo by each state it can be in.
    async fn name_demo(&mut self) -> Result<()> {
        let mut events = Vec::new();
        // Only a search finds what is cancelled.
        for wanted in ["when=all", "when=past", "q=sad%20robots"] {
            let path = format!("/events?limit=100&{wanted}");
            let page: Page<EventSummary> = self.buyer.get(&path).await?;
            events.extend(page.items);
        }
        for (name, state) in [
            ("few_left", SaleState::FewLeft),
            ("sold_out", SaleState::SoldOut),
            ("not_yet", SaleState::NotYet),
            ("ended", SaleState::Ended),
            ("cancelled", SaleState::Cancelled),
        ] {
            let found = events.iter().find(|event| event.state == state);
            let found = found.with_context(|| format!("the demo has nothing that is {state:?}"))?;
            self.names.insert(name, found.id.to_string());
        }
        for (name, title) in [
            ("on_sale", "The Lighthouse Keeper's Daughter"),
            ("free", "Words and Stout: Open Mic"),
        ] {
            let found = events.iter().find(|event| event.title == title);
            let found = found.with_context(|| format!("the demo has no {title:?}"))?;
            self.names.insert(name, found.id.to_string());
        }
        Ok(())
    }

    /// Events whose words are long, or run from right to left.
    async fn make_words(&mut self, olga: &Account, ada: &Account) -> Result<()> {
        let mut long = event(
            LONG_TITLE,
            &[
                (LONG_TYPE, 99_999_999, 1_000_000),
                (
                    "Reduced, for members of the society of friends of the museum",
                    123_456,
                    250_000,
                ),
            ],
        )?;
        long.venue = format!("{LONG_VENUE}, third courtyard, second staircase");
        long.city = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch".to_owned();
        long.description = format!(
            "{}\n\n{}",
            LONG_TITLE.repeat(3),
            "Not a moment too long. ".repeat(60)
        );
        for kind in &mut long.ticket_types {
            kind.description =
                "With a word of welcome, a word of thanks, and everything in between. ".repeat(4);
        }
        let long = self.publish("long", olga, &long).await?;
        let bought = ada.buy(long.ticket_types[0].id, 2).await?;
        self.names.insert("long_order", bought.id.to_string());
        let number = bought.lines[0].tickets[0].number;
        self.names
            .insert("long_ticket", format!("{}/{number}", long.id));

        let mut rtl = event(
            "ليلة الموسيقى في حيفا",
            &[("כניסה כללית", 4500, 200), ("مقعد أمامي", 9000, 40)],
        )?;
        rtl.venue = "אולם הקונצרטים".to_owned();
        rtl.city = "חיפה".to_owned();
        rtl.description = "أمسية من الأغاني القديمة والجديدة، مع خمسة عازفين ومغنية واحدة.\n\nהדלתות נפתחות בשעה שבע.".to_owned();
        let rtl = self.publish("rtl", olga, &rtl).await?;
        let kept = ada.buy(rtl.ticket_types[0].id, 3).await?;
        self.names.insert("coming_order", kept.id.to_string());
        let number = kept.lines[0].tickets[0].number;
        self.names
            .insert("rtl_ticket", format!("{}/{number}", rtl.id));
        let refunded = ada.buy(rtl.ticket_types[1].id, 1).await?;
        ada.refund(&refunded, refunded.lines[0].tickets[0].number)
            .await?;
        self.names.insert("refunded_order", refunded.id.to_string());
        Ok(())
    }

    /// An event whose doors are open, and of which Ada has a ticket in every state.
    async fn make_tonight(&mut self, olga: &Account, ada: &Account) -> Result<()> {
        let mut tonight = event(
            "Slow Thunder",
            &[("Standing", 2500, 120), ("Balcony", 4000, 30)],
        )?;
        tonight.venue = "Kesselhaus am Kanal".to_owned();
        tonight.description = "Three drummers, one storm. Earplugs are at the bar.".to_owned();
        let tonight = self.publish("tonight", olga, &tonight).await?;
        let (id, standing) = (tonight.id, tonight.ticket_types[0].id);
        let order = ada.buy(standing, 6).await?;
        self.names.insert("order", order.id.to_string());
        let numbers: Vec<i32> = order.lines[0]
            .tickets
            .iter()
            .map(|ticket| ticket.number)
            .collect();
        for (name, number) in ["used", "sent", "refunded", "revoked", "valid", "to_scan"]
            .into_iter()
            .zip(&numbers)
        {
            self.names.insert(name, format!("{id}/{number}"));
        }
        for (name, email) in [
            (LONG_NAME, "wilhelmine@example.com"),
            ("رامي الخوري", "rami@example.com"),
        ] {
            let someone = Account::register(&self.service, name, email).await?;
            someone.buy(standing, 1).await?;
        }
        for (name, number) in [("used_code", numbers[0]), ("scan_code", numbers[5])] {
            let ticket: Ticket = ada.get(&format!("/tickets/{id}/{number}")).await?;
            let code = ticket.short_code.context("a ticket without a code")?;
            self.names.insert(name, code);
        }
        let sent = json!({"email": "nina@example.com"});
        let _sent: Value = ada
            .post(&format!("/tickets/{id}/{}/transfers", numbers[1]), &sent)
            .await?;
        let refund = format!("/host/events/{id}/tickets/{}/refund", numbers[2]);
        let _refunded: Value = olga.post(&refund, &json!({})).await?;
        let reason = json!({"reason": "Sold on at three times the price."});
        let _revoked: Value = olga
            .post(
                &format!("/host/events/{id}/tickets/{}/revoke", numbers[3]),
                &reason,
            )
            .await?;
        olga.open_doors(id).await?;
        let scan = json!({"nonce": Uuid::new_v4(), "number": numbers[0], "gate": "Gate A"});
        let _scanned: Value = olga
            .post(&format!("/host/events/{id}/check-ins"), &scan)
            .await?;
        let promo = json!({"code": "FRIENDS", "discount": {"percent": 20}});
        let _promo: Value = olga
            .post(&format!("/host/events/{id}/promo-codes"), &promo)
            .await?;
        Ok(())
    }

    /// An event in each course that one of Olga's can take.
    async fn make_courses(&mut self, olga: &Account, ada: &Account) -> Result<()> {
        let paused = event("Lanterns on the Lake", &[("Boat for two", 5800, 24)])?;
        let paused = self.publish("paused", olga, &paused).await?;
        let _paused: Value = olga
            .post(&format!("/host/events/{}/pause", paused.id), &json!({}))
            .await?;
        let off = event("A Night without Maps", &[("Seat", 1900, 80)])?;
        let off = self.publish("called_off", olga, &off).await?;
        ada.buy(off.ticket_types[0].id, 2).await?;
        let _off: Value = olga
            .post(&format!("/host/events/{}/cancel", off.id), &json!({}))
            .await?;
        let draft = olga
            .draft(&event("Winter Ball", &[("Pair", 9000, 150)])?)
            .await?;
        self.names.insert("draft", draft.id.to_string());
        let last = event("Chamber Music for Two", &[("Seat", 3000, 2)])?;
        let last = self.publish("last_seats", olga, &last).await?;
        self.buyer.buy(last.ticket_types[0].id, 1).await?;
        Ok(())
    }

    /// A line of two for what is sold out, of whom the first is offered what came back.
    async fn make_lines(&mut self, olga: &Account, ada: &Account, nina: &Account) -> Result<()> {
        let tiny = event("Supper at the Long Table", &[("Seat", 6500, 2)])?;
        let tiny = self.publish("tiny", olga, &tiny).await?;
        let kind = tiny.ticket_types[0].id;
        let sold = self.buyer.buy(kind, 2).await?;
        for waiting in [ada, nina] {
            let place = json!({"ticket_type_id": kind, "quantity": 1});
            let _place: Value = waiting
                .post(&format!("/events/{}/waiting-list", tiny.id), &place)
                .await?;
        }
        self.buyer
            .refund(&sold, sold.lines[0].tickets[0].number)
            .await?;
        Ok(())
    }

    /// Puts on more events than anybody scrolls through.
    pub async fn put_on_many(&self) -> Result<()> {
        const EVENTS: usize = 500;
        const AT_ONCE: usize = 4;
        let organizer = Account::login(&self.service, "northlight@example.com").await?;
        let organizer = Arc::new(organizer);
        let mut making = JoinSet::new();
        for part in 0..AT_ONCE {
            let organizer = Arc::clone(&organizer);
            making.spawn(async move {
                for number in (part..EVENTS).step_by(AT_ONCE) {
                    let mut matinee =
                        event(&format!("Matinee {}", number + 1), &[("Seat", 900, 60)])?;
                    matinee.starts_at = in_days(100 + number as u64)?;
                    matinee.ends_at = in_days(101 + number as u64)?;
                    organizer.publish_event(&matinee).await?;
                }
                anyhow::Ok(())
            });
        }
        while let Some(made) = making.join_next().await {
            made??;
        }
        Ok(())
    }

    async fn publish(
        &mut self,
        name: &'static str,
        olga: &Account,
        event: &CreateEvent,
    ) -> Result<HostEvent> {
        let made = olga.publish_event(event).await?;
        self.names.insert(name, made.id.to_string());
        Ok(made)
    }
}
