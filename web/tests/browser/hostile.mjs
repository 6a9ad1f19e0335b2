// Strings that would run if anything took them for markup: in names, subjects, bodies, file names,
// accounts and links. Every page is visited; nothing may run, ask, or leave.
import { hostile, VECTORS } from "./made/cases.mjs";

export const tests = [
  [
    "hostile mail and posts stay text on every page",
    async (t) => {
      const { page } = t;
      page.on("dialog", (dialog) => {
        t.faults.push(`a dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      page.context().on("page", () => t.faults.push("a window was opened"));
      const clean = async (where) => {
        for (const frame of page.frames()) {
          const ran = await frame.evaluate(() => globalThis.__ran).catch(() => undefined);
          t.assert.equal(ran, undefined, `${where}: something ran`);
        }
        t.assert.equal(new URL(page.url()).origin, t.url, where);
      };
      const items = t.cli("search", "*", "--sort", "oldest", "-n", "400").items;
      t.assert.ok(items.length >= VECTORS.length * 5, `${items.length} items`);
      await page.goto(`${t.url}/`);
      const people = t.cli("people", "-n", "200").parties;
      const paths = [
        "/",
        "/search",
        "/search?sort=oldest",
        `/search?q=${encodeURIComponent(VECTORS[0])}`,
        "/people",
        "/statements",
        "/statements?form=coverage",
        "/absences",
        "/coordination?within=1h&untested=1",
        "/log",
        "/chronology",
        "/exposure",
        `/exposure?object=${encodeURIComponent(VECTORS[1])}`,
        ...people.slice(0, 12).map((one) => `/people/${encodeURIComponent(one.id)}`),
        `/pair/${people[0].id}/${people[1].id}`,
        ...VECTORS.slice(0, 8).flatMap((one) => [
          `/people?name=${encodeURIComponent(one)}`,
          `/statements?speaker=${encodeURIComponent(one)}&verdict=${encodeURIComponent(one)}`,
          `/coordination?edge=${encodeURIComponent(`${one}|${one}`)}&object=url`,
          `/${encodeURIComponent(one)}`,
        ]),
      ];
      for (const path of paths) {
        await page.goto(t.url + path);
        await page
          .locator("main#page > *")
          .first()
          .waitFor()
          .catch(async (error) => {
            throw new Error(`${path}: ${(await page.locator("body").innerText()).slice(0, 300)}: ${error.message}`);
          });
        await page.waitForTimeout(150);
        await clean(path);
      }
      const mails = items.filter((one) => one.kind === "message");
      for (const item of mails) {
        await page.goto(`${t.url}/item/${item.id}`);
        await page.getByRole("tab", { name: "Text" }).waitFor();
        for (const name of await page.getByRole("tab").allTextContents()) {
          await page.getByRole("tab", { name, exact: true }).click();
        }
        await page.waitForTimeout(120);
        await clean(item.id);
      }
      // Decisions with the same strings.
      await page.goto(`${t.url}/item/${mails[0].id}`);
      await page.getByRole("textbox", { name: "Add a note" }).fill(VECTORS.join("\n"));
      await page.getByRole("button", { name: "Keep" }).click();
      await page.getByRole("button", { name: "Remove" }).waitFor();
      await t.open("/log");
      await page.getByText("Note:").waitFor();
      await clean("/log");
    },
    // Frames of mail refuse what they hold; that is said on the console, and is what is wanted.
    { archives: hostile, fresh: true, axe: false, allow: [/status of 4(00|04|22)/, /Blocked script execution/, /Content Security Policy/] },
  ],
];
