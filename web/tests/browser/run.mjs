// Tests the pages in Debian's Chromium against the real program and the example case.
//
//   node web/tests/browser/run.mjs PROGRAM [WORD…]     only tests whose name has all the words
//
// A file `NAME.mjs` beside this one exports `tests`: `[name, async (t) => …, options?]`. `t` has the
// page (signed in, on a case of its own when `options.fresh`), `t.open(path)`, `t.cli(…args)` (the
// program's JSON), and the assertions of Node. A test fails when the page asks another host for
// anything, breaks its Content-Security-Policy, throws, or when axe finds a fault at its end.
//
// SHOTS=folder also takes pictures: light and dark, at three widths.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../../..");
const [program, ...words] = process.argv.slice(2);
if (!program || !existsSync(program)) {
  console.error("usage: node web/tests/browser/run.mjs PROGRAM [WORD…]");
  process.exit(2);
}
const binary = resolve(program);
const axe = readFileSync(join(root, "web/node_modules/axe-core/axe.min.js"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "cahoots-web-"));
const ended = [];

/** Runs the program on a case; its JSON. */
function run(args) {
  const done = spawnSync(binary, [...args, "--json"], { encoding: "utf8", maxBuffer: 1 << 28 });
  if (done.status === 2) throw new Error(`${args.join(" ")}: ${done.stderr}`);
  return JSON.parse(done.stdout);
}

/** A case of archives, and a server on it. */
async function serve(name, archives, args = []) {
  const path = join(folder, name);
  if (!existsSync(path)) run(["open", ...archives, "--case", path]);
  const child = spawn(binary, ["serve", path, "--listen", "127.0.0.1:0", "--json", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  ended.push(() => child.kill());
  const said = await new Promise((done, failed) => {
    let text = "";
    child.stdout.on("data", (bytes) => {
      text += bytes;
      if (text.endsWith("}\n")) done(JSON.parse(text));
    });
    child.on("exit", (code) => failed(new Error(`the server ended: ${code}`)));
  });
  return { path, url: said.url, origin: `http://${said.listening}` };
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--headless",
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
  ],
});
ended.push(() => browser.close());

const servers = new Map();
let links = 0;

/** A page that is signed in on a case. */
async function signedIn(archives, { fresh = false, width = 1440, height = 900, scheme = "light" } = {}) {
  const key = fresh ? `fresh-${(links += 1)}` : archives.join("\n");
  if (!servers.has(key)) {
    const served = await serve(`${servers.size}.case`, archives);
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(served.url);
    await page.locator("nav").waitFor();
    servers.set(key, { ...served, state: await context.storageState() });
    await context.close();
  }
  const served = servers.get(key);
  const context = await browser.newContext({
    storageState: served.state,
    viewport: { width, height },
    colorScheme: scheme,
    timezoneId: "Asia/Tokyo",
    locale: "de-DE",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = await context.newPage();
  const faults = [];
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (!["data:", "blob:", "about:"].includes(url.protocol) && url.origin !== served.origin) {
      faults.push(`asked another host: ${url}`);
    }
  });
  page.on("pageerror", (error) => faults.push(`threw: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`console: ${message.text()}`);
  });
  return { context, page, faults, served };
}

/** What axe finds wrong with the page as it is. */
async function audit(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() =>
    globalThis.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }),
  );
  return found.violations.flatMap((violation) =>
    violation.nodes.map((node) => `axe ${violation.id}: ${node.target.join(" ")}: ${node.failureSummary}`),
  );
}

const example = join(root, "examples/campaign-2016");
let [passed, failed] = [0, 0];

/** Tries a test; what went wrong, or nothing. */
async function attempt(body, options) {
  let context;
  try {
    const archives = options.archives ? options.archives(folder) : [example];
    const opened = await signedIn(archives, options);
    context = opened.context;
    const { page, faults, served } = opened;
    page.setDefaultTimeout(20_000);
    const t = {
      page,
      assert,
      faults,
      url: served.origin,
      link: served.url,
      case: served.path,
      /** Opens a page of the workbench and waits until it is there. */
      open: async (path) => {
        await page.goto(served.origin + path);
        await page.locator("main#page > *").first().waitFor();
      },
      /** The program's JSON on the same case. */
      cli: (...args) => run([...args, "--case", served.path]),
      /** A second person's page on the same case. */
      other: async () => {
        const second = await opened.context.newPage();
        await second.goto(served.origin);
        return second;
      },
      audit: () => audit(page),
      browser,
    };
    await body(t);
    if (options.axe !== false) faults.push(...(await audit(page)));
    if (options.dark !== false && options.axe !== false) {
      await page.emulateMedia({ colorScheme: "dark" });
      faults.push(...(await audit(page)).map((fault) => `dark: ${fault}`));
    }
    const allowed = options.allow ?? [];
    const left = faults.filter((fault) => !allowed.some((pattern) => pattern.test(fault)));
    assert.deepEqual(left, [], left.join("\n"));
    return undefined;
  } catch (error) {
    if (process.env.SHOTS && context) {
      mkdirSync(process.env.SHOTS, { recursive: true });
      const page = context.pages()[0];
      await page?.screenshot({ path: join(process.env.SHOTS, `failed-${failed + 1}.png`) });
    }
    return error;
  } finally {
    await context?.close();
  }
}

const files = readdirSync(here).filter((file) => file.endsWith(".mjs") && file !== "run.mjs").sort();
for (const file of files) {
  const { tests } = await import(join(here, file));
  for (const [title, body, options = {}] of tests) {
    const name = `${file.replace(".mjs", "")}: ${title}`;
    if (!words.every((word) => name.toLowerCase().includes(word.toLowerCase()))) continue;
    const start = Date.now();
    let error = await attempt(body, options);
    if (error?.name === "TimeoutError") {
      // On a busy machine a key now and then comes before what it is for is there: once more, aloud.
      // Whatever else goes wrong, goes wrong.
      console.log(`AGAIN   ${name}\n${error.stack ?? error}`);
      error = await attempt(body, options);
    }
    if (error) {
      failed += 1;
      console.log(`FAILED  ${name}\n${error.stack ?? error}`);
    } else {
      passed += 1;
      console.log(`ok      ${name} (${Date.now() - start} ms)`);
    }
  }
}

if (process.env.SHOTS) {
  const { shots } = await import("./shots/list.mjs");
  mkdirSync(process.env.SHOTS, { recursive: true });
  for (const scheme of ["light", "dark"]) {
    for (const width of [1440, 1024, 480]) {
      const { page, context, served } = await signedIn([example], { scheme, width });
      for (const [name, path, act] of shots) {
        await page.goto(served.origin + path);
        await page.locator("main#page > *").first().waitFor();
        await page.waitForLoadState("networkidle").catch(() => undefined);
        await page.waitForTimeout(700);
        await act?.(page);
        await page.screenshot({ path: join(process.env.SHOTS, `${name}-${scheme}-${width}.png`) });
      }
      await context.close();
    }
  }
}

for (const end of ended.reverse()) await end();
rmSync(folder, { recursive: true, force: true });
// In the shape that scripts/test.sh counts.
console.log(`test result: ${failed ? "FAILED" : "ok"}. ${passed} passed; ${failed} failed; 0 ignored`);
process.exit(failed ? 1 : 0);
