// Who is signed in, and the facts of the case that every page needs.
import { get, onSignedOut, send, type Schemas } from "../api/client";

class Session {
  who = $state.raw<Schemas["SessionAnswer"] | null>(null);
  overview = $state.raw<Schemas["OverviewAnswer"] | null>(null);
  /** Why nobody is signed in, when somebody tried. */
  trouble = $state("");

  get mayEdit(): boolean {
    return this.who?.role === "editor";
  }

  get zone(): string {
    return this.overview?.zone ?? "UTC";
  }
}

export const session = new Session();

onSignedOut(() => {
  if (session.who) session.who = { ...session.who, signed_in: false };
});

/** Reads what every page needs. */
export async function lookAgain(): Promise<void> {
  session.who = await get("/api/v1/session");
  await lookAtCase();
}

async function lookAtCase(): Promise<void> {
  if (session.who?.signed_in) session.overview = await get("/api/v1/case");
}

/** Comes in with the token of the link, if the address has one, and reads the case. */
export async function comeIn(): Promise<void> {
  const token = /^#enter=([0-9a-f]+)$/.exec(location.hash)?.[1];
  try {
    if (token) {
      history.replaceState(null, "", location.pathname + location.search);
      session.who = await send("post", "/api/v1/session", { body: { token } });
    }
  } catch (error) {
    session.trouble = error instanceof Error ? error.message : String(error);
  }
  try {
    // Who came in is known already.
    await (session.who?.signed_in ? lookAtCase() : lookAgain());
    if (session.who?.signed_in) session.trouble = "";
  } catch (error) {
    session.trouble = error instanceof Error ? error.message : String(error);
  }
}

/** Comes in with a name and a password. */
export async function signIn(name: string, password: string): Promise<void> {
  session.who = await send("post", "/api/v1/session", { body: { name, password } });
  session.trouble = "";
  await lookAtCase();
}

/** Goes out. */
export async function signOut(): Promise<void> {
  await send("delete", "/api/v1/session");
  session.overview = null;
  session.who = await get("/api/v1/session");
}
