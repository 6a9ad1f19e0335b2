// Measures the pages in Chromium without a screen: how long after the command something useful is
// painted, and how many frames per second the chronology gives while it is panned and zoomed.
//
//   node bench/workbench.mjs PROGRAM CASE
//
// The browser is running already, as a reporter's is; its cache is empty. Frames are counted by
// requestAnimationFrame; the screen is drawn in software, which is the slow case.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";

const { chromium } = createRequire(new URL("../web/package.json", import.meta.url))("playwright-core");
const [program, folder] = process.argv.slice(2);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-quic", "--no-first-run"],
});

/** Starts the server; what it says, and when it was started. */
async function serve() {
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

const paints = [];
let frames = [];
for (let round = 0; round < 5; round += 1) {
  const { child, said, begun } = await serve();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(said.url);
  // The heading of the case with its months is the first thing somebody can use.
  await page.locator("main h1").first().waitFor();
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  paints.push(performance.now() - begun);
  if (round === 4) {
    await page.goto(`http://${said.listening}/chronology`);
    await page.locator("canvas").first().waitFor();
    await page.waitForLoadState("networkidle");
    const box = await page.locator("canvas").first().boundingBox();
    await page.evaluate(() => {
      const times = [];
      globalThis.times = times;
      const tick = (now) => {
        times.push(now);
        requestAnimationFrame(tick);
      };
      requestAnimationFrame(tick);
    });
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    await page.mouse.move(middle.x, middle.y);
    for (let step = 0; step < 4; step += 1) await page.mouse.wheel(0, -120);
    await page.mouse.down();
    const until = performance.now() + 5000;
    for (let step = 0; performance.now() < until; step += 1) {
      await page.mouse.move(middle.x + 250 * Math.sin(step / 20), middle.y);
    }
    await page.mouse.up();
    const times = await page.evaluate(() => globalThis.times);
    frames = times.slice(1).map((time, n) => time - times[n]);
  }
  await context.close();
  child.kill();
}
await browser.close();

paints.sort((a, b) => a - b);
frames.sort((a, b) => a - b);
const at = (list, part) => list[Math.min(list.length - 1, Math.floor(part * list.length))];
const second = frames.reduce((sum, each) => sum + each, 0) / 1000;
console.log(`\nfirst useful paint: ${at(paints, 0.5).toFixed(0)} ms after the command began (median of 5, most ${at(paints, 1).toFixed(0)})`);
console.log(
  `the chronology while panned: ${(frames.length / second).toFixed(1)} frames a second; ` +
    `a frame took ${at(frames, 0.5).toFixed(1)} ms (median), ${at(frames, 0.95).toFixed(1)} ms (p95)`,
);
