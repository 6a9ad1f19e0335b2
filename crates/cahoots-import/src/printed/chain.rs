//! The messages of one document, the one printed and those quoted beneath it, with their zones.

use std::ops::Range;

use super::blocks::{Block, block};
use super::lines::{Kind, Line};
use super::separators::{Attribution, Separator, attribution, separator};

/// What begins a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Head {
    Block(Block),
    Attribution(Attribution),
}

impl Head {
    /// Places of its first and last line.
    pub(crate) fn places(&self) -> (usize, usize) {
        match self {
            Self::Block(block) => (block.first, block.last),
            Self::Attribution(line) => (line.first, line.last),
        }
    }

    fn depth(&self) -> u8 {
        match self {
            Self::Block(block) => block.depth,
            Self::Attribution(line) => line.depth,
        }
    }
}

/// A message of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) head: Head,
    /// Where its words stand: places of lines, the first zone right below the head, further ones
    /// where an answer stands between or below what it quotes.
    pub(crate) zones: Vec<Range<usize>>,
    /// The same places with what is withheld before, between and behind the words.
    pub(crate) shown: Vec<Range<usize>>,
    /// Quotation marks before its own words.
    pub(crate) depth: u8,
}

/// A document taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Chain {
    /// What stands above the first message.
    pub(crate) above: Range<usize>,
    /// Messages in the order printed: the newest first, as programs quote.
    pub(crate) messages: Vec<Message>,
}

impl Chain {
    /// The messages that one of them quotes beneath it: those that follow, up to the first whose
    /// head has fewer quotation marks than its own words.
    pub(crate) fn quoted_by(&self, at: usize) -> Range<usize> {
        let Some(message) = self.messages.get(at) else { return at..at };
        let rest = &self.messages[at + 1..];
        let beneath = rest.iter().take_while(|next| next.head.depth() >= message.depth).count();
        at + 1..at + 1 + beneath
    }
}

/// Most messages that one document gives.
const MOST: usize = 2_000;

/// Takes lines apart. Stamps must have been taken off.
pub(crate) fn chain(lines: &[Line<'_>]) -> Chain {
    let heads = heads(lines);
    let mut chain = Chain {
        above: 0..heads.first().map_or(lines.len(), |(start, _)| *start),
        messages: Vec::with_capacity(heads.len()),
    };
    let ends: Vec<usize> =
        heads.iter().skip(1).map(|(start, _)| *start).chain([lines.len()]).collect();
    for ((_, head), end) in heads.into_iter().zip(ends) {
        // Codes right below a header are its own.
        let own = |line: &&Line<'_>| line.kind == Kind::Stamp && line.codes.is_some();
        let from = head.places().1 + 1;
        let from = from + lines[from..end].iter().take_while(own).count();
        let depth = own_depth(lines, &head, from..end);
        chain.messages.push(Message { head, zones: Vec::new(), shown: Vec::new(), depth });
        share_out(lines, &mut chain.messages, from..end);
    }
    for message in &mut chain.messages {
        let zones = message.zones.iter();
        message.shown = zones.map(|zone| trimmed(lines, zone.clone(), true)).collect();
        message.shown.retain(|zone| !zone.is_empty());
        let zones = message.zones.iter();
        message.zones = zones.map(|zone| trimmed(lines, zone.clone(), false)).collect();
        message.zones.retain(|zone| !zone.is_empty());
    }
    chain
}

/// Every head with the place where it starts, its separator included.
fn heads(lines: &[Line<'_>]) -> Vec<(usize, Head)> {
    let mut heads = Vec::new();
    let mut announced: Option<(usize, Separator)> = None;
    let mut at = 0;
    while at < lines.len() && heads.len() < MOST {
        let line = &lines[at];
        if !line.is_text() {
            at += 1;
            continue;
        }
        if let Some(kind) = separator(line.text) {
            // A rule above the words is part of the same announcement.
            announced = Some(match announced {
                Some((start, Separator::Words)) => (start, Separator::Words),
                Some((start, Separator::Rule)) => (start, kind),
                None => (at, kind),
            });
            at += 1;
            continue;
        }
        let words = matches!(announced, Some((_, Separator::Words)));
        let head = block(lines, at, words)
            .map(Head::Block)
            .or_else(|| attribution(lines, at).map(Head::Attribution));
        match head {
            Some(head) => {
                let (first, last) = head.places();
                let start = announced.map_or(first, |(start, _)| start);
                at = last + 1;
                heads.push((start, head));
            }
            None => at += 1,
        }
        announced = None;
    }
    heads
}

/// Quotation marks before the words of a message.
fn own_depth(lines: &[Line<'_>], head: &Head, zone: Range<usize>) -> u8 {
    let depth = head.depth();
    match head {
        Head::Block(_) => depth,
        Head::Attribution(_) => {
            let first = lines[zone].iter().find(|line| line.is_text());
            first.map_or(depth, |line| line.depth.clamp(depth, depth.saturating_add(1)))
        }
    }
}

/// Gives the lines of a zone to the message above it, and those that have lost its quotation
/// marks to the one that quotes it.
fn share_out(lines: &[Line<'_>], messages: &mut [Message], zone: Range<usize>) {
    let Some(last) = messages.last().map(|message| message.depth) else { return };
    if last == 0 {
        if let Some(message) = messages.last_mut() {
            message.zones.push(zone);
        }
        return;
    }
    let mut owner = messages.len() - 1;
    let mut start = zone.start;
    for at in zone.clone() {
        let line = &lines[at];
        if !line.is_text() {
            continue;
        }
        let depth = messages[owner].depth;
        // One line without its mark is a misreading or a broken line; two are another's words.
        let leaves = line.depth < depth && {
            let next = lines[at + 1..zone.end].iter().find(|line| line.is_text());
            next.is_none_or(|next| next.depth < depth)
        };
        let returns = owner + 1 < messages.len() && line.depth >= last;
        let new = if returns {
            messages.len() - 1
        } else if leaves {
            messages.iter().rposition(|message| message.depth <= line.depth).unwrap_or(0)
        } else {
            owner
        };
        if new != owner {
            messages[owner].zones.push(start..at);
            (owner, start) = (new, at);
        }
    }
    messages[owner].zones.push(start..zone.end);
}

/// A zone without blanks, stamps and separators at its ends; with `codes`, marks of what is
/// withheld stay.
fn trimmed(lines: &[Line<'_>], zone: Range<usize>, codes: bool) -> Range<usize> {
    let counts = |at: &usize| {
        let line = &lines[*at];
        let mark = codes && line.kind == Kind::Stamp && line.codes.is_some();
        mark || line.is_text() && separator(line.text).is_none()
    };
    let mut range = zone.clone();
    let Some(first) = range.find(counts) else { return zone.start..zone.start };
    let last = zone.rev().find(counts).unwrap_or(first);
    first..last + 1
}

#[cfg(test)]
mod tests {
    use super::super::lines::lines;
    use super::*;

    /// First and last line, from 1.
    type Lines = (usize, usize);

    /// Lines of each message's head and zones.
    fn told(text: &str) -> Vec<(Lines, Vec<Lines>)> {
        let all = lines(text);
        chain(&all)
            .messages
            .iter()
            .map(|message| {
                let (first, last) = message.head.places();
                let zones = message.zones.iter().map(|zone| (zone.start + 1, zone.end));
                ((first + 1, last + 1), zones.collect())
            })
            .collect()
    }

    #[test]
    fn a_chain_is_taken_apart() {
        let text = "From:          Ann Lind <ann@q.example>\n\
            Sent:          Monday, March 2, 2009 9:04 AM\n\
            To:            Quist, Bo; Olm,\n\
            \x20              Cyd\n\
            Subject:       Re: Harbour\n\n\
            Yes.\n\n\
            -----Original Message-----\n\
            From: Quist, Bo\n\
            To: Lind, Ann\n\
            Sent: Mon Mar 02 08:59:12 2009\n\
            Subject: Harbour\n\n\
            Shall we?\nBo\n\n\
            On Mon, Mar 2, 2009 at 8:12 AM, Cyd <c@q.example> wrote:\n\
            > No.\n\
            > Cyd\n\n\
            Below.\nBo\n";
        assert_eq!(
            told(text),
            [
                ((1, 5), vec![(7, 7)]),
                ((10, 13), vec![(15, 16), (22, 23)]),
                ((18, 18), vec![(19, 20)]),
            ]
        );
    }

    #[test]
    fn a_header_in_a_table_is_whole_although_its_rows_are_wide_apart() {
        // As Writer prints a table above smaller print; the subject comes first.
        let table = "Subject:  Re: Quay walls\n\n\nFrom:     Ann Lind <ann@q.example>\n\n\n\
            Date:     Mon, 02 Mar 2009 09:04:00 +0000\n\n\nTo:       Bo Quist <bo@q.example>\n\n\
            Yes.\nOn 3/2/2009 8:59 AM, Bo Quist wrote:\n> When?\n";
        assert_eq!(told(table), [((1, 10), vec![(12, 12)]), ((13, 13), vec![(14, 14)])]);
        // A label far above a header of one piece is no part of it.
        let apart = "Subject: see below\n\n\nFrom: Ann Lind\n\
            Sent: Monday, March 2, 2009 9:04 AM\nTo: Bo Quist\nSubject: Quay\n\nYes.\n";
        assert_eq!(told(apart), [((4, 7), vec![(9, 9)])]);
    }

    #[test]
    fn a_message_quotes_what_stands_within_its_marks() {
        let text = "On Mar 2, 2009, at 9:04 AM, Ann Lind wrote:\n> Yes.\n\
            > On Mar 2, 2009, at 8:04 AM, Bo Quist wrote:\n>> No.\n\
            On Mar 1, 2009, at 8:04 AM, Cyd Olm wrote:\n> Well?\n";
        let chain = chain(&lines(text));
        let quoted: Vec<_> = (0..3).map(|at| chain.quoted_by(at)).collect();
        assert_eq!(quoted, [1..2, 2..2, 3..3]);
    }

    #[test]
    fn memoranda_are_no_mail() {
        for text in [
            "To: S\nFrom: Ann\nDate: Feb. 8, 2011\nRe: Harbours\n\nAs I look at it",
            "FROM: P\nTO: S\nSUBJECT: Harbours\n\nAs I look at it",
            "For: Bo\nFrom: Cyd\nRe: Harbours\n",
            "From: here\nto there\n",
        ] {
            assert_eq!(told(text), [], "{text}");
        }
    }
}
