// The pins of the case: items that make up the report's chronology, with the words on them.
import { get, send, Refused, type Schemas } from "../api/client";
import { fromTo, interval, shortName, when } from "./format";
import { live } from "./live.svelte";
import { load } from "./load.svelte";

export type Pinned = Schemas["Pinned"];
export type Citation = Schemas["Citation"];

/** How many citations one question may name. */
const AT_ONCE = 200;

/** What the server knows of many items. */
export async function citations(ids: readonly string[], signal?: AbortSignal): Promise<Record<string, Citation>> {
  const all: Record<string, Citation> = {};
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const part = ids.slice(at, at + AT_ONCE).join(",");
    const found = await get("/api/v1/citations", {
      query: { ids: part },
      ...(signal ? { signal } : {}),
    });
    Object.assign(all, found.items);
  }
  return all;
}

export interface Pin {
  pin: Pinned;
  citation: Citation | undefined;
}

/** The pins in the order of time, asked again whenever anybody decides. Call while set up. */
export function pins(): { readonly value: Pin[] | undefined; readonly error: Error | undefined } {
  return load(async (signal) => {
    void live.decisions;
    const answer = await get("/api/v1/pins", { signal });
    const known = await citations(answer.pins.map((pin) => pin.item), signal);
    return answer.pins.map((pin) => ({ pin, citation: known[pin.item] }));
  });
}

/** Pins an item that is not pinned, with no words yet; takes the pin off one that is. */
export async function turnPin(id: string): Promise<void> {
  const work = await get("/api/v1/items/{id}/work", { path: { id } });
  if (work.pin) {
    await send("delete", "/api/v1/pins/{item}", { path: { item: id }, version: work.pin_version });
  } else {
    await send("put", "/api/v1/pins/{item}", {
      path: { item: id },
      body: { words: "" },
      version: work.pin_version,
    });
  }
}

/** Writes the words on a pin. What somebody else wrote since is in the error. */
export async function writePin(pin: Pinned, words: string): Promise<void> {
  await send("put", "/api/v1/pins/{item}", {
    path: { item: pin.item },
    body: { words },
    version: pin.version,
  });
}

/** Why a change failed, in words. */
export function refusal(error: unknown): string {
  if (error instanceof Refused && error.isConflict) {
    return "Somebody else changed it in the meantime. What they wrote is shown; yours is kept here until you keep it again.";
  }
  return error instanceof Error ? error.message : String(error);
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
