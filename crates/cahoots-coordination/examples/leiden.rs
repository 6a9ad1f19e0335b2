//! Divides a network into groups and prints what was found, to be held against other programs.
//!
//!     cargo run --release -p cahoots-coordination --example leiden -- FILE [RESOLUTION] [SEEDS]
//!
//! FILE has lines `NODE NODE WEIGHT`, nodes numbered from 0. A line is printed for each seed:
//! seed, groups, modularity, seconds.

use std::io::Write;

use cahoots_coordination::groups::{Graph, leiden};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("a file of edges is needed")?;
    let resolution: f64 = arguments.next().map_or(Ok(1.0), |it| it.parse())?;
    let seeds: u64 = arguments.next().map_or(Ok(5), |it| it.parse())?;
    let mut edges = Vec::new();
    let mut nodes = 0;
    for line in std::fs::read_to_string(file)?.lines() {
        let mut fields = line.split_whitespace();
        let mut next = || fields.next().ok_or("a line needs two nodes and a weight");
        let (a, b): (u32, u32) = (next()?.parse()?, next()?.parse()?);
        edges.push((a, b, next()?.parse()?));
        nodes = nodes.max(a as usize + 1).max(b as usize + 1);
    }
    let graph = Graph::new(nodes, edges);
    let mut out = std::io::stdout().lock();
    for seed in 0..seeds {
        let start = std::time::Instant::now();
        let groups = leiden(&graph, resolution, seed);
        let seconds = start.elapsed().as_secs_f64();
        let n_groups = groups.iter().max().map_or(0, |it| it + 1);
        let modularity = graph.modularity(&groups, resolution);
        writeln!(out, "{seed} {n_groups} {modularity:.6} {seconds:.3}")?;
    }
    Ok(())
}
