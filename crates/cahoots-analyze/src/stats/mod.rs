//! Small exact statistics: intervals, tails, families of tests, times to an event, redraws.
//!
//! Everything here is addition, multiplication, division and square roots, or `libm`: the same
//! numbers give the same bits on every platform.

mod exact;
mod interval;
mod multiple;
mod redraw;
mod survival;

pub use exact::{binomial_tail, poisson_binomial, poisson_binomial_tail, sign_test};
pub use interval::{Interval, wilson};
pub use multiple::{benjamini_hochberg, min_p};
pub use redraw::{Stream, permutation_p, stream_number};
pub use survival::{Observation, Step, kaplan_meier, median};
