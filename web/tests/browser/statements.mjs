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
