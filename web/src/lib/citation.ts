// A citation that stays true: what it is, where it stands, and the digest of its bytes.
import type { Schemas } from "../api/client";
import { fromTo, shortName } from "./format";

/** One line for a footnote. */
export function citationText(item: Schemas["ItemAnswer"]): string {
  const title = item.subject?.trim() || firstWords(item.text);
  const time = item.when.earliest ?? item.when.latest;
  const between =
    time && item.when.earliest !== item.when.latest
      ? ` (between ${item.when.earliest ?? "…"} and ${item.when.latest ?? "…"})`
      : "";
  const people = fromTo(item.from.map(shortName), item.to.map(shortName));
  return (
    `${item.kind} “${title}”, ${people}, ${time ?? "time unknown"}${between}; ` +
    `${item.archive}, ${item.locator}; ` +
    `cahoots item ${item.id}, SHA-256 ${item.raw_sha256}`
  );
}

function firstWords(text: string): string {
  const words = text.trim().split(/\s+/).slice(0, 12).join(" ");
  return words.length < text.trim().length ? `${words} …` : words;
}
