// Times keep their doubt; marks fall on characters, whatever the script.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const f = await load("lib/format.ts");

test("times are shown in the case's zone with their doubt", () => {
  const at = { earliest: "2016-10-12T18:03:00Z", latest: "2016-10-12T18:03:00Z", precision: "second" };
  assert.equal(f.when(at, "America/New_York"), "2016-10-12 14:03");
  assert.equal(f.when(at, "UTC"), "2016-10-12 18:03");
  const day = { earliest: "2016-10-12T00:00:00Z", latest: "2016-10-12T23:59:59Z", precision: "day" };
  assert.equal(f.when(day, "UTC"), "~2016-10-12");
  assert.equal(f.when({ earliest: at.earliest, latest: null }, "UTC"), "after 2016-10-12 18:03");
  assert.equal(f.when({ earliest: null, latest: at.latest }, "UTC"), "before 2016-10-12 18:03");
  assert.equal(f.when({}, "UTC"), "time unknown");
  assert.equal(f.interval(at, "UTC"), "2016-10-12 18:03:00 UTC");
  assert.match(f.interval(day, "UTC"), /^between 2016-10-12 00:00:00 UTC and/);
});

test("marks are given in bytes and fall on characters", () => {
  const text = "café 🙂 noir";
  const bytes = new TextEncoder().encode("café 🙂 ").length;
  assert.deepEqual(f.marked(text, [[0, 5], [bytes, bytes + 4]]), [
    { text: "café", marked: true },
    { text: " 🙂 ", marked: false },
    { text: "noir", marked: true },
  ]);
  assert.deepEqual(f.marked("", []), []);
});

test("lengths, sizes and names are short", () => {
  assert.equal(f.length(12), "12 s");
  assert.equal(f.length(9 * 60), "9 min");
  assert.equal(f.length(3 * 3600 + 1200), "3 h 20 min");
  assert.equal(f.length(4 * 86400), "4 days");
  assert.equal(f.size(812), "812 B");
  assert.equal(f.size(39800), "39.8 kB");
  assert.equal(f.fromTo(["Ann <ann@a.example>"], ["ben@b.example", "c", "d"]), "Ann → ben@b.example +2");
});
