//! What an office printed over and around a document when it released it: case and document
//! numbers, the kind of release, exemptions, classification, review. It describes the document
//! and is never part of a message.

use serde_json::{Map, Value};

use super::lines::{Kind, Line};

/// What stamps say of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stamps {
    /// Case number.
    pub(crate) case: Option<String>,
    /// Document number.
    pub(crate) document: Option<String>,
    /// Date of release or review, as printed.
    pub(crate) date: Option<String>,
    /// `in full`, `in part`, `denied`.
    pub(crate) release: Option<String>,
    /// Exemption codes over the whole document, each once, in the order met.
    pub(crate) exemptions: Vec<String>,
    /// Classification words, each once.
    pub(crate) classification: Vec<String>,
    /// Further stamps, each once: who classified it, to whom it was produced, page marks.
    pub(crate) marks: Vec<String>,
    /// Whether anything was printed that only a release prints.
    pub(crate) any: bool,
}

/// Kinds of stamps kept as text, at most.
const MAX_MARKS: usize = 24;

impl Stamps {
    /// As an object for `detail`; empty when there was no stamp.
    pub(crate) fn detail(&self) -> Map<String, Value> {
        let mut map = Map::new();
        let mut put = |key: &str, value: &Option<String>| {
            if let Some(value) = value {
                map.insert(key.into(), value.as_str().into());
            }
        };
        put("case", &self.case);
        put("number", &self.document);
        put("date", &self.date);
        put("release", &self.release);
        for (key, list) in [
            ("exemptions", &self.exemptions),
            ("classification", &self.classification),
            ("marks", &self.marks),
        ] {
            if !list.is_empty() {
                map.insert(key.into(), list.clone().into());
            }
        }
        map
    }

    /// The year of release or review: nothing in the document was written later.
    pub(crate) fn year(&self) -> Option<i32> {
        let year = self.date.as_deref()?.rsplit(['/', '-']).next()?;
        (year.len() == 4).then(|| year.parse().ok())?
    }

    fn exempt(&mut self, codes: &str) {
        for code in split_codes(codes) {
            if !self.exemptions.contains(&code) {
                self.exemptions.push(code);
            }
        }
    }

    fn mark(&mut self, text: &str) {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = text.trim_matches(|c: char| c == '—' || c == '-' || c == ' ').to_owned();
        if !text.is_empty() && self.marks.len() < MAX_MARKS && !self.marks.contains(&text) {
            self.marks.push(text);
        }
    }

    fn classify(&mut self, text: &str) {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if self.classification.len() < MAX_MARKS && !self.classification.contains(&text) {
            self.classification.push(text);
        }
    }
}

/// Codes of a list, each in its usual form: upper case, no blanks.
pub(crate) fn split_codes(codes: &str) -> Vec<String> {
    let parts = codes.split([',', ';', '/']).map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| part.split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase()).collect()
}

/// Reads the stamps and takes them off the lines.
pub(crate) fn read(lines: &mut [Line<'_>]) -> Stamps {
    let mut stamps = Stamps::default();
    let mut release = 0;
    let mut classified = 0;
    for line in lines.iter_mut() {
        if line.kind != Kind::Text {
            continue;
        }
        if banner(line.text, &mut stamps) {
            line.clear(Kind::Stamp);
            continue;
        }
        margin(line, &mut stamps, &mut release, &mut classified);
    }
    edges(lines, &mut stamps);
    stamps
}

/// Whether a line carries both numbers of a release: enough to know one by.
pub(crate) fn numbered(lines: &[Line<'_>]) -> bool {
    let mut stamps = Stamps::default();
    lines.iter().filter(|line| line.kind == Kind::Text).any(|line| {
        banner(line.text, &mut stamps) && stamps.document.is_some() && stamps.case.is_some()
    })
}

/// The document number that a line is a stamp of.
pub(crate) fn document_number(text: &str) -> Option<String> {
    find_ignoring_case(text, "doc")?;
    let mut stamps = Stamps::default();
    banner(text, &mut stamps).then_some(stamps.document)?
}

/// Letters and digits in capitals, the first `most` of them.
fn squeezed(text: &str, most: usize) -> String {
    let kept = text.chars().filter(|c| c.is_alphanumeric()).take(most);
    kept.flat_map(char::to_uppercase).collect()
}

/// Whether a whole line is a stamp; what it says goes into `stamps`.
fn banner(text: &str, stamps: &mut Stamps) -> bool {
    let trimmed = text.trim();
    // Cheap first: most lines have neither word.
    let lower = |word: &str| find_ignoring_case(trimmed, word);
    let case = lower("case no");
    let number = lower("doc no").or_else(|| lower("document no"));
    if case.is_some() && number.is_some() || (case == Some(0) || number == Some(0)) {
        let value = |at: Option<usize>, word: &str| -> Option<String> {
            let rest = &trimmed[at?..];
            let rest = &rest[find_ignoring_case(rest, word)? + word.len()..];
            let value = rest.trim_start_matches(['.', ':', ' ']).split_whitespace().next()?;
            value.chars().any(|c| c.is_ascii_digit()).then(|| value.to_owned())
        };
        let case = value(case, "no");
        let document = value(number, "no");
        if case.is_none() && document.is_none() {
            return false;
        }
        stamps.case = stamps.case.take().or(case);
        stamps.document = stamps.document.take().or(document);
        if let Some(at) = lower("date:") {
            stamps.date = stamps.date.take().or(first_date(&trimmed[at + 5..]));
        }
        if let Some(word) = classification_head(trimmed) {
            stamps.classify(word);
        }
        stamps.any = true;
        return true;
    }
    // The words of production agreements.
    for words in ["produced to", "subject to agreement on", "foia waiver", "review authority:"] {
        if let Some(at) = lower(words) {
            let enough = words != "produced to" || trimmed[..at].contains("DEPT");
            let capitals = trimmed.bytes().filter(u8::is_ascii_lowercase).count() < 24;
            if enough && capitals {
                stamps.mark(trimmed);
                stamps.any = true;
                return true;
            }
        }
    }
    if let Some(at) = lower("date:").filter(|at| *at == 0)
        && stamps.document.is_some()
        && stamps.case.is_some()
        && let Some(date) = first_date(&trimmed[at + 5..])
        && trimmed[5..].trim_start().starts_with(&date)
    {
        let rest = trimmed[5..].trim_start()[date.len()..].trim();
        if rest.is_empty() || rest.bytes().all(|b| !b.is_ascii_lowercase()) {
            stamps.mark(rest);
            stamps.date = stamps.date.take().or(Some(date));
            return true;
        }
    }
    if trimmed == "U.S. Department of State" && !stamps.any {
        stamps.mark(trimmed);
        return true;
    }
    if stamps.any && trimmed.starts_with("U.S. Department of State") && trimmed.len() < 30 {
        return true;
    }
    false
}

/// The classification word that a banner begins with.
fn classification_head(text: &str) -> Option<&'static str> {
    ["UNCLASSIFIED", "CONFIDENTIAL", "SECRET", "TOP SECRET"]
        .into_iter()
        .find(|word| text.starts_with(word))
}

/// Where an ASCII text stands in another, whatever the case.
pub(crate) fn find_ignoring_case(text: &str, word: &str) -> Option<usize> {
    let (text, word) = (text.as_bytes(), word.as_bytes());
    let first = *word.first()?;
    let (low, high) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    memchr::memchr2_iter(low, high, text).find(|at| {
        text.get(*at..at + word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word))
    })
}

/// `12/31/2015` at the head of a text.
fn first_date(text: &str) -> Option<String> {
    let word = text.split_whitespace().next()?;
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let marks = word.bytes().filter(|b| matches!(b, b'/' | b'-')).count();
    (marks == 2 && (5..=8).contains(&digits)).then(|| word.to_owned())
}

/// Takes stamps at the right margin off a line that may have words of its own. Several may stand
/// on one line.
fn margin(line: &mut Line<'_>, stamps: &mut Stamps, release: &mut u8, classified: &mut u8) {
    release_stamp(line, stamps, release);
    classifier(line, stamps, classified);
    codes(line, stamps);
    // A stroke far out is the edge of a box.
    let trimmed = line.text.trim();
    if line.is_text() && trimmed.chars().count() <= 2 && line.text.len() - trimmed.len() >= 60 {
        line.clear(Kind::Stamp);
    }
}

/// `RELEASE IN PART B5,B6`, on one line or on several below one another.
fn release_stamp(line: &mut Line<'_>, stamps: &mut Stamps, release: &mut u8) {
    let text = line.text;
    if let Some(at) = release_at(text) {
        let rest = text[at..].trim();
        let squeezed = squeezed(rest, 40);
        let said = squeezed.strip_prefix("RELEASEIN").or(squeezed.strip_prefix("RELEASE"));
        stamps.any = true;
        *release = 4;
        if let Some(said) = said {
            take_release(said, rest, stamps, release);
        }
        cut_at(line, at);
        return;
    }
    if *release == 0 {
        return;
    }
    *release -= 1;
    let (at, rest) = last_column(text);
    let letters = squeezed(rest, 40);
    let said = letters.strip_prefix("IN").unwrap_or(&letters);
    let fits = said == "FULL"
        || said == "FUL"
        || said.strip_prefix("PART").is_some_and(|codes| codes.is_empty() || codes_in(rest))
        || all_codes(rest);
    if (at >= 20 || text.trim_start().len() == rest.len()) && fits {
        if all_codes(rest) {
            stamps.exempt(rest);
            *release = if rest.ends_with(',') { *release } else { 0 };
        } else {
            take_release(said, rest, stamps, release);
        }
        cut_at(line, at);
    }
}

/// `Classified by … on … — Class: … — Reason: …`, over one line or several.
fn classifier(line: &mut Line<'_>, stamps: &mut Stamps, classified: &mut u8) {
    let text = line.text;
    if let Some(at) = classified_at(text) {
        stamps.mark(&text[at..]);
        stamps.any = true;
        *classified = 4;
        cut_at(line, at);
        return;
    }
    if *classified == 0 || !line.is_text() {
        return;
    }
    *classified -= 1;
    let (at, rest) = last_column(text);
    let known = rest.trim_start_matches(['—', '-', '–', ' ']);
    const WORDS: [&str; 7] =
        ["Reason:", "Declassify", "Class:", "on: ", "CONFIDENTIAL", "SECRET", "1.4("];
    let continued = WORDS.iter().any(|word| known.starts_with(word))
        || first_date(known).is_some_and(|date| {
            let rest = known[date.len()..].trim();
            rest.is_empty() || rest.starts_with(['—', '-', '–'])
        });
    if continued {
        stamps.mark(rest);
        cut_at(line, at);
    }
}

fn take_release(said: &str, rest: &str, stamps: &mut Stamps, release: &mut u8) {
    let kind = match said {
        _ if said.starts_with("FUL") => Some("in full"),
        _ if said.starts_with("PART") => Some("in part"),
        _ if said.starts_with("DENI") => Some("denied"),
        _ => None,
    };
    if let Some(kind) = kind {
        stamps.release = stamps.release.take().or(Some(kind.to_owned()));
        if kind == "in full" {
            *release = 0;
        }
    }
    if let Some((_, codes)) = rest.split_once("PART") {
        stamps.exempt(codes);
        if !codes.trim().is_empty() && !codes.trim_end().ends_with(',') {
            *release = 0;
        }
    }
}

/// Where `RELEASE IN …` stands: alone, or behind a gap of blanks. Its end may be cut off.
fn release_at(text: &str) -> Option<usize> {
    let at = memchr::memmem::find(text.as_bytes(), b"RELEA")?;
    let before = &text[..at];
    let dirt = before.trim().chars().count() <= 1;
    let set_off = dirt || before.ends_with("  ");
    let letters = squeezed(&text[at..], 14);
    let whole = letters.starts_with("RELEASEIN") || "RELEASEIN".starts_with(&letters);
    (set_off && whole && (letters.len() > 7 || at >= 20)).then_some(at)
}

/// Where `Classified by …` or its continuation stands.
fn classified_at(text: &str) -> Option<usize> {
    let found = ["Classified by ", "Declassified by ", "Declassify on: "]
        .iter()
        .find_map(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()))?;
    let before = text[..found].trim_end_matches(['—', '-', '–', ' ']);
    let set_off = before.is_empty() || text[before.len()..].starts_with("  ");
    let rest = &text[found..];
    let official = rest.starts_with("Declassify on") && rest.bytes().any(|b| b.is_ascii_digit())
        || rest.contains(" on ")
        || rest.trim_end().ends_with(" on")
        || rest.contains("Class:");
    (set_off && official).then_some(before.len())
}

/// The last column of a line: what stands behind its last gap of two blanks.
fn last_column(text: &str) -> (usize, &str) {
    let at = text.rfind("  ").map_or(0, |at| at + 2);
    (at, &text[at..])
}

/// Takes exemption codes at the right margin off a line.
fn codes(line: &mut Line<'_>, stamps: &mut Stamps) {
    let (at, rest) = last_column(line.text);
    let alone = line.text.trim_start().len() == rest.trim_start().len();
    if rest.is_empty() || !all_codes(rest) || at < 3 && !alone {
        return;
    }
    stamps.exempt(rest);
    line.codes = Some(rest);
    cut_at(line, at);
}

fn cut_at(line: &mut Line<'_>, at: usize) {
    line.text = line.text[..at].trim_end();
    if line.text.trim().is_empty() {
        line.clear(Kind::Stamp);
    }
}

/// Whether a text is a list of exemption codes and nothing else.
pub(crate) fn all_codes(text: &str) -> bool {
    let text = text.trim().trim_matches(['|', '[', ']', '.', ',']);
    if text.is_empty() || text.len() > 60 {
        return false;
    }
    let mut codes = 0;
    for part in text.split([',', ';']) {
        // `B1.1.4(B)`: a full stop for the comma.
        let part = part.trim().replacen("1 4(", "1.4(", 1);
        let part = part.strip_prefix("B1.1.").map_or(part.clone(), |rest| format!("1.{rest}"));
        let mut words = part.split_whitespace();
        let Some(first) = words.next() else { continue };
        if !is_code(first) {
            return false;
        }
        codes += 1;
        // Statutes are named after a (b)(3): `B3 CIA PERS/ORG`.
        for word in words {
            let upper = word.bytes().filter(u8::is_ascii_uppercase).count();
            let others = word.bytes().filter(|b| b.is_ascii_digit() || *b == b'/').count();
            let statute = word.len() <= 14 && upper >= 2 && upper + others == word.len();
            if !statute && !is_code(word) {
                return false;
            }
        }
    }
    codes > 0
}

/// Whether a code stands anywhere in a text.
fn codes_in(text: &str) -> bool {
    text.split([' ', ',', ';']).any(is_code)
}

/// `B6`, `(b)(6)`, `b(5)`, `1.4(D)`, `(b)(7)(C)`, `s.40(2)`.
fn is_code(word: &str) -> bool {
    let bytes = word.as_bytes();
    let plain: Vec<u8> =
        bytes.iter().filter(|b| !matches!(b, b'(' | b')' | b'.')).copied().collect();
    match plain.as_slice() {
        [b'B' | b'b', b'1'..=b'9', rest @ ..] => {
            let bracketed = bytes.contains(&b'(') || plain[0] == b'B';
            bracketed && rest.len() <= 2 && rest.iter().all(u8::is_ascii_alphanumeric)
        }
        [b'1', b'4', letter] => {
            letter.is_ascii_alphanumeric() && bytes.contains(&b'(') && bytes.len() >= 5
        }
        [b's' | b'S', b'1'..=b'9', b'0'..=b'9', ..] => bytes.contains(&b'(') && plain.len() <= 5,
        _ => false,
    }
}

/// Classification lines, page numbers and page marks at the head and foot of each page.
fn edges(lines: &mut [Line<'_>], stamps: &mut Stamps) {
    let mut start = 0;
    while start < lines.len() {
        let page = lines[start].page;
        let length = lines[start..].iter().take_while(|line| line.page == page).count();
        let page = &mut lines[start..start + length];
        start += length;
        let places: Vec<usize> = (0..page.len()).filter(|at| page[*at].is_text()).collect();
        let mut seen = 0;
        for at in places.iter().take(3) {
            if !edge(&mut page[*at], stamps, false, false) {
                break;
            }
            seen += 1;
        }
        for at in places.iter().skip(seen).rev().take(3) {
            let apart = *at > 1 && !page[at - 1].is_text() && !page[at - 2].is_text();
            if !edge(&mut page[*at], stamps, true, apart) {
                break;
            }
        }
    }
}

/// Whether a line at the edge of a page is no part of the text. `apart` says that two blank lines
/// stand before it.
fn edge(line: &mut Line<'_>, stamps: &mut Stamps, foot: bool, apart: bool) -> bool {
    let text = line.text.trim();
    let indent = line.text.len() - line.text.trim_start().len();
    const WORDS: [&str; 9] = [
        "UNCLASSIFIED",
        "CONFIDENTIAL",
        "SECRET",
        "TOP SECRET",
        "SENSITIVE BUT UNCLASSIFIED",
        "SENSITIVE",
        "NOFORN",
        "SBU",
        "FOR OFFICIAL USE ONLY",
    ];
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric());
    let classification = bare.len() >= 3
        && bare.len() <= 60
        && bare
            .split(['/', '-', ','])
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .all(|part| WORDS.contains(&part));
    if classification {
        stamps.classify(bare);
        line.clear(Kind::Stamp);
        return true;
    }
    // `12`, `- 3 -`, `1Q`: set off from the text, or it could be a sum or an answer.
    let number = bare.len() <= 4
        && bare.bytes().any(|b| b.is_ascii_digit())
        && bare.bytes().filter(|b| !b.is_ascii_digit()).count() <= 1
        && text.len() <= 8;
    let far = indent >= 20 && (foot || text.len() == bare.len());
    let dirt = bare.is_empty() && foot && indent >= 20;
    if number && (far || apart && indent >= 4) || dirt {
        line.clear(Kind::Stamp);
        return true;
    }
    // Page marks that a producer counts by: `STATE-SCB0045314`.
    let counted = text.len() >= 8
        && text.len() <= 40
        && !text.contains("  ")
        && text.bytes().rev().take_while(u8::is_ascii_digit).count() >= 5
        && text.bytes().next().is_some_and(|b| b.is_ascii_uppercase())
        && !text.bytes().any(|b| b.is_ascii_lowercase() || b == b':');
    if counted {
        stamps.mark(text);
        line.clear(Kind::Stamp);
        return true;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::super::lines::lines;
    use super::*;

    #[test]
    fn codes_and_words_are_told_apart() {
        for text in [
            "B6",
            "B5,B6",
            "1.4(D)",
            "(b)(6)",
            "b(5)",
            "B3 INA",
            "B3 CIA PERS/ORG",
            "B3 NATSECACT1947",
            "1.4(B),B1",
            "B1.1.4(B),1.4(D),B5",
            "(b)(7)(C)",
        ] {
            assert!(all_codes(text), "{text}");
        }
        for text in ["B", "B52 bombers", "BBC", "14", "s", "", "Bob", "b2b", "1.4", "B6 12"] {
            assert!(!all_codes(text), "{text}");
        }
    }

    #[test]
    fn a_classifier_beside_a_header_is_taken_off() {
        let text = "From:        Ann Lind      Classified by Cyd Olm on\n\
            Sent:        Monday, March 2, 2009 9:04 AM       11-30-2015 — Class: CONFIDENTIAL —\n\
            To:          H              Reason: 1.4(B), 1.4(D) — Declassify on:\n\
            Subject:     Quay           02/05/2031\n\
            \u{20}     Classified by Cyd Olm on 01/29/2013 — Class: SECRET — Reason:\n\
            Words.           1.4(B), 1.4(D) — Declassify on: 02/05/2031\n";
        let mut all = lines(text);
        let stamps = read(&mut all);
        assert_eq!(stamps.marks.len(), 6);
        let left: Vec<&str> =
            all.iter().map(|l| l.text.split("  ").last().unwrap().trim()).collect();
        let want = ["Ann Lind", "Monday, March 2, 2009 9:04 AM", "H", "Quay", "", "Words."];
        assert_eq!(left, want);
    }

    #[test]
    fn stamps_are_read_and_taken_off() {
        let gap = " ".repeat(60);
        let text = format!(
            "UNCLASSIFIED Office of Harbours Case No. H-2001-7 Doc No. D0001 Date: 01/02/2003\n\n\
             {gap}RELEASE IN\n{gap}PART B5,B6\n\
             From: Ann{gap}B6\nwords{gap}— Declassify on: 12/12/2031\n\
             {gap}12\nUNCLASSIFIED Office of Harbours Case No. H-2001-7 Doc No. D0001 Date: 01/02/2003\n"
        );
        let mut all = lines(&text);
        let stamps = read(&mut all);
        assert_eq!(stamps.case.as_deref(), Some("H-2001-7"));
        assert_eq!(stamps.document.as_deref(), Some("D0001"));
        assert_eq!(stamps.date.as_deref(), Some("01/02/2003"));
        assert_eq!(stamps.release.as_deref(), Some("in part"));
        assert_eq!(stamps.exemptions, ["B5", "B6"]);
        let left: Vec<&str> = all.iter().filter(|l| l.is_text()).map(|l| l.text).collect();
        assert_eq!(left, ["From: Ann", "words"]);
        assert_eq!(all[4].codes, Some("B6"));
    }
}
