//! The shapes of lines that begin or end a zone.

use super::zones::Zone;

/// What a line says about itself and what follows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mark {
    /// This line and everything below.
    RestIs(Zone),
    /// This line and the paragraph it begins.
    ParagraphIs(Zone),
    /// This line alone.
    Line(Zone),
    /// "On … wrote:", of one line or two.
    Attribution(u8),
    /// `To:`, `cc:` and `Subject:` as Lotus Notes quotes them; everything below is quoted.
    LotusHeader,
    /// The first line of a PGP signature, key or message.
    PgpArmour,
    /// "-- ": everything below that no other mark claims.
    SignatureLine,
}

/// `> ` and `AB> `.
pub fn is_quoted(line: &str) -> bool {
    let bytes = line.as_bytes();
    match bytes.first() {
        Some(b'>') => true,
        Some(b'A'..=b'Z') => bytes
            .iter()
            .take(5)
            .position(|byte| *byte == b'>')
            .is_some_and(|end| bytes[..end].iter().all(u8::is_ascii_uppercase)),
        _ => false,
    }
}

/// What a line that begins at `start` says; `line` is trimmed and not empty. `fresh`: it may
/// begin a paragraph.
pub fn of(text: &str, start: usize, line: &str, fresh: bool) -> Option<Mark> {
    let first = line.as_bytes().first()?;
    let found = match first {
        b'-' | b'_' | b'*' | b'=' => rule_line(text, start, line),
        b'~' | b'+' | b'#' | b'.' => drawn_signature(text, start, line),
        b'F' if starts(line, "From:") && line.contains("IN%\"") => Some(Mark::Line(Zone::Quoted)),
        b'F' | b'f' => header_block(text, start, line, "From:"),
        b'T' | b't' => header_block(text, start, line, "To:"),
        b'O' | b'o' => attribution(text, start, line),
        b'B' if starts(line, "Begin forwarded message") => Some(Mark::RestIs(Zone::Forwarded)),
        b'S' | b'G' if is_device(line) => Some(Mark::Line(Zone::Signature)),
        _ => None,
    };
    found.or_else(|| wrote(text, start, line)).or_else(|| paragraph(text, start, line, fresh))
}

fn starts(line: &str, with: &str) -> bool {
    line.get(..with.len()).is_some_and(|head| head.eq_ignore_ascii_case(with))
}

fn contains(line: &str, needle: &str) -> bool {
    line.as_bytes().windows(needle.len()).any(|part| part.eq_ignore_ascii_case(needle.as_bytes()))
}

/// Up to `count` further lines that are not empty, trimmed, from the line that begins at `start`.
fn below(text: &str, start: usize, count: usize) -> impl Iterator<Item = &str> {
    text[start..]
        .split('\n')
        .skip(1)
        .map(str::trim_ascii)
        .take(count + 2)
        .filter(|line| !line.is_empty())
        .take(count)
}

/// Lines of dashes, underscores, stars: what they set apart depends on what they say.
fn rule_line(text: &str, start: usize, line: &str) -> Option<Mark> {
    if line == "--" {
        return Some(Mark::SignatureLine);
    }
    let words = line.trim_matches(|mark| matches!(mark, '-' | '_' | '*' | '=' | ' '));
    let dashes = line.len() - words.len();
    if let Some(name) = armour(line, "BEGIN") {
        let signed = starts(name, "SIGNED");
        return Some(if signed { Mark::Line(Zone::Footer) } else { Mark::PgpArmour });
    }
    if armour(line, "END").is_some() {
        return Some(Mark::Line(Zone::Footer));
    }
    if dashes >= 4 && starts(words, "Forwarded") {
        return Some(Mark::RestIs(Zone::Forwarded));
    }
    if dashes >= 4 && (starts(words, "Original Message") || starts(words, "Original Appointment")) {
        return Some(Mark::RestIs(Zone::Quoted));
    }
    if words.is_empty() && line.len() >= 10 {
        let mut next = below(text, start, 3);
        let first = next.next().unwrap_or("");
        if starts(first, "From:") && next.any(is_header) {
            return Some(Mark::RestIs(Zone::Quoted));
        }
        let list = |line: &str| {
            contains(line, "mailing list")
                || contains(line, "listinfo")
                || contains(line, "unsubscribe")
        };
        if below(text, start, 3).any(list) {
            return Some(Mark::RestIs(Zone::Footer));
        }
        if is_notice(first) {
            return Some(Mark::ParagraphIs(Zone::Disclaimer));
        }
    }
    drawn_signature(text, start, line)
}

/// What stands between the dashes of a line that begins or ends PGP's armour: `SIGNATURE`. Within
/// a signed message such a line has a dash and a space in front.
pub fn armour<'t>(line: &'t str, which: &str) -> Option<&'t str> {
    let bare = line.strip_prefix("- ").unwrap_or(line).strip_prefix("-----")?;
    bare.strip_prefix(which)?.strip_prefix(" PGP ")
}

/// A line drawn above a signature: nothing but marks, and below it, to the end of the message, a few
/// lines that say where somebody can be reached and ask nothing.
fn drawn_signature(text: &str, start: usize, line: &str) -> Option<Mark> {
    const MOST: usize = 8;
    let drawn = |mark: u8| b"-_*=~+#.: ".contains(&mark);
    if line.len() < 3 || !line.bytes().all(drawn) {
        return None;
    }
    let below: Vec<&str> = text[start..]
        .split('\n')
        .skip(1)
        .map(str::trim_ascii)
        .filter(|line| !line.is_empty())
        .take(MOST + 1)
        .collect();
    let reached = |line: &&str| {
        line.contains('@')
            || contains(line, "http")
            || contains(line, "www.")
            || line.bytes().filter(u8::is_ascii_digit).count() >= 7
    };
    let signs = below.len() <= MOST
        && below.iter().any(reached)
        && !below.iter().any(|line| line.ends_with('?') || is_quoted(line));
    signs.then_some(Mark::SignatureLine)
}

fn is_header(line: &str) -> bool {
    let line = line.trim_start_matches('*');
    ["To:", "Sent:", "Date:", "Subject:", "Cc:"].iter().any(|name| starts(line, name))
}

/// Header lines of a quoted message: `From:` or `To:`, and two others within four lines.
fn header_block(text: &str, start: usize, line: &str, name: &str) -> Option<Mark> {
    if !starts(line, name) {
        return None;
    }
    let others = below(text, start, 4).filter(|line| is_header(line)).count();
    if others < 2 {
        return None;
    }
    Some(if name == "From:" { Mark::RestIs(Zone::Quoted) } else { Mark::LotusHeader })
}

/// "On …": a line, or two, that end in "wrote:".
fn attribution(text: &str, start: usize, line: &str) -> Option<Mark> {
    if !starts(line, "On ") || line.len() > 200 {
        return None;
    }
    if ends_attribution(line) {
        return Some(Mark::Attribution(1));
    }
    let next = text[start..].split('\n').nth(1).map(str::trim_ascii)?;
    let dated = line.bytes().any(|byte| byte.is_ascii_digit());
    (dated && next.len() < 120 && ends_attribution(next)).then_some(Mark::Attribution(2))
}

/// A line that ends in "wrote:" and is about somebody with an address, or has quotation below.
fn wrote(text: &str, start: usize, line: &str) -> Option<Mark> {
    if !line.ends_with(':') || line.len() > 200 || !ends_attribution(line) {
        return None;
    }
    let quoted = || below(text, start, 1).any(is_quoted);
    let above = || {
        // The second line of an attribution that began above.
        let head = text[..start].trim_ascii_end();
        starts(head[head.rfind('\n').map_or(0, |end| end + 1)..].trim_ascii(), "On ")
    };
    (line.contains('@') || quoted() || above()).then_some(Mark::Attribution(1))
}

/// "wrote:", "writes:", "said:".
pub fn ends_attribution(line: &str) -> bool {
    line.strip_suffix(':').map(str::trim_ascii_end).is_some_and(|line| {
        ["wrote", "writes", "said", "schrieb"].iter().any(|verb| {
            line.len()
                .checked_sub(verb.len())
                .and_then(|at| line.get(at..))
                .is_some_and(|end| end.eq_ignore_ascii_case(verb))
        })
    })
}

/// Whether one of the next lines below `at` is quoted by a mark of its own. Two hundred lines are
/// looked at: a message made of attributions alone must not take its length squared.
pub fn quotes_follow(text: &str, at: usize) -> bool {
    text[at..].split('\n').take(200).any(|line| is_quoted(line.trim_ascii()))
}

/// "Sent from my …".
fn is_device(line: &str) -> bool {
    line.len() < 80
        && (starts(line, "Sent from my ")
            || starts(line, "Sent via ")
            || starts(line, "Get Outlook for"))
}

/// Paragraphs that a service or a lawyer put there.
fn paragraph(text: &str, start: usize, line: &str, fresh: bool) -> Option<Mark> {
    let first = line.as_bytes().first()?;
    if fresh && matches!(first, b'T' | b'C' | b'P' | b'D' | b'I' | b'N' | b'*' | b'c' | b'"' | b't')
    {
        if is_notice(line) {
            let end = text[start..].find("\n\n").map_or(text.len(), |length| start + length);
            let body = &text[start..end];
            const SIGNS: [&str; 8] = [
                "confidential",
                "intended recipient",
                "privileged",
                "intended only",
                "intended solely",
                "sole use",
                "named addressee",
                "property of",
            ];
            if SIGNS.iter().any(|sign| contains(body, sign)) {
                return Some(Mark::ParagraphIs(Zone::Disclaimer));
            }
        }
        if starts(line, "To unsubscribe") || starts(line, "You received this message because") {
            return Some(Mark::ParagraphIs(Zone::Footer));
        }
    }
    None
}

/// How notices on confidentiality begin.
fn is_notice(line: &str) -> bool {
    let line = line.trim_start_matches(['*', '-', ' ', '"', '_']);
    [
        "This e-mail",
        "This email",
        "This message",
        "This communication",
        "This transmission",
        "The information",
        "The contents of this",
        "Confidential",
        "Privileged",
        "Disclaimer",
        "Notice:",
        "Important notice",
        "Please note that this e",
    ]
    .iter()
    .any(|head| starts(line, head))
}

/// A time of day or an address: what a line about a quoted sender has.
pub fn has_time_or_address(line: &str) -> bool {
    let bytes = line.as_bytes();
    line.contains('@')
        || bytes.windows(4).any(|part| {
            part[0].is_ascii_digit()
                && part[1] == b':'
                && part[2].is_ascii_digit()
                && part[3].is_ascii_digit()
        })
}

/// Words that a letter ends with, alone on a line.
pub fn is_sign_off(line: &str) -> bool {
    let line = line.trim_end_matches([',', '.', '!', '-', ' ']);
    [
        "regards",
        "best regards",
        "kind regards",
        "warm regards",
        "with kind regards",
        "best",
        "best wishes",
        "all the best",
        "cheers",
        "sincerely",
        "sincerely yours",
        "yours sincerely",
        "yours",
        "yours truly",
        "yours faithfully",
        "thanks",
        "many thanks",
        "thank you",
        "thanks again",
        "thanks in advance",
        "respectfully",
        "cordially",
        "rgds",
        "brgds",
        "love",
        "take care",
        "thanks and regards",
        "thanks & regards",
    ]
    .iter()
    .any(|known| line.eq_ignore_ascii_case(known))
}

/// A line that says something is no part of a signature, however short: it is long, or ends as
/// sentences do, or begins as they do.
pub fn says_something(line: &str) -> bool {
    line.len() > 60
        || line.ends_with(['?', '!', '.'])
        || line.split_ascii_whitespace().count() > 8
        || line.starts_with(|first: char| first.is_ascii_lowercase())
            && !line.contains('@')
            && !starts(line, "www.")
            && !starts(line, "http")
        || [
            "I ", "I'", "We ", "You ", "Please", "Pls", "Can ", "Could ", "Would ", "Will ", "Let",
            "P.S", "PS",
        ]
        .iter()
        .any(|head| starts(line, head))
}
