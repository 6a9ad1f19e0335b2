// Pairs: the table, and everything between two parties.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const PAIR = "/pair/WikiLeaks/Donald%20Trump%20Jr.";

export const tests = [
  [
    "pairs: sorted and narrowed down in the address, and on to a pair",
    async (t) => {
      const { page } = t;
      const found = t.cli("contacts");
      await t.open("/pair");
      await page.getByText(`${found.total} pairs`).waitFor();
      await page.getByRole("button", { name: "Pair" }).click();
      await page.getByRole("columnheader", { name: "Pair" }).and(page.locator('[aria-sort="ascending"]')).waitFor();
      const names = await page.locator("tbody td.name").allInnerTexts();
      t.assert.deepEqual(names, [...names].sort((a, b) => a.toLowerCase().localeCompare(b.toLowerCase(), "en")));
      await page.getByRole("textbox", { name: "Narrow down by name" }).fill("goldstone");
      await page.getByText("1 pair", { exact: false }).first().waitFor();
      t.assert.deepEqual(await t.audit(), []);
      await page.getByRole("link", { name: /Goldstone/ }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name: /Goldstone/ }).waitFor();
      await page.goBack();
      await page.getByRole("textbox", { name: "Narrow down by name" }).waitFor();
    },
  ],
  [
    "pair: numbers lead to their messages, verdict and lags are those of the command line",
    async (t) => {
      const { page } = t;
      const dossier = t.cli("contacts", "WikiLeaks", "Donald Trump Jr.").result;
      const acts = t.cli("acts", "WikiLeaks", "Donald Trump Jr.", "--circle", "Donald Trump").result;
      await t.open(PAIR);
      await page.getByRole("button", { name: `${dossier.a_to_b.messages.n} messages` }).waitFor();
      await page.getByRole("button", { name: `${dossier.a_to_b.answered.n} answered` }).click();
      const list = page.getByRole("region", { name: /^Messages: WikiLeaks → Donald Trump Jr., answered/ });
      await list.waitFor();
      t.assert.equal(await list.locator("ul.rows > li").count(), dossier.a_to_b.answered.n);
      await list.getByText("answered after 9 h 30 min to 21 h").waitFor();
      t.assert.equal(new URL(page.url()).searchParams.get("show"), "ab-answered");
      t.assert.equal(acts.verdict.level, "cannot_tell");
      const tested = page.getByRole("region", { name: /acted on in public/ });
      await tested.getByText("The record cannot tell.").waitFor();
      for (const line of [...acts.verdict.why, ...acts.verdict.needed]) {
        await tested.getByText(line, { exact: true }).first().waitFor();
      }
      t.assert.equal(await tested.locator("details summary h3").count(), acts.tests.length);
      const table = page.getByRole("region", { name: "Acts beside messages" });
      await table.getByText("48 h 01 min to 48 h 03 min").waitFor();
      await table.getByRole("combobox").selectOption("time");
      await page.waitForFunction(() => location.search.includes("grade=time"));
    },
  ],
  [
    "pair: the picture by keys; the other way round; what is declared is part of the address",
    async (t) => {
      const { page } = t;
      await t.open(PAIR);
      const picture = page.getByRole("application", { name: /Messages of WikiLeaks/ });
      await picture.focus();
      await page.keyboard.press("n");
      await page.keyboard.press("Enter");
      await page.getByRole("complementary", { name: "Item" }).getByText("unchanged since import").waitFor();
      await page.keyboard.press("Escape");
      await page.getByText("What was declared").click();
      await page.getByRole("combobox", { name: "An act must follow within" }).selectOption("6h");
      await page.getByRole("button", { name: "Test again" }).click();
      await page.waitForFunction(() => new URL(location.href).searchParams.get("within") === "6h");
      await page.getByText("An act within 6 h after").first().waitFor();
      await page.locator("h1").click();
      await page.keyboard.press("x");
      await page.getByRole("heading", { level: 1, name: "Donald Trump Jr. and WikiLeaks" }).waitFor();
    },
  ],
  [
    "pair: its messages as a file",
    async (t) => {
      const { page } = t;
      await t.open(PAIR);
      const coming = page.waitForEvent("download");
      await page.getByRole("button", { name: "Messages as CSV" }).click();
      const text = readFileSync(await (await coming).path(), "utf8");
      t.assert.equal(text.trim().split("\r\n").length, 1 + t.cli("contacts", "WikiLeaks", "Donald Trump Jr.").result.messages.length);
      await page.getByRole("link", { name: "JSON" }).waitFor();
    },
  ],
  [
    "pair: a party that is not there is said to be not there",
    async (t) => {
      await t.open("/pair/nobody-at-all/WikiLeaks");
      await t.page.getByRole("alert").getByText("nobody-at-all").waitFor();
    },
    { allow: [/status of (404|422)/] },
  ],
  [
    "the story: from the overview to the original bytes of a message and of the act in four clicks",
    async (t) => {
      const { page } = t;
      await t.open("/");
      await page.getByRole("link", { name: "WikiLeaks → Donald Trump Jr." }).click();
      const row = page.getByRole("region", { name: "Acts beside messages" }).getByRole("row", { name: /48 h 01 min to 48 h 03 min/ });
      const panel = page.getByRole("complementary", { name: "Item" });
      for (const at of [0, 1]) {
        await row.getByRole("link").nth(at).click();
        await page.waitForFunction(() => location.search.includes("item="));
        await panel.getByText("unchanged since import").waitFor();
        const coming = page.waitForEvent("download");
        await panel.getByRole("link", { name: "Original bytes" }).click();
        const bytes = readFileSync(await (await coming).path());
        await panel.getByText(createHash("sha256").update(bytes).digest("hex")).first().waitFor();
        await panel.getByRole("button", { name: "Close the item" }).click();
        await panel.waitFor({ state: "detached" });
      }
    },
  ],
];
