//! Attempts to sign in: who fails often waits.

use std::net::IpAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use rustc_hash::FxHashMap;

use super::state::held;

/// Failures that cost nothing.
const FREE: u32 = 5;
/// The longest wait.
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// Names and addresses remembered.
const MOST: usize = 10_000;

#[derive(Clone, Copy)]
struct Failures {
    n: u32,
    last: Instant,
}

impl Failures {
    /// Doubles with every failure past the free ones.
    fn wait(self) -> Duration {
        match self.n.checked_sub(FREE) {
            None => Duration::ZERO,
            Some(over) => Duration::from_secs(1 << over.min(10)).min(LONGEST),
        }
    }
}

/// Failed attempts by name and by address.
#[derive(Default)]
pub struct Attempts(Mutex<FxHashMap<String, Failures>>);

fn keys(name: &str, from: IpAddr) -> [String; 2] {
    // A whole network of the new kind is as easy to have as one address of the old kind.
    let from = match from.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("{:?}", &address.segments()[..4]),
    };
    [format!("name {name}"), format!("from {from}")]
}

impl Attempts {
    /// How long this name or address must still wait; nothing when it may try.
    pub fn must_wait(&self, name: &str, from: IpAddr) -> Option<Duration> {
        let failures = held(&self.0);
        keys(name, from)
            .iter()
            .filter_map(|key| failures.get(key))
            .map(|known| known.wait().saturating_sub(known.last.elapsed()))
            .max()
            .filter(|wait| !wait.is_zero())
    }

    /// An attempt begins: it counts as a failure until it succeeds, so that many at once do not
    /// slip through.
    pub fn begins(&self, name: &str, from: IpAddr) {
        let mut failures = held(&self.0);
        if failures.len() >= MOST {
            failures.retain(|_, known| known.last.elapsed() < LONGEST);
        }
        for key in keys(name, from) {
            let known = failures.entry(key).or_insert(Failures { n: 0, last: Instant::now() });
            known.n += 1;
            known.last = Instant::now();
        }
    }

    /// The attempt succeeded.
    pub fn succeeded(&self, name: &str, from: IpAddr) {
        let mut failures = held(&self.0);
        for key in keys(name, from) {
            failures.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_fails_often_waits_longer_each_time() {
        let attempts = Attempts::default();
        let from: IpAddr = "192.0.2.1".parse().unwrap();
        let elsewhere: IpAddr = "192.0.2.9".parse().unwrap();
        for _ in 0..FREE - 1 {
            attempts.begins("ann", from);
            assert_eq!(attempts.must_wait("ann", from), None);
        }
        attempts.begins("ann", from);
        assert!(attempts.must_wait("ann", from).unwrap() <= Duration::from_secs(1));
        attempts.begins("ann", from);
        assert!(attempts.must_wait("ann", from).unwrap() > Duration::from_secs(1));
        assert!(attempts.must_wait("ann", elsewhere).is_some(), "the name waits");
        assert!(attempts.must_wait("ben", from).is_some(), "the address waits");
        assert_eq!(attempts.must_wait("ben", elsewhere), None);
        attempts.succeeded("ann", from);
        assert_eq!(attempts.must_wait("ann", from), None);
    }
}
