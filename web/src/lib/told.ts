// Who told whom, laid out as a tree over time: a row for each party, teller above those told.
import type { Schemas } from "../api/client";
import { micros } from "./axis";

export type Exposure = Schemas["Finding_exposure.Exposure"]["result"];
export type Edge = Schemas["exposure.Edge"];
export type Told = Schemas["exposure.Told"];

export interface Row {
  told: Told;
  /** How deep in the tree. */
  depth: number;
  /** By whom the record first shows it told; none for an origin. */
  by: Edge | undefined;
}

/** Parties in the order of the tree: each teller, then those it told, by time. */
export function rows(found: Exposure): Row[] {
  const byId = new Map(found.told.map((told) => [told.who.id, told]));
  const first = new Map<string, Edge>();
  for (const edge of found.edges) {
    if (edge.first && !first.has(edge.to.id)) first.set(edge.to.id, edge);
  }
  const children = new Map<string, Edge[]>();
  for (const edge of first.values()) {
    const from = edge.from?.id ?? "";
    if (from && byId.has(from)) children.set(from, [...(children.get(from) ?? []), edge]);
  }
  const done = new Set<string>();
  const ordered: Row[] = [];
  const walk = (id: string, depth: number, by: Edge | undefined): void => {
    const told = byId.get(id);
    if (!told || done.has(id)) return;
    done.add(id);
    ordered.push({ told, depth, by });
    for (const edge of children.get(id) ?? []) walk(edge.to.id, depth + 1, edge);
  };
  for (const origin of found.origins) {
    if (!first.has(origin.who.id)) walk(origin.who.id, 0, undefined);
  }
  for (const told of found.told) if (!first.has(told.who.id)) walk(told.who.id, 0, undefined);
  // What is left hangs in a circle of tellers.
  for (const told of found.told) walk(told.who.id, 0, first.get(told.who.id));
  return ordered;
}

/** An axis through these times: to scale, or with long stretches without anything shortened. */
export class Axis {
  private readonly knots: number[];
  private readonly places: number[];

  constructor(times: readonly number[], left: number, right: number, toScale: boolean) {
    const sorted = [...new Set(times)].sort((a, b) => a - b);
    const weights = sorted.slice(1).map((at, n) => {
      const gap = at - (sorted[n] ?? at);
      return toScale ? gap : 0.6 + Math.log2(1 + gap / 600_000_000);
    });
    const sum = weights.reduce((a, b) => a + b, 0) || 1;
    let x = left;
    this.knots = sorted;
    this.places = [left];
    for (const weight of weights) {
      x += (weight / sum) * (right - left);
      this.places.push(x);
    }
  }

  /** The place of a time; the ends for what lies outside. */
  x(at: number): number {
    const { knots, places } = this;
    if (knots.length === 0) return 0;
    let n = 0;
    while (n < knots.length - 1 && (knots[n + 1] ?? Infinity) <= at) n += 1;
    const [a, b] = [knots[n] ?? at, knots[n + 1]];
    const [p, q] = [places[n] ?? 0, places[n + 1]];
    if (b === undefined || q === undefined || at <= a) return p;
    return p + ((at - a) / (b - a)) * (q - p);
  }
}

/** Every bound that the picture needs. */
export function times(found: Exposure): number[] {
  const all: number[] = [];
  const add = (span: { earliest?: string | null; latest?: string | null } | null | undefined): void => {
    for (const text of [span?.earliest, span?.latest]) {
      const at = micros(text);
      if (at !== undefined) all.push(at);
    }
  };
  for (const told of found.told) for (const label of told.labels) add(label.when);
  for (const edge of found.edges) add(edge.when);
  add(found.public?.when);
  return all;
}
