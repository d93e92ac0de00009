import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { stepOf } from "../../../checkin/static/js/scan/camera/frames.js";
import { Debounce } from "../../../checkin/static/js/scan/keys/debounce.js";
import { Parties } from "../../../checkin/static/js/scan/parties.js";
import { ONE, THREE, TWO } from "../fakes.js";

/** @import { Showing } from "../../../checkin/static/js/scan/keys/debounce.js" */

/** @type {{cases: {name: string, quiet_s: number, pictures: [number, Record<string, Showing>, string[]?][]}[]}} */
const { cases } = JSON.parse(
  readFileSync(new URL("../../vectors/debounce.json", import.meta.url), "utf-8"),
);

for (const { name, quiet_s, pictures } of cases) {
  test(name, () => {
    const debounce = new Debounce(quiet_s * 1000);

    for (const [at, texts, takenBack = []] of pictures) {
      const shown = debounce.picture(Object.keys(texts), at * 1000);
      assert.deepEqual(Object.fromEntries(shown), texts);
      for (const text of takenBack) debounce.release(text);
    }
  });
}

test("a hand scanner that reads twice at once sends one code", () => {
  const debounce = new Debounce(2_500);

  const readings = [0, 300, 1_400, 3_900].map((at) => debounce.reading(ONE, at));

  assert.deepEqual(readings, ["new", "held", "again", "new"]);
});

test("a scan that could not be kept may be shown again at once", () => {
  const debounce = new Debounce(1_000);
  debounce.picture([ONE, TWO], 0);

  debounce.forget(ONE);
  assert.deepEqual([...debounce.picture([ONE, TWO], 1).values()], ["new", "held"]);
  debounce.forgetAll();
  assert.deepEqual([...debounce.picture([ONE, TWO], 2).values()], ["new", "new"]);
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

test("every second frame is read at twice the size, every fourth sharper, some with the light evened", () => {
  assert.deepEqual([0, 1, 2, 3, 4].map(stepOf), ["plain", "crisp", "evened", "doubled", "plain"]);
});
