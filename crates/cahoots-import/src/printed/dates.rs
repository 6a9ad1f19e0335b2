//! Dates as programs print them for people, in several languages, glued and misread.
//!
//! A printed time seldom has a zone. None is guessed: the reading keeps its doubt.

use cahoots_record::{Basis, Confidence, Precision, When};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::labels::distance;
use crate::mail::Stated;

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

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Token<'a> {
    Digits(&'a str),
    Word(&'a str),
    Mark(char),
    Blank,
}

/// Tokens of the head of a text, each with its place and end. A date is short.
fn tokens(text: &str) -> Vec<(Token<'_>, usize, usize)> {
    let end = text.char_indices().nth(110).map_or(text.len(), |(at, _)| at);
    let text = &text[..end];
    let mut tokens: Vec<(Token<'_>, usize, usize)> = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        let mut stop = at + c.len_utf8();
        let mut run = |same: fn(char) -> bool| {
            while let Some((next, c)) = rest.peek().copied() {
                if !same(c) {
                    break;
                }
                stop = next + c.len_utf8();
                rest.next();
            }
            stop
        };
        let token = if c.is_ascii_digit() {
            let stop = run(|c| c.is_ascii_digit());
            (Token::Digits(&text[at..stop]), at, stop)
        } else if c.is_alphabetic() {
            let stop = run(char::is_alphabetic);
            (Token::Word(&text[at..stop]), at, stop)
        } else if c.is_whitespace() {
            let stop = run(char::is_whitespace);
            (Token::Blank, at, stop)
        } else {
            (Token::Mark(c), at, stop)
        };
        tokens.push(token);
    }
    tokens
}

#[derive(Default)]
struct State {
    year: Option<i32>,
    month: Option<u32>,
    day: Option<u32>,
    clock: Option<(u32, u32, Option<u32>)>,
    afternoon: Option<bool>,
    weekday: Option<u32>,
    offset: Option<i32>,
    zone: Option<String>,
    either_way: bool,
    numeric: bool,
    strange: usize,
    end: usize,
}

/// Reads the date at the head of a text. `None` when no day can be made out of it.
pub(crate) fn read(text: &str) -> Option<Reading> {
    read_as_is(text).or_else(|| {
        let mended = mended(text)?;
        read_as_is(&mended).map(|reading| Reading { mended: true, ..reading })
    })
}

fn read_as_is(text: &str) -> Option<Reading> {
    let tokens = tokens(text);
    let mut state = State::default();
    let mut at = 0;
    while at < tokens.len() {
        let took = state.take(&tokens, at, text);
        if took == 0 {
            break;
        }
        at += took;
    }
    state.finish()
}

/// A text whose years and clock readings have digits for the letters that recognition saw in
/// them, `ZUU9 10:U8`; as many bytes as before. `None` when there is nothing to mend.
fn mended(text: &str) -> Option<String> {
    let head = text.char_indices().nth(60).map_or(text, |(at, _)| &text[..at]);
    let mut out = String::with_capacity(text.len());
    let mut changed = false;
    for word in head.split_inclusive(' ') {
        let bare = word.trim_end_matches([' ', ',', '.']);
        let year = bare.len() == 4;
        let clock = (4..=5).contains(&bare.len()) && bare.contains(':');
        let letters = bare.bytes().filter(u8::is_ascii_alphabetic).count();
        let digits: Option<String> = bare.chars().map(digit).collect();
        match digits {
            Some(digits)
                if (1..=3).contains(&letters)
                    && (clock && letters <= 2
                        || year && (digits.starts_with("20") || digits.starts_with("199"))) =>
            {
                changed = true;
                out.push_str(&digits);
                out.push_str(&word[bare.len()..]);
            }
            _ => out.push_str(word),
        }
    }
    out.push_str(&text[head.len()..]);
    changed.then_some(out)
}

/// The digit that a letter is a misreading of.
fn digit(c: char) -> Option<char> {
    Some(match c {
        '0'..='9' | ':' => c,
        'O' | 'o' | 'U' | 'u' | 'D' | 'd' | 'Q' => '0',
        'l' | 'I' | 'i' | 'L' => '1',
        'Z' | 'z' => '2',
        'S' | 's' => '5',
        'b' => '6',
        'B' => '8',
        _ => return None,
    })
}

impl State {
    fn dated(&self) -> bool {
        self.year.is_some() && self.month.is_some() && self.day.is_some()
    }

    /// Takes the token at `at` and perhaps some behind it; 0 when the date ends before it.
    fn take(&mut self, tokens: &[(Token<'_>, usize, usize)], at: usize, text: &str) -> usize {
        let (token, start, end) = tokens[at];
        match token {
            Token::Blank => 1,
            Token::Mark(mark) => {
                let next = tokens.get(at + 1).map(|token| token.0);
                if let (true, '+' | '-' | '−', Some(Token::Digits(digits))) =
                    (self.clock.is_some() && self.offset.is_none(), mark, next)
                {
                    return self.offset(mark, digits, tokens, at, text);
                }
                usize::from(!self.dated() || !matches!(mark, '<' | '"' | '[' | '\''))
            }
            Token::Digits(digits) => {
                let took = self.digits(digits, tokens, at);
                if took > 0 {
                    self.end = tokens[at + took - 1].2;
                }
                took
            }
            Token::Word(word) => self.word(word, tokens, at, (start, end), text),
        }
    }

    fn offset(
        &mut self,
        mark: char,
        digits: &str,
        tokens: &[(Token<'_>, usize, usize)],
        at: usize,
        text: &str,
    ) -> usize {
        let number: i32 = digits.parse().unwrap_or(i32::MAX);
        let (hours, minutes, took) = match (digits.len(), tokens.get(at + 2), tokens.get(at + 3)) {
            (4, ..) => (number / 100, number % 100, 2),
            (1 | 2, Some((Token::Mark(':'), ..)), Some((Token::Digits(rest), ..))) => {
                (number, rest.parse().unwrap_or(99), 4)
            }
            _ => return usize::from(!self.dated()),
        };
        if hours > 14 || minutes > 59 {
            return 0;
        }
        let seconds = hours * 3600 + minutes * 60;
        self.offset = Some(if mark == '+' { seconds } else { -seconds });
        let (from, to) = (tokens[at].1, tokens[at + took - 1].2);
        self.zone = Some(text[from..to].to_owned());
        self.end = to;
        took
    }

    fn digits(&mut self, digits: &str, tokens: &[(Token<'_>, usize, usize)], at: usize) -> usize {
        let token = |ahead: usize| tokens.get(at + ahead).map(|token| token.0);
        let number = |text: &str| text.parse::<u32>().ok();
        // `11:18`, also glued to the year as in `201111:18`.
        if let (Some(Token::Mark(':' | ';')), Some(Token::Digits(minutes))) = (token(1), token(2)) {
            if self.clock.is_some() || minutes.len() > 2 && token(3) == Some(Token::Mark(':')) {
                return 0;
            }
            let (year, hours) = match digits.len() {
                // `0815:03:00`: the day is glued on.
                4 if self.day.is_none() && self.month.is_some() => {
                    self.day = number(&digits[..2]).filter(|day| (1..=31).contains(day));
                    (None, &digits[2..])
                }
                5 | 6 if self.year.is_none() => (digits[..4].parse::<i32>().ok(), &digits[4..]),
                1 | 2 => (None, digits),
                _ => return 0,
            };
            let (Some(hours), Some(minutes)) =
                (number(hours), number(&minutes[..minutes.len().min(2)]))
            else {
                return 0;
            };
            if hours > 24 || minutes > 59 {
                return 0;
            }
            if let Some(year) = year {
                if !(1980..=2037).contains(&year) {
                    return 0;
                }
                self.year = Some(year);
            }
            let seconds = match (token(3), token(4)) {
                (Some(Token::Mark(':')), Some(Token::Digits(seconds))) => {
                    // `14:07:172009`: the year is glued on; `14:07:474`: a stroke.
                    if let (6, None, Ok(year)) =
                        (seconds.len(), self.year, seconds[seconds.len().min(2)..].parse::<i32>())
                        && (1980..=2037).contains(&year)
                    {
                        self.year = Some(year);
                    }
                    number(&seconds[..seconds.len().min(2)]).filter(|s| *s < 61)
                }
                _ => None,
            };
            self.clock = Some((hours, minutes, seconds));
            return if seconds.is_some() { 5 } else { 3 };
        }
        if let Some(Token::Word(word)) = token(1)
            && matches!(word, "h" | "H" | "u" | "t")
            && self.clock.is_none()
            && self.dated()
            && let Some(hours) = number(digits).filter(|hours| *hours < 25 && digits.len() <= 2)
        {
            let minutes = match token(2) {
                Some(Token::Digits(minutes)) => number(minutes).filter(|m| *m < 60),
                _ => None,
            };
            self.clock = Some((hours, minutes.unwrap_or(0), None));
            return if minutes.is_some() { 3 } else { 2 };
        }
        // `12/31/2015`, `31.12.2015`, `2015-12-31`.
        if let (Some(Token::Mark(mark @ ('/' | '.' | '-'))), Some(Token::Digits(second))) =
            (token(1), token(2))
            && !self.numeric
            && self.month.is_none()
            && token(3) == Some(Token::Mark(mark))
            && let Some(Token::Digits(third)) = token(4)
        {
            return if self.numeric_date(digits, second, third, mark) { 5 } else { 0 };
        }
        let Some(value) = number(digits) else { return 0 };
        // `0404 PM`: the colon was lost.
        let half = match (token(1), token(2)) {
            (Some(Token::Blank), Some(Token::Word(word))) | (Some(Token::Word(word)), _) => {
                word.eq_ignore_ascii_case("am") || word.eq_ignore_ascii_case("pm")
            }
            _ => false,
        };
        if half && self.dated() && self.clock.is_none() && matches!(digits.len(), 3 | 4) {
            let (hours, minutes) = (value / 100, value % 100);
            if (1..=12).contains(&hours) && minutes < 60 {
                self.clock = Some((hours, minutes, None));
                return 1;
            }
        }
        match digits.len() {
            1 | 2 if self.day.is_none() && (1..=31).contains(&value) => {
                self.day = Some(value);
                1
            }
            2 if self.year.is_none() && self.day.is_some() && self.month.is_some() => {
                self.year = Some(2000 + value as i32 - if value > 69 { 100 } else { 0 });
                1
            }
            4 if self.year.is_none() && (1970..=2099).contains(&value) => {
                self.year = Some(value as i32);
                1
            }
            // `3112009`: nothing to be made of it.
            _ => 0,
        }
    }

    fn numeric_date(&mut self, first: &str, second: &str, third: &str, mark: char) -> bool {
        let number = |text: &str| text.parse::<u32>().ok();
        let (Some(a), Some(b), Some(c)) = (number(first), number(second), number(third)) else {
            return false;
        };
        let year = |text: &str, value: u32| match text.len() {
            4 => Some(value as i32),
            2 => Some(2000 + value as i32 - if value > 69 { 100 } else { 0 }),
            _ => None,
        };
        let found = if first.len() == 4 {
            (a as i32, b, c)
        } else {
            let Some(year) = year(third, c) else { return false };
            match mark {
                '.' => (year, b, a),
                _ if a > 12 => (year, b, a),
                _ => (year, a, b),
            }
        };
        let (year, month, day) = found;
        if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return false;
        }
        self.numeric = true;
        self.either_way = first.len() != 4 && mark != '.' && a <= 12 && b <= 12 && a != b;
        (self.year, self.month, self.day) = (Some(year), Some(month), Some(day));
        true
    }

    fn word(
        &mut self,
        word: &str,
        tokens: &[(Token<'_>, usize, usize)],
        at: usize,
        (start, end): (usize, usize),
        text: &str,
    ) -> usize {
        let lower = word.to_lowercase();
        let after_clock = self.clock.is_some();
        if after_clock && self.afternoon.is_none() {
            let half = match lower.as_str() {
                "am" | "arn" | "ain" | "a" => Some(false),
                "pm" | "prn" | "pin" | "p" => Some(true),
                _ => None,
            };
            if let Some(half) = half {
                // `P.M.` in pieces.
                let dotted = matches!(tokens.get(at + 1).map(|t| t.0), Some(Token::Mark('.')));
                let second =
                    matches!(tokens.get(at + 2).map(|t| t.0), Some(Token::Word("M" | "m")));
                if lower.len() == 1 && !(dotted && second) {
                    return usize::from(!self.dated());
                }
                self.afternoon = Some(half);
                // A twelve-hour clock is printed month first.
                self.either_way = false;
                let took = if lower.len() == 1 { 3 } else { 1 };
                self.end = tokens[at + took - 1].2;
                return took;
            }
        }
        if after_clock
            && self.offset.is_none()
            && self.zone.is_none()
            && let Some(took) = self.zone(tokens, at, text)
        {
            return took;
        }
        if self.month.is_none()
            && let Some(month) = month(&lower)
        {
            self.month = Some(month);
            self.end = end;
            return 1;
        }
        if self.month.is_none()
            && self.weekday.is_some()
            && let Some(month) = torn_month(&lower, word.starts_with(char::is_uppercase))
        {
            self.month = Some(month);
            self.end = end;
            return 1;
        }
        // `Se•tember`: the rest of the name.
        if let Some(month) = self.month
            && self.day.is_none()
            && lower.len() >= 3
            && MONTHS[month as usize - 1][0].ends_with(&lower)
        {
            self.end = end;
            return 1;
        }
        if self.weekday.is_none()
            && !self.dated()
            && let Some(day) = weekday(&lower)
        {
            self.weekday = Some(day);
            return 1;
        }
        const SMALL: [&str; 22] = [
            "at", "um", "à", "a", "las", "om", "kl", "uhr", "de", "del", "den", "le", "el", "the",
            "st", "nd", "rd", "th", "er", "of", "alle", "ore",
        ];
        if SMALL.contains(&lower.as_str()) {
            if lower == "uhr" {
                self.end = end;
            }
            return 1;
        }
        let _ = start;
        if self.day.is_none() && self.month.is_none() && self.strange < 1 && lower.len() >= 3 {
            // A weekday that recognition spoilt.
            self.strange += 1;
            return 1;
        }
        0
    }

    /// A zone by name.
    fn zone(
        &mut self,
        tokens: &[(Token<'_>, usize, usize)],
        at: usize,
        text: &str,
    ) -> Option<usize> {
        let (Token::Word(word), start, end) = tokens[at] else { return None };
        let hours = match word {
            "UTC" | "GMT" | "Z" | "WET" => 0,
            "EST" => -5,
            "EDT" => -4,
            "CST" => -6,
            "CDT" => -5,
            "MST" => -7,
            "MDT" => -6,
            "PST" => -8,
            "PDT" => -7,
            "BST" | "CET" | "MEZ" | "WEST" => 1,
            "CEST" | "MESZ" | "EET" => 2,
            "EEST" | "MSK" => 3,
            "Eastern" | "Central" | "Mountain" | "Pacific" => {
                let mut words = Vec::new();
                let mut last = end;
                let mut took = 1;
                for (token, _, end) in &tokens[at + 1..] {
                    match token {
                        Token::Blank => took += 1,
                        Token::Word(word @ ("Standard" | "Daylight" | "Time")) => {
                            words.push(*word);
                            last = *end;
                            took += 1;
                        }
                        _ => break,
                    }
                    if words.last() == Some(&"Time") {
                        break;
                    }
                }
                if words.last() != Some(&"Time") {
                    return None;
                }
                let winter = match word {
                    "Eastern" => -5,
                    "Central" => -6,
                    "Mountain" => -7,
                    _ => -8,
                };
                match words.first() {
                    Some(&"Daylight") => self.offset = Some((winter + 1) * 3600),
                    Some(&"Standard") => self.offset = Some(winter * 3600),
                    _ => {}
                }
                self.zone = Some(text[start..last].to_owned());
                self.end = last;
                return Some(took);
            }
            _ => return None,
        };
        self.offset = Some(hours * 3600);
        self.zone = Some(word.to_owned());
        self.end = end;
        Some(1)
    }

    fn finish(self) -> Option<Reading> {
        let (year, month, day) = (self.year?, self.month?, self.day?);
        if !(1970..=2099).contains(&year) {
            return None;
        }
        let date = Date::new(year as i16, month as i8, day as i8).ok()?;
        let (mut hour, minute, second) = self.clock.unwrap_or((0, 0, None));
        match self.afternoon {
            Some(true) if hour < 12 => hour += 12,
            Some(false) if hour == 12 => hour = 0,
            _ => {}
        }
        if hour > 23 {
            return None;
        }
        let precision = match self.clock {
            None => Precision::Day,
            Some((_, _, None)) => Precision::Minute,
            Some(_) => Precision::Second,
        };
        let weekday = date.weekday().to_monday_zero_offset() as u32;
        let summer = (4..=10).contains(&month);
        let season = summer && self.zone.as_deref().is_some_and(|zone| zone.contains("Standard"));
        Some(Reading {
            stated: Stated {
                year,
                month,
                day,
                hour,
                minute,
                second: second.unwrap_or(0).min(59),
                offset: self.offset,
                precision,
            },
            zone: self.zone,
            either_way: self.either_way,
            other_weekday: self.weekday.is_some_and(|stated| stated != weekday),
            season,
            mended: false,
            end: self.end,
        })
    }
}

/// Month names and their short forms, English first.
const MONTHS: [&[&str]; 12] = [
    &["january", "januar", "janvier", "enero", "janeiro", "gennaio", "januari", "января"],
    &[
        "february",
        "februar",
        "février",
        "fevrier",
        "febrero",
        "fevereiro",
        "febbraio",
        "februari",
        "feb",
    ],
    &["march", "märz", "mars", "marzo", "março", "maart", "mär"],
    &["april", "avril", "abril", "aprile", "avr"],
    &["may", "mai", "mayo", "maio", "maggio", "mei"],
    &["june", "juni", "juin", "junio", "junho", "giugno"],
    &["july", "juli", "juillet", "julio", "julho", "luglio", "juil"],
    &["august", "août", "aout", "agosto", "augustus"],
    &["september", "septembre", "septiembre", "setembro", "settembre", "sept"],
    &["october", "oktober", "octobre", "octubre", "outubro", "ottobre", "okt"],
    &["november", "novembre", "noviembre", "novembro"],
    &[
        "december",
        "dezember",
        "décembre",
        "decembre",
        "diciembre",
        "dezembro",
        "dicembre",
        "dez",
        "déc",
    ],
];

const SHORT: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The month a word names, with one letter misread in long names.
fn month(word: &str) -> Option<u32> {
    if let Some(at) = SHORT.iter().position(|short| *short == word) {
        return Some(at as u32 + 1);
    }
    if let Some(at) = MONTHS.iter().position(|names| names.contains(&word)) {
        return Some(at as u32 + 1);
    }
    let length = word.chars().count();
    if length < 5 {
        return None;
    }
    let near = MONTHS.iter().position(|names| {
        length.abs_diff(names[0].len()) <= 1 && distance(word, names[0]) <= 1 && names[0].len() >= 5
    });
    near.map(|at| at as u32 + 1)
}

/// The month of which a word is the beginning, or which it names with one letter lost or two of a
/// long name misread. Asked only behind a weekday;
/// two letters count if the first is a capital.
fn torn_month(word: &str, capital: bool) -> Option<u32> {
    let length = word.chars().count();
    if length < if capital { 2 } else { 4 } {
        return None;
    }
    let only = |fits: &dyn Fn(&str) -> bool| {
        let mut found = (1..).zip(MONTHS).filter(|(_, names)| fits(names[0]));
        let (month, _) = found.next()?;
        found.next().is_none().then_some(month)
    };
    only(&|name| name.starts_with(word)).or_else(|| {
        let most = if length >= 7 { 2 } else { usize::from(length >= 4) };
        only(&|name| name.len().abs_diff(length) <= 1 && distance(word, name) <= most)
    })
}

/// The weekday a word names, Monday being 0; one letter of a long name may be misread.
fn weekday(word: &str) -> Option<u32> {
    const NAMES: [&[&str]; 7] = [
        &["monday", "mon", "montag", "mo", "lundi", "lun", "lunes", "lunedì", "maandag"],
        &["tuesday", "tue", "tues", "dienstag", "di", "mardi", "martes", "martedì", "dinsdag"],
        &["wednesday", "wed", "mittwoch", "mi", "mercredi", "mer", "miércoles", "woensdag"],
        &[
            "thursday",
            "thu",
            "thur",
            "thurs",
            "donnerstag",
            "do",
            "jeudi",
            "jeu",
            "jueves",
            "donderdag",
        ],
        &["friday", "fri", "freitag", "fr", "vendredi", "ven", "viernes", "vrijdag"],
        &["saturday", "sat", "samstag", "sa", "samedi", "sam", "sábado", "zaterdag"],
        &["sunday", "sun", "sonntag", "so", "dimanche", "dim", "domingo", "zondag"],
    ];
    let exact = NAMES.iter().position(|names| names.contains(&word));
    let near = || {
        let long = word.chars().count() >= 5;
        NAMES.iter().position(|names| long && distance(word, names[0]) <= 1)
    };
    exact.or_else(near).map(|at| at as u32)
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
            ("Thu, Jul 22, 2010 at 9:15 AM, May Example", ", May Example"),
        ] {
            assert_eq!(&text[end_of_date(text).unwrap()..], rest);
        }
    }
}
