// What this device knows of a badge, in the form that `decide` takes.
import { FACTS, POLICY } from "./admission.js";

/** @import { Facts, Hours, Policy } from "./admission.js" */
/** @import { Day } from "./days.js" */
/** @import { EntryContent, ListDay, ListHours, ListPolicy } from "./list/gate-list.js" */
/** @import { History } from "./store/memory.js" */
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
 * Return the policy of a list's head for all days, where only the seats lent are filled.
 * @param {ListPolicy} head
 * @param {Lent} lent
 * @returns {Policy}
 */
export function policyFrom(head, lent) {
  const grace = head.grace_s * 1000;
  return {
    ...POLICY,
    reentry: head.reentry,
    capacity: head.capacity === null ? null : lent.hall,
    stopped: Boolean(head.stopped),
    without_badge: head.without_badge ?? POLICY.without_badge,
    hours: (head.hours ?? []).map((one) => hoursFrom(one, grace)),
  };
}

/**
 * Return the days of a list's head. An earlier version's list tells one, without its times: these do
 * not matter, for whatever is scanned belongs to it.
 * @param {ListPolicy} head
 * @returns {Day[]}
 */
export function daysFrom(head) {
  const grace = head.grace_s * 1000;
  const told = head.days?.length ? head.days : [{ ...head, ...ONE_DAY }];
  return told.map((one) => dayFrom(one, grace));
}

/**
 * Return a list's policy and days with the hours that people are told: without the grace, and whether
 * entries are stopped or not.
 * @param {ListPolicy} head
 * @returns {[Policy, Day[]]}
 */
export function postedHours(head) {
  const told = { ...head, grace_s: 0, stopped: null };
  return [policyFrom(told, NOTHING_LENT), daysFrom(told)];
}

const ONE_DAY = { day: 1, starts_at: "2000-01-01T00:00Z", ends_at: "2000-01-02T00:00Z" };

/**
 * @param {ListDay} told
 * @param {number} grace
 * @returns {Day}
 */
function dayFrom(told, grace) {
  const opensAt = moment(told.doors_open_at);
  const closesAt = moment(told.doors_close_at);
  return {
    number: told.day,
    starts_at: Date.parse(told.starts_at),
    ends_at: Date.parse(told.ends_at),
    opens_at: opensAt === null ? null : opensAt - grace,
    closes_at: closesAt === null ? null : closesAt + grace,
    reserve_from: moment(told.reserve_from),
  };
}

/**
 * @param {ListHours} told
 * @param {number} grace
 * @returns {Hours}
 */
function hoursFrom({ opens_at, closes_at, gate_id, category_id }, grace) {
  return {
    opens_at: Date.parse(opens_at) - grace,
    closes_at: Date.parse(closes_at) + grace,
    gate_id,
    category_id,
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
    gate_id: gateId,
    category_id: content.category_id ?? null,
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
 * @param {number} gateId
 * @param {boolean} gateAdmits
 * @returns {Facts}
 */
export function walkInFacts(lent, gateId, gateAdmits) {
  return {
    ...FACTS,
    gate_admits: gateAdmits,
    gate_id: gateId,
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
