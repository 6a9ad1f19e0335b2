//! Silences: gaps in the rhythm of a pair or an account that the rest of the rhythm makes
//! improbable.

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::rhythm::tail_probabilities;
use super::{Options, letters};
use crate::finding::{Cite, Who};
use crate::record::{DAY, HOUR, Party, Place, Record};

/// A silence.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = absences::Quiet))]
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Quiet {
    /// Whose: one party (what it wrote), or two (what passed between them).
    pub parties: Vec<Who>,
    /// The last item before.
    pub after: Cite,
    /// The first item after.
    pub until: Cite,
    /// Its length in days.
    pub days: f64,
    /// The median gap of the series, in days.
    pub usual_days: f64,
    /// Number of gaps in the series.
    pub gaps: u64,
    /// Probability of a gap at least as long, fitted to the other gaps of the series.
    pub p: f64,
    /// The same after Benjamini and Hochberg (1995) over all gaps tested.
    pub q: f64,
}

/// A silence is at least this many times as long as the median gap.
const LEAST_TIMES: f64 = 3.0;

/// One party's own writing, or what passed between two.
type Whose = (Party, Option<Party>);

struct Gap {
    parties: Whose,
    places: (Place, Place),
    length: f64,
    usual: f64,
    gaps: usize,
    p: f64,
}

/// Silences, least probable first, and how many gaps were tested.
pub(super) fn find(record: &Record, options: &Options) -> (Vec<Quiet>, u64) {
    let mut series: FxHashMap<Whose, Vec<(i64, Place)>> = FxHashMap::default();
    for place in letters(record) {
        let span = record.row(place).span;
        // A time that is open by more than an hour has no place in a rhythm.
        if !span.is_bounded() || span.hi.saturating_sub(span.lo) > HOUR {
            continue;
        }
        let mut pairs: Vec<Whose> = Vec::new();
        for author in record.authors(place) {
            pairs.push((author.party, None));
            for other in record.addressees(place).filter(|other| other.party != author.party) {
                let (a, b) = (author.party.min(other.party), author.party.max(other.party));
                pairs.push((a, Some(b)));
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        for pair in pairs {
            series.entry(pair).or_default().push((span.lo, place));
        }
    }
    let mut tested: Vec<Gap> = Vec::new();
    for (parties, mut times) in series {
        times.sort_unstable();
        // One event a day: what belongs to one sitting is no rhythm.
        times.dedup_by(|next, kept| next.0 - kept.0 < DAY / 2);
        if times.len() <= options.least_gaps {
            continue;
        }
        let lengths: Vec<f64> =
            times.windows(2).map(|two| (two[1].0 - two[0].0) as f64 / DAY as f64).collect();
        let mut sorted = lengths.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let usual = sorted[sorted.len() / 2];
        let tails = tail_probabilities(&lengths);
        for ((two, length), p) in times.windows(2).zip(&lengths).zip(tails) {
            let places = (two[0].1, two[1].1);
            tested.push(Gap { parties, places, length: *length, usual, gaps: lengths.len(), p });
        }
    }
    let n = tested.len();
    tested.sort_by(|a, b| {
        a.p.total_cmp(&b.p).then_with(|| (a.parties, a.places).cmp(&(b.parties, b.places)))
    });
    let mut quiet: Vec<Quiet> = Vec::new();
    let mut q = 1.0_f64;
    for (rank, gap) in tested.iter().enumerate().rev() {
        q = q.min(gap.p * n as f64 / (rank + 1) as f64);
        // A program that writes every day at the same second makes any hour improbable: a silence
        // has to be long beside the rhythm, too.
        if q <= options.level && gap.length >= LEAST_TIMES * gap.usual.max(0.5) {
            let (a, b) = gap.parties;
            quiet.push(Quiet {
                parties: std::iter::once(a).chain(b).map(|party| Who::of(record, party)).collect(),
                after: Cite::of(record, gap.places.0),
                until: Cite::of(record, gap.places.1),
                days: gap.length,
                usual_days: gap.usual,
                gaps: gap.gaps as u64,
                p: gap.p,
                q,
            });
        }
    }
    quiet.reverse();
    (quiet, n as u64)
}
