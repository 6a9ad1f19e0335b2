//! Edges: everything that two accounts did in step, added up.

use crate::compat::Compat;
use crate::share::AccountNo;

/// One pair of shares of one object by two accounts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Meeting {
    pub(crate) object: u32,
    pub(crate) older_micros: i64,
    pub(crate) newer_micros: i64,
    pub(crate) older_content: u64,
    pub(crate) newer_content: u64,
    /// The account with the smaller number was first, or both were at once.
    pub(crate) older_is_a: bool,
}

/// Two accounts and their pairs of shares within the widest window.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Edge {
    /// The account with the smaller number.
    pub a: AccountNo,
    /// The account with the larger number.
    pub b: AccountNo,
    /// Pairs of shares.
    pub weight: u32,
    /// Different objects among them.
    pub objects: u32,
    /// The sum of the lags, in microseconds.
    pub lag_sum: u64,
    /// The median lag, in microseconds.
    pub lag_median: i64,
    /// Different posts of `a` among them; with CooRTweet's rules, the different older posts.
    pub contents_a: u32,
    /// Different posts of `b` among them; with CooRTweet's rules, the different newer posts.
    pub contents_b: u32,
    /// Pairs in which `a` was first.
    pub a_first: u32,
    /// Pairs in which `b` was first.
    pub b_first: u32,
    /// The time of the first share of any pair.
    pub first: i64,
    /// The time of the last share of any pair.
    pub last: i64,
}

impl Edge {
    /// The mean lag in seconds.
    pub fn mean_lag(&self) -> f64 {
        self.lag_sum as f64 / f64::from(self.weight.max(1)) / 1e6
    }

    /// How evenly both sides' posts make up the pairs: the lesser count by the greater.
    pub fn symmetry(&self) -> f64 {
        let (a, b) = (self.contents_a, self.contents_b);
        f64::from(a.min(b)) / f64::from(a.max(b).max(1))
    }

    /// Of the pairs that were not at once, the part in which the more frequent leader was first;
    /// `None` when all were at once.
    pub fn leader_share(&self) -> Option<f64> {
        let ordered = self.a_first + self.b_first;
        (ordered > 0).then(|| f64::from(self.a_first.max(self.b_first)) / f64::from(ordered))
    }
}

/// Edges in the order of their accounts, with the counts of narrower windows and of layers.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Edges {
    /// The edges.
    pub list: Vec<Edge>,
    /// For each edge, the pairs within each window, the narrowest first.
    pub in_window: Vec<u32>,
    /// For each edge, pairs and objects of each kind of object, in the order of the kinds; empty
    /// where there is only one.
    pub in_layer: Vec<(u32, u32)>,
}

impl Edges {
    /// The counts of one edge in each of `n` windows.
    pub fn windows(&self, edge: usize, n: usize) -> &[u32] {
        self.in_window.get(edge * n..(edge + 1) * n).unwrap_or_default()
    }

    /// Pairs and objects of one edge in each of `n` layers; empty with only one layer.
    pub fn layers(&self, edge: usize, n: usize) -> &[(u32, u32)] {
        self.in_layer.get(edge * n..(edge + 1) * n).unwrap_or_default()
    }

    /// Keeps those that `wanted` says yes to.
    pub fn retain(&mut self, wanted: impl Fn(usize, &Edge) -> bool) {
        let n = self.list.len().max(1);
        let (windows, layers) = (self.in_window.len() / n, self.in_layer.len() / n);
        let kept: Vec<bool> =
            self.list.iter().enumerate().map(|(at, edge)| wanted(at, edge)).collect();
        let mut at = 0..;
        self.list.retain(|_| at.next().is_some_and(|at: usize| kept[at]));
        let mut at = 0..;
        self.in_window.retain(|_| at.next().is_some_and(|at: usize| kept[at / windows.max(1)]));
        let mut at = 0..;
        self.in_layer.retain(|_| at.next().is_some_and(|at: usize| kept[at / layers.max(1)]));
    }

    pub(crate) fn push_from(&mut self, other: &Self, at: usize, windows: usize, layers: usize) {
        self.list.push(other.list[at]);
        self.in_window.extend_from_slice(other.windows(at, windows));
        self.in_layer.extend_from_slice(other.layers(at, layers));
    }

    /// Bytes in memory, about.
    pub(crate) fn size(&self) -> u64 {
        (self.list.len() * size_of::<Edge>() + self.in_window.len() * 4 + self.in_layer.len() * 8)
            as u64
    }
}

/// What is asked of each edge.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    /// Ascending, in microseconds.
    pub(crate) windows: &'a [i64],
    /// The layer of each code of a kind; empty with only one layer.
    pub(crate) layers: &'a [u8],
    pub(crate) n_layers: usize,
    pub(crate) min_weight: u32,
    pub(crate) compat: Option<Compat>,
}

/// Adds up the meetings of one edge after another. The order of the meetings of an edge does not
/// matter.
pub(crate) struct Adding<'a> {
    wanted: Wanted<'a>,
    pub(crate) edges: Edges,
    /// Edges that were left out because of their weight.
    pub(crate) light: u64,
    lags: Vec<i64>,
    objects: Vec<u32>,
    ones: Vec<u64>,
    others: Vec<u64>,
    in_window: Vec<u32>,
    in_layer: Vec<(u32, u32)>,
    layer_objects: Vec<(u8, u32)>,
    edge: Option<Edge>,
}

impl<'a> Adding<'a> {
    pub(crate) fn new(wanted: Wanted<'a>) -> Self {
        Self {
            wanted,
            edges: Edges::default(),
            light: 0,
            lags: Vec::new(),
            objects: Vec::new(),
            ones: Vec::new(),
            others: Vec::new(),
            in_window: vec![0; wanted.windows.len()],
            in_layer: vec![(0, 0); wanted.n_layers],
            layer_objects: Vec::new(),
            edge: None,
        }
    }

    /// Adds a meeting; `kind` is the code of its object's kind.
    pub(crate) fn add(&mut self, a: u32, b: u32, meeting: &Meeting, kind: impl Fn(u32) -> u8) {
        if self.edge.is_none_or(|edge| (edge.a.0, edge.b.0) != (a, b)) {
            self.end();
            self.edge = Some(Edge {
                a: AccountNo(a),
                b: AccountNo(b),
                weight: 0,
                objects: 0,
                lag_sum: 0,
                lag_median: 0,
                contents_a: 0,
                contents_b: 0,
                a_first: 0,
                b_first: 0,
                first: i64::MAX,
                last: i64::MIN,
            });
        }
        let Some(edge) = &mut self.edge else { return };
        let lag = meeting.newer_micros - meeting.older_micros;
        edge.weight += 1;
        edge.lag_sum = edge.lag_sum.saturating_add(lag as u64);
        edge.first = edge.first.min(meeting.older_micros);
        edge.last = edge.last.max(meeting.newer_micros);
        match (lag, meeting.older_is_a) {
            (0, _) => {}
            (_, true) => edge.a_first += 1,
            (_, false) => edge.b_first += 1,
        }
        self.lags.push(lag);
        self.objects.push(meeting.object);
        let by_age = self.wanted.compat == Some(Compat::CooRTweet);
        let (one, other) = match by_age || meeting.older_is_a {
            true => (meeting.older_content, meeting.newer_content),
            false => (meeting.newer_content, meeting.older_content),
        };
        self.ones.push(one);
        self.others.push(other);
        for (n, window) in self.in_window.iter_mut().zip(self.wanted.windows) {
            *n += u32::from(lag <= *window);
        }
        if self.wanted.n_layers > 1 {
            let layer = self.wanted.layers[usize::from(kind(meeting.object))];
            self.in_layer[usize::from(layer)].0 += 1;
            self.layer_objects.push((layer, meeting.object));
        }
    }

    /// Ends the edge that is being added up.
    pub(crate) fn end(&mut self) {
        let Some(mut edge) = self.edge.take() else { return };
        if edge.weight < self.wanted.min_weight && self.wanted.compat != Some(Compat::Cnt) {
            self.light += 1;
        } else {
            edge.objects = different(&mut self.objects);
            edge.contents_a = different(&mut self.ones);
            edge.contents_b = different(&mut self.others);
            edge.lag_median = median(&mut self.lags);
            self.edges.list.push(edge);
            self.edges.in_window.extend_from_slice(&self.in_window);
            if self.wanted.n_layers > 1 {
                self.layer_objects.sort_unstable();
                self.layer_objects.dedup();
                for (layer, _) in &self.layer_objects {
                    self.in_layer[usize::from(*layer)].1 += 1;
                }
                self.edges.in_layer.extend_from_slice(&self.in_layer);
            }
        }
        self.lags.clear();
        self.objects.clear();
        self.ones.clear();
        self.others.clear();
        self.layer_objects.clear();
        self.in_window.fill(0);
        self.in_layer.fill((0, 0));
    }
}

/// How many different ones there are.
fn different<T: Ord + Copy>(list: &mut Vec<T>) -> u32 {
    if list.len() == 1 {
        return 1;
    }
    list.sort_unstable();
    list.dedup();
    list.len() as u32
}

/// The middle one, or half-way between the two in the middle.
fn median(list: &mut [i64]) -> i64 {
    let half = list.len() / 2;
    if list.len() == 1 {
        return list[0];
    }
    let odd = list.len() % 2 == 1;
    let (below, middle, _) = list.select_nth_unstable(half);
    if odd {
        return *middle;
    }
    let before = below.iter().copied().max().unwrap_or(*middle);
    before + (*middle - before) / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        assert_eq!(median(&mut [5]), 5);
        assert_eq!(median(&mut [5, 1]), 3);
        assert_eq!(median(&mut [9, 1, 4]), 4);
        assert_eq!(median(&mut [9, 1, 4, 6]), 5);
    }

    #[test]
    fn keeping_some_edges_keeps_their_counts() {
        let edge = |a| {
            let mut adding = Adding::new(Wanted {
                windows: &[],
                layers: &[],
                n_layers: 1,
                min_weight: 0,
                compat: None,
            });
            let meeting = Meeting {
                object: 0,
                older_micros: 0,
                newer_micros: 1,
                older_content: 1,
                newer_content: 2,
                older_is_a: true,
            };
            adding.add(a, 9, &meeting, |_| 0);
            adding.end();
            adding.edges.list[0]
        };
        let mut edges = Edges {
            list: vec![edge(0), edge(1), edge(2)],
            in_window: vec![1, 2, 3, 4, 5, 6],
            in_layer: vec![(1, 1), (2, 2), (3, 3)],
        };
        edges.retain(|at, _| at != 1);
        assert_eq!(edges.list.iter().map(|edge| edge.a.0).collect::<Vec<_>>(), [0, 2]);
        assert_eq!(edges.in_window, [1, 2, 5, 6]);
        assert_eq!(edges.in_layer, [(1, 1), (3, 3)]);
        assert_eq!(edges.windows(1, 2), [5, 6]);
    }
}
