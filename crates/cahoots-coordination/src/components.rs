//! Accounts that hang together by any chain of edges.

use rustc_hash::FxHashMap;

use crate::share::AccountNo;

/// The connected parts of a network, the largest first, members by number.
pub(crate) fn components(
    edges: impl Iterator<Item = (AccountNo, AccountNo)>,
) -> Vec<Vec<AccountNo>> {
    let mut heads: FxHashMap<u32, u32> = FxHashMap::default();
    fn head(heads: &mut FxHashMap<u32, u32>, of: u32) -> u32 {
        let mut at = of;
        loop {
            let up = *heads.entry(at).or_insert(at);
            if up == at {
                break;
            }
            at = up;
        }
        let mut path = of;
        while path != at {
            path = heads.insert(path, at).unwrap_or(at);
        }
        at
    }
    for (a, b) in edges {
        let (a, b) = (head(&mut heads, a.0), head(&mut heads, b.0));
        heads.insert(a.max(b), a.min(b));
    }
    let mut accounts: Vec<u32> = heads.keys().copied().collect();
    accounts.sort_unstable();
    let mut parts: FxHashMap<u32, Vec<AccountNo>> = FxHashMap::default();
    for account in accounts {
        let head = head(&mut heads, account);
        parts.entry(head).or_default().push(AccountNo(account));
    }
    let mut parts: Vec<Vec<AccountNo>> = parts.into_values().collect();
    parts.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_hang_together() {
        let edges = [(1, 2), (8, 9), (3, 4), (2, 3), (5, 9)];
        let parts = components(edges.into_iter().map(|(a, b)| (AccountNo(a), AccountNo(b))));
        let numbers: Vec<Vec<u32>> =
            parts.iter().map(|part| part.iter().map(|account| account.0).collect()).collect();
        assert_eq!(numbers, [vec![1, 2, 3, 4], vec![5, 8, 9]]);
    }
}
