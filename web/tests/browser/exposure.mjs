// Exposure: the tree, as of a moment, what could have been known apart.
import { readFileSync } from "node:fs";

export const tests = [
  [
    "exposure: what the brief follows is one click away, the tree says what the command line says",
    async (t) => {
      const { page } = t;
      const found = t.cli("exposure", "M1").result;
      await t.open("/exposure");
      await page.getByRole("link", { name: /a site critical of his father|Tells the recipient/ }).click();
      await page.getByRole("img", { name: /^Who told whom, by time/ }).waitFor();
      for (const sentence of found.sentences) await page.getByText(sentence.words, { exact: false }).first().waitFor();
      const parties = await page.locator("td.party span").allInnerTexts();
      t.assert.deepEqual(parties.sort(), found.told.map((one) => one.who.name).sort());
      await page.getByText("first seen in public", { exact: true }).waitFor();
      await page.locator("svg .mark").first().click();
      await page.getByRole("complementary", { name: "Item" }).getByText("unchanged since import").waitFor();
    },
  ],
  [
    "exposure: as of a moment, by keys and by the slider",
    async (t) => {
      const { page } = t;
      await t.open("/exposure?object=M1");
      const slider = page.getByRole("slider", { name: /As of/ });
      await slider.focus();
      await page.keyboard.press("Home");
      await page.waitForFunction(() => location.search.includes("as_of="));
      await page.getByText("No public item of the record carries it by then.").waitFor();
      const asOf = new URL(page.url()).searchParams.get("as_of");
      const then = t.cli("exposure", "M1", "--as-of", asOf).result;
      const names = page.locator("td.party span");
      await page.waitForFunction((n) => document.querySelectorAll("td.party span").length === n, then.told.length);
      t.assert.deepEqual((await names.allInnerTexts()).sort(), then.told.map((one) => one.who.name).sort());
      await page.locator("h1").click();
      await page.keyboard.press("]");
      await page.waitForFunction((before) => !location.search.includes(before), encodeURIComponent(asOf));
      await page.getByRole("button", { name: "All times" }).click();
      await page.waitForFunction(() => !location.search.includes("as_of="));
    },
  ],
  [
    "exposure: who could have known is off, and apart when it is on",
    async (t) => {
      const { page } = t;
      await t.open("/exposure?object=M1");
      await page.getByText("Off by default: contacts alone show that nobody was told anything.").waitFor();
      await page.getByRole("combobox", { name: "From" }).selectOption({ label: "WikiLeaks" });
      await page.getByText("None of this shows that anybody was told.").waitFor();
      const coming = page.waitForEvent("download");
      await page.getByRole("button", { name: "CSV" }).click();
      const text = readFileSync(await (await coming).path(), "utf8");
      t.assert.ok(text.startsWith("party,grade,meaning,"), text);
    },
  ],
  [
    "exposure: what is not in the record, and a mistake in what is asked",
    async (t) => {
      const { page } = t;
      await t.open("/exposure?object=zyzzyva");
      await page.getByText("Nothing in the record is that.").waitFor();
      await page.getByRole("textbox", { name: "Told of what" }).fill("from:(");
      await page.keyboard.press("Enter");
      await page.getByRole("alert").waitFor();
    },
    { allow: [/status of 4(00|22)/] },
  ],
];
