import assert from "node:assert/strict";
import test from "node:test";
import {
  byPosition,
  Memory,
  nextPosition,
  passageTold,
} from "../../../../checkin/static/js/offline/store/memory.js";
import { aKeptScan, aLease, aPassage, aReply, aScan, fake, NOON } from "../../fakes.js";

/** @import { KeptValues } from "../../../../checkin/static/js/offline/store/kept-values.js" */
/** @import { LeaseReply } from "../../../../checkin/static/js/offline/leases.js" */
/** @import { Passage } from "../../../../checkin/static/js/offline/store/memory.js" */

const [FIRST, SECOND] = [aPassage("s1"), aPassage("s2", { direction: "exit" })];

/**
 * Return a memory of passages in their order.
 * @param {Passage[]} passages
 * @param {string[]} waiting ids of scans that the server has yet to hear of
 * @param {LeaseReply | null} lent
 */
function remembering(passages, waiting = [], lent = null) {
  const rows = passages.map((passage, at) => ({ ...passage, position: at + 1 }));
  const unheard = new Set(waiting);
  const kept = new Map([["lent", lent]]);
  /** @type {KeptValues} */
  const values = fake({ value: (name) => /** @type {never} */ (kept.get(name) ?? null) });
  return new Memory([...rows].reverse(), unheard, values);
}

test("nobody is known at first", () => {
  assert.deepEqual(remembering([]).history("tag 1", 1), { entries: 0, inside: false, first: null });
});

test("who came and left is known to have been in", () => {
  const history = remembering([FIRST, SECOND]).history("tag 1", 1);

  assert.deepEqual([history.entries, history.inside, history.first?.scan_id], [1, false, "s1"]);
});

test("the order in which passages became known decides who is inside", () => {
  const again = aPassage("s3", { at: NOON - 60_000 });

  const history = remembering([FIRST, SECOND, again]).history("tag 1", 1);

  assert.deepEqual([history.entries, history.inside, history.first?.scan_id], [2, true, "s1"]);
});

test("who only left was never counted in", () => {
  assert.deepEqual(remembering([SECOND]).history("tag 1", 1), {
    entries: 0,
    inside: false,
    first: null,
  });
});

test("a person is known by another badge, and a badge without its person", () => {
  const nameless = aPassage("s1", { participant_id: null });

  assert.equal(remembering([FIRST]).history("tag 2", 1).entries, 1);
  assert.equal(remembering([FIRST]).history("tag 2", 2).entries, 0);
  assert.equal(remembering([nameless]).history("tag 1", 2).entries, 1);
  assert.equal(remembering([nameless]).history("tag 2", null).entries, 0);
});

test("a badge waits while the server has yet to hear of its holder, by whatever badge", () => {
  const other = aPassage("s2", { tag: "tag 2" });

  assert.equal(remembering([FIRST, other], []).waits("tag 1"), false);
  assert.equal(remembering([FIRST, other], ["s1"]).waits("tag 1"), true);
  assert.equal(remembering([FIRST, other], ["s2"]).waits("tag 1"), true);
  assert.equal(remembering([FIRST, other], ["s2"]).waits("tag 3"), false);
});

test("two badges of whom nobody knows the holder are not one person's", () => {
  const nameless = aPassage("s1", { participant_id: null });
  const other = aPassage("s2", { participant_id: null, tag: "tag 2" });

  assert.equal(remembering([nameless, other], ["s2"]).waits("tag 1"), false);
});

test("places and seats are counted by their lease", () => {
  const memory = remembering([
    aPassage("s1", { lease_id: "L1", place: true, seat: true }),
    aPassage("s2", { lease_id: "L1", place: true, delegation_id: 5 }),
    aPassage("s3", { lease_id: "L2", place: true }),
    aPassage("s4", { lease_id: "L1", seat: true }),
    aPassage("s5", { lease_id: "L1" }),
  ]);

  assert.deepEqual(
    [memory.placesSpent("L1", 4), memory.placesSpent("L1", 5), memory.placesSpent("L2", 4)],
    [1, 1, 1],
  );
  assert.deepEqual([memory.seatsSpent("L1"), memory.seatsSpent("L2")], [2, 0]);
});

test("a new lease is charged with what the server has not heard of", () => {
  const spent = aPassage("s1", { lease_id: "L1", place: true });
  const heard = aPassage("s2", { lease_id: "L1", place: true });
  const free = aPassage("s3");

  const charged = remembering([spent, heard, free], ["s1", "s3"]).chargedTo("L2");

  assert.deepEqual(charged, [{ ...spent, lease_id: "L2", position: 1 }]);
});

test("what was lent last is told, expired or not", () => {
  assert.equal(remembering([]).lease(), null);
  assert.equal(remembering([], [], aLease({ lease_id: "L9" })).lease()?.leaseId, "L9");
});

test("a passage is remembered once, after the last", () => {
  const memory = remembering([FIRST]);

  const row = memory.rowOf(SECOND);
  assert.deepEqual(row, { ...SECOND, position: 2 });
  memory.believe(row);

  assert.equal(memory.rowOf(SECOND), null);
  assert.equal(memory.rowOf(null), null);
  assert.equal(memory.history("tag 1", 1).inside, false);
});

test("an annulled passage is nobody's, and what it spent stays spent", () => {
  const memory = remembering([aPassage("s1", { lease_id: "L1", place: true })]);

  memory.believe(memory.nobodys("s1"));

  assert.equal(memory.history("tag 1", 1).entries, 0);
  assert.equal(memory.placesSpent("L1", 4), 1);
  assert.equal(memory.nobodys("s9"), null);
});

test("a walk-in's passage becomes that of the badge they are given", () => {
  const memory = remembering([aPassage("s1", { tag: "their id", participant_id: null })]);

  memory.believe(memory.whose("s1", "tag 5", 55));

  assert.equal(memory.history("tag 5", 55).entries, 1);
  assert.equal(memory.history("their id", null).entries, 0);
});

test("all is forgotten", () => {
  const memory = remembering([FIRST]);

  memory.forgetAll();

  assert.equal(memory.history("tag 1", 1).entries, 0);
});

test("who was let in passed here", () => {
  const scan = aScan("s1");

  assert.deepEqual(passageTold(scan, "tag 1", aReply(scan), NOON, "Porte A"), aPassage("s1"));
});

test("who came in before passed where the reply says", () => {
  const scan = aScan("s1", { type: "exit" });
  const reply = aReply(scan, {
    status: "error",
    reason: "already_redeemed",
    first_admission: { at: "2025-06-14T11:00:00Z", gate: "Porte B" },
  });

  const passage = passageTold(scan, "tag 1", reply, NOON, "Porte A");

  assert.deepEqual(passage, aPassage("s1", { at: NOON - 3_600_000, gate: "Porte B" }));
});

test("a refusal, or a reply to a practice badge, tells of no passage", () => {
  const scan = aScan("s1");
  const refused = aReply(scan, { status: "error", reason: "blocked" });
  const practice = aReply(scan, { participant: null, rehearsal: true });
  const unknown = aReply(scan, { status: "error", reason: "already_redeemed" });

  assert.equal(passageTold(scan, "tag 1", refused, NOON, "Porte A"), null);
  assert.equal(passageTold(scan, "tag 1", practice, NOON, "Porte A"), null);
  assert.equal(passageTold(scan, "tag 1", unknown, NOON, "Porte A"), null);
});

test("a yes that names nobody tells that the badge has passed", () => {
  const told = aReply(aScan("s1"), { participant: null, delegation: null });

  const passage = passageTold(aKeptScan("s1"), "tag 1", told, NOON, "Porte A");

  assert.deepEqual(passage, aPassage("s1", { participant_id: null, delegation_id: null }));
});

test("rows are in the order of their positions", () => {
  const rows = [{ position: 3 }, { position: 1 }, { position: 2 }];

  assert.deepEqual(byPosition(rows), [{ position: 1 }, { position: 2 }, { position: 3 }]);
  assert.equal(nextPosition(new Map(rows.map((row) => [String(row.position), row]))), 4);
  assert.equal(nextPosition(new Map()), 1);
});
