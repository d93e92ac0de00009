import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { HelpDesk } from "../../../checkin/static/js/offline/help-desk.js";
import { HeldList } from "../../../checkin/static/js/offline/list/held-list.js";
import { ListRefused } from "../../../checkin/static/js/offline/list/list-checks.js";
import { KeptValues } from "../../../checkin/static/js/offline/store/kept-values.js";
import { Storage } from "../../../checkin/static/js/offline/store/storage.js";
import { emptyBrowser } from "../browser.js";
import { NOON, TABLES, TestClock } from "../fakes.js";
import { aList, aServerKey } from "../lists.js";
import { aListed, aPeopleList } from "../people.js";

/** @import { PeopleReply } from "../../../checkin/static/js/offline/help-desk.js" */

beforeEach(emptyBrowser);

const PEOPLE = [1, 2, 3, 4, 5, 6].map((id) => aListed(id, `Amina ${id}`));

async function aDesk() {
  const storage = new Storage();
  const held = new HeldList(storage, await KeptValues.of(storage), "rabat");
  return HelpDesk.of(storage, held, new TestClock(), TABLES);
}

/** @param {Partial<PeopleReply["head"]["search"]>} search */
async function anOpenDesk(search = {}) {
  const { reply, pages } = await aPeopleList(PEOPLE, { search });
  const desk = await aDesk();
  await desk.takeList(reply);
  await desk.takePages(pages);
  await desk.read();
  return desk;
}

test("five people are shown, and how many more there are", async () => {
  const { people, more } = await (await anOpenDesk()).search("amina");

  assert.deepEqual([people.map(({ participant }) => participant.id), more], [[1, 2, 3, 4, 5], 1]);
});

test("a page that was opened again finds nobody before the server has lent the key", async () => {
  await anOpenDesk();

  const desk = await aDesk();

  assert.deepEqual([desk.holdsPeople, desk.isOpen, desk.person(1)], [true, false, null]);
  await assert.rejects(desk.search("amina"), { code: "desk_locked" });
});

test("whoever is shown is counted first, and beyond the budget nobody is shown", async () => {
  const desk = await anOpenDesk({ budget: 6 });
  await desk.search("amina");

  assert.equal((await desk.search("amina 2")).people.length, 1);
  assert.equal((await desk.search("amina 6")).people.length, 1);
  await assert.rejects(desk.search("amina 1"), { code: "desk_budget", minutes: 60 });
});

test("while the doors are closed nobody is found", async () => {
  const hour = (/** @type {number} */ hours) => new Date(NOON + hours * 3_600_000).toISOString();

  for (const search of [{ opens_at: hour(1) }, { closes_at: hour(0) }]) {
    await assert.rejects((await anOpenDesk(search)).search("amina"), { code: "search_closed" });
  }
  assert.ok(await (await anOpenDesk({ opens_at: hour(0), closes_at: hour(1) })).search("amina"));
});

test("two letters search for nobody", async () => {
  await assert.rejects((await anOpenDesk()).search("am"), { code: "three_letters" });
});

test("a list of another server, of another event or with a changed head is refused", async () => {
  const desk = await aDesk();
  await desk.held.take(await aList(), "e1");
  const foreign = await aPeopleList(PEOPLE, { signer: await aServerKey() });
  await assert.rejects(desk.takeList(foreign.reply), new ListRefused("other_key"));

  emptyBrowser();
  const fresh = await aDesk();
  const other = await aPeopleList(PEOPLE, { event: "fes" });
  await assert.rejects(fresh.takeList(other.reply), new ListRefused("other_event"));
  const { reply } = await aPeopleList(PEOPLE);
  const changed = { ...reply, head: { ...reply.head, marks: [] } };
  await assert.rejects(fresh.takeList(changed), new ListRefused("forged"));
});

test("an older list of the server is refused, and one of the same version is taken", async () => {
  const desk = await aDesk();
  await desk.takeList((await aPeopleList(PEOPLE, { version: 3 })).reply);

  const older = await aPeopleList(PEOPLE, { version: 2 });
  await assert.rejects(desk.takeList(older.reply), new ListRefused("older"));
  await desk.takeList((await aPeopleList(PEOPLE, { version: 3 })).reply);
});

test("a wipe leaves nothing", async () => {
  const desk = await anOpenDesk();
  await desk.search("amina");

  await desk.wipe();

  assert.deepEqual([desk.holdsPeople, desk.person(1), desk.shown.untold()], [false, null, []]);
});
