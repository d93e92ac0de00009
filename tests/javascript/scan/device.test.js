import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import {
  KeyLost,
  keepText,
  keptText,
} from "../../../checkin/static/js/offline/store/device-key.js";
import { forgetDevice, storeDevice, storedDevice } from "../../../checkin/static/js/scan/device.js";
import { keptName } from "../../../checkin/static/js/shared/root.js";
import { emptyBrowser } from "../browser.js";
import { PLACE } from "../fakes.js";

/** @type {Map<string, string>} */
const kept = new Map();
const NAME = keptName("marhaba.device");
const EVENT = { slug: "rabat", name: "Congrès", timezone: "Africa/Casablanca" };
const DEVICE = { id: 3, token: "secret", gate: PLACE, event: EVENT };

beforeEach(() => {
  emptyBrowser();
  kept.clear();
  Object.defineProperty(globalThis, "localStorage", {
    configurable: true,
    value: {
      getItem: (/** @type {string} */ name) => kept.get(name) ?? null,
      setItem: (/** @type {string} */ name, /** @type {string} */ text) => kept.set(name, text),
      removeItem: (/** @type {string} */ name) => kept.delete(name),
    },
  });
});

const text = async () => (await keptText()) ?? "";

test("a device is kept sealed, and is there for the next page", async () => {
  assert.equal(await storedDevice(), null);

  assert.equal(await storeDevice(DEVICE), true);

  assert.deepEqual(await storedDevice(), DEVICE);
  assert.deepEqual(Object.keys(JSON.parse(await text())), ["sealed"]);
  for (const word of ["secret", "Congrès", "rabat"]) assert.ok(!(await text()).includes(word));
});

test("a device that an earlier version kept in localStorage is sealed and moved when it is read", async () => {
  kept.set(NAME, JSON.stringify(DEVICE));

  assert.deepEqual(await storedDevice(), DEVICE);

  assert.equal(kept.size, 0);
  assert.ok(!(await text()).includes("secret"));
  assert.deepEqual(await storedDevice(), DEVICE);
});

test("a device that cannot be opened says so", async () => {
  await storeDevice(DEVICE);
  await keepText(JSON.stringify({ sealed: "AAAA" }));

  await assert.rejects(storedDevice(), KeyLost);
});

test("a device that is forgotten leaves neither itself nor its key", async () => {
  await storeDevice(DEVICE);

  await forgetDevice();

  assert.equal(await storedDevice(), null);
  assert.equal(await keptText(), undefined);
});

test("at an insecure address a device is kept as it is", async (t) => {
  t.mock.getter(crypto, "subtle", () => undefined);

  assert.equal(await storeDevice(DEVICE), true);

  assert.deepEqual(await storedDevice(), DEVICE);
  assert.deepEqual(JSON.parse(await text()), DEVICE);
});

test("where no key can be kept nothing is, and that is told", async () => {
  globalThis.indexedDB = /** @type {any} */ ({
    open() {
      throw new DOMException("private window", "InvalidStateError");
    },
  });

  assert.equal(await storeDevice(DEVICE), false);

  assert.equal(kept.size, 0);
});
