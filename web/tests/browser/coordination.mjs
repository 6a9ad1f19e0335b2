// Coordination: the network, its groups, the evidence of an edge.
import { crowd, planted } from "./made/cases.mjs";

export const tests = [
  [
    "the planted groups are found, the same as on the command line",
    async (t) => {
      const { page } = t;
      const found = t.cli("coordination", "-n", "2000").result;
      await t.open("/coordination");
      await page.getByText(`${found.edges} edges, ${found.kept} kept, ${found.kept} shown`).waitFor();
      await page.getByRole("heading", { name: `${found.n_groups} groups` }).waitFor();
      await page.getByRole("button", { name: "Nearer" }).click();
      await page.getByText("Finding places").waitFor({ state: "detached" });
      const table = page.getByRole("region", { name: "Table of groups" });
      await table.getByRole("link", { name: "1", exact: true }).click();
      await page.waitForFunction(() => new URL(location.href).searchParams.get("group") === "1");
      await page.getByText(`, ${found.groups[0].n_edges} shown`).waitFor();
    },
    { archives: planted },
  ],
  [
    "an edge is opened by keys; both shares and their items are there",
    async (t) => {
      const { page } = t;
      await t.open("/coordination");
      await page.getByRole("listbox", { name: "Edges" }).getByRole("option").first().waitFor();
      await page.keyboard.press("l");
      await page.keyboard.press("Enter");
      const evidence = page.getByRole("region", { name: "Evidence of the edge" });
      const [a, b] = await page.waitForFunction(() => new URL(location.href).searchParams.get("edge")?.split("|")).then((it) => it.jsonValue());
      const told = t.cli("coordination", "--explain", a, b);
      await evidence.getByText(`${told.n_pairs} pairs of shares`).waitFor();
      t.assert.equal(await evidence.getByRole("row").count(), told.pairs.length + 1);
      t.assert.deepEqual(await t.audit(), []);
      await evidence.getByRole("row").nth(1).getByRole("link").first().click();
      await page.getByRole("complementary", { name: "Item" }).getByText("unchanged since import").waitFor();
      await page.keyboard.press("Escape");
      await page.keyboard.press("x");
      await evidence.waitFor({ state: "detached" });
    },
    { archives: planted },
  ],
  [
    "weight, q and time filter, in the address",
    async (t) => {
      const { page } = t;
      const edges = t.cli("coordination", "-n", "2000").result.most_surprising;
      await t.open("/coordination");
      const heavy = edges.filter((one) => one.weight >= 15).length;
      await page.getByRole("spinbutton", { name: "Weight from" }).fill("15");
      await page.keyboard.press("Tab");
      await page.getByText(`, ${heavy} shown`).waitFor();
      await page.getByRole("spinbutton", { name: "Weight from" }).fill("1");
      await page.keyboard.press("Tab");
      const sure = edges.filter((one) => Math.min(one.selection_q ?? 1, one.synchrony_q ?? 1) <= 0.000001).length;
      await page.getByRole("combobox", { name: "q up to" }).selectOption("0.000001");
      await page.getByText(`, ${sure} shown`).waitFor();
      await page.getByRole("slider", { name: "Edges that began by" }).focus();
      await page.keyboard.press("Home");
      await page.getByText(/begun by 2021-06/).waitFor();
      await page.waitForFunction(() => new URL(location.href).searchParams.has("until"));
    },
    { archives: planted },
  ],
  [
    "thousands of edges are moved as they are drawn, and drawn anew when one rests",
    async (t) => {
      const { page } = t;
      await t.open("/coordination?untested=1&limit=50000");
      const said = await page.getByText(/ shown\./).textContent();
      const n = Number(/([\d,]+) shown/.exec(said)[1].replace(",", ""));
      t.assert.ok(n > 5_000, `${n} edges are too few for this test`);
      await page.getByText("Finding places").waitFor({ state: "detached" });
      const picture = page.getByRole("img", { name: /^Network of/ });
      const look = async () => (await page.locator(".picture").screenshot()).toString("base64");
      const handle = await picture.elementHandle();
      const rest = async () => {
        await page.waitForFunction((box) => box.style.transform === "", handle);
        await page.waitForTimeout(300);
        return look();
      };
      const all = await rest();
      const box = await picture.boundingBox();
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      await page.mouse.wheel(0, -200);
      await page.waitForFunction((it) => it.style.transform !== "", handle);
      const near = await rest();
      t.assert.notEqual(near, all);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width / 2 + 120, box.y + box.height / 2 + 30, { steps: 4 });
      await page.mouse.up();
      const moved = await rest();
      t.assert.notEqual(moved, near);
      await page.keyboard.press("0");
      t.assert.equal(await rest(), all, "all of it again");
      await page.keyboard.press("+");
      await page.waitForFunction((it) => it.style.transform !== "", handle);
      t.assert.notEqual(await rest(), all);
      await page.keyboard.press("0");
      await page.getByRole("region", { name: "Table of groups" }).getByRole("link", { name: "1", exact: true }).click();
      await page.waitForFunction(() => new URL(location.href).searchParams.get("group") === "1");
      t.assert.notEqual(await rest(), all, "only the edges of the group are left");
    },
    { archives: (folder) => crowd(folder, 800, 1_400, 6) },
  ],
  [
    "nothing in step says what was looked at",
    async (t) => {
      await t.open("/coordination");
      await t.page.getByText("No two accounts are in step beyond chance.").waitFor();
    },
  ],
  [
    "what is asked wrongly is refused in words",
    async (t) => {
      await t.open("/coordination?object=sandwich");
      await t.page.getByText("sandwich is no kind of object").waitFor();
    },
    { allow: [/status of 422/] },
  ],
];
