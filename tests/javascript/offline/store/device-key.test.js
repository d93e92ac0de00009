import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import {
  forgetKey,
  KeyLost,
  seal,
  unseal,
} from "../../../../checkin/static/js/offline/store/device-key.js";
import { asPromise } from "../../../../checkin/static/js/offline/store/storage.js";
import { keptName } from "../../../../checkin/static/js/shared/root.js";
import { emptyBrowser } from "../../browser.js";

beforeEach(emptyBrowser);

test("what was sealed is opened again, and says nothing by itself", async () => {
  const sealed = await seal("a token");

  assert.equal(await unseal(sealed), "a token");
  assert.ok(!Buffer.from(sealed, "base64url").includes("token"));
  assert.notEqual(await seal("a token"), sealed);
  assert.equal(await unseal(sealed), "a token");
});

test("no script can read the key", async () => {
  await seal("a token");

  const database = await asPromise(indexedDB.open(keptName("marhaba-key")));
  const key = await asPromise(database.transaction("keys").objectStore("keys").get("device"));

  assert.equal(key.extractable, false);
  await assert.rejects(crypto.subtle.exportKey("raw", key), { name: "InvalidAccessError" });
});

test("nothing opens without the key, or after a change", async () => {
  const sealed = await seal("a token");

  await assert.rejects(unseal(`${sealed.slice(0, -4)}AAAA`), KeyLost);
  await assert.rejects(unseal("%%%"), KeyLost);
  await forgetKey();
  await assert.rejects(unseal(sealed), KeyLost);
});

test("a browser that keeps no key seals nothing", async () => {
  globalThis.indexedDB = /** @type {any} */ ({
    open() {
      throw new DOMException("private window", "InvalidStateError");
    },
  });

  await assert.rejects(seal("a token"), { name: "InvalidStateError" });
});
