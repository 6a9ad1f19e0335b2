//! Redraws from a seed, and the p-value that counts them.

use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};

/// p = (1 + reached) / (1 + redraws): the observed data count as one redraw, so it is never 0
/// (Phipson and Smyth 2010). `reached` is how many redraws had at least the observed statistic.
pub fn permutation_p(reached: u64, redraws: u64) -> f64 {
    (1.0 + reached as f64) / (1.0 + redraws as f64)
}

/// The number of a stream for a test that is named by words: FNV-1a over the parts and their ends.
/// A test keeps its numbers whatever other tests run beside it.
pub fn stream_number(parts: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        for byte in part.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    hash
}

/// A stream of random numbers: the same seed and number give the same stream everywhere.
#[derive(Clone, Debug)]
pub struct Stream(ChaCha8Rng);

impl Stream {
    /// Stream `number` of a seed (ChaCha with 8 rounds; streams do not overlap).
    pub fn new(seed: u64, number: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(number);
        Self(rng)
    }

    /// A number from 0 to `n` - 1, all equally likely (Lemire 2019); 0 when `n` is 0.
    pub fn below(&mut self, n: u32) -> u32 {
        let mut wide = u64::from(self.0.next_u32()) * u64::from(n);
        if (wide as u32) < n {
            let unfair = n.wrapping_neg() % n;
            while (wide as u32) < unfair {
                wide = u64::from(self.0.next_u32()) * u64::from(n);
            }
        }
        (wide >> 32) as u32
    }

    /// A number from 0 to below 1, in steps of 2⁻⁵³.
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_p_is_ever_zero() {
        assert_eq!(permutation_p(0, 0).to_bits(), 1.0_f64.to_bits());
        assert_eq!(permutation_p(0, 9_999).to_bits(), 0.0001_f64.to_bits());
        assert_eq!(permutation_p(9_999, 9_999).to_bits(), 1.0_f64.to_bits());
    }

    #[test]
    fn streams_differ_by_seed_and_number_and_by_nothing_else() {
        let first = |seed, number| {
            let mut stream = Stream::new(seed, number);
            (0..8).map(|_| stream.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(first(7, 1), first(7, 1));
        assert_ne!(first(7, 1), first(7, 2));
        assert_ne!(first(7, 1), first(8, 1));
        assert_ne!(stream_number(&["ab", "c"]), stream_number(&["a", "bc"]));
    }

    /// Chi-square with 6 degrees of freedom stays below its 0.9999 point, 27.9.
    #[test]
    fn draws_are_even() {
        let mut stream = Stream::new(3, 0);
        let mut counts = [0_u32; 7];
        for _ in 0..70_000 {
            counts[stream.below(7) as usize] += 1;
        }
        let off = |count: &u32| (f64::from(*count) - 10_000.0).powi(2) / 10_000.0;
        assert!(counts.iter().map(off).sum::<f64>() < 27.9, "{counts:?}");
        assert_eq!(stream.below(0), 0);
        assert!((0..1000).all(|_| (0.0..1.0).contains(&stream.unit())));
    }
}
