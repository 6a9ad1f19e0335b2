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
    /// One bit for some bits of each hash: most words are in no class, and this says so from a
    /// table that stays in the cache.
    known: [u64; KNOWN_WORDS],
}

const KNOWN_WORDS: usize = 256;

/// Place and bit of a hash in [`Lexicon::known`].
const fn known_bit(hash: u64) -> (usize, u64) {
    let mixed = hash ^ (hash >> 32);
    ((mixed >> 6) as usize % KNOWN_WORDS, 1 << (mixed % 64))
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
        let mut lexicon = Self { classes, known: [0; KNOWN_WORDS] };
        for hash in lexicon.classes.keys() {
            let (at, bit) = known_bit(*hash);
            lexicon.known[at] |= bit;
        }
        lexicon
    }

    /// Marks a word as one that a rule about kinds begins with.
    pub fn mark(&mut self, hash: u64) {
        *self.classes.entry(hash).or_default() |= class::CUE;
        let (at, bit) = known_bit(hash);
        self.known[at] |= bit;
    }

    fn classes_of(&self, hash: u64) -> u32 {
        let (at, bit) = known_bit(hash);
        if self.known[at] & bit == 0 {
            return 0;
        }
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
            let shape = shape_of(bytes[at]);
            if shape & (SPACE | MAYBE_SPACE) != 0 && is_space(bytes, at) {
                at += 1;
                continue;
            }
            let (start, mut seen) = (at, 0);
            while at < bytes.len() {
                let shape = shape_of(bytes[at]);
                if shape & (SPACE | MAYBE_SPACE) != 0 && is_space(bytes, at) {
                    break;
                }
                seen |= shape;
                at += 1;
            }
            let chunk = &bytes[start..at];
            if seen & (DOT | SLASH | DOLLAR) != 0 && is_address(chunk, seen) {
                tokens.push(special(URL, class::URL, start, at));
            } else if seen & (AT | DOT) == AT | DOT {
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
            if shape_of(byte) & WORD == 0 {
                let hash = (OFFSET ^ u64::from(byte)).wrapping_mul(PRIME);
                at += 1;
                if tokens.last().is_none_or(|last| last.hash != hash) {
                    tokens.push(special(hash, mark_classes(byte), at - 1, at));
                }
                continue;
            }
            let start = at;
            let (mut hash, mut all, mut length) = (OFFSET, DIGIT, 0_usize);
            // Apostrophes count only between other characters of the word.
            let mut held = 0;
            while at < end {
                let byte = bytes[at];
                let shape = shape_of(byte);
                if shape & WORD == 0 {
                    break;
                }
                if shape & QUOTE != 0 && (byte == b'\'' || is_quote(bytes, at)) {
                    held += usize::from(length > 0);
                    at += if byte == b'\'' { 1 } else { 3 };
                    continue;
                }
                for _ in 0..held {
                    hash = (hash ^ u64::from(b'\'')).wrapping_mul(PRIME);
                    all = 0;
                }
                all &= shape;
                length += held + 1;
                held = 0;
                hash = (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(PRIME);
                at += 1;
            }
            if length == 0 {
                continue;
            }
            if all & DIGIT != 0 {
                let size = if length <= 2 { 0 } else { usize::from(length > 4) + 1 };
                tokens.push(special(NUMBERS[size], 0, start, at));
                continue;
            }
            let capital = if bytes[start].is_ascii_uppercase() { class::CAPITAL } else { 0 };
            tokens.push(special(hash, self.classes_of(hash) | capital, start, at));
        }
    }
}

/// What a byte can be, as bits.
type Shape = u16;
const SPACE: Shape = 1;
/// One of the two bytes of a no-break space, if the other is beside it.
const MAYBE_SPACE: Shape = 1 << 1;
const WORD: Shape = 1 << 2;
const DIGIT: Shape = 1 << 3;
/// An apostrophe, or the first byte of a curly one.
const QUOTE: Shape = 1 << 4;
const AT: Shape = 1 << 5;
const DOT: Shape = 1 << 6;
const SLASH: Shape = 1 << 7;
const DOLLAR: Shape = 1 << 8;

const SHAPES: [Shape; 256] = {
    let mut shapes = [0; 256];
    let mut at = 0;
    while at < 256 {
        let byte = at as u8;
        shapes[at] = match byte {
            0..=0x20 => SPACE,
            b'0'..=b'9' => WORD | DIGIT,
            b'a'..=b'z' | b'A'..=b'Z' => WORD,
            b'\'' | 0xe2 => WORD | QUOTE,
            0xc2 | 0xa0 => WORD | MAYBE_SPACE,
            0x80..=0xff => WORD,
            b'@' => AT,
            b'.' => DOT,
            b'/' => SLASH,
            b'$' => DOLLAR,
            _ => 0,
        };
        at += 1;
    }
    shapes
};

#[inline]
const fn shape_of(byte: u8) -> Shape {
    SHAPES[byte as usize]
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

/// The three bytes of a curly apostrophe, either way round.
const fn is_quote(bytes: &[u8], at: usize) -> bool {
    bytes[at] == 0xe2
        && at + 2 < bytes.len()
        && bytes[at + 1] == 0x80
        && (bytes[at + 2] == 0x98 || bytes[at + 2] == 0x99)
}

/// `$LINK` is how the sentences that the model learnt from stand for an address.
fn is_address(chunk: &[u8], seen: Shape) -> bool {
    let within = |needle: &[u8]| {
        chunk.windows(needle.len()).any(|window| window.eq_ignore_ascii_case(needle))
    };
    chunk.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"www."))
        || seen & SLASH != 0 && within(b"://")
        || seen & DOLLAR != 0 && within(b"$link")
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
