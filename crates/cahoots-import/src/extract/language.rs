//! Which language a text is in, when it is long and clear enough to tell.
//!
//! Function words decide first: in a text of some length a quarter of the words are among the
//! commonest of its language, and counting them costs a hundredth of comparing letter sequences.
//! What they leave open goes to `whatlang`.

use whatlang::{Lang, Script};

/// Letters that are looked at.
const SAMPLE: usize = 600;

/// Fewer letters say nothing, in scripts that write sounds.
const LEAST: usize = 24;

/// Fewer characters say nothing, in scripts that write words or syllables.
const LEAST_DENSE: usize = 8;

/// Words that must have been counted before they decide.
const LEAST_WORDS: u32 = 12;

/// ISO 639-3 code of the language of `text`, or `None`.
pub(super) fn detect(text: &str) -> Option<String> {
    let sample = sample(text);
    if sample.letters < LEAST_DENSE || sample.ascii && sample.letters < LEAST {
        return None;
    }
    if let Some(code) = by_function_words(&sample) {
        return Some(code.to_owned());
    }
    let found = whatlang::detect(&sample.text)?;
    let dense = matches!(
        found.script(),
        Script::Mandarin | Script::Hiragana | Script::Katakana | Script::Hangul
    );
    let enough = dense || sample.letters >= LEAST;
    // Traditional and simplified script are one code here, as they are in ISO 639-3 (`zho`
    // names the family, `cmn` the language that is written).
    let code = if found.lang() == Lang::Cmn { "cmn" } else { found.lang().code() };
    (enough && found.is_reliable()).then(|| code.to_owned())
}

/// The words of a text that its author wrote.
struct Sample {
    text: String,
    letters: usize,
    ascii: bool,
}

/// The first letters of `text`, without addresses, numbers, code-like words and quoted lines; with
/// the quoted lines where there is nothing else.
fn sample(text: &str) -> Sample {
    let own = words(text, false);
    if own.letters >= LEAST { own } else { words(text, true) }
}

fn words(text: &str, quoted: bool) -> Sample {
    let mut sample = Sample { text: String::new(), letters: 0, ascii: true };
    for line in text.lines() {
        if !quoted && line.trim_start().starts_with(['>', '|']) {
            continue;
        }
        for word in line.split_ascii_whitespace() {
            let plain = word.len() <= 30 || !word.is_ascii();
            if !plain || word.bytes().any(|byte| b"@/#=_0123456789<>{}\\".contains(&byte)) {
                continue;
            }
            let before = sample.letters;
            for c in word.chars() {
                let letter = c.is_alphabetic();
                sample.letters += usize::from(letter);
                sample.ascii &= c.is_ascii() || !letter;
            }
            if sample.letters > before {
                sample.text.push_str(word);
                sample.text.push(' ');
            }
            if sample.letters >= SAMPLE {
                return sample;
            }
        }
    }
    sample
}

/// The commonest words of some languages in Latin script. Words that two of these languages
/// share count for both, so a tie decides nothing.
const FUNCTION_WORDS: &[(&str, &[&str])] = &[
    (
        "eng",
        &[
            "the", "of", "and", "to", "in", "is", "that", "it", "for", "you", "was", "with", "on",
            "as", "are", "be", "this", "have", "not", "but", "they", "from", "or", "by", "at",
            "which", "an", "we", "would", "if", "can", "will", "what", "there", "has", "your",
            "my", "their", "been", "who", "about", "when", "so", "any", "some", "were", "its",
            "our", "i", "a", "do", "no",
        ],
    ),
    (
        "deu",
        &[
            "der", "die", "und", "das", "ist", "nicht", "ich", "sie", "es", "ein", "eine", "zu",
            "den", "mit", "von", "auf", "wir", "für", "dass", "sich", "auch", "dem", "im", "wie",
            "noch", "als", "aber", "hat", "sind", "war", "wird", "bei", "nach", "nur", "oder",
            "wenn", "werden", "um", "einen", "einer", "haben", "kann", "zum", "zur", "so", "in",
            "an", "des", "uns",
        ],
    ),
    (
        "fra",
        &[
            "le", "la", "les", "de", "des", "et", "un", "une", "est", "que", "qui", "dans", "pour",
            "pas", "sur", "ce", "il", "elle", "je", "nous", "vous", "du", "en", "au", "aux",
            "avec", "plus", "par", "ne", "se", "sont", "mais", "ou", "son", "sa", "ses", "cette",
            "ces", "être", "ont", "fait", "leur", "tout", "comme", "à", "a", "on",
        ],
    ),
    (
        "spa",
        &[
            "el", "la", "los", "las", "de", "que", "y", "en", "un", "una", "es", "no", "por",
            "con", "para", "se", "su", "del", "al", "lo", "como", "más", "pero", "sus", "le", "ya",
            "este", "sí", "porque", "esta", "son", "entre", "cuando", "muy", "sin", "sobre",
            "también", "me", "hay", "a", "o", "han", "nos",
        ],
    ),
    (
        "por",
        &[
            "o", "os", "de", "que", "e", "do", "da", "em", "um", "uma", "para", "com", "não", "no",
            "na", "dos", "das", "por", "mais", "as", "se", "ao", "como", "mas", "foi", "ele",
            "ela", "seu", "sua", "ou", "quando", "muito", "nos", "já", "também", "só", "pelo",
            "pela", "até", "isso", "é", "a", "são", "você", "eu",
        ],
    ),
    (
        "ita",
        &[
            "il", "lo", "la", "i", "gli", "le", "di", "che", "e", "è", "un", "una", "in", "per",
            "con", "non", "si", "da", "del", "della", "dei", "delle", "al", "alla", "sono", "ma",
            "come", "più", "anche", "nel", "nella", "questo", "questa", "ha", "mi", "ci", "o", "a",
            "se", "su",
        ],
    ),
    (
        "nld",
        &[
            "de", "het", "een", "en", "van", "ik", "te", "dat", "die", "in", "is", "niet", "op",
            "aan", "met", "als", "voor", "er", "maar", "om", "hij", "ook", "dan", "zijn", "bij",
            "uit", "nog", "naar", "heeft", "ze", "door", "over", "wel", "geen", "wat", "wordt",
            "je", "we", "of",
        ],
    ),
];

fn by_function_words(sample: &Sample) -> Option<&'static str> {
    let mut counts = [0u32; FUNCTION_WORDS.len()];
    let mut total = 0u32;
    let trim = |c: char| !c.is_alphabetic();
    for word in sample.text.split(' ') {
        let word = word.trim_matches(trim);
        if word.is_empty() {
            continue;
        }
        total += 1;
        if word.len() > 7 {
            continue;
        }
        let lower = word.to_lowercase();
        let languages = lookup(&lower);
        for (place, count) in counts.iter_mut().enumerate() {
            *count += u32::from(languages >> place & 1);
        }
    }
    let (place, best) =
        counts.iter().enumerate().max_by_key(|(place, count)| (**count, usize::MAX - place))?;
    let second = counts
        .iter()
        .enumerate()
        .filter(|(other, _)| *other != place)
        .map(|(_, count)| count)
        .max()?;
    // Every fourth word, twice as many as in any other language.
    (total >= LEAST_WORDS && best * 4 >= total && *best >= second * 2)
        .then_some(FUNCTION_WORDS[place].0)
}

/// The languages, as bits in the order of the table, in which `word` is a function word.
fn lookup(word: &str) -> u8 {
    use std::collections::HashMap;
    use std::sync::LazyLock;
    static WORDS: LazyLock<HashMap<&'static str, u8>> = LazyLock::new(|| {
        let mut words = HashMap::new();
        for (place, (_, list)) in FUNCTION_WORDS.iter().enumerate() {
            for word in *list {
                *words.entry(*word).or_default() |= 1 << place;
            }
        }
        words
    });
    WORDS.get(word).copied().unwrap_or_default()
}
