// People: the list, one party's page, joining and taking back.
import { mail } from "./made/cases.mjs";

export const tests = [
  [
    "parties by traffic, and from a party to its items",
    async (t) => {
      const { page } = t;
      const people = t.cli("people", "-n", "400");
      await t.open("/people");
      await page.getByText(`${people.total} parties`).waitFor();
      await page.keyboard.press("/");
      await page.keyboard.type("wikileaks");
      await page.waitForFunction(() => new URL(location.href).searchParams.get("name") === "wikileaks");
      // The whole list holds the name too: keys count from when the narrowed one is there.
      await page.waitForFunction(() =>
        [...document.querySelectorAll("[role=option]")].every((one) => /wikileaks/i.test(one.textContent)),
      );
      await page.getByRole("option", { name: /WikiLeaks/ }).first().waitFor();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name: "WikiLeaks" }).waitFor();
      const party = people.parties.find((one) => one.name === "WikiLeaks");
      await page.getByText(`Wrote ${party.wrote} items`).waitFor();
      await page.getByRole("link", { name: "Donald Trump Jr." }).first().waitFor();
      const wrote = page.getByRole("link", { name: `${party.wrote} items` }).first();
      t.assert.deepEqual(await t.audit(), []);
      await wrote.click();
      const found = t.cli("search", `from:"${party.id}"`);
      await page.getByRole("status").getByText(`${found.total} items`, { exact: true }).waitFor();
      await page.goBack();
      await page.getByRole("heading", { level: 1, name: "WikiLeaks" }).waitFor();
      await page.keyboard.press("u");
      await page.waitForFunction(() => location.pathname === "/people");
    },
  ],
  [
    "a party leads to its pairs, its statements and what it was told",
    async (t) => {
      const { page } = t;
      const jr = t.cli("people", "Donald Trump Jr.").parties[0];
      const wikileaks = t.cli("people", "WikiLeaks").parties.find((one) => one.name === "WikiLeaks");
      await t.open(`/people/${jr.id}`);
      await page.locator(`a[href="/pair/${jr.id}/${wikileaks.id}"]`).waitFor();
      await page.locator('a[href^="/exposure?object="]').first().waitFor();
      await page.locator('a[href^="/statements?speaker=Donald%20Trump%20Jr."]').first().waitFor();
      await page.getByRole("heading", { name: "What it was asked" }).waitFor();
      await page.getByRole("application", { name: /by month/ }).waitFor();
    },
  ],
  [
    "accounts are joined, parted again, and kept apart, by two people at once",
    async (t) => {
      const { page } = t;
      await t.open("/people");
      await page.getByText("no two accounts have enough in common").waitFor();
      await page.getByRole("combobox", { name: "Evidence of at least" }).selectOption("5");
      await page.waitForFunction(() => new URL(location.href).searchParams.get("bits") === "5");
      const join = page.getByRole("button", { name: "One party", exact: true });
      await join.waitFor();
      await page.getByText("the same printed name: ann quill").waitFor();
      t.assert.deepEqual(await t.audit(), []);
      await join.click();
      await page.getByText("are one party’s").first().waitFor();
      t.assert.equal(t.cli("people", "suggest", "--bits", "5").total, 0);
      await page.getByRole("button", { name: "Take back" }).click();
      await join.waitFor();
      await page.getByRole("button", { name: "Not one party" }).click();
      await page.getByText("are not one party’s").waitFor();
      await join.waitFor({ state: "detached" });
    },
    { fresh: true, archives: mail },
  ],
  [
    "a name that nobody has is said to be nobody's",
    async (t) => {
      await t.open("/people?name=zyzzyva");
      await t.page.getByText("Nobody in the record is called that.").waitFor();
      await t.open("/people/zyzzyva");
      await t.page.getByText("no one party is called zyzzyva").waitFor();
    },
    { allow: [/status of 404/] },
  ],
];
