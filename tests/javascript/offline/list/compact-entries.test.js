import assert from "node:assert/strict";
import test from "node:test";
import {
  NO_NAMES,
  namesIn,
  wholeEntry,
} from "../../../../checkin/static/js/offline/list/compact-entries.js";
import {
  badgeTag,
  busTag,
  openBusList,
  openEntry,
} from "../../../../checkin/static/js/offline/list/gate-list.js";
import { recordIn } from "../../../../checkin/static/js/offline/list/segments.js";
import { segmentsVector, tokenOf } from "../../lists.js";

/** @import { SealedEntry } from "../../../../checkin/static/js/offline/list/gate-list.js" */

const { codes, contents, bus, list, segment } = segmentsVector();
const names = namesIn(list.head);

/** @param {string} tag */
const entryOf = (tag) => /** @type {SealedEntry} */ (recordIn(segment, tag));

test("compact entries that Python sealed tell what whole ones tell", async () => {
  const opened = codes.slice(0, 2).map((code) => {
    const token = tokenOf(code);
    return openEntry(token, entryOf(badgeTag(token)), names);
  });

  assert.deepEqual(await Promise.all(opened), contents);
});

test("the list of a bus tells the same written short", async () => {
  const leader = tokenOf(codes[0]);

  assert.deepEqual(await openBusList(leader, entryOf(busTag(leader)), names), bus);
});

test("another badge opens none of them", async () => {
  const entry = entryOf(badgeTag(tokenOf(codes[0])));

  assert.equal(await openEntry(tokenOf(codes[1]), entry, names), null);
});

test("who is of a category that the head does not name has no names and no gates", () => {
  const { participant, delegation, gates } = wholeEntry([1, 4, 7, 0, "Amina"], NO_NAMES);

  assert.deepEqual([participant.category, delegation.name, gates], ["", "", []]);
});

test("what is no entry is refused", () => {
  for (const row of [[], [1, 2], [1, 2, 3, 9, "A"], [1, 2, 3, 0, 5]])
    assert.throws(() => wholeEntry(row, names), TypeError);
});
