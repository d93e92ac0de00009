import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { NameKey, NOBODY } from "../../../../checkin/static/js/offline/names/name-key.js";

/** @import { NameTables } from "../../../../checkin/static/js/offline/names/name-sounds.js" */

// The distances to which the Python modules are held, too, with the tables that they hand over.
const VECTORS = new URL("../../../vectors/name_distances.json", import.meta.url);
/** @type {{tables: NameTables, distances: [string, string, number, number][]}} */
const { tables, distances } = JSON.parse(readFileSync(VECTORS, "utf-8"));
const key = new NameKey(tables);

test("two names are as far apart as the server has them, in either order", () => {
  const found = distances.map(([one, other]) => [
    one,
    other,
    key.distance(one, other),
    key.distance(other, one),
  ]);

  assert.deepEqual(
    found,
    distances.map(([one, other, distance]) => [one, other, distance, distance]),
  );
});

test("somebody is as far from what was typed as the server has them", () => {
  const found = distances.map(([one, other]) => [
    one,
    other,
    key.searchDistance(one, [null, other]),
  ]);

  assert.deepEqual(
    found,
    distances.map(([one, other, _distance, searched]) => [one, other, searched]),
  );
});

test("nobody is meant by what has no letters, and nobody has no name", () => {
  assert.equal(key.searchDistance("?", ["Amina"]), NOBODY);
  assert.equal(key.searchDistance("Amina", ["", null]), NOBODY);
  assert.equal(key.isOneName("", ""), false);
});
