import assert from "node:assert/strict";
import test from "node:test";
import { BusList, bodyOf, summedUp } from "../../../checkin/static/js/offline/bus.js";
import { busVector } from "../lists.js";

/** @import { Kind } from "../../../checkin/static/js/offline/scan.js" */

const { content, results, spaces } = busVector();
const AT = Date.parse("2025-06-14T14:30:00Z");

/** @param {string[]} arrived names of those who have come in */
function aBus(arrived = []) {
  const people = content.people.map((one) => ({
    ...one,
    arrived_at: arrived.includes(one.participant.name) ? "2025-06-14T14:00:00Z" : null,
  }));
  return new BusList({ ...content, people });
}

/** @param {BusList} bus */
const scanned = (bus) => bus.scans(AT).map(({ listed }) => listed.participant.name);

/** What clients call the kinds: the scanner says "admitted" where the page says "ok". */
const kindOf = (/** @type {string} */ kind) =>
  /** @type {Kind} */ (kind === "admitted" ? "ok" : kind);

test("verdicts are summed up as the vectors say", () => {
  for (const { kinds, in_before, let_in, already, refused } of results) {
    const told = summedUp(kinds.map(kindOf), in_before);

    assert.deepEqual(told, { letIn: let_in, already, refused });
  }
});

test("the space key goes on with a name or ticks as the vectors say", () => {
  for (const { names, letters, goes_on } of spaces) {
    const people = content.people.map((one, at) => ({
      ...one,
      participant: { ...one.participant, name: names[at], name_ar: names[at] },
    }));
    const bus = new BusList({ ...content, people });
    bus.find(letters);

    assert.equal(bus.spaceGoesOn, goes_on, letters);
  }
});

test("everybody is ticked but who has come in, and each has a scan by number and reference", () => {
  const bus = aBus(["Amina 1"]);

  assert.equal(bus.inBefore, 1);
  const [listed, ...others] = bus.scans(AT, "246810");
  const how = { type: "entry", source: "bus", scanned_at: "2025-06-14T14:30:00.000Z" };
  const { scan_id } = listed.scan;
  assert.deepEqual(others, []);
  assert.deepEqual(listed.scan, { scan_id, ...how, badge_ref: content.people[1].ref });
  assert.deepEqual(bodyOf(listed), {
    scan_id,
    ...how,
    participant_id: 2,
    supervisor_pin: "246810",
  });
});

test("who is missing is found by some letters of either script, and is not scanned", () => {
  for (const letters of ["BRAH", "إبر", "ابراه"]) {
    const bus = aBus();

    bus.find(letters);
    bus.toggle();

    assert.deepEqual(scanned(bus), ["Amina 1"]);
    assert.deepEqual(bus.shown, [0, 1]); // what was typed is done with
    assert.equal(bus.marked, 1);
  }
});

test("the mark stays within the list, and ticks again whom it took out", () => {
  const bus = aBus();

  bus.move(-1);
  assert.equal(bus.marked, 0);
  bus.move(5);
  assert.equal(bus.marked, 1);
  bus.toggle();
  bus.toggle();
  assert.deepEqual(scanned(bus), ["Amina 1", "Brahim 2"]);
});

test("nobody is marked where no name matches, and who has come in cannot be ticked", () => {
  const bus = aBus(["Amina 1"]);

  bus.find("zzz");
  bus.toggle();
  assert.equal(bus.marked, null);
  bus.find("");
  bus.toggle(0);
  assert.deepEqual(scanned(bus), ["Brahim 2"]);
});
