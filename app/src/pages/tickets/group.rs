use api::tickets::Ticket;

use crate::feed::Entry;

/// The tickets one holds for one event, in the order of their numbers.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Group {
    /// Changes when any of its tickets does.
    pub(super) key: u64,
    pub(super) tickets: Vec<Ticket>,
}

impl Group {
    /// The ticket to show first: one that is good at the door.
    pub(super) fn first(&self) -> Option<&Ticket> {
        let good = self.tickets.iter().find(|ticket| ticket.code.is_some());
        good.or_else(|| self.tickets.first())
    }
}

/// Tickets by event, in the list's order of events.
pub(super) fn group(entries: &[Entry<Ticket>]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for entry in entries {
        let of_same_event = |group: &&mut Group| {
            let first = group.tickets.first();
            first.is_some_and(|first| first.event.id == entry.item.event.id)
        };
        let ticket = entry.item.clone();
        let key = u64::from(entry.key);
        match groups.iter_mut().find(of_same_event) {
            Some(group) => {
                group.key = group.key.wrapping_mul(1_000_003) ^ key;
                group.tickets.push(ticket);
            }
            None => groups.push(Group {
                key,
                tickets: vec![ticket],
            }),
        }
    }
    for group in &mut groups {
        group.tickets.sort_by_key(|ticket| ticket.number);
    }
    groups
}

#[cfg(test)]
mod tests {
    use api::EventId;

    use super::*;
    use crate::samples::ticket;

    fn entry(key: u32, event: u128, number: i32, good: bool) -> Entry<Ticket> {
        let mut item = ticket(number, good);
        item.event.id = EventId::from_u128(event);
        Entry { key, item }
    }

    #[test]
    fn events_keep_their_order_and_tickets_are_sorted() {
        let groups = group(&[
            entry(1, 7, 12, true),
            entry(2, 5, 3, true),
            entry(3, 7, 4, false),
        ]);
        let numbers: Vec<Vec<i32>> = groups
            .iter()
            .map(|group| group.tickets.iter().map(|ticket| ticket.number).collect())
            .collect();
        assert_eq!(numbers, [vec![4, 12], vec![3]]);
        assert_eq!(groups[0].first().map(|ticket| ticket.number), Some(12));
    }

    #[test]
    fn a_changed_ticket_changes_the_key_of_its_group_only() {
        let before = group(&[
            entry(1, 7, 1, true),
            entry(2, 7, 2, true),
            entry(3, 5, 1, true),
        ]);
        let after = group(&[
            entry(1, 7, 1, true),
            entry(9, 7, 2, false),
            entry(3, 5, 1, true),
        ]);
        assert_ne!(before[0].key, after[0].key);
        assert_eq!(before[1].key, after[1].key);
    }
}
