// Pictures to look at: name, path, and what to do before it is taken.
export const shots = [
  ["overview", "/"],
  ["search", "/search?q=wikileaks"],
  [
    "item",
    "/search?q=from:wikileaks&sort=oldest",
    async (page) => {
      await page.locator("#row-2").click();
      await page.getByRole("tab", { name: "Text" }).waitFor();
      await page.waitForTimeout(400);
    },
  ],
];
