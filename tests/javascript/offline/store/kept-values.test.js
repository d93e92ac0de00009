import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { KeptValues } from "../../../../checkin/static/js/offline/store/kept-values.js";
import { Storage } from "../../../../checkin/static/js/offline/store/storage.js";
import { emptyBrowser } from "../../browser.js";
import { PLACE } from "../../fakes.js";

beforeEach(emptyBrowser);

test("a value that nobody kept is null", async () => {
  const kept = await KeptValues.of(new Storage());

  assert.equal(kept.value("device_id"), null);
});

test("values outlive the page", async () => {
  const kept = await KeptValues.of(new Storage());
  await kept.keep({ device_id: 3, place: PLACE, cursor: 0 });

  const next = await KeptValues.of(new Storage());

  assert.deepEqual(
    [next.value("device_id"), next.value("place"), next.value("cursor")],
    [3, PLACE, 0],
  );
});

test("a value that could not be stored is not believed", async () => {
  const storage = new Storage();
  const kept = await KeptValues.of(storage);
  await kept.keep({ device_id: 3 });
  await storage.empty(["entries"], true);

  await assert.rejects(kept.keep({ device_id: 4 }));

  assert.equal(kept.value("device_id"), 3);
});

test("what is written in somebody's transaction counts once it is believed", async () => {
  const storage = new Storage();
  const kept = await KeptValues.of(storage);

  await storage.write(["kept"], (store) => kept.writeIn(store, { etag: "a" }));

  assert.equal(kept.value("etag"), null);
  kept.believe({ etag: "a" });
  assert.equal(kept.value("etag"), "a");
  assert.equal((await KeptValues.of(storage)).value("etag"), "a");
});

test("what is forgotten is gone from memory", async () => {
  const kept = await KeptValues.of(new Storage());
  await kept.keep({ device_id: 3 });

  kept.forget();

  assert.equal(kept.value("device_id"), null);
});
