import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Storage, StorageFault } from "../../../../checkin/static/js/offline/store/storage.js";
import { emptyBrowser } from "../../browser.js";
import { fake } from "../../fakes.js";

beforeEach(emptyBrowser);

const ROW = { tag: "t1", sealed: "s1" };

/** @param {string} kind */
const ofKind = (kind) => (/** @type {unknown} */ fault) =>
  fault instanceof StorageFault && fault.kind === kind;

test("what was written is there for the next page", async () => {
  await new Storage().write(["entries"], (store) => store("entries").put(ROW));

  const next = new Storage();
  assert.deepEqual(await next.all("entries"), [ROW]);
  assert.deepEqual(await next.one("entries", "t1"), ROW);
  assert.equal(await next.one("entries", "t2"), undefined);
});

test("a write that fails half way leaves nothing of it behind", async () => {
  const storage = new Storage();

  const writing = storage.write(["entries", "tombstones"], (store) => {
    store("entries").put(ROW);
    throw new Error("half way");
  });

  await assert.rejects(writing, ofKind("refused"));
  assert.deepEqual(await storage.all("entries"), []);
});

test("a full disk is told as one", async () => {
  const storage = new Storage();

  const writing = storage.write(["entries"], () => {
    throw new DOMException("no space", "QuotaExceededError");
  });

  await assert.rejects(writing, ofKind("full"));
});

test("a browser that refuses is asked again by the next scan", async () => {
  const allowed = globalThis.indexedDB;
  globalThis.indexedDB = fake({
    open() {
      throw new DOMException("private window", "InvalidStateError");
    },
  });
  const storage = new Storage();

  await assert.rejects(storage.all("waiting"), ofKind("refused"));
  globalThis.indexedDB = allowed;
  assert.deepEqual(await storage.all("waiting"), []);
});

test("what is emptied is gone, and the other stores stay", async () => {
  const storage = new Storage();
  await storage.write(["entries", "tombstones"], (store) => {
    store("entries").put(ROW);
    store("tombstones").put({ tag: "t2", reason: "revoked" });
  });

  await storage.empty(["entries"], false);

  assert.deepEqual(await storage.all("entries"), []);
  assert.deepEqual(await storage.all("tombstones"), [{ tag: "t2", reason: "revoked" }]);
});

test("what the browser erased under our feet is not opened again as if it were new", async (t) => {
  const { open } = globalThis.indexedDB;
  /** @type {IDBOpenDBRequest[]} */
  const requests = [];
  t.mock.method(globalThis.indexedDB, "open", (/** @type {[string, number]} */ ...of) => {
    const request = open.apply(globalThis.indexedDB, of);
    requests.push(request);
    return request;
  });
  const storage = new Storage();
  await storage.write(["entries"], (store) => store("entries").put(ROW));

  const [{ result: database }] = requests;
  database.onclose?.(new Event("close"));

  await assert.rejects(storage.all("entries"), ofKind("lost"));
  await assert.rejects(
    storage.write(["entries"], (store) => store("entries").put(ROW)),
    ofKind("lost"),
  );
  assert.equal(requests.length, 1);
});

test("after emptying for good nothing is written any more", async () => {
  const storage = new Storage();
  await storage.empty(["entries"], true);

  const writing = storage.write(["entries"], (store) => store("entries").put(ROW));

  await assert.rejects(writing, ofKind("lost"));
  await assert.rejects(storage.all("entries"), ofKind("lost"));
  assert.deepEqual(await new Storage().all("entries"), []);
});
