import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { openGate } from "../../../checkin/static/js/offline/gate.js";
import { Spool } from "../../../checkin/static/js/offline/store/spool.js";
import { Storage } from "../../../checkin/static/js/offline/store/storage.js";
import { emptyBrowser } from "../browser.js";
import { aLease, aReply, aScan, KHEMISSET, ONE, PLACE, REASONS, TABLES } from "../fakes.js";
import { serverAnswering, told } from "../server/answers.js";

/** @import { GateEvent } from "../../../checkin/static/js/server/courier.js" */

beforeEach(emptyBrowser);

const EVENT = { slug: "rabat", name: "Congrès", timezone: "Africa/Casablanca" };
const DEVICE = { id: 3, token: "secret", gate: PLACE, event: EVENT };

const untold = () => {};

test("a reading is safe before it is on its way, and its verdict is told", async (t) => {
  /** @type {GateEvent[]} */
  const heard = [];
  serverAnswering(t, ({ body }) =>
    told(aReply(/** @type {import("../../../checkin/static/js/offline/scan.js").Scan} */ (body))),
  );
  const verdict = new Promise((done) => {
    openGate(
      DEVICE,
      (gateEvent) => {
        heard.push(gateEvent);
        if (gateEvent.verdict) done(gateEvent.verdict);
      },
      REASONS,
      TABLES,
    ).then(async (gate) => {
      assert.equal(await gate.read(ONE, "entry", "camera"), true);
    });
  });

  const { scan, status } = await verdict;

  assert.deepEqual([scan.code, scan.source, status], [ONE, "camera", "ok"]);
});

test("a reading that could not be kept is told as a fault and not sent", async (t) => {
  const asked = serverAnswering(t, () => assert.fail("nothing is to be sent"));
  /** @type {GateEvent[]} */
  const heard = [];
  const gate = await openGate(DEVICE, (gateEvent) => heard.push(gateEvent), REASONS, TABLES);
  await gate.spool.wipe(true);

  assert.equal(await gate.read(ONE, "entry", "camera"), false);

  assert.equal(heard[0].verdict?.fault?.code, "storage_lost");
  assert.deepEqual(asked, []);
});

test("what a browser erased is noticed, and the first time is none", async () => {
  assert.equal((await openGate(DEVICE, untold, REASONS, TABLES)).wasErased, false);
  assert.equal(
    (await openGate({ ...DEVICE, opened: true }, untold, REASONS, TABLES)).wasErased,
    false,
  );

  emptyBrowser();
  const erased = await openGate({ ...DEVICE, opened: true }, untold, REASONS, TABLES);
  assert.deepEqual([erased.wasErased, erased.spool.kept.value("lost")], [true, true]);
});

test("another pairing takes over unsent scans and nothing else", async () => {
  const gate = await openGate(DEVICE, untold, REASONS, TABLES);
  await gate.spool.takeLease(aLease(), "L1");
  await gate.spool.put(aScan("s1"), "f");

  const next = await openGate({ ...DEVICE, id: 4 }, untold, REASONS, TABLES);

  assert.deepEqual([next.spool.waitingCount, next.spool.memory.lease()], [1, null]);
  assert.equal(next.spool.kept.value("device_id"), 4);
});

test("the delegations are those that came with the lease", async () => {
  const gate = await openGate(DEVICE, untold, REASONS, TABLES);
  assert.deepEqual(gate.delegations, []);

  await gate.spool.takeLease(aLease({ places: 2 }), "L1");

  assert.deepEqual(gate.delegations, [{ ...KHEMISSET, places: 2 }]);
});

test("an override is a scan of its own, remembered when the server says yes", async (t) => {
  const gate = await openGate(DEVICE, untold, REASONS, TABLES);
  const refused = aScan("s1", { source: "wedge" });
  const forced = gate.forcedScan(refused);
  const asked = serverAnswering(t, () => told(aReply(forced)));

  const verdict = await gate.override(forced, "known to me", "1234");

  assert.notEqual(forced.scan_id, "s1");
  assert.deepEqual([forced.code, forced.source, forced.type], [ONE, "wedge", "entry"]);
  assert.deepEqual([verdict.status, verdict.scan], ["ok", forced]);
  assert.deepEqual(asked[0].body, {
    ...forced,
    force: true,
    force_reason: "known to me",
    supervisor_pin: "1234",
  });
  assert.equal(gate.spool.memory.history("", 1).entries, 1);
});

test("a person found by the search is one scan until the server answers, and is remembered", async (t) => {
  const gate = await openGate(DEVICE, untold, REASONS, TABLES);
  /** @type {import("../../../checkin/static/js/offline/scan.js").Scan[]} */
  const sent = [];
  serverAnswering(t, ({ body }) => {
    const scan = /** @type {import("../../../checkin/static/js/offline/scan.js").Scan} */ (body);
    if (sent.push(scan) === 1) throw new TypeError("no network");
    return told(aReply(scan));
  });

  await assert.rejects(gate.admitFound(1, "entry", ""));
  const verdict = await gate.admitFound(1, "entry", "1234");
  await gate.admitFound(1, "entry", "");

  const [first, again, later] = sent;
  assert.deepEqual([first.participant_id, first.source, first.code], [1, "search", undefined]);
  assert.deepEqual(again, { ...first, supervisor_pin: "1234" });
  assert.notEqual(later.scan_id, first.scan_id);
  assert.deepEqual([verdict.status, verdict.scan], ["ok", first]);
  assert.equal(gate.spool.memory.history("", 1).entries, 2);
});

test("who leaves the gate gives the lease back and erases everything", async (t) => {
  const asked = serverAnswering(t, () => told({}));
  const gate = await openGate(DEVICE, untold, REASONS, TABLES);
  await gate.spool.takeLease(aLease(), "L1");

  await gate.leave();

  assert.deepEqual(
    asked.map(({ method, path }) => [method, path]),
    [["DELETE", "leases?lease_id=L1"]],
  );
  assert.equal((await Spool.of(new Storage())).kept.value("device_id"), null);
  await assert.rejects(gate.spool.put(aScan("s1"), "f"), { kind: "lost" }); // for good
});

test("a lease is no more used before the server has it back, heard or not", async (t) => {
  serverAnswering(t, async () => {
    assert.equal((await Spool.of(new Storage())).memory.lease(), null);
    throw new TypeError("no network");
  });
  const gate = await openGate(DEVICE, untold, REASONS, TABLES);
  await gate.spool.takeLease(aLease(), "L1");

  await gate.leave();

  assert.equal((await Spool.of(new Storage())).kept.value("device_id"), null);
});

test("a device that was revoked keeps nothing, and says so to the server", async (t) => {
  const asked = serverAnswering(t, ({ path }) =>
    path === "devices/wiped" ? told({}) : told({ error: "revoked", wipe: true }, { status: 401 }),
  );
  /** @type {GateEvent} */
  const gateEvent = await new Promise((stopped) => {
    openGate(DEVICE, (one) => one.stopped && stopped(one), REASONS, TABLES).then((gate) =>
      gate.start(),
    );
  });

  assert.deepEqual(gateEvent, { stopped: "wiped", waiting: 0 });
  assert.equal(asked.at(-1)?.path, "devices/wiped");
  assert.equal((await Spool.of(new Storage())).kept.value("device_id"), null);
});

test("no lease is given back while scans on it are unsent, and those stay", async (t) => {
  const asked = serverAnswering(t, () => told({}));
  const gate = await openGate(DEVICE, untold, REASONS, TABLES);
  await gate.spool.takeLease(aLease(), "L1");
  await gate.spool.put(aScan("s1"), "f");

  await gate.leave();

  assert.deepEqual(asked, []);
  assert.equal((await Spool.of(new Storage())).waitingCount, 1);
});
