//! Where to draw accounts: each group by itself, springs along its edges, groups side by side.

/// Rounds of moving.
const ROUNDS: usize = 120;

/// Places of nodes, and the height of the whole; the width is about the same.
pub(crate) fn places(n: usize, edges: &[(usize, usize)], group: &[usize]) -> Vec<(f64, f64)> {
    let n_groups = group.iter().copied().max().map_or(0, |most| most + 1);
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); n_groups];
    for (node, group) in group.iter().enumerate().take(n) {
        members[*group].push(node);
    }
    let mut own: Vec<Vec<(usize, usize)>> = vec![Vec::new(); n_groups];
    let mut place_in = vec![0; n];
    for members in &members {
        for (place, node) in members.iter().enumerate() {
            place_in[*node] = place;
        }
    }
    for (a, b) in edges {
        if group[*a] == group[*b] {
            own[group[*a]].push((place_in[*a], place_in[*b]));
        }
    }
    let mut places = vec![(0.0, 0.0); n];
    // Rows of groups, the largest first, in a page about as wide as it is high.
    let radius = |n: usize| 30.0 + 16.0 * libm::sqrt(n as f64);
    let area: f64 = members.iter().map(|members| 4.0 * radius(members.len()).powi(2)).sum();
    let width = libm::sqrt(area) * 1.3;
    let (mut x, mut y, mut high) = (0.0, 0.0, 0.0_f64);
    for (members, edges) in members.iter().zip(&own) {
        let r = radius(members.len());
        if x > 0.0 && x + 2.0 * r > width {
            (x, y, high) = (0.0, y + high, 0.0);
        }
        for (node, place) in members.iter().zip(sprung(members.len(), edges)) {
            places[*node] = (x + r + place.0 * (r - 20.0), y + r + place.1 * (r - 20.0));
        }
        x += 2.0 * r;
        high = high.max(2.0 * r);
    }
    places
}

/// Nodes in the unit circle: all push each other off, edges pull together.
fn sprung(n: usize, edges: &[(usize, usize)]) -> Vec<(f64, f64)> {
    let golden = core::f64::consts::PI * (3.0 - libm::sqrt(5.0));
    let mut places: Vec<(f64, f64)> = (0..n)
        .map(|node| {
            let r = libm::sqrt((node as f64 + 0.5) / n as f64);
            let turn = node as f64 * golden;
            (r * libm::cos(turn), r * libm::sin(turn))
        })
        .collect();
    if n < 3 {
        return places;
    }
    let ideal = 1.0 / libm::sqrt(n as f64);
    for round in 0..ROUNDS {
        let step = 0.1 * (1.0 - round as f64 / ROUNDS as f64) + 0.002;
        let mut pulls = vec![(0.0, 0.0); n];
        for a in 0..n {
            for b in a + 1..n {
                let (dx, dy) = (places[a].0 - places[b].0, places[a].1 - places[b].1);
                let square = (dx * dx + dy * dy).max(1e-6);
                let push = ideal * ideal / square;
                pulls[a] = (pulls[a].0 + dx * push, pulls[a].1 + dy * push);
                pulls[b] = (pulls[b].0 - dx * push, pulls[b].1 - dy * push);
            }
        }
        for (a, b) in edges {
            let (dx, dy) = (places[*a].0 - places[*b].0, places[*a].1 - places[*b].1);
            let pull = libm::sqrt(dx * dx + dy * dy) / ideal;
            pulls[*a] = (pulls[*a].0 - dx * pull, pulls[*a].1 - dy * pull);
            pulls[*b] = (pulls[*b].0 + dx * pull, pulls[*b].1 + dy * pull);
        }
        for (place, pull) in places.iter_mut().zip(pulls) {
            let length = libm::sqrt(pull.0 * pull.0 + pull.1 * pull.1).max(1e-9);
            let by = length.min(step) / length;
            *place = (place.0 + pull.0 * by, place.1 + pull.1 * by);
        }
    }
    let middle = |of: fn(&(f64, f64)) -> f64| places.iter().map(of).sum::<f64>() / n as f64;
    let (x, y) = (middle(|place| place.0), middle(|place| place.1));
    for place in &mut places {
        *place = (place.0 - x, place.1 - y);
    }
    let far = places.iter().map(|(x, y)| libm::sqrt(x * x + y * y)).fold(1e-9, f64::max);
    places.iter().map(|(x, y)| (x / far, y / far)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_stand_apart_and_no_two_accounts_on_one_spot() {
        let edges = [(0, 1), (1, 2), (0, 2), (3, 4)];
        let places = places(5, &edges, &[0, 0, 0, 1, 1]);
        for a in 0..5 {
            for b in a + 1..5 {
                let (dx, dy) = (places[a].0 - places[b].0, places[a].1 - places[b].1);
                assert!(dx * dx + dy * dy > 25.0, "{places:?}");
            }
        }
        assert!(places.iter().all(|(x, y)| x.is_finite() && y.is_finite()));
        assert!(super::places(0, &[], &[]).is_empty());
    }
}
