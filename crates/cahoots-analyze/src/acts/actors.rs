//! The test of one party's acts, or of any of a group's, with its verdict.

use super::Question;
use super::coverage::Coverage;
use super::days::Days;
use super::deeds::{Deeds, deeds};
use super::links::{Grade, Links};
use super::result::{
    ActCounts, ActorTest, Counted, LagRow, LeftOut, Placebo, Time, Who, WindowTest,
};
use super::sessions::{Messages, Session};
use super::timing::{self, LAGS, Timing, Trial};
use super::verdict::{ALPHA, Needed, Verdict, length, p_words, percent};
use crate::record::{Party, Place, Record, SECOND};
use crate::stats::{Stream, binomial_tail, kaplan_meier, median, sign_test, stream_number, wilson};

/// What the tests of one question share.
pub(super) struct Bench<'a> {
    pub record: &'a Record,
    pub question: &'a Question,
    pub messages: &'a Messages,
    /// `None` in a scan, which looks at times alone.
    pub links: Option<&'a Links<'a>>,
    /// Tests that share the level of significance.
    pub family: u32,
}

/// A test, and which sessions and acts it counted.
pub(super) struct Tested {
    pub test: ActorTest,
    pub counted: Vec<Counted>,
    /// The act within the window of each session, by session.
    pub answers: Vec<Option<Place>>,
    /// The day of the week on which more than half of the tested sessions fall, if there is one.
    pub weekday: Option<&'static str>,
}

impl Bench<'_> {
    /// The acts of some parties as one list.
    pub(super) fn deeds(&self, parties: &[Party], places: &[Vec<Place>]) -> Deeds {
        let mut all = Deeds::default();
        for (party, places) in parties.iter().zip(places) {
            let one = deeds(
                self.record,
                *party,
                self.question.from,
                self.question.within,
                places.iter().copied(),
            );
            all.timed.extend(one.timed);
            all.wide.extend(one.wide);
            all.to_sender.extend(one.to_sender);
            all.automated += one.automated;
            all.width = all.width.max(one.width);
        }
        for list in [&mut all.wide, &mut all.to_sender] {
            list.sort_unstable();
            list.dedup();
        }
        all.timed.sort_unstable();
        all.timed.dedup();
        all
    }

    /// The windows: the primary one, then the others, ascending and without repeats.
    pub(super) fn windows(&self) -> Vec<i64> {
        let primary = self.question.within;
        let mut others: Vec<i64> = self.question.other_windows.clone();
        others.retain(|window| *window > 0 && *window != primary);
        others.sort_unstable();
        others.dedup();
        others.truncate(timing::WINDOWS - 1);
        others.insert(0, primary);
        others
    }

    /// Tests the acts of `who`, given as `deeds`.
    pub(super) fn test(
        &self,
        who: &[Party],
        mut deeds: Deeds,
        coverage: &Coverage,
        days: &mut Days,
    ) -> Tested {
        let within = self.question.within;
        let sessions = &self.messages.sessions;
        let before = deeds.timed.len();
        deeds.timed.retain(|(t, _)| coverage.holds(*t, *t));
        let outside = before - deeds.timed.len();
        let times = deeds.times();
        let mut left_out = LeftOut::default();
        let counted: Vec<Counted> = sessions
            .iter()
            .map(|session| {
                if !coverage.holds(session.t, session.t.saturating_add(within)) {
                    left_out.window_leaves_coverage += 1;
                    Counted::WindowLeavesCoverage
                } else if self.already_acted_on(session, &deeds) {
                    left_out.already_acted_on += 1;
                    Counted::AlreadyActedOn
                } else {
                    Counted::Yes
                }
            })
            .collect();
        let entered: Vec<&Session> = sessions
            .iter()
            .zip(&counted)
            .filter(|(_, counted)| **counted == Counted::Yes)
            .map(|(session, _)| session)
            .collect();
        let trials =
            timing::trials(entered.iter().map(|session| session.t), within, coverage, days);
        // A window is used only if every time is narrow enough for it; the primary one always is.
        let width = entered.iter().map(|it| it.width).max().unwrap_or(0).max(deeds.width);
        let (windows, not_used): (Vec<i64>, Vec<i64>) =
            self.windows().into_iter().partition(|window| *window == within || width <= window / 4);
        let mut names = vec!["acts"];
        let id = |party: &Party| self.record.parties.get(party.0 as usize).map_or("", |it| &it.id);
        names.push(id(&self.question.from));
        names.extend(who.iter().map(id));
        let mut stream = Stream::new(self.question.seed, stream_number(&names));
        let timing = timing::test(&trials, &times, &windows, self.question.redraws, &mut stream);
        let answers: Vec<Option<Place>> = sessions
            .iter()
            .zip(&counted)
            .map(|(session, counted)| {
                let next = times.partition_point(|t| *t <= session.t);
                let (t, place) = deeds.timed.get(next)?;
                (*counted == Counted::Yes && t - session.t <= within).then_some(*place)
            })
            .collect();
        let with_content =
            entered.iter().filter(|session| self.has_linked_act(session, &deeds)).count();
        let test = self.report(Parts {
            who,
            deeds: &deeds,
            outside,
            coverage,
            left_out,
            trials: &trials,
            times: &times,
            timing: &timing,
            windows: &windows,
            not_used: &not_used,
            with_content,
        });
        let weekdays: Vec<_> = trials.iter().map(|it| days.weekday(it.t)).collect();
        let weekday = weekdays.iter().flatten().copied().find(|day| {
            weekdays.iter().filter(|it| **it == Some(*day)).count() * 2 > weekdays.len()
        });
        Tested { test, counted, answers, weekday }
    }

    /// Whether a session names items and each of them was surely acted on before.
    fn already_acted_on(&self, session: &Session, deeds: &Deeds) -> bool {
        let Some(links) = self.links else { return false };
        let items = links.items(&session.messages);
        let Some(first) = session.messages.first() else { return false };
        let asked = self.record.row(*first).span;
        !items.is_empty()
            && items.iter().all(|item| {
                links.same_as(*item).any(|item| {
                    links.public_with(item).iter().any(|place| {
                        let act = self.record.row(*place).span;
                        act.before(asked) == Some(true)
                            && deeds
                                .timed
                                .binary_search(&(super::sessions::middle(act), *place))
                                .is_ok()
                    })
                })
            })
    }

    fn has_linked_act(&self, session: &Session, deeds: &Deeds) -> bool {
        let Some(links) = self.links else { return false };
        let from = deeds.timed.partition_point(|(t, _)| *t <= session.t);
        let until = session.t.saturating_add(self.question.within);
        deeds.timed[from..].iter().take_while(|(t, _)| *t <= until).any(|(_, act)| {
            session.messages.iter().any(|message| {
                links.content(*message, *act).grade.is_some_and(|grade| grade <= Grade::C)
            })
        })
    }

    fn report(&self, parts: Parts<'_>) -> ActorTest {
        let Parts { timing, trials, times, coverage, .. } = parts;
        let within = self.question.within;
        let n = timing.n as u32;
        let k = timing.k[0];
        let window = |w: usize| WindowTest {
            within_seconds: seconds(parts.windows[w]),
            answered: timing.k[w],
            chance_share: timing.chance[w],
            p: timing.p[w],
            p_limit: timing.p_limit[w],
            all_answered: timing.all_answered[w],
        };
        let (only_after, only_before, compared) =
            timing::before_and_after(trials, times, within, coverage);
        let by_chance = timing.chance[0] * f64::from(n);
        let steps = kaplan_meier(&timing::observations(trials, times, coverage));
        let from = [0].iter().chain(&LAGS);
        let lags = from.zip(&LAGS).zip(&timing.lags).map(|((from, until), row)| LagRow {
            from_seconds: seconds(*from),
            until_seconds: seconds(*until),
            sessions: row.0,
            by_chance: row.1,
        });
        let verdict = self.judge(&parts);
        ActorTest {
            who: parts.who.iter().map(|party| Who::of(self.record, *party)).collect(),
            any_of_group: parts.who.len() > 1,
            words: verdict.words().to_owned(),
            verdict,
            coverage: coverage.spans().iter().map(|span| Time::from(*span)).collect(),
            acts: ActCounts {
                counted: parts.deeds.timed.len(),
                to_the_sender: parts.deeds.to_sender.len(),
                time_too_wide: parts.deeds.wide.len(),
                outside_coverage: parts.outside,
                automated: parts.deeds.automated,
            },
            left_out: parts.left_out,
            sessions: n,
            answered: k,
            share: (n > 0).then(|| f64::from(k) / f64::from(n)),
            interval: wilson(u64::from(k), u64::from(n)),
            answered_with_content: parts.with_content as u32,
            test: window(0),
            other_windows: (1..parts.windows.len()).map(window).collect(),
            windows_not_used_seconds: parts.not_used.iter().map(|it| seconds(*it)).collect(),
            p_any_window: timing.p_any_window,
            p_in_family: self.in_family(timing.p[0]),
            chance_range: timing.range,
            excess: f64::from(k) - by_chance,
            ratio: (by_chance > 0.0).then(|| f64::from(k) / by_chance),
            median_lag_seconds: median(&steps).map(seconds),
            lags: lags.collect(),
            placebo: Placebo {
                sessions: compared,
                only_after,
                only_before,
                p: sign_test(only_after, only_before),
            },
            needed: Needed::of(n, timing.chance[0], self.family),
        }
    }

    /// p times the size of the family.
    pub(super) fn in_family(&self, p: f64) -> f64 {
        (p * f64::from(self.family.max(1))).min(1.0)
    }

    fn judge(&self, parts: &Parts<'_>) -> Verdict {
        let timing = parts.timing;
        let (n, k) = (timing.n as u32, timing.k[0]);
        let mut why = Vec::new();
        let mut needed = Vec::new();
        if parts.deeds.timed.is_empty() && parts.coverage.spans().is_empty() {
            why.push(format!(
                "The record holds no dated public item by {}, so it cannot show an act.",
                self.names(parts.who)
            ));
            needed.push("The public record of the party, with the time it covers.".to_owned());
        }
        let all = self.messages.sessions.len();
        let covered = all - parts.left_out.window_leaves_coverage;
        if n < 5 {
            why.push(format!(
                "Sessions with a known time and a covered window: {n}. Fewer than 5 tell nothing."
            ));
            let chance = if n == 0 { None } else { Some(timing.chance[0]) };
            match chance {
                Some(chance) => needed.push(format!(
                    "At least 5 sessions. {}",
                    Needed::of(5, chance, self.family).words()
                )),
                None => needed.push("At least 5 sessions with times and a covered window.".into()),
            }
        }
        if n > 0 && timing.all_answered[0] > ALPHA {
            why.push(format!(
                "Even if an act had followed every session, chance alone would do the same with \
                 probability {}.",
                p_words(timing.all_answered[0])
            ));
            needed.push(Needed::of(n, timing.chance[0], self.family).words());
        }
        if all > 0 && covered * 5 < all * 4 {
            why.push(format!(
                "The public record covers the window after {covered} of {all} sessions, less than \
                 80%."
            ));
            needed.push("A public record that covers the other sessions.".to_owned());
        }
        if n > 0 && timing.chance[0] > 0.5 {
            why.push(format!(
                "On other days {} of the sessions would be followed by an act as well.",
                percent(timing.chance[0])
            ));
            needed.push("A shorter window, or acts told apart by their content.".to_owned());
        }
        let floor = 1.0 / (1.0 + f64::from(self.question.redraws));
        if self.in_family(floor) > ALPHA {
            why.push(format!(
                "p floor reached: {} redraws cannot give a p below 0.05 in a family of {}.",
                self.question.redraws, self.family
            ));
            needed.push(format!("At least {} redraws.", 20 * u64::from(self.family)));
        }
        if n > 0 && why.is_empty() {
            self.compare_windows(parts, &mut why, &mut needed);
        }
        if !why.is_empty() {
            return Verdict::CannotTell { why, needed };
        }
        if k == 0 {
            Verdict::NoneSeen
        } else if self.in_family(timing.p[0]) <= ALPHA {
            Verdict::MoreThanChanceInTiming
        } else {
            Verdict::NotMoreThanChance
        }
    }

    /// The verdict must not hang on the choice of the window: the next shorter and the next longer
    /// one must agree, if they have the power (80%) to see what the primary one sees.
    fn compare_windows(&self, parts: &Parts<'_>, why: &mut Vec<String>, needed: &mut Vec<String>) {
        let Parts { timing, windows, .. } = parts;
        let primary = windows[0];
        let others = 1..windows.len();
        let shorter = others.clone().filter(|w| windows[*w] < primary).max_by_key(|w| windows[*w]);
        let longer = others.filter(|w| windows[*w] > primary).min_by_key(|w| windows[*w]);
        let n = timing.n as u64;
        let more = |w: usize| self.in_family(timing.p[w]) <= ALPHA;
        for w in [shorter, longer].into_iter().flatten() {
            if more(w) == more(0) {
                continue;
            }
            let differs = if more(0) {
                let share = f64::from(timing.k[0]) / timing.n as f64;
                let added = (share - timing.chance[0]) / (1.0 - timing.chance[0]).max(1e-9);
                let expected = timing.chance[w] + added.max(0.0) * (1.0 - timing.chance[w]);
                let alpha = ALPHA / f64::from(self.family.max(1));
                least(n, timing.chance[w], alpha)
                    .is_some_and(|k| binomial_tail(k, n, expected) >= 0.8)
            } else {
                true
            };
            if differs {
                why.push(format!(
                    "The answer depends on the window: p = {} within {}, p = {} within {}.",
                    p_words(timing.p[0]),
                    length(primary),
                    p_words(timing.p[w]),
                    length(windows[w])
                ));
                needed.push(
                    "A reason, found elsewhere, for how soon an act is to be expected.".to_owned(),
                );
            }
        }
    }

    fn names(&self, who: &[Party]) -> String {
        let names: Vec<&str> = who.iter().map(|party| self.record.name(*party)).collect();
        names.join(", ")
    }
}

/// The least count of `n` with p at most `alpha`, by exact binomial.
fn least(n: u64, chance: f64, alpha: f64) -> Option<u64> {
    (1..=n).find(|k| binomial_tail(*k, n, chance) <= alpha)
}

/// What a report is made of.
struct Parts<'a> {
    who: &'a [Party],
    deeds: &'a Deeds,
    outside: usize,
    coverage: &'a Coverage,
    left_out: LeftOut,
    trials: &'a [Trial],
    times: &'a [i64],
    timing: &'a Timing,
    windows: &'a [i64],
    not_used: &'a [i64],
    with_content: usize,
}

/// Microseconds as seconds.
pub(super) fn seconds(micros: i64) -> f64 {
    micros as f64 / SECOND as f64
}
