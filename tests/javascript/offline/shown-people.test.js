import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { BUDGET_LASTS_MS, ShownPeople } from "../../../checkin/static/js/offline/shown-people.js";
import { Storage } from "../../../checkin/static/js/offline/store/storage.js";
import { emptyBrowser } from "../browser.js";
import { NOON } from "../fakes.js";

beforeEach(emptyBrowser);

async function opened() {
  const storage = new Storage();
  return new ShownPeople(storage, await storage.all("shown"));
}

test("so many people are shown in an hour, whoever is shown again counts once", async () => {
  const shown = await opened();
  await shown.note([1, 2], NOON);

  assert.equal(shown.wait([1, 3], 3, NOON + 60_000), null);
  assert.equal(shown.wait([3, 4], 3, NOON + 60_000), BUDGET_LASTS_MS - 60_000);
  assert.equal(shown.wait([3, 4], 3, NOON + BUDGET_LASTS_MS), null);
  assert.equal(shown.wait([], 0, NOON), BUDGET_LASTS_MS);
});

test("the count outlives the page", async () => {
  await (await opened()).note([1, 2], NOON);

  assert.equal((await opened()).wait([3], 2, NOON), BUDGET_LASTS_MS);
});

test("who was shown again while the server was told is told once more", async () => {
  const shown = await opened();
  await shown.note([1, 2], NOON);
  const rows = shown.untold();
  await shown.note([2], NOON + 1);

  await shown.tell(rows);

  assert.deepEqual(
    (await opened()).untold().map(({ id, at }) => [id, at]),
    [["2", NOON + 1]],
  );
});

test("what the server knows is forgotten when it counts no more", async () => {
  const shown = await opened();
  await shown.note([1], NOON);
  await shown.tell(shown.untold());

  await shown.note([2], NOON + BUDGET_LASTS_MS);

  assert.deepEqual(
    (await new Storage().all("shown")).map(({ id }) => id),
    ["2"],
  );
  await shown.wipe();
  assert.deepEqual(await new Storage().all("shown"), []);
});
