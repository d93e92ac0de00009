import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { POLICY } from "../../../checkin/static/js/offline/admission.js";
import { dayOf, doorsAt, openingAfter } from "../../../checkin/static/js/offline/days.js";
import { postedHours } from "../../../checkin/static/js/offline/local-facts.js";

/** @import { Hours } from "../../../checkin/static/js/offline/admission.js" */
/** @import { Day } from "../../../checkin/static/js/offline/days.js" */
/** @import { ListPolicy } from "../../../checkin/static/js/offline/list/gate-list.js" */
/**
 * @typedef {object} DoorsCase
 * @property {string} name
 * @property {Partial<ListPolicy>} policy
 * @property {number | null} gate
 * @property {string} at
 * @property {boolean} is_open
 * @property {string | null} until
 */

// The cases to which the Python modules are held, too.
const VECTORS = new URL("../../vectors/days.json", import.meta.url);
const { days, hours, belongs, opens } = JSON.parse(readFileSync(VECTORS, "utf-8"));
const DOORS = new URL("../../vectors/doors.json", import.meta.url);
/** @type {{head: ListPolicy, cases: DoorsCase[]}} */
const { head, cases } = JSON.parse(readFileSync(DOORS, "utf-8"));

/** @param {string | null} text */
const moment = (text) => (text === null ? null : Date.parse(text));

/**
 * Return what is written with its moments as numbers.
 * @param {Record<string, any>} written
 */
function typed(written) {
  const values = Object.entries(written).map(([name, value]) => [
    name,
    /_(at|from)$/.test(name) ? moment(value) : value,
  ]);
  return Object.fromEntries(values);
}

/** @type {Day[]} */
const DAYS = days.map(typed);
/** @type {Hours[]} */
const HOURS = hours.map(typed);

for (const one of belongs) {
  test(`the day of a moment: ${one.name}`, () => {
    const those = one.days.map((/** @type {number} */ index) => DAYS[index]);

    assert.equal(dayOf(those, Date.parse(one.at)).number, one.day);
  });
}

for (const one of opens) {
  test(`the next opening: ${one.name}`, () => {
    const those = one.days.map((/** @type {number} */ index) => DAYS[index]);
    const own = one.hours.map((/** @type {number} */ index) => HOURS[index]);
    const policy = { ...POLICY, hours: own, stopped: Boolean(one.stopped) };

    const found = openingAfter(policy, those, Date.parse(one.at), one.whose);

    const { is_later: isLater, is_never: isNever } = one;
    assert.deepEqual(found, { at: moment(one.opens_at), isLater, isNever });
  });
}

test("the doors stand as the vectors say", () => {
  for (const { name, policy, gate, at, is_open, until } of cases) {
    const whose = { gate_id: gate, category_id: null };
    const told = doorsAt(...postedHours({ ...head, ...policy }), Date.parse(at), whose);

    assert.deepEqual(told, { isOpen: is_open, until: moment(until) }, name);
  }
});
