import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { tagOf } from "../../../checkin/static/js/offline/scan.js";
import { Spool } from "../../../checkin/static/js/offline/store/spool.js";
import { Storage } from "../../../checkin/static/js/offline/store/storage.js";
import { emptyBrowser } from "../browser.js";
import { aKeptScan, aPassage, aScan, ONE } from "../fakes.js";

/** @import { Decided } from "../../../checkin/static/js/offline/store/spool.js" */

beforeEach(emptyBrowser);

/** @type {Decided} */
const OK = { status: "ok", reason: null };
const WALK_IN = { id: "w1", delegation_id: 4, sealed: "…" };
const SCAN = aScan("s1", { code: "", source: "typed" });
const KEPT = aKeptScan("s1", { code: "", source: "typed" });
const [{ badge_ref: REF }, TAG] = [aKeptScan("s1"), tagOf(aScan("s1"))];
const PASSAGE = aPassage("s1", { tag: "w1", participant_id: null, lease_id: "L1", place: true });

const reopened = () => Spool.of(new Storage());

async function withOneInside() {
  const spool = await reopened();
  await spool.walkIns.takeIn(WALK_IN, SCAN, { decided: OK, passage: PASSAGE }, "f1");
  return spool;
}

test("who was let in without a badge waits, and has spent a place", async () => {
  await withOneInside();

  const spool = await reopened();
  assert.deepEqual(spool.walkIns.all, [
    {
      scan_id: "s1",
      position: 1,
      walk_in: WALK_IN,
      scan: KEPT,
      decided: OK,
      frame: "f1",
      lease_id: "L1",
    },
  ]);
  assert.deepEqual([spool.walkIns.count, spool.waitingCount, spool.decidedCount], [1, 1, 1]);
  assert.equal(spool.memory.placesSpent("L1", 4), 1);
  assert.equal(spool.walkIns.has("s1"), true);
});

test("who could not be kept safe is not let in", async () => {
  const spool = await reopened();
  await spool.storage.empty(["contradicted"], true);

  const taking = spool.walkIns.takeIn(WALK_IN, SCAN, { decided: OK, passage: PASSAGE }, "f1");

  await assert.rejects(taking, { kind: "lost" });
  assert.deepEqual([spool.walkIns.count, spool.memory.placesSpent("L1", 4)], [0, 0]);
});

test("walk-ins and scans that wait are counted together", async () => {
  const spool = await withOneInside();
  for (const id of ["s2", "s3"]) await spool.put(aScan(id), "f1");
  await spool.decide("s2", OK, null);

  assert.deepEqual([spool.waitingCount, spool.decidedCount], [3, 2]);
});

test("once registered, their entry waits as any scan, with the badge and the person", async () => {
  const spool = await withOneInside();

  await spool.walkIns.registered(spool.walkIns.all[0], ONE, 55);

  for (const now of [spool, await reopened()]) {
    assert.equal(now.walkIns.count, 0);
    assert.deepEqual(now.decided(), [
      {
        scan_id: "s1",
        position: 1,
        scan: { ...KEPT, badge_ref: REF },
        decided: OK,
        frame: "f1",
        lease_id: "L1",
      },
    ]);
    assert.equal(now.memory.history(TAG, 55).entries, 1);
    assert.equal(now.memory.waits(TAG), true);
  }
});

test("whom the server will never register is put aside for a person to look at", async () => {
  const spool = await withOneInside();

  await spool.walkIns.putAside(spool.walkIns.all[0], "no such delegation");

  for (const now of [spool, await reopened()]) {
    assert.deepEqual([now.walkIns.count, now.waitingCount], [0, 0]);
    assert.deepEqual(now.setAsideList, [
      {
        scan_id: "s1",
        scan: { ...KEPT, walk_in: WALK_IN },
        error: "no such delegation",
        decided: { status: "ok", reason: null },
        frame: "f1",
        lease_id: "L1",
      },
    ]);
  }
});
