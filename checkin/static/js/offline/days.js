// The days of an event, and when a gate is open: checkin/domain/events/days.py and
// checkin/domain/scanning/timetable.py again, held to them by tests/vectors/days.json and doors.json.
import { isOpen } from "./admission.js";

/** @import { Facts, Policy } from "./admission.js" */

// So long before a gate opens people wait at it; whoever comes earlier is told to come back.
const LONGEST_WAIT_MS = 3 * 3_600_000;

/**
 * A day of an event: `Day` of the Python module. Moments are milliseconds since 1970.
 * @typedef {object} Day
 * @property {number} number
 * @property {number} starts_at
 * @property {number} ends_at
 * @property {number | null} opens_at
 * @property {number | null} closes_at
 * @property {number | null} reserve_from
 */

/**
 * Return the day to which a moment belongs: the nearest, of two the later one.
 * @param {Day[]} days
 * @param {number} at
 */
export function dayOf(days, at) {
  const distance = (/** @type {Day} */ day) => Math.max(day.starts_at - at, at - day.ends_at, 0);
  return days.reduce((nearest, day) => (distance(day) <= distance(nearest) ? day : nearest));
}

/**
 * Return an event's policy with what is laid down for one of its days.
 * @param {Policy} policy
 * @param {Day} day
 * @returns {Policy}
 */
export function policyOfDay(policy, { opens_at, closes_at, reserve_from }) {
  return { ...policy, opens_at, closes_at, reserve_from };
}

/**
 * Whether a gate is open, for all or for the people of a category, and when that changes; null: it is
 * not planned to.
 * @typedef {{isOpen: boolean, until: number | null}} Doors
 */

/** @typedef {Pick<Facts, "gate_id" | "category_id">} Whose */

/**
 * Return whether a gate admits a category at a moment, and when that changes. While entries are
 * stopped nothing is open.
 * @param {Policy} policy
 * @param {Day[]} days
 * @param {number} at
 * @param {Whose} whose
 * @returns {Doors}
 */
export function doorsAt(policy, days, at, whose) {
  const isOpenAt = (/** @type {number} */ moment) =>
    isOpen(policyOfDay(policy, dayOf(days, moment)), moment, whose);
  const now = isOpenAt(at);
  const others = changes(policy, days).filter((one) => one > at && isOpenAt(one) !== now);
  return { isOpen: now, until: others.length ? Math.min(...others) : null };
}

/**
 * When a gate that is closed to somebody opens to them: `Opening` of the Python module. `isLater`: so
 * late that nobody waits for it at the gate, `isNever`: it does no more.
 * @typedef {{at: number | null, isLater: boolean, isNever: boolean}} Opening
 */

/** @type {Opening} */
export const NOT_CLOSED = { at: null, isLater: false, isNever: false };

/**
 * Return when a gate opens to a category, from a moment on. While entries are stopped nobody knows.
 * @param {Policy} policy
 * @param {Day[]} days
 * @param {number} at
 * @param {Whose} whose
 * @returns {Opening}
 */
export function openingAfter(policy, days, at, whose) {
  const { isOpen: now, until } = doorsAt(policy, days, at, whose);
  const opens = now ? at : until;
  return {
    at: opens,
    isLater: opens !== null && opens - at > LONGEST_WAIT_MS,
    isNever: opens === null && !policy.stopped,
  };
}

/**
 * Return the moments at which a gate may open or close, in any order: those of doors and hours, and
 * where one day ends to be the nearest.
 * @param {Policy} policy
 * @param {Day[]} days
 * @returns {number[]}
 */
function changes({ hours }, days) {
  const written = [...days, ...hours].flatMap(({ opens_at, closes_at }) => [opens_at, closes_at]);
  const nights = days.slice(1).map(({ starts_at }, at) => (days[at].ends_at + starts_at) / 2);
  return [...written.filter((one) => one !== null), ...nights];
}
