//! Cuts of rarity: choosing the same rare objects says more than choosing the same popular ones, and
//! the popular ones must not drown it.

use std::ops::Range;

/// How many cuts there are: objects with at most four sharers, with at most sixteen, all objects.
pub const CUTS: usize = 3;
const MOST: [u32; CUTS] = [4, 16, u32::MAX];

/// The most sharers that an object of a cut may have; `None` for all objects.
pub fn most_sharers(cut: usize) -> Option<u32> {
    MOST.get(cut).copied().filter(|most| *most != u32::MAX)
}

/// The cuts that an object with so many sharers belongs to.
pub fn cuts_of(sharers: u32) -> Range<usize> {
    MOST.partition_point(|most| *most < sharers)..CUTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_hold_one_another() {
        assert_eq!([2, 4, 5, 16, 17, 9_999].map(cuts_of), [0..3, 0..3, 1..3, 1..3, 2..3, 2..3]);
        assert_eq!([0, 1, 2].map(most_sharers), [Some(4), Some(16), None]);
    }
}
