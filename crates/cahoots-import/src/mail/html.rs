//! HTML to the text a reader saw: one linear pass, no tree, no layout.
//!
//! A renderer that builds a tree and lays out tables is the wrong tool for evidence: hostile mail
//! nests ten thousand tables, and columns set side by side break the sentences that people
//! search for. Scripts, styles and comments go; paragraphs, list items, table cells and
//! quotations stay visible; the address behind a link stays beside its words.

use std::borrow::Cow;

use mail_parser::decoders::html::add_html_token;

/// Deepest quotation that gets one more `>`.
const MAX_QUOTE: usize = 8;

/// The text of `html`. Lines end in `\n`.
pub(crate) fn to_text(html: &str) -> String {
    let mut page = Page { out: String::with_capacity(html.len() / 2), ..Page::default() };
    let mut rest = html;
    while let Some(at) = memchr::memchr(b'<', rest.as_bytes()) {
        page.words(&rest[..at]);
        rest = &rest[at..];
        rest = page.markup(rest);
    }
    page.words(rest);
    page.close_link();
    let length = page.out.trim_end().len();
    page.out.truncate(length);
    page.out
}

#[derive(Default)]
struct Page {
    out: String,
    /// Whether a space is owed before the next word.
    space: bool,
    /// Line breaks owed before the next word.
    breaks: usize,
    quote: usize,
    pre: usize,
    link: Option<Link>,
    /// Ends that the rest of the page lacks. Remembered, so that ten thousand openings without
    /// an end cost one search and not ten thousand.
    missing: Vec<&'static str>,
}

struct Link {
    href: String,
    /// Where the link's own words start.
    from: usize,
}

impl Page {
    /// Takes in text between two tags.
    fn words(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let text = entities(text);
        if self.pre > 0 {
            for (number, line) in text.split('\n').enumerate() {
                if number > 0 {
                    self.breaks += 1;
                }
                if !line.trim_end_matches('\r').is_empty() {
                    self.settle();
                    self.out.push_str(line.trim_end_matches('\r'));
                }
            }
            return;
        }
        let blank = |c: char| c.is_whitespace() || c == '\0';
        if text.starts_with(blank) {
            self.space = true;
        }
        for word in text.split(blank).filter(|word| !word.is_empty()) {
            self.settle();
            self.out.push_str(word);
            self.space = true;
        }
        self.space = text.ends_with(blank);
    }

    /// Writes the breaks, quotation marks and spaces that are owed.
    fn settle(&mut self) {
        if self.breaks > 0 || self.out.is_empty() {
            if !self.out.is_empty() {
                for _ in 0..self.breaks.min(2) {
                    self.out.push('\n');
                }
            }
            for _ in 0..self.quote.min(MAX_QUOTE) {
                self.out.push_str("> ");
            }
        } else if self.space {
            self.out.push(' ');
        }
        self.breaks = 0;
        self.space = false;
    }

    fn line(&mut self, breaks: usize) {
        self.breaks = self.breaks.max(breaks);
        self.space = false;
    }

    /// Takes in the markup that `text` starts with and returns what follows it.
    fn markup<'a>(&mut self, text: &'a str) -> &'a str {
        if text.starts_with("<!--") {
            return self.after(text, 4, "-->");
        }
        if text.starts_with("<!") || text.starts_with("<?") {
            return self.after(text, 2, ">");
        }
        let tag = if self.missing.contains(&">") { None } else { Tag::read(text) };
        let Some(tag) = tag else {
            self.words("<");
            return &text[1..];
        };
        if tag.length > text.len() {
            self.missing.push(">");
            self.words("<");
            return &text[1..];
        }
        let rest = &text[tag.length..];
        if !tag.closing
            && let Some(name) =
                ["script", "style", "title", "noscript"].iter().find(|name| **name == tag.name)
            && !self.missing.contains(name)
        {
            return match skip_element(rest, name) {
                Some(rest) => rest,
                None => {
                    self.missing.push(name);
                    rest
                }
            };
        }
        self.tag(&tag);
        rest
    }

    /// What follows `mark`; only what follows the opening where `mark` never comes.
    fn after<'a>(&mut self, text: &'a str, from: usize, mark: &'static str) -> &'a str {
        if !self.missing.contains(&mark) {
            match memchr::memmem::find(&text.as_bytes()[from..], mark.as_bytes()) {
                Some(at) => return &text[from + at + mark.len()..],
                None => self.missing.push(mark),
            }
        }
        &text[from..]
    }

    fn tag(&mut self, tag: &Tag<'_>) {
        match tag.name.as_str() {
            // A break of its own, however many there are.
            "br" => {
                self.breaks += 1;
                self.space = false;
            }
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "table" | "ul" | "ol" | "dl" => {
                self.line(2);
            }
            "div" | "tr" | "section" | "article" | "header" | "footer" | "center" | "form"
            | "dt" | "dd" | "body" | "html" | "head" | "address" | "caption" | "option"
            | "select" | "fieldset" | "legend" => self.line(1),
            "li" if !tag.closing => {
                self.line(1);
                self.settle();
                self.out.push_str("* ");
            }
            "li" => self.line(1),
            "hr" => {
                self.line(1);
                self.settle();
                self.out.push_str("---");
                self.line(1);
            }
            "td" | "th" => self.space = true,
            "blockquote" => {
                self.line(1);
                self.quote =
                    if tag.closing { self.quote.saturating_sub(1) } else { self.quote + 1 };
            }
            "pre" => {
                self.line(1);
                self.pre = if tag.closing { self.pre.saturating_sub(1) } else { self.pre + 1 };
            }
            "a" if tag.closing => self.close_link(),
            "a" => {
                self.close_link();
                if let Some(href) = tag.attribute("href") {
                    let href = entities(href.trim()).into_owned();
                    let useful = !href.is_empty() && !href.starts_with('#') && href.len() < 8192;
                    self.link = useful.then_some(Link { href, from: self.out.len() });
                }
            }
            // What a frame shows is elsewhere: its address is all there is.
            "iframe" | "frame" | "area" if !tag.closing => {
                self.close_link();
                let address = tag.attribute("src").or_else(|| tag.attribute("href"));
                if let Some(href) = address.map(|href| entities(href.trim()).into_owned()) {
                    self.link = Some(Link { href, from: self.out.len() });
                    self.close_link();
                }
            }
            "img" => {
                if let Some(alt) = tag.attribute("alt") {
                    self.words(alt);
                    self.space = true;
                }
            }
            _ => {}
        }
    }

    /// Puts a link's address behind its words, unless the words are the address.
    fn close_link(&mut self) {
        let Some(link) = self.link.take() else { return };
        let bare = |text: &str| {
            let text = text.trim().trim_start_matches("mailto:").trim_start_matches("https://");
            text.trim_start_matches("http://").trim_end_matches('/').to_lowercase()
        };
        let words = self.out.get(link.from..).unwrap_or_default();
        let says_it = !words.contains('\n')
            && bare(words) == bare(&link.href)
            && (words.contains("://") || !link.href.contains("://"));
        if says_it || link.href.to_lowercase().starts_with("javascript:") {
            return;
        }
        let space = self.space;
        self.space |= !words.trim().is_empty();
        self.settle();
        self.out.push('<');
        self.out.push_str(&link.href);
        self.out.push('>');
        self.space = space;
    }
}

struct Tag<'a> {
    name: String,
    closing: bool,
    inside: &'a str,
    length: usize,
}

impl<'a> Tag<'a> {
    /// The tag that `text` (which starts with `<`) starts with.
    fn read(text: &'a str) -> Option<Self> {
        let bytes = text.as_bytes();
        let closing = bytes.get(1) == Some(&b'/');
        let start = 1 + usize::from(closing);
        let length = bytes[start..]
            .iter()
            .take(32)
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(**b, b':' | b'-'))
            .count();
        if length == 0 || !bytes[start].is_ascii_alphabetic() {
            return None;
        }
        let name = text[start..start + length].to_ascii_lowercase();
        let from = start + length;
        // The end is the first `>` outside quotes; quotes that never close do not count.
        let mut at = from;
        let end = loop {
            match memchr::memchr3(b'>', b'"', b'\'', &bytes[at..]) {
                None => break bytes.len(),
                Some(found) if bytes[at + found] == b'>' => break at + found,
                Some(found) => {
                    let quote = at + found;
                    let window = &bytes[quote + 1..bytes.len().min(quote + 16_384)];
                    at = match memchr::memchr(bytes[quote], window) {
                        Some(close) if follows_equals(bytes, quote) => quote + close + 2,
                        _ => quote + 1,
                    };
                }
            }
        };
        let inside = &text[from..end];
        // Longer than the text when no `>` comes.
        Some(Self { name, closing, inside, length: end + 1 })
    }

    fn attribute(&self, name: &str) -> Option<&'a str> {
        let mut rest = self.inside;
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            if rest.is_empty() {
                return None;
            }
            let end = rest
                .find(|c: char| c.is_whitespace() || c == '=' || c == '/')
                .unwrap_or(rest.len());
            let (found, after) = rest.split_at(end);
            let after = after.trim_start();
            let Some(value) = after.strip_prefix('=') else {
                rest = if end == 0 { rest.get(1..)? } else { after };
                continue;
            };
            let value = value.trim_start();
            let (value, after) = match value.chars().next() {
                Some(quote @ ('"' | '\'')) => {
                    let value = &value[1..];
                    value.split_once(quote).unwrap_or((value, ""))
                }
                _ => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
            };
            if found.eq_ignore_ascii_case(name) {
                return Some(value);
            }
            rest = after;
        }
    }
}

fn follows_equals(bytes: &[u8], at: usize) -> bool {
    bytes[..at].iter().rev().take(16).find(|b| !b.is_ascii_whitespace()) == Some(&b'=')
}

/// What follows the end tag of an element whose content is not text; `None` if none comes: an
/// element that never closes hides nothing but its own tag.
fn skip_element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(found) = memchr::memmem::find(&bytes[at..], b"</") {
        let start = at + found + 2;
        let end = start + name.len();
        if bytes.get(start..end).is_some_and(|word| word.eq_ignore_ascii_case(name.as_bytes())) {
            return memchr::memchr(b'>', &bytes[end..]).map(|close| &text[end + close + 1..]);
        }
        at = start;
    }
    None
}

/// Text with its character references resolved.
fn entities(text: &str) -> Cow<'_, str> {
    let Some(first) = memchr::memchr(b'&', text.as_bytes()) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(34).position(|b| b == b';');
        match end {
            Some(end) if rest[1..end].bytes().all(|b| b.is_ascii_alphanumeric() || b == b'#') => {
                let token = &rest.as_bytes()[..=end];
                if token == b"&nbsp;" || token == b"&#160;" {
                    out.push(' ');
                } else {
                    add_html_token(&mut out, token, false);
                }
                rest = &rest[end + 1..];
            }
            _ => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(html: &str, text: &str) {
        assert_eq!(to_text(html), text, "{html}");
    }

    #[test]
    fn paragraphs_lists_tables_and_quotes() {
        check(
            "<html><head><title>T</title></head><body>Hi&nbsp;<b>you</b>,<br>all</body>",
            "Hi you,\nall",
        );
        check("<p>One</p>\n<p>Two</p><ul><li>a<li>b</ul>", "One\n\nTwo\n\n* a\n* b");
        check("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc");
        check(
            "<div>She wrote:<blockquote>no<br>yes</blockquote>ok</div>",
            "She wrote:\n> no\n> yes\nok",
        );
        check("<pre>a\n  b\n</pre>c", "a\n  b\nc");
        check("wo<b>r</b>d &amp; &lt;x&gt; &#228; &unknown; &", "word & <x> ä &unknown; &");
    }

    #[test]
    fn scripts_and_styles_go_and_links_stay() {
        check("a<style>p{}</style><script>if (a<b) x()</script><!-- c -->b", "ab");
        check(
            "<a href=\"https://example.org/?a=1&amp;b=2\">here</a>.",
            "here <https://example.org/?a=1&b=2>.",
        );
        check("<a href='https://example.org/'>https://example.org</a>", "https://example.org");
        check(
            "<a href=https://example.org/x><img alt='Logo' src=x></a>",
            "Logo <https://example.org/x>",
        );
        check("<a href=\"mailto:ann@example.org\">ann@example.org</a>", "ann@example.org");
        check(
            "<a href=\"https://example.com/\">example.com</a>",
            "example.com <https://example.com/>",
        );
    }

    #[test]
    fn frames_leave_their_address() {
        check("a <iframe src='https://example.org/f'></iframe> b", "a <https://example.org/f> b");
        check("<select><option>one<option>two</select>", "one\ntwo");
    }

    #[test]
    fn damage_hides_nothing() {
        check("1 < 2 and <", "1 < 2 and <");
        check("<style>never closed, still here", "never closed, still here");
        check("<a href=\"x>y</a> z", "y <x> z");
        check("a<!-- open", "a open");
        check("a <b and nothing", "a <b and nothing");
        check("don't <b class=x'>stop</b>", "don't stop");
        check("", "");
    }

    #[test]
    fn hostile_nesting_is_linear() {
        let deep = format!("{}x", "<table><tr><td><blockquote>".repeat(20_000));
        assert_eq!(to_text(&deep), "> > > > > > > > x");
        let quotes = "<a b=\"".repeat(50_000);
        assert!(to_text(&quotes).len() <= quotes.len());
    }
}
