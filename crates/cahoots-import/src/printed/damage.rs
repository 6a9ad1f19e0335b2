//! How much of a text recognition spoilt beyond reading.

/// Lines that can be judged, and those of them that are damaged.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Damage {
    pub(crate) lines: u64,
    pub(crate) damaged: u64,
}

/// Lines with fewer words are not judged: a name, a number, a greeting.
const FEWEST: usize = 3;

impl Damage {
    /// Looks at one line.
    pub(crate) fn look(&mut self, line: &str) {
        let mut words = 0;
        let mut odd = 0;
        for word in line.split_whitespace() {
            words += 1;
            odd += usize::from(is_odd(word));
        }
        if words < FEWEST {
            return;
        }
        self.lines += 1;
        self.damaged += u64::from(odd >= 2 && odd * 3 >= words);
    }

    /// Whether so much is damaged that a reader has to be told.
    pub(crate) fn matters(&self) -> bool {
        self.damaged >= 3 && self.damaged * 4 >= self.lines
    }

    /// Damaged lines in a hundred.
    pub(crate) fn percent(&self) -> u64 {
        self.damaged * 100 / self.lines.max(1)
    }
}

/// Whether a word is one that nobody writes: marks inside it, or none but marks.
fn is_odd(word: &str) -> bool {
    if word.contains("://") || word.contains("www.") || word.contains(['@', '©']) {
        return false;
    }
    let inner = word.trim_matches(|c: char| !c.is_alphanumeric());
    if inner.is_empty() {
        // Rules, bullets and dashes are fine; a heap of unlike marks is not.
        let first = word.chars().next().unwrap_or(' ');
        return word.chars().count() >= 3 && word.chars().any(|c| c != first);
    }
    let outside = word.chars().count() - inner.chars().count();
    let mut letters = 0;
    let mut marks = 0;
    let mut turns = 0;
    let mut before = None;
    for c in inner.chars() {
        if c.is_alphabetic() {
            letters += 1;
            // `tacbCal`: a capital within small letters.
            if c.is_uppercase() && before == Some(true) {
                turns += 1;
            }
            before = Some(c.is_lowercase());
        } else {
            before = None;
            let joins = matches!(c, '-' | '\'' | '’' | '.' | '/' | '&' | '_');
            marks += usize::from(!c.is_ascii_digit() && !joins) * 2;
            marks += usize::from(joins && c == '.' && letters > 2);
        }
    }
    letters > 0 && marks >= 2 || turns >= 2 || outside >= 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spoilt_text_is_told_from_text() {
        let mut damage = Damage::default();
        for line in [
            "in Afghan hills, a practical action with potentially strategic aims.",
            "See https://q.example/a?b=c and U.S.-led talks; \"yes,\" she said (twice).",
            "Tel. 555-0100 (x12), fax 555-0101, e-mail: a@q.example",
            "* * * * *",
        ] {
            damage.look(line);
        }
        assert_eq!((damage.damaged, damage.matters()), (0, false));
        let mut damage = Damage::default();
        for line in [
            "LITIM.rft,?..W.1.1,:t7 ,701.,Ita•SruTot;ATKILICX..,727:17.11%.11:-Int:SIILC.7..1 x",
            "fh{o:ce \\wh;ve ;t.;va :|l;; ti-v:.3 to",
            "d.-.;•;E: ‘.;.vith bure..:aucracv. th;i,s",
        ] {
            damage.look(line);
        }
        assert_eq!((damage.damaged, damage.matters()), (3, true));
    }
}
