//! Where an item stands inside its archive, so that a person can go back to it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The part of a member that an item is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selector {
    /// The whole member.
    Whole,
    /// Bytes `start..end` of the member, after decompression.
    Bytes {
        /// First byte.
        start: u64,
        /// One past the last byte.
        end: u64,
    },
    /// Lines `first..=last`, counted from 1.
    Lines {
        /// First line.
        first: u64,
        /// Last line.
        last: u64,
    },
    /// Row of a table, counted from 1 without the header.
    Row(
        /// The row's number.
        u64,
    ),
    /// JSON pointer (RFC 6901) into the member's value.
    Pointer(
        /// The pointer, starting with `/`.
        String,
    ),
}

/// A place inside an archive: the member's path, and the part of it.
///
/// Text form: `path#selector`, for example `inbox.mbox#bytes=0-1043`,
/// `export.zip!data/tweets.js#pointer=/3/tweet`, `#bytes=12-80` when the archive is the file
/// itself. `!` steps into a container. An attached message adds `;part=N.M` style steps to the
/// path of the message it came in with, kept in `part`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Locator {
    /// Path inside the archive; empty when the archive is one plain file.
    pub member: String,
    /// Which part of that member.
    pub selector: Selector,
    /// MIME part number inside the selected bytes (`"2"`, `"2.1"`), for attached messages.
    pub part: Option<String>,
}

/// The text is not a locator.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a locator: expected PATH#bytes=A-B, #lines=A-B, #row=N, #pointer=/… or #whole")]
pub struct LocatorParse;

impl Locator {
    /// A locator without a MIME part.
    pub fn new(member: impl Into<String>, selector: Selector) -> Self {
        Self { member: member.into(), selector, part: None }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => f.write_str("whole"),
            Self::Bytes { start, end } => write!(f, "bytes={start}-{end}"),
            Self::Lines { first, last } => write!(f, "lines={first}-{last}"),
            Self::Row(row) => write!(f, "row={row}"),
            Self::Pointer(pointer) => write!(f, "pointer={pointer}"),
        }
    }
}

impl FromStr for Selector {
    type Err = LocatorParse;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "whole" {
            return Ok(Self::Whole);
        }
        let (kind, value) = text.split_once('=').ok_or(LocatorParse)?;
        let number = |text: &str| text.parse::<u64>().map_err(|_| LocatorParse);
        let pair = || {
            let (a, b) = value.split_once('-').ok_or(LocatorParse)?;
            Ok((number(a)?, number(b)?))
        };
        match kind {
            "bytes" => pair().map(|(start, end)| Self::Bytes { start, end }),
            "lines" => pair().map(|(first, last)| Self::Lines { first, last }),
            "row" => number(value).map(Self::Row),
            "pointer" => Ok(Self::Pointer(value.to_owned())),
            _ => Err(LocatorParse),
        }
    }
}

impl fmt::Display for Locator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.member, self.selector)?;
        match &self.part {
            Some(part) => write!(f, ";part={part}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Locator {
    type Err = LocatorParse;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // The last `#` that starts a selector: member paths may contain `#` themselves.
        let at = ["#bytes=", "#lines=", "#row=", "#pointer=", "#whole"]
            .iter()
            .filter_map(|mark| text.rfind(mark))
            .max()
            .ok_or(LocatorParse)?;
        let (member, rest) = (&text[..at], &text[at + 1..]);
        let (selector, part) = match rest.rsplit_once(";part=") {
            Some((selector, part)) => (selector, Some(part.to_owned())),
            None => (rest, None),
        };
        Ok(Self { member: member.to_owned(), selector: selector.parse()?, part })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_round_trips() {
        for text in [
            "#whole",
            "a.mbox#bytes=0-10",
            "x.zip!y#z.mbox#bytes=5-9;part=2.1",
            "t.csv#row=7",
            "d.js#pointer=/0/tweet",
            "p.txt#lines=3-9",
        ] {
            assert_eq!(text.parse::<Locator>().unwrap().to_string(), text);
        }
        assert!("nothing".parse::<Locator>().is_err());
        assert!("a#bytes=1".parse::<Locator>().is_err());
    }
}
