//! Dates of which recognition spoilt so much that only their weekday tells what they were.
//!
//! `Sunday, A ril 25, 2010` can be April alone: of all dates that are printed in nearly these
//! letters one is a Sunday. Where several are, nothing is guessed.

use jiff::civil::Date;

use super::names::{MONTHS, SHORT, weekday};
use super::reader;
use super::{Reading, labels};

/// Years in which a printed e-mail can have been sent.
const YEARS: std::ops::RangeInclusive<i16> = 1990..=2037;
/// Letters and digits that a date has at least; fewer fit too many.
const FEWEST: usize = 6;
/// Words among which the weekday is looked for.
const WORDS: usize = 4;

/// Reads the date at the head of a text by its weekday and its clock reading.
pub(super) fn read(text: &str) -> Option<Reading> {
    let head = text.char_indices().nth(90).map_or(text, |(at, _)| &text[..at]);
    let (named, day_end) = named_day(head)?;
    let clock = clock(head, day_end)?;
    let mut squeezed = squeeze(&head[day_end..clock.start]);
    // `Wed Sea 16 22:04:24 2009`: the year stands behind the clock reading.
    let after = year_after(head, clock.end);
    if let Some((year, _)) = after {
        squeezed.push_str(year);
    }
    let date = only(&squeezed, named)?;
    let name = MONTHS[date.month() as usize - 1][0];
    let front = format!("{name} {}, {} ", date.day(), date.year());
    let rest = if after.is_some() { &head[clock.clone()] } else { &head[clock.start..] };
    let reading = reader::read(&format!("{front}{rest}"))?;
    let end = match after {
        Some((_, end)) => end,
        None => clock.start + reading.end.saturating_sub(front.len()),
    };
    Some(Reading { mended: true, end, ..reading })
}

/// The weekday among the first words, Monday being 0, and where its name ends.
fn named_day(head: &str) -> Option<(i8, usize)> {
    let mut at = 0;
    for word in head.split_inclusive(|c: char| !c.is_alphabetic()).take(WORDS) {
        let bare = word.trim_end_matches(|c: char| !c.is_alphabetic());
        let end = at + bare.len();
        at += word.len();
        // Short names are words as well.
        if bare.chars().count() >= 3
            && let Some(day) = weekday(&bare.to_lowercase())
        {
            return Some((i8::try_from(day).ok()?, end));
        }
    }
    None
}

/// Where the first clock reading stands, `10:50` or `10:50:07`.
fn clock(head: &str, from: usize) -> Option<std::ops::Range<usize>> {
    let bytes = head.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let colon = (from..bytes.len()).find(|at| {
        bytes[*at] == b':' && *at > from && digit(at - 1) && digit(at + 1) && digit(at + 2)
    })?;
    let start = if colon >= from + 2 && digit(colon - 2) { colon - 2 } else { colon - 1 };
    // Digits before it are glued on: they are the year's.
    let mut end = colon + 3;
    if bytes.get(end) == Some(&b':') && digit(end + 1) && digit(end + 2) {
        end += 3;
    }
    Some(start..end)
}

/// A year right behind the clock reading, and where it ends.
fn year_after(head: &str, from: usize) -> Option<(&str, usize)> {
    let rest = head[from..].trim_start();
    let start = head.len() - rest.len();
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    (digits == 4).then(|| (&rest[..4], start + 4))
}

/// Letters and digits, those that recognition takes for one another made one.
fn squeeze(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).map(alike).collect()
}

fn alike(c: char) -> char {
    match c {
        'o' | 'u' => '0',
        'l' | 'i' => '1',
        'z' => '2',
        's' => '5',
        c => c,
    }
}

/// The one date on such a weekday that is printed in nearly these letters.
fn only(squeezed: &str, day: i8) -> Option<Date> {
    let length = squeezed.chars().count();
    if length < FEWEST || !squeezed.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let most = if length >= 10 { 2 } else { 1 };
    let set = labels::letters(squeezed);
    // The best dates so far, and by how many letters they are off.
    let mut best: Option<(usize, Date)> = None;
    let mut tied = false;
    for (month, names) in (1i8..).zip(MONTHS) {
        for name in names.iter().chain(&[SHORT[month as usize - 1]]) {
            let name: String = name.chars().map(alike).collect();
            if (labels::letters(&name) & !set).count_ones() as usize > most {
                continue;
            }
            for date in days(month, day) {
                let Some(off) = off(squeezed, &name, date).filter(|off| *off <= most) else {
                    continue;
                };
                match best {
                    Some((least, found)) if off > least || off == least && found == date => {}
                    Some((least, _)) if off == least => tied = true,
                    _ => (best, tied) = (Some((off, date)), false),
                }
            }
        }
    }
    best.filter(|_| !tied).map(|(_, date)| date)
}

/// By how many letters month and year are off what is printed. The day must stand there as it is:
/// of any seven days one fits, so a misread day is no day.
fn off(squeezed: &str, name: &str, date: Date) -> Option<usize> {
    let days = [date.day().to_string(), format!("{:02}", date.day())];
    let month_first = days.iter().flat_map(|day| {
        squeezed.match_indices(day.as_str()).filter_map(|(at, found)| {
            let year = year_off(&squeezed[at + found.len()..], date.year())?;
            Some(month_off(&squeezed[..at], name)? + year)
        })
    });
    let day_first = days.iter().filter_map(|day| {
        let rest = squeezed.strip_prefix(day.as_str())?;
        month_off(rest.strip_suffix(&date.year().to_string())?, name)
    });
    month_first.chain(day_first).min()
}

/// A month's name may lack a letter, a long one two.
fn month_off(printed: &str, name: &str) -> Option<usize> {
    let most = if name.chars().count() > 4 { 2 } else { 1 };
    Some(labels::distance(printed, name)).filter(|off| *off <= most)
}

/// A year may lack a digit; one that is a year already is itself.
fn year_off(printed: &str, year: i16) -> Option<usize> {
    let itself = printed.parse().is_ok_and(|printed| YEARS.contains(&printed));
    let most = if itself { 0 } else { 1 };
    Some(labels::distance(printed, &year.to_string())).filter(|off| *off <= most)
}

/// Every date of a month of any year that falls on a weekday.
fn days(month: i8, day: i8) -> impl Iterator<Item = Date> {
    YEARS.flat_map(move |year| {
        (1..=31).filter_map(move |number| {
            let date = Date::new(year, month, number).ok()?;
            (date.weekday().to_monday_zero_offset() == day).then_some(date)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weekday_decides_what_a_spoilt_date_was() {
        for (text, want) in [
            ("Sunday, A ril 25, 2010 10:50 AM", "2010-04-25T10:50"),
            ("S Sunday, January 9, 2011 2:12 PM", "2011-01-09T14:12"),
            ("Monday, Ma 16, 2011 9:52 PM", "2011-05-16T21:52"),
            ("Thursday, September 29, 201.1 9:49 PM", "2011-09-29T21:49"),
            ("Friday, January 7, 2 11 10:19 PM", "2011-01-07T22:19"),
            ("Wed Sea 16 22:04:24 2009", "2009-09-16T22:04:24"),
            ("Sunday, December 09,2612- 01:08 PM", "2012-12-09T13:08"),
            ("Wednesday, June zi, zulz 11:31 AM", ""),
            ("Friday, August OS, 2011 08:00 AM", "2011-08-05T08:00"),
            // Two days fit (the 31st was a Saturday as well), or none is left.
            ("Saturday, October 3, LUU9 8:19 PM", ""),
            ("Tuesday, March OS, 2011 06:19 AM", ""),
            ("Wednesday, July n, 2011 6:03 AM", ""),
            ("Friday, June 0:21 AM", ""),
            ("Friday, June 1, 20 9:21 AM", ""),
            ("Friday, 11 11:30 AM", ""),
            ("the whole of Friday 10:50", ""),
        ] {
            let civil = read(text).map(|reading| reading.civil()).unwrap_or_default();
            assert_eq!(civil, want, "{text}");
        }
        let text = "Sunday, A ril 25, 2010 10:50 AM, Bo Quist";
        assert_eq!(&text[read(text).unwrap().end..], ", Bo Quist");
    }
}
