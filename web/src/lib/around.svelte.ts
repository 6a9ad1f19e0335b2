// What is in view, with as much again at each side, so that moving finds it there already.
import { untrack } from "svelte";
import { get, type Schemas } from "../api/client";
import { buckets, type Buckets, type Stretch } from "./axis";

export type Around = Schemas["TimelineAnswer"] & { q: string; width: number };

/** What a picture shows: the stretch, the query, its pixels, the zone of its days. */
export interface Looking {
  view: Stretch | undefined;
  q: string;
  pixels: number;
  zone: string;
}

/** Whether an answer can be drawn for a view, and whether it reaches far enough beyond it. */
function serves(have: Around | undefined, { view, q }: Looking, width: number): [boolean, boolean] {
  if (!have || !view || have.q !== q || have.width !== width) return [false, false];
  const room = (view.until - view.from) * 0.3;
  return [
    have.from <= view.from && have.until >= view.until,
    have.from <= view.from - room && have.until >= view.until + room,
  ];
}

/** Asks when the view comes near to the end of what is known. */
export function around(looking: () => Looking): {
  readonly answer: Around | undefined;
  readonly failed: Error | undefined;
} {
  let answer = $state.raw<Around | undefined>(undefined);
  let failed = $state.raw<Error | undefined>(undefined);
  let asking: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function bring(wanted: Buckets, q: string): Promise<void> {
    asking?.abort();
    const abort = new AbortController();
    asking = abort;
    try {
      const found = await get("/api/v1/timeline", {
        query: {
          q,
          from: Math.round(wanted.from),
          until: Math.round(wanted.until),
          buckets: wanted.n,
          items: 400,
        },
        signal: abort.signal,
      });
      answer = { ...found, q, width: wanted.width };
      failed = undefined;
    } catch (error) {
      if (!abort.signal.aborted) failed = error instanceof Error ? error : new Error(String(error));
    }
  }

  $effect(() => {
    const now = looking();
    if (!now.view) return;
    const wanted = buckets(now.view, now.pixels, now.zone);
    untrack(() => {
      const [drawn, near] = serves(answer, now, wanted.width);
      if (drawn && near) return;
      clearTimeout(timer);
      timer = setTimeout(() => void bring(wanted, now.q), drawn || !answer ? 0 : 60);
    });
  });
  $effect(() => () => {
    clearTimeout(timer);
    asking?.abort();
  });
  return {
    get answer() {
      return answer;
    },
    get failed() {
      return failed;
    },
  };
}
