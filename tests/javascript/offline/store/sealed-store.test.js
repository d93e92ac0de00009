import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { KeptValues } from "../../../../checkin/static/js/offline/store/kept-values.js";
import { SealedStore } from "../../../../checkin/static/js/offline/store/sealed-store.js";
import { Storage } from "../../../../checkin/static/js/offline/store/storage.js";
import { emptyBrowser } from "../../browser.js";
import { aListed, aPeopleList, LENT, OTHER } from "../../people.js";

beforeEach(emptyBrowser);

const PEOPLE = [aListed(1, "Amina"), aListed(2, "Driss")];

async function opened() {
  const storage = new Storage();
  return new SealedStore(storage, await KeptValues.of(storage), await storage.all("pages"));
}

async function filled() {
  const { reply, pages } = await aPeopleList(PEOPLE);
  const store = await opened();
  await store.expect(reply.head);
  await store.lend(LENT);
  await store.keep(pages);
  return store;
}

/** @param {Awaited<ReturnType<typeof filled>>} store */
async function recordsOf(store) {
  const records = [];
  for await (const page of store.pages()) records.push(...page);
  return records;
}

test("records are read while the key is here, and by nobody in the next page", async () => {
  const store = await filled();
  assert.deepEqual(await recordsOf(store), PEOPLE);
  assert.equal(store.isOpen, true);

  const later = await opened();

  assert.deepEqual([later.isOpen, later.lacking, await recordsOf(later)], [false, [], []]);
  await later.lend(LENT);
  assert.deepEqual([later.isOpen, await recordsOf(later)], [true, PEOPLE]);
  later.lock();
  assert.deepEqual([later.isOpen, await recordsOf(later)], [false, []]);
});

test("pages that are named no more are erased, and only new ones are lacking", async () => {
  const store = await filled();
  const { reply, pages } = await aPeopleList([aListed(2, "Driss"), aListed(3, "Zineb")]);

  await store.expect(reply.head);

  assert.deepEqual(store.lacking, [reply.head.marks[1]]);
  await store.keep(pages);
  assert.deepEqual(await recordsOf(store), [aListed(2, "Driss"), aListed(3, "Zineb")]);
  assert.equal((await new Storage().all("pages")).length, 2);
});

test("a page that another key sealed is not kept", async () => {
  const { reply, pages } = await aPeopleList(PEOPLE, { key: OTHER });
  const store = await opened();
  await store.expect(reply.head);
  await store.lend(LENT);

  await store.keep(pages);

  assert.deepEqual([store.lacking.length, store.isOpen], [2, false]);
});

test("a wipe erases pages and head", async () => {
  const store = await filled();

  await store.wipe();

  assert.deepEqual([store.head, store.isOpen, await new Storage().all("pages")], [null, false, []]);
});
