// The report's chronology as text, Markdown and CSV, each entry with a citation that stays true.
import type { Schemas } from "../api/client";
import { fromTo, interval, shortName, when } from "./format";

export type Citation = Schemas["Citation"];

export interface Pin {
  pin: Schemas["Pinned"];
  citation: Citation | undefined;
}

/** One line that leads back to the item: where it stands, its id, the digest of its words. */
export function cited(id: string, citation: Citation | undefined): string {
  if (!citation) return `cahoots item ${id}`;
  return `${citation.archive}, ${citation.locator}; cahoots item ${id}, SHA-256 of its words ${citation.words_sha256}`;
}

function head(citation: Citation | undefined, zone: string): string {
  return citation
    ? `${when(citation, zone)}  ${fromTo(citation.from.map(shortName), citation.to.map(shortName))}`
    : "time unknown";
}

/** The report's chronology as text. */
export function asText(all: readonly Pin[], zone: string, title: string): string {
  const lines = all.map(({ pin, citation }, n) => {
    const said = citation?.subject?.trim() || citation?.words || "";
    return [
      `${n + 1}. ${head(citation, zone)}`,
      ...(pin.words ? [`   ${pin.words.replaceAll("\n", "\n   ")}`] : []),
      ...(said ? [`   “${said}”`] : []),
      `   Time: ${citation ? interval(citation, zone) : "unknown"}`,
      `   ${cited(pin.item, citation)}`,
    ].join("\n");
  });
  return `${title}\nTimes in ${zone}.\n\n${lines.join("\n\n")}\n`;
}

/** Text that Markdown leaves as it is. */
function plain(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~!&]/g, (c) => `\\${c}`).replace(/\s*\n\s*/g, " ");
}

/** The same as Markdown: a list with a footnote for each item. */
export function asMarkdown(all: readonly Pin[], zone: string, title: string): string {
  const lines = all.map(({ pin, citation }, n) => {
    const said = citation?.subject?.trim() || citation?.words || "";
    const words = [pin.words && plain(pin.words), said && `“${plain(said)}”`].filter(Boolean).join(" ");
    return `- **${plain(head(citation, zone))}** ${words}[^${n + 1}]`;
  });
  const notes = all.map(({ pin, citation }, n) => `[^${n + 1}]: ${plain(cited(pin.item, citation))}`);
  return `# ${plain(title)}\n\nTimes in ${zone}.\n\n${lines.join("\n")}\n\n${notes.join("\n")}\n`;
}

/** A value for a CSV file; one that a spreadsheet would run is made text. */
export function csvValue(value: string | number | null | undefined): string {
  let text = value == null ? "" : String(value);
  if (typeof value === "string" && /^[=+\-@\t\r]/.test(text)) text = `'${text}`;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Rows as a CSV file. */
export function csv(rows: readonly (readonly (string | number | null | undefined)[])[]): string {
  return rows.map((row) => row.map(csvValue).join(",")).join("\r\n") + "\r\n";
}

/** The chronology as CSV. */
export function asCsv(all: readonly Pin[]): string {
  return csv([
    ["earliest", "latest", "from", "to", "subject", "words", "note", "item", "archive", "locator", "words_sha256"],
    ...all.map(({ pin, citation }) => [
      citation?.earliest,
      citation?.latest,
      citation?.from.join("; "),
      citation?.to.join("; "),
      citation?.subject,
      citation?.words,
      pin.words,
      pin.item,
      citation?.archive,
      citation?.locator,
      citation?.words_sha256,
    ]),
  ]);
}
