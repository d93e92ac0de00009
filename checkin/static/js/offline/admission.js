// Where a verdict is decided: facts in, verdict out. The same rules as checkin/domain/scanning/verdict.py,
// held to them by tests/vectors/admission.json.

/** @import { Direction } from "./scan.js" */

/**
 * Why a scan was refused.
 * @typedef {"invalid" | "wrong_event" | "revoked" | "canceled" | "blocked" | "wrong_gate"
 *   | "invalid_time" | "unapproved" | "already_redeemed" | "quota_exceeded" | "capacity_exceeded"
 *   | "checkout_required"} Reason
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
 * @property {number} entries
 * @property {boolean} inside
 * @property {number} places_used
 * @property {number} quota
 * @property {number} hall_inside
 * @property {Direction} direction
 * @property {boolean} forced
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
  entries: 0,
  inside: false,
  places_used: 0,
  quota: 1,
  hall_inside: 0,
  direction: "entry",
  forced: false,
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
};

// What a supervisor may answer for: nobody stands behind a code that is not ours, a revoked badge
// or a canceled registration.
/** @type {Set<Reason>} */
const FORCEABLE = new Set([
  "blocked",
  "wrong_gate",
  "invalid_time",
  "unapproved",
  "already_redeemed",
  "quota_exceeded",
  "capacity_exceeded",
  "checkout_required",
]);

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
 * @returns {Decision}
 */
export function decide(facts, at, policy) {
  if (facts.direction === "exit") return decideExit(facts);
  const against = objections(facts, at, policy);
  const stands = against.find((reason) => !(facts.forced && maySetAside(reason, policy)));
  if (stands) return refused(stands);
  // Someone who never left is counted in already, whatever the policy or the supervisor says.
  return admitted(facts.inside ? null : facts.entries + 1, against);
}

/**
 * A supervisor at one gate does not know why all of them were stopped.
 * @param {Reason} reason
 * @param {Policy} policy
 */
function maySetAside(reason, policy) {
  return FORCEABLE.has(reason) && !(policy.stopped && reason === "invalid_time");
}

/** @param {Facts} facts */
function decideExit(facts) {
  // Nobody is kept in the hall by a rule: only a code that names no one here is refused.
  if (!facts.known) return refused("invalid");
  return facts.same_event ? admitted(null) : refused("wrong_event");
}

/**
 * Return all that speaks against an entry, the most serious first.
 * @param {Facts} facts
 * @param {number} at
 * @param {Policy} policy
 * @returns {Reason[]}
 */
function objections(facts, at, policy) {
  if (!facts.known) return ["invalid"];
  if (!facts.same_event) return ["wrong_event"];
  const firstTime = facts.entries === 0;
  const released = policy.reserve_from !== null && at >= policy.reserve_from;
  const hallFull = policy.capacity !== null && facts.hall_inside >= policy.capacity;
  /** @type {[Reason, boolean][]} */
  const against = [
    ["revoked", facts.badge_revoked],
    ["canceled", facts.standing === "canceled"],
    ["blocked", facts.blocked],
    ["wrong_gate", !facts.gate_admits],
    ["invalid_time", policy.stopped || !isOpen(policy, at)],
    ["unapproved", facts.standing === "reserve" && firstTime && !released],
    ["already_redeemed", policy.reentry === "single" && !firstTime],
    ["quota_exceeded", firstTime && facts.places_used >= facts.quota],
    ["capacity_exceeded", !facts.inside && hallFull],
    ["checkout_required", policy.reentry === "after_exit" && facts.inside],
  ];
  return against.filter(([, holds]) => holds).map(([reason]) => reason);
}

/**
 * @param {Policy} policy
 * @param {number} at
 */
function isOpen({ opens_at, closes_at }, at) {
  return (opens_at === null || at >= opens_at) && (closes_at === null || at < closes_at);
}
