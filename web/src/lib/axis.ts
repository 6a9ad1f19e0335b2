// A time axis: microseconds of UTC to pixels, and where its ticks stand in the case's zone.

/** Microseconds. */
export const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A stretch of time in microseconds of UTC; `until` is not part of it. */
export interface Stretch {
  from: number;
  until: number;
}

/** The shortest and the longest stretch that can be looked at. */
const SHORTEST = 2 * SECOND;
const LONGEST = 400 * 366 * DAY;

const offsets = new Map<string, number>();
const formats = new Map<string, Intl.DateTimeFormat>();

/** By how much the clocks of a zone are before UTC at an instant, in microseconds. */
export function offset(at: number, zone: string): number {
  if (zone === "UTC") return 0;
  // Clocks change at full quarters of an hour.
  const quarter = Math.floor(at / (15 * MINUTE));
  const key = `${zone} ${quarter}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
    });
    formats.set(zone, format);
  }
  const start = (quarter * 15 * MINUTE) / 1000;
  const p = Object.fromEntries(format.formatToParts(new Date(start)).map((one) => [one.type, one.value]));
  const wall = utc(
    (p["era"] === "BC" ? 1 - Number(p["year"]) : Number(p["year"])),
    Number(p["month"]) - 1,
    Number(p["day"]),
    Number(p["hour"]),
    Number(p["minute"]),
  );
  const found = wall - start * 1000;
  if (offsets.size > 5000) offsets.clear();
  offsets.set(key, found);
  return found;
}

function utc(year: number, month: number, day = 1, hour = 0, minute = 0): number {
  const at = new Date(0);
  at.setUTCFullYear(year, month, day);
  at.setUTCHours(hour, minute, 0, 0);
  return at.getTime() * 1000;
}

/** The instant at which the clocks of a zone show this wall time (given as if it were UTC). */
function instantOf(wall: number, zone: string): number {
  const guess = wall - offset(wall, zone);
  return wall - offset(guess, zone);
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const pad = (n: number): string => String(n).padStart(2, "0");

export interface Tick {
  at: number;
  /** Its words; empty for a tick without any. */
  label: string;
  /** Where a larger unit begins: its line is stronger. */
  strong: boolean;
}

export interface Ticks {
  ticks: Tick[];
  /** What all of them share, said once at the left: `12 Oct 2016`. */
  context: string;
}

type Unit = "second" | "minute" | "hour" | "day" | "month" | "year";
const STEPS: readonly (readonly [Unit, number, number])[] = [
  ["second", 1, SECOND],
  ["second", 2, 2 * SECOND],
  ["second", 5, 5 * SECOND],
  ["second", 10, 10 * SECOND],
  ["second", 30, 30 * SECOND],
  ["minute", 1, MINUTE],
  ["minute", 2, 2 * MINUTE],
  ["minute", 5, 5 * MINUTE],
  ["minute", 15, 15 * MINUTE],
  ["minute", 30, 30 * MINUTE],
  ["hour", 1, HOUR],
  ["hour", 2, 2 * HOUR],
  ["hour", 3, 3 * HOUR],
  ["hour", 6, 6 * HOUR],
  ["hour", 12, 12 * HOUR],
  ["day", 1, DAY],
  ["day", 2, 2 * DAY],
  ["day", 7, 7 * DAY],
  ["day", 14, 14 * DAY],
  ["month", 1, 30.4 * DAY],
  ["month", 2, 61 * DAY],
  ["month", 3, 91 * DAY],
  ["month", 6, 182 * DAY],
  ["year", 1, 365 * DAY],
  ["year", 2, 730 * DAY],
  ["year", 5, 1826 * DAY],
  ["year", 10, 3652 * DAY],
  ["year", 20, 7305 * DAY],
  ["year", 50, 18262 * DAY],
  ["year", 100, 36524 * DAY],
];

/** Ticks for a stretch that is so many pixels wide, at least `room` pixels apart. */
export function ticks(view: Stretch, width: number, zone: string, room = 84): Ticks {
  const least = ((view.until - view.from) / Math.max(1, width)) * room;
  const step = STEPS.find((one) => one[2] >= least) ?? STEPS[STEPS.length - 1];
  if (!step) return { ticks: [], context: "" };
  const [unit, n, size] = step;
  const found: Tick[] = [];
  if (unit === "month" || unit === "year") {
    const start = new Date((view.from + offset(view.from, zone)) / 1000);
    const months = unit === "year" ? n * 12 : n;
    let month = Math.floor((start.getUTCFullYear() * 12 + start.getUTCMonth()) / months) * months;
    for (;;) {
      const at = instantOf(utc(0, month), zone);
      if (at >= view.until) break;
      if (at >= view.from) found.push(tick(at, unit, zone));
      month += months;
    }
  } else {
    const from = view.from + offset(view.from, zone);
    const until = view.until + offset(view.until, zone);
    // Steps of days begin anew with every month, so that they stand on the same days everywhere.
    let wall = unit === "day" && n > 1 ? monthOf(from) : Math.floor(from / size) * size;
    while (wall < until) {
      const at = instantOf(wall, zone);
      if (at >= view.from && at < view.until && at !== found[found.length - 1]?.at) {
        found.push(tick(at, unit, zone));
      }
      const next = wall + size;
      if (unit === "day" && n > 1) {
        const begins = nextMonth(wall);
        wall = begins - next < size / 2 ? begins : next;
      } else wall = next;
    }
  }
  return { ticks: found, context: contextOf(view, unit, zone) };
}

function monthOf(wall: number): number {
  const at = new Date(wall / 1000);
  return utc(at.getUTCFullYear(), at.getUTCMonth());
}

function nextMonth(wall: number): number {
  const at = new Date(wall / 1000);
  return utc(at.getUTCFullYear(), at.getUTCMonth() + 1);
}

function tick(at: number, unit: Unit, zone: string): Tick {
  const wall = new Date((at + offset(at, zone)) / 1000);
  const [y, mo, d] = [wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate()];
  const [h, m, s] = [wall.getUTCHours(), wall.getUTCMinutes(), wall.getUTCSeconds()];
  const day = `${d} ${MONTHS[mo] ?? ""}`;
  const midnight = h === 0 && m === 0 && s === 0;
  switch (unit) {
    case "year":
      return { at, label: String(y), strong: y % 10 === 0 };
    case "month":
      return mo === 0
        ? { at, label: String(y), strong: true }
        : { at, label: MONTHS[mo] ?? "", strong: false };
    case "day":
      return d === 1
        ? { at, label: mo === 0 ? String(y) : (MONTHS[mo] ?? ""), strong: true }
        : { at, label: day, strong: false };
    case "hour":
    case "minute":
      return midnight
        ? { at, label: day, strong: true }
        : { at, label: `${pad(h)}:${pad(m)}`, strong: false };
    default:
      return midnight
        ? { at, label: day, strong: true }
        : { at, label: `${pad(h)}:${pad(m)}:${pad(s)}`, strong: s === 0 };
  }
}

function contextOf(view: Stretch, unit: Unit, zone: string): string {
  const start = new Date((view.from + offset(view.from, zone)) / 1000);
  const [y, mo, d] = [start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate()];
  if (unit === "year") return "";
  if (unit === "month") return String(y);
  if (unit === "day") return `${MONTHS[mo] ?? ""} ${y}`;
  return `${d} ${MONTHS[mo] ?? ""} ${y}`;
}

/** Widths of buckets: few, so that the same buckets serve while one moves. */
const BUCKETS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400,
  172800, 345600, 604800, 1209600, 2419200, 4838400, 9676800, 19353600, 38707200,
].map((seconds) => seconds * SECOND);

export interface Buckets extends Stretch {
  n: number;
  width: number;
}

/**
 * What to ask the server for, to show a stretch in so many pixels: the stretch with as much again at
 * each side, cut at places that stay the same while one moves.
 */
export function buckets(view: Stretch, pixels: number, zone: string): Buckets {
  const long = view.until - view.from;
  const least = (long / Math.max(1, pixels)) * 4;
  const width = BUCKETS.find((one) => one >= least) ?? least;
  // Days begin at midnight of the zone.
  const shift = width >= HOUR ? offset((view.from + view.until) / 2, zone) : 0;
  let from = Math.floor((view.from - long + shift) / width) * width - shift;
  const n = Math.min(3900, Math.ceil((long * 3) / width) + 1);
  if (from + n * width < view.until) from = Math.floor((view.from + shift) / width) * width - shift;
  return { from, until: from + n * width, n, width };
}

/** The stretch looked at from nearer (`factor` below 1) or farther, one place staying where it is. */
export function zoomed(view: Stretch, factor: number, at: number): Stretch {
  const long = Math.min(LONGEST, Math.max(SHORTEST, (view.until - view.from) * factor));
  const share = (at - view.from) / (view.until - view.from);
  const from = at - share * long;
  return { from, until: from + long };
}

/** The stretch moved, but not so far that nothing of `whole` is left in it. */
export function moved(view: Stretch, by: number, whole: Stretch): Stretch {
  const long = view.until - view.from;
  const from = Math.min(whole.until - long * 0.1, Math.max(whole.from - long * 0.9, view.from + by));
  return { from, until: from + long };
}

/** A stretch with room at both sides. */
export function roomy(first: number, last: number, share = 0.04): Stretch {
  const long = Math.max(SHORTEST, last - first);
  const room = Math.max(SECOND, long * share);
  return { from: first - room, until: last + room };
}

/** An instant for an address: `2016-10-12T13:31:00.000Z`, without what is zero. */
export function written(at: number): string {
  const date = new Date(Math.round(at / 1000));
  if (Number.isNaN(date.getTime())) return "";
  return date
    .toISOString()
    .replace(/\.000Z$/, "Z")
    .replace(/:00Z$/, "Z")
    .replace(/T00:00Z$/, "");
}

/** The instant of an address; `undefined` when it is none. */
export function read(text: string): number | undefined {
  if (!text) return undefined;
  const at = Date.parse(/T/.test(text) ? text : `${text}T00:00Z`);
  return Number.isNaN(at) ? undefined : at * 1000;
}

/** Microseconds of a time as the server writes it. */
export function micros(text: string | null | undefined): number | undefined {
  if (!text) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at * 1000;
}
