//! A printed document as lines: pages, quotation marks, and what each line is.

/// What a line is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// Nothing printed, or nothing left once stamps are taken off.
    Blank,
    /// A stamp, a classification line, a page number: about the document, not of it.
    Stamp,
    /// Words.
    Text,
}

/// One line of a document.
#[derive(Clone, Debug)]
pub(crate) struct Line<'a> {
    /// Its number in the member, from 1.
    pub(crate) number: u64,
    /// What is left of it: no quotation marks, no stamps at the margin, no blanks at the end.
    pub(crate) text: &'a str,
    /// Quotation marks (`>`) before it.
    pub(crate) depth: u8,
    /// Exemption codes at the margin (`B6`, `1.4(D)`), as printed.
    pub(crate) codes: Option<&'a str>,
    /// Its page, from 0.
    pub(crate) page: u32,
    /// What it is.
    pub(crate) kind: Kind,
}

impl Line<'_> {
    /// Whether it has words.
    pub(crate) fn is_text(&self) -> bool {
        self.kind == Kind::Text
    }

    /// Takes everything off it.
    pub(crate) fn clear(&mut self, kind: Kind) {
        self.text = "";
        self.kind = kind;
    }
}

/// Deepest quotation that is told apart.
const DEEPEST: u8 = 40;

/// The lines of a text. Form feeds begin a page and belong to no line's words; numbers count
/// line feeds, as [`cahoots_record::Selector::Lines`] does.
pub(crate) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut page = 0;
    let mut lines = Vec::with_capacity(text.len() / 40);
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        let feeds = line.bytes().take_while(|byte| *byte == b'\x0c').count();
        page += feeds as u32;
        let after = line.bytes().rev().take_while(|byte| byte.is_ascii_whitespace());
        let later = after.filter(|byte| *byte == b'\x0c').count();
        let words = line[feeds..].trim_end_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        let (depth, text) = quoted(words);
        let kind = if text.trim().is_empty() { Kind::Blank } else { Kind::Text };
        lines.push(Line { number, text, depth, codes: None, page, kind });
        page += if later > 0 && !words.is_empty() { later as u32 } else { 0 };
    }
    lines
}

/// The number of quotation marks at the head, and the line without them. Recognition reads `>>`
/// as `»` at times. A lone `>` with a comma or semicolon behind it closes a torn address.
fn quoted(line: &str) -> (u8, &str) {
    let mut depth = 0;
    let mut at = 0;
    let mut gap = 0;
    for (place, c) in line.char_indices() {
        match c {
            '>' => depth += 1,
            '»' => depth += 2,
            ' ' | '\t' => {
                gap += 1;
                if depth > 0 && gap > 1 {
                    break;
                }
                continue;
            }
            _ => break,
        }
        gap = 0;
        at = place + c.len_utf8();
        if depth >= DEEPEST {
            break;
        }
    }
    let rest = &line[at..];
    if depth == 0 || rest.starts_with([';', ',']) {
        return (0, line);
    }
    (depth.min(DEEPEST), rest.strip_prefix(' ').unwrap_or(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_numbers_and_quotations() {
        let text = "one  \n> two\n\x0c>» three\n>; Bob\n\n";
        let all = lines(text);
        let said: Vec<_> = all.iter().map(|l| (l.number, l.page, l.depth, l.text)).collect();
        assert_eq!(
            said,
            [
                (1, 0, 0, "one"),
                (2, 0, 1, "two"),
                (3, 1, 3, "three"),
                (4, 1, 0, ">; Bob"),
                (5, 1, 0, "")
            ]
        );
        assert_eq!(all[4].kind, Kind::Blank);
    }
}
