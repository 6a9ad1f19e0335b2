//! Finding addresses, hashtags and handles in a text in one pass.
//!
//! It runs over every message of an archive, so it only looks near four marks (`/`, `#`, `@` and
//! `www.`) and steps over the rest at the speed of `memchr`.

use cahoots_record::{Object, ObjectKind};
use memchr::{memchr3, memmem};

use super::url;

/// Longer tags and handles are noise.
const LONGEST_NAME: usize = 64;

/// Longer runs without white space are not read as addresses.
const LONGEST_ADDRESS: usize = 4 * 1024;

/// Hosts whose short links stand in texts without a scheme.
const SHORT: &[&str] = &[
    "t.co",
    "bit.ly",
    "goo.gl",
    "ow.ly",
    "is.gd",
    "buff.ly",
    "dlvr.it",
    "ift.tt",
    "fb.me",
    "wp.me",
    "trib.al",
    "youtu.be",
    "t.me",
    "j.mp",
    "lnkd.in",
    "amzn.to",
    "nyti.ms",
    "wapo.st",
    "cnn.it",
    "reut.rs",
    "bbc.in",
    "tinyurl.com",
    "pic.twitter.com",
];

/// Suffixes under which `host/path` without a scheme is taken for an address.
const BARE_SUFFIXES: &[&str] = &["com", "org", "net", "edu", "gov", "mil", "int"];

/// What C and its kin write behind `#` at the start of a line.
const DIRECTIVES: &[&str] = &[
    "include",
    "define",
    "undef",
    "if",
    "ifdef",
    "ifndef",
    "else",
    "elif",
    "endif",
    "pragma",
    "error",
    "line",
    "import",
    "region",
    "endregion",
];

/// Collects objects; the first way in which one was written is kept.
#[derive(Default)]
pub(crate) struct Objects {
    found: Vec<Object>,
}

impl Objects {
    /// Adds one object.
    pub(crate) fn add(&mut self, kind: ObjectKind, key: String, raw: Option<String>) {
        if !key.is_empty() {
            self.found.push(Object { kind, key, raw });
        }
    }

    /// Adds an address as `raw` has it, its domain, and the post it names. Whether it was one.
    pub(crate) fn address(&mut self, raw: &str) -> bool {
        self.expanded(raw, raw)
    }

    /// Adds an address that stands in the text as `raw` and leads to `to`.
    pub(crate) fn expanded(&mut self, raw: &str, to: &str) -> bool {
        let Some(key) = url::canonical(to) else { return false };
        if let Some(domain) = url::domain(&key) {
            self.add(ObjectKind::Domain, domain, None);
        }
        if let Some(id) = url::status_id(&key) {
            self.add(ObjectKind::Status, id.to_owned(), None);
        }
        let raw = (raw != key).then(|| raw.to_owned());
        self.add(ObjectKind::Url, key, raw);
        true
    }

    /// Adds a hashtag, with or without its `#`.
    pub(crate) fn hashtag(&mut self, raw: &str) {
        let name = raw.trim_start_matches(['#', '＃']);
        let key = name.to_lowercase();
        let raw = (key != name).then(|| raw.to_owned());
        self.add(ObjectKind::Hashtag, key, raw);
    }

    /// Adds a handle, with or without its `@`.
    pub(crate) fn mention(&mut self, raw: &str) {
        let name = raw.trim_start_matches(['@', '＠']);
        let key = name.to_lowercase();
        let raw = (key != name).then(|| raw.to_owned());
        self.add(ObjectKind::Mention, key, raw);
    }

    /// Sorted, one for each kind and key.
    pub(crate) fn finish(mut self) -> Vec<Object> {
        // Stable: of equal keys the one found first stays, and one with its writing before one
        // without.
        self.found.sort_by(|a, b| {
            (a.kind, &a.key, a.raw.is_none()).cmp(&(b.kind, &b.key, b.raw.is_none()))
        });
        self.found.dedup_by(|b, a| a.kind == b.kind && a.key == b.key);
        self.found
    }
}

/// Adds everything that `text` refers to.
pub(crate) fn scan(text: &str, objects: &mut Objects) {
    let bytes = text.as_bytes();
    let www =
        [memmem::Finder::new("www."), memmem::Finder::new("WWW."), memmem::Finder::new("Www.")];
    let next_www = |from: usize| {
        let found = www.iter().filter_map(|finder| finder.find(&bytes[from..]));
        found.min().map_or(usize::MAX, |at| from + at)
    };
    let mut at = 0;
    let mut www_at = next_www(0);
    loop {
        let mark = memchr3(b'/', b'#', b'@', &bytes[at..]).map_or(usize::MAX, |found| at + found);
        // An address with a scheme begins before its `www.`; its mark `//` comes first.
        let place = mark.min(www_at);
        if place == usize::MAX {
            return;
        }
        let end = if place == www_at {
            www_address(text, place, objects)
        } else {
            match bytes[place] {
                b'/' => slash(text, at, place, objects),
                b'#' => hashtag(text, place, objects),
                _ => mention(text, place, objects),
            }
        };
        at = end.unwrap_or(place + 1).max(place + 1);
        while !text.is_char_boundary(at) {
            at += 1;
        }
        if www_at < at {
            www_at = next_www(at);
        }
    }
}

/// `www.host…` without a scheme.
fn www_address(text: &str, start: usize, objects: &mut Objects) -> Option<usize> {
    if text[..start].chars().next_back().is_some_and(|c| c.is_alphanumeric() || "-._@/".contains(c))
    {
        return None;
    }
    let (address, end) = reach(text, start)?;
    let host_end = address.find(['/', '?', '#', ':']).unwrap_or(address.len());
    let host = address[..host_end].to_lowercase();
    if !url::known_suffix(&host) || host.split('.').count() < 3 {
        return None;
    }
    add(&address, text, end, objects);
    Some(end)
}

/// A slash: of `scheme://…`, or of `host/path` for a few hosts.
fn slash(text: &str, from: usize, at: usize, objects: &mut Objects) -> Option<usize> {
    let bytes = text.as_bytes();
    if bytes.get(at + 1) == Some(&b'/') && at > 0 && bytes[at - 1] == b':' {
        let scheme_end = at - 1;
        let first = bytes[from..scheme_end]
            .iter()
            .rposition(|byte| !byte.is_ascii_alphanumeric())
            .map_or(from, |place| from + place + 1);
        let run = text.get(first..scheme_end)?.to_ascii_lowercase();
        let known = url::SCHEMES.iter().filter(|scheme| run.ends_with(**scheme));
        let scheme = known.max_by_key(|scheme| scheme.len())?;
        let start = scheme_end - scheme.len();
        let (address, end) = match wrapped(text, start) {
            Some(found) => found,
            None => {
                let (address, end) = reach(text, start)?;
                (address, end)
            }
        };
        if address.len() <= scheme.len() + 3 {
            return None;
        }
        add(&address, text, end, objects);
        return Some(end);
    }
    // The host before it, back to what cannot be in one.
    let first = bytes[from..at]
        .iter()
        .rposition(|byte| !byte.is_ascii_alphanumeric() && !b"-.".contains(byte))
        .map_or(from, |place| from + place + 1);
    let host = text.get(first..at).filter(|host| host.len() >= 4)?;
    let dot = host.rfind('.')?;
    let before = text[..first].chars().next_back();
    if before.is_some_and(|c| !c.is_whitespace() && !"([{<\"'“‘«>*,;:|".contains(c))
        || !bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric)
        || host.starts_with(['.', '-'])
    {
        return None;
    }
    let host = host.to_ascii_lowercase();
    let suffix = &host[dot + 1..];
    if !SHORT.contains(&host.as_str())
        && (!BARE_SUFFIXES.contains(&suffix) || url::registrable(&host).is_none())
    {
        return None;
    }
    let (address, end) = reach(text, first)?;
    add(&address, text, end, objects);
    Some(end)
}

/// Adds an address unless its end was cut off.
fn add(address: &str, text: &str, end: usize, objects: &mut Objects) {
    let cut = text[end..].starts_with('…');
    let raw = address.replace("&amp;", "&");
    if !cut {
        objects.expanded(address, &raw);
    } else if let Some(domain) = cut_host(&raw).and_then(url::domain) {
        // «https://t.co/m5I…» leads nowhere; its host is still said.
        objects.add(ObjectKind::Domain, domain, None);
    }
}

/// The address up to the path, if the path was reached.
fn cut_host(address: &str) -> Option<&str> {
    let after = address.find("://").map_or(0, |at| at + 3);
    let slash = address[after..].find('/')?;
    Some(&address[..after + slash])
}

/// An address in angle brackets that goes on in the next line (RFC 3986, appendix C).
fn wrapped(text: &str, start: usize) -> Option<(String, usize)> {
    let before = text[..start].strip_suffix('<').or_else(|| {
        let marked = text[..start].len().checked_sub(5)?;
        let mark = text.get(marked..start)?;
        mark.eq_ignore_ascii_case("<URL:").then(|| &text[..marked])
    });
    before?;
    let limit = (start + 1000).min(text.len());
    let close = start + memchr::memchr(b'>', &text.as_bytes()[start..limit])?;
    let inside = text.get(start..close)?;
    let lines: Vec<&str> = inside.split('\n').map(str::trim).collect();
    let whole = lines.len() > 1
        && lines.len() <= 4
        && lines.iter().all(|line| {
            !line.is_empty() && line.chars().all(|c| !stops(c)) && !line.contains("://")
                || std::ptr::eq(*line, lines[0]) && line.chars().all(|c| !stops(c))
        });
    whole.then(|| (lines.concat(), close))
}

/// Whether an address ends before this character.
fn stops(c: char) -> bool {
    match c {
        '<' | '>' | '"' | '`' | '{' | '}' | '|' | '\\' | '^' => true,
        c if c.is_ascii() => c.is_ascii_whitespace() || c.is_ascii_control(),
        '…' | '“' | '”' | '„' | '«' | '»' | '‹' | '›' | '‘' | '’' | '·' | '•' => {
            true
        }
        '\u{2000}'..='\u{200F}' | '\u{2028}'..='\u{202F}' | '\u{2060}'..='\u{206F}' => true,
        '\u{3000}'..='\u{303F}' | '\u{FF00}'..='\u{FF0F}' | '\u{FF1A}'..='\u{FF20}' => true,
        '\u{FF3B}'..='\u{FF40}' | '\u{FF5B}'..='\u{FF65}' | '\u{FFFD}' | '\u{FEFF}' => true,
        c => c.is_whitespace() || c.is_control(),
    }
}

/// The address that begins at `start`, without the punctuation of the sentence around it, and
/// where it ends.
fn reach(text: &str, start: usize) -> Option<(String, usize)> {
    let rest = &text[start..];
    let mut end = rest.char_indices().find(|(_, c)| stops(*c)).map_or(rest.len(), |(at, _)| at);
    if end > LONGEST_ADDRESS {
        return None;
    }
    // Entities of HTML that stayed in the text.
    for entity in ["&gt;", "&lt;", "&quot;", "&nbsp;", "&#39;"] {
        end = rest[..end].find(entity).unwrap_or(end);
    }
    let opened = text[..start].chars().next_back();
    loop {
        let address = &rest[..end];
        let last = address.chars().next_back()?;
        let balance = |open: char, close: char| {
            let count = |mark: char| address.chars().filter(|c| *c == mark).count();
            count(close) > count(open)
        };
        let drop = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' => true,
            ')' => balance('(', ')'),
            ']' => balance('[', ']'),
            '_' | '~' => opened == Some(last),
            _ => false,
        };
        if !drop {
            break;
        }
        end -= last.len_utf8();
    }
    // `[text](address)` of Markdown, and `[1]address[2]`.
    if opened == Some('(')
        && let Some(close) = rest[..end].find(')')
        && !rest[..close].contains('(')
    {
        end = close;
    }
    Some((rest[..end].to_owned(), start + end))
}

/// `#name` at the start of a word.
fn hashtag(text: &str, at: usize, objects: &mut Objects) -> Option<usize> {
    let before = text[..at].chars().next_back();
    if before.is_some_and(|c| c.is_alphanumeric() || "_&/#@=$%".contains(c)) {
        return None;
    }
    let rest = &text[at + 1..];
    let length = rest
        .char_indices()
        .find(|(_, c)| !(c.is_alphanumeric() || *c == '_' || joins(*c)))
        .map_or(rest.len(), |(end, _)| end);
    let name = &rest[..length];
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    if letters == 0 || letters == 1 && name.len() == 1 || name.chars().count() > LONGEST_NAME {
        return None;
    }
    if !ends_word(&rest[length..]) {
        return None;
    }
    let hex = name.bytes().all(|byte| byte.is_ascii_hexdigit());
    if hex && matches!(name.len(), 3 | 6) && name.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let line = text[..at].rsplit('\n').next().unwrap_or_default();
    if DIRECTIVES.contains(&name) && line.chars().all(|c| matches!(c, ' ' | '\t' | '>' | '|')) {
        return None;
    }
    objects.hashtag(&text[at..at + 1 + length]);
    Some(at + 1 + length)
}

/// Marks that belong to the letter before them.
fn joins(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{900}'..='\u{DFF}' | '\u{E30}'..='\u{E4E}' | '\u{200C}' | '\u{200D}')
}

/// Whether what follows a tag or handle ends a word: encoded binary rarely does.
fn ends_word(rest: &str) -> bool {
    rest.chars()
        .next()
        .is_none_or(|c| c.is_whitespace() || ".,;:!?)]}'\"/-|<&*~>`+".contains(c) || !c.is_ascii())
}

/// `@name` at the start of a word, `@name@host` included; not the middle of a mail address.
fn mention(text: &str, at: usize, objects: &mut Objects) -> Option<usize> {
    let before = text[..at].chars().next_back();
    if before.is_some_and(|c| !(c.is_whitespace() || "([{\"'“‘«>*.:;,!?—–-/|¿¡".contains(c)))
    {
        return None;
    }
    let bytes = text.as_bytes();
    let in_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let length = bytes[at + 1..].iter().take_while(|byte| in_name(byte)).count();
    let name = &text[at + 1..at + 1 + length];
    if !(2..=30).contains(&length) || !name.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    let end = at + 1 + length;
    let rest = &text[end..];
    if let Some(server) = rest.strip_prefix('@') {
        let host = server.bytes().take_while(|byte| in_name(byte) || b"-.".contains(byte)).count();
        let host = server[..host].trim_end_matches(['.', '-']);
        if !host.contains('.') || !url::known_suffix(&host.to_ascii_lowercase()) {
            return None;
        }
        let end = end + 1 + host.len();
        objects.mention(&text[at..end]);
        return Some(end);
    }
    // `@example.org` is the rest of an address, `@name.` ends a sentence.
    if rest.starts_with('.') && rest[1..].starts_with(|c: char| c.is_ascii_alphanumeric()) {
        let tail =
            rest[1..].bytes().take_while(|byte| in_name(byte) || b"-.".contains(byte)).count();
        let host = format!("{name}.{}", rest[1..1 + tail].trim_end_matches('.'));
        if url::known_suffix(&host.to_ascii_lowercase()) {
            return None;
        }
    }
    if !ends_word(rest) {
        return None;
    }
    objects.mention(&text[at..end]);
    Some(end)
}
