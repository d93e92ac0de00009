import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { HelpDesk } from "../../../checkin/static/js/offline/help-desk.js";
import { HeldList } from "../../../checkin/static/js/offline/list/held-list.js";
import { KeptValues } from "../../../checkin/static/js/offline/store/kept-values.js";
import { Storage } from "../../../checkin/static/js/offline/store/storage.js";
import { DeskSupply } from "../../../checkin/static/js/server/desk-supply.js";
import { Rejected } from "../../../checkin/static/js/server/line.js";
import { emptyBrowser } from "../browser.js";
import { fake, NOON, PLACE, TABLES, TestClock } from "../fakes.js";
import { aListed, aPeopleList } from "../people.js";

/** @import { Line, StatusReply } from "../../../checkin/static/js/server/line.js" */

beforeEach(emptyBrowser);

const PEOPLE = [aListed(1, "Amina"), aListed(2, "Driss")];
const LIST = await aPeopleList(PEOPLE);

/**
 * @param {boolean} [help_desk]
 * @returns {StatusReply}
 */
const counts = (help_desk) => ({ gates: [], delegations: [], device: { gate: PLACE, help_desk } });

/** @param {Partial<Line>} answers what the server answers */
async function aSupply(answers = {}) {
  const storage = new Storage();
  const held = new HeldList(storage, await KeptValues.of(storage), "rabat");
  const desk = await HelpDesk.of(storage, held, new TestClock(), TABLES);
  /** @type {unknown[]} */
  const asked = [];
  /** @type {Line} */
  const line = fake({
    peopleList: async () => LIST.reply,
    peoplePages: async (marks) => {
      asked.push(marks.length);
      return LIST.pages.filter(({ mark }) => mark === marks[0]);
    },
    tellShown: async (rows) => {
      asked.push(rows.map(({ id }) => id));
    },
    ...answers,
  });
  return { supply: new DeskSupply(line, desk), desk, asked };
}

/** @param {string} error */
const refusing = (error) => async () => {
  throw new Rejected(403, { error, detail: "" });
};

test("a help desk fetches the pages that it lacks, as many as one answer holds at a time", async () => {
  const { supply, desk, asked } = await aSupply();
  await supply.noteStatus(counts(true));

  await supply.run();
  await supply.run();

  assert.deepEqual([asked, desk.isOpen, desk.person(2)], [[2, 1], true, PEOPLE[1]]);
});

test("a device that is no help desk asks for nothing", async () => {
  const { supply, asked } = await aSupply({ peopleList: refusing("not asked") });
  await supply.noteStatus(counts());

  await supply.run();

  assert.deepEqual(asked, []);
});

test("a device that is a help desk no more erases the people", async () => {
  const { supply, desk } = await aSupply();
  await supply.noteStatus(counts(true));
  await supply.run();

  await supply.noteStatus(counts());

  assert.deepEqual([desk.holdsPeople, desk.isOne], [false, false]);
});

test("refused, it erases the people; while the doors are closed, it forgets the key", async () => {
  for (const [error, holds] of /** @type {[string, boolean][]} */ ([
    ["not_a_help_desk", false],
    ["search_closed", true],
  ])) {
    emptyBrowser();
    const { supply, desk } = await aSupply();
    await supply.noteStatus(counts(true));
    await supply.run();
    supply.line.peopleList = refusing(error);

    await supply.run();

    assert.deepEqual([desk.isOpen, desk.holdsPeople], [false, holds], error);
  }
});

test("whom it showed without the network the server is told once", async () => {
  const { supply, desk, asked } = await aSupply();
  await supply.noteStatus(counts(true));
  await desk.shown.note([1, 2], NOON);

  await supply.run();
  await supply.run();

  assert.deepEqual(asked, [["1", "2"], 2, 1]);
});
