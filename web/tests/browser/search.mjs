// Search: as one types, facets, the list, an item beside it, kept searches.
const results = (page) => page.getByRole("listbox", { name: "Results" }).getByRole("option");
const total = async (page, text) => page.getByRole("status").getByText(text, { exact: true }).waitFor();

export const tests = [
  [
    "results come while one types, the same as on the command line",
    async (t) => {
      const { page } = t;
      await t.open("/search");
      await page.getByRole("textbox", { name: "Query" }).pressSequentially("tax returns", { delay: 30 });
      const found = t.cli("search", "tax returns");
      await total(page, found.total === 1 ? "1 item" : `${found.total} items`);
      t.assert.equal(new URL(page.url()).searchParams.get("q"), "tax returns");
      await results(page).nth(found.items.length - 1).waitFor();
      t.assert.ok((await page.locator("mark").count()) > 0, "matches are marked");
    },
  ],
  [
    "facets add to the query and come out of it again",
    async (t) => {
      const { page } = t;
      await t.open("/search?q=wikileaks");
      await page.getByRole("button", { name: /^private \d/ }).click();
      const found = t.cli("search", "wikileaks in:private");
      await total(page, `${found.total} items`);
      t.assert.equal(await page.getByRole("textbox", { name: "Query" }).inputValue(), "wikileaks in:private");
      await page.getByRole("button", { name: /^private \d/ }).click();
      await page.waitForFunction(() => new URL(location.href).searchParams.get("q") === "wikileaks");
      await page.goBack();
      await page.waitForFunction(() => new URL(location.href).searchParams.get("q") === "wikileaks in:private");
      await total(page, `${found.total} items`);
    },
  ],
  [
    "objects are counted when they are asked for",
    async (t) => {
      const { page } = t;
      await t.open("/search?q=in:private");
      await page.getByText("Links and other objects").click();
      await page.getByRole("button", { name: /drone remark/ }).click();
      await page.waitForFunction(() => new URL(location.href).searchParams.get("q").includes("drone"));
    },
  ],
  [
    "months are brushed with the mouse",
    async (t) => {
      const { page } = t;
      await t.open("/search?q=in:public");
      const months = page.getByRole("application", { name: "Items by month" });
      const box = await months.boundingBox();
      await page.mouse.move(box.x + box.width * 0.1, box.y + 20);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.4, box.y + 20, { steps: 4 });
      await page.mouse.up();
      await page.waitForFunction(() => /since:\d{4}-\d{2} until:\d{4}-\d{2}/.test(new URL(location.href).searchParams.get("q")));
      const q = new URL(page.url()).searchParams.get("q");
      const found = t.cli("search", q);
      await total(page, `${found.total.toLocaleString("en-GB")} items`);
    },
  ],
  [
    "the list goes to its end and back by keys, and opens an item beside it",
    async (t) => {
      const { page } = t;
      await t.open("/search?sort=oldest");
      await results(page).first().waitFor();
      await page.getByRole("textbox", { name: "Query" }).press("ArrowDown");
      await page.keyboard.press("End");
      const all = t.cli("search", "*", "--sort", "oldest", "--ids", "-n", "9999");
      const last = page.locator(`#row-${all.total - 1}`);
      await last.getByText(/\d{4}|time unknown/).first().waitFor();
      await page.keyboard.press("Enter");
      await page.waitForFunction((id) => new URL(location.href).searchParams.get("item") === id, all.items.at(-1).id);
      await page.getByRole("complementary", { name: "Item" }).getByText(all.items.at(-1).id).waitFor();
      await page.keyboard.press("Home");
      await page.locator("#row-0").waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("complementary", { name: "Item" }).waitFor({ state: "detached" });
    },
  ],
  [
    "a mistake in the query is shown where it is",
    async (t) => {
      const { page } = t;
      await t.open("/search?q=wikileaks");
      await results(page).first().waitFor();
      await page.getByRole("textbox", { name: "Query" }).fill("from:(");
      await page.getByRole("alert").getByText("^").waitFor();
    },
    { allow: [/status of 422/] },
  ],
  [
    "nothing found says that the record was searched",
    async (t) => {
      await t.open("/search?q=zyzzyva");
      await t.page.getByText("Nothing in the record matches.").waitFor();
    },
  ],
  [
    "a search is kept, used and forgotten",
    async (t) => {
      const { page } = t;
      await t.open("/search?q=in%3Aprivate");
      await page.getByRole("button", { name: "Keep search" }).click();
      await page.getByRole("textbox", { name: "Name" }).fill("Private <b>messages</b>");
      await page.keyboard.press("Enter");
      const link = page.getByRole("link", { name: "Private <b>messages</b>" });
      await link.waitFor();
      await t.open("/search");
      await link.click();
      await page.waitForFunction(() => new URL(location.href).searchParams.get("q") === "in:private");
      t.assert.deepEqual(await t.audit(), []);
      await page.getByRole("button", { name: "Forget Private" }).click();
      await link.waitFor({ state: "detached" });
    },
    { fresh: true },
  ],
];
