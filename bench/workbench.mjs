// Measures the pages in Chromium without a screen: how long after the command something useful is
// painted, and how many frames per second the chronology gives while it is panned and zoomed.
//
//   node bench/workbench.mjs PROGRAM CASE
//
// The browser is running already, as a reporter's is; its cache is empty. Frames are counted by
// requestAnimationFrame; the screen is drawn in software, which is the slow case.
import { at, frames, launch, serve } from "./browser.mjs";

const [program, folder] = process.argv.slice(2);
const browser = await launch();

const paints = [];
let resting;
let panned;
for (let round = 0; round < 5; round += 1) {
  const { child, said, begun } = await serve(program, folder);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(180_000);
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
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    await page.mouse.move(middle.x, middle.y);
    for (let step = 0; step < 4; step += 1) await page.mouse.wheel(0, -120);
    await page.waitForLoadState("networkidle");
    resting = await frames(page, () => page.waitForTimeout(2000));
    panned = await frames(page, async () => {
      await page.mouse.down();
      const until = performance.now() + 5000;
      for (let step = 0; performance.now() < until; step += 1) {
        await page.mouse.move(middle.x + 250 * Math.sin(step / 20), middle.y);
      }
      await page.mouse.up();
    });
  }
  await context.close();
  child.kill();
}
await browser.close();

paints.sort((a, b) => a - b);
console.log(
  `\nfirst useful paint: ${at(paints, 0.5).toFixed(0)} ms after the command began ` +
    `(median of 5, most ${at(paints, 1).toFixed(0)})`,
);
console.log(`the chronology while nothing is done: a frame after ${resting.words}`);
console.log(`the chronology while panned: a frame after ${panned.words}`);
