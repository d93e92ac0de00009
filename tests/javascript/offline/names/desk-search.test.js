import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { DeskPeople, isTooShort } from "../../../../checkin/static/js/offline/names/desk-search.js";
import { TABLES } from "../../fakes.js";
import { aListed } from "../../people.js";

/** @import { Listed } from "../../../../checkin/static/js/offline/help-desk.js" */

const VECTORS = new URL("../../../vectors/desk_search.json", import.meta.url);
/** @type {{people: Listed[], cases: {typed: string, found: number[], too_short: boolean}[]}} */
const { people, cases } = JSON.parse(readFileSync(VECTORS, "utf-8"));

test("what is typed finds whom Python finds, in its order", () => {
  const known = new DeskPeople(TABLES);
  for (const person of people) known.put(person);

  for (const { typed, found } of cases) assert.deepEqual(known.find(typed, 20).ids, found, typed);
});

test("what is too short is so in Python, too", () => {
  for (const { typed, too_short } of cases) assert.equal(isTooShort(typed), too_short, typed);
});

/** @param {string[]} names */
function deskOf(...names) {
  const people = new DeskPeople(TABLES);
  for (const [at, name] of names.entries()) people.put(aListed(at + 1, name));
  return people;
}

test("whoever is renamed is found by the new name, and whoever left by none", () => {
  const people = deskOf("Mohammed Bennani", "Samir Tazi");
  const renamed = aListed(1, "Youssef Zemmouri");

  people.put(renamed);
  people.keepOnly(new Set([1]));

  const found = ["yousef zemouri", "benani", "tazi"].map((name) => people.find(name, 5).ids);
  assert.deepEqual(found, [[1], [], []]);
  assert.deepEqual([people.listed(1), people.listed(2)], [renamed, null]);
});

test("of a name that very many have the likeliest are first, and all are counted", () => {
  const letter = (/** @type {number} */ at) => String.fromCharCode(97 + (at % 26));
  const many = Array.from({ length: 250 }, (_, at) => `Mohamed Tazi ${letter(at)}${at}`);

  const { ids, more } = deskOf(...many, "Mohammed Tazi").find("mohamed tazi", 5);

  assert.deepEqual([ids[0], ids.length, more], [251, 5, 246]);
});
