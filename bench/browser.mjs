// What the measurements in the browser share: the browser, the program's server, counting frames.
import { spawn, spawnSync } from "node:child_process";
import { createRequire } from "node:module";

export const { chromium } = createRequire(new URL("../web/package.json", import.meta.url))("playwright-core");

/** A browser without a screen; the processor draws everything, with `webgl` that, too. */
export function launch({ webgl = false } = {}) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-quic",
      "--no-first-run",
      ...(webgl ? ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-gpu-compositing"] : ["--disable-gpu"]),
    ],
  });
}

/** Runs the program; what it printed as JSON. */
export function run(program, args) {
  const done = spawnSync(program, [...args, "--json"], { encoding: "utf8", maxBuffer: 1 << 28 });
  if (done.status === 2 || done.error) throw new Error(`${args.join(" ")}: ${done.error ?? done.stderr}`);
  return JSON.parse(done.stdout);
}

/** Starts the server; what it says, and when it was started. */
export async function serve(program, folder) {
  const begun = performance.now();
  const child = spawn(program, ["serve", folder, "--listen", "127.0.0.1:0", "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const said = await new Promise((done, failed) => {
    let text = "";
    child.stdout.on("data", (bytes) => {
      text += bytes;
      if (text.endsWith("}\n")) done(JSON.parse(text));
    });
    child.on("exit", (code) => failed(new Error(`the server ended: ${code}`)));
  });
  return { child, said, begun };
}

/** The value below which that share of a sorted list lies. */
export const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];

/** How long frames take while something is done. */
export async function frames(page, act) {
  await page.evaluate(() => {
    // An older loop that has a frame to go ends with it.
    const times = [];
    globalThis.times = times;
    const tick = (now) => {
      if (globalThis.times !== times) return;
      times.push(now);
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  await act();
  const times = await page.evaluate(() => {
    const { times } = globalThis;
    globalThis.times = undefined;
    return times;
  });
  const each = times.slice(1).map((time, n) => time - times[n]);
  const second = each.reduce((sum, one) => sum + one, 0) / 1000;
  each.sort((a, b) => a - b);
  const words =
    each.length === 0 ? "not measured: no frame came" : `${at(each, 0.5).toFixed(1)} ms (median), ${at(each, 0.95).toFixed(1)} ms (p95), ` +
    `${at(each, 1).toFixed(0)} ms (most); ${(each.length / second).toFixed(1)} frames a second`;
  return { each, words };
}
