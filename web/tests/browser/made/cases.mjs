// Archives written for the tests, of invented people.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../../../..");

const message = (head, body) =>
  `From x@example.org Mon Jan  4 10:00:00 2021\n${Object.entries(head)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join("")}\n${body}\n\n`;

/** A mailbox with two addresses of one rare name, a message that only a reply names, a quoted one. */
export function mail(folder) {
  const path = join(folder, "mill-lane.mbox");
  let text = message(
    {
      From: "Ann Quill <ann.quill@example.org>",
      To: "Ben Ort <ben@example.net>",
      Date: "Mon, 4 Jan 2021 10:00:00 +0000",
      "Message-ID": "<1@example.org>",
      Subject: "The draft",
    },
    "Please send me the draft by Friday.\nhttps://example.com/report",
  );
  text += message(
    {
      From: "Ann Quill <annquill@example.com>",
      To: "Ben Ort <ben@example.net>",
      Date: "Tue, 5 Jan 2021 10:00:00 +0000",
      "Message-ID": "<2@example.org>",
      "In-Reply-To": "<lost@example.org>",
      References: "<lost@example.org>",
      Subject: "Re: The draft",
    },
    "Thank you.",
  );
  for (let n = 1; n <= 40; n += 1) {
    const day = String((n % 27) + 1).padStart(2, "0");
    text += message(
      {
        From: `Person ${n} <person${n}@example.net>`,
        To: `${n % 2 ? "Ann Quill <ann.quill@example.org>" : "Ann Quill <annquill@example.com>"}`,
        Date: `${day} Mar 2021 10:00:00 +0000`,
        "Message-ID": `<n${n}@example.net>`,
        Subject: `Week ${n}`,
      },
      `Note ${n}.`,
    );
  }
  writeFileSync(path, text);
  return [path];
}

/** The planted groups of examples/shares as a table of posts with links. */
export function planted(folder) {
  const path = join(folder, "planted-posts.csv");
  const rows = readFileSync(join(root, "examples/shares/planted.csv"), "utf8").trim().split("\n").slice(1);
  const lines = rows.map((row, n) => {
    const [object, account, , time] = row.split(",");
    const at = new Date(Number(time) * 1000).toISOString();
    return `${1000 + n},${at},${account},https://example.com/${object}`;
  });
  writeFileSync(path, `id,created_at,account,urls\n${lines.join("\n")}\n`);
  return [path];
}

/** A network of many edges: `n` accounts that pass many links on within seconds. */
export function crowd(folder, accounts = 5_000, rounds = 5_000, each = 5) {
  const path = join(folder, "crowd.csv");
  let seed = 7;
  const draw = (below) => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    return Math.floor((seed / 0x7fffffff) * below);
  };
  const lines = [];
  for (let round = 0; round < rounds; round += 1) {
    const at = Date.UTC(2021, 0, 1) + round * 600_000;
    const first = draw(accounts);
    for (let n = 0; n < each; n += 1) {
      const account = (first + draw(40)) % accounts;
      lines.push(`${lines.length + 1},${new Date(at + n * 1000).toISOString()},c${account},https://example.com/r${round}`);
    }
  }
  writeFileSync(path, `id,created_at,account,urls\n${lines.join("\n")}\n`);
  return [path];
}

/** Strings that would run if anything took them for markup. All set one marker. */
export const VECTORS = [
  "<script>window.__ran=1</script>",
  "<img src=x onerror=window.__ran=1>",
  "<svg onload=window.__ran=1>",
  "<svg><script>window.__ran=1</script></svg>",
  "\"><script>window.__ran=1</script>",
  "'><img src=x onerror=window.__ran=1>",
  "</title><script>window.__ran=1</script>",
  "</textarea><script>window.__ran=1</script>",
  "</style><script>window.__ran=1</script>",
  "<iframe srcdoc='<script>parent.__ran=1</script>'></iframe>",
  "<iframe src=javascript:parent.__ran=1></iframe>",
  "<a href=javascript:window.__ran=1>press</a>",
  "<a href=\" javascript:window.__ran=1\">press</a>",
  "<a href=jAvAsCrIpT&colon;window.__ran=1>press</a>",
  "<a href=data:text/html,<script>opener.__ran=1</script> target=_blank>press</a>",
  "<body onload=window.__ran=1>",
  "<details open ontoggle=window.__ran=1>x</details>",
  "<input autofocus onfocus=window.__ran=1>",
  "<video><source onerror=window.__ran=1></video>",
  "<audio src=x onerror=window.__ran=1>",
  "<object data=javascript:window.__ran=1></object>",
  "<embed src=javascript:window.__ran=1>",
  "<math><mtext></p><img src=x onerror=window.__ran=1></mtext></math>",
  "<math><mi xlink:href=javascript:window.__ran=1>x</mi></math>",
  "<form action=javascript:window.__ran=1><button>press</button></form>",
  "<button formaction=javascript:window.__ran=1>press</button>",
  "<meta http-equiv=refresh content='0;url=javascript:window.__ran=1'>",
  "<meta http-equiv=refresh content='0;url=https://elsewhere.example/m'>",
  "<link rel=stylesheet href=https://elsewhere.example/s.css>",
  "<img src=https://elsewhere.example/pixel.png>",
  "<style>@import 'https://elsewhere.example/i.css';</style>",
  "<div style=\"background:url(https://elsewhere.example/b.png)\">x</div>",
  "<base href=https://elsewhere.example/>",
  "<noscript><p title=\"</noscript><img src=x onerror=window.__ran=1>\">",
  "<template><script>window.__ran=1</script></template>",
  "<marquee onstart=window.__ran=1>x</marquee>",
  "{{constructor.constructor('window.__ran=1')()}}",
  "${window.__ran=1}",
  "javascript:window.__ran=1",
  "<scr<script>ipt>window.__ran=1</scr</script>ipt>",
  "%3Cscript%3Ewindow.__ran=1%3C/script%3E",
  "&lt;script&gt;window.__ran=1&lt;/script&gt;",
  "<x onclick=window.__ran=1 tabindex=0 autofocus onfocus=window.__ran=1>x</x>",
  "<svg><animate onbegin=window.__ran=1 attributeName=x dur=1s></svg>",
  "<svg><a xlink:href=javascript:window.__ran=1><text y=9>x</text></a></svg>",
  "<isindex action=javascript:window.__ran=1>",
  "<table background=https://elsewhere.example/t.png><tr><td>x</td></tr></table>",
];

const coded = (text) => `=?utf-8?B?${Buffer.from(text).toString("base64")}?=`;

/** Hostile mail: vectors in names, subjects, bodies, markup and names of attachments; and posts. */
export function hostile(folder) {
  const dir = join(folder, "hostile <img src=x onerror=window.__ran=1>");
  mkdirSync(dir, { recursive: true });
  let text = "";
  VECTORS.forEach((vector, n) => {
    const name = coded(vector);
    const day = String((n % 27) + 1).padStart(2, "0");
    text += message(
      {
        From: `${name} <a${n % 5}@example.org>`,
        To: `${coded(`To ${vector}`)} <b${n % 4}@example.net>`,
        Date: `${day} Feb 2021 10:${String(n).padStart(2, "0")}:00 +0000`,
        "Message-ID": `<v${n}@example.org>`,
        ...(n % 3 === 0 ? { "In-Reply-To": `<"${n}><script>window.__ran=1</script>"@lost.example>` } : {}),
        Subject: coded(vector),
        "MIME-Version": "1.0",
        "Content-Type": 'multipart/mixed; boundary="cut"',
      },
      [
        "--cut",
        'Content-Type: multipart/alternative; boundary="alt"',
        "",
        "--alt",
        "Content-Type: text/plain; charset=utf-8",
        "",
        `Please send ${vector} https://example.com/"><script>window.__ran=1</script>`,
        "--alt",
        "Content-Type: text/html; charset=utf-8",
        "",
        `<html><body><p>Please send</p>${vector}</body></html>`,
        "--alt--",
        "--cut",
        "Content-Type: application/octet-stream",
        `Content-Disposition: attachment; filename*=utf-8''${encodeURIComponent(vector)}`,
        "Content-Transfer-Encoding: base64",
        "",
        "AAAA",
        "--cut--",
      ].join("\n"),
    );
  });
  const box = join(dir, "mail.mbox");
  writeFileSync(box, text);
  const quote = (value) => `"${value.replaceAll('"', '""')}"`;
  const posts = join(dir, "posts.csv");
  const lines = VECTORS.flatMap((vector, n) =>
    ["one", "two"].flatMap((who, at) =>
      ["x", "y"].map((thing, part) => {
        const time = new Date(Date.UTC(2021, 1, 1, n % 24, part * 20, at * 5)).toISOString();
        return [`${n}${at}${part}`, time, quote(`${who} ${vector}`), quote(vector), quote(`https://example.com/${thing}${n}?<script>window.__ran=1</script>`)].join(",");
      }),
    ),
  );
  writeFileSync(posts, `id,created_at,account,text,urls\n${lines.join("\n")}\n`);
  return [box, posts];
}
