// The items of the chronology as marks and bars on its two lanes.
import type { Around } from "./around.svelte";
import { DAY, micros, type Stretch } from "./axis";
import { fromTo, instant, number, when } from "./format";
import { placeOf, type Followed } from "./links";
import type { Lane, Mark } from "./picture";
import type { Citation, Pin } from "./report";
import type { Schemas } from "../api/client";

export type LaneName = "private" | "public";

/** What is known of an item that may be drawn. */
export interface Known {
  at: number;
  lo: number;
  hi: number;
  /** Beside its mark. */
  short: string;
  /** When it is pointed at. */
  long: string;
  lane: LaneName;
}

/** With at most so many items in view each is a mark of its own. */
const SINGLE = 150;

/** How many items are in view. */
export function inView(answer: Around | undefined, view: Stretch | undefined): Record<LaneName, number> {
  if (!answer || !view) return { private: 0, public: 0 };
  if (answer.items) {
    const here = answer.items.filter((item) => item.at >= view.from && item.at < view.until);
    const hidden = here.filter((item) => item.visibility === "private").length;
    return { private: hidden, public: here.length - hidden };
  }
  const first = Math.max(0, Math.round((view.from - answer.from) / answer.width));
  const last = Math.round((view.until - answer.from) / answer.width);
  const sum = (counts: readonly number[]): number => counts.slice(first, last).reduce((a, b) => a + b, 0);
  return { private: sum(answer.private.counts), public: sum(answer.public.counts) };
}

/** The items in view one by one, if they are few enough for that. */
export function single(
  answer: Around | undefined,
  q: string,
  n: Record<LaneName, number>,
): readonly Schemas["TimelineItem"][] | undefined {
  return answer?.items && answer.q === q && n.private + n.public <= SINGLE ? answer.items : undefined;
}

/** Whether a view is short enough for the time of day to matter. */
export function showsClock(view: Stretch | undefined): boolean {
  return view ? view.until - view.from < 4 * DAY : false;
}

/** The time of day where it matters, else the day. */
export function clock(at: number, zone: string, fine: boolean): string {
  const shown = instant(new Date(at / 1000), zone);
  return fine ? shown.slice(11) : shown.slice(0, 10);
}

/** Everything that may be drawn by itself: ends of links, items in view, pins. */
export function known(
  rows: readonly Followed[],
  items: readonly Schemas["TimelineItem"][],
  pins: readonly Pin[],
  zone: string,
  fine: boolean,
): Map<string, Known> {
  const all = new Map<string, Known>();
  const cited = (id: string, citation: Citation | undefined, lane: LaneName, words: string, sender: boolean): void => {
    const at = placeOf(citation);
    if (!citation || at === undefined) return;
    const who = fromTo(citation.from, citation.to);
    all.set(id, {
      at,
      lo: micros(citation.earliest) ?? at,
      hi: micros(citation.latest) ?? at,
      short: `${clock(at, zone, fine)} ${sender ? `${who}: ` : ""}${words}`,
      long: `${when(citation, zone)}  ${who}\n${words}`,
      lane,
    });
  };
  for (const row of rows) {
    const words = (one: Citation | undefined): string => one?.subject || one?.words || "";
    cited(row.candidate.message, row.message, "private", words(row.message), true);
    cited(row.candidate.act, row.act, "public", words(row.act), true);
  }
  for (const item of items) {
    const words = item.subject || item.snippet || "";
    const who = fromTo(item.from, item.to);
    all.set(item.id, {
      at: item.at,
      lo: item.earliest ?? item.at,
      hi: item.latest ?? item.at,
      short: `${clock(item.at, zone, fine)} ${who}${words ? `: ${words}` : ""}`,
      long: `${when(item.when, zone)}  ${who}\n${words}`,
      lane: item.visibility,
    });
  }
  for (const { pin, citation } of pins) {
    if (all.has(pin.item)) continue;
    const open = ["post", "page", "statement", "event"].includes(citation?.kind ?? "");
    cited(pin.item, citation, open ? "public" : "private", pin.words || citation?.words || "", false);
  }
  return all;
}

/** The two lanes: bars where there are many items, marks where there are few. */
export function lanes(
  all: ReadonlyMap<string, Known>,
  shown: {
    answer: Around | undefined;
    single: readonly Schemas["TimelineItem"][] | undefined;
    rows: readonly Followed[];
    pins: readonly Pin[];
    inView: Record<LaneName, number>;
    /** Items of each lane in the whole of the time. */
    total: Record<LaneName, number>;
  },
): Lane[] {
  const { answer } = shown;
  const linked = new Set(shown.rows.flatMap((row) => [row.candidate.message, row.candidate.act]));
  const pinned = new Set(shown.pins.map((one) => one.pin.item));
  const ids = new Set<string>([...linked, ...pinned, ...(shown.single ?? []).map((item) => item.id)]);
  const lane = (key: LaneName, up: boolean): Lane => {
    const marks: Mark[] = [];
    for (const id of ids) {
      const one = all.get(id);
      if (one?.lane !== key) continue;
      const { at, lo, hi, short } = one;
      marks.push({ id, at, lo, hi, words: short, marked: linked.has(id), pinned: pinned.has(id) });
    }
    const counts = answer?.[key].counts ?? [];
    return {
      key,
      name: `${key === "private" ? "Private" : "Public"}: ${number(shown.inView[key])} in view`,
      ink: key,
      up,
      // A lane without anything in the whole of the time needs little room.
      share: shown.total[key] ? 1 : 0.28,
      buckets:
        answer && !shown.single
          ? { from: answer.from, until: answer.until, width: answer.width, n: counts.length, counts }
          : undefined,
      marks,
    };
  };
  return [lane("private", true), lane("public", false)];
}
