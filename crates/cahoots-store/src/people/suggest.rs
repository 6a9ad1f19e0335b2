//! Suggestions: accounts that may be one party's, with the evidence in bits.
//!
//! A sum of log2(m/u) in the manner of Fellegi and Sunter (1969): a rare name shared says more
//! than a common one, so each agreement weighs the logarithm of how rare it is in this record.
//! Nothing is merged by it.

use cahoots_record::Platform;
use rustc_hash::FxHashMap;

use super::{Parties, Person, name_words};

/// One reason why two accounts may belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// What agrees, in words.
    pub what: String,
    /// How much it says.
    pub bits: f64,
}

/// Two accounts of different parties that may belong to one.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// One account's number.
    pub a: u32,
    /// The other's.
    pub b: u32,
    /// The sum of the evidence.
    pub bits: f64,
    /// What it is made of.
    pub evidence: Vec<Evidence>,
}

/// Accounts that share a form beyond this are not paired with each other: the form is a common
/// one, and says next to nothing.
const MOST_IN_BLOCK: usize = 50;

/// What a shared form means.
const SAME_NAME: &str = "the same printed name";
const SAME_LOCAL: &str = "the same name before @ or handle";
const BY_NAME: &str = "a name that is the address would have";
const BY_ADDRESS: &str = "the address itself";
const CUT: &str = "an address that may be cut off";

/// The forms under which an account is looked up, with where they come from.
fn forms(person: &Person) -> Vec<(String, &'static str)> {
    let mut forms = Vec::new();
    for (name, _) in person.names.iter().take(8) {
        let words = name_words(name);
        let full: Vec<&String> = words.iter().filter(|word| word.chars().count() > 1).collect();
        // A bare first name or a single word never suffices.
        if let (Some(first), Some(last)) = (full.first(), full.last())
            && full.len() >= 2
        {
            forms.push((format!("name {first} {last}"), SAME_NAME));
            forms.push((format!("local {first}.{last}"), BY_NAME));
            let initial = first.chars().next().unwrap_or_default();
            forms.push((format!("local {initial}{last}"), BY_NAME));
            // `quistbc@…` for Bo C. Quist: an office that files by family name.
            let given = words.iter().filter(|word| *word != *last);
            let initials: String = given.filter_map(|word| word.chars().next()).collect();
            forms.push((format!("local {last}{initials}"), BY_NAME));
        }
    }
    let native = person.key.native();
    match person.key.platform() {
        Platform::Email => {
            if let Some((local, _)) = native.rsplit_once('@') {
                let local = local.split('+').next().unwrap_or(local);
                if local.len() >= 4 && !ROLES.contains(&local) {
                    forms.push((format!("handle {local}"), SAME_LOCAL));
                    let parts: Vec<&str> =
                        local.split(['.', '_', '-']).filter(|part| !part.is_empty()).collect();
                    match parts.as_slice() {
                        [first, .., last] if first.len() > 1 => {
                            forms.push((format!("local {first}.{last}"), BY_ADDRESS));
                        }
                        [one] => forms.push((format!("local {one}"), BY_ADDRESS)),
                        _ => {}
                    }
                }
            }
        }
        Platform::X => {
            let handle = native.trim_start_matches('@');
            if native.starts_with('@') && handle.len() >= 4 {
                forms.push((format!("handle {handle}"), SAME_LOCAL));
            }
        }
        Platform::Name => {
            let words = name_words(native);
            // A single word on paper may be what is left of an address.
            if let [word] = words.as_slice()
                && word.len() >= 4
            {
                forms.push((format!("handle {native}"), CUT));
            }
            if let (Some(first), Some(last)) = (words.first(), words.last())
                && words.len() >= 2
            {
                forms.push((format!("name {first} {last}"), SAME_NAME));
                forms.push((format!("local {first}.{last}"), BY_NAME));
                let initials: String = words[..words.len() - 1]
                    .iter()
                    .filter_map(|word| word.chars().next())
                    .collect();
                forms.push((format!("local {last}{initials}"), BY_NAME));
            }
        }
        Platform::Phone | Platform::Other => {}
    }
    forms.sort_unstable();
    forms.dedup_by(|a, b| a.0 == b.0);
    forms
}

/// Whether an account's name is printed with the family name first.
fn turned(people: &[Person], account: u32) -> bool {
    let person = &people[account as usize];
    let name = person.names.first().map_or(person.key.native(), |(name, _)| name.as_str());
    name.contains(',')
}

/// Mailboxes that belong to an office and not to a person.
const ROLES: [&str; 16] = [
    "info",
    "admin",
    "administrator",
    "root",
    "postmaster",
    "webmaster",
    "mail",
    "office",
    "support",
    "contact",
    "sales",
    "news",
    "nobody",
    "anonymous",
    "owner",
    "noreply",
];

/// Pairs of accounts of different parties with at least `least` bits of evidence, most first.
/// `apart` are pairs that a person refused.
pub fn suggest(
    people: &[Person],
    parties: &Parties,
    apart: &[(u32, u32)],
    least: f64,
) -> Vec<Suggestion> {
    let mut blocks: FxHashMap<String, Vec<(u32, &'static str)>> = FxHashMap::default();
    for (number, person) in people.iter().enumerate() {
        for (form, what) in forms(person) {
            blocks.entry(form).or_default().push((number as u32, what));
        }
    }
    // How rare a form is in this record: shared by k of n accounts, it says log2(n / k), and 3 bits more for agreeing at all.
    let n = people.len().max(64) as f64;
    let mut pairs: FxHashMap<(u32, u32), Vec<Evidence>> = FxHashMap::default();
    let mut ordered: Vec<(&String, &Vec<(u32, &'static str)>)> =
        blocks.iter().filter(|(_, members)| (2..=MOST_IN_BLOCK).contains(&members.len())).collect();
    ordered.sort_unstable_by_key(|(form, _)| *form);
    for (form, members) in ordered {
        let k = members.len() as f64;
        let weight = match form.split_once(' ').map_or("", |(kind, _)| kind) {
            "name" => 1.0,
            "handle" => 0.75,
            // A pattern of an address is weaker than a printed name.
            _ => 0.6,
        };
        let bits = (weight * (n / k).log2() + 3.0).clamp(0.0, 14.0);
        for (place, (a, what)) in members.iter().enumerate() {
            for (b, other) in &members[place + 1..] {
                let same = parties.of_account[*a as usize] == parties.of_account[*b as usize];
                let refused = apart.iter().any(|pair| *pair == (*a, *b) || *pair == (*b, *a));
                if a == b || same || refused {
                    continue;
                }
                // Two equal names make equal addresses thinkable, and two equal addresses are
                // counted as such: this form says something only between a name and an address.
                let what = match (*what, *other) {
                    (BY_NAME, BY_ADDRESS) | (BY_ADDRESS, BY_NAME) => "the name fits the address",
                    (BY_NAME, BY_NAME) | (BY_ADDRESS, BY_ADDRESS) | (CUT, CUT) => continue,
                    (CUT, _) | (_, CUT) => CUT,
                    (SAME_NAME, SAME_NAME) if turned(people, *a) != turned(people, *b) => {
                        "the same name, the family name first in one of them"
                    }
                    (what, _) => what,
                };
                let text = form.split_once(' ').map_or("", |(_, text)| text);
                let evidence = Evidence { what: format!("{what}: {text}"), bits };
                pairs.entry((*a.min(b), *a.max(b))).or_default().push(evidence);
            }
        }
    }
    let mut found: Vec<Suggestion> = pairs
        .into_iter()
        .map(|((a, b), mut evidence)| {
            evidence.sort_by(|x, y| y.bits.total_cmp(&x.bits).then(x.what.cmp(&y.what)));
            // Forms of one name are not independent: what comes after the best counts half.
            let mut bits = 0.0;
            for (place, evidence) in evidence.iter().enumerate() {
                bits += if place == 0 { evidence.bits } else { evidence.bits / 2.0 };
            }
            let domain = |account: u32| {
                let key = &people[account as usize].key;
                key.native().rsplit_once('@').map(|(_, domain)| domain.to_owned())
            };
            if let (Some(x), Some(y)) = (domain(a), domain(b))
                && x != y
                && (x.ends_with(&format!(".{y}")) || y.ends_with(&format!(".{x}")))
            {
                bits += 3.0;
                evidence.push(Evidence {
                    what: format!("machines of one domain: {x}, {y}"),
                    bits: 3.0,
                });
            }
            let names = |account: u32| {
                let person = &people[account as usize];
                person.names.first().map(|(name, _)| name_words(name)).unwrap_or_default()
            };
            let (x, y) = (names(a), names(b));
            let differ = x.len() >= 2 && y.len() >= 2 && x.last() != y.last();
            if differ {
                bits -= 8.0;
                evidence
                    .push(Evidence { what: "the printed surnames differ".to_owned(), bits: -8.0 });
            }
            Suggestion { a, b, bits, evidence }
        })
        .filter(|suggestion| suggestion.bits >= least)
        .collect();
    found.sort_unstable_by(|x, y| y.bits.total_cmp(&x.bits).then((x.a, x.b).cmp(&(y.a, y.b))));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use cahoots_record::AccountKey;

    fn person(key: String, name: &str) -> Person {
        let names = if name.is_empty() { Vec::new() } else { vec![(name.to_owned(), 3)] };
        Person { key: AccountKey::from_stored(key), names, n_items: 3 }
    }

    /// `n` invented people with one account each.
    fn crowd(n: usize) -> Vec<Person> {
        (0..n)
            .map(|i| person(format!("email:u{i}x@host{i}.example"), &format!("Given{i} Family{i}")))
            .collect()
    }

    #[test]
    fn a_rare_shared_name_is_suggested_and_a_bare_first_name_is_not() {
        let mut people = crowd(500);
        people.push(person("email:ada@quill.example".into(), "Ada Quill"));
        people.push(person("email:aq77@other.example".into(), "Quill, Ada"));
        people.push(person("email:b@one.example".into(), "Bob"));
        people.push(person("email:c@two.example".into(), "Bob"));
        let parties = Parties::new(&people, &[], &[]);
        let found = suggest(&people, &parties, &[], 10.0);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].a, found[0].b), (500, 501));
        assert!(suggest(&people, &parties, &[(501, 500)], 10.0).is_empty());
    }

    #[test]
    fn printed_names_are_suggested_with_the_form_they_are_printed_in() {
        let mut people = crowd(400);
        people.push(person("name:quist, bo c".into(), "Quist, Bo C"));
        people.push(person("name:bo quist".into(), "Bo Quist"));
        people.push(person("email:quistbc@board.example".into(), ""));
        people.push(person("name:aqlb".into(), "aqlb"));
        people.push(person("email:aqlb@home.example".into(), ""));
        let parties = Parties::new(&people, &[], &[]);
        let found = suggest(&people, &parties, &[], 5.0);
        let why = |a: u32, b: u32| {
            let pair = found.iter().find(|s| (s.a, s.b) == (a, b));
            pair.and_then(|pair| pair.evidence.first()).map(|evidence| evidence.what.as_str())
        };
        let turned = "the same name, the family name first in one of them: bo quist";
        assert_eq!(why(400, 401), Some(turned));
        assert_eq!(why(400, 402), Some("the name fits the address: quistbc"));
        assert_eq!(why(403, 404), Some("an address that may be cut off: aqlb"));
    }

    #[test]
    fn planted_aliases_are_found_and_strangers_are_not() {
        // 300 people with two accounts each, one in the form of their name; 600 strangers.
        let mut people = crowd(600);
        for i in 0..300 {
            let (given, family) = (format!("anna{i}q"), format!("berg{i}z"));
            people.push(person(format!("email:{given}.{family}@work.example"), ""));
            people.push(person(format!("email:z{i}k@home.example"), &format!("{given} {family}")));
        }
        let parties = Parties::new(&people, &[], &[]);
        let found = suggest(&people, &parties, &[], 7.0);
        let right = found.iter().filter(|s| s.a >= 600 && s.b == s.a + 1 && s.a % 2 == 0).count();
        assert_eq!(right, 300, "recall");
        assert_eq!(found.len(), right, "precision");
    }
}
