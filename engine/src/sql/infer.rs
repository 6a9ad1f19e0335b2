//! What the columns of a delimited file hold, from all of its rows.
//!
//! Guessing from the first rows gives queries that fail in the middle; taking `0042` for the
//! number 42 changes what the file says. So every value is looked at, and a column is a number
//! only if each of its values is written as numbers are.

use std::io::Read;

use anyhow::Result;

use crate::failure::hinted;

/// What a column holds, from the narrowest to the widest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// No value at all.
    Empty,
    /// Whole numbers of 64 bits.
    Whole,
    /// Numbers.
    Decimal,
    /// Anything.
    Text,
}

/// The columns of a file.
#[derive(Debug)]
pub struct Columns {
    /// Their names, each different.
    pub names: Vec<String>,
    /// What they hold.
    pub kinds: Vec<Kind>,
    /// Whether a column holds whole numbers that a decimal cannot tell apart.
    large: Vec<bool>,
    /// How many rows there are below the header.
    pub rows: u64,
    /// Whether a name had to be changed to differ.
    pub renamed: bool,
}

impl Columns {
    /// Takes in what another file of the same columns holds.
    pub fn widen(&mut self, other: &Self) {
        for column in 0..self.kinds.len() {
            self.large[column] |= other.large[column];
            self.kinds[column] = wider(self.kinds[column], other.kinds[column], self.large[column]);
        }
        self.rows += other.rows;
    }
}

/// The kind that holds both.
fn wider(a: Kind, b: Kind, large: bool) -> Kind {
    match a.max(b) {
        Kind::Decimal if large => Kind::Text,
        kind => kind,
    }
}

/// Reads a file to its end.
pub fn columns(reader: impl Read, delimiter: u8) -> Result<Columns> {
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).has_headers(true).from_reader(reader);
    let header = reader.byte_headers().map_err(said)?.clone();
    if header.is_empty() {
        return Err(hinted("the file is empty", "the first line has to name the columns"));
    }
    let mut names: Vec<String> = Vec::with_capacity(header.len());
    let mut renamed = false;
    for (place, name) in header.iter().enumerate() {
        let plain = text(name, 1)?.trim();
        let plain =
            if plain.is_empty() { format!("column_{}", place + 1) } else { plain.to_owned() };
        let mut unique = plain.clone();
        let mut number = 2;
        while names.contains(&unique) {
            unique = format!("{plain}_{number}");
            number += 1;
        }
        renamed |= unique.as_bytes() != name;
        names.push(unique);
    }
    let mut columns = Columns {
        kinds: vec![Kind::Empty; names.len()],
        large: vec![false; names.len()],
        names,
        rows: 0,
        renamed,
    };
    let mut row = csv::ByteRecord::new();
    while reader.read_byte_record(&mut row).map_err(said)? {
        columns.rows += 1;
        let line = row.position().map_or(0, csv::Position::line);
        for (column, value) in row.iter().enumerate() {
            let (kind, large) = kind(text(value, line)?);
            columns.large[column] |= large;
            columns.kinds[column] = wider(columns.kinds[column], kind, columns.large[column]);
        }
    }
    Ok(columns)
}

fn text(bytes: &[u8], line: u64) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(|_| {
        hinted(
            format!("line {line} is not UTF-8"),
            "convert the file, for example with `iconv -f latin1 -t utf8`, or read it into a case \
             with `cahoots add`, which knows other charsets",
        )
    })
}

fn said(error: csv::Error) -> anyhow::Error {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { pos, expected_len, len } => hinted(
            format!(
                "line {} has {len} columns, the header {expected_len}",
                pos.as_ref().map_or(0, csv::Position::line)
            ),
            "was the file cut off? `cahoots add` takes in the good rows of such a file and lists \
             the others",
        ),
        _ => error.into(),
    }
}

/// What one value is, and whether it is a whole number beyond what a decimal holds exactly.
fn kind(value: &str) -> (Kind, bool) {
    if value.is_empty() {
        return (Kind::Empty, false);
    }
    let digits = value.strip_prefix('-').unwrap_or(value);
    let whole_part = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let leading_zero = whole_part > 1 && digits.starts_with('0');
    if whole_part == 0 || leading_zero {
        return (Kind::Text, false);
    }
    if whole_part == digits.len() {
        return match value.parse::<i64>() {
            // `-0` is no way to write a number whose text is to come back.
            Ok(0) if value != "0" => (Kind::Text, false),
            Ok(number) => (Kind::Whole, number.unsigned_abs() > 1 << 53),
            Err(_) => (Kind::Text, false),
        };
    }
    let known = |c: char| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-');
    match value.parse::<f64>() {
        Ok(number) if number.is_finite() && digits.chars().all(known) => (Kind::Decimal, false),
        _ => (Kind::Text, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(csv: &str) -> Vec<Kind> {
        columns(csv.as_bytes(), b',').unwrap().kinds
    }

    #[test]
    fn numbers_are_numbers_only_if_all_are() {
        use Kind::{Decimal, Empty, Text, Whole};
        assert_eq!(kinds("a,b,c,d\n1,1.5,x,\n-2,3,4,\n"), [Whole, Decimal, Text, Empty]);
        assert_eq!(kinds("a\n1\n\"\"\n2\n"), [Whole]);
        assert_eq!(kinds("a\n0042\n"), [Text]);
        assert_eq!(kinds("a\n-0\n"), [Text]);
        assert_eq!(kinds("a\n0\n0.5\n1e3\n"), [Decimal]);
        assert_eq!(kinds("a\nnan\n"), [Text]);
        assert_eq!(kinds("a\n2016-10-12\n"), [Text]);
        assert_eq!(kinds("a\n99999999999999999999\n"), [Text]);
    }

    #[test]
    fn a_number_is_not_rounded_because_another_has_a_point() {
        assert_eq!(kinds("a\n780000000000000001\n"), [Kind::Whole]);
        assert_eq!(kinds("a\n780000000000000001\n1.5\n"), [Kind::Text]);
        assert_eq!(kinds("a\n1.5\n780000000000000001\n"), [Kind::Text]);
    }

    #[test]
    fn names_differ() {
        let columns = columns(&b"a,a,,b\n1,2,3,4\n"[..], b',').unwrap();
        assert_eq!(columns.names, ["a", "a_2", "column_3", "b"]);
        assert!(columns.renamed);
        assert_eq!(columns.rows, 1);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let cut = columns(&b"a,b\n1,2\n3\n"[..], b',').unwrap_err();
        assert_eq!(cut.to_string(), "line 3 has 1 columns, the header 2");
        let other = columns(&b"a\nx\n\xff\n"[..], b',').unwrap_err();
        assert_eq!(other.to_string(), "line 3 is not UTF-8");
        assert!(columns(&b""[..], b',').is_err());
    }
}
