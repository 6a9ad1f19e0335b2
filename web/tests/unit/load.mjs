// Loads a TypeScript module of the pages into Node.
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

export async function load(path) {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const { module } = await runnerImport(`${root}/src/${path}`, { root, logLevel: "error", configFile: false });
  return module;
}
