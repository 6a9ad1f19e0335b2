//! The words of a zone as their reader saw them, with what is withheld said in place.

use std::ops::Range;

use serde_json::{Value, json};

use super::lines::{Kind, Line};
use super::stamps::split_codes;

/// Blanks inside a line from which on they are a painted-over box and no table.
const BOX: usize = 6;

/// The text of zones: stamps off, left margin off, deeper quotation marks kept, one blank line
/// between paragraphs, `[withheld: B5]` where a code at the margin says that something is.
pub(crate) fn text(lines: &[Line<'_>], zones: &[Range<usize>], depth: u8) -> String {
    let mut out = String::new();
    for zone in zones {
        let Some(lines) = lines.get(zone.clone()) else { continue };
        let margin = margin(lines, depth);
        let mut blank = !out.is_empty();
        let mut mark: Option<&str> = None;
        for line in lines {
            match (line.kind, line.codes) {
                (Kind::Text, codes) => {
                    if blank && !out.is_empty() {
                        out.push('\n');
                    }
                    for _ in depth..line.depth {
                        out.push('>');
                    }
                    if line.depth > depth {
                        out.push(' ');
                    }
                    push(&mut out, without_margin(line.text, margin), codes);
                    out.push('\n');
                    blank = false;
                    mark = None;
                }
                (Kind::Stamp, Some(codes)) if mark != Some(codes) => {
                    if blank && !out.is_empty() {
                        out.push('\n');
                    }
                    out.push_str(&format!("[withheld: {codes}]\n"));
                    blank = false;
                    mark = Some(codes);
                }
                (Kind::Blank, _) => blank = true,
                _ => {}
            }
        }
    }
    out
}

/// The blanks that every line of words begins with, deeper quotations left out.
fn margin(lines: &[Line<'_>], depth: u8) -> usize {
    let own = lines.iter().filter(|line| line.is_text() && line.depth <= depth);
    let indents = own.map(|line| line.text.bytes().take_while(|byte| *byte == b' ').count());
    indents.min().unwrap_or(0)
}

fn without_margin(text: &str, margin: usize) -> &str {
    text.get(margin..)
        .filter(|_| text.as_bytes()[..margin.min(text.len())].iter().all(|b| *b == b' '))
        .unwrap_or(text)
}

/// One line, with the box that its code speaks of.
fn push(out: &mut String, text: &str, codes: Option<&str>) {
    let Some(codes) = codes else {
        out.push_str(text.trim_end());
        return;
    };
    let indent = text.len() - text.trim_start().len();
    if indent >= BOX {
        out.push_str(&format!("[withheld: {codes}] {}", text.trim_start()));
        return;
    }
    match text[indent..].find(&" ".repeat(BOX)) {
        Some(at) => {
            let (head, rest) = text.split_at(indent + at);
            out.push_str(&format!("{head} [withheld: {codes}] {}", rest.trim_start()));
        }
        None => out.push_str(&format!("{} [withheld: {codes}]", text.trim_end())),
    }
}

/// Where codes stand beside the words of zones: line and codes.
pub(crate) fn redactions(lines: &[Line<'_>], zones: &[Range<usize>]) -> Vec<Value> {
    let lines = zones.iter().filter_map(|zone| lines.get(zone.clone())).flatten();
    lines
        .filter_map(|line| {
            line.codes
                .map(|codes| json!({ "line": line.number, "code": split_codes(codes).join(", ") }))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::lines::lines;
    use super::super::stamps;
    use super::*;

    #[test]
    fn what_is_withheld_is_said_in_place() {
        let gap = " ".repeat(40);
        let source = format!(
            "  one\n\n\n  two          three{gap}B6\n{gap}{gap}B5\n{gap}{gap}B5\n  four{gap}B5\n> five\n"
        );
        let mut all = lines(&source);
        stamps::read(&mut all);
        let whole = 0..all.len();
        assert_eq!(
            text(&all, std::slice::from_ref(&whole), 0),
            "one\n\ntwo [withheld: B6] three\n[withheld: B5]\nfour [withheld: B5]\n> five\n"
        );
        assert_eq!(redactions(&all, std::slice::from_ref(&whole)).len(), 4);
    }
}
