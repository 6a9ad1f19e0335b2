//! Labels of printed header fields, in several languages and in spite of recognition errors.

use std::sync::LazyLock;

/// A field of a printed header.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Field {
    From,
    Sent,
    To,
    Cc,
    Bcc,
    Subject,
    /// `Attachments:` with names of files.
    Attachments,
    /// Importance, sensitivity and other labels whose values are kept and mean nothing here.
    Other,
}

impl Field {
    /// The name used in `detail`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::From => "from",
            Self::Sent => "sent",
            Self::To => "to",
            Self::Cc => "cc",
            Self::Bcc => "bcc",
            Self::Subject => "subject",
            Self::Attachments => "attachments",
            Self::Other => "other",
        }
    }

    /// Whether the value is a list of people.
    pub(crate) const fn is_people(self) -> bool {
        matches!(self, Self::From | Self::To | Self::Cc | Self::Bcc)
    }
}

/// How sure a label is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Surety {
    /// Could be a label if its neighbours are labels.
    Guess,
    /// A label with a letter or two misread.
    Near,
    /// The label as printed.
    Exact,
}

/// A label at the head of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Hit {
    pub(crate) field: Field,
    pub(crate) surety: Surety,
    /// Whether the printed word was a date's («Date», «Datum») and not a sending's («Sent»).
    pub(crate) dated: bool,
    /// Whether the word is also a memorandum's («Re», «For»), or all in capitals.
    pub(crate) capitals: bool,
    /// Where the value starts in the line, past blanks; the line's length if there is none.
    pub(crate) value: usize,
}

/// Longest label in bytes, dirt before it left out.
const LONGEST: usize = 28;

/// Labels by field. Words that mean other things in running text need a colon.
const LABELS: &[(&str, Field)] = &[
    ("from", Field::From),
    ("von", Field::From),
    ("de", Field::From),
    ("da", Field::From),
    ("van", Field::From),
    ("absender", Field::From),
    ("expéditeur", Field::From),
    ("remitente", Field::From),
    ("mittente", Field::From),
    ("от", Field::From),
    ("od", Field::From),
    ("från", Field::From),
    ("fra", Field::From),
    ("sent", Field::Sent),
    ("date", Field::Sent),
    ("date sent", Field::Sent),
    ("sent on", Field::Sent),
    ("gesendet", Field::Sent),
    ("gesendet am", Field::Sent),
    ("datum", Field::Sent),
    ("envoyé", Field::Sent),
    ("envoyé le", Field::Sent),
    ("date d'envoi", Field::Sent),
    ("enviado", Field::Sent),
    ("enviado el", Field::Sent),
    ("enviada em", Field::Sent),
    ("enviado em", Field::Sent),
    ("fecha", Field::Sent),
    ("data", Field::Sent),
    ("inviato", Field::Sent),
    ("verzonden", Field::Sent),
    ("skickat", Field::Sent),
    ("sendt", Field::Sent),
    ("отправлено", Field::Sent),
    ("дата", Field::Sent),
    ("to", Field::To),
    ("an", Field::To),
    ("à", Field::To),
    ("a", Field::To),
    ("para", Field::To),
    ("aan", Field::To),
    ("till", Field::To),
    ("til", Field::To),
    ("empfänger", Field::To),
    ("destinataire", Field::To),
    ("destinatario", Field::To),
    ("кому", Field::To),
    ("cc", Field::Cc),
    ("kopie", Field::Cc),
    ("copie", Field::Cc),
    ("copie à", Field::Cc),
    ("copia", Field::Cc),
    ("копия", Field::Cc),
    ("bcc", Field::Bcc),
    ("cci", Field::Bcc),
    ("cco", Field::Bcc),
    ("ccn", Field::Bcc),
    ("blindkopie", Field::Bcc),
    ("subject", Field::Subject),
    ("betreff", Field::Subject),
    ("objet", Field::Subject),
    ("asunto", Field::Subject),
    ("assunto", Field::Subject),
    ("oggetto", Field::Subject),
    ("onderwerp", Field::Subject),
    ("ämne", Field::Subject),
    ("emne", Field::Subject),
    ("тема", Field::Subject),
    ("attachments", Field::Attachments),
    ("attachment", Field::Attachments),
    ("attach", Field::Attachments),
    ("anlagen", Field::Attachments),
    ("anlage", Field::Attachments),
    ("pièces jointes", Field::Attachments),
    ("adjuntos", Field::Attachments),
    ("datos adjuntos", Field::Attachments),
    ("anexos", Field::Attachments),
    ("allegati", Field::Attachments),
    ("bijlagen", Field::Attachments),
    ("importance", Field::Other),
    ("priority", Field::Other),
    ("sensitivity", Field::Other),
    ("wichtigkeit", Field::Other),
    ("priorität", Field::Other),
    ("importancia", Field::Other),
    ("reply-to", Field::Other),
    ("replyto", Field::Other),
    ("reply to", Field::Other),
    ("sender", Field::Other),
    ("organization", Field::Other),
    ("message-id", Field::Other),
    ("thread-topic", Field::Other),
    ("thread-index", Field::Other),
    ("conversation", Field::Other),
    ("x-mailer", Field::Other),
    ("mime-version", Field::Other),
    ("content-type", Field::Other),
    ("content-language", Field::Other),
    ("accept-language", Field::Other),
    ("acceptlanguage", Field::Other),
    ("in-reply-to", Field::Other),
    ("references", Field::Other),
    ("return-path", Field::Other),
    ("categories", Field::Other),
    ("flag status", Field::Other),
    ("follow up flag", Field::Other),
];

/// Recognition's readings of the two-letter labels, believed among other labels only.
const MISREAD: &[(&str, Field)] = &[
    ("ro", Field::To),
    ("fo", Field::To),
    ("lo", Field::To),
    ("tc", Field::To),
    ("10", Field::To),
    ("t0", Field::To),
    ("tot", Field::To),
    ("yo", Field::To),
    ("ce", Field::Cc),
    ("gc", Field::Cc),
    ("oc", Field::Cc),
    ("cd", Field::Cc),
    ("ec", Field::Cc),
    ("co", Field::Cc),
    ("c c", Field::Cc),
    ("c", Field::Cc),
    ("cg", Field::Cc),
];

/// A label that is known with letters misread.
struct Long {
    folded: String,
    letters: u64,
    field: Field,
    /// Letters that may be misread.
    allowed: usize,
}

static LONG: LazyLock<Vec<Long>> = LazyLock::new(|| {
    [
        ("from", Field::From),
        ("sent", Field::Sent),
        ("date", Field::Sent),
        ("subject", Field::Subject),
        ("attachments", Field::Attachments),
        ("importance", Field::Other),
        ("betreff", Field::Subject),
    ]
    .into_iter()
    .map(|(label, field)| {
        let folded: String = label.chars().map(fold).collect();
        let allowed = if label.len() > 6 { 2 } else { 1 };
        Long { letters: letters(&folded), folded, field, allowed }
    })
    .collect()
});

/// The label at the head of a line. `inside` says that the line may stand inside a header, where
/// guesses are welcome.
pub(crate) fn label(line: &str, inside: bool) -> Option<Hit> {
    let start = dirt(line);
    let rest = &line[start..];
    let (word, value, mark) = cut(rest)?;
    let value = start + value;
    let lower = word.to_lowercase();
    let lower = lower.trim_matches(|c: char| !c.is_alphanumeric()).trim();
    if lower.is_empty() {
        return None;
    }
    let capitals = word.chars().filter(|c| c.is_alphabetic()).count() > 2
        && !word.chars().any(char::is_lowercase);
    let hit = |field, surety| {
        let dated = matches!(lower, "date" | "datum" | "data" | "fecha" | "дата");
        Some(Hit { field, surety, dated, capitals, value })
    };
    if let Some((_, field)) = LABELS.iter().find(|(label, _)| *label == lower) {
        let common = lower.chars().count() <= 3 && !matches!(lower, "cc" | "bcc");
        // «To» and the like without a colon are words unless blanks set them apart.
        return match mark {
            Mark::Colon => hit(*field, Surety::Exact),
            Mark::Gap | Mark::End if inside && !matches!(lower, "a" | "an" | "de" | "da") => {
                hit(*field, Surety::Exact)
            }
            Mark::Gap if !common => hit(*field, Surety::Near),
            _ => None,
        };
    }
    if mark == Mark::End {
        return None;
    }
    let folded: String = lower.chars().filter(|c| !c.is_whitespace()).map(fold).collect();
    let length = folded.chars().count();
    if (4..=12).contains(&length) {
        let word = (folded.as_str(), letters(&folded));
        for known in &*LONG {
            if length.abs_diff(known.folded.chars().count()) > known.allowed
                || !near(word, (&known.folded, known.letters), known.allowed)
            {
                continue;
            }
            // «Form:» and «Went:» are words; a whole header decides.
            let sure = known.allowed > 1 && mark == Mark::Colon;
            if sure || inside {
                return hit(known.field, if sure { Surety::Near } else { Surety::Guess });
            }
        }
    }
    if !inside || mark == Mark::Gap && lower.len() < 2 {
        return None;
    }
    let (_, field) = MISREAD.iter().find(|(reading, _)| *reading == lower)?;
    hit(*field, Surety::Guess)
}

/// Where the value stands behind what may have been «From»: `Front:`, `Frcim`, or the word alone.
pub(crate) fn nearly_from(line: &str) -> Option<usize> {
    let start = dirt(line);
    let rest = &line[start..];
    let end = rest.find([':', ';', '\'', '°', '•', '.']).or_else(|| rest.find("  "));
    let end = end.unwrap_or(rest.len()).min(rest.find("From ").map_or(rest.len(), |at| at + 4));
    let word = &rest[..end];
    if !(3..=8).contains(&word.len()) {
        return None;
    }
    let folded: String =
        word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let near = (4..=6).contains(&folded.len()) && distance(&folded, "from") <= 2;
    let alike = folded.starts_with(['f', 'p']) && folded.contains(['r', 'l']);
    let value = rest[end..].trim_start_matches([':', ';', '\'', '°', '•', '.', ' ']);
    (near && alike).then(|| line.len() - value.len())
}

/// What ends a label.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Colon,
    /// Two blanks or more.
    Gap,
    End,
}

/// Length of the dirt, quotation marks and blanks before a label.
fn dirt(line: &str) -> usize {
    let mut seen = 0;
    for (at, c) in line.char_indices() {
        if c.is_whitespace() {
            continue;
        }
        if c.is_alphanumeric() || seen == 4 {
            return at;
        }
        seen += 1;
    }
    line.len()
}

/// The word at the head, where its value starts, and what ended it.
fn cut(text: &str) -> Option<(&str, usize, Mark)> {
    let mut blanks = 0;
    for (at, c) in text.char_indices() {
        match c {
            ':' | ';' | '：' | '•' => {
                return Some((&text[..at], past_blanks(text, at + c.len_utf8()), Mark::Colon));
            }
            '.' | ',' if after_is_gap(text, at + 1) => {
                return Some((&text[..at], past_blanks(text, at + 1), Mark::Colon));
            }
            _ if c.is_whitespace() => blanks += 1,
            _ => {
                if blanks >= 2 {
                    let word = text[..at].trim_end();
                    return Some((word, at, Mark::Gap));
                }
                if at > LONGEST {
                    return None;
                }
                blanks = 0;
            }
        }
    }
    let word = text.trim_end();
    (!word.is_empty()).then_some((word, text.len(), Mark::End))
}

/// Whether two blanks or nothing follow.
fn after_is_gap(text: &str, at: usize) -> bool {
    let rest = &text[at..];
    rest.trim().is_empty() || rest.starts_with("  ")
}

fn past_blanks(text: &str, at: usize) -> usize {
    text.len() - text[at..].trim_start().len()
}

/// Letters that recognition takes for one another.
fn fold(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '|' | '!' | 'i' | 'ı' => 'l',
        '5' => 's',
        'é' | 'è' => 'e',
        other => other,
    }
}

/// The letters of a word as a set of bits, for [`near`]. Letters may share a bit.
pub(crate) fn letters(word: &str) -> u64 {
    word.chars().fold(0, |set, c| set | 1 << (u32::from(c) & 63))
}

/// Whether a word has at most `most` edits to another. The sets of letters refuse most words at
/// once: an edit brings in or takes away one letter at most.
pub(crate) fn near(a: (&str, u64), b: (&str, u64), most: usize) -> bool {
    let apart = (a.1 & !b.1).count_ones().max((b.1 & !a.1).count_ones());
    apart as usize <= most && distance(a.0, b.0) <= most
}

/// Edits between two short words.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let next = (diagonal + usize::from(ca != *cb)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(line: &str, inside: bool) -> Option<(Field, Surety)> {
        label(line, inside).map(|hit| (hit.field, hit.surety))
    }

    #[test]
    fn labels_are_found_in_spite_of_dirt_and_misreadings() {
        for (line, inside, want) in [
            ("From: Ann", false, Some((Field::From, Surety::Exact))),
            (" •From:      Ann", false, Some((Field::From, Surety::Exact))),
            ("Sent        Monday", false, Some((Field::Sent, Surety::Near))),
            ("Sent on Monday we met: again", false, None),
            ("Subjed:   x", false, Some((Field::Subject, Surety::Near))),
            ("Flom:  x", false, None),
            ("Flom:  x", true, Some((Field::From, Surety::Guess))),
            ("10: Ann", true, Some((Field::To, Surety::Guess))),
            ("10: Ann", false, None),
            ("Betreff: Hafen", false, Some((Field::Subject, Surety::Exact))),
            ("À : Ann", false, Some((Field::To, Surety::Exact))),
            ("To", true, Some((Field::To, Surety::Exact))),
            ("To be or not", true, None),
            ("Subject.    x", false, Some((Field::Subject, Surety::Exact))),
        ] {
            assert_eq!(field(line, inside), want, "{line}");
        }
        for (line, value) in [
            ("Front     Ann", Some("Ann")),
            ("Frcim: Ann", Some("Ann")),
            ("f ronn:   Ann", Some("Ann")),
            ("From Ann", Some("Ann")),
            ("From", Some("")),
            ("Form letters to Ann", None),
            ("To: Ann", None),
        ] {
            assert_eq!(nearly_from(line).map(|at| &line[at..]), value, "{line}");
        }
        let hit = label("To:    Ann", false).unwrap();
        assert_eq!(&"To:    Ann"[hit.value..], "Ann");
    }
}
