//! A sentence as a row of tokens: a hash, the classes of the word, and where it stands.
//!
//! `tools/requests/train.py` makes the same tokens byte for byte; the two are changed together.

use rustc_hash::FxHashMap;

/// The classes of words, in the order of their bits; the names of the lines of `lexicon.tsv`.
const CLASSES: [&str; 24] = [
    "verb", "please", "you", "your", "first", "we", "ours", "third", "wh", "aux", "modal", "greet",
    "time", "meet", "want", "ad", "let", "me", "lets", "join", "copula", "if", "look", "forward",
];

/// Bits of [`Token::classes`].
pub mod class {
    /// A verb in its bare form, as it begins a command.
    pub const VERB: u32 = 1;
    /// A word that makes a command polite.
    pub const PLEASE: u32 = 1 << 1;
    /// The reader.
    pub const YOU: u32 = 1 << 2;
    /// What is the reader's.
    pub const YOUR: u32 = 1 << 3;
    /// The writer.
    pub const FIRST: u32 = 1 << 4;
    /// The writer with others.
    pub const WE: u32 = 1 << 5;
    /// A word that begins a question.
    pub const WH: u32 = 1 << 8;
    /// An auxiliary verb.
    pub const AUX: u32 = 1 << 9;
    /// A modal verb.
    pub const MODAL: u32 = 1 << 10;
    /// A greeting or a word that stands before a command and leaves it one.
    pub const GREET: u32 = 1 << 11;
    /// A day, a month, a time of day.
    pub const TIME: u32 = 1 << 12;
    /// Meetings, calls, meals.
    pub const MEET: u32 = 1 << 13;
    /// Wanting, needing, hoping.
    pub const WANT: u32 = 1 << 14;
    /// Words that advertisements are made of.
    pub const AD: u32 = 1 << 15;
    /// «let».
    pub const LET: u32 = 1 << 16;
    /// «me», «us».
    pub const ME: u32 = 1 << 17;
    /// «let's».
    pub const LETS: u32 = 1 << 18;
    /// A word after which a new command may begin.
    pub const JOIN: u32 = 1 << 19;
    /// A word after which a bare verb was a noun.
    pub const COPULA: u32 = 1 << 20;
    /// «if».
    pub const IF: u32 = 1 << 21;
    /// «look».
    pub const LOOK: u32 = 1 << 22;
    /// «forward».
    pub const FORWARD: u32 = 1 << 23;
    /// In the lexicon at all.
    pub const KNOWN: u32 = (1 << 24) - 1;
    /// `?`
    pub const QUESTION: u32 = 1 << 24;
    /// A mark after which a clause begins.
    pub const STOP: u32 = 1 << 25;
    /// An address of the web.
    pub const URL: u32 = 1 << 26;
    /// Written with a capital.
    pub const CAPITAL: u32 = 1 << 27;
    /// A rule about kinds begins with this word.
    pub const CUE: u32 = 1 << 28;
}

/// One word, number, mark or address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    /// FNV-1a (Fowler, Noll & Vo 1991), 64 bits, of its normal form.
    pub hash: u64,
    /// Bits of [`class`].
    pub classes: u32,
    /// First byte in the sentence.
    pub start: u32,
    /// Byte after the last.
    pub end: u32,
}

const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

/// FNV-1a, 64 bits.
pub const fn hash_of(bytes: &[u8]) -> u64 {
    let mut hash = OFFSET;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(PRIME);
        at += 1;
    }
    hash
}

const URL: u64 = hash_of(b"<url>");
const MAIL: u64 = hash_of(b"<mail>");
const NUMBERS: [u64; 3] = [hash_of(b"0"), hash_of(b"00"), hash_of(b"000")];

/// The words of the lexicon by hash.
#[derive(Clone, Debug)]
pub struct Lexicon {
    classes: FxHashMap<u64, u32>,
}

impl Lexicon {
    /// The lexicon that the program carries.
    pub fn embedded() -> Self {
        let mut classes: FxHashMap<u64, u32> = FxHashMap::default();
        for (name, words) in lines(include_str!("lexicon.tsv")) {
            let Some(bit) = CLASSES.iter().position(|known| *known == name) else { continue };
            for word in words.split(' ') {
                *classes.entry(hash_of(word.as_bytes())).or_default() |= 1 << bit;
            }
        }
        Self { classes }
    }

    /// Marks a word as one that a rule about kinds begins with.
    pub fn mark(&mut self, hash: u64) {
        *self.classes.entry(hash).or_default() |= class::CUE;
    }

    fn classes_of(&self, hash: u64) -> u32 {
        self.classes.get(&hash).copied().unwrap_or(0)
    }

    /// Reads a sentence into `tokens`, which is emptied first.
    ///
    /// Words are runs of ASCII letters and digits, apostrophes and anything beyond ASCII, in lower
    /// case (ASCII only); numbers keep only whether they have up to two, up to four or more
    /// digits; addresses of the web and of mail are one token each, whatever they name; marks are
    /// tokens, repeats of one mark are one.
    pub fn read(&self, sentence: &str, tokens: &mut Vec<Token>) {
        tokens.clear();
        let bytes = sentence.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            if is_space(bytes, at) {
                at += 1;
                continue;
            }
            let start = at;
            let (mut sign, mut dot, mut slash, mut dollar) = (false, false, false, false);
            while at < bytes.len() && !is_space(bytes, at) {
                match bytes[at] {
                    b'@' => sign = true,
                    b'.' => dot = true,
                    b'/' => slash = true,
                    b'$' => dollar = true,
                    _ => {}
                }
                at += 1;
            }
            let chunk = &bytes[start..at];
            if (slash || dot || dollar) && is_address(chunk, slash, dollar) {
                tokens.push(special(URL, class::URL, start, at));
            } else if sign && dot {
                tokens.push(special(MAIL, 0, start, at));
            } else {
                self.read_chunk(bytes, start, at, tokens);
            }
        }
    }

    fn read_chunk(&self, bytes: &[u8], from: usize, end: usize, tokens: &mut Vec<Token>) {
        let mut at = from;
        while at < end {
            let byte = bytes[at];
            if !is_word(byte) {
                let hash = (OFFSET ^ u64::from(byte)).wrapping_mul(PRIME);
                at += 1;
                if tokens.last().is_none_or(|last| last.hash != hash) {
                    tokens.push(special(hash, mark_classes(byte), at - 1, at));
                }
                continue;
            }
            let start = at;
            let (mut hash, mut digits, mut length) = (OFFSET, true, 0_usize);
            // Apostrophes count only between other characters of the word.
            let mut held = 0;
            while at < end && is_word(bytes[at]) {
                if bytes[at] == b'\'' || is_quote(bytes, at) {
                    held += usize::from(length > 0);
                    at += if bytes[at] == b'\'' { 1 } else { 3 };
                    continue;
                }
                for _ in 0..held {
                    hash = (hash ^ u64::from(b'\'')).wrapping_mul(PRIME);
                }
                digits &= held == 0 && bytes[at].is_ascii_digit();
                length += held + 1;
                held = 0;
                hash = (hash ^ u64::from(bytes[at].to_ascii_lowercase())).wrapping_mul(PRIME);
                at += 1;
            }
            if length == 0 {
                continue;
            }
            if digits {
                let size = if length <= 2 { 0 } else { usize::from(length > 4) + 1 };
                tokens.push(special(NUMBERS[size], 0, start, at));
                continue;
            }
            let capital = if bytes[start].is_ascii_uppercase() { class::CAPITAL } else { 0 };
            tokens.push(special(hash, self.classes_of(hash) | capital, start, at));
        }
    }
}

fn lines(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}

const fn special(hash: u64, classes: u32, start: usize, end: usize) -> Token {
    Token { hash, classes, start: start as u32, end: end as u32 }
}

const fn mark_classes(byte: u8) -> u32 {
    match byte {
        b'?' => class::QUESTION | class::STOP,
        b',' | b':' | b';' | b'-' | b'.' | b'!' | b'"' | b'*' | b'>' | b')' => class::STOP,
        _ => 0,
    }
}

/// Space, control characters, and the two bytes of a no-break space.
const fn is_space(bytes: &[u8], at: usize) -> bool {
    match bytes[at] {
        0..=0x20 => true,
        0xc2 => at + 1 < bytes.len() && bytes[at + 1] == 0xa0,
        0xa0 => at > 0 && bytes[at - 1] == 0xc2,
        _ => false,
    }
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'\'' || byte >= 0x80
}

/// The three bytes of a curly apostrophe, either way round.
const fn is_quote(bytes: &[u8], at: usize) -> bool {
    bytes[at] == 0xe2
        && at + 2 < bytes.len()
        && bytes[at + 1] == 0x80
        && (bytes[at + 2] == 0x98 || bytes[at + 2] == 0x99)
}

/// `$LINK` is how the sentences that the model learnt from stand for an address.
fn is_address(chunk: &[u8], slash: bool, dollar: bool) -> bool {
    let within = |needle: &[u8]| {
        chunk.windows(needle.len()).any(|window| window.eq_ignore_ascii_case(needle))
    };
    chunk.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"www."))
        || slash && within(b"://")
        || dollar && within(b"$link")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(sentence: &str) -> Vec<&str> {
        let mut tokens = Vec::new();
        Lexicon::embedded().read(sentence, &mut tokens);
        tokens.iter().map(|token| &sentence[token.start as usize..token.end as usize]).collect()
    }

    #[test]
    fn words_marks_numbers_and_addresses_are_tokens() {
        assert_eq!(
            words("Could you send it to ann@example.org by 5?? See http://a.example/x, p. 12345."),
            [
                "Could",
                "you",
                "send",
                "it",
                "to",
                "ann@example.org",
                "by",
                "5",
                "?",
                "See",
                "http://a.example/x,",
                "p",
                ".",
                "12345",
                "."
            ]
        );
    }

    #[test]
    fn apostrophes_of_both_shapes_are_one() {
        let lexicon = Lexicon::embedded();
        let (mut straight, mut curly) = (Vec::new(), Vec::new());
        lexicon.read("don't 'go'", &mut straight);
        lexicon.read("don\u{2019}t \u{2018}go\u{2019}", &mut curly);
        let hashes = |tokens: &[Token]| tokens.iter().map(|token| token.hash).collect::<Vec<_>>();
        assert_eq!(hashes(&straight), hashes(&curly));
        assert_eq!(straight[1].hash, hash_of(b"go"));
        assert!(straight[1].classes & class::VERB != 0);
    }

    #[test]
    fn every_line_of_the_lexicon_is_a_class() {
        let names: Vec<&str> = lines(include_str!("lexicon.tsv")).map(|(name, _)| name).collect();
        assert_eq!(names, CLASSES);
    }
}
