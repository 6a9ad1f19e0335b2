// Text can be read on its ground in both themes: WCAG AA, 4.5 to 1.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const css = readFileSync(new URL("../../src/styles/tokens.css", import.meta.url), "utf8");

function theme(selector) {
  const start = css.indexOf(`${selector} {`);
  const block = css.slice(start, css.indexOf("\n}", start));
  return Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((m) => [m[1], m[2]]));
}

function luminance(hex) {
  const parts = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
  const [r, g, b] = parts.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const grounds = ["ground", "panel", "raised", "sunken"];
const pairs = [
  ...["ink", "ink-2", "ink-3", "accent", "private", "public", "good", "warn", "bad"].flatMap((ink) =>
    grounds.map((ground) => [ink, ground]),
  ),
  ...["private", "public", "good", "warn", "bad"].map((name) => [name, `${name}-ground`]),
  ["ink", "accent-ground"],
  ["ink-2", "accent-ground"],
  ["ink-3", "accent-ground"],
  ["private", "accent-ground"],
  ["accent-ink", "accent"],
  ["mark-ink", "mark"],
];

const light = theme(":root");
for (const [name, colours] of [
  ["light", light],
  ["dark", { ...light, ...theme(':root[data-theme="dark"]') }],
]) {
  test(`text can be read in the ${name} theme`, () => {
    for (const [ink, ground] of pairs) {
      const ratio = contrast(colours[ink], colours[ground]);
      assert.ok(ratio >= 4.5, `--${ink} on --${ground} is ${ratio.toFixed(2)} to 1`);
    }
  });
}
