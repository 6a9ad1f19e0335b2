// Words for lags and probabilities are those of the command line.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { lag, shortLag, stretch, pInWords } = await load("lib/findings.ts");
const { csvValue, asMarkdown } = await load("lib/report.ts");

test("lengths are said as the command line says them", () => {
  assert.equal(stretch(59.9), "59 s");
  assert.equal(stretch(899), "14 min");
  assert.equal(stretch(48 * 3600 + 3 * 60), "48 h 03 min");
  assert.equal(stretch(3600), "1 h");
  assert.equal(stretch(4 * 86400), "4 days");
});

test("a lag says both bounds, and which side of the message it may lie on", () => {
  assert.equal(lag(800, 950), "13 min to 15 min");
  assert.equal(lag(-35340, 16800), "9 h 49 min before to 4 h 40 min after");
  assert.equal(lag(-200, -100), "1 min to 3 min before");
  assert.equal(lag(null, 60), "at most 1 min");
  assert.equal(shortLag(800, 950), "13–15 min");
  assert.equal(shortLag(172860, 172980), "48 h 01–03 min");
  assert.equal(shortLag(10, 7200), "10 s to 2 h");
  assert.equal(shortLag(-35340, 16800), "−9 h 49 min to +4 h 40 min");
});

test("a p value is put in words, and its floor is named", () => {
  assert.equal(pInWords(1, 9999), "p 1.00: chance alone gives as many acts or more every time");
  assert.match(pInWords(0.02, 9999), /once in 50 times$/);
  assert.match(pInWords(0.0001, 9999), /once in 10,000 times, or more rarely/);
});

test("exported words run nothing: no formula in a spreadsheet, no markup in Markdown", () => {
  assert.equal(csvValue("=cmd()"), "'=cmd()");
  assert.equal(csvValue('a "b", c'), '"a ""b"", c"');
  assert.equal(csvValue(-5), "-5");
  const pin = { item: "abc", words: "<img src=x> [a](b)", version: 1, author: "x", at: "" };
  const text = asMarkdown([{ pin, citation: undefined }], "UTC", "T");
  assert.ok(text.includes("\\<img src=x\\> \\[a\\](b)"), text);
});
