// Where accounts stand in the picture: ForceAtlas2, away from the page, so that it stays smooth.
import { MultiUndirectedGraph } from "graphology";
import forceAtlas2 from "graphology-layout-forceatlas2";

export interface Wanted {
  nodes: number;
  /** Two numbers for each edge. */
  ends: Uint32Array;
  weights: Float32Array;
  /** The group of each node, from 0; −1 for none. */
  groups: Int32Array;
}

/** Places of all nodes, two numbers each. */
export interface Placed {
  places: Float32Array;
  /** How much of the work is done: 1 at the end. */
  share: number;
}

/** The same start for the same network: no chance in the picture. */
function begin(n: number, group: number): { x: number; y: number } {
  const turn = 2.399963229728653;
  const ring = (group + 2) * 60;
  const [cx, cy] = [Math.cos(group * turn) * ring, Math.sin(group * turn) * ring];
  const far = Math.sqrt(n + 1) * 2;
  return { x: cx + Math.cos(n * turn) * far, y: cy + Math.sin(n * turn) * far };
}

self.onmessage = (message: MessageEvent<Wanted>) => {
  const { nodes, ends, weights, groups } = message.data;
  const graph = new MultiUndirectedGraph();
  for (let n = 0; n < nodes; n += 1) graph.addNode(n, begin(n, groups[n] ?? -1));
  for (let e = 0; e * 2 < ends.length; e += 1) {
    graph.addUndirectedEdge(ends[e * 2], ends[e * 2 + 1], { weight: weights[e] });
  }
  const settings = { ...forceAtlas2.inferSettings(graph), barnesHutOptimize: nodes > 500 };
  const rounds = ends.length > 40_000 ? 60 : 240;
  const step = ends.length > 40_000 ? 5 : 20;
  for (let round = 0; round < rounds; round += step) {
    forceAtlas2.assign(graph, { iterations: step, settings });
    const places = new Float32Array(nodes * 2);
    graph.forEachNode((key, { x, y }) => {
      places[Number(key) * 2] = x as number;
      places[Number(key) * 2 + 1] = y as number;
    });
    const placed: Placed = { places, share: Math.min(1, (round + step) / rounds) };
    self.postMessage(placed, { transfer: [places.buffer] });
  }
};
