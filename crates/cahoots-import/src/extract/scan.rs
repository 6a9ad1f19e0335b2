//! Finding links, hashtags and handles in a text, in one pass over its bytes.

use memchr::{memchr2, memmem};

/// Something found, as written.
pub(super) enum Hit<'a> {
    Url(&'a str),
    Hashtag(&'a str),
    Mention(&'a str),
}

/// Bytes a link may have.
const LONGEST_URL: usize = 4096;

/// Calls `take` for every link, hashtag and handle.
pub(super) fn each<'a>(text: &'a str, take: &mut dyn FnMut(Hit<'a>)) {
    let mut covered = Vec::new();
    let bytes = text.as_bytes();
    for at in memmem::find_iter(bytes, b"://") {
        let start = scheme_start(bytes, at);
        let scheme = &text[start..at];
        let known =
            ["http", "https", "ftp", "gopher"].iter().any(|s| scheme.eq_ignore_ascii_case(s));
        if known && let Some(end) = url_end(text, start, at + 3) {
            covered.push(start..end);
            take(Hit::Url(&text[start..end]));
        }
    }
    for at in memmem::find_iter(bytes, b"www.").chain(memmem::find_iter(bytes, b"WWW.")) {
        let alone = at == 0
            || !(bytes[at - 1].is_ascii_alphanumeric() || b"/.@-_".contains(&bytes[at - 1]));
        let inside = covered.iter().any(|range: &std::ops::Range<usize>| range.contains(&at));
        if alone
            && !inside
            && let Some(end) = url_end(text, at, at + 4)
        {
            covered.push(at..end);
            take(Hit::Url(&text[at..end]));
        }
    }
    covered.sort_unstable_by_key(|range| range.start);
    let mut from = 0;
    while let Some(at) = memchr2(b'#', b'@', &bytes[from..]).map(|at| from + at) {
        from = at + 1;
        let place = covered.partition_point(|range| range.end <= at);
        if covered.get(place).is_some_and(|range| range.contains(&at)) {
            continue;
        }
        // In the middle of a word it is an address or a number, not a tag.
        let before = text[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || "_@#/.&-".contains(c)) {
            continue;
        }
        if bytes[at] == b'#' {
            if let Some(tag) = word(&text[from..], |c| c.is_alphanumeric() || c == '_', 100)
                && tag.chars().any(char::is_alphabetic)
            {
                take(Hit::Hashtag(tag));
            }
        } else if let Some(handle) =
            word(&text[from..], |c| c.is_ascii_alphanumeric() || c == '_', 30)
        {
            // `@host.example` and `@ann@host` are no handles of X.
            let rest = &text[from + handle.len()..];
            let mut after = rest.chars();
            let domain =
                after.next() == Some('.') && after.next().is_some_and(char::is_alphanumeric);
            if !rest.starts_with('@') && !domain && handle.bytes().any(|b| b.is_ascii_alphabetic())
            {
                take(Hit::Mention(handle));
            }
        }
    }
}

fn scheme_start(bytes: &[u8], colon: usize) -> usize {
    let mut start = colon;
    while start > 0 && colon - start < 8 && bytes[start - 1].is_ascii_alphabetic() {
        start -= 1;
    }
    // `URL:http://` and `xhttp://`: only the scheme itself.
    for scheme in ["https", "http", "gopher", "ftp"] {
        if let Some(at) = colon.checked_sub(scheme.len())
            && at >= start
            && bytes[at..colon].eq_ignore_ascii_case(scheme.as_bytes())
        {
            return at;
        }
    }
    start
}

/// Where the link that begins at `start` ends; its host begins at `host`.
fn url_end(text: &str, start: usize, host: usize) -> Option<usize> {
    let rest = text.get(host..)?;
    let mut end = host;
    for c in rest.chars() {
        let stop = c.is_whitespace()
            || c.is_control()
            || matches!(
                c,
                '<' | '>' | '"' | '`' | '“' | '”' | '«' | '»' | '{' | '}' | '|' | '\\' | '^'
            );
        if stop || end - start > LONGEST_URL {
            break;
        }
        end += c.len_utf8();
    }
    // What closes the sentence around it is not part of it.
    loop {
        let link = &text[host..end];
        let last = link.chars().next_back()?;
        let unopened = |open: char, close: char| {
            last == close && link.matches(close).count() > link.matches(open).count()
        };
        let closing =
            matches!(last, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '…' | '’');
        if closing || unopened('(', ')') || unopened('[', ']') {
            end -= last.len_utf8();
        } else {
            break;
        }
    }
    text[host..end].starts_with(|c: char| c.is_alphanumeric() || c == '[').then_some(end)
}

fn word(text: &str, part: impl Fn(char) -> bool, longest: usize) -> Option<&str> {
    let end = text.find(|c| !part(c)).unwrap_or(text.len());
    (end > 0 && end <= longest).then(|| &text[..end])
}
