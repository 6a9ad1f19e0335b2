//! Who is who in the case.

use std::sync::{Mutex, OnceLock, PoisonError};

use anyhow::Result;
use cahoots_record::{AccountKey, Precision, UtcMicros};
use cahoots_store::people::{Action, Decision, Matcher, Parties, Person, in_force};
use cahoots_store::{AccountRow, Case, HumanRow};
use rustc_hash::FxHashMap;
use serde::Serialize;
use utoipa::ToSchema;

use crate::output::{Output, number};

/// How accounts begin that stand for a withheld value.
const WITHHELD: &str = "withheld:";

/// Every account with its names, and the parties they form.
pub struct People {
    rows: Vec<AccountRow>,
    pub people: Vec<Person>,
    pub parties: Parties,
    pub decisions: Vec<Decision>,
    pub log: Vec<HumanRow>,
    /// Numbers of accounts; made when first asked for.
    numbers: OnceLock<FxHashMap<cahoots_record::AccountKey, u32>>,
    /// Accounts found by what was typed.
    typed: Mutex<FxHashMap<String, Vec<u32>>>,
}

/// Texts whose accounts are kept, at most.
const MOST_TYPED: usize = 1_000;

impl People {
    /// Reads accounts and decisions of a case.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn load(case: &Case) -> Result<Self> {
        let catalog = case.catalog();
        let rows = catalog.accounts()?;
        let mut people: Vec<Person> = rows
            .iter()
            .map(|row| Person {
                key: row.key.clone(),
                names: Vec::new(),
                n_items: row.n_from + row.n_to,
            })
            .collect();
        for name in catalog.account_names()? {
            if let Some(person) = people.get_mut(name.account as usize) {
                person.names.push((name.name, name.n));
            }
        }
        let declared: Vec<(u32, u32, String)> = catalog
            .declared()?
            .into_iter()
            .map(|row| (row.account, row.same_as, row.basis))
            .collect();
        let log = catalog.human()?;
        let decisions: Vec<Decision> = log
            .iter()
            .filter_map(|row| {
                let action: Action = serde_json::from_value(row.action.clone()).ok()?;
                Some(Decision { seq: row.seq, action })
            })
            .collect();
        let parties = Parties::new(&people, &declared, &decisions);
        Ok(Self {
            rows,
            people,
            parties,
            decisions,
            log,
            numbers: OnceLock::new(),
            typed: Mutex::default(),
        })
    }

    /// Finds people by text.
    pub fn matcher(&self) -> Matcher<'_> {
        Matcher::new(&self.people, &self.parties)
    }

    /// Accounts that a text means; looked for once.
    pub fn accounts_of(&self, text: &str) -> Vec<u32> {
        let typed = || self.typed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = typed().get(text) {
            return known.clone();
        }
        let found = self.matcher().accounts(text);
        let mut typed = typed();
        if typed.len() >= MOST_TYPED {
            typed.clear();
        }
        typed.insert(text.to_owned(), found.clone());
        found
    }

    /// Pairs of accounts that a person refused to join.
    pub fn refused(&self) -> Vec<(u32, u32)> {
        let number = |key: &cahoots_record::AccountKey| {
            self.people.iter().position(|person| person.key == *key)
        };
        in_force(&self.decisions)
            .into_iter()
            .filter_map(|decision| match &decision.action {
                Action::Refuse { a, b, .. } => Some((number(a)? as u32, number(b)? as u32)),
                _ => None,
            })
            .collect()
    }

    /// Number of parties.
    pub fn n_parties(&self) -> usize {
        self.parties.parties.len()
    }

    /// A party's name.
    pub fn name(&self, party: u32) -> &str {
        self.parties.parties.get(party as usize).map_or("", |party| party.name.as_str())
    }

    /// The name of the party behind an account.
    pub fn party_name(&self, account: &cahoots_record::AccountKey) -> Option<&str> {
        let numbers = self.numbers.get_or_init(|| {
            let numbers = self.people.iter().enumerate();
            numbers.map(|(number, person)| (person.key.clone(), number as u32)).collect()
        });
        let number = numbers.get(account)?;
        let party = self.parties.of_account.get(*number as usize)?;
        Some(self.name(*party)).filter(|name| !name.is_empty())
    }

    /// A party's lasting id.
    pub fn id(&self, party: u32) -> &str {
        self.parties.parties.get(party as usize).map_or("", |party| party.id.as_str())
    }

    fn sums(&self, party: u32) -> (u64, u64, u64, Option<UtcMicros>, Option<UtcMicros>) {
        let Some(party) = self.parties.parties.get(party as usize) else {
            return Default::default();
        };
        let rows = party.accounts.iter().filter_map(|account| self.rows.get(*account as usize));
        let mut sums = (0, 0, 0, None, None);
        for row in rows {
            sums.0 += row.n_from;
            sums.1 += row.n_to;
            sums.2 += row.n_other;
            sums.3 = [sums.3, row.first].into_iter().flatten().min();
            sums.4 = [sums.4, row.last].into_iter().flatten().max();
        }
        sums
    }

    /// Whether a party is only a value that a released document withholds: somebody was there,
    /// and who is not known.
    fn is_withheld(&self, party: u32) -> bool {
        self.parties.parties.get(party as usize).is_some_and(|party| {
            party.accounts.iter().all(|account| {
                let person = self.people.get(*account as usize);
                person.is_some_and(|person| person.key.as_str().starts_with(WITHHELD))
            })
        })
    }

    /// Number of parties that have a name, and of values withheld.
    pub fn n_named(&self) -> (usize, usize) {
        let all = self.n_parties();
        let withheld = (0..all as u32).filter(|party| self.is_withheld(*party)).count();
        (all - withheld, withheld)
    }

    /// Parties with the most items first; values withheld are nobody in particular.
    pub fn by_items(&self, most: usize) -> Vec<u32> {
        let mut ranked: Vec<(u64, u32)> = (0..self.n_parties() as u32)
            .filter(|party| !self.is_withheld(*party))
            .map(|party| {
                let (from, to, other, ..) = self.sums(party);
                (from + to + other.min(1), party)
            })
            .collect();
        ranked.sort_unstable_by_key(|(n, party)| (std::cmp::Reverse(*n), *party));
        ranked.into_iter().take(most).map(|(_, party)| party).collect()
    }

    /// Adds counts of accounts up by party, most first. Items on which two accounts of one party
    /// appear count twice here.
    pub fn sum_accounts(&self, counts: &[(u32, u64)]) -> Vec<(u32, u64)> {
        let mut sums = vec![0_u64; self.n_parties()];
        for (account, n) in counts {
            let party = self.parties.of_account.get(*account as usize);
            if let Some(sum) = party.and_then(|party| sums.get_mut(*party as usize)) {
                *sum += n;
            }
        }
        let mut sums: Vec<(u32, u64)> = (0..).zip(sums).filter(|(_, n)| *n > 0).collect();
        sums.sort_unstable_by_key(|(party, n)| (std::cmp::Reverse(*n), *party));
        sums
    }

    fn accounts(&self, party: u32) -> Vec<&str> {
        let Some(party) = self.parties.parties.get(party as usize) else { return Vec::new() };
        let mut accounts: Vec<&Person> = party
            .accounts
            .iter()
            .filter_map(|account| self.people.get(*account as usize))
            .collect();
        accounts.sort_by_key(|person| std::cmp::Reverse(person.n_items));
        accounts.into_iter().map(|person| person.key.native()).collect()
    }

    /// A line of the table of people.
    pub fn row(&self, party: u32, out: &Output) -> Vec<String> {
        let (from, to, _, first, last) = self.sums(party);
        vec![
            number(from),
            number(to),
            out.day(first),
            out.day(last),
            self.name(party).to_owned(),
            self.accounts(party).join(" "),
        ]
    }

    /// A party as JSON.
    pub fn party_json(&self, number: u32) -> PartyLine {
        let (from, to, other, first, last) = self.sums(number);
        let party = self.parties.parties.get(number as usize);
        let accounts = party.map_or(&[][..], |party| &party.accounts);
        let accounts = accounts
            .iter()
            .filter_map(|account| self.people.get(*account as usize))
            .map(|person| AccountLine {
                account: person.key.clone(),
                names: person.names.iter().take(8).map(|(name, _)| name.clone()).collect(),
                items: person.n_items,
            })
            .collect();
        PartyLine {
            id: self.id(number).to_owned(),
            name: self.name(number).to_owned(),
            accounts,
            basis: party.map(|party| party.bases.clone()).unwrap_or_default(),
            wrote: from,
            received: to,
            mentioned: other,
            first: first.map(|time| time.to_string()),
            last: last.map(|time| time.to_string()),
        }
    }
}

/// A party as JSON.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PartyLine {
    /// Its lasting id.
    pub id: String,
    /// What to call it.
    pub name: String,
    pub accounts: Vec<AccountLine>,
    /// What joins its accounts, one sentence a link.
    pub basis: Vec<String>,
    /// Items it wrote.
    pub wrote: u64,
    /// Items addressed to it.
    pub received: u64,
    /// Items on which it stands in another role.
    pub mentioned: u64,
    /// The earliest of its items, in UTC.
    pub first: Option<String>,
    /// The latest of its items, in UTC.
    pub last: Option<String>,
}

/// An account of a party.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AccountLine {
    pub account: AccountKey,
    /// Names printed beside it, most frequent first.
    pub names: Vec<String>,
    pub items: u64,
}

/// A day for the log of decisions.
pub fn stamp(at: UtcMicros, out: &Output) -> String {
    out.instant(at, Precision::Minute)
}

/// Who is at the keyboard, by the name that the system has for them.
pub fn user() -> String {
    ["USER", "LOGNAME", "USERNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "unknown".to_owned())
}
