//! Shares made up with known truth: accounts that go about their business, and groups planted
//! among them that act in step.
//!
//! Everything is drawn from one seed, with `libm` for the curves: the same plan gives the same
//! shares on every machine. The result is what tests, simulations and benchmarks run on; it is
//! not a model of any platform.

use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};

use crate::share::{AccountNo, ObjectNo, Share};

/// Seconds in a day.
const DAY: f64 = 86_400.0;

/// A group that acts in step.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Group {
    /// How many accounts it has.
    pub members: u32,
    /// How many objects it pushes.
    pub objects: u32,
    /// How likely a member is to take part in each push.
    pub participation: f64,
    /// A member follows the start of a push within this many seconds.
    pub jitter: u32,
    /// The part of its objects that nobody else shares; the others are anybody's.
    pub own: f64,
}

/// What to make up.
#[derive(Clone, PartialEq, Debug)]
pub struct Plan {
    /// Shares by accounts that follow nobody.
    pub organic: u64,
    /// How many such accounts there are.
    pub accounts: u32,
    /// How many objects they share.
    pub objects: u32,
    /// The time in which all happens, in days.
    pub days: u32,
    /// How unequal accounts are in activity: 0 is equal, 1 is steep.
    pub activity: f64,
    /// How unequal objects are in popularity: 0 is equal, 1 is steep.
    pub popularity: f64,
    /// The part of all organic shares that go to one object, the most popular one.
    pub hot: f64,
    /// After an object appears, half of its shares come within this many hours.
    pub half_life: f64,
    /// How strongly everybody keeps to the same hours of the day, from 0 to 1.
    pub rhythm: f64,
    /// The planted groups.
    pub groups: Vec<Group>,
    /// Where all chance comes from.
    pub seed: u64,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            organic: 100_000,
            accounts: 5_000,
            objects: 10_000,
            days: 30,
            activity: 0.6,
            popularity: 0.6,
            hot: 0.0,
            half_life: 12.0,
            rhythm: 0.7,
            groups: vec![
                Group { members: 21, objects: 40, participation: 1.0, jitter: 9, own: 1.0 };
                10
            ],
            seed: 1,
        }
    }
}

impl Plan {
    /// A plan with so many shares in all, the rest in proportion: an account for every twenty
    /// shares, an object for every ten, and the default's ten groups.
    pub fn of_size(rows: u64, seed: u64) -> Self {
        let plan = Self { seed, ..Self::default() };
        let planted: u64 =
            plan.groups.iter().map(|group| u64::from(group.members * group.objects)).sum();
        Self {
            organic: rows.saturating_sub(planted),
            accounts: count(rows / 20),
            objects: count(rows / 10),
            ..plan
        }
    }

    /// The accounts of each planted group: they come after those that follow nobody.
    pub fn members(&self) -> Vec<Vec<AccountNo>> {
        let mut next = self.accounts;
        self.groups
            .iter()
            .map(|group| {
                let first = next;
                next += group.members;
                (first..next).map(AccountNo).collect()
            })
            .collect()
    }

    /// Accounts in all.
    pub fn n_accounts(&self) -> u32 {
        self.accounts + self.groups.iter().map(|group| group.members).sum::<u32>()
    }

    /// All shares, in the order of the sweep.
    pub fn shares(&self) -> Vec<Share> {
        let mut shares: Vec<Share> = self.rows().collect();
        shares.sort_unstable();
        shares
    }

    /// All shares, the planted ones strewn among the others, in no order of time.
    pub fn rows(&self) -> Rows {
        Rows::new(self)
    }
}

fn count(n: u64) -> u32 {
    u32::try_from(n.max(50)).unwrap_or(u32::MAX / 2)
}

/// Shares of a [`Plan`], one by one.
#[derive(Clone, Debug)]
pub struct Rows {
    plan: Plan,
    rng: ChaCha8Rng,
    organic_left: u64,
    planted: std::vec::IntoIter<Share>,
}

impl Rows {
    fn new(plan: &Plan) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(plan.seed);
        let planted = planted(plan, &mut rng).into_iter();
        Self { plan: plan.clone(), rng, organic_left: plan.organic, planted }
    }

    fn organic(&mut self) -> Share {
        let plan = &self.plan;
        let object = if unit(&mut self.rng) < plan.hot {
            0
        } else {
            ranked(&mut self.rng, plan.objects, plan.popularity)
        };
        // Ranks are mixed up, so that the number of an account says nothing of its activity.
        let rank = ranked(&mut self.rng, plan.accounts, plan.activity);
        let account = mixed(rank, plan.accounts, plan.seed);
        let seconds = self.moment(object);
        Share { object: ObjectNo(object), micros: seconds * 1_000_000, account: AccountNo(account) }
    }

    /// When somebody shares an object: it appears at a time of its own, and interest fades.
    fn moment(&mut self, object: u32) -> i64 {
        let plan = &self.plan;
        let span = f64::from(plan.days.max(1)) * DAY;
        let born = born(plan, object);
        loop {
            let faded = -libm::log(1.0 - unit(&mut self.rng)) * plan.half_life * 3_600.0
                / core::f64::consts::LN_2;
            let at = (born + faded) % span;
            let hour = at % DAY / DAY;
            let awake = 1.0 - plan.rhythm * libm::cos(core::f64::consts::TAU * (hour - 0.12));
            if unit(&mut self.rng) * (1.0 + plan.rhythm) < awake {
                return START + at as i64;
            }
        }
    }
}

impl Iterator for Rows {
    type Item = Share;

    fn next(&mut self) -> Option<Share> {
        let planted = self.planted.len() as u64;
        let left = planted + self.organic_left;
        if left == 0 {
            return None;
        }
        if self.rng.next_u64() % left < planted {
            return self.planted.next();
        }
        self.organic_left -= 1;
        Some(self.organic())
    }
}

/// The first second of every plan: 1 June 2021, 00:00 UTC.
pub const START: i64 = 1_622_505_600;

/// The shares of the planted groups, mixed.
fn planted(plan: &Plan, rng: &mut ChaCha8Rng) -> Vec<Share> {
    let mut shares = Vec::new();
    let mut own = plan.objects;
    for (group, members) in plan.groups.iter().zip(plan.members()) {
        for _ in 0..group.objects {
            let object = if unit(rng) < group.own {
                own += 1;
                own - 1
            } else {
                ranked(rng, plan.objects, plan.popularity)
            };
            let span = f64::from(plan.days.max(1)) * DAY;
            let after = if object < plan.objects { unit(rng) * 3_600.0 } else { 0.0 };
            let start = START + ((born(plan, object) + after) % span) as i64;
            for account in &members {
                if unit(rng) < group.participation {
                    let late = (unit(rng) * f64::from(group.jitter + 1)) as i64;
                    let micros = (start + late) * 1_000_000;
                    shares.push(Share { object: ObjectNo(object), micros, account: *account });
                }
            }
        }
    }
    for at in (1..shares.len()).rev() {
        let other = (rng.next_u64() % (at as u64 + 1)) as usize;
        shares.swap(at, other);
    }
    shares
}

/// When an object appears, in seconds from the start: a property of the object and the seed.
fn born(plan: &Plan, object: u32) -> f64 {
    let mut own = ChaCha8Rng::seed_from_u64(plan.seed.rotate_left(32) ^ u64::from(object));
    unit(&mut own) * f64::from(plan.days.max(1)) * DAY
}

/// A number from 0 up to 1.
fn unit(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// A rank below `n`: rank r is drawn about in proportion to (r + 1) to the power of -`steep`.
fn ranked(rng: &mut ChaCha8Rng, n: u32, steep: f64) -> u32 {
    let u = unit(rng);
    let n = f64::from(n.max(1));
    let drawn = if (steep - 1.0).abs() < 1e-9 {
        libm::exp(u * libm::log(n + 1.0))
    } else {
        let flat = 1.0 - steep;
        libm::pow(1.0 + u * (libm::pow(n + 1.0, flat) - 1.0), 1.0 / flat)
    };
    ((drawn - 1.0).max(0.0) as u32).min(n as u32 - 1)
}

/// A permutation of the numbers below `n`.
fn mixed(number: u32, n: u32, seed: u64) -> u32 {
    let n = u64::from(n.max(1));
    let mut times = (seed % n).max(n / 2) | 1;
    while gcd(times, n) != 1 {
        times += 2;
    }
    ((u64::from(number) * times + seed % n) % n) as u32
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_gives_the_same_shares_each_time_and_as_many_as_it_says() {
        let plan = Plan::of_size(10_000, 7);
        let shares = plan.shares();
        assert_eq!(shares.len(), 10_000);
        assert_eq!(shares, plan.shares());
        assert_ne!(shares, Plan { seed: 8, ..plan.clone() }.shares());
        assert!(shares.iter().all(|share| share.account.0 < plan.n_accounts()));
    }

    #[test]
    fn members_of_a_group_share_their_own_objects_within_the_jitter() {
        let group = Group { members: 3, objects: 5, participation: 1.0, jitter: 9, own: 1.0 };
        let plan = Plan { organic: 100, groups: vec![group], ..Plan::default() };
        let own: Vec<Share> =
            plan.shares().into_iter().filter(|share| share.object.0 >= plan.objects).collect();
        assert_eq!(own.len(), 15);
        for of_object in own.chunk_by(|a, b| a.object == b.object) {
            assert_eq!(of_object.len(), 3);
            assert!(of_object[2].micros - of_object[0].micros <= 9_000_000);
        }
    }

    #[test]
    fn numbers_are_mixed_without_loss() {
        for (n, seed) in [(1, 5), (2, 0), (50, 1), (97, 12), (5_000, 3)] {
            let mut seen: Vec<u32> = (0..n).map(|number| mixed(number, n, seed)).collect();
            seen.sort_unstable();
            assert_eq!(seen, (0..n).collect::<Vec<_>>());
        }
    }

    #[test]
    fn one_object_can_be_popular() {
        let plan = Plan { organic: 5_000, hot: 0.1, groups: Vec::new(), ..Plan::default() };
        let hot = plan.rows().filter(|share| share.object.0 == 0).count();
        assert!((450..800).contains(&hot), "{hot}");
    }
}
