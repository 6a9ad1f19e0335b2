//! Dates as mailers wrote them: RFC 5322, its obsolete forms, and what else is found in archives.

use cahoots_record::{Basis, Confidence, Precision, UtcMicros, When};
use jiff::tz::TimeZone;

/// Years in which mail was sent and clocks could be believed.
pub(crate) const PLAUSIBLE: std::ops::RangeInclusive<i32> = 1980..=2037;

/// The doubt of a time without a zone: zones run from −12 to +14 hours.
const NO_ZONE: i64 = 14 * 3600;

/// A date as it was written: a wall clock reading, and the offset if one was stated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Stated {
    pub(crate) year: i32,
    pub(crate) month: u32,
    pub(crate) day: u32,
    pub(crate) hour: u32,
    pub(crate) minute: u32,
    pub(crate) second: u32,
    /// Seconds east of UTC.
    pub(crate) offset: Option<i32>,
    pub(crate) precision: Precision,
}

impl Stated {
    /// Reads a date header's text. `None` when no day can be made out of it for certain.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut reading = Reading::default();
        let mut comment = None;
        let mut depth = 0u32;
        let mut start = 0;
        // Long garbage behind a date is not part of it.
        let end = text.char_indices().nth(200).map_or(text.len(), |(at, _)| at);
        let text = &text[..end];
        for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
            match c {
                '(' => {
                    if depth == 0 {
                        reading.word(&text[start..at])?;
                        comment = Some(at + 1);
                    }
                    depth += 1;
                }
                ')' if depth > 0 => {
                    depth -= 1;
                    start = at + 1;
                    if depth == 0
                        && let Some(from) = comment
                    {
                        reading.comment(&text[from..at]);
                    }
                }
                _ if depth > 0 => {}
                ' ' | '\t' | '\n' | '\r' | ',' | ';' | '"' | '\u{a0}' | '\u{202f}' => {
                    reading.word(&text[start..at])?;
                    start = at + c.len_utf8();
                }
                _ => {}
            }
        }
        reading.finish()
    }

    /// Seconds since 1970 of the wall clock reading taken as UTC.
    pub(crate) fn civil_seconds(&self) -> i64 {
        days_from_civil(self.year, self.month, self.day) * 86_400
            + i64::from(self.hour * 3600 + self.minute * 60 + self.second)
    }

    /// Whether the year is one in which mail was sent.
    pub(crate) fn plausible(&self) -> bool {
        PLAUSIBLE.contains(&self.year)
    }

    /// The interval this states. A zone declared for the archive is used where none is stated.
    pub(crate) fn when(&self, basis: Basis, raw: &str, zone: Option<&TimeZone>) -> When {
        let civil = self.civil_seconds();
        let width = match self.precision {
            Precision::Minute => 59,
            Precision::Second => 0,
            _ => 86_399,
        };
        let declared = || zone.and_then(|zone| in_zone(civil, zone));
        let (earliest, latest, confidence) = match self.offset.map(i64::from).or_else(declared) {
            Some(offset) => (civil - offset, civil - offset + width, Confidence::Normal),
            None => (civil - NO_ZONE, civil + NO_ZONE + width, Confidence::Low),
        };
        When {
            earliest: Some(UtcMicros::from_seconds(earliest)),
            latest: Some(UtcMicros::from_seconds(latest)),
            offset: self.offset,
            precision: self.precision,
            basis,
            confidence,
            raw: Some(raw.to_owned()),
        }
    }
}

/// Offset in force at a wall clock reading in `zone`.
fn in_zone(civil: i64, zone: &TimeZone) -> Option<i64> {
    let reading = jiff::Timestamp::from_second(civil).ok()?;
    let reading = TimeZone::UTC.to_datetime(reading);
    let instant = zone.to_ambiguous_timestamp(reading).compatible().ok()?;
    Some(civil - instant.as_second())
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar.
fn days_from_civil(year: i32, month: u32, day: u32) -> i64 {
    let year = i64::from(year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year =
        (153 * (i64::from(month) + if month > 2 { -3 } else { 9 }) + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

const fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

#[derive(Default)]
struct Reading {
    year: Option<i32>,
    month: Option<u32>,
    /// Whether the month was named before any day number: it may have been a weekday
    /// («mar., 25 oct. 2000»).
    early_month: bool,
    day: Option<u32>,
    time: Option<(u32, u32, Option<u32>)>,
    offset: Option<i32>,
    comment_offset: Option<i32>,
    afternoon: Option<bool>,
    words: usize,
}

impl Reading {
    /// Takes one word in. `None` when the text contradicts itself.
    fn word(&mut self, word: &str) -> Option<()> {
        let word = word.trim_matches(['<', '>', '\'']);
        if word.is_empty() {
            return Some(());
        }
        self.words += 1;
        if self.words > 24 {
            return Some(());
        }
        let first = word.as_bytes()[0];
        if first.is_ascii_digit() {
            return self.number(word);
        }
        if matches!(first, b'+' | b'-') && word.len() > 1 && word.as_bytes()[1].is_ascii_digit() {
            if self.time.is_some() && self.offset.is_none() {
                self.offset = offset_digits(word);
            }
            return Some(());
        }
        self.name(word);
        Some(())
    }

    fn number(&mut self, word: &str) -> Option<()> {
        if let Some((date, time)) = word.split_once(['T', 't'])
            && date.len() >= 8
            && time.as_bytes().first().is_some_and(u8::is_ascii_digit)
        {
            self.number(date)?;
            return self.number(time);
        }
        if word.contains(':') {
            return self.clock(word);
        }
        if let Some(mark) = word.chars().find(|c| matches!(c, '-' | '/' | '.'))
            && !word.ends_with(mark)
        {
            return self.dashed(word, mark);
        }
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let value: u32 = word.get(..digits)?.parse().ok()?;
        match digits {
            // «3rd», «1er», «25.»
            1 | 2 if self.day.is_none() && (1..=31).contains(&value) => self.day = Some(value),
            2 if self.year.is_none() => self.year = Some(short_year(value)),
            // RFC 5322 §4.3: three digits count from 1900, the mark of a clock bug in 2000; some
            // programs pad them to four.
            3 | 4 if self.year.is_none() && value < 200 => self.year = Some(1900 + value as i32),
            4 if self.year.is_none() => self.year = Some(value as i32),
            _ => {}
        }
        Some(())
    }

    /// `HH:MM[:SS[.fraction]]`, perhaps with a zone or am/pm glued on.
    fn clock(&mut self, word: &str) -> Option<()> {
        if self.time.is_some() {
            return Some(());
        }
        let end = word
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.')))
            .unwrap_or(word.len());
        let (clock, rest) = word.split_at(end);
        let mut fields = clock.split(':').map(|field| {
            let whole = field.split_once('.').map_or(field, |(whole, _)| whole);
            (whole.len() <= 2).then(|| whole.parse::<u32>().ok()).flatten()
        });
        let hour = fields.next()??;
        let minute = fields.next()??;
        let second = match fields.next() {
            Some(second) => Some(second?),
            None => None,
        };
        self.time = Some((hour, minute, second));
        if rest.is_empty() { Some(()) } else { self.word(rest) }
    }

    /// `2000-01-31`, `31-Jan-2000`, `31.1.2000`, `1/31/2000`.
    fn dashed(&mut self, word: &str, mark: char) -> Option<()> {
        let mut fields = word.split(mark);
        let (Some(first), Some(second), Some(third)) =
            (fields.next(), fields.next(), fields.next())
        else {
            return Some(());
        };
        let third_digits = third.bytes().take_while(u8::is_ascii_digit).count();
        let third: u32 = third.get(..third_digits)?.parse().ok()?;
        let first_value: u32 = first.parse().ok()?;
        if self.day.is_some() || self.year.is_some() {
            return Some(());
        }
        let long_year = |value: u32, digits: usize| {
            if digits <= 2 { short_year(value) } else { value as i32 }
        };
        if let Some(month) = month(second) {
            self.month = Some(month);
            (self.day, self.year) = (Some(first_value), Some(long_year(third, third_digits)));
            return Some(());
        }
        let second: u32 = second.parse().ok()?;
        if first.len() == 4 {
            self.year = Some(first_value as i32);
            (self.month, self.day) = (Some(second), Some(third));
            return Some(());
        }
        // Day first with dots. With other marks Americans mean the month and Europeans the day:
        // only a number above 12, or two equal ones, settle it.
        let (day, month) = match (first_value, second) {
            (day, month) if mark == '.' || day > 12 || day == month => (day, month),
            (month, day) if day > 12 => (day, month),
            _ => return None,
        };
        (self.day, self.month) = (Some(day), Some(month));
        self.year = Some(long_year(third, third_digits));
        Some(())
    }

    fn name(&mut self, word: &str) {
        if let Some(month) = month(word)
            && (self.month.is_none() || self.early_month)
            && self.time.is_none_or(|_| self.month.is_none())
        {
            self.early_month = self.day.is_none();
            self.month = Some(month);
            return;
        }
        if self.time.is_none() {
            return;
        }
        let bare: String =
            word.chars().filter(|c| *c != '.').collect::<String>().to_ascii_uppercase();
        match bare.as_str() {
            "AM" => self.afternoon = Some(false),
            "PM" => self.afternoon = Some(true),
            _ if self.offset.is_none() => self.offset = zone_name(&bare),
            _ => {}
        }
    }

    fn comment(&mut self, text: &str) {
        if self.comment_offset.is_none() {
            self.comment_offset = zone_name(&text.trim().to_ascii_uppercase());
        }
    }

    fn finish(self) -> Option<Stated> {
        let (year, month, day) = (self.year?, self.month?, self.day?);
        if !(1..=12).contains(&month) || day == 0 || day > days_in_month(year, month) {
            return None;
        }
        let (mut hour, minute, second) = self.time.unwrap_or((0, 0, None));
        match self.afternoon {
            Some(true) if hour < 12 => hour += 12,
            Some(false) if hour == 12 => hour = 0,
            _ => {}
        }
        if hour > 23 || minute > 59 || second.is_some_and(|second| second > 60) {
            return None;
        }
        let precision = match (self.time, second) {
            (None, _) => Precision::Day,
            (Some(_), None) => Precision::Minute,
            (Some(_), Some(_)) => Precision::Second,
        };
        Some(Stated {
            year,
            month,
            day,
            hour,
            minute,
            second: second.unwrap_or(0).min(59),
            offset: self.offset.or(self.comment_offset),
            precision,
        })
    }
}

const fn short_year(value: u32) -> i32 {
    // RFC 5322 §4.3.
    if value < 50 { 2000 + value as i32 } else { 1900 + value as i32 }
}

/// `+0100`, `-500`, `+01:00`, `+1`. Offsets beyond ±14 h are no offsets.
fn offset_digits(word: &str) -> Option<i32> {
    let negative = word.starts_with('-');
    let digits: String = word[1..].chars().filter(|c| *c != ':').collect();
    let end = digits.bytes().take_while(u8::is_ascii_digit).count();
    let value: i32 = digits.get(..end)?.parse().ok()?;
    let (hours, minutes) = match end {
        1 | 2 => (value, 0),
        3 | 4 => (value / 100, value % 100),
        _ => return None,
    };
    let seconds = hours * 3600 + minutes * 60;
    (minutes < 60 && seconds <= NO_ZONE as i32).then_some(if negative { -seconds } else { seconds })
}

/// Month by its English, German, French, Spanish, Italian or Dutch name, full or cut short.
fn month(word: &str) -> Option<u32> {
    let word = word.trim_end_matches(['.', ',']);
    let bytes = word.as_bytes();
    if bytes.len() < 3 || bytes.len() > 12 || bytes[0].is_ascii_digit() {
        return None;
    }
    let word = word.to_lowercase();
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| word.starts_with(prefix));
    Some(match () {
        () if starts(&["juil", "jul", "lug"]) => 7,
        () if starts(&["juin", "jun", "giu"]) => 6,
        () if starts(&["jan", "jän", "ene", "gen"]) => 1,
        () if starts(&["feb", "fév", "fev"]) => 2,
        () if starts(&["mar", "mär", "mrz", "mrt", "maer", "maa"]) => 3,
        () if starts(&["apr", "avr", "abr"]) => 4,
        () if word == "may"
            || word == "mai"
            || word == "mei"
            || word == "mayo"
            || starts(&["mag"]) =>
        {
            5
        }
        () if starts(&["aug", "aoû", "aou", "ago"]) => 8,
        () if starts(&["sep", "set"]) => 9,
        () if starts(&["oct", "okt", "ott"]) => 10,
        () if starts(&["nov"]) => 11,
        () if starts(&["dec", "dez", "déc", "dic"]) => 12,
        () => return None,
    })
}

/// Zones by name: RFC 5322's and those that mean one thing. Names that mean several (IST, the
/// military letters) say nothing.
fn zone_name(name: &str) -> Option<i32> {
    let hours = |hours: f32| Some((hours * 3600.0) as i32);
    if let Some(rest) =
        name.strip_prefix("GMT").or_else(|| name.strip_prefix("UTC")).filter(|rest| rest.len() > 1)
        && rest.starts_with(['+', '-'])
    {
        return offset_digits(rest);
    }
    match name {
        "UT" | "UTC" | "GMT" | "Z" | "WET" | "UCT" => Some(0),
        "EST" | "EST5EDT" | "CDT" => hours(-5.0),
        "EDT" | "AST" => hours(-4.0),
        "CST" | "CST6CDT" | "MDT" => hours(-6.0),
        "MST" | "MST7MDT" | "PDT" => hours(-7.0),
        "PST" | "PST8PDT" | "AKDT" => hours(-8.0),
        "AKST" => hours(-9.0),
        "HST" => hours(-10.0),
        "ADT" => hours(-3.0),
        "NST" => hours(-3.5),
        "NDT" => hours(-2.5),
        "BST" | "WEST" | "CET" | "MET" | "MEZ" => hours(1.0),
        "CEST" | "MEST" | "MESZ" | "MET DST" | "EET" | "SAST" => hours(2.0),
        "EEST" | "MSK" => hours(3.0),
        "MSD" => hours(4.0),
        "SGT" | "HKT" | "AWST" => hours(8.0),
        "JST" | "KST" => hours(9.0),
        "AEST" => hours(10.0),
        "AEDT" => hours(11.0),
        "NZST" => hours(12.0),
        "NZDT" => hours(13.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `text` states, as civil time, offset and precision.
    fn check(text: &str, expected: &str) {
        let found = Stated::parse(text).map_or("none".to_owned(), |s| {
            let (y, mo, d) = (s.year, s.month, s.day);
            let offset = s.offset.map_or("?".to_owned(), |o| format!("{:+}", o / 60));
            let clock = match s.precision {
                Precision::Day => "day".to_owned(),
                Precision::Minute => format!("{:02}:{:02}", s.hour, s.minute),
                _ => format!("{:02}:{:02}:{:02}", s.hour, s.minute, s.second),
            };
            format!("{y:04}-{mo:02}-{d:02} {clock} {offset}")
        });
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn rfc_5322_and_its_obsolete_forms() {
        check("Fri, 21 Nov 1997 09:55:06 -0600", "1997-11-21 09:55:06 -360");
        check("21 Nov 97 09:55 GMT", "1997-11-21 09:55 +0");
        check("Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", "1997-11-21 day ?");
        check("Thu,\r\n 13 Feb 1969 23:32 -0330 (Newfoundland Time)", "1969-02-13 23:32 -210");
        check("Tue, 1 Jul 2003 10:52:37 +0200 (CEST)", "2003-07-01 10:52:37 +120");
        check("1 Jan 100 00:00:00 EST", "2000-01-01 00:00:00 -300");
        check("Wed, 5 Mar 0102 10:00:00 PST", "2002-03-05 10:00:00 -480");
        check("Wed, 5 Mar 136 10:00:00 PST", "2036-03-05 10:00:00 -480");
        check("Mon, 6 Apr 1908 04:13:09 -0400", "1908-04-06 04:13:09 -240");
        check("Mon, 6 Apr 1992 04:13:09 (EST)", "1992-04-06 04:13:09 -300");
        check("6 Apr 92 04:13:09 Q", "1992-04-06 04:13:09 ?");
        check("6 Apr 92 04:13:60 -0000", "1992-04-06 04:13:59 +0");
    }

    #[test]
    fn other_habits() {
        check("Sat Jan  3 01:05:34 1996", "1996-01-03 01:05:34 ?");
        check("Sat Jan 3 01:05 EST 1996", "1996-01-03 01:05 -300");
        check("Thu Jan 05 10:00:00 +0000 2017", "2017-01-05 10:00:00 +0");
        check("1996-03-02 10:00 +0100", "1996-03-02 10:00 +60");
        check("2016-03-02T10:00:01.123Z", "2016-03-02 10:00:01 +0");
        check("2-Mar-96 10:00:00 GMT+0100", "1996-03-02 10:00:00 +60");
        check("Sunday, March 3, 1996 2:05:01 PM", "1996-03-03 14:05:01 ?");
        check("3 Mar 1996 12:05 a.m. EST", "1996-03-03 00:05 -300");
        check("25.10.2000 10:00:00 +0200", "2000-10-25 10:00:00 +120");
        check("3/25/98 10:00", "1998-03-25 10:00 ?");
        check("3/4/98 10:00", "none");
        check("Mon, 2 Mar 1998", "1998-03-02 day ?");
        check("Mon, 2 Mar 1998 10:00:00 +9900", "1998-03-02 10:00:00 ?");
    }

    #[test]
    fn localised_names() {
        check("mer., 25 oct. 2000 10:00:00 +0200", "2000-10-25 10:00:00 +120");
        check("mar., 24 oct. 2000 10:00:00 +0200", "2000-10-24 10:00:00 +120");
        check("Mi, 7 Mär 2001 08:15:00 +0100", "2001-03-07 08:15:00 +60");
        check("Di, 1 Mai 2001 08:15:00 MESZ", "2001-05-01 08:15:00 +120");
        check("lun, 3 dic 2001 08:15:00 +0100", "2001-12-03 08:15:00 +60");
        check("za, 3 mrt 2001 08:15:00 +0100", "2001-03-03 08:15:00 +60");
        check("jeu., 2 août 2001 08:15:00 +0200", "2001-08-02 08:15:00 +120");
        check("martedì 4 marzo 2008 10.00", "2008-03-04 day ?");
    }

    #[test]
    fn nonsense_is_none() {
        for text in ["", "today", "31 Feb 1999 10:00", "1 Jan 1999 25:00", "::::", "99999999999"] {
            check(text, "none");
        }
    }

    #[test]
    fn doubt_is_kept_unless_a_zone_is_declared() {
        let stated = Stated::parse("2 Jul 1998 12:00:00").unwrap();
        let when = stated.when(Basis::DateHeader, "x", None);
        let (earliest, latest) = (when.earliest.unwrap(), when.latest.unwrap());
        assert_eq!((latest.0 - earliest.0) / 1_000_000, 28 * 3600);
        assert_eq!(when.confidence, Confidence::Low);
        let zone = TimeZone::get("America/New_York").unwrap();
        let when = stated.when(Basis::DateHeader, "x", Some(&zone));
        assert!(when.is_instant() && when.offset.is_none());
        assert_eq!(when.earliest.unwrap().to_string(), "1998-07-02T16:00:00Z");
    }

    #[test]
    fn civil_days_agree_with_jiff() {
        for (y, m, d) in [(1970, 1, 1), (1996, 2, 29), (2000, 3, 1), (1908, 12, 31), (100, 1, 1)] {
            let date = jiff::civil::date(y, m as i8, d as i8).to_zoned(TimeZone::UTC).unwrap();
            let days = days_from_civil(i32::from(y), m, d);
            assert_eq!(days * 86_400, date.timestamp().as_second());
        }
    }
}
