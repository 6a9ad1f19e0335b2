//! Header blocks: runs of labels with values that begin a message, printed or quoted.

use super::labels::{self, Field, Hit, Surety, label};
use super::lines::{Kind, Line};
use super::{dates, separators};

/// One field of a header, in the order printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Printed {
    pub(crate) field: Field,
    /// The value as printed, its lines joined by a line feed; empty if nothing stands there.
    pub(crate) value: String,
    /// Exemption codes at the margin of its lines.
    pub(crate) codes: Vec<String>,
    dated: bool,
    capitals: bool,
    /// Place of its label.
    at: usize,
}

/// A header found in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// Places of its first and last line in the document's lines.
    pub(crate) first: usize,
    pub(crate) last: usize,
    /// Quotation marks before it.
    pub(crate) depth: u8,
    pub(crate) fields: Vec<Printed>,
    /// Whether its values stand in a column of their own, as mail programs print a message.
    pub(crate) columns: bool,
}

impl Block {
    /// The first field of a kind.
    pub(crate) fn field(&self, field: Field) -> Option<&Printed> {
        self.fields.iter().find(|printed| printed.field == field)
    }

    fn has(&self, field: Field) -> bool {
        self.field(field).is_some()
    }

    /// Whether the block heads an e-mail, and not a memorandum or a list that looks like it.
    /// `after_separator` says that a line like «Original Message» stands before it.
    fn is_mail(&self, lines: &[Line<'_>], after_separator: bool) -> bool {
        let sent = self.field(Field::Sent);
        let clock = sent.is_some_and(|sent| {
            dates::has_clock(&sent.value) || sent.value.len() > 12 && clock_digits(&sent.value)
        });
        let kinds = [Field::From, Field::Sent, Field::To, Field::Cc, Field::Subject]
            .into_iter()
            .filter(|field| self.has(*field))
            .count();
        if !self.has(Field::From) {
            return kinds >= 3 && clock || after_separator && kinds >= 2 && clock;
        }
        if kinds < 2 {
            return false;
        }
        if after_separator || clock {
            return true;
        }
        let address = self.fields.iter().any(|printed| {
            printed.field.is_people()
                && (printed.value.contains(['@', '©']) || printed.value.contains("mailto"))
        });
        // A sending's label, empty or withheld, is a mail program's; «Date» is anybody's.
        let sending = sent.is_some_and(|sent| !sent.dated && !sent.capitals);
        let from_first = self.fields.first().is_some_and(|printed| printed.field == Field::From);
        let quoted = lines[self.first].depth > 0;
        match kinds {
            2 => sending && from_first || address && sent.is_some(),
            _ => sending || address && from_first || quoted && from_first && sent.is_some(),
        }
    }
}

/// Lines without words that may stand between two labels of one header.
const GAP: usize = 5;

/// Lines of words that one value may run over.
const LONGEST_LIST: usize = 90;

/// The header that starts at place `at`, if one does. `after_separator` as in
/// [`Block::is_mail`].
pub(crate) fn block(lines: &[Line<'_>], at: usize, after_separator: bool) -> Option<Block> {
    let first = label(lines[at].text, after_separator)
        .or_else(|| from_alone(lines, at))
        .or_else(|| after_separator.then(|| unlabelled(lines, at)).flatten())?;
    if !matches!(first.field, Field::From | Field::Sent | Field::To | Field::Subject) {
        return None;
    }
    // Cheap refusal: another label must follow soon.
    let near = lines[at + 1..].iter().filter(|line| line.is_text()).take(6);
    if !near.filter_map(|line| label(line.text, true)).any(|hit| hit.field != Field::Other) {
        return None;
    }
    let block = Reader::new(lines, at, first).read();
    block.is_mail(lines, after_separator).then_some(block)
}

/// `From Ann Lind` whose colon was lost, or `Front: Ann Lind`, when a label that only a header has
/// stands on the very next line.
fn from_alone(lines: &[Line<'_>], at: usize) -> Option<Hit> {
    let value = labels::nearly_from(lines[at].text)?;
    header_follows(lines, at).then_some(Hit {
        field: Field::From,
        surety: Surety::Guess,
        dated: false,
        capitals: false,
        value,
    })
}

/// A sender whose label was lost with what is withheld beside it, between an announcement and the
/// other labels.
fn unlabelled(lines: &[Line<'_>], at: usize) -> Option<Hit> {
    let text = lines[at].text;
    let name = is_names(text) && text.trim().len() >= 4 && !text.contains(';');
    (name && header_follows(lines, at)).then(|| Hit {
        field: Field::From,
        surety: Surety::Guess,
        dated: false,
        capitals: false,
        value: text.len() - text.trim_start().len(),
    })
}

/// Whether the next line has a certain label for the time or the recipients.
fn header_follows(lines: &[Line<'_>], at: usize) -> bool {
    let next = lines[at + 1..].iter().take(3).find(|line| line.is_text());
    next.and_then(|next| label(next.text, true)).is_some_and(|hit| {
        hit.surety == Surety::Exact && matches!(hit.field, Field::Sent | Field::To)
    })
}

struct Reader<'l, 'a> {
    lines: &'l [Line<'a>],
    block: Block,
    /// Column of the values where they have one.
    column: Option<usize>,
    guesses: usize,
}

impl<'l, 'a> Reader<'l, 'a> {
    fn new(lines: &'l [Line<'a>], at: usize, first: Hit) -> Self {
        let depth = lines[at].depth;
        let block = Block { first: at, last: at, depth, fields: Vec::new(), columns: false };
        let mut reader = Self { lines, block, column: None, guesses: 0 };
        reader.push(at, first);
        reader
    }

    fn push(&mut self, at: usize, hit: Hit) {
        let line = &self.lines[at];
        let value = line.text[hit.value..].trim();
        let label_end = line.text[..hit.value].trim_end().len();
        if !value.is_empty() {
            let column = line.text[..hit.value].chars().count();
            if hit.value - label_end >= 6 && self.column.is_none() {
                self.column = Some(column);
                self.block.columns = true;
            }
        }
        self.guesses += usize::from(hit.surety == Surety::Guess);
        self.block.fields.push(Printed {
            field: hit.field,
            value: value.to_owned(),
            codes: line.codes.map(super::stamps::split_codes).unwrap_or_default(),
            dated: hit.dated,
            capitals: hit.capitals,
            at,
        });
        self.block.last = at;
    }

    fn read(mut self) -> Block {
        let mut at = self.block.first + 1;
        let mut blanks = 0;
        let mut run = 0;
        let mut page = false;
        while let Some(line) = self.lines.get(at) {
            match line.kind {
                Kind::Stamp | Kind::Blank => {
                    blanks += usize::from(line.kind == Kind::Blank);
                    page |= line.kind == Kind::Stamp && line.codes.is_none();
                    if let (Kind::Stamp, Some(codes)) = (line.kind, line.codes)
                        && blanks == 0
                        && let Some(printed) = self.block.fields.last_mut()
                    {
                        printed.codes.extend(super::stamps::split_codes(codes));
                    }
                    at += 1;
                    continue;
                }
                Kind::Text => {}
            }
            if line.depth < self.block.depth && !self.marks_lost(at) {
                break;
            }
            if separators::separator(line.text).is_some() {
                break;
            }
            // A page break brings its own blank lines.
            let near = if page { blanks <= GAP * 4 } else { blanks <= GAP };
            let found = label(line.text, true);
            if let Some(hit) = found
                && blanks == 0
                && self.starts_over(hit)
            {
                self.push(at, hit);
                run = 0;
            } else if let Some(hit) = found
                && blanks == 0
                && self.repeats(hit)
            {
                self.add(at, hit);
            } else if let Some(hit) = found.filter(|hit| near && self.fits(at, *hit, blanks, page))
            {
                self.push(at, hit);
                run = 0;
            } else if self.displaced(at, blanks) {
                let Some(next) = self.lines[at + 1..].iter().position(Line::is_text) else { break };
                let next = at + 1 + next;
                let Some(hit) = label(self.lines[next].text, true) else { break };
                self.push(next, hit);
                if let Some(printed) = self.block.fields.last_mut() {
                    printed.value = line.text.trim().to_owned();
                }
                at = next;
                run = 0;
            } else if self.continues(at, blanks, page, run) {
                self.extend(at);
                run += 1;
            } else {
                break;
            }
            blanks = 0;
            page = false;
            at += 1;
        }
        self.block
    }

    /// Quotation marks are lost in recognition at times: the line still stands in the header
    /// when the next one has its marks.
    fn marks_lost(&self, at: usize) -> bool {
        let Some(next) = self.lines[at + 1..].iter().find(|line| line.is_text()) else {
            return false;
        };
        let people = self.block.fields.last().is_some_and(|printed| printed.field.is_people());
        let listed = people
            && is_names(self.lines[at].text)
            && label(next.text, true).is_some_and(|hit| hit.surety == Surety::Exact);
        next.depth >= self.block.depth && (listed || label(self.lines[at].text, true).is_some())
    }

    /// Whether a label shows that what came before the sender was no part of this header: it is
    /// printed a second time, right below.
    fn starts_over(&mut self, hit: Hit) -> bool {
        let place = |field| self.block.fields.iter().position(|printed| printed.field == field);
        let (Some(from), Some(other)) = (place(Field::From), place(hit.field)) else {
            return false;
        };
        if other >= from || hit.surety != Surety::Exact || from + 1 != self.block.fields.len() {
            return false;
        }
        self.block.fields.drain(..from);
        self.block.first = self.block.fields[0].at;
        true
    }

    /// Whether a label is that of the list before it once more: some programs print one for each
    /// recipient.
    fn repeats(&self, hit: Hit) -> bool {
        let list = matches!(hit.field, Field::To | Field::Cc | Field::Bcc);
        let last = self.block.fields.last();
        list && hit.surety == Surety::Exact && last.is_some_and(|last| last.field == hit.field)
    }

    /// Adds a recipient to the last list.
    fn add(&mut self, at: usize, hit: Hit) {
        let line = &self.lines[at];
        if let Some(printed) = self.block.fields.last_mut() {
            if !printed.value.is_empty() {
                printed.value.push_str(";\n");
            }
            printed.value.push_str(line.text[hit.value..].trim());
            printed.codes.extend(line.codes.map(super::stamps::split_codes).unwrap_or_default());
        }
        self.block.last = at;
    }

    /// Whether a line is the value of the empty label below it, read before it because it stands
    /// a little higher on the page.
    fn displaced(&self, at: usize, blanks: usize) -> bool {
        let line = &self.lines[at];
        let indent = line.text.chars().take_while(|c| c.is_whitespace()).count();
        let next = self.lines[at + 1..].iter().take(2).find(|line| line.is_text());
        let Some(next) = next else { return false };
        let Some(hit) = label(next.text, true) else { return false };
        if blanks > 0 || indent < 8 || hit.surety != Surety::Exact || self.block.has(hit.field) {
            return false;
        }
        let value = line.text.trim();
        let reply = ["re:", "fw:", "fwd:"];
        next.text[hit.value..].trim().is_empty()
            && match hit.field {
                Field::Sent => dates::has_clock(value),
                Field::Subject => reply.iter().any(|mark| value.to_lowercase().starts_with(mark)),
                _ => false,
            }
    }

    /// Whether a label goes on with this header.
    fn fits(&self, at: usize, hit: Hit, blanks: usize, page: bool) -> bool {
        let seen = |field| self.block.has(field);
        match hit.field {
            Field::Other => blanks <= 1,
            // Few programs print anything before it.
            Field::From => {
                let alone = self.block.fields.len() == 1 && self.column.is_some();
                let near = blanks <= 1 || alone && blanks <= 2;
                !seen(Field::From) && (near || hit.surety == Surety::Exact && self.in_step(at))
            }
            Field::Attachments => !seen(hit.field) && self.block.fields.len() > 1,
            _ if seen(hit.field) => {
                // A second «Date» beside «Sent» is the header's; anything else is text.
                false
            }
            // A subject is the last of the main fields, save where programs print it first.
            _ if seen(Field::Subject)
                && seen(Field::To)
                && seen(Field::Sent)
                && hit.surety != Surety::Exact =>
            {
                false
            }
            _ if hit.surety == Surety::Guess => self.guess_stands(at),
            _ => page || blanks <= GAP || self.column.is_some(),
        }
    }

    /// Whether a label stands as far below the one before it as the next one stands below it, give
    /// or take a line: so a table is printed whose rows are wide apart.
    fn in_step(&self, at: usize) -> bool {
        let Some(before) = self.block.fields.last() else { return false };
        let Some(next) = self.lines[at + 1..].iter().position(Line::is_text) else { return false };
        let next = at + 1 + next;
        let certain = label(self.lines[next].text, true).is_some_and(|hit| {
            hit.surety == Surety::Exact && hit.field != Field::Other && !self.block.has(hit.field)
        });
        certain && (next - at).abs_diff(at - before.at) <= 1
    }

    /// A guessed label is believed when a certain one of this header follows soon or its value
    /// stands in the column.
    fn guess_stands(&self, at: usize) -> bool {
        let line = &self.lines[at];
        let hit = label(line.text, true);
        let column = hit.map(|hit| line.text[..hit.value].chars().count());
        if column.is_some() && column == self.column {
            return true;
        }
        self.certain_label_within(at + 1, 8) || hit.is_some_and(|hit| hit.field == Field::Sent)
    }

    /// Whether a certain label that this header still lacks follows within some lines of words.
    fn certain_label_within(&self, from: usize, most: usize) -> bool {
        let mut blanks = 0;
        let mut words = 0;
        let mut stamp = false;
        for line in &self.lines[from.min(self.lines.len())..] {
            match line.kind {
                Kind::Blank => {
                    blanks += 1;
                    if blanks > GAP && !stamp {
                        return false;
                    }
                    continue;
                }
                Kind::Stamp => {
                    stamp = true;
                    continue;
                }
                Kind::Text => {}
            }
            if separators::separator(line.text).is_some() {
                return false;
            }
            if let Some(hit) = label(line.text, true) {
                if matches!(hit.field, Field::From) || self.block.has(hit.field) {
                    return false;
                }
                if hit.surety >= Surety::Near && hit.field != Field::Other {
                    return true;
                }
            }
            words += 1;
            blanks = 0;
            if words >= most {
                return false;
            }
        }
        false
    }

    /// Whether a line without a label goes on with the value before it.
    fn continues(&self, at: usize, blanks: usize, page: bool, run: usize) -> bool {
        let Some(printed) = self.block.fields.last() else { return false };
        let line = &self.lines[at];
        let indent = line.text.chars().take_while(|c| c.is_whitespace()).count();
        let in_column =
            self.column.is_some_and(|column| indent + 2 >= column && indent <= column + 2);
        if run >= LONGEST_LIST {
            return false;
        }
        let value = printed.value.as_str();
        let open = value.ends_with([';', ',']);
        match printed.field {
            Field::To | Field::Cc | Field::Bcc => {
                if in_column && blanks <= 1 || open && blanks <= 1 && is_names(line.text) {
                    return true;
                }
                if open && page && is_names(line.text) {
                    return true;
                }
                // The address of the name before it, or the rest of one.
                let text = line.text.trim();
                let unclosed = value.matches('<').count() > value.matches('>').count()
                    || value.matches('"').count() % 2 == 1;
                let address = text.starts_with('<') || text.contains('@') && text.contains('>');
                if blanks == 0 && (address || unclosed && text.contains(['>', '"'])) {
                    return true;
                }
                let most = if open { 40 } else { 12 };
                is_names(line.text)
                    && (blanks <= 2 || page)
                    && self.certain_label_within(at + 1, most)
                    || value.is_empty() && blanks <= 1 && self.certain_label_within(at + 1, 4)
            }
            Field::From | Field::Sent => {
                let most = if blanks == 0 { 3 } else { 1 };
                in_column && blanks <= 1 && self.certain_label_within(at + 1, 4)
                    || value.is_empty() && blanks <= 2 && self.certain_label_within(at + 1, most)
                    || blanks == 0
                        && run == 0
                        && line.text.trim().chars().count() <= 60
                        && self.certain_label_within(at + 1, 2)
            }
            Field::Subject => {
                if in_column && blanks == 0 && (indent >= 6) {
                    return true;
                }
                if value.is_empty() || blanks > 0 || self.column.is_some() {
                    return false;
                }
                if self.certain_label_within(at + 1, 1) {
                    return true;
                }
                // A long subject wraps at the edge of the page, and nothing follows directly.
                let last = &self.lines[self.block.last].text;
                let full = last.chars().count() >= 78;
                let alone = self.lines.get(at + 1).is_none_or(|next| !next.is_text());
                full && alone && run == 0 && line.text.chars().count() < last.chars().count()
            }
            Field::Attachments => {
                in_column && blanks <= 1
                    || blanks == 0 && open && line.text.contains('.')
                    || blanks == 0 && file_name(line.text)
            }
            Field::Other => in_column && blanks == 0,
        }
    }

    fn extend(&mut self, at: usize) {
        let line = &self.lines[at];
        if let Some(printed) = self.block.fields.last_mut() {
            if !printed.value.is_empty() {
                printed.value.push('\n');
            }
            // A line that begins far inside the page begins with a painted-over box.
            let indent = line.text.chars().take_while(|c| c.is_whitespace()).count();
            if indent > self.column.unwrap_or(4) + 8 && printed.field.is_people() {
                printed.value.push_str("   ");
            }
            printed.value.push_str(line.text.trim());
            if let Some(codes) = line.codes {
                printed.codes.extend(super::stamps::split_codes(codes));
            }
        }
        self.block.last = at;
    }
}

/// Whether a line can be a part of a list of people.
fn is_names(text: &str) -> bool {
    let text = text.trim();
    let words = text.split_whitespace().count();
    if text.contains([';', '@', '<', '>', '©']) {
        return true;
    }
    // Sentences end in marks and have small words; names do neither.
    let small = text.split_whitespace().filter(|word| {
        word.len() > 1
            && word.chars().all(|c| c.is_lowercase())
            && !matches!(*word, "de" | "van" | "von" | "al" | "bin" | "der" | "la" | "del")
    });
    // «Jr.» and «B.» end a name.
    let stop = text.ends_with('.')
        && text.split_whitespace().last().is_some_and(|last| last.chars().count() > 3);
    words <= 12 && small.count() <= words / 4 && !stop && !text.ends_with(['?', '!', ':'])
}

/// Whether digits of a clock stand in a text, `10:13`, whatever became of the date.
fn clock_digits(text: &str) -> bool {
    text.as_bytes().windows(4).any(|w| {
        w[0].is_ascii_digit() && w[1] == b':' && w[2].is_ascii_digit() && w[3].is_ascii_digit()
    })
}

/// Whether a line is a file's name and nothing else.
fn file_name(text: &str) -> bool {
    let text = text.trim().trim_end_matches(';');
    let Some((_, ending)) = text.rsplit_once('.') else { return false };
    (2..=4).contains(&ending.len())
        && ending.bytes().all(|b| b.is_ascii_alphanumeric())
        && text.len() <= 120
}
