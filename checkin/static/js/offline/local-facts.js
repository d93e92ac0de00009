// What this device knows of a badge, in the form that `decide` takes.
import { FACTS, POLICY } from "./admission.js";

/** @import { Facts, Policy } from "./admission.js" */
/** @import { EntryContent, ListPolicy } from "./gate-list.js" */
/** @import { History } from "./memory.js" */
/** @import { Direction } from "./scan.js" */

/**
 * What a device may give away, and how much of it is spent: places of one delegation, seats of the hall.
 * @typedef {object} Lent
 * @property {string | null} leaseId
 * @property {number} places
 * @property {number} placesSpent
 * @property {number} hall
 * @property {number} hallSpent
 */

/**
 * What a device without a lease may give away.
 * @type {Lent}
 */
export const NOTHING_LENT = { leaseId: null, places: 0, placesSpent: 0, hall: 0, hallSpent: 0 };

/** @param {string | null} text */
const moment = (text) => (text ? Date.parse(text) : null);

/**
 * Return the policy of a list's head, for a device that fills only the seats lent.
 * @param {ListPolicy} head
 * @param {Lent} lent
 * @returns {Policy}
 */
export function policyFrom(head, lent) {
  const grace = head.grace_s * 1000;
  const opensAt = moment(head.doors_open_at);
  const closesAt = moment(head.doors_close_at);
  return {
    ...POLICY,
    reentry: head.reentry,
    opens_at: opensAt === null ? null : opensAt - grace,
    closes_at: closesAt === null ? null : closesAt + grace,
    reserve_from: moment(head.reserve_from),
    capacity: head.capacity === null ? null : lent.hall,
    stopped: Boolean(head.stopped),
  };
}

/**
 * Return what is known of the holder of a badge whose entry was opened.
 * @param {EntryContent} content
 * @param {History} history
 * @param {Lent} lent
 * @param {{direction: Direction, gateId: number, limitedGates: number[]}} where
 * @returns {Facts}
 */
export function factsFrom(content, history, lent, { direction, gateId, limitedGates }) {
  const facts = {
    ...FACTS,
    standing: content.standing,
    blocked: content.blocked,
    gate_admits: !limitedGates.includes(gateId) || content.gates.includes(gateId),
    entries: history.entries,
    inside: history.inside,
    hall_inside: lent.hallSpent,
    direction,
  };
  if (facts.standing !== "reserve") return facts; // a confirmed person's place needs no lease
  return { ...facts, places_used: lent.placesSpent, quota: lent.places };
}

/**
 * Return the facts of somebody without a badge: a lent place is as good as a confirmed one.
 * @param {Lent} lent
 * @param {boolean} gateAdmits
 * @returns {Facts}
 */
export function walkInFacts(lent, gateAdmits) {
  return {
    ...FACTS,
    gate_admits: gateAdmits,
    places_used: lent.placesSpent,
    quota: lent.places,
    hall_inside: lent.hallSpent,
  };
}

/**
 * Say whether an admission with these facts gives a lent place away.
 * @param {Facts} facts
 */
export function takesPlace(facts) {
  return facts.standing === "reserve" && facts.entries === 0;
}

/**
 * Say whether an admission with these facts gives a lent seat away.
 * @param {Facts} facts
 * @param {Policy} policy
 */
export function takesSeat(facts, policy) {
  return policy.capacity !== null && !facts.inside;
}
