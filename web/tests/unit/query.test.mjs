// Terms go into a query and come out of it again; nothing else in it changes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { hasTerm, period, quoted, withPeriod, withTerm } = await load("lib/query.ts");

test("a term is added, found and taken out", () => {
  const one = withTerm("harbour permit", "in:private");
  assert.equal(one, "harbour permit in:private");
  assert.ok(hasTerm(one, "in:private"));
  assert.equal(withTerm(one, "in:private"), "harbour permit");
  assert.equal(withTerm("", 'with:"Ann Example"'), 'with:"Ann Example"');
  assert.ok(hasTerm('a with:"Ann Example" b', 'with:"ann example"'));
  assert.ok(!hasTerm('"in:private is a word"', "in:private"), "a term inside quotes is text");
});

test("a query with OR is put in brackets first", () => {
  assert.equal(withTerm("a OR b", "in:private"), "(a OR b) in:private");
  assert.equal(withTerm("(a OR b) in:private", "in:private"), "(a OR b)");
  assert.equal(withPeriod("a OR b", "2016-10", ""), "(a OR b) since:2016-10");
});

test("a period replaces the one before", () => {
  assert.deepEqual(period("x since:2016-10 until:2016-11"), { from: "2016-10", until: "2016-11" });
  assert.equal(withPeriod("x since:2016-10 until:2016-11", "2017-01", "2017-02"), "x since:2017-01 until:2017-02");
  assert.equal(withPeriod("x since:2016-10", "", ""), "x");
  assert.deepEqual(period("since:yesterday"), { from: "", until: "" }, "another date is left alone");
  assert.equal(withPeriod("since:yesterday", "2016-10", ""), "since:yesterday since:2016-10");
});

test("quotes in a value cannot end it", () => {
  assert.equal(quoted('Ann "the" Example'), '"Ann  the  Example"');
});
