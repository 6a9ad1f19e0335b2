//! Times to an event when some were not seen to the end.

/// How long something was watched, and whether the event came then or watching stopped.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Observation {
    /// Time from the start, in any unit.
    pub time: i64,
    /// `true` if the event came at that time, `false` if nothing is known beyond it.
    pub seen: bool,
}

/// A step of the curve: from this time on, this share is still without the event.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Step {
    /// The time of an event.
    pub time: i64,
    /// The share without an event after it.
    pub share: f64,
}

/// The product-limit estimate (Kaplan and Meier 1958): one step per time at which an event was
/// seen. Watching that stops at the time of an event counts as watched through it.
pub fn kaplan_meier(observations: &[Observation]) -> Vec<Step> {
    let mut sorted = observations.to_vec();
    sorted.sort_unstable();
    let mut at_risk = sorted.len();
    let mut share = 1.0;
    let mut steps = Vec::new();
    for group in sorted.chunk_by(|a, b| a.time == b.time) {
        let events = group.iter().filter(|it| it.seen).count();
        if events > 0 {
            share *= 1.0 - events as f64 / at_risk as f64;
            steps.push(Step { time: group[0].time, share });
        }
        at_risk -= group.len();
    }
    steps
}

/// The first time at which at most half is still without the event; `None` if that is not reached.
pub fn median(steps: &[Step]) -> Option<i64> {
    // A half made of products may miss 0.5 by a rounding.
    steps.iter().find(|step| step.share <= 0.5 + 1e-12).map(|step| step.time)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The 6-mercaptopurine arm of Freireich et al. 1963 as given by Gehan 1965, weeks in
    /// remission; the curve is that of `scipy.stats.ecdf(CensoredData).sf` of SciPy 1.16.3.
    #[test]
    fn the_leukaemia_trial_has_its_published_curve() {
        let seen = [6, 6, 6, 7, 10, 13, 16, 22, 23];
        let stopped = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35];
        let observations: Vec<Observation> = seen
            .iter()
            .map(|time| Observation { time: *time, seen: true })
            .chain(stopped.iter().map(|time| Observation { time: *time, seen: false }))
            .collect();
        let steps = kaplan_meier(&observations);
        let expected = [
            (6, 0.857_142_857_142_857_1),
            (7, 0.806_722_689_075_630_2),
            (10, 0.752_941_176_470_588_1),
            (13, 0.690_196_078_431_372_4),
            (16, 0.627_450_980_392_156_7),
            (22, 0.537_815_126_050_42),
            (23, 0.448_179_271_708_683_4),
        ];
        assert_eq!(steps.len(), expected.len());
        for (step, (time, share)) in steps.iter().zip(expected) {
            assert_eq!(step.time, time);
            assert!((step.share - share).abs() < 1e-12, "{step:?}");
        }
        assert_eq!(median(&steps), Some(23));
    }

    #[test]
    fn without_events_there_is_no_median() {
        assert_eq!(median(&kaplan_meier(&[])), None);
        assert_eq!(median(&kaplan_meier(&[Observation { time: 3, seen: false }])), None);
        let two = [Observation { time: 1, seen: true }, Observation { time: 9, seen: false }];
        assert_eq!(median(&kaplan_meier(&two)), Some(1));
    }
}
