// A scan: one reading of one badge. Its code is in memory only, for it opens the badge's entry of the
// gate list; what is kept and sent later names the badge by its reference, which opens nothing.
import { randomId } from "../shared/bytes.js";
import { parseCode } from "./badge-code.js";
import { badgeRef, badgeTag, tagOfRef } from "./list/gate-list.js";

/** @import { Reason, ReasonRow } from "./admission.js" */
/** @import { Step } from "./next-step.js" */

/**
 * Which way the person walks.
 * @typedef {"entry" | "exit"} Direction
 */

/**
 * What read the code, or in which list a person without a badge was found.
 * @typedef {"camera" | "wedge" | "typed" | "search" | "bus"} Source
 */

/**
 * A reading, whatever it read.
 * @typedef {object} Reading
 * @property {string} scan_id a random UUID
 * @property {Direction} type
 * @property {Source} source
 * @property {string} scanned_at by this device's clock, RFC 3339 in UTC
 */

/**
 * One reading as it is sent while the person stands at the gate. It names a badge by its code, or a
 * registered person without a badge, who was found in a search or a bus, by their number.
 * @typedef {Reading & {code?: string, participant_id?: number}} Scan
 */

/**
 * The same reading as it is kept, and sent later; the reference is "" where no code of ours was read.
 * @typedef {Reading & {badge_ref?: string, participant_id?: number}} KeptScan
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
 * What a volunteer should know of a person, with the symbol's name.
 * @typedef {object} Flag
 * @property {string} symbol
 * @property {string} sentence
 * @property {string | null} [sentence_ar]
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
 * @property {{at: string, gate: string, gate_ar?: string | null} | null} [first_admission]
 * @property {Step | null} [next_step]
 * @property {Flag[]} [flags]
 * @property {string | null} [opens_at] of a refusal for its time: when this gate admits the person
 * @property {Stop | null} [stop]
 * @property {boolean} [rehearsal]
 * @property {string} [epoch] of the database that has the scan, as the answer's header tells it
 * @property {string} [counter] the same of its number in the log
 */

/**
 * What is shown for a scan: what the server or this gate decided, or the fault that befell it.
 * @typedef {object} Told
 * @property {Scan} scan
 * @property {Fault} [fault] it could not be kept or sent
 * @property {boolean} [unconfirmed] nobody can decide it now
 * @property {boolean} [offline] this gate decided it
 * @property {boolean} [foreign] the code is none of ours, and was sent to nobody
 * @property {string} [overridden] the id of the refused scan in whose place a supervisor let this one in
 *
 * @typedef {Told & Partial<ScanReply>} Verdict
 */

/**
 * Return a new scan.
 * @param {string} code
 * @param {Direction} type
 * @param {Source} source
 * @param {number} at when it was read, in milliseconds of this device's clock
 * @returns {Reading & {code: string}}
 */
export function newScan(code, type, source, at) {
  return { scan_id: randomId(), code, type, source, scanned_at: utcText(at) };
}

/**
 * Return a new scan of a registered person without a badge.
 * @param {number} participant_id
 * @param {Direction} type
 * @param {Source} source
 * @param {number} at when they were chosen, in milliseconds of this device's clock
 * @returns {Reading & {participant_id: number}}
 */
export function personScan(participant_id, type, source, at) {
  return { scan_id: randomId(), participant_id, type, source, scanned_at: utcText(at) };
}

/**
 * Return a new scan of the same badge or person, read the same way.
 * @param {Scan} scan
 * @param {number} at
 * @returns {Scan}
 */
export function scannedAgain(scan, at) {
  return { ...scan, scan_id: randomId(), scanned_at: utcText(at) };
}

/**
 * Return what may be kept of a scan.
 * @param {Scan} scan
 * @returns {KeptScan}
 */
export function keptScan({ code, ...named }) {
  return named.participant_id === undefined ? { ...named, badge_ref: refOf(code ?? "") } : named;
}

/**
 * Return the reference of a badge's code, "" for another text.
 * @param {string} code
 */
export function refOf(code) {
  const token = parseCode(code);
  return token ? badgeRef(token) : "";
}

/**
 * Return the tag of a scan's badge in the gate list, "" where it read no code of ours. A person
 * without a badge has one of their own, which no list holds.
 * @param {Scan | KeptScan} scan
 */
export function tagOf(scan) {
  if (scan.participant_id !== undefined) return `person:${scan.participant_id}`;
  if ("badge_ref" in scan) return tagOfRef(scan.badge_ref ?? "");
  const token = "code" in scan ? parseCode(scan.code ?? "") : null;
  return token ? badgeTag(token) : "";
}

/**
 * Write a moment as RFC 3339 in UTC, to the millisecond.
 * @param {number} at milliseconds since 1970
 */
export function utcText(at) {
  return new Date(at).toISOString();
}

/** @typedef {"ok" | "already" | "refused" | "pending" | "unconfirmed"} Kind */

/**
 * Return the face of a verdict: ok, already, refused, pending or unconfirmed.
 * Only a decision of the server is ever green; what a newer server refuses for is red.
 * @param {Pick<Verdict, "status" | "offline" | "fault" | "unconfirmed" | "foreign">} verdict
 * @param {ReasonRow} [row] of its reason
 * @returns {Kind}
 */
export function kindOf({ status, offline, fault, unconfirmed, foreign }, row) {
  if (unconfirmed) return "unconfirmed";
  if (fault || foreign) return "refused";
  if (status === "ok") return offline ? "pending" : "ok";
  return row?.face ?? "refused";
}
