import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { rightGates, stepOf } from "../../../checkin/static/js/offline/next-step.js";
import { REASONS } from "../fakes.js";

/** @import { ReasonRow } from "../../../checkin/static/js/offline/admission.js" */
/** @import { GateName } from "../../../checkin/static/js/offline/next-step.js" */

/**
 * @typedef {object} Case
 * @property {string} reason
 * @property {number[]} [limited]
 * @property {number[]} [admitting]
 * @property {string} [replaced_at]
 * @property {string} [phone]
 * @property {{at?: string, is_later?: boolean, is_never?: boolean}} [opening]
 * @property {{act: string, gates?: number[], at?: string, phone?: string}} step
 */

// The cases to which the Python module is held, too.
const VECTORS = new URL("../../vectors/next_steps.json", import.meta.url);
/** @type {{gates: GateName[], cases: Case[]}} */
const { gates, cases } = JSON.parse(readFileSync(VECTORS, "utf-8"));

/** @param {Case} given */
function stepIn({ reason, limited, admitting = [], replaced_at, phone, opening }) {
  const row = REASONS.find((/** @type {ReasonRow} */ one) => one.reason === reason);
  if (!row) throw new Error(`there is no row of ${reason}`);
  const right = limited ? rightGates(gates, limited, admitting) : [];
  const { at, is_later: isLater = false, is_never: isNever = false } = opening ?? {};
  const closed = { at: at ? Date.parse(at) : null, isLater, isNever };
  const known = { replaced_at: replaced_at ?? null, phone: phone ?? null, opening: closed };
  return stepOf(row, { gates: right, ...known });
}

for (const given of cases)
  test(`the step of ${given.reason} is the best that the facts allow`, () => {
    const { act, gates: ids = [], at = null, phone = null } = given.step;
    const named = ids.map((id) => gates.find((gate) => gate.id === id));
    assert.deepEqual(stepIn(given), { act, gates: named, at, phone });
  });
