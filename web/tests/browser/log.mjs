// The record of decisions: who, when, what; taking back.
export const tests = [
  [
    "a decision is there with its author, and can be taken back by keys",
    async (t) => {
      const { page } = t;
      const id = t.cli("search", "in:private", "-n", "1").items[0].id;
      await t.open("/log");
      await page.getByText("Nothing was decided yet.").waitFor();
      await t.open(`/item/${id}`);
      await page.getByRole("button", { name: "☆ Star" }).click();
      await page.getByRole("button", { name: "★ Starred" }).waitFor();
      await page.getByRole("textbox", { name: "Add a note" }).fill("<b>look</b> here");
      await page.getByRole("button", { name: "Keep" }).click();
      await page.getByText("<b>look</b> here").first().waitFor();
      await page.getByRole("button", { name: "Pin", exact: true }).click();
      await page.getByRole("button", { name: "Pinned" }).waitFor();
      await t.open("/log");
      await page.getByText("Note: <b>look</b> here").waitFor();
      await page.getByText("3 decisions").waitFor();
      t.assert.deepEqual(await t.audit(), []);
      await page.keyboard.press("j");
      await page.keyboard.press("Tab");
      await page.getByRole("button", { name: "Take back decision 2" }).click();
      await page.keyboard.type("a mistake");
      await page.keyboard.press("Enter");
      await page.getByText("Takes decision 2 back: a mistake").waitFor();
      await page.locator("ol").getByText("taken back", { exact: true }).waitFor();
      await page.getByRole("combobox", { name: "Kind" }).selectOption("note");
      await page.waitForFunction(() => new URL(location.href).searchParams.get("kind") === "note");
      await page.getByText("1 decision", { exact: true }).waitFor();
    },
    { fresh: true },
  ],
];
