import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { KEPT_AFTER_THE_END_MS } from "../../../checkin/static/js/offline/acknowledged.js";
import { Spool } from "../../../checkin/static/js/offline/store/spool.js";
import { Storage } from "../../../checkin/static/js/offline/store/storage.js";
import { emptyBrowser } from "../browser.js";
import { aPassage, aScan } from "../fakes.js";

/** @import { Decided } from "../../../checkin/static/js/offline/store/spool.js" */

beforeEach(emptyBrowser);

const [A, B] = ["a".repeat(32), "b".repeat(32)];
/** @type {Decided} */
const OK = { status: "ok", reason: null };

/** Return the spool as the next page finds it, of the event. */
async function reopened() {
  const spool = await Spool.of(new Storage());
  spool.acknowledged.event = "rabat";
  return spool;
}

/**
 * Let an epoch acknowledge a scan.
 * @param {Spool} spool
 * @param {string} id
 * @param {string} epoch
 * @param {number} number in its log
 */
async function acknowledge(spool, id, epoch, number = 0) {
  const told = { scan: aScan(id), decided: OK, frame: "f1", epoch, counter: `${number} ${id}` };
  await spool.done([id], aPassage(id), [told]);
}

/** @param {Spool} spool */
const offered = (spool) => spool.acknowledged.toOffer.map((row) => row.scan_id);

test("what one epoch has acknowledged is offered to the next one, once", async () => {
  const spool = await reopened();
  await spool.acknowledged.meet(A);
  await acknowledge(spool, "s1", A);
  await acknowledge(spool, "s2", A);
  assert.deepEqual(offered(spool), []);

  await spool.acknowledged.meet(B);
  const next = await reopened();
  assert.deepEqual(offered(next), ["s1", "s2"]);
  await next.acknowledged.heard(["s1"], B);
  assert.deepEqual(offered(await reopened()), ["s2"]);
});

test("a badge is kept by its reference, with what the person was told", async () => {
  const spool = await reopened();
  await acknowledge(spool, "s1", A);
  await spool.acknowledged.meet(B);

  const [row] = (await reopened()).acknowledged.toOffer;
  assert.ok(row.scan.badge_ref);
  assert.ok(!("code" in row.scan));
  assert.deepEqual([row.decided, row.frame, row.annulled], [OK, "f1", false]);
});

test("the highest number of the present epoch is told to the server", async () => {
  const spool = await reopened();
  assert.equal(spool.acknowledged.seen(), "");
  await spool.acknowledged.meet(A);
  assert.equal(spool.acknowledged.seen(), A);
  await acknowledge(spool, "s1", A, 7);
  await acknowledge(spool, "s2", A, 5);
  assert.equal((await reopened()).acknowledged.seen(), `${A} 7 s1`);

  await spool.acknowledged.meet(B);
  assert.equal(spool.acknowledged.seen(), B);
});

test("an epoch that was left is not the present one again", async () => {
  const spool = await reopened();
  for (const epoch of [A, B, A, "nonsense"]) await spool.acknowledged.meet(epoch);

  assert.deepEqual((await reopened()).acknowledged.met, [A, B]);
});

test("a passage that a restore has lost waits for the server as one that was not sent", async () => {
  const spool = await reopened();
  await spool.acknowledged.meet(A);
  await acknowledge(spool, "s1", A);
  const { tag } = aPassage("s1");
  assert.equal(spool.memory.waits(tag), false);

  await spool.acknowledged.meet(B);
  assert.equal(spool.memory.waits(tag), true);
  await spool.acknowledged.heard(["s1"], B);
  assert.equal(spool.memory.waits(tag), false);
});

test("another event's scans are kept, and not offered to this one's", async () => {
  const spool = await reopened();
  await acknowledge(spool, "s1", A);
  await spool.acknowledged.meet(B);
  spool.acknowledged.event = "sale";

  assert.deepEqual([offered(spool), spool.acknowledged.count], [[], 1]);
});

test("a scan that was taken back is offered as such", async () => {
  const spool = await reopened();
  await acknowledge(spool, "s1", A);
  await spool.forgetPassage("s1");
  await spool.acknowledged.meet(B);

  assert.equal((await reopened()).acknowledged.toOffer[0].annulled, true);
});

test("a revocation erases what the server has, and keeps what it may have lost", async () => {
  const spool = await reopened();
  await acknowledge(spool, "s1", A);
  await acknowledge(spool, "s2", B);
  await spool.acknowledged.meet(A);
  await spool.acknowledged.meet(B);
  await spool.wipe(true);

  assert.deepEqual(
    (await new Storage().all("acknowledged")).map((row) => row.scan_id),
    ["s1"],
  );
});

test("a purge erases all of it", async () => {
  const spool = await reopened();
  await acknowledge(spool, "s1", A);
  await spool.acknowledged.meet(B);
  await spool.wipe(true, true);

  assert.deepEqual(await new Storage().all("acknowledged"), []);
});

test("pairing anew keeps what was acknowledged, and the epochs", async () => {
  const spool = await reopened();
  await spool.acknowledged.meet(A);
  await acknowledge(spool, "s1", A);
  await spool.wipe(false);

  const next = await reopened();
  assert.deepEqual([next.acknowledged.met, next.acknowledged.count], [[A], 1]);
});

test("a week after the event nothing is kept any more", async () => {
  const spool = await reopened();
  await acknowledge(spool, "s1", A);
  await spool.acknowledged.retire([10, 20], 20 + KEPT_AFTER_THE_END_MS);
  assert.equal(spool.acknowledged.count, 1);
  await spool.acknowledged.retire([10, 20], 21 + KEPT_AFTER_THE_END_MS);

  assert.equal((await reopened()).acknowledged.count, 0);
});

test("a walk-in who is registered again gives their scans the new badge", async () => {
  const spool = await reopened();
  await acknowledge(spool, "s1", A);
  const ref = String(
    spool.acknowledged.rowOf({ scan: aScan("s1"), decided: OK, frame: "" }).scan.badge_ref,
  );
  const walkIn = { id: "w1", delegation_id: 1, sealed: "…" };
  await spool.acknowledged.keepWalkIn(spool.acknowledged.registeredRow(walkIn, ref, A));
  await spool.acknowledged.meet(A);
  await spool.acknowledged.meet(B);
  const [row] = spool.acknowledged.walkInsToOffer;
  await spool.walkInIsBack(row, "f".repeat(32), B);

  const next = await reopened();
  assert.deepEqual(next.acknowledged.walkInsToOffer, []);
  assert.equal(next.acknowledged.toOffer[0].scan.badge_ref, "f".repeat(32));
});

test("the number of a batch counts though the result of its scan was lost on the way", async () => {
  const spool = await reopened();
  await spool.acknowledged.meet(A);
  await acknowledge(spool, "s1", A, 7);
  await spool.acknowledged.noteNumber(A, "12 s9");
  await spool.acknowledged.noteNumber(A, "11 s8");
  await spool.acknowledged.noteNumber(A, "");

  assert.equal((await reopened()).acknowledged.seen(), `${A} 12 s9`);
  await acknowledge(spool, "s2", A, 13);
  assert.equal(spool.acknowledged.seen(), `${A} 13 s2`);
  await spool.acknowledged.meet(B);
  assert.equal(spool.acknowledged.seen(), B);
});
