import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import {
  badgeRef,
  badgeTag,
  busTag,
  listIsGenuine,
  openBusList,
  openEntry,
  signedBytes,
  tagOfRef,
  wouldCrash,
} from "../../../../checkin/static/js/offline/list/gate-list.js";
import { aContent, ONE, TWO } from "../../fakes.js";
import { aList, busVector, tokenOf } from "../../lists.js";

/** @import { EntryContent } from "../../../../checkin/static/js/offline/list/gate-list.js" */
/** @import { ListReply } from "../../../../checkin/static/js/offline/list/list-checks.js" */

// Sealed and signed by the Python module.
const VECTOR = new URL("../../../vectors/gate_list.json", import.meta.url);
/** @type {{codes: string[], contents: EntryContent[], list: ListReply}} */
const { codes, contents, list } = JSON.parse(readFileSync(VECTOR, "utf-8"));

/** @param {ListReply} body */
const contentOf = (body) => signedBytes(body.head, body.tombstones, body.entries);

test("tags are those that Python wrote", () => {
  const tags = codes.map((code) => badgeTag(tokenOf(code)));

  const [one, two] = list.entries;
  assert.deepEqual(tags, [one.tag, two.tag, list.tombstones[0].tag]);
});

test("a reference is the tag in hexadecimal", () => {
  const token = tokenOf(ONE);

  const ref = badgeRef(token);

  assert.match(ref, /^[0-9a-f]{32}$/);
  assert.equal(Buffer.from(ref, "hex").toString("base64url"), badgeTag(token));
  assert.equal(tagOfRef(ref), badgeTag(token));
});

test("entries that Python sealed open with their badges, and only with them", async () => {
  const [one, two] = codes.map(tokenOf);

  assert.deepEqual(await openEntry(one, list.entries[0]), contents[0]);
  assert.deepEqual(await openEntry(two, list.entries[1]), contents[1]);
  assert.equal(await openEntry(one, list.entries[1]), null);
  assert.equal(await openEntry(two, list.entries[0]), null);
});

test("the list of a bus opens with its leader's badge, and only with it", async () => {
  const { codes: badges, entry, content } = busVector();
  const [leader, other] = badges.map(tokenOf);

  assert.equal(busTag(leader), entry.tag);
  assert.deepEqual(await openBusList(leader, entry), content);
  assert.equal(await openBusList(other, entry), null);
  assert.equal(await openEntry(leader, entry), null);
});

test("an entry that was tampered with does not open", async () => {
  const [entry] = (await aList({ people: [[ONE, aContent()]] })).entries;
  const other = badgeTag(tokenOf(TWO));

  assert.deepEqual(await openEntry(tokenOf(ONE), entry), aContent());
  const torn = { ...entry, sealed: `${entry.sealed.slice(0, -4)}AAAA` };
  assert.equal(await openEntry(tokenOf(ONE), torn), null);
  assert.equal(await openEntry(tokenOf(ONE), { ...entry, tag: other }), null);
  assert.equal(await openEntry(tokenOf(ONE), { ...entry, sealed: "%%%" }), null);
});

test("a list that Python signed is genuine", async () => {
  assert.equal(await listIsGenuine(list.public_key, contentOf(list), list.signature), true);
});

test("neither head, entries nor tombstones of a genuine list can be changed", async () => {
  const { head, public_key, signature } = list;
  const changed = [
    { ...list, head: { ...head, cursor: "6" } },
    { ...list, head: { ...head, policy: { ...head.policy, capacity: 1 } } },
    { ...list, tombstones: [] },
    { ...list, entries: list.entries.slice(1) },
    { ...list, entries: [...list.entries].reverse() },
  ];

  for (const body of changed) {
    assert.equal(await listIsGenuine(public_key, contentOf(body), signature), false);
  }
});

test("what is no signature makes no list genuine", async () => {
  assert.equal(await listIsGenuine(list.public_key, contentOf(list), "%%%"), false);
  assert.equal(await listIsGenuine("AAAA", contentOf(list), list.signature), false);
});

test("what is signed is a line for the head with sorted keys and one for each row", () => {
  const { tombstones, entries } = list;
  const lines = new TextDecoder().decode(contentOf(list)).split("\n");

  assert.equal(lines.length, 4);
  assert.ok(lines[0].startsWith('{"cursor":"5","event":"rabat","format":1,"issued_at":'));
  assert.equal(lines[1], `${tombstones[0].tag} revoked`);
  assert.equal(lines[2], `${entries[0].tag} ${entries[0].sealed}`);
});

test("only WebKit on Linux would crash, and only on a long list", () => {
  const gnomeWeb =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 Version/17.0 Safari/605.1.15";
  const chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36";

  assert.equal(wouldCrash(new Uint8Array(65_001), gnomeWeb), true);
  assert.equal(wouldCrash(new Uint8Array(65_000), gnomeWeb), false);
  assert.equal(wouldCrash(new Uint8Array(65_001), chrome), false);
});

test("there a long list is taken on the word of the connection", async (t) => {
  const long = new Uint8Array(65_001);
  assert.equal(await listIsGenuine(list.public_key, long, list.signature), false);

  t.mock.getter(navigator, "userAgent", () => "X11; Linux x86_64 AppleWebKit/605.1.15 Safari");

  assert.equal(await listIsGenuine(list.public_key, long, list.signature), true);
});

test("so is every list by a browser without Ed25519", async (t) => {
  t.mock.method(crypto.subtle, "importKey", async () => {
    throw new DOMException("unknown", "NotSupportedError");
  });

  assert.equal(await listIsGenuine(list.public_key, contentOf(list), "AAAA"), true);
});
