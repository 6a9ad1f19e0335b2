// Decisions in words.

/** The kinds of decisions, as the record of decisions can be filtered by. */
export const KINDS: Readonly<Record<string, string>> = {
  merge: "accounts joined",
  split: "accounts parted",
  refuse: "accounts kept apart",
  statement: "statements entered",
  coverage: "coverage stated",
  request: "requests judged",
  note: "notes",
  tag: "tags",
  star: "stars",
  pin: "pins",
  saved_search: "kept searches",
  undo: "taken back",
};

type Given = Record<string, unknown>;
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const why = (given: Given): string => (text(given["reason"]) ? `: ${text(given["reason"])}` : "");

/** A decision as a sentence. */
export function words(decision: unknown): string {
  const given = (typeof decision === "object" && decision !== null ? decision : {}) as Given;
  const inner = (name: string): Given => (given[name] ?? {}) as Given;
  switch (given["kind"]) {
    case "merge":
      return `One party: ${((given["accounts"] as unknown[]) ?? []).map(text).join(" and ")}${why(given)}`;
    case "split":
      return `Nobody else’s account: ${text(given["account"])}${why(given)}`;
    case "refuse":
      return `Not one party: ${text(given["a"])} and ${text(given["b"])}${why(given)}`;
    case "statement": {
      const said = inner("statement");
      const head = given["edits"] === undefined ? "Statement" : `Changes statement ${String(given["edits"])}, now`;
      return `${head} of ${text(said["speaker"]) || "somebody"}: «${text(said["quoted"]).slice(0, 200)}»`;
    }
    case "coverage": {
      const row = inner("row");
      return `Coverage: ${text(row["custodian"])}, ${text(row["channel"])}, ${text(row["completeness"])}, ${text(row["from"]) || "…"} to ${text(row["to"]) || "…"}`;
    }
    case "request":
      return `Asks for something: ${text(given["decision"])}${why(given)}`;
    case "note":
      return given["text"] === null || given["text"] === undefined || given["text"] === ""
        ? "Note removed"
        : `Note: ${text(given["text"]).slice(0, 300)}`;
    case "tag":
      return `${given["on"] === false ? "Tag off" : "Tag"}: ${text(given["tag"])}`;
    case "star":
      return given["on"] === false ? "Star off" : "Star";
    case "pin":
      return given["on"] === false ? "Unpinned" : `Pinned${text(given["words"]) ? `: ${text(given["words"])}` : ""}`;
    case "saved_search":
      return `Kept search: ${text(given["name"])} ${text(given["query"])}`.trim();
    case "undo":
      return `Takes decision ${String(given["seq"])} back${why(given)}`;
    default:
      return JSON.stringify(decision).slice(0, 300);
  }
}
