// The chronology: the picture by wheel, mouse and keys; links; pins as the report's chronology.
import { readFileSync } from "node:fs";

const picture = (page) => page.getByRole("application", { name: "Chronology: private and public items by time" });
const rows = (page) => page.getByRole("listbox", { name: "Items in view" }).getByRole("option");
const span = (page) => {
  const query = new URL(page.url()).searchParams;
  return [query.get("from"), query.get("until")].map((text) => Date.parse(text?.includes("T") ? text : `${text}T00:00Z`));
};
const moved = (page, url) => page.waitForFunction((before) => location.href !== before, url);
/** The message of 12 October 2016, 13:31, in the middle of an hour. */
const HOUR = "/chronology?from=2016-10-12T13:01Z&until=2016-10-12T14:01Z";

async function ready(t, path) {
  await t.open(path);
  await picture(t.page).waitFor();
  await rows(t.page).first().waitFor();
}

export const tests = [
  [
    "chronology: zoom, move and brush with the mouse; every view has an address",
    async (t) => {
      const { page } = t;
      await ready(t, "/chronology");
      const box = await picture(page).boundingBox();
      await page.mouse.move(box.x + box.width * 0.3, box.y + 60);
      let url = page.url();
      for (let n = 0; n < 6; n += 1) await page.mouse.wheel(0, -240);
      await moved(page, url);
      await page.waitForTimeout(500);
      let [from, until] = span(page);
      const wide = until - from;
      t.assert.ok(wide > 0 && wide < 300 * 86_400_000, `${wide} ms in view`);
      url = page.url();
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.1, box.y + 60, { steps: 5 });
      await page.mouse.up();
      await moved(page, url);
      await page.waitForTimeout(600);
      const [later] = span(page);
      t.assert.ok(later > from, "dragging to the left shows later times");
      t.assert.ok(Math.abs(span(page)[1] - later - wide) < 2000, "moving keeps the zoom");
      url = page.url();
      await page.keyboard.down("Shift");
      await page.mouse.move(box.x + box.width * 0.4, box.y + 60);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.6, box.y + 60, { steps: 5 });
      await page.mouse.up();
      await page.keyboard.up("Shift");
      await moved(page, url);
      [from, until] = span(page);
      t.assert.ok(Math.abs((until - from) / wide - 0.2) < 0.02, "a fifth was brushed");
      await page.goBack();
      await page.waitForFunction((before) => location.href === before, url);
      await page.getByRole("button", { name: "All", exact: true }).click();
      await page.waitForFunction(() => !location.search.includes("from="));
    },
  ],
  [
    "chronology: from years to seconds and to an item by keys alone",
    async (t) => {
      const { page } = t;
      await ready(t, HOUR);
      await picture(page).focus();
      const found = t.cli("chronology", "--from", "2016-10-12T13:01:00Z", "--to", "2016-10-12T14:00:59Z");
      await page.getByRole("tab", { name: `In view (${found.total})` }).waitFor();
      let url = page.url();
      await page.keyboard.press("n");
      await page.keyboard.press("Enter");
      await moved(page, url);
      const panel = page.getByRole("complementary", { name: "Item" });
      await panel.getByText("unchanged since import").waitFor();
      t.assert.ok(found.items.some((item) => item.id === new URL(page.url()).searchParams.get("item")));
      await page.keyboard.press("Escape");
      await panel.waitFor({ state: "detached" });
      await picture(page).focus();
      url = page.url();
      for (let n = 0; n < 20; n += 1) await page.keyboard.press("+");
      await moved(page, url);
      await page.waitForTimeout(400);
      const [from, until] = span(page);
      t.assert.ok(until - from < 5000, `${until - from} ms in view`);
      await page.keyboard.press("0");
      await page.waitForFunction(() => !location.search.includes("from="));
      await page.keyboard.press("?");
      await page.getByRole("dialog", { name: "Keys" }).getByText("Pin the mark").waitFor();
      await page.keyboard.press("Escape");
    },
  ],
  [
    "chronology: a mark opens with the mouse, a link says its lag",
    async (t) => {
      const { page } = t;
      await ready(t, HOUR);
      await page.getByRole("tab", { name: /^Asked and done \([1-9]/ }).waitFor();
      await page.waitForTimeout(300);
      const box = await picture(page).boundingBox();
      // Where the lanes' lines are follows from the height alone.
      const tall = box.height - 26;
      const gap = Math.max(54, Math.min(120, tall * 0.3));
      const line = (tall - gap) / 2 - 7;
      await page.mouse.move(box.x + box.width / 2, box.y + line);
      await page.locator(".tip").getByText("WikiLeaks → Donald Trump Jr.").waitFor();
      await page.mouse.click(box.x + box.width / 2, box.y + line);
      await page.getByRole("complementary", { name: "Item" }).getByText("unchanged since import").waitFor();
      const acts = t.cli("acts", "WikiLeaks", "Donald Trump Jr.", "--circle", "Donald Trump");
      const shared = [...acts.result.sessions, ...acts.result.time_too_wide]
        .flatMap((session) => session.candidates)
        .filter((one) => one.content.grade === "A");
      t.assert.ok(shared.length > 0);
      await page.getByRole("combobox", { name: "sharing" }).selectOption("A");
      await page.getByRole("tab", { name: `Asked and done (${shared.length})` }).click();
      await page.getByRole("tabpanel").getByText("48 h 01 min to 48 h 03 min").waitFor();
      await page.getByRole("button", { name: "Show", exact: true }).first().click();
      await page.waitForFunction(() => new URL(location.href).searchParams.get("from") !== "2016-10-12T13:01Z");
    },
  ],
  [
    "chronology: a query and a party narrow it down, the same as on the command line",
    async (t) => {
      const { page } = t;
      await ready(t, "/chronology");
      await page.getByRole("textbox", { name: "Query" }).fill("in:private");
      const found = t.cli("chronology", "in:private");
      await page.getByRole("tab", { name: `In view (${found.total})` }).waitFor();
      await page.getByText("Parties", { exact: true }).click();
      await page.getByRole("button", { name: /^Jared Kushner/ }).click();
      const narrow = t.cli("chronology", "in:private", 'with:"Jared Kushner"');
      // What has no time of its own is not in view, and is counted beside it.
      await page.waitForFunction((total) => {
        const text = document.body.innerText;
        const number = (pattern) => Number(pattern.exec(text)?.[1] ?? 0);
        return number(/In view \((\d+)\)/) + number(/(\d+) more match/) === total;
      }, narrow.total);
      await page.getByRole("textbox", { name: "Query" }).fill("zyzzyva");
      await page.getByText("Nothing in the record matches.").waitFor();
    },
  ],
  [
    "chronology: pins are the report's chronology: words, copies, files",
    async (t) => {
      const { page } = t;
      await ready(t, HOUR);
      // The marks are asked for apart from the list, and drawn on a canvas that nobody can wait for.
      await page.waitForTimeout(500);
      await picture(page).focus();
      await page.keyboard.press("n");
      await page.keyboard.press("p");
      await page.getByRole("tab", { name: "Pinned (1)" }).click();
      const words = page.getByRole("textbox", { name: /^Words on/ });
      await words.fill("=A request <b>to</b> post a link.");
      const kept = page.waitForResponse((response) => response.request().method() === "PUT");
      await page.keyboard.press("Control+Enter");
      await kept;
      await page.getByRole("button", { name: "Copy as Markdown" }).click();
      await page.getByRole("button", { name: "Copied" }).waitFor();
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      t.assert.ok(copied.includes("A request \\<b\\>to\\</b\\> post a link."), copied);
      t.assert.match(copied, /cahoots item [0-9a-z]{26}, SHA-256 of its words [0-9a-f]{64}/);
      const coming = page.waitForEvent("download");
      await page.getByRole("button", { name: "Save CSV" }).click();
      const download = await coming;
      const text = readFileSync(await download.path(), "utf8");
      t.assert.ok(text.startsWith("earliest,latest,from,to,"), text);
      t.assert.ok(text.includes("'=A request"), "a spreadsheet runs nothing");
      await page.reload();
      await words.waitFor();
      t.assert.equal(await words.inputValue(), "=A request <b>to</b> post a link.");
      t.assert.deepEqual(await t.audit(), []);
      await page.getByRole("button", { name: /^Take off the pin/ }).click();
      await page.getByText("Nothing is pinned yet.").waitFor();
    },
    { fresh: true },
  ],
];
