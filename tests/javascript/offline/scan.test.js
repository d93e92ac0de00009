import assert from "node:assert/strict";
import test from "node:test";
import { kindOf, newScan, utcText } from "../../../checkin/static/js/offline/scan.js";
import { NOON, ONE } from "../fakes.js";

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

test("moments are written to the millisecond", () => {
  assert.equal(utcText(NOON + 7), "2025-06-14T12:00:00.007Z");
});

test("only a decision of the server is ever green", () => {
  assert.equal(kindOf({ status: "ok", reason: null }), "ok");
  assert.equal(kindOf({ status: "ok", reason: null, offline: true }), "pending");
  assert.equal(kindOf({ status: "ok", fault: { code: "rejected" } }), "refused");
  assert.equal(kindOf({ unconfirmed: true }), "unconfirmed");
});

test("who is in already has a face of their own, with the network and without", () => {
  for (const offline of [false, true]) {
    assert.equal(kindOf({ status: "error", reason: "already_redeemed", offline }), "already");
    assert.equal(kindOf({ status: "error", reason: "checkout_required", offline }), "already");
    assert.equal(kindOf({ status: "error", reason: "revoked", offline }), "refused");
  }
});
