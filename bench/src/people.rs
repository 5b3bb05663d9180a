//! Who asks: people with accounts, each with an access token, one after the other.

use std::cell::Cell;
use std::ops::Range;

use anyhow::Result;
use rand::seq::SliceRandom;
use server::auth::AccessKeys;
use uuid::Uuid;

/// People in an order that has nothing to do with their ids.
pub(crate) struct People {
    people: Vec<Person>,
    next: Cell<usize>,
}

pub(crate) struct Person {
    pub(crate) id: Uuid,
    pub(crate) token: String,
}

/// The id of the account with this number, as the SQL that writes accounts makes it.
pub(crate) fn account_id(number: u64) -> Uuid {
    const FIRST: u128 = 0x0000_0000_0000_7000_8000_0000_0000_0000;
    Uuid::from_u128(FIRST | u128::from(number))
}

impl People {
    /// `count` people, spread evenly over the accounts with these numbers.
    pub(crate) fn sign_in(keys: &AccessKeys, accounts: Range<u64>, count: u64) -> Result<Self> {
        let width = accounts.end - accounts.start;
        let mut people = (0..count)
            .map(|index| {
                let id = account_id(accounts.start + index * width / count);
                let token = keys.issue(id, id)?;
                Ok(Person { id, token })
            })
            .collect::<Result<Vec<_>>>()?;
        people.shuffle(&mut rand::rng());
        Ok(Self {
            people,
            next: Cell::new(0),
        })
    }

    /// The next of them, over and over.
    pub(crate) fn next(&self) -> &Person {
        let index = self.next.get();
        self.next.set((index + 1) % self.people.len());
        &self.people[index]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn people_are_distinct_and_spread_over_the_accounts() {
        let keys = AccessKeys::new(&[7; 32].into());
        let people = People::sign_in(&keys, 0..1_000, 10).expect("signed in");
        let expected: HashSet<Uuid> = (0..10).map(|index| account_id(index * 100)).collect();
        let once: HashSet<Uuid> = (0..10).map(|_| people.next().id).collect();
        assert_eq!(once, expected);
        let again: HashSet<Uuid> = (0..10).map(|_| people.next().id).collect();
        assert_eq!(again, expected);
    }
}
