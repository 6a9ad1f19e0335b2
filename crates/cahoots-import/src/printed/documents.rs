//! Where one document ends and the next begins in a text, and whether a text is one at all.

use super::chain::{Chain, Head, chain};
use super::lines::{Kind, Line, lines};
use super::stamps::{self, Stamps};

/// One document of a text.
pub(crate) struct Document<'a> {
    pub(crate) lines: Vec<Line<'a>>,
    pub(crate) stamps: Stamps,
    pub(crate) chain: Chain,
}

/// The documents of a text: one, unless its pages carry several document numbers, or several
/// pages begin with the header of a printed message.
pub(crate) fn documents(text: &str) -> Vec<Document<'_>> {
    let mut documents = Vec::new();
    if text.is_empty() {
        // A page that nothing was read from is a document all the same.
        documents.push(Document {
            lines: Vec::new(),
            stamps: Stamps::default(),
            chain: Chain::default(),
        });
        return documents;
    }
    for mut lines in by_number(lines(text)) {
        let stamps = stamps::read(&mut lines);
        let whole = chain(&lines);
        let mut parts = by_header(lines, &stamps, &whole);
        if parts.len() == 1
            && let Some(lines) = parts.pop()
        {
            documents.push(Document { lines, stamps, chain: whole });
            continue;
        }
        for lines in parts {
            let chain = chain(&lines);
            documents.push(Document { lines, stamps: stamps.clone(), chain });
        }
    }
    documents
}

/// Cuts where a page carries another document number than the page before it.
fn by_number(lines: Vec<Line<'_>>) -> Vec<Vec<Line<'_>>> {
    let mut parts: Vec<Vec<Line<'_>>> = Vec::new();
    let mut number: Option<String> = None;
    let mut start = 0;
    let mut cuts = Vec::new();
    while start < lines.len() {
        let page = lines[start].page;
        let length = lines[start..].iter().take_while(|line| line.page == page).count();
        let own = lines[start..start + length]
            .iter()
            .filter(|line| line.kind == Kind::Text)
            .find_map(|line| stamps::document_number(line.text));
        if let Some(own) = own {
            if number.as_ref().is_some_and(|number| *number != own) {
                cuts.push(start);
            }
            number = Some(own);
        }
        start += length;
    }
    if cuts.is_empty() {
        return vec![lines];
    }
    let mut rest = lines;
    for cut in cuts.into_iter().rev() {
        parts.push(rest.split_off(cut));
    }
    parts.push(rest);
    parts.reverse();
    parts
}

/// Cuts where a page of a text without document numbers begins with a header in columns: mail
/// programs print messages so, and nothing quotes so.
fn by_header<'a>(lines: Vec<Line<'a>>, stamps: &Stamps, chain: &Chain) -> Vec<Vec<Line<'a>>> {
    if stamps.document.is_some() {
        return vec![lines];
    }
    let mut cuts: Vec<usize> = Vec::new();
    for message in chain.messages.iter().skip(1) {
        let Head::Block(block) = &message.head else { continue };
        let line = &lines[block.first];
        let page_starts = lines[..block.first]
            .iter()
            .rev()
            .take_while(|before| before.page == line.page)
            .all(|before| !before.is_text());
        if block.columns && page_starts && lines[0].page != line.page {
            cuts.push(lines.partition_point(|before| before.page < line.page));
        }
    }
    if cuts.is_empty() {
        return vec![lines];
    }
    let mut parts = Vec::new();
    let mut rest = lines;
    for cut in cuts.into_iter().rev() {
        parts.push(rest.split_off(cut));
    }
    parts.push(rest);
    parts.reverse();
    parts
}

/// Lines of a head that are looked at.
const LOOKED_AT: usize = 400;

/// How sure the head of a text is to be a printed document: its stamps, or a header in columns.
pub(crate) fn looks_printed(head: &str) -> Option<crate::importer::Confidence> {
    use crate::importer::Confidence;
    let end = memchr::memchr_iter(b'\n', head.as_bytes()).nth(LOOKED_AT - 1);
    let mut all = lines(end.map_or(head, |end| &head[..=end]));
    // The stamp stands on the first page, mostly: the rest need not be taken apart.
    if stamps::numbered(&all) {
        return Some(Confidence::Certain);
    }
    let stamps = stamps::read(&mut all);
    let numbered = stamps.document.is_some() && (stamps.case.is_some() || stamps.release.is_some());
    if numbered {
        return Some(Confidence::Certain);
    }
    let first = chain(&all).messages.into_iter().next();
    match first.map(|message| message.head) {
        Some(Head::Block(block)) if stamps.any || block.columns => Some(Confidence::Likely),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_with_other_numbers_are_other_documents() {
        let page = |number: &str, words: &str| {
            format!("Case No. H-1 Doc No. {number} Date: 01/02/2003\n\n{words}\n\x0c")
        };
        let text = [page("D1", "one"), page("D1", "two"), page("D2", "three")].concat();
        let found = documents(&text);
        let numbers: Vec<_> = found.iter().map(|d| d.stamps.document.as_deref()).collect();
        assert_eq!(numbers, [Some("D1"), Some("D2")]);
        assert_eq!(found[1].lines[0].number, 7);
    }

    #[test]
    fn pages_that_begin_with_a_printed_header_are_other_documents() {
        let page = |who: &str| {
            format!(
                "From:          {who}\nSent:          Monday, March 2, 2009 9:04 AM\n\
                 To:            Bo Quist\nSubject:       Harbour\n\nYes.\n\x0c"
            )
        };
        let text = [page("Ann Lind"), page("Cyd Olm"), "and more\n".to_owned()].concat();
        let found = documents(&text);
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].chain.messages.len(), 1);
        assert!(looks_printed(&text).is_some());
        assert!(looks_printed("Dear diary,\nFrom: here\n").is_none());
    }
}
