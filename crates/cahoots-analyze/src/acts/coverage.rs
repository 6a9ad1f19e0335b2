//! The stretches of time for which the public record is taken to be complete.

use crate::record::Span;

/// Closed intervals, sorted, bounded, apart from each other.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Coverage(Vec<Span>);

impl Coverage {
    /// Puts intervals in order; also says how many were left out because they are inverted or have
    /// an open end.
    pub(super) fn new(spans: &[Span]) -> (Self, usize) {
        let mut kept: Vec<Span> =
            spans.iter().copied().filter(|it| it.is_bounded() && it.lo <= it.hi).collect();
        let left_out = spans.len() - kept.len();
        kept.sort_unstable();
        let mut merged: Vec<Span> = Vec::with_capacity(kept.len());
        for span in kept {
            match merged.last_mut() {
                Some(last) if span.lo <= last.hi => last.hi = last.hi.max(span.hi),
                _ => merged.push(span),
            }
        }
        (Self(merged), left_out)
    }

    /// What both cover.
    pub(super) fn and(&self, other: &Self) -> Self {
        let both = self.0.iter().flat_map(|a| {
            other.0.iter().map(move |b| Span { lo: a.lo.max(b.lo), hi: a.hi.min(b.hi) })
        });
        Self::new(&both.filter(|it| it.lo <= it.hi).collect::<Vec<_>>()).0
    }

    /// The intervals.
    pub(super) fn spans(&self) -> &[Span] {
        &self.0
    }

    /// The first instant.
    pub(super) fn start(&self) -> Option<i64> {
        self.0.first().map(|span| span.lo)
    }

    /// The last instant of the interval that holds `t`; `None` when none does.
    pub(super) fn end_from(&self, t: i64) -> Option<i64> {
        let next = self.0.partition_point(|span| span.lo <= t);
        let span = self.0.get(next.checked_sub(1)?)?;
        (t <= span.hi).then_some(span.hi)
    }

    /// Whether everything from `from` to `until` is covered.
    pub(super) fn holds(&self, from: i64, until: i64) -> bool {
        from <= until && self.end_from(from).is_some_and(|end| until <= end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_merged_and_odd_ones_left_out() {
        let span = |lo, hi| Span { lo, hi };
        let (coverage, left_out) =
            Coverage::new(&[span(50, 60), span(0, 10), span(10, 20), span(9, 3), Span::UNKNOWN]);
        assert_eq!(coverage.spans(), [span(0, 20), span(50, 60)]);
        assert_eq!(left_out, 2);
        assert!(coverage.holds(5, 20));
        assert!(!coverage.holds(5, 21));
        assert!(!coverage.holds(20, 50));
        assert!(!coverage.holds(-1, 3));
        assert!(!coverage.holds(7, 6));
        assert_eq!(coverage.end_from(55), Some(60));
        let (other, _) = Coverage::new(&[span(15, 55)]);
        assert_eq!(coverage.and(&other).spans(), [span(15, 20), span(50, 55)]);
        assert_eq!(Coverage::default().start(), None);
    }
}
