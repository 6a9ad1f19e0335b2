//! When a message was sent: the clocks it carries, and which to believe.

use cahoots_record::{Basis, Confidence, Severity, UtcMicros, When};
use jiff::tz::TimeZone;

use crate::mail::dates::Stated;
use crate::mail::words;

/// Clocks further apart than this contradict each other.
const DISAGREE: i64 = 48 * 3600;

/// Clocks no further apart than this confirm each other.
const AGREE: i64 = 3600;

/// `Received` headers looked at.
const MAX_RECEIVED: usize = 64;

/// The clocks of a message.
#[derive(Default)]
pub(crate) struct Clocks<'a> {
    /// `Date` headers, in order.
    pub(crate) date: Vec<&'a [u8]>,
    /// `Received` headers, topmost (latest) first.
    pub(crate) received: Vec<&'a [u8]>,
    /// Date on the mbox envelope line.
    pub(crate) envelope: Option<&'a str>,
    /// Modification time of the message's own file, in seconds since 1970.
    pub(crate) file: Option<i64>,
}

/// The time of a message, and what there is to say about it.
pub(crate) struct Stamp {
    pub(crate) when: When,
    /// The stated date in the normal form that goes into hashes: seconds since 1970, with
    /// `local` before them where no offset is stated; the text itself where it cannot be read;
    /// empty without a `Date` header.
    pub(crate) key: String,
    /// The `Date` header's text when the time was not read from it.
    pub(crate) unused: Option<String>,
    pub(crate) issue: Option<(Severity, String)>,
}

impl Clocks<'_> {
    /// Decides: the `Date` header if its year is one in which mail was sent, else the topmost
    /// `Received`, the envelope line, the file; else the header after all; else nothing.
    pub(crate) fn stamp(&self, zone: Option<&TimeZone>) -> Stamp {
        let text = self.date.first().map(|value| words::decode(value));
        let stated = text.as_deref().and_then(Stated::parse);
        let key = match (&stated, &text) {
            (Some(stated), _) => key(stated),
            (None, Some(text)) => text.chars().take(100).collect(),
            (None, None) => String::new(),
        };
        let other = self.other(zone);
        let raw: String = text.as_deref().unwrap_or_default().chars().take(200).collect();
        if let Some(stated) = stated.filter(Stated::plausible) {
            let mut when = stated.when(Basis::DateHeader, &raw, zone);
            let mut issue = None;
            if let Some(other) = &other {
                let gap = gap(&when, other);
                if gap > DISAGREE {
                    when.confidence = Confidence::Low;
                    issue = Some((
                        Severity::Note,
                        format!(
                            "the Date header is {} hours away from the {}",
                            gap / 3600,
                            other.basis
                        ),
                    ));
                } else if gap <= AGREE
                    && other.basis == Basis::Received
                    && when.confidence == Confidence::Normal
                {
                    when.confidence = Confidence::High;
                }
            }
            return Stamp { when, key, unused: None, issue };
        }
        let problem = match (&text, &stated) {
            (None, _) => (Severity::Note, "no Date header".to_owned()),
            (Some(_), Some(stated)) => {
                (Severity::Damaged, format!("the Date header says the year {}", stated.year))
            }
            (Some(_), None) => (Severity::Damaged, "the Date header cannot be read".to_owned()),
        };
        let unused = text.is_some().then(|| raw.clone());
        // The first hours of 1970 are what a clock says that was never set.
        let stated = stated.filter(|stated| stated.civil_seconds().abs() > DISAGREE);
        let when = match (other.or_else(|| self.file_time()), stated) {
            (Some(mut when), _) => {
                when.confidence = Confidence::Low;
                when
            }
            (None, Some(stated)) => {
                let mut when = stated.when(Basis::DateHeader, &raw, zone);
                when.confidence = Confidence::Low;
                return Stamp { when, key, unused: None, issue: Some(problem) };
            }
            (None, None) => When { raw: unused.clone(), ..When::unknown() },
        };
        Stamp { when, key, unused, issue: Some(problem) }
    }

    /// The best clock that is not the sender's.
    fn other(&self, zone: Option<&TimeZone>) -> Option<When> {
        let received = self.received.iter().take(MAX_RECEIVED).find_map(|value| {
            let value = words::unfold(value);
            let date = value.rsplit_once(';')?.1.trim();
            let stated = Stated::parse(date).filter(Stated::plausible)?;
            Some(stated.when(Basis::Received, date, zone))
        });
        received.or_else(|| {
            let text = self.envelope?;
            let stated = Stated::parse(text).filter(Stated::plausible)?;
            Some(stated.when(Basis::Envelope, text.trim(), zone))
        })
    }

    fn file_time(&self) -> Option<When> {
        // Zero, and anything before mail, is a file system's word for «unknown».
        let seconds = self.file.filter(|seconds| *seconds > 315_532_800)?;
        Some(When::instant(UtcMicros::from_seconds(seconds), Basis::File))
    }
}

/// A stated date in the form that goes into hashes.
fn key(stated: &Stated) -> String {
    match stated.offset {
        Some(offset) => (stated.civil_seconds() - i64::from(offset)).to_string(),
        None => format!("local {}", stated.civil_seconds()),
    }
}

/// Seconds between two intervals; 0 when they overlap.
fn gap(a: &When, b: &When) -> i64 {
    let seconds = |at: Option<UtcMicros>| at.map(UtcMicros::seconds);
    match (seconds(a.earliest), seconds(a.latest), seconds(b.earliest), seconds(b.latest)) {
        (Some(a0), Some(a1), Some(b0), Some(b1)) => (b0 - a1).max(a0 - b1).max(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(
        date: Option<&str>,
        received: &[&str],
        envelope: Option<&str>,
        expected: (&str, Basis, Confidence, bool),
    ) {
        let clocks = Clocks {
            date: date.iter().map(|text| text.as_bytes()).collect(),
            received: received.iter().map(|text| text.as_bytes()).collect(),
            envelope,
            file: None,
        };
        let stamp = clocks.stamp(None);
        let time = stamp.when.earliest.map_or("none".to_owned(), |at| at.to_string());
        let found = (time.as_str(), stamp.when.basis, stamp.when.confidence, stamp.issue.is_some());
        assert_eq!(found, expected, "{date:?} {received:?} {envelope:?}");
    }

    const GOOD: &str = "Mon, 2 Mar 1998 10:00:00 +0100";
    const UTC: &str = "1998-03-02T09:00:00Z";

    #[test]
    fn clocks_confirm_or_contradict_each_other() {
        use {
            Basis::DateHeader,
            Confidence::{High, Low, Normal},
        };
        check(Some(GOOD), &[], None, (UTC, DateHeader, Normal, false));
        let near = "from a by b; Mon, 2 Mar 1998 09:10:00 GMT";
        check(Some(GOOD), &[near], None, (UTC, DateHeader, High, false));
        let far = "from a by b; Mon, 9 Mar 1998 09:10:00 GMT";
        check(Some(GOOD), &[far], None, (UTC, DateHeader, Low, true));
        check(Some(GOOD), &[], Some("Mon Mar  9 10:00:00 1998"), (UTC, DateHeader, Low, true));
        // An envelope without a zone has 28 hours of doubt and confirms nothing.
        check(Some(GOOD), &[], Some("Mon Mar  2 10:00:00 1998"), (UTC, DateHeader, Normal, false));
    }

    #[test]
    fn bad_dates_fall_back_and_nothing_lands_in_1970() {
        use {
            Basis::{DateHeader, Envelope, Received},
            Confidence::Low,
        };
        let received =
            ["from a by b; garbage", "from a by b (c; d); Mon, 2 Mar 1998 09:00:00 +0000"];
        for date in [Some("Mon, 2 Mar 1908 10:00:00 +0100"), Some("today"), Some(""), None] {
            check(date, &received, None, (UTC, Received, Low, true));
            let envelope = Some("Mon Mar  2 23:00:00 1998");
            check(date, &[], envelope, (UTC, Envelope, Low, true));
        }
        check(None, &[], None, ("none", Basis::None, Confidence::None, true));
        check(
            Some("Thu, 1 Jan 1970 00:00:00 +0000"),
            &[],
            Some("Mon Mar  2 23:00:00 1998"),
            (UTC, Envelope, Low, true),
        );
        let unset = Some("Thu, 1 Jan 1970 00:00:00 +0000");
        check(unset, &[], None, ("none", Basis::None, Confidence::None, true));
        let odd = "1908-03-02T09:00:00Z";
        check(Some("Mon, 2 Mar 1908 10:00:00 +0100"), &[], None, (odd, DateHeader, Low, true));
    }
}
