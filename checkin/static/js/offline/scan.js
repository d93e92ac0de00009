// A scan: one reading of one badge. It is sent in the same words until it is taken.
import { randomId } from "../shared/bytes.js";

/** @import { Reason } from "./admission.js" */

/**
 * Which way the person walks.
 * @typedef {"entry" | "exit"} Direction
 */

/**
 * What read the code.
 * @typedef {"camera" | "wedge" | "typed"} Source
 */

/**
 * One reading of one badge, as it is sent.
 * @typedef {object} Scan
 * @property {string} scan_id a random UUID
 * @property {string} code
 * @property {Direction} type
 * @property {Source} source
 * @property {string} scanned_at by this device's clock, RFC 3339 in UTC
 */

/**
 * A name in both scripts, as a delegation has it.
 * @typedef {object} Named
 * @property {string} name
 * @property {string | null} [name_ar]
 */

/**
 * Whom a verdict is about; a walk-in whom only this gate knows has no id yet.
 * @typedef {Named & {id: number | null, category?: string, category_ar?: string | null}} Participant
 */

/**
 * A delegation as a verdict, an entry of the list or the counts name it. `places` are those of a lease.
 * @typedef {Named & {id: number, quota?: number, arrived?: number, places?: number}} Delegation
 */

/**
 * The organiser's words by language while all entries are stopped.
 * @typedef {Record<string, string>} Stop
 */

/**
 * A fault by the word that a person is told.
 * @typedef {object} Fault
 * @property {string} code
 * @property {string} [detail]
 */

/**
 * The server's reply to a scan.
 * @typedef {object} ScanReply
 * @property {string} scan_id
 * @property {"ok" | "error"} status
 * @property {Reason | null} reason
 * @property {string} [message]
 * @property {Participant | null} [participant]
 * @property {Delegation | null} [delegation]
 * @property {{at: string, gate: string} | null} [first_admission]
 * @property {Stop | null} [stop]
 * @property {boolean} [rehearsal]
 */

/**
 * What is shown for a scan: what the server or this gate decided, or the fault that befell it.
 * @typedef {object} Told
 * @property {Scan} scan
 * @property {Fault} [fault] it could not be kept or sent
 * @property {boolean} [unconfirmed] nobody can decide it now
 * @property {boolean} [offline] this gate decided it
 * @property {boolean} [unchecked] only the form of the code is known
 *
 * @typedef {Told & Partial<ScanReply>} Verdict
 */

/**
 * Return a new scan.
 * @param {string} code
 * @param {Direction} type
 * @param {Source} source
 * @param {number} at when it was read, in milliseconds of this device's clock
 * @returns {Scan}
 */
export function newScan(code, type, source, at) {
  return { scan_id: randomId(), code, type, source, scanned_at: utcText(at) };
}

/**
 * Write a moment as RFC 3339 in UTC, to the millisecond.
 * @param {number} at milliseconds since 1970
 */
export function utcText(at) {
  return new Date(at).toISOString();
}

/** @typedef {"ok" | "already" | "refused" | "pending" | "unconfirmed"} Kind */

// `ALREADY_IN` of checkin/domain/scanning/verdict.py; the tests hold it to that.
/** @type {Set<Reason>} */
const ALREADY = new Set(["already_redeemed", "checkout_required"]);

/**
 * Return the face of a verdict: ok, already, refused, pending or unconfirmed.
 * Only a decision of the server is ever green.
 * @param {Pick<Verdict, "status" | "reason" | "offline" | "fault" | "unconfirmed">} verdict
 * @returns {Kind}
 */
export function kindOf({ status, reason, offline, fault, unconfirmed }) {
  if (unconfirmed) return "unconfirmed";
  if (fault) return "refused";
  if (status === "ok") return offline ? "pending" : "ok";
  return reason && ALREADY.has(reason) ? "already" : "refused";
}
