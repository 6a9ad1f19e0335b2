// From what was asked to what was then done, as links for a picture and a list.
import type { Schemas } from "../api/client";
import { micros } from "./axis";
import { GRADES, lag, order, shares, shortLag, type Acts, type ActsGrade, type Candidate, type Citation } from "./findings";
import { fromTo, when } from "./format";
import type { Link } from "./picture";

export type ActsAnswer = Schemas["CitedFinding_acts.Acts"];

/** A message beside an act that may answer it. */
export interface Followed {
  key: string;
  /** What was asked of the message, if the record says so. */
  asked: string;
  candidate: Candidate;
  message: Citation | undefined;
  act: Citation | undefined;
  /** It is the first act within the window, and counted. */
  counted: boolean;
}

const RANK = "ABCD";

/** Acts beside messages that share at least so much, in the order of time; `time` for all. */
export function followed(answer: ActsAnswer, least: ActsGrade | "time"): Followed[] {
  const found: Followed[] = [];
  const acts: Acts = answer.result;
  for (const session of [...acts.sessions, ...acts.time_too_wide]) {
    for (const candidate of session.candidates) {
      const { grade } = candidate.content;
      const enough =
        least === "time" || (grade && RANK.indexOf(grade) <= RANK.indexOf(least));
      if (!enough) continue;
      const asked = session.messages.find((one) => one.message === candidate.message)?.asked;
      found.push({
        key: `${candidate.message} ${candidate.act}`,
        asked: asked?.what ? `${asked.what}${asked.of ? `, of ${asked.of}` : ""}` : "",
        candidate,
        message: answer.citations[candidate.message],
        act: answer.citations[candidate.act],
        counted: session.answered_by === candidate.act,
      });
    }
  }
  const at = (one: Followed): number => placeOf(one.message) ?? Infinity;
  return found.sort((a, b) => at(a) - at(b) || (placeOf(a.act) ?? 0) - (placeOf(b.act) ?? 0));
}

/** Where an item is put on the axis. */
export function placeOf(citation: Citation | undefined): number | undefined {
  return micros(citation?.time) ?? micros(citation?.earliest) ?? micros(citation?.latest);
}

/** As lines between two lanes. */
export function asLinks(all: readonly Followed[], from: string, to: string): Link[] {
  return all.flatMap((one) => {
    const [a, b] = [placeOf(one.message), placeOf(one.act)];
    if (a === undefined || b === undefined) return [];
    const grade = one.candidate.content.grade ?? "";
    const style = GRADES.find((known) => known.grade === grade);
    const { least_seconds, most_seconds } = one.candidate.time;
    return [
      {
        key: one.key,
        from: { lane: from, at: a, id: one.candidate.message },
        to: { lane: to, at: b, id: one.candidate.act },
        label: shortLag(least_seconds, most_seconds),
        dash: style?.dash ?? [],
        width: style?.width ?? 1,
        faint: grade === "" || one.candidate.to_the_sender,
      },
    ];
  });
}

/** A link in words. */
export function inWords(one: Followed, zone: string): string {
  const { candidate } = one;
  const lines = [
    `${one.message ? `${when(one.message, zone)}  ${fromTo(one.message.from, one.message.to)}` : ""}`,
    one.asked ? `asked: ${one.asked}` : (one.message?.words ?? ""),
    `↓ ${lag(candidate.time.least_seconds, candidate.time.most_seconds)}${candidate.time.before_request == null ? " (before or after it: open)" : candidate.time.before_request ? "" : " later"}`,
    `${one.act ? `${when(one.act, zone)}  ${fromTo(one.act.from, [])}` : ""}`,
    `content: ${shares(candidate)}`,
    ...(candidate.to_the_sender ? ["It answers, quotes or repeats the sender in public: not counted."] : []),
    ...(candidate.other_cause_reported ? [`Another cause is reported: ${candidate.other_cause_reported}.`] : []),
  ];
  return lines.filter(Boolean).join("\n");
}

export { order };
