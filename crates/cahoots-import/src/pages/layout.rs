//! Words with places to lines of text: what stands side by side on a page stands side by side in
//! a line, with as many blanks between as there is room.

/// A word, or a letter, where it stands. Lengths in any unit, the same for a whole page; `y` grows
/// downward.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) left: f64,
    pub(crate) right: f64,
    /// Where its line stands.
    pub(crate) y: f64,
    /// Height of its letters.
    pub(crate) height: f64,
}

/// Pieces of one page that are believed.
pub(crate) const MOST: usize = 200_000;
/// Blanks in a row, and blank lines in a row, at most.
const WIDEST: usize = 200;
const TALLEST: usize = 6;

/// The text of a page.
pub(crate) fn page(mut pieces: Vec<Piece>) -> String {
    pieces.retain(|piece| {
        let sane = [piece.left, piece.right, piece.y, piece.height].iter().all(|n| n.is_finite());
        sane && piece.height > 0.0 && !piece.text.trim().is_empty()
    });
    pieces.truncate(MOST);
    if pieces.is_empty() {
        return String::new();
    }
    pieces.sort_by(|a, b| a.y.total_cmp(&b.y).then(a.left.total_cmp(&b.left)));
    let wide = median(pieces.iter().map(|piece| {
        (piece.right - piece.left).max(0.0) / piece.text.chars().count().max(1) as f64
    }));
    let wide = if wide > 0.0 { wide } else { median(pieces.iter().map(|p| p.height)) / 2.0 };
    let left = pieces.iter().map(|piece| piece.left).fold(f64::INFINITY, f64::min);
    let lines = lines(pieces);
    // Most lines follow closely: the lower third of the distances is a line's height.
    let step = quantile(lines.windows(2).map(|pair| pair[1].0 - pair[0].0), 3).max(0.1);
    let mut out = String::new();
    let mut above: Option<f64> = None;
    for (y, line) in lines {
        if let Some(above) = above {
            // Lines of a paragraph are one step apart; more is blank lines.
            let blank = (((y - above) / step).round() as usize).saturating_sub(1).min(TALLEST);
            out.extend(std::iter::repeat_n('\n', blank));
        }
        above = Some(y);
        out.push_str(&one(line, left, wide));
        out.push('\n');
    }
    out
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    quantile(values, 2)
}

/// The value below which one in `part` lies.
fn quantile(values: impl Iterator<Item = f64>, part: usize) -> f64 {
    let mut values: Vec<f64> = values.filter(|value| value.is_finite() && *value > 0.0).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / part).copied().unwrap_or(0.0)
}

/// Pieces by line, from the top, each line from the left.
fn lines(pieces: Vec<Piece>) -> Vec<(f64, Vec<Piece>)> {
    let mut lines: Vec<(f64, Vec<Piece>)> = Vec::new();
    for piece in pieces {
        match lines.last_mut() {
            Some((y, line)) if piece.y - *y <= piece.height.min(line[0].height) * 0.45 => {
                line.push(piece);
            }
            _ => lines.push((piece.y, vec![piece])),
        }
    }
    for (_, line) in &mut lines {
        line.sort_by(|a, b| a.left.total_cmp(&b.left));
        // Bold print is one letter printed twice.
        line.dedup_by(|b, a| a.text == b.text && (a.left - b.left).abs() < a.height * 0.12);
    }
    lines
}

/// One line, its words in their columns.
fn one(line: Vec<Piece>, left: f64, wide: f64) -> String {
    let mut out = String::new();
    let mut column = 0;
    let mut end: Option<f64> = None;
    for piece in line {
        let gap = end.map_or(f64::INFINITY, |end| piece.left - end);
        if gap > piece.height * 0.17 {
            let target =
                (((piece.left - left) / wide).round().max(0.0) as usize).min(column + WIDEST);
            // Letters are not all of one width: only a real gap moves to its column.
            let blanks = match end {
                None => target,
                Some(_) if gap > wide * 2.2 => target.saturating_sub(column).max(2),
                Some(_) => 1,
            };
            out.extend(std::iter::repeat_n(' ', blanks));
            column += blanks;
        }
        column += piece.text.chars().count();
        out.push_str(&piece.text);
        end = Some(end.unwrap_or(f64::NEG_INFINITY).max(piece.right));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(text: &str, column: usize, line: usize) -> Piece {
        let left = column as f64 * 6.0;
        let right = left + text.chars().count() as f64 * 6.0;
        Piece { text: text.to_owned(), left, right, y: line as f64 * 14.0, height: 10.0 }
    }

    #[test]
    fn words_stand_in_lines_and_columns() {
        let pieces = vec![
            piece("Ann", 10, 0),
            piece("From:", 0, 0),
            piece("Lind", 14, 0),
            piece("To:", 0, 1),
            piece("Bo", 10, 1),
            piece("Text", 0, 4),
        ];
        assert_eq!(page(pieces), "From:     Ann Lind\nTo:       Bo\n\n\nText\n");
    }

    #[test]
    fn letters_are_joined_and_what_is_no_place_is_left_out() {
        let mut pieces: Vec<Piece> =
            "Yes".chars().enumerate().map(|(at, c)| piece(&c.to_string(), at, 0)).collect();
        pieces.push(Piece { left: f64::NAN, ..piece("x", 0, 0) });
        pieces.push(Piece { height: 0.0, ..piece("x", 0, 0) });
        assert_eq!(page(pieces), "Yes\n");
        assert_eq!(page(Vec::new()), "");
    }

    proptest::proptest! {
        #[test]
        fn any_places_give_every_word_once(
            places in proptest::collection::vec((-1e9f64..1e9, -1e9f64..1e9, 0.01f64..1e4), 1..30),
        ) {
            let pieces: Vec<Piece> = places.iter().enumerate().map(|(at, (left, y, height))| Piece {
                text: format!("w{at}w"), left: *left, right: left + 5.0, y: *y, height: *height,
            }).collect();
            let text = page(pieces);
            for at in 0..places.len() {
                let word = format!("w{at}w");
                proptest::prop_assert_eq!(text.matches(&word).count(), 1);
            }
        }
    }
}
