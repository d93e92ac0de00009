import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { OfflineGate } from "../../../checkin/static/js/offline/decisions.js";
import { HeldList } from "../../../checkin/static/js/offline/list/held-list.js";
import { refOf, tagOf } from "../../../checkin/static/js/offline/scan.js";
import { Spool } from "../../../checkin/static/js/offline/store/spool.js";
import { Storage } from "../../../checkin/static/js/offline/store/storage.js";
import { newcomerNamed } from "../../../checkin/static/js/offline/walk-in.js";
import { Delivery } from "../../../checkin/static/js/server/delivery.js";
import {
  NotKnownYet,
  Rejected,
  ServerFailed,
  TokenRefused,
  Unreachable,
} from "../../../checkin/static/js/server/line.js";
import { textOf } from "../../../checkin/static/js/shared/bytes.js";
import { emptyBrowser } from "../browser.js";
import {
  aContent,
  aKeptScan,
  aLease,
  aPassage,
  aReply,
  aScan,
  fake,
  KHEMISSET,
  NOON,
  ONE,
  PLACE,
  REASONS,
  TestClock,
  TWO,
} from "../fakes.js";
import { aList } from "../lists.js";

/** @import { Line } from "../../../checkin/static/js/server/line.js" */
/** @import { DecidedRow } from "../../../checkin/static/js/offline/store/spool.js" */

beforeEach(emptyBrowser);

/** @param {Partial<Line>} answers what the server answers */
async function aDelivery(answers) {
  const spool = await Spool.of(new Storage());
  const held = new HeldList(spool.storage, spool.kept, "rabat");
  await held.take(await aList({ people: [[ONE, aContent()]] }), "");
  const clock = new TestClock();
  const gate = new OfflineGate(held, spool.memory, clock, PLACE, REASONS);
  /** @type {Line} */
  const line = fake(answers);
  return { delivery: new Delivery(spool, line, gate, clock), spool, clock };
}

/**
 * Let these scans wait, as let in here.
 * @param {Spool} spool
 * @param {string[]} ids
 * @param {string} frame
 */
async function letIn(spool, ids, frame) {
  for (const id of ids) {
    await spool.put(aScan(id), frame);
    await spool.decide(id, { status: "ok", reason: null }, null);
  }
}

/**
 * A server that takes batches, but fails with `fault` on those that contain a scan.
 * @param {string} bad
 * @param {Error} fault
 */
function failingOn(bad, fault) {
  /** @type {string[][]} */
  const batches = [];
  const postBatch = async (/** @type {DecidedRow[]} */ rows) => {
    const ids = rows.map((row) => row.scan_id);
    batches.push(ids);
    if (ids.includes(bad)) throw fault;
    return ids.map((scan_id) => ({ scan_id, status: /** @type {const} */ ("ok"), reason: null }));
  };
  return { batches, postBatch };
}

test("the server's answer is the verdict, and takes the scan off the spool", async () => {
  const scan = aScan("s1");
  const { delivery, spool, clock } = await aDelivery({ postScan: async () => aReply(scan) });
  await spool.put(scan, clock.frame);

  const verdict = await delivery.deliver(scan);

  assert.deepEqual(verdict, { ...aReply(scan), scan });
  assert.equal(spool.waitingCount, 0);
  assert.equal(spool.memory.history("", 1).entries, 1);
});

test("a scan of an earlier run is sent by its reference, and its badge is known to have passed", async () => {
  /** @type {object[]} */
  const sent = [];
  const { delivery, spool, clock } = await aDelivery({
    postScan: async (scan) => {
      sent.push(scan);
      return { scan_id: "s1", status: "ok", reason: null, participant: null, delegation: null };
    },
  });
  await spool.put(aScan("s1"), clock.frame);
  const { memory } = spool;

  await delivery.askAgain(spool.undecided()[0]);

  assert.deepEqual(sent, [aKeptScan("s1")]);
  assert.equal(spool.waitingCount, 0);
  assert.equal(memory.history(tagOf(aScan("s1")), 1).entries, 1);
});

test("whom a hub does not know yet this gate lets in by its list, and goes on asking", async () => {
  /** @type {(boolean | undefined)[]} */
  const listed = [];
  const { delivery, spool, clock } = await aDelivery({
    postScan: async (scan, _deviceTime, isListed) => {
      listed.push(isListed);
      if (isListed) throw new NotKnownYet("not_known_yet");
      return { scan_id: scan.scan_id, status: "error", reason: "invalid" };
    },
  });
  const [known, stranger] = [aScan("s1"), aScan("s2", { code: TWO })];
  await spool.put(known, clock.frame);
  await spool.put(stranger, clock.frame);

  const verdict = await delivery.deliver(known);
  const refused = await delivery.deliver(stranger);

  assert.deepEqual([verdict.status, verdict.offline, delivery.online], ["ok", true, true]);
  assert.deepEqual([refused.reason, refused.offline], ["invalid", undefined]);
  assert.deepEqual(listed, [true, false]);
  assert.deepEqual(
    spool.decided().map(({ scan_id }) => scan_id),
    ["s1"],
  );
});

test("a server that does not answer leaves the decision to the gate, and the scan waits", async () => {
  let asked = 0;
  const { delivery, spool, clock } = await aDelivery({
    postScan: async () => {
      asked += 1;
      throw new Unreachable("away");
    },
  });
  const [first, second] = [aScan("s1"), aScan("s2")];
  await spool.put(first, clock.frame);
  await spool.put(second, clock.frame);

  const verdict = await delivery.deliver(first);
  assert.deepEqual([verdict.status, verdict.offline, delivery.online], ["ok", true, false]);
  const again = await delivery.deliver(second);
  assert.deepEqual([again.reason, again.offline], ["already_redeemed", true]);

  assert.equal(asked, 1); // known to be away, it is not asked a second time
  assert.deepEqual(
    spool.decided().map(({ scan_id, decided }) => [scan_id, decided.reason]),
    [
      ["s1", null],
      ["s2", "already_redeemed"],
    ],
  );
});

test("a badge whose passage the server has yet to hear of is decided here too", async () => {
  const { delivery, spool, clock } = await aDelivery({
    postScan: async () => assert.fail("the server must hear the first scan first"),
  });
  delivery.online = false;
  await spool.put(aScan("s1"), clock.frame);
  await delivery.deliver(aScan("s1"));
  delivery.online = true;
  await spool.put(aScan("s2"), clock.frame);

  const verdict = await delivery.deliver(aScan("s2"));

  assert.deepEqual([verdict.reason, verdict.offline], ["already_redeemed", true]);
});

test("a scan that the server will never take is set aside", async () => {
  const { delivery, spool, clock } = await aDelivery({
    postScan: async () => {
      throw new Rejected(409, { error: "other_scan", detail: "another was sent so" });
    },
  });
  const scan = aScan("s1");
  await spool.put(scan, clock.frame);

  const verdict = await delivery.deliver(scan);

  assert.deepEqual(verdict, { scan, fault: { code: "rejected", detail: "another was sent so" } });
  assert.deepEqual(
    [spool.waitingCount, spool.setAsideList[0].error],
    [0, "409 other_scan: another was sent so"],
  );
});

test("a refused token is no verdict", async () => {
  const { delivery, spool, clock } = await aDelivery({
    postScan: async () => {
      throw new TokenRefused(false);
    },
  });
  await spool.put(aScan("s1"), clock.frame);

  await assert.rejects(delivery.deliver(aScan("s1")), TokenRefused);
  assert.equal(spool.waitingCount, 1);
});

test("a disk that fails after the answer does not change it", async () => {
  const scan = aScan("s1");
  const { delivery, spool, clock } = await aDelivery({ postScan: async () => aReply(scan) });
  await spool.put(scan, clock.frame);
  spool.done = async () => {
    throw new Error("disk");
  };

  assert.equal((await delivery.deliver(scan)).status, "ok");
});

test("the time told is that of the frame that read the scan", async () => {
  /** @type {(number | null)[]} */
  const times = [];
  const { delivery, spool, clock } = await aDelivery({
    postScan: async (scan, deviceTime) => {
      times.push(deviceTime);
      return aReply(aScan(scan.scan_id));
    },
  });
  await spool.put(aScan("s1"), clock.frame);
  await spool.put(aScan("s2"), "earlier");
  await spool.put(aScan("s3"), "measured");
  await spool.keepSkew("measured", 3_600_000);

  await delivery.ask(aScan("s1"));
  await delivery.ask(aScan("s2"));
  await assert.rejects(delivery.ask(aScan("s3")), Unreachable); // not measured in this run
  clock.note(NOON, NOON, 0);
  await delivery.ask(aScan("s3"));

  assert.deepEqual(times, [NOON, null, NOON + 3_600_000]);
});

test("a batch is settled by the ids that come back, in whatever order", async () => {
  const { delivery, spool, clock } = await aDelivery({
    postBatch: async () => [
      { scan_id: "s3", status: "error", reason: null, error: "too old" },
      { scan_id: "s1", status: "error", reason: "blocked" },
      { scan_id: "not ours", status: "ok", reason: null },
    ],
  });
  await letIn(spool, ["s1", "s2", "s3"], clock.frame);

  assert.deepEqual(await delivery.upload(), { settled: 2, contradicted: 1 });

  assert.deepEqual(
    spool.decided().map((row) => row.scan_id),
    ["s2"],
  );
  assert.deepEqual(
    spool.setAsideList.map((row) => [row.scan_id, row.error]),
    [["s3", "too old"]],
  );
  assert.deepEqual(await spool.storage.all("contradicted"), [{ scan_id: "s1", reason: "blocked" }]);
});

test("a refusal that the server confirms contradicts nothing", async () => {
  const { delivery, spool, clock } = await aDelivery({
    postBatch: async () => [{ scan_id: "s1", status: "error", reason: "blocked" }],
  });
  await spool.put(aScan("s1"), clock.frame);
  await spool.decide("s1", { status: "error", reason: "revoked" }, null);

  assert.deepEqual(await delivery.upload(), { settled: 1, contradicted: 0 });
});

test("where nothing waits nothing is sent", async () => {
  const { delivery } = await aDelivery({ postBatch: async () => assert.fail("nothing to send") });

  assert.deepEqual(await delivery.upload(), { settled: 0, contradicted: 0 });
});

test("one scan that is rejected does not hold up the others", async () => {
  const { batches, postBatch } = failingOn("s2", new Rejected(422, { error: "e", detail: "d" }));
  const { delivery, spool, clock } = await aDelivery({ postBatch });
  await letIn(spool, ["s1", "s2", "s3", "s4"], clock.frame);

  assert.deepEqual(await delivery.upload(), { settled: 4, contradicted: 0 });

  assert.deepEqual(batches, [["s1", "s2", "s3", "s4"], ["s1", "s2"], ["s1"], ["s2"], ["s3", "s4"]]);
  assert.deepEqual(
    spool.setAsideList.map((row) => row.scan_id),
    ["s2"],
  );
});

test("a scan on which the server fails stays, and the others go before it", async () => {
  const { postBatch } = failingOn("s2", new ServerFailed("500"));
  const { delivery, spool, clock } = await aDelivery({ postBatch });
  await letIn(spool, ["s1", "s2", "s3"], clock.frame);

  let settled = 0;
  for (let round = 0; round < 6; round += 1) settled += (await delivery.upload()).settled;

  assert.equal(settled, 2);
  assert.deepEqual(
    spool.decided().map((row) => row.scan_id),
    ["s2"],
  );
  assert.equal(spool.setAsideCount, 0);
});

/** Return the public key that seals walk-ins. */
async function aKey() {
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const { publicKey } = await crypto.subtle.generateKey(curve, true, ["deriveBits"]);
  return textOf(new Uint8Array(await crypto.subtle.exportKey("raw", publicKey)));
}

test("whom the server registered at once is registered again after a restore", async () => {
  const [first, second] = ["a".repeat(32), "b".repeat(32)];
  /** @type {string[]} */
  const asked = [];
  const { delivery, spool } = await aDelivery({
    register: async ({ id }) => {
      asked.push(id);
      return { code: TWO, participant_id: 55, epoch: second };
    },
  });
  const amina = newcomerNamed("Amina", KHEMISSET);
  await spool.acknowledged.meet(first);
  await delivery.keepNewcomer(amina, { code: ONE, participant_id: 54, epoch: first });
  assert.deepEqual(spool.acknowledged.walkInsToOffer, []); // nothing seals the name yet

  await spool.takeLease(aLease({ places: 1, walk_in_key: await aKey() }), "L1");
  await delivery.keepNewcomer(amina, { code: ONE, participant_id: 54, epoch: first });
  await delivery.registerAgain();
  assert.deepEqual(asked, []);

  await spool.acknowledged.meet(second);
  assert.ok(!JSON.stringify(spool.acknowledged.walkInsToOffer).includes("Amina"));
  await delivery.registerAgain();
  await delivery.registerAgain();
  assert.deepEqual(asked, [amina.id]);
});

test("somebody without a badge is let in, kept sealed, and registered later", async () => {
  const { delivery, spool } = await aDelivery({
    register: async (walkIn) => {
      assert.equal(walkIn.delegation_id, 4);
      return { code: TWO, participant_id: 55 };
    },
  });
  await spool.takeLease(aLease({ places: 1, walk_in_key: await aKey() }), "L1");

  const verdict = await delivery.admit(
    newcomerNamed("Amina", KHEMISSET),
    aScan("s1", { code: "" }),
  );
  assert.deepEqual([verdict.status, spool.walkIns.count], ["ok", 1]);
  const next = await delivery.admit(newcomerNamed("Omar", KHEMISSET), aScan("s2", { code: "" }));
  assert.deepEqual([next.reason, spool.walkIns.count], ["quota_exceeded", 1]);
  assert.ok(!JSON.stringify(spool.walkIns.all[0].walk_in).includes("Amina"));

  assert.equal(await delivery.register(), 1);
  assert.deepEqual(
    spool.decided().map((row) => row.scan.badge_ref),
    [refOf(TWO)],
  );
  assert.equal(spool.walkIns.count, 0);
});

test("a walk-in on whom the server fails stays, one whom it rejects is put aside", async () => {
  const faults = [new ServerFailed("500"), new Rejected(422, { error: "e", detail: "d" })];
  const { delivery, spool } = await aDelivery({
    register: async () => {
      throw faults.shift();
    },
  });
  const decided = { status: /** @type {const} */ ("ok"), reason: null };
  for (const id of ["s1", "s2"]) {
    const walkIn = { id, delegation_id: 4, sealed: "…" };
    const answer = { decided, passage: aPassage(id) };
    await spool.walkIns.takeIn(walkIn, aScan(id, { code: "" }), answer, "f");
  }

  assert.equal(await delivery.register(), 0);

  assert.deepEqual(
    spool.walkIns.all.map((row) => row.scan_id),
    ["s1"],
  );
  assert.deepEqual(
    spool.setAsideList.map((row) => [row.scan_id, row.error]),
    [["s2", "422 e: d"]],
  );
});

test("a server that is away settles nothing and sets nothing aside", async () => {
  const away = async () => {
    throw new Unreachable("away");
  };
  const { delivery, spool, clock } = await aDelivery({ postBatch: away, register: away });
  await letIn(spool, ["s1"], clock.frame);
  const decided = { status: /** @type {const} */ ("ok"), reason: null };
  const answer = { decided, passage: aPassage("s2") };
  const walkIn = { id: "w1", delegation_id: 4, sealed: "…" };
  await spool.walkIns.takeIn(walkIn, aScan("s2", { code: "" }), answer, clock.frame);

  await assert.rejects(delivery.upload(), Unreachable);
  await assert.rejects(delivery.register(), Unreachable);

  assert.deepEqual([spool.waitingCount, spool.setAsideCount], [2, 0]);
});

test("a scan on which the server failed is sent again once the server is mended", async () => {
  let broken = true;
  const { delivery, spool, clock } = await aDelivery({
    postBatch: async (rows) => {
      if (broken) throw new ServerFailed("500");
      return rows.map(({ scan_id }) => ({ scan_id, status: "ok", reason: null }));
    },
  });
  await letIn(spool, ["s1", "s2"], clock.frame);
  for (let round = 0; round < 3; round += 1) await delivery.upload();

  broken = false;
  let settled = 0;
  for (let round = 0; round < 2; round += 1) settled += (await delivery.upload()).settled;

  assert.deepEqual([settled, spool.waitingCount], [2, 0]);
});

test("what is contradicted in the parts of a batch is counted together", async () => {
  const { delivery, spool, clock } = await aDelivery({
    postBatch: async (rows) => {
      if (rows.length > 1) throw new Rejected(413, { error: "too_large" });
      return rows.map(({ scan_id }) => ({ scan_id, status: "error", reason: "blocked" }));
    },
  });
  await letIn(spool, ["s1", "s2"], clock.frame);

  assert.deepEqual(await delivery.upload(), { settled: 2, contradicted: 2 });
});

test("a batch tells the time of the frame that read it, and without one this device's", async () => {
  /** @type {number[]} */
  const times = [];
  const { delivery, spool, clock } = await aDelivery({
    postBatch: async (rows, deviceTime) => {
      times.push(deviceTime);
      return rows.map(({ scan_id }) => ({ scan_id, status: "ok", reason: null }));
    },
  });
  clock.note(NOON, NOON, 0);
  await letIn(spool, ["s1"], "measured");
  await spool.keepSkew("measured", 3_600_000);
  await letIn(spool, ["s2"], "unmeasured");

  await delivery.upload();
  await delivery.upload();

  assert.deepEqual(times, [NOON + 3_600_000, NOON]);
});
