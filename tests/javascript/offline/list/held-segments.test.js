import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { badgeTag, openEntry } from "../../../../checkin/static/js/offline/list/gate-list.js";
import { HeldList } from "../../../../checkin/static/js/offline/list/held-list.js";
import { ListRefused } from "../../../../checkin/static/js/offline/list/list-checks.js";
import { KeptValues } from "../../../../checkin/static/js/offline/store/kept-values.js";
import { Storage } from "../../../../checkin/static/js/offline/store/storage.js";
import { emptyBrowser } from "../../browser.js";
import { segmentsVector, tokenOf } from "../../lists.js";

const { codes, contents, list, segment } = segmentsVector();
const [named] = list.head.segments ?? [];
const { mark } = named;

beforeEach(emptyBrowser);

async function opened() {
  const storage = new Storage();
  return new HeldList(storage, await KeptValues.of(storage), "rabat");
}

/**
 * @param {HeldList} held
 * @param {string} code
 */
async function told(held, code) {
  const token = tokenOf(code);
  const entry = await held.entry(badgeTag(token));
  return entry ? openEntry(token, entry, held.names) : null;
}

test("a list in segments is in use once all of them are here, and after a reload", async () => {
  const held = await opened();
  await held.take(list, "e1");
  assert.deepEqual([held.isThere, held.coming, held.lacking], [false, { done: 0, of: 1 }, [named]]);
  assert.equal(await held.useWhatCame(), false);

  await held.keepSegment(mark, segment);
  assert.deepEqual([held.coming, held.lacking], [{ done: 1, of: 1 }, []]);
  assert.equal(await held.useWhatCame(), true);

  for (const one of [held, await opened()]) {
    assert.deepEqual([await told(one, codes[0]), await told(one, codes[1])], contents);
    assert.equal(await one.tombstone(badgeTag(tokenOf(codes[2]))), "revoked");
    assert.deepEqual([one.cursor, one.etag, one.coming], [5, "", null]);
    assert.equal(one.confirmedAt, Date.parse("2025-06-14T11:59:00Z"));
  }
});

test("what arrived before a reload is not fetched again", async () => {
  const held = await opened();
  await held.take(list, "");
  await held.keepSegment(mark, segment);

  const next = await opened();
  await next.take(list, "");

  assert.deepEqual([next.lacking, next.coming], [[], { done: 1, of: 1 }]);
});

test("a segment that was tampered with is refused", async () => {
  const held = await opened();
  await held.take(list, "");

  const changed = Uint8Array.from(segment, (byte, place) => byte ^ (place === 30 ? 1 : 0));
  await assert.rejects(held.keepSegment(mark, changed), new ListRefused("forged"));

  assert.deepEqual(held.lacking, [named]);
});

test("a head whose segments somebody has changed is not genuine", async () => {
  const held = await opened();
  const [one] = list.head.segments ?? [];
  const head = { ...list.head, segments: [{ ...one, first: "00" }] };

  await assert.rejects(held.take({ ...list, head }, ""), new ListRefused("forged"));
});

test("segments of no list are deleted", async () => {
  const held = await opened();
  await held.take(list, "");
  await held.keepSegment(mark, segment);
  await held.useWhatCame();

  await held.segments.keepOnly([]);
  assert.deepEqual(await held.storage.keys("segments"), [mark]);
  await held.kept.keep({ segmented: null });
  await held.segments.keepOnly([]);
  assert.deepEqual(await held.storage.keys("segments"), []);
});
