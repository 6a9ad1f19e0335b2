// Numbers, times and stretches of text as people read them.

/** `98,617`. */
export function number(n: number): string {
  return n.toLocaleString("en-GB");
}

/** `1 item`, `2 items`. */
export function counted(n: number, one: string, many: string): string {
  return `${number(n)} ${n === 1 ? one : many}`;
}

/** `3.4 MB`. */
export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function parts(at: Date, zone: string): Record<string, string> {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      timeZoneName: "short",
    });
    formats.set(zone, format);
  }
  return Object.fromEntries(format.formatToParts(at).map((part) => [part.type, part.value]));
}

export type Fineness = "second" | "minute" | "hour" | "day" | "unknown";

/** An instant in a zone, as fine as asked: `2016-10-12 14:03`. */
export function instant(at: Date, zone: string, fine: Fineness = "minute"): string {
  const p = parts(at, zone);
  const day = `${p["year"]}-${p["month"]}-${p["day"]}`;
  if (fine === "day") return day;
  const clock = `${p["hour"]}:${p["minute"]}`;
  return fine === "second" ? `${day} ${clock}:${p["second"]}` : `${day} ${clock}`;
}

/** The zone's name at an instant: `EDT`, `UTC`. */
export function zoneName(at: Date, zone: string): string {
  return parts(at, zone)["timeZoneName"] ?? zone;
}

export interface Said {
  earliest?: string | null;
  latest?: string | null;
  precision?: Fineness;
  /** What the clock read, where nothing tells its zone. */
  reading?: string | null;
}

/** A time for a line, with its doubt: `~2016-10-12`, `after 2016-10-12 14:03`. */
export function when(said: Said, zone: string): string {
  const key = said.earliest ?? said.latest;
  if (!key) return "time unknown";
  const fine = said.precision === "day" ? "day" : "minute";
  // Without a zone the reading itself stands, not the first moment that it may mean here.
  const text = said.reading
    ? instant(new Date(`${said.reading}Z`), "UTC", fine)
    : instant(new Date(key), zone, fine);
  if (said.earliest && said.earliest === said.latest) return text;
  if (said.earliest && !said.latest) return `after ${text}`;
  if (!said.earliest) return `before ${text}`;
  return `~${text}`;
}

/** Both bounds of a time in full. */
export function interval(said: Said, zone: string): string {
  const show = (text: string): string => {
    const at = new Date(text);
    return `${instant(at, zone, "second")} ${zoneName(at, zone)}`;
  };
  const { earliest, latest } = said;
  if (!earliest && !latest) return "unknown";
  if (earliest && latest) {
    return earliest === latest
      ? show(earliest)
      : `between ${show(earliest)} and ${show(latest)}`;
  }
  return earliest ? `not before ${show(earliest)}` : `not after ${show(latest ?? "")}`;
}

/** A length of time: `3 h 20 min`, `12 days`. */
export function length(seconds: number): string {
  const s = Math.abs(seconds);
  if (s < 60) return `${Math.round(s)} s`;
  if (s < 3600) return `${Math.round(s / 60)} min`;
  if (s < 36 * 3600) {
    const minutes = Math.round(s / 60);
    const rest = minutes % 60;
    return rest && minutes < 600
      ? `${Math.floor(minutes / 60)} h ${rest} min`
      : `${Math.round(minutes / 60)} h`;
  }
  return `${number(Math.round(s / 86400))} days`;
}

export interface Piece {
  text: string;
  marked: boolean;
}

/** A text cut at matches, which are given in bytes of UTF-8. */
export function marked(text: string, ranges: readonly (readonly number[])[]): Piece[] {
  if (ranges.length === 0) return text ? [{ text, marked: false }] : [];
  const bytes = new TextEncoder().encode(text);
  const decoder = new TextDecoder();
  const pieces: Piece[] = [];
  const push = (from: number, to: number, marks: boolean): void => {
    if (to > from) pieces.push({ text: decoder.decode(bytes.subarray(from, to)), marked: marks });
  };
  let at = 0;
  for (const [start = 0, end = 0] of ranges) {
    push(at, start, false);
    push(start, end, true);
    at = end;
  }
  push(at, bytes.length, false);
  return pieces;
}

/** `Ann Example` of `Ann Example <ann@example.org>`. */
export function shortName(full: string): string {
  const name = /^(.+?)\s*<[^<>]*>$/.exec(full)?.[1];
  return name ?? full;
}

/** `Ann Example → Ben +2`. */
export function fromTo(from: readonly string[], to: readonly string[]): string {
  const first = to[0];
  const head = from[0] ? shortName(from[0]) : "unknown";
  if (!first) return head;
  return `${head} → ${shortName(first)}${to.length > 1 ? ` +${to.length - 1}` : ""}`;
}

/** The beginning of an item id that is printed. */
export function shortId(id: string): string {
  return id.slice(0, 10);
}

/** The last part of a path: archives of one folder are told apart by it. */
export function lastPart(path: string): string {
  return path.split("/").pop() || path;
}
