// The overview: sentences with citations, and from there to the original bytes.
import { createHash } from "node:crypto";

export const tests = [
  [
    "every sentence of the brief is there, with its citations",
    async (t) => {
      const { page } = t;
      const brief = t.cli("brief");
      await t.open("/");
      const region = page.getByRole("region", { name: "The case in brief" });
      for (const section of brief.result.sections) {
        await region.getByRole("heading", { name: section.title, exact: true }).waitFor();
        for (const line of section.lines) {
          await region.getByText(line.words, { exact: false }).first().waitFor();
        }
      }
      const chips = await region.locator("a.cite").count();
      t.assert.ok(chips > 20, `${chips} citations`);
    },
  ],
  [
    "from the overview to the original bytes in four clicks",
    async (t) => {
      const { page } = t;
      await t.open("/");
      await page.locator("a.cite", { hasText: "M1" }).first().click();
      const panel = page.getByRole("complementary", { name: "Item" });
      await panel.getByText("unchanged since import").waitFor();
      const coming = page.waitForEvent("download");
      await panel.getByRole("link", { name: "Original bytes" }).click();
      const download = await coming;
      const bytes = await (await download.createReadStream()).toArray();
      const digest = createHash("sha256").update(Buffer.concat(bytes)).digest("hex");
      await panel.getByText(digest).waitFor();
      t.assert.match(download.suggestedFilename(), /^[0-9a-z]{26}\.bin$/);
    },
  ],
  [
    "a month leads to its items",
    async (t) => {
      const { page } = t;
      await t.open("/");
      const months = page.getByRole("application", { name: "Items by month" }).first();
      await months.focus();
      await page.keyboard.press("ArrowRight");
      await page.getByRole("listbox", { name: "Results" }).waitFor();
      t.assert.match(new URL(page.url()).searchParams.get("q"), /^since:2016-08 until:2016-08$/);
    },
  ],
];
