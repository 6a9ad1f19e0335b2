//! Synchrony: where two accounts shared one object at roughly the same time, did they do so closer
//! together than its other sharers around that time?

use super::leave_out::LeaveOut;
use super::poisson_binomial::upper_tail;
use super::reference::{Prior, Reference, Stratum};
use super::table::Table;
use super::window::{Windows, count};
use crate::{AccountNo, ObjectNo};

/// How much two accounts were in step.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Synchrony {
    /// Occasions on which both shared an object within the horizon of each other.
    pub occasions: u32,
    /// On how many of them they were within the window.
    pub in_step: u32,
    /// On how many they would have been, if the second had been any other sharer.
    pub expected: f64,
    /// On how many of the occasions others shared the object within the horizon as well. Where
    /// nobody did, the other objects of the record are all there is to compare with.
    pub compared: u32,
    /// The chance of at least `in_step`.
    pub p: f64,
}

/// One occasion: the first share of an account there, held against those of another.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Occasion {
    /// The object.
    pub object: ObjectNo,
    /// When the account shared it.
    pub micros: i64,
    /// The lag of the other's nearest share.
    pub lag: i64,
    /// How often the other shared it within the horizon.
    pub times: u32,
    /// How many shares of others lie within the horizon, and within the window.
    pub near: u32,
    /// Of those, within the window.
    pub close: u32,
    /// The chance of being close here.
    pub chance: f64,
}

/// What synchrony is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Judge<'a> {
    /// The shares.
    pub table: &'a Table<'a>,
    /// Window and horizon.
    pub windows: Windows,
    /// Who is no bystander.
    pub out: &'a LeaveOut,
    /// The pace of the record.
    pub reference: &'a Reference,
}

impl Judge<'_> {
    /// The synchrony of a pair. Each account in turn is the one whose times are taken as given and
    /// the other the one that might be anybody; the weaker result counts.
    pub fn pair(&self, a: AccountNo, b: AccountNo) -> Synchrony {
        let (one, other) = (self.given(a, b), self.given(b, a));
        if one.p >= other.p { one } else { other }
    }

    fn given(&self, a: AccountNo, b: AccountNo) -> Synchrony {
        let occasions = self.occasions(a, b);
        let close = |it: &&Occasion| it.lag.unsigned_abs() <= self.windows.window as u64;
        let in_step = occasions.iter().filter(close).count();
        let chances: Vec<f64> = occasions.iter().map(|it| it.chance).collect();
        Synchrony {
            occasions: occasions.len() as u32,
            in_step: in_step as u32,
            expected: chances.iter().sum(),
            compared: occasions.iter().filter(|it| it.near > 0).count() as u32,
            p: upper_tail(&chances, in_step),
        }
    }

    /// The occasions of `a` with `b`: shares of `a` that have one of `b` within the horizon, in the
    /// order of time; after one, what follows within the horizon belongs to the same occasion.
    pub fn occasions(&self, a: AccountNo, b: AccountNo) -> Vec<Occasion> {
        let shares = self.table.shares();
        let time = |place: &u32| shares[*place as usize].micros;
        let horizon = self.windows.horizon;
        let mut meetings: Vec<(i64, ObjectNo, i64, u32)> = Vec::new();
        for both in self.table.common(a, b) {
            let mut from = 0;
            for place in both.a {
                let micros = time(place);
                while from < both.b.len() && time(&both.b[from]) < micros.saturating_sub(horizon) {
                    from += 1;
                }
                let near = both.b[from..]
                    .iter()
                    .map(|place| time(place).saturating_sub(micros))
                    .take_while(|lag| *lag <= horizon);
                let times = near.clone().count() as u32;
                if let Some(lag) = near.min_by_key(|lag| (lag.unsigned_abs(), *lag)) {
                    meetings.push((micros, both.object, lag, times));
                }
            }
        }
        meetings.sort_unstable();
        let mut occasions: Vec<Occasion> = Vec::new();
        for (micros, object, lag, times) in meetings {
            if occasions.last().is_some_and(|last| micros.saturating_sub(last.micros) <= horizon) {
                continue;
            }
            let [close, near] = [self.windows.window, horizon]
                .map(|reach| self.others(a, b, object, micros, reach));
            let chance = self.chance(a, b, object, micros, near, close, times);
            occasions.push(Occasion { object, micros, lag, times, near, close, chance });
        }
        occasions
    }

    /// Shares of an object within reach of a time by accounts that are neither of the two nor in a
    /// group with either.
    fn others(&self, a: AccountNo, b: AccountNo, object: ObjectNo, micros: i64, reach: i64) -> u32 {
        let mut found = count(self.table.of_object(object), micros, reach);
        let (group_a, group_b) = (self.out.group_of(a), self.out.group_of(b));
        for (account, group) in [(a, group_a), (b, group_b)] {
            if group.is_none() {
                let own = self.table.run_of(account, object);
                found -= self.table.within(own, micros, reach);
            }
        }
        let second = if group_a == group_b { None } else { group_b };
        for group in [group_a, second].into_iter().flatten() {
            found -= self.out.count(group, object, micros, reach);
        }
        found as u32
    }

    #[expect(clippy::too_many_arguments, reason = "one occasion, not yet put together")]
    fn chance(
        &self,
        a: AccountNo,
        b: AccountNo,
        object: ObjectNo,
        micros: i64,
        near: u32,
        close: u32,
        times: u32,
    ) -> f64 {
        let born = self.table.of_object(object).first().map_or(micros, |it| it.micros);
        let stratum =
            Stratum::of(self.table.sharers_of(object), micros.saturating_sub(born), self.windows);
        let out = [self.out.group_of(a), self.out.group_of(b)];
        let prior = self.reference.prior(stratum, out);
        predicted(prior, near, close, times)
    }
}

/// The chance that one of `times` further shares within the horizon lies within the window, where
/// `close` of `near` others do. One more close one is added, so that few others never count for
/// much: if the other account is like them, the chance given everything but who is who is at most
/// (1 + close) / (1 + near).
fn predicted(prior: Prior, near: u32, close: u32, times: u32) -> f64 {
    let (near, close) = (f64::from(near), f64::from(close));
    let one = (1.0 + close + prior.weight * prior.mean) / (1.0 + near + prior.weight);
    1.0 - (0..times).fold(1.0, |none, _| none * (1.0 - one))
}
