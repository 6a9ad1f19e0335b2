// One item: views, citation, thread, notes of several people; hostile mail stays text.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const XSS = [
  `"><img src=x onerror=alert(1)>`,
  `<script>alert(1)</script>`,
  `'-alert(1)-'`,
  `{{constructor.constructor('alert(1)')()}}`,
  `{@html '<img src=x onerror=alert(1)>'}`,
  `javascript:alert(1)//`,
  `</title></textarea><svg onload=alert(1)>`,
  `\u202egnp.exe`,
];

/** A mailbox in which every place that holds words holds markup. */
function hostile(folder) {
  const path = join(folder, "hostile.mbox");
  const encode = (text) => `=?utf-8?B?${Buffer.from(text).toString("base64")}?=`;
  const mails = XSS.map((word, n) => {
    const html =
      `<html><head><style>@import url(http://tracker.example/c.css);body{background:url(http://tracker.example/b.png)}</style>` +
      `<base href="http://tracker.example/"><meta http-equiv="refresh" content="0;url=http://tracker.example/m"></head>` +
      `<body onload="parent.hacked=1"><script>parent.hacked=1;top.location='http://tracker.example'</script>` +
      `<img src="http://tracker.example/pixel${n}.gif"><img src=x onerror="parent.hacked=1">` +
      `<a href="javascript:parent.hacked=1" id=go>go</a><a href="http://tracker.example/" target=_top>out</a>` +
      `<form action="http://tracker.example/f"><button>send</button></form><iframe src="http://tracker.example/i"></iframe>` +
      `<svg onload="parent.hacked=1"></svg><p>visible words ${n}</p>${word}</body></html>`;
    return (
      `From x@evil.example Thu Mar  1 0${n}:00:00 2018\n` +
      `From: ${encode(word)} <m${n}@evil.example>\nTo: ${encode(`Ben ${word}`)} <ben@b.example>\n` +
      `Subject: ${encode(`${word} subject ${n}`)}\nDate: Thu, 1 Mar 2018 0${n}:00:00 +0000\nMessage-ID: <h${n}@evil.example>\n` +
      `MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n` +
      `--b\nContent-Type: text/html; charset=utf-8\n\n${html}\n` +
      `--b\nContent-Type: text/html; name="${encode(`${word}.html`)}"\nContent-Disposition: attachment; filename="${encode(`${word}.html`)}"\n\n<script>alert(1)</script>\n--b--\n\n`
    );
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, mails.join(""));
  return [path];
}

const panel = (page) => page.getByRole("complementary", { name: "Item" });

export const tests = [
  [
    "an item is cited by a text that stays true",
    async (t) => {
      const { page } = t;
      const { items } = t.cli("search", "from:wikileaks in:private", "--sort", "oldest");
      const item = t.cli("show", items[1].id);
      await t.open(`/item/${item.id}`);
      await page.getByRole("button", { name: "Cite" }).click();
      await page.getByRole("button", { name: "Copied" }).waitFor();
      const text = await page.evaluate(() => navigator.clipboard.readText());
      for (const part of [item.id, item.raw_sha256, item.locator, item.archive]) {
        t.assert.ok(text.includes(part), `${part} in ${text}`);
      }
    },
  ],
  [
    "views are turned by keys; the thread leads to its other messages",
    async (t) => {
      const { page } = t;
      const { items } = t.cli("search", "in:private with:wikileaks", "--sort", "oldest");
      await t.open(`/search?q=in%3Aprivate&item=${items[0].id}`);
      const text = panel(page).getByRole("tab", { name: "Text" });
      await text.focus();
      await page.keyboard.press("ArrowLeft");
      await panel(page).getByRole("tab", { name: "Thread", selected: true }).waitFor();
      await panel(page).getByRole("tabpanel").getByText(/stands alone|:/).first().waitFor();
    },
  ],
  [
    "two people note on one item and lose nothing",
    async (t) => {
      const { page } = t;
      const { items } = t.cli("search", "in:private", "--sort", "oldest");
      const path = `/item/${items[0].id}`;
      await t.open(path);
      await page.getByRole("button", { name: "☆ Star" }).click();
      await page.getByRole("button", { name: "★ Starred", pressed: true }).waitFor();
      await page.getByRole("textbox", { name: "Add a tag" }).fill("money <img src=x onerror=alert(1)>");
      await page.keyboard.press("Enter");
      await page.getByText("money <img src=x").waitFor();
      await page.getByRole("textbox", { name: "Add a note" }).fill("The first words.");
      await page.keyboard.press("Control+Enter");
      await page.getByText("The first words.").waitFor();
      const second = await t.other();
      await second.goto(t.url + path);
      await second.getByRole("button", { name: "Change" }).click();
      await page.getByRole("button", { name: "Change" }).click();
      await second.getByRole("textbox", { name: "Change the note" }).fill("Words of the second.");
      await second.getByRole("button", { name: "Keep" }).click();
      await second.getByText("Words of the second.").waitFor();
      await page.getByRole("textbox", { name: "Change the note" }).fill("Words of the first.");
      await page.getByRole("button", { name: "Keep" }).click();
      await page.getByRole("alert").getByText("somebody else changed it").waitFor();
      await page.getByText("Words of the second.").waitFor();
      t.assert.equal(await page.getByRole("textbox", { name: "Change the note" }).inputValue(), "Words of the first.");
      await page.getByRole("button", { name: "Keep" }).click();
      await page.locator(".note .text", { hasText: "Words of the first." }).waitFor();
      // The other page is told.
      await second.locator(".note .text", { hasText: "Words of the first." }).waitFor();
      await page.getByRole("button", { name: "Pin", exact: true }).click();
      await page.getByRole("textbox", { name: "In the report’s chronology" }).fill("First contact.");
      const kept = page.waitForResponse((response) => response.request().method() === "PUT" && response.url().includes("/pins/"));
      await page.getByRole("button", { name: "Keep" }).click();
      t.assert.equal((await kept).status(), 200);
      await page.reload();
      await page.getByRole("textbox", { name: "In the report’s chronology" }).waitFor();
      t.assert.equal(await page.getByRole("textbox", { name: "In the report’s chronology" }).inputValue(), "First contact.");
    },
    { fresh: true, allow: [/status of 409/] },
  ],
  [
    "hostile names, subjects, file names and markup stay text",
    async (t) => {
      const { page } = t;
      const dialogs = [];
      page.on("dialog", (dialog) => {
        dialogs.push(dialog.message());
        void dialog.dismiss();
      });
      const { items } = t.cli("search", "*", "--sort", "oldest");
      t.assert.equal(items.length, XSS.length);
      await t.open("/");
      await t.open("/search?q=subject&sort=oldest");
      await page.getByRole("listbox", { name: "Results" }).getByRole("option").nth(items.length - 1).waitFor();
      for (const [n, item] of items.entries()) {
        await t.open(`/item/${item.id}`);
        await page.getByRole("heading", { level: 1 }).getByText(`subject ${n}`).waitFor();
        await page.getByRole("tab", { name: "As sent" }).click();
        const frame = page.frameLocator("iframe");
        await frame.getByText(`visible words ${n}`).waitFor();
        t.assert.equal(await frame.locator("script,iframe,form,svg,base,meta[http-equiv],a[href],img[src]").count(), 0);
        t.assert.equal(await page.locator("iframe").getAttribute("sandbox"), "");
        await page.getByRole("tab", { name: "Headers" }).click();
        await page.getByRole("rowheader", { name: "Subject" }).waitFor();
      }
      t.assert.deepEqual(dialogs, []);
      t.assert.equal(await page.evaluate(() => globalThis.hacked), undefined);
      // The frame's page opened by itself is as harmless.
      const answer = await page.goto(`${t.url}/api/v1/items/${items[0].id}/markup`);
      t.assert.match(answer.headers()["content-security-policy"], /^default-src 'none'.*sandbox$/);
      t.assert.equal(await page.evaluate("1").catch(() => "no"), 1);
      await t.open("/");
    },
    { archives: hostile },
  ],
];
