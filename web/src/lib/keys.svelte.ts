// Keyboard shortcuts: one table, from which the help sheet and the palette are made.

import { untrack } from "svelte";

export interface Shortcut {
  /** `?`, `mod+k`, or two keys after one another: `g s`. */
  keys: string;
  /** What it does, in words. */
  does: string;
  /** Under which heading the help sheet lists it. */
  group: string;
  run: () => void;
  /** Whether it also works while somebody types. */
  whileTyping?: boolean;
}

class Keys {
  list = $state.raw<readonly Shortcut[]>([]);
  private waiting = "";
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    addEventListener("keydown", (event) => this.pressed(event));
  }

  /** Adds shortcuts while a component lives: call it while the component is set up. */
  use(shortcuts: readonly Shortcut[]): void {
    $effect(() => {
      untrack(() => (this.list = [...this.list, ...shortcuts]));
      return () => {
        this.list = this.list.filter((shortcut) => !shortcuts.includes(shortcut));
      };
    });
  }

  private pressed(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const mod = event.ctrlKey || event.metaKey;
    const name = mod ? `mod+${key}` : key;
    const typing = isTyping(event.target);
    if (event.altKey) return;
    const pair = this.waiting ? `${this.waiting} ${name}` : "";
    const find = (keys: string): Shortcut | undefined =>
      this.list.findLast(
        (shortcut) => shortcut.keys === keys && (!typing || shortcut.whileTyping),
      );
    const found = (pair && find(pair)) || find(name);
    this.waiting = "";
    clearTimeout(this.timer);
    if (found) {
      event.preventDefault();
      found.run();
    } else if (!typing && !mod && this.list.some((s) => s.keys.startsWith(`${name} `))) {
      this.waiting = name;
      this.timer = setTimeout(() => (this.waiting = ""), 1200);
    }
  }
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    (target instanceof HTMLInputElement && !["checkbox", "radio", "button"].includes(target.type)) ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  );
}

export const keys = new Keys();

/** How a shortcut is written for a person: `Ctrl K`, `G then S`. */
export function written(shortcut: string): string {
  const apple = /mac|iphone|ipad/i.test(navigator.userAgent);
  return shortcut
    .split(" ")
    .map((key) =>
      key
        .split("+")
        .map((part) => (part === "mod" ? (apple ? "⌘" : "Ctrl") : part.length === 1 ? part.toUpperCase() : part))
        .join(" "),
    )
    .join(" then ");
}
