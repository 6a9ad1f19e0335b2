//! How close in time the sharers of an object are, all over the record: what is to be expected
//! where an object has too few other sharers to say.
//!
//! For each share (the *anchor*) the shares of its object by other accounts within the horizon are
//! counted, and how many of them lie within the window. Every account has one vote, spread over its
//! anchors, so that few who push much do not decide what is usual. The parts differ from anchor to
//! anchor, so they are taken as draws from a beta distribution, fitted by moments, apart for small
//! and for large objects and for meetings with the first share of an object and later ones.

use std::num::NonZeroUsize;

use super::parallel;
use super::table::Table;
use super::window::Windows;
use crate::AccountNo;

/// Numbers of sharers that part small objects from larger ones.
const SIZES: [u32; 4] = [2, 4, 9, 29];
/// Kinds of place in the life of an object: its first share, within the horizon of it, later.
const AGES: usize = 3;
const STRATA: usize = (SIZES.len() + 1) * AGES;
/// Votes that are enough to tell something; less than that is not described by its own alone.
const ENOUGH: f64 = 20.0;

/// A kind of share: how large its object is, and how early in its life the share came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stratum(usize);

impl Stratum {
    /// The kind of a meeting at an object with so many sharers: whether one of the two shares is the
    /// first of all, or how long after the first the anchor came.
    pub fn of(sharers: u32, first: bool, age: i64, windows: Windows) -> Self {
        let size = SIZES.partition_point(|most| *most < sharers);
        let age = match (first, age) {
            (true, _) => 0,
            (false, age) if age <= windows.horizon => 1,
            _ => 2,
        };
        Self(size * AGES + age)
    }
}

/// What is to be expected of a share of some kind: on average this part of the others within the
/// horizon lies within the window; `weight` says for how many observations that counts.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Prior {
    /// The mean part.
    pub mean: f64,
    /// Its weight, in shares.
    pub weight: f64,
}

/// Nothing is known: everything may be close.
const IGNORANT: Prior = Prior { mean: 1.0, weight: 1.0 };

#[derive(Clone, Copy, Default, Debug)]
struct Sums {
    anchors: f64,
    close: f64,
    twos: f64,
    two_close: f64,
    both_close: f64,
}

impl Sums {
    fn add(&mut self, other: &Self, sign: f64) {
        self.anchors += sign * other.anchors;
        self.close += sign * other.close;
        self.twos += sign * other.twos;
        self.two_close += sign * other.two_close;
        self.both_close += sign * other.both_close;
    }

    /// How much the parts differ from one anchor to the next, as the weight of a beta distribution;
    /// `None` where too few anchors have two others.
    fn weight(&self) -> Option<f64> {
        if self.twos < ENOUGH {
            return None;
        }
        let mean = self.two_close / self.twos;
        let variance = self.both_close / self.twos - mean * mean;
        let even = 100.0;
        let weight = if variance > 0.0 { mean * (1.0 - mean) / variance - 1.0 } else { even };
        Some(weight.clamp(1.0, even))
    }

    /// The mean part, where `usual` is expected and counts for as many anchors as are enough.
    fn mean(&self, usual: f64) -> f64 {
        (self.close.max(0.0) + ENOUGH * usual) / (self.anchors.max(0.0) + ENOUGH)
    }
}

/// The record's pace, by kind of share.
#[derive(Clone, Debug)]
pub struct Reference {
    strata: [Sums; STRATA],
}

impl Reference {
    /// Looks at every share of the table.
    pub fn new(table: &Table<'_>, windows: Windows, threads: NonZeroUsize) -> Self {
        let accounts: Vec<AccountNo> = (0..table.accounts() as u32).map(AccountNo).collect();
        Self { strata: observed(table, windows, &accounts, threads) }
    }

    /// The pace of what these accounts did not do.
    pub fn without(
        &self,
        table: &Table<'_>,
        windows: Windows,
        accounts: &[AccountNo],
        threads: NonZeroUsize,
    ) -> Self {
        let mut rest = self.clone();
        for (sums, out) in rest.strata.iter_mut().zip(observed(table, windows, accounts, threads)) {
            sums.add(&out, -1.0);
        }
        rest
    }

    /// What other shares of this kind lead to expect. Few of them count for less than those as early
    /// in the life of objects of any size, and few of these for less than all.
    pub fn prior(&self, stratum: Stratum) -> Prior {
        let Some(usual) = self.usual() else { return IGNORANT };
        let same_age = self.sum((stratum.0 % AGES..STRATA).step_by(AGES));
        let own = self.sum(stratum.0..=stratum.0);
        let mean = own.mean(same_age.mean(usual));
        let weight = own.weight().or_else(|| same_age.weight());
        let weight = weight.or_else(|| self.sum(0..STRATA).weight()).unwrap_or(1.0);
        Prior { mean: mean.min(1.0), weight }
    }

    /// The pace of the record as a whole, one close anchor added, so that it is never nothing; `None`
    /// if there is too little to tell.
    pub fn usual(&self) -> Option<f64> {
        let sums = self.sum(0..STRATA);
        let mean = (sums.close.max(0.0) + 1.0) / (sums.anchors + 1.0);
        (sums.anchors >= ENOUGH).then_some(mean.min(1.0))
    }

    fn sum(&self, strata: impl Iterator<Item = usize>) -> Sums {
        strata.fold(Sums::default(), |mut sums, at| {
            sums.add(&self.strata[at], 1.0);
            sums
        })
    }
}

fn observed(
    table: &Table<'_>,
    windows: Windows,
    accounts: &[AccountNo],
    threads: NonZeroUsize,
) -> [Sums; STRATA] {
    let parts = parallel::parts(accounts, threads, |_, part| {
        let mut sums = [Sums::default(); STRATA];
        for account in part {
            observe(table, windows, *account, &mut sums);
        }
        sums
    });
    let mut strata = [Sums::default(); STRATA];
    for part in parts {
        for (sum, part) in strata.iter_mut().zip(&part) {
            sum.add(part, 1.0);
        }
    }
    strata
}

fn observe(table: &Table<'_>, windows: Windows, account: AccountNo, sums: &mut [Sums; STRATA]) {
    // Each account has one vote, however much it shared: whoever pushes much is not what is usual.
    let weight = 1.0 / table.range_of(account).len().max(1) as f64;
    for own in table.runs_of(account) {
        let Some(object) = own.first().map(|place| table.shares()[*place as usize].object) else {
            continue;
        };
        let shares = table.of_object(object);
        let Some(born) = shares.first().map(|it| it.micros) else { continue };
        let own_is_first = own.first().copied() == table.first_place(object);
        for place in own {
            let micros = table.shares()[*place as usize].micros;
            let within = |reach: i64| {
                let mine = table.within(own, micros, reach);
                (super::window::count(shares, micros, reach) - mine) as f64
            };
            // A later share is held against other later ones: the first is a kind of its own.
            let age = micros.saturating_sub(born);
            let first = age == 0;
            let apart = |reach: i64| {
                let theirs = !first && age <= reach && !own_is_first;
                within(reach) - f64::from(u8::from(theirs))
            };
            let near = apart(windows.horizon);
            if near <= 0.0 {
                continue;
            }
            let close = apart(windows.window);
            let sums = &mut sums[Stratum::of(table.sharers_of(object), first, age, windows).0];
            sums.anchors += weight;
            sums.close += weight * close / near;
            if near >= 2.0 {
                sums.twos += weight;
                sums.two_close += weight * close / near;
                sums.both_close += weight * close * (close - 1.0) / (near * (near - 1.0));
            }
        }
    }
}
