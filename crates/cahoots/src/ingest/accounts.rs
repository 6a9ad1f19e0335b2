//! Numbers for accounts, in the order in which the record first names them.

use std::collections::BTreeMap;

use cahoots_record::{Account, AccountKey, Item, Role, UtcMicros};
use cahoots_store::{AccountRow, AccountTally, Case, Declared, StoreError};
use rustc_hash::FxHashMap;

/// Every account of the case with its number, and what the open segment adds.
#[derive(Default)]
pub(super) struct Accounts {
    numbers: FxHashMap<AccountKey, u32>,
    tallies: BTreeMap<u32, Tally>,
    declared: Vec<Declared>,
}

#[derive(Default)]
struct Tally {
    key: Option<AccountKey>,
    n: [u64; 3],
    first: Option<UtcMicros>,
    last: Option<UtcMicros>,
    names: BTreeMap<String, u64>,
}

impl Accounts {
    pub(super) fn of(case: &Case) -> Result<Self, StoreError> {
        let rows = case.catalog().accounts()?;
        let numbers = rows.into_iter().map(|row| (row.key, row.account)).collect();
        Ok(Self { numbers, ..Self::default() })
    }

    fn number(&mut self, key: &AccountKey) -> u32 {
        if let Some(number) = self.numbers.get(key) {
            return *number;
        }
        let number = self.numbers.len() as u32;
        self.numbers.insert(key.clone(), number);
        self.tallies.entry(number).or_default().key = Some(key.clone());
        number
    }

    /// Counts an item; gives the numbers of its participants, in their order.
    pub(super) fn count(&mut self, item: &Item) -> Vec<u32> {
        let time = item.when.sort_key();
        let mut numbers = Vec::with_capacity(item.participants.len());
        for participant in &item.participants {
            let number = self.number(&participant.account);
            numbers.push(number);
            let tally = self.tallies.entry(number).or_default();
            tally.key.get_or_insert_with(|| participant.account.clone());
            let side = match participant.role {
                Role::From => 0,
                Role::To | Role::Cc | Role::Bcc | Role::Member => 1,
                Role::Sender | Role::Mention | Role::Quoted => 2,
            };
            tally.n[side] += 1;
            if let Some(time) = time {
                tally.first = Some(tally.first.map_or(time, |first| first.min(time)));
                tally.last = Some(tally.last.map_or(time, |last| last.max(time)));
            }
            if let Some(name) = &participant.name
                && !name.is_empty()
            {
                match tally.names.get_mut(name) {
                    Some(n) => *n += 1,
                    None => drop(tally.names.insert(name.clone(), 1)),
                }
            }
        }
        numbers
    }

    /// Takes what an archive states about an account.
    pub(super) fn declare(&mut self, account: &Account, archive: u32) {
        let number = self.number(&account.key);
        let tally = self.tallies.entry(number).or_default();
        tally.key.get_or_insert_with(|| account.key.clone());
        if let Some(name) = &account.name {
            *tally.names.entry(name.clone()).or_default() += 1;
        }
        for key in &account.same_as {
            let same_as = self.number(key);
            let tally = self.tallies.entry(same_as).or_default();
            tally.key.get_or_insert_with(|| key.clone());
            self.declared.push(Declared {
                account: number,
                same_as,
                basis: account.basis.clone(),
                archive,
            });
        }
    }

    /// What the segment adds, for its commit; the next one starts empty.
    pub(super) fn seal(&mut self) -> (Vec<AccountTally>, Vec<Declared>) {
        let tallies = std::mem::take(&mut self.tallies);
        let tallies = tallies.into_iter().filter_map(|(number, tally)| {
            Some(AccountTally {
                row: AccountRow {
                    account: number,
                    key: tally.key?,
                    n_from: tally.n[0],
                    n_to: tally.n[1],
                    n_other: tally.n[2],
                    first: tally.first,
                    last: tally.last,
                },
                names: tally.names.into_iter().collect(),
            })
        });
        (tallies.collect(), std::mem::take(&mut self.declared))
    }
}
