// The whole of the time of what matches a query: for the strip, and as the first view.
import { get, type Schemas } from "../api/client";
import { roomy, type Stretch } from "./axis";
import { load } from "./load.svelte";

type Answer = Schemas["TimelineAnswer"];

/** Bars of the strip. */
const BARS = 360;

/** The stretch that holds all but a thousandth of the items at each end. */
function trimmed(all: Answer): Stretch | undefined {
  const sums = all.private.counts.map((n, at) => n + (all.public.counts[at] ?? 0));
  const stray = sums.reduce((a, b) => a + b, 0) / 1000;
  let [low, high, sum] = [0, sums.length - 1, 0];
  while (low < high && (sum += sums[low] ?? 0) <= stray) low += 1;
  sum = 0;
  while (high > low && (sum += sums[high] ?? 0) <= stray) high -= 1;
  const each = (all.until - all.from) / sums.length;
  return sums.length
    ? { from: Math.floor(all.from + low * each), until: Math.ceil(all.from + (high + 1) * each) }
    : undefined;
}

export interface Extent {
  readonly error: Error | undefined;
  /** What came: over all of the time, and over the part that is shown at first. */
  readonly value: { all: Answer; shown: Answer } | undefined;
  /** All of it, with a little room; nothing when no item that matches has a time. */
  readonly whole: Stretch | undefined;
  /** The first view: all of it, or all but a few stray dates. */
  readonly usual: Stretch | undefined;
  /** Whether a few stray dates lie outside of the first view. */
  readonly leavesOut: boolean;
}

/** Asks whenever the query changes. */
export function extent(q: () => string): Extent {
  const found = load(async (signal) => {
    const asked = q();
    const all = await get("/api/v1/timeline", { query: { q: asked, buckets: BARS, items: 0 }, signal });
    // A few stray dates do not stretch the picture: they are reached by moving there.
    const span = trimmed(all);
    if (!span || span.until - span.from > (all.until - all.from) * 0.3) return { all, shown: all };
    const query = { q: asked, buckets: BARS, items: 0, from: span.from, until: span.until };
    return { all, shown: await get("/api/v1/timeline", { query, signal }) };
  });
  const whole = $derived.by<Stretch | undefined>(() => {
    const all = found.value?.all;
    return all?.first == null || all.last == null ? undefined : roomy(all.first, all.last);
  });
  const usual = $derived.by<Stretch | undefined>(() => {
    const answer = found.value;
    if (!answer || !whole) return undefined;
    return answer.shown === answer.all ? whole : roomy(answer.shown.from, answer.shown.until, 0.02);
  });
  return {
    get error() {
      return found.error;
    },
    get value() {
      return found.value;
    },
    get whole() {
      return whole;
    },
    get usual() {
      return usual;
    },
    get leavesOut() {
      return !!found.value && found.value.shown !== found.value.all;
    },
  };
}
