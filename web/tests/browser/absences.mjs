// Absences: the calendar, what is named and not there.
import { mail } from "./made/cases.mjs";

export const tests = [
  [
    "a month of a holder leads to its items, by mouse and by keys",
    async (t) => {
      const { page } = t;
      const found = t.cli("absences").result;
      await t.open("/absences");
      const strips = page.getByRole("application", { name: "Items by holder and month" });
      await strips.waitFor();
      await strips.focus();
      await page.keyboard.press("Home");
      const first = found.coverage[0].months[0];
      await page.getByText(`${first.month}: ${first.private} private, ${first.public} public`).waitFor();
      await page.keyboard.press("Enter");
      await page.getByRole("status").getByText(/^\d+ items?$/).waitFor();
      const q = new URL(page.url()).searchParams.get("q");
      t.assert.equal(t.cli("search", q).total, first.private + first.public);
      await page.goBack();
      await strips.locator("g[role=presentation]").nth(3).click();
      await page.waitForFunction(() => location.pathname === "/search");
      await page.goBack();
      await page.getByText(found.attachments.rows[0].name).waitFor();
      await page.getByText("No gap is longer").waitFor();
    },
  ],
  [
    "a message that only a reply names is there with who named it",
    async (t) => {
      const { page } = t;
      await t.open("/absences");
      await page.getByText("lost@example.org").waitFor();
      await page.locator("#referred a.cite").first().click();
      await page.getByRole("complementary", { name: "Item" }).getByText("Re: The draft").first().waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("combobox", { name: "Share expected to be chance" }).selectOption("0.05");
      await page.waitForFunction(() => new URL(location.href).searchParams.get("level") === "0.05");
    },
    { archives: mail },
  ],
];
