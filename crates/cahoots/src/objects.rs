//! What items refer to, as numbers: for counting links, hashtags and files among many items.

use anyhow::{Context, Result};
use cahoots_record::{ItemOrd, ObjectKind};
use cahoots_store::Case;
use rustc_hash::FxHashMap;

/// The objects of every item, by its place in the case.
#[derive(Debug, Default)]
pub struct Objects {
    /// In the order in which the record first names them.
    facts: Vec<(ObjectKind, Box<str>)>,
    /// Where the objects of an item begin; one more than there are items.
    starts: Vec<u32>,
    of: Vec<u32>,
}

impl Objects {
    /// Reads them.
    ///
    /// # Errors
    /// When the case cannot be read, or holds more than 32 bits count.
    pub fn read(case: &Case) -> Result<Self> {
        let mut objects = Self { starts: vec![0], ..Self::default() };
        let mut numbers: FxHashMap<(ObjectKind, Box<str>), u32> = FxHashMap::default();
        for segment in case.shared_segments() {
            segment.each_object(|ord, kind, key| {
                objects.close_before(ord.0 as usize);
                let next = objects.facts.len() as u32;
                let fact = (kind, Box::from(key));
                let number = *numbers.entry(fact).or_insert_with_key(|fact| {
                    objects.facts.push(fact.clone());
                    next
                });
                let start = objects.starts.last().copied().unwrap_or_default() as usize;
                if !objects.of[start..].contains(&number) {
                    objects.of.push(number);
                }
            })?;
        }
        objects.close_before(case.n_items() as usize);
        u32::try_from(objects.of.len()).ok().context("more references than can be counted")?;
        Ok(objects)
    }

    /// Ends the lists of all items before this one.
    fn close_before(&mut self, ord: usize) {
        let end = self.of.len() as u32;
        self.starts.resize(ord.max(self.starts.len() - 1) + 1, end);
    }

    /// What an item refers to, each once.
    fn of(&self, ord: ItemOrd) -> &[u32] {
        let ord = ord.0 as usize;
        match (self.starts.get(ord), self.starts.get(ord + 1)) {
            (Some(start), Some(end)) => &self.of[*start as usize..*end as usize],
            _ => &[],
        }
    }

    /// The objects that most of these items refer to, with how many do, most first.
    pub fn most(
        &self,
        items: impl Iterator<Item = ItemOrd>,
        limit: usize,
    ) -> Vec<(ObjectKind, &str, u64)> {
        let mut counts = vec![0_u32; self.facts.len()];
        for ord in items {
            for object in self.of(ord) {
                counts[*object as usize] += 1;
            }
        }
        let mut counts: Vec<(u32, u32)> = (0..).zip(counts).filter(|(_, n)| *n > 0).collect();
        let key = |(object, n): &(u32, u32)| (std::cmp::Reverse(*n), *object);
        if counts.len() > limit && limit > 0 {
            counts.select_nth_unstable_by_key(limit - 1, key);
        }
        counts.truncate(limit);
        counts.sort_unstable_by_key(key);
        let named = counts.into_iter().filter_map(|(object, n)| {
            let (kind, name) = self.facts.get(object as usize)?;
            Some((*kind, &**name, u64::from(n)))
        });
        named.collect()
    }
}
