import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";
import { sha256 } from "../../../checkin/static/js/offline/sha256.js";

test("texts of every length around a block and more have the digest of another implementation", () => {
  for (let length = 0; length < 200; length += 1) {
    const message = Uint8Array.from({ length }, (_, index) => (37 * index + length) % 256);

    const expected = new Uint8Array(createHash("sha256").update(message).digest());

    assert.deepEqual(sha256(message), expected);
  }
});
