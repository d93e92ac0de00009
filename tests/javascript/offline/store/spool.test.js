import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";
import {
  Spool,
  setAsideRow,
  whatWasTold,
} from "../../../../checkin/static/js/offline/store/spool.js";
import { Storage } from "../../../../checkin/static/js/offline/store/storage.js";
import { emptyBrowser } from "../../browser.js";
import { aKeptScan, aLease, aPassage, aScan, ONE as CODE } from "../../fakes.js";
import { tokenOf } from "../../lists.js";

/** @import { Decided } from "../../../../checkin/static/js/offline/store/spool.js" */

beforeEach(emptyBrowser);

// The cases to which the scanner is held, too.
const VECTORS = new URL("../../../vectors/sent_again.json", import.meta.url);
/** @type {{cases: {name: string, decided: Decided | null, was_counted: boolean, sent: Decided}[]}} */
const { cases: SENT_AGAIN } = JSON.parse(readFileSync(VECTORS, "utf-8"));

/** @type {Decided} */
const OK = { status: "ok", reason: null };
const [ONE, TWO, THREE] = [aScan("s1"), aScan("s2"), aScan("s3")];
const [KEPT_ONE, KEPT_TWO, KEPT_THREE] = ["s1", "s2", "s3"].map((id) => aKeptScan(id));

/** Return the spool as the next page finds it. */
const reopened = () => Spool.of(new Storage());

/** @param {Spool} spool */
const idsDecided = (spool) => spool.decided().map((row) => row.scan_id);

test("a scan is safe once it was put, and once only", async () => {
  const spool = await reopened();
  await spool.put(ONE, "f1");
  await spool.put(ONE, "f2");
  await spool.put(TWO, "f1");

  const next = await reopened();
  assert.equal(next.waitingCount, 2);
  assert.deepEqual(next.undecided(), [KEPT_ONE, KEPT_TWO]);
  assert.deepEqual([next.frameOf("s1"), next.frameOf("s9")], ["f1", null]);
});

test("neither a code nor its token is ever stored or mirrored", async () => {
  const storage = new Storage();
  const spool = await Spool.of(storage);
  await spool.put(ONE, "f1");
  await spool.put(TWO, "f1");
  await spool.decide("s1", OK, aPassage("s1"));
  await spool.setAside("s2", "no");

  const kept = [await storage.all("waiting"), await storage.all("set_aside")];
  const text = JSON.stringify([kept, spool.decided(), spool.undecided(), spool.setAsideList]);
  const token = Buffer.from(tokenOf(CODE));
  for (const secret of [
    CODE,
    CODE.slice(1, -2),
    token.toString("hex"),
    token.toString("base64url"),
  ])
    assert.ok(!text.includes(secret), secret);
  assert.ok(text.includes(String(KEPT_ONE.badge_ref)));
});

test("scans stay in the order in which they were read", async () => {
  const spool = await reopened();
  await spool.put(aScan("z"), "f1");
  await spool.put(aScan("a"), "f1");
  await (await reopened()).put(aScan("m"), "f1");

  assert.deepEqual(
    (await reopened()).undecided().map((scan) => scan.scan_id),
    ["z", "a", "m"],
  );
});

test("what was told here and whom it counts is kept with the scan", async () => {
  const spool = await reopened();
  await spool.put(ONE, "f1");
  await spool.decide("s1", OK, aPassage("s1", { lease_id: "L1", place: true }));

  const next = await reopened();
  assert.deepEqual(next.decided(), [
    { scan_id: "s1", position: 1, scan: KEPT_ONE, decided: OK, frame: "f1", lease_id: "L1" },
  ]);
  assert.deepEqual(next.undecided(), []);
  assert.equal(next.memory.history("tag 1", 1).entries, 1);
  assert.equal(next.memory.waits("tag 1"), true);
  assert.equal(next.memory.placesSpent("L1", 4), 1);
});

test("a scan that nobody put cannot be decided", async () => {
  const spool = await reopened();

  await assert.rejects(spool.decide("s1", OK, null), /no scan s1 waits/);
});

test("a scan leaves when the server acknowledges its id, and its passage is remembered", async () => {
  const spool = await reopened();
  await spool.put(ONE, "f1");
  await spool.put(TWO, "f1");
  await spool.done(["s1"], aPassage("s1"));

  assert.deepEqual(spool.undecided(), [KEPT_TWO]);
  const next = await reopened();
  assert.deepEqual([next.waitingCount, next.undecided()], [1, [KEPT_TWO]]);
  assert.equal(next.memory.history("tag 1", 1).entries, 1);
  assert.equal(next.memory.waits("tag 1"), false);
});

test("a batch settles what was taken, and lists what a person must look at", async () => {
  const storage = new Storage();
  const spool = await Spool.of(storage);
  for (const scan of [ONE, TWO, THREE]) await spool.put(scan, "f1");

  const contradicted = { scan_id: "s1", reason: /** @type {const} */ ("blocked") };
  await spool.settle(["s1", "s2"], [contradicted], [setAsideRow({ scan: KEPT_TWO }, "too old")]);

  const next = await reopened();
  assert.deepEqual(next.undecided(), [KEPT_THREE]);
  assert.deepEqual(next.setAsideList, [setAsideRow({ scan: KEPT_TWO }, "too old")]);
  assert.equal(next.setAsideCount, 1);
  assert.deepEqual(await storage.all("contradicted"), [contradicted]);
});

test("what could not be stored is not believed", async () => {
  const spool = await reopened();
  await spool.put(ONE, "f1");
  await spool.storage.empty(["contradicted"], true);

  const changes = [
    spool.put(TWO, "f1"),
    spool.decide("s1", OK, aPassage("s1")),
    spool.done(["s1"], aPassage("s1")),
    spool.settle(["s1"], [], [setAsideRow({ scan: KEPT_ONE }, "no")]),
    spool.takeLease(aLease(), "L1"),
    spool.dropLease(),
    spool.keepSkew("f1", 100),
  ];
  const ended = await Promise.allSettled(changes);

  const kinds = ended.map((one) => one.status === "rejected" && one.reason.kind);
  assert.deepEqual(kinds, Array(changes.length).fill("lost"));

  assert.deepEqual([spool.undecided(), spool.setAsideCount], [[KEPT_ONE], 0]);
  assert.equal(spool.memory.history("tag 1", 1).entries, 0);
  assert.deepEqual([spool.memory.lease(), spool.skewOf("f1")], [null, null]);
});

test("one scan that the server will never take is set aside", async () => {
  const spool = await reopened();
  await spool.put(ONE, "f1");

  await spool.setAside("s1", "409 other_scan: …");

  assert.deepEqual([spool.waitingCount, spool.setAsideCount], [0, 1]);
  assert.deepEqual((await reopened()).setAsideList, [
    setAsideRow({ scan: KEPT_ONE, frame: "f1" }, "409 other_scan: …"),
  ]);
});

for (const { name, decided, was_counted: wasCounted, sent } of SENT_AGAIN)
  test(`what was set aside is sent as what it was: ${name}`, () => {
    assert.deepEqual(whatWasTold(decided, wasCounted), sent);
  });

test("of an earlier version, whoever was counted in on a scan that was set aside was let in", async () => {
  const spool = await reopened();
  await spool.put(ONE, "f1");
  await spool.decide("s1", OK, aPassage("s1"));
  await spool.settle(["s1"], [], [setAsideRow({ scan: KEPT_ONE }, "400")]); // it kept no decision

  await spool.sendAgain();

  assert.deepEqual(
    spool.decided().map((row) => row.decided),
    [OK],
  );
});

test("what was set aside waits again as what it was", async () => {
  const spool = await reopened();
  await spool.put(ONE, "f1");
  await spool.put(TWO, "f1");
  await spool.decide("s2", OK, { ...aPassage("s2"), lease_id: "L1" });
  await spool.setAside("s1", "400");
  await spool.setAside("s2", "400");

  assert.equal(await spool.sendAgain(), 2);

  for (const one of [spool, await reopened()]) {
    assert.deepEqual([one.waitingCount, one.setAsideCount], [2, 0]);
    assert.deepEqual(one.undecided(), []); // none is decided as a new one
    const rows = one.decided().map((row) => [row.scan, row.decided, row.frame, row.lease_id]);
    assert.deepEqual(rows, [
      [KEPT_ONE, { status: "error", reason: null }, "f1", null], // whoever it was was turned away
      [KEPT_TWO, OK, "f1", "L1"],
    ]);
  }
});

test("an acknowledged scan that was set aside is offered again", async () => {
  const spool = await reopened();
  for (const epoch of ["a", "b"]) await spool.acknowledged.meet(epoch.repeat(32));
  const told = { scan: KEPT_ONE, decided: OK, frame: "f1", epoch: "a".repeat(32) };
  await spool.settle([], [], [setAsideRow({ scan: KEPT_ONE }, "400")], [told]);
  await spool.acknowledged.heard(["s1"], "b".repeat(32));
  assert.equal(spool.acknowledged.countToOffer, 0);

  await spool.sendAgain();

  for (const one of [spool, await reopened()])
    assert.deepEqual([one.acknowledged.countToOffer, one.waitingCount], [1, 0]);
});

test("a walk-in who was set aside waits again", async () => {
  const spool = await reopened();
  const walkIn = { id: "w1", delegation_id: 4, sealed: "sealed" };
  const passage = { ...aPassage("s1"), lease_id: "L1" };
  await spool.walkIns.takeIn(walkIn, ONE, { decided: OK, passage }, "f1");
  const [row] = spool.walkIns.all;
  await spool.walkIns.putAside(row, "409");

  await spool.sendAgain();

  for (const one of [spool, await reopened()]) assert.deepEqual(one.walkIns.all, [row]);
});

test("a batch holds decided scans that one clock read, the oldest first", async () => {
  const spool = await reopened();
  for (const [id, frame] of [
    ["s1", "f1"],
    ["s2", "f1"],
    ["s3", "f2"],
    ["s4", "f1"],
  ]) {
    await spool.put(aScan(id), frame);
  }
  for (const id of ["s2", "s3", "s4"]) await spool.decide(id, OK, null);

  assert.deepEqual(idsDecided(spool), ["s2", "s4"]);
  assert.deepEqual(
    spool.decided(new Set(["s2", "s4"])).map((row) => row.scan_id),
    ["s3"],
  );
  assert.equal(spool.decidedCount, 3);
});

test("a batch has 500 scans at most", async () => {
  const spool = await reopened();
  for (let number = 0; number < 501; number += 1) {
    const id = `s${number}`;
    await spool.put(aScan(id), "f1");
    await spool.decide(id, OK, null);
  }

  assert.deepEqual([spool.decided().length, spool.decidedCount], [500, 501]);
});

test("what is done alone is done one after the other, also after one that failed", async () => {
  const spool = await reopened();
  /** @type {string[]} */
  const told = [];
  const failing = spool.alone(async () => {
    told.push("first begins");
    await new Promise((done) => setTimeout(done, 5));
    told.push("first ends");
    throw new Error("no");
  });
  const second = spool.alone(async () => told.push("second"));

  await assert.rejects(failing, /no/);
  assert.equal(await second, 3);
  assert.deepEqual(told, ["first begins", "first ends", "second"]);
});

test("a new lease takes over what waits on the one before", async () => {
  const spool = await reopened();
  await spool.put(ONE, "f1");
  await spool.decide("s1", OK, aPassage("s1", { lease_id: "L1", place: true }));

  await spool.takeLease(aLease({ lease_id: "L2", places: 1 }), "L2");

  for (const { memory } of [spool, await reopened()]) {
    assert.equal(memory.lease()?.leaseId, "L2");
    assert.deepEqual([memory.placesSpent("L1", 4), memory.placesSpent("L2", 4)], [0, 1]);
  }
});

test("a lease that was dropped lends nothing any more", async () => {
  const spool = await reopened();
  await spool.takeLease(aLease(), "L1");

  await spool.dropLease();

  assert.equal(spool.memory.lease(), null);
  assert.equal((await reopened()).memory.lease(), null);
});

test("an annulled passage is forgotten on the disk too", async () => {
  const spool = await reopened();
  await spool.done([], aPassage("s1"));

  await spool.forgetPassage("s1");
  await spool.forgetPassage("unknown");

  for (const { memory } of [spool, await reopened()]) {
    assert.equal(memory.history("tag 1", 1).entries, 0);
  }
});

test("the skew of each frame is kept, and the newest is the last", async () => {
  const spool = await reopened();
  assert.deepEqual([spool.lastSkew, spool.skewOf("f1"), spool.skewOf(null)], [0, null, null]);

  await spool.keepSkew("f1", 100);
  await spool.keepSkew("f2", 200);
  await spool.keepSkew("f1", 300);

  for (const now of [spool, await reopened()]) {
    assert.deepEqual([now.skewOf("f1"), now.skewOf("f2"), now.lastSkew], [300, 200, 300]);
  }
});

test("wiping forgets people and keeps what the server has not heard of", async () => {
  const storage = new Storage();
  const spool = await Spool.of(storage);
  await storage.write(["entries"], (store) => store("entries").put({ tag: "t", sealed: "s" }));
  await spool.takeLease(aLease(), "L1");
  await spool.put(ONE, "f1");
  await spool.decide("s1", OK, aPassage("s1"));

  await spool.put(TWO, "f1");
  await spool.setAside("s2", "no");

  await spool.wipe(false);

  assert.equal(spool.memory.lease(), null);
  assert.equal(spool.memory.history("tag 1", 1).entries, 0);
  const next = await reopened();
  assert.deepEqual([next.waitingCount, next.setAsideCount], [1, 1]);
  assert.equal(next.memory.history("tag 1", 1).entries, 0);
  assert.deepEqual(await storage.all("entries"), []);
});

test("wiping leaves nothing where all was sent", async () => {
  const storage = new Storage();
  const spool = await Spool.of(storage);
  await spool.keepSkew("f1", 100);

  await spool.wipe(true);

  assert.equal((await reopened()).skewOf("f1"), null);
  await assert.rejects(spool.put(ONE, "f1"), { kind: "lost" });
});
