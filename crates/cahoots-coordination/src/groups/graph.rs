//! A weighted network without direction, with the neighbours of each node side by side.

/// A network. Nodes are numbers from 0; an edge stands at both of its ends.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Graph {
    ends: Vec<usize>,
    neighbours: Vec<(u32, f64)>,
    /// Twice the weight of the edges from a node to itself; these come from merging nodes.
    loops: Vec<f64>,
}

impl Graph {
    /// A network of `nodes` nodes. Edges between the same two nodes are added up; edges of a node to
    /// itself, to a node that does not exist, or with a weight that is not above 0 are left out.
    pub fn new(nodes: usize, edges: impl IntoIterator<Item = (u32, u32, f64)>) -> Self {
        Self::with_loops(nodes, edges, vec![0.0; nodes])
    }

    pub(super) fn with_loops(
        nodes: usize,
        edges: impl IntoIterator<Item = (u32, u32, f64)>,
        loops: Vec<f64>,
    ) -> Self {
        let mut list: Vec<(u32, u32, f64)> = edges
            .into_iter()
            .filter(|(a, b, weight)| {
                a != b && (*a).max(*b) < nodes as u32 && *weight > 0.0 && weight.is_finite()
            })
            .flat_map(|(a, b, weight)| [(a, b, weight), (b, a, weight)])
            .collect();
        // By weight too, so that sums do not depend on the order the edges came in.
        list.sort_unstable_by(|x, y| (x.0, x.1).cmp(&(y.0, y.1)).then_with(|| x.2.total_cmp(&y.2)));
        let mut ends = vec![0; nodes];
        let mut neighbours: Vec<(u32, f64)> = Vec::with_capacity(list.len());
        let mut last = None;
        for (a, b, weight) in list {
            if last == Some((a, b)) {
                if let Some(same) = neighbours.last_mut() {
                    same.1 += weight;
                }
            } else {
                neighbours.push((b, weight));
                last = Some((a, b));
            }
            ends[a as usize] = neighbours.len();
        }
        let mut end = 0;
        for slot in &mut ends {
            end = end.max(*slot);
            *slot = end;
        }
        Self { ends, neighbours, loops }
    }

    /// How many nodes.
    pub fn nodes(&self) -> usize {
        self.ends.len()
    }

    /// The neighbours of a node in order, with the weights of the edges.
    pub fn neighbours(&self, node: u32) -> &[(u32, f64)] {
        let at = node as usize;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.neighbours[start..self.ends[at]]
    }

    /// The weight of all edges at a node, those to itself counted twice.
    pub fn strength(&self, node: u32) -> f64 {
        self.loops[node as usize]
            + self.neighbours(node).iter().map(|(_, weight)| weight).sum::<f64>()
    }

    pub(super) fn loops(&self, node: u32) -> f64 {
        self.loops[node as usize]
    }

    /// The modularity of a division at a resolution (Newman and Girvan 2004; Reichardt and Bornholdt
    /// 2006): the weight within groups less what the nodes' weights lead to expect, as a part of
    /// all weight. 0 for a network without edges.
    pub fn modularity(&self, group_of: &[u32], resolution: f64) -> f64 {
        let groups = group_of.iter().map(|it| *it as usize + 1).max().unwrap_or(0);
        let (mut inside, mut strength) = (vec![0.0; groups], vec![0.0; groups]);
        let mut all = 0.0;
        for node in 0..self.nodes() as u32 {
            let group = group_of[node as usize];
            let own = self.strength(node);
            all += own;
            strength[group as usize] += own;
            inside[group as usize] += self.loops(node)
                + self
                    .neighbours(node)
                    .iter()
                    .filter(|(other, _)| group_of[*other as usize] == group)
                    .map(|(_, weight)| weight)
                    .sum::<f64>();
        }
        if all <= 0.0 {
            return 0.0;
        }
        inside
            .iter()
            .zip(&strength)
            .map(|(inside, strength)| {
                inside / all - resolution * (strength / all) * (strength / all)
            })
            .sum()
    }
}

/// The pieces of a network that hang together, each in order, by their first nodes.
pub fn pieces(graph: &Graph) -> Vec<Vec<u32>> {
    let piece = pieces_within(graph, &vec![0; graph.nodes()]);
    let n_pieces = piece.iter().map(|it| *it as usize + 1).max().unwrap_or(0);
    let mut pieces = vec![Vec::new(); n_pieces];
    for (node, piece) in piece.into_iter().enumerate() {
        pieces[piece as usize].push(node as u32);
    }
    pieces
}

/// For each node the number of the piece of its group that it hangs together with, by first nodes.
pub fn pieces_within(graph: &Graph, groups: &[u32]) -> Vec<u32> {
    let mut piece = vec![u32::MAX; graph.nodes()];
    let mut next = 0;
    for start in 0..graph.nodes() as u32 {
        if piece[start as usize] != u32::MAX {
            continue;
        }
        piece[start as usize] = next;
        let mut waiting = vec![start];
        while let Some(node) = waiting.pop() {
            for (other, _) in graph.neighbours(node) {
                let same = groups[*other as usize] == groups[node as usize];
                if piece[*other as usize] == u32::MAX && same {
                    piece[*other as usize] = next;
                    waiting.push(*other);
                }
            }
        }
        next += 1;
    }
    piece
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_are_added_up_and_pieces_found() {
        let graph = Graph::new(
            5,
            [(3, 1, 1.0), (1, 3, 0.5), (2, 2, 9.0), (0, 9, 1.0), (4, 3, f64::NAN), (4, 1, 2.0)],
        );
        assert_eq!(graph.neighbours(1), [(3, 1.5), (4, 2.0)]);
        assert_eq!(graph.neighbours(2), []);
        assert!((graph.strength(1) - 3.5).abs() < 1e-12);
        assert_eq!(pieces(&graph), [vec![0], vec![1, 3, 4], vec![2]]);
        assert_eq!(pieces_within(&graph, &[0, 1, 0, 2, 1]), [0, 1, 2, 3, 1]);
    }
}
