//! Invented worlds of shares with known truth: news that comes and goes, people with waking hours
//! and interests, habits that could look like acting in step, and, if wanted, groups that do act
//! in step.

use std::collections::{BTreeMap, BTreeSet};

use cahoots_coordination::{AccountNo, ObjectNo, Share};
use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};

const SECOND: f64 = 1e6;
const HOUR: f64 = 3600.0 * SECOND;
const DAY: f64 = 24.0 * HOUR;

/// What people are like in a world without any coordination.
#[derive(Clone, Copy, Debug)]
pub struct World {
    pub name: &'static str,
    pub accounts: usize,
    pub objects: usize,
    pub days: f64,
    /// Mean shares of an account; how many each has follows a Pareto distribution of shape 1.3.
    pub shares: f64,
    /// Objects appear, are worth sharing for hours, and die. Otherwise they live for ever.
    pub news: bool,
    /// People are awake for sixteen hours, most active in the evening.
    pub rhythm: bool,
    /// Three parts of the world, eight hours apart.
    pub zones: bool,
    /// Mean shares in one sitting.
    pub sitting: f64,
    /// Topics; four shares of five go to one's own.
    pub topics: usize,
    /// Accounts are fast or slow: a factor on the age at which they share, log-normal.
    pub speed: f64,
    /// The part of the accounts whose program shares on the full quarter of an hour.
    pub schedulers: f64,
    /// The chance of sharing again what one shared, hours or days later.
    pub repeats: f64,
    /// The part of accounts that share an object in the first minute of its life (feeds of news).
    pub feeds: f64,
}

pub const QUIET: World = World {
    name: "activity and popularity only",
    accounts: 400,
    objects: 1500,
    days: 14.0,
    shares: 40.0,
    news: false,
    rhythm: false,
    zones: false,
    sitting: 1.0,
    topics: 1,
    speed: 0.0,
    schedulers: 0.0,
    repeats: 0.0,
    feeds: 0.0,
};

pub const WORLDS: [World; 14] = [
    QUIET,
    World { name: "news", news: true, ..QUIET },
    World { name: "news, daily rhythm", news: true, rhythm: true, ..QUIET },
    World { name: "the same, sittings of 5", news: true, rhythm: true, sitting: 5.0, ..QUIET },
    World {
        name: "the same, three time zones",
        news: true,
        rhythm: true,
        sitting: 5.0,
        zones: true,
        ..QUIET
    },
    World {
        name: "the same, ten topics",
        news: true,
        rhythm: true,
        sitting: 5.0,
        topics: 10,
        ..QUIET
    },
    World { name: "news, fast and slow accounts", news: true, rhythm: true, speed: 1.0, ..QUIET },
    World {
        name: "news, repeated shares",
        news: true,
        rhythm: true,
        sitting: 3.0,
        repeats: 0.4,
        ..QUIET
    },
    World {
        name: "news, one in five on the quarter hour",
        news: true,
        rhythm: true,
        schedulers: 0.2,
        ..QUIET
    },
    World {
        name: "dense sched",
        news: true,
        rhythm: true,
        schedulers: 0.2,
        accounts: 150,
        shares: 200.0,
        days: 60.0,
        objects: 3000,
        ..QUIET
    },
    World {
        name: "dense all",
        news: true,
        rhythm: true,
        zones: true,
        sitting: 5.0,
        topics: 5,
        speed: 1.0,
        repeats: 0.2,
        accounts: 150,
        shares: 200.0,
        days: 60.0,
        objects: 3000,
        ..QUIET
    },
    World {
        name: "dense fast",
        news: true,
        rhythm: true,
        speed: 1.5,
        accounts: 150,
        shares: 200.0,
        days: 60.0,
        objects: 3000,
        ..QUIET
    },
    World {
        name: "dense zones sit",
        news: true,
        rhythm: true,
        zones: true,
        sitting: 8.0,
        accounts: 150,
        shares: 200.0,
        days: 60.0,
        objects: 3000,
        ..QUIET
    },
    World {
        name: "dense feeds",
        news: true,
        rhythm: true,
        feeds: 0.1,
        accounts: 150,
        shares: 200.0,
        days: 60.0,
        objects: 3000,
        ..QUIET
    },
];

/// A group that acts in step.
#[derive(Clone, Copy, Debug)]
pub struct Planted {
    pub size: usize,
    /// Objects it pushes together.
    pub objects: usize,
    /// The part of the pushes each member takes part in.
    pub participation: f64,
    /// Members share within this many seconds after the start of a push (uniform).
    pub jitter: f64,
    /// It pushes what others share too; otherwise objects of its own.
    pub minority: bool,
}

/// Shares, and the groups that were planted.
pub struct Made {
    pub shares: Vec<Share>,
    pub groups: Vec<Vec<AccountNo>>,
}

pub struct Random(ChaCha8Rng);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }
    pub fn below(&mut self, n: usize) -> usize {
        ((self.unit() * n as f64) as usize).min(n.saturating_sub(1))
    }
    fn exponential(&mut self, mean: f64) -> f64 {
        -mean * libm::log(1.0 - self.unit())
    }
    fn normal(&mut self) -> f64 {
        let (u, v) = (1.0 - self.unit(), self.unit());
        libm::sqrt(-2.0 * libm::log(u)) * libm::cos(std::f64::consts::TAU * v)
    }
    /// Pareto with this shape and mean, cut at fifty means.
    fn pareto(&mut self, shape: f64, mean: f64) -> f64 {
        let least = mean * (shape - 1.0) / shape;
        (least / libm::pow(1.0 - self.unit(), 1.0 / shape)).min(50.0 * mean)
    }
    fn pick(&mut self, cumulative: &[f64]) -> usize {
        let total = cumulative.last().copied().unwrap_or(0.0);
        let at = self.unit() * total;
        cumulative.partition_point(|it| *it <= at).min(cumulative.len().saturating_sub(1))
    }
}

struct Thing {
    born: f64,
    life: f64,
    worth: f64,
    topic: usize,
}

struct Person {
    shares: usize,
    phase: f64,
    topic: usize,
    speed: f64,
    scheduler: bool,
    feed: bool,
}

/// How active a person is at a time: nothing for eight hours, most in the evening.
fn awake(world: &World, person: &Person, time: f64) -> f64 {
    if !world.rhythm {
        return 1.0;
    }
    let hour = (time / HOUR + person.phase).rem_euclid(24.0);
    if hour < 7.0 || hour >= 23.0 {
        0.02
    } else {
        0.4 + 0.6 * libm::exp(-(hour - 20.0) * (hour - 20.0) / 8.0)
    }
}

impl World {
    pub fn make(&self, planted: &[Planted], seed: u64) -> Made {
        let mut random = Random::new(seed);
        let things: Vec<Thing> = (0..self.objects)
            .map(|_| Thing {
                born: if self.news { random.unit() * self.days * DAY } else { 0.0 },
                life: if self.news {
                    3.0 * HOUR * libm::exp(random.normal())
                } else {
                    f64::INFINITY
                },
                worth: random.pareto(1.2, 1.0),
                topic: random.below(self.topics),
            })
            .collect();
        let people: Vec<Person> = (0..self.accounts)
            .map(|_| Person {
                shares: random.pareto(1.3, self.shares).max(2.0) as usize,
                phase: if self.zones { 8.0 * random.below(3) as f64 } else { 0.0 }
                    + random.normal(),
                topic: random.below(self.topics),
                speed: libm::exp(self.speed * random.normal()),
                scheduler: random.unit() < self.schedulers,
                feed: random.unit() < self.feeds,
            })
            .collect();
        let mut rows = BTreeSet::new();
        let mut menus: BTreeMap<(i64, usize), (Vec<usize>, Vec<f64>)> = BTreeMap::new();
        for (account, person) in people.iter().enumerate() {
            self.live(account, person, &things, &mut menus, &mut random, &mut rows);
        }
        let groups = self.plant(planted, &things, &mut random, &mut rows);
        Made { shares: rows.into_iter().collect(), groups }
    }

    fn time(&self, person: &Person, random: &mut Random) -> f64 {
        loop {
            let time = random.unit() * self.days * DAY;
            if random.unit() <= awake(self, person, time) {
                return time;
            }
        }
    }

    fn live(
        &self,
        account: usize,
        person: &Person,
        things: &[Thing],
        menus: &mut BTreeMap<(i64, usize), (Vec<usize>, Vec<f64>)>,
        random: &mut Random,
        rows: &mut BTreeSet<Share>,
    ) {
        let mut shared: BTreeSet<usize> = BTreeSet::new();
        let mut left = person.shares;
        while left > 0 {
            let mut time = self.time(person, random);
            let sitting = (1.0 + random.exponential(self.sitting - 1.0)).round().max(1.0) as usize;
            for _ in 0..sitting.min(left) {
                left -= 1;
                let topic =
                    if random.unit() < 0.8 { person.topic } else { random.below(self.topics) };
                let Some(object) = self.choose(time, topic, things, menus, random, &shared) else {
                    continue;
                };
                shared.insert(object);
                let thing = &things[object];
                let mut at = time;
                if person.feed {
                    at = thing.born + random.unit() * 60.0 * SECOND;
                } else if self.speed > 0.0 {
                    // Fast and slow: the age is the thing's own, times the person's factor.
                    let age = random.exponential(thing.life * person.speed * 0.3);
                    at = thing.born + age;
                    if random.unit() > awake(self, person, at) {
                        continue;
                    }
                }
                if person.scheduler {
                    at = (at / (900.0 * SECOND)).ceil() * 900.0 * SECOND
                        + random.unit() * 3.0 * SECOND;
                }
                rows.insert(row(object, at, account));
                while random.unit() < self.repeats {
                    let soon = random.unit() < 0.5;
                    at += random.exponential(if soon { 600.0 * SECOND } else { DAY });
                    rows.insert(row(object, at, account));
                }
                time += random.exponential(40.0 * SECOND);
            }
        }
    }

    /// An object on offer at a time, by worth and age, that was not shared before.
    fn choose(
        &self,
        time: f64,
        topic: usize,
        things: &[Thing],
        menus: &mut BTreeMap<(i64, usize), (Vec<usize>, Vec<f64>)>,
        random: &mut Random,
        shared: &BTreeSet<usize>,
    ) -> Option<usize> {
        let slot = if self.news { (time / (600.0 * SECOND)) as i64 } else { 0 };
        let middle = (slot as f64 + 0.5) * 600.0 * SECOND;
        let (menu, weights) = menus.entry((slot, topic)).or_insert_with(|| {
            let (mut menu, mut weights, mut sum) = (Vec::new(), Vec::new(), 0.0);
            for (number, thing) in things.iter().enumerate() {
                let age = middle - thing.born;
                if thing.topic != topic || age < 0.0 || age > 10.0 * thing.life {
                    continue;
                }
                sum += thing.worth * if self.news { libm::exp(-age / thing.life) } else { 1.0 };
                menu.push(number);
                weights.push(sum);
            }
            (menu, weights)
        });
        if menu.is_empty() {
            return None;
        }
        (0..8)
            .map(|_| menu[random.pick(weights)])
            .find(|object| !shared.contains(object) && things[*object].born <= time)
    }

    fn plant(
        &self,
        planted: &[Planted],
        things: &[Thing],
        random: &mut Random,
        rows: &mut BTreeSet<Share>,
    ) -> Vec<Vec<AccountNo>> {
        let mut own = self.objects;
        let mut next = 0;
        // Objects that several share, the livelier the likelier, are what a minority joins.
        let mut sharers: BTreeMap<u32, Vec<i64>> = BTreeMap::new();
        for row in rows.iter() {
            sharers.entry(row.object.0).or_default().push(row.micros);
        }
        let lively: Vec<(u32, Vec<i64>)> =
            sharers.into_iter().filter(|(_, times)| times.len() >= 8).collect();
        planted
            .iter()
            .map(|group| {
                // Members are ordinary accounts otherwise.
                let members: Vec<usize> = (next..next + group.size).collect();
                next += group.size;
                for _ in 0..group.objects {
                    let (object, start) = if group.minority && !lively.is_empty() {
                        let (object, times) = &lively[random.below(lively.len())];
                        let at = times[random.below(times.len())] as f64;
                        (*object as usize, at + random.normal() * 600.0 * SECOND)
                    } else {
                        own += 1;
                        (own - 1, random.unit() * self.days * DAY)
                    };
                    for member in &members {
                        if random.unit() < group.participation {
                            let at = start + random.unit() * group.jitter * SECOND;
                            rows.insert(row(object, at, *member));
                        }
                    }
                }
                let _ = things;
                members.into_iter().map(|it| AccountNo(it as u32)).collect()
            })
            .collect()
    }
}

/// Times of real tables are whole seconds.
fn row(object: usize, time: f64, account: usize) -> Share {
    Share {
        object: ObjectNo(object as u32),
        micros: (time / SECOND).floor() as i64 * 1_000_000,
        account: AccountNo(account as u32),
    }
}
