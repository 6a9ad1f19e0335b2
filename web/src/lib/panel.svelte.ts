// The side panel: any page can open an item in it. It is part of the address (`item=`).
import { route } from "./router.svelte";

/** The item in the panel; empty when it is closed. */
export function panelItem(): string {
  return route.get("item");
}

/** Opens an item beside the page. */
export function openItem(id: string): void {
  route.set({ item: id }, panelItem() !== "");
}

/** Closes the panel. */
export function closeItem(): void {
  route.set({ item: null });
}
