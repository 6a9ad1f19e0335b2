// The address is the state: every page reads what it shows from here and writes it back here, so
// that back, forward, reload and a copied address all work.

class Route {
  path = $state(location.pathname);
  query = $state.raw(new URLSearchParams(location.search));

  constructor() {
    addEventListener("popstate", () => this.read());
  }

  private read(): void {
    this.path = location.pathname;
    this.query = new URLSearchParams(location.search);
  }

  /** A parameter of the address; empty when it is not there. */
  get(name: string): string {
    return this.query.get(name) ?? "";
  }

  /** Goes somewhere. `replace` leaves no step to go back to. */
  go(address: string, replace = false): void {
    if (address === location.pathname + location.search) return;
    history[replace ? "replaceState" : "pushState"](null, "", address);
    this.read();
  }

  /** The address of this page with other parameters; `null` and `""` take one out. */
  with(changes: Record<string, string | number | null | undefined>): string {
    return address(this.path, this.query, changes);
  }

  /** Changes parameters of this page. Typing replaces, choosing is a step. */
  set(changes: Record<string, string | number | null | undefined>, replace = false): void {
    this.go(this.with(changes), replace);
  }
}

/** An address from a path and parameters. */
export function address(
  path: string,
  base: URLSearchParams | undefined,
  changes: Record<string, string | number | null | undefined>,
): string {
  const query = new URLSearchParams(base);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === undefined || value === "") query.delete(name);
    else query.set(name, String(value));
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

export const route = new Route();

/** For links: an ordinary click goes there without loading the page again. */
export function follow(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element | null)?.closest("a");
  if (!link || link.target || link.hasAttribute("download")) return;
  const url = new URL(link.href, location.href);
  if (url.origin !== location.origin || url.pathname.startsWith("/api/")) return;
  event.preventDefault();
  route.go(url.pathname + url.search);
}
