//! Who is who in the case: for listing people and for the search.

use std::cell::OnceCell;

use anyhow::Result;
use cahoots_record::{ItemOrd, Precision, UtcMicros};
use cahoots_search::{Index, Names};
use cahoots_store::people::{Action, Decision, Matcher, Parties, Person, in_force};
use cahoots_store::{AccountRow, Case, HumanRow};
use rustc_hash::FxHashMap;
use serde_json::{Value, json};

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
    numbers: OnceCell<FxHashMap<cahoots_record::AccountKey, u32>>,
}

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
        Ok(Self { rows, people, parties, decisions, log, numbers: OnceCell::new() })
    }

    /// Finds people by text.
    pub fn matcher(&self) -> Matcher<'_> {
        Matcher::new(&self.people, &self.parties)
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
        let mut sums: FxHashMap<u32, u64> = FxHashMap::default();
        for (account, n) in counts {
            if let Some(party) = self.parties.of_account.get(*account as usize) {
                *sums.entry(*party).or_default() += n;
            }
        }
        let mut sums: Vec<(u32, u64)> = sums.into_iter().collect();
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
    pub fn party_json(&self, number: u32) -> Value {
        let (from, to, other, first, last) = self.sums(number);
        let Some(party) = self.parties.parties.get(number as usize) else { return Value::Null };
        let accounts: Vec<Value> = party
            .accounts
            .iter()
            .filter_map(|account| self.people.get(*account as usize))
            .map(|person| {
                let names: Vec<&str> =
                    person.names.iter().take(8).map(|(name, _)| name.as_str()).collect();
                json!({ "account": person.key, "names": names, "items": person.n_items })
            })
            .collect();
        json!({
            "id": party.id,
            "name": party.name,
            "accounts": accounts,
            "basis": party.bases,
            "wrote": from,
            "received": to,
            "mentioned": other,
            "first": first.map(|time| time.to_string()),
            "last": last.map(|time| time.to_string()),
        })
    }
}

/// What the search asks of a case. People are read when first asked for.
pub struct CaseNames<'a> {
    case: &'a Case,
    people: OnceCell<People>,
}

impl<'a> CaseNames<'a> {
    pub fn new(case: &'a Case) -> Self {
        Self { case, people: OnceCell::new() }
    }

    /// Everybody.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn people(&self) -> Result<&People> {
        if let Some(people) = self.people.get() {
            return Ok(people);
        }
        let people = People::load(self.case)?;
        Ok(self.people.get_or_init(|| people))
    }

    fn archives_where(&self, wanted: impl Fn(&cahoots_store::ArchiveRow) -> bool) -> Vec<u32> {
        self.case.archives().iter().filter(|row| wanted(row)).map(|row| row.archive).collect()
    }
}

impl Names for CaseNames<'_> {
    fn accounts(&self, text: &str) -> Vec<u32> {
        self.people().map(|people| people.matcher().accounts(text)).unwrap_or_default()
    }

    fn archives(&self, text: &str) -> Vec<u32> {
        let text = text.to_lowercase();
        self.archives_where(|row| {
            row.archive.to_string() == text || row.name.to_lowercase().contains(&text)
        })
    }

    fn custodian_archives(&self, text: &str) -> Vec<u32> {
        let text = text.to_lowercase();
        self.archives_where(|row| row.custodian.to_lowercase().contains(&text))
    }

    fn thread(&self, text: &str) -> Option<Vec<ItemOrd>> {
        let index = Index::open(&self.case.index_dir()).ok()?;
        let text = text.trim().trim_start_matches('<').trim_end_matches('>');
        let by_id = index.find_id_prefix(&text.to_lowercase()).ok()?;
        let ord = match by_id.as_slice() {
            [(_, ord)] => *ord,
            _ => *index.with_native_id(text).ok()?.first()?,
        };
        self.case.thread_of(ord).ok()
    }

    fn copies_in(&self, archives: &[u32]) -> Vec<ItemOrd> {
        self.case.copies_in(archives).unwrap_or_default()
    }
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
