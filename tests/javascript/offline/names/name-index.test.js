import assert from "node:assert/strict";
import test from "node:test";
import { NameIndex } from "../../../../checkin/static/js/offline/names/name-index.js";
import { Spelling } from "../../../../checkin/static/js/offline/names/name-search.js";
import { TABLES } from "../../fakes.js";

/** @param {string[]} names */
function indexOf(...names) {
  const index = new NameIndex(new Spelling(TABLES));
  for (const [at, name] of names.entries()) index.put(at + 1, [name]);
  return index;
}

test("who has every word of a text in another spelling is found, and who has one of them is not", () => {
  const index = indexOf("Mohammed Bennani", "Mohamed Tazi", "محمد بناني");

  assert.deepEqual([...index.spelt("mohamed benani")].sort(), [1, 3]);
});

test("two words that are written as one are found, and one that is written as two", () => {
  const index = indexOf("Fatima Zahra Tazi", "Fatimazahra Alami");

  assert.deepEqual([...index.spelt("fatimazahra")].sort(), [1, 2]);
  assert.deepEqual([...index.spelt("fatima zahra")].sort(), [1, 2]);
});

test("whoever is taken out is not found any more, and others with that word are", () => {
  const index = indexOf("Samir Tazi", "Samir Alami");

  index.drop(1, ["Samir Tazi"]);

  assert.deepEqual([...index.spelt("samir")], [2]);
});

test("who only begins to sound like a text is among those who sound like it", () => {
  const index = indexOf("Abdelkader Tazi", "Samir Alami");

  assert.deepEqual([...index.sounding("abdelk")], [1]);
});
