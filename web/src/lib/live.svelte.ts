// What happens on the server while a page is open.
import { type Schemas } from "../api/client";
import { lookAgain } from "./session.svelte";

type Happened = Schemas["Event"];

class Live {
  /** Rises with every decision of anybody; pages that show decisions read it and ask again. */
  decisions = $state(0);
  last = $state.raw<Happened | null>(null);
  private source: EventSource | undefined;

  start(): void {
    if (this.source) return;
    this.source = new EventSource("/api/v1/events");
    this.source.onmessage = (message: MessageEvent<string>) => {
      const event = JSON.parse(message.data) as Happened;
      this.last = event;
      if (event.kind === "decided") this.decisions += 1;
      // An archive is being added: what every page needs is read again, and lists ask again.
      if (event.kind === "grown") {
        void lookAgain().catch(() => undefined);
        this.decisions += 1;
      }
    };
  }

  stop(): void {
    this.source?.close();
    this.source = undefined;
  }
}

export const live = new Live();
