import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { decide, FACTS, POLICY } from "../../../checkin/static/js/offline/admission.js";
import { REASONS } from "../fakes.js";

/** @import { Decision, Facts, Hours, Policy } from "../../../checkin/static/js/offline/admission.js" */

/** @typedef {Record<"opens_at" | "closes_at" | "reserve_from", string | null>} Moments */
/** @typedef {Omit<Hours, "opens_at" | "closes_at"> & {opens_at: string, closes_at: string}} WrittenHours */
/** @typedef {Partial<Omit<Policy, keyof Moments | "hours"> & Moments & {hours: WrittenHours[]}>} WrittenPolicy */
/**
 * @typedef {object} Case
 * @property {string} name
 * @property {Partial<Facts>} facts
 * @property {string} at
 * @property {WrittenPolicy} policy
 * @property {Decision} verdict
 */

// The cases to which the Python module is held, too.
const VECTORS = new URL("../../vectors/admission.json", import.meta.url);
/** @type {{defaults: {facts: Facts, policy: Policy}, cases: Case[]}} */
const { defaults, cases } = JSON.parse(readFileSync(VECTORS, "utf-8"));

/** @param {string | null | undefined} text */
const moment = (text) => (text ? Date.parse(text) : null);

/**
 * @param {WrittenPolicy} written
 * @returns {Policy}
 */
function policyOf(written) {
  const { opens_at, closes_at, reserve_from, hours = [], ...rest } = written;
  const moments = { opens_at, closes_at, reserve_from };
  return {
    ...POLICY,
    ...rest,
    opens_at: moment(moments.opens_at),
    closes_at: moment(moments.closes_at),
    reserve_from: moment(moments.reserve_from),
    hours: hours.map((one) => ({
      ...one,
      opens_at: Date.parse(one.opens_at),
      closes_at: Date.parse(one.closes_at),
    })),
  };
}

test("there are as many cases as the Python module is held to", () => {
  assert.ok(cases.length > 40, `only ${cases.length} cases`);
});

test("what is not said has the value that it has in Python", () => {
  assert.deepEqual({ facts: FACTS, policy: POLICY }, defaults);
});

for (const { name, facts, at, policy, verdict } of cases) {
  test(name, () => {
    const decision = decide({ ...FACTS, ...facts }, Date.parse(at), policyOf(policy), REASONS);

    assert.deepEqual(decision, verdict);
  });
}
