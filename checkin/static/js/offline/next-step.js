// What a volunteer does with a refused person: the same rules as checkin/domain/scanning/next_steps.py,
// held to them by tests/vectors/next_steps.json.

import { NOT_CLOSED } from "./days.js";
import { utcText } from "./scan.js";

/** @import { ReasonRow } from "./admission.js" */
/** @import { Opening } from "./days.js" */

/**
 * The code of an act, `NextStep` of the Python module.
 * @typedef {string} Act
 */

/**
 * A gate as its signs call it.
 * @typedef {object} GateName
 * @property {number} id
 * @property {string} name
 * @property {string | null} [name_ar]
 */

/**
 * What is known of a refused person beside the reason.
 * @typedef {object} StepFacts
 * @property {GateName[]} gates the gates for their category
 * @property {string | null} replaced_at when a newer badge of theirs was issued
 * @property {string | null} phone of their delegation's coordinators, where the event allows it
 * @property {Opening} opening when the gate opens to them, if it is closed
 */

/**
 * An act with what it names; the rest is empty.
 * @typedef {object} Step
 * @property {Act} act
 * @property {GateName[]} gates
 * @property {string | null} at
 * @property {string | null} phone
 */

/** @type {StepFacts} */
const NOTHING_KNOWN = { gates: [], replaced_at: null, phone: null, opening: NOT_CLOSED };
const MOST_GATES = 3; // who reads more has forgotten the first

/**
 * For each act that needs to know something: what it names, or null where that is not known.
 * @type {Record<Act, (facts: StepFacts) => Partial<Step> | null>}
 */
const NAMED = {
  right_gate: ({ gates }) => (gates.length ? { gates: gates.slice(0, MOST_GATES) } : null),
  replaced: ({ replaced_at }) => (replaced_at ? { at: replaced_at } : null),
  coordinator: ({ phone }) => (phone ? { phone } : null),
  come_back: ({ opening: { at, isLater } }) =>
    isLater && at !== null ? { at: utcText(at) } : null,
  closed: ({ opening: { isNever } }) => (isNever ? {} : null),
};

/**
 * Return the next step of a refusal: the first better one of its row of which is known what it names.
 * @param {Pick<ReasonRow, "next_step" | "known_steps">} row
 * @param {Partial<StepFacts>} facts
 * @returns {Step}
 */
export function stepOf({ next_step, known_steps }, facts = {}) {
  const nothing = { gates: [], at: null, phone: null };
  for (const act of known_steps) {
    const named = NAMED[act]?.({ ...NOTHING_KNOWN, ...facts });
    if (named) return { act, ...nothing, ...named };
  }
  return { act: next_step, ...nothing };
}

/**
 * Return the gates for a person's category: its own, else those that are for everybody.
 * @param {GateName[]} gates
 * @param {number[]} limited the gates for some categories only
 * @param {number[]} admitting those among them that admit this one
 */
export function rightGates(gates, limited, admitting) {
  const own = gates.filter(({ id }) => admitting.includes(id));
  return own.length ? own : gates.filter(({ id }) => !limited.includes(id));
}
