// Words for what the analyses find, the same as on the command line.
import type { Schemas } from "../api/client";

export type Who = Schemas["Who"];
export type Acts = Schemas["acts.Acts"];
export type Session = Schemas["acts.SessionFound"];
export type Candidate = Schemas["acts.Candidate"];
export type ActsGrade = Schemas["acts.Grade"];
export type Citation = Schemas["Citation"];

/** Lines for the grade of what a message and an act share: how they are drawn and what they mean. */
export const GRADES: readonly { grade: ActsGrade | ""; means: string; dash: number[]; width: number }[] = [
  { grade: "A", means: "the same thing, or a long run of words", dash: [], width: 2.6 },
  { grade: "B", means: "the same words", dash: [12, 4], width: 1.8 },
  { grade: "C", means: "something rare", dash: [6, 4], width: 1.6 },
  { grade: "D", means: "a topic only", dash: [1, 4], width: 1.8 },
  { grade: "", means: "nothing; close in time", dash: [1, 6], width: 1 },
];

/** What a message and an act share: `the same thing (grade A: example.org/x)`. */
export function shares(candidate: Candidate): string {
  const { grade, shared } = candidate.content;
  if (!grade) return "nothing shared";
  const has = (kind: string): boolean => shared.some((one) => one.kind === kind);
  const what =
    grade === "A"
      ? has("words")
        ? "a long run of words"
        : "the same thing"
      : grade === "B"
        ? has("near copy")
          ? "nearly the same words"
          : "the same words"
        : grade === "C"
          ? "something rare"
          : has("suggestion")
            ? "words in common, a suggestion only"
            : "a topic only";
  const keys = shared
    .filter((one) => one.grade === grade || grade === "C")
    .map((one) => one.key.replace(/^(topic:|[^:/]*: )/, ""))
    .slice(0, 3);
  return `${what} (grade ${grade}: ${keys.join(", ")})`;
}

/** A length of time as the command line says it, never rounded up: `48 h 03 min`, `12 days`. */
export function stretch(seconds: number): string {
  const s = Math.floor(Math.abs(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 4 * 86_400) {
    const minutes = Math.floor((s % 3600) / 60);
    return `${Math.floor(s / 3600)} h${minutes ? ` ${String(minutes).padStart(2, "0")} min` : ""}`;
  }
  return `${Math.floor(s / 86_400).toLocaleString("en-GB")} days`;
}

type Bound = number | null | undefined;

/** How much later, from two bounds in seconds: `13 min to 15 min`, `9 h before to 4 h after`. */
export function lag(least: Bound, most: Bound): string {
  if (least == null && most == null) return "an unknown time";
  const later = (s: number): string => (s < 0 ? `${stretch(s)} before` : stretch(s));
  if (least == null) return `at most ${later(most ?? 0)}`;
  if (most == null) return `at least ${later(least)}`;
  if (least < 0 && most > 0) return `${stretch(least)} before to ${stretch(most)} after`;
  const [near, far] = least < 0 ? [most, least] : [least, most];
  const [a, b] = [stretch(near), stretch(far)];
  const before = least < 0 ? " before" : "";
  return a === b ? a + before : `${a} to ${b}${before}`;
}

/** The same, short enough for a line in a picture: `13–15 min`, `−9 h 49 min to +4 h 40 min`. */
export function shortLag(least: Bound, most: Bound): string {
  if (least == null || most == null) return "open";
  if (least < 0 && most > 0) return `−${stretch(least)} to +${stretch(most)}`;
  const sign = least < 0 ? "−" : "";
  const [near, far] = least < 0 ? [most, least] : [least, most];
  const [a, b] = [stretch(near), stretch(far)];
  if (a === b) return sign + a;
  const unit = / ([a-z]+)$/.exec(b)?.[1] ?? "";
  const head = /^[\d,]+ h /.exec(b)?.[0];
  // `48 h 01–03 min`, `13–15 min`; units are written out where they differ.
  if (head && a.startsWith(head)) return `${sign}${a.replace(/ min$/, "")}–${b.slice(head.length)}`;
  if (/^[\d,]+ [a-z]+$/.test(a) && /^[\d,]+ [a-z]+$/.test(b) && a.endsWith(` ${unit}`)) {
    return `${sign}${a.slice(0, -unit.length - 1)}–${b}`;
  }
  return `${sign}${a} to ${b}`;
}

/** Where a message and an act stand to each other in time, in words. */
export function order(candidate: Candidate): string {
  const before = candidate.time.before_request;
  if (before == null) return "before or after it: open";
  return before ? "before it" : "after it";
}

const VERDICTS: Record<Schemas["acts.Verdict"]["level"], string> = {
  none_seen: "No act is seen after any message.",
  cannot_tell: "The record cannot tell.",
  not_more_than_chance: "Acts followed not more often than chance gives.",
  more_than_chance_in_timing: "Acts followed more often than chance gives, in timing.",
  more_than_comparable_accounts: "Acts followed more often than those of comparable accounts.",
};

/** The verdict as a sentence. */
export function verdict(level: Schemas["acts.Verdict"]["level"]): string {
  return VERDICTS[level];
}

/** `12 %`, `0.3 %`. */
export function percent(share: number): string {
  const p = share * 100;
  if (p > 0 && p < 0.1) return `${p.toFixed(2)} %`;
  return `${p > 0 && p < 10 ? p.toFixed(1) : Math.round(p)} %`;
}

/** A probability as the command line prints it. */
export function probability(p: number): string {
  if (p < 0.0001) return p.toExponential(0);
  return p < 0.01 ? p.toFixed(4) : p.toFixed(2);
}

/** What a p value says: how often chance alone does as much. */
export function pInWords(p: number, redraws: number): string {
  const shown = `p ${probability(p)}`;
  if (p >= 0.995) return `${shown}: chance alone gives as many acts or more every time`;
  const often =
    p >= 0.1
      ? `${Math.round(p * 100)} times in 100`
      : `once in ${Math.round(1 / p).toLocaleString("en-GB")} times`;
  const floor = p <= 1.01 / (redraws + 1) ? ", or more rarely: more redraws would tell" : "";
  return `${shown}: chance alone gives as many acts or more ${often}${floor}`;
}

/** What a grade of exposure means. */
export const EXPOSURE_GRADES: readonly { grade: number; means: string; dash: string; width: number }[] = [
  { grade: 1, means: "wrote, forwarded, retold or answered it", dash: "", width: 2.6 },
  { grade: 2, means: "addressed; their own archive holds it", dash: "", width: 1.5 },
  { grade: 3, means: "addressed; delivery not shown", dash: "9 3", width: 1.5 },
  { grade: 4, means: "copied, or member of the group", dash: "5 4", width: 1.5 },
  { grade: 5, means: "blind copy", dash: "2 4", width: 1.5 },
  { grade: 6, means: "only in a quotation or behind a link", dash: "1 4", width: 1.5 },
];
