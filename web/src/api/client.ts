// The one way to the server. Paths, parameters and answers are checked against the interface's
// description: schema.ts is generated from openapi.json.
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];
export type Problem = Schemas["Problem"];

type Method = "get" | "post" | "put" | "delete";
type PathsWith<M extends Method> = {
  [P in keyof paths]: paths[P] extends { [K in M]: { responses: unknown } } ? P : never;
}[keyof paths];
type Operation<P extends keyof paths, M extends Method> = paths[P][M];
type Query<O> = O extends { parameters: { query?: infer Q } } ? Q : never;
type PathParameters<O> = O extends { parameters: { path: infer Q } } ? Q : undefined;
type Body<O> = O extends { requestBody: { content: { "application/json": infer B } } }
  ? B
  : undefined;
type Answer<O> = O extends { responses: { 200: { content: { "application/json": infer R } } } }
  ? R
  : undefined;

/** What the server refused, in its own words. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(problem.message);
  }

  /** Somebody else was there first. */
  get isConflict(): boolean {
    return this.status === 409;
  }
}

const whenSignedOut: (() => void)[] = [];

/** Calls back when a request is refused because nobody is signed in. */
export function onSignedOut(call: () => void): void {
  whenSignedOut.push(call);
}

function address(
  path: string,
  parameters: Record<string, unknown> | undefined,
  query: Record<string, unknown> | undefined,
): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(parameters?.[name] ?? "")),
  );
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null) search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `${filled}?${text}` : filled;
}

async function request(
  method: string,
  url: string,
  body: unknown,
  headers: Record<string, string>,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: body === undefined ? headers : { ...headers, "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal,
    credentials: "same-origin",
    cache: "no-store",
  });
  if (response.ok) {
    return response.status === 204 ? undefined : response.json();
  }
  const problem = (await response.json().catch(() => null)) as Problem | null;
  if (response.status === 401 && !url.endsWith("/session")) {
    for (const call of whenSignedOut) call();
  }
  throw new Refused(
    response.status,
    problem ?? { message: `the server answered ${response.status}` },
  );
}

/** Asks for something. */
export function get<P extends PathsWith<"get">>(
  path: P,
  options: {
    query?: Query<Operation<P, "get">>;
    path?: PathParameters<Operation<P, "get">>;
    signal?: AbortSignal;
  } = {},
): Promise<Answer<Operation<P, "get">>> {
  const url = address(
    path,
    options.path as Record<string, unknown> | undefined,
    options.query as Record<string, unknown> | undefined,
  );
  return request("GET", url, undefined, {}, options.signal) as Promise<Answer<Operation<P, "get">>>;
}

/**
 * Changes something. `version` is the one that was seen: when somebody else changed it since, the
 * promise fails with a `Refused` that `isConflict`, and `problem.current` says what stands there.
 */
export function send<M extends "post" | "put" | "delete", P extends PathsWith<M>>(
  method: M,
  path: P,
  options: {
    path?: PathParameters<Operation<P, M>>;
    body?: Body<Operation<P, M>>;
    version?: number;
  } = {},
): Promise<Answer<Operation<P, M>>> {
  const url = address(path, options.path as Record<string, unknown> | undefined, undefined);
  const headers: Record<string, string> =
    options.version === undefined ? {} : { "if-match": `"${options.version}"` };
  return request(method.toUpperCase(), url, options.body, headers, undefined) as Promise<
    Answer<Operation<P, M>>
  >;
}
