//! Zones by name, as programs print them behind a clock reading.

use super::tokens::{Placed, Token};

/// A zone by name.
pub(super) struct Zone<'a> {
    /// As printed.
    pub(super) name: &'a str,
    /// Seconds east of Greenwich, if the name says which of the year's two clocks it means.
    pub(super) offset: Option<i32>,
    /// Tokens it takes.
    pub(super) took: usize,
    /// Where it ends in the text.
    pub(super) end: usize,
}

/// The zone that the token at `at` begins.
pub(super) fn zone<'a>(tokens: &[Placed<'_>], at: usize, text: &'a str) -> Option<Zone<'a>> {
    let (Token::Word(word), start, end) = tokens[at] else { return None };
    let hours = match word {
        // Away from the digits it is the first letter of a name.
        "Z" if at > 0 && matches!(tokens[at - 1].0, Token::Digits(_)) => 0,
        "UTC" | "GMT" | "WET" => 0,
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
        "Eastern" => return in_words(-5, tokens, at, text),
        "Central" => return in_words(-6, tokens, at, text),
        "Mountain" => return in_words(-7, tokens, at, text),
        "Pacific" => return in_words(-8, tokens, at, text),
        _ => return None,
    };
    Some(Zone { name: &text[start..end], offset: Some(hours * 3600), took: 1, end })
}

/// `Eastern Standard Time`; `winter` is its standard offset in hours.
fn in_words<'a>(winter: i32, tokens: &[Placed<'_>], at: usize, text: &'a str) -> Option<Zone<'a>> {
    let mut words = Vec::new();
    let (_, start, mut end) = tokens[at];
    let mut took = 1;
    for (token, _, stop) in &tokens[at + 1..] {
        match token {
            Token::Blank => took += 1,
            Token::Word(word @ ("Standard" | "Daylight" | "Time")) => {
                words.push(*word);
                end = *stop;
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
    let offset = match words.first() {
        Some(&"Daylight") => Some((winter + 1) * 3600),
        Some(&"Standard") => Some(winter * 3600),
        _ => None,
    };
    Some(Zone { name: &text[start..end], offset, took, end })
}
