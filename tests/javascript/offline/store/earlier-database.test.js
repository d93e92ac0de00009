import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { moveEarlierRows } from "../../../../checkin/static/js/offline/store/earlier-database.js";
import { Spool } from "../../../../checkin/static/js/offline/store/spool.js";
import { asPromise, Storage } from "../../../../checkin/static/js/offline/store/storage.js";
import { keptName } from "../../../../checkin/static/js/shared/root.js";
import { emptyBrowser } from "../../browser.js";
import { aKeptScan, aLease, aPassage, aScan, ONE, TWO } from "../../fakes.js";

/** @import { StoreName } from "../../../../checkin/static/js/offline/store/storage.js" */

beforeEach(emptyBrowser);

const OK = { status: "ok", reason: null };
const WALK_IN = { id: "w1", delegation_id: 4, sealed: "…" };
const WAITS = { decided: OK, frame: "f1", lease_id: "L1" };

/** What version 2 of the database held: scans with their codes. */
const EARLIER = {
  kept: [
    { name: "device_id", value: 3 },
    { name: "lent", value: aLease() },
  ],
  entries: [{ tag: "t1", sealed: "s1" }],
  tombstones: [{ tag: "t2", reason: "revoked" }],
  waiting: [
    { ...WAITS, scan_id: "s1", position: 1, scan: aScan("s1") },
    { ...WAITS, scan_id: "s2", position: 2, scan: aScan("s2", { code: TWO }), decided: null },
  ],
  walk_ins: [
    { ...WAITS, scan_id: "s3", position: 1, walk_in: WALK_IN, scan: aScan("s3", { code: "" }) },
  ],
  passages: [{ ...aPassage("s1"), position: 1 }],
  set_aside: [{ scan_id: "s4", scan: { ...aScan("s4"), walk_in: WALK_IN }, error: "too old" }],
  contradicted: [{ scan_id: "s5", reason: "blocked" }],
  clocks: [{ frame: "f1", skew_ms: 250, position: 1 }],
};

const KEYS = { kept: "name", entries: "tag", tombstones: "tag", clocks: "frame" };

/** @param {Record<string, object[]>} rows */
async function leftByAnEarlierVersion(rows) {
  const request = indexedDB.open(keptName("marhaba-door"), 2);
  request.onupgradeneeded = () => {
    for (const [name, some] of Object.entries(rows)) {
      const keyPath = KEYS[/** @type {keyof typeof KEYS} */ (name)] ?? "scan_id";
      const store = request.result.createObjectStore(name, { keyPath });
      for (const row of some) store.put(row);
    }
  };
  (await asPromise(request)).close();
}

const names = async () => (await indexedDB.databases()).map(({ name }) => name);

/** @param {Storage} storage */
async function storedIn(storage) {
  const stores = /** @type {StoreName[]} */ (Object.keys(EARLIER));
  return Object.fromEntries(
    await Promise.all(stores.map(async (name) => [name, await storage.all(name)])),
  );
}

const MOVED = {
  ...EARLIER,
  waiting: [
    { ...EARLIER.waiting[0], scan: aKeptScan("s1") },
    { ...EARLIER.waiting[1], scan: aKeptScan("s2", { code: TWO }) },
  ],
  walk_ins: [{ ...EARLIER.walk_ins[0], scan: aKeptScan("s3", { code: "" }) }],
  set_aside: [{ scan_id: "s4", scan: { ...aKeptScan("s4"), walk_in: WALK_IN }, error: "too old" }],
};

test("everything is moved, without codes, and the earlier database is gone", async () => {
  await leftByAnEarlierVersion(EARLIER);
  const storage = new Storage();

  await moveEarlierRows(storage);

  const stored = await storedIn(storage);
  assert.deepEqual(stored, MOVED);
  assert.ok(!JSON.stringify(stored).includes(ONE));
  assert.deepEqual(await names(), [keptName("marhaba-gate")]);
  assert.equal((await Spool.of(storage)).waitingCount, 3);
});

test("a browser without an earlier version keeps nothing of the question", async () => {
  const storage = new Storage();

  await moveEarlierRows(storage);

  assert.deepEqual(await names(), []);
});

test("a database of the first version, without walk-ins, is moved too", async () => {
  const { walk_ins: _, ...first } = EARLIER;
  await leftByAnEarlierVersion(first);
  const storage = new Storage();

  await moveEarlierRows(storage);

  assert.deepEqual(await storedIn(storage), { ...MOVED, walk_ins: [] });
});

test("what was moved half way is moved again from the beginning", async (t) => {
  await leftByAnEarlierVersion(EARLIER);
  const stopped = t.mock.method(indexedDB, "deleteDatabase", () => {
    throw new DOMException("the page is gone", "AbortError");
  });
  await assert.rejects(moveEarlierRows(new Storage()), { kind: "refused" });
  stopped.mock.restore();
  const storage = new Storage();

  await moveEarlierRows(storage);

  assert.deepEqual(await storedIn(storage), MOVED);
  assert.deepEqual(await names(), [keptName("marhaba-gate")]);
});

test("a full disk keeps the earlier database as it is", async (t) => {
  await leftByAnEarlierVersion(EARLIER);
  const storage = new Storage();
  const full = t.mock.method(storage, "write", () => {
    throw new DOMException("no space", "QuotaExceededError");
  });
  await assert.rejects(moveEarlierRows(storage), { kind: "full" });
  full.mock.restore();

  await moveEarlierRows(storage);

  assert.deepEqual(await storedIn(storage), MOVED);
});
