//! Standard output: text for people, JSON for programs, nothing else.

use std::io::{IsTerminal, Write};

use anyhow::Result;
use cahoots_record::{Precision, UtcMicros, When};
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::answers::Answer;
use crate::commands::Done;

/// Printed in the place of the words of an item that has none: an empty line would look like a
/// fault.
pub const NO_TEXT: &str = "(no text)";

/// Where findings go, and how.
pub struct Output {
    out: std::io::BufWriter<std::io::Stdout>,
    /// Whether to print JSON.
    pub json: bool,
    /// Whether to leave notes out.
    pub quiet: bool,
    colour: bool,
    width: usize,
    zone: TimeZone,
}

/// How a stretch of text looks on a terminal with colours.
#[derive(Clone, Copy)]
pub enum Style {
    /// A heading.
    Bold,
    /// Something beside the matter.
    Dim,
    /// A match.
    Match,
    /// As it is.
    Plain,
}

impl Output {
    /// Output to stdout. Colours only on a terminal and without `NO_COLOR`.
    pub fn new(json: bool, quiet: bool) -> Self {
        let stdout = std::io::stdout();
        let terminal = stdout.is_terminal();
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let columns = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
        let width = columns
            .or_else(|| terminal.then(|| usize::from(console::Term::stdout().size().1)))
            .unwrap_or(100)
            .clamp(40, 200);
        Self {
            out: std::io::BufWriter::new(stdout),
            json,
            quiet,
            colour: terminal && !no_colour,
            width,
            zone: TimeZone::UTC,
        }
    }

    /// Shows times in this zone from now on.
    pub fn set_zone(&mut self, zone: TimeZone) {
        self.zone = zone;
    }

    /// The zone in which times are shown.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Columns of the terminal, or 100.
    pub fn width(&self) -> usize {
        self.width
    }

    /// One line. Whatever a record says, nothing but our own styles reaches the terminal as a
    /// command.
    pub fn line(&mut self, text: impl AsRef<str>) -> Result<()> {
        writeln!(self.out, "{}", guarded(text.as_ref()))?;
        Ok(())
    }

    /// Bytes as they are.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.out.write_all(bytes)?;
        Ok(())
    }

    /// A JSON value and a line end.
    pub fn value(&mut self, value: &impl Serialize) -> Result<()> {
        serde_json::to_writer_pretty(&mut self.out, value)?;
        writeln!(self.out)?;
        Ok(())
    }

    /// An answer in JSON, and how the command ends with it.
    pub fn answer(&mut self, answer: &Answer) -> Result<Done> {
        self.bytes(&answer.bytes()?)?;
        Ok(if answer.found { Done::Found } else { Done::Nothing })
    }

    /// Sends what was printed on its way; more may follow.
    pub fn flush(&mut self) -> Result<()> {
        Ok(self.out.flush()?)
    }

    /// Sends everything on its way.
    pub fn finish(mut self) -> Result<()> {
        self.out.flush()?;
        Ok(())
    }

    /// The text in a style, if colours are wanted.
    pub fn styled(&self, style: Style, text: &str) -> String {
        if !self.colour || text.is_empty() {
            return text.to_owned();
        }
        let code = match style {
            Style::Bold => "1",
            Style::Dim => "2",
            Style::Match => "1;33",
            Style::Plain => return text.to_owned(),
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }

    /// A table: one row of headings, then rows; the last column takes what is left of the width.
    /// `right` names the columns that hold numbers.
    pub fn table(
        &mut self,
        headings: &[&str],
        rows: &[Vec<String>],
        right: &[usize],
    ) -> Result<()> {
        let n = headings.len();
        let mut widths: Vec<usize> = headings.iter().map(|text| width_of(text)).collect();
        for row in rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(width_of(cell));
            }
        }
        // Columns of text give way, the widest first, until the line fits.
        while widths.iter().sum::<usize>() + 2 * n > self.width + 2 {
            let widest = (0..n).filter(|i| !right.contains(i)).max_by_key(|i| widths[*i]);
            match widest {
                Some(i) if widths[i] > 12 => widths[i] -= 1,
                _ => break,
            }
        }
        let format = |cells: &[String]| {
            let mut line = String::new();
            for (i, (cell, width)) in cells.iter().zip(&widths).enumerate() {
                let cell = fit(cell, *width);
                let pad = " ".repeat(width.saturating_sub(width_of(&cell)));
                if i > 0 {
                    line.push_str("  ");
                }
                if right.contains(&i) {
                    line.push_str(&pad);
                    line.push_str(&cell);
                } else {
                    line.push_str(&cell);
                    line.push_str(&pad);
                }
            }
            line.trim_end().to_owned()
        };
        let headings: Vec<String> = headings.iter().map(|text| (*text).to_owned()).collect();
        let heading = self.styled(Style::Dim, &format(&headings));
        self.line(heading)?;
        for row in rows {
            let line = format(row);
            self.line(line)?;
        }
        Ok(())
    }

    /// A time for a line: in the display zone, as fine as it is known.
    pub fn time(&self, when: &When) -> String {
        let Some(key) = when.sort_key() else { return "time unknown".to_owned() };
        // Where no zone is known, the reading itself stands, not the moment it may have been here.
        let text = match when.reading_without_zone() {
            Some(reading) => shown(reading, &TimeZone::UTC, when.precision),
            None => self.instant(key, when.precision),
        };
        match (when.is_instant(), when.earliest, when.latest) {
            (true, ..) => text,
            (false, Some(_), None) => format!("after {text}"),
            (false, None, Some(_)) => format!("before {text}"),
            _ => format!("~{text}"),
        }
    }

    /// Both bounds of a time in full, for the page of one item.
    pub fn interval(&self, when: &When) -> String {
        let show = |time: UtcMicros| match time.timestamp() {
            Some(time) => {
                time.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string()
            }
            None => time.to_string(),
        };
        match (when.earliest, when.latest) {
            (None, None) => "unknown".to_owned(),
            (Some(a), Some(b)) if a == b => show(a),
            (Some(a), Some(b)) => format!("between {} and {}", show(a), show(b)),
            (Some(a), None) => format!("not before {}", show(a)),
            (None, Some(b)) => format!("not after {}", show(b)),
        }
    }

    /// An instant in the display zone, as fine as asked.
    pub fn instant(&self, time: UtcMicros, precision: Precision) -> String {
        shown(time, &self.zone, precision)
    }

    /// A day in the display zone.
    pub fn day(&self, time: Option<UtcMicros>) -> String {
        time.map(|time| self.instant(time, Precision::Day)).unwrap_or_default()
    }
}

fn shown(time: UtcMicros, zone: &TimeZone, precision: Precision) -> String {
    let Some(time) = time.timestamp() else { return time.to_string() };
    let format = match precision {
        Precision::Day => "%Y-%m-%d",
        Precision::Second | Precision::Minute | Precision::Hour | Precision::Unknown => {
            "%Y-%m-%d %H:%M"
        }
    };
    time.to_zoned(zone.clone()).strftime(format).to_string()
}

/// Columns a text takes; controls and combining marks take none.
pub fn width_of(text: &str) -> usize {
    console::measure_text_width(text)
}

/// The text on one line in at most `width` columns, with an ellipsis where it was cut, and
/// without anything that could steer a terminal.
pub fn fit(text: &str, width: usize) -> String {
    let clean = one_line(text);
    if width_of(&clean) <= width {
        return clean;
    }
    console::truncate_str(&clean, width, "…").into_owned()
}

/// The text with line ends and controls as spaces: what a mail says must not reach the terminal
/// as a command.
pub fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || is_direction(c) {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else {
            out.push(c);
        }
    }
    out.trim().to_owned()
}

/// The text with its line ends, without other controls.
pub fn printable(text: &str) -> String {
    text.chars()
        .filter(|c| *c == '\n' || *c == '\t' || !(c.is_control() || is_direction(*c)))
        .collect()
}

/// What [`Output::styled`] puts into a line.
const STYLES: [&str; 4] = ["\x1b[1m", "\x1b[2m", "\x1b[1;33m", "\x1b[0m"];

/// The text without controls and turns of direction, our own styles excepted.
fn guarded(text: &str) -> std::borrow::Cow<'_, str> {
    let harmless = |c: char| !(c.is_control() || is_direction(c)) || matches!(c, '\n' | '\t');
    if text.chars().all(harmless) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let style = STYLES.iter().find(|style| rest.starts_with(**style));
        match style {
            Some(style) => out.push_str(style),
            None if harmless(c) => out.push(c),
            None => {}
        }
        rest = &rest[style.map_or(c.len_utf8(), |style| style.len())..];
    }
    out.into()
}

/// Marks that turn the direction of writing: they can make a file name read backwards.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A number with thousands separated: `98,617`.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number with its noun: `1 item`, `2 items`.
pub fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// A size in bytes for people.
pub fn size(bytes: u64) -> String {
    indicatif::BinaryBytes(bytes).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_a_zone_is_shown_as_it_was_written() {
        let at = |n: i64| Some(UtcMicros::from_seconds(n * 3_600));
        let when = |from, to, precision| When {
            earliest: at(from),
            latest: at(to),
            precision,
            ..When::unknown()
        };
        let mut out = Output::new(false, true);
        out.set_zone(TimeZone::get("America/New_York").unwrap());
        assert_eq!(out.time(&when(2 - 14, 2 + 14, Precision::Minute)), "~1970-01-01 02:00");
        assert_eq!(out.time(&when(24 - 14, 48 + 14, Precision::Day)), "~1970-01-02");
        assert_eq!(out.time(&when(5, 5, Precision::Minute)), "1970-01-01 00:00");
    }

    #[test]
    fn no_command_of_a_record_reaches_the_terminal() {
        assert_eq!(guarded("\u{1b}[31mred\u{1b}[0m \u{202e}back"), "[31mred\u{1b}[0m back");
        assert_eq!(guarded("\u{1b}[1mbold\u{1b}[0m\u{7}"), "\u{1b}[1mbold\u{1b}[0m");
        assert_eq!(guarded("plain\ttext\n"), "plain\ttext\n");
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(98617), "98,617");
        assert_eq!(number(1_000_000), "1,000,000");
        assert_eq!(counted(1, "item", "items"), "1 item");
    }

    #[test]
    fn terminal_commands_in_a_text_do_not_pass() {
        assert_eq!(one_line("a\x1b[2Jb\r\nc"), "a [2Jb c");
        assert_eq!(one_line("x\u{202e}gpj.exe"), "x gpj.exe");
        assert_eq!(printable("a\x07\nb"), "a\nb");
        assert_eq!(fit("abcdef", 4), "abc…");
    }
}
