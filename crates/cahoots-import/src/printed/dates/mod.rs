//! Dates as programs print them for people, in several languages, glued and misread.
//!
//! A printed time seldom has a zone. None is guessed: the reading keeps its doubt.

use cahoots_record::{Basis, Confidence, Precision, When};
use jiff::tz::TimeZone;

use super::labels;
use crate::mail::Stated;

mod by_weekday;
mod mended;
mod names;
mod reader;
mod tokens;
mod zones;

/// A time as printed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Reading {
    pub(crate) stated: Stated,
    /// The zone as printed.
    pub(crate) zone: Option<String>,
    /// Day and month could be the other way round.
    pub(crate) either_way: bool,
    /// The weekday printed is not the date's.
    pub(crate) other_weekday: bool,
    /// The zone's name says winter while the date is in summer: programs print the name of the
    /// zone so, whatever the season.
    pub(crate) season: bool,
    /// Letters were read as digits, or the date could not be made out.
    pub(crate) mended: bool,
    /// Where the date ends in the text.
    pub(crate) end: usize,
}

/// Whether a text has a date with a clock reading.
pub(crate) fn has_clock(text: &str) -> bool {
    read(text).is_some_and(|reading| {
        matches!(reading.stated.precision, Precision::Minute | Precision::Second)
    })
}

/// Where the date at the head of a text ends.
pub(crate) fn end_of_date(text: &str) -> Option<usize> {
    read(text).map(|reading| reading.end)
}

impl Reading {
    /// The clock reading as text, `2012-12-21T17:44`, as it was printed.
    pub(crate) fn civil(&self) -> String {
        let s = &self.stated;
        let date = format!("{:04}-{:02}-{:02}", s.year, s.month, s.day);
        match s.precision {
            Precision::Minute => format!("{date}T{:02}:{:02}", s.hour, s.minute),
            Precision::Second => format!("{date}T{:02}:{:02}:{:02}", s.hour, s.minute, s.second),
            _ => date,
        }
    }

    /// The interval it states.
    pub(crate) fn when(&self, raw: &str, zone: Option<&TimeZone>) -> When {
        let mut when = self.stated.when(Basis::Quoted, raw, zone);
        if self.other_weekday || self.mended {
            when.confidence = Confidence::Low;
        }
        if self.season {
            when.earliest = when.earliest.map(|at| at.plus_seconds(-3600));
            when.confidence = Confidence::Low;
        }
        if self.either_way {
            let mut turned = self.stated;
            std::mem::swap(&mut turned.day, &mut turned.month);
            let other = turned.when(Basis::Quoted, raw, zone);
            when.earliest = when.earliest.min(other.earliest);
            when.latest = when.latest.max(other.latest);
            when.precision = Precision::Unknown;
            when.confidence = Confidence::Low;
        }
        when
    }
}

/// Reads the date at the head of a text. `None` when no day can be made out of it.
pub(crate) fn read(text: &str) -> Option<Reading> {
    reader::read(text)
        .or_else(|| {
            let mended = mended::mended(text)?;
            reader::read(&mended).map(|reading| Reading { mended: true, ..reading })
        })
        .or_else(|| by_weekday::read(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_times_are_read() {
        for (text, want) in [
            ("Thursday, November 26, 2009 12:04 PM", "2009-11-26T12:04"),
            ("Friday, July 22, 201111:18 AM", "2011-07-22T11:18"),
            ("Friday, July 22,2011 10:49 AM", "2011-07-22T10:49"),
            ("Thu Nov 26 12:00:45 2009", "2009-11-26T12:00:45"),
            ("Wed, 5 Dec 2012 18:01:02 -0500", "2012-12-05T18:01:02"),
            ("October 1, 2012, 8:10:03 PM EDT", "2012-10-01T20:10:03"),
            ("12/8/2011 8:41:47 P.M. Eastern Standard Time", "2011-12-08T20:41:47"),
            ("Wednesday. September 14 2011 12:08 AM", "2011-09-14T00:08"),
            ("03.05.2011 um 12:04", "2011-05-03T12:04"),
            ("Mittwoch, 4. Mai 2011 12:04", "2011-05-04T12:04"),
            ("4 mai 2011 à 18h05", "2011-05-04T18:05"),
            ("miércoles, 4 de mayo de 2011 18:05", "2011-05-04T18:05"),
            ("Saturday, Janurary 9, 2010 3:30 pin", "2010-01-09T15:30"),
            ("2011-05-04 18:05", "2011-05-04T18:05"),
            ("Feb. 8, 2011", "2011-02-08"),
            ("Wed Dec 0815:03:00 2010", "2010-12-08T15:03:00"),
            ("Friday, September 21, 2012 0404 PM", "2012-09-21T16:04"),
            ("Sun Oct 25 11:13:172009", "2009-10-25T11:13:17"),
            ("Thu Dec 30 14:07:474 2010", "2010-12-30T14:07:47"),
            ("Sun Au 16 07:02:17 2009", "2009-08-16T07:02:17"),
            ("Monda Se tember 27, 2010 12:51 PM", "2010-09-27T12:51"),
            ("Tuesday, Se•tember 8, 2009 10:52 AM", "2009-09-08T10:52"),
            ("Tuesday, Aril 20, 2010 9:26 AM", "2010-04-20T09:26"),
            ("Thursday, lune 30, 2011 04:51 AM", "2011-06-30T04:51"),
            ("Thursday, '‘larch 03, 2011 09:45 PM", "2011-03-03T21:45"),
            ("Wednesday, February'29, 2012 6:15 PM", "2012-02-29T18:15"),
            ("Saturday, October 3, ZUU9 10:U8 AM", "2009-10-03T10:08"),
        ] {
            let reading = read(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(reading.civil(), want, "{text}");
            assert!(!reading.other_weekday, "{text}");
        }
        for text in ["", "Monday", "12:04", "the whole of it", "99/99/2009 10:00"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn doubt_is_kept() {
        assert!(read("5/4/2011 18:05").unwrap().either_way);
        assert!(!read("5/4/2011 6:05 PM").unwrap().either_way);
        assert!(read("Monday, May 4, 2011 12:04").unwrap().other_weekday);
        assert!(read("Wednesday, May 4, 201l 12:04").unwrap().mended);
        let summer = read("May 4, 2011 05:44 PM Eastern Standard Time").unwrap();
        assert!(summer.season);
        assert_eq!(summer.stated.offset, Some(-5 * 3600));
        let open = read("May 4, 2011 05:44 PM").unwrap();
        assert_eq!(open.stated.offset, None);
        let when = open.when("x", None);
        assert_eq!(when.confidence, Confidence::Low);
        assert_eq!(when.latest.unwrap().0 - when.earliest.unwrap().0, (28 * 3600 + 59) * 1_000_000);
    }

    #[test]
    fn dates_end_where_names_begin() {
        for (text, rest) in [
            ("Jan 24, 2010, Mills", ", Mills"),
            ("1/15/12, H <h@x.example>", ", H <h@x.example>"),
            ("3/2/2009 8:59 AM, Z.B.", ", Z.B."),
            ("2009-03-02 08:59Z, Bo", ", Bo"),
            ("Thu, Jul 22, 2010 at 9:15 AM, May Example", ", May Example"),
        ] {
            assert_eq!(&text[end_of_date(text).unwrap()..], rest);
        }
    }
}
