//! Parties: what is equal, what archives state, what people decided.

use std::collections::BTreeMap;

use cahoots_record::{AccountKey, Platform};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::Person;

/// What a person decided about accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Action {
    /// These accounts are one party's.
    Merge {
        /// The accounts.
        accounts: Vec<AccountKey>,
        /// What to call the party.
        name: Option<String>,
        /// Why.
        reason: String,
    },
    /// This account is nobody else's: it leaves its party, whatever put it there.
    Split {
        /// The account.
        account: AccountKey,
        /// Why.
        reason: String,
    },
    /// These two are not one party's.
    Refuse {
        /// One account.
        a: AccountKey,
        /// The other.
        b: AccountKey,
        /// Why.
        reason: String,
    },
    /// A decision is taken back.
    Undo {
        /// Its number.
        seq: u64,
        /// Why.
        reason: String,
    },
}

/// A decision with its number. Author and date stand in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Its number.
    pub seq: u64,
    /// What was decided.
    pub action: Action,
}

/// Decisions that hold: those not taken back by one that itself holds.
pub fn in_force(decisions: &[Decision]) -> Vec<&Decision> {
    let mut undone: Vec<u64> = Vec::new();
    // The last word first: an undo counts unless a later one took it back.
    for decision in decisions.iter().rev() {
        if let Action::Undo { seq, .. } = decision.action
            && !undone.contains(&decision.seq)
        {
            undone.push(seq);
        }
    }
    decisions
        .iter()
        .filter(|d| !undone.contains(&d.seq) && !matches!(d.action, Action::Undo { .. }))
        .collect()
}

/// A person or organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// A name for it that stays the same while its first account does.
    pub id: String,
    /// What to call it.
    pub name: String,
    /// Its accounts by number.
    pub accounts: Vec<u32>,
    /// What joins them, one sentence a link.
    pub bases: Vec<String>,
}

/// Every party of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parties {
    /// Party of each account, by the account's number.
    pub of_account: Vec<u32>,
    /// The parties, in the order of their first account.
    pub parties: Vec<Party>,
}

struct Groups {
    up: Vec<u32>,
    /// Pairs that no link may join.
    apart: Vec<(u32, u32)>,
    bases: Vec<(u32, String)>,
}

impl Groups {
    fn root(&mut self, mut at: u32) -> u32 {
        while self.up[at as usize] != at {
            self.up[at as usize] = self.up[self.up[at as usize] as usize];
            at = self.up[at as usize];
        }
        at
    }

    fn join(&mut self, a: u32, b: u32, basis: String) {
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return;
        }
        for (x, y) in self.apart.clone() {
            let (x, y) = (self.root(x), self.root(y));
            if (x, y) == (a, b) || (x, y) == (b, a) {
                return;
            }
        }
        self.up[a.max(b) as usize] = a.min(b);
        self.bases.push((a.min(b), basis));
    }
}

impl Parties {
    /// Makes parties from accounts, what archives state (pairs of account numbers with their
    /// basis) and decisions in the order in which they were made.
    pub fn new(people: &[Person], declared: &[(u32, u32, String)], decisions: &[Decision]) -> Self {
        let number: FxHashMap<&AccountKey, u32> =
            people.iter().enumerate().map(|(n, person)| (&person.key, n as u32)).collect();
        let decisions = in_force(decisions);
        let mut groups =
            Groups { up: (0..people.len() as u32).collect(), apart: Vec::new(), bases: Vec::new() };
        let mut alone: Vec<u32> = Vec::new();
        for decision in &decisions {
            match &decision.action {
                Action::Refuse { a, b, .. } => {
                    if let (Some(a), Some(b)) = (number.get(a), number.get(b)) {
                        groups.apart.push((*a, *b));
                    }
                }
                Action::Split { account, .. } => {
                    // A later merge brings it back.
                    let later = decisions.iter().any(|d| {
                        d.seq > decision.seq
                            && matches!(&d.action, Action::Merge { accounts, .. } if accounts.contains(account))
                    });
                    if let (false, Some(account)) = (later, number.get(account)) {
                        alone.push(*account);
                    }
                }
                Action::Merge { .. } | Action::Undo { .. } => {}
            }
        }
        // People's word comes first, so that no automatic link can keep it out.
        let mut names: Vec<(u32, String)> = Vec::new();
        for decision in &decisions {
            let Action::Merge { accounts, name, .. } = &decision.action else { continue };
            let members: Vec<u32> = accounts
                .iter()
                .filter_map(|key| number.get(key).copied())
                .filter(|account| !alone.contains(account))
                .collect();
            for pair in members.windows(2) {
                groups.join(pair[0], pair[1], format!("decision {}", decision.seq));
            }
            if let (Some(name), Some(first)) = (name, members.first()) {
                names.push((*first, name.clone()));
            }
        }
        for (a, b, basis) in declared {
            if !alone.contains(a) && !alone.contains(b) {
                groups.join(*a, *b, basis.clone());
            }
        }
        let mut same: BTreeMap<String, u32> = BTreeMap::new();
        for (account, person) in people.iter().enumerate() {
            let account = account as u32;
            let Some(form) = equal_form(&person.key) else { continue };
            if alone.contains(&account) {
                continue;
            }
            match same.get(&form) {
                Some(first) => {
                    groups.join(
                        *first,
                        account,
                        format!("one mailbox by the provider's rules: {form}"),
                    );
                }
                None => drop(same.insert(form, account)),
            }
        }
        Self::collect(people, groups, &names)
    }

    fn collect(people: &[Person], mut groups: Groups, given: &[(u32, String)]) -> Self {
        let mut result = Self { of_account: vec![0; people.len()], parties: Vec::new() };
        let mut place: FxHashMap<u32, u32> = FxHashMap::default();
        for account in 0..people.len() as u32 {
            let root = groups.root(account);
            let party = *place.entry(root).or_insert_with(|| {
                result.parties.push(Party {
                    id: String::new(),
                    name: String::new(),
                    accounts: Vec::new(),
                    bases: Vec::new(),
                });
                result.parties.len() as u32 - 1
            });
            result.of_account[account as usize] = party;
            result.parties[party as usize].accounts.push(account);
        }
        for (account, basis) in std::mem::take(&mut groups.bases) {
            let party = result.of_account[account as usize];
            result.parties[party as usize].bases.push(basis);
        }
        for party in &mut result.parties {
            let keys = party.accounts.iter().map(|account| people[*account as usize].key.as_str());
            party.id = party_id(keys.min().unwrap_or_default());
            party.name = name_of(people, party);
        }
        for (account, name) in given {
            let party = result.of_account[*account as usize];
            result.parties[party as usize].name.clone_from(name);
        }
        result
    }
}

fn party_id(key: &str) -> String {
    let id = cahoots_record::ItemId::of("party/1", &[key.as_bytes()]).to_string();
    format!("p-{}", &id[id.len() - 8..])
}

/// The name printed most often; else the name or handle that is the account itself.
fn name_of(people: &[Person], party: &Party) -> String {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for account in &party.accounts {
        for (name, n) in &people[*account as usize].names {
            if name.chars().any(char::is_alphabetic) && !name.contains('@') {
                *counts.entry(name).or_default() += n;
            }
        }
    }
    let best = counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(a.0)));
    if let Some((name, _)) = best {
        return name.to_owned();
    }
    let first = party.accounts.iter().map(|account| &people[*account as usize]);
    let best = first.max_by_key(|person| (person.key.platform() != Platform::Name, person.n_items));
    best.map(|person| person.key.native().to_owned()).unwrap_or_default()
}

/// The form in which two addresses are one mailbox by their provider's published rules.
fn equal_form(key: &AccountKey) -> Option<String> {
    if key.platform() != Platform::Email {
        return None;
    }
    let (local, domain) = key.native().rsplit_once('@')?;
    let (plus, dots, domain) = match domain {
        "gmail.com" | "googlemail.com" => (true, true, "gmail.com"),
        "outlook.com" | "hotmail.com" | "live.com" | "fastmail.com" | "icloud.com" | "me.com" => {
            (true, false, domain)
        }
        "protonmail.com" | "proton.me" | "pm.me" => (true, true, "proton.me"),
        _ => return None,
    };
    let local = if plus { local.split('+').next().unwrap_or(local) } else { local };
    let local = if dots { local.replace('.', "") } else { local.to_owned() };
    (!local.is_empty()).then(|| format!("{local}@{domain}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(keys: &[&str]) -> Vec<Person> {
        keys.iter()
            .map(|key| Person {
                key: AccountKey::from_stored(*key),
                names: vec![(format!("N {key}"), 1)],
                n_items: 1,
            })
            .collect()
    }

    fn merge(seq: u64, accounts: &[&str]) -> Decision {
        let accounts = accounts.iter().map(|key| AccountKey::from_stored(*key)).collect();
        Decision { seq, action: Action::Merge { accounts, name: None, reason: String::new() } }
    }

    fn refuse(seq: u64, a: &str, b: &str) -> Decision {
        let (a, b) = (AccountKey::from_stored(a), AccountKey::from_stored(b));
        Decision { seq, action: Action::Refuse { a, b, reason: String::new() } }
    }

    fn undo(seq: u64, undone: u64) -> Decision {
        Decision { seq, action: Action::Undo { seq: undone, reason: String::new() } }
    }

    #[test]
    fn only_equality_and_declarations_merge_by_themselves() {
        let people = people(&[
            "email:ann.lee@gmail.com",
            "email:annlee+news@googlemail.com",
            "email:ann.lee@x.example",
            "x:12",
            "x:@ann",
        ]);
        let parties = Parties::new(&people, &[(3, 4, "account.js".into())], &[]);
        assert_eq!(parties.of_account, [0, 0, 1, 2, 2]);
        assert_eq!(parties.parties[2].bases, ["account.js"]);
    }

    #[test]
    fn a_refusal_stops_chains_and_undo_restores() {
        let people = people(&["email:a@x", "email:b@x", "email:c@x"]);
        let both = [
            refuse(1, "email:a@x", "email:c@x"),
            merge(2, &["email:a@x", "email:b@x"]),
            merge(3, &["email:b@x", "email:c@x"]),
        ];
        assert_eq!(Parties::new(&people, &[], &both).of_account, [0, 0, 1]);
        let mut undone = both.to_vec();
        undone.push(undo(4, 1));
        assert_eq!(Parties::new(&people, &[], &undone).of_account, [0, 0, 0]);
        undone.push(undo(5, 4));
        assert_eq!(Parties::new(&people, &[], &undone).of_account, [0, 0, 1]);
    }

    #[test]
    fn a_split_account_stands_alone_until_it_is_merged_again() {
        let people = people(&["email:a.b@gmail.com", "email:ab@gmail.com"]);
        let account = AccountKey::from_stored("email:ab@gmail.com");
        let split = Decision { seq: 1, action: Action::Split { account, reason: String::new() } };
        assert_eq!(Parties::new(&people, &[], std::slice::from_ref(&split)).of_account, [0, 1]);
        let again = [split, merge(2, &["email:ab@gmail.com", "email:a.b@gmail.com"])];
        assert_eq!(Parties::new(&people, &[], &again).of_account, [0, 0]);
    }

    proptest::proptest! {
        #[test]
        fn undoing_the_last_decision_restores_what_was(
            pairs in proptest::collection::vec((0usize..6, 0usize..6, 0u8..2), 1..8),
        ) {
            let keys = ["email:a@x", "email:b@x", "x:1", "x:@b", "name:a", "phone:+1"];
            let people = people(&keys);
            let mut decisions: Vec<Decision> = pairs
                .iter()
                .enumerate()
                .map(|(n, (a, b, kind))| match kind {
                    0 => merge(n as u64 + 1, &[keys[*a], keys[*b]]),
                    _ => refuse(n as u64 + 1, keys[*a], keys[*b]),
                })
                .collect();
            let last = decisions.last().unwrap().seq;
            let before = Parties::new(&people, &[], &decisions[..decisions.len() - 1]);
            decisions.push(undo(last + 1, last));
            proptest::prop_assert_eq!(before, Parties::new(&people, &[], &decisions));
        }
    }
}
