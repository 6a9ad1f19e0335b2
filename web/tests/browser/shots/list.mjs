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
  ["statements", "/statements?verdict=contradicted"],
  ["statement-form", "/statements?form=statement"],
  ["people", "/people"],
  ["party", "/people/WikiLeaks"],
  ["absences", "/absences"],
  ["coordination", "/coordination?within=1d&untested=1&object=url,hashtag,mention"],
  ["log", "/log"],
];
