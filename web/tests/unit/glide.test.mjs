// Moving a drawn picture: what is done after one another, back again, about a place.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { about, back, both } = await load("lib/glide.ts");
const on = ({ scale, x, y }, [px, py]) => [px * scale + x, py * scale + y];
const near = (a, b) => a.forEach((one, at) => assert.ok(Math.abs(one - b[at]) < 1e-9, `${a} is not ${b}`));

test("a place that is stretched about stays where it is", () => {
  near(on(about(120, 40, 2.5), [120, 40]), [120, 40]);
  near(on(about(120, 40, 2), [130, 40]), [140, 40]);
});

test("one movement after another is both", () => {
  const first = about(10, 20, 3);
  const next = { scale: 0.5, x: 7, y: -4 };
  near(on(both(first, next), [33, 44]), on(next, on(first, [33, 44])));
});

test("what was drawn anew is taken off what was done meanwhile", () => {
  const asked = about(300, 200, 1.7);
  const meanwhile = { scale: 1, x: 25, y: -3 };
  const left = both(back(asked), both(asked, meanwhile));
  near([left.scale, left.x, left.y], [1, 25, -3]);
});
