// Something asked of the server: what came, whether one waits, what went wrong. What was shown
// stays while the next answer is on its way, so that nothing jumps.
import { Refused } from "../api/client";

export class Load<T> {
  value = $state.raw<T | undefined>(undefined);
  error = $state.raw<Refused | Error | undefined>(undefined);
  waiting = $state(false);
  private abort: AbortController | undefined;

  /** Asks; an older question that has not been answered is given up. */
  async ask(question: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    this.abort?.abort();
    const abort = new AbortController();
    this.abort = abort;
    this.waiting = true;
    try {
      const value = await question(abort.signal);
      if (abort.signal.aborted) return undefined;
      this.value = value;
      this.error = undefined;
      return value;
    } catch (error) {
      if (!abort.signal.aborted) this.error = error instanceof Error ? error : new Error(String(error));
      return undefined;
    } finally {
      if (this.abort === abort) this.waiting = false;
    }
  }

  /** Forgets what came. */
  clear(): void {
    this.abort?.abort();
    this.value = undefined;
    this.error = undefined;
    this.waiting = false;
  }
}

/**
 * Asks whenever what `question` reads changes. Call it while a component is set up:
 * `const found = load((signal) => get("/api/v1/brief", { signal }))`.
 */
export function load<T>(question: (signal: AbortSignal) => Promise<T> | undefined): Load<T> {
  const loaded = new Load<T>();
  $effect(() => {
    const abort = new AbortController();
    // Read here, so that what it depends on is tracked.
    const promise = question(abort.signal);
    if (promise) void loaded.ask(() => promise);
    else loaded.clear();
    return () => abort.abort();
  });
  return loaded;
}
