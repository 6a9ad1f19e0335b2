//! From a name that a person typed to the one party it means.

use anyhow::{Result, bail};
use cahoots_analyze::Party;
use cahoots_store::people::nearest;

use crate::names::People;

/// The one party that a text means.
///
/// # Errors
/// When nobody is called so (the nearest names are given), or several may be meant.
pub fn party(people: &People, text: &str) -> Result<Party> {
    if let Some(party) = exactly(people, text) {
        return Ok(party);
    }
    let found = people.matcher().parties(text);
    match found.as_slice() {
        [] => {
            let near = nearest(&people.parties, text, 3);
            match near.is_empty() {
                true => {
                    bail!("nobody called {text} in the record; `cahoots people` lists everybody")
                }
                false => bail!("nobody called {text} in the record; nearest: {}", near.join(", ")),
            }
        }
        [one] => Ok(Party(*one)),
        several => {
            let names: Vec<String> = several
                .iter()
                .take(6)
                .map(|party| {
                    // Namesakes are told apart by their accounts.
                    let account = people
                        .people
                        .iter()
                        .zip(&people.parties.of_account)
                        .find(|(_, of)| *of == party)
                        .map_or_else(String::new, |(person, _)| {
                            format!(", {}", person.key.native())
                        });
                    format!("{} ({}{account})", people.name(*party), people.id(*party))
                })
                .collect();
            let more = if several.len() > 6 { ", …" } else { "" };
            bail!("{text} may be {}{more}; name one of them by its id", names.join(", "))
        }
    }
}

/// The party that a compiled record means by a name: an exact match of a name, id or account, or
/// nobody.
pub fn exactly(people: &People, text: &str) -> Option<Party> {
    match people.matcher().sure(text).as_slice() {
        [one] => Some(Party(*one)),
        _ => None,
    }
}
