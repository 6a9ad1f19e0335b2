// Statements: verdicts, filters, entering and taking back.
export const tests = [
  [
    "every reading has its verdict and the items it rests on",
    async (t) => {
      const { page } = t;
      const ledger = t.cli("statements");
      await t.open("/statements");
      const readings = ledger.result.flatMap((one) => one.readings);
      await page.getByText(`${ledger.result.length} statements, ${readings.length} readings`).waitFor();
      for (const reading of readings) await page.getByText(reading.sentence, { exact: true }).first().waitFor();
      const witnesses = readings.reduce((sum, one) => sum + one.witnesses.length, 0);
      t.assert.equal(await page.locator("ul.witnesses a.cite").count(), witnesses);
      await page.locator("ul.witnesses a.cite").first().click();
      await page.getByRole("complementary", { name: "Item" }).getByText("unchanged since import").waitFor();
    },
  ],
  [
    "verdict and speaker filter, in the address",
    async (t) => {
      const { page } = t;
      const ledger = t.cli("statements");
      await t.open("/statements");
      await page.getByRole("button", { name: /^contradicted/ }).click();
      await page.waitForFunction(() => new URL(location.href).searchParams.get("verdict") === "contradicted");
      const n = ledger.result.flatMap((one) => one.readings).filter((one) => one.verdict === "contradicted").length;
      await page.getByText(new RegExp(`, ${n} readings?$`)).waitFor();
      await page.getByRole("combobox", { name: "Speaker" }).selectOption("Mike Pence");
      await page.waitForFunction(() => new URL(location.href).searchParams.get("speaker") === "Mike Pence");
      await page.goBack();
      await page.getByText(new RegExp(`, ${n} readings?$`)).waitFor();
      await page.getByRole("heading", { level: 1 }).click();
      await page.keyboard.press("v");
      await page.waitForFunction(() => new URL(location.href).searchParams.get("verdict") !== "contradicted");
    },
  ],
  [
    "a statement is entered by keys, with its mistakes beside the fields, and taken back",
    async (t) => {
      const { page } = t;
      await t.open("/statements");
      await page.getByText(/\d+ statements, /).waitFor();
      await page.keyboard.press("a");
      const sheet = page.getByRole("dialog", { name: "Add a statement" });
      await sheet.waitFor();
      t.assert.deepEqual(await t.audit(), []);
      await page.keyboard.type("Ann <b>Example</b>");
      await page.keyboard.press("Enter");
      await sheet.getByText("Write the words that were spoken.").waitFor();
      await sheet.getByRole("textbox", { name: "The words spoken" }).fill("We never wrote to <i>them</i>.");
      await sheet.getByRole("textbox", { name: "When" }).fill("the day after");
      await sheet.getByRole("button", { name: "Keep" }).click();
      await sheet.locator("#wrong-at").waitFor();
      await sheet.getByRole("textbox", { name: "When" }).fill("2016-10-20");
      await sheet.getByRole("button", { name: "Add a reading" }).click();
      await sheet.getByRole("combobox", { name: "What is claimed" }).selectOption("no_contact");
      await sheet.getByRole("textbox", { name: /^Of whom/ }).fill("Donald Trump Jr.");
      await sheet.getByRole("textbox", { name: /^With whom/ }).fill("WikiLeaks");
      t.assert.deepEqual(await t.audit(), []);
      await sheet.getByRole("button", { name: "Keep" }).click();
      await sheet.waitFor({ state: "detached" });
      await page.getByText("We never wrote to <i>them</i>.").waitFor();
      const mine = t.cli("statements", "Ann <b>Example</b>").result[0];
      t.assert.equal(mine.readings[0].template, "no_contact");
      await page.getByText(mine.readings[0].sentence, { exact: true }).waitFor();
      await page.getByRole("button", { name: "Take back" }).click();
      await page.getByText("We never wrote to <i>them</i>.").waitFor({ state: "detached" });
    },
    { fresh: true, allow: [/status of 422/] },
  ],
  [
    "an entered statement is changed by keys and by mouse; a change of somebody else is not overwritten",
    async (t) => {
      const { page } = t;
      await t.open("/statements");
      await page.getByText(/\d+ statements, /).waitFor();
      await page.getByText("From an archive: it cannot be changed here.").first().waitFor();
      await page.keyboard.press("j");
      await page.keyboard.press("e");
      await page.getByText(/ comes from an archive and cannot be changed here\.$/).waitFor();
      const add = async (words) => {
        await page.keyboard.press("a");
        const sheet = page.getByRole("dialog", { name: "Add a statement" });
        await sheet.getByRole("textbox", { name: "Who said it" }).fill("Bo Example");
        await sheet.getByRole("textbox", { name: "When" }).fill("2016-10-20");
        await sheet.getByRole("textbox", { name: "The words spoken" }).fill(words);
        await sheet.getByRole("textbox", { name: "Published in" }).fill("https://example.org/a;b\nThe Example, p. 3");
        await sheet.getByRole("button", { name: "Add a reading" }).click();
        await sheet.getByRole("combobox", { name: "What is claimed" }).selectOption("no_contact");
        await sheet.getByRole("textbox", { name: /^Of whom/ }).fill("Donald Trump Jr.");
        await sheet.getByRole("textbox", { name: /^With whom/ }).fill("WikiLeaks");
        await sheet.getByRole("button", { name: "Keep" }).click();
        await sheet.waitFor({ state: "detached" });
      };
      await add("Nobody ever wrote.");
      const mine = page.locator('[data-statement^="entered "]');
      await mine.getByText("Nobody ever wrote.").waitFor();
      const id = await mine.getAttribute("data-statement");
      // By keys: the form has everything that was entered.
      await mine.focus();
      await page.keyboard.press("e");
      const sheet = page.getByRole("dialog", { name: "Change the statement" });
      t.assert.equal(await sheet.getByRole("textbox", { name: "Published in" }).inputValue(), "https://example.org/a;b\nThe Example, p. 3");
      t.assert.equal(await sheet.getByRole("textbox", { name: /^With whom/ }).inputValue(), "WikiLeaks");
      await sheet.getByRole("textbox", { name: "The words spoken" }).fill("Nobody of us ever wrote <i>first</i>.");
      t.assert.deepEqual(await t.audit(), []);
      await page.keyboard.press("Control+Enter");
      await sheet.waitFor({ state: "detached" });
      await mine.getByText("Nobody of us ever wrote <i>first</i>.").waitFor();
      await mine.getByText(/; changed by /).waitFor();
      const told = t.cli("statements", "Bo Example").result;
      t.assert.deepEqual([told.length, told[0].id, told[0].words], [1, id, "Nobody of us ever wrote <i>first</i>."]);
      t.assert.equal(told[0].readings[0].template, "no_contact");
      // By mouse, while another page changes the same one.
      await mine.getByRole("button", { name: "Change", exact: true }).click();
      await sheet.getByRole("textbox", { name: "The words spoken" }).fill("Mine.");
      const other = await t.other();
      await other.goto(page.url());
      const theirs = other.getByRole("dialog", { name: "Change the statement" });
      await theirs.getByRole("textbox", { name: "The words spoken" }).fill("Theirs.");
      await theirs.getByRole("button", { name: "Keep" }).click();
      await theirs.waitFor({ state: "detached" });
      await sheet.getByRole("button", { name: "Keep" }).click();
      await sheet.getByText("Theirs.", { exact: true }).waitFor();
      t.assert.deepEqual(await t.audit(), []);
      t.assert.equal(t.cli("statements", "Bo Example").result[0].words, "Theirs.");
      await sheet.getByRole("button", { name: "Go on with mine" }).click();
      await sheet.getByRole("button", { name: "Keep" }).click();
      await sheet.waitFor({ state: "detached" });
      await mine.getByText("Mine.", { exact: true }).waitFor();
      // The change is a decision of its own, and is taken back alone.
      await mine.getByRole("button", { name: "Take the change back" }).click();
      await mine.getByText("Theirs.", { exact: true }).waitFor();
      await t.open("/log");
      await page.getByText(/^Changes statement \d+, now of Bo Example: «Mine\.»/).waitFor();
    },
    { fresh: true, allow: [/status of 409/] },
  ],
  [
    "what is known to be complete is stated and taken back",
    async (t) => {
      const { page } = t;
      await t.open("/statements?form=coverage");
      const sheet = page.getByRole("dialog", { name: "What is known to be complete" });
      await sheet.getByRole("cell", { name: "Donald Trump Jr." }).first().waitFor();
      await sheet.getByRole("button", { name: "Add the row" }).click();
      await sheet.getByText("Say from whose holdings.").waitFor();
      await sheet.getByRole("textbox", { name: "From whose holdings" }).fill("Ann Example");
      await sheet.getByRole("textbox", { name: "First day" }).fill("yesterday or so");
      await sheet.getByRole("button", { name: "Add the row" }).click();
      await sheet.locator("#wrong-from").waitFor();
      await sheet.getByRole("textbox", { name: "First day" }).fill("2016-01-01");
      await sheet.getByRole("button", { name: "Add the row" }).click();
      await sheet.getByRole("cell", { name: "Ann Example", exact: true }).waitFor();
      t.assert.deepEqual(await t.audit(), []);
      t.assert.ok(t.cli("coverage").rows.some((line) => line.row.custodian === "Ann Example"));
      await sheet.getByRole("button", { name: "Take back" }).click();
      await sheet.getByRole("cell", { name: "Ann Example", exact: true }).waitFor({ state: "detached" });
    },
    { fresh: true, allow: [/status of 422/] },
  ],
];
