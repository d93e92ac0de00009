// A scan: one reading of one badge. It is sent in the same words until it is taken.
import { randomId } from "../shared/bytes.js";

/** @param at when it was read, in milliseconds of this device's clock */
export function newScan(code, type, source, at) {
  return { scan_id: randomId(), code, type, source, scanned_at: utcText(at) };
}

/** Write a moment as RFC 3339 in UTC, to the millisecond. */
export function utcText(at) {
  return new Date(at).toISOString();
}

// `ALREADY_IN` of checkin/domain/verdicts.py; the tests hold it to that.
const ALREADY = new Set(["already_redeemed", "checkout_required"]);

/**
 * Return the face of a verdict: ok, already, refused, pending or unconfirmed.
 * Only a decision of the server is ever green.
 */
export function kindOf({ status, reason, offline, fault, unconfirmed }) {
  if (unconfirmed) return "unconfirmed";
  if (fault) return "refused";
  if (status === "ok") return offline ? "pending" : "ok";
  return ALREADY.has(reason) ? "already" : "refused";
}
