//! Times of shares: numbers by their size, ISO 8601 quickly, everything else by the rules for
//! tables of posts.

use cahoots_import::post_table::moment;
use cahoots_record::Precision;
use jiff::tz::TimeZone;

use super::problem::Fault;

/// How the times of a table are read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clock {
    /// Zone of times that state none.
    pub(crate) zone: Option<TimeZone>,
    /// The name of the column says UTC.
    pub(crate) is_utc: bool,
    /// Times before 1970 are kept, as the peers do.
    pub(crate) keeps_negative: bool,
}

/// Numbers and the usual ISO form, in microseconds, and whether a number was in another unit
/// than seconds. `None` for everything that needs a closer look.
#[inline]
pub(crate) fn quick(text: &[u8], keeps_negative: bool) -> Option<(i64, bool)> {
    match text.first()? {
        b'0'..=b'9' if text.len() < 19 => {}
        b'-' if keeps_negative && text.len() < 19 => {
            let (micros, other) = quick(text.get(1..)?, false)?;
            return Some((-micros, other));
        }
        b'0'..=b'9' => return iso(text).map(|micros| (micros, false)),
        _ => return None,
    }
    let (eights, rest) = text.as_chunks::<8>();
    let mut value = 0_i64;
    for eight in eights {
        value = value * 100_000_000 + eight_digits(*eight)?;
    }
    for byte in rest {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + i64::from(digit);
    }
    // Eight digits may be a date.
    if text.len() == 8 && !keeps_negative && matches!(text[..2], [b'1', b'9'] | [b'2', b'0']) {
        return None;
    }
    Some(match value {
        0..100_000_000_000 => (value * 1_000_000, false),
        100_000_000_000..100_000_000_000_000 => (value * 1_000, true),
        100_000_000_000_000..100_000_000_000_000_000 => (value, true),
        _ => return None,
    })
}

/// The number that eight digits write, all of them at once.
#[inline]
fn eight_digits(text: [u8; 8]) -> Option<i64> {
    let word = u64::from_le_bytes(text);
    let high = |word: u64| word & 0xf0f0_f0f0_f0f0_f0f0;
    let digits = 0x3030_3030_3030_3030;
    if high(word) != digits || high(word + 0x0606_0606_0606_0606) != digits {
        return None;
    }
    // Neighbours are joined: digits to pairs, pairs to fours, fours to the number.
    let word = (word - digits).wrapping_mul(10 << 8 | 1) >> 8 & 0x00ff_00ff_00ff_00ff;
    let word = word.wrapping_mul(100 << 16 | 1) >> 16 & 0x0000_ffff_0000_ffff;
    Some((word.wrapping_mul(10_000 << 32 | 1) >> 32) as i64)
}

/// `2020-01-02T12:00:00`, with `T` or a space, decimals, and `Z` or a whole offset at its end.
/// Without an offset it is left to the closer look.
fn iso(text: &[u8]) -> Option<i64> {
    let number = |from: usize, to: usize| {
        text.get(from..to)?.iter().try_fold(0_i64, |sum, byte| {
            byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0'))
        })
    };
    let is = |at: usize, wanted: &[u8]| text.get(at).is_some_and(|byte| wanted.contains(byte));
    if !(is(4, b"-") && is(7, b"-") && is(10, b"T ") && is(13, b":") && is(16, b":")) {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap),
        _ => return None,
    };
    if day < 1 || day > last || hour > 23 || minute > 59 || second > 59 || year < 1970 {
        return None;
    }
    let mut at = 19;
    let mut part = 0;
    if is(at, b".") {
        at += 1;
        let mut unit = 100_000;
        while let Some(digit) = text.get(at).filter(|byte| byte.is_ascii_digit()) {
            part += i64::from(digit - b'0') * unit;
            unit /= 10;
            at += 1;
        }
    }
    let offset = match text.get(at..)? {
        b"Z" | b"z" | b"+00:00" | b"+0000" => 0,
        [sign @ (b'+' | b'-'), rest @ ..] if rest.len() == 5 && rest[2] == b':' => {
            let seconds = number(at + 1, at + 3)? * 3_600 + number(at + 4, at + 6)? * 60;
            if *sign == b'-' { -seconds } else { seconds }
        }
        _ => return None,
    };
    // Days since 1970 of a date of the Gregorian calendar, years counted from March.
    let shifted = if month > 2 { year } else { year - 1 };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + of_year - 719_468;
    let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second - offset;
    Some(seconds * 1_000_000 + part)
}

/// Any other time, with a doubt where there is one, or why there is none.
pub(crate) fn slow(text: &str, clock: &Clock) -> Result<(i64, Option<Fault>), (Fault, String)> {
    let text = text.trim();
    if text.is_empty() {
        return Err((Fault::BadTime, "empty".to_owned()));
    }
    if let Some(number) = text.strip_prefix('-').filter(|rest| is_number(rest)) {
        if !clock.keeps_negative {
            return Err((Fault::NegativeTime, String::new()));
        }
        return slow(number, clock).map(|(micros, doubt)| (-micros, doubt));
    }
    let moment = moment(text, clock.zone.as_ref(), clock.is_utc)
        .or_else(|why| scientific(text).ok_or(why))
        .map_err(|why| (Fault::BadTime, why))?;
    match moment.precision {
        Precision::Day | Precision::Hour | Precision::Unknown => {
            Err((Fault::CoarseTime, String::new()))
        }
        _ if moment.micros < 0 && !clock.keeps_negative => {
            Err((Fault::NegativeTime, String::new()))
        }
        _ if !moment.is_zoned => Ok((moment.micros, Some(Fault::NoZone))),
        Precision::Minute => Ok((moment.micros, Some(Fault::NoSeconds))),
        Precision::Second => Ok((moment.micros, None)),
    }
}

/// `1.62e9`, as spreadsheets write large numbers: digits may have been lost, and then it is none.
fn scientific(text: &str) -> Option<cahoots_import::post_table::Moment> {
    if !text.contains(['e', 'E']) {
        return None;
    }
    let value: f64 = text.parse().ok()?;
    let written = text.split(['e', 'E']).next()?.bytes().filter(u8::is_ascii_digit).count();
    let whole = (0.0..1e11).contains(&value) && value.fract() == 0.0 && written >= 10;
    whole.then(|| cahoots_import::post_table::Moment {
        micros: value as i64 * 1_000_000,
        precision: Precision::Second,
        is_zoned: true,
    })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<i64, Fault> {
        let clock = Clock::default();
        match quick(text.as_bytes(), false) {
            Some((micros, _)) => Ok(micros),
            None => slow(text, &clock).map(|(micros, _)| micros).map_err(|(fault, _)| fault),
        }
    }

    proptest::proptest! {
        #[test]
        fn eight_digits_are_the_number_they_write(number in 0_i64..100_000_000) {
            let text = format!("{number:08}");
            let bytes = text.as_bytes().first_chunk().copied().unwrap();
            proptest::prop_assert_eq!(eight_digits(bytes), Some(number));
        }

        #[test]
        fn one_byte_that_is_no_digit_is_seen(number in 0..100_000_000, at in 0..8_usize, byte: u8) {
            let mut bytes = format!("{number:08}").into_bytes();
            bytes[at] = byte;
            let bytes = bytes.first_chunk().copied().unwrap();
            proptest::prop_assert_eq!(eight_digits(bytes).is_some(), byte.is_ascii_digit());
        }
    }

    #[test]
    fn numbers_are_told_by_their_size() {
        for (text, expected) in [
            ("1577966400", Ok(1_577_966_400_000_000)),
            ("0", Ok(0)),
            ("7", Ok(7_000_000)),
            ("1577966400123", Ok(1_577_966_400_123_000)),
            ("1577966400123456", Ok(1_577_966_400_123_456)),
            ("1577966400123456789", Ok(1_577_966_400_123_456)),
            ("1577966400.25", Ok(1_577_966_400_250_000)),
            ("1.577966400e9", Ok(1_577_966_400_000_000)),
            ("1.58e9", Err(Fault::BadTime)),
            ("-5", Err(Fault::NegativeTime)),
            ("20200102", Err(Fault::CoarseTime)),
            ("", Err(Fault::BadTime)),
            ("soon", Err(Fault::BadTime)),
            ("99999999999999999999999", Err(Fault::BadTime)),
            ("2020-01-02", Err(Fault::CoarseTime)),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        assert_eq!(quick(b"1577966400123", false).map(|(_, other)| other), Some(true));
        assert_eq!(quick(b"-5", true), Some((-5_000_000, false)));
        assert_eq!(quick(b"20200102", true), Some((20_200_102_000_000, false)));
    }

    #[test]
    fn the_quick_iso_form_says_what_the_slow_one_says() {
        for text in [
            "2020-01-02T12:00:00Z",
            "2020-02-29 23:59:59.123Z",
            "1999-12-31T23:59:59.5+05:30",
            "2024-03-01T00:00:00-08:00",
            "1970-01-01T00:00:00Z",
            "2100-02-28T12:00:00+00:00",
        ] {
            let slow = slow(text, &Clock::default()).unwrap();
            assert_eq!(quick(text.as_bytes(), false), Some((slow.0, false)), "{text}");
        }
        for text in ["2021-02-29T00:00:00Z", "2020-13-01T00:00:00Z", "2020-01-02T24:00:00Z"] {
            assert_eq!(quick(text.as_bytes(), false), None, "{text}");
        }
    }

    #[test]
    fn doubts_are_told() {
        let of = |text: &str| slow(text, &Clock::default()).map(|(_, doubt)| doubt);
        assert_eq!(of("2020-01-02 12:00:00"), Ok(Some(Fault::NoZone)));
        assert_eq!(of("2020-01-02 12:00Z"), Ok(Some(Fault::NoSeconds)));
        let zone = TimeZone::get("America/New_York").unwrap();
        let clock = Clock { zone: Some(zone), ..Clock::default() };
        assert_eq!(slow("2020-01-02 07:00:00", &clock), Ok((1_577_966_400_000_000, None)));
    }
}
