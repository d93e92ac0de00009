import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { HeldList } from "../../../checkin/static/js/offline/list/held-list.js";
import { ListRefused } from "../../../checkin/static/js/offline/list/list-checks.js";
import { Spool } from "../../../checkin/static/js/offline/store/spool.js";
import { Storage } from "../../../checkin/static/js/offline/store/storage.js";
import { ListNotReady, Rejected, Unreachable } from "../../../checkin/static/js/server/line.js";
import { Refresh } from "../../../checkin/static/js/server/refresh.js";
import { emptyBrowser } from "../browser.js";
import { aLease, aScan, fake, NOON, PLACE, TestClock } from "../fakes.js";
import { aList, segmentsVector } from "../lists.js";

/** @import { Line, StatusReply } from "../../../checkin/static/js/server/line.js" */

beforeEach(emptyBrowser);

/** @type {StatusReply} */
const COUNTS = { gates: [], delegations: [], device: { gate: PLACE } };

/** @param {Partial<Line>} answers what the server answers */
async function aRefresh(answers) {
  const spool = await Spool.of(new Storage());
  const held = new HeldList(spool.storage, spool.kept, "rabat");
  const clock = new TestClock();
  /** @type {Line} */
  const line = fake({ gateList: async () => null, lease: async () => aLease(), ...answers });
  return { refresh: new Refresh(line, held, spool, clock), held, spool, clock };
}

test("what changed is fetched, and the lease renewed", async () => {
  const body = await aList({ cursor: 3 });
  /** @type {unknown[]} */
  const asked = [];
  const { refresh, held, spool } = await aRefresh({
    gateList: async (since, etag) => {
      asked.push([since, etag]);
      return { body, etag: "e1" };
    },
    lease: async (leaseId) => {
      asked.push(leaseId);
      return aLease({ lease_id: "L2" });
    },
  });

  await refresh.run();

  assert.deepEqual([held.cursor, held.etag], [3, "e1"]);
  assert.equal(spool.memory.lease()?.leaseId, "L2");
  await refresh.run();
  assert.deepEqual(asked, [[0, ""], null, [3, "e1"], "L2"]);
});

test("a list that still holds is confirmed by the server's clock", async () => {
  const { refresh, held, clock } = await aRefresh({});
  await held.take(await aList(), "e1");
  clock.pass(600_000);

  await refresh.run();

  assert.equal(held.confirmedAt, NOON + 600_000);
});

test("after a gap the whole list is fetched", async () => {
  const [gap, whole] = [await aList({ cursor: 9, since: 7 }), await aList({ cursor: 9 })];
  const { refresh, held } = await aRefresh({
    gateList: async (since) => ({ body: since ? gap : whole, etag: "" }),
  });
  await held.take(await aList({ cursor: 5 }), "");

  await refresh.run();

  assert.equal(held.cursor, 9);
});

test("a list that is not to be trusted is told, and the lease is renewed all the same", async () => {
  const elsewhere = await aList({ event: "fes" });
  const { refresh, spool } = await aRefresh({
    gateList: async () => ({ body: elsewhere, etag: "" }),
  });

  await assert.rejects(refresh.run(), new ListRefused("other_event"));
  assert.equal(spool.memory.lease()?.leaseId, "L1");
});

test("a server that gives no list and lends nothing is one too", async () => {
  const no = async () => {
    throw new Rejected(404, { error: "none" });
  };
  const { refresh, held, spool } = await aRefresh({ gateList: no, lease: no });

  await refresh.run();

  assert.deepEqual([held.isThere, spool.memory.lease()], [false, null]);
});

test("what the line says of a server that is away goes on to the courier", async () => {
  const { refresh } = await aRefresh({
    lease: async () => {
      throw new Unreachable("away");
    },
  });

  await assert.rejects(refresh.run(), Unreachable);
});

test("no lease is renewed while the server has yet to hear of places given away", async () => {
  const { refresh, spool } = await aRefresh({ lease: async () => assert.fail("not now") });
  await spool.put(aScan("s1"), "f");
  await spool.decide("s1", { status: "ok", reason: null }, null);

  await refresh.run();

  assert.equal(spool.memory.lease(), null);
});

test("a reply that is no lease leaves the one at hand", async () => {
  const { refresh, spool } = await aRefresh({ lease: async () => aLease({ expires_at: "soon" }) });
  await spool.takeLease(aLease({ lease_id: "L0" }), "L0");

  await refresh.run();

  assert.equal(spool.memory.lease()?.leaseId, "L0");
});

test("where this gate is and what the clock measured is kept", async () => {
  const { refresh, held, spool, clock } = await aRefresh({});

  await refresh.noteStatus(COUNTS);
  assert.deepEqual([held.place, spool.skewOf(clock.frame)], [PLACE, null]); // nothing measured yet
  clock.note(NOON - 1_000, NOON, 0);
  await refresh.noteStatus(COUNTS);
  assert.equal(spool.skewOf(clock.frame), 1_000);
});

test("a skew that hardly moved is not worth a write, one of a new frame is", async () => {
  const { refresh, spool, clock } = await aRefresh({});
  clock.note(NOON - 1_000, NOON, 0);
  await refresh.noteStatus(COUNTS);

  clock.note(NOON - 1_249, NOON, 0);
  await refresh.noteStatus(COUNTS);
  assert.equal(spool.skewOf(clock.frame), 1_000);

  clock.note(NOON - 1_250, NOON, 0);
  await refresh.noteStatus(COUNTS);
  assert.equal(spool.skewOf(clock.frame), 1_250);

  clock.set(-3_600_000);
  clock.note(NOON, clock.now(), 0);
  await refresh.noteStatus(COUNTS);
  assert.equal(spool.lastSkew, -3_600_000);
});

test("a stop that the list does not know makes it old", async () => {
  const { refresh, held } = await aRefresh({});
  const messages = { fr: "Alarme", ar: "إنذار" };
  assert.equal(refresh.isBehind({ ...COUNTS, stop: { messages } }), false); // no list, nothing to say

  await held.take(await aList({ cursor: 1 }), "");
  assert.equal(refresh.isBehind({ ...COUNTS, stop: null }), false);
  assert.equal(refresh.isBehind({ ...COUNTS, stop: { messages } }), true);

  await held.take(
    await aList({ cursor: 2, policy: { stopped: { ar: "إنذار", fr: "Alarme" } } }),
    "",
  );
  assert.equal(refresh.isBehind({ ...COUNTS, stop: { messages } }), false);
  assert.equal(refresh.isBehind({ ...COUNTS, stop: null }), true);
});

test("how old the list is and how far the clock is off is told", async () => {
  const { refresh, held, clock } = await aRefresh({});
  assert.deepEqual(refresh.freshness(), {
    listAgeMs: null,
    listStale: false,
    skewMs: null,
    clockOff: false,
    stop: null,
    coming: null,
  });

  await held.take(await aList({ policy: { stopped: { fr: "Alarme" } } }), "");
  clock.pass(30 * 60_000);
  clock.note(NOON + 30 * 60_000, clock.now(), 0);
  assert.deepEqual(refresh.freshness(), {
    listAgeMs: 30 * 60_000,
    listStale: false,
    skewMs: 0,
    clockOff: false,
    stop: { fr: "Alarme" },
    coming: null,
  });

  clock.pass(1);
  assert.equal(refresh.freshness().listStale, true);
  clock.note(clock.now() - 61_000, clock.now(), 0);
  assert.equal(refresh.freshness().clockOff, true);
});

const { list: head, segment: bytes } = segmentsVector();
const GOES_ON = () => false;
const NOTHING = () => {};

test("a list in segments is fetched, used, and then what has changed behind it", async () => {
  /** @type {unknown[]} */
  const asked = [];
  const { refresh, held } = await aRefresh({
    gateList: async (since, etag, _epoch, segments) => {
      asked.push([since, etag, segments]);
      return { body: since ? await aList({ cursor: 6, since, epoch: "a" }) : head, etag: "e" };
    },
    segments: async () => bytes,
  });
  held.kept.believe({ public_key: "" });
  let told = 0;

  await refresh.run();
  assert.deepEqual([held.isThere, refresh.freshness().coming], [false, { done: 0, of: 1 }]);
  assert.equal(
    await refresh.fetchSegments(GOES_ON, () => {
      told += 1;
    }),
    true,
  );

  assert.deepEqual([held.cursor, held.coming, told], [5, null, 1]);
  assert.deepEqual(asked, [[0, "", true]]);
});

test("a segment that is there no more, or is not what the head names, ends the fetching", async () => {
  let answer = async () => bytes.slice(0, -1);
  const { refresh, held } = await aRefresh({
    gateList: async () => ({ body: head, etag: "" }),
    segments: () => answer(),
  });

  await refresh.run();
  await assert.rejects(refresh.fetchSegments(GOES_ON, NOTHING), new ListRefused("forged"));
  assert.equal(held.coming, null);

  answer = async () => {
    throw new Rejected(404, { error: "not_found" });
  };
  await refresh.run();
  assert.equal(await refresh.fetchSegments(GOES_ON, NOTHING), false);
  assert.equal(held.coming, null);
});

test("a line that breaks leaves what is here, and the list is still expected", async () => {
  const { refresh, held } = await aRefresh({
    gateList: async () => ({ body: head, etag: "" }),
    segments: async () => {
      throw new Unreachable("away");
    },
  });

  await refresh.run();
  await assert.rejects(refresh.fetchSegments(GOES_ON, NOTHING), Unreachable);

  assert.deepEqual(held.coming, { done: 0, of: 1 });
});

test("while segments are prepared it is asked again soon, and for the whole list in the end", async (t) => {
  /** @type {boolean[]} */
  const asked = [];
  const { refresh } = await aRefresh({
    gateList: async (_since, _etag, _epoch, segments = false) => {
      asked.push(segments);
      if (segments) throw new ListNotReady(5);
      return { body: await aList(), etag: "" };
    },
  });

  assert.equal(await refresh.run(), 5_000);
  t.mock.method(performance, "now", () => 200_000_000);
  assert.equal(await refresh.run(), 30_000);
  assert.deepEqual(asked, [true, false]);
});
