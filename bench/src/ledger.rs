//! What clients were told, held against what the database has: an order that was acknowledged is
//! there with the same tickets, and nothing is there that nobody asked for or was told of.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use api::orders::Order;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::ask::Sent;
use crate::sql::{self, SoldOrder};
use crate::tally::Acknowledged;

/// Orders of one event as their buyers know them.
#[derive(Default)]
pub(crate) struct Ledger {
    told: HashMap<Sent, Told>,
    unknown: HashSet<Sent>,
    unreadable: u64,
    told_twice: u64,
}

#[derive(Debug, PartialEq, Eq)]
struct Told {
    order: Uuid,
    numbers: Vec<i32>,
}

impl Ledger {
    /// Writes down what was answered with 201, and of which orders nobody knows.
    pub(crate) fn add(&mut self, acknowledged: &[Acknowledged], unknown: &[Sent]) {
        self.unknown.extend(unknown);
        for answer in acknowledged {
            match serde_json::from_slice(&answer.body) {
                Ok(order) => self.add_order(answer.sent, &order),
                Err(_) => self.unreadable += 1,
            }
        }
    }

    /// Writes down an order that its buyer was told of.
    pub(crate) fn add_order(&mut self, sent: Sent, order: &Order) {
        let tickets = order.lines.iter().flat_map(|line| &line.tickets);
        let told = Told {
            order: order.id,
            numbers: tickets.map(|ticket| ticket.number).collect(),
        };
        if self.told.insert(sent, told).is_some() {
            self.told_twice += 1;
        }
    }

    pub(crate) fn tickets(&self) -> usize {
        self.told.values().map(|told| told.numbers.len()).sum()
    }

    /// What is wrong between them and the database.
    pub(crate) async fn compare(
        &self,
        connection: &mut PgConnection,
        event: Uuid,
    ) -> Result<Vec<String>> {
        Ok(self.differences(&sql::sold(connection, event).await?))
    }

    fn differences(&self, sold: &[SoldOrder]) -> Vec<String> {
        let sold: HashMap<Sent, &SoldOrder> = sold
            .iter()
            .map(|order| {
                let (user, key) = (order.user, order.key);
                (Sent { user, key }, order)
            })
            .collect();
        let (mut lost, mut different) = (0, 0);
        for (sent, told) in &self.told {
            match sold.get(sent) {
                None => lost += 1,
                Some(order) if order.id != told.order || order.numbers != told.numbers => {
                    different += 1;
                }
                Some(_) => {}
            }
        }
        let known = |sent: &&Sent| !self.told.contains_key(sent) && !self.unknown.contains(sent);
        let unasked = sold.keys().filter(known).count() as u64;
        [
            (lost, "acknowledged orders are not in the database"),
            (different, "orders differ from what was acknowledged"),
            (unasked, "orders are in the database and nobody was told"),
            (self.told_twice, "orders were acknowledged twice as new"),
            (self.unreadable, "acknowledgements cannot be read"),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(number: u128) -> Sent {
        Sent {
            user: Uuid::from_u128(number),
            key: Uuid::from_u128(number),
        }
    }

    fn sold(number: u128, numbers: &[i32]) -> SoldOrder {
        SoldOrder {
            id: Uuid::from_u128(number),
            user: Uuid::from_u128(number),
            key: Uuid::from_u128(number),
            numbers: numbers.to_vec(),
        }
    }

    fn told(ledger: &mut Ledger, number: u128, numbers: &[i32]) {
        let told = Told {
            order: Uuid::from_u128(number),
            numbers: numbers.to_vec(),
        };
        ledger.told.insert(sent(number), told);
    }

    #[test]
    fn an_order_whose_answer_was_lost_may_be_there_or_not() {
        let mut ledger = Ledger::default();
        told(&mut ledger, 1, &[1, 2]);
        ledger.add(&[], &[sent(2), sent(3)]);
        let none: [&str; 0] = [];
        assert_eq!(
            ledger.differences(&[sold(1, &[1, 2]), sold(2, &[3, 4])]),
            none
        );
    }

    #[test]
    fn each_difference_is_found() {
        let mut ledger = Ledger::default();
        told(&mut ledger, 1, &[1, 2]);
        told(&mut ledger, 2, &[3, 4]);
        let unreadable = Acknowledged {
            sent: sent(3),
            body: b"{".as_slice().into(),
        };
        ledger.add(&[unreadable], &[]);
        assert_eq!(
            ledger.differences(&[sold(2, &[3, 5]), sold(4, &[6, 7])]),
            [
                "1 acknowledged orders are not in the database",
                "1 orders differ from what was acknowledged",
                "1 orders are in the database and nobody was told",
                "1 acknowledgements cannot be read",
            ]
        );
    }
}
