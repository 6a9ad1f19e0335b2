// The time axis: ticks in the zone of the case, buckets that stay while one moves, addresses.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const axis = await load("lib/axis.ts");
const at = (text) => Date.parse(text) * 1000;

test("an instant in an address is read as it was written", () => {
  for (const text of ["2016-10-12T13:31:07.250Z", "2016-10-12T13:31Z", "2016-10-12", "1992-01-01T00:00:01Z"]) {
    const moment = axis.read(text);
    assert.equal(axis.read(axis.written(moment)), moment, text);
  }
  assert.equal(axis.written(at("2016-10-12T13:31:00Z")), "2016-10-12T13:31Z");
  assert.equal(axis.written(at("2016-10-12T00:00:00Z")), "2016-10-12");
  assert.equal(axis.read("yesterday"), undefined);
});

test("ticks stand at full hours, days and months of the zone, through a change of clocks", () => {
  const zone = "America/New_York";
  const day = { from: at("2016-11-05T04:00Z"), until: at("2016-11-08T05:00Z") };
  const strong = axis.ticks(day, 900, zone).ticks.filter((tick) => tick.strong);
  assert.deepEqual(
    strong.map((tick) => [tick.label, axis.written(tick.at)]),
    [
      ["5 Nov", "2016-11-05T04:00Z"],
      ["6 Nov", "2016-11-06T04:00Z"],
      ["7 Nov", "2016-11-07T05:00Z"],
    ],
  );
  const years = axis.ticks({ from: at("1992-05-01"), until: at("2000-02-01") }, 900, "UTC");
  assert.deepEqual(years.ticks.map((tick) => tick.label), "1993 1994 1995 1996 1997 1998 1999 2000".split(" "));
});

test("there are ticks at every zoom, in order and not too near each other", () => {
  for (const zone of ["UTC", "America/New_York", "Asia/Kathmandu"]) {
    for (let long = 3e6; long < 300 * 366 * axis.DAY; long *= 1.9) {
      const view = { from: at("2016-10-30T01:00Z") - long * 0.37, until: at("2016-10-30T01:00Z") + long * 0.63 };
      const { ticks } = axis.ticks(view, 1000, zone);
      assert.ok(ticks.length >= 1 && ticks.length <= 13, `${zone} ${long}: ${ticks.length} ticks`);
      for (let n = 1; n < ticks.length; n += 1) {
        const apart = ((ticks[n].at - ticks[n - 1].at) / long) * 1000;
        assert.ok(apart > 20, `${zone} ${long}: ${ticks[n - 1].label} and ${ticks[n].label} are ${apart} apart`);
      }
    }
  }
});

test("buckets cover the view with room at both sides and do not move with it", () => {
  const view = { from: at("2016-10-12T13:00Z"), until: at("2016-10-13T02:00Z") };
  const one = axis.buckets(view, 1200, "America/New_York");
  const two = axis.buckets({ from: view.from + 7e9, until: view.until + 7e9 }, 1200, "America/New_York");
  assert.equal(one.width, two.width);
  assert.equal((two.from - one.from) % one.width, 0);
  assert.ok(one.from <= view.from - (view.until - view.from) && one.until >= view.until + (view.until - view.from) * 0.99);
  assert.ok(one.n <= 4000 && one.n > 300);
});

test("zooming keeps the place under the pointer, moving stays near what there is", () => {
  const view = { from: 1000e6, until: 2000e6 };
  const near = axis.zoomed(view, 0.5, 1250e6);
  assert.equal(near.until - near.from, 500e6);
  assert.equal((1250e6 - near.from) / 500e6, 0.25);
  const far = axis.moved(view, -1e15, { from: 0, until: 5000e6 });
  assert.ok(far.until > 0);
});
