import assert from "node:assert/strict";
import test from "node:test";
import {
  APART,
  between,
  first,
  last,
} from "../../../../checkin/static/js/offline/names/name-vowels.js";

const INNER = { early: false, closing: "", arabic: false };

test("a vowel at the end is never left out, one in the first syllable may be", () => {
  assert.equal(last("", "A", { arabic: false }), APART);
  assert.equal(between("", "I", { ...INNER, early: true }), 1);
  assert.equal(between("", "I", INNER), APART);
  assert.equal(last("I", "AI", { arabic: false }), APART);
});

test("Arabic writes long vowels, and others only beside its own letters", () => {
  assert.equal(between("E", "", { ...INNER, arabic: true }), 0);
  assert.equal(between("A", "I", { ...INNER, arabic: true }), APART);
  assert.equal(between("U", "", { ...INNER, closing: "U", arabic: true }), APART);
  assert.equal(first("O", "?", { cluster: false, arabic: true }), 0);
});
