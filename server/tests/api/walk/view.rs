//! What there is after an operation: by the model, and in the database.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::model::Model;
use super::operation::{Kind, Name, Person, STRANGER};
use super::perform::{STRANGERS_ADDRESS, World};

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct View {
    tickets: BTreeMap<Name, Ticket>,
    /// Capacity, sold and held.
    stock: BTreeMap<Kind, (i32, i32, i32)>,
    /// What each person paid, less what came back.
    money: Vec<i64>,
    /// How often the promo codes are used.
    promos: BTreeMap<usize, i32>,
    /// Whether tickets are sold.
    on_sale: BTreeMap<usize, bool>,
    transfers: BTreeMap<Uuid, String>,
    /// Of whom tickets are asked back.
    asked_of: BTreeMap<Name, Person>,
    /// Whether something is held for a party, and whether it is gone.
    parties: BTreeMap<Uuid, (bool, bool)>,
    /// Whom emails were queued for when an event was cancelled.
    cancelled: Vec<(usize, Person)>,
}

#[derive(Debug, PartialEq, Eq)]
struct Ticket {
    kind: usize,
    state: String,
    version: i32,
    holder: Option<Person>,
    sent_to: Option<Person>,
}

impl View {
    pub(super) fn of_model(model: &Model) -> Self {
        let mut view = Self {
            money: model.money.clone(),
            ..Self::default()
        };
        for (index, event) in model.events.iter().enumerate() {
            for (kind, stock) in event.kinds.iter().enumerate() {
                let stock = (stock.capacity, stock.sold, stock.held);
                view.stock.insert((index, kind), stock);
            }
            if let Some(promo) = &event.promo {
                view.promos.insert(index, promo.used);
            }
            view.on_sale.insert(index, event.on_sale);
            for (number, ticket) in &event.tickets {
                if let Some(holder) = ticket.asked_of {
                    view.asked_of.insert((index, *number), holder);
                }
                let ticket = Ticket {
                    kind: ticket.kind,
                    state: word(&ticket.state),
                    version: i32::from(ticket.version),
                    holder: ticket.holder,
                    sent_to: model.sent_to(ticket),
                };
                view.tickets.insert((index, *number), ticket);
            }
        }
        for (id, transfer) in model.transfers(false) {
            view.transfers.insert(id, transfer.is.word().to_owned());
        }
        for (id, party) in &model.parties {
            view.parties.insert(*id, (party.offered, party.closed));
        }
        view.cancelled.clone_from(&model.all_cancelled);
        view.cancelled.sort_unstable();
        view
    }

    pub(super) async fn of_database(world: &World) -> Self {
        let mut view = Self::default();
        view.read_tickets(world).await;
        view.read_stock(world).await;
        view.read_money(world).await;
        view.read_parties(world).await;
        view.read_transfers(world).await;
        view.read_cancelled(world).await;
        view
    }

    /// Where the two differ, each side in one line.
    pub(super) fn differences(&self, other: &Self) -> String {
        let (here, there) = (format!("{self:#?}"), format!("{other:#?}"));
        let lines = here.lines().zip(there.lines());
        let differ = lines.filter(|(here, there)| here != there).take(8);
        let mut told = String::new();
        for (here, there) in differ {
            told += &format!("    model {} · database {}\n", here.trim(), there.trim());
        }
        told
    }

    async fn read_tickets(&mut self, world: &World) {
        let rows = sqlx::query!(
            r#"
            select t.number as "number!", t.ticket_type_id as "ticket_type_id!",
                t.state as "state!", t.code_version as "code_version!", h.user_id as "holder?", f.recipient_email as "sent_to?"
            from tickets t
            left join ticket_user h on h.event_id = t.event_id and h.number = t.number
            left join transfers f
                on f.event_id = t.event_id and f.number = t.number and f.state = 'pending'
            where t.event_id = any($1)
            "#,
            &world.event_ids(),
        )
        .fetch_all(&world.app.db)
        .await
        .expect("tickets");
        for row in rows {
            let (event, kind) = world.kind_of(row.ticket_type_id);
            let ticket = Ticket {
                kind,
                state: row.state,
                version: row.code_version,
                holder: row.holder.map(|id| world.person(id)),
                sent_to: row.sent_to.map(|email| world.addressee(&email)),
            };
            self.tickets.insert((event, row.number), ticket);
        }
    }

    async fn read_stock(&mut self, world: &World) {
        let rows = sqlx::query!(
            "select y.id, y.event_id, y.capacity, y.sold, y.held, s.sales_open
            from ticket_types y join event_stock s on s.event_id = y.event_id
            where y.event_id = any($1)",
            &world.event_ids(),
        )
        .fetch_all(&world.app.db)
        .await
        .expect("stock");
        for row in rows {
            let stock = (row.capacity, row.sold, row.held);
            self.stock.insert(world.kind_of(row.id), stock);
            self.on_sale
                .insert(world.event(row.event_id), row.sales_open);
        }
        let rows = sqlx::query!(
            "select event_id, used from promo_codes where event_id = any($1)",
            &world.event_ids(),
        )
        .fetch_all(&world.app.db)
        .await
        .expect("promo codes");
        for row in rows {
            self.promos.insert(world.event(row.event_id), row.used);
        }
    }

    async fn read_money(&mut self, world: &World) {
        let people: Vec<Uuid> = world.people.iter().map(|person| person.id).collect();
        self.money = sqlx::query_scalar!(
            r#"select coalesce(sum(o.total), 0)::bigint as "paid!"
            from unnest($1::uuid[]) with ordinality as p (id, place)
            left join orders o on o.user_id = p.id and o.state = 'paid'
            group by p.place order by p.place"#,
            &people,
        )
        .fetch_all(&world.app.db)
        .await
        .expect("money");
    }

    async fn read_parties(&mut self, world: &World) {
        let rows = sqlx::query!(
            r#"select id, order_id is not null as "offered!", closed_at is not null as "closed!"
            from waiting_parties where event_id = any($1)"#,
            &world.event_ids(),
        )
        .fetch_all(&world.app.db)
        .await
        .expect("parties");
        for row in rows {
            self.parties.insert(row.id, (row.offered, row.closed));
        }
    }
}

impl View {
    async fn read_cancelled(&mut self, world: &World) {
        let rows = sqlx::query!(
            r#"select (payload ->> 'event')::uuid as "event!", payload ->> 'email' as "email!"
            from jobs where payload ->> 'letter' = 'event_cancelled'
                and (payload ->> 'event')::uuid = any($1)"#,
            &world.event_ids(),
        )
        .fetch_all(&world.app.db)
        .await
        .expect("emails");
        let rows = rows.into_iter();
        let of = rows.map(|row| (world.event(row.event), world.addressee(&row.email)));
        self.cancelled = of.collect();
        self.cancelled.sort_unstable();
    }

    async fn read_transfers(&mut self, world: &World) {
        let rows = sqlx::query!(
            "select id, state from transfers where event_id = any($1)
                and (id <> offer_id or recipient_email = $2)",
            &world.event_ids(),
            STRANGERS_ADDRESS,
        )
        .fetch_all(&world.app.db)
        .await
        .expect("transfers");
        self.transfers = rows.into_iter().map(|row| (row.id, row.state)).collect();
        let rows = sqlx::query!(
            "select event_id, number, holder_id from give_back_requests where event_id = any($1)",
            &world.event_ids(),
        )
        .fetch_all(&world.app.db)
        .await
        .expect("requests");
        for row in rows {
            let name = (world.event(row.event_id), row.number);
            self.asked_of.insert(name, world.person(row.holder_id));
        }
    }
}

/// As the database has it.
fn word(state: &api::tickets::TicketState) -> String {
    let word = serde_json::to_value(state).expect("a word");
    word.as_str().expect("a word").to_owned()
}

impl World {
    fn event_ids(&self) -> Vec<Uuid> {
        self.events.iter().map(|event| event.id).collect()
    }

    fn event(&self, id: Uuid) -> usize {
        let event = self.events.iter().position(|event| event.id == id);
        event.expect("an event of this world")
    }

    fn kind_of(&self, ticket_type: Uuid) -> Kind {
        let kind = |(event, of): (usize, &crate::support::TestEvent)| {
            let kind = of.types.iter().position(|id| *id == ticket_type)?;
            Some((event, kind))
        };
        let kind = self.events.iter().enumerate().find_map(kind);
        kind.expect("a type of this world")
    }

    fn person(&self, id: Uuid) -> Person {
        let person = self.people.iter().position(|person| person.id == id);
        person.expect("somebody of this world")
    }

    fn addressee(&self, email: &str) -> Person {
        let person = self.people.iter().position(|person| person.email == email);
        person.unwrap_or(STRANGER)
    }
}
