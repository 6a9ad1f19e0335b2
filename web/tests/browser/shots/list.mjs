// Pictures to look at: name, path, and what to do before it is taken.
export const shots = [
  ["overview", "/"],
  ["search", "/search?q=wikileaks"],
  ["chronology", "/chronology"],
  [
    "chronology-days",
    "/chronology?from=2016-10-12T11:00Z&until=2016-10-14T18:00Z&list=links",
    async (page) => page.getByRole("tab", { name: /^Asked and done \([1-9]/ }).waitFor(),
  ],
  ["chronology-hour", "/chronology?from=2016-10-12T13:01Z&until=2016-10-12T14:31Z"],
  ["pairs", "/pair"],
  ["pair", "/pair/WikiLeaks/Donald%20Trump%20Jr."],
  [
    "pair-test",
    "/pair/WikiLeaks/Donald%20Trump%20Jr.",
    async (page) => {
      await page.getByText("The record cannot tell.").scrollIntoViewIfNeeded();
      await page.waitForTimeout(200);
    },
  ],
  ["exposure", "/exposure?object=M1"],
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
