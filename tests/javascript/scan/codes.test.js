import assert from "node:assert/strict";
import test from "node:test";
import { Debounce } from "../../../checkin/static/js/scan/debounce.js";
import { stepOf } from "../../../checkin/static/js/scan/frames.js";
import { letterOfKey } from "../../../checkin/static/js/scan/keys.js";
import { Parties } from "../../../checkin/static/js/scan/parties.js";
import { codeMeant } from "../../../checkin/static/js/scan/typed-codes.js";
import { ONE, THREE, TWO } from "../fakes.js";

test("a badge is fresh once, and again after the pause without a sight of it", () => {
  const debounce = new Debounce(1_000);

  const sights = [0, 900, 1_800, 2_799, 3_799].map((at) => debounce.fresh(ONE, at));

  assert.deepEqual(sights, [true, false, false, false, true]);
  assert.equal(debounce.fresh(TWO, 3_799), true);
});

test("a scan that could not be kept may be shown again at once", () => {
  const debounce = new Debounce(1_000);
  debounce.fresh(ONE, 0);
  debounce.fresh(TWO, 0);

  debounce.forget(ONE);
  assert.deepEqual([debounce.fresh(ONE, 1), debounce.fresh(TWO, 1)], [true, false]);
  debounce.forgetAll();
  assert.deepEqual([debounce.fresh(ONE, 2), debounce.fresh(TWO, 2)], [true, true]);
});

test("badges in one picture are one party, and so is who joins within two seconds", () => {
  const parties = new Parties();

  parties.seen([ONE, TWO], 0);
  parties.seen([ONE, TWO, THREE], 2_000);

  assert.equal(parties.partyOf(ONE), 0);
  assert.equal(parties.partyOf(TWO), 0);
  assert.equal(parties.partyOf(THREE), 0);
  assert.equal(parties.partyOf("unseen"), null);
});

test("whoever comes later than that is the next in the queue", () => {
  const parties = new Parties();

  parties.seen([ONE], 0);
  parties.seen([ONE, TWO], 2_001);
  parties.seen([THREE], 2_100);

  assert.deepEqual(
    [ONE, TWO, THREE].map((code) => parties.partyOf(code)),
    [0, 1, 2],
  );
});

test("every second frame is read at twice the size, some with the light evened", () => {
  assert.deepEqual([0, 1, 2, 3, 4].map(stepOf), ["plain", "doubled", "evened", "doubled", "plain"]);
});

test("the keys of an American keyboard have their letters in every layout", () => {
  assert.deepEqual(["KeyQ", "Digit7", "Numpad3", "Space", "NumpadEnter", "F1"].map(letterOfKey), [
    "Q",
    "7",
    "3",
    "",
    "",
    "",
  ]);
});

test("a code is meant by what was written, by the keys, or without its first letter", () => {
  assert.equal(codeMeant(ONE.toLowerCase(), ""), ONE);
  assert.equal(codeMeant("Ù%£ what a French layout writes", ONE), ONE);
  assert.equal(codeMeant(ONE.slice(1), ""), ONE);
  assert.equal(codeMeant(ONE.slice(0, -1), ONE.slice(0, -1)), null);
});
