// The pins of the case: items that make up the report's chronology, with the words on them.
import { get, send, Refused, type Schemas } from "../api/client";
import { live } from "./live.svelte";
import { load } from "./load.svelte";
import type { Citation, Pin } from "./report";

export type { Citation, Pin } from "./report";

export type Pinned = Schemas["Pinned"];

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
