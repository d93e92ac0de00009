import assert from "node:assert/strict";
import test from "node:test";
import { badgeTag, busTag } from "../../../../checkin/static/js/offline/list/gate-list.js";
import {
  extentOf,
  markOf,
  mayHold,
  recordIn,
} from "../../../../checkin/static/js/offline/list/segments.js";
import { STRANGER } from "../../fakes.js";
import { segmentsVector, tokenOf } from "../../lists.js";

const { codes, list, segment } = segmentsVector();
const [told] = list.head.segments ?? [];

test("a segment is what the head of the list says of it", async () => {
  const { records, first, last } = extentOf(segment) ?? {};

  assert.deepEqual(
    { mark: await markOf(segment), bytes: segment.length, records, first, last },
    told,
  );
});

test("every record is found, and nothing else", () => {
  const tags = [...codes, STRANGER].map((code) => badgeTag(tokenOf(code)));

  const found = tags.map((tag) => recordIn(segment, tag));

  assert.deepEqual(
    found.map((one) => one && Object.keys(one).sort()),
    [["sealed", "tag"], ["sealed", "tag"], ["reason", "tag"], null],
  );
  assert.deepEqual(found[2], { tag: tags[2], reason: "revoked" });
});

test("a tag before the first or behind the last is in no segment", () => {
  const [inside, before] = [busTag(tokenOf(codes[0])), "AAAAAAAAAAAAAAAAAAAAAA"];

  assert.deepEqual([mayHold(told, inside), mayHold(told, before)], [true, false]);
});

test("bytes that are no segment are told from one", () => {
  const otherFormat = Uint8Array.from(segment, (byte, place) => (place ? byte : 2));
  const longer = new Uint8Array([...segment, 0]);
  const unknownReason = new Uint8Array([1, ...new Array(20).fill(0), 7]);
  const bad = [new Uint8Array(), new Uint8Array([1]), otherFormat, segment.slice(0, -1), longer];

  assert.deepEqual(
    [...bad, unknownReason].map((bytes) => extentOf(bytes)),
    [null, null, null, null, null, null],
  );
});
