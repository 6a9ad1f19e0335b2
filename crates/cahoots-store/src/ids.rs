//! Which items the record already has: item id to place in the record.

use std::hash::BuildHasher;

use cahoots_record::{ItemId, ItemOrd};
use hashbrown::HashTable;

/// Every item id of a case with its place; about 26 bytes an item.
#[derive(Default)]
pub struct ItemIds {
    ids: Vec<ItemId>,
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

    /// Adds an item at the next place; `Err` with its place if it is already known.
    pub fn insert(&mut self, id: ItemId) -> Result<ItemOrd, ItemOrd> {
        if let Some(ord) = self.get(&id) {
            return Err(ord);
        }
        Ok(self.push(id))
    }

    /// Adds the item at the next place without asking whether it is known: rows of the record.
    pub fn push(&mut self, id: ItemId) -> ItemOrd {
        let place = self.ids.len() as u32;
        self.ids.push(id);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_dense_and_found_again() {
        let mut ids = ItemIds::default();
        let name = |n: u32| ItemId::of("t", &[&n.to_le_bytes()]);
        for n in 0..5000 {
            assert_eq!(ids.insert(name(n)), Ok(ItemOrd(u64::from(n))));
        }
        assert_eq!(ids.insert(name(17)), Err(ItemOrd(17)));
        assert_eq!(ids.get(&name(4999)), Some(ItemOrd(4999)));
        assert_eq!(ids.get(&name(5000)), None);
        assert_eq!(ids.at(ItemOrd(3)), Some(name(3)));
    }
}
