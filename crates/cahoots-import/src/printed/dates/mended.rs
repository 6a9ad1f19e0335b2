//! Letters that recognition saw where digits stand.

/// A text whose years and clock readings have digits for the letters that recognition saw in
/// them, `ZUU9 10:U8`; as many bytes as before. `None` when there is nothing to mend.
pub(super) fn mended(text: &str) -> Option<String> {
    let head = text.char_indices().nth(60).map_or(text, |(at, _)| &text[..at]);
    let mut out = String::with_capacity(text.len());
    let mut changed = false;
    for word in head.split_inclusive(' ') {
        let bare = word.trim_end_matches([' ', ',', '.']);
        let year = bare.len() == 4;
        let clock = (4..=5).contains(&bare.len()) && bare.contains(':');
        let letters = bare.bytes().filter(u8::is_ascii_alphabetic).count();
        let digits: Option<String> = bare.chars().map(digit).collect();
        match digits {
            Some(digits)
                if (1..=3).contains(&letters)
                    && (clock && letters <= 2
                        || year && (digits.starts_with("20") || digits.starts_with("199"))) =>
            {
                changed = true;
                out.push_str(&digits);
                out.push_str(&word[bare.len()..]);
            }
            _ => out.push_str(word),
        }
    }
    out.push_str(&text[head.len()..]);
    changed.then_some(out)
}

/// The digit that a letter is a misreading of.
fn digit(c: char) -> Option<char> {
    Some(match c {
        '0'..='9' | ':' => c,
        'O' | 'o' | 'U' | 'u' | 'D' | 'd' | 'Q' => '0',
        'l' | 'I' | 'i' | 'L' => '1',
        'Z' | 'z' => '2',
        'S' | 's' => '5',
        'b' => '6',
        'B' => '8',
        _ => return None,
    })
}
