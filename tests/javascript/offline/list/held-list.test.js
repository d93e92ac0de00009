import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { badgeTag } from "../../../../checkin/static/js/offline/list/gate-list.js";
import { HeldList } from "../../../../checkin/static/js/offline/list/held-list.js";
import { ListRefused } from "../../../../checkin/static/js/offline/list/list-checks.js";
import { KeptValues } from "../../../../checkin/static/js/offline/store/kept-values.js";
import { Storage } from "../../../../checkin/static/js/offline/store/storage.js";
import { emptyBrowser } from "../../browser.js";
import { aContent, NOON, ONE, PLACE, THREE, TWO } from "../../fakes.js";
import { aList, aServerKey, tokenOf } from "../../lists.js";

beforeEach(emptyBrowser);

/** @param {string} event */
async function opened(event = "rabat") {
  const storage = new Storage();
  return new HeldList(storage, await KeptValues.of(storage), event);
}

/** @param {string} code */
const tagOf = (code) => badgeTag(tokenOf(code));

/**
 * Return which of three badges have an entry, and why which are no longer good.
 * @param {HeldList} held
 */
async function known(held) {
  const tags = [ONE, TWO, THREE].map(tagOf);
  const entries = await Promise.all(tags.map((tag) => held.entry(tag)));
  const tombs = await Promise.all(tags.map((tag) => held.tombstone(tag)));
  return { entries: entries.map(Boolean), tombs };
}

const FIRST = await aList({
  people: [
    [ONE, aContent()],
    [TWO, aContent()],
  ],
  cursor: 1,
});

test("before the first list nothing is held", async () => {
  const held = await opened();

  const { isThere, cursor, etag, policy, stop, confirmedAt, place } = held;
  assert.deepEqual(
    { isThere, cursor, etag, policy, stop, confirmedAt, place },
    {
      isThere: false,
      cursor: 0,
      etag: "",
      policy: null,
      stop: null,
      confirmedAt: null,
      place: null,
    },
  );
});

test("a list that was taken is there for the next page", async () => {
  await (await opened()).take(FIRST, "e1");

  const held = await opened();
  const { isThere, cursor, etag, policy, confirmedAt } = held;
  assert.deepEqual(
    { isThere, cursor, etag, policy, confirmedAt },
    { isThere: true, cursor: 1, etag: "e1", policy: FIRST.head.policy, confirmedAt: NOON },
  );
  assert.deepEqual(await known(held), { entries: [true, true, false], tombs: [null, null, null] });
  assert.deepEqual(await held.entry(tagOf(ONE)), FIRST.entries[0]);
});

test("a delta buries one badge, adds another and leaves the rest", async () => {
  const held = await opened();
  await held.take(FIRST, "e1");

  await held.take(
    await aList({ people: [[THREE, aContent()]], revoked: [ONE], cursor: 2, since: 1 }),
    "e2",
  );

  assert.deepEqual(await known(held), {
    entries: [false, true, true],
    tombs: ["revoked", null, null],
  });
  assert.deepEqual([held.cursor, held.etag], [2, "e2"]);
});

test("a badge that comes back with an entry is good again", async () => {
  const held = await opened();
  await held.take(await aList({ revoked: [ONE], cursor: 1 }), "");

  await held.take(
    await aList({ people: [[ONE, aContent()]], revoked: [ONE], cursor: 2, since: 1 }),
    "",
  );

  const { entries, tombs } = await known(held);
  assert.deepEqual([entries[0], tombs[0]], [true, null]);
});

test("a whole list takes the place of all that was held", async () => {
  const held = await opened();
  await held.take(await aList({ people: [[ONE, aContent()]], revoked: [TWO], cursor: 1 }), "");

  await held.take(await aList({ people: [[THREE, aContent()]], cursor: 4 }), "");

  assert.deepEqual(await known(held), { entries: [false, false, true], tombs: [null, null, null] });
});

test("a list of another key, of another event or none at all changes nothing", async () => {
  const held = await opened();
  await held.take(FIRST, "e1");
  const other = await aList({ cursor: 2, key: await aServerKey() });
  const elsewhere = await aList({ cursor: 2, event: "fes" });

  for (const [body, objection] of /** @type {const} */ ([
    [other, "other_key"],
    [elsewhere, "other_event"],
    [null, "unreadable"],
  ])) {
    await assert.rejects(
      held.take(body, "e2"),
      (fault) => fault instanceof ListRefused && fault.objection === objection,
    );
  }
  assert.deepEqual([held.cursor, held.etag], [1, "e1"]);
  assert.deepEqual((await known(held)).entries, [true, true, false]);
});

test("a list that could not be stored is not held", async () => {
  const held = await opened();
  await held.take(FIRST, "e1");
  await held.storage.empty(["contradicted"], true);

  await assert.rejects(held.take(await aList({ cursor: 2 }), "e2"), { kind: "lost" });
  await assert.rejects(held.confirm(NOON + 30_000), { kind: "lost" });
  await assert.rejects(held.keepPlace(PLACE), { kind: "lost" });

  assert.deepEqual([held.cursor, held.etag, held.confirmedAt, held.place], [1, "e1", NOON, null]);
});

test("the first list of another event than that of the pairing is refused", async () => {
  const held = await opened("fes");

  await assert.rejects(held.take(FIRST, ""), new ListRefused("other_event"));
  assert.equal(held.isThere, false);
});

test("while entries are stopped the organiser's words are told", async () => {
  const held = await opened();
  const stopped = { fr: "Alarme", ar: "إنذار", en: "Alarm" };

  await held.take(await aList({ policy: { stopped } }), "");
  assert.deepEqual(held.stop, stopped);
  await held.take(await aList({ cursor: 2, policy: { stopped: null } }), "");
  assert.equal(held.stop, null);
});

test("when the list was the newest, and where this gate is, are kept", async () => {
  const held = await opened();
  await held.take(FIRST, "");

  await held.confirm(NOON + 30_000);
  await held.keepPlace(PLACE);

  const next = await opened();
  assert.deepEqual([next.confirmedAt, next.place], [NOON + 30_000, PLACE]);
});
