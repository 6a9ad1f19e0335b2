// The picture of lanes on one time axis: bars where there are many items, marks where there are
// few, links between them. It draws to a canvas and says afterwards what lies where.
import { ticks, type Buckets, type Stretch } from "./axis";

/** One item on a lane, as a mark. */
export interface Mark {
  id: string;
  /** Where it is put; its earliest and latest time. */
  at: number;
  lo: number;
  hi: number;
  /** Words beside it, where there is room. */
  words: string;
  /** Shown also where others are summed up, and labelled first. */
  marked: boolean;
  pinned: boolean;
}

export interface Lane {
  key: string;
  name: string;
  ink: "private" | "public" | "ink-2";
  /** Bars grow upwards from the line; otherwise downwards. */
  up: boolean;
  /** Share of the height. */
  share: number;
  buckets?: (Buckets & { counts: readonly number[] }) | undefined;
  marks: readonly Mark[];
}

export interface Link {
  key: string;
  from: { lane: string; at: number; id: string };
  to: { lane: string; at: number; id: string };
  label: string;
  dash: readonly number[];
  width: number;
  faint: boolean;
}

export interface Scene {
  view: Stretch;
  zone: string;
  lanes: readonly Lane[];
  links: readonly Link[];
  /** The item that is open, and the one under the pointer or the keys. */
  open: string;
  near: string;
  /** The link under the pointer. */
  nearLink: string;
  /** A stretch that is being brushed. */
  brush: Stretch | null;
}

export interface Hit {
  x: number;
  y: number;
  /** Half of its width; taken wider for a pointer. */
  r: number;
  id: string;
  lane: string;
}

export interface Drawn {
  hits: Hit[];
  /** Points along each link. */
  paths: { key: string; points: [number, number][] }[];
  /** Where each lane's line is. */
  lines: Map<string, number>;
}

export interface Colours {
  [name: string]: string;
}

const NAMES = [
  "ground", "panel", "raised", "sunken", "edge", "edge-strong", "ink", "ink-2", "ink-3", "accent",
  "accent-ground", "private", "private-ground", "public", "public-ground", "mark", "mark-ink",
];

/** The colours of the theme as it is. */
export function colours(element: Element): Colours {
  const style = getComputedStyle(element);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

const AXIS = 26;
const LABEL = 15;
/** How much links bend. */
const BEND = 0.55;
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif';
const font = (size: number, weight = 400): string => `${weight} ${size}px ${FONT}`;

const widths = new Map<string, number>();
function measure(ctx: CanvasRenderingContext2D, text: string): number {
  const key = `${ctx.font} ${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    width = ctx.measureText(text).width;
    if (widths.size > 4000) widths.clear();
    widths.set(key, width);
  }
  return width;
}

function cut(ctx: CanvasRenderingContext2D, text: string, most: number): string {
  if (measure(ctx, text) <= most) return text;
  let [low, high] = [0, text.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (ctx.measureText(`${text.slice(0, middle)}…`).width <= most) low = middle;
    else high = middle - 1;
  }
  return `${text.slice(0, low).trimEnd()}…`;
}

/** Draws the scene. The context is scaled already; `width` and `height` are CSS pixels. */
export function draw(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  width: number,
  height: number,
  c: Colours,
): Drawn {
  const { view, lanes } = scene;
  const x = (at: number): number => ((at - view.from) / (view.until - view.from)) * width;
  ctx.clearRect(0, 0, width, height);
  ctx.fillStyle = c["panel"] ?? "";
  ctx.fillRect(0, 0, width, height);

  // Lanes share the height above the axis; between them is room for links.
  const tall = height - AXIS;
  const gaps = Math.max(0, lanes.length - 1);
  // Marks need less height than bars do: what they leave goes to the links.
  const [part, most] = lanes.some((lane) => lane.buckets) ? [0.3, 120] : [0.4, 170];
  const gap = !gaps ? 0 : scene.links.length === 0 ? 22 : Math.max(54, Math.min(most, (tall * part) / gaps));
  const left = tall - gap * gaps;
  const shares = lanes.reduce((sum, lane) => sum + lane.share, 0) || 1;
  const places = new Map<string, { line: number; top: number; bottom: number; lane: Lane }>();
  let y = 0;
  for (const lane of lanes) {
    const h = (left * lane.share) / shares;
    places.set(lane.key, { line: lane.up ? y + h - 7 : y + 7, top: y, bottom: y + h, lane });
    y += h + gap;
  }

  // Grounds of the lanes, and the lines of time through everything.
  for (const place of places.values()) {
    ctx.fillStyle = c[place.lane.ink === "ink-2" ? "sunken" : `${place.lane.ink}-ground`] ?? "";
    ctx.globalAlpha = 0.22;
    ctx.fillRect(0, place.top, width, place.bottom - place.top);
    ctx.globalAlpha = 1;
  }
  const axis = ticks(view, width, scene.zone);
  ctx.lineWidth = 1;
  for (const tick of axis.ticks) {
    const at = Math.round(x(tick.at)) + 0.5;
    ctx.strokeStyle = c["edge"] ?? "";
    ctx.globalAlpha = tick.strong ? 1 : 0.55;
    ctx.beginPath();
    ctx.moveTo(at, 0);
    ctx.lineTo(at, tall + (tick.strong ? 8 : 4));
    ctx.stroke();
  }
  ctx.globalAlpha = 1;

  const drawn: Drawn = { hits: [], paths: [], lines: new Map() };
  for (const [key, place] of places) {
    drawn.lines.set(key, place.line);
    bars(ctx, place, x, width, c);
  }
  links(ctx, scene, places, x, width, c, drawn);
  // Nothing is written where the names of the lanes stand.
  ctx.font = font(12, 600);
  const names: Box[] = [...places.values()].map(({ lane, top, bottom }) => ({
    x1: 0,
    x2: measure(ctx, lane.name) + 130,
    y1: lane.up ? top : bottom - 20,
    y2: lane.up ? top + 19 : bottom,
  }));
  for (const place of places.values()) marks(ctx, scene, place, x, width, c, drawn, names);
  lagLabels(ctx, scene, width, c, drawn, names);

  // Names of the lanes, over everything, on their own ground.
  for (const place of places.values()) {
    const { lane } = place;
    ctx.font = font(12, 600);
    const most = lane.buckets ? mostOf(lane.buckets, view) : 0;
    const note = most > 0 ? `  most ${most.toLocaleString("en-GB")} in a bar` : "";
    const name = cut(ctx, lane.name, width * 0.4);
    const wide = measure(ctx, name);
    ctx.font = font(11);
    const noteWide = note ? measure(ctx, note) : 0;
    const at = lane.up ? place.top + 15 : place.bottom - 6;
    ctx.fillStyle = c["panel"] ?? "";
    ctx.globalAlpha = 0.86;
    ctx.fillRect(6, at - 12, wide + noteWide + 8, 16);
    ctx.globalAlpha = 1;
    ctx.font = font(12, 600);
    ctx.fillStyle = c[lane.ink] ?? "";
    ctx.fillText(name, 10, at);
    if (note) {
      ctx.font = font(11);
      ctx.fillStyle = c["ink-3"] ?? "";
      ctx.fillText(note, 10 + wide, at);
    }
  }

  // The axis.
  ctx.strokeStyle = c["edge-strong"] ?? "";
  ctx.beginPath();
  ctx.moveTo(0, tall + 0.5);
  ctx.lineTo(width, tall + 0.5);
  ctx.stroke();
  ctx.textAlign = "center";
  ctx.font = font(11);
  const context = axis.context;
  const contextWide = context ? measure(ctx, context) + 22 : 0;
  for (const tick of axis.ticks) {
    const at = x(tick.at);
    const half = measure(ctx, tick.label) / 2;
    if (at - half < contextWide || at + half > width - 2) continue;
    ctx.font = font(11, tick.strong ? 600 : 400);
    ctx.fillStyle = c[tick.strong ? "ink" : "ink-3"] ?? "";
    ctx.fillText(tick.label, at, tall + 18);
  }
  ctx.textAlign = "left";
  if (context) {
    ctx.font = font(11, 600);
    ctx.fillStyle = c["ink-2"] ?? "";
    ctx.fillText(context, 10, tall + 18);
  }

  if (scene.brush) {
    const [a, b] = [x(scene.brush.from), x(scene.brush.until)].sort((p, q) => p - q) as [number, number];
    ctx.fillStyle = c["accent"] ?? "";
    ctx.globalAlpha = 0.14;
    ctx.fillRect(a, 0, b - a, tall);
    ctx.globalAlpha = 1;
    ctx.strokeStyle = c["accent"] ?? "";
    ctx.strokeRect(a + 0.5, 0.5, Math.max(1, b - a - 1), tall - 1);
  }
  return drawn;
}

interface Place {
  line: number;
  top: number;
  bottom: number;
  lane: Lane;
}

function mostOf(buckets: Buckets & { counts: readonly number[] }, view: Stretch): number {
  let most = 0;
  const first = Math.max(0, Math.floor((view.from - buckets.from) / buckets.width));
  const last = Math.min(buckets.counts.length, Math.ceil((view.until - buckets.from) / buckets.width));
  for (let n = first; n < last; n += 1) most = Math.max(most, buckets.counts[n] ?? 0);
  return most;
}

function bars(
  ctx: CanvasRenderingContext2D,
  place: Place,
  x: (at: number) => number,
  width: number,
  c: Colours,
): void {
  const { lane, line, top, bottom } = place;
  ctx.strokeStyle = c[lane.ink] ?? "";
  ctx.globalAlpha = 0.55;
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.moveTo(0, Math.round(line) + 0.5);
  ctx.lineTo(width, Math.round(line) + 0.5);
  ctx.stroke();
  ctx.globalAlpha = 1;
  const buckets = lane.buckets;
  if (!buckets) return;
  const view = { from: 0, until: 0 };
  // The stretch in view, from what x says.
  const per = (buckets.until - buckets.from) / Math.max(1e-9, x(buckets.until) - x(buckets.from));
  view.from = buckets.from - x(buckets.from) * per;
  view.until = view.from + width * per;
  const most = mostOf(buckets, view);
  if (most === 0) return;
  const room = (lane.up ? line - top - 22 : bottom - line - 22) - 4;
  const first = Math.max(0, Math.floor((view.from - buckets.from) / buckets.width));
  const last = Math.min(buckets.counts.length, Math.ceil((view.until - buckets.from) / buckets.width));
  const wide = buckets.width / per;
  ctx.fillStyle = c[lane.ink] ?? "";
  ctx.beginPath();
  for (let n = first; n < last; n += 1) {
    const count = buckets.counts[n] ?? 0;
    if (count === 0) continue;
    const tall = Math.max(2, (count / most) * room);
    const from = x(buckets.from + n * buckets.width);
    const [left, bar] = [from + (wide > 3 ? 0.5 : 0), Math.max(1, wide - (wide > 3 ? 1 : 0))];
    const at = lane.up ? line - 4 - tall : line + 4;
    // Round at the far end only: the near one stands on the line.
    const round = Math.min(2, bar / 3, tall / 2);
    if (round < 1) ctx.rect(left, at, bar, tall);
    else ctx.roundRect(left, at, bar, tall, lane.up ? [round, round, 0, 0] : [0, 0, round, round]);
  }
  ctx.fill();
}

function curve(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
): (t: number) => [number, number] {
  const bend = (y2 - y1) * BEND;
  const [c1, c2] = [y1 + bend, y2 - bend];
  return (t) => {
    const u = 1 - t;
    return [
      u * u * u * x1 + 3 * u * u * t * x1 + 3 * u * t * t * x2 + t * t * t * x2,
      u * u * u * y1 + 3 * u * u * t * c1 + 3 * u * t * t * c2 + t * t * t * y2,
    ];
  };
}

/** Pieces that a link is drawn in. */
const PARTS = 32;

/** From where to where along a curve it lies between two places; it goes one way only. */
function within(
  at: (t: number) => [number, number],
  x1: number,
  x2: number,
  low: number,
  high: number,
): [number, number] {
  const where = (x: number): number => {
    let [a, b] = [0, 1];
    for (let n = 0; n < 48; n += 1) {
      const t = (a + b) / 2;
      if (at(t)[0] < x === x1 <= x2) a = t;
      else b = t;
    }
    return (a + b) / 2;
  };
  const [near, far] = x1 <= x2 ? [low, high] : [high, low];
  const outside = (x: number): boolean => x < low || x > high;
  return [outside(x1) ? where(near) : 0, outside(x2) ? where(far) : 1];
}

function links(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  places: Map<string, Place>,
  x: (at: number) => number,
  width: number,
  c: Colours,
  drawn: Drawn,
): void {
  // The one under the pointer comes last, over the others.
  const sorted = [...scene.links].sort((a, b) => Number(a.key === scene.nearLink) - Number(b.key === scene.nearLink));
  for (const link of sorted) {
    const [from, to] = [places.get(link.from.lane), places.get(link.to.lane)];
    if (!from || !to) continue;
    const [x1, x2] = [x(link.from.at), x(link.to.at)];
    if (Math.max(x1, x2) < -20 || Math.min(x1, x2) > width + 20) continue;
    const down = to.line > from.line;
    const [y1, y2] = [from.line + (down ? 7 : -7), to.line + (down ? -9 : 9)];
    // Only the part in view: a dashed line from far outside would be millions of dashes.
    const at = curve(x1, y1, x2, y2);
    const [begin, end] = within(at, x1, x2, -60, width + 60);
    const points: [number, number][] = [];
    for (let n = 0; n <= PARTS; n += 1) points.push(at(begin + ((end - begin) * n) / PARTS));
    drawn.paths.push({ key: link.key, points });
    const near =
      link.key === scene.nearLink ||
      (scene.near !== "" && (scene.near === link.from.id || scene.near === link.to.id)) ||
      (scene.open !== "" && (scene.open === link.from.id || scene.open === link.to.id));
    const gradient = ctx.createLinearGradient(0, y1, 0, y2);
    gradient.addColorStop(0, c[from.lane.ink] ?? "#888");
    gradient.addColorStop(1, c[to.lane.ink] ?? "#888");
    ctx.strokeStyle = gradient;
    ctx.globalAlpha = near ? 1 : link.faint ? 0.45 : 0.8;
    ctx.lineWidth = link.width + (near ? 1 : 0);
    ctx.lineCap = link.dash[0] === 1 ? "round" : "butt";
    ctx.setLineDash([...link.dash]);
    ctx.beginPath();
    points.forEach(([px, py], n) => (n === 0 ? ctx.moveTo(px, py) : ctx.lineTo(px, py)));
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.lineCap = "butt";
    // The head of the arrow.
    const head = down ? -1 : 1;
    ctx.fillStyle = c[to.lane.ink] ?? "";
    ctx.beginPath();
    ctx.moveTo(x2, y2 - head * 3);
    ctx.lineTo(x2 - 3.6, y2 + head * 4);
    ctx.lineTo(x2 + 3.6, y2 + head * 4);
    ctx.fill();
    ctx.globalAlpha = 1;
  }
}

interface Box {
  x1: number;
  x2: number;
  y1: number;
  y2: number;
}

const meets = (a: Box, b: Box): boolean => a.x1 < b.x2 && b.x1 < a.x2 && a.y1 < b.y2 && b.y1 < a.y2;

/** Lags on their links, where there is room for all of the words. */
function lagLabels(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  width: number,
  c: Colours,
  drawn: Drawn,
  names: readonly Box[],
): void {
  ctx.font = font(11, 500);
  ctx.textBaseline = "middle";
  const taken: Box[] = [...names];
  const byKey = new Map(scene.links.map((link) => [link.key, link]));
  const order = [...drawn.paths].sort((a, b) => {
    const weight = (key: string): number =>
      (key === scene.nearLink ? 10 : 0) + (byKey.get(key)?.width ?? 0) - (byKey.get(key)?.faint ? 3 : 0);
    return weight(b.key) - weight(a.key);
  });
  for (const { key, points } of order) {
    const link = byKey.get(key);
    if (!link?.label) continue;
    const wide = measure(ctx, link.label) + 10;
    for (const n of [16, 12, 20, 9, 23, 6, 26]) {
      const [px, py] = points[n] ?? [0, 0];
      if (px < 2 || px > width - 2) continue;
      const x1 = Math.min(width - wide - 2, Math.max(2, px - wide / 2));
      const box = { x1, x2: x1 + wide, y1: py - 8, y2: py + 8 };
      if (taken.some((other) => meets(box, other))) continue;
      taken.push(box);
      ctx.fillStyle = c["panel"] ?? "";
      ctx.globalAlpha = 0.94;
      ctx.beginPath();
      ctx.roundRect(box.x1, box.y1, wide, 16, 8);
      ctx.fill();
      ctx.globalAlpha = 1;
      ctx.strokeStyle = c[key === scene.nearLink ? "accent" : "edge"] ?? "";
      ctx.lineWidth = 1;
      ctx.stroke();
      ctx.fillStyle = c["ink"] ?? "";
      ctx.fillText(link.label, box.x1 + 5, py + 0.5);
      break;
    }
  }
  ctx.textBaseline = "alphabetic";
}

function marks(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  place: Place,
  x: (at: number) => number,
  width: number,
  c: Colours,
  drawn: Drawn,
  names: readonly Box[],
): void {
  const { lane, line } = place;
  const ink = c[lane.ink] ?? "";
  const shown: { mark: Mark; x: number }[] = [];
  for (const mark of lane.marks) {
    const at = x(mark.at);
    const [lo, hi] = [x(mark.lo), x(mark.hi)];
    if (Math.max(at, hi) < -10 || Math.min(at, lo) > width + 10) continue;
    // Doubt about the time: from the earliest to the latest.
    const [a, b] = [Math.max(-6, lo), Math.min(width + 6, hi)];
    if (b - a > 3) {
      ctx.fillStyle = ink;
      ctx.globalAlpha = 0.28;
      ctx.beginPath();
      ctx.roundRect(a, line - 3.5, b - a, 7, 3.5);
      ctx.fill();
      ctx.globalAlpha = 1;
    }
    shown.push({ mark, x: at });
  }
  // Labels first, so that marks lie over their leaders.
  const first = (mark: Mark): number =>
    (mark.id === scene.open || mark.id === scene.near ? 4 : 0) + (mark.pinned ? 2 : 0) + (mark.marked ? 1 : 0);
  const many = lane.buckets !== undefined;
  const candidates = shown
    .filter(({ mark, x: at }) => at > -5 && at < width + 5 && (!many || first(mark) > 0))
    .sort((a, b) => first(b.mark) - first(a.mark) || a.x - b.x);
  ctx.font = font(11);
  const room = lane.up ? line - place.top - 20 : place.bottom - line - 20;
  const levels = Math.max(0, Math.floor((room - 8) / LABEL));
  const telling = (mark: Mark): boolean => first(mark) > 0;
  const taken: Box[] = [...names];
  const placed: { x: number; y: number; text: string; mark: Mark; left: boolean }[] = [];
  // Over bars, labels would not be read: only the open one is written there.
  for (const { mark, x: at } of many ? candidates.filter((it) => first(it.mark) >= 4).slice(0, 1) : candidates.slice(0, 60)) {
    const text = cut(ctx, mark.words, Math.min(telling(mark) ? 440 : 260, width * 0.4));
    const wide = measure(ctx, text) + 8;
    for (let level = 0; level < levels; level += 1) {
      const ly = lane.up ? line - 14 - level * LABEL : line + 21 + level * LABEL;
      const leftwards = at + 6 + wide > width - 4;
      const x1 = leftwards ? at - 4 - wide : at + 2;
      const box = { x1, x2: x1 + wide, y1: ly - 11, y2: ly + 3 };
      const stem = { x1: at - 2, x2: at + 3, y1: Math.min(line, ly), y2: Math.max(line, ly) };
      if (taken.some((other) => meets(box, other) || meets(stem, other))) continue;
      taken.push(box, stem);
      placed.push({ x: at, y: ly, text, mark, left: leftwards });
      break;
    }
  }
  for (const one of placed) {
    ctx.strokeStyle = ink;
    ctx.globalAlpha = 0.45;
    ctx.lineWidth = 1;
    ctx.beginPath();
    ctx.moveTo(Math.round(one.x) + 0.5, line);
    ctx.lineTo(Math.round(one.x) + 0.5, lane.up ? one.y - 9 : one.y + 1);
    ctx.stroke();
    ctx.globalAlpha = 1;
    const strong = one.mark.id === scene.open || one.mark.id === scene.near;
    const wide = measure(ctx, one.text);
    const tx = one.left ? one.x - 5 - wide : one.x + 5;
    if (many || strong) {
      ctx.fillStyle = c["raised"] ?? "";
      ctx.globalAlpha = 0.94;
      ctx.fillRect(tx - 3, one.y - 11, wide + 6, 15);
      ctx.globalAlpha = 1;
    }
    ctx.fillStyle = c[strong || one.mark.marked || one.mark.pinned ? "ink" : "ink-2"] ?? "";
    ctx.fillText(one.text, tx, one.y);
  }
  const sorted = [...shown].sort((a, b) => first(a.mark) - first(b.mark));
  for (const { mark, x: at } of sorted) {
    const important = first(mark) > 0;
    const r = important ? 5 : 3.6;
    ctx.fillStyle = mark.marked || !many ? ink : (c["panel"] ?? "");
    ctx.strokeStyle = c["panel"] ?? "";
    ctx.lineWidth = 1.5;
    ctx.beginPath();
    ctx.arc(at, line, r, 0, Math.PI * 2);
    ctx.fill();
    ctx.stroke();
    if (mark.id === scene.open || mark.id === scene.near) {
      ctx.strokeStyle = c["accent"] ?? "";
      ctx.lineWidth = 2;
      ctx.beginPath();
      ctx.arc(at, line, r + 3, 0, Math.PI * 2);
      ctx.stroke();
    }
    if (mark.pinned) {
      // A flag on the side where no links are.
      const up = lane.up ? -1 : 1;
      ctx.fillStyle = c["mark"] ?? "";
      ctx.strokeStyle = c["ink"] ?? "";
      ctx.lineWidth = 1;
      ctx.beginPath();
      ctx.moveTo(at, line + up * 6);
      ctx.lineTo(at - 5, line + up * 14);
      ctx.lineTo(at + 5, line + up * 14);
      ctx.closePath();
      ctx.fill();
      ctx.stroke();
    }
    drawn.hits.push({ x: at, y: line, r: r + 3, id: mark.id, lane: lane.key });
  }
}
