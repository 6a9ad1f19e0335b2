//! Lines that programs print before a quoted or forwarded message: rules with words, and
//! attributions like «On …, Ann wrote:».

use std::sync::LazyLock;

use super::labels::{letters, near};
use super::lines::Line;

/// Words between rules, letters only.
const WORDS: &[&str] = &[
    "originalmessage",
    "originalmessagefollows",
    "forwardedmessage",
    "beginforwardedmessage",
    "forwardedmessageattachment",
    "endofforwardedmessage",
    "endforwardedmessage",
    "startofforwardedmessage",
    "originalappointment",
    "replymessage",
    "forwardedby",
    "ursprünglichenachricht",
    "originalnachricht",
    "weitergeleitetenachricht",
    "anfangderweitergeleitetennachricht",
    "messagedorigine",
    "messageoriginal",
    "messagetransféré",
    "débutdumessageréexpédié",
    "mensajeoriginal",
    "mensajereenviado",
    "mensagemoriginal",
    "mensagemencaminhada",
    "messaggiooriginale",
    "messaggioinoltrato",
    "oorspronkelijkbericht",
    "doorgestuurdbericht",
    "ursprungligtmeddelande",
    "opprinneligmelding",
];

/// [`WORDS`] with their number and set of letters.
static KNOWN: LazyLock<Vec<(&str, usize, u64)>> = LazyLock::new(|| {
    WORDS.iter().map(|word| (*word, word.chars().count(), letters(word))).collect()
});

/// What a separator is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Separator {
    /// Words that announce a message.
    Words,
    /// A rule of dashes or underscores: it means nothing unless a header follows.
    Rule,
}

/// The separator that a line is.
pub(crate) fn separator(text: &str) -> Option<Separator> {
    let text = text.trim();
    if text.len() > 80 || text.is_empty() {
        return None;
    }
    let count = text.chars().filter(|c| c.is_alphabetic()).count();
    if count == 0 {
        let rule = text.chars().filter(|c| matches!(c, '_' | '-' | '—' | '=' | '*')).count();
        return (rule >= 5 && rule * 4 >= text.chars().count() * 3).then_some(Separator::Rule);
    }
    if !(9..=36).contains(&count) {
        return None;
    }
    let only: String = text.chars().filter(|c| c.is_alphabetic()).collect();
    let lower = only.to_lowercase();
    let set = letters(&lower);
    // A sentence may end in «the original message.»; a separator stands alone.
    let found = KNOWN.iter().any(|(word, length, own)| {
        let allowed = if *length >= 15 { 3 } else { 2 };
        length.abs_diff(count) <= allowed && near((&lower, set), (word, *own), allowed)
    });
    found.then_some(Separator::Words)
}

/// Who is said to have written what follows, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attribution {
    /// Places of its lines.
    pub(crate) first: usize,
    pub(crate) last: usize,
    pub(crate) depth: u8,
    /// The writer as printed; empty when withheld.
    pub(crate) who: String,
    /// The time as printed; empty when none is.
    pub(crate) when: String,
    pub(crate) codes: Vec<String>,
}

/// Openings and closings of attributions, by language.
const FORMS: &[(&[&str], &[&str])] = &[
    (&["On "], &["wrote:", "wrote", "writes:", "wrote;", "wrote :", "said:"]),
    (&["In a message dated "], &["writes:", "wrote:", "writes"]),
    (&["Am ", "On "], &["schrieb:", "geschrieben:"]),
    (&["Le "], &["a écrit :", "a écrit:", "a ecrit :", "a ecrit:"]),
    (&["El "], &["escribió:", "escribio:"]),
    (&["Em "], &["escreveu:"]),
    (&["Il ", "Il giorno "], &["ha scritto:"]),
    (&["Op "], &["geschreven:", "schreef:"]),
];

/// Lines over which one attribution may be broken.
const LINES: usize = 4;

/// The attribution that starts at place `at`.
pub(crate) fn attribution(lines: &[Line<'_>], at: usize) -> Option<Attribution> {
    let line = &lines[at];
    let opening = line.text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let form = FORMS.iter().any(|(open, _)| open.iter().any(|open| opening.starts_with(open)));
    if !form {
        return bare(lines, at);
    }
    // German puts the verb before the name: «Am 3. Mai 2011 um 12:04 schrieb Ann Example:».
    let mut text = String::new();
    let mut codes = Vec::new();
    let mut last = at;
    for (place, next) in lines.iter().enumerate().skip(at).take(LINES + 3) {
        if !next.is_text() {
            if next.codes.is_some() || place > at + 1 {
                continue;
            }
            break;
        }
        if next.depth != line.depth
            || place > at && super::labels::label(next.text, false).is_some()
        {
            break;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(next.text.trim());
        codes.extend(next.codes.map(super::stamps::split_codes).unwrap_or_default());
        last = place;
        if let Some((who, when)) = parts(&text) {
            let depth = line.depth;
            return Some(Attribution { first: at, last, depth, who, when, codes });
        }
        if text.len() > 300 || place >= at + LINES {
            break;
        }
    }
    let _ = last;
    None
}

/// Splits an attribution into the writer and the time.
fn parts(text: &str) -> Option<(String, String)> {
    let text = text.trim().trim_start_matches(|c: char| !c.is_alphanumeric());
    for (open, close) in FORMS {
        let Some(rest) = open.iter().find_map(|open| text.strip_prefix(open)) else { continue };
        for close in *close {
            let Some(inner) = rest.strip_suffix(close) else { continue };
            return divide(inner.trim());
        }
        // «schrieb NAME:», «schreef NAME:»
        for verb in [" schrieb ", " schreef ", " wrote "] {
            if let Some((when, who)) = rest.split_once(verb)
                && let Some(who) = who.trim().strip_suffix(':')
            {
                let when = super::dates::end_of_date(when).map(|_| when.trim().to_owned())?;
                return Some((who.trim().to_owned(), when));
            }
        }
    }
    None
}

/// What stands between the opening and the verb: a date, then a name.
fn divide(inner: &str) -> Option<(String, String)> {
    let end = super::dates::end_of_date(inner)?;
    let when = inner[..end].trim().trim_end_matches(',').to_owned();
    let who = inner[end..].trim().trim_start_matches([',', ':', ')', '.']).trim();
    Some((who.to_owned(), when))
}

/// `Ann wrote:` before a quotation.
fn bare(lines: &[Line<'_>], at: usize) -> Option<Attribution> {
    let line = &lines[at];
    let text = line.text.trim();
    let who = text.strip_suffix("wrote:").or(text.strip_suffix("writes:"))?;
    let who = who.trim();
    let words = who.split_whitespace().count();
    if words > 6 || who.len() > 90 || who.ends_with(',') || words == 0 {
        return None;
    }
    let next = lines[at + 1..].iter().find(|line| line.is_text())?;
    let capital = who.trim_start_matches(['"', '\'', '<']).chars().next();
    if next.depth <= line.depth || !capital.is_some_and(|c| c.is_uppercase() || who.contains('@')) {
        return None;
    }
    Some(Attribution {
        first: at,
        last: at,
        depth: line.depth,
        who: who.to_owned(),
        when: String::new(),
        codes: line.codes.map(super::stamps::split_codes).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::lines::lines;
    use super::*;

    #[test]
    fn separators_stand_alone() {
        for text in [
            "-----Original Message-----",
            "    Original Message",
            "Original Messa7",
            "----- Original Message ---",
            "Begin forwarded message:",
            "-----Ursprüngliche Nachricht-----",
            "> Mensaje original <",
        ] {
            assert_eq!(separator(text), Some(Separator::Words), "{text}");
        }
        assert_eq!(separator("______________________"), Some(Separator::Rule));
        for text in ["please delete the original message.", "original", "Message", "--"] {
            assert_eq!(separator(text), None, "{text}");
        }
    }

    #[test]
    fn attributions_are_split_into_writer_and_time() {
        for (text, who, when) in [
            (
                "On Jul 31, 2012, at 12:25 PM, Bo Quist <bo@q.example> wrote:",
                "Bo Quist <bo@q.example>",
                "Jul 31, 2012, at 12:25 PM",
            ),
            ("On Tue, Apr 21, 2009 at 11:03 PM, H wrote:", "H", "Tue, Apr 21, 2009 at 11:03 PM"),
            ("On 1/18/12, Bo <bo@q.example> wrote:", "Bo <bo@q.example>", "1/18/12"),
            (
                "In a message dated 12/8/2011 8:41:47 P.M. Eastern Standard Time, b@q.example writes:",
                "b@q.example",
                "12/8/2011 8:41:47 P.M. Eastern Standard Time",
            ),
            ("Am 03.05.2011 um 12:04 schrieb Bo Quist:", "Bo Quist", "03.05.2011 um 12:04"),
            ("Le 3 mai 2011 à 12:04, Bo Quist a écrit :", "Bo Quist", "3 mai 2011 à 12:04"),
        ] {
            let all = lines(text);
            let found = attribution(&all, 0).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((found.who.as_str(), found.when.as_str()), (who, when));
        }
        for text in ["On Monday we wrote:", "On the whole it is well", "He wrote:"] {
            assert_eq!(attribution(&lines(text), 0), None, "{text}");
        }
        let broken =
            lines("On Tue, Apr 21, 2009 at 11:03 PM, Bo Quist\n<bo@q.example> wrote:\n\nHello");
        assert_eq!(attribution(&broken, 0).unwrap().last, 1);
    }
}
