//! How many pairs there are, counted without looking at them.
//!
//! What a cluster gives back is held against this: parts of an answer that were lost, or came
//! twice, change the sum.

use std::collections::{HashMap, VecDeque};

use anyhow::{Result, ensure};

/// One share, as far as pairs depend on it.
#[derive(Clone, Copy, Debug)]
pub struct Share {
    /// The object.
    pub object: u32,
    /// The account.
    pub account: u32,
    /// The post.
    pub content: i64,
    /// The time.
    pub micros: i64,
    /// Whether it may carry a pair.
    pub kept: bool,
}

/// Counts the pairs of shares that come object by object, each in the order of time.
pub struct Counter {
    window: i64,
    /// Whether two shares in one post are no pair.
    other_posts: bool,
    last: Option<(u32, i64)>,
    /// The objects that are through.
    ended: Vec<bool>,
    /// The shares within the window before the last one, of its object.
    near: VecDeque<Share>,
    /// Of those, all and those not kept: how many, by account, by content and by both.
    all: Tally,
    unkept: Tally,
    pairs: u64,
}

#[derive(Default)]
struct Tally {
    n: u64,
    of_account: HashMap<u32, u64>,
    of_content: HashMap<i64, u64>,
    of_both: HashMap<(u32, i64), u64>,
}

impl Tally {
    fn add(&mut self, share: &Share) {
        self.n += 1;
        *self.of_account.entry(share.account).or_default() += 1;
        *self.of_content.entry(share.content).or_default() += 1;
        *self.of_both.entry((share.account, share.content)).or_default() += 1;
    }

    fn take(&mut self, share: &Share) {
        self.n -= 1;
        less(&mut self.of_account, share.account);
        less(&mut self.of_content, share.content);
        less(&mut self.of_both, (share.account, share.content));
    }

    /// Those of other accounts, and of other posts if that matters.
    fn others(&self, share: &Share, other_posts: bool) -> u64 {
        let at = |n: Option<&u64>| n.copied().unwrap_or_default();
        let accounts = self.n - at(self.of_account.get(&share.account));
        if !other_posts {
            return accounts;
        }
        accounts + at(self.of_both.get(&(share.account, share.content)))
            - at(self.of_content.get(&share.content))
    }
}

fn less<K: std::hash::Hash + Eq>(counts: &mut HashMap<K, u64>, key: K) {
    if let std::collections::hash_map::Entry::Occupied(mut entry) = counts.entry(key) {
        *entry.get_mut() -= 1;
        if *entry.get() == 0 {
            entry.remove();
        }
    }
}

impl Counter {
    /// Counts pairs within `window` microseconds; with `other_posts`, two shares in one post are
    /// no pair.
    pub fn new(window: i64, other_posts: bool) -> Self {
        Self {
            window,
            other_posts,
            last: None,
            ended: Vec::new(),
            near: VecDeque::new(),
            all: Tally::default(),
            unkept: Tally::default(),
            pairs: 0,
        }
    }

    /// Takes in the next share.
    ///
    /// # Errors
    /// When it does not come in that order.
    pub fn add(&mut self, share: Share) -> Result<()> {
        if let Some((object, micros)) = self.last {
            if object == share.object {
                ensure!(micros <= share.micros, "the shares of an object do not come in order");
            } else {
                let place = object as usize;
                self.ended.resize(self.ended.len().max(place + 1), false);
                self.ended[place] = true;
                self.near.clear();
                self.all = Tally::default();
                self.unkept = Tally::default();
            }
        }
        let ended = self.ended.get(share.object as usize).copied().unwrap_or_default();
        ensure!(!ended, "the shares of an object do not come together");
        self.last = Some((share.object, share.micros));
        let from = share.micros.saturating_sub(self.window);
        while let Some(first) = self.near.front().copied().filter(|first| first.micros < from) {
            self.near.pop_front();
            self.all.take(&first);
            if !first.kept {
                self.unkept.take(&first);
            }
        }
        // Of a pair one share has to be kept: of two that are not, none is.
        self.pairs += self.all.others(&share, self.other_posts);
        if !share.kept {
            self.pairs -= self.unkept.others(&share, self.other_posts);
        }
        self.all.add(&share);
        if !share.kept {
            self.unkept.add(&share);
        }
        self.near.push_back(share);
        Ok(())
    }

    /// How many there were.
    pub fn pairs(&self) -> u64 {
        self.pairs
    }
}

#[cfg(test)]
impl Share {
    /// Shares made up from a seed, few enough of everything that much coincides.
    pub fn made_up(n: u32, seed: u64) -> Vec<Self> {
        let mut state = seed;
        let mut next = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let share = |number: u32| Self {
            object: next(6) as u32,
            account: next(9) as u32,
            content: if next(4) == 0 { next(40) as i64 } else { i64::from(100 + number) },
            micros: next(4_000) as i64 - 2_000,
            kept: next(4) > 0,
        };
        (0..n).map(share).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_that_of_looking_at_every_two_shares() {
        for (window, other_posts) in
            [(0, true), (1, false), (20, true), (300, false), (100_000, true), (100_000, false)]
        {
            let mut shares = Share::made_up(400, 11);
            shares.sort_by_key(|share| (share.object, share.micros));
            let mut counter = Counter::new(window, other_posts);
            let mut expected = 0;
            for (place, y) in shares.iter().enumerate() {
                counter.add(*y).unwrap();
                let pairs = shares[..place].iter().filter(|x| {
                    x.object == y.object
                        && y.micros - x.micros <= window
                        && x.account != y.account
                        && (!other_posts || x.content != y.content)
                        && (x.kept || y.kept)
                });
                expected += pairs.count() as u64;
            }
            assert!(expected > 0);
            assert_eq!(counter.pairs(), expected, "window {window}");
        }
    }

    #[test]
    fn shares_out_of_order_are_refused() {
        let share = Share { object: 1, account: 1, content: 1, micros: 5, kept: true };
        let mut counter = Counter::new(10, true);
        counter.add(share).unwrap();
        assert!(counter.add(Share { micros: 4, ..share }).is_err());
        // Objects may come in any order, but not twice.
        counter.add(Share { object: 0, ..share }).unwrap();
        assert!(counter.add(share).is_err());
    }
}
