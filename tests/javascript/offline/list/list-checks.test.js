import assert from "node:assert/strict";
import test from "node:test";
import {
  ListRefused,
  objection,
  received,
} from "../../../../checkin/static/js/offline/list/list-checks.js";
import { aContent, ONE, TWO } from "../../fakes.js";
import { aList, aServerKey, segmentsVector } from "../../lists.js";

const NONE = { event: "", publicKey: "", cursor: 0 };
const PLAIN = await aList();

test("a list is read with its numbers and moments", async () => {
  const body = await aList({ people: [[ONE, aContent()]], revoked: [TWO], cursor: 7, since: 5 });

  assert.deepEqual(received(body), {
    head: body.head,
    tombstones: body.tombstones,
    entries: body.entries,
    publicKey: body.public_key,
    signature: body.signature,
    cursor: 7,
    since: 5,
    issuedAt: Date.parse("2025-06-14T12:00:00Z"),
    epoch: "",
    segments: null,
  });
});

const { list: HEAD } = segmentsVector();
/** @param {object} more */
const withHead = (more) => ({ ...HEAD, head: { ...HEAD.head, ...more } });

test("the head of a list in segments is read with them, as of when they were made", async () => {
  const list = received(HEAD);

  assert.deepEqual(list?.segments, HEAD.head.segments);
  assert.deepEqual([list?.since, list?.issuedAt], [0, Date.parse("2025-06-14T11:59:00Z")]);
  assert.equal(await objection(NONE, list), null);
  const newer = { event: "rabat", publicKey: HEAD.public_key, cursor: 6, epoch: "a" };
  assert.equal(await objection(newer, list), "older");
});

/** @type {[string, object | null][]} */
const UNREADABLE = [
  ["nothing", null],
  ["an empty object", {}],
  ["another format", { ...PLAIN, head: { ...PLAIN.head, format: 3 } }],
  ["a head that names no segments", { ...PLAIN, head: { ...PLAIN.head, format: 2 } }],
  ["a segment without its length", withHead({ segments: [{ mark: "", first: "", last: "" }] })],
  ["a head in segments without names", withHead({ categories: undefined })],
  ["changes in segments", withHead({ since: "1" })],
  ["segments with entries", { ...HEAD, entries: PLAIN.entries.concat({ tag: "a", sealed: "b" }) }],
  ["a cursor that is no number", { ...PLAIN, head: { ...PLAIN.head, cursor: "new" } }],
  ["a cursor before what it continues", { ...PLAIN, head: { ...PLAIN.head, since: "2" } }],
  ["no moment", { ...PLAIN, head: { ...PLAIN.head, issued_at: "today" } }],
  ["no tombstones", { ...PLAIN, tombstones: null }],
  ["a tombstone without a reason", { ...PLAIN, tombstones: [{ tag: "a" }] }],
  ["a tombstone that is none", { ...PLAIN, tombstones: [null] }],
  ["an entry without a tag", { ...PLAIN, entries: [{ sealed: "b" }] }],
  ["a key that is no text", { ...PLAIN, public_key: 5 }],
  ["no signature", { ...PLAIN, signature: undefined }],
];

for (const [what, body] of UNREADABLE) {
  test(`${what} is no list`, async () => {
    assert.equal(received(body), null);
    assert.equal(await objection(NONE, received(body)), "unreadable");
  });
}

test("the first list is taken, and the next of the same server", async () => {
  const held = { event: "rabat", publicKey: PLAIN.public_key, cursor: 1 };

  assert.equal(await objection(NONE, received(PLAIN)), null);
  assert.equal(await objection(held, received(await aList({ cursor: 2, since: 1 }))), null);
  assert.equal(await objection(held, received(await aList({ cursor: 9 }))), null);
});

test("a list of another key, even a genuine one, is not taken", async () => {
  const other = await aList({ key: await aServerKey() });

  assert.equal(await objection(NONE, received(other)), null);
  const held = { ...NONE, publicKey: PLAIN.public_key };
  assert.equal(await objection(held, received(other)), "other_key");
});

test("a list with the signature of another is forged", async () => {
  const { signature } = await aList({ cursor: 2 });

  assert.equal(await objection(NONE, received({ ...PLAIN, signature })), "forged");
});

test("lists of another event, older ones and those with a gap are told apart", async () => {
  const held = { ...NONE, cursor: 5 };

  assert.equal(await objection({ ...NONE, event: "fes" }, received(PLAIN)), "other_event");
  assert.equal(await objection(held, received(await aList({ cursor: 4 }))), "older");
  assert.equal(await objection(held, received(await aList({ cursor: 7, since: 6 }))), "gap");
  assert.equal(await objection(held, received(await aList({ cursor: 7, since: 4 }))), "gap");
  assert.equal(await objection(held, received(await aList({ cursor: 7, since: 5 }))), null);
});

test("a list in which nothing changed is one", async () => {
  const held = { ...NONE, cursor: 5 };

  assert.equal(await objection(held, received(await aList({ cursor: 5, since: 5 }))), null);
  assert.equal(await objection(held, received(await aList({ cursor: 5 }))), null);
});

test("a whole list of another epoch is taken whatever its cursor, a delta and one that was left are not", async () => {
  const held = { ...NONE, cursor: 5, epoch: "b", left: ["a"] };

  assert.equal(await objection(held, received(await aList({ cursor: 2, epoch: "c" }))), null);
  const delta = await aList({ cursor: 7, since: 5, epoch: "c" });
  assert.equal(await objection(held, received(delta)), "gap");
  assert.equal(await objection(held, received(await aList({ cursor: 9, epoch: "a" }))), "older");
  assert.equal(await objection(held, received(await aList({ cursor: 4, epoch: "b" }))), "older");
});

test("a server that knows no epochs is believed by its cursor", async () => {
  const held = { ...NONE, cursor: 5, epoch: "b", left: [] };

  assert.equal(await objection(held, received(await aList({ cursor: 6, since: 5 }))), null);
  assert.equal(await objection(held, received(await aList({ cursor: 4 }))), "older");
});

test("why a list is refused is told with the fault", () => {
  assert.equal(new ListRefused("older").objection, "older");
});
