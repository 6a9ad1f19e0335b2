//! Which shares can be in a pair, and what can be said of their pairs without making them.
//!
//! A share is in a pair when, within the window before or after it, another account shares the
//! object. It is enough to count, in a window that moves over the shares, those of all and those
//! of each account: that costs no more than reading the shares, however many pairs there are.

use std::collections::VecDeque;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::compat::Compat;
use crate::network::{LeftOut, Question};
use crate::rows::Row;
use crate::shares::Shares;
use crate::spill::SpillError;
use crate::sweep::takes_part;

/// What the shares come to.
#[derive(Default)]
pub(super) struct Field {
    /// Objects whose shares are swept, by number.
    swept: Vec<bool>,
    /// Objects that would make too many pairs.
    pub(super) left_out: Vec<LeftOut>,
    /// Pairs in the window, those of one account with itself among them.
    pub(super) counted: u64,
    /// Pairs that are made.
    pub(super) made: u64,
    /// For each account, how many of its shares are in a pair, where that is asked for.
    pub(super) matched: Vec<u32>,
    /// Posts that are in a pair, where that is asked for.
    pub(super) paired: FxHashSet<u64>,
}

impl Field {
    /// Goes through the shares once.
    pub(super) fn of(
        shares: &Shares,
        active: &[bool],
        question: &Question,
    ) -> Result<Self, SpillError> {
        let mut field = Self { swept: vec![false; shares.objects.len()], ..Self::default() };
        if question.counts_matched() {
            field.matched = vec![0; shares.accounts.len()];
        }
        let mut object = Object::new(question);
        shares.each_row(|row| {
            if object.number != Some(row.object) {
                field.end(&mut object, question);
                object.number = Some(row.object);
            }
            if takes_part(row, active, question.compat) {
                object.add(row);
            }
        })?;
        field.end(&mut object, question);
        Ok(field)
    }

    /// Whether a share goes to the other program.
    pub(super) fn goes(&self, row: &Row, active: &[bool], question: &Question) -> bool {
        self.swept[row.object as usize] && takes_part(row, active, question.compat)
    }

    fn end(&mut self, object: &mut Object, question: &Question) {
        object.leave_all();
        let done = std::mem::replace(object, Object::new(question));
        let Some(number) = done.number else { return };
        if done.counted > question.pairs_per_object {
            self.left_out.push(LeftOut { object: number, shares: done.n, pairs: done.counted });
            return;
        }
        self.swept[number as usize] = done.counted > 0;
        self.counted = self.counted.saturating_add(done.counted);
        self.made += done.made;
        for (account, n) in done.matched {
            if let Some(all) = self.matched.get_mut(account as usize) {
                *all += n;
            }
        }
        self.paired.extend(done.paired);
    }
}

/// The shares of one object in a window that moves over them.
struct Object {
    window: i64,
    /// Two shares in one post are no pair.
    other_posts: bool,
    number: Option<u32>,
    n: u64,
    counted: u64,
    made: u64,
    near: Near,
    matched: FxHashMap<u32, u32>,
    paired: Vec<u64>,
}

impl Object {
    fn new(question: &Question) -> Self {
        Self {
            window: question.widest(),
            other_posts: question.compat == Some(Compat::CooRTweet),
            number: None,
            n: 0,
            counted: 0,
            made: 0,
            near: Near::default(),
            matched: FxHashMap::default(),
            paired: Vec::new(),
        }
    }

    fn add(&mut self, row: &Row) {
        while let Some((old, _)) = self.near.rows.front() {
            if row.micros.saturating_sub(old.micros) <= self.window {
                break;
            }
            self.leave();
        }
        self.n += 1;
        self.counted += self.near.rows.len() as u64;
        let others = self.near.others(row, self.other_posts);
        self.made += others;
        self.near.add(row, others > 0);
    }

    /// The oldest leaves the window: all that came after it within the window are there.
    fn leave(&mut self) {
        let Some((row, met_before)) = self.near.rows.front().copied() else { return };
        if met_before || self.near.others(&row, self.other_posts) > 0 {
            *self.matched.entry(row.account).or_default() += 1;
            if self.other_posts {
                self.paired.push(row.content);
            }
        }
        self.near.remove_oldest();
    }

    fn leave_all(&mut self) {
        while !self.near.rows.is_empty() {
            self.leave();
        }
    }
}

/// Shares within a window, counted.
#[derive(Default)]
struct Near {
    /// Each with whether it met another before.
    rows: VecDeque<(Row, bool)>,
    of_account: FxHashMap<u32, u64>,
    of_content: FxHashMap<u64, u64>,
    of_both: FxHashMap<(u32, u64), u64>,
}

impl Near {
    fn add(&mut self, row: &Row, met: bool) {
        self.rows.push_back((*row, met));
        *self.of_account.entry(row.account).or_default() += 1;
        *self.of_content.entry(row.content).or_default() += 1;
        *self.of_both.entry((row.account, row.content)).or_default() += 1;
    }

    fn remove_oldest(&mut self) {
        let Some((row, _)) = self.rows.pop_front() else { return };
        less(&mut self.of_account, row.account);
        less(&mut self.of_content, row.content);
        less(&mut self.of_both, (row.account, row.content));
    }

    /// How many of another account, and of another post if that matters.
    fn others(&self, row: &Row, other_posts: bool) -> u64 {
        let at = |n: Option<&u64>| n.copied().unwrap_or_default();
        let accounts = self.rows.len() as u64 - at(self.of_account.get(&row.account));
        if !other_posts {
            return accounts;
        }
        accounts + at(self.of_both.get(&(row.account, row.content)))
            - at(self.of_content.get(&row.content))
    }
}

fn less<K: std::hash::Hash + Eq>(counts: &mut FxHashMap<K, u64>, key: K) {
    if let std::collections::hash_map::Entry::Occupied(mut entry) = counts.entry(key) {
        *entry.get_mut() -= 1;
        if *entry.get() == 0 {
            entry.remove();
        }
    }
}

/// How many pairs have at least one share in a kept post: all without those of which none has.
pub(super) fn pairs_of_kept(
    shares: &Shares,
    active: &[bool],
    question: &Question,
    field: &Field,
    kept: &FxHashSet<u64>,
) -> Result<u64, SpillError> {
    let mut without = 0;
    let mut object = Object::new(question);
    shares.each_row(|row| {
        if object.number != Some(row.object) {
            without += object.made;
            object = Object::new(question);
            object.number = Some(row.object);
        }
        if field.goes(row, active, question) && !kept.contains(&row.content) {
            object.add(row);
        }
    })?;
    Ok(field.made - without - object.made)
}
