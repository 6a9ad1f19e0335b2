// What is drawn of a link stays in the picture, however far outside its ends are.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { draw } = await load("lib/picture.ts");

/** A canvas that only remembers where lines go. */
function canvas(lines) {
  const gradient = { addColorStop: () => undefined };
  return new Proxy(
    {},
    {
      get: (_, name) => {
        if (name === "measureText") return (text) => ({ width: text.length * 6 });
        if (name === "createLinearGradient") return () => gradient;
        if (name === "lineTo" || name === "moveTo") return (x) => lines.push(x);
        return () => undefined;
      },
      set: () => true,
    },
  );
}

test("a dashed link between far away items is drawn only where it is in view", () => {
  const hour = 3600e6;
  const lane = (key, up) => ({ key, name: key, ink: key, up, share: 1, buckets: undefined, marks: [] });
  const link = (a, b) => ({
    key: `${a} ${b}`,
    from: { lane: "private", at: a, id: "a" },
    to: { lane: "public", at: b, id: "b" },
    label: "9 days",
    dash: [1, 4],
    width: 1,
    faint: false,
  });
  const links = [link(-9e4 * hour, 9e4 * hour), link(0.5 * hour, 9e4 * hour), link(0.6 * hour, -9e4 * hour)];
  const lines = [];
  const drawn = draw(
    canvas(lines),
    {
      view: { from: 0, until: hour },
      zone: "UTC",
      lanes: [lane("private", true), lane("public", false)],
      links,
      open: "",
      near: "",
      nearLink: "",
      brush: null,
    },
    1000,
    400,
    {},
  );
  assert.equal(drawn.paths.length, 3);
  for (const { key, points } of drawn.paths) {
    for (const [x, y] of points) assert.ok(x > -70 && x < 1070 && y > 0 && y < 400, `${key}: ${x} ${y}`);
  }
  assert.deepEqual(drawn.paths[1].points[0][0], 500);
});
