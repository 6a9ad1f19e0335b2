// What all pages share: coming in, moving about, keys, the panel, light and dark.
export const tests = [
  [
    "the link lets one browser in, once",
    async (t) => {
      const other = await t.browser.newContext();
      const page = await other.newPage();
      await page.goto(t.link);
      await page.getByText("this link was used before").waitFor();
      await page.goto(t.url);
      await page.getByText("lets one browser in, once").waitFor();
      t.assert.equal(await page.locator("nav").count(), 0);
      // One who is in lets another in.
      const answer = await t.page.request.post(`${t.url}/api/v1/session/link`, {
        headers: { origin: t.url },
      });
      const { link } = await answer.json();
      await page.goto(t.url + link);
      await page.reload();
      await page.locator("nav").waitFor();
      t.assert.ok(!page.url().includes("enter="), "the token left the address");
      await other.close();
      await t.open("/");
    },
    { fresh: true },
  ],
  [
    "pages are reached by keys, by the palette, and by going back",
    async (t) => {
      const { page } = t;
      await t.open("/");
      await page.keyboard.press("g");
      await page.keyboard.press("s");
      await page.getByRole("textbox", { name: "Query" }).waitFor();
      t.assert.equal(new URL(page.url()).pathname, "/search");
      await page.keyboard.press("Control+k");
      const palette = page.getByRole("combobox", { name: "A page, a person" });
      await palette.fill("overv");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name: "campaign-2016" }).waitFor();
      await page.goBack();
      await page.getByRole("textbox", { name: "Query" }).waitFor();
      await page.locator("h1").first().focus().catch(() => undefined);
      await page.keyboard.press("?");
      await page.getByRole("dialog", { name: "Keys" }).getByText("Go anywhere").waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog", { name: "Keys" }).waitFor({ state: "detached" });
    },
  ],
  [
    "the palette finds people and the record",
    async (t) => {
      const { page } = t;
      await t.open("/");
      await page.keyboard.press("Control+k");
      const palette = page.getByRole("combobox", { name: "A page, a person" });
      await palette.fill("kushner");
      await page.getByRole("option", { name: "Jared Kushner" }).waitFor();
      t.assert.deepEqual(await t.audit(), []);
      await page.getByRole("option", { name: "Search for" }).click();
      await page.getByRole("option", { name: /private|public/ }).first().waitFor();
      t.assert.equal(new URL(page.url()).search, "?q=kushner");
    },
  ],
  [
    "light and dark can be chosen and stay",
    async (t) => {
      const { page } = t;
      await t.open("/");
      const theme = () => page.evaluate(() => document.documentElement.dataset["theme"]);
      t.assert.equal(await theme(), "light");
      await page.getByRole("button", { name: "Dark" }).click();
      t.assert.equal(await theme(), "dark");
      await page.reload();
      await page.locator("nav").waitFor();
      t.assert.equal(await theme(), "dark");
      await page.keyboard.press("t");
      t.assert.equal(await theme(), "light");
    },
  ],
  [
    "an address that is no page says so",
    async (t) => {
      await t.open("/nowhere/at/all");
      await t.page.getByRole("heading", { name: "There is no such page" }).waitFor();
    },
  ],
];
