// Every page: its path, its name, its keys, and how its code is loaded. The navigation, the command
// palette and the shortcuts are made from this list.
import type { Component } from "svelte";

export interface Page {
  /** The first part of its path: `/search`. */
  path: string;
  /** What it is called in the navigation. */
  name: string;
  /** What it answers, in a few words. */
  about: string;
  /** The key after `g`. */
  key: string;
  /** Its component; `rest` is what follows the page's path. */
  load: () => Promise<{ default: Component<{ rest: string }> }>;
  /** Pages that stand in the navigation. */
  listed: boolean;
}

export const pages: readonly Page[] = [
  {
    path: "/",
    name: "Overview",
    about: "The case in brief, and what it rests on",
    key: "o",
    load: () => import("./Overview.svelte"),
    listed: true,
  },
  {
    path: "/search",
    name: "Search",
    about: "The record by words, people, times and objects",
    key: "s",
    load: () => import("./Search.svelte"),
    listed: true,
  },
  {
    path: "/chronology",
    name: "Chronology",
    about: "Private and public on one axis, from years to seconds",
    key: "c",
    load: () => import("./Chronology.svelte"),
    listed: true,
  },
  {
    path: "/pair",
    name: "Pairs",
    about: "Who was in contact with whom, and everything between two",
    key: "b",
    load: () => import("./Pair.svelte"),
    listed: true,
  },
  {
    path: "/people",
    name: "People",
    about: "Who is who, and who may be who",
    key: "p",
    load: () => import("./People.svelte"),
    listed: true,
  },
  {
    path: "/statements",
    name: "Statements",
    about: "What was said in public, held against the record",
    key: "t",
    load: () => import("./Statements.svelte"),
    listed: true,
  },
  {
    path: "/absences",
    name: "Absences",
    about: "What should be in the record and is not",
    key: "a",
    load: () => import("./Absences.svelte"),
    listed: true,
  },
  {
    path: "/coordination",
    name: "Coordination",
    about: "Which accounts act in step",
    key: "n",
    load: () => import("./Coordination.svelte"),
    listed: true,
  },
  {
    path: "/log",
    name: "Decisions",
    about: "The record of what people decided, and taking back",
    key: "d",
    load: () => import("./Log.svelte"),
    listed: true,
  },
  {
    path: "/item",
    name: "Item",
    about: "One item: as it was read, as it was sent",
    key: "",
    load: () => import("./Item.svelte"),
    listed: false,
  },
];

/** The page of a path, and what follows it. */
export function pageOf(path: string): { page: Page; rest: string } | undefined {
  if (path === "/") return { page: pages[0] as Page, rest: "" };
  for (const page of pages) {
    if (page.path === "/") continue;
    if (path === page.path) return { page, rest: "" };
    if (path.startsWith(`${page.path}/`)) {
      return { page, rest: decodeURIComponent(path.slice(page.path.length + 1)) };
    }
  }
  return undefined;
}
