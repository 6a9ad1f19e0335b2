// Our own worker files: the pages run under Trusted Types, so that an address of a script must come
// through here.

interface Policy {
  createScriptURL(url: string): string;
}
interface Factory {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): Policy;
}

const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
const policy = factory?.createPolicy("cahoots-worker", {
  createScriptURL: (url) => {
    if (new URL(url, location.href).origin !== location.origin) throw new TypeError("a foreign script");
    return url;
  },
});

/** A worker of one of our own files. */
export function worker(url: URL | string): Worker {
  const text = String(url);
  return new Worker(policy ? policy.createScriptURL(text) : text, { type: "module" });
}
