import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { openPage, pageKeys } from "../../../../checkin/static/js/offline/store/sealed-pages.js";

/** @import { SealedPage } from "../../../../checkin/static/js/offline/store/sealed-pages.js" */

// Sealed by the Python module.
const VECTOR = new URL("../../../vectors/sealed_pages.json", import.meta.url);
/** @type {{case: string, key: string, page: SealedPage, records: object[] | null}[]} */
const cases = JSON.parse(readFileSync(VECTOR, "utf-8"));

for (const { case: name, key, page, records } of cases) {
  test(`a page opens as Python opens it: ${name}`, async () => {
    assert.deepEqual(await openPage(await pageKeys(key), page), records);
  });
}

test("no script can read the keys of pages", async () => {
  const keys = await pageKeys(cases[0].key);

  for (const each of Object.values(keys)) {
    await assert.rejects(crypto.subtle.exportKey("raw", each));
  }
});
