//! How close in time the sharers of an object are, all over the record: what is to be expected
//! where an object has too few other sharers to say.
//!
//! For each share (the *anchor*) the shares of its object by other accounts within the horizon are
//! counted, and how many of them lie within the window. The objects differ, so their shares of
//! close ones are taken as draws from a beta distribution, fitted by moments, apart for small and
//! for large objects and for the first share of an object and later ones.

use std::num::NonZeroUsize;

use super::leave_out::LeaveOut;
use super::parallel;
use super::table::Table;
use super::window::Windows;
use crate::AccountNo;

/// Numbers of sharers that part small objects from larger ones.
const SIZES: [u32; 4] = [2, 4, 9, 29];
/// Kinds of place in the life of an object: its first share, within the window of it, within the
/// horizon of it, later.
const AGES: usize = 3;
const STRATA: usize = (SIZES.len() + 1) * AGES;
/// Anchors below which a kind of share is not described by its own.
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

    fn prior(&self) -> Prior {
        if self.anchors < ENOUGH {
            return IGNORANT;
        }
        let mean = (self.close / self.anchors).clamp(0.0, 1.0);
        let weight = if self.twos < ENOUGH {
            1.0
        } else {
            let mean = self.two_close / self.twos;
            let variance = self.both_close / self.twos - mean * mean;
            if variance > 0.0 {
                (mean * (1.0 - mean) / variance - 1.0).clamp(1.0, 100.0)
            } else {
                100.0
            }
        };
        Prior { mean, weight }
    }
}

/// The record's pace, by kind of share, and apart for each group that can be left out.
#[derive(Clone, Debug)]
pub struct Reference {
    all: [Sums; STRATA],
    groups: Vec<[Sums; STRATA]>,
}

impl Reference {
    /// Looks at every share of the table.
    pub fn new(table: &Table<'_>, windows: Windows, out: &LeaveOut, threads: NonZeroUsize) -> Self {
        let accounts: Vec<u32> = (0..table.accounts() as u32).collect();
        let parts = parallel::parts(&accounts, threads, |_, part| {
            let mut all = [Sums::default(); STRATA];
            let mut grouped: Vec<(u32, [Sums; STRATA])> = Vec::new();
            for account in part {
                let account = AccountNo(*account);
                let mut own = [Sums::default(); STRATA];
                observe(table, windows, account, &mut own);
                for (sum, own) in all.iter_mut().zip(&own) {
                    sum.add(own, 1.0);
                }
                if let Some(group) = out.group_of(account) {
                    grouped.push((group, own));
                }
            }
            (all, grouped)
        });
        let mut all = [Sums::default(); STRATA];
        let mut groups = vec![[Sums::default(); STRATA]; out.groups()];
        for (part, grouped) in parts {
            for (sum, part) in all.iter_mut().zip(&part) {
                sum.add(part, 1.0);
            }
            for (group, own) in grouped {
                for (sum, own) in groups[group as usize].iter_mut().zip(&own) {
                    sum.add(own, 1.0);
                }
            }
        }
        Self { all, groups }
    }

    /// What other shares of this kind lead to expect, those of the groups named left out.
    pub fn prior(&self, stratum: Stratum, out: [Option<u32>; 2]) -> Prior {
        let without = |stratum: usize| {
            let mut sums = self.all[stratum];
            let second = if out[0] == out[1] { None } else { out[1] };
            for group in [out[0], second].into_iter().flatten() {
                sums.add(&self.groups[group as usize][stratum], -1.0);
            }
            sums
        };
        let own = without(stratum.0);
        if own.anchors >= ENOUGH {
            return own.prior();
        }
        // The same age at any size; then everything.
        let mut same_age = Sums::default();
        for at in (stratum.0 % AGES..STRATA).step_by(AGES) {
            same_age.add(&without(at), 1.0);
        }
        if same_age.anchors >= ENOUGH {
            return same_age.prior();
        }
        let mut any = Sums::default();
        for at in 0..STRATA {
            any.add(&without(at), 1.0);
        }
        any.prior()
    }
}

fn observe(table: &Table<'_>, windows: Windows, account: AccountNo, sums: &mut [Sums; STRATA]) {
    for own in table.runs_of(account) {
        let Some(object) = own.first().map(|place| table.shares()[*place as usize].object) else {
            continue;
        };
        let shares = table.of_object(object);
        let Some(born) = shares.first().map(|it| it.micros) else { continue };
        // Each object has one vote, however many shared it.
        let weight = 1.0 / shares.len() as f64;
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
            let weight = if first { 1.0 } else { weight };
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
