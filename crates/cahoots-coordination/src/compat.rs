//! The two peers whose results can be reproduced cell for cell.

use rustc_hash::FxHashSet;

use crate::spill::SpillError;

/// Whose rules are kept instead of ours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Compat {
    /// CooRTweet 2.1.
    CooRTweet,
    /// The Coordination Network Toolkit 1.5.
    Cnt,
}

/// A text as the Coordination Network Toolkit compares it: lower case, without mentions, every
/// run of white space one space.
pub(crate) fn cnt_text(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut kept = String::with_capacity(lower.len());
    let mut in_mention = false;
    for c in lower.chars() {
        if c.is_whitespace() {
            in_mention = false;
        } else if c == '@' {
            in_mention = true;
        }
        if !in_mention {
            kept.push(c);
        }
    }
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// CooRTweet's second filter on participation: of all posts in any pair (`paired`), those by
/// accounts with at least `least` rows in such posts. A pair stays when one of its two posts is
/// among them. `each_row` hands over account and post of every row that passed the first filter.
pub(crate) fn kept_contents(
    paired: &FxHashSet<u64>,
    each_row: impl Fn(&mut dyn FnMut(u32, u64)) -> Result<(), SpillError>,
    n_accounts: usize,
    least: u32,
) -> Result<FxHashSet<u64>, SpillError> {
    let mut counts = vec![0_u32; n_accounts];
    each_row(&mut |account, content| {
        counts[account as usize] += u32::from(paired.contains(&content));
    })?;
    let mut kept = FxHashSet::default();
    each_row(&mut |account, content| {
        if counts[account as usize] >= least && paired.contains(&content) {
            kept.insert(content);
        }
    })?;
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_compared_without_case_mentions_and_runs_of_space() {
        assert_eq!(cnt_text("  Hello\t@Ann.B  WORLD"), "hello world");
        assert_eq!(cnt_text("mail x@y.org now"), "mail x now");
        assert_eq!(cnt_text("@a @b"), "");
    }
}
