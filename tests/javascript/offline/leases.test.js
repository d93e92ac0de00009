import assert from "node:assert/strict";
import test from "node:test";
import { leaseFrom } from "../../../checkin/static/js/offline/leases.js";
import { aLease } from "../fakes.js";

test("a reply is read with its places by delegation", () => {
  const lease = leaseFrom(aLease({ places: 3, hall: 9, walk_in_key: "k" }));

  assert.deepEqual(lease, {
    leaseId: "L1",
    expiresAt: Date.parse("2025-06-14T12:10:00Z"),
    places: new Map([[4, 3]]),
    hall: 9,
    walkInKey: "k",
  });
});

test("a server that limits no seats and takes no walk-ins says neither", () => {
  const { hall: _, ...body } = aLease();

  const lease = leaseFrom(body);

  assert.deepEqual([lease?.hall, lease?.walkInKey], [null, ""]);
});

test("what is no lease is none", () => {
  const { lease_id: _, ...nameless } = aLease();

  assert.equal(leaseFrom(null), null);
  assert.equal(leaseFrom({}), null);
  assert.equal(leaseFrom(nameless), null);
  assert.equal(leaseFrom(aLease({ expires_at: "soon" })), null);
  assert.equal(leaseFrom({ ...aLease(), delegations: undefined }), null);
});
