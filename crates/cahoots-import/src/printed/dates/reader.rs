//! A date read token by token, whatever the order of its parts.

use cahoots_record::Precision;
use jiff::civil::Date;

use super::Reading;
use super::names::{MONTHS, month, torn_month, weekday};
use super::tokens::{Placed, Token, tokens};
use super::zones::zone;
use crate::mail::Stated;

/// What is known so far.
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

/// Reads the date at the head of a text as it stands.
pub(super) fn read(text: &str) -> Option<Reading> {
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

impl State {
    fn dated(&self) -> bool {
        self.year.is_some() && self.month.is_some() && self.day.is_some()
    }

    /// Takes the token at `at` and perhaps some behind it; 0 when the date ends before it.
    fn take(&mut self, tokens: &[Placed<'_>], at: usize, text: &str) -> usize {
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
        tokens: &[Placed<'_>],
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

    fn digits(&mut self, digits: &str, tokens: &[Placed<'_>], at: usize) -> usize {
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
        tokens: &[Placed<'_>],
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
            && let Some(zone) = zone(tokens, at, text)
        {
            self.offset = zone.offset;
            self.zone = Some(zone.name.to_owned());
            self.end = zone.end;
            return zone.took;
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
