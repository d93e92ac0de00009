import assert from "node:assert/strict";
import test from "node:test";
import { badgeTag } from "../../../checkin/static/js/offline/list/gate-list.js";
import {
  keptScan,
  kindOf,
  newScan,
  personScan,
  refOf,
  scannedAgain,
  tagOf,
  utcText,
} from "../../../checkin/static/js/offline/scan.js";
import { aKeptScan, aScan, NOON, ONE, REASONS } from "../fakes.js";
import { tokenOf } from "../lists.js";

test("a scan says what was read, when and by what", () => {
  const { scan_id, ...rest } = newScan(ONE, "exit", "wedge", NOON);

  assert.match(scan_id, /^[0-9a-f-]{36}$/);
  assert.deepEqual(rest, {
    code: ONE,
    type: "exit",
    source: "wedge",
    scanned_at: "2025-06-14T12:00:00.000Z",
  });
  assert.notEqual(newScan(ONE, "exit", "wedge", NOON).scan_id, scan_id);
});

test("what is kept of a scan is all but its code, and the reference of the badge", () => {
  const { code: _, ...reading } = aScan("s1");

  assert.deepEqual(keptScan(aScan("s1")), { ...reading, badge_ref: refOf(ONE) });
});

test("a person without a badge is named by their number, in memory and as it is kept", () => {
  const scan = personScan(7, "entry", "search", NOON);

  assert.deepEqual(keptScan(scan), scan);
  assert.deepEqual([scan.participant_id, scan.source, tagOf(scan)], [7, "search", "person:7"]);
});

test("the same person is scanned again under another scan_id", () => {
  const scan = personScan(7, "entry", "search", NOON);
  const again = scannedAgain(scan, NOON + 1);

  assert.notEqual(again.scan_id, scan.scan_id);
  assert.deepEqual([again.participant_id, again.source], [7, "search"]);
});

test("of a text that is no code of ours nothing is kept", () => {
  const { code: _, ...reading } = aScan("s1");

  assert.deepEqual(keptScan(aScan("s1", { code: "https://example.org/amina" })), {
    ...reading,
    badge_ref: "",
  });
});

test("a scan and what is kept of it have the tag of their badge, another text has none", () => {
  assert.equal(tagOf(aScan("s1")), badgeTag(tokenOf(ONE)));
  assert.equal(tagOf(aKeptScan("s1")), badgeTag(tokenOf(ONE)));
  assert.equal(tagOf(aScan("s1", { code: "nonsense" })), "");
  assert.equal(tagOf(aKeptScan("s1", { code: "nonsense" })), "");
});

test("moments are written to the millisecond", () => {
  assert.equal(utcText(NOON + 7), "2025-06-14T12:00:00.007Z");
});

test("only a decision of the server is ever green", () => {
  assert.equal(kindOf({ status: "ok" }), "ok");
  assert.equal(kindOf({ status: "ok", offline: true }), "pending");
  assert.equal(kindOf({ status: "ok", fault: { code: "rejected" } }), "refused");
  assert.equal(kindOf({ unconfirmed: true }), "unconfirmed");
});

test("who is in already has a face of their own, with the network and without", () => {
  const of = (/** @type {string} */ wanted) => REASONS.find(({ reason }) => reason === wanted);
  for (const offline of [false, true]) {
    const refused = { status: /** @type {const} */ ("error"), offline };
    assert.equal(kindOf(refused, of("already_redeemed")), "already");
    assert.equal(kindOf(refused, of("checkout_required")), "already");
    assert.equal(kindOf(refused, of("revoked")), "refused");
    assert.equal(kindOf(refused, of("of_tomorrow")), "refused");
  }
});
