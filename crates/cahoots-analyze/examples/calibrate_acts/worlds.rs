//! Invented worlds with known truth: two parties who live by the same clock, week, bursts,
//! campaigns and news, and of whom one acts on the other's messages as often as we decide.
//!
//! Used by the calibration example and by the tests of the same figures at small size.

use cahoots_analyze::acts::Question;
use cahoots_analyze::record::build::Entry;
use cahoots_analyze::record::{Builder, DAY, HOUR, Party, Record, Span};
use cahoots_analyze::stats::{Stream, permutation_p};
use cahoots_record::{AccountKey, ObjectKind, Role};

/// Days of every world: thirteen blocks.
pub const DAYS: i64 = 364;
/// Acts of the party written to, before any are added in answer to a message.
pub const ACTS: usize = 60;
/// Monday 4 January 2021, 00:00 in Berlin.
const START: i64 = 1_609_714_800 * 1_000_000;

/// A world without effect: what the two parties have in common.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum World {
    /// Nothing.
    Flat,
    /// Hours of the day and days of the week.
    Clock,
    /// The same, and both write and act in bursts.
    Bursts,
    /// The same, and both are up to twenty times as busy around one day, over 60 days.
    Campaign,
    /// The same, and both are at a fifth for 90 days.
    SlowSeason,
}

impl World {
    /// How likely a moment is against the busiest, at a time since the start.
    fn rate(self, t: i64, season: i64) -> f64 {
        if self == Self::Flat {
            return 1.0;
        }
        let (hour, day) = (t.rem_euclid(DAY) / HOUR, t.div_euclid(DAY));
        let clock = match hour {
            0..=6 => 0.05,
            7..=8 => 0.5,
            9..=18 => 1.0,
            19..=22 => 0.6,
            _ => 0.2,
        };
        let week = if day.rem_euclid(7) >= 5 { 0.4 } else { 1.0 };
        let season = match self {
            // A peak and not a plateau: the rate changes within blocks, too.
            Self::Campaign => {
                let from_peak = (day - season - 30).abs() as f64;
                0.05 + 0.95 * (1.0 - from_peak / 30.0).max(0.0)
            }
            Self::SlowSeason if (season..season + 90).contains(&day) => 0.2,
            _ => 1.0,
        };
        clock * week * season
    }

    fn bursts(self) -> bool {
        !matches!(self, Self::Flat | Self::Clock)
    }

    /// `n` moments by this world's rhythm. Bursts have on average `size` moments, an hour apart
    /// on average.
    fn moments(self, n: usize, size: f64, season: i64, stream: &mut Stream) -> Vec<i64> {
        let mut moments = Vec::with_capacity(n);
        while moments.len() < n {
            let mut t = (stream.unit() * (DAYS * DAY) as f64) as i64;
            if stream.unit() >= self.rate(t, season) {
                continue;
            }
            moments.push(t);
            while self.bursts() && moments.len() < n && stream.unit() >= 1.0 / size {
                t += exponential(HOUR, stream);
                if t < DAYS * DAY {
                    moments.push(t);
                }
            }
        }
        moments
    }
}

/// An exponentially distributed length of time.
fn exponential(mean: i64, stream: &mut Stream) -> i64 {
    // A world needs no agreement between platforms beyond its own run: libm all the same.
    (-libm::log(1.0 - stream.unit()) * mean as f64) as i64
}

/// Times of one invented record, from its start.
pub struct Times {
    /// Messages.
    pub messages: Vec<i64>,
    /// Acts.
    pub acts: Vec<i64>,
}

/// Draws a world: `n` messages, each followed with chance `effect` by an act of its own after
/// four hours on average.
pub fn draw(world: World, n: usize, effect: f64, stream: &mut Stream) -> Times {
    let season = i64::from(stream.below(270));
    let mut acts = world.moments(ACTS, 4.0, season, stream);
    let messages = world.moments(n, 2.0, season, stream);
    for t in &messages {
        if stream.unit() < effect {
            acts.push(t + exponential(4 * HOUR, stream));
        }
    }
    Times { messages, acts }
}

/// The p-value of a test that this program does not offer: every message is put at any moment of
/// the year. Here to show how much rhythm the worlds have.
pub fn uniform_shuffle(times: &Times, redraws: u32, stream: &mut Stream) -> f64 {
    let mut acts = times.acts.clone();
    acts.sort_unstable();
    let followed = |t: i64| {
        let next = acts.partition_point(|act| *act <= t);
        acts.get(next).is_some_and(|act| act - t <= DAY)
    };
    let seen = times.messages.iter().filter(|t| followed(**t)).count();
    let mut reached = 0;
    for _ in 0..redraws {
        let mut moment = || (stream.unit() * (DAYS * DAY) as f64) as i64;
        let count = (0..times.messages.len()).filter(|_| followed(moment())).count();
        reached += u64::from(count >= seen);
    }
    permutation_p(reached, u64::from(redraws))
}

/// Two invented parties and their record, with the question that the calibration asks.
pub fn record(times: &Times) -> (Record, Question) {
    let mut builder = Builder::new("Europe/Berlin");
    let ada = builder.party("ada", "Ada Quay");
    let bo = builder.party("bo", "Bo Mooring");
    let from = builder.account(AccountKey::x_handle("adaquay"), ada);
    let to = builder.account(AccountKey::x_handle("bomooring"), bo);
    let messages = times.messages.iter().map(|t| (*t, true));
    let acts = times.acts.iter().map(|t| (*t, false));
    for (ord, (t, private)) in messages.chain(acts).enumerate() {
        let span = Span::at(START + t);
        builder.push(if private {
            let takers = vec![(from, Role::From), (to, Role::To)];
            Entry { takers, ..Entry::new(ord as u64, span) }
        } else {
            Entry { takers: vec![(to, Role::From)], ..Entry::post(ord as u64, span) }
        });
    }
    (builder.finish(), question(ada, bo))
}

/// The question with the whole world as its coverage.
fn question(from: Party, to: Party) -> Question {
    Question {
        coverage: Some(vec![Span { lo: START, hi: START + (DAYS + 7) * DAY }]),
        ..Question::new(from, to)
    }
}

/// A world of news: each of `n` stories is sent by one party to another as a link, and taken up by
/// that party and by `peers` others, each with chance `natural`, four hours after it broke on
/// average. The party written to takes up what it has not, with chance `effect`, four hours after
/// the message on average.
pub fn news(
    n: usize,
    peers: usize,
    natural: f64,
    effect: f64,
    stream: &mut Stream,
) -> (Record, Question) {
    let mut builder = Builder::new("Europe/Berlin");
    let ada = builder.party("ada", "Ada Quay");
    let bo = builder.party("bo", "Bo Mooring");
    let from = builder.account(AccountKey::x_handle("adaquay"), ada);
    let to = builder.account(AccountKey::x_handle("bomooring"), bo);
    let mut others = Vec::new();
    for number in 0..peers {
        let name = format!("peer{number}");
        let party = builder.party(&name, &name);
        others.push((party, builder.account(AccountKey::x_handle(&name), party)));
    }
    let mut ord = 0;
    for story in 0..n {
        let broke = START + (stream.unit() * (DAYS * DAY) as f64) as i64;
        let sent = broke + exponential(2 * HOUR, stream);
        let link = builder.thing(ObjectKind::Url, &format!("https://news.example/{story}"));
        let mut push = |t: i64, private: bool, takers: Vec<(u32, Role)>| {
            ord += 1;
            let entry = if private { Entry::new } else { Entry::post };
            builder.push(Entry { takers, things: vec![link], ..entry(ord, Span::at(t)) });
        };
        push(sent, true, vec![(from, Role::From), (to, Role::To)]);
        let mut took_up = false;
        for account in [to].into_iter().chain(others.iter().map(|it| it.1)) {
            if stream.unit() < natural {
                push(broke + exponential(4 * HOUR, stream), false, vec![(account, Role::From)]);
                took_up |= account == to;
            }
        }
        if !took_up && stream.unit() < effect {
            push(sent + exponential(4 * HOUR, stream), false, vec![(to, Role::From)]);
        }
    }
    // Everybody is there all year.
    for account in [to].into_iter().chain(others.iter().map(|it| it.1)) {
        for t in [START, START + DAYS * DAY] {
            ord += 1;
            let takers = vec![(account, Role::From)];
            builder.push(Entry { takers, ..Entry::post(ord, Span::at(t)) });
        }
    }
    let peers = others.into_iter().map(|it| it.0).collect();
    (builder.finish(), Question { peers, ..question(ada, bo) })
}
