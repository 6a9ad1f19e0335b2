//! Which items the record already has: item id to place in the record.
//!
//! Two archives may give one platform id other contents: an edited post, a summary beside the
//! words. Such an item is a variant with an id of its own, never dropped as a copy.

use std::hash::BuildHasher;

use cahoots_record::{Item, ItemId, ItemOrd, Sha256};
use hashbrown::HashTable;

/// Every item id of a case with its place; about 34 bytes an item.
#[derive(Default)]
pub struct ItemIds {
    ids: Vec<ItemId>,
    contents: Vec<u64>,
    places: HashTable<u32>,
    hasher: rustc_hash::FxBuildHasher,
}

impl ItemIds {
    /// The number of items, which is also the place of the next one.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Where an item stands, if it is known.
    pub fn get(&self, id: &ItemId) -> Option<ItemOrd> {
        self.places
            .find(self.hasher.hash_one(id), |place| self.ids[*place as usize] == *id)
            .map(|place| ItemOrd(u64::from(*place)))
    }

    /// Takes an item: new at the next place, a variant of one that is known, or a copy.
    /// A variant's id is changed to one of its own.
    pub fn take(&mut self, item: &mut Item) -> Taken {
        let Some(known) = self.get(&item.id) else {
            return Taken::New(self.push(item.id, &item.content_hash));
        };
        // A copy without words, from a table of ids and times, says nothing else.
        if item.text.trim().is_empty() || self.content(known) == short(&item.content_hash) {
            return Taken::Copy(known);
        }
        let first = item.id;
        item.id = ItemId::of("variant/1", &[first.as_bytes(), item.content_hash.as_bytes()]);
        match self.get(&item.id) {
            Some(known) => Taken::Copy(known),
            None => Taken::Variant(self.push(item.id, &item.content_hash), first),
        }
    }

    fn content(&self, ord: ItemOrd) -> u64 {
        self.contents.get(ord.0 as usize).copied().unwrap_or_default()
    }

    /// Adds the item at the next place without asking whether it is known: rows of the record.
    pub fn push(&mut self, id: ItemId, content: &Sha256) -> ItemOrd {
        let place = self.ids.len() as u32;
        self.ids.push(id);
        self.contents.push(short(content));
        let (ids, hasher) = (&self.ids, &self.hasher);
        self.places.insert_unique(hasher.hash_one(id), place, |place| {
            hasher.hash_one(ids[*place as usize])
        });
        ItemOrd(u64::from(place))
    }

    /// The id at a place.
    pub fn at(&self, ord: ItemOrd) -> Option<ItemId> {
        self.ids.get(ord.0 as usize).copied()
    }
}

/// What [`ItemIds::take`] made of an item.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Taken {
    /// The record did not have it.
    New(ItemOrd),
    /// The record has the same under this place.
    Copy(ItemOrd),
    /// The record has another content under the id that is given here.
    Variant(ItemOrd, ItemId),
}

/// Enough of a digest to tell two contents of one id apart.
fn short(digest: &Sha256) -> u64 {
    digest.as_bytes().iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_dense_and_found_again() {
        let mut ids = ItemIds::default();
        let name = |n: u32| ItemId::of("t", &[&n.to_le_bytes()]);
        for n in 0..5000 {
            assert_eq!(ids.push(name(n), &Sha256::of(b"c")), ItemOrd(u64::from(n)));
        }
        assert_eq!(ids.get(&name(4999)), Some(ItemOrd(4999)));
        assert_eq!(ids.get(&name(5000)), None);
        assert_eq!(ids.at(ItemOrd(3)), Some(name(3)));
    }
}
