//! Which messages belong together: Zawinski's algorithm on Message-ID and References (RFC 5256,
//! without its subject step), and on the reply ids of platforms.
//!
//! Subjects tie nothing: two people who write «hello» are no thread. A message that is referred to
//! and absent still ties its answers together; it is reported as missing.

use rustc_hash::FxHashMap;

/// What threading needs of an item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// The item's own id.
    pub native: Option<u64>,
    /// Ids it answers, parent last.
    pub references: Vec<u64>,
}

/// Thread and parent of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The first item of its thread in the order of the record.
    pub thread: u64,
    /// The item it answers, or the nearest one above that is in the record.
    pub parent: Option<u64>,
    /// The item that stands for its message: itself, unless it is a further printing of one that
    /// another item shows better.
    pub message: u64,
}

/// A number for a native id.
pub fn key(native_id: &str) -> u64 {
    // FNV-1a with a final mix: fixed for ever, because tables of it are kept.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in native_id.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash ^= hash >> 32;
    hash.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

const NONE: u32 = u32::MAX;

#[derive(Clone, Copy)]
struct Container {
    parent: u32,
    /// The first item that has this id.
    item: u32,
}

/// Places every item, given in the order of the record.
///
/// Whether two items share a thread does not depend on their order. Time is nearly linear: one
/// pass to make containers, one to link them, one to read the result. `links` are further pairs
/// of ids, an answer and what it answers; they give way to what the items say themselves.
pub fn place(nodes: impl Iterator<Item = Node>, links: &[(u64, u64)]) -> Vec<Placed> {
    let mut containers: Vec<Container> = Vec::new();
    let mut by_id: FxHashMap<u64, u32> = FxHashMap::default();
    let mut own: Vec<u32> = Vec::new();
    // Which containers belong to one thread, links that closed a loop included.
    let mut joined = Joined::default();
    let mut container = |id: Option<u64>, containers: &mut Vec<Container>, joined: &mut Joined| {
        let fresh = containers.len() as u32;
        let place = match id {
            Some(id) => *by_id.entry(id).or_insert(fresh),
            None => fresh,
        };
        if place == fresh {
            containers.push(Container { parent: NONE, item: NONE });
            joined.up.push(fresh);
        }
        place
    };
    for (ord, node) in nodes.enumerate() {
        let mine = container(node.native, &mut containers, &mut joined);
        if containers[mine as usize].item == NONE {
            containers[mine as usize].item = ord as u32;
        }
        own.push(mine);
        let mut above = NONE;
        for reference in &node.references {
            let place = container(Some(*reference), &mut containers, &mut joined);
            if above != NONE {
                joined.join(above, place);
                // An older link between the two is left as it is.
                if containers[place as usize].parent == NONE {
                    link(&mut containers, place, above);
                }
            }
            above = place;
        }
        if above != NONE && above != mine {
            joined.join(above, mine);
            // The message itself knows best what it answers.
            let before = containers[mine as usize].parent;
            containers[mine as usize].parent = NONE;
            if !link(&mut containers, mine, above) {
                containers[mine as usize].parent = before;
            }
        }
    }
    for (answer, answered) in links {
        let mine = container(Some(*answer), &mut containers, &mut joined);
        let above = container(Some(*answered), &mut containers, &mut joined);
        joined.join(above, mine);
        if containers[mine as usize].parent == NONE && mine != above {
            link(&mut containers, mine, above);
        }
    }
    let mut first: FxHashMap<u32, u64> = FxHashMap::default();
    own.iter()
        .enumerate()
        .map(|(ord, mine)| {
            let root = joined.root(*mine);
            let thread = *first.entry(root).or_insert(ord as u64);
            let mut above = containers[*mine as usize].parent;
            while above != NONE && containers[above as usize].item == NONE {
                above = containers[above as usize].parent;
            }
            let parent = (above != NONE).then(|| u64::from(containers[above as usize].item));
            let parent = parent.filter(|parent| *parent != ord as u64);
            Placed { thread, parent, message: ord as u64 }
        })
        .collect()
}

/// Hangs `child` below `parent` unless that closes a loop.
fn link(containers: &mut [Container], child: u32, parent: u32) -> bool {
    let mut at = parent;
    while at != NONE {
        if at == child {
            return false;
        }
        at = containers[at as usize].parent;
    }
    containers[child as usize].parent = parent;
    true
}

#[derive(Default)]
struct Joined {
    up: Vec<u32>,
}

impl Joined {
    fn root(&mut self, mut at: u32) -> u32 {
        while self.up[at as usize] != at {
            self.up[at as usize] = self.up[self.up[at as usize] as usize];
            at = self.up[at as usize];
        }
        at
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        let (low, high) = (a.min(b), a.max(b));
        self.up[high as usize] = low;
    }
}

/// An item in a thread with its depth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeNode<T> {
    /// The item.
    pub item: T,
    /// 0 for the first message and for those whose parents are not in the record.
    pub depth: u32,
}

/// Items of one thread in reading order: answers below what they answer, earlier ones first.
/// `items` are (item, parent, sort key).
pub fn reading_order<T: Copy + Ord + std::hash::Hash, K: Ord + Copy>(
    items: &[(T, Option<T>, K)],
) -> Vec<TreeNode<T>> {
    let known: rustc_hash::FxHashSet<T> = items.iter().map(|(item, ..)| *item).collect();
    let mut below: FxHashMap<Option<T>, Vec<(K, T)>> = FxHashMap::default();
    for (item, parent, time) in items {
        let parent = parent.filter(|parent| known.contains(parent) && parent != item);
        below.entry(parent).or_default().push((*time, *item));
    }
    below.values_mut().for_each(|list| list.sort_unstable_by(|a, b| b.cmp(a)));
    let mut order = Vec::with_capacity(items.len());
    let mut stack: Vec<(T, u32)> =
        below.remove(&None).unwrap_or_default().into_iter().map(|(_, item)| (item, 0)).collect();
    while let Some((item, depth)) = stack.pop() {
        order.push(TreeNode { item, depth });
        for (_, child) in below.remove(&Some(item)).unwrap_or_default() {
            stack.push((child, depth + 1));
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(native: u64, references: &[u64]) -> Node {
        Node { native: Some(native), references: references.to_vec() }
    }

    #[test]
    fn answers_find_their_thread_through_what_is_missing() {
        // 1 ← 2 ← (3 missing) ← 4; 9 alone; 5 answers 4 and only names its parent.
        let placed = place(
            [node(4, &[1, 2, 3]), node(9, &[]), node(1, &[]), node(2, &[1]), node(5, &[4])]
                .into_iter(),
            &[],
        );
        let threads: Vec<u64> = placed.iter().map(|p| p.thread).collect();
        assert_eq!(threads, [0, 1, 0, 0, 0]);
        let parents: Vec<Option<u64>> = placed.iter().map(|p| p.parent).collect();
        assert_eq!(parents, [Some(3), None, None, Some(2), Some(0)]);
        let items: Vec<(u64, Option<u64>, u64)> =
            [0u64, 2, 3, 4].into_iter().map(|ord| (ord, placed[ord as usize].parent, 0)).collect();
        let order: Vec<(u64, u32)> =
            reading_order(&items).into_iter().map(|n| (n.item, n.depth)).collect();
        assert_eq!(order, [(2, 0), (3, 1), (0, 2), (4, 3)]);
    }

    #[test]
    fn loops_are_cut_and_stay_one_thread() {
        let placed = place([node(1, &[2]), node(2, &[1]), node(3, &[3])].into_iter(), &[]);
        assert_eq!(placed[0].thread, placed[1].thread);
        assert_eq!(placed[2].parent, None);
    }

    proptest::proptest! {
        #[test]
        fn membership_does_not_depend_on_the_order_of_arrival(
            links in proptest::collection::vec((0u64..12, proptest::collection::vec(0u64..12, 0..4)), 1..12),
            seed in 0usize..1000,
        ) {
            let nodes: Vec<Node> = links.iter().map(|(n, r)| node(*n, r)).collect();
            let mut order: Vec<usize> = (0..nodes.len()).collect();
            order.sort_by_key(|i| (i * 7919 + seed * 31) % 101);
            let straight = place(nodes.iter().cloned(), &[]);
            let shuffled = place(order.iter().map(|i| nodes[*i].clone()), &[]);
            for a in 0..nodes.len() {
                for b in 0..nodes.len() {
                    let at = |i: usize| order.iter().position(|o| *o == i).unwrap();
                    let (x, y) = (straight[a].thread == straight[b].thread,
                        shuffled[at(a)].thread == shuffled[at(b)].thread);
                    proptest::prop_assert_eq!(x, y);
                }
            }
            let items: Vec<(u64, Option<u64>, u64)> = straight
                .iter().enumerate().map(|(i, p)| (i as u64, p.parent, 0)).collect();
            proptest::prop_assert_eq!(reading_order(&items).len(), nodes.len());
        }
    }
}
