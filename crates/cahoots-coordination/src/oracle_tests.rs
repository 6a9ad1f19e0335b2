//! The network held against slow and literal readings of the rules, on made-up tables full of
//! ties, repeats, loops and originals; read from files, on threads, with and without spilling.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use proptest::prelude::*;

use crate::spill::Budget;
use crate::{Compat, Network, Question, Reading, Shares, network, read};

/// Object, account, post, seconds.
type Line = (String, String, String, i64);

fn table() -> impl Strategy<Value = Vec<Line>> {
    let line = (
        prop_oneof![4 => "o[1-3]", 1 => "c[1-2]"],
        "[a-e]",
        "c[1-9]",
        prop_oneof![6 => 0_i64..12, 1 => 100_i64..104],
    );
    // Every line may come twice.
    proptest::collection::vec((line, 1_usize..3), 0..40).prop_map(|lines| {
        let again = |(line, times): (Line, usize)| std::iter::repeat_n(line, times);
        let mut lines: Vec<Line> = lines.into_iter().flat_map(again).collect();
        // Repeats need not be neighbours.
        let half = lines.len() / 2;
        lines[half..].reverse();
        lines
    })
}

/// What an edge comes to, by the names of its accounts.
#[derive(Clone, PartialEq, Debug, Default)]
struct Sum {
    weight: u32,
    lags: Vec<i64>,
    objects: BTreeSet<String>,
    ones: BTreeSet<String>,
    others: BTreeSet<String>,
    one_first: u32,
    other_first: u32,
}

type Sums = BTreeMap<(String, String), Sum>;

fn frequent(lines: &[Line], least: u32) -> Vec<Line> {
    let n = |account: &str| lines.iter().filter(|line| line.1 == account).count();
    lines.iter().filter(|line| n(&line.1) >= least as usize).cloned().collect()
}

/// CooRTweet, step by step as it goes.
fn coortweet(lines: &[Line], window: i64, least: u32) -> Sums {
    let lines = frequent(lines, least);
    let mut accounts: Vec<&String> = Vec::new();
    for line in &lines {
        if !accounts.contains(&&line.1) {
            accounts.push(&line.1);
        }
    }
    let regrouped: Vec<&Line> = accounts
        .iter()
        .flat_map(|account| lines.iter().filter(move |line| line.1 == **account))
        .collect();
    let mut pairs: Vec<(&Line, &Line, i64)> = Vec::new();
    for (at, x) in regrouped.iter().enumerate() {
        for y in &regrouped[at + 1..] {
            let delta = x.3 - y.3;
            if x.0 == y.0 && delta.abs() <= window {
                pairs.push((x, y, delta));
            }
        }
    }
    pairs.retain(|(x, y, _)| x.0 != x.2 && x.0 != y.2 && x.2 != y.2 && x.1 != y.1);
    let contents: BTreeSet<&String> = pairs.iter().flat_map(|(x, y, _)| [&x.2, &y.2]).collect();
    let in_pairs: Vec<&Line> = lines.iter().filter(|line| contents.contains(&line.2)).collect();
    let n = |account: &str| in_pairs.iter().filter(|line| line.1 == account).count();
    let kept: BTreeSet<&String> =
        in_pairs.iter().filter(|line| n(&line.1) >= least as usize).map(|line| &line.2).collect();
    pairs.retain(|(x, y, _)| kept.contains(&x.2) || kept.contains(&y.2));
    let mut sums = Sums::new();
    for (x, y, delta) in pairs {
        let (older, newer) = if delta > 0 { (y, x) } else { (x, y) };
        let key = (older.1.clone().min(newer.1.clone()), older.1.clone().max(newer.1.clone()));
        let sum = sums.entry(key).or_default();
        sum.weight += 1;
        sum.lags.push(delta.abs());
        sum.objects.insert(x.0.clone());
        sum.ones.insert(older.2.clone());
        sum.others.insert(newer.2.clone());
    }
    sums
}

/// The toolkit: for each direction, the messages with a match.
fn cnt(lines: &[Line], window: i64) -> BTreeMap<(String, String), BTreeSet<String>> {
    let mut edges: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for x in lines {
        for y in lines {
            if x.0 == y.0 && x.1 != y.1 && (x.3 - y.3).abs() <= window {
                let key = (x.1.clone(), y.1.clone());
                edges.entry(key).or_default().insert(x.2.clone());
            }
        }
    }
    edges
}

/// Our own rules.
fn ours(lines: &[Line], window: i64, least: u32) -> Sums {
    let once: BTreeSet<Line> = lines.iter().cloned().collect();
    let lines: Vec<Line> = once.into_iter().collect();
    let mut lines = frequent(&lines, least);
    lines.retain(|line| line.0 != line.2);
    let mut pairs: Vec<(&Line, &Line)> = Vec::new();
    let mut matched: BTreeMap<&String, BTreeSet<usize>> = BTreeMap::new();
    for (i, x) in lines.iter().enumerate() {
        for (j, y) in lines.iter().enumerate().skip(i + 1) {
            if x.0 == y.0 && x.1 != y.1 && (x.3 - y.3).abs() <= window {
                pairs.push(if x.1 < y.1 { (x, y) } else { (y, x) });
                matched.entry(&x.1).or_default().insert(i);
                matched.entry(&y.1).or_default().insert(j);
            }
        }
    }
    pairs.retain(|(x, y)| {
        matched[&x.1].len() >= least as usize && matched[&y.1].len() >= least as usize
    });
    let mut sums = Sums::new();
    for (one, other) in pairs {
        let sum = sums.entry((one.1.clone(), other.1.clone())).or_default();
        sum.weight += 1;
        sum.lags.push((one.3 - other.3).abs());
        sum.objects.insert(one.0.clone());
        sum.ones.insert(one.2.clone());
        sum.others.insert(other.2.clone());
        sum.one_first += u32::from(one.3 < other.3);
        sum.other_first += u32::from(other.3 < one.3);
    }
    sums
}

fn shares(lines: &[Line], how: &Reading) -> Shares {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "object_id,account_id,content_id,timestamp_share").unwrap();
    for (object, account, content, seconds) in lines {
        writeln!(file, "{object},{account},{content},{seconds}").unwrap();
    }
    file.flush().unwrap();
    if lines.is_empty() {
        return Shares::of_rows([], how).unwrap();
    }
    read(&[file.path().to_owned()], how).unwrap()
}

fn question(window: i64, least: u32, compat: Option<Compat>) -> Question {
    Question {
        windows: vec![window * 1_000_000],
        min_participation: least,
        compat,
        threads: 1,
        ..Question::default()
    }
}

/// The edges by the names of their accounts, in the order of the names.
fn named(shares: &Shares, found: &Network) -> BTreeMap<(String, String), crate::Edge> {
    let name = |number: crate::AccountNo| shares.accounts.name(number.0).to_owned();
    found
        .edges
        .list
        .iter()
        .map(|edge| {
            let (a, b) = (name(edge.a), name(edge.b));
            // Numbers follow the order of the rows; the comparison is by name.
            let zero = crate::AccountNo(0);
            let edge = crate::Edge { a: zero, b: zero, ..*edge };
            // The sides of a table are those of the names; CooRTweet's counts are of age.
            if a < b {
                ((a, b), edge)
            } else {
                let turned = crate::Edge {
                    contents_a: edge.contents_b,
                    contents_b: edge.contents_a,
                    a_first: edge.b_first,
                    b_first: edge.a_first,
                    ..edge
                };
                ((b, a), turned)
            }
        })
        .collect()
}

fn middle(lags: &[i64]) -> i64 {
    let mut lags = lags.to_vec();
    lags.sort_unstable();
    let (low, high) = (lags[(lags.len() - 1) / 2], lags[lags.len() / 2]);
    (low + high) * 1_000_000 / 2
}

fn same(sums: &Sums, edges: &BTreeMap<(String, String), crate::Edge>, by_age: bool) {
    assert_eq!(sums.keys().collect::<Vec<_>>(), edges.keys().collect::<Vec<_>>());
    for (key, sum) in sums {
        let edge = &edges[key];
        assert_eq!(edge.weight, sum.weight, "{key:?}");
        assert_eq!(edge.lag_sum as i64, sum.lags.iter().sum::<i64>() * 1_000_000);
        assert_eq!(edge.lag_median, middle(&sum.lags));
        assert_eq!(edge.objects as usize, sum.objects.len());
        let (ones, others) = (sum.ones.len() as u32, sum.others.len() as u32);
        let (a, b) = (edge.contents_a, edge.contents_b);
        // Older and newer posts do not turn with the names.
        assert!((ones, others) == (a, b) || by_age && (ones, others) == (b, a), "{key:?}");
        if !by_age {
            assert_eq!((edge.a_first, edge.b_first), (sum.one_first, sum.other_first));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn coortweet_as_it_goes(lines in table(), window in 0_i64..5, least in 0_u32..4) {
        let how = Reading { compat: Some(Compat::CooRTweet), threads: 2, ..Reading::default() };
        let shares = shares(&lines, &how);
        let found = network(&shares, &question(window, least, how.compat)).unwrap();
        let mut edges = BTreeMap::new();
        for edge in &found.edges.list {
            let mut names = [shares.accounts.name(edge.a.0), shares.accounts.name(edge.b.0)];
            names.sort_unstable();
            edges.insert((names[0].to_owned(), names[1].to_owned()), *edge);
        }
        let sums = coortweet(&lines, window, least);
        same(&sums, &edges, true);
        for (key, sum) in &sums {
            let counts = (edges[key].contents_a as usize, edges[key].contents_b as usize);
            prop_assert_eq!(counts, (sum.ones.len(), sum.others.len()));
        }
    }

    #[test]
    fn the_toolkit_as_it_counts(lines in table(), window in 0_i64..5) {
        let how = Reading { compat: Some(Compat::Cnt), threads: 1, ..Reading::default() };
        let shares = shares(&lines, &how);
        let found = network(&shares, &question(window, 2, how.compat)).unwrap();
        let mut directed = BTreeMap::new();
        for ((a, b), edge) in named(&shares, &found) {
            directed.insert((a.clone(), b.clone()), edge.contents_a as usize);
            directed.insert((b, a), edge.contents_b as usize);
        }
        let expected: BTreeMap<_, _> =
            cnt(&lines, window).into_iter().map(|(key, messages)| (key, messages.len())).collect();
        prop_assert_eq!(directed, expected);
    }

    #[test]
    fn our_rules_as_they_are_written(lines in table(), window in 0_i64..5, least in 0_u32..4) {
        let how = Reading { threads: 2, ..Reading::default() };
        let shares = shares(&lines, &how);
        let found = network(&shares, &question(window, least, None)).unwrap();
        same(&ours(&lines, window, least), &named(&shares, &found), false);
    }

    /// Threads, the order of the rows, several files and spilling change nothing.
    #[test]
    fn nothing_but_the_shares_matters(
        lines in table(),
        window in 0_i64..5,
        compat in prop_oneof![Just(None), Just(Some(Compat::Cnt)), Just(Some(Compat::CooRTweet))],
        threads in 1_usize..4,
    ) {
        let how = Reading { compat, threads: 1, ..Reading::default() };
        let alone = shares(&lines, &how);
        let windows = vec![window * 1_000_000, 3_000_000];
        let asked = Question { windows, ..question(window, 1, compat) };
        let expected = network(&alone, &asked).unwrap();
        let budget = Budget { memory: Some(1 << 16), temp: None };
        let spilling = Reading { threads, budget: budget.clone(), ..how.clone() };
        let tight = Question { threads, budget: Budget { memory: Some(8192), temp: None }, ..asked.clone() };
        for how in [&Reading { threads, ..how.clone() }, &spilling] {
            let shares = shares(&lines, how);
            prop_assert_eq!(&shares.problems, &alone.problems);
            for asked in [&Question { threads, ..asked.clone() }, &tight] {
                match network(&shares, asked) {
                    Ok(found) => {
                        let found = Network { spilled: 0, ..found };
                        prop_assert_eq!(&found, &expected);
                    }
                    Err(error) => prop_assert!(error.to_string().contains("bytes of memory"), "{}", error),
                }
            }
        }
        // Another order of the rows gives accounts other numbers and the same edges by name.
        let mut turned = lines.clone();
        turned.sort();
        let turned = shares(&turned, &how);
        let found = network(&turned, &asked).unwrap();
        if compat != Some(Compat::CooRTweet) {
            prop_assert_eq!(named(&turned, &found), named(&alone, &expected));
        }
    }
}

/// Rows spill at a quarter of the memory, long before a test's table could fill it.
#[test]
fn spilled_rows_give_the_same_network() {
    let plan =
        crate::planted::Plan { organic: 3_000, accounts: 60, objects: 20, ..Default::default() };
    let lines: Vec<Line> = plan
        .rows()
        .enumerate()
        .map(|(row, share)| {
            let names = (format!("o{}", share.object.0), format!("a{}", share.account.0));
            (names.0, names.1, format!("c{row}"), share.micros / 1_000_000)
        })
        .collect();
    for compat in [None, Some(Compat::Cnt), Some(Compat::CooRTweet)] {
        let how = Reading { compat, threads: 2, ..Reading::default() };
        let held = shares(&lines, &how);
        assert_eq!(held.spilled, 0);
        let asked = question(3_600, 2, compat);
        let expected = network(&held, &asked).unwrap();
        assert!(expected.edges.list.len() > 500);
        let budget = Budget { memory: Some(400_000), temp: None };
        let how = Reading { budget: budget.clone(), ..how };
        let spilled = shares(&lines, &how);
        assert!(spilled.spilled > 0);
        assert_eq!(spilled.sorted().unwrap(), held.sorted().unwrap());
        assert_eq!((spilled.span, &spilled.of_account), (held.span, &held.of_account));
        let asked = Question { threads: 2, ..asked };
        let found = network(&spilled, &asked).unwrap();
        assert!(found.spilled > 0);
        assert_eq!(Network { spilled: 0, ..found }, expected);
        let tight = Question { budget: Budget { memory: Some(3_000_000), temp: None }, ..asked };
        let found = network(&held, &tight).unwrap();
        assert!(found.spilled > 0);
        assert_eq!(Network { spilled: 0, ..found }, expected);
    }
}

#[test]
fn a_popular_object_is_left_out_by_name_and_nothing_else_is() {
    let mut lines: Vec<Line> =
        (0..50).map(|n| ("hot".to_owned(), format!("a{n}"), format!("c{n}"), 10)).collect();
    lines.extend((0..4).map(|n| ("o".to_owned(), format!("a{}", n % 2), format!("d{n}"), n)));
    for memory in [None, Some(40_000)] {
        let how = Reading { threads: 1, ..Reading::default() };
        let shares = shares(&lines, &how);
        let asked = Question {
            pairs_per_object: 1_000,
            budget: Budget { memory, temp: None },
            ..question(5, 1, None)
        };
        let found = network(&shares, &asked).unwrap();
        assert_eq!(found.left_out.len(), 1);
        let left = found.left_out[0];
        assert_eq!((left.shares, left.pairs), (50, 50 * 49 / 2));
        assert_eq!(shares.objects.name(left.object), "hot");
        assert_eq!(found.edges.list.len(), 1);
        let all = Question { pairs_per_object: 2_000, most_pairs: 1_000, ..asked };
        let refused = network(&shares, &all).unwrap_err().to_string();
        assert!(refused.contains("at most 1000"), "{refused}");
    }
}
