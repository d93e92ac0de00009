import assert from "node:assert/strict";
import test from "node:test";
import { NOBODY, SOUNDS_LIKE } from "../../../../checkin/static/js/offline/names/name-key.js";
import { likeliest, Spelling } from "../../../../checkin/static/js/offline/names/name-search.js";
import { TABLES } from "../../fakes.js";

/** @param {[id: number, far: number, folded: string][]} rows */
const people = (...rows) => rows.map(([id, far, folded]) => ({ id, folded, names: [String(far)] }));
const distance = (/** @type {string[]} */ [far]) => Number(far);
const nobodySounds = () => [];

test("the nearest come first, and of those who are as near whose name is first", () => {
  const spelt = people([1, 4, "tazi"], [2, 0, "samir"], [3, 0, "amina"]);

  assert.deepEqual(likeliest(distance, { spelt, holding: [], sounding: nobodySounds }), [3, 2, 1]);
});

test("those who only sound alike count where there are no others", () => {
  const sounding = () => people([9, SOUNDS_LIKE, "amina"], [8, NOBODY, "samir"]);
  const holding = people([1, 8, "tazi"]);

  assert.deepEqual(likeliest(distance, { spelt: [], holding: [], sounding }), [9]);
  assert.deepEqual(likeliest(distance, { spelt: [], holding, sounding }), [1]);
});

test("a spelling is as far as the rules have it, however many names were read before", () => {
  const spelling = new Spelling(TABLES);
  const before = spelling.distance("mohamed", ["Mohammed Bennani"]);

  for (let read = 0; read < 20_000; read += 1) spelling.wordsOf("Amina");

  assert.equal(spelling.distance("mohamed", ["Mohammed Bennani"]), before);
  assert.ok(before < SOUNDS_LIKE);
});
