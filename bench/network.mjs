// Measures the network page in Chromium without a screen: how long a frame takes while 50,000 edges
// are moved and looked at from nearer and farther.
//
//   node bench/network.mjs PROGRAM [EDGES]
//
// The accounts are made up (`crowd` of the browser tests' cases). Frames are counted by
// requestAnimationFrame; WebGL runs in software here, on the processor, which is the slow case.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crowd } from "../web/tests/browser/made/cases.mjs";
import { at, frames, launch, run, serve } from "./browser.mjs";

const [program, wanted = "50000"] = process.argv.slice(2);
const edges = Number(wanted);
const folder = mkdtempSync(join(tmpdir(), "cahoots-network-"));
const browser = await launch({ webgl: true });
let server;
try {
  const path = join(folder, "crowd.case");
  run(program, ["open", ...crowd(folder, 5_000, Math.ceil(edges / 8), 6), "--case", path]);
  server = await serve(program, path);
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  await page.goto(server.said.url);
  await page.locator("main h1").first().waitFor();
  const asked = performance.now();
  await page.goto(`http://${server.said.listening}/coordination?untested=1&limit=${edges}`);
  await page.getByText(/ shown\./).waitFor({ timeout: 120_000 });
  const [, n] = /([\d,]+) shown/.exec(await page.getByRole("status").first().textContent()) ?? [];
  console.log(`${n} edges read and drawn first after ${((performance.now() - asked) / 1000).toFixed(1)} s`);
  const placing = await frames(page, async () => {
    await page.getByText("Finding places").waitFor({ state: "detached", timeout: 280_000 });
  });
  console.log(`every place found after ${((performance.now() - asked) / 1000).toFixed(1)} s; meanwhile a frame took ${placing.words}`);

  await page.waitForTimeout(1_000);
  const resting = await frames(page, () => page.waitForTimeout(3_000));
  console.log(`nothing done: ${resting.words}`);
  const box = await page.locator(".picture canvas").first().boundingBox();
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await page.mouse.move(middle.x, middle.y);
  const panned = await frames(page, async () => {
    await page.mouse.down();
    const until = performance.now() + 5_000;
    for (let step = 0; performance.now() < until; step += 1) {
      await page.mouse.move(middle.x + 200 * Math.sin(step / 20), middle.y + 80 * Math.cos(step / 15));
    }
    await page.mouse.up();
  });
  console.log(`moved: ${panned.words}`);
  await page.waitForTimeout(1_000);
  const zoomed = await frames(page, async () => {
    const until = performance.now() + 5_000;
    for (let step = 0; performance.now() < until; step += 1) {
      await page.mouse.wheel(0, step % 40 < 20 ? -100 : 100);
      await page.waitForTimeout(16);
    }
  });
  console.log(`from nearer and farther: ${zoomed.words}`);
  await page.waitForTimeout(3_000);
  const picture = await page.getByRole("img", { name: /^Network of/ }).elementHandle();
  const anew = [];
  for (let round = 0; round < 5; round += 1) {
    await page.mouse.wheel(0, round % 2 ? 100 : -100);
    await page.waitForFunction((box) => box.style.transform !== "", picture);
    const begun = performance.now();
    await page.waitForFunction((box) => box.style.transform === "", picture, { polling: 20 });
    anew.push(performance.now() - begun);
  }
  anew.sort((a, b) => a - b);
  console.log(`drawn anew ${at(anew, 0.5).toFixed(0)} ms after the last movement (median of 5, most ${at(anew, 1).toFixed(0)})`);
  if (faults.length > 0) throw new Error(faults.join("\n"));
} finally {
  server?.child.kill();
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
