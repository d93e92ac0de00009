// Where a verdict is decided: facts in, verdict out. The same rules as checkin/domain/scanning/verdict.py,
// held to them by tests/vectors/admission.json.

/** @import { Act } from "./next-step.js" */
/** @import { Direction } from "./scan.js" */

/**
 * Why a scan was refused.
 * @typedef {keyof typeof AGAINST} Reason
 */

/**
 * A row of `REASONS` of checkin/domain/scanning/reasons.py. The page is handed all of them, the most
 * serious first; `refused` is the sentence in the page's language.
 * @typedef {object} ReasonRow
 * @property {Reason} reason
 * @property {boolean} forceable
 * @property {"refused" | "already"} face
 * @property {Act} next_step what the volunteer does
 * @property {Act[]} known_steps what they do instead, the first of which is known what it names
 * @property {string} [refused]
 */

/**
 * What is known when a badge is read: `ScanFacts` of the Python module, in the same words.
 * @typedef {object} Facts
 * @property {boolean} known
 * @property {boolean} same_event
 * @property {boolean} badge_revoked
 * @property {"confirmed" | "reserve" | "canceled"} standing
 * @property {boolean} blocked
 * @property {boolean} gate_admits
 * @property {number | null} gate_id
 * @property {number | null} category_id
 * @property {number} entries
 * @property {boolean} inside
 * @property {number} places_used
 * @property {number} quota
 * @property {number} hall_inside
 * @property {Direction} direction
 * @property {boolean} forced
 * @property {boolean} badge_shown
 * @property {boolean} supervised
 */

/**
 * Hours of one gate or of one category, in place of the event's: `Hours` of the Python module.
 * @typedef {object} Hours
 * @property {number} opens_at
 * @property {number} closes_at
 * @property {number | null} gate_id
 * @property {number | null} category_id
 */

/**
 * What an event lays down: `EntryPolicy` of the Python module. Moments are milliseconds since 1970.
 * @typedef {object} Policy
 * @property {"single" | "after_exit" | "free"} reentry
 * @property {number | null} opens_at
 * @property {number | null} closes_at
 * @property {number | null} reserve_from
 * @property {number | null} capacity
 * @property {boolean} stopped
 * @property {"nobody" | "supervisors" | "everyone"} without_badge
 * @property {Hours[]} hours
 */

/**
 * `entry_no` is null where nobody is counted; `overridden` are the reasons that a supervisor set aside.
 * @typedef {object} Decision
 * @property {"ok" | "error"} status
 * @property {Reason | null} reason
 * @property {number | null} entry_no
 * @property {Reason[]} overridden
 */

/**
 * Facts where nothing else is said.
 * @type {Facts}
 */
export const FACTS = {
  known: true,
  same_event: true,
  badge_revoked: false,
  standing: "confirmed",
  blocked: false,
  gate_admits: true,
  gate_id: null,
  category_id: null,
  entries: 0,
  inside: false,
  places_used: 0,
  quota: 1,
  hall_inside: 0,
  direction: "entry",
  forced: false,
  badge_shown: true,
  supervised: false,
};

/**
 * What an event lays down where it says nothing.
 * @type {Policy}
 */
export const POLICY = {
  reentry: "single",
  opens_at: null,
  closes_at: null,
  reserve_from: null,
  capacity: null,
  stopped: false,
  without_badge: "everyone",
  hours: [],
};

/**
 * When each reason speaks against an entry; all else about it is in its row.
 * @satisfies {Record<string, Rule>}
 */
const AGAINST = {
  invalid: ({ known }) => !known,
  wrong_event: ({ same_event }) => !same_event,
  revoked: ({ badge_revoked }) => badge_revoked,
  canceled: ({ standing }) => standing === "canceled",
  badge_required: ({ badge_shown, supervised }, _, policy) =>
    !badge_shown && needsBadge(policy, supervised),
  blocked: ({ blocked }) => blocked,
  wrong_gate: ({ gate_admits }) => !gate_admits,
  invalid_time: (facts, at, policy) => !isOpen(policy, at, facts),
  unapproved: ({ standing, entries }, at, policy) =>
    standing === "reserve" && entries === 0 && !isReleased(policy, at),
  already_redeemed: ({ entries }, _, { reentry }) => reentry === "single" && entries > 0,
  quota_exceeded: ({ entries, places_used, quota }) => entries === 0 && places_used >= quota,
  capacity_exceeded: ({ inside, hall_inside }, _, { capacity }) =>
    !inside && capacity !== null && hall_inside >= capacity,
  checkout_required: ({ inside }, _, { reentry }) => reentry === "after_exit" && inside,
};

/** @typedef {(facts: Facts, at: number, policy: Policy) => boolean} Rule */

/**
 * Say whether these are rows for all reasons that are judged here, and no others: a page that was
 * kept may be of another version than this file, and must not let in by half of the rules.
 * @param {ReasonRow[]} reasons
 */
export function areComplete(reasons) {
  const known = reasons.filter(({ reason }) => reason in AGAINST);
  return known.length === reasons.length && known.length === Object.keys(AGAINST).length;
}

/**
 * @param {Reason} reason
 * @returns {Decision}
 */
const refused = (reason) => ({ status: "error", reason, entry_no: null, overridden: [] });

/**
 * @param {number | null} entry_no
 * @param {Reason[]} overridden
 * @returns {Decision}
 */
const admitted = (entry_no, overridden = []) => ({
  status: "ok",
  reason: null,
  entry_no,
  overridden,
});

/**
 * Decide whether a scan opens the gate; the most serious reason wins.
 * @param {Facts} facts
 * @param {number} at when the badge was read, in milliseconds of the server's clock
 * @param {Policy} policy
 * @param {ReasonRow[]} reasons the most serious first
 * @returns {Decision}
 */
export function decide(facts, at, policy, reasons) {
  if (facts.direction === "exit") return decideExit(facts);
  const against = reasons.filter(({ reason }) => AGAINST[reason](facts, at, policy));
  const stands = against.find((row) => !(facts.forced && maySetAside(row, policy)));
  if (stands) return refused(stands.reason);
  // Someone who never left is counted in already, whatever the policy or the supervisor says.
  const entryNo = facts.inside ? null : facts.entries + 1;
  return admitted(
    entryNo,
    against.map(({ reason }) => reason),
  );
}

/**
 * A supervisor at one gate does not know why all of them were stopped.
 * @param {ReasonRow} row
 * @param {Policy} policy
 */
function maySetAside({ reason, forceable }, policy) {
  return forceable && !(policy.stopped && reason === "invalid_time");
}

/** @param {Facts} facts */
function decideExit(facts) {
  // Nobody is kept in the hall by a rule: only a code that names no one here is refused.
  if (!facts.known) return refused("invalid");
  return facts.same_event ? admitted(null) : refused("wrong_event");
}

/**
 * Say whether a gate admits a category at a moment. Hours of either count in place of the event's,
 * and where both have some, the moment is within those of both.
 * @param {Policy} policy
 * @param {number} at
 * @param {Pick<Facts, "gate_id" | "category_id">} whose
 */
export function isOpen(policy, at, { gate_id, category_id }) {
  if (policy.stopped) return false;
  const ofGate = policy.hours.filter((one) => one.gate_id !== null && one.gate_id === gate_id);
  const ofCategory = policy.hours.filter(
    (one) => one.category_id !== null && one.category_id === category_id,
  );
  const own = [ofGate, ofCategory].filter(({ length }) => length);
  if (!own.length) return areDoorsOpen(policy, at);
  return own.every((hours) => hours.some((one) => at >= one.opens_at && at < one.closes_at));
}

/**
 * @param {Policy} policy
 * @param {number} at
 */
function areDoorsOpen({ opens_at, closes_at }, at) {
  return (opens_at === null || at >= opens_at) && (closes_at === null || at < closes_at);
}

/**
 * @param {Policy} policy
 * @param {boolean} supervised a supervisor has given their PIN
 */
function needsBadge({ without_badge }, supervised) {
  return without_badge !== "everyone" && !(supervised && without_badge === "supervisors");
}

/**
 * @param {Policy} policy
 * @param {number} at
 */
function isReleased({ reserve_from }, at) {
  return reserve_from !== null && at >= reserve_from;
}
