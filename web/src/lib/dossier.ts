// What stands between two parties, in words and as tables.
import type { Schemas } from "../api/client";
import { lag, type Citation } from "./findings";
import type { Followed } from "./links";
import { csv } from "./report";

export type Dossier = Schemas["Finding_contacts.Dossier"]["result"];
export type Sent = Schemas["contacts.Sent"];
export type Citations = Readonly<Record<string, Citation>>;
type Asked = Schemas["requests.Request"];

/** Which of the messages are listed, by the name in the address. */
export const CHOICES: Readonly<Record<string, (sent: Sent) => boolean>> = {
  "": () => true,
  ab: (s) => s.by_a && !s.unverified,
  ba: (s) => !s.by_a && !s.unverified,
  "ab-answered": (s) => s.by_a && !s.unverified && !!s.answer && !s.answer.doubt,
  "ba-answered": (s) => !s.by_a && !s.unverified && !!s.answer && !s.answer.doubt,
  "ab-unanswered": (s) => s.by_a && !s.unverified && !s.answer && !s.open,
  "ba-unanswered": (s) => !s.by_a && !s.unverified && !s.answer && !s.open,
  "ab-open": (s) => s.by_a && !s.unverified && !!s.open,
  "ba-open": (s) => !s.by_a && !s.unverified && !!s.open,
  unverified: (s) => s.unverified,
};

/** A choice in words. */
export function chosen(dossier: Dossier, choice: string): string {
  if (!choice) return "";
  const [way, what] = choice.split("-");
  if (way === "unverified") return "unverified entries";
  const [from, to] = way === "ab" ? [dossier.a, dossier.b] : [dossier.b, dossier.a];
  const kind = {
    answered: ", answered",
    unanswered: ", without an answer in the record",
    open: ", answered or not: open",
  }[what ?? ""];
  return `${from.name} → ${to.name}${kind ?? ""}`;
}

export const seconds = (micros: number | null | undefined): number | null => (micros == null ? null : micros / 1e6);

/** What became of a message. */
export function became(sent: Sent): string {
  if (sent.unverified) return "unverified; not counted";
  if (!sent.answer) {
    return sent.open === "no_time" ? "no usable time: whether it was answered is open" : "no answer in the record";
  }
  const later = lag(seconds(sent.answer.lag_least), seconds(sent.answer.lag_most));
  if (sent.answer.doubt) return "perhaps answered: the times leave it open";
  return sent.answer.stated ? `answered after ${later}` : `next message the other way after ${later}`;
}

/** Within what half of the answers of one way came. */
export function median(way: Schemas["contacts.Way"]): string {
  return way.median_answer ? lag(way.median_answer[0] / 1e6, way.median_answer[1] / 1e6) : "";
}

/** What a message asks for. */
export function requestLine(one: Asked): string {
  const asked = one.stated?.what ?? one.asked[0]?.sentence ?? one.kind ?? "";
  return `${asked}${one.stated?.of ? `, of ${one.stated.of}` : ""}`;
}

/** What became of what was asked. */
export function requestBecame(one: Asked): string {
  if (!one.answer) {
    return one.record_ends_before_window
      ? "no answer in the record, which ends before 7 days had passed"
      : "no answer in the record";
  }
  const later = lag(seconds(one.answer.lag_at_least), seconds(one.answer.lag_at_most));
  const how = one.answer.declined ? "an answer that may decline" : "answered";
  return `${one.answer.certain ? how : `perhaps ${how}`} after ${later}`;
}

/** Every message as a table. */
export function messagesCsv(dossier: Dossier, citations: Citations): string {
  return csv([
    ["item", "earliest", "latest", "from", "to", "what_became_of_it", "answer", "lag_least_seconds", "lag_most_seconds", "subject", "words", "archive", "locator", "words_sha256"],
    ...dossier.messages.map((sent) => {
      const citation = citations[sent.cite];
      return [
        sent.cite,
        citation?.earliest,
        citation?.latest,
        citation?.from.join("; "),
        citation?.to.join("; "),
        became(sent),
        sent.answer?.cite,
        seconds(sent.answer?.lag_least),
        seconds(sent.answer?.lag_most),
        citation?.subject,
        citation?.words,
        citation?.archive,
        citation?.locator,
        citation?.words_sha256,
      ];
    }),
  ]);
}

/** Acts beside messages as a table. */
export function actsCsv(rows: readonly Followed[]): string {
  return csv([
    ["message", "message_earliest", "message_latest", "asked", "act", "act_time", "lag_least_seconds", "lag_most_seconds", "grade", "shared", "acted", "counted"],
    ...rows.map((row) => [
      row.candidate.message,
      row.message?.earliest,
      row.message?.latest,
      row.asked,
      row.candidate.act,
      row.act?.time,
      row.candidate.time.least_seconds,
      row.candidate.time.most_seconds,
      row.candidate.content.grade,
      row.candidate.content.shared.map((one) => one.key).join("; "),
      row.candidate.actor.acted.name,
      row.counted ? "yes" : "no",
    ]),
  ]);
}
