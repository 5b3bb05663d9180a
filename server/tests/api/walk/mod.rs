//! A random walk over everything that can become of tickets and money. Some operations are done at
//! once; their answers and what the database then has must be what the rules say of these
//! operations one after another, in some order. `WALK_OPERATIONS` sets how many there are,
//! `WALK_AT_ONCE` how many at once, `WALK_SEED` where it goes: one at a time, a seed goes the same
//! way again.

mod model;
mod operation;
mod perform;
mod view;

use std::collections::BTreeMap;
use std::env;

use futures::future::join_all;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use sqlx::PgPool;

use crate::support::{EventBuilder, TestApp, assert_sound};
use model::{Event, Model, Promo, Stock};
use operation::{Operation, Told};
use perform::{PROMO, TITLES, World, begins_at};
use view::View;

/// After so many operations everything is verified, and goes on with other events.
const SEASON: usize = 400;

struct Length {
    operations: usize,
    at_once: usize,
    seed: u64,
}

impl Length {
    #[expect(
        clippy::disallowed_methods,
        reason = "how long a test is has no place in the server's configuration"
    )]
    fn of_environment() -> Self {
        let number = |name: &str| env::var(name).ok()?.parse::<u64>().ok();
        Self {
            operations: number("WALK_OPERATIONS").map_or(2_000, |operations| operations as usize),
            at_once: number("WALK_AT_ONCE").map_or(5, |at_once| at_once as usize),
            seed: number("WALK_SEED").unwrap_or_else(rand::random),
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_random_walk_keeps_to_the_rules(db: PgPool) {
    let length = Length::of_environment();
    let seed = length.seed;
    println!("WALK_SEED={seed}");
    let mut done = 0;
    let mut tally = Tally::default();
    for season in 0.. {
        if done >= length.operations {
            break;
        }
        let mut walk = Walk::begin(&db, seed.wrapping_add(season)).await;
        while walk.done < SEASON {
            walk.step(length.at_once).await;
        }
        walk.end().await;
        done += walk.done;
        tally.add(walk.tally);
        assert_sound(&db).await;
    }
    println!("{done} operations");
    for (word, (granted, refused)) in &tally.0 {
        println!("{word:<18}{granted:>6} granted{refused:>6} refused");
    }
    let never = tally.0.iter().filter(|(_, (granted, _))| *granted == 0);
    // A short walk may miss what is rare, but not much of it.
    assert!(never.count() <= 1, "what is never granted is not tested");
}

/// How often each kind of operation was granted and refused.
#[derive(Default)]
struct Tally(BTreeMap<String, (usize, usize)>);

impl Tally {
    fn count(&mut self, (operation, told): &(Operation, Told)) {
        let operation = format!("{operation:?}");
        let word = operation.split(|c: char| !c.is_alphanumeric()).next();
        let (granted, refused) = self
            .0
            .entry(word.unwrap_or_default().to_owned())
            .or_default();
        match told {
            Told::Refused(_) => *refused += 1,
            _ => *granted += 1,
        }
    }

    fn add(&mut self, other: Self) {
        for (word, (granted, refused)) in other.0 {
            let sum = self.0.entry(word).or_default();
            *sum = (sum.0 + granted, sum.1 + refused);
        }
    }
}

struct Walk {
    rng: StdRng,
    world: World,
    model: Model,
    done: usize,
    tally: Tally,
}

impl Walk {
    /// Two events of one organizer, and people who want to go. Every other walk is sold one by one.
    async fn begin(db: &PgPool, seed: u64) -> Self {
        let path = ["combined", "plain"][(seed % 2) as usize];
        let flags = [
            "--purchase-path",
            path,
            "--letters-per-hour",
            "1000000",
            "--invitations-per-day",
            "1000000",
        ];
        let app = TestApp::with_flags(db.clone(), &flags);
        let mut people = Vec::new();
        for name in ["Ada", "Bob", "Cleo", "Dan", "Eve"] {
            people.push(app.user(name).await);
        }
        let olga = app.user("Olga").await;
        let night = EventBuilder::new(TITLES[0])
            .starts_at(begins_at())
            .max_per_user(9)
            .ticket_type("Standing", 2000, 10)
            .max_per_order(4)
            .ticket_type("Free", 0, 6)
            .max_per_order(2)
            .create(&app, &olga)
            .await;
        let day = EventBuilder::new(TITLES[1])
            .starts_at(begins_at())
            .ticket_type("Seat", 1500, 12)
            .max_per_order(4)
            .create(&app, &olga)
            .await;
        let promo =
            json!({"code": PROMO, "discount": {"percent": 20}, "max_uses": 12, "max_per_user": 4});
        let path = format!("/host/events/{}/promo-codes", night.id);
        olga.post(&path, promo).await.created::<serde_json::Value>();
        people.push(olga);
        Self {
            rng: StdRng::seed_from_u64(seed),
            model: Model::new(vec![night_by_the_rules(), day_by_the_rules()], people.len()),
            world: World {
                app,
                people,
                events: vec![night, day],
            },
            done: 0,
            tally: Tally::default(),
        }
    }

    async fn step(&mut self, at_once: usize) {
        let operations = self.choose(at_once);
        self.perform(operations).await;
    }

    /// Finishes what would send emails to this season's people in the next one.
    async fn end(&mut self) {
        while self.model.has_to_send_back() {
            self.perform(vec![Operation::SendBack]).await;
        }
        if self.model.has_news() {
            self.perform(vec![Operation::Notify]).await;
        }
    }

    /// Does operations at once and finds an order in which the rules explain them.
    async fn perform(&mut self, operations: Vec<Operation>) {
        let performed = operations
            .into_iter()
            .map(|operation| tokio::spawn(self.world.clone().perform(operation)));
        let performed = join_all(performed).await.into_iter();
        let performed: Vec<_> = performed.map(|steps| steps.expect("no panic")).collect();
        let seen = View::of_database(&self.world).await;
        self.done += performed.len();
        performed
            .iter()
            .flatten()
            .for_each(|step| self.tally.count(step));
        let mut search = Search::new(&performed, &seen);
        match search.explain(&self.model) {
            Some(model) => self.model = model,
            None => panic!(
                "after {} operations nothing explains\n{}what was in the way:\n{}",
                self.done,
                tell(&performed),
                search.deepest.1
            ),
        }
    }

    fn choose(&mut self, at_once: usize) -> Vec<Operation> {
        if self.model.has_to_send_back() && self.rng.random_bool(0.5) {
            return vec![Operation::SendBack];
        }
        if self.model.has_news() && self.rng.random_bool(0.2) {
            return vec![Operation::Notify];
        }
        if self.rng.random_bool(0.1) {
            return vec![Operation::OfferWhatIsFree];
        }
        let count = self.rng.random_range(1..=at_once);
        let mut operations: Vec<Operation> = Vec::new();
        while operations.len() < count {
            let next = Operation::random(&mut self.rng, &self.model);
            if !operations.iter().any(|known| known.disturbs(&next)) {
                operations.push(next);
            }
        }
        operations
    }
}

fn tell(performed: &[Vec<(Operation, Told)>]) -> String {
    let steps = performed.iter().flatten();
    let lines = steps.map(|(operation, told)| format!("  {operation:?}: {told:?}\n"));
    lines.collect()
}

fn night_by_the_rules() -> Event {
    let promo = Promo {
        percent: 20,
        max_uses: 12,
        max_per_user: 4,
        used: 0,
        used_by: Default::default(),
    };
    Event::new(
        vec![stock(2000, 10, 4), stock(0, 6, 2)],
        Some(promo),
        Some(9),
    )
}

fn day_by_the_rules() -> Event {
    Event::new(vec![stock(1500, 12, 4)], None, None)
}

fn stock(price: i64, capacity: i32, max_per_order: i32) -> Stock {
    Stock {
        price,
        capacity,
        max_per_order,
        sold: 0,
        held: 0,
    }
}

/// Looks for an order of what was done at once.
struct Search<'a> {
    chains: &'a [Vec<(Operation, Told)>],
    at: Vec<usize>,
    seen: &'a View,
    /// How far it came, and what was in the way.
    deepest: (usize, String),
}

impl<'a> Search<'a> {
    fn new(chains: &'a [Vec<(Operation, Told)>], seen: &'a View) -> Self {
        Self {
            chains,
            at: vec![0; chains.len()],
            seen,
            deepest: (0, String::new()),
        }
    }

    fn explain(&mut self, model: &Model) -> Option<Model> {
        let mut is_over = true;
        for chain in 0..self.chains.len() {
            let Some((operation, told)) = self.chains[chain].get(self.at[chain]) else {
                continue;
            };
            is_over = false;
            let mut next = model.clone();
            match next.apply(operation, told) {
                Ok(()) => {
                    self.at[chain] += 1;
                    if let Some(explained) = self.explain(&next) {
                        return Some(explained);
                    }
                    self.at[chain] -= 1;
                }
                Err(why) => self.note(format!("  {operation:?}: {told:?}, {why}\n")),
            }
        }
        if !is_over {
            return None;
        }
        let expected = View::of_model(model);
        if expected == *self.seen {
            return Some(model.clone());
        }
        self.note(expected.differences(self.seen));
        None
    }

    fn note(&mut self, why: String) {
        let depth: usize = self.at.iter().sum();
        match depth.cmp(&self.deepest.0) {
            std::cmp::Ordering::Less => {}
            std::cmp::Ordering::Equal => self.deepest.1 += &why,
            std::cmp::Ordering::Greater => self.deepest = (depth, why),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::operation::Purchase;
    use super::*;

    /// All twelve seats of the second event but one are sold.
    fn one_seat_left() -> Model {
        let mut model = Model::new(vec![night_by_the_rules(), day_by_the_rules()], 6);
        for (buyer, quantity, first) in [(3, 4, 1), (4, 4, 5), (3, 3, 9)] {
            let (bought, told) = bought(buyer, quantity, first);
            model.apply(&bought, &told).expect("there is enough");
        }
        model
    }

    fn purchase(buyer: usize, quantity: i32) -> Operation {
        Operation::Buy(Purchase {
            buyer,
            key: Uuid::new_v4(),
            lines: vec![((1, 0), quantity)],
            promo: false,
        })
    }

    fn bought(buyer: usize, quantity: i32, first: i32) -> (Operation, Told) {
        let told = Told::Order {
            id: Uuid::new_v4(),
            total: 1500 * i64::from(quantity),
            tickets: (first..first + quantity)
                .map(|number| (1, number))
                .collect(),
            replayed: false,
        };
        (purchase(buyer, quantity), told)
    }

    fn refused(buyer: usize) -> (Operation, Told) {
        (purchase(buyer, 1), Told::Refused(api::Code::SoldOut))
    }

    fn is_explained(chains: &[Vec<(Operation, Told)>], seen: &Model) -> bool {
        let seen = View::of_model(seen);
        Search::new(chains, &seen)
            .explain(&one_seat_left())
            .is_some()
    }

    #[test]
    fn either_of_two_buyers_may_have_the_last_seat() {
        let winner = bought(1, 1, 12);
        let mut sold_out = one_seat_left();
        sold_out.apply(&winner.0, &winner.1).expect("the last seat");
        assert!(is_explained(
            &[vec![refused(0)], vec![winner.clone()]],
            &sold_out
        ));
        assert!(!is_explained(
            &[vec![refused(0)], vec![refused(1)]],
            &one_seat_left()
        ));
        let both = [vec![bought(0, 1, 12)], vec![winner.clone()]];
        assert!(!is_explained(&both, &sold_out));
        // Told right, and not written.
        assert!(!is_explained(&[vec![winner]], &one_seat_left()));
    }
}
